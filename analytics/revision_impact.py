"""What revisions of the data do to the headline estimates of a study."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from analytics.model import Model
from analytics.results import ModelResult
from analytics.specification import Study
from analytics.study import repeat_models
from analytics.tables import REVISION_IMPACT

FROM, TO = "known_from", "known_to"
SIGNIFICANT = 0.05


def revision_impact(study: Study, vintages: pd.DataFrame) -> pd.DataFrame:
    """The headline estimates on the panel as it was known at each change, beside the newest.

    Parameters
    ----------
    vintages : the panel with its history, one row an entity, period and interval of dates: a row
        is what was known from `known_from` until before `known_to` (missing: it still is)

    Returns
    -------
    One row a model, term and date at which the panel changed (columns: REVISION_IMPACT), in the
    order of the study and the dates. Where the panel of a date does not determine the model, the
    estimate is missing and `warnings` say why; then neither sign nor significance is compared.
    """
    known_from, known_to = (pd.to_datetime(vintages[name]) for name in (FROM, TO))
    rows = vintages.drop(columns=[FROM, TO])
    dates = sorted(pd.concat([known_from, known_to]).dropna().unique())
    models = [model for model in study.models if model.id in study.headline.models]
    results = {
        date: repeat_models(models, study, rows[(known_from <= date) & ~(known_to <= date)])
        for date in dates
    }
    found = [
        row
        for place, model in enumerate(models)
        for term in study.headline.terms
        if term in model.terms
        for row in _rows(study, model, term, {date: r[place] for date, r in results.items()})
    ]
    return REVISION_IMPACT.frame(found)


def _rows(
    study: Study, model: Model, term: str, results: dict[pd.Timestamp, ModelResult]
) -> Iterator[dict[str, Any]]:
    found = {date: _estimate(result, term) for date, result in results.items()}
    for date, row in found.items():
        newest = found[max(found)]
        yield {
            "study": study.study,
            "model_id": model.id,
            "term": term,
            "as_of": date,
            **row,
            "nobs": results[date].nobs,
            "newest_estimate": newest["estimate"],
            "newest_p_value": newest["p_value"],
            "is_sign_changed": _differ(row, newest, "estimate", lambda value: value > 0),
            "is_significance_changed": _differ(
                row, newest, "p_value", lambda value: value < SIGNIFICANT
            ),
            "warnings": "; ".join(sorted(results[date].warnings)) or None,
        }


def _estimate(result: ModelResult, term: str) -> dict[str, float | None]:
    """The coefficient of a term; missing where the model could not be estimated."""
    found = next((found for found in result.terms if found.term == term), None)
    return {name: getattr(found, name, None) for name in ("estimate", "std_error", "p_value")}


def _differ(
    row: dict[str, float | None],
    newest: dict[str, float | None],
    name: str,
    judge: Callable[[float], bool],
) -> bool | None:
    before, now = row[name], newest[name]
    if before is None or now is None:
        return None
    return bool(judge(before) != judge(now))
