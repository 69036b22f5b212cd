"""Tables as they would be printed: what stands in each row and column, and the same one row a cell.

`printed_table` has the numbers themselves; `paper_tables` words and rounds them for a paper.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from analytics.model import Model
from analytics.sections import KEYS, PanelKeys
from analytics.specification import Specification, Study
from analytics.statistic_names import NAMES
from analytics.study import StudyTables
from analytics.tables import PRINTED

# Statistics that belong under the coefficients of a table
SHOWN = (
    "model_f",
    "model_chi2",
    "model_p",
    "vif_max",
    "indirect_effect",
    "sobel_z",
    "proportion_mediated",
    "gamma",
    "gamma_1",
    "gamma_2",
    "gamma_3",
    "single_p_value",
    "double_p_value",
    "triple_p_value",
    "n_instruments",
    "ar1_p",
    "ar2_p",
    "hansen_p",
    "kleibergen_paap_f",
    "anderson_rubin_p",
    "equal_slopes_p",
    "hausman_p",
    "adjusted_pseudo_r2",
    "squared_correlation",
    "reset_p",
    "pretrend_p",
    "placebo_p",
)
WARNINGS = "Warnings"
STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
EXPLANATION = "Standard errors in brackets. *** p < 0.01, ** p < 0.05, * p < 0.1."
DESCRIBED = {
    "nobs": "N",
    "mean": "Mean",
    "sd": "SD",
    "minimum": "Minimum",
    "median": "Median",
    "maximum": "Maximum",
}


@dataclass(frozen=True)
class Coefficient:
    """A coefficient with its standard error and p value; None or nan where it has none."""

    estimate: float
    std_error: float | None
    p_value: float | None

    @property
    def stars(self) -> str:
        """The usual marks of significance at 1, 5 and 10 %."""
        if self.p_value is None or pd.isna(self.p_value):
            return ""
        return next((stars for level, stars in STARS if self.p_value < level), "")


@dataclass(frozen=True)
class Row:
    """A term, a set of effects, or a fact or statistic of a model."""

    kind: Literal["term", "effects", "fact"]
    name: str

    @property
    def label(self) -> str:
        """What the row is called where internal names are."""
        if self.kind != "effects":
            return self.name
        if self.name == "trends":
            return "Entity trends"
        is_of_panel = self.name in ("entity", "time")
        return f"{self.name.capitalize() if is_of_panel else self.name} effects"


Cell = Coefficient | float | str | None


@dataclass(frozen=True)
class Column:
    """One equation of a model, or one descriptive statistic: its cells by row."""

    label: str
    cells: Mapping[Row, Cell]
    title: str | None = None  # of the model, in words
    outcome: str | None = None
    sample: str | None = None  # the condition on its rows
    warnings: str | None = None


@dataclass(frozen=True)
class PrintedTable:
    """A table of a study; a row stands where it first appears, the constant after the others."""

    study: str
    columns: Sequence[Column]
    number: int | None = None
    title: str | None = None
    rows: Sequence[Row] = field(init=False)

    def __post_init__(self) -> None:
        rows = dict.fromkeys(row for column in self.columns for row in column.cells)
        filled = [
            row
            for row in rows
            if not all(is_missing(column.cells.get(row)) for column in self.columns)
        ]
        object.__setattr__(self, "rows", sorted(filled, key=_place))

    @property
    def has_errors(self) -> bool:
        """Whether its coefficients have standard errors, which have to be explained."""
        cells = (cell for column in self.columns for cell in column.cells.values())
        return any(isinstance(cell, Coefficient) for cell in cells)


def printed_table(tables: StudyTables, study: Study, number: int) -> PrintedTable:
    """One table of a study."""
    title = study.table_titles.get(number)
    if number == study.descriptives.table_number:
        return PrintedTable(study.study, list(_descriptives(tables)), number, title)
    models = tables.models[(tables.models["table_number"] == number).fillna(False)]
    of_table = [model for model in study.models if model.table_number == number]
    terms = {term for model in of_table for term in model.regressors}
    signs: dict[Row, Cell] = {
        Row("term", term): str(sign) for term, sign in study.expected_signs.items() if term in terms
    }
    expected = [Column("Expected sign", signs)] if signs else []
    columns = [*_equations(models, tables, study), *expected]
    return PrintedTable(study.study, columns, number, title)


def tables_of(tables: StudyTables, specification: Specification) -> list[PrintedTable]:
    """The numbered tables of what was estimated of a specification, or all models as one.

    Raises nothing for a table of which nothing was estimated: its columns say why.
    """
    models = tables.models
    numbers = sorted(models["table_number"].dropna().unique())
    if not numbers:
        return [all_models(tables, specification)]
    if isinstance(specification, Study):
        return [printed_table(tables, specification, int(number)) for number in numbers]
    [study] = models["study"].unique()
    return [
        PrintedTable(
            study,
            list(_equations(models[models["table_number"] == number], tables, specification)),
            int(number),
        )
        for number in numbers
    ]


def all_models(tables: StudyTables, specification: Specification) -> PrintedTable:
    """All models of a specification side by side."""
    [study] = tables.models["study"].unique()
    return PrintedTable(study, list(_equations(tables.models, tables, specification)))


def table_markdown(tables: StudyTables, specification: Specification) -> str:
    """All models side by side in the usual layout: a column an equation, a row a coefficient."""
    return printed_markdown(printed_cells(all_models(tables, specification)))


def printed_cells(table: PrintedTable) -> pd.DataFrame:
    """A table one row a cell (`tables.PRINTED`), with internal names; blank cells are left out."""
    warnings = Row("fact", WARNINGS)
    found = [
        {
            "study": table.study,
            "row_number": number,
            "row_label": row.label,
            "column_number": place,
            "column_label": column.label,
            "text": _text(column.warnings if row == warnings else column.cells.get(row)),
        }
        for number, row in enumerate([*table.rows, warnings], start=1)
        for place, column in enumerate(table.columns, start=1)
    ]
    return PRINTED.frame([cell for cell in found if cell["text"]])


def printed_markdown(cells: pd.DataFrame) -> str:
    """The cells of one table as Markdown, with its warnings as a list below it."""
    columns = dict(zip(cells["column_number"], cells["column_label"], strict=True))
    numbers = sorted(columns)
    rows: dict[str, dict[int, str]] = {}
    each = zip(cells["row_label"], cells["column_number"], cells["text"], strict=True)
    for label, number, text in each:
        rows.setdefault(label, {})[number] = escaped(text)
    notes = [f"- ({number}) {text}" for number, text in rows.pop(WARNINGS, {}).items()]
    heads = [f"({number}) {escaped(columns[number])}" for number in numbers]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for label, texts in rows.items():
        shown = (texts.get(number, "") for number in numbers)
        lines.append(f"| {escaped(label)} | {' | '.join(shown)} |")
    if "Errors" in rows:
        lines += ["", EXPLANATION, *notes]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text that does not end a cell of a Markdown table."""
    return text.replace("|", "\\|")


def _place(row: Row) -> int:
    """Coefficients, the constant, what they rest on."""
    if row.kind != "term":
        return 2
    return 1 if row.name == "const" else 0


def _descriptives(tables: StudyTables) -> Iterator[Column]:
    for name, head in DESCRIBED.items():
        values = zip(tables.descriptives["variable"], tables.descriptives[name], strict=True)
        yield Column(head, {Row("term", variable): value for variable, value in values})


def _equations(
    models: pd.DataFrame, tables: StudyTables, specification: Specification
) -> Iterator[Column]:
    """Each equation of each model."""
    estimates, statistics = (
        _by_model(rows[rows["model_id"].isin(models["model_id"])])
        for rows in (tables.estimates, tables.statistics)
    )
    declared = {model.id: model for model in specification.models}
    in_order = models.sort_values(["table_number", "column_number"], kind="stable")
    records: list[dict[str, Any]] = [
        {name: None if pd.isna(value) else value for name, value in model.items()}
        for model in in_order.to_dict("records")
    ]
    absorbed = {model["model_id"]: _absorbed(model, specification.panel) for model in records}
    sets = sorted({name for names in absorbed.values() for name in names}, key=_set_place)
    for model in records:
        terms = estimates.get(model["model_id"], [])
        values = {row["name"]: row["value"] for row in statistics.get(model["model_id"], [])}
        effects = {name: name in absorbed[model["model_id"]] for name in sets}
        equations = list(dict.fromkeys(row["equation"] for row in terms)) or ["main"]
        whole = "main" if "main" in equations else equations[-1]
        for equation in equations:
            facts = _foundations(model, equation, effects, values)
            if equation == whole:  # whose statistics those of the whole model are
                facts |= _facts({NAMES[name]: values.get(name) for name in SHOWN})
            yield Column(
                label=f"{model['model_id']}{'' if equation == 'main' else f': {equation}'}",
                cells=_coefficients(terms, equation) | facts,
                title=_title(declared, model["model_id"]),
                outcome=_explained(declared, model, equation),
                sample=model["sample"],
                warnings=model["warnings"] if equation == equations[0] else None,
            )


def _coefficients(terms: Sequence[Mapping[str, Any]], equation: str) -> dict[Row, Cell]:
    """The coefficients of one equation, by term."""
    return {
        Row("term", row["term"]): Coefficient(row["estimate"], row["std_error"], row["p_value"])
        for row in terms
        if row["equation"] == equation
    }


def _by_model(rows: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        found.setdefault(row["model_id"], []).append(row)
    return found


def _absorbed(model: Mapping[str, Any], keys: PanelKeys) -> list[str]:
    """The sets of effects of a model: entity, time, then others by their columns.

    A set that is listed by its column and is a key of the panel goes by what it is there, so that
    it is one row of a table however a model names it.
    """
    first, *further = model["effects"].split(" + ")
    named = {keys.entity: "entity", keys.time: "time"}
    sets = [*KEYS[first], *further] if first in KEYS else [first, *further]
    return [named.get(name, name) for name in sets]


def _set_place(name: str) -> tuple[int, str]:
    """Entities, periods, then further sets, and trends."""
    known = ("entity", "time")
    return (known.index(name) if name in known else 3 if name == "trends" else 2), name


def _foundations(
    model: Mapping[str, Any],
    equation: str,
    effects: Mapping[str, bool],
    statistics: Mapping[str, float],
) -> dict[Row, Cell]:
    """What the coefficients of one model rest on."""
    of_equation = "" if equation == "main" else f"[{equation}]"
    r2 = statistics.get(f"r2_lsdv{of_equation}", statistics.get(f"r2_overall{of_equation}"))
    before = {"Estimator": model["estimator"], "Outcome": _outcome(model, equation)}
    absorbed = {Row("effects", name): "yes" if has else "no" for name, has in effects.items()}
    after = {
        "Weights": model["weights"],
        "Errors": model["vce"],
        NAMES["n_clusters"]: statistics.get("n_clusters"),
        "N": "not estimated" if model["nobs"] is None else model["nobs"],
        "Rows lost to missing values": model["n_dropped_missing"] or None,
        "Entities": model["n_entities"],
        NAMES["r2_lsdv"]: r2,
        NAMES["r2_within"]: statistics.get(f"r2_within{of_equation}"),
    }
    return _facts(before) | absorbed | _facts(after)


def _facts(values: Mapping[str, Cell]) -> dict[Row, Cell]:
    return {Row("fact", name): value for name, value in values.items()}


def _outcome(model: Mapping[str, Any], equation: str) -> str:
    return equation if equation.startswith("mediator") else str(model["outcome"])


def _explained(declared: Mapping[str, Model], model: Mapping[str, Any], equation: str) -> str:
    """The variable that an equation explains."""
    if not equation.startswith("mediator"):
        return str(model["outcome"])
    _, _, named = equation.partition("[")
    [*mediators] = getattr(declared.get(model["model_id"]), "mediator", ())
    return named.removesuffix("]") or next(iter(mediators), equation)


def model_titles(declared: Mapping[str, Model], model_id: str) -> list[str]:
    """The title of a model, or its name; of a part of a split also the value that it is for."""
    name, _, part = model_id.partition("[")
    if model_id in declared or name not in declared:
        name, part = model_id, ""
    model = declared.get(name)
    return [(model and model.title) or name, *([part.removesuffix("]")] if part else [])]


def _title(declared: Mapping[str, Model], model_id: str) -> str | None:
    """What stands above the column of a model: of a part of a split, the value that it is for."""
    title = model_titles(declared, model_id)[-1]
    return None if title == model_id else title


def is_missing(cell: Cell) -> bool:
    """Whether there is nothing to print."""
    return (
        not cell if isinstance(cell, str) else not isinstance(cell, Coefficient) and pd.isna(cell)
    )


def _text(cell: Cell) -> str:
    if isinstance(cell, Coefficient):
        return f"{cell.estimate:.4g}{cell.stars} ({_number(cell.std_error)})"
    return cell if isinstance(cell, str) else _number(cell)


def _number(value: float | None) -> str:
    if value is None or pd.isna(value):
        return ""
    return f"{value:.4g}" if value % 1 else f"{value:.0f}"
