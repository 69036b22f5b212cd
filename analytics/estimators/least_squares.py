"""Pooled least squares and fixed effects (entity, time, both), on balanced or unbalanced panels."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from analytics.errors import SpecificationError
from analytics.estimators.design import (
    cluster_columns,
    estimation_rows,
    model_rows,
    redundant_effects,
    result_of,
    singleton_warnings,
    standardised,
    within_of,
)
from analytics.estimators.hausman import hausman_tests
from analytics.estimators.inference import wald, wald_statistics
from analytics.estimators.regression import Fit, fit_least_squares, inference, warnings_of
from analytics.estimators.wild_bootstrap import wild_cluster_bootstrap
from analytics.estimators.within import Within, panel_codes
from analytics.model import LinearModel, Model
from analytics.panel import Panel
from analytics.results import Estimate, ModelResult
from analytics.rows import Rows, crossed
from analytics.sections import KEYS, Effects, PanelKeys, Section, Vce


class ModelTest(Section):
    """A test beside the estimates: `hausman`, or `{joint: [x, z]}`, that all of them are 0."""

    hausman: bool = False
    joint: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        if isinstance(content, str):
            if content != "hausman":
                raise ValueError(f"`tests` has {content!r}; expected hausman or {{joint: [x, z]}}")
            return {"hausman": True}
        return content

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.hausman == bool(self.joint):
            raise ValueError("`tests` has an entry that is neither hausman nor {joint: [x, z]}")
        return self


class LeastSquares(LinearModel):
    """One regression: outcome on regressors, with effects, on a sample."""

    estimator: Literal["pooled_ols", "fixed_effects"]
    compares_slopes: ClassVar[bool] = True
    regressors: Annotated[tuple[str, ...], Field(min_length=1)]
    tests: tuple[ModelTest, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for test in self.tests:
            for term in test.joint:
                if term not in self.regressors:
                    raise ValueError(f"`tests.joint` names `{term}`, which is no regressor")
        return self

    @property
    def absorbed(self) -> Effects:
        """The effects that the model takes out: entity effects unless it says otherwise."""
        return self.effects or ("none" if self.estimator == "pooled_ols" else "entity")

    def on(self, keys: PanelKeys) -> Self:
        """The model on a panel with these keys, which can serve its tests."""
        model = super().on(keys)
        absorption = model.absorption
        if model.estimator == "pooled_ols" and str(absorption) != "none":
            raise ValueError(
                f"model `{model.id}`: pooled_ols has no effects, but `effects` is {absorption}: "
                "use the estimator fixed_effects"
            )
        if any(test.hausman for test in model.tests):
            if "entity" not in KEYS[absorption.panel]:
                raise ValueError(
                    f"model `{model.id}`: the hausman test needs a model with entity effects"
                )
            if not absorption.is_plain:
                raise ValueError(
                    f"model `{model.id}`: the hausman test is for effects of entities and periods "
                    "alone, without weights"
                )
        return model

    @property
    def keeps_singletons(self) -> bool:
        """As Stata's commands do by default: xtreg (one set of effects) keeps, reghdfe drops."""
        if self.keep_singletons is None:
            return len(KEYS[self.absorbed]) + len(self.absorption.sets) < 2
        return self.keep_singletons

    def estimate(self, panel: Panel) -> ModelResult:
        """The regression and its tests."""
        return estimate_least_squares(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """The regression without its tests."""
        return estimate_least_squares(self.model_copy(update={"tests": ()}), panel)

    def estimate_interacted(
        self, panel: Panel, column: str, parts: Mapping[str, tuple[Model, np.ndarray]]
    ) -> ModelResult:
        """One regression for all parts of a split, and tests that their slopes are equal."""
        return estimate_interacted(self, panel, column, parts)

    def without(self, controls: Collection[str]) -> Self:
        """The model without these controls, which are in no joint test any more either."""
        tests = [
            test.model_copy(update={"joint": tuple(t for t in test.joint if t not in controls)})
            for test in self.tests
        ]
        kept = tuple(test for test in tests if test.hausman or test.joint)
        return super().without(controls).model_copy(update={"tests": kept})


def estimate_least_squares(model: LeastSquares, panel: Panel) -> ModelResult:
    """Estimate a `pooled_ols` or `fixed_effects` model.

    Raises SpecificationError where the panel cannot serve the model, and CollinearityError where
    a regressor is collinear with others or absorbed by the effects.
    """
    if not model.regressors:
        raise SpecificationError("no regressor is left")
    by = cluster_columns(model, panel)
    complete = model_rows(model, panel, by)
    rows = estimation_rows(model, complete)
    outcome = rows.column(model.outcome)
    regressors = rows.matrix(model.regressors)
    within = within_of(model, rows)
    fit = fit_least_squares(outcome, regressors, within, model.vce, rows.clusters)
    terms = inference(fit, list(regressors.columns))
    tests, statistics, warnings = _tests(model, fit, rows, complete)
    said = warnings_of(fit, regressors.columns)
    warnings += [*said, *singleton_warnings(panel, complete, rows)]
    warnings += redundant_effects(model, panel, rows)
    if model.vce.type == "wild_cluster":
        terms, more, said = _bootstrapped(
            terms, outcome, regressors, within, rows.clusters[:, 0], model.vce
        )
        statistics |= more
        warnings += said
    return replace(
        result_of(model, panel, by, complete, rows),
        terms=terms,
        statistics=fit.statistics | statistics,
        tests=tests,
        warnings=tuple(sorted(warnings)),
    )


def estimate_interacted(
    model: LeastSquares, panel: Panel, column: str, parts: Mapping[str, tuple[Model, np.ndarray]]
) -> ModelResult:
    """All parts of a split in one regression, with slopes and effects of its own for each.

    `parts` are, for each value of `column`, the model that is estimated there and which rows (n,)
    of the panel have the value. The slopes are those of the parts; the Wald tests `equal_slopes`
    are of all that two parts or more have and, by name, of each (Chow 1960).
    """
    model = model.model_copy(update={"vce": _analytic(model.vce)})
    by = cluster_columns(model, panel)
    complete = [model_rows(part, panel.restricted(mask), by) for part, mask in parts.values()]
    rows = [estimation_rows(model, piece) for piece in complete]
    stacked = _stacked(rows, model.outcome)
    group = np.repeat(np.arange(len(rows)), [len(piece.values) for piece in rows])
    apart = _apart(model, stacked, group)
    interacted = _interacted(
        {
            value: piece.matrix(part.regressors)
            for (value, (part, _)), piece in zip(parts.items(), rows, strict=True)
        }
    )
    names = [f"{name}:{column}[{value}]" for name, value in interacted]
    fit = fit_least_squares(
        stacked.column(model.outcome),
        pd.DataFrame(dict(zip(names, interacted.values(), strict=True))),
        apart,
        model.vce,
        stacked.clusters,
    )
    tests, statistics = _equal_slopes(list(interacted), fit)
    said = singleton_warnings(panel, _stacked(complete, model.outcome), stacked)
    return replace(
        result_of(model, panel, by, _stacked(complete, model.outcome), stacked),
        terms=inference(fit, names)[:-1],
        statistics=fit.statistics | statistics,
        tests=tests,
        warnings=tuple(sorted([*warnings_of(fit, names), *said])),
    )


def _stacked(pieces: Sequence[Rows], outcome: str) -> Rows:
    """The rows of all pieces, one below the other, with the outcome alone."""
    return Rows(
        values=np.concatenate([piece.column(outcome) for piece in pieces])[:, None],
        names=(outcome,),
        columns={outcome: (outcome,)},
        entity=np.concatenate([piece.entity for piece in pieces]),
        time=np.concatenate([piece.time for piece in pieces]),
        clusters=np.concatenate([piece.clusters for piece in pieces]),
        source=np.concatenate([piece.source for piece in pieces]),
        n_dropped_missing=sum(piece.n_dropped_missing for piece in pieces),
        sets=np.concatenate([piece.sets for piece in pieces]),
        weights=_weights(pieces),
    )


def _weights(pieces: Sequence[Rows]) -> np.ndarray | None:
    """The weights (n,) of all pieces, as they are: one error variance is common to all of them."""
    known = [piece.weights for piece in pieces if piece.weights is not None]
    return np.concatenate(known) if known else None


def _apart(model: LeastSquares, stacked: Rows, group: np.ndarray) -> Within:
    """The transformation with effects, and a constant, of its own for each group (n,)."""
    entity, time = (_crossed(codes, group) for codes in (stacked.entity, stacked.time))
    sets = [_crossed(codes, group) for codes in stacked.sets.T]
    absorption = model.absorption
    if absorption.is_plain:
        if absorption.panel == "none":
            return Within(group, time, "entity")
        return Within(entity, time, absorption.panel)
    from analytics.estimators.absorbing import Absorbing  # sparse matrices are slow to import

    codes = panel_codes(entity, time, absorption.panel) | dict(
        zip(absorption.sets, sets, strict=True)
    )
    return Absorbing(
        codes or {"entity": group},
        stacked.time,
        str(absorption),
        absorption.trends,
        stacked.weights,
    )


def _interacted(matrices: Mapping[str, pd.DataFrame]) -> dict[tuple[str, str], np.ndarray]:
    """The columns (n,) of all pieces by regressor and value: 0 outside of the value's own rows."""
    starts = np.cumsum([0, *(len(matrix) for matrix in matrices.values())])
    found = {}
    for name in dict.fromkeys(name for matrix in matrices.values() for name in matrix):
        for start, (value, matrix) in zip(starts, matrices.items(), strict=False):
            if name in matrix:
                column = np.zeros(starts[-1])
                column[start : start + len(matrix)] = matrix[name]
                found[name, value] = column
    return found


def _tests(
    model: LeastSquares, fit: Fit, rows: Rows, complete: Rows
) -> tuple[tuple[Mapping[str, Any], ...], dict[str, float], list[str]]:
    """The tests that the model asks for, the same as statistics, and warnings."""
    names = list(rows.matrix(model.regressors).columns)
    tests: list[Mapping[str, Any]] = []
    statistics: dict[str, float] = {}
    warnings: list[str] = []
    for wanted in model.tests:
        if wanted.hausman:
            try:
                found, said = _hausman(model, complete)
            except SpecificationError as error:  # the estimates stand without their test
                warnings.append(str(error))
                continue
            tests += found
            warnings += said
            for test in found:
                statistics |= {
                    f"{test['test']}_{what}": float(test[key])
                    for what, key in (("chi2", "statistic"), ("df", "df"), ("p", "p_value"))
                    if test[key] is not None
                }
        else:
            places = [names.index(c) for term in wanted.joint for c in rows.columns[term]]
            covariance = fit.covariance[np.ix_(places, places)]
            test = wald(fit.params[places], covariance, fit.df)
            tests.append({"test": "joint", "terms": list(wanted.joint), **test})
            statistics |= wald_statistics(f"joint[{', '.join(wanted.joint)}]", test)
            if test["statistic"] is None:
                warnings.append(
                    f"the joint test of {', '.join(wanted.joint)} does not exist: "
                    "one of its coefficients has no error"
                )
    return tuple(tests), statistics, warnings


def _hausman(model: LeastSquares, rows: Rows) -> tuple[list[dict[str, Any]], list[str]]:
    return hausman_tests(
        rows.column(model.outcome),
        standardised(rows.matrix(model.regressors))[0],
        rows.entity,
        rows.time,
        model.absorbed,
        model.vce,
        rows.clusters,
    )


def _analytic(vce: Vce) -> Vce:
    """The errors that the wild cluster bootstrap starts from; any other as they are."""
    if vce.type != "wild_cluster":
        return vce
    return Vce(type="cluster", by=vce.by, small_sample=vce.small_sample)


def _crossed(codes: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Codes that tell apart every combination of the two."""
    return np.unique(crossed(group, codes), return_inverse=True)[1]


def _equal_slopes(
    slopes: Sequence[tuple[str, str]], fit: Fit
) -> tuple[tuple[Mapping[str, Any], ...], dict[str, float]]:
    """Wald tests that slopes of one regressor, which the fit has for several values, are equal."""
    places: dict[str, list[int]] = {}
    for place, (name, _) in enumerate(slopes):
        places.setdefault(name, []).append(place)
    several = [name for name, found in places.items() if len(found) > 1]
    wanted = {"equal_slopes": several}
    if len(several) > 1:
        wanted |= {f"equal_slopes[{name}]": [name] for name in several}
    identity = np.eye(len(slopes))
    tests: list[Mapping[str, Any]] = []
    statistics: dict[str, float] = {}
    for label, tested in wanted.items():
        first = [places[name][0] for name in tested for _ in places[name][1:]]
        others = [place for name in tested for place in places[name][1:]]
        contrasts = identity[others] - identity[first]
        covariance = contrasts @ fit.covariance[:-1, :-1] @ contrasts.T
        test = wald(contrasts @ fit.params[:-1], covariance, fit.df)
        tests.append({"test": "equal_slopes", "terms": tested, **test})
        statistics |= wald_statistics(label, test)
    return tuple(tests), statistics


def _bootstrapped(
    terms: Sequence[Estimate],
    outcome: np.ndarray,
    regressors: pd.DataFrame,
    within: Within,
    clusters: np.ndarray,
    vce: Vce,
) -> tuple[tuple[Estimate, ...], dict[str, float], list[str]]:
    """The terms with p values and intervals of the wild cluster bootstrap.

    The constant of a model with effects is no coefficient of the regression, and has neither.
    """
    x, center, scale = standardised(regressors, within)
    back = 1 / scale
    if not within.codes:
        x = np.column_stack([x * scale + center, np.ones(len(x))])
        back = np.ones(x.shape[1])
    found, draws = wild_cluster_bootstrap(outcome, x, within, clusters, vce)
    tested = [
        replace(
            term,
            p_value=test.p_value,
            ci_low=None if test.ci_low is None else test.ci_low * unit,
            ci_high=None if test.ci_high is None else test.ci_high * unit,
        )
        if term.std_error is not None
        else term
        for term, test, unit in zip(terms, found, back, strict=False)
    ]
    untested = [replace(t, p_value=None, ci_low=None, ci_high=None) for t in terms[len(tested) :]]
    warnings = []
    if vce.weights == "rademacher" and draws < vce.replications:
        warnings.append(
            f"the clusters have only {draws} patterns of signs, all of which were taken: "
            "Webb weights have more"
        )
    return (*tested, *untested), {"bootstrap_replications": float(draws)}, warnings
