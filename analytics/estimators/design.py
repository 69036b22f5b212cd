"""What every estimator asks of its rows and design matrix, and what it says about them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.errors import CollinearityError
from analytics.estimators.covariance import vce_text
from analytics.estimators.within import (
    Within,
    count_groups,
    is_nested,
    panel_codes,
    without_singletons,
)
from analytics.model import Model, WithEffects
from analytics.panel import Panel
from analytics.results import ModelResult
from analytics.rows import Coding, Rows, select_rows
from analytics.sections import KEYS

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
        effects=str(model.absorption),
        vce=vce_text(model.errors, by),
        weights=model.absorption.weights,
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
        panel,
        model.terms,
        model.sample,
        model.winsorise,
        clusters,
        coding_of(model),
        model.absorption,
    )


def within_of(model: Model, rows: Rows) -> Within:
    """The transformation that takes out of the rows what the model takes out."""
    absorption = model.absorption
    if absorption.is_plain:
        return Within(rows.entity, rows.time, absorption.panel)
    from analytics.estimators.absorbing import Absorbing  # sparse matrices are slow to import

    codes = effect_codes(model, rows)
    return Absorbing(codes, rows.time, str(absorption), absorption.trends, rows.weights)


def effect_codes(model: Model, rows: Rows) -> dict[str, np.ndarray]:
    """The groups (n,) of each set of effects."""
    codes = panel_codes(rows.entity, rows.time, model.absorption.panel)
    return codes | dict(zip(model.absorption.sets, rows.sets.T, strict=True))


def redundant_effects(model: Model, panel: Panel, rows: Rows) -> list[str]:
    """Warnings of sets of effects that another set of the model contains."""
    if not model.absorption.sets:
        return []
    codes, names = effect_codes(model, rows), panel.keys.model_dump()
    shown = {key: names[key] if key in KEYS["two_way"] else key for key in codes}
    found: dict[str, str] = {}
    for key in codes:
        others = [other for other in codes if other != key and other not in found]
        finer = [other for other in others if is_nested(codes[other], codes[key])]
        if finer:
            found[key] = (
                f"the effects of {shown[key]} add nothing to those of {shown[finer[0]]}, whose "
                f"groups lie within them"
            )
    return list(found.values())


def estimation_rows(model: WithEffects, complete: Rows) -> Rows:
    """The complete rows, without those that an effect fits exactly unless they are to be kept.

    The slopes of all values of an interaction add up to what the effects absorb, where the
    variable does not change in time: then the first value is the one the others are compared with.
    """
    rows = complete
    if not model.keeps_singletons:
        codes, effects = effect_codes(model, complete), str(model.absorption)
        rows = complete.keep(without_singletons(codes, len(complete.values), effects))
    several = [t for t, own in rows.columns.items() if len(own) > 1 and t not in model.bases]
    if several and str(model.absorption) != "none":
        within = within_of(model, rows)
        for term in several:
            total = rows.matrix([term]).to_numpy().sum(axis=1)
            if is_absorbed(total - total.mean(), within):
                rows = rows.without(rows.columns[term][0])
    return rows


def is_absorbed(deviations: np.ndarray, within: Within) -> bool:
    """Whether nothing of a variable (n,), which varies, is left beside the effects.

    Its length counts the rows alike, which is near enough for the question.
    """
    length = float(np.linalg.norm(deviations))
    left = float(np.linalg.norm(within.residuals(deviations)))
    return length > 0 and left < COLLINEAR * length


def singleton_warnings(panel: Panel, complete: Rows, rows: Rows) -> list[str]:
    """The entities and periods of `complete` that `rows` has lost, in one sentence.

    A row that is alone in another set of effects may be lost where its entity is not.
    """
    entities = [panel.labels[code] for code in _lost(complete.entity, rows.entity)]
    periods = [panel.periods[t] for t in _lost(complete.time, rows.time)]
    names = [*entities, *(f"period {period}" for period in periods)]
    if not names:
        lost = len(complete.values) - len(rows.values)
        rows_lost = "1 row" if lost == 1 else f"{lost} rows"
        said = f"{rows_lost} dropped: alone in a group, a row says nothing beside its effect"
        return [said] if lost else []
    return [f"{named(names)} dropped: a single row says nothing beside its effect"]


def named(names: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def _lost(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The codes that the rows had before and have no more, ascending."""
    return np.setdiff1d(before, after) if len(after) < len(before) else before[:0]


def standardised(
    regressors: pd.DataFrame, within: Within | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regressors (n, k) with mean 0 and standard deviation 1, their means and deviations (k,).

    A regressor in yuan beside a share would otherwise fall below the cut-off of the solver. Rows
    count by the weights of `within`, where it has any.
    """
    values = regressors.to_numpy(dtype=float)
    center = values.mean(axis=0) if within is None else within.mean(values)
    deviations = values - center
    weighted = deviations if within is None else within.weighted(deviations)
    scale = np.sqrt(np.einsum("nk,nk->k", weighted, weighted) / len(values))
    for name, mean, spread in zip(regressors.columns, center, scale, strict=True):
        if spread <= 1e-12 * abs(mean):
            raise CollinearityError(name, f"has the single value {mean:g} in the rows used")
    deviations /= scale
    return deviations, center, scale


def check_collinearity(names: Sequence[str], within: np.ndarray, effects: str) -> None:
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
