"""Finding data by the names that stand in the files, in Chinese or English, however spelt."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from warehouse.contract.labels import has_chinese, squeeze

# Below this a name has too little in common with what is looked for
WORTH_SHOWING = 0.5
# From here on a name holds what is looked for
_HOLDS_IT = 0.8
_IN_A_TITLE = 0.7

# The names that a catalog has, in two languages and as a code, and where they are used
_CATALOGS = (
    """
    select name_zh, name_en, null as code, 'marts.fct_export__province_category_year' as used_in,
    classification || ', category ' || category_code as table_title from catalog.dim_category
    """,
    """
    select name_zh, name_en, iso3 as code, 'economy ' || area_code as used_in,
    'catalog.dim_country' as table_title, min(year) as first_year, max(year) as last_year
    from catalog.dim_country left join catalog.inter_country_block using (area_code) group by all
    """,
    """
    select name_zh, name_en, null as code, 'province ' || province_code as used_in,
    'catalog.dim_province' as table_title, min(year) as first_year, max(year) as last_year
    from catalog.dim_province left join marts.fct_observation
        on area_code = province_code and value is not null
    group by all
    """,
    """
    select name_zh, name_en, industry_code as code,
    'marts.idx_value_chain__country_industry_year' as used_in,
    'ISIC revision ' || isic_revision || ', industry ' || industry_code as table_title
    from catalog.dim_industry
    """,
    """
    select name_zh, name_en, measure as code, 'marts.' || table_name as used_in,
    formula as table_title, unit as unit_label from catalog.dim_measure
    join (
        select column_name as measure, max(table_name) as table_name from duckdb_columns()
        where table_name like 'idx_value_chain__country%' and database_name = current_database()
        group by all
    ) using (measure)
    """,
)


@dataclass(frozen=True)
class Match:
    """A field of a source, an indicator that no file provides, or a name of a catalog.

    A catalog names categories of exports, economies, provinces, industries and measures of value
    chains.

    `names` are all that it is called; `score` is 1 where one of them is what was looked for.
    """

    score: float
    names: tuple[str, ...]
    indicator_id: str | None
    used_in: str | None = None
    source_id: str | None = None
    table_title: str | None = None
    sheet: str | None = None
    unit_label: str | None = None
    first_edition: str | None = None
    last_edition: str | None = None
    first_year: int | None = None
    last_year: int | None = None
    areas: int = 0
    cells: int = 0
    example: str | None = None
    where_to_get: str | None = None

    def record(self) -> dict:
        return asdict(self)


def find(release: duckdb.DuckDBPyConnection, text: str) -> list[Match]:
    """What goes by a name like `text`, best first; spacing, width and case do not matter."""
    candidates = _candidates(release)
    scored = [(_best_score(text, match), match) for match in candidates]
    found = [
        Match(**{**match.__dict__, "score": round(score, 3)})
        for score, match in scored
        if score >= WORTH_SHOWING
    ]
    return sorted(found, key=_order)


def _order(match: Match) -> tuple:
    """The very name first, of it what there are data of; then indicators before other headings.

    What only resembles the name is last.
    """
    is_alike, is_other = match.score < _HOLDS_IT, match.score < 1
    is_absent = not is_other and match.where_to_get is not None
    is_no_indicator = match.indicator_id is None
    return is_alike, is_other, is_absent, is_no_indicator, -match.score, -match.cells, match.names


def nearest(release: duckdb.DuckDBPyConnection, text: str, count: int = 3) -> list[str]:
    """The names that come nearest to one that was not found."""
    names = {name for match in _candidates(release) for name in match.names}
    return sorted(names, key=lambda name: (-_ratio(_plain(text), _plain(name)), name))[:count]


def _candidates(release: duckdb.DuckDBPyConnection) -> list[Match]:
    in_catalogs = [match for query in _CATALOGS for match in _named(release, query)]
    return [*_fields(release), *_indicators_without_fields(release), *in_catalogs]


def _fields(release: duckdb.DuckDBPyConnection) -> list[Match]:
    rows = release.execute(
        "select header_zh, header_en, column_heading, name_zh, name_en, indicator_id, used_in, "
        "source_id, table_title, sheet, unit_label, first_edition, last_edition, first_year, "
        "last_year, areas, cells, "
        "last_edition || '/' || example_file || ' ' || example_locator "
        "from catalog.source_field left join catalog.dim_indicator using (indicator_id)"
    ).fetchall()
    return [_match((*row[:5], row[5]), *row[5:]) for row in rows]


def _indicators_without_fields(release: duckdb.DuckDBPyConnection) -> list[Match]:
    """What is computed here, and what no file provides."""
    rows = release.execute(
        "select name_zh, name_en, indicator_id, where_to_get, "
        "indicator_id in (select indicator_id from marts.fct_observation where value is not null) "
        "from catalog.dim_indicator where indicator_id not in "
        "(select indicator_id from catalog.source_field where indicator_id is not null)"
    ).fetchall()
    return [
        Match(
            0,
            _names((name_zh, name_en, indicator)),
            indicator,
            used_in="marts.fct_observation" if is_computed else None,
            where_to_get=None if is_computed else place,
        )
        for name_zh, name_en, indicator, place, is_computed in rows
    ]


def _named(release: duckdb.DuckDBPyConnection, query: str) -> list[Match]:
    """What a catalog names, with the table that knows it and what that is there."""
    described = release.execute(query)
    columns = [column[0] for column in described.description]
    found = []
    for row in described.fetchall():
        facts = dict(zip(columns, row, strict=True))
        names = _names(facts.pop(name) for name in ("name_zh", "name_en", "code"))
        found.append(Match(0, names, None, **facts))
    return found


def _match(names: Iterable[str | None], *facts: Any) -> Match:
    return Match(0, _names(names), *facts)


def _names(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name)) or ("",)


def _plain(text: str) -> str:
    """A name without white space, punctuation, width and case."""
    return re.sub(r"[\W_]+", "", squeeze(text).lower())


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", text).lower())


def _best_score(text: str, match: Match) -> float:
    """By the name that answers best; the title of its table counts for less."""
    by_title = _IN_A_TITLE * _score(text, match.table_title or "")
    return max(by_title, *(_score(text, name) for name in match.names))


def _score(text: str, name: str) -> float:
    """How well a name answers: 1 the same, 0.9 begins with it, 0.8 holds it, less if misspelt."""
    wanted, known = _plain(text), _plain(name)
    if not wanted or not known:
        return 0
    if wanted == known:
        return 1
    share = len(wanted) / len(known)
    if known.startswith(wanted):
        return 0.9 + 0.09 * share
    if wanted in known:
        return 0.8 + 0.09 * share
    if not has_chinese(text) and (words := _words(text)):
        # Every word has to be there, in any order, a letter or two aside; no code is misspelt
        known_words = [other for other in _words(name.replace("_", " ")) if len(other) > 3]
        near = [max((_ratio(word, other) for other in known_words), default=0) for word in words]
        if min(near) >= 0.75:
            return 0.6 + 0.1 * min(near)
        return 0
    return 0.75 * _ratio(wanted, known)


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
