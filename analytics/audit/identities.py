"""Checks of numbers that an identity ties together, whatever the data."""

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from operator import add

from scipy.special import chdtrc, ndtr

from analytics.audit.findings import Finding
from analytics.audit.format import Column, Described, Published, Term, key_of
from analytics.audit.names import OTHER_THAN_LEAST_SQUARES, STATISTICS
from analytics.audit.rounding import Bounds

POOLED = {"pooled", "ols"}
# What a pooled column has beside the regressors that it lists
EFFECTS = {"fixed", "fe", "twfe", "within", "effects", "effect", "dummies", "random", "iv", "gmm"}
EFFECTS |= {"controls", "covariates"}
INSTRUMENTED = {"iv", "2sls", "tsls", "liml", "gmm", "instrumental", "instrumented"}
UNIT = Bounds(0.0, 1.0)
WHOLES = (Bounds(1.0, 1.0), Bounds(100.0, 100.0))
# Names of statistics that some check asks for, here or elsewhere
READ = re.compile(
    "|".join(STATISTICS) + r"|r2.*|.*_p|p_value|.*ci_(low|high)|(threshold|gamma).*"
    "|replications|n_groups|n_entities|groups|n_clusters",
    re.IGNORECASE,
)
INTERVALS = {"", "bootstrap", "bootstrap_bc"}  # of the threshold or the indirect effect


def fitted_means(published: Published) -> Iterator[Finding]:
    """Least squares with a constant fits the mean: mean(y) = const + sum of coef x mean(x)."""
    for column in published.tables:
        outcome, rows = _described(column, published)
        constant = next((term for term in column.terms if term.key == "const"), None)
        if constant is None or constant.coef is None or outcome is None or outcome.mean is None:
            continue
        known = [
            (coef, mean)
            for term, row in rows
            if (coef := term.coef) is not None and (mean := row.mean) is not None
        ]
        if len(known) < len(rows):
            continue
        products = [Bounds.of(coef) * Bounds.of(mean) for coef, mean in known]
        fitted = reduce(add, products, Bounds.of(constant.coef))
        if not fitted.meets(Bounds.of(outcome.mean)):
            sum_ = " + ".join(f"{term.coef} × {row.mean}" for term, row in rows)
            yield column.finding(
                "fitted_mean",
                "impossible" if column.n is not None and column.n == outcome.n else "suspicious",
                constant,
                printed=f"mean of {outcome.variable} {outcome.mean}",
                implied=f"{fitted}",
                reason=f"least squares with a constant fits the mean of the outcome, and "
                f"{constant.coef} + {sum_} is another number",
            )


def simple_regressions(published: Published) -> Iterator[Finding]:
    """With one regressor, R² = (coef x sd(x) / sd(y))²."""
    for column in published.tables:
        outcome, rows = _described(column, published)
        name = next((name for name in ("r2", "r2_overall") if name in column.bounds), None)
        if name is None or outcome is None or outcome.sd is None or len(rows) != 1:
            continue
        if column.n is None or column.n != outcome.n:
            continue
        ((term, row),) = rows
        if term.coef is None or row.sd is None or not any(t.key == "const" for t in column.terms):
            continue
        correlation = abs(Bounds.of(term.coef) * Bounds.of(row.sd) / Bounds.of(outcome.sd))
        r2 = correlation * correlation
        if not column.bounds[name].meets(r2):
            yield column.finding(
                "simple_regression",
                "impossible",
                term,
                printed=f"{name} {column.statistics[name]}",
                implied=f"{r2}",
                reason=f"with one regressor R² is ({term.coef} × {row.sd} / {outcome.sd})², the "
                "square of the correlation",
            )


def effects_add_up(published: Published) -> Iterator[Finding]:
    """Total effect = direct + indirect; the share mediated is indirect over total."""
    for column in published.tables:
        effects = {name: _effect(column, name) for name in ("total", "direct", "indirect")}
        bounds = {name: Bounds.of(value) for name, value in effects.items() if value is not None}
        shown = ", ".join(f"{name} effect {effects[name]}" for name in bounds)
        if len(bounds) == 3 and not bounds["total"].meets(bounds["direct"] + bounds["indirect"]):
            yield column.finding(
                "effects_add_up",
                "impossible",
                printed=shown,
                implied=f"a total of {bounds['direct'] + bounds['indirect']}",
                reason="the total effect is the direct plus the indirect one",
            )
        if "total" in bounds and len(bounds) > 1:
            indirect = bounds.get("indirect") or bounds["total"] - bounds["direct"]
            yield from _share(column, bounds["total"], indirect, shown)


def mediation_columns(published: Published) -> Iterator[Finding]:
    """Three columns of one table: y on x, m on x, y on x and m.

    For least squares on one sample, the first coefficient less the third is the product of the
    second and that of m (the formula of the omitted variable), for every x.
    """
    for full in published.tables:
        for total, mediator in _steps(full, published):
            name = key_of(mediator.outcome or "")
            path = full.regressors[name]
            for key, term in total.regressors.items():
                direct, first = full.regressors[key], mediator.regressors[key]
                if term.coef is None or direct.coef is None:
                    continue
                if first.coef is None or path.coef is None:
                    continue
                difference = Bounds.of(term.coef) - Bounds.of(direct.coef)
                product = Bounds.of(first.coef) * Bounds.of(path.coef)
                if difference.meets(product):
                    continue
                yield full.finding(
                    "effects_add_up",
                    "impossible" if full.estimator else "suspicious",
                    direct,
                    printed=f"{term.coef} in {total.place}, {direct.coef} here",
                    implied=f"a difference of {product}, not {difference}",
                    reason=f"{mediator.outcome} carries {first.coef} ({mediator.place}) × "
                    f"{path.coef}; least squares on one sample has total = direct + indirect",
                )


def shares_of_columns(published: Published) -> Iterator[Finding]:
    """The share mediated of three columns: coefficients of x on m and of m on y, over the total."""
    for full in published.tables:
        for total, mediator in _steps(full, published):
            path = full.regressors[key_of(mediator.outcome or "")].coef
            treatment = next(iter(total.regressors), None)  # stands first, before the controls
            if treatment is None or path is None:
                continue
            coef, first = (c.regressors[treatment].coef for c in (total, mediator))
            if coef is not None and first is not None:
                shown = f"total {coef} ({total.place}), {first} ({mediator.place}) × {path}"
                indirect = Bounds.of(first) * Bounds.of(path)
                for column in (full, mediator, total):
                    yield from _share(column, Bounds.of(coef), indirect, shown)


def indirect_of_columns(published: Published) -> Iterator[Finding]:
    """The indirect effect and Sobel's test that three columns print follow from their rows."""
    for full in published.tables:
        for total, mediator in _steps(full, published):
            first = next(iter(mediator.regressors.values()), None)
            path = full.regressors[key_of(mediator.outcome or "")]
            if first is None or first.coef is None or path.coef is None:
                continue
            product = Bounds.of(first.coef) * Bounds.of(path.coef)
            for column in (full, mediator, total):
                printed = column.statistics.get("indirect_effect")
                if printed is not None and not Bounds.of(printed).meets(product):
                    yield column.finding(
                        "effects_add_up",
                        "impossible" if full.estimator else "suspicious",
                        printed=f"indirect effect {printed}",
                        implied=f"{product}",
                        reason=f"it is {first.coef} ({mediator.place}) × {path.coef} "
                        f"({full.place})",
                    )
                yield from _sobel(column, first, path)


def _sobel(column: Column, first: Term, path: Term) -> Iterator[Finding]:
    """A product's z lies between Aroian's and Goodman's; programs may take errors of other kinds.

    1 / z² is u + v ± u v, where u and v are the two coefficients' 1 / t².
    """
    ratios = (first.ratio, path.ratio)
    printed = column.bounds.get("sobel_z")
    if printed is None or None in ratios:
        return
    t, s = (abs(ratio) for ratio in ratios if ratio is not None)
    ends = Bounds(_product_z(t.low, s.low, 1), _product_z(t.high, s.high, -1))
    if not abs(printed).meets(ends):
        yield column.finding(
            "sobel",
            "suspicious",
            printed=f"sobel_z {column.statistics['sobel_z']}",
            implied=f"{ends}",
            reason=f"the factors are {first.coef} ({first.se}) and {path.coef} ({path.se}), by "
            "Aroian's formula at least and Goodman's at most; the test may rest on other errors",
        )


def _product_z(t: float, s: float, sign: int) -> float:
    if not t or not s:
        return 0.0
    inverse = 1 / t**2 + 1 / s**2 + sign / (t * s) ** 2
    return float(inverse**-0.5) if inverse > 0 and (sign > 0 or min(t, s) > 1) else math.inf


def _share(column: Column, total: Bounds, indirect: Bounds, shown: str) -> Iterator[Finding]:
    """A printed share mediated is the indirect effect over the total one, be it in percent."""
    share = column.bounds.get("proportion_mediated")
    if share is None:
        return
    in_percent = share * Bounds(0.01, 0.01)
    if not any((part * total).meets(indirect) for part in (share, in_percent)):
        yield column.finding(
            "share_mediated",
            "impossible",
            printed=f"proportion_mediated {column.statistics['proportion_mediated']}, {shown}",
            implied=f"{abs(indirect) / abs(total)}",
            reason="the share mediated is the indirect effect over the total one",
        )


def intervals_of_statistics(published: Published) -> Iterator[Finding]:
    """The interval of a threshold holds it, as a bootstrapped one usually holds its effect.

    `ci_low` and `ci_high` without the name of a statistic belong to the threshold, else to the
    indirect effect.
    """
    for column in published.tables:
        for name in (name for name in column.bounds if name.endswith("ci_low")):
            stem, ends = name[:-6].rstrip("_"), (name, name[:-3] + "high")
            known = [of for of in (stem, "threshold", "indirect_effect") if of in column.bounds]
            if not known or ends[1] not in column.bounds or (stem not in INTERVALS | {known[0]}):
                continue
            estimate, (low, high) = column.bounds[known[0]], (column.bounds[end] for end in ends)
            if estimate.is_below(low) or high.is_below(estimate):
                shown = " to ".join(str(column.statistics[end]) for end in ends)
                yield column.finding(
                    "interval",
                    "suspicious" if known[0] == "indirect_effect" else "impossible",
                    printed=f"{known[0]} {column.statistics[known[0]]}, interval {shown}",
                    implied=f"an interval around {column.statistics[known[0]]}",
                    reason="the interval does not hold the estimate",
                )


def weights(published: Published) -> Iterator[Finding]:
    """The weights of an index sum to 1, or to 100 %."""
    for column in published.tables:
        known = [term.coef for term in column.terms if term.coef is not None]
        is_index = "weights" in column.words and not any(t.se or t.statistic for t in column.terms)
        total = reduce(add, map(Bounds.of, known), Bounds(0.0, 0.0))
        if len(known) < 2 or not is_index or any(total.meets(whole) for whole in WHOLES):
            continue
        yield column.finding(
            "weights",
            "suspicious",
            printed=f"{len(known)} weights",
            implied=f"a sum of 1, not of {total}",
            reason="the weights of an index sum to 1 or to 100 %, unless the table lists only some",
        )


def ranges(published: Published) -> Iterator[Finding]:
    """R², p-values and shares lie between 0 and 1; an adjusted R² is not above 1.

    The R² of instrumental variables, whose residuals may be longer than the outcome, is not above
    1 either, and may be below 0.
    """
    for column in published.tables:
        for name, value in column.bounds.items():
            is_r2 = name.casefold() == "r2" or name.casefold().startswith("r2_")
            may_be_negative = is_r2 and ("adj" in name.casefold() or column.words & INSTRUMENTED)
            if not (is_r2 or _is_p(name)):
                continue
            if (value.is_below(UNIT) and not may_be_negative) or UNIT.is_below(value):
                yield column.finding(
                    "range",
                    "suspicious" if is_r2 and value.high < 0 and not column.words else "impossible",
                    printed=f"{name} {column.statistics[name]}",
                    implied="0 to 1",
                    reason="an R² is a share" if is_r2 else "a p-value is a share",
                )
        for term in column.terms:
            if term.p_value is not None and not Bounds.of(term.p_value).meets(UNIT):
                yield column.finding(
                    "range",
                    "impossible",
                    term,
                    printed=f"p-value {term.p_value}",
                    implied="0 to 1",
                    reason="a p-value is a share",
                )


def adjusted_r2s(published: Published) -> Iterator[Finding]:
    """An adjusted R² is 1 - (1 - R²)(n - 1) / (n - 1 - k), and k counts the listed regressors.

    Regressors that a table does not list only lower it. n / (n - k) is the smaller factor, of a
    model without a constant, and so holds for an R² net of effects as well.
    """
    for column in published.tables:
        plain, adjusted = column.bounds.get("r2"), column.bounds.get("r2_adjusted")
        if plain is None or adjusted is None:
            continue
        k = len(column.estimated)
        n = column.n if column.n is not None and column.n > k else None
        most = plain.high if n is None else 1 - (1 - min(plain.high, 1.0)) * n / (n - k)
        if Bounds(most, most).is_below(adjusted):
            yield column.finding(
                "range",
                "impossible",
                printed=f"R² {column.statistics['r2']}, "
                f"adjusted {column.statistics['r2_adjusted']}",
                implied=f"an adjusted R² of {most:.4g} or less",
                reason="the adjustment for the number of regressors only lowers an R²"
                if n is None
                else f"it is lowered by the number of regressors, of which {k} are listed, to "
                f"1 - (1 - R²) × {n} / {n - k} or further",
            )


def unread_statistics(published: Published) -> list[str]:
    """One sentence for the statistics below the tables whose names no check knows."""
    names = (name for column in published.tables for name in column.bounds)
    unread = dict.fromkeys(name for name in names if not READ.fullmatch(name))
    return [f"no check reads these rows below the tables: {', '.join(unread)}"] if unread else []


def tests_and_p_values(published: Published) -> Iterator[Finding]:
    """The p-value of a chi-squared or normal test follows from its statistic."""
    for column in published.tables:
        bounds = column.bounds
        expected = []
        for test, statistic in (
            ("hansen", "hansen_j"),
            ("sargan", "sargan"),
            ("diff_hansen", "diff_hansen_j"),
        ):
            df = column.statistics.get(f"{test}_df")
            if statistic in bounds and df is not None and df > 0:
                value = bounds[statistic]
                ends = (chdtrc(float(df), max(end, 0.0)) for end in (value.high, value.low))
                p_value = Bounds(*ends)
                expected.append((f"{test}_p", statistic, p_value, f"chi-squared({df})"))
        for test in ("ar1", "ar2", "sobel"):
            if f"{test}_z" in bounds:
                z = abs(bounds[f"{test}_z"])
                p_value = Bounds(2 * ndtr(-z.high), 2 * ndtr(-z.low))
                expected.append((f"{test}_p", f"{test}_z", p_value, "normal, two-sided"))
        for name, statistic, p_value, distribution in expected:
            if name in bounds and not bounds[name].meets(p_value):
                yield column.finding(
                    "p_value",
                    "impossible",
                    printed=f"{name} {column.statistics[name]}",
                    implied=f"{p_value}",
                    reason=f"{statistic} is {column.statistics[statistic]} ({distribution})",
                )


def critical_values(published: Published) -> Iterator[Finding]:
    """A bootstrapped p-value is below a level where the statistic is above its critical value."""
    levels = {"crit_10": 0.1, "crit_05": 0.05, "crit_01": 0.01}
    for column in published.tables:
        bounds = column.bounds
        printed = [name for name in levels if name in bounds]
        for weaker, stronger in pairwise(printed):
            if bounds[stronger].is_below(bounds[weaker]):
                yield column.finding(
                    "critical_values",
                    "impossible",
                    printed=f"{stronger} {column.statistics[stronger]}",
                    implied=f"{column.statistics[weaker]} or more",
                    reason=f"a critical value grows as its level falls, and {weaker} is larger",
                )
        if "f_statistic" not in bounds or "p_value" not in bounds:
            continue
        step = 1 / float(column.statistics.get("replications") or 100)
        for name in printed:
            level = Bounds(levels[name], levels[name])
            above = bounds[name].is_below(bounds["f_statistic"])
            below = bounds["f_statistic"].is_below(bounds[name])
            # A quantile of the draws is as rough as one draw
            p_value = bounds["p_value"] + Bounds(-step, step)
            if (above and level.is_below(p_value)) or (below and p_value.is_below(level)):
                yield column.finding(
                    "critical_values",
                    "impossible",
                    printed=f"p_value {column.statistics['p_value']}",
                    implied=f"{'below' if above else 'above'} {levels[name]:g}",
                    reason=f"the statistic, {column.statistics['f_statistic']}, is "
                    f"{'above' if above else 'below'} {name}, {column.statistics[name]}",
                )


def _described(
    column: Column, published: Published
) -> tuple[Described | None, list[tuple[Term, Described]]]:
    """Outcome and regressors of a pooled least squares column with what is known of them.

    No outcome where the column is another kind of model, has a regressor that is not described,
    or another number of observations than the descriptive statistics.
    """
    words = column.words
    outcome = published.described.get(key_of(column.outcome or ""))
    rows = [
        (term, row)
        for key, term in column.regressors.items()
        if (row := published.described.get(key)) is not None
    ]
    is_pooled = bool(words & POOLED) and not words & EFFECTS and not column.is_winsorised
    if outcome is None or not is_pooled or len(rows) != len(column.regressors):
        return None, []
    known = {row.n or published.full_n for row in (outcome, *(row for _, row in rows))}
    return (outcome, rows) if known == {column.n or published.full_n} else (None, [])


def _steps(full: Column, published: Published) -> Iterator[tuple[Column, Column]]:
    """The columns of the same table that give the total effect and that of a mediator."""
    peers = [c for c in published.tables if c.table == full.table and c.outcome and c is not full]
    for mediator in peers:
        name = key_of(mediator.outcome or "")
        if name not in full.regressors or full.outcome is None:
            continue
        others = full.regressors.keys() - {name}
        for total in peers:
            if (
                key_of(total.outcome or "") == key_of(full.outcome)
                and total.regressors.keys() == mediator.regressors.keys() == others
                and total.n == mediator.n == full.n
                and total.estimator == mediator.estimator == full.estimator
                and not full.words & OTHER_THAN_LEAST_SQUARES
            ):
                yield total, mediator


def _effect(column: Column, name: str) -> Decimal | None:
    """A total, direct or indirect effect, below the table or as a row of its own."""
    if (value := column.statistics.get(f"{name}_effect")) is not None:
        return value
    labels = (name, f"{name}effect", f"{name}_effect")
    return next((term.coef for label, term in column.regressors.items() if label in labels), None)


def _is_p(name: str) -> bool:
    return name.casefold() == "p_value" or name.casefold().endswith("_p")
