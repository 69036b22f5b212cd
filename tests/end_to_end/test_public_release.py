"""A public release of the demonstration, of whose sources two forbid to hand their values on."""

import json
import re
import shutil
from functools import partial
from pathlib import Path

import duckdb
import pytest

from orchestration.wording import of_release
from warehouse.report import writing
from warehouse.store import public_release
from warehouse.store.release_tables import OF_THE_RELEASE

FORBIDDEN = ("nbs_portal", "neri", "compiled")
# Indicators of these sources whose values get more digits, wherever they are: a column of the panel,
# one that is scaled there, and a national figure that stands in for provinces
MARKED = {"urbanisation_rate": "urban", "marketisation_index": "market"}
MARKED |= {"digital_services_export_share": None}
MARK = 1.0000123456789
# What is printed in so many digits is in no table by chance
FEWEST_DIGITS = 8
COLUMNS = """select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()
    where not internal and data_type in ('VARCHAR', 'DOUBLE') order by all"""
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")


def digits(number: float) -> str:
    return f"{abs(number):.10e}".partition("e")[0]


def marking(indicator: str, column: str | None) -> list[str]:
    """Statements that mark the values of an indicator in every table."""
    places = [
        *((f"fct_observation{ending}", "value") for ending in ("", "__as_of", "__vintages")),
        *(("printed_cell", each) for each in ("value", "number_printed")),
        ("printed_series", "value"),
        ("idx_digital_trade__contributions", "value"),
    ]
    found = [
        f"update marts.{table} set {name} = {name} * {MARK} where indicator_id = '{indicator}'"
        for table, name in places
    ]
    found.append(
        f"update marts.observation_input set input_value = input_value * {MARK} "
        f"where input_indicator_id = '{indicator}'"
    )
    wide = [("indicators__area_year", indicator)]
    wide += [(f"panel__province_year{ending}", column) for ending in ("", "__vintages") if column]
    return [
        *found,
        *(f"update marts.{table} set {name} = {name} * {MARK}" for table, name in wide),
        "update marts.idx_digital_trade__weights set minimum = minimum * "
        f"{MARK}, maximum = maximum * {MARK} where indicator_id = '{indicator}'",
    ]


@pytest.fixture(scope="module")
def source(demonstration, tmp_path_factory) -> Path:
    """The demonstration's release as it would be if two sources forbade to hand their values on."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copy(demonstration.release / "yearbook.duckdb", folder)
    file = folder / "yearbook.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as database:
        database.execute(
            "update catalog.dim_file set redistributable = source_id not in $1", [list(FORBIDDEN)]
        )
        for indicator, column in MARKED.items():
            for statement in marking(indicator, column):
                database.execute(statement)
    return folder


@pytest.fixture(scope="module")
def public(source, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("public") / "upload"
    public_release.write(
        source, folder, OF_THE_RELEASE, [partial(writing.write, wording=of_release)]
    )
    return folder


@pytest.fixture(scope="module")
def marked(source) -> set[str]:
    """The digits of every value that may not be handed on and that no allowed source prints too."""
    with duckdb.connect(str(source / "yearbook.duckdb"), read_only=True) as database:
        rows = database.execute(
            "select source_id in $1, number_printed from marts.printed_cell union all "
            "select source_id in $1, value from marts.printed_cell union all "
            "select source_id in $1, value from marts.printed_series",
            [list(FORBIDDEN)],
        ).fetchall()
    found = {(is_forbidden, digits(number)) for is_forbidden, number in rows if number}
    forbidden = {each for is_forbidden, each in found if is_forbidden}
    allowed = {each for is_forbidden, each in found if not is_forbidden}
    return {each for each in forbidden - allowed if len(each.rstrip("0")) > FEWEST_DIGITS}


def test_no_value_of_a_source_that_forbids_it_is_anywhere_in_the_folder(public, marked):
    assert len(marked) > 1000
    leaks = []
    with duckdb.connect(str(public / "yearbook.duckdb"), read_only=True) as database:
        for table, column, data_type in database.execute(COLUMNS).fetchall():
            query = f'select distinct "{column}" from {table} where "{column}" is not null'
            if data_type == "VARCHAR":  # hashes are full of digits that are no numbers
                query += f""" and not regexp_matches("{column}", '[0-9a-f]{{32}}')"""
            for (value,) in database.execute(query).fetchall():
                texts = NUMBER.findall(value) if data_type == "VARCHAR" else [str(value)]
                numbers = [float(text.replace(",", "")) for text in texts if len(text) < 30]
                if any(number and digits(number) in marked for number in numbers):
                    leaks.append((table, column, value))
    assert leaks == []


def test_the_files_beside_the_database_have_none_either(public, marked):
    others = [
        path
        for path in public.rglob("*")
        if path.suffix in {".json", ".html", ".md", ".cff", ".svg", ".csv", ".js"}
        and path.name != "vega.js"
    ]
    assert {path.name for path in others} >= {"README.md", "datapackage.json", "dictionary.html"}
    for path in others:
        words = re.split(r"[^\d.,]+", path.read_text(encoding="utf-8"))
        numbers = [float(word) for word in words if re.fullmatch(r"\d{1,20}(\.\d+)?", word)]
        assert not [n for n in numbers if n and digits(n) in marked and n != int(n)], path


def test_what_is_derived_and_what_is_allowed_stays(public, source):
    query = """select
        (select count(digital_trade_index) from marts.idx_digital_trade__province_year),
        (select count(expy_yuan) from marts.idx_expy__province_year),
        (select count(estimate) from results.estimates),
        (select count(*) from marts.printed_cell where not list_contains($1, source_id))"""
    found = []
    for folder in (source, public):
        with duckdb.connect(str(folder / "yearbook.duckdb"), read_only=True) as database:
            found.append(database.execute(query, [list(FORBIDDEN)]).fetchone())
    assert found[0] == found[1] and min(found[0]) > 100


def test_it_says_what_was_left_out(public):
    with duckdb.connect(str(public / "yearbook.duckdb"), read_only=True) as database:
        rows = database.execute("from catalog.left_out order by all").fetchall()
    assert {source for _, source, _, _ in rows} == {*FORBIDDEN}
    package = json.loads((public / "datapackage.json").read_text())
    assert [tuple(each.values()) for each in package["left_out"]] == rows
    readme = (public / "README.md").read_text()
    [(table, source_id, many, _)] = [
        row for row in rows if row[:2] == ("marts.printed_cell", "neri")
    ]
    assert f"| `{table}` | `{source_id}` | {many:,} |" in readme and "SYNTHETIC" in readme
