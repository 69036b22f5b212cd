"""The marketisation index: years or indices in columns, and a base that goes with every value."""

from collections.abc import Callable

import pytest

from tests.workbooks import workbook

BASED = "published_on: 2021-12-31\nseries_vintage: base-2016\n"


def points(cells: list[dict]) -> list[tuple]:
    keys = ("area_key", "indicator_key", "period_label", "text")
    return [tuple(cell[key] for key in keys) for cell in cells if cell["role"] == "value"]


def vintages(cells: list[dict]) -> set[str]:
    return {cell["series_vintage"] for cell in cells if cell["role"] == "value"}


def test_years_in_columns_aspects_in_sheets(read_one: Callable) -> None:
    title = ["中国分省份市场化指数数据库（2016年为基期）"]
    rows = [["省份\\年份", "2018年", 2019.0], ["北 京", 9.1, "9.2"], ["西藏", -0.3, None]]
    notes = [["注：本库指数由作者编制。"]]
    content = workbook(总指数=[title, *rows, *notes], 政府与市场的关系=[title, *rows])
    cells = read_one("neri/2021/a.xlsx", content)
    total = [c for c in cells if c["sheet"] == "总指数"]
    assert points(total) == [
        ("北京", "市场化指数库", "2018", "9.1"),
        ("北京", "市场化指数库", "2019", "9.2"),
        ("西藏", "市场化指数库", "2018", "-0.3"),
        ("西藏", "市场化指数库", "2019", None),
    ]
    assert {p[1] for p in points(cells)} - {total[-2]["indicator_key"]} >= {"政府与市场的关系"}
    assert vintages(cells) == {"base-2016"}


def test_scores_and_ranks_of_each_year(read_one: Callable) -> None:
    rows = [
        ["表1 各省份市场化总指数得分和排名（以2008年为基期）"],
        ["地区", "2010年", None, "2014年", None],
        [None, "评分", "排名", "评分", "排名"],
        ["北京", 7.66, 3, 9.08, 2],
    ]
    cells = read_one("neri/2017/a.xlsx", workbook(Sheet1=rows))
    assert [p[1:] for p in points(cells)][1::2] == [("排名", "2010", "3"), ("排名", "2014", "2")]
    assert [p[2:] for p in points(cells)][::2] == [("2010", "7.66"), ("2014", "9.08")]
    assert vintages(cells) == {"base-2008"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["年份", "省份", "市场化总指数"], [2019, "北京", 9]], ("北京", "市场化总指数", "2019", "9")),
        ([["序号", "省份", "年份", "指标", "得分"], [1, "北京", 2019, "市场化总指数", 9]], ("北京", "市场化总指数", "2019", "9")),
        ([["年份", "北京", "天津"], [2019, 9, None]], ("北京", "市场化总指数", "2019", "9")),
        ([[None, 2019, 2018], ["北京", 9, 8]], ("北京", "市场化总指数", "2019", "9")),
        ([["2019年市场化指数"], ["省份", "市场化总指数"], ["北京", 9]], ("北京", "市场化总指数", "2019", "9")),
    ],
)  # fmt: skip
def test_other_ways_to_lay_it_out(read_one: Callable, rows: list, expected: tuple) -> None:
    cells = read_one("neri/2021/a.xlsx", workbook(市场化总指数=rows), BASED)
    assert points(cells)[0] == expected
    assert vintages(cells) == {"base-2016"}


def test_extrapolated_years_are_estimates(warehouse) -> None:
    rows = [
        ["市场化指数"], ["省份", 2016, 2017], ["北京", 9, 9.1], ["注：2017年数据为推算值"],
    ]  # fmt: skip
    warehouse.land("neri/2021/a.xlsx", workbook(Sheet1=rows))
    warehouse.refresh()
    role, said = warehouse.files()["neri/2021/a.xlsx"]
    assert role == "taken"
    assert "no base year is named" in said and "write the years as `estimated_years" in said
    declared = BASED + "files: {a.xlsx: {estimated_years: [2017]}}\n"
    warehouse.land("neri/2021/a.xlsx", workbook(Sheet1=rows), declared)
    warehouse.refresh()
    assert warehouse.files()["neri/2021/a.xlsx"] == ("taken", None)
    assert [(c["period_label"], c["obs_status"]) for c in warehouse.cells("neri")] == [
        ("2016", None),
        ("2017", "E"),
    ]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["省份", 2016], ["北京", 9]], "names no index for column B: write `indicator: 市场化总指数`"),
        ([["以2016年为基期"], ["省份", "市场化总指数"], ["北京", 9]], "names no year for column B: write `year: YYYY`"),
        ([["姓名", "分数"], ["甲", 9]], "holds no table: expected a heading row with 地区 or 省份"),
    ],
)  # fmt: skip
def test_what_says_too_little(reason: Callable, rows: list, sentence: str) -> None:
    assert sentence in reason("neri/2021/a.xlsx", workbook(Sheet1=rows))


HEAD = ["年份", "省份", "市场化指数"]
KNOWN = [[2016, "北京", 9], [2017, "北京", 9.5]]
BLANK = [[2018, "北京", None]]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("ARIMA填补", [*KNOWN, [2018, "北京", 9.7]]),
        ("插值", [[2016, "北京", 8], [2018, "北京", 9.7]]),
        ("Sheet3", [*reversed(KNOWN), [2018, "北京", 9.7]]),
        ("Sheet3", [[2016, "北京", 9.0012], KNOWN[1], [2018, "北京", 9.7]]),
    ],
)
@pytest.mark.parametrize("gap", [[], BLANK])
@pytest.mark.parametrize("comes_first", [False, True])
def test_a_filled_version_of_a_sheet_is_left_out(
    read_one: Callable, warehouse, name: str, rows: list, gap: list, comes_first: bool
) -> None:
    sheets = {"原始": [HEAD, *KNOWN, *gap], name: [HEAD, *rows]}
    order = dict(reversed(sheets.items())) if comes_first else sheets
    cells = read_one("neri/2021/a.xlsx", workbook(**order), BASED)
    assert {(cell["sheet"], cell["text"]) for cell in cells if cell["role"] == "value"} >= {
        ("原始", "9"),
        ("原始", "9.5"),
    }
    assert all(cell["sheet"] == "原始" for cell in cells if cell["role"] == "value")
    reason = warehouse.files()["neri/2021/a.xlsx"][1]
    assert f"left out as filled-in versions of other sheets: {name} (" in reason


def test_a_name_that_says_that_nothing_was_filled(read_one: Callable) -> None:
    content = workbook(插值前=[HEAD, *KNOWN], 线性插值=[HEAD, *KNOWN, [2018, "北京", 9.7]])
    cells = read_one("neri/2021/原始和插值.xlsx", content, BASED)
    assert {cell["sheet"] for cell in cells if cell["role"] == "value"} == {"插值前"}


def test_a_sheet_of_one_year_is_no_origin(read_one: Callable) -> None:
    content = workbook(**{"2016": [HEAD, KNOWN[0]], "所有": [HEAD, *KNOWN]})
    cells = read_one("neri/2021/a.xlsx", content, BASED)
    assert [point[-1] for point in points(cells)] == ["9", "9", "9.5"]


def test_a_filled_sheet_is_read_once_it_says_what_it_is(read_one: Callable, reason: Callable):
    content = workbook(线性插值=[HEAD, *KNOWN], 原始=[HEAD, *KNOWN])
    said = reason("neri/2021/a.xlsx", content, BASED + "files: {a.xlsx: {sheet: 线性插值}}\n")
    assert said.startswith("sheet 线性插值 says in its name that gaps were filled")
    alone = workbook(Sheet1=[HEAD, *KNOWN])
    assert reason("neri/2022/指数(已插补).xlsx", alone).startswith("says in its name that gaps")
    declared = BASED + "files: {a.xlsx: {sheet: 线性插值, estimated_years: [2017]}}\n"
    cells = read_one("neri/2021/a.xlsx", content, declared)
    statuses = [(cell["sheet"], cell["obs_status"]) for cell in cells if cell["role"] == "value"]
    assert statuses == [("线性插值", None), ("线性插值", "E")]
