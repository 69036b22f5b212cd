"""Checks of single coefficients, and of coefficients that are printed more than once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from analytics.audit.findings import Finding
from analytics.audit.format import Column, Published, Term
from analytics.audit.rounding import Bounds, same

# Without the number of units, errors may be clustered by few of them: t with so many degrees of
# freedom asks more of a coefficient than most tables do
CAUTIOUS_DF = 10
# Errors of which periods are the clusters
BY_PERIOD = re.compile(
    r"driscoll|kraay|xtscc|cluster[^;]*(year|time|period|date)|聚类[^;]*(年|时间)", re.IGNORECASE
)
# Coefficients that are no test of 0 (odds ratios), and tests by other distributions
OTHER_TESTS = {"odds", "irr", "hazard", "wild", "permutation", "randomisation", "randomization"}
DIGITS = 3  # of numbers that do not repeat by chance


def standard_errors(published: Published) -> Iterator[Finding]:
    """A standard error is not negative."""
    for column, term in published.all_terms():
        if term.se is not None and term.se < 0:
            yield column.finding(
                "standard_error",
                "impossible",
                term,
                printed=f"standard error {term.se}",
                implied="0 or more",
                reason="a standard error is a square root",
            )


def stars(published: Published) -> Iterator[Finding]:
    """Stars follow from the p-value where it is printed, from coefficient and error, or from t.

    Too many stars are judged by the normal distribution, which asks least; missing ones by t
    with units - 1 degrees of freedom (errors clustered by unit, small-sample convention).
    """
    marks, levels = zip(*published.star_levels.items(), strict=True)
    shown = ", ".join(f"{mark} {level:g}" for mark, level in published.star_levels.items())
    for column, term in published.all_terms():
        tests = _printed_p(term) or _implied_p(column, term)
        if tests is None or (term.stars is None and not column.prints_stars):
            continue
        lenient, strict = tests
        count = published.rank_of(term.stars)
        printed = f"{_as_printed(term)} {term.stars or 'without a star'}"
        if count > len(levels):
            yield column.finding(
                "stars",
                "impossible",
                term,
                printed=printed,
                implied=f"{len(levels)} stars at most",
                reason=f"the levels are {shown}",
            )
        elif count and lenient.p.low > levels[count - 1]:
            yield column.finding(
                "stars",
                "impossible",
                term,
                printed=printed,
                implied=f"p of {lenient.p.low:.3g} or more",
                reason=f"{lenient.basis}, and {term.stars} asks for p < {levels[count - 1]:g}; "
                f"rounding does not explain it (levels: {shown})",
            )
        elif count < len(levels) and strict.p.high < levels[count]:
            deserved = sum(strict.p.high < level for level in levels)
            yield column.finding(
                "stars",
                "suspicious",
                term,
                printed=printed,
                implied=f"p of {strict.p.high:.3g} or less: {marks[deserved - 1]}",
                reason=f"{strict.basis}; rounding does not explain the missing star "
                f"(levels: {shown})",
            )


def p_values(published: Published) -> Iterator[Finding]:
    """A p-value that is printed follows from coefficient and error, or from t."""
    for column, term in published.all_terms():
        tests = _implied_p(column, term)
        if term.p_value is None or tests is None:
            continue
        lenient, strict = tests
        p_value = Bounds(lenient.p.low, strict.p.high)
        if not Bounds.of(term.p_value).meets(p_value):
            yield column.finding(
                "p_value",
                "suspicious",
                term,
                printed=f"{_as_printed(term)}, p {term.p_value}",
                implied=f"p of {p_value}",
                reason=f"{lenient.basis}; {strict.basis}: the p-value is neither, nor in between",
            )


def t_statistics(published: Published) -> Iterator[Finding]:
    """A t or z statistic that is printed is the coefficient over its error."""
    for column, term in published.all_terms():
        ratio = term.ratio
        if term.statistic is None or ratio is None or column.words & OTHER_TESTS:
            continue
        statistic = Bounds.of(term.statistic)  # of a negative coefficient, some print |t|
        is_opposite = statistic.high < 0 < ratio.low
        if is_opposite or not abs(statistic).meets(abs(ratio)):
            yield column.finding(
                "t_statistic",
                "impossible",
                term,
                printed=f"statistic {term.statistic}",
                implied=f"{ratio}",
                reason=f"the statistic is {term.coef} over {term.se}",
            )


def intervals(published: Published) -> Iterator[Finding]:
    """A 95 % interval holds the coefficient in its middle, and is as wide as the error says."""
    for column, term in published.all_terms():
        if term.coef is None or term.ci_low is None or term.ci_high is None:
            continue
        low, high, coef = (Bounds.of(value) for value in (term.ci_low, term.ci_high, term.coef))
        if high.is_below(low):
            yield column.finding(
                "interval",
                "impossible",
                term,
                printed=f"interval {term.ci_low} to {term.ci_high}",
                implied="a lower end below the upper one",
                reason="the interval ends below where it begins",
            )
        elif coef.is_below(low) or high.is_below(coef):
            yield column.finding(
                "interval",
                "impossible",
                term,
                printed=f"{term.coef}, interval {term.ci_low} to {term.ci_high}",
                implied=f"an interval around {term.coef}",
                reason="the interval does not hold the coefficient",
            )
        elif column.words & OTHER_TESTS:
            continue
        elif not ((low + high) * Bounds(0.5, 0.5)).meets(coef):
            yield column.finding(
                "interval",
                "suspicious",
                term,
                printed=f"{term.coef}, interval {term.ci_low} to {term.ci_high}",
                implied=f"{(low + high) * Bounds(0.5, 0.5)} in its middle",
                reason="an interval by the normal distribution or t reaches as far to either side; "
                "one from a bootstrap need not",
            )
        elif term.se is not None and term.ratio is not None:
            df = _least_df(column)
            factor = Bounds(-ndtri(0.025), -stdtrit(df, 0.025))
            reach = Bounds.of(term.se) * factor
            if not ((high - low) * Bounds(0.5, 0.5)).meets(reach):
                yield column.finding(
                    "interval",
                    "suspicious",
                    term,
                    printed=f"interval {term.ci_low} to {term.ci_high}, error {term.se}",
                    implied=f"{reach} to either side",
                    reason=f"a 95 % interval reaches {factor} errors to either side, by the "
                    f"normal distribution or by t({df})",
                )


def same_model(published: Published) -> Iterator[Finding]:
    """Columns that say they are one model print one set of numbers."""
    first: dict[tuple[str, str, str], tuple[Column, Decimal | int]] = {}
    for column in published.tables:
        if column.model_key is None:
            continue
        for term, what, value in _numbers(column):
            key = (column.model_key, term.key if term else "", what)
            other, known = first.setdefault(key, (column, value))
            if other is not column and not same(value, known):
                yield column.finding(
                    "same_model",
                    "impossible",
                    term,
                    printed=f"{what} {value}",
                    implied=f"{known}, as {other.place} has it",
                    reason=f"both columns are the model `{column.model_key}`, and no rounding "
                    "turns one number into the other",
                )


def repeated_terms(published: Published) -> Iterator[Finding]:
    """A term has one coefficient in a column."""
    for column in published.tables:
        first: dict[str, Term] = {}
        for term in column.terms:
            other = first.setdefault(term.key, term)
            if term.coef is None or other.coef is None or same(term.coef, other.coef):
                continue
            yield column.finding(
                "repeated_term",
                "impossible",
                term,
                printed=f"coefficients {other.coef} and {term.coef}",
                implied="one coefficient",
                reason="two rows have the same label, so one of them must be another variable "
                "or regime",
            )


def copied_rows(published: Published) -> Iterator[Finding]:
    """Two variables of a column do not share coefficient and error to the last digit.

    Short numbers repeat by chance: both need as many significant digits as `DIGITS`.
    """
    for column in published.tables:
        first: dict[tuple[Decimal, Decimal], Term] = {}
        for term in column.terms:
            if term.coef is None or term.se is None:
                continue
            if min(_significant_digits(term.coef), _significant_digits(term.se)) < DIGITS:
                continue
            other = first.setdefault((abs(term.coef), term.se), term)
            if other.key != term.key:
                yield column.finding(
                    "copied",
                    "suspicious",
                    term,
                    printed=f"{term.coef} ({term.se})",
                    implied="numbers of its own",
                    reason=f"{other.term} has the same coefficient and the same error to the last "
                    "digit: one row may have been copied over the other",
                )


def errors_are_statistics(published: Published) -> Iterator[Finding]:
    """What is printed as errors may be t statistics: then the stars follow from it alone."""
    for column in (column for column in published.tables if not column.words & OTHER_TESTS):
        df = _least_df(column)
        told = [v for t in column.terms if (v := _as_statistic(t, published, df))]
        if told.count("statistic") >= 2 and "error" not in told:
            yield column.finding(
                "t_as_error",
                "suspicious",
                printed=f"errors under {len(told)} coefficients",
                implied="t statistics",
                reason="the stars do not follow from coefficient over error, and in "
                f"{told.count('statistic')} of {len(told)} rows they follow from the number in "
                "brackets alone, taken as the statistic",
            )


def _as_statistic(term: Term, published: Published, df: int) -> str | None:
    """Whether a term's stars follow from its "error" as an error, or only as a statistic."""
    ratio = term.ratio
    if ratio is None or term.se is None or term.stars is None:
        return None
    values = (abs(ratio), abs(Bounds.of(term.se)))
    earned = [_stars_earned(value, published, df) for value in values]
    fits = [published.rank_of(term.stars) in counts for counts in earned]
    if fits[0] == fits[1]:
        return None
    return "error" if fits[0] else "statistic"


def _stars_earned(statistic: Bounds, published: Published, df: int) -> range:
    """How many stars a statistic can earn, by the normal distribution at most and t at least."""
    fewest, most = (
        sum(2 * p < level for level in published.star_levels.values())
        for p in (stdtr(df, -statistic.low), ndtr(-statistic.high))
    )
    return range(fewest, most + 1)


def _significant_digits(value: Decimal) -> int:
    """Of a number as printed, without the zeros before it."""
    return len(str(int(abs(value).scaleb(-int(value.as_tuple().exponent)))))


@dataclass(frozen=True)
class _Test:
    """The p-values that rounding allows, and by which distribution; two-sided."""

    p: Bounds
    basis: str


def _printed_p(term: Term) -> tuple[_Test, _Test] | None:
    if term.p_value is None:
        return None
    test = _Test(Bounds.of(term.p_value), f"the p-value is {term.p_value}")
    return test, test


def _implied_p(column: Column, term: Term) -> tuple[_Test, _Test] | None:
    """The test that asks least (normal), and the one that asks most (t, few units)."""
    ratio = term.ratio
    if ratio is None and term.se is None and term.statistic is not None:
        ratio = Bounds.of(term.statistic)
    if ratio is None or column.words & OTHER_TESTS:
        return None
    t, df = abs(ratio), _least_df(column)
    normal = Bounds(2 * ndtr(-t.high), 2 * ndtr(-t.low))
    student = Bounds(2 * stdtr(df, -t.high), 2 * stdtr(df, -t.low))
    return (
        _Test(normal, f"|t| is {t.high:.3g} at most (normal distribution)"),
        _Test(student, f"|t| is {t.low:.3g} at least (t distribution, {df} degrees of freedom)"),
    )


def _as_printed(term: Term) -> str:
    """A coefficient with what is printed below it: its error, else its statistic."""
    if term.se is not None:
        return f"{term.coef} ({term.se})"
    return f"{term.coef}" if term.statistic is None else f"{term.coef}, statistic {term.statistic}"


def _least_df(column: Column) -> int:
    """The fewest degrees of freedom that the errors are likely to have."""
    limits = [min(column.units) - 1 if column.units else CAUTIOUS_DF]
    if (clusters := column.statistics.get("n_clusters")) is not None:
        limits.append(int(clusters) - 1)
    if BY_PERIOD.search(column.said):
        limits.append(min(column.periods) - 1 if column.periods else CAUTIOUS_DF)
    if column.n is not None:
        limits.append(column.n - len(column.terms))
    return max(min(limits), 1)


def _numbers(column: Column) -> Iterator[tuple[Term | None, str, Decimal | int]]:
    """Everything that a column prints, with what it is."""
    for term in column.terms:
        for what, value in (("coefficient", term.coef), ("standard error", term.se)):
            if value is not None:
                yield term, what, value
    for name, value in column.statistics.items():
        if value is not None:
            yield None, name, value
    if column.n is not None:
        yield None, "N", column.n
