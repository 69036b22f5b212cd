"""A coefficient: its model and sample, and the files behind the columns it was estimated on."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from gettext import gettext as _

from warehouse.explain.tracing.nodes import Node, Record
from warehouse.explain.tracing.reading import BLOCK, CELL, Kind, NotFound, Number, Reading, nearest
from warehouse.explain.tracing.wording import number


def coefficient(reading: Reading, study: str, parts: Sequence[str]) -> Node:
    """The tree of `study/model/[equation/]term`. Raises NotFound."""
    model_id, term = parts[0], parts[-1]
    equation = parts[1] if len(parts) > 2 else None
    _known("study", study, (row["study"] for row in reading.rows("from results.models")))
    models = reading.rows("from results.models where study = $1", study)
    _known("model", model_id, (row["model_id"] for row in models))
    [model] = [row for row in models if row["model_id"] == model_id]
    estimates = reading.rows(
        "from results.estimates where study = $1 and model_id = $2", study, model_id
    )
    if not estimates:
        reason = model["warnings"] or "nothing could be estimated"
        return Node("estimate", f"{study}/{model_id}: {reason}", model | {"reason": reason})
    estimate = _estimate(estimates, term, equation)
    panel = _panel(reading, model["panel"])
    terms = [model["outcome"], *(row["term"] for row in estimates)]
    columns = _panel_columns(reading.columns[panel.kind], terms)
    inputs = (_model(model), *(_column(reading, panel, each, columns) for each in columns))
    return Node("estimate", _estimate_label(estimate), estimate, inputs)


def _estimate(estimates: Sequence[Record], term: str, equation: str | None) -> Record:
    _known("term", term, (row["term"] for row in estimates))
    of_term = [row for row in estimates if row["term"] == term]
    found = [row for row in of_term if equation in (None, row["equation"])]
    if not found:
        _known("equation", str(equation), (row["equation"] for row in estimates))
        equations = " or ".join(row["equation"] for row in of_term)
        raise NotFound(f"{term} is no term of {equation}, but of {equations}")
    return found[0]


def _known(what: str, name: str, known: Iterable[str]) -> None:
    names = list(dict.fromkeys(known))
    if name in names:
        return
    if near := nearest(name, names):
        raise NotFound(f'there is no {what} "{name}"{near}')
    raise NotFound(f'there is no {what} "{name}": there are {", ".join(names)}')


def _estimate_label(row: Record) -> str:
    return (
        f"{row['term']} in {row['model_id']} ({row['equation']}) = {number(row['estimate'])} "
        f"(standard error {number(row['std_error'])}, p {number(row['p_value'])})"
    )


def _model(model: Record) -> Node:
    sample = model["sample"] or "all rows"
    label = (
        f"table {model['table_number']} ({model['column_number']}): {model['estimator']} of "
        f"{model['outcome']}, effects {model['effects']}, sample {sample}, N {model['nobs']}, "
        f"{model['n_entities']} entities, {model['n_periods']} periods"
    )
    said = [label]
    if model["entities_dropped"]:
        said.append(f"dropped: {model['entities_dropped']}")
    if model["n_dropped_missing"]:
        said.append(f"{model['n_dropped_missing']} rows lost to missing values")
    if model["warnings"]:
        said.append(model["warnings"])
    return Node("model", "; ".join(said), model)


def _panel(reading: Reading, table: str) -> Kind:
    """The kind of number that the columns of a panel are."""
    [kind] = [each for each in reading.kinds.values() if each.table_name == f"marts.{table}"]
    return kind


def _panel_columns(known: Collection[str], terms: Iterable[str]) -> list[str]:
    """The columns of the panel that terms such as `L1.expy` or `dige[regime 1]` are made of."""
    words = (word for term in terms for word in re.findall(r"[A-Za-z_]\w*", term))
    return [word for word in dict.fromkeys(words) if word in known]


def _column(reading: Reading, panel: Kind, column: str, columns: Sequence[str]) -> Node:
    """A column of the panel over the rows that know all the columns of a model."""
    complete = " and ".join(f'"{name}" is not null' for name in columns)
    rows = reading.rows(f"select {panel.key} as key from {panel.relation(column)} where {complete}")
    formula = reading.columns[panel.kind][column]["formula"]
    count = len(rows)
    label = f"{column} ({_(formula)}): {count} rows that know all columns"
    facts = {"column": column, "rows": count, "formula": formula}
    reached = reading.reached(Number(panel.kind, row["key"]) for row in rows)
    files = [Node("files", _files_label(row), row) for row in _files(reading, reached)]
    return Node("column", label, facts, tuple(files))


def _files(reading: Reading, reached: Iterable[Number]) -> list[Record]:
    """Per indicator and edition: how many of these cells, of which files; and of which tables of
    which files how many blocks.
    """
    keys: dict[str, list[str]] = defaultdict(list)
    for each in reached:
        keys[each.kind].append(each.key)
    cell, block = reading.kinds[CELL], reading.kinds[BLOCK]
    return reading.rows(
        "select coalesce(indicator_id, 'exports by category') as what, source_id, edition, "
        "count(distinct file_name) as files, sum(cells)::bigint as cells, "
        f"min(file_name) as example from {cell.table_name} as cells "
        f"where {cell.key} in (select unnest($1)) group by all order by 1, 2, 3",
        keys[CELL],
    ) + reading.rows(
        "select table_name as what, source_id, edition, file_name as example, count(*) as blocks "
        f"from {block.table_name} where {block.key} in (select unnest($1)) "
        "group by all order by 1, 2, 3, 4",
        keys[BLOCK],
    )


def _files_label(row: Record) -> str:
    what, edition, file = row["what"], f"{row['source_id']}/{row['edition']}", row["example"]
    if "blocks" in row:
        return f"{what}: the blocks of {row['blocks']} economies in {edition}/{file}"
    if row["files"] == 1:
        return f"{what}: {row['cells']} cells of {edition}/{file}"
    return f"{what}: {row['cells']} cells of {row['files']} files of {edition}"
