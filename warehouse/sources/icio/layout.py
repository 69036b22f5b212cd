"""What the labels of an inter-country table say: industries, final demand, printed totals.

A table is known by its look: the rows that have a column of the same label are its industries;
columns after them that name a country are its final demand; the rest is printed totals. Nothing
hangs on an edition.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from warehouse.contract.cells import address, column_letters
from warehouse.contract.errors import Rejected
from warehouse.sources.icio.economies import country_of
from warehouse.sources.icio.headings import printed_totals, side_keys

SEPARATORS = "_.|:-/ "
_OUTPUT = {"OUT", "OUTPUT", "GO", "TOTAL", "TOT", "X", "P1"}
# Of inputs, of which a table without them says as much
_TOTAL_INPUTS = {"II_FOB", "II", "TOTAL_INTERMEDIATE"}
_VALUE_ADDED = re.compile(
    r"(?:[A-Z]\w{1,2}_)?(?:VA\+TAXSUB|VA|VALU|VALUE_ADDED|TLS|TAXSUB|TXSP|EXP_ADJ|PURR|PURNR|INTTTM|"
    r"D1|D21X31|D29X39|OP_RES|OP_NRES|B2A3G|B1G)"
)
_TOTAL_COLUMNS = {*_OUTPUT, "DISC", "DISCREPANCY"}
_NUMBERED = re.compile(r"([A-Za-z]{3})(\d+)")


@dataclass(frozen=True)
class Layout:
    """Where the parts of a table are; rows and columns count from 0, the heading is row 0.

    `homes` is the country of each industry, `parts` as whose the table prints it.
    `final_homes` is the country of each column of final demand.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    parts: tuple[str, ...]
    homes: tuple[str, ...]
    industries: tuple[str, ...]
    final_columns: tuple[int, ...]
    final_homes: tuple[str, ...]
    output_rows: tuple[int, ...]
    value_added_rows: tuple[int, ...]
    output_columns: tuple[int, ...]

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries in the order of the rows."""
        return tuple(dict.fromkeys(self.homes))


def leading_columns(header: Sequence[str]) -> int:
    """How many columns of labels stand before the numbers."""
    if _is_numbered(header):
        return _first_numbered(header)
    return next((n for n, name in enumerate(header) if n and name.strip()), 1)


def _first_numbered(header: Sequence[str]) -> int:
    return next((n for n, name in enumerate(header) if _NUMBERED.fullmatch(name.strip())), 0)


def look(
    header: Sequence[str], sides: Sequence[Sequence[str]], separator: str | None = None
) -> Layout:
    """The layout of a table from its heading and the labels at the side of its rows.

    `sides` has the leading cells of each row below the heading, none of a blank line.
    Raises Rejected that names the label which is missing or unknown.
    """
    names = [name.strip() for name in header]
    keys, codes = _keys(header, sides, separator)
    lead = leading_columns(header)
    places = _places(names[lead:], lead)
    totals = {name for name in places if name.upper() in _TOTAL_COLUMNS}
    industries = {
        row: key for row, key in enumerate(keys, start=1) if key in places and key not in totals
    }
    _check_rows(keys, industries)
    columns = {places[key]: key for key in industries.values()}
    split = _splitter(names, list(columns.values()), _is_numbered(header), separator)
    split = _turned(split, columns, [name for name in names[max(columns) :] if name not in totals])
    parts, own_codes = zip(*map(split, industries.values()), strict=True)
    homes = tuple(map(country_of, parts))
    final = _final(names, columns, totals, split, set(homes), set(own_codes))
    accounts = {row: key.upper() for row, key in enumerate(keys, start=1) if row not in industries}
    return Layout(
        rows=tuple(industries),
        columns=tuple(columns),
        parts=parts,
        homes=homes,
        industries=tuple(codes.get(row, code) for row, code in zip(industries, own_codes)),
        final_columns=tuple(final),
        final_homes=tuple(final.values()),
        output_rows=tuple(row for row, name in accounts.items() if name in _OUTPUT),
        value_added_rows=tuple(
            row for row, name in accounts.items() if _VALUE_ADDED.fullmatch(name)
        ),
        output_columns=tuple(places[name] for name in totals if name.upper() in _OUTPUT),
    )


def _is_numbered(header: Sequence[str]) -> bool:
    """Whether country and number stand at the side, and both in one as headings (WIOD 2016)."""
    leading = {name.strip().lower() for name in header[: _first_numbered(header)]}
    return {"industrycode", "country", "rnr"} <= leading


def _keys(
    header: Sequence[str], sides: Sequence[Sequence[str]], separator: str | None
) -> tuple[list[str], dict[int, str]]:
    """What each row is called as a column, and the codes that rows bear besides."""
    if not _is_numbered(header):
        if leading_columns(header) > 1:
            return side_keys(sides, header, separator), {}
        keys = [side[0].strip() if side else "" for side in sides]
        return [
            key if key in header else printed_totals().get(key.casefold(), key) for key in keys
        ], {}
    lead = _first_numbered(header)
    place = {name.strip().lower(): number for number, name in enumerate(header[:lead])}
    keys, codes = [], {}
    for row, side in enumerate(sides, start=1):
        code, country, number = (
            side[place[name]].strip() if side else "" for name in ("industrycode", "country", "rnr")
        )
        is_industry = country and country.upper() not in _TOTAL_COLUMNS
        keys.append(f"{country}{number.removesuffix('.0')}" if is_industry else code)
        codes[row] = code
    return keys, codes


def _places(names: Sequence[str], lead: int) -> dict[str, int]:
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if twice:
        raise Rejected(f"has two columns `{twice[0]}`: name each industry of each country once")
    return {name: column for column, name in enumerate(names, start=lead) if name}


def _is_account(key: str) -> bool:
    name = key.upper()
    return name in _OUTPUT | _TOTAL_INPUTS or bool(_VALUE_ADDED.fullmatch(name))


def _check_rows(keys: Sequence[str], industries: dict[int, str]) -> None:
    if not industries:
        raise Rejected(
            "has no row with the label of a column in its first line: expected the industries of "
            "each country down and across, each as country and code such as CHN_C26"
        )
    twice = [key for key, count in Counter(industries.values()).items() if count > 1]
    if twice:
        raise Rejected(f"has two rows `{twice[0]}`: keep one row for each industry of a country")
    for row, key in enumerate(keys, start=1):
        if key and row not in industries and not _is_account(key):
            raise Rejected(
                f"has in {address(row, 0)} a row `{key}` that is no column: add its column, name "
                "it VA (value added), TLS (taxes less subsidies) or OUT (output), or, if sellers "
                "stand across and buyers down, transpose the table"
            )


@dataclass(frozen=True)
class _Split:
    """A label into country and code at the first separator, or before the digits.

    Or, where the country comes last, into code and country at the last separator.
    """

    separator: str | None
    is_country_last: bool = False

    def __call__(self, label: str) -> tuple[str, str]:
        if self.separator is None:
            found = _NUMBERED.fullmatch(label)
            assert found is not None  # so they were chosen
            return found[1], found[2]
        if self.is_country_last:
            code, _, country = label.rpartition(self.separator)
        else:
            country, _, code = label.partition(self.separator)
        return country.strip(), code.strip()


def _splitter(
    names: Sequence[str], industries: Sequence[str], is_numbered: bool, declared: str | None
) -> _Split:
    if is_numbered:
        return _Split(None)
    for separator in [declared] if declared else SEPARATORS:
        if all(0 < label.find(separator) < len(label) - 1 for label in industries):
            return _Split(separator)
    lacking = next(
        (label for label in industries if (declared or SEPARATORS[0]) not in label[1:-1]),
        industries[0],
    )
    raise Rejected(
        f"has in {column_letters(names.index(lacking) + 1)}1 an industry `{lacking}` that does not "
        f"tell its country: write country and code with `{declared or SEPARATORS[0]}` between "
        "them, or declare their `separator`"
    )


def _turned(split: _Split, columns: dict[int, str], final: Sequence[str]) -> _Split:
    """The split with the country last, if so alone every column of final demand has one."""
    last = replace(split, is_country_last=split.separator is not None)
    for each in (split, last):
        countries = {country_of(each(label)[0]) for label in columns.values()}
        if all(_of_final(name, each, countries)[0] for name in final if name):
            return each
    return split


def _final(
    names: Sequence[str],
    columns: dict[int, str],
    totals: set[str],
    split: _Split,
    countries: set[str],
    codes: set[str],
) -> dict[int, str]:
    """The country of each column of final demand."""
    found: dict[int, str] = {}
    kinds: dict[str, set[str]] = {}
    for column, name in enumerate(names):
        if column < min(columns) or column in columns or name in totals or not name:
            continue
        home, kind = _of_final(name, split, countries)
        if home is None or kind in codes or column < max(columns):
            raise Rejected(
                f"has in {column_letters(column + 1)}1 a column `{name}` that is no row, nor final "
                "demand of a country that has rows: add its row, name it by country and kind such "
                "as CHN_HFCE, or, if it is a total, leave it out or name it OUT (output)"
            )
        found[column] = home
        kinds.setdefault(home, set()).add(kind)
    _check_final(kinds, countries)
    return found


def _of_final(name: str, split: _Split, countries: set[str]) -> tuple[str | None, str]:
    """The country and the kind of final demand: `CHN_HFCE`, `HFCE_CHN`, `CHN57` or `CHN`."""
    if country_of(name) in countries:
        return country_of(name), ""
    if split.separator is None:
        country, kind = split(name) if _NUMBERED.fullmatch(name) else (name, "")
        return (country_of(country) if country_of(country) in countries else None), kind
    for separator in dict.fromkeys([split.separator, *SEPARATORS]):
        before, after = _stripped(name.partition(separator))
        if country_of(before) in countries:
            return country_of(before), after
        before, after = _stripped(name.rpartition(separator))
        if country_of(after) in countries:
            return country_of(after), before
    return None, name


def _stripped(parted: tuple[str, str, str]) -> tuple[str, str]:
    before, _, after = parted
    return before.strip(), after.strip()


def _check_final(kinds: dict[str, set[str]], countries: set[str]) -> None:
    every = set().union(*kinds.values()) if kinds else set()
    for country in sorted(countries):
        if country not in kinds:
            raise Rejected(
                f"has no column of final demand of {country}: add one such as {country}_HFCE"
            )
        if lacking := sorted(every - kinds[country]):
            raise Rejected(
                f"has no final demand `{lacking[0]}` of {country}, which it has of others: add the "
                "column, with 0 where nothing is used"
            )
