"""Workbooks of series: facts in any order above, dates below, one frequency that counts."""

import datetime
import io
from collections.abc import Callable

import openpyxl
import pytest

NAMES = ["指标名称", "北京:GDP", "GDP:天津市", "上海:GDP:累计值"]
FACTS = [
    ["Wind"],
    ["频率", "年", "年", "季"],
    NAMES,
    ["单位", "亿元", "亿元", "亿元"],
    ["指标ID", "M1", "M2", "M3"],
    ["来源", "国家统计局", "国家统计局", "国家统计局"],
    ["更新时间", "2023-01-17", "2023-01-17", "2023-01-17"],
]
FOOT = [[None], ["数据来源：Wind"]]
BOTH = [
    ("北京:gdp", "亿元", "2020", "１.5"),
    ("gdp:天津市", "亿元", "2020", None),
    ("北京:gdp", "亿元", "2021", "2"),
    ("gdp:天津市", "亿元", "2021", "3"),
]


def workbook(rows: list[list], hidden: bool = False) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if hidden:
        stray = book.create_sheet("stray")
        stray.append(["指标名称", "河北:GDP"])
        stray.append([datetime.date(2020, 12, 31), 9])
        stray.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def points(cells: list[dict]) -> list[tuple]:
    keys = ("indicator_key", "unit_key", "period_label", "text")
    return [
        tuple(cell[key] if key != "period_label" else cell[key][:4] for key in keys)
        for cell in cells
        if cell["role"] == "value"
    ]


@pytest.mark.parametrize(
    "dates",
    [
        (datetime.date(2020, 12, 31), datetime.datetime(2021, 12, 31)),
        ("2020-12-31", "2021/12/31"),
        (20201231, "20211231"),
        (2020, "２０２１年"),
        (44196.0, "44561"),
        ("2020-12", "2021年12月"),
    ],
)
def test_dates_in_every_form(read_one: Callable, dates: tuple) -> None:
    rows = [*FACTS, [dates[0], "１.5", None, 7], [dates[1], 2, 3.0, 8], *FOOT]
    cells = read_one("wind/2024/a.xlsx", workbook(rows, hidden=True))
    assert points(cells) == BOTH
    assert [c["text"] for c in cells if c["role"] == "note"] == ["数据来源：Wind"]
    assert {"7", "8", "9"} <= {c["text"] for c in cells if c["role"] == "unused"}


def test_english_labels_and_a_later_label_column(read_one: Callable) -> None:
    rows = [
        [None, "Unit", "100 million yuan"],
        [None, "Indicator Name", "Beijing: GDP"],
        [None, "Period", "2000 - 2021"],
        [None, "Frequency", "Annual"],
        [None, datetime.date(2021, 12, 31), 2],
    ]
    cells = read_one("wind/2024/a.xlsx", workbook(rows))
    assert points(cells) == [("beijing:gdp", "100millionyuan", "2021", "2")]


def test_what_is_not_annual_is_named(warehouse) -> None:
    warehouse.land("wind/2024/a.xlsx", workbook([*FACTS, ["2021-12-31", 1, 2, 3]]))
    warehouse.refresh()
    role, reason = warehouse.files()["wind/2024/a.xlsx"]
    assert role == "taken"
    assert "1 series that are not annual (季: column D), which are not taken" in reason


def test_a_year_is_missing_once_whatever_the_grid_of_dates(read_one: Callable) -> None:
    """An annual series that shares its dates with a monthly one is blank in eleven months."""
    rows = [
        ["指标名称", "北京:GDP", "北京:CPI"],
        ["频率", "年", "月"],
        ["单位", "亿元", "%"],
        *([f"{year}-{month:02}", 5 if (year, month) == (2020, 12) else None, 1]
          for year in (2020, 2021) for month in range(1, 13)),
    ]  # fmt: skip
    values = [c for c in read_one("wind/2024/a.xlsx", workbook(rows)) if c["role"] == "value"]
    assert [(c["period_label"], c["text"]) for c in values] == [("2020", "5"), ("2021", None)]


def test_a_file_may_name_its_area_and_unit(read_one: Callable) -> None:
    edition = "published_on: 2024-01-31\nfiles: {a.xlsx: {area: 北京, unit: 亿元}}\n"
    rows = [["指标名称", "GDP"], ["频率", "年"], [2020, 1]]
    [value] = [
        c for c in read_one("wind/2024/a.xlsx", workbook(rows), edition) if c["role"] == "value"
    ]
    assert (value["area_key"], value["unit_key"]) == ("北京", "亿元")


LYING = [
    ["Wind"],
    [
        "Country",
        "Frequency",
        "指标名称",
        "更新时间",
        "'2021-12-31",
        datetime.date(2020, 12, 31),
        "单位",
    ],
    ["中国", "年", "北京:GDP", "'2023-01-30", 2, "１.5", "亿元"],
    ["中国", "月", "北京:CPI", "'2023-01-30", 7, 8, "%"],
    [],
    ["中国", "Annual", "GDP:天津市", "'2023-01-30", 3, None, "亿元"],
    ["数据来源：Wind"],
]


def test_series_that_stand_in_rows(read_one: Callable, warehouse) -> None:
    cells = read_one("wind/2024/a.xlsx", workbook(LYING))
    assert sorted(points(cells)) == sorted(BOTH)
    places = {cell["cell"]: cell["text"] for cell in cells if cell["role"] == "value"}
    assert places == {"E3": "2", "F3": "１.5", "E6": "3", "F6": None}
    assert [c["cell"] for c in cells if c["role"] == "note"] == ["A7"]
    assert "1 series that are not annual (月: row 4)" in warehouse.files()["wind/2024/a.xlsx"][1]


def test_values_without_a_name_are_said(read_one: Callable, warehouse) -> None:
    rows = [
        ["指标名称", "北京:GDP", None, "天津:GDP"],
        ["频率", "年", "年", "年"],
        ["2020", 1, 2, 3],
    ]
    assert len(points(read_one("wind/2024/a.xlsx", workbook(rows)))) == 2
    said = warehouse.files()["wind/2024/a.xlsx"][1]
    assert said == "column C: values that no series is named for, not taken"


CEIC = [
    ["Select this link and click Refresh to update data"],
    [None, "CN: GDP: Beijing", "CN: GDP: Tianjin", "CN: CPI: Tianjin"],
    ["Region", "China", "China", "China"],
    ["Subnational", "Beijing", "Tianjin", "Tianjin"],
    ["Frequency", 'Annual, ending "Dec" of each year', "Annual, ending 'Dec'", "Monthly"],
    ["Unit", "RMB bn", "RMB bn", "Same month PY=100"],
    ["Status", "Active", "Active", "Active"],
    ["12/2021", 4026.96, 1, 2],
    ["12/2022", 4161.09, 3, 4],
]


def test_an_export_of_ceic(read_one: Callable, warehouse) -> None:
    """Nothing stands before its names; only years that end in December are years."""
    cells = read_one("wind/2024/a.xlsx", workbook(CEIC))
    found = [cell for cell in cells if cell["role"] == "value"]
    assert [(c["indicator_key"], c["unit_key"], c["period_label"], c["text"]) for c in found] == [
        ("cn:gdp:beijing", "rmbbn", "2021", "4026.96"),
        ("cn:gdp:beijing", "rmbbn", "2022", "4161.09"),
    ]
    said = warehouse.files()["wind/2024/a.xlsx"][1]
    assert "has 2 series that are not annual (Annual, ending 'Dec': column C; Monthly: " in said


@pytest.mark.parametrize(
    ("dates", "edition"),
    [
        (("2020-12-31", "2021-12-31"), None),
        (("2020-12", "2021-12"), "published_on: 2024-01-31\nfiles: {a.xlsx: {frequency: 年}}\n"),
    ],
)
def test_a_frequency_that_nothing_prints(
    read_one: Callable, dates: tuple[str, str], edition: str | None
) -> None:
    """The last days of several years are annual; of anything else the frequency is declared."""
    rows = [NAMES[:2], ["单位", "亿元"], [dates[0], 1], [dates[1], 2]]
    assert [text for *_, text in points(read_one("wind/2024/a.xlsx", workbook(rows), edition))] == [
        "1",
        "2",
    ]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["地区", "2020年"], ["北京", 1]], "holds no table: expected a first column with 指标名称"),
        ([["指标名称", "北京:GDP"], ["频率", "月"], ["2020-12-31", 1]], "(月: column B), which are not taken"),
        ([["指标名称", "北京:GDP"], ["2020-12-31", 1]], "no frequency: column B), which are not"),
        ([["指标名称", "北京:GDP"], ["2020-12-31", 1]], "or write `frequency: 年` under `files: a.xlsx"),
        ([["指标名称", "北京:GDP"], ["2020-06-30", 1], ["2020-12-31", 1]], "not annual (no frequency"),
        ([["指标名称", "频率", "2020-12-31"], [None, "年", 1]], "has no name of a series in row 1"),
        ([["指标名称", "频率"], ["北京:GDP", "年"]], "no dates below: export it"),
        ([["指标名称"], ["频率"], ["2020-12-31"]], "has no name of a series in row 1"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_of_annual_series(reason: Callable, rows: list, sentence: str) -> None:
    assert sentence in reason("wind/2024/a.xlsx", workbook(rows))


def test_a_second_table_below_the_first_is_refused(reason: Callable) -> None:
    """Its values would be those of the series above."""
    table = [["指标名称", "北京:GDP"], ["频率", "年"], ["单位", "亿元"], ["2020-12-31", 1]]
    other = [["指标名称", "北京:常住人口"], ["频率", "年"], ["单位", "万人"], ["2019-12-31", 2]]
    said = reason("wind/2023/a.xlsx", workbook([*table, *other]))
    assert "names series in line 5 once more, below the dates of others" in said
