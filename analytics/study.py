"""Estimate a study on a panel, and set its tables."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.errors import CollinearityError, SpecificationError
from analytics.results import (
    DESCRIPTIVES,
    ModelResult,
    tidy_estimates,
    tidy_models,
    tidy_statistics,
    typed,
)
from analytics.rows import Panel, resolve_panel, rows_with, select_rows
from analytics.specification import Model, PanelKeys, Specification, Study

SHARES = ("share_imputed", "share_proxy")  # of the inputs of a row, where the panel states them
STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))


@dataclass(frozen=True)
class StudyTables:
    """The tidy tables of a study; the columns are those of `analytics.results`."""

    models: pd.DataFrame
    estimates: pd.DataFrame
    statistics: pd.DataFrame
    descriptives: pd.DataFrame


def run_specification(specification: Specification, data: pd.DataFrame) -> list[ModelResult]:
    """Estimate every model of a specification on a panel, in the order of the file.

    Raises SpecificationError, which names the model, where the panel cannot serve one.
    """
    panel = resolve_panel(specification.panel, data)
    results = []
    for model in specification.models:
        try:
            results.append(_estimate(model, panel))
        except SpecificationError as error:
            raise SpecificationError(f"model `{model.id}`: {error}") from None
    return results


def run_study(study: Study, data: pd.DataFrame) -> StudyTables:
    """Estimate a study on a panel with one row an entity and period.

    A refresh goes on without a control or a model, so nothing here raises for what the panel
    lacks: a model that cannot be estimated is a row with the reason among its warnings.
    """
    results = [_study_model(model, study, data) for model in study.models]
    return StudyTables(
        models=tidy_models(study.study, results),
        estimates=tidy_estimates(study.study, results),
        statistics=tidy_statistics(study.study, results),
        descriptives=describe(study, data),
    )


def describe(study: Study, data: pd.DataFrame) -> pd.DataFrame:
    """Summary statistics of each variable over the rows where it is known; sd divides by n - 1."""
    rows = []
    for name in study.descriptives.variables:
        values = pd.Series(dtype=float)
        if name in data.columns:
            values = pd.to_numeric(data[name], errors="coerce").dropna().astype(float)
        rows.append(
            {
                "study": study.study,
                "variable": name,
                "nobs": len(values),
                "mean": values.mean(),
                "sd": values.std(ddof=1),
                "minimum": values.min(),
                "median": values.median(),
                "maximum": values.max(),
            }
        )
    return typed(rows, DESCRIPTIVES)


def table_markdown(tables: StudyTables, table_number: int | None = None) -> str:
    """A regression table in the usual layout: a column a model, a row a coefficient.

    Standard errors in brackets, stars for p < 0.1, 0.05, 0.01, then what the errors rest on.
    Without a table number, all models of the study.
    """
    models = tables.models.sort_values(["table_number", "column_number"], kind="stable")
    if table_number is not None:
        models = models[models["table_number"] == table_number]
    heads = [f"({number}) {head}" for number, head in enumerate(models["model_id"], start=1)]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for cells_of in (_coefficients, _foundations):
        columns = [cells_of(model, tables) for _, model in models.iterrows()]
        labels = dict.fromkeys(label for column in columns for label in column)
        for label in sorted(labels, key=lambda label: label == "const"):  # the constant comes last
            cells = (column.get(label, "") for column in columns)
            lines.append(f"| {_escaped(label)} | {' | '.join(map(_escaped, cells))} |")
    lines += ["", "Standard errors in brackets. *** p < 0.01, ** p < 0.05, * p < 0.1."]
    lines += [
        f"- ({number}) {_escaped(model['warnings'])}"
        for number, (_, model) in enumerate(models.iterrows(), start=1)
        if pd.notna(model["warnings"])
    ]
    return "\n".join(lines) + "\n"


def _coefficients(model: pd.Series, tables: StudyTables) -> dict[str, str]:
    """The coefficients of one model, by term."""
    estimates = tables.estimates[tables.estimates["model_id"] == model["model_id"]]
    return {
        row.term: f"{row.estimate:.4g}{_stars(row.p_value)} ({_number(row.std_error)})"
        for row in estimates.itertuples()
    }


def _foundations(model: pd.Series, tables: StudyTables) -> dict[str, str]:
    """What the coefficients of one model rest on, by label."""
    of_model = tables.statistics["model_id"] == model["model_id"]
    statistics = tables.statistics[of_model].set_index("name")["value"]
    return {
        "Outcome": model["outcome"],
        "Entity effects": "yes" if model["effects"] in ("entity", "two_way") else "no",
        "Time effects": "yes" if model["effects"] in ("time", "two_way") else "no",
        "Errors": model["vce"],
        "Clusters": _number(statistics.get("n_clusters")),
        "N": _number(model["nobs"]) or "not estimated",
        "Entities": _number(model["n_entities"]),
        "R²": _number(statistics.get("r2_lsdv", statistics.get("r2_overall"))),
        "R² within": _number(model["r2_within"]),
    }


def _stars(p_value: float | None) -> str:
    return next((s for level, s in STARS if pd.notna(p_value) and p_value < level), "")


def _number(value: float | None) -> str:
    return "" if pd.isna(value) else f"{value:.4g}" if value % 1 else f"{value:.0f}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _estimate(model: Model, panel: Panel) -> ModelResult:
    # Imported where it is used: linearmodels takes seconds, a reader of studies should not wait
    from analytics.estimators.least_squares import estimate_least_squares

    return estimate_least_squares(model, panel)


def _study_model(model: Model, study: Study, data: pd.DataFrame) -> ModelResult:
    warnings: list[str] = []
    try:
        panel = resolve_panel(_available_keys(study.panel, data), data)
        model, warnings = _without_missing_controls(model, study, panel)
        while True:
            try:
                result = _estimate(model, panel)
                break
            except CollinearityError as error:
                model = _without_control(model, study, error)
                warnings.append(f"control `{error.column}` {error.reason} and is left out")
    except SpecificationError as error:
        return _not_estimated(model, [*warnings, f"not estimated: {error}"])
    return replace(
        result,
        statistics={**result.statistics, **_shares(data, result.rows)},
        warnings=tuple(sorted([*result.warnings, *warnings])),
    )


def _available_keys(keys: PanelKeys, data: pd.DataFrame) -> PanelKeys:
    """Names of entities are for the reader: a panel without them is estimated all the same."""
    return keys if keys.label in data.columns else keys.model_copy(update={"label": None})


def _without_missing_controls(model: Model, study: Study, panel: Panel) -> tuple[Model, list[str]]:
    """The model without the controls that no row with the other variables has, and why."""
    required = [term for term in model.regressors if term not in study.optional_regressors]
    optional = [term for term in model.regressors if term in study.optional_regressors]
    base = select_rows(panel, [model.outcome, *required], model.sample)
    absent, warnings = [], []
    for term in optional:
        n_rows = len(base.source)
        n_missing = n_rows - int(np.isin(base.source, rows_with(panel, term)).sum())
        if n_missing == n_rows:
            absent.append(term)
            warnings.append(f"control `{term}` is missing: no source provides it")
        elif n_missing > 0:
            warnings.append(f"control `{term}` is missing in {n_missing} of {n_rows} rows")
    left = tuple(term for term in model.regressors if term not in absent)
    return model.model_copy(update={"regressors": left}), warnings


def _without_control(model: Model, study: Study, error: CollinearityError) -> Model:
    """The model without a control that is collinear; any other regressor is the point of it."""
    if error.column not in study.optional_regressors:
        raise error
    left = tuple(term for term in model.regressors if term != error.column)
    return model.model_copy(update={"regressors": left})


def _not_estimated(model: Model, warnings: Iterable[str]) -> ModelResult:
    return ModelResult(
        model_id=model.id,
        estimator=model.estimator,
        outcome=model.outcome,
        effects=model.absorbed,
        vce=model.vce.type,
        sample=model.sample,
        table_number=model.table_number,
        column_number=model.column_number,
        warnings=tuple(sorted(warnings)),
    )


def _shares(data: pd.DataFrame, rows: np.ndarray) -> dict[str, float]:
    """What part of the inputs of the rows used was imputed, and what part is a proxy."""
    known = {
        name: pd.to_numeric(data[name].iloc[rows], errors="coerce").dropna()
        for name in SHARES
        if name in data.columns
    }
    return {name: float(values.mean()) for name, values in known.items() if len(values)}
