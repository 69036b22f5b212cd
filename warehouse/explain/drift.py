"""Labels that changed: which lines of the seeds would let the newest edition be understood.

A label is worth a proposal where something that the source used to print is missing beside it, or
where its values are those of an indicator (or province) that is known and missing. The strongest
evidence is the magnitude of the values, then the place in the table, then the wording.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import duckdb

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import build, releases

SEEDS = releases.PROJECT / "dbt_project" / "seeds"

# Fewer common cells than this say nothing about magnitude
_ENOUGH_CELLS = 3
# How much alike two wordings (0 to 1) have to be: with support from elsewhere, and alone
_SOMEWHAT_ALIKE, _ALIKE = 0.4, 0.6

# What staging understood of every value cell, and what it knows values by
_CELLS = """
create table cells as
select
    row_number() over (
        order by source_id, edition, file_name, sheet, row_number, column_number
    ) as cell_id, kind, source_id, edition, snapshot_sha256,
    source_id || '/' || edition || '/' || file_name as file, locator, coalesce(sheet, '') as sheet,
    row_number, column_number, table_title, title_key, table_id, indicator_label, indicator_key,
    indicator_id, unit_label, unit_key, standard_unit as unit,
    factor * case when currency is null then 1 else cny_per_usd end as factor,
    area_label, area_key, area_code, is_known_name, year, number_printed as number
from build.staging.stg_cells where kind <> 'undeclared';
create table known as from build.marts.fct_observation__vintages;
create view declaring as
select source_id from build.raw.sources where indicators_are_declared
"""
# The seeds that the last refresh went by
_SEEDS = """
create view table_aliases as
select sources.source_id, titles.title_key, titles.table_id
from build.seeds.table_aliases as titles
join build.raw.sources as sources on titles.source_id in ('*', sources.source_id);
create view indicator_aliases as
select sources.source_id, labels.table_id, labels.label_key, labels.indicator_id
from build.seeds.indicator_aliases as labels
join build.raw.sources as sources on labels.source_id in ('*', sources.source_id);
create view area_aliases as from build.seeds.area_aliases;
create view units as from build.seeds.units;
create view exchange_rates as from build.seeds.exchange_rates;
create view indicators as from build.catalog.dim_indicator;
create view provinces as
select area_code as province_code, name_en from build.catalog.dim_area where level = 'province'
"""

# A proposal taken for true, by its line; and what follows for the cells below a title
_TAKEN_FOR_TRUE = {
    "table_aliases.csv": """
        update cells set table_id = $3 where source_id = $1 and title_key = $2 and table_id is null
    """,
    "indicator_aliases.csv": """
        update cells set indicator_id = $4
        where source_id = $1 and table_id = $2 and indicator_key = $3 and indicator_id is null
    """,
    "area_aliases.csv": """
        update cells set area_code = $3, is_known_name = true
        where source_id = $1 and area_key = $2 and not is_known_name
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
from (
    select u.unit_key, u.unit, r.year, u.factor * coalesce(r.cny_per_usd, 1) as factor
    from units as u left join exchange_rates as r on u.currency = 'USD'
) as amounts
where cells.factor is null and cells.unit_key = amounts.unit_key and cells.unit = amounts.unit
    and cells.year = coalesce(amounts.year, cells.year)
"""

# How the amounts of candidates compare with what is known: in the same year, and else with the
# newest of the three years before
_MEASURED = """
with candidates as ({candidates}),

compared as (
    select subject, candidate, cell_id, c.year = k.year as is_same_year,
        abs(ln(amount / k.value)) as distance,
        rank() over (partition by subject, candidate, cell_id order by k.year desc) as age
    from candidates as c
    join known as k
        on k.indicator_id = c.indicator_id and k.area_code = c.area_code
        and k.year between c.year - 3 and c.year and amount * k.value > 0
),

nearest as (
    select subject, candidate, cell_id, is_same_year, min(distance) as distance
    from compared where age = 1 group by all
)

select subject, candidate,
    count(*) filter (is_same_year), count(*) filter (is_same_year and distance < ln(1.05)),
    count(*), count(*) filter (distance < ln(1.5))
from nearest group by all
"""


@dataclass(frozen=True)
class Proposal:
    """One line for a seed: the label it is about, where that stands, and what speaks for it."""

    seed: str
    line: tuple[str, ...]
    label: str
    place: str
    evidence: tuple[str, ...]


class NoSuchProposal(WarehouseError):
    """A proposal was accepted by a number that none of them has."""


@dataclass(frozen=True)
class _Magnitude:
    """How many cells could be compared with known values: of the same year, and at all."""

    same_year: int = 0
    equal: int = 0
    compared: int = 0
    similar: int = 0

    @property
    def is_that_of_known(self) -> bool:
        return self.same_year >= _ENOUGH_CELLS and 2 * self.equal >= self.same_year

    @property
    def is_similar(self) -> bool:
        return self.compared >= _ENOUGH_CELLS and 5 * self.similar >= 4 * self.compared

    @property
    def is_another(self) -> bool:
        is_comparable = self.compared >= _ENOUGH_CELLS
        return is_comparable and not (self.is_that_of_known or self.is_similar)

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
    def is_plausible(self) -> bool:
        """Values decide; without any, a label of like wording that is missing is plausible."""
        if self.magnitude.is_another:
            return False
        if self.magnitude.is_that_of_known:
            return True
        if not self.is_missing:
            return False
        if self.magnitude.is_similar or self.is_in_place:
            return self.likeness >= _SOMEWHAT_ALIKE
        return self.likeness >= _ALIKE

    @property
    def strength(self) -> tuple:
        magnitude = self.magnitude
        return (
            magnitude.is_that_of_known,
            magnitude.is_similar,
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
            said.append(f"worded like {self.alike_to} ({self.likeness:.2f})")
        return said


def proposals(home: Home, seeds: Path = SEEDS) -> list[Proposal]:
    """The lines that would map what the newest editions print under labels nobody knows.

    In the order of seed, label and place: the same files and seeds give the same numbers. Lines
    that stand in the seeds already, for the next refresh to use, are left out. Raises `NoBuild`.
    """
    found = []
    with _database(home) as database:
        for propose in (_titles, _indicators, _areas, _units):
            new = list(propose(database))
            for proposal in new:
                _take_for_true(database, proposal)
            database.execute(_WHAT_FOLLOWS)
            found += new
    accepted = {name: _lines(seeds / name) for name in {proposal.seed for proposal in found}}
    return sorted(
        (proposal for proposal in found if proposal.line not in accepted[proposal.seed]),
        key=lambda proposal: (proposal.seed, proposal.line, proposal.place),
    )


def _take_for_true(database: duckdb.DuckDBPyConnection, proposal: Proposal) -> None:
    """What is proposed so far holds: a table has to be known before its labels."""
    if update := _TAKEN_FOR_TRUE.get(proposal.seed):
        places = range(1, len(proposal.line) + 1)
        values = [value for n, value in zip(places, proposal.line) if f"${n}" in update]
        database.execute(update, values)


def _lines(seed: Path) -> set[tuple[str, ...]]:
    with seed.open(encoding="utf-8", newline="") as stream:
        return {tuple(line) for line in csv.reader(stream)}


def accept(found: Sequence[Proposal], numbers: Iterable[int], seeds: Path = SEEDS) -> list[Path]:
    """Append the proposals of these numbers (from 1) to their seeds; returns the seeds changed.

    Raises `NoSuchProposal`, and then changes nothing.
    """
    wanted = sorted(set(numbers))
    for number in wanted:
        if not 1 <= number <= len(found):
            raise NoSuchProposal(f"there is no proposal {number}: `yearbook map` lists them")
    changed = {seeds / found[number - 1].seed: None for number in wanted}
    for path in changed:
        lines = [found[n - 1].line for n in wanted if seeds / found[n - 1].seed == path]
        text = path.read_text(encoding="utf-8")
        with path.open("a", encoding="utf-8", newline="") as stream:
            stream.write("" if text.endswith("\n") else "\n")
            csv.writer(stream, lineterminator="\n").writerows(lines)
    return list(changed)


def _database(home: Home) -> duckdb.DuckDBPyConnection:
    """A database in memory with what the last refresh understood, and the seeds it went by."""
    database = build.attached(home)
    try:
        database.execute(_SEEDS)
        database.execute(_CELLS)
    except duckdb.CatalogException:
        raise build.NoBuild(
            f"{build.path(home)} is not complete, as after a refresh that failed: mend what it "
            "said and run `yearbook refresh`"
        ) from None
    return database


def _magnitudes(
    database: duckdb.DuckDBPyConnection, candidates: str
) -> dict[tuple[str, str], _Magnitude]:
    """By subject and candidate, from a query with subject, candidate, cell_id, indicator_id,
    area_code, year and amount (in the standard unit)."""
    rows = database.execute(_MEASURED.format(candidates=candidates)).fetchall()
    return {(subject, candidate): _Magnitude(*counts) for subject, candidate, *counts in rows}


def _best(candidates: Iterable[_Candidate]) -> _Candidate | None:
    return max(
        (candidate for candidate in candidates if candidate.is_plausible),
        key=lambda candidate: candidate.strength,
        default=None,
    )


def _most_alike(key: str, aliases: Iterable[str]) -> tuple[float, str]:
    """How much alike the closest of the aliases is (0 to 1), and which it is."""
    return max(
        ((SequenceMatcher(None, key, alias).ratio(), alias) for alias in aliases if alias),
        default=(0.0, ""),
    )


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key, value in rows:
        groups.setdefault(key, []).append(value)
    return groups


def _titles(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """Titles that no table has, where a table of the source is missing from the edition."""
    magnitudes = _magnitudes(
        database,
        """select c.source_id || '|' || c.title_key as subject, a.table_id as candidate, cell_id,
            a.indicator_id, area_code, year, number * u.factor as amount
        from cells as c
        join indicator_aliases as a
            on a.source_id = c.source_id and a.label_key = c.indicator_key
        join indicators as i on i.indicator_id = a.indicator_id
        join units as u on u.unit_key = c.unit_key and u.unit = i.unit and u.currency is null
        where c.table_id is null and c.kind = 'observation'""",
    )
    aliases = _grouped(
        database.execute(
            "select source_id || '|' || table_id, title_key from table_aliases"
        ).fetchall()
    )
    subjects = database.execute(
        """select source_id, title_key, max(edition), min(table_title),
            first(file order by cell_id), first(locator order by cell_id)
        from cells where table_id is null and kind = 'observation' group by all order by all"""
    ).fetchall()
    for source_id, title_key, edition, title, file, locator in subjects:
        missing = _missing(database, "table_id", source_id, edition)
        best = _best(
            _Candidate(
                table.partition("|")[2],
                magnitudes.get((f"{source_id}|{title_key}", table.partition("|")[2]), _Magnitude()),
                *_most_alike(title_key, known_titles),
                is_in_place=False,
                is_missing=table.partition("|")[2] in missing,
            )
            for table, known_titles in aliases.items()
            if table.partition("|")[0] == source_id
        )
        if best:
            evidence = [
                *best.told("those known under its labels", ""),
                *_absence(missing, best.meaning, f"{source_id}/{edition}"),
            ]
            yield Proposal(
                "table_aliases.csv",
                (source_id, title_key, best.meaning),
                title or "",
                f"{file} ({locator})",
                tuple(evidence),
            )


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


def _absence(missing: dict[str, str], meaning: str, edition: str) -> list[str]:
    if meaning not in missing:
        return []
    return [f"{meaning} is in {edition.partition('/')[0]}/{missing[meaning]}, not in {edition}"]


def _indicators(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """Labels of known tables that no indicator has, where one is missing from the edition."""
    database.execute(
        """create or replace temp table unmapped as
        select *, source_id || '|' || table_id || '|' || indicator_key as subject
        from cells
        where table_id is not null and indicator_id is null
            and source_id not in (from declaring)
        qualify edition = max(edition) over (partition by source_id, table_id, indicator_key)"""
    )
    magnitudes = _magnitudes(
        database,
        """select subject, i.indicator_id as candidate, cell_id, i.indicator_id, area_code, c.year,
            number * u.factor
                * case when u.currency = 'USD' then r.cny_per_usd else 1 end as amount
        from unmapped as c
        join units as u on u.unit_key = c.unit_key
        join indicators as i on i.unit = u.unit
        left join exchange_rates as r on r.year = c.year""",
    )
    aliases = _grouped(
        database.execute(
            "select source_id || '|' || table_id || '|' || indicator_id, label_key "
            "from indicator_aliases"
        ).fetchall()
    )
    # a unit that is known, but for other indicators, rules a meaning out
    meanings = _grouped(
        database.execute(
            """select distinct subject, i.indicator_id from unmapped as c cross join indicators as i
            where c.unit_key is null or c.unit_key not in (select unit_key from units)
                or (c.unit_key, i.unit) in (select (unit_key, unit) from units)
            order by all"""
        ).fetchall()
    )
    subjects = database.execute(
        """select subject, source_id, table_id, indicator_key, edition, min(indicator_label),
            first(file order by cell_id),
            first(locator order by cell_id) from unmapped group by all order by all"""
    ).fetchall()
    in_place = set(database.execute(_SAME_COLUMN).fetchall())
    for subject, source_id, table_id, key, edition, label, file, locator in subjects:
        missing = _missing(database, "indicator_id", source_id, edition)
        here = _provided(database, source_id, edition)
        best = _best(
            _Candidate(
                indicator,
                magnitudes.get((subject, indicator), _Magnitude()),
                *_most_alike(key, aliases.get(f"{source_id}|{table_id}|{indicator}", [])),
                is_in_place=(subject, indicator) in in_place,
                is_missing=indicator in missing,
            )
            for indicator in meanings.get(subject, [])
            if indicator not in here
        )
        if best:
            evidence = [
                *best.told(
                    f"the known ones of {best.meaning}", "in the same column or row as before"
                ),
                *_absence(missing, best.meaning, f"{source_id}/{edition}"),
            ]
            yield Proposal(
                "indicator_aliases.csv",
                (source_id, table_id, key, best.meaning),
                label,
                f"{file} ({locator})",
                tuple(evidence),
            )


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
    """Names of areas that nobody knows, where a province is missing from the same table."""
    database.execute(
        """create or replace temp table ranked as
        select *, dense_rank() over (partition by snapshot_sha256, sheet order by row_number)
            as place
        from cells;
        create or replace temp table nameless as
        select *, source_id || '|' || area_key as subject from ranked
        where not is_known_name and area_key is not null
        qualify edition = max(edition) over (partition by source_id, area_key);
        create or replace temp table absent as
        select distinct n.subject, p.province_code
        from nameless as n cross join provinces as p
        where not exists (
            select 1 from ranked as r
            where r.snapshot_sha256 = n.snapshot_sha256 and r.area_code = p.province_code
                and coalesce(r.indicator_key, '') = coalesce(n.indicator_key, '')
        )"""
    )
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
                and r.edition < n.edition and r.place = n.place
            where r.area_code is not null"""
        ).fetchall()
    )
    aliases = _grouped(
        database.execute("select area_code, area_key from area_aliases order by all").fetchall()
    )
    names = dict(database.execute("select province_code, name_en from provinces").fetchall())
    candidates = _grouped(database.execute("from absent order by all").fetchall())
    subjects = database.execute(
        """select subject, source_id, area_key, min(area_label), first(file order by cell_id),
            first(locator order by cell_id)
        from nameless group by all order by all"""
    ).fetchall()
    for subject, source_id, key, label, file, locator in subjects:
        best = _best(
            _Candidate(
                province,
                magnitudes.get((subject, province), _Magnitude()),
                *_most_alike(key, aliases[province]),
                is_in_place=(subject, province) in in_place,
                is_missing=True,
            )
            for province in candidates.get(subject, [])
        )
        if best:
            evidence = [
                *best.told(f"the known ones of {names[best.meaning]}", "in the same row as before"),
                f"{names[best.meaning]} is missing from the table",
            ]
            yield Proposal(
                "area_aliases.csv",
                (source_id, key, best.meaning, ""),
                label,
                f"{file} ({locator})",
                tuple(evidence),
            )


def _units(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """Units without a factor to the standard unit of their indicator; known values give it."""
    rows = database.execute(
        """with cells_without_factor as (
            select c.*, regexp_matches(unit_key, '美元|usd|dollar') as is_usd
            from cells as c
            where indicator_id is not null and factor is null and unit_key is not null
        ),

        nearest as (
            select c.cell_id, c.unit_key, c.unit, c.is_usd, c.unit_label, c.file, c.locator,
                k.indicator_id,
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

        select unit_key, unit, is_usd, min(unit_label), first(file order by cell_id),
            first(locator order by cell_id), min(indicator_id),
            count(ratio), log10(median(ratio))
        from nearest group by all order by all"""
    ).fetchall()
    for key, unit, is_usd, label, file, locator, indicator, compared, power in rows:
        if compared < _ENOUGH_CELLS or abs(power - round(power)) > 0.2:
            continue
        currency = "USD" if is_usd else ""
        evidence = (
            f"{compared} values are those known of {indicator} with this factor "
            f"(median {10**power:.4g})",
        )
        yield Proposal(
            "units.csv",
            (key, unit, f"{10.0 ** round(power):.10f}".rstrip("0").rstrip("."), currency),
            label,
            f"{file} ({locator})",
            evidence,
        )
