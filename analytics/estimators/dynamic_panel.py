"""Difference and System GMM for dynamic panels, by the conventions of xtabond2 (Roodman 2009)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field

from analytics.estimators.design import coding_of, model_rows, named
from analytics.estimators.dynamic_equations import (
    Equations,
    GmmInstrument,
    Instrument,
    build_instruments,
    stack_equations,
)
from analytics.estimators.dynamic_gmm import fit_gmm
from analytics.estimators.inference import estimate_of
from analytics.model import Model
from analytics.panel import Panel
from analytics.results import ModelResult
from analytics.rows import Rows, select_rows
from analytics.sections import Effects

CONVENTION = "xtabond2"


class DynamicPanel(Model):
    """Difference or System GMM on lags of the outcome and on regressors."""

    needed_keys: ClassVar[frozenset[str]] = frozenset({"entity", "time"})
    estimator: Literal["dynamic_panel"]
    lags: Annotated[int, Field(ge=1)] = 1
    gmm_instruments: Annotated[tuple[GmmInstrument, ...], Field(min_length=1)]
    iv_instruments: tuple[Instrument, ...] = ()
    time_effects: bool = False
    transformation: Literal["difference", "system"] = "system"
    orthogonal_deviations: bool = False
    steps: Literal["one", "two"] = "two"
    collapse: bool = True
    initial_weight: Literal[1, 2, 3] = 3
    small: bool = False

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Lags of the outcome, and the regressors."""
        lagged = tuple(f"L{lag}.{self.outcome}" for lag in range(1, self.lags + 1))
        return {"lagged outcome": lagged, "regressor": self.regressors}

    @property
    def absorbed(self) -> Effects:
        """Entity effects are differenced out; time effects are dummies where asked for."""
        return "two_way" if self.time_effects else "entity"

    def estimate(self, panel: Panel) -> ModelResult:
        """The estimates and the tests of their instruments."""
        return estimate_dynamic_panel(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """The same: the tests cost nothing beside the estimates."""
        return estimate_dynamic_panel(self, panel)

    def without(self, controls: Collection[str]) -> Self:
        """The model without these controls, which instrument nothing any more either."""
        instruments = {
            name: tuple(i for i in getattr(self, name) if i.variable not in controls)
            for name in ("gmm_instruments", "iv_instruments")
        }
        return super().without(controls).model_copy(update=instruments)


def estimate_dynamic_panel(model: DynamicPanel, panel: Panel) -> ModelResult:
    """Estimate a `dynamic_panel` model.

    Raises SpecificationError where the panel cannot serve the model, and CollinearityError where
    a regressor is collinear with others or disappears in the transformation.
    """
    rows = model_rows(model, panel)
    grid = _grid(panel, rows)
    equations = _equations(model, panel, rows, grid)
    gmm = [(i, z) for i in model.gmm_instruments for z in _variable(i, model, panel, rows, grid)]
    iv = [(i, z) for i in model.iv_instruments for z in _variable(i, model, panel, rows, grid)]
    instruments, empty = build_instruments(equations, gmm, iv, model.collapse)
    fit = fit_gmm(equations, instruments, model.initial_weight, model.steps == "two", model.small)
    is_used = equations.observed[grid.place(rows)]
    regressors = range(equations.n_deterministic, len(equations.names))
    constant = range(equations.is_system)  # the time effects between them are not shown
    dropped = grid.entities[~equations.observed.any(axis=1)]
    dropped_names = [panel.labels[code] for code in dropped]
    terms = [
        estimate_of(equations.names[i], float(fit.params[i]), float(fit.covariance[i, i]), fit.df)
        for i in [*regressors, *constant]
    ]
    warnings = [
        *fit.warnings,
        *empty,
    ]
    if dropped_names:
        warnings.append(f"{named(dropped_names)} dropped: nothing can be differenced")
    if lacking := [term.term for term in terms if term.std_error is None]:
        warnings.append(f"the corrected variance of {named(lacking)} is not positive: no error")
    return ModelResult(
        model_id=model.id,
        estimator=model.estimator,
        outcome=model.outcome,
        effects=model.absorbed,
        vce="two-step, Windmeijer-corrected" if model.steps == "two" else "one-step, robust",
        convention=CONVENTION,
        sample=model.sample,
        table_number=model.table_number,
        column_number=model.column_number,
        nobs=int(is_used.sum()),
        n_entities=len(grid.entities) - len(dropped),
        n_periods=len(np.unique(rows.time[is_used])),
        n_dropped_missing=rows.n_dropped_missing,
        n_singletons=int(np.isin(rows.entity, dropped).sum()),
        entities_dropped=tuple(dropped_names),
        terms=tuple(terms),
        statistics=fit.statistics,
        warnings=tuple(sorted(warnings)),
        rows=rows.source[is_used],
    )


@dataclass(frozen=True)
class _Grid:
    """N entities by T periods, and where on it the rows of a panel lie."""

    entities: np.ndarray  # (N,) codes, ascending
    first: int  # period
    periods: int  # T

    def place(self, rows: Rows | Panel) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the rows; without meaning for an entity that is not on the grid."""
        return np.searchsorted(self.entities, rows.entity), rows.time - self.first

    def spread(self, rows: Rows | Panel, values: np.ndarray) -> np.ndarray:
        """Columns of rows (rows, columns) on the grid (columns, N, T), NaN where no row is."""
        spread = np.full((values.shape[1], len(self.entities), self.periods), np.nan)
        inside = np.isin(rows.entity, self.entities)
        entity, period = self.place(rows)
        spread[:, entity[inside], period[inside]] = values[inside].T
        return spread


def _grid(panel: Panel, rows: Rows) -> _Grid:
    """All the periods of the entities that have a row."""
    entities = np.unique(rows.entity)
    times = panel.time[np.isin(panel.entity, entities)]
    first = int(times.min())
    return _Grid(entities, first, int(times.max()) - first + 1)


def _equations(model: DynamicPanel, panel: Panel, rows: Rows, grid: _Grid) -> Equations:
    everywhere, values, columns = rows, rows.values, list(rows.names)
    if model.sample is not None or model.winsorise is not None or panel.among is not None:
        everywhere = select_rows(replace(panel, among=None), model.terms, coding=coding_of(model))
        values = everywhere.values[:, [everywhere.names.index(name) for name in columns]]
    variables = grid.spread(everywhere, values)
    in_sample = np.zeros(variables.shape[1:], dtype=bool)
    in_sample[grid.place(rows)] = True
    return stack_equations(
        _cut(variables, columns, model, rows),
        columns[1:],
        in_sample,
        model.transformation == "system",
        model.orthogonal_deviations,
        model.time_effects,
    )


def _variable(
    given: Instrument, model: DynamicPanel, panel: Panel, rows: Rows, grid: _Grid
) -> np.ndarray:
    """The columns (columns, N, T) of an instrument, wherever it is known, in the sample or not."""
    plain = panel.data.get(given.variable)
    if isinstance(plain, pd.Series) and plain.dtype == float and np.isfinite(plain.sum()):
        # Selecting rows takes longer than all of the estimation, and a plain column needs none
        return _cut(grid.spread(panel, plain.to_numpy()[:, None]), [given.variable], model, rows)
    everywhere = select_rows(replace(panel, among=None), [given.variable], coding=coding_of(model))
    variables = grid.spread(everywhere, everywhere.values)
    return _cut(variables, list(everywhere.names), model, rows)


def _cut(
    variables: np.ndarray, columns: Sequence[str], model: DynamicPanel, rows: Rows
) -> np.ndarray:
    """Winsorised where the rows are: cut at the extremes of the rows estimated on."""
    if model.winsorise is None:
        return variables
    known = dict(zip(rows.names, rows.values.T, strict=True))
    low = [known[c].min() if c in known else -np.inf for c in columns]
    high = [known[c].max() if c in known else np.inf for c in columns]
    return np.clip(variables, *(np.reshape(bound, (-1, 1, 1)) for bound in (low, high)))
