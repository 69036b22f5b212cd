"""Golden cells of the published files: address and text as they stand in the files themselves."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots
from warehouse.sources import sources

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = ROOT.parent / "shared" / "landing"
WITHOUT_PROVINCE = "nbs_portal/2026-04/分省年度数据.csv"
COPY = "nbs_portal/2026-04/分省年度数据 (1).csv"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    if not PUBLISHED.is_dir():
        pytest.skip("the published files are not here")
    home = Home(tmp_path_factory.mktemp("published"))
    snapshots.take(home, landing.scan(PUBLISHED))
    raw.read(home)
    return home


@pytest.fixture(scope="module")
def cells(home: Home) -> dict[tuple[str, str, str | None, str], dict]:
    return {
        (
            f"{cell['source_id']}/{cell['edition']}/{cell['file_name']}",
            cell["sheet"],
            cell["cell"],
        ): cell
        for source_id in sources()
        for path in raw.parquet_files(home, source_id)
        for cell in pq.read_table(path).to_pylist()
    }


def test_every_published_file_is_taken_but_two(home: Home) -> None:
    files = pq.read_table(raw.files_path(home)).to_pylist()
    role_of = {f"{row['source_id']}/{row['edition']}/{row['file_name']}": row for row in files}
    assert role_of.pop(COPY)["role"] == "copy"
    refused = role_of.pop(WITHOUT_PROVINCE)
    assert refused["role"] == "rejected"
    assert "names no province" in refused["reason"]
    assert {(row["role"], row["reason"]) for row in role_of.values()} == {("taken", None)}


@pytest.mark.parametrize(
    ("file", "sheet", "cell", "expected"),
    [
        # Tianjin 2017 before and after the fourth economic census
        (
            "nbs_portal/2018-06/分省年度数据.csv", None, "B6",
            {"text": "18549.19", "area_key": "天津市", "period_label": "2017年",
             "indicator_key": "地区生产总值", "unit_key": "亿元"},
        ),
        ("nbs_portal/2020-09/分省年度数据.csv", None, "D6", {"text": "12450.6"}),
        ("nbs_portal/2020-09/分省年度数据.csv", None, "A39",
         {"role": "note", "text": "　　　4.2019年为最终核实数。"}),
        ("nbs_portal/2021-06/AnnualbyProvince.csv", None, "B6",
         {"text": "2403", "area_key": "innermongolia", "indicator_key": "年末常住人口"}),
        ("nbs_portal/2023-06/居民消费价格指数.xls", "分省年度数据", "S7",
         {"text": "101.8", "period_label": "2005", "unit_key": "previousyear=100"}),
        ("nbs_portal/2025-11/分省年度数据 (1).csv", None, "B5", {"role": "value", "text": None}),
        ("nbs_portal/2026-04/分省年度数据_1.csv", None, "D4",
         {"text": "521.91", "indicator_key": "地方财政科学技术支出", "period_label": "2023年"}),
        # bilingual, encrypted, spaced names, the OCR slip and its English neighbour
        ("tech_yearbook/2013/rd-personnel-fte-2012.xls", "1", "C7",
         {"text": "3246840", "indicator_key": "r&d人员全时当量", "unit_key": "人年",
          "area_key": "全国", "area_key_alt": "nationaltotal", "period_label": "2012",
          "title_key": "r&d人员全时当量"}),
        ("tech_yearbook/2013/rd-personnel-fte-2012.xls", "1", "D7",
         {"text": "1404017", "indicator_key": "研究人员"}),
        ("tech_yearbook/2017/rd-personnel-fte-2016.xlsx", "1", "C40",
         {"text": "4166", "area_label": "青 海", "area_key": "青海"}),
        ("tech_yearbook/2019/patent-applications-2018.xlsx", "1", "D8",
         {"text": "117664", "indicator_key": "发明", "area_key": "北京", "unit_key": "件"}),
        ("tech_yearbook/2013/rd-personnel-fte-2012.xls", "CNKI", "A1", {"role": "unused"}),
        # exports by sector; the national table is named by its file
        ("io_tables/2016/0中国.xls", "1.1基本流量表", "BC11",
         {"role": "value", "text": "7816220.630217891", "area_key": "中国", "period_label": "2012",
          "category_code": "01", "flow": "export", "unit_key": "万元"}),
        ("io_tables/2021/01-北京.xls", "Sheet1", "BC14",
         {"text": "670423.3657037097", "area_key": "北京", "category_code": "06",
          "category_label": "食品和烟草", "period_label": "2017"}),
        ("io_tables/2021/01-北京.xls", "Sheet1", "D9",
         {"role": "value", "category_code": "01", "indicator_label": "01", "flow": None}),
        ("io_tables/2016/2天津.xls", "Sheet2", "C2", {"role": "unused", "text": "ei出口"}),
        ("io_tables/2016/0中国.xls", "1.2直接消耗系数表", "D10", {"role": "unused"}),
        # compilations: declared columns only, provinces by position
        ("compiled/2021/数字经济指标各省面板数据.xlsx", "Sheet1", "E3",
         {"role": "value", "text": "14543.37", "area_position": 2, "area_key": None}),
        ("compiled/2021/数字经济指标各省面板数据.xlsx", "Sheet1", "H3", {"role": "undeclared"}),
        ("compiled/2025-11/分省年度数据_整合.csv", None, "D2",
         {"text": "9247.66", "series_vintage": "as-first-published"}),
        ("compiled/2025-11/分省年度数据_整合.csv", None, "C2",
         {"role": "value", "text": None, "series_vintage": "after-5th-census"}),
        ("compiled/2025-03/2000-2023年各省份城镇化水平.xlsx", "面板数据", "D748",
         {"role": "unused"}),
    ],
)  # fmt: skip
def test_a_cell_is_where_the_file_prints_it(
    cells: dict, file: str, sheet: str | None, cell: str, expected: dict
) -> None:
    found = cells[file, sheet, cell]
    expected = {"role": "value", **expected} if "text" in expected else expected
    assert {key: found[key] for key in expected} == expected


def test_the_misread_name_keeps_its_english_neighbour(cells: dict) -> None:
    slips = [cell for cell in cells.values() if cell["area_key"] == "内蒙占"]
    assert slips
    assert {cell["area_key_alt"] for cell in slips} == {"innermongolia"}


def test_both_forms_of_a_table_give_the_same_values(cells: dict) -> None:
    def values(name: str) -> dict:
        wanted = ("text", "indicator_key", "area_key", "period_label", "unit_key", "title_key")
        return {
            key[2]: [cell[column] for column in wanted]
            for key, cell in cells.items()
            if key[0] == name and cell["role"] == "value"
        }

    stem = "tech_yearbook/2018/rd-personnel-fte-2017"
    assert values(f"{stem}.xls") == values(f"{stem}.xlsx")
