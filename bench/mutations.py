"""What becomes of a landing folder in which one thing is wrong: held, warned of, listed or silent.

Run with `python bench/mutations.py [landing]`; without a folder, the published files beside the
project, else a demonstration. 200 seeded mutations of cells, rows, columns and files, each kind by
turns in a new edition of a table, which prints it again with the fault, and in place: in every copy
of the table in its edition, the oldest, the newest or the only one to print the values. They are
made in the raw cells of a build, so that nothing is written in the format of a source; those of
different indicators share a build, and matrices are left out of it.

A mutation counts as the first of these that is new beside the build without it:

- held: the gate holds a file back for that indicator (if the wrong file is the oldest, a later one)
- left out: cells of the indicator are rejected
- warned: a row of `catalog.data_warning`
- listed: a row of `results.revisions`
"""

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from orchestration import dbt_manifest, dbt_runner, intake
from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.store import build

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "landing"
COUNT, MOST, SEED = 200, 16, 2026
UNIT, INDICATORS = "another unit", "two indicators exchanged"
OUTCOMES = ["held", "left out", "warned", "listed", "silent"]
SELECTION = ["+data_warning", "+rejected_cell", "+revisions", "+int_held_file_findings"]
FINDINGS = {
    "held": "select indicator_id, message from intermediate.int_held_file_findings",
    "left out": "select coalesce(indicator_id, ''), edition || locator || rejection "
    "from staging.stg_cells where rejection is not null",
    "warned": "select indicator_id, check_name || area_code || year || message "
    "from catalog.data_warning where check_name <> 'mixed_vintages'",
    "listed": "select indicator_id, area_code || year || published_on || value "
    "from results.revisions",
}
# What each landed cell says, as it was understood before anything was changed; indicators that are
# parts of one whole are a family, and a table is what an edition prints of one
UNDERSTOOD = """
create table raw.landed as from raw.cells where classification is null;
drop view raw.cells;
create table raw.landed_files as from raw.files;
create table raw.understood as
select
    landed.rowid as cell_id, cells.source_id, cells.edition, cells.series_vintage,
    coalesce(whole_id, cells.indicator_id) as family, cells.indicator_id, cells.area_code,
    cells.year, cells.text, cells.unit_key, cells.standard_unit, cells.published_on
from staging.stg_cells as cells
inner join raw.landed
    on cells.source_id = landed.source_id
    and cells.snapshot_sha256 = landed.snapshot_sha256
    and cells.sheet is not distinct from landed.sheet
    and cells.cell = landed.cell
    and landed.role = 'value'
left join seeds.identities on cells.indicator_id = part_id
where cells.kind = 'observation' and cells.is_usable and cells.value is not null
"""
# The landed cells with the faults in place, and the tables of the batch that are printed again
AGAIN = """
    'again' as edition, date '2030-06-30' as published_on,
    faults.number || snapshot_sha256 as snapshot_sha256
"""
MUTATED = f"""
create or replace temp table faulty as
select
    landed.* replace (
        coalesce(changes.text, landed.text) as text,
        coalesce(changes.unit, landed.unit_label) as unit_label,
        coalesce(changes.unit, landed.unit_key) as unit_key
    ),
    is_again,
    number
from tables
inner join raw.understood using (source_id, edition, series_vintage, family)
inner join raw.landed on landed.rowid = understood.cell_id
left join changes using (number, indicator_id, area_code, year)
where changes.number is null or changes.text is not null;

create or replace table raw.cells as
select landed.*
from raw.landed
left join (
    select cell_id, is_again
    from raw.understood
    inner join tables using (source_id, edition, series_vintage, family)
) as replaced on landed.rowid = replaced.cell_id
where replaced.is_again is distinct from false
union all
select * exclude (is_again, number) from faulty where not is_again
union all
select faults.* exclude (is_again, number) replace (
    {AGAIN},
    case when series_vintage = edition then 'again' else series_vintage end as series_vintage
)
from faulty as faults where is_again
union all
select landed.* replace ({AGAIN})
from raw.landed
inner join (select distinct source_id, snapshot_sha256, number from faulty where is_again) as faults
    using (source_id, snapshot_sha256)
where role = 'label';

create or replace table raw.files as
from raw.landed_files
union all
select files.* replace ({AGAIN})
from raw.landed_files as files
inner join (select distinct source_id, snapshot_sha256, number from faulty where is_again) as faults
    using (source_id, snapshot_sha256)
where role = 'taken'
"""


@dataclass(frozen=True)
class Table:
    """What an edition prints of a family of indicators."""

    source_id: str
    edition: str
    series_vintage: str
    family: str


# A cell of a table of one indicator: area and year. What is to stand there; None: the cell is gone
Texts = dict[tuple[str, int], str | None]


@dataclass(frozen=True)
class Mutation:
    """A table with a fault: new texts by indicator, area and year, or a new unit."""

    kind: str
    is_again: bool
    table: Table
    published_on: date
    texts: dict[tuple[str, str, int], str | None]
    unit: str | None


def main(landing: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        _build(home, landing)
        cells, units = _read(home, "from raw.understood"), _read(home, "from seeds.units")
        mutations = _drawn(cells, units, random.Random(SEED))
        before = _findings(home)
        outcomes = {}
        for batch in _batches(mutations):
            _rebuild(home, batch)
            after = _findings(home)
            outcomes |= {id(one): _outcome(one, before, after, cells) for one in batch}
    _show(mutations, outcomes, cells)


def _build(home: Home, landing: Path | None) -> None:
    if landing is None:
        intake.write_demonstration(home)
    intake.take_in(home, landing or home.landing)
    raw.read(home)
    build.begin(home)
    dbt_manifest.keep()
    dbt_runner.run(home, ["seed"])
    _run(home)
    with duckdb.connect(build.path(home)) as database:
        database.execute(UNDERSTOOD)


def _rebuild(home: Home, batch: list[Mutation]) -> None:
    """The build with a batch of mutations in its cells."""
    tables = [(n, *astuple(one.table), one.is_again) for n, one in enumerate(batch)]
    changes = [
        (n, *key, text, one.unit) for n, one in enumerate(batch) for key, text in one.texts.items()
    ]
    named = {
        "tables": (tables, ["number", *Table.__annotations__, "is_again"]),
        "changes": (changes, ["number", "indicator_id", "area_code", "year", "text", "unit"]),
    }
    with duckdb.connect(build.path(home)) as database:
        for name, (rows, columns) in named.items():
            database.register(name, pd.DataFrame(rows, columns=columns))
        database.execute(MUTATED)
    _run(home)


def _run(home: Home) -> None:
    done = dbt_runner.run(home, ["run", "--select", *SELECTION])
    if not done.success:
        raise SystemExit([result.message for result in done.result if result.status == "error"])


def _drawn(cells: pd.DataFrame, units: pd.DataFrame, chance: random.Random) -> list[Mutation]:
    """As many mutations as wanted, each kind as often, the families with equal chances."""
    tables = {Table(*key): cells for key, cells in cells.groupby([*Table.__annotations__])}
    families = sorted({table.family for table in tables})
    drawn: list[Mutation] = []
    while len(drawn) < COUNT:
        turn, kind = divmod(len(drawn), len(KINDS))
        # a family a build: the more often one is drawn, the more builds there are
        counts = Counter(one.table.family for one in drawn)
        family = chance.choice([name for name in families if counts[name] < MOST])
        table = chance.choice([table for table in tables if table.family == family])
        try:
            texts, unit = _fault(list(KINDS)[kind], tables[table], units, chance)
        except (IndexError, ValueError):
            continue  # the table has no two rows, columns, digits or units for this kind
        published_on = tables[table]["published_on"].iloc[0]
        drawn.append(Mutation(list(KINDS)[kind], turn % 2 == 0, table, published_on, texts, unit))
    return drawn


def _fault(
    kind: str, table: pd.DataFrame, units: pd.DataFrame, chance: random.Random
) -> tuple[dict[tuple[str, str, int], str | None], str | None]:
    indicators = dict(list(table.groupby("indicator_id")))
    if kind == INDICATORS:
        one, other = chance.sample(sorted(indicators), 2)
        return _indicators_exchanged(indicators, one, other), None
    one = chance.choice(sorted(indicators))
    texts = KINDS[kind](_wide(indicators[one]), chance)
    unit = _another_unit(indicators[one].iloc[0], units, chance) if kind == UNIT else None
    return {(one, *key): text for key, text in texts.items()}, unit


def _wide(cells: pd.DataFrame) -> pd.DataFrame:
    """A row an area, a column a year."""
    return cells.pivot_table("text", "area_code", "year", aggfunc="first", sort=True)


def _indicators_exchanged(
    indicators: dict[str, pd.DataFrame], one: str, other: str
) -> dict[tuple[str, str, int], str | None]:
    mine, theirs = (_printed(_wide(indicators[name])) for name in (one, other))
    both = mine.keys() & theirs.keys()
    return {(one, *key): theirs[key] for key in sorted(both)} | {
        (other, *key): mine[key] for key in sorted(both)
    }


def _another_unit(cell: pd.Series, units: pd.DataFrame, chance: random.Random) -> str:
    """A unit that the indicator is printed in elsewhere, of another factor."""
    known = units[units["unit"] == cell["standard_unit"]]
    own = known.loc[known["unit_key"] == cell["unit_key"], "factor"]
    others = known[known["currency"].isna() & ~known["factor"].isin(own)]
    return chance.choice(list(others["unit_key"]))


def _batches(mutations: list[Mutation]) -> list[list[Mutation]]:
    """Mutations of different families, and in place of different editions, in few builds.

    A file that is held for one table is held for all, so that nothing else of it would be seen.
    """
    batches: list[list[Mutation]] = []
    for one in mutations:
        batch = next((batch for batch in batches if not any(_meet(one, m) for m in batch)), None)
        if batch is None:
            batches.append([one])
        else:
            batch.append(one)
    return batches


def _meet(one: Mutation, other: Mutation) -> bool:
    if one.table.family == other.table.family:
        return True
    is_one_edition = (one.table.source_id, one.table.edition) == (
        other.table.source_id,
        other.table.edition,
    )
    return is_one_edition and not (one.is_again or other.is_again)


def _findings(home: Home) -> dict[str, set[tuple]]:
    return {
        outcome: set(_read(home, query).itertuples(index=False, name=None))
        for outcome, query in FINDINGS.items()
    }


def _read(home: Home, query: str) -> pd.DataFrame:
    with duckdb.connect(build.path(home), read_only=True) as database:
        return database.execute(query).df()


def _outcome(
    one: Mutation,
    before: dict[str, set[tuple]],
    after: dict[str, set[tuple]],
    cells: pd.DataFrame,
) -> str:
    """The first kind of finding that is new for an indicator of the family.

    What a new edition prints anew is listed only where it differs, so a new edition without a fault
    would be silent too.
    """
    family = set(cells.loc[cells["family"] == one.table.family, "indicator_id"])
    for outcome in FINDINGS:
        if any(row[0] in family for row in after[outcome] - before[outcome]):
            return outcome
    return "silent"


def _has_measure(one: Mutation, cells: pd.DataFrame) -> bool:
    """Whether a publication of another day prints any of the cells that were changed."""
    of_family = cells["family"] == one.table.family
    others = cells[of_family & (cells["published_on"] != one.published_on)]
    keys = zip(others["indicator_id"], others["area_code"], others["year"], strict=True)
    return one.is_again or not set(keys).isdisjoint(one.texts)


def _show(mutations: list[Mutation], outcomes: dict[int, str], cells: pd.DataFrame) -> None:
    known: dict[bool, list[Mutation]] = {True: [], False: []}
    for one in mutations:
        known[_has_measure(one, cells)].append(one)
    for has_measure, chosen in known.items():
        title = "another publication to compare with" if has_measure else "nothing to compare with"
        print(f"\n| {title} | all | {' | '.join(OUTCOMES)} |")
        print("|---" * (len(OUTCOMES) + 2) + "|")
        for kind in KINDS:
            counts = Counter(outcomes[id(one)] for one in chosen if one.kind == kind)
            figures = " | ".join(str(counts[outcome] or "") for outcome in OUTCOMES)
            print(f"| {kind} | {counts.total()} | {figures} |")
    print()
    for one in (one for one in known[True] if outcomes[id(one)] == "silent"):
        place = "in a new edition" if one.is_again else "in place"
        print(f"silent: {one.kind} {place}, {one.table}: {list(one.texts.items())[:2]}")


def _printed(table: pd.DataFrame) -> dict[tuple[str, int], str]:
    return dict(table.stack().dropna())


def _provinces(table: pd.DataFrame) -> list[str]:
    return [area for area in table.index if area.isdigit() and area != "100000"]


def _cell(table: pd.DataFrame, chance: random.Random) -> tuple[tuple[str, int], str]:
    """A printed cell and its text."""
    return chance.choice(sorted(_printed(table).items()))


def _digit_lost(table: pd.DataFrame, chance: random.Random) -> Texts:
    key, text = _cell(table, chance)
    digit = chance.choice(list(re.finditer(r"[0-9]", text.split(".")[0])))
    return {key: text[: digit.start()] + text[digit.end() :]}


def _digits_exchanged(table: pd.DataFrame, chance: random.Random) -> Texts:
    key, text = _cell(table, chance)
    pairs = [m.start() for m in re.finditer(r"(?=([0-9])(?!\1)[0-9])", text)]
    at = chance.choice(pairs)
    return {key: text[:at] + text[at + 1] + text[at] + text[at + 2 :]}


def _decimal_shifted(table: pd.DataFrame, chance: random.Random) -> Texts:
    key, text = _cell(table, chance)
    return {key: f"{float(text) * chance.choice([0.1, 10]):.6g}"}


def _cells_exchanged(table: pd.DataFrame, chance: random.Random) -> Texts:
    year = chance.choice(list(table.columns))
    one, other = chance.sample(_provinces(table[[year]].dropna()), 2)
    return {(one, year): table.at[other, year], (other, year): table.at[one, year]}


def _rows_exchanged(table: pd.DataFrame, chance: random.Random) -> Texts:
    one, other = chance.sample(_provinces(table), 2)
    return _moved(table, {one: other, other: one})


def _row_gone(table: pd.DataFrame, chance: random.Random) -> Texts:
    area = chance.choice(_provinces(table))
    return {(area, year): None for year in table.columns}


def _rows_shifted(table: pd.DataFrame, chance: random.Random) -> Texts:
    """From an area in the upper half on, every row holds the row above."""
    areas = list(table.index)
    first = chance.randrange(1, len(areas) // 2)
    return _moved(table, dict(zip(areas[first:], areas[first - 1 :], strict=False)))


def _columns_exchanged(table: pd.DataFrame, chance: random.Random) -> Texts:
    one, other = chance.sample(list(table.columns), 2)
    return _turned(_moved(table.T, {one: other, other: one}))


def _column_twice(table: pd.DataFrame, chance: random.Random) -> Texts:
    one, other = chance.sample(list(table.columns), 2)
    return _turned(_moved(table.T, {one: other}))


def _a_year_late(table: pd.DataFrame, chance: random.Random) -> Texts:
    years = list(table.columns)
    if len(years) < 2:
        raise ValueError("a single year")
    return _turned(_moved(table.T, dict(zip(years[1:], years, strict=False))))


def _every_cell(table: pd.DataFrame, chance: random.Random) -> Texts:
    return dict(_printed(table))


def _moved(table: pd.DataFrame, rows: dict) -> dict:
    """The cells of the rows, each with what stands in another row; where both print something."""
    return {
        (row, column): table.at[other, column]
        for row, other in rows.items()
        for column in table.columns
        if isinstance(table.at[row, column], str) and isinstance(table.at[other, column], str)
    }


def _turned(texts: dict) -> Texts:
    return {(area, year): text for (year, area), text in texts.items()}


KINDS: dict[str, Callable[[pd.DataFrame, random.Random], Texts]] = {
    "a digit lost": _digit_lost,
    "two digits exchanged": _digits_exchanged,
    "decimal point shifted": _decimal_shifted,
    "two provinces exchanged in a year": _cells_exchanged,
    "two provinces exchanged": _rows_exchanged,
    "a province gone": _row_gone,
    "rows shifted by one": _rows_shifted,
    "two years exchanged": _columns_exchanged,
    "a year printed twice": _column_twice,
    "every value a year late": _a_year_late,
    INDICATORS: _every_cell,
    UNIT: _every_cell,
}


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else PUBLISHED
    main(given if given.is_dir() else None)
