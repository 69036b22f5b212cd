"""What revisions of the data do to the headline estimates of a study."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.model import Model
from analytics.results import ModelResult, typed
from analytics.specification import Study
from analytics.study import estimate_study

AS_OF = "as_of"
SIGNIFICANT = 0.05
REVISION_IMPACT = {
    "study": "string",
    "model_id": "string",
    "term": "string",
    "as_of": "date32[day][pyarrow]",
    "estimate": "Float64",
    "std_error": "Float64",
    "p_value": "Float64",
    "nobs": "Int64",
    "newest_estimate": "Float64",
    "newest_p_value": "Float64",
    "is_sign_changed": "boolean",
    "is_significance_changed": "boolean",
    "warnings": "string",
}
# Two sums of the same numbers in another order differ by less
_SAME = 1e-12


def revision_impact(study: Study, vintages: pd.DataFrame) -> pd.DataFrame:
    """The headline estimates on the panel of every vintage, each beside that of the newest.

    Parameters
    ----------
    vintages : the panel as it was known on every vintage date, one row a date (column `as_of`),
        entity and period

    Returns
    -------
    One row a model, term and vintage date (columns: REVISION_IMPACT), in the order of the study
    and the dates. Where the panel of a date does not determine the model, the estimate is missing
    and `warnings` say why; then neither sign nor significance is compared.
    """
    rows = [
        row
        for model in study.models
        if model.id in study.headline.models
        for row in _rows(study, model, vintages)
    ]
    return typed(rows, REVISION_IMPACT)


def _rows(study: Study, model: Model, vintages: pd.DataFrame) -> Iterator[dict]:
    results = list(_results(study, model, vintages))
    for term in (term for term in study.headline.terms if term in model.terms):
        found = [(as_of, result, _estimate(result, term)) for as_of, result in results]
        newest = found[-1][2]
        for as_of, result, row in found:
            yield {
                "study": study.study,
                "model_id": model.id,
                "term": term,
                "as_of": as_of,
                **row,
                "nobs": result.nobs,
                "newest_estimate": newest["estimate"],
                "newest_p_value": newest["p_value"],
                "is_sign_changed": _differ(row, newest, "estimate", lambda value: value > 0),
                "is_significance_changed": _differ(
                    row, newest, "p_value", lambda value: value < SIGNIFICANT
                ),
                "warnings": "; ".join(sorted(result.warnings)) or None,
            }


def _results(
    study: Study, model: Model, vintages: pd.DataFrame
) -> Iterator[tuple[pd.Timestamp, ModelResult]]:
    """The model on each vintage; a panel that is the same as before is not estimated again."""
    # Tests of the specification are no part of the estimates
    plain = model.model_copy(update={"tests": ()} if hasattr(model, "tests") else {})
    alone = study.model_copy(update={"models": (plain,), "specification_curve": None})
    before, result = None, None
    for as_of, panel in vintages.groupby(AS_OF, sort=True):
        panel = panel.drop(columns=AS_OF).sort_values([study.panel.entity, study.panel.time])
        if before is None or not _same(panel, before):
            [result], _ = estimate_study(alone, panel.reset_index(drop=True))
        before = panel
        yield as_of, result


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two panels hold the same values, but for the last digit of their sums."""
    if one.shape != other.shape:
        return False
    numbers = one.select_dtypes("number").columns
    texts = one.columns.difference(numbers)
    return np.allclose(
        one[numbers].to_numpy(float, na_value=np.nan),
        other[numbers].to_numpy(float, na_value=np.nan),
        rtol=_SAME,
        atol=0,
        equal_nan=True,
    ) and one[texts].reset_index(drop=True).equals(other[texts].reset_index(drop=True))


def _estimate(result: ModelResult, term: str) -> dict[str, float | None]:
    """The coefficient of a term; missing where the model could not be estimated."""
    found = next((found for found in result.terms if found.term == term), None)
    return {name: getattr(found, name, None) for name in ("estimate", "std_error", "p_value")}


def _differ(row: dict, newest: dict, name: str, judge) -> bool | None:
    if row[name] is None or newest[name] is None:
        return None
    return bool(judge(row[name]) != judge(newest[name]))
