"""Tables as they would be printed: one row a cell, and the same as Markdown."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from analytics.model import KEYS
from analytics.specification import Study
from analytics.study import StudyTables
from analytics.tables import PRINTED

# Statistics that belong under the coefficients of a table
SHOWN = {
    "model_f": "F",
    "model_chi2": "Wald chi-squared",
    "model_p": "p of all slopes",
    "vif_max": "Largest VIF",
    "indirect_effect": "Indirect effect",
    "sobel_z": "Sobel z",
    "proportion_mediated": "Share mediated",
    "gamma": "Threshold",
    "gamma_1": "Threshold 1",
    "gamma_2": "Threshold 2",
    "gamma_3": "Threshold 3",
    "single_p_value": "p, single threshold",
    "double_p_value": "p, double threshold",
    "triple_p_value": "p, triple threshold",
    "n_instruments": "Instruments",
    "ar1_p": "AR(1) p",
    "ar2_p": "AR(2) p",
    "hansen_p": "Hansen p",
    "kleibergen_paap_f": "Kleibergen-Paap F",
    "anderson_rubin_p": "Anderson-Rubin p",
    "equal_slopes_p": "Equal slopes p",
    "hausman_p": "Hausman p",
    "adjusted_pseudo_r2": "Pseudo R²",
    "squared_correlation": "Squared correlation",
    "reset_p": "RESET p",
    "pretrend_p": "Trends before p",
    "placebo_p": "Placebo p",
}
FOUNDATIONS = {
    *("Estimator", "Outcome", "Entity effects", "Time effects", "Further effects", "Weights"),
    *("Errors", "Clusters", "N", "Entities", "R²", "R² within"),
    *SHOWN.values(),
}
WARNINGS = "Warnings"
STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
EXPLANATION = "Standard errors in brackets. *** p < 0.01, ** p < 0.05, * p < 0.1."


def printed_table(tables: StudyTables, study: Study, number: int) -> pd.DataFrame:
    """One table of a study, one row a cell (`tables.PRINTED`); blank cells are left out."""
    if number == study.descriptives.table_number:
        return _cells(study.study, _descriptives(tables))
    models = tables.models[(tables.models["table_number"] == number).fillna(False)]
    of_table = [model for model in study.models if model.table_number == number]
    terms = {term for model in of_table for term in model.regressors}
    signs = {term: str(sign) for term, sign in study.expected_signs.items() if term in terms}
    expected = [("Expected sign", signs)] if signs else []
    return _cells(study.study, [*_equations(models, tables), *expected])


def table_markdown(tables: StudyTables) -> str:
    """All models side by side in the usual layout: a column an equation, a row a coefficient."""
    [study] = tables.models["study"].unique()
    return printed_markdown(_cells(study, _equations(tables.models, tables)))


def printed_markdown(cells: pd.DataFrame) -> str:
    """The cells of one table as Markdown, with its warnings as a list below it."""
    columns = cells.drop_duplicates("column_number").set_index("column_number")["column_label"]
    heads = [f"({number}) {escaped(label)}" for number, label in columns.sort_index().items()]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    notes = []
    for label, row in cells.groupby("row_label", sort=False):
        texts = dict(zip(row["column_number"], map(escaped, row["text"]), strict=True))
        if label == WARNINGS:
            notes = [f"- ({number}) {text}" for number, text in texts.items()]
        else:
            shown = (texts.get(number, "") for number in sorted(columns.index))
            lines.append(f"| {escaped(label)} | {' | '.join(shown)} |")
    if (cells["row_label"] == "Errors").any():
        lines += ["", EXPLANATION, *notes]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text that does not end a cell of a Markdown table."""
    return text.replace("|", "\\|")


def _cells(study: str, columns: Iterable[tuple[str, dict[str, str]]]) -> pd.DataFrame:
    """The columns of a table cell by cell, in the order of rows and columns.

    A row stands where it first appears; the constant comes after the other coefficients.
    """
    columns = list(columns)
    labels = list(dict.fromkeys(label for _, texts in columns for label in texts))
    labels.sort(key=_place)
    rows = [
        {
            "study": study,
            "row_number": row,
            "row_label": label,
            "column_number": number,
            "column_label": head,
            "text": texts[label],
        }
        for row, label in enumerate(labels, start=1)
        for number, (head, texts) in enumerate(columns, start=1)
        if texts.get(label)
    ]
    return PRINTED.frame(rows)


def _place(label: str) -> int:
    """Coefficients, the constant, what they rest on, warnings."""
    if label == "const":
        return 1
    if label == WARNINGS:
        return 3
    return 2 if label in FOUNDATIONS else 0


def _descriptives(tables: StudyTables) -> Iterator[tuple[str, dict[str, str]]]:
    heads = {
        "nobs": "N",
        "mean": "Mean",
        "sd": "SD",
        "minimum": "Minimum",
        "median": "Median",
        "maximum": "Maximum",
    }
    for name, head in heads.items():
        values = zip(tables.descriptives["variable"], tables.descriptives[name], strict=True)
        yield head, {variable: _number(value) for variable, value in values}


def _equations(models: pd.DataFrame, tables: StudyTables) -> Iterator[tuple[str, dict[str, str]]]:
    """Each equation of each model: its head and its cells by row label."""
    estimates, statistics = _by_model(tables.estimates), _by_model(tables.statistics)
    in_order = models.sort_values(["table_number", "column_number"], kind="stable")
    for model in in_order.to_dict("records"):
        terms = estimates.get(model["model_id"], [])
        values = {row["name"]: row["value"] for row in statistics.get(model["model_id"], [])}
        equations = list(dict.fromkeys(row["equation"] for row in terms)) or ["main"]
        for equation in equations:
            head = f"{model['model_id']}{'' if equation == 'main' else f': {equation}'}"
            texts = _coefficients([row for row in terms if row["equation"] == equation])
            texts |= _foundations(model, equation, values)
            if equation == equations[0] and pd.notna(model["warnings"]):
                texts[WARNINGS] = model["warnings"]
            yield head, texts


def _by_model(rows: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        found.setdefault(row["model_id"], []).append(row)
    return found


def _coefficients(terms: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The coefficients of one equation, by term."""
    return {
        row["term"]: f"{row['estimate']:.4g}{_stars(row['p_value'])} ({_number(row['std_error'])})"
        for row in terms
    }


def _foundations(
    model: Mapping[str, Any], equation: str, statistics: Mapping[str, float]
) -> dict[str, str]:
    """What the coefficients of one model rest on, by label."""
    of_equation = "" if equation == "main" else f"[{equation}]"
    absorbed = model["effects"].split(" + ")
    further = [name for name in absorbed if name not in KEYS]
    r2 = statistics.get(f"r2_lsdv{of_equation}", statistics.get(f"r2_overall{of_equation}"))
    return {
        "Estimator": model["estimator"],
        "Outcome": equation if equation.startswith("mediator") else model["outcome"],
        "Entity effects": "yes" if absorbed[0] in ("entity", "two_way") else "no",
        "Time effects": "yes" if absorbed[0] in ("time", "two_way") else "no",
        "Further effects": ", ".join(further),
        "Weights": "" if pd.isna(model["weights"]) else model["weights"],
        "Errors": model["vce"],
        "Clusters": _number(statistics.get("n_clusters")),
        "N": _number(model["nobs"]) or "not estimated",
        "Entities": _number(model["n_entities"]),
        "R²": _number(r2),
        "R² within": _number(statistics.get(f"r2_within{of_equation}")),
    } | {label: _number(statistics.get(name)) for name, label in SHOWN.items()}


def _stars(p_value: float | None) -> str:
    if p_value is None or pd.isna(p_value):
        return ""
    return next((stars for level, stars in STARS if p_value < level), "")


def _number(value: float | None) -> str:
    if value is None or pd.isna(value):
        return ""
    return f"{value:.4g}" if value % 1 else f"{value:.0f}"
