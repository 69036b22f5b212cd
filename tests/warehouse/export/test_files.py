"""A data set as a file of each kind, read back with a library that did not write it."""

import sys
from dataclasses import replace
from datetime import date

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadr
import pyreadstat
import pytest

from warehouse.export import stata
from warehouse.export.dataset import Dataset
from warehouse.export.files import NotWritten, write
from warehouse.export.selection import Variable

LONG_NAME = "patent_applications_rd_institutions"  # Stata knows names of 32 characters
LABEL = "SYNTHETIC demonstration data, release X"
GDP = Variable(
    name="gdp",
    name_en="Gross regional product",
    name_zh="地区生产总值",
    unit="100 million yuan",
    unit_zh="亿元",
    definition="At current prices",
    definition_zh="按现价",
)
PATENTS = Variable(LONG_NAME, "Patents", "专利", "items", "件", "Filed", "已提交")


@pytest.fixture
def dataset() -> Dataset:
    rows = pd.DataFrame(
        {
            "area_code": ["110000", "110000", "440000"],
            "area_name": ["北京", "北京", "广东"],
            "year": [2019, 2020, 2019],
            "gdp": [35445.1, None, 107987.0],
            LONG_NAME: [1.0, 2.0, 3.0],
            "release": ["X"] * 3,
        }
    )
    sources = pd.DataFrame(
        {
            "variable": ["gdp", LONG_NAME],
            "label": ["地区生产总值 [亿元]", "专利 [件]"],
            "source": ["国家数据", "暂无文件提供"],
            "first_year": [2019, None],
            "last_year": [2019, None],
            "values": [2, 0],
            "imputed": [1, None],
            "derived": [0, None],
            "proxies": [0, None],
            "newest_published_on": [date(2020, 9, 30), None],
        }
    ).astype(dict.fromkeys(["first_year", "last_year", "values", "imputed"], "Int64"))
    return Dataset(rows, sources, (GDP, PATENTS), LABEL, date(2020, 9, 30), "zh", is_long=False)


def test_stata_has_labels_notes_and_a_declared_panel(dataset, tmp_path):
    write(dataset, tmp_path / "panel.dta")
    rows, about = pyreadstat.read_dta(tmp_path / "panel.dta")
    assert about.file_label == LABEL
    assert about.column_names_to_labels["gdp"] == "地区生产总值 [亿元]"
    assert about.variable_value_labels == {"area_id": {1: "北京", 2: "广东"}}
    assert about.notes == [
        LABEL,
        "gdp: 地区生产总值 [亿元]; 国家数据; 2019-2019年，2个数值，其中插补1个; 2020-09-30公布",
        f"{LONG_NAME}: 专利 [件]; 暂无文件提供",
    ]
    assert replace(dataset, language="en").notes()[1] == (
        "gdp: 地区生产总值 [亿元]; 国家数据; 2019-2019, 2 values, 1 imputed; published 2020-09-30"
    )
    short = LONG_NAME[:32]
    assert rows[short].tolist() == [1.0, 2.0, 3.0]
    assert rows["gdp"].isna().tolist() == [False, True, False]
    characteristics = (tmp_path / "panel.dta").read_bytes().split(b"<characteristics>")[1]
    declared = [part.split(b"\0") for part in characteristics.split(b"</ch>")]
    found = {tuple(filter(None, parts))[-2:] for parts in declared}
    assert {(b"_TSpanel", b"area_id"), (b"_TStvar", b"year"), (b"_TSitrvl", b"1")} <= found


def test_what_pandas_leaves_empty_makes_no_damaged_file(dataset, tmp_path):
    """The map at the head of the file says where each part begins; pandas reads by it."""
    write(dataset, tmp_path / "panel.dta")
    with pd.io.stata.StataReader(tmp_path / "panel.dta") as reader:
        rows = reader.read()
        assert reader.variable_labels()["year"] == "年份"
    assert rows["area_id"].tolist() == ["北京", "北京", "广东"]
    parts = (tmp_path / "panel.dta").read_bytes()
    _, sorted_by = parts.split(b"<sortlist>")
    assert sorted_by[:6] == b"\1\0\4\0\0\0"  # area_id and year, then none


def test_names_that_begin_alike_stay_apart():
    names = stata.short_names([LONG_NAME, f"{LONG_NAME}_abroad", "gdp"])
    assert len({*names.values()}) == 3 and max(map(len, names.values())) == 32


def test_a_workbook_has_its_sources_on_the_second_sheet(dataset, tmp_path):
    write(dataset, tmp_path / "panel.xlsx")
    book = openpyxl.load_workbook(tmp_path / "panel.xlsx")
    assert book.sheetnames == ["数据", "来源"]
    rows = list(book["数据"].values)
    assert rows[0] == tuple(dataset.rows.columns)
    assert rows[2] == ("110000", "北京", 2020, None, 2, "X")
    assert book["来源"]["A1"].value == LABEL
    assert book["来源"]["C4"].value == "国家数据"


def test_a_text_that_begins_as_a_formula_is_text(dataset, tmp_path):
    rows = dataset.rows.assign(area_name="=HYPERLINK(1)")
    write(replace(dataset, rows=rows), tmp_path / "panel.xlsx")
    [cell] = [*openpyxl.load_workbook(tmp_path / "panel.xlsx")["数据"]["B2:B2"][0]]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize("kind", ["csv", "rds"])
def test_beside_a_file_without_room_stand_its_sources(dataset, tmp_path, kind):
    written = write(dataset, tmp_path / f"panel.{kind}")
    assert [path.name for path in written] == [f"panel.{kind}", "panel.sources.csv"]
    data = tmp_path / f"panel.{kind}"
    assert kind == "rds" or data.read_bytes().startswith(b"\xef\xbb\xbfarea_code")
    rows = pyreadr.read_r(str(data))[None] if kind == "rds" else pd.read_csv(data)
    assert rows["gdp"].isna().sum() == 1 and rows["release"].unique().tolist() == ["X"]
    assert rows["area_name"].tolist() == ["北京", "北京", "广东"]
    assert pd.read_csv(tmp_path / "panel.sources.csv")["variable"].tolist() == ["gdp", LONG_NAME]


def test_columns_of_parquet_say_what_they_are(dataset, tmp_path):
    write(dataset, tmp_path / "panel.parquet")
    schema = pq.read_schema(tmp_path / "panel.parquet")
    assert schema.metadata[b"release"].decode() == LABEL
    assert schema.field("gdp").metadata == {
        b"label": "地区生产总值 [亿元]".encode(),
        b"unit": "亿元".encode(),
        b"description": "按现价".encode(),
    }
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "panel.parquet"), dataset.rows)


def test_what_cannot_be_written_is_a_sentence_and_leaves_nothing(dataset, tmp_path):
    with pytest.raises(NotWritten, match=r"expected one of \.dta, \.xlsx, \.csv"):
        write(dataset, tmp_path / "panel.sav")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten, match="cannot be written"):
        write(dataset, tmp_path / "file" / "panel.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_who_has_no_writer_of_r_is_told_what_r_reads(dataset, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyreadr", None)
    with pytest.raises(NotWritten, match=r"yearbook\[rds\].*\.dta"):
        write(dataset, tmp_path / "panel.rds")
    assert not list(tmp_path.iterdir())
