"""The audit file: published tables, descriptive statistics and claims, as YAML or CSV.

Numbers are kept as they are printed: "0.030" says more about rounding than 0.03.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    WrapValidator,
    field_validator,
    model_validator,
)

from analytics.audit.findings import Finding, Severity
from analytics.audit.names import CONSTANTS, STATISTICS, heading_of_field, statistic_of, words_of
from analytics.audit.rounding import Below, Bounds
from analytics.errors import (
    PRINTED,
    SpecificationError,
    and_others,
    expected_instead,
    meant,
    misspelt_first,
    shown,
)
from analytics.panel_files import ENCODINGS, heading_of, require_distinct
from analytics.sections import Section
from analytics.written import PLAIN, plain_number
from analytics.yaml_text import SingleKeys, read_text, read_yaml

# "[0.94, 0.97]" below a table, and what its row is headed with
ENDS = re.compile(r"[\[(]\s*([^\s,;]+)\s*[,;]\s*([^\s,;]+?)\s*[\])]")
INTERVAL = re.compile(r"(\d+\s*%)?[\s_]*(confidence interval|c\.?i\b\.?|置信区间)", re.IGNORECASE)
LAG = re.compile(r"l(?:ag)?(\d*)\.", re.IGNORECASE)
BOUND = re.compile(r"\s*[(（\[]?\s*p?\s*[<＜≤]\s*(.+?)\s*[)）\]]?", re.IGNORECASE)
NUMBERED = re.compile(r"(?:第\s*)?\(?\s*([^()\s]+?)\s*\)?\s*列|\(\s*([^()]+?)\s*\)")
BRACKETS = re.compile(r"\((.*)\)|\[(.*)\]")
# A coefficient with its marks: stars, daggers, a plus or a raised letter, as legends have them
MARKED = re.compile(r"(.*[\d.)\]）］])\s*([*∗＊⁎﹡+＋†‡#][*∗＊⁎﹡+＋†‡#\s]*|[ᵃᵇᶜᵈ])")
# What LaTeX, HTML and Markdown put around marks, and LaTeX around a minus
MARKUP = re.compile(
    r"\$|(\\(sym|textsuperscript)?|\^)\{?(?=[*†‡])|<sup>(?=[*†‡])|(?<=[*†‡])(\}|</sup>)"
)
MARKS = str.maketrans("∗＊⁎﹡＋ᵃᵇᶜᵈ", "****+abcd")
UNMARKED = ("ns", "n.s.", "n.s")  # how some say that there is none
# Cells in which nothing is printed
EMPTY = {"-", "–", "—", "−", "/", "…", "...", ".", "na", "n/a", "n.a.", "null", "none", "nan"}
YES = {"yes", "y", "true", "是", "有", "控制", "已控制", "√", "✓", "✔"}
NO = {"no", "n", "false", "否", "无", "未控制", "不控制", "×", "✗"}
COUNTS = ("n", "units", "periods")
SIDES = ("low", "high")
LEVELS = (
    "`star_levels` are levels in descending order, as in [0.1, 0.05, 0.01], or those of each mark, "
    'as in {+: 0.1, "*": 0.05, "**": 0.01}'
)
LARGEST = 1e60  # in size: nobody prints more


def _text(value: Any) -> Any:
    """A number as the text that it is in a label."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return str(value) if is_number else value


def _label(value: Any) -> Any:
    """3 and "Table 3" are one table."""
    if not isinstance(value := _text(value), str):
        return value
    return re.sub(r"^(table\s+|表\s*(?=\d))", "", value.strip(), flags=re.I)


def _column(value: Any) -> Any:
    """ "(1)" and "第（1）列" are column 1."""
    if not isinstance(value, str):
        return value
    found = NUMBERED.fullmatch(unicodedata.normalize("NFKC", value).strip())
    return value if found is None else found[1] or found[2]


def _number(value: Any, info: ValidationInfo) -> Any:
    """A number copied from a page: a typographic minus, an error in brackets, 1,234, 5 %."""
    if isinstance(value, bool):
        raise ValueError(f"`{info.field_name}` is {shown(value)}; expected {PRINTED}")
    if not isinstance(value, str):
        return value
    text = plain_number(value)
    if (inside := BRACKETS.fullmatch(text)) is not None:
        text = plain_number(inside[1] or inside[2] or "")
    share = plain_number(text.removesuffix("%"))
    is_percent = share != text and PLAIN.fullmatch(share)
    return Decimal(share).scaleb(-2) if is_percent else text


def _stars(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return "*" * value
    if value is not None and not isinstance(value, str):
        raise ValueError(f"`stars` is {shown(value)}; expected '', '*', '**' or '***' (in quotes)")
    if value is None or value.strip().casefold() in UNMARKED:
        return value and ""
    return "".join(value.split()).translate(MARKS)


def _levels(value: Any) -> Any:
    """The levels of *, ** and ***, or of each mark: {+: 0.1, "*": 0.05}."""
    if not value or not isinstance(value, dict | list | tuple):
        raise ValueError(LEVELS)
    if isinstance(value, dict):
        return {_stars(mark): level for mark, level in value.items()}
    return {"*" * number: level for number, level in enumerate(value, start=1)}


def _or_nothing(value: Any) -> Any:
    """A cell, None where a page shows with a dash or dots that it is empty."""
    return None if isinstance(value, str) and value.strip().casefold() in EMPTY else value


def _said(name: Any, value: Any) -> str | None:
    """What a row says that has yes, no or another word for a number; None if it may have one."""
    text = str(value).strip()
    if text.casefold() in YES | NO:
        return str(name) if text.casefold() in YES else ""
    is_word = isinstance(value, str) and _or_nothing(value) and not re.search(r"\d|inf", text, re.I)
    return f"{name}: {text}" if is_word else None


def _several(value: Any) -> Any:
    """One number, or a list of the numbers that it may have been."""
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _or_bound(value: Any, number: Callable[[Any], Decimal]) -> Decimal:
    """A p-value may be printed as a bound."""
    found = BOUND.fullmatch(value) if isinstance(value, str) else None
    return number(value) if found is None else Below(number(found[1]))


Text = Annotated[str, BeforeValidator(_text)]
Label = Annotated[str, BeforeValidator(_label)]
Number = Annotated[Decimal, BeforeValidator(_number), Field(gt=-LARGEST, lt=LARGEST)]
PValue = Annotated[Number, WrapValidator(_or_bound)]
Count = Annotated[int, BeforeValidator(_number), Field(ge=1)]
Counts = Annotated[tuple[Count, ...], BeforeValidator(_several)]


def key_of(name: str) -> str:
    """The form in which names are compared: no case, no white space, one name of the constant."""
    name = re.sub(r"\s", "", name).casefold().replace("≤", "<=").replace("≥", ">=")
    return "const" if name in CONSTANTS else name


class Entry(Section):
    """A part of a table, whose cells may be empty."""

    @model_validator(mode="before")
    @classmethod
    def _with_empty_cells(cls, content: Any) -> Any:
        if not isinstance(content, dict):
            return content
        return {key: _or_nothing(value) for key, value in content.items()}


class Term(Entry):
    """A row of a regression table. `statistic` is t or z; `stars` None where nobody says."""

    term: Label
    coef: Number | None = None
    se: Number | None = None
    stars: Annotated[str | None, BeforeValidator(_stars)] = None
    statistic: Number | None = None
    p_value: PValue | None = None
    ci_low: Number | None = None  # of the 95 % interval
    ci_high: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def _stars_apart(cls, content: Any) -> Any:
        """ "0.402***" is a coefficient and its stars."""
        if not isinstance(content, dict) or not isinstance(content.get("coef"), str):
            return content
        coef = MARKUP.sub("", content["coef"]).strip()
        if (found := MARKED.fullmatch(coef)) is None:
            return {**content, "coef": coef}
        marks = _stars(found[2])
        if content.get("stars") and _stars(content["stars"]) != marks:
            raise ValueError(f"`coef` has {marks}, and `stars` {content['stars']}: keep one")
        return {**content, "coef": found[1], "stars": marks}

    @cached_property
    def key(self) -> str:
        """The name as it is compared."""
        return key_of(self.term)

    @cached_property
    def ratio(self) -> Bounds | None:
        """Coefficient over error; an error printed as 0.000 is small, not 0."""
        if self.coef is None or self.se is None or self.se < 0:
            return None
        return Bounds.of(self.coef) / Bounds.of(self.se)


class Column(Entry):
    """A column of a regression table.

    `model_key` is the same for columns that say they are one model. `units` and `periods` are
    those of the sample; a list where several numbers are possible.
    """

    table: Label | None = None
    column: Annotated[Label, BeforeValidator(_column)] | None = None
    model_key: Label | None = None
    outcome: Label | None = None
    estimator: str | None = None
    note: str | None = None
    n: Count | None = None
    units: Counts = ()
    periods: Counts = ()
    terms: tuple[Term, ...] = ()
    statistics: dict[str, PValue | None] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _words_apart(cls, content: Any) -> Any:
        """A row of words below a table ("Year FE: Yes") says what was estimated, as a note does."""
        rows = content.get("statistics") if isinstance(content, dict) else None
        if not isinstance(rows, dict):
            return content
        words = {
            name: said
            for name, value in rows.items()
            if (said := _said(name, value)) is not None
            and statistic_of(str(name)) not in STATISTICS
        }
        note = [str(content["note"])] if content.get("note") else []
        note += filter(None, words.values())
        numbers = {name: value for name, value in rows.items() if name not in words}
        return {**content, "statistics": numbers, "note": "; ".join(note) or None}

    @model_validator(mode="before")
    @classmethod
    def _counts_apart(cls, content: Any) -> Any:
        """A row "Observations" below a table is N of the column, as "Years" are its periods."""
        rows = content.get("statistics") if isinstance(content, dict) else None
        if not isinstance(rows, dict):
            return content
        counts = {
            name: (field, value)
            for name, value in rows.items()
            if (field := heading_of_field(str(name))) in COUNTS and _said(name, value) is None
        }
        content = {**content, "statistics": {k: v for k, v in rows.items() if k not in counts}}
        for field, value in counts.values():
            known = content.get(field) or value
            if _or_nothing(value) is not None and plain_number(str(known)) != plain_number(
                str(value)
            ):
                raise ValueError(f"`{field}` is {known}, and {value} under `statistics`: keep one")
            content[field] = known
        return content

    @model_validator(mode="before")
    @classmethod
    def _intervals_apart(cls, content: Any) -> Any:
        """A row "95% CI" with "[0.94, 0.97]" has two ends."""
        rows = content.get("statistics") if isinstance(content, dict) else None
        if not isinstance(rows, dict):
            return content
        found: dict[Any, Any] = {}
        for name, value in rows.items():
            ends = ENDS.fullmatch(unicodedata.normalize("NFKC", str(value)).strip())
            if ends is None or not INTERVAL.search(str(name)):
                found[name] = value
                continue
            stem = statistic_of(INTERVAL.sub("", str(name))).strip("_()")
            found |= {f"{stem}_ci_{end}".lstrip("_"): ends[1 + (end == "high")] for end in SIDES}
        return {**content, "statistics": found}

    @field_validator("statistics", mode="before")
    @classmethod
    def _names_agree(cls, statistics: Any) -> Any:
        """ "Hansen p" is `hansen_p`; stars behind a statistic are none of a coefficient."""
        if not isinstance(statistics, dict):
            return statistics
        found: dict[Any, Any] = {}
        for name, value in statistics.items():
            known = statistic_of(name) if isinstance(name, str) else name
            if known in found:
                raise ValueError(f"`statistics` lists `{known}` twice")
            marked = MARKED.fullmatch(value.strip()) if isinstance(value, str) else None
            found[known] = marked[1] if marked else _or_nothing(value)
        return found

    @cached_property
    def place(self) -> str:
        """ "Table 3 (1)"."""
        table = f"Table {self.table}" if self.table else "Table without a number"
        return f"{table} ({self.column})" if self.column else table

    @cached_property
    def said(self) -> str:
        """What the column says of what was estimated and on what."""
        return "; ".join(filter(None, (self.estimator, self.model_key, self.note)))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of that."""
        return words_of(self.said)

    @cached_property
    def is_winsorised(self) -> bool:
        """Whether the column says that its variables were winsorised."""
        return any(word.startswith("winsor") for word in self.words)

    @cached_property
    def regressors(self) -> dict[str, Term]:
        """The terms by key, without the constant."""
        return {term.key: term for term in self.terms if term.key != "const"}

    @cached_property
    def estimated(self) -> frozenset[str]:
        """The regressors that have a coefficient."""
        return frozenset(key for key, term in self.regressors.items() if term.coef is not None)

    @cached_property
    def prints_stars(self) -> bool:
        """Whether the column has stars at all: then a term without them is one that has none."""
        return any(term.stars for term in self.terms)

    @cached_property
    def lags(self) -> int:
        """The longest lag among the terms; each costs a period."""
        return max(
            (int(match[1] or 1) for t in self.terms if (match := LAG.match(t.term))), default=0
        )

    @cached_property
    def bounds(self) -> dict[str, Bounds]:
        """What the statistics below the table can have been."""
        return {name: Bounds.of(v) for name, v in self.statistics.items() if v is not None}

    def finding(
        self,
        check: str,
        severity: Severity,
        term: Term | None = None,
        *,
        printed: str,
        implied: str,
        reason: str,
    ) -> Finding:
        """A finding in this column, about one of its terms or about all of it."""
        return Finding(
            check=check,
            severity=severity,
            place=f"{self.place}, {term.term}" if term else self.place,
            printed=printed,
            implied=implied,
            reason=reason,
            table=self.table,
            column=self.column,
            term=term.term if term else None,
        )


class Described(Entry):
    """A row of the table of descriptive statistics; sd divides by n - 1."""

    variable: Label
    mean: Number | None = None
    sd: Number | None = None
    median: Number | None = None
    min: Number | None = None
    max: Number | None = None
    n: Count | None = None


class Claim(Section):
    """A number in the text, where it stands, and which number of the tables it is about."""

    text: str
    place: Text
    value: Number
    about: Text


class Published(Section):
    """What was published. `star_levels` has the level of each mark, the weakest first."""

    tables: tuple[Column, ...] = ()
    descriptives: tuple[Described, ...] = ()
    claims: tuple[Claim, ...] = ()
    star_levels: Annotated[dict[str, float], BeforeValidator(_levels)] = Field(
        default_factory=lambda: _levels([0.1, 0.05, 0.01])
    )

    @field_validator("star_levels")
    @classmethod
    def _weakest_first(cls, marks: dict[str, float]) -> dict[str, float]:
        """The marks by level; more stars have a smaller one."""
        marks = dict(sorted(marks.items(), key=lambda entry: -entry[1]))
        levels, stars = list(marks.values()), [mark for mark in marks if not mark.strip("*")]
        is_one_each = len(set(levels)) == len(levels) and 0 < levels[-1] <= levels[0] < 1
        if not is_one_each or stars != sorted(stars):
            raise ValueError(LEVELS)
        return marks

    @model_validator(mode="after")
    def _knows_marks(self) -> Self:
        for column, term in self.all_terms():
            if (term.stars or "").strip("*") and term.stars not in self.star_levels:
                raise ValueError(
                    f"{column.place}, {term.term}: `stars` is {shown(term.stars)}, whose level "
                    'nobody says: add it, as in star_levels: {+: 0.1, "*": 0.05, "**": 0.01}'
                )
        return self

    @model_validator(mode="after")
    def _says_each_once(self) -> Self:
        sizes: dict[str, int] = {}
        for column in (each for each in self.tables if each.n and each.table and each.column):
            if sizes.setdefault(column.place, column.n or 0) != column.n:
                raise ValueError(
                    f"{column.place} has two values of `n`, {sizes[column.place]} and {column.n}: "
                    "keep one"
                )
        for name, times in Counter(key_of(row.variable) for row in self.descriptives).items():
            if times > 1:
                raise ValueError(
                    f"`descriptives` lists `{name}` twice; keep the row of the sample of the tables"
                )
        return self

    @cached_property
    def described(self) -> dict[str, Described]:
        """The descriptive statistics by key of the variable."""
        return {key_of(row.variable): row for row in self.descriptives}

    @cached_property
    def full_n(self) -> int | None:
        """The observations of the full sample, taken to be the most that a column has."""
        return max((column.n for column in self.tables if column.n), default=None)

    def rank_of(self, marks: str | None) -> int:
        """Which of the levels the marks of a term stand for, from 1; one more than there are for
        more stars than any level has, and 0 without marks.
        """
        known = ["", *self.star_levels]
        return known.index(marks or "") if (marks or "") in known else len(known)

    def all_terms(self) -> Iterator[tuple[Column, Term]]:
        """Every term with its column."""
        return ((column, term) for column in self.tables for term in column.terms)


def load_published(path: Path) -> Published:
    """Read an audit file, YAML or CSV (by its suffix).

    Raises SpecificationError naming the file, the place and the mend.
    """
    try:
        if path.suffix.lower() == ".csv":
            return parse_published(_csv(read_text(path, ENCODINGS)))
        return parse_published(read_yaml(read_text(path), _AsPrinted))
    except SpecificationError as error:
        raise SpecificationError(f"{path}: {error}") from None


def parse_published(content: Any) -> Published:
    """Check the content of an audit file (mappings and lists, as YAML gives them)."""
    if not isinstance(content, dict):
        raise SpecificationError(
            "expected a mapping with the keys `tables`, `descriptives` and `claims`"
        )
    try:
        return Published.model_validate(content)
    except ValidationError as error:
        raise SpecificationError(_sentence(error, content)) from None


class _AsPrinted(SingleKeys):
    """Keeps the digits of a number: 0.030 is not 0.03."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal | float:
    try:
        return Decimal(node.value)
    except InvalidOperation:  # .inf, .nan: the check of the format refuses them
        return loader.construct_yaml_float(node)


_AsPrinted.add_constructor("tag:yaml.org,2002:float", _decimal)


def _csv(text: str) -> dict[str, Any]:
    """One row a term; what is said of a column stands in one of its rows, or in all of them."""
    separator, headings, _ = heading_of(io.StringIO(text))
    if not {"term", "coef"} & set(map(heading_of_field, headings)):
        raise SpecificationError(
            "no column is headed `term` or `coef`: a CSV has one row a term of one column of a "
            "table, headed table, column, term, coef, se and so on; write a table as it is printed "
            "in YAML, column by column"
        )
    while headings and not headings[-1].strip():  # as spreadsheets save empty columns
        headings.pop()
    fields = _fields(headings)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    rows = (row for row in reader if any(cell.strip() for cell in row))
    next(rows)  # the headings
    columns: dict[tuple[str | None, str | None], dict[str, Any]] = {}
    for row in rows:
        line = reader.line_num
        if len(row) < len(fields) or any(map(str.strip, row[len(fields) :])):
            raise SpecificationError(f"row {line}: expected {len(fields)} cells, as the header has")
        cells = dict(zip(fields, map(str.strip, row), strict=False))
        key = cells.get("table") or None, cells.get("column") or None
        _add(columns.setdefault(key, {"terms": [], "statistics": {}}), cells, line)
    return {"tables": list(columns.values())}


def _fields(headings: list[str]) -> list[str]:
    """The fields that the columns of a CSV fill."""
    fields = [_field(name) for name in headings]
    require_distinct(fields)
    for needed in ("term", "coef"):
        if needed not in fields:
            raise SpecificationError(f"the column `{needed}` is missing")
    return fields


def _add(entry: dict[str, Any], cells: dict[str, str], line: int) -> None:
    """Add what a row says to its column of the table: a term, and what it says of the column."""
    given = {field: text for field, text in cells.items() if text}
    if term := {f: given[f] for f in Term.model_fields if f in given}:
        if "term" not in term:
            raise SpecificationError(
                f"row {line}: the cell of `term` is empty: what is printed below a coefficient "
                "stands in its row, under se, statistic or p_value"
            )
        entry["terms"].append({f: c for f, c in cells.items() if f == "stars"} | term)
    for field in given.keys() - Term.model_fields.keys():
        part = entry["statistics"] if field in STATISTICS else entry
        if field == "note":
            part[field] = "; ".join(filter(None, (part.get(field), given[field])))
        elif part.setdefault(field, given[field]) != given[field]:
            raise SpecificationError(
                f"row {line}: `{field}` is {given[field]}, and {part[field]} in another row "
                "of the same table and column"
            )


def _field(name: str) -> str:
    """The field that a CSV column fills."""
    field = heading_of_field(name)
    known = [*Term.model_fields, *Column.model_fields, *STATISTICS]
    if field not in known or field in ("terms", "statistics"):
        raise SpecificationError(f"unknown column `{name}`; {_mend(field, known)}")
    return field


def _mend(key: str, known: list[str]) -> str:
    return meant(key, known) or f"known: {', '.join(known)}"


def _sentence(error: ValidationError, content: dict[str, Any]) -> str:
    """The first problem in one sentence that names the place, and how many more there are."""
    problems = misspelt_first(error.errors())
    first = problems[0]
    place, section = _place(first["loc"], content)
    names = [part for part in first["loc"] if isinstance(part, str) and part != "[key]"]
    key = names[-1] if names else ""
    match first["type"]:
        case "extra_forbidden":
            text = f"unknown key `{key}`; {_mend(key, list(section.model_fields))}"
        case "missing":
            text = f"the key `{key}` is missing"
        case "value_error":
            text = str(first["ctx"]["error"])
        case "tuple_type":
            text = f"`{key}` is {shown(first['input'])}; expected a list"
        case "model_type":
            text = f"`{first['input']}` is no entry; expected a mapping, as in {{term: x, coef: 1}}"
        case _:
            text = f"`{key}` is {shown(first['input'])}; expected {expected_instead(first)}"
    return and_others(f"{place}{text}", problems)


def _place(loc: tuple[int | str, ...], content: Any) -> tuple[str, type[Section]]:
    """("table 3, column 1, term x: ", Term) for ("tables", 0, "terms", 0, "coef")."""
    kinds: dict[int | str, type[Section]] = {
        "tables": Column,
        "descriptives": Described,
        "claims": Claim,
        "terms": Term,
    }
    named_by: dict[type[Section], tuple[str, ...]] = {
        Column: ("table", "column"),
        Described: ("variable",),
        Claim: ("place",),
    }
    section: type[Section] = Published
    words: list[str] = []
    for part, index in pairwise(loc):
        if part not in kinds or not isinstance(index, int):
            continue
        section, content = kinds[part], content[part][index]
        names = named_by.get(section, ("term",))
        given = content if isinstance(content, dict) else {}
        found = [f"{name} {given[name]}" for name in names if given.get(name) is not None]
        words += found or [f"entry {index + 1} of {part}"]
    return f"{', '.join(words)}: " if words else "", section
