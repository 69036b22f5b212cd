"""From a published number back to the cells it was made from, as a tree."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.contract.errors import WarehouseError
from warehouse.contract.labels import label_key

CELLS_SHOWN = 10
FULL_DEPTH = 99
# An EXPY rests on every category of every province: without being asked for more, the tree shows
# shares, PRODY and the province's own cells
DEPTHS = {"expy": 2, "prody": 1}

Record = dict[str, Any]


class NotFound(WarehouseError):
    """No such number is in the release; the message names what comes nearest."""


@dataclass(frozen=True)
class Node:
    """One number: what it is in words, its facts, and the numbers or cells it was made from.

    `inputs_left_out` counts inputs that are there but not in the tree, because it was asked to
    end here or because a sum has more cells than anybody reads.
    """

    kind: str
    label: str
    facts: Record
    inputs: tuple["Node", ...] = ()
    inputs_left_out: int = 0

    def record(self) -> Record:
        """The tree as nested records; what is not known of a node is left out."""
        facts = {name: value for name, value in self.facts.items() if value is not None}
        record = {"kind": self.kind, "label": self.label, **facts}
        if self.inputs_left_out:
            record["inputs_left_out"] = self.inputs_left_out
        return record | {"inputs": [node.record() for node in self.inputs]}


def trace(
    release: duckdb.DuckDBPyConnection, name: str, where: Sequence[str], depth: int | None = None
) -> Node:
    """The tree below one published number.

    `name` is a column of the panel, an indicator, `prody/<category>`, `exports/<category>` or a
    coefficient `study/model/[equation/]term`; `where` holds the area (a code or any known name)
    and the year, in any order. `depth` limits the numbers below it, level by level; the cells of a
    number always stand below it. Raises NotFound.
    """
    walk = _Walk(release)
    head, *parts = name.split("/")
    year, area_name = _year_and_area(where)
    if parts and head not in ("prody", "exports"):
        return walk.coefficient(head, parts)
    if year is None:
        raise NotFound(f"which year of {name}? write it last: yearbook trace {name} Beijing 2019")
    if head == "prody":
        return walk.prody_of_any_classification(parts, year, depth)
    area = walk.area_code(area_name)
    if head == "exports":
        return walk.exports_of_any_classification(parts, area, year)
    return walk.named(name, area, year, depth)


def _year_and_area(where: Sequence[str]) -> tuple[int | None, str]:
    years = [word for word in where if re.fullmatch(r"(?:19|20)\d\d", word)]
    area = " ".join(word for word in where if word not in years)
    return (int(years[0]) if years else None), area


class _Walk:
    """Walks one release; every method returns the node of one number, its inputs below it."""

    def __init__(self, release: duckdb.DuckDBPyConnection) -> None:
        self._release = release
        self._nodes: dict[tuple, Node] = {}
        self._notes_of: dict[tuple, list[str] | None] = {}
        self._areas = {
            row["area_code"]: row["name_en"]
            for row in self._rows("select area_code, name_en from catalog.dim_area")
        }

    # What is asked for

    def area_code(self, name: str) -> str:
        """The code of an area by its code or by any name that a source is known to print."""
        if name in self._areas:
            return name
        known = {
            label_key(row[column]): row["area_code"]
            for row in self._rows("from catalog.dim_area")
            for column in ("name_en", "name_zh", "name_zh_full")
        }
        known |= {r["area_key"]: r["area_code"] for r in self._rows("from catalog.area_alias")}
        code = known.get(label_key(name))
        if code is None:
            raise NotFound(f'no area is called "{name}"{_nearest(name, self._areas.values())}')
        return code

    def named(self, name: str, area: str, year: int, depth: int | None) -> Node:
        """The number of a panel column or an indicator."""
        indicators = {
            label_key(row[column]): row["indicator_id"]
            for row in self._rows("from catalog.dim_indicator")
            for column in ("name_en", "name_zh", "indicator_id")
        }
        columns = {row["column_name"] for row in self._rows("from catalog.panel_column")}
        if label_key(name) in indicators:
            full = FULL_DEPTH if depth is None else depth
            return self._known_observation(indicators[label_key(name)], area, year, full)
        if name in columns:
            return self.panel_value(name, area, year, depth)
        close = _nearest(name, [*columns, *indicators])
        raise NotFound(f'"{name}" is no column of the panel and no indicator{close}')

    # Observations

    def _known_observation(self, indicator: str, area: str, year: int, depth: int) -> Node:
        """An observation that was asked for by name: what no study looks for is not found."""
        wanted = self._rows(
            "select 1 from catalog.missing_value "
            "where indicator_id = $1 and province_code = $2 and year = $3",
            indicator,
            area,
            year,
        )
        if not wanted and self._observation_row(indicator, area, year) is None:
            where = f"{indicator} of {self._areas[area]}"
            [years] = self._rows(
                "select min(year) as first, max(year) as last from marts.fct_observation "
                "where indicator_id = $1 and area_code = $2 and value is not null",
                indicator,
                area,
            )
            if years["first"] is None:
                raise NotFound(f"no file has {where}; {self._where_to_get(indicator)}")
            there = f"there are {years['first']} to {years['last']}"
            raise NotFound(f"no file has {where} for {year}: {there}")
        return self.observation(indicator, area, year, depth)

    def observation(self, indicator: str, area: str, year: int, depth: int) -> Node:
        """A value of marts.fct_observation; below it its cell, or what it was computed from."""
        return self._once(self._observation, indicator, area, year, depth)

    def _observation(self, indicator: str, area: str, year: int, depth: int) -> Node:
        row = self._observation_row(indicator, area, year)
        label = f"{indicator}, {self._areas[area]} {year}"
        if row is None:
            return self._missing(label, indicator, area, year, depth)
        number = f"{_number(row['value'])} {row['unit']}"
        status = _STATUS[row["obs_status"]]
        status += f", level {row['proxy_level']}" if row["proxy_level"] else ""
        what = f"{number} ({status})" if row["value"] is not None else "missing"
        reason = f": {row['missing_reason']}" if row["missing_reason"] else ""
        text = f"{label} = {what}{reason}"
        if row["source_id"]:
            return Node("observation", text, row, (self._cell(row),))
        inputs = self._rows(
            "from marts.observation_input where indicator_id = $1 and area_code = $2 "
            "and year = $3 order by input_position",
            indicator,
            area,
            year,
        )
        makers = [lambda each=each: self._as_input(each, depth - 1) for each in inputs]
        return _node("observation", text, row, makers, depth)

    def _missing(self, label: str, indicator: str, area: str, year: int, depth: int) -> Node:
        """An observation that is not there: the reason, and which of its parts are there."""
        parts = self._rows(
            "select distinct provides from catalog.where_to_get "
            "where indicator_id = $1 and use <> 'itself' order by 1",
            indicator,
        )
        reason = f"no file has it; {self._where_to_get(indicator)}"
        facts = {"indicator_id": indicator, "area_code": area, "year": year, "reason": reason}
        makers = [
            self._maker(self.observation, part["provides"], area, year, depth - 1) for part in parts
        ]
        return _node("observation", f"{label}: {reason}", facts, makers, depth)

    def _as_input(self, link: Record, depth: int) -> Node:
        """An input of an observation, with the part it plays."""
        node = self.observation(
            link["input_indicator_id"], link["input_area_code"], link["input_year"], depth
        )
        label = f"{link['input_role']}: {node.label}"
        facts = {"input_role": link["input_role"], **node.facts}
        return Node(node.kind, label, facts, node.inputs, node.inputs_left_out)

    def _observation_row(self, indicator: str, area: str, year: int) -> Record | None:
        rows = self._rows(
            "from marts.fct_observation where indicator_id = $1 and area_code = $2 and year = $3",
            indicator,
            area,
            year,
        )
        return rows[0] if rows else None

    def _cell(self, row: Record) -> Node:
        [cell] = self._rows(
            "from marts.observation_cell where indicator_id = $1 and area_code = $2 and year = $3 "
            "and source_id = $4 and snapshot_sha256 = $5 and locator = $6",
            *(row[name] for name in ("indicator_id", "area_code", "year")),
            *(row[name] for name in ("source_id", "snapshot_sha256", "locator")),
        )
        return self._cell_node(cell)

    def _cell_node(self, cell: Record) -> Node:
        """A printed cell: its text, what made a number of it, and the notes of its sheet."""
        text = "(blank)" if cell["text"] is None else f'"{cell["text"].strip()}"'
        label = f"{text} {cell['unit_label'] or ''}".rstrip()
        if cell["factor"] not in (None, 1):
            label += f" × {_number(cell['factor'])}"
        if cell["cny_per_usd"] is not None:
            rate = f"{_number(cell['cny_per_usd'])} yuan per {cell['currency']}"
            label += f" × {rate} (mean rate of {cell['year']})"
        label += (
            f" in {cell['locator']} of {cell['source_id']}/{cell['edition']}/{cell['file_name']}"
        )
        return Node("cell", label, cell | {"notes": self._notes(cell)})

    def _notes(self, cell: Record) -> list[str] | None:
        """The notes on the sheet of a cell, one a row: a text file splits a note at its commas."""
        sheet = tuple(cell[name] for name in ("source_id", "snapshot_sha256", "sheet"))
        if sheet not in self._notes_of:
            notes = self._rows(
                "select string_agg(text, ' ' order by locator) as text from catalog.note "
                "where source_id = $1 and snapshot_sha256 = $2 and sheet is not distinct from $3 "
                "group by row_number order by row_number",
                *sheet,
            )
            self._notes_of[sheet] = [row["text"].strip() for row in notes] or None
        return self._notes_of[sheet]

    def _where_to_get(self, indicator: str) -> str:
        rows = self._rows(
            "select where_to_get from catalog.dim_indicator where indicator_id = $1", indicator
        )
        return f"where to get it: {rows[0]['where_to_get']}"

    # The digital trade index

    def digital_trade(self, variant: str, province: str, year: int, depth: int) -> Node:
        """The index: below it the contribution of each indicator, or the indicators it lacks."""
        rows = self._rows(
            "from marts.idx_digital_trade__province_year "
            "where variant = $1 and province_code = $2 and year = $3",
            variant,
            province,
            year,
        )
        label = f"digital trade index, {variant}, {self._areas[province]} {year}"
        if not rows:
            raise NotFound(f"there is no {label}{self._sample_years()}")
        [row] = rows
        if row["digital_trade_index"] is None:
            makers = self._missing_members(variant, province, year, depth)
            return _node("digital_trade", f"{label}: {row['reason']}", row, makers, depth)
        makers = [
            lambda part=part: self._contribution(part, depth - 1)
            for part in self._rows(
                "select parts.*, weights.minimum, weights.maximum, weights.entropy, "
                "weights.direction, weights.observations, weights.reason "
                "from marts.idx_digital_trade__contributions as parts "
                "join marts.idx_digital_trade__weights as weights using (variant, indicator_id) "
                "where variant = $1 and province_code = $2 and year = $3 "
                "order by contribution desc, indicator_id",
                variant,
                province,
                year,
            )
        ]
        value = _number(row["digital_trade_index"])
        what = f"{label} = {value}, the sum of {len(makers)} contributions"
        return _node("digital_trade", what, row, makers, depth)

    def _contribution(self, part: Record, depth: int) -> Node:
        label = (
            f"{part['indicator_id']}: weight {_number(part['weight'])} × normalised "
            f"{_number(part['normalised_value'])} = {_number(part['contribution'])}"
        )
        extent = (_number(part["minimum"]), _number(part["maximum"]))
        label += f"; from {extent[0]} to {extent[1]} over {part['observations']} province-years"
        if part["direction"] == -1:
            label += ", mirrored"
        if part["reason"]:
            label += f" ({part['reason']})"
        maker = self._maker(
            self.observation, part["indicator_id"], part["province_code"], part["year"], depth - 1
        )
        return _node("contribution", label, part, [maker], depth)

    def _missing_members(
        self, variant: str, province: str, year: int, depth: int
    ) -> list[Callable[[], Node]]:
        members = self._rows(
            "select weights.indicator_id from marts.idx_digital_trade__weights as weights "
            "left join marts.fct_observation as known on weights.indicator_id = known.indicator_id "
            "and known.area_code = $2 and known.year = $3 "
            "where weights.variant = $1 and weights.weight is not null and known.value is null "
            "order by 1",
            variant,
            province,
            year,
        )
        return [
            self._maker(self.observation, row["indicator_id"], province, year, depth - 1)
            for row in members
        ]

    # Export sophistication

    def expy(self, variant: str, province: str, year: int, depth: int) -> Node:
        """EXPY in the classification of the panel: below it share times PRODY of each category."""
        rows = self._rows(
            "select expy.* from marts.idx_expy__province_year as expy "
            "left join (select distinct expy_classification from marts.panel__province_year) as "
            "panel on expy.classification = panel.expy_classification "
            "where variant = $1 and province_code = $2 and year = $3 "
            "order by panel.expy_classification nulls last, expy.classification limit 1",
            variant,
            province,
            year,
        )
        label = f"EXPY, {variant}, {self._areas[province]} {year}"
        if not rows:
            years = self._rows(
                "select distinct year from marts.idx_expy__province_year order by year"
            )
            there = ", ".join(str(row["year"]) for row in years) or "none"
            raise NotFound(f"there is no {label}: exports by category are there for {there}")
        [row] = rows
        if row["expy_yuan"] is None:
            return Node("expy", f"{label}: {row['reason']}", row)
        parts = self._rows(
            "select parts.*, name_en from marts.idx_expy__contributions as parts "
            "join catalog.dim_category using (classification, category_code) "
            "where variant = $1 and classification = $2 and province_code = $3 and year = $4 "
            "order by contribution_yuan desc, category_code",
            variant,
            row["classification"],
            province,
            year,
        )
        makers = [lambda part=part: self._category(part, depth - 1) for part in parts]
        what = (
            f"{label} = {_number(row['expy_yuan'])} yuan of 2012 (log {_number(row['expy_log'])}), "
            f"the sum of {len(makers)} categories of {row['classification']}"
        )
        reason = f" ({row['reason']})" if row["reason"] else ""
        return _node("expy", what + reason, row, makers, depth)

    def _category(self, part: Record, depth: int) -> Node:
        label = (
            f"{part['category_code']} {part['name_en']}: share {_number(part['share'])} × PRODY "
            f"{_number(part['prody_yuan'])} = {_number(part['contribution_yuan'])}"
        )
        key = (part["classification"], part["category_code"])
        makers = [
            self._maker(self.exports, *key, part["province_code"], part["year"]),
            self._maker(
                self.prody, part["variant"], *key, part["year"], depth - 1, part["province_code"]
            ),
        ]
        return _node("category", label, part, makers, depth)

    def prody(
        self,
        variant: str,
        classification: str,
        category: str,
        year: int,
        depth: int,
        province: str | None = None,
    ) -> Node:
        """PRODY of a category: below it the provinces whose incomes it is a mean of.

        `leave_one_out` leaves the row of `province` out; `fixed_prody` is a mean over years;
        `domestic_content` is PRODY of the category and of its inputs, without what is imported.
        """
        if variant == "leave_one_out":
            return self._once(
                self._annual_prody, variant, classification, category, year, depth, province
            )
        if variant == "fixed_prody":
            return self._once(self._fixed_prody, classification, category, year, depth)
        if variant == "domestic_content":
            return self._once(self._domestic_content, classification, category, year, depth)
        return self._once(self._annual_prody, variant, classification, category, year, depth, None)

    def _annual_prody(
        self,
        variant: str,
        classification: str,
        category: str,
        year: int,
        depth: int,
        left_out: str | None,
    ) -> Node:
        parts = self._rows(
            "from marts.idx_prody__contributions where classification = $1 and category_code = $2 "
            "and year = $3 and province_code is distinct from $4 and share > 0 "
            "order by share desc, province_code",
            classification,
            category,
            year,
            left_out,
        )
        shares = sum(part["share"] for part in parts)
        for part in parts:
            part["weight"] = part["share"] / shares
            part["contribution_yuan"] = part["weight"] * part["income_yuan"]
        value = sum(part["contribution_yuan"] for part in parts)
        without = f" without {self._areas[left_out]}" if left_out else ""
        label = f"PRODY of {category}, {year}{without} = {_number(value)} yuan"
        if parts:
            incomes = [part["income_yuan"] for part in parts]
            label += (
                f", the mean income of {len(parts)} provinces ({_number(min(incomes))} to "
                f"{_number(max(incomes))}), weighted by their shares of exports"
            )
        facts = {
            "variant": variant,
            "classification": classification,
            "category_code": category,
            "year": year,
            "prody_yuan": value,
            "provinces": len(parts),
            "left_out": left_out,
        }
        makers = [lambda part=part: self._exporter(part, depth - 1) for part in parts]
        return _node("prody", label, facts, makers, depth)

    def _exporter(self, part: Record, depth: int) -> Node:
        label = (
            f"{self._areas[part['province_code']]}: weight {_number(part['weight'])} × income "
            f"{_number(part['income_yuan'])} = {_number(part['contribution_yuan'])}"
        )
        key = (part["classification"], part["category_code"])
        makers = [
            self._maker(self.income, part["province_code"], part["year"], depth - 1),
            self._maker(self.exports, *key, part["province_code"], part["year"]),
        ]
        return _node("exporter", label, part, makers, depth)

    def _fixed_prody(self, classification: str, category: str, year: int, depth: int) -> Node:
        rows = self._rows(
            "select variant, year, prody_yuan from marts.idx_prody__category_year "
            "where classification = $1 and category_code = $2 "
            "and year in (select year from marts.panel__province_year) order by year",
            classification,
            category,
        )
        years = [row["year"] for row in rows if row["variant"] == "annual"]
        fixed = [row["prody_yuan"] for row in rows if row["variant"] == "fixed_prody"]
        value = max(filter(None, fixed), default=None)
        label = (
            f"PRODY of {category}, mean of {len(years)} years of the sample = {_number(value)} yuan"
        )
        facts = {
            "variant": "fixed_prody",
            "classification": classification,
            "category_code": category,
            "year": year,
            "prody_yuan": value,
        }
        makers = [
            self._maker(self.prody, "annual", classification, category, each, depth - 1)
            for each in years
        ]
        return _node("prody", label, facts, makers, depth)

    def _domestic_content(self, classification: str, category: str, year: int, depth: int) -> Node:
        key = (classification, category, year)
        [content] = self._rows(
            "select * from marts.idx_domestic_content__category_year "
            "where classification = $1 and category_code = $2 and year = $3",
            *key,
        )
        parts = self._rows(
            "select parts.*, name_en from marts.idx_domestic_content__contributions as parts "
            "join catalog.dim_category as categories "
            "on parts.classification = categories.classification "
            "and input_category_code = categories.category_code "
            "where parts.classification = $1 and parts.category_code = $2 and year = $3 "
            "order by contribution_yuan desc, input_category_code",
            *key,
        )
        value = content["domestic_content_yuan"]
        label = (
            f"domestic content of {category}, {year} = {_number(value)} yuan, "
            f"{_number(content['domestic_content_share'])} of what its inputs and its own value "
            f"added hold, by the input-output tables of {content['provinces']} provinces"
        )
        facts = {**content, "variant": "domestic_content", "prody_yuan": value}
        makers = [lambda part=part: self._domestic_input(part, depth - 1) for part in parts]
        return _node("prody", label, facts, makers, depth)

    def _domestic_input(self, part: Record, depth: int) -> Node:
        # An input that nobody exports has no PRODY: that of the category stands in
        code = "category_code" if part["input_prody_yuan"] is None else "input_category_code"
        label = (
            f"{part['input_category_code']} {part['name_en']}: weight "
            f"{_number(part['domestic_weight'])} × PRODY = {_number(part['contribution_yuan'])}"
        )
        maker = self._maker(
            self.prody, "annual", part["classification"], part[code], part["year"], depth - 1
        )
        return _node("domestic_input", label, part, [maker], depth)

    def prody_of_any_classification(
        self, parts: Sequence[str], year: int, depth: int | None
    ) -> Node:
        """PRODY by the code of a category and perhaps a variant: `prody/XVI/fixed_prody`."""
        classification, category = self._category_key(parts)
        variant = parts[1] if len(parts) > 1 else "annual"
        known = self._rows(
            "select variant, year from marts.idx_prody__category_year "
            "where classification = $1 and category_code = $2 order by year",
            classification,
            category,
        )
        if variant not in {row["variant"] for row in known}:
            close = _nearest(variant, {row["variant"] for row in known})
            raise NotFound(f'"{variant}" is no variant of the PRODY of {category}{close}')
        if year not in {row["year"] for row in known}:
            there = ", ".join(map(str, dict.fromkeys(row["year"] for row in known)))
            raise NotFound(f"there is no PRODY of {category} for {year}: there are {there}")
        depth = DEPTHS["prody"] if depth is None else depth
        return self.prody(variant, classification, category, year, depth)

    def exports_of_any_classification(self, parts: Sequence[str], area: str, year: int) -> Node:
        """Exports of a province by the code of a category: `exports/XVI`."""
        node = self.exports(*self._category_key(parts), area, year)
        if not node.facts:
            raise NotFound(node.label)
        return node

    def _category_key(self, parts: Sequence[str]) -> tuple[str, str]:
        known = {
            row["category_code"]: row["classification"]
            for row in self._rows("from catalog.dim_category")
        }
        code = parts[0] if parts else ""
        if code not in known:
            raise NotFound(f'"{code}" is no export category: the codes are {", ".join(known)}')
        return known[code], code

    def exports(self, classification: str, category: str, province: str, year: int) -> Node:
        """Exports of a category: below it the cells that they were summed from."""
        return self._once(self._exports, classification, category, province, year)

    def _exports(self, classification: str, category: str, province: str, year: int) -> Node:
        key = (classification, category, province, year)
        where = (
            "where classification = $1 and category_code = $2 and province_code = $3 and year = $4"
        )
        label = f"exports of {category}, {self._areas[province]} {year}"
        rows = self._rows(f"from marts.fct_export__province_category_year {where}", *key)
        if not rows:
            return Node("exports", f"there are no {label}", {})
        # Not count(*) over () beside the limit: DuckDB 1.5 now and then fails at it
        [counted] = self._rows(f"select count(*) as n from marts.export_cell {where}", *key)
        cells = self._rows(
            f"from marts.export_cell {where} order by export_value_cny_10k desc, locator, "
            f"snapshot_sha256 limit {CELLS_SHOWN}",
            *key,
        )
        nodes, count = tuple(self._cell_node(cell) for cell in cells), counted["n"]
        what = f"{label} = {_number(rows[0]['export_value_cny_10k'])} × 10,000 yuan"
        if count > 1:
            what += f", the sum of {count} cells"
        return Node("exports", what, rows[0] | {"cells": count}, nodes, count - len(nodes))

    def income(self, area: str, year: int, depth: int) -> Node:
        """Real income: below it GDP per capita and the chain of consumer price indices."""
        return self._once(self._income, area, year, depth)

    def _income(self, area: str, year: int, depth: int) -> Node:
        label = f"income, {self._areas[area]} {year}"
        row = self._income_row(area, year)
        if row is None:
            reason = "GDP per capita or a link of the chain of consumer price indices is not known"
            return Node("income", f"{label}: {reason}", {"reason": reason})
        what = (
            f"{label} = {_number(row['income_yuan'])} yuan of {row['price_base_year']}: GDP per "
            f"capita {_number(row['gdp_per_capita_yuan'])} / price level "
            f"{_number(row['price_level'])}"
        )
        makers = [
            self._maker(self.observation, "gdp_per_capita", area, year, depth - 1),
            self._maker(self.price_level, area, year, depth - 1),
        ]
        return _node("income", what, row, makers, depth)

    def price_level(self, area: str, year: int, depth: int) -> Node:
        """The chained consumer price index: below it its links."""
        row = self._income_row(area, year)
        label = f"price level, {self._areas[area]} {year}"
        if row is None:
            reason = "a link of the chain of consumer price indices is not known"
            return Node("price_level", f"{label}: {reason}", {"reason": reason})
        base = row["price_base_year"]
        years = range(min(base, year) + 1, max(base, year) + 1)
        what = f"{label} = {_number(row['price_level'])} ({base} = 1), a chain of {len(years)}"
        makers = [self._maker(self.observation, "cpi", area, link, depth - 1) for link in years]
        return _node("price_level", what, row, makers, depth)

    def _income_row(self, area: str, year: int) -> Record | None:
        rows = self._rows(
            "from marts.fct_income__area_year where area_code = $1 and year = $2", area, year
        )
        return rows[0] if rows else None

    # The panel

    def panel_value(self, column: str, province: str, year: int, depth: int | None) -> Node:
        """A value of the panel: below it the index or the observations it is computed from."""
        rows = self._rows(
            f'select "{column}" as value, province_name_en from marts.panel__province_year '
            "where province_code = $1 and year = $2",
            province,
            year,
        )
        inputs = self._rows(
            "from catalog.panel_column where column_name = $1 order by input_position", column
        )
        kinds = {each["input_kind"] for each in inputs}
        if not rows and kinds & {"digital_trade", "expy"}:
            rows = [{"value": None}]  # the index itself may reach beyond the sample, or say why not
        if not rows:
            where = f"{self._areas[province]} {year}"
            raise NotFound(f"the panel has no row for {where}{self._sample_years()}")
        if depth is None:
            depth = DEPTHS["expy"] if "expy" in kinds else FULL_DEPTH
        formula = inputs[0]["formula"]
        makers = [
            maker
            for each in inputs
            for maker in self._panel_inputs(each, province, year, depth - 1)
        ]
        if (len(makers) == 1 and formula in ("index", "EXPY", "x")) or kinds == {"expy"}:
            node = makers[0]()
            return Node(node.kind, f"{column}: {node.label}", node.facts, *_below(node))
        value = rows[0]["value"]
        what = "missing" if value is None else _number(value)
        facts = {"column": column, "province_code": province, "year": year, "value": value}
        label = f"{column}, {self._areas[province]} {year} = {what}, computed as {formula}"
        return _node("panel", label, facts | {"formula": formula}, makers, depth)

    def _panel_inputs(
        self, each: Record, province: str, year: int, depth: int
    ) -> list[Callable[[], Node]]:
        kind, name = each["input_kind"], each["input_id"]
        if kind == "observation":
            return [self._maker(self.observation, name, province, year, depth)]
        if kind == "observations":
            known = self._rows(
                "select indicator_id from marts.fct_observation join catalog.dim_indicator "
                "using (indicator_id) where study_role in ('index', 'control') and area_code = $1 "
                "and year = $2 and value is not null order by 1",
                province,
                year,
            )
            return [
                self._maker(self.observation, row["indicator_id"], province, year, depth)
                for row in known
            ]
        if kind in ("income", "price_level"):
            return [self._maker(getattr(self, kind), province, year, depth)]
        return [self._maker(getattr(self, kind), name, province, year, depth + 1)]

    def _sample_years(self) -> str:
        [row] = self._rows(
            "select min(year) as first, max(year) as last from marts.panel__province_year"
        )
        if row["first"] is None:
            return ""
        return f": the sample has provinces, {row['first']} to {row['last']}"

    # Estimates

    def coefficient(self, study: str, parts: Sequence[str]) -> Node:
        """An estimate: its model and sample, and the columns of the panel it was estimated on."""
        model_id, term = parts[0], parts[-1]
        equation = parts[1] if len(parts) > 2 else None
        estimates = self._rows("from results.estimates where study = $1", study)
        self._known("study", study, (r["study"] for r in self._rows("from results.models")))
        models = self._rows("from results.models where study = $1", study)
        self._known("model", model_id, (row["model_id"] for row in models))
        of_model = [row for row in estimates if row["model_id"] == model_id]
        [model] = [row for row in models if row["model_id"] == model_id]
        if not of_model:
            reason = model["warnings"] or "nothing could be estimated"
            label = f"{study}/{model_id}: {reason}"
            return Node("estimate", label, model | {"reason": reason})
        self._known("term", term, (row["term"] for row in of_model))
        rows = [
            row for row in of_model if row["term"] == term and equation in (None, row["equation"])
        ]
        if not rows:
            self._known("equation", str(equation), (row["equation"] for row in of_model))
        estimate = rows[0]
        label = (
            f"{term} in {model_id} ({estimate['equation']}) = {_number(estimate['estimate'])} "
            f"(standard error {_number(estimate['std_error'])}, p {_number(estimate['p_value'])})"
        )
        terms = [row["term"] for row in of_model]
        columns = self._panel_columns([model["outcome"], *terms])
        inputs = (_model_node(model), *(self._column(each, columns) for each in columns))
        return Node("estimate", label, estimate, inputs)

    def _known(self, what: str, name: str, known: Iterable[str]) -> None:
        names = list(dict.fromkeys(known))
        if name not in names:
            raise NotFound(f'there is no {what} "{name}"{_nearest(name, names)}')

    def _panel_columns(self, terms: Iterable[str]) -> list[str]:
        """The columns of the panel that terms such as `L1.expy` or `dige[regime 1]` are made of."""
        known = {row["column_name"] for row in self._rows("from catalog.panel_column")}
        words = (word for term in terms for word in re.findall(r"[A-Za-z_]\w*", term))
        return [word for word in dict.fromkeys(words) if word in known]

    def _column(self, column: str, columns: Sequence[str]) -> Node:
        """A column of the panel over the rows that know all the columns of a model."""
        complete = " and ".join(f'panel."{name}" is not null' for name in columns)
        table = "marts.panel__province_year as panel"
        rows = f"(select province_code, year from {table} where {complete})"
        [count] = self._rows(f"select count(*) as n from {rows}")
        inputs = self._rows(
            "from catalog.panel_column where column_name = $1 order by input_position", column
        )
        files = [Node("files", _files_label(row), row) for row in self._files_behind(inputs, rows)]
        label = f"{column} ({inputs[0]['formula']}): {count['n']} rows that know all columns"
        facts = {"column": column, "rows": count["n"], "formula": inputs[0]["formula"]}
        return Node("column", label, facts, tuple(files))

    def _files_behind(self, inputs: Sequence[Record], rows: str) -> list[Record]:
        """Per indicator and edition: how many cells of which files stand behind the rows."""
        wanted: list[str] = []  # SQL of (indicator_id, area_code, year) of observations
        exports = False
        for each in inputs:
            kind, name = each["input_kind"], each["input_id"]
            if kind == "observation":
                wanted.append(f"select '{name}' as indicator_id, province_code, year from {rows}")
            elif kind == "digital_trade":
                wanted.append(
                    "select indicator_id, province_code, year from "
                    f"marts.idx_digital_trade__contributions join {rows} using (province_code, "
                    f"year) where variant = '{name}'"
                )
            elif kind == "observations":
                wanted.append(
                    f"select indicator_id, province_code, year from {rows} cross join "
                    "catalog.dim_indicator where study_role in ('index', 'control')"
                )
            else:
                exports = exports or kind == "expy"
                years = (
                    rows
                    if kind != "expy"
                    else (
                        "(select p.province_code, y.year from catalog.dim_province as p "
                        f"cross join (select distinct year from {rows}) as y)"
                    )
                )
                if kind != "price_level":
                    wanted.append(f"select 'gdp_per_capita', province_code, year from {years}")
                wanted.append(
                    f"select 'cpi', rows.province_code, chain.year from {years} as rows "
                    "join marts.fct_income__area_year as base on rows.province_code = "
                    "base.area_code and rows.year = base.year "
                    "join marts.fct_observation as chain on chain.indicator_id = 'cpi' and "
                    "chain.area_code = rows.province_code and chain.year > "
                    "least(rows.year, base.price_base_year) and chain.year <= "
                    "greatest(rows.year, base.price_base_year)"
                )
        found = []
        if exports:
            found += self._rows(
                "select 'exports by category' as what, source_id, edition, "
                "count(distinct file_name) as files, count(*) as cells, min(file_name) as example "
                f"from marts.export_cell where year in (select year from {rows}) and classification"
                " in (select expy_classification from marts.panel__province_year) "
                "group by all order by 1, 2, 3"
            )
        if wanted:
            found += self._rows(
                "select lineage.input_indicator_id as what, cells.source_id, cells.edition, "
                "count(distinct cells.file_name) as files, "
                "count(distinct (cells.snapshot_sha256, cells.locator)) as cells, "
                "min(cells.file_name) as example "
                f"from ({' union '.join(wanted)}) as wanted(indicator_id, area_code, year) "
                "join marts.observation_lineage as lineage using (indicator_id, area_code, year) "
                "join marts.observation_cell as cells on cells.indicator_id = "
                "lineage.input_indicator_id and cells.area_code = lineage.input_area_code and "
                "cells.year = lineage.input_year and cells.source_id = lineage.source_id and "
                "cells.snapshot_sha256 = lineage.snapshot_sha256 and "
                "cells.locator = lineage.locator group by all order by 1, 2, 3"
            )
        return found

    # How the release is read

    def _rows(self, sql: str, *parameters: object) -> list[Record]:
        result = self._release.execute(sql, list(parameters))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _once(self, method: Callable[..., Node], *arguments: object) -> Node:
        """A node that many others lead to, such as an income, is made once."""
        key = (method.__name__, *arguments)
        if key not in self._nodes:
            self._nodes[key] = method(*arguments)
        return self._nodes[key]

    @staticmethod
    def _maker(method: Callable[..., Node], *arguments: object) -> Callable[[], Node]:
        return lambda: method(*arguments)


_STATUS = {
    "A": "as published",
    "P": "provisional",
    "E": "estimated by the publisher",
    "I": "interpolated here",
    "D": "derived here",
    "X": "proxy",
    None: "missing",
}


def _node(
    kind: str, label: str, facts: Record, makers: Sequence[Callable[[], Node]], depth: int
) -> Node:
    """A node whose inputs are made only down to the depth that was asked for."""
    if depth <= 0:
        return Node(kind, label, facts, (), len(makers))
    return Node(kind, label, facts, tuple(make() for make in makers))


def _below(node: Node) -> tuple[tuple[Node, ...], int]:
    return node.inputs, node.inputs_left_out


def _model_node(model: Record) -> Node:
    sample = model["sample"] or "all rows"
    label = (
        f"table {model['table_number']} ({model['column_number']}): {model['estimator']} of "
        f"{model['outcome']}, effects {model['effects']}, sample {sample}, N {model['nobs']}, "
        f"{model['n_entities']} entities, {model['n_periods']} periods"
    )
    if model["entities_dropped"]:
        label += f"; dropped: {model['entities_dropped']}"
    if model["n_dropped_missing"]:
        label += f"; {model['n_dropped_missing']} rows lost to missing values"
    if model["warnings"]:
        label += f"; {model['warnings']}"
    return Node("model", label, model)


def _files_label(row: Record) -> str:
    files = row["example"] if row["files"] == 1 else f"{row['files']} files"
    return f"{row['what']}: {row['cells']} cells of {row['source_id']}/{row['edition']}/{files}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.10g}"


def _nearest(name: str, known: Iterable[str]) -> str:
    """The names that come nearest, as the end of a sentence; empty if none does."""
    plain = {label_key(each): each for each in known}
    wanted = label_key(name)
    close = difflib.get_close_matches(wanted, plain, n=3, cutoff=0.5)
    close += [key for key in plain if wanted and wanted in key and key not in close][:3]
    return f"; did you mean {' or '.join(plain[key] for key in close)}?" if close else ""
