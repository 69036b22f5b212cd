"""What an industry's code says: the divisions of ISIC that it spans, and which sets it belongs to.

A table names its industries by sections and divisions, each edition with marks of its own: `C26`,
`58T60`, `J62_63`, `C302T309`, `15t16`, `C30T33XCEQ`. An industry belongs to a set if all of its
divisions do; a set of which a table keeps no industry apart is not there.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# The first division of each section A, B … by revision
_SECTIONS = {
    3: (1, 5, 10, 15, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 99),
    4: (1, 5, 10, 35, 36, 41, 45, 49, 55, 58, 64, 68, 69, 77, 84, 85, 86, 90, 94, 97, 99),
}
_DIVISIONS = re.compile(r"(\d{2})\d?(?:[Tt-][A-U]?(\d{2})\d?)?")
_RANGE_OF_SECTIONS = re.compile(r"([A-U])(?:.*[t_]([A-U]))?")
_OF_REVISION_3 = re.compile(r"AtB|\d{2}t\d{2}|C(?:0\d|[4-9]\d).*|c\d")
# The 35 industries of WIOD's release of 2013 and of the Asian Development Bank, by their numbers:
# c26 is no division 26
_NUMBERED = (
    *("AtB", "C", "15t16", "17t18", "19", "20", "21t22", "23", "24", "25", "26", "27t28", "29"),
    *("30t33", "34t35", "36t37", "E", "F", "50", "51", "52", "H", "60", "61", "62", "63", "64"),
    *("J", "70", "71t74", "L", "M", "N", "O", "P"),
)
_BY_NUMBER = {f"c{number}": code for number, code in enumerate(_NUMBERED, start=1)}
_COMPUTERS_3 = {30, 32, 33}  # what became division 26
# The divisions of each set by revision
_SETS: Mapping[str, Mapping[int, set[int]]] = {
    "ict_goods": {4: {26}, 3: _COMPUTERS_3},
    "ict_services": {4: {61, 62, 63}, 3: {64, 72}},
    "information": {4: {*range(58, 64)}, 3: set()},
    "digitally_deliverable": {4: {*range(58, 67), *range(69, 83)}, 3: set()},
    "digital": {4: {26, 61, 62, 63}, 3: {*_COMPUTERS_3, 64, 72}},
    "manufacturing": {4: {*range(10, 34)}, 3: {*range(15, 38)}},
}


@dataclass(frozen=True)
class Industry:
    """An industry by its code; without divisions it has no name, and belongs to no set."""

    code: str
    revision: int

    @property
    def divisions(self) -> set[int]:
        """The divisions of its revision that the code names, or those of its sections."""
        code = _BY_NUMBER.get(self.code, self.code) if self.revision == 3 else self.code
        spans = [(int(first), int(last or first)) for first, last in _DIVISIONS.findall(code)]
        if not spans and (sections := _RANGE_OF_SECTIONS.fullmatch(code)):
            spans = self._span(sections[1], sections[2] or sections[1])
        return set().union(*(_known(self.revision, first, last) for first, last in spans))

    def _span(self, first: str, last: str) -> list[tuple[int, int]]:
        """The divisions from one section to another, none for a letter that is no section."""
        starts = [*_SECTIONS[self.revision], 100]
        places = [ord(letter) - ord("A") for letter in (first, last)]
        if max(places) + 1 >= len(starts):
            return []
        return [(starts[places[0]], starts[places[1] + 1] - 1)]

    @property
    def names(self) -> tuple[str | None, str | None]:
        """Its English and Chinese name, or those of the fewest industries that make it up."""
        found, left = [], sorted(self.divisions)
        while left:
            last, names = max(
                (last, names)
                for (revision, first, last), names in _names().items()
                if (revision, first) == (self.revision, left[0]) and self._holds(first, last)
            )
            found.append(names)
            left = [division for division in left if division > last]
        if not found:
            return None, None
        english, chinese = zip(*found, strict=True)
        return "; ".join(english), "；".join(chinese)

    def _holds(self, first: int, last: int) -> bool:
        """Whether all divisions from one to another are its own."""
        return _known(self.revision, first, last) <= self.divisions

    def is_of(self, members: Mapping[int, set[int]]) -> bool:
        """Whether all of its divisions are of these, by revision."""
        return bool(self.divisions) and self.divisions <= members[self.revision]

    @property
    def flags(self) -> dict[str, bool]:
        """Whether it is of each set."""
        return {name: self.is_of(of) for name, of in _SETS.items()}


def industries(codes: Sequence[str]) -> list[Industry]:
    """The industries of a table, which are all of one revision of ISIC."""
    revision = 3 if any(_OF_REVISION_3.fullmatch(code) for code in codes) else 4
    return [Industry(code, revision) for code in codes]


def sets(codes: Sequence[str]) -> dict[str, list[bool]]:
    """Which industries, by their codes, belong to each set that a table keeps apart."""
    flags = {each.code: each.flags for each in industries(list(dict.fromkeys(codes)))}
    found = {name: [flags[code][name] for code in codes] for name in _SETS}
    return {name: are_members for name, are_members in found.items() if any(are_members)}


@cache
def _known(revision: int, first: int, last: int) -> frozenset[int]:
    """The divisions of a revision that there are from one to another."""
    return frozenset(one for of, one, _ in _names() if of == revision and first <= one <= last)


@cache
def _names() -> dict[tuple[int, int, int], tuple[str, str]]:
    """English and Chinese names by revision, first and last division."""
    with (Path(__file__).parent / "divisions.csv").open(encoding="utf-8", newline="") as stream:
        return {
            (int(row["revision"]), int(row["first"]), int(row["last"])): (
                row["name_en"],
                row["name_zh"],
            )
            for row in csv.DictReader(stream)
        }
