"""Event studies: the effects of a treatment that entities get at different times.

Each way comes to effects of cohorts (entities first treated at g) in periods t, and to what every
cluster adds to them, its influence; aggregates and their errors are then sums of the two. Callaway
and Sant'Anna's (2021) effects are those of the library diff-diff, doubly robust with covariates;
Sun and Abraham's (2021) and the plain two-way ones are least squares here, with its errors.
"""

import warnings as python_warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from analytics.errors import SpecificationError, shown
from analytics.estimators.covariance import VANISHING, prepare_errors
from analytics.estimators.design import (
    NAMED,
    check_collinearity,
    cluster_columns,
    model_rows,
    result_of,
    standardised,
)
from analytics.estimators.inference import (
    FEW_CLUSTERS,
    estimate_of,
    few_clusters,
    wald,
    wald_statistics,
)
from analytics.estimators.within import Groups, Within, is_nested
from analytics.model import Model
from analytics.panel import Panel, calendar_periods, require_column
from analytics.results import Estimate, ModelResult
from analytics.rows import Rows
from analytics.sections import Bootstrap, Section, Vce, category_name
from analytics.written import numbered_dates

Aggregate = Literal["simple", "event", "group", "calendar"]
BASE = -1  # what the event time of a row is called that effects are measured from
# What the library warns of, by a word, in ours; its other warnings are of what is counted here
DOUBTS = {
    "near-separation detected": "the covariates all but tell some cohort from its controls: "
    "where the two do not overlap, its effects are extrapolated",
    "rank-deficient": "in some comparisons a covariate adds nothing to the others, and is left out",
}
QUARTILES = 1.3489795003921634  # from the first to the third of the normal distribution


class EventVce(Section):
    """Errors are summed in clusters: the entities, or a column that whole entities lie in."""

    type: Literal["cluster"] = "cluster"
    by: Annotated[tuple[str, ...], Field(max_length=1)] = ()


class EventStudy(Model):
    """The effects of a treatment by cohort, period and time since it began."""

    needed_keys: ClassVar[frozenset[str]] = frozenset({"entity", "time"})

    estimator: Literal["event_study"]
    cohort: str
    method: Literal["callaway_santanna", "sun_abraham", "twfe"] = "callaway_santanna"
    control: Literal["never", "not_yet"] = "never"
    base: Literal["varying", "universal"] = "varying"
    covariates: tuple[str, ...] = ()
    aggregate: Annotated[tuple[Aggregate, ...], Field(min_length=1)] = (
        "simple",
        "event",
        "group",
        "calendar",
    )
    unbalanced: Literal["drop", "pairs"] = "drop"
    bootstrap: Bootstrap = Bootstrap(replications=0)
    vce: EventVce = EventVce()

    @field_validator("aggregate", mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        return (content,) if isinstance(content, str) else content

    @model_validator(mode="after")
    def _options_fit_method(self) -> Self:
        if self.regressors:
            raise ValueError("`regressors` are the `covariates` of an event study")
        if self.method != "callaway_santanna":
            for key in sorted({"base", "unbalanced"} & self.model_fields_set):
                raise ValueError(f"`{key}` is for the method callaway_santanna")
        more = {"group", "calendar"} & set(self.aggregate)
        if self.method == "twfe" and more and "aggregate" in self.model_fields_set:
            raise ValueError(f"the method twfe has no aggregate `{min(more)}`: simple and event")
        if self.cohort in (self.outcome, *self.covariates):
            raise ValueError(f"`{self.cohort}` is the cohort and something else")
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The covariates; the cohort is no term, for it has no number where there is none."""
        return {"covariate": self.covariates}

    @property
    def controls(self) -> tuple[str, ...]:
        """The covariates."""
        return self.covariates

    @property
    def errors(self) -> Vce:
        """The same errors among those of all estimators."""
        return Vce(type="cluster", by=self.vce.by)

    def without(self, controls: Collection[str]) -> Self:
        """The model without these covariates."""
        left = tuple(term for term in self.covariates if term not in controls)
        return self.model_copy(update={"covariates": left})

    def estimate(self, panel: Panel) -> ModelResult:
        """The effects and their aggregates, with a bootstrap where one is asked for."""
        return estimate_event_study(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """The same without the bootstrap."""
        fewer = self.bootstrap.model_copy(update={"replications": 0})
        return estimate_event_study(self.model_copy(update={"bootstrap": fewer}), panel)


@dataclass(frozen=True)
class Sample:
    """The n rows of an event study, in order of entity and period."""

    rows: Rows
    cohort: np.ndarray  # (n,) the period in which the entity is first treated; 0 where never
    counts: dict[str, float]
    warnings: tuple[str, ...]

    @property
    def is_treated(self) -> np.ndarray:
        """Which rows (n,) are of treated entities."""
        return self.cohort > 0

    def keep(self, mask: np.ndarray) -> "Sample":
        """The rows where the mask is true."""
        return replace(self, rows=self.rows.keep(mask), cohort=self.cohort[mask])


@dataclass(frozen=True)
class Effects:
    """m effects of cohorts in periods, and what g clusters add to them."""

    cohort: np.ndarray  # (m,)
    time: np.ndarray  # (m,)
    estimate: np.ndarray  # (m,)
    influence: np.ndarray  # (g, m): the covariance is influence' influence
    mass: np.ndarray  # (m,) how much a cohort counts in an aggregate
    # (g, m) what a cluster adds to the masses, where they are estimates themselves
    mass_influence: np.ndarray | None = None
    df: int | None = None  # of the t distribution; None is the normal distribution

    @property
    def event(self) -> np.ndarray:
        """Periods since the treatment began (m,)."""
        return self.time - self.cohort

    def mean(self, chosen: np.ndarray) -> tuple[float, np.ndarray]:
        """The mean of the chosen effects (m,) by their mass, and its influence (g,).

        That the shares of cohorts are estimates adds to the influence (did's `wif`).
        """
        share = np.where(chosen, self.mass, 0) / self.mass[chosen].sum()
        mean = float(share @ self.estimate)
        influence = self.influence @ share
        if self.mass_influence is not None:
            away = np.where(chosen, self.estimate - mean, 0) / self.mass[chosen].sum()
            influence = influence + self.mass_influence @ away
        return mean, influence


def estimate_event_study(model: EventStudy, panel: Panel) -> ModelResult:
    """Estimate an `event_study` model.

    Raises SpecificationError where the panel cannot serve it: a cohort that changes within an
    entity, no treated or no control entities, covariates that add nothing.
    """
    by = cluster_columns(model, panel)
    complete = model_rows(model, panel, by)
    sample = _sample(model, panel, complete)
    clusters = sample.rows.clusters[:, 0]
    if not is_nested(sample.rows.entity, clusters):
        raise SpecificationError(f"`vce.by`: values of `{by[0]}` cut through entities")
    if len(np.unique(clusters)) < 2:
        raise SpecificationError("clustered errors need two clusters or more, and there is one")
    method = {"callaway_santanna": _callaway, "sun_abraham": _sun_abraham, "twfe": _two_way}
    effects, sample, said = method[model.method](model, sample)
    if not (effects.event >= 0).any():
        raise SpecificationError("no effect has both treated entities and others to compare with")
    bands = _Bands(model.bootstrap, float(np.var(sample.rows.column(model.outcome))), panel)
    terms = [
        term
        for equation, part in _parts(model, effects, sample)
        for term in bands.terms(equation, part, effects.df)
    ]
    statistics = {**sample.counts, "n_clusters": float(len(np.unique(clusters)))}
    test = _pre_trend(effects)
    statistics |= wald_statistics("pretrend", test)
    if test["statistic"] is None:
        said.append("no test of trends: there are no effects before the treatment but the base's")
    if statistics["n_clusters"] < FEW_CLUSTERS:
        said.append(few_clusters(statistics["n_clusters"]))
    return replace(
        result_of(model, panel, by, complete, sample.rows),
        effects="two_way",
        vce=f"cluster by {by[0]}{' (bootstrap)' if model.bootstrap.replications else ''}",
        convention=model.method,
        n_singletons=0,
        terms=tuple(terms),
        statistics=statistics | bands.statistics,
        tests=({"test": "pre_trend", **test},),
        warnings=tuple(sorted([*said, *sample.warnings])),
    )


def _pre_trend(effects: Effects) -> dict[str, Any]:
    """The Wald test that all effects before the treatment are 0 (that of the base is none)."""
    before = (effects.event < 0) & effects.influence.any(axis=0)
    own = effects.influence[:, before]
    return wald(effects.estimate[before], own.T @ own, effects.df)


def _sample(model: EventStudy, panel: Panel, rows: Rows) -> Sample:
    """The rows whose cohort is known and has a period before it."""
    said: list[str] = []
    cohort = _cohorts(model.cohort, panel)[panel.places(rows.source)]
    unknown = np.isnan(cohort)
    if unknown.any():
        said.append(
            f"`{model.cohort}` is empty for {_named(panel, rows.entity[unknown])}, left out: write "
            "0 where an entity is never treated"
        )
    rows, cohort = rows.keep(~unknown), cohort[~unknown].astype(np.int64)
    _require_constant(model, panel, rows, cohort)
    if model.method == "callaway_santanna" and model.unbalanced == "drop":
        periods = len(np.unique(rows.time))
        is_whole = _per_entity(rows.entity, np.ones(len(cohort))) == periods
        if not is_whole.all():
            said.append(
                f"{_named(panel, rows.entity[~is_whole])} left out for lack of a period, as by R's "
                "did; `unbalanced: pairs` compares the periods that each has"
            )
        rows, cohort = rows.keep(is_whole), cohort[is_whole]
    if len(cohort) == 0:
        raise SpecificationError(
            f"no row is left: {'; '.join(said) or 'the panel has no complete rows'}"
        )
    is_early = (cohort != 0) & (cohort <= _per_cohort(cohort, rows.time, "min"))
    if is_early.any():
        said.append(
            f"{_named(panel, rows.entity[is_early])} left out, treated in the first period or "
            "before: nothing is known of them untreated"
        )
    early = len(np.unique(rows.entity[is_early]))
    rows, cohort = rows.keep(~is_early), cohort[~is_early]
    is_late = cohort > rows.time.max(initial=0)
    if is_late.any():
        said.append(
            f"{_named(panel, rows.entity[is_late])} treated after the last period, which counts as "
            "never treated"
        )
    cohort = np.where(is_late, 0, cohort)
    return _with_controls(model, panel, Sample(rows, cohort, {"n_left_out": early}, tuple(said)))


def _with_controls(model: EventStudy, panel: Panel, sample: Sample) -> Sample:
    """The sample with its counts, once there are treated entities and others."""
    first = np.unique(sample.rows.entity, return_index=True)[1]
    cohort = sample.cohort[first]
    sizes = dict(zip(*np.unique(cohort[cohort > 0], return_counts=True), strict=True))
    never = int((cohort == 0).sum())
    place = f"`{model.cohort}`"
    left = f" ({'; '.join(sample.warnings)})" if sample.warnings else ""
    if not sizes:
        raise SpecificationError(
            f"no entity is first treated within the periods{left}; {place} holds the period in "
            "which the treatment of an entity begins, and 0 where it never does"
        )
    if never == 0 and model.control == "never":
        raise SpecificationError(
            f"no entity is never treated{left}: choose `control: not_yet`, or write 0 in {place} "
            "where an entity is never treated"
        )
    if never == 0 and len(sizes) < 2:
        raise SpecificationError(
            f"all entities are treated in one period{left}: nothing is there to compare them with"
        )
    single = [panel.periods[g] if g in panel.periods else str(g) for g in sizes if sizes[g] == 1]
    said = []
    if single:
        said.append(
            f"a single entity is in cohort {', '.join(single)}: its own deviations cannot be told "
            "from the effect, and the errors are too small"
        )
    counts = {
        "n_cohorts": float(len(sizes)),
        "n_treated": float(sum(sizes.values())),
        "n_never_treated": float(never),
        "n_treated_from_start": sample.counts["n_left_out"],
    }
    return replace(sample, counts=counts, warnings=(*sample.warnings, *said))


def _cohorts(name: str, panel: Panel) -> np.ndarray:
    """The first period of treatment (n,) in calendar periods: 0 where never, nan where unknown."""
    column = panel.data[require_column(name, panel.data)]
    known = column.notna().to_numpy()
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(column.dtype) or np.isnan(numbers[known]).any():
        return _dated(column, panel)
    numbers = np.where(np.isinf(numbers), 0, numbers)  # as R writes it
    if (broken := numbers[known & (numbers % 1 != 0)]).size:
        raise SpecificationError(
            f"`{name}` holds {broken[0]:g}; a cohort is the period in which the treatment begins, "
            "or 0 where it never does"
        )
    if set(numbers[known]) == {0.0, 1.0} and panel.time.min() > 1:
        raise SpecificationError(
            f"`{name}` holds 0 and 1; a cohort is the period in which the treatment begins (2014), "
            "the same in all rows of an entity, or 0 where it never does"
        )
    return _counted(numbers, column, panel)


def _counted(cohorts: np.ndarray, column: pd.Series, panel: Panel) -> np.ndarray:
    """Cohorts (n,) as the periods are counted, where both are numbers, such as 201009."""
    periods = pd.to_numeric(panel.data[str(panel.keys.time)].map(str), errors="coerce")
    is_period = cohorts > 0
    if periods.isna().any() or numbered_dates(pd.Series(cohorts[is_period])) is None:
        return cohorts
    found = cohorts.copy()
    found[is_period] = _beside(periods, column[is_period].astype(np.int64), panel)
    return found


def _dated(column: pd.Series, panel: Panel) -> np.ndarray:
    """Cohorts (n,) that are dates, counted in the same periods as those of the panel."""
    dates = _as_text(column)
    found = np.where(dates == "0", 0.0, np.nan)
    is_date = (column.notna() & (dates != "0")).to_numpy()
    found[is_date] = _beside(_as_text(panel.data[str(panel.keys.time)]), dates[is_date], panel)
    return found


def _beside(periods: pd.Series, cohorts: pd.Series, panel: Panel) -> np.ndarray:
    """Cohorts (m,) as the periods (n,) of the panel are counted.

    Raises SpecificationError where they are none of them, as a day within a year is not.
    """
    try:
        both = calendar_periods(pd.concat([periods, cohorts], ignore_index=True))
    except SpecificationError:
        both = np.empty(0)
    if not np.array_equal(both[: len(periods)], panel.time):
        odd = cohorts[~cohorts.isin(periods)]
        one, other = _shown(odd if len(odd) else cohorts), _shown(periods)
        raise SpecificationError(
            f"`{cohorts.name}` holds {one}, and `{periods.name}` {other}: "
            "write the first period of treatment as the periods are, or 0 where there is none"
        )
    return both[len(periods) :]


def _shown(column: pd.Series) -> str:
    """The first of the values, as it stands in a file."""
    return shown(category_name(column.iloc[:1].tolist()[0]))


def _as_text(column: pd.Series) -> pd.Series:
    """Dates as they are written in full, anything else as it is."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.dt.strftime("%Y-%m-%d")
    return column.map(str)


def _require_constant(model: EventStudy, panel: Panel, rows: Rows, cohort: np.ndarray) -> None:
    groups = pd.Series(cohort).groupby(rows.entity)
    changing = (groups.transform("min") != groups.transform("max")).to_numpy()
    if changing.any():
        code = rows.entity[changing][0]
        values = ", ".join(str(value) for value in np.unique(cohort[rows.entity == code]))
        raise SpecificationError(
            f"`{model.cohort}` changes within {panel.labels[code]} ({values}): a cohort is the "
            "first period of treatment, the same in all rows of an entity"
        )


def _named(panel: Panel, entities: np.ndarray) -> str:
    """How many entities, and some by name."""
    names = [panel.labels[code] for code in np.unique(entities)]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} of the entities ({', '.join(names[:NAMED])}{more})"


def _per_entity(entity: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sums (n,) of values over the rows of each entity."""
    groups = Groups.of(entity)
    return groups.sums(values[:, None])[groups.codes, 0]


def _per_cohort(cohort: np.ndarray, values: np.ndarray, how: Literal["min", "max"]) -> np.ndarray:
    """The least or largest value (n,) over the rows of each cohort."""
    return pd.Series(values).groupby(cohort).transform(how).to_numpy()


def _with_last_as_control(sample: Sample) -> tuple[Sample, list[str]]:
    """Where none is never treated, the last cohort takes their part, until it is (as in did)."""
    if (sample.cohort == 0).any():
        return sample, []
    last = sample.cohort.max()
    sample = sample.keep(sample.rows.time < last)
    sample = replace(sample, cohort=np.where(sample.cohort == last, 0, sample.cohort))
    return sample, ["no entity is never treated: the last cohort, until it is, takes their place"]


# ------------------------------------------------------------------ Callaway and Sant'Anna


def _callaway(model: EventStudy, sample: Sample) -> tuple[Effects, Sample, list[str]]:
    """Effects by comparing changes since a period before the treatment."""
    sample, said = _with_last_as_control(sample)
    rows = sample.rows
    found, doubts = _compared(model, sample)
    # Their influences have no public name
    influence = found._aggregation_kit.influence if found._aggregation_kit is not None else {}
    start = int(rows.time.min()) - 1
    first = np.unique(rows.entity, return_index=True)[1]
    units, n = sample.cohort[first], len(first)
    cells = [
        (key, value)
        for key, value in sorted(found.group_time_effects.items())
        if np.isfinite(value["effect"])
    ]
    own = np.zeros((n, len(cells)))
    for place, (key, _) in enumerate(cells):
        part = influence.get(key, {})
        for side in ("treated", "control"):
            np.add.at(own[:, place], part.get(f"{side}_idx", []), part.get(f"{side}_inf", []))
    cohort = np.array([int(g) + start for (g, _), _ in cells])
    is_of = (units[:, None] == cohort).astype(float)
    mass = is_of.mean(axis=0)
    if lost := len(found.group_time_effects) - len(cells):
        said.append(f"{lost} effects of cohorts and periods have nothing to compare with")
    effects = Effects(
        cohort,
        np.array([int(t) + start for (_, t), _ in cells]),
        np.array([float(value["effect"]) for _, value in cells]),
        _by_clusters(own, rows.clusters[first, 0]),
        mass,
        _by_clusters((is_of - mass) / n, rows.clusters[first, 0]),
    )
    return effects, sample, [*said, *doubts]


def _compared(model: EventStudy, sample: Sample) -> tuple[Any, list[str]]:
    """What diff-diff makes of the sample, whose periods are counted from 1, and what it doubts."""
    from diff_diff import CallawaySantAnna  # two seconds, and only these models need it

    rows = sample.rows
    start = rows.time.min() - 1
    data = pd.DataFrame({"unit": rows.entity, "time": rows.time - start})
    data["y"] = rows.column(model.outcome)
    data["cohort"] = np.where(sample.is_treated, sample.cohort - start, 0)
    covariates = rows.matrix(model.covariates)
    if covariates.shape[1]:
        _check_covariates(covariates)
    names = [f"x{place}" for place in range(covariates.shape[1])]
    data[names] = covariates.to_numpy()
    estimator = CallawaySantAnna(
        control_group={"never": "never_treated", "not_yet": "not_yet_treated"}[model.control],
        base_period=model.base,
    )
    with python_warnings.catch_warnings(record=True) as doubts:
        python_warnings.simplefilter("always")
        try:
            found = estimator.fit(data, "y", "unit", "time", "cohort", covariates=names or None)
        except (ValueError, np.linalg.LinAlgError):
            raise SpecificationError(
                "the rows do not determine the effects: leave out a covariate, or choose "
                "`control: not_yet`"
            ) from None
    said = " ".join(str(doubt.message).lower() for doubt in doubts)
    return found, [text for word, text in DOUBTS.items() if word in said]


def _check_covariates(covariates: pd.DataFrame) -> None:
    """Raise CollinearityError for a covariate that the constant or others explain."""
    check_collinearity(list(covariates.columns), standardised(covariates)[0], "constant")


def _by_clusters(influence: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Influences (g, m) of clusters from those (n, m) of entities."""
    groups = Groups.of(clusters)
    size = len(groups.counts)
    factor = 1.0 if size == len(influence) else np.sqrt(size / (size - 1))
    return factor * groups.sums(influence)


# ------------------------------------------------------------------ least squares


def _bases(sample: Sample) -> np.ndarray:
    """The event time (n,) that the effects of each row's cohort are measured from; nan for never.

    It is the last before the treatment of which the cohort has a row: -1, or -2 where rows are two
    years apart.
    """
    event = sample.rows.time - sample.cohort
    return _per_cohort(sample.cohort, np.where(event < 0, event, np.nan), "max")


def _sun_abraham(model: EventStudy, sample: Sample) -> tuple[Effects, Sample, list[str]]:
    """A dummy for each cohort and time since the treatment but its base, and two-way effects."""
    sample, said = _with_last_as_control(sample)
    event = sample.rows.time - sample.cohort
    is_used = sample.is_treated & (event != _bases(sample))
    cells = np.unique(np.column_stack([sample.cohort, event])[is_used], axis=0)
    own = (sample.cohort[:, None] == cells[:, 0]) & (event[:, None] == cells[:, 1])
    estimate, influence = _least_squares(model, sample, own.astype(float))
    mass = own.sum(axis=0).astype(float)
    df = len(influence) - 1
    effects = Effects(cells[:, 0], cells.sum(axis=1), estimate, influence, mass, df=df)
    return effects, sample, said


def _two_way(model: EventStudy, sample: Sample) -> tuple[Effects, Sample, list[str]]:
    """A dummy for each time since the treatment, but the bases; as if of a cohort in period 0."""
    event = sample.rows.time - sample.cohort
    event = np.where(sample.is_treated & (event != _bases(sample)), event, BASE)
    values = np.setdiff1d(event, [BASE])
    said = [
        "two-way effects compare the treated with those treated before: where effects differ "
        "between cohorts or grow, the weights of some are negative"
    ]
    if not (sample.cohort == 0).any():
        values = values[values != values.min()]
        said.append("no entity is never treated: the earliest period before it is a base as well")
    own = (event[:, None] == values).astype(float)
    estimate, influence = _least_squares(model, sample, own)
    cohort, df = np.zeros_like(values), len(influence) - 1
    effects = Effects(cohort, values, estimate, influence, own.sum(axis=0), df=df)
    return effects, sample, said


def _least_squares(
    model: EventStudy, sample: Sample, dummies: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (m,) of dummies (n, m) beside covariates and two-way effects; influences (g, m).

    The errors are those of least squares, by the convention `stata`.
    """
    rows = sample.rows
    within = Within(rows.entity, rows.time, "two_way")
    covariates = rows.matrix(model.covariates)
    k = covariates.shape[1]
    names = [*covariates.columns, *(f"effect {i + 1}" for i in range(dummies.shape[1]))]
    x, _, scale = standardised(pd.DataFrame(np.column_stack([covariates, dummies]), columns=names))
    net = within.residuals(x)
    check_collinearity(names, net, "two_way")
    errors = prepare_errors(
        Vce(type="cluster"), net.shape[1], rows.entity, rows.time, rows.clusters, within
    )
    bread = np.linalg.inv(net.T @ net)
    y = within.residuals(rows.column(model.outcome))
    params = bread @ (net.T @ y)
    scores = Groups.of(rows.clusters[:, 0]).sums(net * (y - net @ params)[:, None])
    influence = np.sqrt(errors.factor) * scores @ bread
    return (params / scale)[k:], (influence / scale)[:, k:]


# ------------------------------------------------------------------ aggregates


def _parts(
    model: EventStudy, effects: Effects, sample: Sample
) -> Iterator[tuple[str, list[tuple[str, Any, float, np.ndarray]]]]:
    """Each equation, and its terms: kind, key, estimate and influence (g,)."""
    after = effects.event >= 0
    if model.method != "twfe":
        cells = [
            ("att", (g, t), float(effects.estimate[place]), effects.influence[:, place])
            for place, (g, t) in enumerate(zip(effects.cohort, effects.time, strict=True))
        ]
        yield "group_time", cells
    if "simple" in model.aggregate:
        yield "simple", [("att", None, *_simple(model, effects, sample))]
    if "event" in model.aggregate:
        means = {e: effects.mean(effects.event == e) for e in np.unique(effects.event)}
        if model.method != "callaway_santanna":
            bases = np.unique(_bases(sample)[sample.is_treated]).astype(int)
            means |= {e: (0.0, np.zeros(len(effects.influence))) for e in bases if e not in means}
        yield "event", _with_overall("event", dict(sorted(means.items())), lambda e: e >= 0)
    if model.method == "twfe":
        return
    if "group" in model.aggregate:
        groups = {g: _of_group(effects, g) for g in np.unique(effects.cohort[after])}
        shares = Effects(
            np.array(list(groups)),
            np.array(list(groups)),
            np.array([mean for mean, _ in groups.values()]),
            np.column_stack([influence for _, influence in groups.values()]),
            *_masses(effects, list(groups)),
        )
        overall = shares.mean(np.ones(len(groups), dtype=bool))
        yield "group", [*_listed("group", groups), ("att", None, *overall)]
    if "calendar" in model.aggregate:
        periods = np.unique(effects.time[after])
        means = {t: effects.mean(after & (effects.time == t)) for t in periods}
        yield "calendar", _with_overall("calendar", means, lambda _: True)


def _simple(model: EventStudy, effects: Effects, sample: Sample) -> tuple[float, np.ndarray]:
    """The mean effect on the treated after the treatment; two-way, the slope of one dummy."""
    if model.method != "twfe":
        return effects.mean(effects.event >= 0)
    treated = sample.is_treated & (sample.rows.time >= sample.cohort)
    estimate, influence = _least_squares(model, sample, treated[:, None].astype(float))
    return float(estimate[0]), influence[:, 0]


def _of_group(effects: Effects, cohort: int) -> tuple[float, np.ndarray]:
    """The mean effect on a cohort over the periods since its treatment."""
    chosen = (effects.cohort == cohort) & (effects.event >= 0)
    return replace(effects, mass_influence=None).mean(chosen)


def _masses(effects: Effects, cohorts: list[int]) -> tuple[np.ndarray, np.ndarray | None]:
    """The mass of each cohort, and what clusters add to it."""
    after = effects.event >= 0
    if effects.mass_influence is None:
        return np.array([effects.mass[after & (effects.cohort == g)].sum() for g in cohorts]), None
    places = [int(np.flatnonzero(effects.cohort == g)[0]) for g in cohorts]
    return effects.mass[places], effects.mass_influence[:, places]


def _listed(kind: str, means: dict[Any, tuple[float, np.ndarray]]) -> list[Any]:
    return [(kind, key, mean, influence) for key, (mean, influence) in means.items()]


def _with_overall(kind: str, means: dict[Any, tuple[float, np.ndarray]], counts: Any) -> list[Any]:
    """The means of each key, and the plain mean of those that count."""
    counted = [found for key, found in means.items() if counts(key)]
    overall = np.mean([mean for mean, _ in counted])
    influence = np.mean([influence for _, influence in counted], axis=0)
    return [*_listed(kind, means), ("att", None, float(overall), influence)]


class _Bands:
    """Errors of the terms: by their influences, or by the multiplier bootstrap of them."""

    def __init__(self, bootstrap: Bootstrap, variance: float, panel: Panel) -> None:
        self.statistics: dict[str, float] = {}
        self._bootstrap, self._variance, self._panel = bootstrap, variance, panel

    def terms(self, equation: str, part: list[Any], df: int | None) -> list[Estimate]:
        """The terms of one equation, with errors where there are any."""
        influence = np.column_stack([own for *_, own in part])
        variances = (influence**2).sum(axis=0)
        if self._bootstrap.replications:
            variances = self._resampled(equation, influence, variances)
        floor = VANISHING**2 * self._variance
        return [
            estimate_of(self._name(kind, key), mean, v if v > floor else 0.0, df, equation)
            for (kind, key, mean, _), v in zip(part, variances.tolist(), strict=True)
        ]

    def _resampled(self, equation: str, influence: np.ndarray, variances: np.ndarray) -> np.ndarray:
        """Variances by the spread of draws in which each cluster changes sign or does not.

        The critical value of a band that holds all terms of the equation at 95 % stands beside.
        """
        random = np.random.default_rng(self._bootstrap.seed)
        shape = (self._bootstrap.replications, len(influence))
        draws = random.choice([-1.0, 1.0], size=shape) @ influence
        errors = np.diff(np.quantile(draws, [0.25, 0.75], axis=0), axis=0)[0] / QUARTILES
        varies = (variances > 0) & (errors > 0)
        if varies.any():
            largest = np.abs(draws[:, varies] / errors[varies]).max(axis=1)
            self.statistics[f"critical_value[{equation}]"] = float(np.quantile(largest, 0.95))
        self.statistics["bootstrap_replications"] = float(self._bootstrap.replications)
        return errors**2

    def _name(self, kind: str, key: Any) -> str:
        """`att`, `att[2004, 2005]`, `event[-1]`, `group[2004]`, `calendar[2005]`."""
        if key is None:
            return kind
        if kind == "event":
            return f"event[{key}]"
        keys = key if isinstance(key, tuple) else (key,)
        return f"{kind}[{', '.join(self._panel.periods.get(int(k), str(k)) for k in keys)}]"
