"""The layouts that the readers accept, and what they refuse, written here for a plain clone.

Bad input: each file is refused in one sentence that says what to do, and stops no other.
"""

import csv
import io
import re
from collections.abc import Callable
from datetime import date

import msoffcrypto
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.workbooks import workbook
from warehouse.contract import trade_rows
from warehouse.contract.cells import SCHEMA, complete
from warehouse.contract.editions import ColumnDeclaration, FileDeclaration
from warehouse.contract.errors import Rejected, WarehouseError
from warehouse.contract.source import Reading, SourceFile
from warehouse.intake import raw
from warehouse.sources import sources
from warehouse.sources.customs import reader


def old_workbook(rows: list[list[object]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def points(cells: list[dict]) -> list[tuple]:
    """What the values say: area, indicator, unit, period, text."""
    keys = ("area_key", "indicator_key", "unit_key", "period_label", "text")
    return [tuple(cell[key] for key in keys) for cell in cells if cell["role"] == "value"]


def texts(cells: list[dict], role: str) -> list[str]:
    return [cell["text"] for cell in cells if cell["role"] == role]


NOTES = '"注：1.本表按当年价格计算,\n不变价除外。"\n　　　2.为初步核算数。\n数据来源：国家统计局\n'
GDP = [
    ("北京市", "地区生产总值", "亿元", "2022年", "1.50"),
    ("北京市", "地区生产总值", "亿元", "2021年", None),
]


def test_the_old_portal(read_one: Callable) -> None:
    text = "数据库：分省年度数据\n指标：地区生产总值(亿元)\n时间：最近2年\n"
    text += "地区,2022年,2021年\n北京市,1.50,\n"
    cells = read_one("nbs_portal/2023/a.csv", (text + NOTES).encode("gb18030"))
    assert points(cells) == GDP
    assert texts(cells, "note") == [
        "注：1.本表按当年价格计算,\n不变价除外。", "　　　2.为初步核算数。", "数据来源：国家统计局",
    ]  # fmt: skip
    assert {cell["title_key"] for cell in cells if cell["role"] == "value"} == {"分省年度数据"}
    assert {cell["series_vintage"] for cell in cells} == {"2023"}


def test_the_new_portal(read_one: Callable) -> None:
    text = (
        "\ufeff数据库：分省年度数据 \n时间：2021年-2022年 \n地区\t,2022年\t,2021年\t,\n"
        "北京市\t,1.50\t,\t,\n注：1. 本级支出。\n数据来源：国家统计局"
    )
    edition = "published_on: 2026-04-15\nfiles: {a.csv: {indicator: 地区生产总值, unit: 亿元}}\n"
    cells = read_one("nbs_portal/2026-04/a.csv", text, edition)
    assert points(cells) == GDP
    assert len(texts(cells, "note")) == 2


@pytest.mark.parametrize("make", [workbook, old_workbook])
def test_a_translated_portal_workbook(read_one: Callable, make: Callable) -> None:
    rows = [
        ["Time: Last 2 years\n\n"],
        ["Indicator: Consumer Price Index (previous year =100)"],
        ["Database: annual data by province\n\n"],
        ["province", 2022.0, 2021.0],
        ["Chongqin", 101.8, None],
        ["Data source: Office for National Statistics\n\n"],
    ]
    name = "a.xlsx" if make is workbook else "a.xls"
    cells = read_one(f"nbs_portal/2023-06/{name}", make(rows))
    assert points(cells) == [
        ("chongqin", "consumerpriceindex", "previousyear=100", "2022", "101.8"),
        ("chongqin", "consumerpriceindex", "previousyear=100", "2021", None),
    ]


def test_a_portal_export_without_preamble(read_one: Callable) -> None:
    edition = "published_on: 2021-06-30\nfiles: {a.csv: {indicator: 年末常住人口(万人)}}\n"
    cells = read_one(
        "nbs_portal/2021-06/a.csv", "Region,2020,2019\r\nBeijing,2189,2190\r\n", edition
    )
    assert points(cells)[0] == ("beijing", "年末常住人口", "万人", "2020", "2189")


def test_indicators_in_columns(read_one: Callable) -> None:
    text = "时间：2022年\n地区,地区生产总值(亿元),年末常住人口(万人)\n北京市,1,2\n"
    cells = read_one("nbs_portal/2023/a.csv", text)
    assert points(cells) == [
        ("北京市", "地区生产总值", "亿元", "2022", "1"),
        ("北京市", "年末常住人口", "万人", "2022", "2"),
    ]


def test_indicators_in_rows(read_one: Callable) -> None:
    text = "地区：北京市\n指标,2022年,2021年\n地区生产总值 (亿元) ,1.50,\n"
    assert points(read_one("nbs_portal/2023/a.csv", text)) == GDP


def test_years_in_rows(read_one: Callable) -> None:
    text = "指标：地区生产总值(亿元)\n时间,北京市,天津市\n2022年,1,2\n"
    assert points(read_one("nbs_portal/2023/a.csv", text))[1] == (
        "天津市", "地区生产总值", "亿元", "2022年", "2",
    )  # fmt: skip


TWO_YEARS = [
    ("北京市", "地区生产总值", "亿元", "2021", "1"),
    ("北京市", "地区生产总值", "亿元", "2022", "2"),
]
TWO_INDICATORS = [*TWO_YEARS, ("北京市", "年末常住人口", "万人", "2021", "3")]
NAMED = "指标：地区生产总值(亿元)\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a number or a code before the names, a corner that a line crosses, days as years
        (NAMED + "序号,地区,2022年,2021年\n1\n2,北京市,2,1\n", TWO_YEARS),
        (NAMED + "行政区划代码,地区,2022年,2021年\n110000,北京市,2,1\n", TWO_YEARS),
        (NAMED + '"年 份\n地 区",2022,2021\n北京市,2,1\n', TWO_YEARS),
        (NAMED + "地区,2022-12-31,2021/12/31\n北京市,2,1\n", TWO_YEARS),
        # lines above and a narrower table below
        ("2023\n表1\n" + NAMED + "地区,2022年,2021年\n北京市,2,1\n", TWO_YEARS),
        (NAMED + "地区,2022年,2021年\n北京市,2,1\n" + "指标：年末常住人口(万人)\n地区,2021年\n北京市,3\n北京市,3\n", [*TWO_INDICATORS, TWO_INDICATORS[-1]]),
        # several dimensions in rows
        ("地区,时间,地区生产总值(亿元)\n北京市,2021年,1\n北京市,2022年,2\n", TWO_YEARS),
        (NAMED + "地区,时间,数值\n北京市,2021年,1\n北京市,2022年,2\n", TWO_YEARS),
        ("指标,地区,2021年,2022年\n地区生产总值(亿元),北京市,1,2\n", TWO_YEARS),
        ("地区：北京市\n指标,单位,2021年,2022年\n地区生产总值,亿元,1,2\n年末常住人口,万人,3,\n", TWO_INDICATORS),
        ("指标,地区,时间,数值,单位\n地区生产总值,北京市,2021,1,亿元\n地区生产总值,北京市,2022,2,亿元\n年末常住人口,北京市,2021,3,万人\n", TWO_INDICATORS),
        # headings of two rows
        ("指标：地区生产总值\n地区,2021年,2022年\n,亿元,亿元\n北京市,1,2\n", TWO_YEARS),
        ("地区,地区生产总值,,年末常住人口\n,2021年,2022年,2021年\n,(亿元),(亿元),(万人)\n北京市,1,2,3\n", TWO_INDICATORS),
        ("地区,2021年,,2022年\n,地区生产总值(亿元),年末常住人口(万人),地区生产总值(亿元)\n北京市,1,3,2\n", TWO_INDICATORS),
        # days as years in rows and below a heading, the unit of a heading in the line above
        (NAMED + "时间,北京市\n2021-12-31,1\n2022-12-31,2\n", TWO_YEARS),
        ("地区,地区生产总值(亿元),\n,2021-12-31,2022-12-31\n北京市,1,2\n", TWO_YEARS),
        ("指标：地区生产总值(亿元)\n地区,时间,地区生产总值\n北京市,2021,1\n北京市,2022,2\n", TWO_YEARS),
        # text that no spreadsheet is to take for a number
        (NAMED + '="地区",="2021年",="2022年"\n="北京市",="1","=""2"""\n', TWO_YEARS),
    ],
)  # fmt: skip
def test_dimensions_in_any_column_of_names_or_row_of_headings(
    read_one: Callable, text: str, expected: list[tuple]
) -> None:
    cells = [cell for cell in read_one("nbs_portal/2023/a.csv", text) if cell["text"]]
    found = [(*place, year[:4], value) for *place, year, value in points(cells)]
    assert sorted(found) == expected


@pytest.mark.parametrize(
    ("name", "unit", "edition", "expected"),
    [
        ("地区生产总值(当年价)", "亿元", "", ("地区生产总值", "亿元")),
        ("地区生产总值(可比价)", "亿元", "", ("地区生产总值(可比价)", "亿元")),
        ("地区生产总值(可比价)", "", "unit: 亿元", ("地区生产总值(可比价)", "亿元")),
        ("地区生产总值(万元)", "亿元", "", ("地区生产总值", "万元")),
        ("人均面积(亩)", "", "", ("人均面积", "亩")),
    ],
)
def test_a_bracket_that_is_no_unit_belongs_to_the_name(
    read_one: Callable, name: str, unit: str, edition: str, expected: tuple
) -> None:
    """Where the unit is said elsewhere; at constant prices it is another indicator."""
    text = f"指标：{name}\n单位：{unit}\n地区,2021年\n北京市,1\n"
    block = f"published_on: 2023-01-01\nfiles: {{a.csv: {{{edition}}}}}\n"
    [cell] = [c for c in read_one("nbs_portal/2023/a.csv", text, block) if c["role"] == "value"]
    assert (cell["indicator_key"], cell["unit_label"]) == expected


def test_a_portal_table_whose_rows_say_all_of_one_value(reason: Callable) -> None:
    text = "指标,地区,时间,数值,上年\n人口(万人),北京市,2021,1,2\n"
    said = reason("nbs_portal/2023/a.csv", text)
    assert "several columns beside them (数值, 上年): keep the one of the values" in said


def test_a_column_without_an_indicator_beside_others_with_theirs(warehouse) -> None:
    text = "地区,2021年,2022年\n,人口(万人),\n北京市,1,2\n"
    warehouse.land("nbs_portal/2023/a.csv", text)
    warehouse.refresh()
    assert points(warehouse.cells("nbs_portal")) == [("北京市", "人口", "万人", "2021年", "1")]
    _, remark = warehouse.files()["nbs_portal/2023/a.csv"]
    assert remark == "column C1 (2022年) is headed by no indicator: not taken"


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("地区,2021年第一季度,2020年第四季度\n北京市,1,2\n", ["2021年第一季度", "2020年第四季度"]),
        ("2021-04-30\n地区,2021年3月,2021年\n北京市,1,2\n", ["2021年3月", "2021年"]),
        (",202103,2021-02\n北京市,1,2\n", ["202103", "2021-02"]),
        ("Region,1Q 2021,Mar 2021\nBeijing,1,2\n", ["1Q 2021", "Mar 2021"]),
        ("时间,北京市\n2021年3月,1\n2021年1-6月,2\n", ["2021年3月", "2021年1-6月"]),
        ("时间：2021年3月\n地区,增速(%),产量\n北京市,1,2\n", ["2021年3月", "2021年3月"]),
        ("时间：2021年1月至2021年3月\n地区,增速\n北京市,1\n", ["2021年1月至2021年3月"]),
    ],
)
def test_parts_of_a_year_are_printed_and_no_values_of_a_year(
    warehouse, text: str, periods: list[str]
) -> None:
    edition = "published_on: 2023-01-31\nfiles: {a.csv: {indicator: 地区生产总值(亿元)}}\n"
    text = "数据库：分省季度数据\n" + text
    warehouse.land("nbs_portal/2023/a.csv", text, edition if "产量" not in text else None)
    warehouse.refresh()
    assert [cell["period_label"] for cell in warehouse.cells("nbs_portal")] == periods
    role, reason = warehouse.files()["nbs_portal/2023/a.csv"]
    assert role == "taken"
    assert f"{len(periods) - ('2021年' in periods)} values of other periods than years" in reason
    assert "they are not annual" in reason


YEARBOOK = [
    ["一、综合"],
    ["1-4各地区研究与试验发展(R&D)人员全时当量(2013年)"],
    ["Full-time Equivalent of R&D Personnel by Region (2013)"],
    ["单位：人年"],
    ["(man-year)"],
    ["地 区", "Region", "合计\n\nTotal", None, None, "按执行部门", None],
    [
        None,
        None,
        None,
        "#研究人员\nResearchers",
        "其他\nOther",
        "企业\nFirms",
        "高校\nUniversities",
    ],
    ["全 国", "National Total", "10", "6", "4", "7", "3"],
    ["东部地区", "Eastern Region", "8", "5", "3", "6", "2"],
    ["内蒙占", "Inner Mongolia", "2", "1", None, "1", "1"],
    ["注：全时当量按实际工作时间折算。"],
]


def test_a_bilingual_yearbook_table(read_one: Callable) -> None:
    advertisement = [["http://www.example.org/"]]
    cells = read_one("tech_yearbook/2014/a.xlsx", workbook(YEARBOOK, advertisement, hidden=(2,)))
    values = [cell for cell in cells if cell["role"] == "value"]
    assert [cell["indicator_key"] for cell in values[:5]] == [
        "合计", "研究人员", "其他", "按执行部门/企业", "按执行部门/高校",
    ]  # fmt: skip
    last = values[-3]
    assert last | {"cell": "E10", "text": None, "area_label": "内蒙占"} == last
    assert last["area_key_alt"] == "innermongolia"
    assert (last["unit_key"], last["period_label"]) == ("人年", "2013")
    assert last["title_key"] == "r&d人员全时当量"
    assert texts(cells, "note") == ["注：全时当量按实际工作时间折算。"]
    assert texts(cells, "unused") == ["http://www.example.org/"]


def test_a_table_that_goes_on_below(read_one: Callable) -> None:
    rows = [
        *YEARBOOK[1:10],
        ["续表"],
        ["地区", "Region", "基础研究", "应用研究"],
        ["全国", "National Total", "1", "2"],
    ]
    values = [
        c for c in read_one("tech_yearbook/2014/a.xlsx", workbook(rows)) if c["role"] == "value"
    ]
    assert values[-1] | {"indicator_key": "应用研究", "text": "2", "unit_key": "人年"} == values[-1]
    assert values[-1]["period_label"] == "2013"


def test_every_table_of_a_workbook_is_taken(read_one: Callable) -> None:
    other = [["1-5 各地区经费(2013年)"], ["单位：万元"], ["地区", "合计"], ["北京", 5]]
    cells = read_one("tech_yearbook/2014/a.xlsx", workbook(YEARBOOK, other))
    assert {cell["sheet"] for cell in cells if cell["role"] == "value"} == {"Sheet1", "Sheet2"}


def io_table(title: str, exports: str = "出  口") -> list[list[object]]:
    return [
        [title],
        ["（按当年生产者价格计算）"],
        ["单位：万元"],
        ["产出\n投入", None, "代码", "中间使用", None, "最终使用"],
        [None, None, None, "农林牧渔\n产品", "食品和烟草", exports],
        ["代码", None, "-", "01", "06", "EX"],
        ["中间投入", "农林牧渔产品", "01", 1.5, 2, 3.25],
        [None, "食品和\n烟草", "06", 4, 5, None],
        ["总投入", None, "TI", 9, 9, 9],
    ]


@pytest.mark.parametrize("title", ["北京2017年投入产出表", "2017年北京投入产出表（42部门）"])
def test_an_input_output_table(read_one: Callable, title: str) -> None:
    stray = [["ei出口", 1], [2, 3]]
    cells = read_one("io_tables/2021/01-北京.xls", old_workbook(io_table(title)))
    cells += read_one("io_tables/2021/02-北京.xlsx", workbook(io_table(title), stray))
    exports = [cell for cell in cells if cell["flow"] == "export"][:2]
    keys = ("cell", "area_key", "category_code", "category_label", "period_label", "text", "flow")
    assert [tuple(cell[key] for key in keys) for cell in exports] == [
        ("F7", "北京", "01", "农林牧渔产品", "2017", "3.25", "export"),
        ("F8", "北京", "06", "食品和烟草", "2017", None, "export"),
    ]
    assert {cell["unit_key"] for cell in exports} == {"万元"}
    assert texts(cells, "unused") == ["ei出口", "1", "2", "3"]
    flows = {
        (cell["category_code"], cell["indicator_label"]): cell["text"]
        for cell in cells
        if cell["role"] == "value" and cell["flow"] is None
    }
    assert flows == {
        ("01", "01"): "1.5", ("01", "06"): "2", ("06", "01"): "4", ("06", "06"): "5",
        ("TI", "01"): "9", ("TI", "06"): "9", ("TI", "EX"): "9",
    }  # fmt: skip


def test_an_input_output_table_that_codes_its_rows_only(read_one: Callable) -> None:
    rows = io_table("北京2017年投入产出表")
    del rows[5]
    rows[4] = [None, None, None, "农林牧渔\n产品", "食品 和烟草", "出口", "总产出"]
    rows[-3] = [*rows[-3], "-"]
    cells = read_one("io_tables/2021/01-北京.xlsx", workbook(rows))
    flows = {
        (cell["category_code"], cell["indicator_label"]): cell["text"]
        for cell in cells
        if cell["role"] == "value"
    }
    assert flows["06", "01"] == "4"
    assert flows["01", "总产出"] == "-"
    assert flows["06", "总产出"] is None
    assert flows["06", "出口"] is None
    assert ("TI", "总产出") not in flows


@pytest.mark.parametrize(
    ("above", "unit"),
    [
        (
            ["国家统计局 2019年9月", "北京市2017年投入产出表", "(按2012年价格计算，单位：亿元)"],
            "亿元",
        ),
        (["(2019年) 北京市2017年42部门投入产出表（单 位：万元）"], "万元"),
        (["2019年版", "北京市投入产出表(2017年)", "单位: 万元"], "万元"),
    ],
)
def test_the_year_of_an_input_output_table_is_that_of_its_title(
    read_one: Callable, above: list[str], unit: str
) -> None:
    rows = [*([line] for line in above), *io_table("")[3:]]
    cells = read_one("io_tables/2021/01-北京.xlsx", workbook(rows))
    found = {
        tuple(cell[key] for key in ("area_key", "period_label", "unit_key", "table_title"))
        for cell in cells
        if cell["role"] == "value"
    }
    title = next(line for line in above if "投入产出" in line)
    assert found == {("北京市", "2017", unit, title)}


def test_a_national_table_is_named_by_its_file(read_one: Callable) -> None:
    rows = io_table("基本流量表")
    rows[1] = ["Data are calculated at producers' prices in 2012"]
    cells = read_one("io_tables/2016/0中国.xls", old_workbook(rows))
    assert {(c["area_key"], c["period_label"]) for c in cells if c["role"] == "value"} == {
        ("中国", "2012")
    }


CUSTOMS = (
    "数据年月,商品编码,商品名称,贸易伙伴编码,贸易方式编码,注册地编码,注册地名称,第一数量,第一计量单位,美元\n"
    '202201,01012100,"马,改良种",110,10,11,北京市,"1,000",头,"12,345"\n'
    "202201,01012100,马,116,10,12,天津市,,头,7\n"
    "坏行,1\n"
    "\n"
    "202202,84713000,电脑,110,10,11,北京市,5,台,\n"
    "合计,,,,,,,,,\n"
)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_customs_query(warehouse, encoding: str) -> None:
    warehouse.land("customs/2023/出口2022.csv", CUSTOMS.encode(encoding))
    warehouse.refresh()
    role, reason = warehouse.files()["customs/2023/出口2022.csv"]
    assert (role, "1 rows" in reason, "row 4" in reason) == ("taken", True, True)
    keys = (
        "cell", "text", "unit_label", "area_label", "period_label", "category_code", "flow",
        "partner_code", "trade_mode_code",
    )  # fmt: skip
    assert [tuple(row[key] for key in keys) for row in warehouse.rows()] == [
        ("J2", "12,345", "美元", "北京市", "202201", "01012100", "export", "110", "10"),
        ("J3", "7", "美元", "天津市", "202201", "01012100", "export", "116", "10"),
        ("J6", None, "美元", "北京市", "202202", "84713000", "export", "110", "10"),
    ]
    assert [row["quantity"] for row in warehouse.rows()] == ["1,000", None, "5"]
    assert texts(warehouse.cells("customs", "label"), "label") == CUSTOMS.splitlines()[0].split(",")
    assert sorted(texts(warehouse.cells("customs", "unused"), "unused")) == ["合计", "坏行,1"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rows_of_the_customs_with_a_value_of_nothing_are_counted(warehouse, kind: str) -> None:
    rows = [
        ["数据年月", "商品编码", "注册地名称", "美元"],
        ["202201", "85", "北京市", "1"],
        ["202201", "85", None, "2"],
        ["202201", None, "北京市", "3"],
        ["合计", None, None, None],
        [None, "85", "北京市", "4"],
    ]
    text = "\n".join(",".join(text or "" for text in row) for row in rows) + "\n"
    name = f"customs/2023/出口2022.{kind}"
    warehouse.land(name, text if kind == "csv" else workbook(rows))
    warehouse.refresh()
    assert [row["text"] for row in warehouse.rows()] == ["1"]
    said = "3 rows have a value, but no code, area or period (the first is row 3): not taken"
    assert warehouse.files()[name] == ("taken", said)


def test_a_customs_query_whose_codes_are_kept_as_text(warehouse) -> None:
    heading, first, *_ = CUSTOMS.splitlines(keepends=True)
    codes = first.replace("01012100", '="01012100"').replace("202201", '"=""202201"""')
    warehouse.land("customs/2023/出口2022.csv", heading + codes)
    warehouse.refresh()
    keys = ("period_label", "category_code", "area_label", "text")
    assert [tuple(row[key] for key in keys) for row in warehouse.rows()] == [
        ("202201", "01012100", "北京市", "12,345")
    ]


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_a_customs_query_whose_cells_another_mark_parts(
    warehouse, reason: Callable, mark: str
) -> None:
    stream = io.StringIO(newline="")
    rows = [[cell.replace(",", "") for cell in row] for row in csv.reader(io.StringIO(CUSTOMS))]
    csv.writer(stream, delimiter=mark).writerows(rows)
    warehouse.land("customs/2023/出口2022.csv", stream.getvalue())
    warehouse.refresh()
    assert [row["text"] for row in warehouse.rows()] == ["12345", "7", None]
    if mark == ";":
        said = reason("customs/2023/出口.csv", stream.getvalue().replace(";7", ";7,5"))
        assert '"7,5" in line 3), which may be decimal points' in said
        said = reason("customs/2023/出口.csv", stream.getvalue().replace(";7", ";7.500"))
        assert '("7.500" in line 3), which may set thousands apart' in said


def test_a_customs_query_in_pieces_is_the_query(monkeypatch) -> None:
    """Rows keep their numbers wherever a piece ends; what does not fit is told in the end."""
    heading, *rows = CUSTOMS.splitlines(keepends=True)
    blocks = ("".join(rows[:4]).replace(",01012", f",{number:05}") for number in range(30))
    text = heading + "".join(blocks) + '202203,84713000,"电\n脑",110,10,11,北京市,5,台,8\n'
    file = SourceFile("出口.csv", text.encode(), FileDeclaration())

    def numbered() -> tuple[int, list[tuple[int, str]], tuple[str, ...]]:
        pieces = list(sources()["customs"].read(file).more)
        found = pa.concat_tables([piece.rows for piece in pieces if piece.rows is not None])
        numbers = zip(found["row_number"].to_pylist(), found["text"].to_pylist(), strict=True)
        return len(pieces), list(numbers), pieces[-1].remarks

    count, whole, remarks = numbered()
    assert (count, whole[-1], len(whole)) == (2, (122, "8"), 61)
    assert whole[2:4] == [(6, "12,345"), (7, "7")]
    assert "30 rows" in remarks[0]
    monkeypatch.setattr(reader, "_BLOCK", 300)
    monkeypatch.setattr(reader, "_BLOCKS", 1)
    more, in_pieces, the_same = numbered()
    assert (more > 5, in_pieces, the_same) == (True, whole, remarks)


def test_a_customs_query_that_repeats_a_row_is_refused(warehouse, reason: Callable) -> None:
    """But not where no column names what may part its rows, nor for another value."""
    heading, first, second, *_ = CUSTOMS.splitlines(keepends=True)
    said = (
        "repeats 1 rows with month, code, place, partner, mode of trade and value (row 4 is row 2"
    )
    assert said in reason("customs/2023/出口.csv", heading + first + second + first)
    rows = [*csv.reader(io.StringIO(heading + first + second + first))]
    assert said in reason("customs/2024/出口.xlsx", workbook(rows))
    many = "".join(first.replace("12,345", f"{number}") for number in range(1, 101))
    for name, text in {
        "few.csv": heading + many + first + first,
        "other.csv": heading + first + first.replace("12,345", "12,346"),
        "more.csv": (heading + first + first).replace("第一数量", "口岸"),
        "less.csv": (heading + first + first).replace("贸易伙伴编码", ""),
    }.items():
        warehouse.land(f"customs/2025/出口{name}", text)
        warehouse.refresh()
        role, remark = warehouse.files()[f"customs/2025/出口{name}"]
        assert role == "taken", remark
        said = "1 rows repeat others in all columns" in (remark or "")
        assert said == (name in ("few.csv", "less.csv"))


def test_a_customs_query_may_begin_with_any_number_of_blank_lines(warehouse) -> None:
    heading, *rows = CUSTOMS.splitlines(keepends=True)
    warehouse.land("customs/2023/出口.csv", (heading + "\n" * 1_500_000 + rows[1]).encode())
    warehouse.refresh()
    assert [(row["row_number"], row["text"]) for row in warehouse.rows()] == [(1_500_002, "7")]


ENGLISH = (
    "Locations of importers and exporters,Date of data,Commodity code,Commodity,Customs Regime code,"
    "Quantity,Unit,US dollar,RMB,\n"
    'Guangdong Province,202101,85423100,Chips,10,81,Piece,"315,111","2,036,000",\n'
    "Shanghai Province,202101,61091000,Shirts,10,?,?,7,45,\n"
)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_a_customs_query_of_the_english_site(read_one: Callable, warehouse, encoding: str) -> None:
    edition = "published_on: 2023-01-31\nfiles: {d.csv: {flow: export, unit: US dollar}}\n"
    read_one("customs/2023/d.csv", ENGLISH.encode(encoding), edition)
    rows = warehouse.rows()
    assert [
        (c["cell"], c["area_label"], c["unit_label"], c["category_code"], c["period_label"])
        for c in rows
    ] == [
        ("H2", "Guangdong Province", "美元", "85423100", "202101"),
        ("H3", "Shanghai Province", "美元", "61091000", "202101"),
    ]
    assert [(row["quantity"], row["other_value"], row["other_value_unit"]) for row in rows] == [
        ("81", "2,036,000", "人民币"),
        ("?", "45", "人民币"),
    ]


MONTH = [["商品编码", "注册地名称", "人民币"], ["01012100", "北京市", 5], ["84713000", "天津市", 7]]


@pytest.mark.parametrize("first_code", ["01012100", 1012100])
def test_a_workbook_of_one_month(read_one: Callable, warehouse, first_code: object) -> None:
    """A query of one month does not name it; a lost zero is restored where only that fits."""
    edition = "published_on: 2021-03-18\nfiles: {d.xlsx: {flow: import, period: 2021-02}}\n"
    rows = [MONTH[0], [first_code, *MONTH[1][1:]], [84713000, *MONTH[2][1:]]]
    read_one("customs/2021/d.xlsx", workbook([["海关总署"]], rows), edition)
    keys = ("sheet", "cell", "category_code", "period_label", "flow", "unit_label", "text")
    assert [tuple(row[key] for key in keys) for row in warehouse.rows()] == [
        ("Sheet2", "C2", "01012100", "2021-02", "import", "人民币", "5"),
        ("Sheet2", "C3", "84713000", "2021-02", "import", "人民币", "7"),
    ]


def test_what_the_rows_of_a_sheet_have_in_common_is_known(read_one: Callable, warehouse) -> None:
    edition = "published_on: 2021-03-18\nfiles: {d.xlsx: {flow: import, period: 2021-02}}\n"
    dollars = [["注册地名称", "商品编码", "说明", "美元"], ["北京市", "01012100", "", 5]]
    read_one("customs/2021/d.xlsx", workbook(MONTH, dollars), edition)
    one, other = raw.sheets_with_rows(warehouse.home)
    assert [(each["sheet"], each["cell_column"], each["unit_label"]) for each in (one, other)] == [
        ("Sheet1", "C", "人民币"),
        ("Sheet2", "D", "美元"),
    ]
    assert one["published_on"] == date(2021, 3, 18) and one["sheet_id"] != other["sheet_id"]
    [file] = raw.trade_row_files(warehouse.home)
    known = {each["sheet_id"]: each for each in (one, other)}
    for row in warehouse.rows():
        of_sheet = {name: row[name] for name in trade_rows.OF_SHEET}
        assert of_sheet | {"rows_file": str(file)} == known[row["sheet_id"]]
    pq.write_table(pq.read_table(file).replace_schema_metadata(None), file)
    with pytest.raises(WarehouseError, match="by an older version: yearbook refresh reads"):
        raw.sheets_with_rows(warehouse.home)


def test_rows_of_a_sheet_that_differ_in_what_is_common_are_a_fault() -> None:
    file = SourceFile("出口.csv", "数据年月,商品编码,注册地名称,美元\n1,2,北京市,3\n".encode())
    [piece] = sources()["customs"].read(file).more
    other = piece.rows.set_column(
        piece.rows.column_names.index("flow"), "flow", pa.array(["import"])
    )
    rows = [trade_rows.complete(each, {}) for each in (piece.rows, other)]
    assert trade_rows.of_sheet(rows[0])["flow"] == "export"
    with pytest.raises(ValueError, match="too many values"):
        trade_rows.of_sheet(pa.concat_tables(rows))


@pytest.mark.parametrize("code", [101210, "8.47E+07", "其他"])
def test_a_workbook_whose_codes_may_have_lost_digits(reason: Callable, code: object) -> None:
    rows = [["数据年月", *MONTH[0]], [202101, *MONTH[1]], [202101, code, "天津市", 7]]
    assert "loses the leading zeros of codes" in reason("customs/2021/出口.xlsx", workbook(rows))


COMPILED = """published_on: 2025-03-31
obs_status: P
files:
  a.xlsx:
    area_column: 省份
    year_column: 年份
    columns:
      地区生产总值/亿元: {indicator: 地区生产总值, unit: 亿元, series_vintage: first, obs_status: E}
      城镇化率: {indicator: 城镇化率(%)}
"""


def test_a_compilation_gives_its_declared_columns(read_one: Callable) -> None:
    cover = [["更多数据：关注我们"]]
    rows = [
        ["年份", "省份", "地区生产总值 /亿元", "城镇化率", "另一列"],
        [2020.0, "北京", 36102.6, 87.5, 1],
        ["2021年", "北京", None, 87.6, 2],
        [None, None, None, "更多数据：淘宝店"],
    ]
    cells = read_one("compiled/2025-03/a.xlsx", workbook(cover, rows), COMPILED)
    assert points(cells) == [
        ("北京", "地区生产总值", "亿元", "2020", "36102.6"),
        ("北京", "城镇化率", "%", "2020", "87.5"),
        ("北京", "地区生产总值", "亿元", "2021年", None),
        ("北京", "城镇化率", "%", "2021年", "87.6"),
    ]
    marks = {
        (cell["series_vintage"], cell["obs_status"]) for cell in cells if cell["role"] == "value"
    }
    assert marks == {("first", "E"), ("2025-03", "P")}
    assert texts(cells, "undeclared") == ["1", "2"]
    assert texts(cells, "unused") == ["更多数据：关注我们", "更多数据：淘宝店"]


def test_provinces_by_position(read_one: Callable) -> None:
    edition = (
        "published_on: 2021-12-31\nfiles: {a.csv: {area_order: gb2260, year_column: 年份, "
        "columns: {光缆: {indicator: 光缆线路长度, unit: 公里}}}}\n"
    )
    rows = [f"{year},{n}" for year in (2019, 2020) for n in range(31)]
    cells = read_one("compiled/2021/a.csv", "年份,光缆\n" + "\n".join(rows), edition)
    positions = [cell["area_position"] for cell in cells if cell["role"] == "value"]
    assert positions == [*range(1, 32), *range(1, 32)]


TWO_COLUMNS = (
    "published_on: 2025-03-31\nfiles: {{a.csv: {{{area}, year_column: 年份, columns: "
    "{{GDP: {{indicator: 地区生产总值, unit: 亿元}}, 人口: {{indicator: 人口}}}}}}}}\n"
)


def encrypted(password: str) -> bytes:
    plain, wrapped = io.BytesIO(workbook([["地区", "2022年"], ["北京", 1]])), io.BytesIO()
    msoffcrypto.OfficeFile(plain).encrypt(password, wrapped)
    return wrapped.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"%PDF-1.4", "is a .pdf; only .csv, .xls"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xff\xff\x81", "neither UTF-8 nor GB18030"),
        ("a.csv", "指标：x\n地区,2022年\n北京,\"1\n".encode(), "closing quotation mark"),
        ("a.csv", "指标,说明\n".encode(), "names no single year"),
        ("a.csv", "第一行\n第二行\n".encode(), "holds no table: expected a heading row"),
        ("a.csv", "指标：x\n地区,2022年\n".encode(), "not a single row of values"),
        ("a.csv", "指标：x\n地区,时间\n北京,2022年\n".encode(), "not a single row of values"),
        ("a.csv", workbook([["地区"]]), "is a workbook under the name of a .csv"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "is a web page"),
        ("a.xls", "地区,2022年\n".encode(), "is not a workbook although"),
        ("a.xlsx", workbook([["地区", "2022年"]])[:2000], "damaged or cut short"),
        ("a.xls", old_workbook([["地区", "2022年"]] * 400)[:9000], "damaged or cut short"),
        ("a.xlsx", encrypted("secret"), "protected by a password"),
        ("a.xlsx", workbook([[]]), "holds no table"),
        ("a.zip", workbook([["地区", "2022年"]]), "is an archive (.zip): unpack it"),
        ("a.txt", "地区,2022年\n".encode(), "is a .txt: rename it to .csv"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table(
    reason: Callable, name: str, content: bytes, sentence: str
) -> None:
    assert sentence in reason(f"nbs_portal/2024/{name}", content)


def test_a_hidden_table_is_named_where_no_other_is_shown(warehouse) -> None:
    name, table = "nbs_portal/2024/a.xlsx", [["指标：人口(万人)"], ["地区", "2022年"], ["北京", 1]]
    content = workbook([["略"]], table, hidden=(2,))
    warehouse.land(name, content)
    warehouse.refresh()
    role, said = warehouse.files()[name]
    assert role == "rejected"
    assert "for that on sheet Sheet2 is hidden: write `sheet: Sheet2`" in said
    warehouse.land(name, content, "published_on: 2024-01-31\nfiles: {a.xlsx: {sheet: Sheet2}}\n")
    warehouse.refresh()
    assert texts(warehouse.cells("nbs_portal"), "value") == ["1"]


def test_an_old_workbook_with_gaps_of_zeros(reason: Callable) -> None:
    """Such a file (a download that was cut) sends the reader of workbooks into an endless loop."""
    whole = old_workbook([[f"地区{n}" * 9, n] for n in range(3000)])
    tail = len(whole) - 3000
    gaps = whole[:tail] + bytes(3000)
    assert "damaged or cut short" in reason("nbs_portal/2024/a.xls", gaps)


def test_excels_own_password_is_no_obstacle(read_one: Callable) -> None:
    edition = "published_on: 2024-01-31\nfiles: {a.xlsx: {indicator: 人口}}\n"
    cells = read_one("nbs_portal/2024/a.xlsx", encrypted("VelvetSweatshop"), edition)
    assert [cell["text"] for cell in cells if cell["role"] == "value"] == ["1"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("地区,2022年\n北京,1\n", "names no indicator.*write `indicator: ...`"),
        (
            "指标,2022年\n人口(人),1\n",
            "names no province.*write `area: ...`, for the whole country `area: 全国`, under",
        ),
        ("时间：最近10年\n地区,人口(人)\n北京,1\n", "names no single year.*write `year: YYYY`"),
    ],
)
def test_a_portal_export_that_lacks_a_dimension(reason: Callable, text: str, sentence: str) -> None:
    said = reason("nbs_portal/2024/a.csv", text)
    assert re.search(sentence, said)
    assert "`files: a.csv:` in _edition.yml" in said


def test_a_yearbook_table_without_a_year(reason: Callable) -> None:
    rows = [["1-4 各地区人员"], ["地区", "合计"], ["北京", 1]]
    said = reason("tech_yearbook/2014/a.xlsx", workbook(rows))
    assert "Sheet1" in said
    assert "names no year: write `year: YYYY`" in said


@pytest.mark.parametrize(
    ("name", "rows", "sentence"),
    [
        ("b.xlsx", io_table("投入产出表"), "names no area"),
        ("1北京.xlsx", io_table("投入产出表"), "names no year"),
        ("1北京.xlsx", io_table("北京2017年投入产出表")[:5], "a flow table with sector codes"),
    ],
)
def test_an_input_output_table_that_lacks_something(
    reason: Callable, name: str, rows: list, sentence: str
) -> None:
    assert sentence in reason(f"io_tables/2021/{name}", workbook(rows))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("2022.csv", CUSTOMS, "exports or imports: write 出口 or 进口 into its name"),
        ("出口.csv", CUSTOMS.replace("美元", "金额"), "has no column 美元 or 人民币"),
        ("出口.csv", CUSTOMS.replace("注册地名称", "名称"), "has no column 注册地名称"),
        ("出口.csv", CUSTOMS.replace("数据年月", "说明"), "write the month as `period: YYYY-MM`"),
        ("出口.csv", "a,b\n1,2\n", "holds no heading row with 数据年月"),
        ("出口.csv", "x" * 200_000 + "\n" + CUSTOMS, "holds no heading row with 数据年月"),
        ("出口.csv", CUSTOMS.splitlines()[0], "not a single row of values"),
        ("出口.csv", CUSTOMS + "x" * 3_000_000 + ",1\n", "a row of more than 1 MB"),
    ],
)
def test_a_customs_query_that_lacks_something(
    reason: Callable, name: str, text: str, sentence: str
) -> None:
    assert sentence in reason(f"customs/2023/{name}", text)


def test_a_compilation_without_declaration(reason: Callable) -> None:
    said = reason("compiled/2024/a.csv", "年份,省份,GDP\n2020,北京,1\n")
    assert "write `year_column`, `columns`, `area_column`" in said


@pytest.mark.parametrize(
    ("area", "text", "sentence"),
    [
        ("area_column: 省份", "年份,地区,GDP\n2020,北京,1\n", "expected a heading row with `年份` and `省份`"),
        ("area_column: 省份", "年份,省份,总值\n2020,北京,1\n", "`GDP` is declared but is not in"),
        ("area_order: gb2260", "年份,GDP\n2020,1\n2020,2\n", "2020 has 2 rows and not 31"),
        ("sheet: 一, area: 全国", "年份,GDP\n2020,1\n", "has no sheet 一, for it is no workbook"),
    ],
)  # fmt: skip
def test_a_compilation_that_is_not_as_declared(
    reason: Callable, area: str, text: str, sentence: str
) -> None:
    assert sentence in reason("compiled/2024/a.csv", text, TWO_COLUMNS.format(area=area))


def test_one_missing_column_does_not_lose_the_others(warehouse) -> None:
    text = "年份,省份,GDP,人口\n2020,北京,1,2\n2021,,3,4\n2022,上海,5,6\n"
    declaration = TWO_COLUMNS.format(area="area_column: 省份").replace("人口: {", "人数: {")
    warehouse.land("compiled/2024/a.csv", text, declaration)
    warehouse.refresh()
    role, reason = warehouse.files()["compiled/2024/a.csv"]
    assert role == "taken"
    assert "column `人数` is declared but is not in its heading row" in reason
    assert "1 rows have a year but no area in `省份` (the first is row 3)" in reason
    assert [cell["text"] for cell in warehouse.cells("compiled")] == ["1", "5"]


# fmt: off
WORDS = st.sampled_from([
    "地区", "Region", "指标", "时间", "年份", "2022年", "2021", "2017.0", "北京", "合计", "1.5",
    "1,000", "注：", "说明，详见附录", "续表", "单位：万元", "(piece)", "1-4各地区人员(2013年)",
    "代码", "01", "02", "出口", "EX", "北京2012年投入产出表", "GDP", "指标：人口(人)", "地区：北京",
    "指标名称", "频率", "年", "2020-12-31", "统计年度", "没有单位", "2019年国内专利授权量", "2016年为基期", "发明",
    "市场化总指数", "…", "时间：2022年", "数据年月", "商品编码", "注册地名称", "美元", "第一数量", "第一计量单位",
    "CHN_C01", "CHN", "C01", "CHN1", "Country", "RNR", "IndustryCode", "OUT", "VA",
])
# fmt: on
GRIDS = st.lists(st.lists(st.just("") | WORDS, max_size=6), max_size=8)
DECLARED = FileDeclaration(
    area_column="地区",
    year_column="年份",
    columns={"GDP": ColumnDeclaration(indicator="GDP")},
)


@pytest.mark.slow
@pytest.mark.parametrize("source_id", sorted(sources()))
@given(rows=GRIDS)
@example(rows=[["", "", "地区"]])
@example(rows=[["Country", "RNR"]])
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_grid_of_cells_breaks_a_reader(source_id: str, rows: list[list[str]]) -> None:
    """Whatever the cells, a reader gives cells that fit the schema or says why it does not."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    file = SourceFile("出口.csv", stream.getvalue().encode(), DECLARED)
    try:
        reading = sources()[source_id].read(file)
    except Rejected:
        return
    for piece in (reading, *followed(reading)):
        assert complete(piece.cells, {"source_id": source_id}).cast(SCHEMA).schema.equals(SCHEMA)
        if piece.rows is not None:
            assert trade_rows.complete(piece.rows, {}).schema.equals(trade_rows.AT_REST)


def followed(reading: Reading) -> list[Reading]:
    """The pieces of a large file, none if they are refused."""
    try:
        return list(reading.more)
    except Rejected:
        return []


CSMAR_COLUMNS = (
    "{area_column: Prvcnm, year_column: Sgnyea, columns: {L: {indicator: 贷款余额, unit: 亿元}}}"
)
OF_STRI = "OECD.TAD.TPD:DSD_STRI@DF_STRI_DIGITAL(1.0)"
FOUR = "北京,1,2\n天津,1,234,5\n,7,8\n河北,3,4\n"
# Of each source a table with a value that an unquoted comma moves, and one of nothing; what is left
MOVED = {
    "nbs_portal/2024/a.csv": (f"指标：地区生产总值(亿元)\n地区,2022年,2021年\n{FOUR}", "1234"),
    "statistical_yearbook/2024/a.csv": (
        f"2-5 各地区生产总值(2022年)\n地区,地区生产总值,第一产业\n{FOUR}",
        "1234",
    ),
    "cnipa/2024/a.csv": (f"2022年分地区国内专利授权(件)\n地区,合计,发明\n{FOUR}", "1234"),
    "neri/2024/a.csv": (f"市场化总指数（2016年为基期）\n省份,2018,2019\n{FOUR}", "1234"),
    "csmar/2024/a.csv": (
        "Sgnyea,Prvcnm,L\n2020,北京市,1\n2020,天津市,1,234\n,山西省,7\n2020,河北省,3\n",
        "13",
    ),
    "world_bank/2024/a.csv": (
        "Country Code,Indicator Code,Indicator Name,2021\nCHN,SP.POP.TOTL,Population,1\n"
        "DEU,SP.POP.TOTL,Population,1,234\n,SP.POP.TOTL,Population,7\n"
        "FRA,SP.POP.TOTL,Population,3\n",
        "13",
    ),
    "wind/2024/a.csv": (
        "指标名称,北京:GDP\n频率,年\n2019,1\n2020,1,234\n合计,7\n2021,3\n数据来源：Wind\n",
        "13",
    ),
    "oecd/2024/a.csv": (
        f"DATAFLOW,REF_AREA,MEASURE,TIME_PERIOD,OBS_VALUE\n{OF_STRI},CHN,STRI,2020,1\n"
        f"{OF_STRI},DEU,STRI,2020,0,234\n{OF_STRI},,STRI,2020,7\n{OF_STRI},FRA,STRI,2020,3\n",
        "13",
    ),
}


@pytest.mark.parametrize(("name", "content"), MOVED.items())
def test_no_value_is_moved_or_lost_without_a_word(warehouse, name: str, content: tuple) -> None:
    text, left = content
    columns = f"files: {{a.csv: {CSMAR_COLUMNS}}}\n" if name.startswith("csmar") else ""
    warehouse.land(name, text, f"published_on: 2024-01-31\n{columns}")
    warehouse.refresh()
    role, reason = warehouse.files()[name]
    assert role == "taken", reason
    assert [cell["text"] for cell in warehouse.cells(name.partition("/")[0])] == [*left]
    assert "1 rows have more cells than the heading row, as after an unquoted comma" in reason
    assert re.search(r"1 rows have (a value|values) but no \w+", reason), reason
