"""The specification curve: one coefficient under every combination of defensible choices.

Simonsohn, Simmons and Nelson (2020). Combinations that share rows, effects and controls share
what takes the time: both are partialled out once (Frisch and Waugh 1933), and each fit is a
regression of one variable on another.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from analytics.errors import SpecificationError
from analytics.estimators.covariance import (
    VANISHING,
    Errors,
    positive,
    prepare_errors,
    vce_text,
)
from analytics.estimators.design import COLLINEAR, NAMED, coding_of, is_absorbed
from analytics.estimators.inference import critical_value, p_values
from analytics.estimators.least_squares import LeastSquares
from analytics.estimators.within import Within, panel_codes, without_singletons
from analytics.model import Model, check_keys
from analytics.panel import Panel, require_column
from analytics.results import ModelResult
from analytics.rows import (
    Categories,
    check_winsorised,
    coded_parts,
    numeric_parts,
    rows_with,
    term_columns,
    winsorised,
)
from analytics.sample import parse_sample, sample_rows
from analytics.sections import Effects, Once, PanelKeys, Section, Vce, Winsorise
from analytics.tables import CURVE

LEVEL = 0.05
MODEL_ID = "specification_curve"
CELLS = 1_000_000  # of a matrix of variables


class Choices(Section):
    """What a specification curve varies: each list replaces a part of the base model.

    `treatment` replaces the first regressor of the base that it names (else the first one), and
    `controls` the other regressors. `factors` replaces all of them: each factor is a list of its
    measures, a combination has one measure of each, and each measure in it is the treatment once.
    """

    outcome: Annotated[tuple[str, ...], Once] = ()
    treatment: Annotated[tuple[str, ...], Once] = ()
    controls: Annotated[tuple[tuple[str, ...], ...], Once] = ()
    factors: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = ()
    sample: Annotated[tuple[str | None, ...], Once] = ()
    winsorise: Annotated[tuple[Winsorise | None, ...], Once] = ()
    effects: Annotated[tuple[Effects, ...], Once] = ()
    vce: Annotated[tuple[Vce, ...], Once] = ()

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
    if not base.absorption.is_plain:
        raise ValueError(
            f"specification_curve: `{curve.base}` has lists of effects, trends or weights; "
            "the base has effects of entities and periods at most"
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

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """The controls, and the treatment where it decides with what their categories compare."""
        interacted = any(self.treatment in control for control in self.controls)
        return (*self.controls, self.treatment) if interacted else self.controls


@dataclass(frozen=True)
class Shared:
    """What variants have in common that can be fitted together."""

    used: bytes  # mask of the complete rows of the sample, over those of the panel
    effects: Effects
    winsorise: Winsorise | None


def base_model(curve: SpecificationCurve, models: Sequence[Model]) -> LeastSquares:
    """The model that the curve varies, which `check_curve` has found to be one that it can."""
    [base] = [m for m in models if m.id == curve.base and isinstance(m, LeastSquares)]
    return base


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
        Variant(outcome, treatment, controls, sample, winsorise, effects, vce)
        for outcome in choices.outcome or (base.outcome,)
        for treatment, controls in roles
        for sample in choices.sample or (base.sample,)
        for winsorise in choices.winsorise or (base.winsorise,)
        for effects in choices.effects or (base.absorbed,)
        for vce in choices.vce or (base.vce,)
    ]


def _factor_roles(factors: Sequence[Sequence[str]]) -> list[tuple[str, tuple[str, ...]]]:
    """Treatment and controls: of each combination of measures every one is the treatment once."""
    return [
        (treatment, tuple(measure for measure in measures if measure != treatment))
        for measures in product(*factors)
        for treatment in measures
    ]


def check_choices(curve: SpecificationCurve, base: LeastSquares, panel: Panel) -> None:
    """Raises SpecificationError for a variable, sample or cluster that the panel lacks."""
    choices = curve.choices
    variants, coding, every = variants_of(curve, base), coding_of(base), panel.sampled(None)
    single = dict.fromkeys(term for v in variants for term in (v.outcome, v.treatment))
    parts = {part for term in single for part in numeric_parts(panel, term, coding)}
    for term in dict.fromkeys(term for variant in variants for term in variant.controls):
        known = coded_parts(term, panel, every & rows_with(panel, term), coding)
        parts |= {part for part, values in known.items() if isinstance(values, np.ndarray)}
    for winsorise in choices.winsorise or (base.winsorise,):
        if winsorise is not None:
            check_winsorised(winsorise, sorted(parts))
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
    data = _Data(panel, base)
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
    """The rows of one panel, and the effects of those that variants share, each computed once."""

    def __init__(self, panel: Panel, base: LeastSquares) -> None:
        self.panel, self.base, self.coding = panel, base, coding_of(base)
        self.complete = cache(self._complete)

    def cluster_columns(self, vce: Vce) -> tuple[str, ...]:
        """The columns of the clusters: the entities unless the errors say others."""
        if not vce.is_clustered:
            return ()
        return vce.by or (str(self.panel.keys.entity),)

    def _complete(
        self, terms: tuple[str, ...], clusters: tuple[str, ...], sample: str | None
    ) -> tuple[bytes, int]:
        """The mask of the rows that have all terms, and how many of the sample do not."""
        in_sample = self.panel.sampled(sample)
        known = [rows_with(self.panel, term) for term in terms]
        known += [self.panel.codes(name) >= 0 for name in clusters]
        used = np.logical_and.reduce([in_sample, *known])
        if not used.any():  # in the same words for all combinations: they are counted
            raise SpecificationError("no row of the sample has all variables")
        return used.tobytes(), int(in_sample.sum() - used.sum())


def _shared(variant: Variant, data: _Data) -> tuple[Shared, dict[str, Any]]:
    """What the variant shares with others, and how many rows of its sample are incomplete."""
    if variant.treatment in variant.controls:
        raise SpecificationError(f"`{variant.treatment}` is both the treatment and a control")
    if variant.outcome in (variant.treatment, *variant.controls):
        raise SpecificationError(f"`{variant.outcome}` is both the outcome and a regressor")
    used, n_dropped = data.complete(
        (variant.outcome, variant.treatment, *variant.controls),
        data.cluster_columns(variant.vce),
        variant.sample,
    )
    shared = Shared(used, variant.effects, variant.winsorise)
    return shared, {"n_dropped_missing": n_dropped}


class _Net:
    """Variables net of effects, on the rows that variants share."""

    def __init__(self, shared: Shared, data: _Data) -> None:
        self._panel, self._coding, self._winsorise = data.panel, data.coding, shared.winsorise
        self._complete = np.frombuffer(shared.used, dtype=bool)
        complete = np.flatnonzero(self._complete)
        entity, time = data.panel.entity[complete], data.panel.time[complete]
        self._kept = np.ones(len(entity), dtype=bool)
        if not data.base.model_copy(update={"effects": shared.effects}).keeps_singletons:
            codes = panel_codes(entity, time, shared.effects)
            self._kept = without_singletons(codes, len(entity), shared.effects)
        self.rows = complete[self._kept]
        self.within = Within(entity[self._kept], time[self._kept], shared.effects)
        self.of, self._of_model = cache(self._of), cache(self._columns)
        self._coded = cache(self._coded_parts)

    def _of(self, term: str) -> tuple[np.ndarray, float]:
        """A term that is one column (n,), net of the effects, and its length before."""
        [column] = self.columns(term, (term,)).values()
        return column

    def columns(self, term: str, terms: tuple[str, ...]) -> dict[str, tuple[np.ndarray, float]]:
        """The columns of one of the terms of a model, each net of the effects, and its length."""
        # A column of numbers is the same whatever stands beside it
        is_number = all(isinstance(part, np.ndarray) for part in self._coded(term).values())
        return self._of_model(term, (term,) if is_number else terms)

    def _coded_parts(self, term: str) -> dict[str, np.ndarray | Categories]:
        """The parts of a term, winsorised on the complete rows, before singletons go, as in every
        model.
        """
        coded = coded_parts(term, self._panel, self._complete, self._coding)
        return winsorised(coded, self._winsorise) if self._winsorise else coded

    def _columns(self, term: str, terms: tuple[str, ...]) -> dict[str, tuple[np.ndarray, float]]:
        base = self._coding.bases.get(term)
        found = term_columns(term, self._coded(term), terms, base)
        found = {name: values[self._kept] for name, values in found.items()}
        deviations = {name: values - values.mean() for name, values in found.items()}
        if len(found) > 1 and base is None and self._is_absorbed(deviations):
            del deviations[next(iter(found))]
        return {
            name: (self.within.residuals(values), float(np.sqrt(values @ values)))
            for name, values in deviations.items()
        }

    def _is_absorbed(self, deviations: dict[str, np.ndarray]) -> bool:
        """Whether the columns of a term add up to what the effects absorb."""
        total = np.sum(list(deviations.values()), axis=0)
        return self.within.effects != "none" and is_absorbed(total, self.within)


class _Partialled:
    """Terms net of effects and of one set of controls."""

    def __init__(self, controls: Sequence[str], terms: Sequence[str], net: _Net) -> None:
        self.reason: str | None = None
        self.reasons: dict[str, str] = {}  # of the terms of which nothing is left
        every = (*terms, *controls)
        try:
            found = {n: c for term in controls for n, c in net.columns(term, every).items()}
        except SpecificationError as error:  # a category with a single value in these rows
            self.reason = str(error)
            return
        self.controls = list(found.values())
        columns = np.empty((len(net.rows), 0))
        if found:
            columns = np.column_stack([column for column, _ in found.values()])
        basis, triangle = np.linalg.qr(columns)
        for name, left in zip(found, np.abs(np.diag(triangle)), strict=True):
            if left <= COLLINEAR * found[name][1]:
                self.reason = _absorbed(name)
                return
        rest = np.column_stack([net.of(term)[0] for term in terms])
        rest = rest - basis @ (basis.T @ rest)
        self.columns = dict(zip(terms, rest.T, strict=True))
        for term, length in zip(terms, np.linalg.norm(rest, axis=0), strict=True):
            if length <= COLLINEAR * net.of(term)[1]:
                self.reasons[term] = _absorbed(term)

    def reason_of(self, variant: Variant) -> str | None:
        """Why the variant cannot be estimated."""
        terms = (variant.treatment, variant.outcome)
        return self.reason or next((self.reasons[t] for t in terms if t in self.reasons), None)


def _absorbed(term: str) -> str:
    return f"`{term}` is absorbed by the effects or the controls"


def _fit_together(shared: Shared, variants: Sequence[Variant], data: _Data) -> list[dict[str, Any]]:
    """The numbers of each variant, or the reason why it has none."""
    try:
        net = _Net(shared, data)
    except SpecificationError as error:
        return [{"reason": str(error)} for _ in variants]
    controls = {variant.beside: variant.controls for variant in variants}
    partialled = {
        beside: _Partialled(controls[beside], terms, net)
        for beside, terms in _terms(variants).items()
    }
    found: list[dict[str, Any]] = [{} for _ in variants]
    alike: dict[tuple[Vce, int], list[int]] = {}  # with the same errors
    for place, variant in enumerate(variants):
        rest = partialled[variant.beside]
        reason = rest.reason_of(variant)
        if reason is None:
            alike.setdefault((variant.vce, len(rest.controls)), []).append(place)
        else:
            found[place] = {"reason": reason}
    for (vce, n_controls), places in alike.items():
        try:
            errors = _errors(vce, n_controls, net, data)
        except SpecificationError as error:
            for place in places:
                found[place] = {"reason": str(error)}
            continue
        for batch in _batches(places, max(1, CELLS // len(net.rows))):
            numbers = _regress([variants[place] for place in batch], errors, partialled, net)
            for place, row in zip(batch, numbers, strict=True):
                found[place] = row
    return found


def _batches(places: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """The places, `size` at a time."""
    return (places[start : start + size] for start in range(0, len(places), size))


def _terms(variants: Sequence[Variant]) -> dict[tuple[str, ...], list[str]]:
    """The treatments and outcomes that go with each set of controls."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for variant in variants:
        found.setdefault(variant.beside, {}).update(
            dict.fromkeys((variant.treatment, variant.outcome))
        )
    return {beside: list(terms) for beside, terms in found.items()}


def _regress(
    variants: Sequence[Variant],
    errors: Errors,
    partialled: dict[tuple[str, ...], _Partialled],
    net: _Net,
) -> list[dict[str, Any]]:
    """Variants with the same rows, effects and errors."""
    x = np.column_stack([partialled[v.beside].columns[v.treatment] for v in variants])
    y = np.column_stack([partialled[v.beside].columns[v.outcome] for v in variants])
    ratio = np.array([net.of(v.treatment)[1] / net.of(v.outcome)[1] for v in variants])
    squares = (x * x).sum(axis=0)
    estimate = (x * y).sum(axis=0) / squares
    residuals = y - estimate * x
    if errors.clusters.shape[1] < 2:
        variance = errors.variances(x, residuals) / squares**2
    else:
        variance = np.array(
            [
                _two_way_variance([net.of(v.treatment), *partialled[v.beside].controls], e, errors)
                for v, e in zip(variants, residuals.T, strict=True)
            ]
        )
    exists = variance > VANISHING**2 * (y * y).mean(axis=0) / squares
    return _inference(estimate, np.sqrt(np.where(exists, variance, np.nan)), ratio, errors)


def _two_way_variance(
    columns: Sequence[tuple[np.ndarray, float]], residuals: np.ndarray, errors: Errors
) -> float:
    """Of the first of the slopes of a model, of which two-way clusters need the covariance of all:
    its negative eigenvalues are set to 0.

    `columns` (n,) are net of the effects, each with its length before; `residuals` are (n,).
    """
    scale = np.array([length for _, length in columns]) / np.sqrt(len(residuals))
    x = np.column_stack([column for column, _ in columns]) / scale
    bread = np.linalg.inv(x.T @ x)
    covariance = positive(errors.covariance(bread, x, residuals, 0.0))[0]
    return float(covariance[0, 0] / scale[0] ** 2)


def _inference(
    estimate: np.ndarray, error: np.ndarray, ratio: np.ndarray, errors: Errors
) -> list[dict[str, Any]]:
    """The numbers of m fits from slopes and errors (m,), nan where there is none.

    `ratio` (m,) is the deviation of the treatment to that of the outcome.
    """
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
        {"nobs": len(errors.time), **dict(zip(columns, row, strict=True))}
        for row in np.column_stack(list(columns.values())).tolist()
    ]


def _errors(vce: Vce, n_controls: int, net: _Net, data: _Data) -> Errors:
    clusters = [data.panel.codes(name)[net.rows] for name in data.cluster_columns(vce)]
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
    limits = variant.winsorise.limits if variant.winsorise else None
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
    warnings = _reasons_counted(fits["reason"].dropna())
    return ModelResult(
        model_id=MODEL_ID,
        estimator=MODEL_ID,
        outcome=base.outcome,
        effects=base.absorbed,
        vce=base.vce.type,
        statistics=statistics,
        warnings=tuple(sorted(warnings)),
    )


def _reasons_counted(reasons: pd.Series) -> list[str]:
    """How many fits lack an estimate for each reason, the most frequent ones by name."""
    counts = reasons.value_counts()
    found = [f"{n} fits not estimated: {reason}" for reason, n in counts[:NAMED].items()]
    if len(counts) > NAMED:
        found.append(
            f"{counts[NAMED:].sum()} fits not estimated for {len(counts) - NAMED} other reasons, "
            "which stand beside them"
        )
    return found


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
