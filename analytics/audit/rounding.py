"""Arithmetic on numbers as printed: each stands for all the numbers that round to it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# Results of floating point that differ by less than this (relative) are the same
TOLERANCE = 1e-9


class Below(Decimal):
    """A number that is printed as a bound: <0.001 is any from 0 to 0.001."""

    def __str__(self) -> str:
        return f"<{Decimal(self)}"

    def __format__(self, *_: object) -> str:
        return str(self)


@dataclass(frozen=True)
class Bounds:
    """A closed interval; sums, products and ratios are intervals again (Moore 1966)."""

    low: float
    high: float

    @classmethod
    def of(cls, printed: Decimal | int) -> "Bounds":
        """The numbers that a printed one can have been: half a unit of its last digit around."""
        if isinstance(printed, int):  # a count is exact
            return cls(printed, printed)
        if isinstance(printed, Below):
            return cls(0.0, float(printed))
        half = Decimal(5).scaleb(int(printed.as_tuple().exponent) - 1)
        return cls(float(printed - half), float(printed + half))

    def __add__(self, other: "Bounds") -> "Bounds":
        return Bounds(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Bounds") -> "Bounds":
        return Bounds(self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Bounds") -> "Bounds":
        return _hull(a * b for a in (self.low, self.high) for b in (other.low, other.high))

    def __truediv__(self, other: "Bounds") -> "Bounds":
        """The ratio to a number that is known to be positive, however close to 0 it may be."""
        low, high = max(other.low, 0.0), other.high
        return _hull(_ratio(a, b) for a in (self.low, self.high) for b in (low, high))

    def __abs__(self) -> "Bounds":
        ends = (abs(self.low), abs(self.high))
        return Bounds(0.0 if self.low <= 0 <= self.high else min(ends), max(ends))

    def meets(self, other: "Bounds") -> bool:
        """Whether the two have a number in common."""
        return not (self.is_below(other) or other.is_below(self))

    def is_below(self, other: "Bounds") -> bool:
        """Whether every number of this one is smaller than every number of the other."""
        slack = TOLERANCE * max(abs(self.high), abs(other.low)) if math.isfinite(self.high) else 0.0
        return self.high < other.low - slack

    def __str__(self) -> str:
        low, high = (f"{end:.4g}" for end in (self.low, self.high))
        return low if low == high else f"{low} to {high}"


def same(one: Decimal | int, other: Decimal | int) -> bool:
    """Whether two printed numbers can be one number, each rounded to its own digits.

    Neighbours such as 0.023 and 0.024 share one point only, and are two numbers.
    """
    a, b = Bounds.of(one), Bounds.of(other)
    shared = min(a.high, b.high) - max(a.low, b.low)
    is_exact = isinstance(one, int) or isinstance(other, int)
    return shared >= 0 if is_exact else shared > TOLERANCE * max(abs(a.high), abs(b.high))


def _ratio(numerator: float, denominator: float) -> float:
    if denominator == 0:
        return math.copysign(math.inf, numerator) if numerator else 0.0
    return numerator / denominator


def _hull(values: Iterable[float]) -> Bounds:
    values = list(values)
    return Bounds(min(values), max(values))
