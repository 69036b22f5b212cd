"""Checks of what a model was estimated on: observations, units, periods, instruments."""

from collections.abc import Iterator
from itertools import permutations

from analytics.audit.findings import Finding
from analytics.audit.format import Column, Published, key_of
from analytics.audit.names import OTHER_THAN_LEAST_SQUARES

DYNAMIC = {"gmm", "dynamic"}
CONTROLS = {"controls", "covariates", "control", "variables"}
FEW_GROUPS = 50
NEAR_ONE = 0.9


def observations(published: Published) -> Iterator[Finding]:
    """N is units times periods; fewer rows need missing values, more rows cannot be."""
    for column in published.tables:
        if column.n is None or not (column.units or column.periods):
            continue
        full = _products(column)
        if not (column.units and column.periods):
            yield from _divisible(column)
        elif column.n not in full:
            product = f"{_or(column.units)} units × {_or(column.periods)} periods = {_or(full)}"
            reason = (
                "there are more observations than units × periods"
                if column.n > max(full)
                else "as many rows must be missing as the difference, or the sample is another one"
            )
            yield column.finding(
                "observations",
                "impossible" if column.n > max(full) else "suspicious",
                printed=f"N {column.n}",
                implied=product,
                reason="; ".join([reason, *_other_samples(column, published)]),
            )


def observations_known(published: Published) -> Iterator[Finding]:
    """A model has no more observations than its outcome and regressors have values."""
    for column in published.tables:
        if column.n is None:
            continue
        names = [*column.regressors, key_of(column.outcome or "")]
        known = [row for name in names if (row := published.described.get(name)) and row.n]
        scarce = min(known, key=lambda row: row.n or 0, default=None)
        if scarce is not None and scarce.n is not None and column.n > scarce.n:
            yield column.finding(
                "observations",
                "suspicious",
                printed=f"N {column.n}",
                implied=f"{scarce.n} or fewer",
                reason=f"the descriptive statistics know {scarce.n} values of {scarce.variable}",
            )


def observations_suffice(published: Published) -> Iterator[Finding]:
    """Coefficients with errors need more observations than there are of them."""
    for column in published.tables:
        estimated = {term.key for term in column.terms if term.coef is not None}
        has_errors = any(term.se is not None for term in column.terms)
        if column.n is not None and has_errors and column.n <= len(estimated):
            yield column.finding(
                "observations",
                "impossible",
                printed=f"N {column.n}",
                implied=f"{len(estimated) + 1} or more",
                reason=f"{len(estimated)} coefficients leave no degree of freedom for their errors",
            )


def nested_models(published: Published) -> Iterator[Finding]:
    """A regressor more cannot win rows, nor lower the R² of least squares on the same rows.

    Of columns of one table with one outcome that say the same of estimator and sample.
    """
    for small, large in _nested(published):
        more = f"it has the regressors of {small.place} and others"
        if large.n is not None and small.n is not None and large.n > small.n:
            yield large.finding(
                "nested",
                "suspicious",
                printed=f"N {large.n}",
                implied=f"{small.n} or fewer",
                reason=f"{more}, which can only cost rows: the sample is another one",
            )
        for name in ("r2", "r2_within"):
            less, most = small.bounds.get(name), large.bounds.get(name)
            is_least_squares = not (small.words & OTHER_THAN_LEAST_SQUARES)
            if less and most and is_least_squares and small.n == large.n and most.is_below(less):
                yield large.finding(
                    "nested",
                    "suspicious",
                    printed=f"{name} {large.statistics[name]}",
                    implied=f"{small.statistics[name]} or more",
                    reason=f"{more}, which can only raise the R² of least squares on the same rows",
                )


def winsorising(published: Published) -> Iterator[Finding]:
    """Winsorising replaces values and keeps rows: N is that of the same sample before it."""
    plain = [c for c in published.tables if c.n is not None and not c.is_winsorised]
    for column in published.tables:
        if column.n is None or not column.is_winsorised or not plain:
            continue
        alike = [
            c for c in plain if c.units and (c.units, c.periods) == (column.units, column.periods)
        ]
        base = max(alike or plain, key=lambda c: c.n or 0)
        if base.n is not None and base.n != column.n:
            reason = (
                "winsorising sets extreme values to a quantile and keeps every row, so "
                f"{abs(base.n - column.n)} rows were lost or won for another reason"
            )
            yield column.finding(
                "winsorising",
                "impossible" if alike else "suspicious",
                printed=f"N {column.n} after winsorising",
                implied=f"{base.n}, as in {base.place}",
                reason="; ".join([reason, *_other_samples(column, published)]),
            )


def instruments(published: Published) -> Iterator[Finding]:
    """Many instruments and few groups weaken the Hansen test (Roodman 2009, section 3)."""
    for column in published.tables:
        groups, count = _groups(column), column.bounds.get("n_instruments")
        if groups is None:
            continue
        if count is not None and count.low > groups:
            yield column.finding(
                "instruments",
                "suspicious",
                printed=f"{column.statistics['n_instruments']} instruments",
                implied=f"{groups} groups or fewer",
                reason="with more instruments than groups the weight matrix is singular and the "
                "Hansen test has no power",
            )
        for name in ("hansen_p", "diff_hansen_p"):
            p_value = column.bounds.get(name)
            if p_value is not None and p_value.high >= NEAR_ONE and groups <= FEW_GROUPS:
                known = column.statistics.get("n_instruments") or "an unstated number of"
                yield column.finding(
                    "instruments",
                    "suspicious",
                    printed=f"{name} {column.statistics[name]}",
                    implied=f"a sign of too many instruments for {groups} groups",
                    reason=f"the test is on {known} instruments; a p-value near 1 with few groups "
                    "says that it has no power, not that the instruments are valid",
                )


def _nested(published: Published) -> Iterator[tuple[Column, Column]]:
    """Pairs of columns of which the second has all that the first has, and regressors beyond."""
    for small, large in permutations(published.tables, 2):
        if small.table is None or small.outcome is None:
            continue
        one, other = (
            (c.table, key_of(c.outcome or ""), c.words - CONTROLS, c.units, c.periods)
            for c in (small, large)
        )
        if one == other and small.estimated and small.estimated < large.estimated:
            yield small, large


def _divisible(column: Column) -> Iterator[Finding]:
    """Without the one, N must at least be a multiple of the other."""
    name, counts = ("units", column.units) if column.units else ("periods", column.periods)
    if column.n is not None and not any(column.n % count == 0 for count in counts):
        yield column.finding(
            "observations",
            "suspicious",
            printed=f"N {column.n}",
            implied=f"a multiple of {_or(counts)} {name}",
            reason="no whole number of full rows gives it: the panel must have gaps, or another "
            f"number of {name}",
        )


def _products(column: Column) -> tuple[int, ...]:
    """Units times periods, for each number that is possible; lags may have cost periods."""
    lags = max(column.lags, 1) if column.words & DYNAMIC else column.lags
    lost = {0, lags} | ({lags + 1} if column.words & DYNAMIC else set())
    return tuple(
        sorted(
            {u * (p - k) for u in column.units for p in column.periods for k in lost if p > k},
            reverse=True,
        )
    )


def _other_samples(column: Column, published: Published) -> list[str]:
    """Whose sample would have this N: columns may have been exchanged, or units left out."""
    for other in published.tables:
        if other is column or not other.units or not other.periods:
            continue
        if column.n in _products(other) and column.n not in _products(column):
            return [f"{column.n} is what the sample of {other.place} would have"]
    is_known = column.n is not None and column.periods
    units, rest = divmod(column.n or 0, column.periods[0]) if is_known else (0, 1)
    is_news = rest == 0 and units not in column.units
    return [f"note that {column.n} = {units} × {column.periods[0]}"] if is_news else []


def _groups(column: Column) -> int | None:
    """The number of units, where it is stated or follows from N."""
    if column.units:
        return max(column.units)
    for name in ("n_groups", "n_entities", "groups"):
        if (count := column.statistics.get(name)) is not None:
            return int(count)
    if column.n is None or len(column.periods) != 1:
        return None
    units, rest = divmod(column.n, column.periods[0] - column.lags)
    return units if rest == 0 else None


def _or(numbers: tuple[int, ...]) -> str:
    return " or ".join(str(number) for number in numbers)
