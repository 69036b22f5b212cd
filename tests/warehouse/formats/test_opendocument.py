"""Spreadsheets of OpenDocument: what a cell shows is its text, however often it is said."""

import io
import zipfile
from collections.abc import Callable

import pytest

from warehouse.contract.errors import Rejected
from warehouse.formats.sheets import open_sheets

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
PREFIXES = {
    **{name: name for name in ("office", "style", "text", "table")},
    "number": "datastyle",
}
NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in PREFIXES.items()
)
STYLES = """
<style:style style:name="up" style:family="text">
  <style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="hidden" style:family="table">
  <style:table-properties table:display="false"/></style:style>
<number:date-style style:name="N1"><number:year/><number:text>年</number:text></number:date-style>
<number:date-style style:name="N2"><number:year/>-<number:month/></number:date-style>
<number:number-style style:name="N3"><number:number number:display-factor="1000"/></number:number-style>
<style:style style:name="year" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="bold year" style:family="table-cell" style:parent-style-name="year"/>
<style:style style:name="month" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="thousands" style:family="table-cell" style:data-style-name="N3"/>
"""
FILLING = (
    '<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def document(tables: str, kind: str = SPREADSHEET, manifest: str = "") -> bytes:
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{STYLES}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return stream.getvalue()


def table(*rows: str, name: str = "数据", style: str = "") -> str:
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}" table:style-name="{style}">{lines}{FILLING}</table:table>'


def cell(inside: str, kind: str = "string", value: object = "", more: str = "") -> str:
    name = {"date": "date-value", "boolean": "boolean-value"}.get(kind, "value")
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{value}" {more}>'
        f"<text:p>{inside}</text:p></table:table-cell>"
    )


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (cell("12.3%", "percentage", 0.12345), "12.345%"),
        (cell("1,234.6", "float", 1234.56), "1234.56"),
        (cell("1.2E+15", "float", 1.2e15), "1200000000000000"),
        (cell("￥5", "currency", 5), "5"),
        (cell("2801", "float", 2801494.0, 'table:style-name="thousands"'), "2801.494"),
        (cell("2017年", "date", "2017-12-31", 'table:style-name="year"'), "2017"),
        (cell("2017年", "date", "2017-12-31", 'table:style-name="bold year"'), "2017"),
        (cell("2017-12", "date", "2017-12-31T00:00:00", 'table:style-name="month"'), "2017-12-31"),
        (cell("TRUE", "boolean", "true"), "TRUE"),
        (cell("#DIV/0!", "float", 0), "#DIV/0!"),
        ('<table:table-cell table:formula="of:=[.A1]+1"/>', "=[.A1]+1"),
        (cell('18549.19<text:span text:style-name="up">1</text:span>'), "18549.19¹"),
        (cell('北<text:s text:c="2"/>京\n  <text:line-break/>Beijing'), "北  京 \nBeijing"),
        (cell("北京<office:annotation><text:p>remark</text:p></office:annotation>"), "北京"),
        (cell(" "), None),
    ],
)
def test_a_cell_has_the_text_that_it_shows(printed: str, text: str | None) -> None:
    (sheet,) = open_sheets(document(table(cell("a") + printed + cell("b"))), "a.ods")
    assert sheet.rows == [["a", text, "b"]]


def test_what_is_alike_stands_once_and_blanks_to_the_end_are_none() -> None:
    """Hidden sheets, merged cells and the name of a table in Chinese are as in other workbooks."""
    twice = 'table:number-columns-repeated="2"'
    rows = (
        cell("北京", more='table:number-rows-spanned="2"') + cell("1", "float", 1, twice),
        f"<table:covered-table-cell/><table:table-cell {twice}/>{cell('2', 'float', 2)}",
        "<table:table-cell/>",
        cell("c"),
    )
    tables = table(*rows).replace(
        "<table:table-row><table:table-cell/>",
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/>',
    ) + table(cell("ad"), name="广告", style="hidden")
    sheet, hidden = open_sheets(document(tables), "a.ods")
    blank = [None] * 4
    assert sheet.rows == [
        ["北京", "1", "1", None],
        [None, None, None, "2"],
        *[blank] * 3,
        ["c", None, None, None],
    ]
    assert (sheet.name, sheet.is_hidden, sheet.merged) == ("数据", False, [(0, 0, 1)])
    assert (hidden.name, hidden.is_hidden) == ("广告", True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (document(table(cell("1", more='table:number-columns-repeated="99999999"'))), "spans 99,"),
        (
            document(
                table(cell("1", more='table:number-columns-repeated="999"')).replace(
                    "<table:table-row>", '<table:table-row table:number-rows-repeated="999999">', 1
                )
            ),
            "spans 998,999,001 cells up to sheet 数据",
        ),
        (document("", "application/vnd.oasis.opendocument.text"), "holds no workbook"),
        (document("", manifest="<manifest:encryption-data/>"), "is protected by a password"),
        (document("<table:table>"), "damaged or cut short"),
        (document(table(cell("x", "float", "x"))), "damaged or cut short"),
        (document(table(cell("1")))[:400], "damaged or cut short"),
    ],
)
def test_a_document_that_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Rejected, match=sentence):
        open_sheets(content, "a.ods")


def test_a_yearbook_saved_by_another_office_program(read_one: Callable) -> None:
    rows = (
        cell("3-9 分地区生产总值 (2020年)"),
        cell("单位:亿元"),
        cell("地 区") + cell("地区生产总值"),
        cell("北 京") + cell("36,102.6", "float", 36102.55),
    )
    found = read_one("statistical_yearbook/2021-10/3-9.ods", document(table(*rows)))
    (value,) = (each for each in found if each["role"] == "value")
    assert (value["text"], value["area_key"], value["cell"]) == ("36102.55", "北京", "B4")
