"""What lies beside the database of a release: every file says the same of its tables."""

import datetime
import hashlib
import json
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
import yaml

from warehouse.contract import trade_rows
from warehouse.contract.home import Home
from warehouse.contract.tables import Column, Table, Text
from warehouse.store import build, releases
from warehouse.store.release_tables import OF_THE_RELEASE, TRADE_ROWS, TYPES
from warehouse.store.releases import Release

DESCRIBED = {
    "catalog.dim_area": Table(
        Text("Areas", "地区"),
        {
            "area_code": Column(Text("Code")),
            "parent_code": Column(Text("Whole"), references="catalog.dim_area"),
        },
        ("area_code",),
    ),
    "marts.gdp": Table(
        Text("Gross regional product <in yuan>", "地区生产总值"),
        {
            "area_code": Column(Text("Area", "地区"), references="catalog.dim_area"),
            "source_id": Column(Text("Source")),
            "value": Column(Text("Value", "数值"), Text("100 million yuan", "亿元")),
        },
        ("area_code",),
    ),
}


def published(root: Path) -> Path:
    home = Home(root)
    home.build.mkdir(parents=True)
    with duckdb.connect(str(build.path(home))) as database:
        database.execute(
            "create schema catalog; create schema marts;"
            "create table catalog.dim_area as from (values ('11', null), ('12', '11')) as t (area_code, parent_code);"
            "create table marts.gdp as from (values ('12', 'customs', 2.5e0), ('11', 'oecd', 1.0)) as t (area_code, source_id, value)"
        )
    release = Release("one".ljust(64, "0"), True, datetime.date(2023, 6, 30))
    return releases.publish(home, release, DESCRIBED, {})


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return published(tmp_path_factory.mktemp("home"))


def test_the_descriptor_has_keys_units_sources_and_hashes(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    assert package["title"].startswith("SYNTHETIC")
    assert [source["source_id"] for source in package["sources"]] == ["customs", "oecd"]
    assert all(source["licence"] for source in package["sources"])
    resources = {resource["name"]: resource for resource in package["resources"]}
    for resource in resources.values():
        data = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    schema = resources["marts.gdp"]["schema"]
    assert schema["primaryKey"] == ["area_code"]
    reference = {"resource": "catalog.dim_area", "fields": ["area_code"]}
    assert schema["foreignKeys"] == [{"fields": ["area_code"], "reference": reference}]
    assert schema["fields"][2] == {
        "name": "value",
        "type": "number",
        "description": "Value",
        "description_zh": "数值",
        "unit": "100 million yuan",
        "unit_zh": "亿元",
    }
    [of_itself] = resources["catalog.dim_area"]["schema"]["foreignKeys"]
    assert of_itself["reference"]["resource"] == ""


def test_rows_of_trade_statistics_are_described_column_by_column():
    columns = OF_THE_RELEASE[TRADE_ROWS].columns
    assert list(columns) == trade_rows.SCHEMA.names
    types = {"int32": "INTEGER", "int64": "BIGINT", "string": "VARCHAR", "date32[day]": "DATE"}
    types |= {"double": "DOUBLE"}
    assert {field.name: types[str(field.type)] for field in trade_rows.SCHEMA} == TYPES[TRADE_ROWS]


def test_a_column_of_parquet_carries_its_text_and_unit(folder):
    schema = pq.read_schema(folder / "parquet" / "marts" / "gdp.parquet")
    assert schema.field("value").metadata == {
        b"description": b"Value",
        b"description_zh": "数值".encode(),
        b"unit": b"100 million yuan",
        b"unit_zh": "亿元".encode(),
    }
    assert b"SYNTHETIC" in schema.metadata[b"release"]


def test_the_dictionary_has_every_column_and_is_escaped(folder):
    workbook = openpyxl.load_workbook(folder / "dictionary.xlsx", read_only=True)
    tables, columns, sources = (list(page.values) for page in workbook)
    assert tables[0][0].startswith("SYNTHETIC")
    assert (
        "marts.gdp",
        "Gross regional product <in yuan>",
        "地区生产总值",
        2,
        "area_code",
    ) in tables
    found = {row[:2]: row[2:] for row in columns[2:]}
    assert found["marts.gdp", "value"][:3] == ("double", "100 million yuan", "亿元")
    assert found["marts.gdp", "value"][3:5] == ("Value", "数值")
    assert [row[0] for row in sources[2:]] == ["customs", "oecd"]
    page = (folder / "dictionary.html").read_text()
    assert "Gross regional product &lt;in yuan&gt;" in page and "SYNTHETIC" in page


def test_the_picture_has_a_line_for_every_reference(folder):
    picture = (folder / "keys.svg").read_text()
    assert "marts.gdp (area_code) refers to catalog.dim_area" in picture
    assert picture.count('<path class="line"') == 4  # two of catalog.dim_column


def test_it_can_be_cited(folder):
    cited = yaml.safe_load((folder / "CITATION.cff").read_text())
    assert cited["type"] == "dataset" and cited["version"] == folder.name
    assert cited["date-released"] == datetime.date(2023, 6, 30)
    assert [work["type"] for work in cited["references"]] == ["data", "data"]


def test_the_same_build_gives_the_same_bytes(folder, tmp_path):
    again = published(tmp_path / "another home")
    same = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    # DuckDB marks each of its files with a number of its own
    same = [path for path in same if path.name not in ("yearbook.duckdb", "release.json")]
    assert len(same) >= 9
    for path in same:
        assert (again / path).read_bytes() == (folder / path).read_bytes(), path
