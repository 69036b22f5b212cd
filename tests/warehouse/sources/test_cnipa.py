"""Patent tables by region, in workbooks and on web pages; time that is no whole year is left out."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbooks import workbook
from warehouse.formats.web_pages import page_sheet

PAGE = """<!DOCTYPE html [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<html><head><title>统计</title><style>td {}</style>
<script>document.write("<table><tr><td>地区</td><td>9</td></tr></table>")</script></head><body>
<div>首页 &gt; 统计年报</div><p>发布时间：2021-03-01 &secret;</p>
<table><tr><td>
  <h2>2019年国内三种专利<br>申请受理状况</h2><p>单位：件</p>
  <table border=1>
    <tr><th rowspan="2">地&nbsp;&nbsp;区<th colspan=2>合计<th colspan=2>发明
    <tr><th>2019年<th>2018年<th>2019年<th>总累计
    <tr><td>全国<td>30<td>20<td>3<td>300
    <tr><td><a href="javascript:x()">北&nbsp;京</a><td><font>1,234</font><td>　２０<td>&nbsp;<td>7
  </table>
</td></tr></table>
<p>注：2017年起，统计口径调整为已缴费的申请。</p>
</body></html>"""


def points(cells: list[dict]) -> list[tuple]:
    keys = ("cell", "area_key", "indicator_key", "unit_key", "period_label", "text")
    return [tuple(cell[key] for key in keys) for cell in cells if cell["role"] == "value"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_web_page(warehouse, encoding: str) -> None:
    warehouse.land("cnipa/2021/a.htm", PAGE.encode(encoding))
    warehouse.refresh()
    role, said = warehouse.files()["cnipa/2021/a.htm"]
    assert role == "taken"
    assert "columns E are of" in said and "总累计" in said
    cells = warehouse.cells("cnipa", None)
    assert points(cells)[3:] == [
        ("B10", "北京", "申请/合计", "件", "2019", "1,234"),
        ("C10", "北京", "申请/合计", "件", "2018", "２０"),
        ("D10", "北京", "申请/发明", "件", "2019", None),
    ]
    titles = {cell["table_title"] for cell in cells if cell["role"] == "value"}
    assert titles == {"2019年国内三种专利申请受理状况"}
    assert [c["text"] for c in cells if c["role"] == "note"] == [
        "注：2017年起，统计口径调整为已缴费的申请。"
    ]
    assert not any("document" in (c["text"] or "") for c in cells)
    assert any("&secret;" in (c["text"] or "") for c in cells)


def test_spans_of_any_size_do_no_harm() -> None:
    page = "<table><tr><td rowspan=0 colspan=999999999>a<td>b<tr><td>c<tr></table><tr><td>d"
    rows, _ = page_sheet(page)
    assert rows[0][0] == "a" and len(rows[0]) == 1000
    assert rows[-1] == ["bcd"]  # beyond the last column, but not lost
    page = (
        "<p>0<table><tr><td rowspan=2>a<td>b<tr><td>c<tr><td>d<tr><td colspan=2 rowspan=3>e<tr><tr>"
    )
    assert page_sheet(f"{page}<td><td><td>f<tr><td>g") == (
        [["0"], ["a", "b"], [None, "c"], ["d"], ["e", None], [None, None, None, None, "f"], ["g"]],
        [(1, 0, 2), (4, 0, 5)],
    )


@given(st.lists(st.sampled_from(
    ["<table>", "</table>", "<tr>", "</tr>", "<td>", "<td rowspan=3>", "<th colspan='2'>", "</td>",
     "<script>", "</script>", "<p>", "<br>", "<h1>", "</h1>", "x", " ", "&nbsp;", "<!--", "-->", "&#0;"]
), max_size=30))  # fmt: skip
def test_whatever_is_left_open_a_page_is_rows(tags: list[str]) -> None:
    rows, _ = page_sheet("".join(tags))
    assert all(any(text is not None for text in row) for row in rows)
    printed = "".join(text for row in rows for text in row if text)
    if not {"<script>", "<!--"} & set(tags):
        assert printed.count("x") == tags.count("x")


SHEET = [
    ["表2 国内三种专利有效状况（截至2019年12月底）"],
    ["单位：件"],
    ["序号", "地区", "合计", "其中", None, None],
    [None, None, None, "发明", "实用新型", "外观设计"],
    [None, "总 计", 33, 6, 15, 12],
    [None, "其中：", None, None, None, None],
    [1, "北京", "30", 5, 14, 11],
    [2, "计划单列市", None, None, None, None],
    [3, "深圳市", 3, 1, 1, 1],
    ["资料来源：专利统计年报"],
]


def test_a_workbook_with_merged_headings_and_a_stock(read_one: Callable) -> None:
    other = [["2018年国内专利授权状况(件)"], ["地区", "专利授权量"], ["北京", 7]]
    cells = read_one("cnipa/2021/a.xlsx", workbook(SHEET, other))
    values = points(cells)
    assert ("E7", "北京", "有效/实用新型", "件", "2019", "14") in values
    assert ("C7", "北京", "有效/合计", "件", "2019", "30") in values
    assert values[-1] == ("B3", "北京", "授权/合计", "件", "2018", "7")
    assert "资料来源：专利统计年报" in [c["text"] for c in cells if c["role"] == "note"]


@pytest.mark.parametrize(
    ("heading", "title", "key"),
    [
        ("发明专利申请受理量(件)", "2019年国内专利状况", "申请/发明"),
        ("新型", "2019年国内三种专利申请授权状况", "授权/实用新型"),
        ("外观", "2019年国内专利有效状况", "有效/外观设计"),
        ("发明/职务", "2019年国内专利授权状况", "发明/职务"),
        ("申请与授权之比", "2019年国内专利授权状况", "申请与授权之比"),
        ("合计", "2019年国内专利状况", "合计"),
    ],
)
def test_a_count_has_one_key_however_it_is_worded(
    read_one: Callable, heading: str, title: str, key: str
) -> None:
    rows = [[title], ["地区", heading], ["北京", 7]]
    cells = [c for c in read_one("cnipa/2021/a.xlsx", workbook(rows)) if c["role"] == "value"]
    assert [(c["title_key"], c["indicator_key"]) for c in cells] == [("", key)]


def test_a_total_is_of_the_country_unless_applicants_abroad_are_in_it(warehouse) -> None:
    def areas(*names: str) -> list[tuple]:
        rows = [["2019年专利授权状况"], ["地区", "合计"], *([name, 7] for name in names)]
        warehouse.land("cnipa/2021/a.xlsx", workbook(rows))
        warehouse.refresh()
        return [(c["area_key"], c["is_abroad"]) for c in warehouse.cells("cnipa")]

    assert areas("合计", "北京") == [("全国", False), ("北京", False)]
    assert areas("总计", "国内", "北京", "国外", "日本") == [
        ("国内外合计", False), ("国内", False), ("北京", False), ("国外", True), ("日本", True),
    ]  # fmt: skip


def test_a_bracket_of_the_title_that_is_no_unit(read_one: Callable) -> None:
    rows = [["2018年国内专利授权状况（分地区）"], ["地区", "合计(件)", "发明"], ["北京", 3, 1]]
    found = points(read_one("cnipa/2019/a.xlsx", workbook(a=rows)))
    assert [(p[2], p[3]) for p in found] == [("授权/合计", "件"), ("授权/发明", None)]


def test_a_second_table_has_its_own_title(read_one: Callable) -> None:
    rows = [
        ["2019年国内专利授权状况"], ["单位：件"], ["地区", "合计"], ["北京", 7],
        ["注：2018年专利授权口径不同。"], [None],
        ["2018年国内发明专利申请状况"], ["地区", "合计"], ["北京", 8],
    ]  # fmt: skip
    cells = [c for c in read_one("cnipa/2021/a.xlsx", workbook(rows)) if c["role"] == "value"]
    keys = ("table_title", "period_label", "unit_key", "text")
    assert [tuple(c[key] for key in keys) for c in cells] == [
        ("2019年国内专利授权状况", "2019", "件", "7"),
        ("2018年国内发明专利申请状况", "2018", "件", "8"),
    ]


@pytest.mark.parametrize(
    ("title", "is_taken"),
    [
        ("2019年国内专利授权量", True),
        ("2019年1-12月国内专利授权量", True),
        ("表2 2019年国内专利授权量", True),
        ("2019年1—6月国内专利授权量", False),
        ("2019年12月国内专利授权量", False),
        ("国内专利有效量（截至2019年12月）", True),
        ("国内专利有效量（截至2019年11月）", False),
        ("1985年-2019年国内专利授权量累计", False),
        ("2019年上半年国内专利授权量", False),
    ],
)
def test_only_a_whole_year_is_taken(warehouse, title: str, is_taken: bool) -> None:
    warehouse.land("cnipa/2021/a.xlsx", workbook([[title], ["地区", "发明"], ["北京", 7]]))
    warehouse.refresh()
    role, said = warehouse.files()["cnipa/2021/a.xlsx"]
    assert (role == "taken") == is_taken
    assert [one["unit_label"] for one in warehouse.cells("cnipa")] == [None] * is_taken
    assert is_taken or "is not one whole year" in said


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.htm", b"<html><p>404</p></html>", "holds no table: expected a table whose headings"),
        ("a.htm", b"PK\x03\x04", "is a workbook under the name of a .htm file: rename it"),
        ("a.xls", PAGE.encode(), "is a web page saved under the name of a .xls file: rename it to .html"),
        ("a.htm", PAGE.replace("2019年", "").replace("2018年", "合计").encode(), "names no year: write `year: YYYY`"),
        ("a.xlsx", workbook([["地区", "合计"], ["北京", 1]]), "names no year: write `year: YYYY`"),
    ],
)  # fmt: skip
def test_what_is_no_patent_table(
    reason: Callable, name: str, content: bytes, sentence: str
) -> None:
    assert sentence in reason(f"cnipa/2021/{name}", content)
