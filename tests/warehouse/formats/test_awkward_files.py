"""Broken and awkward files, written here: each gives the right values or one clear sentence."""

import copy
import csv
import datetime
import io
import re
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlwt

from warehouse.contract.errors import Rejected
from warehouse.formats.sheets import open_sheets

PORTAL = (
    "指标：地区生产总值(亿元)\n地区,2022年,2021年\n北京市,41540.9,41045.6\n天津市,16132.2,15685.1\n"
)
VALUES = {
    ("北京市", "2022年"): "41540.9",
    ("北京市", "2021年"): "41045.6",
    ("天津市", "2022年"): "16132.2",
    ("天津市", "2021年"): "15685.1",
}
SHEET = "xl/worksheets/sheet1.xml"
COMPILED = (
    "published_on: 2025-03-31\nfiles: {a.csv: {area_column: 省份, year_column: 年份, "
    "columns: {GDP: {indicator: 地区生产总值, unit: 亿元}}}}\n"
)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def workbook(rows: list[list[object]], then: Callable = lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    then(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed, or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in dict.fromkeys([*old.namelist(), name]):
            content = old.read(part) if part in old.namelist() else b""
            new.writestr(part, change(content) if part == name else content)
    return stream.getvalue()


def with_cell(cell: bytes) -> bytes:
    """A workbook whose B2 is replaced by this element."""
    plain = workbook([["a", 1], ["b", 2], ["c", 3]])
    return with_part(plain, SHEET, lambda part: re.sub(rb'<c r="B2".*?</c>', lambda _: cell, part))


def renamed(data: bytes, change: Callable[[str], str]) -> bytes:
    """The workbook with its sheets and styles under other names; none is known by its case."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.namelist():
            name = change(part) if part == SHEET or "styles" in part else part
            new.writestr(name.replace("XL/", "xl/"), old.read(part))
    return stream.getvalue()


def strict(part: bytes) -> bytes:
    """A part as a workbook has it that is saved as Strict Open XML."""
    part = part.replace(b"schemas.openxmlformats.org", b"purl.oclc.org/ooxml")
    return re.sub(rb"/ooxml/(\w+)/2006/", rb"/ooxml/\1/", part)


def values(cells: list[dict]) -> dict[tuple[str, str], str | None]:
    return {
        (cell["area_label"], cell["period_label"]): cell["text"]
        for cell in cells
        if cell["role"] == "value"
    }


# --- text files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_one_text_in_every_encoding(read_one: Callable, encoding: str) -> None:
    assert values(read_one("nbs_portal/2024/a.csv", PORTAL.encode(encoding))) == VALUES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("mark", ["\t", ";"])
def test_cells_that_another_mark_parts(read_one: Callable, mark: str, encoding: str) -> None:
    """As a spreadsheet saves Unicode text, or a CSV where the comma is the decimal point."""
    rows = ["指标：x(亿元),,", "地区,2022年,2021年", "北京,1.5,2", "天津,3,4"]
    text = "\n".join(row.replace(",", mark) for row in rows) + "\n注：a, b; c\n"
    found = values(read_one("nbs_portal/2024/a.csv", text.encode(encoding)))
    assert found[("北京", "2022年")] == "1.5" and len(found) == 4


def test_a_blank_before_a_quotation_mark(read_one: Callable) -> None:
    text = '指标：x(亿元)\n地区, "2022年", "2021年"\n北京, "1,234.5", "2"\n'
    found = values(read_one("nbs_portal/2024/a.csv", text))
    assert found == {("北京", "2022年"): "1,234.5", ("北京", "2021年"): "2"}


def test_thousands_between_tabs(read_one: Callable) -> None:
    text = "指标：x(亿元)\n地区\t2022年\n北京\t1,234.5\n天津\t2,345.6\n河北\t3,456.7\n"
    assert values(read_one("nbs_portal/2024/a.csv", text))[("北京", "2022年")] == "1,234.5"


@pytest.mark.parametrize("number", ["1,5", "1,234"])
def test_a_comma_between_semicolons_may_be_the_decimal_point(reason: Callable, number: str) -> None:
    said = reason("nbs_portal/2024/a.csv", f"指标：x(亿元)\n地区;2022年\n北京;{number}\n")
    assert f'commas in its numbers ("{number}" in line 3), which may be decimal points' in said


@pytest.mark.parametrize("number", ["1234,5", "1.234,567", "0,123"])
def test_a_comma_between_tabs_that_can_only_be_the_decimal_point(
    reason: Callable, number: str
) -> None:
    said = reason("nbs_portal/2024/a.csv", f"指标：x(亿元)\n地区\t2022年\n北京\t{number}\n")
    assert f'commas in its numbers ("{number}" in line 3), which may be decimal points' in said


@pytest.mark.parametrize("number", ["1.234", "1.234.567"])
def test_points_between_semicolons_may_set_thousands_apart(
    read_one: Callable, reason: Callable, number: str
) -> None:
    """But not beside numbers whose points can only be decimal."""
    text = f"指标：x(亿元)\n地区;2022年\n天津;567\n北京;{number}\n"
    said = reason("nbs_portal/2024/a.csv", text)
    assert f'points before three digits in its numbers ("{number}" in line 4)' in said
    found = values(read_one("nbs_portal/2025/a.csv", f"{text}上海;0.123\n".replace(".567", "")))
    assert found["北京", "2022年"] == "1.234"


def test_utf16_of_the_other_byte_order(read_one: Callable) -> None:
    data = b"\xfe\xff" + PORTAL.encode("utf-16-be")
    assert values(read_one("nbs_portal/2024/a.csv", data)) == VALUES


WHOLE, GBK = PORTAL.encode(), PORTAL.encode("gb18030")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (WHOLE[: WHOLE.index(b"16132")], "ends in the middle of a line (its last line has 2"),
        (WHOLE[: WHOLE.index("津市".encode())], "ends in the middle of a line"),
        (WHOLE[: WHOLE.index("津市".encode()) + 1], "UTF-8 text that ends inside a character"),
        (GBK[: GBK.index("津市".encode("gbk")) + 1], "GB18030 text that ends inside a character"),
        (WHOLE.replace("天".encode(), b"\xe5\xa4"), "UTF-8 text with a fault (byte 86, in line 4"),
        (b"\xef\xbb\xbf" + GBK, "UTF-8 text with a fault"),
        (WHOLE + "河北省,1,2\n".encode("gbk"), "UTF-8 text with a fault (byte 112, in line 5"),
        (PORTAL.encode("utf-16")[:-1], "UTF-16 text that ends inside a character"),
        (PORTAL.encode("utf-16-le"), "is not text"),
        (
            WHOLE + b"x" * 131_073,
            "a cell of more than 131,072 characters in line 5: close the quot",
        ),
        (PORTAL.encode("utf-32"), "is not text"),
        (WHOLE.decode("gb18030", errors="replace").encode(), "expected a heading row"),
        (b"\n" * 1_000_000, "is empty"),
        pytest.param(b",,\n" * 1_000_000, "holds no table", marks=pytest.mark.slow),
        (b",,\n,", "holds no table"),
    ],
)
def test_text_that_is_cut_or_garbled(reason: Callable, content: bytes, sentence: str) -> None:
    assert sentence in reason("nbs_portal/2024/a.csv", content)


def test_a_last_line_without_a_line_break_may_be_whole(read_one: Callable) -> None:
    assert values(read_one("nbs_portal/2024/a.csv", PORTAL.rstrip("\n"))) == VALUES


def test_an_unquoted_comma_moves_no_value_under_another_year(warehouse) -> None:
    shifted = "河北省,42,370.4,40391.3\n山西省,1,2\n内蒙古自治区,23,158.6,\n"
    warehouse.land("nbs_portal/2024/a.csv", PORTAL + shifted)
    warehouse.refresh()
    assert values(warehouse.cells("nbs_portal")) == VALUES | {
        ("山西省", "2022年"): "1",
        ("山西省", "2021年"): "2",
    }
    _, remark = warehouse.files()["nbs_portal/2024/a.csv"]
    assert "2 rows have more cells than the heading row" in remark
    assert "the first is row 5" in remark


def test_a_note_behind_the_last_column_moves_nothing(read_one: Callable) -> None:
    text = PORTAL.replace("15685.1", "15685.1,注：初步核算数。")
    assert values(read_one("nbs_portal/2024/a.csv", text)) == VALUES


@pytest.mark.slow
def test_ten_thousand_columns(read_one: Callable) -> None:
    indicators = [f"指标{number}(万人)" for number in range(10_000)]
    text = "时间：2022年\n地区," + ",".join(indicators) + "\n北京市," + "7," * 9_999 + "8\n"
    cells = [c for c in read_one("nbs_portal/2024/a.csv", text) if c["role"] == "value"]
    assert (len(cells), cells[-1]["indicator_label"], cells[-1]["text"]) == (
        10_000,
        "指标9999",
        "8",
    )
    assert cells[-1]["cell"] == "NTQ3"


# --- tables --------------------------------------------------------------------------------------


def test_two_tables_on_a_sheet(read_one: Callable) -> None:
    other = "注：初步核算数。\n\n指标：年末常住人口(万人)\n地区,2020年\n北京市,2189\n"
    cells = read_one("nbs_portal/2024/a.xlsx", workbook(rows_of(PORTAL + other)))
    assert values(cells) == VALUES | {("北京市", "2020年"): "2189"}
    last = [cell for cell in cells if cell["role"] == "value"][-1]
    assert (last["indicator_label"], last["unit_label"]) == ("年末常住人口", "万人")


def test_a_second_table_does_not_inherit_the_unit_of_the_first(read_one: Callable) -> None:
    text = (
        "单位：亿元\n指标：地区生产总值\n地区,2022年\n北京市,1\n指标：人口\n地区,2022年\n北京市,2\n"
    )
    cells = [c for c in read_one("nbs_portal/2024/a.csv", text) if c["role"] == "value"]
    assert [cell["unit_label"] for cell in cells] == ["亿元", None]


def test_a_heading_row_that_is_repeated(read_one: Callable) -> None:
    page, row = PORTAL.rsplit("天津市", 1)
    text = page + "地区,2022年,2021年\n天津市" + row
    assert values(read_one("nbs_portal/2024/a.csv", text)) == VALUES


def test_values_that_look_like_years_are_no_heading(read_one: Callable) -> None:
    text = "指标：年末常住人口(万人)\n地区,2012年,2011年\n北京市,2069,2019\n天津市,1413,1355\n"
    assert values(read_one("nbs_portal/2024/a.csv", text))["天津市", "2011年"] == "1355"


def test_tables_side_by_side(reason: Callable) -> None:
    rows = [
        ["指标：人口(万人)"],
        ["地区", "2022年", None, "地区", "2022年"],
        ["北京", 1, None, "天津", 2],
    ]
    said = reason("nbs_portal/2024/a.xlsx", workbook(rows))
    assert "two tables side by side, D2 opens the second" in said


def test_rows_that_are_left_out_are_counted(warehouse) -> None:
    text = PORTAL + ",5,6\n数据来源：国家统计局\n河北省,7,8\n"
    warehouse.land("nbs_portal/2024/a.csv", text)
    warehouse.refresh()
    assert values(warehouse.cells("nbs_portal")) == VALUES
    _, remark = warehouse.files()["nbs_portal/2024/a.csv"]
    assert "1 rows have values but no name (the first is row 5): not taken" in remark
    assert "1 rows have values but stand below the notes (the first is row 7): not taken" in remark


@pytest.mark.parametrize("year", ["2022.0", "2022年", "2022 年度", "FY2022", "２０２２年"])
def test_a_year_however_it_is_written(read_one: Callable, year: str) -> None:
    text = f"年份,省份,GDP\n{year},北京,1\n"
    assert values(read_one("compiled/2025-03/a.csv", text, COMPILED)) == {("北京", year): "1"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2022-12-31,北京,1", ', such as "2022-12-31": write years like 2020'),
        ("北京,2022,1", ', such as "北京": write years like 2020'),  # the columns are swapped
        ("二〇二二,北京,1", ', such as "二〇二二": write years like 2020'),
        (",北京,1", ""),
    ],
)
def test_a_year_that_is_none(reason: Callable, text: str, shown: str) -> None:
    said = reason("compiled/2025-03/a.csv", f"年份,省份,GDP\n{text}\n", COMPILED)
    assert said == (
        f"no row of values in it could be taken; 1 rows have values but no year in `年份`{shown} "
        "(the first is row 2): not taken"
    )


def test_a_date_in_a_heading(warehouse) -> None:
    rows = [["指标：人口(万人)"], ["地区", "2022年", datetime.date(2021, 12, 31)], ["北京", 1, 2]]
    warehouse.land("nbs_portal/2024/a.xlsx", workbook(rows))
    warehouse.refresh()
    assert values(warehouse.cells("nbs_portal")) == {
        ("北京", "2022年"): "1",
        ("北京", "2021-12-31"): "2",  # a printed value, but of no year
    }
    said = warehouse.files()["nbs_portal/2024/a.xlsx"][1]
    assert "1 values of other periods than years (2021-12-31, ...): they are not annual" in said


def test_merged_cells_and_hidden_rows(read_one: Callable) -> None:
    rows = [
        ["1-4 各地区人员全时当量(2013年)"],
        ["单位：人年"],
        ["地区", "按执行部门", None, "合计"],
        [None, "企业", "高校", None],
        ["北京", 1, 2, 3],
        ["天津", 4, 5, 9],
    ]

    def merge(sheet) -> None:
        for cells in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
            sheet.merge_cells(cells)
        sheet.row_dimensions[6].hidden = True

    cells = read_one("tech_yearbook/2014/a.xlsx", workbook(rows, merge))
    found = {
        (c["area_label"], c["indicator_key"]): c["text"] for c in cells if c["role"] == "value"
    }
    assert found["北京", "按执行部门/高校"] == "2"
    assert found["天津", "合计"] == "9"


def test_a_merged_label_is_that_of_every_row_and_a_merged_number_of_one(warehouse) -> None:
    """A blank that is not merged stays one."""
    rows = [
        ["省份", "年份", "GDP"],
        *(["北京", 2021, 1], [None, 2022, 2], ["天津", 2021, 3], [None, 2022, None]),
        [None, 2021, 5],
    ]

    def merge(sheet) -> None:
        for cells in ("A2:A3", "A4:A5", "C4:C5"):
            sheet.merge_cells(cells)

    edition = COMPILED.replace("a.csv", "a.xlsx")
    warehouse.land("compiled/2025-03/a.xlsx", workbook(rows, merge), edition)
    warehouse.refresh()
    assert values(warehouse.cells("compiled")) == {
        **{("北京", "2021"): "1", ("北京", "2022"): "2"},
        **{("天津", "2021"): "3", ("天津", "2022"): None},
    }
    _, remark = warehouse.files()["compiled/2025-03/a.xlsx"]
    assert remark == "1 rows have a year but no area in `省份` (the first is row 6): not taken"


# --- workbooks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (b'<c r="B2" t="e"><v>#REF!</v></c>', "#REF!"),
        (b'<c r="B2"><f>A1+1</f></c>', "=A1+1"),
        (b'<c r="B2"><f>A1+1</f><v></v></c>', "=A1+1"),
        (b'<c r="B2"><f>A1+1</f><v>12.5</v></c>', "12.5"),
        (b'<c r="B2" t="str"><f>A1</f><v>12.5</v></c>', "12.5"),
        (b'<c r="B2"><v>18549.19</v></c>', "18549.19"),
        (b'<c r="B2"><v>1.2E+5</v></c>', "120000"),
        (b'<c r="B2" t="inlineStr"><is><t>\xef\xbc\x91\xef\xbc\x92</t></is></c>', "１２"),
        (
            b'<c r="B2" t="inlineStr"><is><r><t>18549.19</t></r><r><rPr><vertAlign '
            b'val="superscript"/></rPr><t>1</t></r></is></c>',
            "18549.19¹",
        ),
    ],
)
def test_a_cell_has_the_text_that_it_shows(cell: bytes, text: str) -> None:
    (sheet,) = open_sheets(with_cell(cell), "a.xlsx")
    assert sheet.rows == [["a", "1"], ["b", text], ["c", "3"]]


def test_a_percent_format_is_part_of_the_number() -> None:
    def percent(sheet) -> None:
        sheet["A1"].number_format, sheet["B1"].number_format = "0.00%", '0" % of all"'

    book = workbook([[0.07, 0.07]], percent)
    (sheet,) = open_sheets(book, "a.xlsx")
    assert sheet.rows == [["7%", "0.07"]]
    for part in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
        book = with_part(book, part, strict)
    assert open_sheets(book, "a.xlsx") == [sheet]
    assert open_sheets(renamed(book, str.upper), "a.xlsx") == [sheet]


@pytest.mark.parametrize(
    ("number_format", "text"),
    [
        ("#,##0.00", "28014940"),
        ("#, ##0", "28014940"),
        ("_ * #,##0.00_ ;_ * -#,##0.00_ ", "28014940"),
        ("#,##0,", "28014.94"),
        ("#,##0.0,,;[Red]-#,##0.0,,", "28.01494"),
        ("0,.0", "28014.94"),
        ("0!.0,", "2801.494"),
        ("0\\.0000", "2801.494"),
        ('0!.0,"万"', "2801.494万"),  # which is no number without its unit
        ('#,##0.00"万元"', "28014940"),
        ('0.0"万"', "28014940万"),
        ('[>=100000000]0!.00,,"亿";[>=10000]0!.0,"万";0', "2801.494万"),
        ("[>=100000000]0!.0,;0.0", "28014940"),
        ("[$¥-804]0.0\\亿;-0.0\\亿", "28014940亿"),
    ],
)
def test_a_number_is_read_as_the_format_shows_it(number_format: str, text: str) -> None:
    """Ten thousands under a heading 万元 are not read as so many yuan."""

    def show(sheet) -> None:
        sheet["A1"].number_format = number_format

    (sheet,) = open_sheets(workbook([[28014940.0]], show), "a.xlsx")
    assert sheet.rows == [[text]]


@pytest.mark.parametrize(
    ("number", "number_format", "text"),
    [
        (0.865, "0.0%", "86.5%"),
        (-0.07, "0%", "-7%"),
        (2, "0.00%", "200%"),
        (1 / 3, '0.0"% of all"', "0.3333333333333333"),
        (28014940, "#,##0.00", "28014940"),
        (28014940, "0!.0,", "2801.494"),
        (28014940.5, '#,##0,"千元"', "28014.9405千"),
        (datetime.date(2017, 12, 31), 'yyyy"年"', "2017"),
        (datetime.date(2017, 12, 31), "yyyy-mm-dd", "2017-12-31"),
    ],
)
def test_an_old_workbook_shows_its_numbers_as_their_formats_do(number, number_format, text) -> None:
    """Alone and beside others of one record; a number of the first sheet is none of the second."""
    book = xlwt.Workbook()
    style = xlwt.easyxf(num_format_str=number_format)
    sheet, second = book.add_sheet("甲"), book.add_sheet("2")
    sheet.write(1, 1, number, style)
    for column in range(3):
        sheet.write(2, column, number, style)
    second.write(1, 1, 0.5)
    stream = io.BytesIO()
    book.save(stream)
    found, other = open_sheets(stream.getvalue(), "a.xls")
    assert found.rows[1:] == [[None, text, None], [text] * 3]
    assert other.rows[1] == [None, "0.5"]


def test_a_footnote_in_superscript_of_an_old_workbook_is_no_digit() -> None:
    """Nor where the texts before it fill more than one record, in wide characters or not."""
    up, down = xlwt.Font(), xlwt.Font()
    up.escapement = xlwt.Font.ESCAPEMENT_SUPERSCRIPT
    down.bold = True
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    others = [f"{'北京' * (number % 7)}{number}{'x' * 90}" for number in range(300)]
    for row, text in enumerate(others):
        sheet.write(row, 0, text)
        sheet.write_rich_text(row, 1, [f"{row}.5", ("2)", up)])
        sheet.write_rich_text(row, 2, [(f"地{row}区", down), ("1", up), ("x", down)])
    stream = io.BytesIO()
    book.save(stream)
    (found,) = open_sheets(stream.getvalue(), "a.xls")
    assert found.rows == [[text, f"{row}.5²⁾", f"地{row}区¹x"] for row, text in enumerate(others)]


def test_a_merged_cell_of_an_old_workbook() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    sheet.write_merge(1, 2, 0, 1, "a")
    sheet.write(3, 1, "b")
    stream = io.BytesIO()
    book.save(stream)
    (found,) = open_sheets(stream.getvalue(), "a.xls")
    assert found.rows == [[None, None], ["a", None], [None, None], [None, "b"]]
    assert found.labelled([0]) == [[None, None], ["a", None], ["a", None], [None, "b"]]


def test_a_date_that_shows_its_year_alone_is_that_year() -> None:
    formats = ("yyyy", '[$-804]yyyy"年";@', "yyyy-mm", "0.0", "General")

    def show(sheet) -> None:
        for cell, number_format in zip(sheet[1], formats, strict=True):
            cell.number_format = number_format

    row = [datetime.date(2017, 1, 1)] * 3 + [2017.0, 2017]
    (sheet,) = open_sheets(workbook([row], show), "a.xlsx")
    assert sheet.rows == [["2017", "2017", "2017-01-01", "2017", "2017"]]
    of_1904 = with_part(
        workbook([row], show),
        "xl/workbook.xml",
        lambda part: part.replace(b"<workbookPr/", b'<workbookPr date1904="1"/'),
    )
    (sheet,) = open_sheets(of_1904, "a.xlsx")
    assert sheet.rows == [["2021", "2021", "2021-01-02", "2017", "2017"]]


def test_a_formula_of_an_old_workbook_that_was_never_computed() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    sheet.write(0, 0, "a")
    sheet.write(0, 1, xlwt.Formula("1+1"))
    stream = io.BytesIO()
    book.save(stream)
    assert open_sheets(stream.getvalue(), "a.xls")[0].rows[0][1:] in ([], [None])


def test_a_workbook_with_macros_is_read_and_its_macros_are_not(read_one: Callable) -> None:
    plain = workbook(rows_of(PORTAL))
    macro = with_part(plain, "xl/vbaProject.bin", lambda _: b"Sub AutoOpen()\nEnd Sub")
    cells = read_one("nbs_portal/2024/a.xlsm", macro)
    assert values(cells) == VALUES
    assert not [cell for cell in cells if "AutoOpen" in cell["text"]]


XML_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
)
XML_ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prologue", [XML_BOMB, XML_ENTITY])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_not_expanded(prologue: bytes, part: str) -> None:
    def poison(content: bytes) -> bytes:
        content = re.sub(rb"<\?xml.*?\?>", b"", content).replace(b"<t>a</t>", b"<t>&a9;</t>")
        return prologue + content

    shown = workbook([["a", "=1+1"]])  # a formula makes the parts be parsed a second time
    try:
        (sheet,) = open_sheets(with_part(shown, part, poison), "a.xlsx")
    except Rejected as refusal:
        said = str(refusal)
    else:
        said = sheet.rows[0][0]
    assert said in ("a", None, "&a9;") or "bytes are damaged" in said


def archive_of(size: int, copies: int) -> bytes:
    """A workbook with zeros beside its parts; copies of an entry share its bytes."""
    stream = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/0", bytes(size))
        for number in range(1, copies):
            entry = copy.copy(archive.getinfo("xl/media/0"))
            entry.filename = f"xl/media/{number}"
            archive.filelist.append(entry)
    return stream.getvalue()


def twins(data: bytes) -> bytes:
    """The workbook with its sheet listed twice."""
    listed = re.compile(rb"<sheet [^>]*/>")
    return with_part(data, "xl/workbook.xml", lambda part: listed.sub(rb"\g<0>\g<0>", part))


def lying_archive() -> bytes:
    """A workbook whose sheet inflates to 300 MB, but to 1 KB if its directory is believed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["a"]]))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for part in old.namelist():
            new.writestr(part, bytes(300 << 20) if part == SHEET else old.read(part))
        new.getinfo(SHEET).file_size = 1024
    return stream.getvalue()


CELL_FAR_OUT = b'<c r="XFD1048576"><v>1</v></c>'
FORMULA_FAR_OUT = b'<c r="XFD1048576"><f>1</f></c>'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (archive_of(20 << 20, 40), "a.xlsx", "would unpack to 800 MB"),
        (lying_archive(), "a.xlsx", "damaged"),
        (twins(workbook([["a"]])), "a.xlsx", "more than one sheet named Sheet"),
        (with_cell(CELL_FAR_OUT), "a.xlsx", "takes more than (2 GB of memory|20 seconds)"),
        (with_cell(FORMULA_FAR_OUT), "a.xlsx", "spans 17,179,869,184 cells"),
        (with_cell(b'<c r="AZ1000000"><v>1</v></c>'), "a.xlsx", "spans 5.,...,... cells"),
        (with_cell(b'<c r="B2" t="e"><v>#SPILL!</v></c>'), "a.xlsx", "the error value #SPILL!"),
        (with_cell(b'<c r="B2" t="s"><v>99</v></c>'), "a.xlsx", "damaged or cut short"),
        (workbook([["a"]] * 99)[:3000], "a.xlsx", "damaged or cut short"),
        (with_part(b"PK\x05\x06" + bytes(18), "a.txt", lambda _: b"a"), "a.xlsx", "no workbook"),
        (b'<?xml version="1.0"?><Workbook/>', "a.xls", "another text in tags"),
        (b"MIME-Version: 1.0\n\n<html/>", "a.xls", "another text in tags"),
    ],
)  # fmt: skip
def test_a_workbook_that_is_refused_within_bounds(content: bytes, name: str, sentence: str) -> None:
    started = time.process_time()
    with pytest.raises(Rejected, match=sentence):
        open_sheets(content, name)
    assert time.process_time() - started < 5
    # whatever became of the parser, the next file finds one
    assert open_sheets(workbook([["a"]]), "b.xlsx")[0].rows == [["a"]]


@pytest.mark.slow
def test_a_million_empty_rows(read_one: Callable) -> None:
    def far_below(sheet) -> None:
        sheet["A1048576"] = "数据来源：国家统计局"

    assert (
        values(read_one("nbs_portal/2024/a.xlsx", workbook(rows_of(PORTAL), far_below))) == VALUES
    )
