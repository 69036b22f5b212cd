"""Checks of regime thresholds: where they can lie, and that the tables agree on them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from analytics.audit.findings import Finding
from analytics.audit.format import Column, Published, Term, key_of
from analytics.audit.rounding import Bounds, same
from analytics.written import PLAIN, plain_number

NUMBER = r"([-−–‐+]?[\d.·][\d.,·]*(?:[eE][-+]?\d+)?)"
SIGN = r"\s*(?:<=|>=|[≤≥⩽⩾≦≧<>]|\\[lg]eq?)\s*"
VARIABLE = r"([^\W\d][\w.]*)"
REGIME = re.compile(rf"{VARIABLE}{SIGN}{NUMBER}?")
ABOVE = re.compile(rf"(?<![\w.]){NUMBER}{SIGN}{VARIABLE}")  # the left half of 0.5 < STR <= 1.2
EMPTY_REGIME = "one regime has no observation"
STATISTIC = re.compile(r"(?:threshold|gamma)(?:_estimate)?(?:_?(\d+)|_(.+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Threshold:
    """A threshold that a column prints, below the table or in the label of a regime."""

    column: Column
    variable: str  # as it is compared
    value: Decimal
    term: Term | None = None
    basis: str = ""  # how the variable is known, where the column does not name it


def thresholds(published: Published) -> list[Threshold]:
    """The thresholds whose variable is known, in the order of the tables."""
    return [t for column in published.tables for t in _of_column(column, published)]


def regimes(label: str) -> list[tuple[str, Decimal | None]]:
    """The variables that a label compares, and with which number, where it is one."""
    label = unicodedata.normalize("NFKC", label)
    found = [(name, number) for number, name in ABOVE.findall(label)] + REGIME.findall(label)
    plain = [(name, plain_number(number.rstrip(".,"))) for name, number in found]
    return [(name, Decimal(text) if PLAIN.fullmatch(text) else None) for name, text in plain]


def threshold_supports(published: Published) -> Iterator[Finding]:
    """A threshold lies within the range of its variable: otherwise a regime is empty."""
    seen = set()
    for threshold in thresholds(published):
        reason = outside_support(published, threshold.variable, threshold.value)
        key = (threshold.column.place, threshold.variable, threshold.value)
        if reason is not None and key not in seen:
            seen.add(key)
            yield threshold.column.finding(
                "threshold_support",
                "impossible",
                threshold.term,
                printed=f"threshold {threshold.value}",
                implied=reason[0],
                reason=f"{reason[1]}; {EMPTY_REGIME}{threshold.basis}",
            )


def thresholds_agree(published: Published) -> Iterator[Finding]:
    """The regimes of a table are cut where a test of the same paper found the threshold."""
    found = thresholds(published)
    for regime in found:
        tested = [t for t in found if t.term is None and t.variable == regime.variable]
        if regime.term is None or not tested:
            continue
        if not any(same(regime.value, t.value) for t in tested):
            yield regime.column.finding(
                "thresholds_agree",
                "suspicious",
                regime.term,
                printed=f"a regime cut at {regime.value}",
                implied=" or ".join(f"{t.value} ({t.column.place})" for t in tested),
                reason="the regimes are not cut at a threshold that the tables estimate",
            )


def outside_support(published: Published, variable: str, value: Decimal) -> tuple[str, str] | None:
    """What follows and why, if no value of a described variable lies on one side of `value`."""
    row = published.described.get(variable)
    if row is None:
        return None
    for limit, side, name in ((row.min, "below", "minimum"), (row.max, "above", "maximum")):
        if limit is None:
            continue
        one, other = Bounds.of(value), Bounds.of(limit)
        if (one.is_below(other)) if side == "below" else (other.is_below(one)):
            return (
                f"{row.variable} from {row.min} to {row.max}",
                f"it lies {side} the {name} of {row.variable}, {limit} (descriptive statistics)",
            )
    return None


def _of_column(column: Column, published: Published) -> Iterator[Threshold]:
    for term in column.terms:
        for variable, number in regimes(term.term):
            if number is not None:
                yield Threshold(column, key_of(variable), number, term)
    for name, stated in column.statistics.items():
        match = STATISTIC.fullmatch(name.strip())
        if match is None or stated is None:
            continue
        if match[2]:
            named = {key_of(match[2])} & (published.described.keys() | _regime_variables(published))
            yield from (Threshold(column, variable, stated) for variable in named)
        else:
            yield from (
                Threshold(column, variable, stated, basis=basis)
                for variable, basis in _variable(column, published)
            )


def _variable(column: Column, published: Published) -> Iterator[tuple[str, str]]:
    """The threshold variable of a column that does not put it in the name of the statistic.

    It is the one of its own regimes, one that the column's model or estimator names, or the only
    one that the regimes of the other tables have.
    """
    own = {key_of(name) for term in column.terms for name, _ in regimes(term.term)}
    outcome = key_of(column.outcome or "")
    named = {key for key in published.described if key in column.words} - {outcome}
    others = _regime_variables(published)
    for variables, basis in (
        (own, ""),
        (named - column.regressors.keys(), ""),
        (others, "; the regimes of the other tables say that it is the threshold variable"),
    ):
        if len(variables) == 1:
            yield next(iter(variables)), basis
            return


def _regime_variables(published: Published) -> set[str]:
    return {key_of(name) for _, term in published.all_terms() for name, _ in regimes(term.term)}
