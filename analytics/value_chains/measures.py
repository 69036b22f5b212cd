"""Every measure with its unit, formula and author, of measures.csv: all else is made of them."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEVEL = "million USD"
NOTATION = (
    "Z intermediate and Y final sales, x output, A = Z x̂⁻¹, B = (I - A)⁻¹, L the inverse of the "
    "domestic blocks of A, A_F the rest of A, v = u - uA value added in a unit of output (1 "
    "without output), e exports, E_sr those to r; s exporter, r importer, t and w others; B^{s̸} "
    "the inverse after the exports of s are cut from A, Y^{s̸} final demand without them; y_D "
    "final sales at home; û a diagonal matrix."
)


@dataclass(frozen=True)
class Measure:
    """What a column means. `unit` is that of a table in millions of dollars."""

    name: str
    unit: str
    formula: str
    text: str
    text_zh: str
    author: str
    year: int | None = None
    equation: str | None = None

    @property
    def source(self) -> str:
        """Author, year and equation."""
        place = f", equation {self.equation}" if self.equation else ""
        return f"{self.author} ({self.year}){place}" if self.year else self.author

    @property
    def made_of(self) -> tuple[str, ...]:
        """The measures that its formula names."""
        named = dict.fromkeys(re.findall(r"[a-z_0-9]+", self.formula))
        return tuple(name for name in named if name in MEASURES)

    @property
    def part_of(self) -> str | None:
        """The measure that it is a part of."""
        return next((whole for whole, part in _PARTS.items() if part.fullmatch(self.name)), None)

    @property
    def origin(self) -> str | None:
        """Whose value added it is the sum of: `own` or `foreign` in its exports, own `abroad`."""
        return _ORIGINS.get(self.name)


_PARTS = {
    "dva_content": re.compile("kww_[1-6]|dva_direct|dva_indirect|dva_reimported|vax|bm_dva|bm_ddc"),
    "fva_content": re.compile("kww_[7-9]|bm_fva"),
    "bm_dva": re.compile("bm_davax|bm_ref"),
    "exports": re.compile("exports_intermediate|exports_final"),
}
_ORIGINS = {"dva_content": "own", "fva_content": "foreign", "iv_unctad": "abroad"}


# Author, year and equation, by what measures.csv calls them
_SOURCES: dict[str, tuple[Any, ...]] = {
    "oecd": ("OECD, Trade in Value Added indicators", 2023),
    "kww": ("Koopman, Wang and Wei, American Economic Review 104(2)", 2014, "36"),
    "kpww": ("Koopman, Powers, Wang and Wei, NBER 16426", 2010),
    "bm": ("Borin and Mancini, World Bank Policy Research Working Paper 8804", 2019),
    "bm_sink": ("Borin and Mancini, Economic Systems Research 35(4)", 2023),
    "wang": ("Wang, Wei, Yu and Zhu, NBER 23222", 2017),
    "wang_length": ("Wang, Wei, Yu and Zhu, NBER 23261", 2017),
    "up": ("Antràs, Chor, Fally and Hillberry, American Economic Review 102(3)", 2012),
    "down": ("Antràs and Chor, Econometrica 81(6)", 2013),
    "accounts": ("identity of the table",),
    "jn": ("Johnson and Noguera, Journal of International Economics 86(2)", 2012),
    "unctad": ("UNCTAD, Global Value Chains and Development", 2013),
}
# Sets of industries whose value added in exports is measured; `digital` is what the study's
# alternative treatment takes
SETS = {
    "ict_goods": ("computers and electronics", "计算机和电子产品"),
    "ict_services": ("telecommunication and computing services", "电信和计算机服务"),
    "information": (
        "publishing, broadcasting, telecommunication and computing services",
        "出版、广播、电信和计算机服务",
    ),
    "digitally_deliverable": (
        "services that can be delivered over networks",
        "可数字化交付服务",
    ),
    "digital": (
        "computers and electronics, telecommunication and computing services",
        "计算机和电子产品、电信和计算机服务",
    ),
    "manufacturing": ("manufactures", "制成品"),
}
BY_PARTNER = "manufacturing"  # the set whose sales are measured by partner, too


def _declared() -> Iterator[Measure]:
    """The measures of measures.csv; those of a `{set}` once a set, after all others."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as lines:
        rows = [list(row.values()) for row in csv.DictReader(lines)]
    of_sets = [row for row in rows if row[0].startswith("{set}")]
    yield from (_measure(row) for row in rows if row not in of_sets)
    for name, (text, text_zh) in SETS.items():
        said = {"{set}": name, "{industries}": text, "{industries_zh}": text_zh}
        yield from (_measure([_filled(part, said) for part in row]) for row in of_sets)


def _measure(row: Sequence[str]) -> Measure:
    name, unit, formula, text, text_zh, source = row
    return Measure(name, unit, formula, text, text_zh, *_SOURCES[source])


def _filled(text: str, said: Mapping[str, str]) -> str:
    """A text with what stands for its places; a formula has braces of its own."""
    for place, words in said.items():
        text = text.replace(place, words)
    return text


MEASURES: dict[str, Measure] = {measure.name: measure for measure in _declared()}

_OF_INDUSTRIES_ALONE = {"upstreamness", "downstreamness"}
_OF_PARTNERS_ALONE = {
    name
    for name in MEASURES
    if name.endswith(("_sink", "domestic_sales")) or name == f"{BY_PARTNER}_exports"
}
# The columns of each table in their order
COLUMNS: dict[str, tuple[str, ...]] = {
    "country": tuple(
        name for name in MEASURES if name not in _OF_INDUSTRIES_ALONE | _OF_PARTNERS_ALONE
    ),
    "industry": tuple(
        name
        for name in MEASURES
        if name in _OF_INDUSTRIES_ALONE
        or (
            name.startswith(("exports", "dva_", "fva_content", "value_added", "wang_"))
            and name not in ("dva_share",)
        )
        or name == "output"
    ),
    "partner": tuple(
        name
        for name in MEASURES
        if name in _OF_PARTNERS_ALONE
        or (name.startswith(("exports", "bm_")) and "_gvc_" not in name)
        or name in ("dva_content", "fva_content")
    ),
    "origin": ("value_added",),
}
