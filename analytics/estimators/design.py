"""What every estimator asks of its rows and design matrix, and what it says about them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.errors import CollinearityError
from analytics.estimators.covariance import vce_text
from analytics.estimators.within import Within, count_groups, without_singletons
from analytics.model import Effects, Model, WithEffects
from analytics.results import ModelResult
from analytics.rows import Coding, Panel, Rows, select_rows

# Share of a regressor's length that the others must leave
COLLINEAR = 2e-5
# So many are named in a sentence, and the others counted
NAMED = 5


def cluster_columns(model: Model, panel: Panel) -> list[str]:
    """The columns whose clusters the errors are summed in: the entities unless it says others."""
    if not model.errors.is_clustered:
        return []
    return list(model.errors.by) or [str(panel.keys.entity)]


def result_of(
    model: Model, panel: Panel, by: Sequence[str], complete: Rows, rows: Rows
) -> ModelResult:
    """What the model is and which rows it uses: `rows` are left of the `complete` ones."""
    dropped = _lost(complete.entity, rows.entity)
    return ModelResult(
        model_id=model.id,
        estimator=model.estimator,
        outcome=model.outcome,
        effects=model.absorbed,
        vce=vce_text(model.errors, by),
        sample=model.sample,
        table_number=model.table_number,
        column_number=model.column_number,
        nobs=len(rows.values),
        n_entities=count_groups(rows.entity),
        n_periods=count_groups(rows.time),
        n_dropped_missing=complete.n_dropped_missing,
        n_singletons=len(complete.values) - len(rows.values),
        entities_dropped=tuple(panel.labels[code] for code in dropped),
        rows=rows.source,
    )


def coding_of(model: Model) -> Coding:
    """Which columns the model takes for categories."""
    return Coding(frozenset(model.categorical), model.bases)


def model_rows(model: Model, panel: Panel, clusters: Sequence[str] = ()) -> Rows:
    """The complete rows of the model's sample, with the codes of the columns `clusters`."""
    return select_rows(
        panel, model.terms, model.sample, model.winsorise, clusters, coding_of(model)
    )


def estimation_rows(model: WithEffects, complete: Rows) -> Rows:
    """The complete rows, without those that an effect fits exactly unless they are to be kept.

    The slopes of all values of an interaction add up to what the effects absorb, where the
    variable does not change in time: then the first value is the one the others are compared with.
    """
    rows = complete
    if not model.keeps_singletons:
        kept = without_singletons(complete.entity, complete.time, model.absorbed)
        rows = complete.keep(kept)
    several = [t for t, own in rows.columns.items() if len(own) > 1 and t not in model.bases]
    if several and model.absorbed != "none":
        within = Within(rows.entity, rows.time, model.absorbed)
        for term in several:
            total = rows.matrix([term]).to_numpy().sum(axis=1)
            if _is_absorbed(total - total.mean(), within):
                rows = rows.without(rows.columns[term][0])
    return rows


def _is_absorbed(deviations: np.ndarray, within: Within) -> bool:
    """Whether nothing of a variable (n,), which varies, is left beside the effects."""
    length = float(np.linalg.norm(deviations))
    left = float(np.linalg.norm(within.residuals(deviations)))
    return length > 0 and left < COLLINEAR * length


def singleton_warnings(panel: Panel, complete: Rows, rows: Rows) -> list[str]:
    """The entities and periods of `complete` that `rows` has lost, in one sentence."""
    entities = [panel.labels[code] for code in _lost(complete.entity, rows.entity)]
    periods = [panel.periods[t] for t in _lost(complete.time, rows.time)]
    names = [*entities, *(f"period {period}" for period in periods)]
    if not names:
        return []
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    shown = ", ".join(names[:NAMED])
    return [f"{shown}{more} dropped: a single row says nothing beside its effect"]


def _lost(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The codes that the rows had before and have no more, ascending."""
    return np.setdiff1d(before, after) if len(after) < len(before) else before[:0]


def standardised(regressors: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regressors (n, k) with mean 0 and standard deviation 1, their means and deviations (k,).

    A regressor in yuan beside a share would otherwise fall below the cut-off of the solver.
    """
    values = regressors.to_numpy(dtype=float)
    center = values.mean(axis=0)
    deviations = values - center
    scale = np.sqrt(np.einsum("nk,nk->k", deviations, deviations) / len(values))
    for name, mean, spread in zip(regressors.columns, center, scale, strict=True):
        if spread <= 1e-12 * abs(mean):
            raise CollinearityError(name, f"has the single value {mean:g} in the rows used")
    deviations /= scale
    return deviations, center, scale


def check_collinearity(names: Sequence[str], within: np.ndarray, effects: Effects) -> None:
    """Name the first regressor that the effects and the regressors before it explain.

    `within` (n, k) is what the effects leave of standardised regressors.
    """
    gram = within.T @ within / len(within)
    factor = np.zeros_like(gram)  # Cholesky's: its diagonal is what the regressors before leave
    for position, name in enumerate(names):
        if gram[position, position] < COLLINEAR**2:
            raise CollinearityError(name, f"is absorbed by the {effects} effects")
        before = factor[position, :position]
        for j in range(position):
            explained = factor[j, :j] @ before[:j]
            before[j] = (gram[position, j] - explained) / factor[j, j]
        rest = gram[position, position] - before @ before
        if rest < COLLINEAR**2:
            column = within[:, position]
            weights = np.linalg.lstsq(within[:, :position], column, rcond=None)[0]
            partners = [
                n for n, weight in zip(names, weights, strict=False) if abs(weight) > COLLINEAR
            ]
            others = ", ".join(f"`{partner}`" for partner in partners)
            raise CollinearityError(name, f"is perfectly collinear with {others}")
        factor[position, position] = np.sqrt(rest)
