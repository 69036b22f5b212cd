"""What an industry's code says: the divisions of ISIC that it spans, and which sets it belongs to.

A table names its industries by sections and divisions, each edition with marks of its own: `C26`,
`58T60`, `J62_63`, `C302T309`, `15t16`, `C30T33XCEQ`. An industry belongs to a set if all of its
divisions do; a set of which a table keeps no industry apart is not there.
"""

import re
from collections.abc import Mapping, Sequence

# Revision 4; the letters of revision 3 mean other divisions
_SECTIONS = {
    "A": (1, 3),
    "B": (5, 9),
    "C": (10, 33),
    "D": (35, 35),
    "E": (36, 39),
    "F": (41, 43),
    "G": (45, 47),
    "H": (49, 53),
    "I": (55, 56),
    "J": (58, 63),
    "K": (64, 66),
    "L": (68, 68),
    "M": (69, 75),
    "N": (77, 82),
    "O": (84, 84),
    "P": (85, 85),
    "Q": (86, 88),
    "R": (90, 93),
    "S": (94, 96),
    "T": (97, 98),
    "U": (99, 99),
}
_DIVISIONS = re.compile(r"(\d{2})\d?(?:[Tt-][A-U]?(\d{2})\d?)?")
_OF_REVISION_3 = re.compile(r"AtB|\d{2}t\d{2}|C(?:0\d|[4-9]\d).*")
_COMPUTERS_3 = {30, 32, 33}  # what became division 26
_SETS: Mapping[str, tuple[set[int], set[int]]] = {
    "ict_goods": ({26}, _COMPUTERS_3),
    "ict_services": ({61, 62, 63}, {64, 72}),
    "information": ({*range(58, 64)}, set()),
    "digitally_deliverable": ({*range(58, 67), *range(69, 83)}, set()),
    "digital": ({26, 61, 62, 63}, {*_COMPUTERS_3, 64, 72}),
    "manufacturing": ({*range(10, 34)}, {*range(15, 38)}),
}


def divisions(code: str) -> set[int]:
    """The divisions that a code names, or those of its sections."""
    spans = [(int(first), int(last or first)) for first, last in _DIVISIONS.findall(code)]
    if not spans and re.fullmatch(r"[A-U](?:_[A-U])*", code):
        spans = [_SECTIONS[section] for section in code.split("_")]
    return {division for first, last in spans for division in range(first, last + 1)}


def sets(codes: Sequence[str]) -> dict[str, list[bool]]:
    """Which industries, by their codes, belong to each set that a table keeps apart."""
    is_third = any(_OF_REVISION_3.fullmatch(code) for code in codes)
    found = {
        name: [bool(spanned := divisions(code)) and spanned <= members[is_third] for code in codes]
        for name, members in _SETS.items()
    }
    return {name: are_members for name, are_members in found.items() if any(are_members)}
