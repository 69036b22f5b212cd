"""Awkward cells from file to typed value: the right number, missing with a reason, or a rejection.

One refresh of a landing folder that is written here; the models run once, on all of its files.
"""

import csv
import io

import duckdb
import openpyxl
import pytest

from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots
from warehouse.store import build

# What is printed for a gross product in 亿元, and what it means: a number, why it is missing, or
# a piece of the sentence that rejects the cell.
GDP_CELLS: dict[str, float | str] = {
    "18549.19": 18549.19,
    "１２３．４": 123.4,
    "18,549.19": 18549.19,
    "18 549.19": 18549.19,
    "18\u00a0549.19": 18549.19,
    "１８，５４９．１９": 18549.19,
    "1,234,567": 1234567.0,
    "18549.19①": 18549.19,
    "123*": 123.0,
    "123[1]": 123.0,
    "123 (2)": 123.0,
    "18549.19¹": 18549.19,
    "18549.19(p)": 18549.19,
    "18549.19（E）": 18549.19,
    "18549.19[r]": 18549.19,
    "1.2E+05": 120000.0,
    "0": "gdp cannot be less than 0.01 (100 million yuan)",
    ".5": 0.5,
    "": "blank in the source",
    "…": "below the smallest unit printed",
    "-": "printed as none or not available",
    "－": "printed as none or not available",
    "NaN": "printed as none or not available",
    "#N/A": "an error value of a spreadsheet, #N/A",
    "#REF!": "an error value of a spreadsheet, #REF!",
    "=A1+B1": "a formula whose value the file does not hold",
    "(123)": "a number was expected",
    "[1]": "a number was expected",
    "#": "a number was expected",
    "1,23": "a number was expected",
    "1,2345": "a number was expected",
    "0,123": "a number was expected",
    "18549.19(x)": "a number was expected",
    "5 7": "a number was expected",
    "1\n234": "a number was expected",
    "1_000": "a number was expected",
    "inf": "a number was expected",
    "0x1F": "a number was expected",
    "1e999": "a number was expected",
    "¥123": "a number was expected",
    "$123": "a number was expected",
    "1.2.3": "a number was expected",
    "17741.34注：本表按当年价格计算。": "a number was expected",
    "2022-01-01": "a number was expected",
    "TRUE": "a number was expected",
    "12.3%": 'unit "%" cannot be turned into "100 million yuan"',
}

# Every spelling of a name and the area that it means; None is known but none of the 31.
AREAS: dict[str, str | None] = {
    "北京": "110000", "北京市": "110000", "北 京": "110000", "　北京": "110000",
    "Beijing Shi": "110000", "Beijing Municipality": "110000",
    "山西": "140000", "山西省": "140000", "Shanxi": "140000", "Shanxi Province": "140000",
    "陕西": "610000", "陝西省": "610000", "Shaanxi": "610000", "Shaanxi Sheng": "610000",
    "内蒙": "150000", "内蒙古自治区": "150000", "內蒙古自治區": "150000", "内蒙古省": "150000",
    "Inner Mongolia": "150000", "INNER MONGOLIA": "150000", "Nei Mongol": "150000",
    "Neimenggu": "150000", "Inner-Mongolia": "150000",
    "廣東": "440000", "廣東省": "440000", "Guangdong": "440000", "guang dong": "440000",
    "廣西壯族自治區": "450000", "Guangxi Zhuang Autonomous Region": "450000",
    "西藏": "540000", "Tibet": "540000", "Xizang": "540000", "Xizang (Tibet)": "540000",
    "宁夏回族自治区": "640000", "Ningxia Hui": "640000",
    "新疆": "650000", "新疆省": "650000", "新疆维吾尔自治区": "650000", "新疆維吾爾自治區": "650000",
    "Xinjiang Uygur": "650000",
    "全国": "100000", "全國": "100000", "东部地区": "CN-E", "東北地區": "CN-NE", "其中：天津": "120000",
    "北京/Beijing": "110000", "北京（Beijing）": "110000", "Beijing 北京": "110000",
    "110000 北京市": "110000", "北京市-110000": "110000", "内蒙古 (Inner Mongolia)": "150000",
    "臺灣省": None, "台灣": None, "Hong Kong, China": None,
}  # fmt: skip
UNKNOWN_AREAS = [
    *("总计", "合计", "京津冀", "长江经济带", "北京天津", "北京/Tianjin", "Shannxi", "2022"),
]


def csv_text(rows: list[list[object]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for row in book.active:
        for cell in row:
            if cell.value == 0.123:
                cell.number_format = "0.0%"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


YEARS = range(1950, 1950 + len(GDP_CELLS))
FILES: dict[str, str | bytes] = {
    "nbs_portal/2030-01/cells.csv": csv_text(
        [["指标：地区生产总值(亿元)"], ["地区", *YEARS], ["北京市", *GDP_CELLS]]
    ),
    "nbs_portal/2030-02/percent.csv": csv_text(
        [
            ["时间：2022年"],
            ["地区", "城镇化率(%)", "地区生产总值(亿元)"],
            ["北京市", "87.5%", "1"],
            ["天津市", "87.5", "2"],
        ]
    ),
    "nbs_portal/2030-03/percent.xlsx": workbook(
        [["时间：2022年"], ["地区", "城镇化率"], ["北京市", 0.123], ["天津市", "=1+1"]]
    ),
    # two cells of one key that agree, and two that do not
    "nbs_portal/2030-04/twice.csv": csv_text(
        [
            ["指标：地区生产总值(亿元)"],
            ["地区", "2022年"],
            ["山西省", "5"],
            ["山西", "5.0"],
            ["陕西省", "6"],
            ["陕西", "7"],
        ]
    ),
    "nbs_portal/2030-05/areas.csv": csv_text(
        [
            ["指标：地区生产总值(亿元)"],
            ["地区", "2022年"],
            *([name, "1"] for name in [*AREAS, *UNKNOWN_AREAS]),
        ]
    ),
    "tech_yearbook/2031/bilingual.csv": csv_text(
        [
            ["1-4 各地区研究与试验发展(R&D)人员全时当量(2013年)"],
            ["单位：人年"],
            ["地区", "Region", "合计"],
            ["内蒙舌", "Inner Mongolia", "10"],
            ["内蒙占", "Inner Mongolia", "10"],
            ["北京", "Peking", "20"],
            ["山西", "Shaanxi", "30"],
            ["香港", "Beijing", "40"],
        ]
    ),
    "customs/2032/出口.csv": csv_text(
        [
            ["数据年月", "商品编码", "注册地名称", "人民币"],
            ["202201", "8471", "北京市", "1,000"],
            ["2022年2月", "8471", "北京市", "-5"],
            ["2022-03", "8471", "北京市", "5%"],
            ["202213", "8471", "北京市", "5"],
            ["2022.0", "8471", "北京市", "7"],
        ]
    ),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory, dbt_build):
    """A connection to the models of the landing folder above."""
    home = Home(tmp_path_factory.mktemp("awkward"))
    for name, content in FILES.items():
        path = home.landing / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (path.parent / "_edition.yml").write_text("published_on: 2030-01-01\n")
    percent = home.landing / "nbs_portal/2030-03/_edition.yml"
    percent.write_text("published_on: 2030-03-01\nfiles: {percent.xlsx: {unit: 比值}}\n")
    snapshots.take(home, landing.scan(home.landing))
    raw.read(home)
    build.begin(home)
    models = ("+mended_label", "+rejected_cell", "+int_observations_published")
    tested = ("int_held_file_findings", "--indirect-selection", "empty")
    dbt_build(home, "--select", *models, *tested)
    with duckdb.connect(str(build.path(home)), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def observations(built) -> dict[tuple[str, str], dict]:
    """Staged observations by file name and locator."""
    cells = built.sql("from staging.stg_cells where kind = 'observation'")
    found = cells.df().to_dict("records")
    return {(row["file_name"], row["locator"]): row for row in found}


def outcome(row: dict) -> float | str:
    """The value of a staged cell, or why it has none."""
    return next(
        (row[key] for key in ("rejection", "missing_reason", "value") if isinstance(row[key], str)),
        row["value"],
    )


def test_a_printed_cell_is_the_right_number_or_says_why_it_is_none(observations) -> None:
    cells = [row for (file, _), row in observations.items() if file == "cells.csv"]
    said = {row["year"]: outcome(row) for row in cells}
    assert said.keys() == set(YEARS)
    for year, (text, expected) in zip(YEARS, GDP_CELLS.items(), strict=True):
        if isinstance(expected, float):
            assert said[year] == expected, text
        else:
            assert expected in str(said[year]), text
    status = {row["text"]: row["obs_status"] for row in cells if row["obs_status"] != "A"}
    assert status == {"18549.19(p)": "P", "18549.19（E）": "E"}


def test_a_percent_sign_wins_over_the_heading(observations) -> None:
    assert observations["percent.csv", "B3"]["value"] == pytest.approx(0.875)
    assert observations["percent.csv", "B4"]["value"] == pytest.approx(0.875)
    assert observations["percent.xlsx", "Sheet!B3"]["value"] == pytest.approx(0.123)
    missing = observations["percent.xlsx", "Sheet!B4"]
    assert missing["missing_reason"] == "a formula whose value the file does not hold"


def test_every_spelling_of_a_name_leads_to_its_area(observations) -> None:
    rows = [row for (file, _), row in observations.items() if file == "areas.csv"]
    found = {row["area_label"]: row for row in rows}
    codes = {name: found[name]["area_code"] for name in AREAS}
    assert {name: code if isinstance(code, str) else None for name, code in codes.items()} == AREAS
    assert not [name for name in AREAS if isinstance(found[name]["rejection"], str)]
    for name in UNKNOWN_AREAS:
        assert f'row label "{name}" is no known area' in found[name]["rejection"]


def test_the_known_one_of_two_names_decides_and_the_row_is_noted(built, observations) -> None:
    codes = {
        locator: row for (file, locator), row in observations.items() if file == "bilingual.csv"
    }
    assert [codes[f"C{n}"]["area_code"] for n in (4, 5, 6)] == ["150000", "150000", "110000"]
    assert 'names two areas, "山西" and "Shaanxi"' in codes["C7"]["rejection"]
    assert 'names two areas, "香港" and "Beijing"' in codes["C8"]["rejection"]
    noted = built.execute("select label, remark from catalog.mended_label").fetchall()
    assert dict(noted).items() >= {
        "内蒙舌": 'no known area; its neighbour "Inner Mongolia" decides',
        "内蒙占": "slip of character recognition",
        "新疆省": "an autonomous region and no province; the name leads to no other area",
    }.items()  # fmt: skip


def test_copies_that_disagree_are_all_named_and_none_counts(built, observations) -> None:
    found = built.sql("select file_id, message from intermediate.int_held_file_findings")
    message = dict(found.fetchall())[observations["twice.csv", "B5"]["file_id"]]
    assert message == (
        "gdp: several values of one area and period, 1 times, such as Shaanxi in 2022: "
        '2 values: "6" (B5), "7" (B6)'
    )
    said = {cell: outcome(observations["twice.csv", cell]) for cell in ("B3", "B4", "B5")}
    assert (said["B3"], said["B4"]) == (5, 5)
    assert 'is one of 2 values of the file for "陕西省" in 2022' in str(said["B5"])


def test_exports_are_neither_negative_nor_of_a_thirteenth_month(built) -> None:
    rows = built.execute(
        "select period_label, value, rejection from staging.stg_cells where kind = 'export' "
        "order by locator"
    )
    first, negative, percent, thirteenth, annual = rows.fetchall()
    assert first == ("202201", pytest.approx(0.1), None)
    assert (negative[0], 'cannot be negative, but "-5"' in negative[2]) == ("202202", True)
    assert (percent[0], 'unit "%"' in percent[2]) == ("202203", True)
    assert 'no year could be read from "202213"' in thirteenth[2]
    assert annual == ("2022", pytest.approx(0.0007), None)
