"""A coefficient: its model and sample, and the files behind the columns it was estimated on."""

import re
from collections.abc import Iterable, Sequence

from warehouse.explain.tracing.nodes import Node, Record
from warehouse.explain.tracing.reading import NotFound, Reading, nearest
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
    columns = _panel_columns(reading, [model["outcome"], *(row["term"] for row in estimates)])
    inputs = (_model(model), *(_column(reading, each, columns) for each in columns))
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
    if name not in names:
        raise NotFound(f'there is no {what} "{name}"{nearest(name, names)}')


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


def _panel_columns(reading: Reading, terms: Iterable[str]) -> list[str]:
    """The columns of the panel that terms such as `L1.expy` or `dige[regime 1]` are made of."""
    words = (word for term in terms for word in re.findall(r"[A-Za-z_]\w*", term))
    return [word for word in dict.fromkeys(words) if word in reading.panel_columns]


def _column(reading: Reading, column: str, columns: Sequence[str]) -> Node:
    """A column of the panel over the rows that know all the columns of a model."""
    complete = " and ".join(f'"{name}" is not null' for name in columns)
    rows = f"(from marts.panel__province_year where {complete})"
    [count] = reading.rows(f"select count(*) as n from {rows}")
    formula = reading.panel_columns[column]["formula"]
    files = [Node("files", _files_label(row), row) for row in _files(reading, column, rows)]
    label = f"{column} ({formula}): {count['n']} rows that know all columns"
    facts = {"column": column, "rows": count["n"], "formula": formula}
    return Node("column", label, facts, tuple(files))


def _files(reading: Reading, column: str, rows: str) -> list[Record]:
    """Per indicator and edition: how many cells of which files stand behind a column."""
    cell = reading.kinds["cell"]
    return reading.rows(
        "with recursive reached(kind, key) as (select 'panel', "
        f"concat_ws('/', '{column}', province_code, year) from {rows} "
        "union select input_kind, input_key from marts.made_from join reached using (kind, key)) "
        "select coalesce(cells.indicator_id, 'exports by category') as what, source_id, edition, "
        "count(distinct file_name) as files, sum(cells)::bigint as cells, "
        "min(file_name) as example "
        f"from {cell.table_name} as cells join reached on reached.kind = 'cell' "
        f"and reached.key = {cell.key} group by all order by 1, 2, 3"
    )


def _files_label(row: Record) -> str:
    files = row["example"] if row["files"] == 1 else f"{row['files']} files"
    return f"{row['what']}: {row['cells']} cells of {row['source_id']}/{row['edition']}/{files}"
