"""Which number is meant: from the words of a question to a kind and a key."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from gettext import gettext as _

from warehouse.contract.labels import label_key
from warehouse.explain.tracing.nodes import Node, Record
from warehouse.explain.tracing.reading import Kind, NotFound, Number, Reading, nearest, the_one

_IN_WORDS = {"category_code": "export category", "indicator_id": "indicator"}
_AREA = ("area_code", "province_code")
_YEAR = re.compile(r"(?:19|20)\d\d")


def number_named(reading: Reading, name: str, where: Sequence[str]) -> Number:
    """An indicator, by its id or any name, or a column of the panel, of an area and year."""
    year, area = _year(name, where), _area(reading, where)
    if name not in reading.indicator_names and _is_of_economies(reading, name, area):
        return number_of_kind(reading, "country_panel", [name], where)
    if indicator := reading.indicator_keys.get(label_key(name)):
        return _observation(reading, indicator, area, year)
    return _panel_value(reading, name, area, year)


def number_of_kind(
    reading: Reading, name: str, parts: Sequence[str], where: Sequence[str]
) -> Number:
    """A number of any kind by the codes in its key, in any order; the usual variant needs none.

    Of an economy it is that of the kind of economies, where there is one.
    """
    of_economies = reading.kinds.get(f"country_{name}")
    if of_economies and _is_of_areas(of_economies):  # PRODY is of none
        name = of_economies.kind if _area(reading, where) in reading.economies else name
    kind = reading.kinds[name]
    if kind.kind == "panel":
        return _panel_number(reading, "/".join([name, *parts]), where)
    if kind.column_query:
        return _number_of_column(reading, kind, parts, where)
    fixed: Record = {}
    if "year" in kind.columns:
        fixed["year"] = _year_of(kind, "/".join([name, *parts]), where)
    fixed |= {c: _area(reading, where) for c in kind.columns if c in _AREA}
    free = [column for column in kind.columns if column not in fixed]
    _known_codes(reading, kind, free, parts)
    found = [
        row for row in _rows(reading, kind, fixed) if set(parts) <= {row[column] for column in free}
    ]
    if not found:
        raise NotFound(_nothing(reading, kind, parts, fixed))
    return Number(name, _usual(reading, kind, parts, found))


def number_of_key(reading: Reading, name: str, parts: Sequence[str]) -> Number | None:
    """The number of a kind whose whole key is named, as `marts.made_from` has it."""
    kind = reading.kinds.get(name)
    if kind is None or not (kind.value_column or {*parts[:1]} & {*reading.columns[name]}):
        return None
    number = Number(name, "/".join(parts))
    return number if number in reading.facts([number]) else None


def knows(reading: Reading, name: str, parts: Sequence[str]) -> bool:
    """Whether the codes stand in keys of the kind, be it in any column."""
    kind = reading.kinds[name]
    columns = kind.columns if kind.value_column else []
    return set(parts) <= {code for column in columns for code in _codes(reading, kind, column)}


def depth_of(reading: Reading, number: Number, depth: int | None) -> int | None:
    """A column of the panel that has but one input is shown with as much below that input."""
    is_panel = reading.kinds[number.kind].value_column is None
    only = is_panel and len(reading.inputs([number])[number]) == 1
    return depth if depth is None or not only else depth + 1


def as_asked(node: Node) -> Node:
    """A column of the panel that stands in the row of its one input, or lacks it, is that input."""
    if "column_name" not in node.facts or len(node.inputs) != 1:
        return node
    [only], value = node.inputs, node.facts["value"]
    if value is not None and value not in only.facts.values():
        return node
    label = only.label.removeprefix(f"{only.facts['input_role']}: ")
    return replace(only, label=f"{node.facts['column_name']}: {label}")


def _year(name: str, where: Sequence[str]) -> int:
    return int(the_one([word for word in where if _YEAR.fullmatch(word)], name))


def _is_of_areas(kind: Kind) -> bool:
    return not {*_AREA}.isdisjoint(kind.columns)


def _year_of(kind: Kind, name: str, where: Sequence[str]) -> int:
    """The year of a number. Raises NotFound for an area beside it if its kind is of none."""
    if _is_of_areas(kind):
        return _year(name, where)
    years = [word for word in where if _YEAR.fullmatch(word)]
    if place := " ".join(word for word in where if word not in years):
        said = _('{name} is of no single area: leave out "{place}"')
        raise NotFound(said.format(name=name, place=place))
    return int(the_one(years, name, "2019"))


def _area(reading: Reading, where: Sequence[str]) -> str:
    """The code of an area by its code or by any name that a source is known to print."""
    name = " ".join(word for word in where if not _YEAR.fullmatch(word))
    code = reading.area_of(name)
    if code is None:
        said = _('no area is called "{name}"').format(name=name)
        raise NotFound(said + nearest(name, reading.areas.values()))
    return code


def _observation(reading: Reading, indicator: str, area: str, year: int) -> Number:
    """An observation; what no file has and no study looks for is not found."""
    number = Number("observation", f"{indicator}/{area}/{year}")
    if number in reading.facts([number]) or reading.rows(
        "from catalog.missing_value where indicator_id = $1 and province_code = $2 and year = $3",
        *(indicator, area, year),
    ):
        return number
    where = _("{what} of {where}").format(what=indicator, where=reading.areas[area])
    [years] = reading.rows(
        "select min(year) as first, max(year) as last from marts.fct_observation "
        "where indicator_id = $1 and area_code = $2 and value is not null",
        *(indicator, area),
    )
    if years["first"] is None:
        place = reading.indicators[indicator]["where_to_get"]
        said = _("no file has {what}; where to get it: {place}")
        raise NotFound(said.format(what=where, place=place))
    said = _("no file has {what} for {year}: there are {first} to {last}")
    raise NotFound(said.format(what=where, year=year, **years))


def _panel_number(reading: Reading, name: str, where: Sequence[str]) -> Number:
    """A value of the panel by its kind and column: `panel/<column>`."""
    column = name.partition("/")[2]
    if column not in reading.panel_columns:
        close = nearest(column, reading.panel_columns)
        raise NotFound(_('"{name}" is no column of the panel').format(name=column) + close)
    return _panel_value(reading, column, _area(reading, where), _year(name, where))


def _panel_value(reading: Reading, column: str, area: str, year: int) -> Number:
    """A value of the panel; beyond its sample the number that the column would be taken from."""
    number = Number("panel", f"{column}/{area}/{year}")
    if number in reading.facts([number]):
        return number
    first = reading.panel_columns[column]
    if reading.kinds.get(first["input_kind"]) and first["input_id"]:
        try:
            codes, where = [first["input_id"]], [area, str(year)]
            return number_of_kind(reading, first["input_kind"], codes, where)
        except NotFound:
            pass  # neither is there: the sentence is about the panel
    [years] = reading.rows(
        "select min(year) as first, max(year) as last from marts.panel__province_year"
    )
    said = _("the panel has no row for {area} {year}")
    if years["first"] is not None:
        said += _(": the sample has provinces, {first} to {last}")
    raise NotFound(said.format(area=reading.areas[area], year=year, **years))


def _number_of_column(
    reading: Reading, kind: Kind, parts: Sequence[str], where: Sequence[str]
) -> Number:
    """A number by the name of its column, of the newest table that has it if none is named."""
    known, first = reading.columns[kind.kind], kind.columns[0]
    column = next(iter(parts), "")
    if not column:
        raise NotFound(f"which {first}? name it as in {kind.kind}/{next(iter(known))}")
    if column not in known:
        close = nearest(column, known)
        raise NotFound(f'"{column}" is no {first} of {kind.kind}{close}')
    fixed: Record = {c: _area(reading, where) for c in kind.columns if c in _AREA}
    fixed["year"] = _year_of(kind, "/".join([kind.kind, column]), where)
    relation = kind.relation(column)
    rows = _rows(reading, kind, fixed, relation)
    found = [row for row in rows if [v for v in _codes_in(kind, row) if v in parts] == [*parts]]
    if not found:
        raise NotFound(_nothing(reading, kind, parts, fixed, relation))
    newest = max(found, key=lambda row: row.get("published_on", date.min))
    pairs = {tuple(row[c] for c in kind.columns if c.endswith("_code")) for row in found}
    if len(pairs) > 1:
        raise NotFound(_of_several(kind, found))
    return Number(kind.kind, newest["number_key"])


def _rows(reading: Reading, kind: Kind, fixed: Record, relation: str | None = None) -> list[Record]:
    """The rows of a kind with these values of key columns, and their keys."""
    conditions = [f"{column} = ${n}" for n, column in enumerate(fixed, start=1)] or ["true"]
    return reading.rows(
        f"select {kind.key} as number_key, * "
        f"from {relation or kind.table_name} where {' and '.join(conditions)} order by all",
        *fixed.values(),
    )


def _known_codes(reading: Reading, kind: Kind, columns: list[str], parts: Sequence[str]) -> None:
    """Raises `NotFound` for a code that stands in no key of the kind."""
    names = sorted(columns, key=lambda column: column not in _IN_WORDS)
    known = [code for column in names for code in _codes(reading, kind, column)]
    for part in parts:
        if part not in known:
            words = " and no ".join(_IN_WORDS.get(column, column) for column in names)
            raise NotFound(f'"{part}" is no {words} of {kind.kind}: there are {", ".join(known)}')


def _codes(reading: Reading, kind: Kind, column: str) -> list[str]:
    rows = reading.rows(f"select distinct {column} as code from {kind.table_name} order by 1")
    return [row["code"] for row in rows]


def _usual(reading: Reading, kind: Kind, parts: Sequence[str], found: list[Record]) -> str:
    """The key that is meant: of several the usual variant, in the classification of the panel."""
    if "variant" in kind.columns and not set(parts) & {row["variant"] for row in found}:
        found = [row for row in found if row["variant"] == kind.default_variant] or found
    if "classification" in kind.columns and len(found) > 1:
        usual = reading.rows(
            "select distinct expy_classification as name from marts.panel__province_year"
        )
        names = {row["name"] for row in usual}
        found = [row for row in found if row["classification"] in names] or found
    if len(found) > 1:
        raise NotFound(_of_several(kind, found))
    return found[0]["number_key"]


def _codes_in(kind: Kind, row: Record) -> list[str]:
    """The codes of a key in its order, which tells the one that sells from the one that buys."""
    return [row[column] for column in kind.columns if column != "year"]


def _of_several(kind: Kind, found: list[Record]) -> str:
    keys = [f"{kind.kind}/{row['number_key']}" for row in found[:3]]
    return f"which of {len(found)}? name its codes as in {', '.join(keys)} …"


def _is_of_economies(reading: Reading, name: str, area: str) -> bool:
    """Whether a name is a column of the panel of economies, and the area one of them."""
    return area in reading.economies and name in reading.columns["country_panel"]


def _nothing(
    reading: Reading,
    kind: Kind,
    parts: Sequence[str],
    fixed: Record,
    relation: str | None = None,
) -> str:
    """The sentence for codes that are known, but not together: in which years they are."""
    what = "/".join([kind.kind, *parts])
    others = {column: value for column, value in fixed.items() if column != "year"}
    columns = set(kind.columns) - {"year"}
    years = {
        row["year"]
        for row in _rows(reading, kind, others, relation)
        if "year" in row and set(parts) <= {row[column] for column in columns}
    }
    where = " ".join(reading.areas.get(value, str(value)) for value in fixed.values())
    said = _("there is no {what} of {where}").format(what=what, where=where)
    there = _(": there are {years}").format(years=", ".join(map(str, sorted(years))))
    return said + (there if years else "")
