"""Checks of descriptive statistics: what mean, median, spread and range a variable can have."""

import math
from collections.abc import Iterator

from analytics.audit.findings import Finding, Severity
from analytics.audit.format import Described, Published
from analytics.audit.rounding import Bounds

INFINITE = Bounds(-math.inf, math.inf)


def orders(published: Published) -> Iterator[Finding]:
    """Minimum <= median <= maximum, and the mean lies between them, too."""
    for row in published.descriptives:
        for low, high in (
            ("min", "median"),
            ("median", "max"),
            ("min", "mean"),
            ("mean", "max"),
            ("min", "max"),
        ):
            one, other = getattr(row, low), getattr(row, high)
            if one is None or other is None:
                continue
            crossed = [
                _bounds(row, high, exact).is_below(_bounds(row, low, exact))
                for exact in (False, True)
            ]
            if any(crossed):
                yield _finding(
                    row,
                    printed=f"{low} {one}, {high} {other}",
                    implied=f"{low} of {other} or less",
                    reason=f"the {low} is not above the {high}",
                    severity="impossible" if crossed[0] else "suspicious",
                )


def spreads(published: Published) -> Iterator[Finding]:
    """The standard deviation that range, mean and n allow.

    At most sd² = (max - mean)(mean - min) n / (n - 1) (Bhatia and Davis 2000), which is
    (range / 2)² n / (n - 1) at most (Popoviciu 1935); at least what the two extreme values alone
    give, range² / 2 / (n - 1); and |mean - median| <= sd sqrt((n - 1) / n) (Hotelling and
    Solomons 1932).
    """
    for row in published.descriptives:
        if row.sd is None:
            continue
        sd = Bounds.of(row.sd)
        if sd.high < 0:
            yield _finding(
                row,
                printed=f"sd {row.sd}",
                implied="0 or more",
                reason="a standard deviation is a square root",
            )
            continue
        if row.min is not None and row.max is not None:
            rows = row.n or published.full_n
            found = [*_against_range(row, sd, rows)]
            yield from found or _against_range(row, sd, rows, exact=True)
        if row.mean is not None and row.median is not None:
            n = row.n or math.inf
            gap = abs(Bounds.of(row.mean) - Bounds.of(row.median))
            factor = math.sqrt((n - 1) / n) if math.isfinite(n) else 1.0
            if (sd * Bounds(factor, factor)).is_below(gap):
                yield _finding(
                    row,
                    printed=f"mean {row.mean}, median {row.median}, sd {row.sd}",
                    implied=f"sd of {gap.low / factor:.4g} or more" if factor else "one value",
                    reason="mean and median are never more than one standard deviation apart",
                )


def _bounds(row: Described, name: str, exact: bool) -> Bounds:
    """What a number can have been. Beside decimals, whole limits such as 0 and 1 may be `exact`."""
    value = getattr(row, name)
    decimals = (v.as_tuple().exponent for v in (row.mean, row.sd) if v is not None)
    is_whole = name in ("min", "max") and int(value.as_tuple().exponent) >= 0
    if exact and is_whole and any(int(exponent) < 0 for exponent in decimals):
        return Bounds(float(value), float(value))
    return Bounds.of(value)


def _against_range(
    row: Described, sd: Bounds, n: int | None, exact: bool = False
) -> Iterator[Finding]:
    low, high, mean = (
        _bounds(row, name, exact) if getattr(row, name) is not None else INFINITE
        for name in ("min", "max", "mean")
    )
    severity: Severity = "suspicious" if exact else "impossible"
    spread = abs(high - low)
    n = n or 2  # the factor is largest for two values
    most = spread.high / 2 * math.sqrt(n / (n - 1)) if n > 1 else math.inf
    if row.mean is not None:
        above, below = max((high - mean).high, 0.0), max((mean - low).high, 0.0)
        most = min(most, math.sqrt(above * below * n / (n - 1)) if n > 1 else math.inf)
    least = spread.low / math.sqrt(2 * (n - 1)) if row.n and n > 1 else 0.0
    printed = f"sd {row.sd}, range {row.min} to {row.max}"
    if Bounds(most, most).is_below(sd):
        yield _finding(
            row,
            printed=printed,
            implied=f"sd of {most:.4g} or less",
            reason="no values within the range, with this mean, are so far apart",
            severity=severity,
        )
    if sd.is_below(Bounds(least, least)):
        yield _finding(
            row,
            printed=printed,
            implied=f"sd of {least:.4g} or more",
            reason=f"the smallest and the largest of {row.n} values alone give a larger one",
            severity=severity,
        )


def _finding(
    row: Described, *, printed: str, implied: str, reason: str, severity: Severity = "impossible"
) -> Finding:
    return Finding(
        check="descriptives",
        severity=severity,
        place=f"descriptive statistics, {row.variable}",
        printed=printed,
        implied=implied,
        reason=reason,
        term=row.variable,
    )
