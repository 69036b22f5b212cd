"""Compilations: wide in every way that people lay them out, and what is to be declared of them."""

import datetime
import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tests.workbooks import workbook

ONE = "{indicator: 师生比, unit: ratio}"
TWO = (
    "{columns: {GDP: {indicator: 地区生产总值, unit: 亿元}, 人口: {indicator: 年末常住人口(万人)}}}"
)
BEIJING = [("北京", "师生比", "ratio", "2020", "1"), ("北京", "师生比", "ratio", "2021", "2")]
SIDE_BY_SIDE = [
    ("北京", "地区生产总值", "亿元", "2020", "1"),
    ("北京", "地区生产总值", "亿元", "2021", "2"),
    ("北京", "年末常住人口", "万人", "2020", "3"),
    ("北京", "年末常住人口", "万人", "2021", "4"),
]


def declared(block: str, name: str = "a.xlsx") -> str:
    return f"published_on: 2024-01-31\nfiles: {{{name}: {block}}}\n"


def points(cells: list[dict]) -> list[tuple]:
    keys = ("area_key", "indicator_label", "unit_label", "period_label", "text")
    return sorted(
        tuple((cell[key] or "")[: 4 if key == "period_label" else None] for key in keys)
        for cell in cells
        if cell["role"] == "value"
    )


@pytest.mark.parametrize(
    ("rows", "block"),
    [
        ([["序号", "省份", 2020, 2021], [1, "北京", 1, 2]], ONE),
        ([["各省师生比"], ["地区\\年份", "2021年", "2020年"], ["北京", 2, 1], ["数据来源：EPS"]], ONE),
        ([["jiancheng", "NAME", "y2020", "y2021"], ["京", "北京", 1, 2]], "{area_column: NAME, indicator: 师生比(ratio)}"),
        ([["NAME", "pro", "FY2020", "2021.0"], ["北京", 11, 1, 2], [None, None, 3, 3]], ONE),
        ([["地区", "师生比2020", "师生比2021"], ["北京", 1, 2]], ONE),
        ([["年份", "北京"], [2020, 1], ["2021年", 2]], ONE),
        ([["年份\\省份", "北京"], [2021, 2], [2020, 1], ["注：略"]], ONE),
        ([[None, "北京"], [2020, 1], [2021, 2]], ONE),
        ([["nian", "北京"], [2020, 1], [2021, 2]], "{year_column: nian, indicator: 师生比, unit: ratio}"),
        ([["指标", 2020, 2021], ["师生比", 1, 2]], "{area: 北京, indicator: 师生比, unit: ratio}"),
        ([["序号", "year", "province", "值"], [1, 2020, "北京", 1], [2, 2021, "北京", 2]], ONE),
        ([["时间", "省份", "值"], ["2021/12/31", "北京", 2], ["2020-12-31", "北京", 1]], ONE),
        ([["时间", "北京"], [datetime.date(2020, 12, 31), 1], [datetime.date(2021, 12, 31), 2]], ONE),
        ([["年份", "北京"], [2020, 1], [2021, 2], ["①快报数。"], ["注：略"], ["数据来源：略"]], ONE),
        ([["省份", "2020"], ["北京", 1], ["说明文字", None]], ONE),
    ],
)  # fmt: skip
def test_one_indicator_a_table(read_one: Callable, rows: list, block: str) -> None:
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(block))
    assert points(cells) == BEIJING[: 1 if rows[0] == ["省份", "2020"] else 2]


@pytest.mark.parametrize(
    "rows",
    [
        [["省份", "GDP_2020", "GDP_2021", "人口2020", "2021年人口"], ["北京", 1, 2, 3, 4]],
        [["省份", "GDP", None, "人口", None], [None, 2020, 2021, 2020, 2021], ["北京", 1, 2, 3, 4]],
        [["省份", 2020, None, 2021, None], [None, "GDP", "人口", "GDP", "人口"], ["北京", 1, 3, 2, 4]],
        [["指标", "地区", "2020年", "2021年"], ["GDP", "北京", 1, 2], ["人口", "北京", 3, 4], ["CPI", "北京", 7, 8]],
    ],
)  # fmt: skip
def test_several_indicators_a_wide_table(read_one: Callable, rows: list) -> None:
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(TWO))
    assert points(cells) == SIDE_BY_SIDE


def test_an_indicator_in_rows_that_nothing_declares(read_one: Callable) -> None:
    rows = [["指标", "地区", "2020年"], ["GDP", "北京", 1], ["CPI", "北京", 7]]
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(TWO))
    keys = ("indicator_key", "area_key", "period_label", "text")
    assert [tuple(cell[key] for key in keys) for cell in cells if cell["role"] == "undeclared"] == [
        ("cpi", "北京", "2020", "7")
    ]


@pytest.mark.parametrize(
    "sheets",
    [
        {"GDP": [["省份", "2020-12-31", "2021/12/31"], ["北京", 1, 2]], "人口": [["省份", 2020, 2021], ["北京", 3, 4]]},
        {"2020": [["省份", "GDP", "人口"], ["北京", 1, 3]], "2021年数据": [["省份", "人口", "GDP"], ["北京", 4, 2]]},
    ],
)  # fmt: skip
def test_a_sheet_an_indicator_or_a_year(read_one: Callable, sheets: dict) -> None:
    cells = read_one("compiled/2024/a.xlsx", workbook(**sheets), declared(TWO))
    assert points(cells) == SIDE_BY_SIDE


def test_the_end_of_a_year_among_other_months_is_no_year(reason: Callable) -> None:
    rows = [["时间", "省份", "值"], ["2020-12-31", "北京", 1], ["2021-06-30", "北京", 2]]
    said = reason("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(ONE))
    assert '2 rows have values but no year in `时间`, such as "2020-12-31"' in said


def test_a_footnote_loses_no_row(read_one: Callable) -> None:
    rows = [["省份", 2020], ["天津", 1], ["北京", "2[1]"], ["更多数据请关注", None]]
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(ONE))
    assert [(cell["area_label"], cell["text"]) for cell in cells if cell["role"] == "value"] == [
        ("天津", "1"),
        ("北京", "2[1]"),
    ]


def test_a_file_of_one_year(read_one: Callable) -> None:
    text = "地区,GDP,CPI(2010=100)\n北京,1,100\n"
    block = TWO.replace("{columns", "{year: 2020, columns")
    cells = read_one("compiled/2024/a.csv", text, declared(block, "a.csv"))
    assert points(cells) == SIDE_BY_SIDE[:1]


def test_provinces_of_a_wide_table_by_their_order(read_one: Callable) -> None:
    rows = [["编号", 2020, 2021], *([n, n, n] for n in range(31)), [None, "总计", None]]
    block = ONE.replace("{", "{area_order: gb2260, ")
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(block))
    positions = [cell["area_position"] for cell in cells if cell["role"] == "value"]
    assert sorted(positions) == sorted([*range(1, 32), *range(1, 32)])


def test_a_filled_sheet_is_no_compilation_of_published_values(read_one: Callable) -> None:
    rows = [["省份", "年份", "GDP"], ["北京", 2020, 1], ["北京", 2021, 2]]
    sheets = {"完整": [*rows, ["北京", 2022, 3]], "原始": [*rows, ["北京", 2022, None]]}
    cells = read_one("compiled/2024/a.xlsx", workbook(**sheets), declared(TWO))
    assert points(cells) == [*SIDE_BY_SIDE[:2], ("北京", "地区生产总值", "亿元", "2022", "")]


@pytest.mark.parametrize("version", [114, 118])
def test_a_data_file_of_stata(read_one: Callable, version: int) -> None:
    """Labelled values, floats in their own precision, and Chinese text of before Unicode."""
    frame = pd.DataFrame({"province": [11, 31], "year": [2020, 2020], "ratio": [0.061, np.nan]})
    frame = frame.astype({"ratio": "float32"})
    names = {11: "北京", 31: "上海"}
    if version < 118:  # the writer takes Latin-1 for the bytes that others meant as GB18030
        names = {code: name.encode("gb18030").decode("latin-1") for code, name in names.items()}
    stream = io.BytesIO()
    frame.to_stata(
        stream, write_index=False, version=version, value_labels={"province": names},
        variable_labels={"ratio": "teachers over pupils"},
    )  # fmt: skip
    columns = "{ratio: {indicator: 师生比, unit: ratio}}"
    block = f"{{area_column: province, year_column: year, columns: {columns}}}"
    cells = read_one("compiled/2024/a.dta", stream.getvalue(), declared(block, "a.dta"))
    assert points(cells) == [
        ("上海", "师生比", "ratio", "2020", ""),
        ("北京", "师生比", "ratio", "2020", "0.061"),
    ]


@pytest.mark.parametrize(
    ("format", "day", "years"),
    [
        ("ty", "01-01", ["2020", "2021"]),
        ("td", "01-01", ["2020", "2021"]),
        ("td", "12-31", ["2020", "2021"]),
        ("td", "03-01", []),
    ],
)
def test_a_year_of_stata_is_no_date(
    read_one: Callable, reason: Callable, format: str, day: str, years: list
) -> None:
    """A variable of years (%ty) holds them as numbers, one of days (%td) by their first or last."""
    dates = pd.to_datetime([f"2020-{day}", f"2021-{day}", None])
    frame = pd.DataFrame({"province": ["北京"] * 3, "year": dates, "GDP": [1, 2, 3]})
    stream = io.BytesIO()
    frame.to_stata(stream, write_index=False, version=118, convert_dates={"year": format})
    block = TWO.replace("{", "{area_column: province, year_column: year, ", 1)
    look = read_one if years else reason
    found = look("compiled/2024/a.dta", stream.getvalue(), declared(block, "a.dta"))
    if years:
        assert [p[3] for p in points(found)] == years
    else:
        assert f'no year in `year`, such as "2020-{day}"' in found


@pytest.mark.parametrize("content", [b"<stata_dta><header>", b"\x72\x02\x01\x00" + b"\xff" * 200])
def test_a_damaged_data_file(reason: Callable, content: bytes) -> None:
    assert "cannot be opened as a data file of Stata" in reason(
        "compiled/2024/a.dta", content, declared(ONE, "a.dta")
    )
    assert "is no data file of Stata" in reason("compiled/2024/b.dta", b"1,2\n")


WIDE = [["代码", "省份", "2020", "2022"], [11, "北京", 1, 2]]


@pytest.mark.parametrize(
    ("rows", "block", "sentence"),
    [
        (WIDE, "{}", "is a wide table with years in columns (2020 to 2022): write `indicator: ...` and `unit: ...`"),
        (WIDE, "{columns: {GDP: {indicator: GDP}}}", "write `indicator: ...` and `unit: ...` (instead of"),
        ([["省份", "a2020", "b2020"], ["北京", 1, 2]], ONE, "write `columns` with an indicator and unit for each of a, b"),
        ([["指标", "省份", 2020], ["a", "北京", 1], ["b", "北京", 2]], ONE, "for those to take (such as a, b)"),
        ([["年份", "省份", "a", "b"], [2020, "北京", 1, 2]], ONE, "has 2 columns of numbers (a, b) and one `indicator`"),
        ([["简称", "名称", 2020], ["京津", "北京", 1]], ONE, "write `area_column: ...` (one of 简称, 名称)"),
        ([["省份", "GDP"], ["北京", 1]], TWO, "or `year: YYYY` for all rows"),
    ],
)  # fmt: skip
def test_what_is_to_be_declared(reason: Callable, rows: list, block: str, sentence: str) -> None:
    assert sentence in reason("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(block))


TIDY = [["id", "region", "year", "variable", "unit", "value"]] + [
    [number, *row]
    for number, row in enumerate(
        [
            ("北京", 2020, "GDP", "亿元", 1),
            ("北京", 2021, "GDP", "亿元", 2),
            ("北京", 2020, "人口", "万人", 3),
            ("北京", 2021, "人口", "万人", 4),
            ("北京", 2021, "面积", "平方公里", 5),
        ],
        1,
    )
]


def test_one_value_a_row_beside_its_indicator(read_one: Callable, warehouse) -> None:
    """What nothing declares is kept as printed, and counted."""
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=TIDY), declared(TWO))
    assert points(cells) == SIDE_BY_SIDE
    [other] = [cell for cell in cells if cell["indicator_label"] == "面积" and cell["text"] == "5"]
    assert (other["role"], other["area_key"], other["period_label"]) == (
        "undeclared",
        "北京",
        "2021",
    )
    assert (
        "1 rows show an indicator that is not declared"
        in warehouse.files()["compiled/2024/a.xlsx"][1]
    )


def test_values_like_years_beside_an_area_head_no_wide_table(read_one: Callable) -> None:
    rows = [
        ["省份", "年份", "指标", "数值"],
        ["北京", 2020, "人口", 1930],
        ["天津", 2020, "人口", 1386],
    ]
    block = "{columns: {人口: {indicator: 年末常住人口, unit: 万人}}}"
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(block))
    assert [cell["text"] for cell in cells if cell["role"] == "value"] == ["1930", "1386"]


@pytest.mark.parametrize(
    "block", [ONE, "{columns: {value: {indicator: 地区生产总值, unit: 亿元}}}"]
)
def test_values_of_several_indicators_are_not_those_of_one(reason: Callable, block: str) -> None:
    said = reason("compiled/2024/a.xlsx", workbook(Sheet1=TIDY), declared(block))
    assert "has several indicators in its column `variable` (GDP, 人口, 面积)" in said


def test_one_value_a_row_of_an_indicator_that_nothing_declares(reason: Callable) -> None:
    block = "{columns: {人均GDP: {indicator: 人均地区生产总值, unit: 元}}}"
    said = reason("compiled/2024/a.xlsx", workbook(Sheet1=TIDY), declared(block))
    assert "has its indicators in rows: write `columns` with an indicator and unit for" in said
    assert "(such as GDP, 人口, 面积)" in said


@pytest.mark.parametrize(
    ("codes", "keys"),
    [
        ((11, 50, 65), ["110000", "500000", "650000"]),
        ((11, 12, 16), ["11", "12", "16"]),
        ((110000, 500000, 650000), ["110000", "500000", "650000"]),
    ],
)
def test_provinces_by_two_digits_and_rows_that_are_only_counted(read_one, codes, keys) -> None:
    rows = [["provcd", "year", "gdp"], *([code, 2020, 1] for code in codes)]
    block = "{area_column: provcd, columns: {gdp: {indicator: 地区生产总值, unit: 亿元}}}"
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(block))
    found = [cell for cell in cells if cell["role"] == "value"]
    assert [cell["area_key"] for cell in found] == keys
    assert [cell["area_label"] for cell in found] == [str(code) for code in codes]


def test_a_heading_that_prints_another_unit_than_is_declared_is_named(warehouse) -> None:
    """The declaration wins, but a slip in it is ten thousand times too much."""
    csv = "省份,年份,GDP(万元),人口_万人\n北京,2022,416109000,2184\n"
    columns = "{GDP(万元): {indicator: 地区生产总值, unit: 亿元}, 人口_万人: {indicator: 年末常住人口, unit: 万人}}"
    warehouse.land("compiled/2024/a.csv", csv, declared(f"{{columns: {columns}}}", "a.csv"))
    warehouse.refresh()
    role, reason = warehouse.files()["compiled/2024/a.csv"]
    assert role == "taken"
    assert "column `GDP(万元)` is declared in 亿元, which is not the unit of its heading" in reason
    assert "人口" not in reason
    wide = declared("{indicator: 地区生产总值, unit: 亿元}", "b.csv")
    for unit, is_said in (("万元", True), ("亿元", False)):
        warehouse.land("compiled/2024/b.csv", f"单位：{unit}\n省份,2021,2022\n北京,1,2\n", wide)
        warehouse.refresh()
        _, reason = warehouse.files()["compiled/2024/b.csv"]
        assert ("prints 单位：万元 above the table" in (reason or "")) == is_said


@pytest.mark.parametrize(
    ("rows", "block"),
    [
        ([["省份", "年份", "指标", "数值", "单位"], ["北京", 2022, "GDP", 1, "万元"], ["天津", 2022, "GDP", 2, None]], "{columns: {GDP: {indicator: 地区生产总值, unit: 亿元}}}"),
        ([["省份", "年份", "GDP", "计量单位"], ["北京", 2022, 1, "万元"], ["天津", 2022, 2, "统计局"]], "{columns: {GDP: {indicator: 地区生产总值, unit: 亿元}}}"),
        ([["省份", "单位", 2022], ["北京", "万元", 1], ["天津", "亿元", 2]], "{indicator: 地区生产总值}"),
        ([["指标", "地区", "单位", 2022], ["GDP", "北京", "万元", 1], ["GDP", "天津", "亿元", 2]], "{columns: {GDP: {indicator: 地区生产总值}}}"),
    ],
)  # fmt: skip
def test_the_unit_of_a_row_is_that_which_stands_in_it(
    read_one: Callable, rows: list, block: str
) -> None:
    cells = read_one("compiled/2024/a.xlsx", workbook(Sheet1=rows), declared(block))
    assert points(cells) == [
        ("北京", "地区生产总值", "万元", "2022", "1"),
        ("天津", "地区生产总值", "亿元", "2022", "2"),
    ]
