"""Estimate a study on a panel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.comparison import published_comparison, published_estimates, sign_comparison
from analytics.errors import CollinearityError, SpecificationError
from analytics.model import Model
from analytics.panel import Panel, resolve_panel
from analytics.results import (
    ModelResult,
    tidy_estimates,
    tidy_models,
    tidy_statistics,
    tidy_threshold_search,
)
from analytics.rows import complete_rows, rows_with
from analytics.sample import texts_not_found
from analytics.sections import PanelKeys
from analytics.specification import Specification, Study
from analytics.specification_curve import (
    SpecificationCurve,
    base_model,
    check_choices,
    estimate_curve,
)
from analytics.tables import CURVE, DESCRIPTIVES
from analytics.threads import one_thread
from analytics.variations import Estimate, estimate_variations, not_estimated
from analytics.written import labels_in_doubt

SHARES = ("share_imputed", "share_proxy")  # of the inputs of a row, where the panel states them
SINGULAR = "the rows do not determine the estimates: regressors or instruments hang together"


@dataclass(frozen=True)
class StudyTables:
    """The tidy tables of a study; the columns are those of `analytics.results`."""

    models: pd.DataFrame
    estimates: pd.DataFrame
    statistics: pd.DataFrame
    threshold_search: pd.DataFrame
    descriptives: pd.DataFrame
    specification_curve: pd.DataFrame
    sign_comparison: pd.DataFrame
    published_comparison: pd.DataFrame


@one_thread()
def run_specification(specification: Specification, data: pd.DataFrame) -> list[ModelResult]:
    """Estimate every model of a specification on a panel, in the order of the file.

    Raises SpecificationError, which names the model, where the panel cannot serve one.
    """
    panels = {keys: resolve_panel(keys, data) for keys in _keys(specification)}
    results, doubts = [], [*labels_in_doubt(data).items(), *data.attrs.get("doubts", {}).items()]
    for model in specification.models:
        panel = panels[specification.keys_of(model)]
        try:
            found = list(estimate_variations(model, panel, lambda m, p, how: how(m, p)))
            if all(result.nobs is None for result in found):  # no value of a split suffices
                raise SpecificationError("; ".join(found[0].warnings))
            said = [*panel.warnings, *texts_not_found(model.sample, panel.data)]
            named = f"{model.model_dump()} {panel.keys}"
            said += [doubt for name, doubt in doubts if name in named]
            results += [_with_warnings(result, said) for result in found]
        except SpecificationError as error:
            raise SpecificationError(f"model `{model.id}`: {error}") from None
        except np.linalg.LinAlgError:
            raise SpecificationError(f"model `{model.id}`: {SINGULAR}") from None
    return results


@one_thread()
def run_curve(
    specification: Specification, data: pd.DataFrame, study: str = ""
) -> tuple[pd.DataFrame, ModelResult] | None:
    """The specification curve, where one is asked for: all fits, and what they have in common.

    Raises SpecificationError for a choice that the panel does not know.
    """
    if specification.specification_curve is None:
        return None
    curve, panel = specification.specification_curve, resolve_panel(specification.panel, data)
    try:
        check_choices(curve, base_model(curve, specification.models), panel)
    except SpecificationError as error:
        raise SpecificationError(f"specification_curve: {error}") from None
    return _curve(specification, panel, study)


def run_study(
    study: Study, data: pd.DataFrame, further: Mapping[str, pd.DataFrame] | None = None
) -> StudyTables:
    """Estimate a study on a panel with one row an entity and period, as tables.

    `further` has the tables of its further panels, by name.
    """
    results, fits = estimate_study(study, data, further)
    estimates = tidy_estimates(study.study, results)
    models = tidy_models(study.study, results)
    statistics = tidy_statistics(study.study, results)
    return StudyTables(
        models=models,
        estimates=estimates,
        statistics=statistics,
        threshold_search=tidy_threshold_search(study.study, results),
        descriptives=describe(study, data),
        specification_curve=fits,
        sign_comparison=sign_comparison(study, estimates),
        published_comparison=published_comparison(
            published_estimates(study), estimates, statistics, models
        ),
    )


@one_thread()
def estimate_study(
    study: Study, data: pd.DataFrame, further: Mapping[str, pd.DataFrame] | None = None
) -> tuple[list[ModelResult], pd.DataFrame]:
    """The results of a study, and all fits of its specification curve.

    Models of a further panel take the table of its name, and `data` where there is none. A refresh
    goes on without a control or a model, so nothing here raises for what the panel lacks: a model
    that cannot be estimated is a result with the reason among its warnings.
    """
    panels = {keys: _resolved(keys, (further or {}).get(keys.table, data)) for keys in _keys(study)}
    results = [
        replace(result, panel=keys.table)
        for model, keys in ((model, study.keys_of(model)) for model in study.models)
        for result in _study_results(model, study, panels[keys])
    ]
    panel = panels[study.panel]
    if study.specification_curve is None or isinstance(panel, SpecificationError):
        return results, CURVE.frame([])
    available, warnings = _available_curve(study, panel)
    fits, summary = _curve(available, panel, study.study)
    summary = replace(_with_warnings(summary, warnings), panel=study.panel.table)
    return [*results, summary], fits


@one_thread()
def repeat_models(models: Sequence[Model], study: Study, data: pd.DataFrame) -> list[ModelResult]:
    """The estimates alone of models of a study, on another panel; like `estimate_study` else."""
    try:
        panel = resolve_panel(_available_keys(study.panel, data), data)
    except SpecificationError as error:
        return [_refused(model, error) for model in models]
    return [_repeated(model, study, panel) for model in models]


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
    return DESCRIPTIVES.frame(rows)


def _curve(
    specification: Specification, panel: Panel, study: str
) -> tuple[pd.DataFrame, ModelResult]:
    curve = specification.specification_curve
    assert curve is not None
    return estimate_curve(study, curve, base_model(curve, specification.models), panel)


def _keys(specification: Specification) -> set[Any]:
    """The keys of every panel that is asked for; that of the curve is the first."""
    return {specification.panel, *map(specification.keys_of, specification.models)}


def _resolved(keys: PanelKeys, data: pd.DataFrame) -> Panel | SpecificationError:
    """The panel of a table, or why it is none."""
    try:
        return resolve_panel(_available_keys(keys, data), data)
    except SpecificationError as error:
        return error


def _study_results(
    model: Model, study: Study, panel: Panel | SpecificationError
) -> list[ModelResult]:
    """The results of one model of a study, each with what it had to do without."""
    if isinstance(panel, SpecificationError):
        return [_refused(model, panel)]

    def attempt(model: Model, panel: Panel, estimate: Estimate) -> ModelResult:
        return _with_what_there_is(model, study, panel, estimate)

    try:
        return list(estimate_variations(model, panel, attempt))
    except SpecificationError as error:
        return [_refused(model, error)]


def _repeated(model: Model, study: Study, panel: Panel) -> ModelResult:
    try:
        return _with_what_there_is(model, study, panel, lambda m, p: m.repeat(p))
    except SpecificationError as error:
        return _refused(model, error)


def _refused(model: Model, error: SpecificationError) -> ModelResult:
    return not_estimated(model, [f"not estimated: {error}"])


def _with_what_there_is(
    model: Model, study: Study, panel: Panel, estimate: Estimate
) -> ModelResult:
    """The model without the controls that no source provides or that are collinear."""
    model, warnings = _without_missing_controls(model, study, panel)
    while True:
        try:
            result = estimate(model, panel)
            break
        except CollinearityError as error:
            if error.column not in study.optional_regressors:
                raise SpecificationError("; ".join([str(error), *warnings])) from None
            model = model.without([error.column])
            warnings.append(f"control `{error.column}` {error.reason} and is left out")
        except SpecificationError as error:
            raise SpecificationError("; ".join([str(error), *warnings])) from None
        except np.linalg.LinAlgError:
            raise SpecificationError("; ".join([SINGULAR, *warnings])) from None
    shares = _shares(panel, result.rows)
    result = replace(result, statistics={**result.statistics, **shares})
    said = texts_not_found(model.sample, panel.data)
    return _with_warnings(result, [*panel.warnings, *said, *warnings])


def _with_warnings(result: ModelResult, warnings: Sequence[str]) -> ModelResult:
    return replace(result, warnings=tuple(sorted([*result.warnings, *warnings])))


def _available_keys(keys: PanelKeys, data: pd.DataFrame) -> PanelKeys:
    """Names of entities are for the reader: a panel without them is estimated all the same."""
    return keys if keys.label in data.columns else keys.model_copy(update={"label": None})


def _without_missing_controls(model: Model, study: Study, panel: Panel) -> tuple[Model, list[str]]:
    """The model without the controls that no row with the other variables has, and why."""
    optional = [term for term in model.controls if term in study.optional_regressors]
    required = [term for term in model.terms if term not in optional]
    base = complete_rows(panel, required, model.sample)
    absent, warnings = [], []
    for term in optional:
        n_rows = int(base.sum())
        n_missing = n_rows - int((base & rows_with(panel, term)).sum())
        if n_missing == n_rows:
            absent.append(term)
            warnings.append(f"control `{term}` is missing: no source provides it")
        elif n_missing > 0:
            warnings.append(f"control `{term}` is missing in {n_missing} of {n_rows} rows")
    return model.without(absent), warnings


def _available_curve(study: Study, panel: Panel) -> tuple[Study, list[str]]:
    """The study with a curve whose controls some source provides, and what it does without."""
    curve = study.specification_curve
    assert curve is not None
    base = base_model(curve, study.models)
    if curve.choices.factors:
        return _with_known_factors(study, curve, panel)
    try:
        left, warnings = _without_missing_controls(base, study, panel)
    except SpecificationError:  # then each fit says why
        return study, []
    absent = set(base.regressors) - set(left.regressors)
    controls = dict.fromkeys(
        tuple(term for term in terms if term not in absent) for terms in curve.choices.controls
    )
    choices = curve.choices.model_copy(update={"controls": tuple(controls)})
    models = tuple(left if model.id == curve.base else model for model in study.models)
    curve = curve.model_copy(update={"choices": choices})
    return study.model_copy(update={"models": models, "specification_curve": curve}), warnings


def _with_known_factors(
    study: Study, curve: SpecificationCurve, panel: Panel
) -> tuple[Study, list[str]]:
    """The study with a curve of the measures that some source provides, and what it lacks."""
    measures = [measure for factor in curve.choices.factors for measure in factor]
    absent = [measure for measure in measures if not rows_with(panel, measure).any()]
    known = (
        tuple(measure for measure in factor if measure not in absent)
        for factor in curve.choices.factors
    )
    choices = curve.choices.model_copy(update={"factors": tuple(filter(None, known))})
    if not choices.factors:  # then each fit says why
        return study, []
    curve = curve.model_copy(update={"choices": choices})
    warnings = [f"measure `{measure}` is missing: no source provides it" for measure in absent]
    return study.model_copy(update={"specification_curve": curve}), warnings


def _shares(panel: Panel, rows: np.ndarray) -> dict[str, float]:
    """What part of the inputs of the rows used was imputed, and what part is a proxy."""
    places = panel.places(rows)
    shares = {name: panel.part(name)[places] for name in SHARES if name in panel.data.columns}
    return {
        name: float(np.nanmean(values)) for name, values in shares.items() if pd.notna(values).any()
    }
