"""Pooled least squares and fixed effects (entity, time, both), on balanced or unbalanced panels.

linearmodels computes the estimates. Their covariance is that of `covariance.py`, which every
estimator here shares: programs differ in it, and each convention is named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analytics.errors import CollinearityError, SpecificationError
from analytics.estimators.covariance import positive, prepare_errors, vce_text, wald_distance
from analytics.estimators.hausman import hausman_tests
from analytics.estimators.wild_bootstrap import wild_cluster_bootstrap
from analytics.estimators.within import Within, without_singletons
from analytics.results import Estimate, ModelResult
from analytics.rows import Panel, Rows, select_rows
from analytics.specification import Effects, LeastSquares, Model, Vce

# Share of a regressor's length that the others must leave
COLLINEAR = 2e-5
FEW_CLUSTERS = 10
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Fit:
    """Least squares of n rows on k regressors and a constant."""

    params: np.ndarray  # (k + 1,), the constant last
    covariance: np.ndarray  # (k + 1, k + 1)
    residuals: np.ndarray  # (n,), net of the effects
    df: int | None  # of the t distribution; None is the normal distribution
    statistics: dict[str, float]  # R2s; n_clusters (periods for Driscoll and Kraay errors)
    is_covariance_repaired: bool


def estimate_least_squares(model: LeastSquares, panel: Panel) -> ModelResult:
    """Estimate a `pooled_ols` or `fixed_effects` model.

    Raises SpecificationError where the panel cannot serve the model, and CollinearityError where
    a regressor is collinear with others or absorbed by the effects.
    """
    if not model.regressors:
        raise SpecificationError("no regressor is left")
    by = cluster_columns(model, panel)
    complete = select_rows(panel, model.terms, model.sample, model.winsorise, by)
    rows = complete.keep(without_singletons(complete.entity, complete.time, model.absorbed))
    outcome = rows.matrix([model.outcome]).to_numpy()[:, 0]
    regressors = rows.matrix(model.regressors)
    fit = fit_least_squares(
        outcome, regressors, rows.entity, rows.time, model.absorbed, model.vce, rows.clusters
    )
    terms = inference(fit, list(regressors.columns))
    tests, statistics, warnings = _tests(model, fit, rows)
    warnings += [*warnings_of(fit), *singleton_warnings(panel, complete, rows)]
    if model.vce.type == "wild_cluster":
        terms, more, said = _bootstrapped(
            terms, outcome, regressors, rows, model.absorbed, model.vce
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
    model: LeastSquares, panel: Panel, column: str, groups: Mapping[str, np.ndarray]
) -> ModelResult:
    """The model with every slope and every effect interacted with `column`.

    `groups` are the rows (n,) of the panel with each value. The slopes are those of the groups on
    their own; the Wald tests `equal_slopes` are of all of them and, by name, of each (Chow 1960).
    """
    model = model.model_copy(update={"vce": _analytic(model.vce)})
    by = cluster_columns(model, panel)
    panel = panel.restricted(np.any(list(groups.values()), axis=0))
    complete = select_rows(panel, model.terms, model.sample, model.winsorise, by)
    place = panel.data.index.get_indexer(pd.Index(complete.source))
    found, group = np.unique(
        np.argmax([mask[place] for mask in groups.values()], axis=0), return_inverse=True
    )
    names = [list(groups)[code] for code in found]
    if len(names) < 2:
        raise SpecificationError(f"split_by: all complete rows have the same `{column}`")
    entity, time = (_crossed(codes, group) for codes in (complete.entity, complete.time))
    effects = model.absorbed
    if effects == "none":  # a constant for each group
        entity, effects = group, "entity"
    keep = without_singletons(entity, time, effects)
    rows, entity, time, group = complete.keep(keep), entity[keep], time[keep], group[keep]
    regressors = rows.matrix(model.regressors)
    interacted = pd.DataFrame(
        {
            f"{name}:{column}[{value}]": regressors[name] * (group == code)
            for name in regressors.columns
            for code, value in enumerate(names)
        }
    )
    try:
        fit = fit_least_squares(
            rows.matrix([model.outcome]).to_numpy()[:, 0],
            interacted,
            entity,
            time,
            effects,
            model.vce,
            rows.clusters,
        )
    except CollinearityError as error:
        name, _, value = error.column.partition(f":{column}[")
        raise CollinearityError(name, f"{error.reason} where {column} is {value[:-1]}") from None
    tests, statistics = _equal_slopes(list(regressors.columns), len(names), fit)
    return replace(
        result_of(model, panel, by, complete, rows),
        terms=inference(fit, list(interacted.columns))[:-1],
        statistics=fit.statistics | statistics,
        tests=tests,
        warnings=tuple(sorted([*warnings_of(fit), *singleton_warnings(panel, complete, rows)])),
    )


def result_of(
    model: Model, panel: Panel, by: Sequence[str], complete: Rows, rows: Rows
) -> ModelResult:
    """What the model is and which rows it uses: `rows` are left of the `complete` ones."""
    dropped = np.setdiff1d(complete.entity, rows.entity)
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
        n_entities=len(np.unique(rows.entity)),
        n_periods=len(np.unique(rows.time)),
        n_dropped_missing=complete.n_dropped_missing,
        n_singletons=len(complete.values) - len(rows.values),
        entities_dropped=tuple(panel.labels[code] for code in dropped),
        rows=rows.source,
    )


def fit_least_squares(
    outcome: np.ndarray,
    regressors: pd.DataFrame,
    entity: np.ndarray,
    time: np.ndarray,
    effects: Effects,
    vce: Vce,
    clusters: np.ndarray,
) -> Fit:
    """Least squares of `outcome` (n,) on `regressors` (n, k), a constant and the effects.

    `entity`, `time` (n,) and `clusters` (n, 0 to 2) are integer codes. With effects, the constant
    is the one Stata reports: every variable is measured from its group mean plus its grand mean.
    """
    within = Within(entity, time, effects)
    total, net = _sums_of_squares(outcome, within)
    names = list(regressors.columns)
    x, center, scale = standardised(regressors)
    net_x = within.residuals(x)
    check_collinearity(names, net_x, effects)
    errors = prepare_errors(vce, x.shape[1], entity, time, clusters, within)
    standardised_params, residuals = _linearmodels(outcome, x, entity, time, effects)
    design = np.column_stack([net_x, np.ones(len(outcome))])
    bread = np.zeros((len(names) + 1, len(names) + 1))
    bread[:-1, :-1], bread[-1, -1] = np.linalg.inv(net_x.T @ net_x), 1 / len(outcome)
    covariance = errors.covariance(bread, design, residuals)
    # The slopes alone: under two-way effects the constant's scores add up to nothing in either
    # dimension, so that its variance is negative by construction and says nothing about them
    covariance[:-1, :-1], is_repaired = positive(covariance[:-1, :-1])
    back = _unstandardise(center, scale)
    params = back @ standardised_params
    statistics = _goodness(outcome, regressors.to_numpy() @ params[:-1], residuals, total, net)
    if effects == "none":
        statistics = {"r2_overall": statistics["r2_overall"]}
    if errors.groups is not None:
        statistics["n_clusters"] = float(errors.groups)
    return Fit(
        params=params,
        covariance=back @ covariance @ back.T,
        residuals=residuals,
        df=errors.df,
        statistics=statistics,
        is_covariance_repaired=is_repaired,
    )


def _linearmodels(
    outcome: np.ndarray, x: np.ndarray, entity: np.ndarray, time: np.ndarray, effects: Effects
) -> tuple[np.ndarray, np.ndarray]:
    """The coefficients (k + 1,), the constant last, and the residuals (n,) of linearmodels."""
    from linearmodels.panel import PanelOLS  # takes a second, and only these models need it

    # It wants every row to be one entity in one period; what is no effect only tells rows apart
    row = np.arange(len(outcome))
    index = pd.MultiIndex.from_arrays(
        [
            entity if effects in ("entity", "two_way") else row,
            time if effects in ("time", "two_way") else row,
        ],
        names=["entity", "time"],
    )
    fitted = PanelOLS(
        pd.DataFrame({"outcome": outcome}, index=index),
        pd.DataFrame(x, index=index).assign(const=1.0),
        entity_effects=effects in ("entity", "two_way"),
        time_effects=effects in ("time", "two_way"),
    ).fit()
    return fitted.params.to_numpy(), fitted.resids.to_numpy()


def inference(
    fit: Fit, names: Sequence[str], constant: Sequence[str] = ("const",)
) -> tuple[Estimate, ...]:
    """Each coefficient with its error, two-sided p value and 95 % interval; the constant last."""
    return tuple(
        estimate_of(name, float(value), float(variance), fit.df)
        for name, value, variance in zip(
            [*names, *constant], fit.params, np.diag(fit.covariance), strict=True
        )
    )


def estimate_of(
    name: str, estimate: float, variance: float, df: float | None, equation: str = "main"
) -> Estimate:
    """One coefficient with its t (without `df`, normal) inference; no error if variance < 0."""
    error = float(np.sqrt(variance)) if variance >= 0 else None
    statistic = estimate / error if error else None
    width = None if error is None else critical_value(df) * error
    return Estimate(
        term=name,
        estimate=estimate,
        std_error=error,
        statistic=statistic,
        p_value=None if statistic is None else p_value(statistic, df),
        ci_low=None if width is None else estimate - width,
        ci_high=None if width is None else estimate + width,
        equation=equation,
    )


def p_value(statistic: float, df: float | None) -> float:
    """Two-sided, of the t distribution, or of the normal where df is None."""
    return float(p_values(np.asarray(statistic), df))


def p_values(statistics: np.ndarray, df: float | None) -> np.ndarray:
    """The same of any number of statistics."""
    below = -np.abs(statistics)
    return 2 * (special.ndtr(below) if df is None else special.stdtr(df, below))


def critical_value(df: float | None) -> float:
    """Half the width of a 95 % interval in standard errors."""
    share = 0.5 + CONFIDENCE / 2
    return float(special.ndtri(share) if df is None else special.stdtrit(df, share))


def wald(params: np.ndarray, covariance: np.ndarray, df: int | None) -> dict[str, Any]:
    """The Wald test that all params (q,) are 0: F(q, df), or chi-squared(q) without df.

    A covariance without full rank (fewer clusters than restrictions) tests its rank of them, as
    Stata's `test` does; `df_num` says how many, and with none there is no statistic.
    """
    chi2, rank = wald_distance(params, covariance)
    if rank == 0:
        return {"statistic": None, "df_num": 0, "p_value": None}
    if df is None:
        return {"statistic": chi2, "df_num": rank, "p_value": float(special.chdtrc(rank, chi2))}
    f = chi2 / rank
    return {
        "statistic": f,
        "df_num": rank,
        "df_denom": df,
        "p_value": float(special.fdtrc(rank, df, f)),
    }


def cluster_columns(model: Model, panel: Panel) -> list[str]:
    """The columns whose clusters the errors are summed in: the entities unless it says others."""
    if not model.errors.is_clustered:
        return []
    return list(model.errors.by) or [str(panel.keys.entity)]


def warnings_of(fit: Fit) -> list[str]:
    """What a reader has to know about the errors."""
    found = []
    n_clusters = fit.statistics.get("n_clusters", FEW_CLUSTERS)
    if n_clusters < FEW_CLUSTERS:
        found.append(few_clusters(n_clusters))
    if fit.covariance[-1, -1] < 0:
        found.append("the two-way clustered variance of const is negative: it has no error")
    if fit.is_covariance_repaired:
        found.append("the two-way clustered covariance had negative eigenvalues, set to 0")
    return found


def few_clusters(n_clusters: float) -> str:
    """The warning that errors summed over so few groups are not to be trusted."""
    return (
        f"{n_clusters:.0f} clusters are too few to trust the errors: {FEW_CLUSTERS} or more "
        "are wanted"
    )


def singleton_warnings(panel: Panel, complete: Rows, rows: Rows) -> list[str]:
    """One sentence for each entity and period of `complete` that `rows` has lost."""
    entities = [panel.labels[code] for code in np.setdiff1d(complete.entity, rows.entity)]
    periods = [panel.periods[t] for t in np.setdiff1d(complete.time, rows.time)]
    return [
        f"{name} dropped: a single row says nothing beside its effect"
        for name in [*entities, *(f"period {period}" for period in periods)]
    ]


def standardised(regressors: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regressors (n, k) with mean 0 and standard deviation 1, their means and deviations (k,).

    A regressor in yuan beside a share would otherwise fall below the cut-off of the solver.
    """
    values = regressors.to_numpy(dtype=float)
    center = values.mean(axis=0)
    deviations = values - center
    scale = np.sqrt((deviations**2).mean(axis=0))
    for name, mean, spread in zip(regressors.columns, center, scale, strict=True):
        if spread <= 1e-12 * abs(mean):
            raise CollinearityError(name, f"has the single value {mean:g} in the rows used")
    return deviations / scale, center, scale


def check_collinearity(names: Sequence[str], within: np.ndarray, effects: Effects) -> None:
    """Name the first regressor that the effects and the regressors before it explain.

    `within` (n, k) is what the effects leave of standardised regressors.
    """
    length = np.sqrt(len(within))  # of every standardised regressor
    basis = np.empty((len(within), 0))
    for position, name in enumerate(names):
        column = within[:, position]
        if np.linalg.norm(column) < COLLINEAR * length:
            raise CollinearityError(name, f"is absorbed by the {effects} effects")
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)  # twice, for orthogonality to the last digit
        if np.linalg.norm(rest) < COLLINEAR * length:
            weights = np.linalg.lstsq(within[:, :position], column, rcond=None)[0]
            partners = [
                n for n, weight in zip(names, weights, strict=False) if abs(weight) > COLLINEAR
            ]
            others = ", ".join(f"`{partner}`" for partner in partners)
            raise CollinearityError(name, f"is perfectly collinear with {others}")
        basis = np.column_stack([basis, rest / np.linalg.norm(rest)])


def _tests(
    model: LeastSquares, fit: Fit, rows: Rows
) -> tuple[tuple[Mapping[str, Any], ...], dict[str, float], list[str]]:
    """The tests that the model asks for, the same as statistics, and warnings."""
    names = list(rows.matrix(model.regressors).columns)
    tests: list[Mapping[str, Any]] = []
    statistics: dict[str, float] = {}
    warnings: list[str] = []
    for wanted in model.tests:
        if wanted.hausman:
            try:
                found, said = _hausman(model, rows)
            except SpecificationError as error:  # the estimates stand without their test
                warnings.append(str(error))
                continue
            tests += found
            warnings += said
            for test in found:
                statistics |= {
                    f"{test['test']}_{what}": float(test[key])
                    for what, key in (("chi2", "statistic"), ("df", "df"), ("p", "p_value"))
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
                    "its covariance is 0"
                )
    return tuple(tests), statistics, warnings


def _hausman(model: LeastSquares, rows: Rows) -> tuple[list[dict[str, Any]], list[str]]:
    return hausman_tests(
        rows.matrix([model.outcome]).to_numpy()[:, 0],
        standardised(rows.matrix(model.regressors))[0],
        rows.entity,
        rows.time,
        model.absorbed,
        model.vce,
        rows.clusters,
    )


def wald_statistics(name: str, test: Mapping[str, Any]) -> dict[str, float]:
    """A Wald test as statistics: `<name>_f` or `_chi2`, `_df`, `_p`; none without a statistic."""
    if test["statistic"] is None:
        return {}
    kind = "f" if "df_denom" in test else "chi2"
    return {
        f"{name}_{kind}": float(test["statistic"]),
        f"{name}_df": float(test["df_num"]),
        f"{name}_p": float(test["p_value"]),
    }


def _analytic(vce: Vce) -> Vce:
    """The errors that the wild cluster bootstrap starts from; any other as they are."""
    if vce.type != "wild_cluster":
        return vce
    return Vce(type="cluster", by=vce.by, small_sample=vce.small_sample)


def _crossed(codes: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Codes that tell apart every combination of the two."""
    return np.unique(np.column_stack([group, codes]), axis=0, return_inverse=True)[1].ravel()


def _equal_slopes(
    names: Sequence[str], groups: int, fit: Fit
) -> tuple[tuple[Mapping[str, Any], ...], dict[str, float]]:
    """Wald tests that the slopes of the groups, which stand side by side in the fit, are equal."""
    contrasts = np.hstack([-np.ones((groups - 1, 1)), np.eye(groups - 1)])  # to the first group
    slopes, covariance = fit.params[:-1], fit.covariance[:-1, :-1]
    wanted = {"equal_slopes": list(names)}
    if len(names) > 1:
        wanted |= {f"equal_slopes[{name}]": [name] for name in names}
    tests, statistics = [], {}
    for label, tested in wanted.items():
        places = np.array([name in tested for name in names])
        matrix = np.kron(np.eye(len(names))[places], contrasts)
        test = wald(matrix @ slopes, matrix @ covariance @ matrix.T, fit.df)
        tests.append({"test": "equal_slopes", "terms": tested, **test})
        statistics |= wald_statistics(label, test)
    return tuple(tests), statistics


def _bootstrapped(
    terms: Sequence[Estimate],
    outcome: np.ndarray,
    regressors: pd.DataFrame,
    rows: Rows,
    effects: Effects,
    vce: Vce,
) -> tuple[tuple[Estimate, ...], dict[str, float], list[str]]:
    """The terms with p values and intervals of the wild cluster bootstrap.

    The constant of a model with effects is no coefficient of the regression, and has neither.
    """
    x, center, scale = standardised(regressors)
    back = 1 / scale
    if effects == "none":
        x = np.column_stack([x * scale + center, np.ones(len(x))])
        back = np.ones(x.shape[1])
    found, draws = wild_cluster_bootstrap(
        outcome, x, rows.entity, rows.time, effects, rows.clusters[:, 0], vce
    )
    tested = [
        replace(
            term,
            p_value=test.p_value,
            ci_low=None if test.ci_low is None else test.ci_low * unit,
            ci_high=None if test.ci_high is None else test.ci_high * unit,
        )
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


def _unstandardise(center: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The matrix (k + 1, k + 1) that takes standardised coefficients back to the units given."""
    back = np.diag(np.append(1 / scale, 1.0))
    back[-1, :-1] = -center / scale
    return back


def _sums_of_squares(outcome: np.ndarray, within: Within) -> tuple[float, float]:
    """Of the outcome about its mean, and net of the effects as well; neither may be nothing."""
    deviations = outcome - outcome.mean()
    total = float(deviations @ deviations)
    if np.ptp(outcome) == 0 or total == 0:
        raise SpecificationError(f"the outcome has the single value {outcome[0]:g}")
    net = within.residuals(deviations)
    net_squares = float(net @ net)
    if net_squares < 1e-20 * total:
        raise SpecificationError(f"the outcome does not vary beyond its {within.effects} effects")
    return total, net_squares


def _goodness(
    outcome: np.ndarray, prediction: np.ndarray, residuals: np.ndarray, total: float, net: float
) -> dict[str, float]:
    """R2s: overall is the squared correlation of the outcome with the slopes' prediction."""
    y, p = outcome - outcome.mean(), prediction - prediction.mean()
    overall = float((y @ p) ** 2 / ((y @ y) * (p @ p))) if p.any() else 0.0
    residual = float(residuals @ residuals)
    return {"r2_overall": overall, "r2_within": 1 - residual / net, "r2_lsdv": 1 - residual / total}
