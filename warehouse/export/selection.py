"""What is asked for: variables by any of their names, areas, years, and as of which date."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Literal

import duckdb

from warehouse.contract.errors import WarehouseError
from warehouse.contract.labels import label_key
from warehouse.explain.tracing.reading import Reading, nearest

Language = Literal["en", "zh"]
# The panel of each universe, and the column that says of which area a row is
PANELS = {
    "marts.panel__province_year": "province_code",
    "marts.panel__country_year": "area_code",
}
_BETWEEN = re.compile(r"[,，、;；]")


class NotThere(WarehouseError):
    """No such variable, area or year; the message names what comes nearest."""


@dataclass(frozen=True)
class Variable:
    """An indicator, or a column of the panels, with what a reader of the file is told of it.

    `formula` and `panel` are those of a column of the panels, None of an indicator; `others` is
    the same column in other panels, whose unit may be another one.
    """

    name: str
    name_en: str
    name_zh: str
    unit: str
    unit_zh: str
    definition: str
    definition_zh: str
    where_to_get: str = ""
    formula: str | None = None
    panel: str | None = None
    others: "tuple[Variable, ...]" = ()

    def label(self, language: Language) -> str:
        """Its name in a language, with the unit."""
        name, unit = self.name_zh if language == "zh" else self.name_en, self.unit_in(language)
        return f"{name} [{unit}]" if unit else name

    def unit_in(self, language: Language) -> str:
        """Its unit in a language."""
        return self.unit_zh if language == "zh" else self.unit

    def defined_in(self, language: Language) -> str:
        """What it measures, in a language; in English where nobody has said it in that one."""
        return self.definition_zh if language == "zh" else self.definition


@dataclass(frozen=True)
class Selection:
    """Variables in the order asked for; no areas or years: all; no date: what is known now.

    `areas_named` are those of the areas that were asked for one by one, not by their level.
    """

    variables: tuple[Variable, ...]
    areas: tuple[str, ...] = ()
    areas_named: frozenset[str] = frozenset()
    years: tuple[int, ...] = ()
    as_of: date | None = None


def select(
    release: duckdb.DuckDBPyConnection,
    names: str,
    areas: str | None = None,
    years: str | None = None,
    as_of: date | None = None,
) -> Selection:
    """What lists as they are typed stand for. Raises NotThere for what the release does not know.

    `names`: ids or names in either language; `areas`: codes, names or levels (province, country);
    `years`: "2010-2024" or "2012, 2015-2018".
    """
    reading = Reading(release)
    known = variables(reading)
    chosen = dict.fromkeys(_variable(reading, known, name) for name in _listed(names))
    if not chosen:
        raise NotThere("no variable is named: write one such as --indicators gdp,population")
    spans = [year for text in _listed(years or "") for year in _years(text)]
    asked = [_areas(reading, name) for name in _listed(areas or "")]
    return Selection(
        tuple(known[name] for name in chosen),
        _distinct(asked),
        frozenset(codes[0] for codes in asked if len(codes) == 1),
        tuple(sorted({*spans})),
        as_of,
    )


def area_codes(release: duckdb.DuckDBPyConnection, areas: str) -> tuple[str, ...]:
    """The areas that a list as it is typed stands for. Raises NotThere."""
    reading = Reading(release)
    codes = _distinct([_areas(reading, name) for name in _listed(areas)])
    if not codes:
        raise NotThere("no area is named: write one such as --areas Beijing,Germany")
    return codes


def variables(reading: Reading) -> dict[str, Variable]:
    """Every indicator and every column of a panel by its name; an indicator comes first."""
    units = _chinese_units(reading)
    of_panels: dict[str, Variable] = {}
    for row in reading.rows(
        "select distinct table_name as panel, column_name, name_en, name_zh, formula, unit, "
        "unit_zh, description_en, description_zh "
        "from catalog.panel_column join catalog.dim_column using (column_name) "
        "where table_name = 'marts.panel__' || universe || '_year' order by panel"
    ):
        column = Variable(
            name=row["column_name"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            unit=row["unit"] or "",
            unit_zh=row["unit_zh"] or units.get(row["unit"]) or row["unit"] or "",
            definition=row["description_en"],
            definition_zh=row["description_zh"] or row["description_en"],
            formula=row["formula"],
            panel=row["panel"],
        )
        others = [of_panels[column.name]] if column.name in of_panels else []
        of_panels[column.name] = replace(column, others=tuple(others))
    indicators = {
        name: Variable(
            name=name,
            name_en=row["name_en"],
            name_zh=row["name_zh"] or row["name_en"],
            unit=row["unit"],
            unit_zh=units.get(row["unit"]) or row["unit"],
            definition=row["definition"] or "",
            definition_zh=row["definition_zh"] or row["definition"] or "",
            where_to_get=row["where_to_get"] or "",
        )
        for name, row in reading.indicators.items()
    }
    return of_panels | indicators


def _chinese_units(reading: Reading) -> dict[str, str]:
    """How Chinese sources print a unit in the shortest way, where any does."""
    rows = reading.rows(
        "select unit, arg_min(unit_key, (length(unit_key), unit_key)) as printed from catalog.unit "
        "where factor = 1 and currency is null "
        "and regexp_matches(unit_key, '[\\x{4e00}-\\x{9fff}]') group by unit"
    )
    return {row["unit"]: row["printed"] for row in rows}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _variable(reading: Reading, known: dict[str, Variable], name: str) -> str:
    if name in known:
        return name
    names = [text for each in known.values() for text in (each.name_en, each.name_zh)]
    of_columns = {label_key(v.name_en): v.name for v in known.values()}
    of_columns |= {label_key(v.name_zh): v.name for v in known.values()}
    keys = _printed(reading) | of_columns | reading.indicator_keys
    if label_key(name) in keys:
        return keys[label_key(name)]
    near = nearest(name, [*known, *names])
    raise NotThere(f'"{name}" is no indicator and no column of a panel{near}')


def _printed(reading: Reading) -> dict[str, str]:
    """The indicator of each label that sources print and that is one indicator in all of them."""
    rows = reading.rows(
        "select label_key, any_value(indicator_id) as indicator_id from catalog.indicator_alias "
        "group by label_key having count(distinct indicator_id) = 1"
    )
    return {row["label_key"]: row["indicator_id"] for row in rows}


def _distinct(asked: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(asked)))


def _areas(reading: Reading, name: str) -> list[str]:
    """The area of a name or code, or all of a level."""
    of_level = reading.rows("select area_code from catalog.dim_area where level = $1", name)
    if of_level:
        return [row["area_code"] for row in of_level]
    code = reading.area_of(name)
    if code is None:
        near = nearest(name, [*reading.areas.values(), "province", "country"])
        raise NotThere(f'"{name}" is no area and no level of areas{near}')
    return [code]


def _years(text: str) -> Sequence[int]:
    found = re.fullmatch(r"(\d{4})(?:\s*[-–—~:]\s*(\d{4}))?", text)
    if found is None:
        raise NotThere(f'"{text}" is no year: write years as 2010-2024 or 2012,2015')
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise NotThere(f'"{text}" ends before it begins: write {last}-{first}')
    return range(first, last + 1)
