"""Checks of what the text says against the tables.

`about` names a quantity (mean, coefficient, threshold, N, units ...), a variable or term, and
where needed a column: "mean of Dige", "coefficient of Dige in Table 3 (4)", "threshold of STR".
Without a quantity in `about`, the words of the claim itself are asked.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from analytics.audit.findings import Finding, Severity
from analytics.audit.format import Claim, Column, Published, key_of
from analytics.audit.names import HAN
from analytics.audit.rounding import same
from analytics.audit.thresholds import EMPTY_REGIME, outside_support, thresholds

# The longer phrase is the one that is meant: a threshold effect is no effect
QUANTITIES = {
    "threshold effect": "threshold",
    "threshold": "threshold",
    "gamma": "threshold",
    "turning point": "threshold",
    "standard error": "se",
    "std error": "se",
    "se": "se",
    "standard deviation": "sd",
    "std dev": "sd",
    "sd": "sd",
    "mean": "mean",
    "average": "mean",
    "median": "median",
    "minimum": "min",
    "min": "min",
    "lowest": "min",
    "maximum": "max",
    "max": "max",
    "highest": "max",
    "number of observations": "n",
    "observations": "n",
    "sample size": "n",
    "nobs": "n",
    "n": "n",
    "units": "units",
    "provinces": "units",
    "entities": "units",
    "groups": "units",
    "firms": "units",
    "countries": "units",
    "cities": "units",
    "periods": "periods",
    "years": "periods",
    "coefficient": "coef",
    "coefficients": "coef",
    "coef": "coef",
    "estimate": "coef",
    "slope": "coef",
    "elasticity": "coef",
    "effect": "coef",
    "门槛": "threshold",
    "门槛值": "threshold",
    "门限值": "threshold",
    "标准误": "se",
    "标准差": "sd",
    "均值": "mean",
    "平均值": "mean",
    "中位数": "median",
    "最小值": "min",
    "最大值": "max",
    "观测值": "n",
    "观测数": "n",
    "样本量": "n",
    "省份数": "units",
    "个体数": "units",
    "年数": "periods",
    "时期数": "periods",
    "系数": "coef",
    "估计值": "coef",
}
PERCENT = re.compile("[%％]|per ?cent|百分", re.IGNORECASE)
FALLS = re.compile(
    r"\b(fall|decreas|declin|reduc|lowers|negative|drop)|下降|降低|减少|负", re.IGNORECASE
)
DESCRIPTIVE = ("mean", "sd", "median", "min", "max")
COUNTS = ("units", "periods")


@dataclass(frozen=True)
class Subject:
    """What a claim is about, as far as the file knows it."""

    quantity: str | None  # a value of QUANTITIES, the name of a statistic, or None
    names: frozenset[str]  # of variables and terms, as they are compared
    columns: tuple[Column, ...]  # those that the claim names, else all
    names_columns: bool


@dataclass(frozen=True)
class Printed:
    """A number of the tables that a claim can be set against."""

    value: Decimal | int
    place: str
    column: Column | None = None
    term: str | None = None


def claims(published: Published) -> Iterator[Finding]:
    """A number in the text is one that the tables have."""
    for claim in published.claims:
        subject = _subject(claim, published)
        printed = _printed(subject, published)
        if printed and not any(_matches(claim, number) for number in printed):
            first = printed[0] if len(printed) == 1 else Printed(0, "")
            elsewhere = _other_sample(claim, subject, published)
            yield _finding(
                claim,
                "claim",
                "suspicious" if elsewhere else "impossible",
                implied=_listed(printed),
                reason=f"the text and the tables have different numbers for {claim.about}"
                + (elsewhere or _coincidence(claim, subject)),
                column=first.column,
                term=first.term,
            )
        if not printed and subject.quantity in COUNTS:
            yield from _against_n(claim, subject, published)
        yield from _against_support(claim, subject, published)


def claims_agree(published: Published) -> Iterator[Finding]:
    """The text has one number for one thing."""
    first: dict[tuple[str, frozenset[str]], Claim] = {}
    for claim in published.claims:
        subject = _subject(claim, published)
        if subject.names_columns or subject.quantity not in (*DESCRIPTIVE, *COUNTS):
            continue
        other = first.setdefault((subject.quantity, subject.names), claim)
        if not same(claim.value, other.value):
            yield _finding(
                claim,
                "claims_agree",
                implied=f"{other.value} ({other.place})",
                reason=f"the text has two numbers for {claim.about}",
            )


def unchecked_claims(published: Published) -> list[str]:
    """One sentence for each claim that no printed number could be set against."""
    sentences = []
    for claim in published.claims:
        subject = _subject(claim, published)
        has_range = _ranged(subject) and subject.names & published.described.keys()
        has_n = subject.quantity in COUNTS and published.full_n is not None
        if not (_printed(subject, published) or has_range or has_n):
            sentences.append(
                f"{claim.place}: the file has no number to set `{claim.about}` "
                f"({claim.value}) against"
            )
    return sentences


def _against_n(claim: Claim, subject: Subject, published: Published) -> Iterator[Finding]:
    """Where no column states units or periods, N is a multiple of either, gaps aside."""
    known = [
        (n, column)
        for column in subject.columns
        if (n := column.n) and _is_meant(column, subject, published)
    ]
    if known and claim.value > 0 and all(n % claim.value for n, _ in known):
        n, column = known[0]
        yield _finding(
            claim,
            "claim",
            "suspicious",
            implied=f"N {n} ({column.place})",
            reason=f"{n} observations are no multiple of {claim.value} {subject.quantity}",
            column=column,
        )


def _against_support(claim: Claim, subject: Subject, published: Published) -> Iterator[Finding]:
    """A threshold, or a value that a variable is said to have, lies within its range."""
    if not _ranged(subject):
        return
    names = subject.names
    if not names:  # the threshold variable that the tables have, where it is one
        variables = {threshold.variable for threshold in thresholds(published)}
        names = frozenset(variables if len(variables) == 1 else ())
    for name in sorted(names & published.described.keys()):
        outside = outside_support(published, name, claim.value)
        if outside is not None:
            what = "threshold" if subject.quantity else "value"
            yield _finding(
                claim,
                f"{what}_support",
                implied=outside[0],
                reason=f"{outside[1]}; {EMPTY_REGIME}" if subject.quantity else outside[1],
            )


def _ranged(subject: Subject) -> bool:
    """Whether the claim is about a place in the range of a variable."""
    return subject.quantity == "threshold" or (
        subject.quantity is None and len(subject.names) == 1 and not subject.names_columns
    )


def _subject(claim: Claim, published: Published) -> Subject:
    rest, columns = _columns(claim.about, published)
    names, rest = _names(rest, published)
    statistics = {name for column in published.tables for name in column.statistics}
    phrases = QUANTITIES | {name.casefold().replace("_", " "): name for name in statistics}
    quantity = _quantity(rest, phrases) or _quantity(_names(claim.text, published)[1], phrases)
    return Subject(quantity, names, columns or published.tables, bool(columns))


def _columns(about: str, published: Published) -> tuple[str, tuple[Column, ...]]:
    """The columns that `about` names ("Table 3 (4)", "3(4)", "Table 3"), and the words without."""
    taken = {key_of(name) for name in _known_names(published)} | QUANTITIES.keys()
    for pattern in (
        lambda c: (
            c.table
            and c.column
            and rf"(?:(?:tables?|表)\W*)?{_word(c.table)}[\W第]+"
            rf"(?:col(?:umn)?\W*)?{_word(c.column)}[)）]?列?"
        ),
        lambda c: c.table and rf"(?:tables?|表)\W*{_word(c.table)}",
        lambda c: c.model_key and key_of(c.model_key) not in taken and _word(c.model_key),
    ):
        patterns = [(column, pattern(column)) for column in published.tables]
        found = [(c, p) for c, p in patterns if p and re.search(p, about, re.IGNORECASE)]
        if found:
            rest = re.sub(found[0][1], " ", about, flags=re.IGNORECASE)
            return rest, tuple(column for column, _ in found)
    return about, ()


def _names(text: str, published: Published) -> tuple[frozenset[str], str]:
    """The variables and terms that a text names, the longest first, and the text without them."""
    found = set()
    for name in sorted(_known_names(published), key=lambda name: (-len(name), name)):
        if name.casefold() in QUANTITIES:
            continue
        text, count = re.subn(_word(name), " ", text, flags=re.IGNORECASE)
        if count:
            found.add(key_of(name))
    return frozenset(found), text


def _known_names(published: Published) -> set[str]:
    """Every variable and term of the file."""
    described = {row.variable for row in published.descriptives}
    terms = {term.term for _, term in published.all_terms()}
    return described | terms | {column.outcome for column in published.tables if column.outcome}


def _quantity(text: str, phrases: dict[str, str]) -> str | None:
    """The one quantity that a text names; None where there are two."""
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold())
    found = set()
    for phrase in sorted(phrases, key=lambda phrase: (-len(phrase), phrase)):
        words, count = re.subn(_word(phrase), " ", words)
        if count:
            found.add(phrases[phrase])
    return found.pop() if len(found) == 1 else None


def _word(text: str) -> str:
    """A pattern for a text that stands alone; a lag of it ("L1.x") is another thing.

    No blank parts Chinese from what stands beside it.
    """
    letter = rf"[^\W{HAN}]"
    before = rf"(?<!{letter})(?<!\b[LDF]\.)(?<!\b[LDF]\d\.)"
    return rf"{before}{re.escape(text)}(?!{letter})"


def _printed(subject: Subject, published: Published) -> list[Printed]:
    """The numbers of the tables that are what the claim is about."""
    match subject.quantity:
        case None:
            return []
        case "threshold":
            return [
                Printed(t.value, t.column.place, t.column)
                for t in thresholds(published)
                if t.column in subject.columns and t.variable in (subject.names or {t.variable})
            ]
        case "n":
            meant = [c for c in subject.columns if _is_meant(c, subject, published)]
            return [Printed(column.n, column.place, column) for column in meant if column.n]
        case "units" | "periods":
            return list(_counts(subject, published))
        case "coef" | "se":
            return list(_coefficients(subject))
        case quantity if quantity in DESCRIPTIVE:
            rows = [published.described[n] for n in subject.names if n in published.described]
            values = [(getattr(row, quantity), row) for row in rows]
            return [
                Printed(value, "descriptive statistics", term=row.variable)
                for value, row in values
                if len(rows) == 1 and value is not None
            ]
        case name:
            stated = [(column.statistics.get(name), column) for column in subject.columns]
            return [Printed(v, c.place, c) for v, c in stated if v is not None]


def _counts(subject: Subject, published: Published) -> Iterator[Printed]:
    """Units or periods, stated or from N; of the full sample unless a column is named."""
    what, other = ("units", "periods") if subject.quantity == "units" else ("periods", "units")
    for column in subject.columns:
        if not _is_meant(column, subject, published):
            continue
        counts, others = getattr(column, what), getattr(column, other)
        if counts:
            yield from (Printed(count, column.place, column) for count in counts)
        elif column.n is not None and len(others) == 1 and column.n % others[0] == 0:
            place = f"{column.place}: N {column.n} over {others[0]} {other}"
            yield Printed(column.n // others[0], place, column)


def _coefficients(subject: Subject) -> Iterator[Printed]:
    """Of the term that is named; a second name is that of the outcome."""
    for column in subject.columns:
        names = subject.names
        if len(names) > 1:
            if key_of(column.outcome or "") not in names:
                continue
            names = names - {key_of(column.outcome or "")}
        for term in column.terms:
            value = getattr(term, str(subject.quantity))
            if len(names) == 1 and term.key in names and value is not None:
                yield Printed(value, f"{column.place}, {term.term}", column, term.term)


def _is_meant(column: Column, subject: Subject, published: Published) -> bool:
    """Whether a claim about N, units or periods is about this column, or the full sample."""
    return subject.names_columns or column.n == published.full_n


def _other_sample(claim: Claim, subject: Subject, published: Published) -> str:
    """The claim may be about the sample of another column than the largest."""
    if subject.quantity != "n" or subject.names_columns:
        return ""
    column = next((column for column in published.tables if column.n == claim.value), None)
    return f"; it is the N of {column.place}, which the claim does not name" if column else ""


def _listed(printed: list[Printed]) -> str:
    """ "31 (Table 3 (1), Table 3 (2) and 8 more)"."""
    places: dict[str, list[str]] = {}
    for number in printed:
        places.setdefault(str(number.value), []).append(number.place)
    texts = []
    for value, found in places.items():
        shown = list(dict.fromkeys(found))
        more = f" and {len(shown) - 2} more" if len(shown) > 3 else ""
        texts.append(f"{value} ({', '.join(shown[:2] if more else shown)}{more})")
    return "; ".join(texts)


def _coincidence(claim: Claim, subject: Subject) -> str:
    """Errors and coefficients are easily taken for each other."""
    if subject.quantity not in ("coef", "se"):
        return ""
    other = "se" if subject.quantity == "coef" else "coef"
    twin = Subject(other, subject.names, subject.columns, subject.names_columns)
    for number in _coefficients(twin):
        if same(claim.value, number.value):
            what = "standard error" if other == "se" else "coefficient"
            return f"; {claim.value} is the {what} that is printed there"
    return ""


def _matches(claim: Claim, printed: Printed) -> bool:
    """Whether the two can be one number; a text may say 0.68 % where a table has 0.0068, and that
    something falls by what a table has with a minus.
    """
    values = [claim.value]
    if PERCENT.search(claim.text):
        values.append(claim.value / 100)
    if FALLS.search(claim.text):
        values += [-value for value in values]
    return any(same(value, printed.value) for value in values)


def _finding(
    claim: Claim,
    check: str,
    severity: Severity = "impossible",
    *,
    implied: str,
    reason: str,
    column: Column | None = None,
    term: str | None = None,
) -> Finding:
    return Finding(
        check=check,
        severity=severity,
        place=claim.place,
        printed=f"{claim.value} ({claim.text})",
        implied=implied,
        reason=reason,
        table=column.table if column else None,
        column=column.column if column else None,
        term=term,
    )
