"""Labels that changed: which lines of judgement would let the newest edition be understood.

A label is worth a proposal where something that the source used to print is missing beside it, or
where its values are those of an indicator (or province) that is known and missing. The strongest
evidence is the values, then the place in the table; wording alone is a guess, and says so. What
cannot be right is never proposed: a measure of another unit, a bare total, a city for a province.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

import duckdb

from warehouse.explain.mapping.proposal import Line, Proposal

# Fewer common cells than this say nothing about magnitude
_ENOUGH_CELLS = 3
# How much alike two wordings (0 to 1) have to be: with support from elsewhere, and alone
_SOMEWHAT_ALIKE, _ALIKE = 0.4, 0.6
# Words that tell one measure from another: wordings that differ in them are not alike
_TELLING = (
    *("人均", "指数", "增长", "增速", "比重", "占", "率", "强度", "平均", "不变价", "累计", "净"),
    *("第一", "第二", "第三", "城镇", "农村", "男", "女", "进口", "出口", "存款", "贷款", "收入"),
    *("支出", "申请", "授权", "发明", "实用新型", "外观设计", "居民", "商品", "生产者", "企业"),
    *("percapita", "index", "growth", "share", "rate", "ratio", "primary", "secondary", "male"),
    *("tertiary", "urban", "rural", "female", "import", "export", "deposit", "loan", "income"),
    *("expenditure", "application", "grant", "consumer", "retail", "producer", "average"),
)

# How the amounts of candidates compare with what is known: in the same year, and else with the
# newest of the three years before. Two values are the same where they differ by less than 5 % of
# themselves and of what such values differ by anyway: every price index is near 100.
_MEASURED = """
with candidates as ({candidates}),

compared as (
    select subject, candidate, c.indicator_id, cell_id, amount, k.value,
        c.year = k.year as is_same_year,
        rank() over (partition by subject, candidate, cell_id order by k.year desc) as age
    from candidates as c
    join known as k
        on k.indicator_id = c.indicator_id and k.area_code = c.area_code
        and k.year between c.year - 3 and c.year and amount * k.value > 0
),

nearest as (
    select subject, candidate, indicator_id, cell_id, is_same_year, amount,
        arg_min(value, abs(amount - value)) as value
    from compared where age = 1 group by all
),

spread as (
    select *,
        coalesce(stddev(value) over same_measure, 0) as spread,
        coalesce(stddev(ln(abs(value))) over same_measure, 0) as log_spread
    from nearest window same_measure as (partition by subject, candidate, indicator_id)
)

select subject, candidate,
    count(*) filter (is_same_year),
    count(*) filter (is_same_year and abs(amount - value) <= 0.05 * least(abs(value), spread)),
    count(*), count(*) filter (abs(ln(amount / value)) < ln(1.5)),
    max(log_spread) > ln(1.5)
from spread group by all
"""


@dataclass(frozen=True)
class _Magnitude:
    """How many cells could be compared with known values: of the same year, and at all.

    Where known values are all of one size (`is_telling` is false), likeness of size says nothing.
    """

    same_year: int = 0
    equal: int = 0
    compared: int = 0
    similar: int = 0
    is_telling: bool = False

    @property
    def is_that_of_known(self) -> bool:
        return self.same_year >= _ENOUGH_CELLS and 2 * self.equal >= self.same_year

    @property
    def is_near(self) -> bool:
        return self.compared >= _ENOUGH_CELLS and 5 * self.similar >= 4 * self.compared

    @property
    def is_similar(self) -> bool:
        return self.is_near and self.is_telling

    @property
    def is_another(self) -> bool:
        is_comparable = self.compared >= _ENOUGH_CELLS
        return is_comparable and not (self.is_that_of_known or self.is_near)

    def told(self, known: str) -> list[str]:
        if self.is_that_of_known:
            return [f"{self.equal} of {self.same_year} values within 5 % of {known}"]
        if self.is_similar:
            return [f"{self.similar} of {self.compared} values within a factor of 1.5 of {known}"]
        return []


@dataclass(frozen=True)
class _Candidate:
    """One meaning that a label may have, and what speaks for it."""

    meaning: str
    magnitude: _Magnitude
    likeness: float
    alike_to: str
    is_in_place: bool
    is_missing: bool

    @property
    def is_supported(self) -> bool:
        return self.is_in_place or self.magnitude.is_similar or self.magnitude.is_that_of_known

    @property
    def is_plausible(self) -> bool:
        """Values decide; without any, a label of like wording that is missing is plausible."""
        if self.magnitude.is_another:
            return False
        if self.magnitude.is_that_of_known:
            return True
        needed = _SOMEWHAT_ALIKE if self.is_supported else _ALIKE
        return self.is_missing and self.likeness >= needed

    @property
    def strength(self) -> tuple:
        return (
            self.magnitude.is_that_of_known,
            self.magnitude.is_similar,
            self.is_in_place,
            self.likeness,
            self.meaning,
        )

    def told(self, known: str, place: str) -> list[str]:
        """What speaks for it, in words; `known` are the values and `place` the place it has."""
        said = self.magnitude.told(known)
        if self.is_in_place:
            said.append(place)
        if self.likeness >= _SOMEWHAT_ALIKE:
            alone = "" if self.is_supported else "a guess by wording alone: "
            said.append(f"{alone}worded like {self.alike_to} ({self.likeness:.2f})")
        return said


def changed_labels(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """The lines for titles, then for labels, areas and units; each taken for true by the next."""
    for propose in (_titles, _indicators, _areas, _units):
        found = list(propose(database))
        for proposal in found:
            _take_for_true(database, proposal.lines[0])
        database.execute(_WHAT_FOLLOWS)
        yield from found


# A line taken for true; and what follows for the cells below a title
_TAKEN_FOR_TRUE = {
    "table_aliases": """
        update cells set table_id = $table_id
        where source_id = $source_id and title_key = $title_key and table_id is null
    """,
    "indicator_aliases": """
        update cells set indicator_id = $indicator_id
        where source_id = $source_id and table_id = $table_id and indicator_key = $label_key
            and indicator_id is null
    """,
    "area_aliases": """
        update cells set area_code = $area_code, is_known_name = true
        where source_id = $source_id and area_key = $area_key and not is_known_name
    """,
}
_WHAT_FOLLOWS = """
update cells set indicator_id = labels.indicator_id
from indicator_aliases as labels
where cells.indicator_id is null and cells.source_id = labels.source_id
    and cells.table_id = labels.table_id and cells.indicator_key = labels.label_key;
update cells set unit = indicators.unit
from indicators
where cells.unit is null and cells.indicator_id = indicators.indicator_id;
update cells set factor = amounts.factor
from amounts
where cells.factor is null and cells.unit_key = amounts.unit_key and cells.unit = amounts.unit
    and cells.year = coalesce(amounts.year, cells.year)
"""


def _take_for_true(database: duckdb.DuckDBPyConnection, line: Line) -> None:
    if update := _TAKEN_FOR_TRUE.get(line.table):
        database.execute(update, {k: v for k, v in line.values.items() if f"${k}" in update})


def _magnitudes(
    database: duckdb.DuckDBPyConnection, candidates: str
) -> dict[tuple[str, str], _Magnitude]:
    """By subject and candidate, from a query with subject, candidate, cell_id, indicator_id,
    area_code, year and amount (in the standard unit)."""
    rows = database.execute(_MEASURED.format(candidates=candidates)).fetchall()
    return {(subject, candidate): _Magnitude(*counts) for subject, candidate, *counts in rows}


def _best(
    subject: str,
    key: str,
    meanings: Iterable[str],
    magnitudes: Mapping[tuple[str, str], _Magnitude],
    aliases: Mapping[str, Iterable[str]],
    missing: Collection[str],
    in_place: Collection[tuple[str, str]] = (),
) -> _Candidate | None:
    """The most plausible meaning of a label; `aliases` are the known labels of each meaning."""
    candidates = [
        _Candidate(
            meaning,
            magnitudes.get((subject, meaning), _Magnitude()),
            *most_alike(key, aliases.get(meaning, ())),
            is_in_place=(subject, meaning) in in_place,
            is_missing=meaning in missing,
        )
        for meaning in meanings
    ]
    plausible = (candidate for candidate in candidates if candidate.is_plausible)
    return max(plausible, key=lambda candidate: candidate.strength, default=None)


def most_alike(key: str, aliases: Iterable[str]) -> tuple[float, str]:
    """How much alike the closest of the aliases is (0 to 1), and which it is."""
    telling = [word in key for word in _TELLING]
    return max(
        (
            (SequenceMatcher(None, key, alias).ratio(), alias)
            for alias in aliases
            if alias and [word in alias for word in _TELLING] == telling
        ),
        default=(0.0, ""),
    )


def _grouped(database: duckdb.DuckDBPyConnection, query: str) -> dict[str, list[str]]:
    """The second entries of the rows by their first."""
    groups: dict[str, list[str]] = {}
    for key, value in database.execute(query).fetchall():
        groups.setdefault(key, []).append(value)
    return groups


def _titles(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """Titles that no table has, where a table of the source has labels that are below them."""
    database.execute(
        """create or replace temp table titled as
        select c.source_id || '|' || c.title_key as subject, a.table_id as candidate, cell_id,
            a.indicator_id, area_code, c.year, number * u.factor as amount
        from cells as c
        join indicator_aliases as a
            on a.source_id = c.source_id and a.label_key = c.indicator_key
        join indicators as i on i.indicator_id = a.indicator_id
        join amounts as u
            on u.unit_key = c.unit_key and u.unit = i.unit and c.year = coalesce(u.year, c.year)
        where c.table_id is null"""
    )
    magnitudes = _magnitudes(database, "from titled")
    subjects = database.execute(
        """select subject, source_id, title_key, max(edition), min(table_title),
            list(distinct candidate order by candidate), arg_min(place, cell_id)
        from cells join titled using (cell_id) group by all order by all"""
    ).fetchall()
    for subject, source_id, title_key, edition, title, tables, place in subjects:
        aliases = _grouped(
            database,
            f"select table_id, title_key from table_aliases where source_id = '{source_id}'",
        )
        missing = _missing(database, "table_id", source_id, edition)
        if best := _best(subject, title_key, tables, magnitudes, aliases, missing):
            values = {"source_id": source_id, "title_key": title_key, "table_id": best.meaning}
            told = best.told("those known under its labels", "")
            told += _absence(missing, best.meaning, source_id, edition)
            yield Proposal((Line("table_aliases", values),), title or "", place, tuple(told))


def _missing(
    database: duckdb.DuckDBPyConnection, column: str, source_id: str, edition: str
) -> dict[str, str]:
    """Tables or indicators that an earlier edition of a source has and this one lacks, and the
    newest edition that has them."""
    return dict(
        database.execute(
            f"""select {column}, max(edition) from cells
            where source_id = $1 and edition < $2 and {column} is not null
                and {column} not in (
                    select {column} from cells
                    where source_id = $1 and edition = $2 and {column} is not null
                )
            group by all""",
            [source_id, edition],
        ).fetchall()
    )


def _absence(missing: dict[str, str], meaning: str, source_id: str, edition: str) -> list[str]:
    if meaning not in missing:
        return []
    return [f"{meaning} is in {source_id}/{missing[meaning]}, not in {source_id}/{edition}"]


def _indicators(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """Labels of known tables that no indicator has, where one of their unit is missing."""
    database.execute(
        """create or replace temp table unmapped as
        select *, source_id || '|' || table_id || '|' || indicator_key as subject
        from cells
        where table_id is not null and indicator_id is null and is_telling_label
            and source_id not in (from declaring)
        qualify edition = max(edition) over (partition by source_id, table_id, indicator_key);
        create or replace temp table measured as
        select subject, i.indicator_id as candidate, cell_id, i.indicator_id, area_code, c.year,
            number * u.factor as amount
        from unmapped as c
        join amounts as u on u.unit_key = c.unit_key and c.year = coalesce(u.year, c.year)
        join indicators as i on i.unit = u.unit"""
    )
    magnitudes = _magnitudes(database, "from measured")
    meanings = _grouped(database, "select distinct subject, candidate from measured order by all")
    in_place = set(database.execute(_SAME_COLUMN).fetchall())
    subjects = database.execute(
        """select subject, source_id, table_id, indicator_key, edition, min(indicator_label),
            arg_min(place, cell_id)
        from unmapped group by all order by all"""
    ).fetchall()
    for subject, source_id, table_id, key, edition, label, place in subjects:
        aliases = _grouped(
            database,
            "select indicator_id, label_key from indicator_aliases "
            f"where source_id = '{source_id}' and table_id = '{table_id}'",
        )
        missing = _missing(database, "indicator_id", source_id, edition)
        likely = [
            indicator
            for indicator in meanings.get(subject, [])
            if indicator not in _provided(database, source_id, edition)
        ]
        if best := _best(subject, key, likely, magnitudes, aliases, missing, in_place):
            values = {"source_id": source_id, "table_id": table_id, "label_key": key}
            line = Line("indicator_aliases", {**values, "indicator_id": best.meaning})
            known = f"the known ones of {best.meaning}"
            told = best.told(known, "in the same column or row as before")
            told += _absence(missing, best.meaning, source_id, edition)
            yield Proposal((line,), label, place, tuple(told))


# A label that stands in one column (or row) in which an earlier edition of its table has an
# indicator and nothing else
_SAME_COLUMN = """
with places as (
    select source_id, table_id, edition, snapshot_sha256, sheet, subject, indicator_id,
        case when min(column_number) = max(column_number) then min(column_number) end as in_column,
        case when min(row_number) = max(row_number) then min(row_number) end as in_row
    from (
        select source_id, table_id, edition, snapshot_sha256, sheet, subject, null as indicator_id,
            column_number, row_number from unmapped
        union all
        select source_id, table_id, edition, snapshot_sha256, sheet, null, indicator_id,
            column_number, row_number from cells where indicator_id is not null
    )
    group by all
    having count(*) > 1
)

select distinct label.subject, earlier.indicator_id
from places as label
join places as earlier
    on earlier.source_id = label.source_id and earlier.table_id = label.table_id
    and earlier.edition < label.edition
    and (earlier.in_column = label.in_column or earlier.in_row = label.in_row)
where label.subject is not null and earlier.indicator_id is not null
"""


def _provided(database: duckdb.DuckDBPyConnection, source_id: str, edition: str) -> set[str]:
    """The indicators that an edition prints under labels that are known."""
    rows = database.execute(
        "select distinct indicator_id from cells where source_id = $1 and edition = $2",
        [source_id, edition],
    ).fetchall()
    return {row[0] for row in rows}


def _areas(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """Names of areas that nobody knows, where a province is missing from the same table.

    Wording alone says nothing here: a city is often called much like another province.
    """
    database.execute(_NAMELESS)
    magnitudes = _magnitudes(
        database,
        """select n.subject, a.province_code as candidate, cell_id, indicator_id,
            a.province_code as area_code, year, number * factor as amount
        from nameless as n join absent as a on a.subject = n.subject where factor is not null""",
    )
    in_place = set(
        database.execute(
            """select distinct n.subject, r.area_code from nameless as n
            join ranked as r on r.source_id = n.source_id and r.title_key = n.title_key
                and r.edition < n.edition and r.nth_row = n.nth_row
            where r.area_code is not null"""
        ).fetchall()
    )
    names = dict(database.execute("select province_code, name_en from provinces").fetchall())
    aliases = _grouped(database, "select area_code, area_key from area_aliases order by all")
    absent = _grouped(database, "from absent order by all")
    subjects = database.execute(
        """select subject, source_id, area_key, min(area_label), arg_min(place, cell_id)
        from nameless group by all order by all"""
    ).fetchall()
    for subject, source_id, key, label, place in subjects:
        found = [magnitudes.get((subject, area), _Magnitude()) for area in absent.get(subject, [])]
        if sum(magnitude.is_that_of_known for magnitude in found) > 1:
            continue  # values that several provinces have are nobody's
        likely = [
            area
            for area in absent.get(subject, [])
            if (subject, area) in in_place
            or magnitudes.get((subject, area), _Magnitude()).is_that_of_known
        ]
        best = _best(subject, key, likely, magnitudes, aliases, likely, in_place)
        if best and (best.magnitude.is_that_of_known or best.alike_to not in key):
            told = [
                *best.told(f"the known ones of {names[best.meaning]}", "in the same row as before"),
                f"{names[best.meaning]} is missing from the table",
            ]
            values = {"source_id": source_id, "area_key": key, "area_code": best.meaning}
            yield Proposal((Line("area_aliases", values),), label, place, tuple(told))


# Unknown names beside known provinces in tables of known indicators, and who is absent there. A
# table with as many unknown names as known provinces is about something else, cities for example.
_NAMELESS = """
create or replace temp table ranked as
select *, dense_rank() over (partition by snapshot_sha256, sheet order by row_number) as nth_row
from cells;
create or replace temp table nameless as
with strange as (
    select snapshot_sha256, sheet
    from cells group by all
    having count(distinct area_key) filter (not is_known_name)
        >= count(distinct area_key) filter (area_code is not null)
)

select ranked.*, source_id || '|' || area_key as subject
from ranked anti join strange using (snapshot_sha256, sheet)
where not is_known_name and indicator_id is not null and is_telling_area
qualify edition = max(edition) over (partition by source_id, area_key);
create or replace temp table absent as
select distinct n.subject, p.province_code
from nameless as n cross join provinces as p
where not exists (
    select 1 from ranked as r
    where r.snapshot_sha256 = n.snapshot_sha256 and r.area_code = p.province_code
        and coalesce(r.indicator_key, '') = coalesce(n.indicator_key, '')
)
"""


def _units(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """Units that nobody knows, where known values give the factor to the indicator's unit."""
    rows = database.execute(
        """with cells_without_factor as (
            select c.*, regexp_matches(unit_key, '美元|usd|dollar') as is_usd
            from cells as c
            where indicator_id is not null and factor is null
                and unit_key not in (select unit_key from units) and not contains(unit_key, '%')
        ),

        nearest as (
            select c.cell_id, c.unit_key, c.unit, c.is_usd, c.unit_label, c.place, k.indicator_id,
                k.value / (number * case when is_usd then r.cny_per_usd else 1 end) as ratio
            from cells_without_factor as c
            left join exchange_rates as r on r.year = c.year
            left join known as k
                on k.indicator_id = c.indicator_id and k.area_code = c.area_code
                and k.year between c.year - 3 and c.year and number * k.value > 0
            qualify row_number() over (
                partition by c.cell_id order by k.year desc, k.published_on desc, k.source_id
            ) = 1
        )

        select unit_key, unit, is_usd, min(unit_label), arg_min(place, cell_id), min(indicator_id),
            count(ratio), log10(median(ratio))
        from nearest group by all order by all"""
    ).fetchall()
    for key, unit, is_usd, label, place, indicator, compared, power in rows:
        if compared < _ENOUGH_CELLS or abs(power - round(power)) > 0.2:
            continue
        factor = f"{10.0 ** round(power):.10f}".rstrip("0").rstrip(".")
        values = {"unit_key": key, "unit": unit, "factor": factor}
        line = Line("units", {**values, "currency": "USD"} if is_usd else values)
        evidence = (
            f"{compared} values are those known of {indicator} with this factor "
            f"(median {10**power:.4g})"
        )
        yield Proposal((line,), label, place, (evidence,))
