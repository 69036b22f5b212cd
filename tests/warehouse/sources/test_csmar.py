"""Tables of fields: codes, labels and units in rows, in a file beside, or declared."""

import datetime
from collections.abc import Callable

import pytest

from tests.workbooks import workbook

ROWS = [
    ["Sgnyea", "Prvcnm_id", "Prvcnm", "Gdp0101", "Remark"],
    ["统计年度", "省份代码", "省份名称", "地区生产总值", "备注"],
    ["没有单位", "没有单位", "没有单位", "亿元", "没有单位"],
    ["2020", "110000", "北京市", "36102.6", None],
    ["2020", "120000", "天津市", None, "修订"],
]
CSV = "Sgnyea,Prvcnm,Gdp0101\n2020,北京市,36102.6\n2020,天津市,\n"
DESCRIPTION = (
    "Sgnyea [统计年度] - 没有单位\r\nPrvcnm [省份名称] - 没有单位\r\n"
    "Gdp0101 [地区生产总值(现价)] - 按当年价格，单位：亿元\r\n"
)
DECLARED = (
    "published_on: 2024-01-31\nfiles: {{CRE_Gdp.csv: {{{keys}columns: "
    "{{Gdp0101: {{indicator: 地区生产总值, unit: 亿元}}}}}}}}\n"
)


def points(cells: list[dict], label: str) -> list[tuple]:
    keys = ("area_label", "unit_label", "period_label", "text")
    return [
        tuple(cell[key] for key in keys)
        for cell in cells
        if cell["role"] == "value" and cell["indicator_label"] == label
    ]


BOTH = [("北京市", "亿元", "2020", "36102.6"), ("天津市", "亿元", "2020", None)]


def test_a_workbook_explains_itself(read_one: Callable) -> None:
    cells = read_one("csmar/2024/CRE_Gdp.xlsx", workbook([*ROWS, ["数据来源：CSMAR"]]))
    assert points(cells, "地区生产总值") == BOTH
    assert {c["area_key_alt"] for c in cells if c["role"] == "value"} == {"110000", "120000"}
    assert {c["unit_label"] for c in cells if c["indicator_label"] == "备注"} == {None}
    assert [c["text"] for c in cells if c["role"] == "note"] == ["数据来源：CSMAR"]


def test_english_labels_and_dates(read_one: Callable) -> None:
    rows = [
        ["EndDate", "ProvinceName", "Loan01"],
        ["Fiscal Year", "Province", "Loans"],
        ["No Unit", "No Unit", "100 million yuan"],
        [datetime.date(2020, 12, 31), "Beijing", 1],
    ]
    cells = read_one("csmar/2024/a.xlsx", workbook(rows))
    assert points(cells, "Loans") == [("Beijing", "100 million yuan", "2020", "1")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_explained_beside_it(warehouse, encoding: str) -> None:
    warehouse.land("csmar/2024/CRE_Gdp.csv", CSV.encode(encoding))
    warehouse.land("csmar/2024/CRE_Gdp[DES][csv].txt", DESCRIPTION.encode(encoding))
    warehouse.refresh()
    assert set(warehouse.files().values()) == {("taken", None)}
    cells = warehouse.cells("csmar", None)
    assert points(cells, "地区生产总值(现价)") == BOTH
    assert sum(c["role"] == "note" for c in cells) == 3


def test_a_description_that_comes_later_counts(warehouse) -> None:
    warehouse.land("csmar/2024/CRE_Gdp.csv", CSV)
    warehouse.refresh()
    role, said = warehouse.files()["csmar/2024/CRE_Gdp.csv"]
    assert role == "rejected" and "land CRE_Gdp[DES].txt beside it, or declare `columns:`" in said
    warehouse.land("csmar/2024/CRE_Gdp[DES].txt", DESCRIPTION)
    warehouse.refresh()
    assert points(warehouse.cells("csmar"), "地区生产总值(现价)") == BOTH


def test_a_csv_may_be_declared(read_one: Callable) -> None:
    cells = read_one("csmar/2024/CRE_Gdp.csv", CSV, DECLARED.format(keys=""))
    assert points(cells, "地区生产总值") == BOTH
    keys = "area_column: where, year_column: when, "
    text = CSV.replace("Sgnyea,Prvcnm", "when,where")
    edition = DECLARED.format(keys=keys).replace("CRE_Gdp", "b")
    cells = read_one("csmar/2024-02/b.csv", text, edition)
    assert points(cells, "地区生产总值")[:2] == BOTH


def test_another_month_is_no_year(warehouse) -> None:
    rows = [
        ["截止日期", "省份", "存款余额(亿元)"],
        ["2020-03-31", "北京", 1],
        ["2020-12-31", "北京", 2],
    ]
    warehouse.land("csmar/2024/a.xlsx", workbook(rows))
    warehouse.refresh()
    assert points(warehouse.cells("csmar"), "存款余额") == [("北京", "亿元", "2020", "2")]
    said = warehouse.files()["csmar/2024/a.xlsx"][1]
    assert said == "1 rows are of another month than December: not taken"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["代码", "省份", "GDP"], ["1", "北京", 1]], "has no column of years among 代码, 省份, GDP: write `year_column"),
        ([["统计年度", "GDP总值"], [2020, 1]], "has no column of provinces among 统计年度, GDP总值: write `area_column"),
        (
            [["年份", "省份", "城市名称", "人口"], [2020, "河北", "石家庄", 1], [2021, "河北", "唐山", 2]],
            "has a column 城市名称, so that its rows are no provinces",
        ),
        (
            [["年份", "省份", "产业", "增加值"], [2020, "河北", "一", 1], [2020, "河北", "二", 2]],
            "has several rows for 河北 2020 (rows 2 and 3)",
        ),
        ([["年份", "省份", "增加值"]], "not a single row of values"),
        ([["年份", "省份"], [2020, "河北"]], "not a single row of values"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_provinces(reason: Callable, rows: list, sentence: str) -> None:
    assert sentence in reason("csmar/2024/a.xlsx", workbook(rows))


def test_text_that_describes_nothing(reason: Callable) -> None:
    said = reason("csmar/2024/readme.txt", "Thank you for your order.\n")
    assert "describes no fields" in said
