"""What tracing reads of a release: kinds of numbers, their rows, what they were made from."""

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from gettext import gettext as _
from pathlib import Path

import duckdb

from warehouse.contract.errors import WarehouseError
from warehouse.contract.labels import label_key
from warehouse.explain.tracing.nodes import Record

CELL, BLOCK = "cell", "inter_country_block"
# The column of the catalogs with the names of things: another one in another language
NAME = "name_en"


class NotFound(WarehouseError):
    """No such number is in the release; the message names what comes nearest."""


@dataclass(frozen=True)
class Number:
    """A number by its kind and key, as in `marts.made_from`."""

    kind: str
    key: str


@dataclass(frozen=True)
class Input:
    """One row of `marts.made_from`: an input of a number and what it is to it.

    `cells` is how many printed cells it is, where it is a sum of rows of trade statistics.
    """

    number: Number
    role: str
    weight: float | None
    contribution: float | None
    cells: int = 1


@dataclass(frozen=True)
class Kind:
    """One row of `catalog.number_kind`."""

    kind: str
    table_name: str
    key_columns: str
    value_column: str | None
    product: str | None
    unit: str | None
    reason_column: str | None
    title: str
    statement: str | None
    absent: str | None
    formula: str
    reference: str | None
    default_variant: str | None
    column_query: str | None
    input_macro: str | None
    levels_shown: int | None
    inputs_shown: int | None

    @property
    def columns(self) -> list[str]:
        return self.key_columns.split("/")

    @property
    def key(self) -> str:
        """The SQL of the key of a row."""
        return f"concat_ws('/', {', '.join(self.columns)})"

    def relation(self, column: str) -> str:
        """Its rows with the number in `value`, where the key names the column of the number."""
        first = self.columns[0]
        return f"(select '{column}' as {first}, \"{column}\" as value, * from {self.table_name})"

    def parts_of(self, key: str) -> str:
        """The SQL of the key columns of a key."""
        parts = {
            column: f"split_part({key}, '/', {place})"
            for place, column in enumerate(self.columns, start=1)
        }
        return ", ".join(f"{part}::int" if name == "year" else part for name, part in parts.items())

    def parts(self, key: str) -> Record:
        """The key columns of a key; the last one may itself hold a slash."""
        values = key.split("/", len(self.columns) - 1)
        named = dict(zip(self.columns, values, strict=True))
        return named | ({"year": int(named["year"])} if "year" in named else {})


class Reading:
    """A release as tracing reads it."""

    def __init__(self, release: duckdb.DuckDBPyConnection) -> None:
        self._release = release
        self._rows_of_sums: dict[Number, Record] = {}
        # By their names: a release of another version is refused by what it lacks
        columns = ", ".join(field.name for field in fields(Kind))
        kinds = self.rows(f"select {columns} from catalog.number_kind order by kind")
        self.kinds = {row["kind"]: Kind(**row) for row in kinds}

    def rows(self, sql: str, *parameters: object) -> list[Record]:
        """The rows of a query as records."""
        result = self._release.execute(sql, list(parameters))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def inputs(self, numbers: Collection[Number]) -> dict[Number, list[Input]]:
        """What the numbers were made from, one step down, in order.

        In place of a sum of rows of trade statistics stand the rows, as far as they are shown.
        """
        found: dict[Number, list[Input]] = {number: [] for number in numbers}
        for row in self.rows(
            "select made_from.* from marts.made_from "
            "join (select unnest($1) as kind, unnest($2) as key) using (kind, key) "
            "order by kind, key, input_position",
            [number.kind for number in numbers],
            [number.key for number in numbers],
        ):
            number = Number(row["input_kind"], row["input_key"])
            link = Input(number, row["role"], row["weight"], row["contribution"])
            found[Number(row["kind"], row["key"])].append(link)
        for number in numbers:
            if macro := self.kinds[number.kind].input_macro:
                found[number] = self._inputs_by(macro, number)
        return self._with_rows(found)

    def reached(self, numbers: Iterable[Number]) -> set[Number]:
        """The numbers and all that they were made from, down to the cells and blocks."""
        found: set[Number] = set()
        last = set(numbers)
        while last:
            found |= last
            keys = {kind: [each.key for each in last if each.kind == kind] for kind in self.kinds}
            steps = (self._reached_from(self.kinds[kind], of) for kind, of in keys.items() if of)
            last = set().union(*steps) - found
        return found

    def _reached_from(self, kind: Kind, keys: list[str]) -> set[Number]:
        """What numbers of one kind were made from, one step down."""
        asked = "(select unnest($1) as key) as asked"
        sql = (
            f"select distinct input_kind, input_key from {asked} "
            f"join marts.made_from using (key) where kind = '{kind.kind}'"
        )
        if kind.input_macro:
            macro = f"{kind.input_macro}({kind.parts_of('asked.key')})"
            sql = f"select distinct input_kind, input_key from {asked}, lateral (from {macro})"
        rows = self.rows(sql, keys)
        return {Number(row["input_kind"], row["input_key"]) for row in rows}

    def _with_rows(self, found: dict[Number, list[Input]]) -> dict[Number, list[Input]]:
        """Inputs with the rows in place of sums; a sum that nobody sees stays and is counted."""
        sums = self._sums(link.number for links in found.values() for link in links)
        cells = {number: row["cells"] for number, row in sums.items()}
        seen = {
            each
            for number, links in found.items()
            for each in _first(links, cells, self.kinds[number.kind].inputs_shown)
        }
        rows = self._opened([sums[each] for each in seen & {*sums}])
        return {
            number: [
                each
                for link in links
                for each in rows.get(link.number)
                or [replace(link, cells=cells.get(link.number, 1))]
            ]
            for number, links in found.items()
        }

    def _opened(self, sums: Iterable[Record]) -> dict[Number, list[Input]]:
        """The rows of sums as inputs of what the sums are inputs of.

        None where the database was copied without the rows, or they may not be handed on.
        """
        found: dict[Number, list[Input]] = defaultdict(list)
        for (source_id, sha256), locators in _by_file(sums).items():
            file = f"parquet/raw/trade_rows/{source_id}/*/snapshot_sha256={sha256}/rows.parquet"
            if not any(self._folder.glob(file)):
                continue
            asked = (str(self._folder), source_id, sha256, locators)
            for row in self.rows("from marts.rows_of_sums($1, $2, $3, $4)", *asked):
                of_sum, number = (
                    Number(CELL, f"{source_id}/{sha256}/{row[name]}")
                    for name in ("locator_of_sum", "locator")
                )
                self._rows_of_sums[number] = row
                found[of_sum].append(Input(number, CELL, 1.0, row["value"]))
        return found

    @cached_property
    def _folder(self) -> Path:
        """Where the release lies."""
        [database] = self.rows(
            "select path from duckdb_databases() where database_name = current_database()"
        )
        return Path(database["path"]).parent

    def _sums(self, numbers: Iterable[Number]) -> dict[Number, Record]:
        """The printed cells among the numbers that are sums of rows."""
        kind = self.kinds[CELL]
        places = [kind.parts(number.key) for number in numbers if number.kind == CELL]
        columns = ", ".join(kind.columns)
        asked = (f"unnest(${place}) as {name}" for place, name in enumerate(kind.columns, start=1))
        rows = self.rows(
            f"select {kind.key} as number_key, {columns}, cells from {kind.table_name} "
            f"join (select {', '.join(asked)}) using ({columns}) where last_row_number is not null",
            *([each[name] for each in places] for name in kind.columns),
        )
        return {Number(CELL, row["number_key"]): row for row in rows}

    def _inputs_by(self, macro: str, number: Number) -> list[Input]:
        """What a number was made from whose kind has too many inputs to be listed."""
        parts = list(self.kinds[number.kind].parts(number.key).values())
        places = ", ".join(f"${place}" for place in range(1, len(parts) + 1))
        return [
            Input(
                Number(row["input_kind"], row["input_key"]),
                row["role"],
                row["weight"],
                row["contribution"],
            )
            for row in self.rows(f"from {macro}({places})", *parts)
        ]

    def facts(self, numbers: Iterable[Number]) -> dict[Number, Record]:
        """The rows of the numbers, under their names; a number without a row is not among them."""
        keys: dict[str, list[str]] = defaultdict(list)
        found: dict[Number, Record] = {}
        for number in numbers:
            if row := self._rows_of_sums.get(number):
                found[number] = row
            else:
                keys[number.kind].append(number.key)
        for name, wanted in keys.items():
            kind = self.kinds[name]
            read = self._rows_of if kind.value_column else self._columns_of
            found |= {Number(name, key): row for key, row in read(kind, wanted).items()}
        return found

    def _rows_of(self, kind: Kind, keys: list[str]) -> dict[str, Record]:
        rows = self.rows(
            f"select {kind.key} as number_key, numbers.* from {kind.table_name} as numbers "
            "where number_key in (select unnest($1))",
            keys,
        )
        return {row.pop("number_key"): row for row in rows}

    def _columns_of(self, kind: Kind, keys: list[str]) -> dict[str, Record]:
        """Numbers whose column is named by the first part of their key, and what that is."""
        found: dict[str, Record] = {}
        for column in {key.split("/")[0] for key in keys}:
            rows = self.rows(
                f"select {kind.key} as number_key, {', '.join(kind.columns)}, value"
                f"{f', {kind.reason_column}' if kind.reason_column else ''} "
                f"from {kind.relation(column)} where number_key in (select unnest($1))",
                keys,
            )
            said = self.columns[kind.kind][column]
            found |= {row.pop("number_key"): row | said for row in rows}
        return found

    @cached_property
    def areas(self) -> dict[str, str]:
        """The name of each area in the language that is spoken."""
        rows = self.rows(f"select area_code, {_(NAME)} as name from catalog.dim_area")
        return {row["area_code"]: row["name"] for row in rows}

    def area_of(self, name: str) -> str | None:
        """The code of an area by its code or by any name that a source is known to print."""
        return name if name in self.areas else self.area_codes.get(label_key(name))

    @cached_property
    def area_codes(self) -> dict[str, str]:
        """The code of each area by the keys of its names, and of those that a source prints."""
        known = {
            label_key(row[column]): row["area_code"]
            for row in self.rows("from catalog.dim_area")
            for column in ("name_en", "name_zh", "name_zh_full")
        }
        codes = {
            label_key(row["code"]): row["area_code"]
            for row in self.rows(
                "select code, area_code from catalog.country_code where area_code is not null "
                "union all select iso3, area_code from catalog.dim_country"
            )
        }
        aliases = self.rows("from catalog.area_alias where area_code is not null")
        return codes | known | {row["area_key"]: row["area_code"] for row in aliases}

    @cached_property
    def economies(self) -> set[str]:
        """The codes of the economies."""
        return {row["area_code"] for row in self.rows("from catalog.dim_country")}

    @cached_property
    def categories(self) -> dict[tuple[str, str], str]:
        """The name of each export category, as it is spoken, by classification and code."""
        rows = self.rows(f"select *, {_(NAME)} as name from catalog.dim_category")
        return {(row["classification"], row["category_code"]): row["name"] for row in rows}

    @cached_property
    def indicators(self) -> dict[str, Record]:
        """Each indicator by its id."""
        return {row["indicator_id"]: row for row in self.rows("from catalog.dim_indicator")}

    @cached_property
    def indicator_names(self) -> dict[str, str]:
        """The indicator of each English or Chinese name or id."""
        return {
            row[column]: row["indicator_id"]
            for row in self.indicators.values()
            for column in ("name_en", "name_zh", "indicator_id")
        }

    @cached_property
    def indicator_keys(self) -> dict[str, str]:
        """The indicator of each name, by the key of the name."""
        return {label_key(name): indicator for name, indicator in self.indicator_names.items()}

    @cached_property
    def panel_columns(self) -> dict[str, Record]:
        """The first input of each column of the panel, and its formula."""
        rows = self.rows(
            "from catalog.panel_column where universe = 'province' order by input_position desc"
        )
        return {row["column_name"]: row for row in rows}

    @cached_property
    def columns(self) -> dict[str, dict[str, Record]]:
        """Of each kind whose numbers stand in columns: these, with unit, formula and reference."""
        found: dict[str, dict[str, Record]] = {}
        for kind in filter(lambda kind: kind.column_query, self.kinds.values()):
            there = {row["column_name"] for row in self.rows(f"describe {kind.table_name}")}
            rows = self.rows(f"{kind.column_query} order by all")
            named = {row.pop(kind.columns[0]): row for row in rows}
            found[kind.kind] = {name: row for name, row in named.items() if name in there}
        return found

    @cached_property
    def notes(self) -> Mapping[tuple, list[str]]:
        """The notes of each sheet, one a row: a text file splits a note at its commas."""
        found: dict[tuple, list[str]] = defaultdict(list)
        for row in self.rows(
            "select source_id, snapshot_sha256, sheet, "
            "trim(string_agg(text, ' ' order by locator)) as text from catalog.note "
            "group by source_id, snapshot_sha256, sheet, row_number order by row_number"
        ):
            found[row["source_id"], row["snapshot_sha256"], row["sheet"]].append(row["text"])
        return found

    def correction(self, cell: Record) -> Record | None:
        """What is read in place of a printed cell, and why; None where it is read as printed."""
        return self._corrections.get(_cell_of(cell))

    @cached_property
    def _corrections(self) -> Mapping[tuple, Record]:
        told = ("text_used", "reason", "evidence", "origin")
        rows = self.rows("from catalog.correction")
        return {_cell_of(row): {name: row[name] for name in told} for row in rows}


def _cell_of(row: Record) -> tuple:
    """What tells a printed cell from all others."""
    return row["source_id"], row["snapshot_sha256"], row["locator"]


def _by_file(sums: Iterable[Record]) -> dict[tuple[str, str], list[str]]:
    """The places of sums by source and file."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in sums:
        places[each["source_id"], each["snapshot_sha256"]].append(each["locator"])
    return places


def _first(
    links: Iterable[Input], cells: Mapping[Number, int], most: int | None
) -> Iterator[Number]:
    """The inputs that the first `most` cells are in."""
    seen = 0
    for link in links:
        if most is not None and seen >= most:
            return
        yield link.number
        seen += cells.get(link.number, 1)


def the_one(years: Sequence[str], name: str, example: str = "Beijing 2019") -> str:
    """The year or other period that is asked for. Raises NotFound for none, or several."""
    if not years:
        said = _("which year of {name}? write it last: yearbook trace {name} {example}")
        raise NotFound(said.format(name=name, example=example))
    if len(years) > 1:
        said = _("{name} is traced for one year at a time, not for {years}: keep one of them")
        raise NotFound(said.format(name=name, years=", ".join(years)))
    return years[0]


def nearest(name: str, known: Iterable[str]) -> str:
    """The names that come nearest, as the end of a sentence; empty if none does."""
    plain = {label_key(each): each for each in known}
    wanted = label_key(name)
    close = difflib.get_close_matches(wanted, plain, n=3, cutoff=0.5)
    close += [key for key in plain if wanted and wanted in key and key not in close][:3]
    names = _(" or ").join(plain[key] for key in close)
    return _("; did you mean {names}?").format(names=names) if close else ""
