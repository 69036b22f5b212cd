"""The specification curve: one coefficient under every combination of defensible choices.

Simonsohn, Simmons and Nelson (2020). Combinations that share rows, effects and controls share
what takes the time: both are partialled out once (Frisch and Waugh 1933), and each fit is a
regression of one variable on another.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from analytics.errors import SpecificationError
from analytics.estimators.covariance import Errors, prepare_errors, vce_text
from analytics.estimators.design import COLLINEAR
from analytics.estimators.inference import critical_value, p_values
from analytics.estimators.least_squares import LeastSquares
from analytics.estimators.within import Within, without_singletons
from analytics.model import Effects, Model, PanelKeys, Section, Vce, Winsorise, check_keys
from analytics.results import ModelResult
from analytics.rows import Panel, numeric_parts, require_column, value_names
from analytics.sample import parse_sample, sample_rows
from analytics.tables import CURVE

LEVEL = 0.05
MODEL_ID = "specification_curve"


class Choices(Section):
    """What a specification curve varies: each list replaces a part of the base model.

    `treatment` replaces the first regressor of the base that it names (else the first one), and
    `controls` the other regressors. `factors` replaces all of them: each factor is a list of its
    measures, a combination has one measure of each, and each measure in it is the treatment once.
    """

    outcome: tuple[str, ...] = ()
    treatment: tuple[str, ...] = ()
    controls: tuple[tuple[str, ...], ...] = ()
    factors: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = ()
    sample: tuple[str | None, ...] = ()
    winsorise: tuple[Winsorise | None, ...] = ()
    effects: tuple[Effects, ...] = ()
    vce: tuple[Vce, ...] = ()

    @field_validator("vce", mode="before")
    @classmethod
    def _vce_from_type(cls, choices: Any) -> Any:
        if not isinstance(choices, list | tuple):
            return choices
        return [{"type": choice} if isinstance(choice, str) else choice for choice in choices]

    @field_validator("sample")
    @classmethod
    def _samples_parse(cls, samples: tuple[str | None, ...]) -> tuple[str | None, ...]:
        for sample in samples:
            if sample is not None:
                parse_sample(sample)
        return samples

    @field_validator("vce")
    @classmethod
    def _analytic(cls, choices: tuple[Vce, ...]) -> tuple[Vce, ...]:
        if any(vce.type in ("wild_cluster", "driscoll_kraay") for vce in choices):
            raise ValueError(
                "a specification curve takes classical, hc0, hc1 and cluster errors only"
            )
        return choices

    @model_validator(mode="after")
    def _factors_are_all(self) -> Self:
        if self.factors and (self.treatment or self.controls):
            raise ValueError("`factors` names all regressors: leave `treatment` and `controls` out")
        measures = Counter(measure for factor in self.factors for measure in factor)
        if twice := [measure for measure, count in measures.items() if count > 1]:
            raise ValueError(f"`factors` lists `{twice[0]}` twice")
        return self


class SpecificationCurve(Section):
    """Every combination of the choices, each a variation of the model that `base` names."""

    base: str
    choices: Choices


def check_curve(curve: SpecificationCurve, models: tuple[Model, ...], panel: PanelKeys) -> None:
    """The base is a model that the curve can vary, and its keys are declared; else ValueError."""
    base = next((model for model in models if model.id == curve.base), None)
    if base is None:
        raise ValueError(f"specification_curve: no model has the id `{curve.base}`")
    if not isinstance(base, LeastSquares):
        raise ValueError(
            f"specification_curve: `{curve.base}` is {base.estimator}; "
            "the base is a pooled_ols or fixed_effects model"
        )
    if base.vce.type in ("wild_cluster", "driscoll_kraay") and not curve.choices.vce:
        raise ValueError(
            f"specification_curve: `{curve.base}` has {base.vce.type} errors; "
            "give choices of classical, hc0, hc1 or cluster errors"
        )
    for effects in curve.choices.effects:
        for vce in curve.choices.vce or (base.vce,):
            check_keys(base.model_copy(update={"effects": effects, "vce": vce}), panel)


@dataclass(frozen=True)
class Variant:
    """One combination of the choices."""

    outcome: str
    treatment: str
    controls: tuple[str, ...]
    sample: str | None
    winsorise: Winsorise | None
    effects: Effects
    vce: Vce


@dataclass(frozen=True)
class Shared:
    """What variants have in common that can be fitted together."""

    used: bytes  # mask of the complete rows of the sample, over those of the panel
    effects: Effects
    winsorise: Winsorise | None
    controls: tuple[str, ...]


def variants_of(curve: SpecificationCurve, base: LeastSquares) -> list[Variant]:
    """Every combination of the choices; what has no choice is as in the base model."""
    choices = curve.choices
    named = [term for term in base.regressors if term in choices.treatment]
    treatment = named[0] if named else base.regressors[0]
    controls = tuple(term for term in base.regressors if term != treatment)
    roles = (
        _factor_roles(choices.factors)
        if choices.factors
        else list(product(choices.treatment or (treatment,), choices.controls or (controls,)))
    )
    return [
        Variant(outcome, *role, *rest)
        for outcome, role, *rest in product(
            choices.outcome or (base.outcome,),
            roles,
            choices.sample or (base.sample,),
            choices.winsorise or (base.winsorise,),
            choices.effects or (base.absorbed,),
            choices.vce or (base.vce,),
        )
    ]


def _factor_roles(factors: Sequence[Sequence[str]]) -> list[tuple[str, tuple[str, ...]]]:
    """Treatment and controls: of each combination of measures every one is the treatment once."""
    return [
        (treatment, tuple(measure for measure in measures if measure != treatment))
        for measures in product(*factors)
        for treatment in measures
    ]


def check_choices(curve: SpecificationCurve, panel: Panel) -> None:
    """Raises SpecificationError for a choice of a variable or sample that the panel lacks."""
    choices = curve.choices
    controls = [term for terms in choices.controls for term in terms]
    measures = [measure for factor in choices.factors for measure in factor]
    for term in dict.fromkeys([*choices.outcome, *choices.treatment, *controls, *measures]):
        numeric_parts(panel, term)
    for sample in choices.sample:
        if sample is not None:
            sample_rows(sample, panel.data)
    for vce in choices.vce:
        for name in vce.by:
            require_column(name, panel.data)


def estimate_curve(
    study: str, curve: SpecificationCurve, base: LeastSquares, panel: Panel
) -> tuple[pd.DataFrame, ModelResult]:
    """All fits as a table with the columns of CURVE, and what they have in common as a result.

    A combination that cannot be estimated is a row with the reason; it counts in no share.
    """
    variants = variants_of(curve, base)
    data = _Data(panel)
    found: list[dict[str, Any]] = [{} for _ in variants]
    groups: dict[Shared, list[int]] = {}
    for place, variant in enumerate(variants):
        try:
            shared, found[place] = _shared(variant, data)
            groups.setdefault(shared, []).append(place)
        except SpecificationError as error:
            found[place] = {"reason": str(error)}
    for shared, places in groups.items():
        for place, numbers in zip(
            places, _fit_together(shared, [variants[p] for p in places], data), strict=True
        ):
            found[place] |= numbers
    rows = [
        {"study": study, "fit": number, **_labels(variant, panel), **numbers}
        for number, (variant, numbers) in enumerate(zip(variants, found, strict=True), start=1)
    ]
    fits = CURVE.frame(rows)
    return fits, _summary(fits, base, by_treatment=bool(curve.choices.factors))


class _Data:
    """Terms, samples, clusters and effects of one panel, each computed once."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.parts = cache(lambda term: numeric_parts(panel, term))
        self.known = cache(self._known)
        self.sampled = cache(self._sampled)
        self.clusters = cache(self._clusters)
        self.within = cache(self._within)

    def column(self, term: str, rows: np.ndarray, winsorise: Winsorise | None) -> np.ndarray:
        """A term (n,) on these rows, of parts that are winsorised on them."""
        column = np.ones(len(rows))
        for part, values in self.parts(term).items():
            values = values[rows]
            if winsorise is not None and (not winsorise.columns or part in winsorise.columns):
                values = values.clip(*np.quantile(values, winsorise.limits))
            column = column * values
        return column

    def cluster_columns(self, vce: Vce) -> tuple[str, ...]:
        """The columns of the clusters: the entities unless the errors say others."""
        if not vce.is_clustered:
            return ()
        return vce.by or (str(self.panel.keys.entity),)

    def _known(self, term: str) -> np.ndarray:
        """Which rows have a term."""
        known = [~np.isnan(values) for values in self.parts(term).values()]
        return np.logical_and.reduce(known)

    def _sampled(self, sample: str | None) -> np.ndarray:
        among = self.panel.among
        among = np.ones(len(self.panel.data), dtype=bool) if among is None else among
        return among if sample is None else among & sample_rows(sample, self.panel.data)

    def _clusters(self, name: str) -> np.ndarray:
        """Integer codes (n,), -1 where the column is missing."""
        column = self.panel.data[require_column(name, self.panel.data)]
        return np.where(column.notna(), value_names(column)[0], -1)

    def _within(self, used: bytes, effects: Effects) -> tuple[np.ndarray, np.ndarray, Within]:
        """The complete rows, which of them are no singletons, and the effects of those."""
        complete = np.flatnonzero(np.frombuffer(used, dtype=bool))
        entity, time = self.panel.entity[complete], self.panel.time[complete]
        kept = without_singletons(entity, time, effects)
        return complete, kept, Within(entity[kept], time[kept], effects)


def _shared(variant: Variant, data: _Data) -> tuple[Shared, dict[str, Any]]:
    """What the variant shares with others, and how many rows of its sample are incomplete."""
    if variant.treatment in variant.controls:
        raise SpecificationError(f"`{variant.treatment}` is both the treatment and a control")
    if variant.outcome in (variant.treatment, *variant.controls):
        raise SpecificationError(f"`{variant.outcome}` is both the outcome and a regressor")
    in_sample = data.sampled(variant.sample)
    complete = np.logical_and.reduce(
        [data.known(t) for t in (variant.outcome, variant.treatment, *variant.controls)]
        + [data.clusters(name) >= 0 for name in data.cluster_columns(variant.vce)]
    )
    used = in_sample & complete
    if not used.any():
        raise SpecificationError("no row of the sample has all variables")
    shared = Shared(used.tobytes(), variant.effects, variant.winsorise, variant.controls)
    return shared, {"n_dropped_missing": int(in_sample.sum() - used.sum())}


class _Net:
    """Variables net of effects and controls, on the rows that variants share."""

    def __init__(self, shared: Shared, data: _Data) -> None:
        self._complete, self._kept, self.within = data.within(shared.used, shared.effects)
        self._winsorise, self._data = shared.winsorise, data
        self.rows = self._complete[self._kept]
        self._basis = np.empty((len(self.rows), 0))
        self.spread: dict[str, float] = {}  # of each term, before anything is taken out
        for term in shared.controls:
            rest = self.of(term)
            self._basis = np.column_stack([self._basis, rest / np.linalg.norm(rest)])

    def of(self, term: str) -> np.ndarray:
        """The term (n,); raises SpecificationError where effects and controls leave nothing."""
        # Winsorised on the complete rows, before singletons go, as in every model
        column = self._data.column(term, self._complete, self._winsorise)[self._kept]
        deviations = column - column.mean()
        self.spread[term] = float(np.sqrt(deviations @ deviations))
        rest = self.within.residuals(deviations)
        rest = rest - self._basis @ (self._basis.T @ rest)
        if np.linalg.norm(rest) <= COLLINEAR * self.spread[term]:
            raise SpecificationError(f"`{term}` is absorbed by the effects or the controls")
        return rest


def _fit_together(shared: Shared, variants: Sequence[Variant], data: _Data) -> list[dict[str, Any]]:
    """The numbers of each variant, or the reason why it has none."""
    try:
        net = _Net(shared, data)
    except SpecificationError as error:
        return [{"reason": str(error)} for _ in variants]
    columns: dict[str, np.ndarray] = {}
    reasons: dict[str, str] = {}
    for term in dict.fromkeys(t for v in variants for t in (v.treatment, v.outcome)):
        try:
            columns[term] = net.of(term)
        except SpecificationError as error:
            reasons[term] = str(error)
    found: list[dict[str, Any]] = [{} for _ in variants]
    by_vce: dict[Vce, list[int]] = {}
    for place, variant in enumerate(variants):
        term = next((t for t in (variant.treatment, variant.outcome) if t in reasons), None)
        if term is None:
            by_vce.setdefault(variant.vce, []).append(place)
        else:
            found[place] = {"reason": reasons[term]}
    for vce, places in by_vce.items():
        treatments, outcomes = zip(
            *((variants[p].treatment, variants[p].outcome) for p in places), strict=True
        )
        x, y = (np.column_stack([columns[t] for t in terms]) for terms in (treatments, outcomes))
        spread_x, spread_y = (
            np.array([net.spread[t] for t in terms]) for terms in (treatments, outcomes)
        )
        try:
            errors = _errors(vce, len(shared.controls), net, data)
        except SpecificationError as error:
            numbers: list[dict[str, Any]] = [{"reason": str(error)}] * len(places)
        else:
            numbers = _inference(x, y, spread_x / spread_y, errors)
        for place, row in zip(places, numbers, strict=True):
            found[place] = row
    return found


def _inference(
    x: np.ndarray, y: np.ndarray, ratio: np.ndarray, errors: Errors
) -> list[dict[str, Any]]:
    """Regressions of each column of y (n, m) on the same one of x, both net of all else.

    `ratio` (m,) is the deviation of the treatment to that of the outcome.
    """
    squares = (x * x).sum(axis=0)
    estimate = (x * y).sum(axis=0) / squares
    variance = errors.variances(x, y - estimate * x) / squares**2
    error = np.sqrt(np.where(variance > 0, variance, np.nan))
    statistic = estimate / error
    width = critical_value(errors.df) * error
    columns = {
        "estimate": estimate,
        "std_error": error,
        "statistic": statistic,
        "p_value": p_values(statistic, errors.df),
        "ci_low": estimate - width,
        "ci_high": estimate + width,
        "standardised": estimate * ratio,
    }
    return [
        {"nobs": len(x), **dict(zip(columns, row, strict=True))}
        for row in np.column_stack(list(columns.values())).tolist()
    ]


def _errors(vce: Vce, n_controls: int, net: _Net, data: _Data) -> Errors:
    clusters = [data.clusters(name)[net.rows] for name in data.cluster_columns(vce)]
    return prepare_errors(
        vce,
        1 + n_controls,
        data.panel.entity[net.rows],
        data.panel.time[net.rows],
        np.column_stack([np.empty((len(net.rows), 0), dtype=np.int64), *clusters]),
        net.within,
    )


def _labels(variant: Variant, panel: Panel) -> dict[str, Any]:
    """What a row of the table says about its variant."""
    by = variant.vce.by or ((panel.keys.entity or "",) if variant.vce.is_clustered else ())
    limits = variant.winsorise and variant.winsorise.limits
    return {
        "outcome": variant.outcome,
        "treatment": variant.treatment,
        "controls": ", ".join(variant.controls) or None,
        "sample": variant.sample,
        "winsorise": None if limits is None else f"{limits[0]:g} to {limits[1]:g}",
        "effects": variant.effects,
        "vce": vce_text(variant.vce, by),
    }


def _summary(fits: pd.DataFrame, base: LeastSquares, by_treatment: bool) -> ModelResult:
    """In which share of the fits sign and significance hold, of all or of each treatment."""
    done = fits[fits["estimate"].notna()]
    statistics = {"n_fits": float(len(done)), "n_not_estimated": float(len(fits) - len(done))}
    if by_treatment:
        for treatment, of_treatment in done.groupby("treatment", sort=True):
            found = {"n_fits": float(len(of_treatment))} | _what_holds(of_treatment)
            statistics |= {f"{name}[{treatment}]": value for name, value in found.items()}
    elif len(done):
        statistics |= _what_holds(done)
    warnings: Sequence[str] = ()
    if len(done) < len(fits):
        reasons = fits.loc[fits["reason"].notna(), "reason"].value_counts()
        warnings = [f"{count} fits not estimated: {reason}" for reason, count in reasons.items()]
    return ModelResult(
        model_id=MODEL_ID,
        estimator=MODEL_ID,
        outcome=base.outcome,
        effects=base.absorbed,
        vce=base.vce.type,
        statistics=statistics,
        warnings=tuple(sorted(warnings)),
    )


def _what_holds(fits: pd.DataFrame) -> dict[str, float]:
    positive = (fits["estimate"] > 0).to_numpy(dtype=bool)
    significant = (fits["p_value"] < LEVEL).fillna(False).to_numpy(dtype=bool)
    standardised = fits["standardised"].to_numpy(dtype=float)
    return {
        "share_positive": float(positive.mean()),
        "share_significant": float(significant.mean()),
        "share_positive_significant": float((positive & significant).mean()),
        "share_negative_significant": float((~positive & significant).mean()),
        "standardised_minimum": float(standardised.min()),
        "standardised_median": float(np.median(standardised)),
        "standardised_maximum": float(standardised.max()),
    }
