"""Tables of yearbooks as they are printed: captions, notes, continuations, headings, what stands in rows."""

import io
from collections.abc import Callable

import openpyxl
import pytest

from tests.workbooks import workbook

NAME = "statistical_yearbook/2021-10/a.xlsx"


def declared(**keys: object) -> str:
    return f"published_on: 2021-10-01\nfiles: {{a.xlsx: {keys}}}\n"


def points(cells: list[dict]) -> list[tuple]:
    keys = ("title_key", "indicator_key", "unit_key", "area_key", "period_label", "text")
    return [tuple(cell[key] for key in keys) for cell in cells if cell["role"] == "value"]


def notes(cells: list[dict]) -> list[str]:
    return [cell["text"] for cell in cells if cell["role"] == "note"]


SPENDING = [
    ["7-6  分地区一般公共预算支出 (2021年)"],
    ["General Public Budget Expenditure by Region (2021)"],
    ["单位:亿元", None, "(100 million yuan)"],
    ["地 区\nRegion", "地方一般公\n共预算支出\nGeneral Public\nExpenditure"],
    ["地方合计\nTotal of All Regions", 210583.5],
    ["北 京\nBeijing", 7205.1],
]
SCIENCE = [["地 区\nRegion", "科学技术支出①\nScience and\nTechnology"], ["北 京\nBeijing", 449.2]]
ON = [["7-6  续表1 continued"], ["单位:亿元"], *SCIENCE]


@pytest.mark.parametrize(
    "note",
    [
        ["注:由于体制调整,2009年起数据包含兵团。"],
        ["注：1.口径有调整。", "2.2009年起为新口径"],
        ["a) 2009年为普查数"],
        ["①2009年起口径有调整"],
        ["*2009年起口径有调整"],
        ["资料来源：财政部2009年决算"],
        ["Note: Data have been adjusted since 2009"],
        ["Note: Data have been adjusted", "since 2009"],
    ],
)
def test_a_note_is_no_title_and_its_year_no_year_of_values(read_one: Callable, note: list) -> None:
    cells = read_one(NAME, workbook(a=[*SPENDING, *([line] for line in note), *ON]))
    assert points(cells)[-1] == (
        "一般公共预算支出", "科学技术支出", "亿元", "北京", "2021", "449.2",
    )  # fmt: skip
    assert notes(cells) == note


def test_a_table_goes_on_where_its_continuation_says_so(read_one: Callable) -> None:
    other = [["7-8 分地区债务"], *SCIENCE]
    cells = read_one(NAME, workbook(a=SPENDING, b=ON, c=[["7-6 (续)"], *SCIENCE]))
    assert [p[:2] + p[4:] for p in points(cells)[2:]] == [
        ("一般公共预算支出", "科学技术支出", "2021", "449.2")
    ] * 2
    cells = read_one("tech_yearbook/2021/b.xlsx", workbook(a=SPENDING, b=other))
    assert [p[4] for p in points(cells)] == ["2021", "2021"]


def test_the_likeliest_line_names_the_table(read_one: Callable) -> None:
    rows = [
        ["中国统计年鉴—2021"],
        ["十一、对外经济贸易"],
        ["11-8", "分地区货物进出口总额(2020年)"],
        ["(按收发货人所在地分)"],
        ["International Trade in Goods by Region (2020)"],
        ["(by Location of Importers/Exporters)"],
        ["单位：", "千美元"],
        ["地区", "进出口", "出口"],
        ["北京", 3, 2],
    ]
    title = "货物进出口总额(按收发货人所在地分)"
    assert points(read_one(NAME, workbook(a=rows))) == [
        (title, "进出口", "千美元", "北京", "2020", "3"),
        (title, "出口", "千美元", "北京", "2020", "2"),
    ]


def test_a_remark_may_stand_between_a_title_and_its_table(read_one: Callable) -> None:
    rows = [["7-7 分地区债务"], ["本表按余额计算。"], ["Debt"], ["单位:亿元"], *SCIENCE]
    cells = read_one(NAME, workbook(a=[*SPENDING, *rows]), declared(year=2020))
    assert points(cells)[-1][:3] == ("债务", "科学技术支出", "亿元")
    cells = read_one("tech_yearbook/2021/b.xlsx", workbook(**{"各地区债务(2020年)": SCIENCE}))
    assert points(cells)[-1][0::4] == ("债务", "2020")


def test_headings_give_units_years_and_what_stands_above_them(read_one: Callable) -> None:
    product = "地区生产\n总 值\n(亿元)\nGross\nRegional\nProduct\n(100 million yuan)"
    rows = [
        ["3-9 地区生产总值"],
        ["本表按当年价格计算。"],
        ["地区", "Region", product, None, None, "人均地区\n生产总值(元)\nPer Capita", None],
        [None, None, None, "2020年第一产业\nPrimary", "2019年\n", "2020年", "2019"],
        ["北京", "Beijing", 36102.6, 107.6, 35445.1, 164889, 161776],
    ]
    cells = read_one(NAME, workbook(a=rows), declared(year=2020))
    assert [p[1:] for p in points(cells)] == [
        ("地区生产总值", "亿元", "北京", "2020", "36102.6"),
        ("第一产业", "亿元", "北京", "2020", "107.6"),
        ("地区生产总值", "亿元", "北京", "2019", "35445.1"),
        ("人均地区生产总值", "元", "北京", "2020", "164889"),
        ("人均地区生产总值", "元", "北京", "2019", "161776"),
    ]
    assert notes(cells) == ["本表按当年价格计算。"]


def test_a_unit_or_a_year_in_a_heading_cell_of_its_own(read_one: Callable) -> None:
    rows = [
        ["3-9 地区生产总值"],
        ["年份\n地区", 2020, 2019, "人均地区", "2020年"],
        [None, "亿元", "亿元", "生产总值", "第一产业"],
        [None, None, None, "元", "(万元)"],
        ["北京", 2, 1, 3, 4],
    ]
    cells = read_one(NAME, workbook(a=rows), declared(year=2020))
    assert [p[1:] for p in points(cells)] == [
        ("地区生产总值", "亿元", "北京", "2020", "2"),
        ("地区生产总值", "亿元", "北京", "2019", "1"),
        ("人均地区生产总值", "元", "北京", "2020", "3"),
        ("第一产业", "万元", "北京", "2020", "4"),
    ]


def test_a_heading_ends_where_the_one_above_it_ends(read_one: Callable) -> None:
    """Above translations those beside it, merged down, leave a blank in its own row."""
    rows = [
        ["3-9 地区生产总值(2020年)"],
        ["地区", "三次产业", None, "人均生产总值(元)", "工业"],
        [None, "第一产业", "第二产业"],
        ["Region", "Primary", "Secondary", "Per Capita", "Industry"],
        ["北京", 2, 1, 3, 4],
    ]
    assert [p[1:3] for p in points(read_one(NAME, workbook(a=rows)))] == [
        ("三次产业/第一产业", None), ("三次产业/第二产业", None), ("人均生产总值", "元"), ("工业", None),
    ]  # fmt: skip


@pytest.mark.parametrize("over", ["其中", "#", "其中：\nOf Which"])
def test_of_which_over_columns_is_no_part_of_their_names(read_one: Callable, over: str) -> None:
    rows = [
        ["8-8 国内三种专利授权数按地区分布(2020年)"],
        ["地区", "合计", over, None, None],
        [None, None, "发明", "实用新型", "外观设计"],
        ["北京", 9, 2, 3, 4],
    ]
    names = [p[1] for p in points(read_one(NAME, workbook(a=rows)))]
    assert names == ["合计", "发明", "实用新型", "外观设计"]


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位 亿元", "亿元"),
        ("单位﹕亿  元", "亿元"),
        ("单位：亿元（当年价）", "亿元"),
        ("【单位：亿元】", "亿元"),
        ("单位：亿元。", "亿元"),
        ("单位：人民币亿元", "亿元"),
        ("(亿元，%)", "亿元,%"),
    ],
)
def test_a_line_says_its_unit_in_any_wording(read_one: Callable, line: str, unit: str) -> None:
    rows = [
        ["3-9 各地区生产总值(2020年)"],
        [line],
        ["地区", "地区生产总值", "工业(单位：万元)"],
        ["北京", 3, 4],
    ]
    found = points(read_one(NAME, workbook(a=rows)))
    assert [p[:3] for p in found] == [
        ("生产总值", "地区生产总值", unit),
        ("生产总值", "工业", "万元"),
    ]


@pytest.mark.parametrize(
    ("chapter", "title", "key"),
    [
        ("四、高等学校", "4-5 各地区R&D经费(2020年)", "r&d经费(四、高等学校)"),
        ("高等学校科技活动", "4-5 各地区R&D经费(2020年)", "r&d经费(高等学校科技活动)"),
        ("三、研究与开发机构", "3-5 各地区研究与开发机构专利申请数", "研究与开发机构专利申请数"),
        ("一、综合", "1-5 各地区R&D经费(2020年)", "r&d经费"),
        ("首页 > 高校", "1-5 各地区R&D经费(2020年)", "r&d经费"),
    ],
)
def test_a_chapter_says_of_whom_its_tables_are(
    read_one: Callable, chapter: str, title: str, key: str
) -> None:
    rows = [[chapter], [title], ["单位：万元"], ["地区", "合计"], ["北京", 3]]
    [point] = points(read_one(NAME, workbook(a=rows), declared(year=2020)))
    assert point[0] == key


@pytest.mark.parametrize(
    ("line", "is_another"),
    [
        ("本表按不变价格计算。", True),
        ("按2015年价格计算", True),
        ("本表数据按可比价格计算", True),
        ("本表按当年价格计算。", False),
        ("本表绝对数按当年价格计算，指数按不变价格计算。", False),
    ],
)
def test_a_table_at_constant_prices_is_another(
    read_one: Callable, line: str, is_another: bool
) -> None:
    rows = [["3-11 各地区生产总值"], [line], ["单位：亿元"], ["地区", "2016"], ["北京", 3]]
    [point] = points(read_one(NAME, workbook(a=rows)))
    assert (point[0] != "生产总值") == (point[1] != "生产总值") == is_another


def test_columns_of_one_name_go_by_the_heading_that_stands_higher(read_one: Callable) -> None:
    rows = [
        ["20-20 分地区国内三种专利申请数和授权数(2020年)"],
        ["单位:件"],
        ["地 区", "Region", "申请数\nApplications", None, "授权数\nGranted"],
        [None, None, None, "发 明\nInvention", None, "发 明\nInvention"],
        ["北 京", "Beijing", 257009, 145035, 162824, 63266],
    ]
    assert [p[1] for p in points(read_one(NAME, workbook(a=rows)))] == [
        "申请数", "申请数/发明", "授权数", "授权数/发明",
    ]  # fmt: skip


def test_a_column_of_growth_takes_nothing_from_those_beside_it(
    read_one: Callable, warehouse
) -> None:
    """It names several years, or none, where the others name theirs."""
    rows = [
        ["2-6 各地区年末人口"],
        ["单位：万人"],
        ["地区", "2019年①", "2020年", "2020年为2019年%", "年均增长"],
        ["北京", 2190, 2189, 99.9, 1.2],
    ]
    cells = read_one(NAME, workbook(a=rows))
    assert [p[4:] for p in points(cells)] == [("2019", "2190"), ("2020", "2189")]
    _, said = warehouse.files()[NAME]
    assert said.startswith("columns D, E of the table in row 3 name no year, as those beside them")


@pytest.mark.parametrize("measure", ["绝对数", "绝对值\nAbsolute Value"])
def test_an_absolute_number_goes_by_the_heading_above_it(read_one: Callable, measure: str) -> None:
    rows = [
        ["3-9 地区生产总值(2020年)"],
        ["地区", "地区生产总值(亿元)", None],
        [None, measure, "比上年增长(%)"],
        ["北京", 36102.6, 1.2],
    ]
    cells = read_one(NAME, workbook(a=rows))
    assert [p[1] for p in points(cells)] == ["地区生产总值", "地区生产总值/比上年增长"]


PRICES = ("居民消费价格指数", "居民消费价格指数", "上年=100")
PROVINCE = declared(area="江苏")


@pytest.mark.parametrize(
    ("rows", "edition", "expected"),
    [
        (
            [
                ["6-1 各地区居民消费价格指数(上年=100)"],
                ["年份", "北京"],
                [2019, 102.3],
                ["合计", 1],
            ],
            None,
            [(*PRICES, "北京", "2019", "102.3")],
        ),
        (
            [["6-1 各地区居民消费价格指数(上年=100)"], ["地区\\年份", "2019年末"], ["北京", 102.3]],
            None,
            [(*PRICES, "北京", "2019", "102.3")],
        ),
        (
            [["2-1 历年人口"], ["单位:万人"], ["年 份", "常住人口"], ["1978", 5834]],
            PROVINCE,
            [("人口", "常住人口", "万人", "江苏", "1978", "5834")],
        ),
        (
            [["1-2 主要指标"], ["指 标", "单位", "2019"], ["一、常住人口", "万人", 8469]],
            PROVINCE,
            [("主要指标", "一、常住人口", "万人", "江苏", "2019", "8469")],
        ),
    ],
)
def test_years_subjects_or_areas_stand_in_rows(
    read_one: Callable, rows: list, edition: str | None, expected: list
) -> None:
    assert points(read_one(NAME, workbook(a=rows), edition)) == expected


@pytest.mark.parametrize("places", [[0, 1, 2], [1, 0, 2]])
def test_a_row_an_area_and_year(warehouse, places: list[int]) -> None:
    """Whatever column stands first; an area may be merged over its years, a number is no other's."""
    rows = [
        ["年 份", "地 区\nRegion", "生产总值(亿元)"],
        *([2021, "北京", 1], [2020, None, 2], ["2021年", "天津", 3], ["平均", "河北", 9]),
    ]
    rows = [[row[place] for place in places] for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(workbook(a=[["3-9 各地区生产总值"], *rows])))
    area = "ABC"[places.index(1)]
    book["a"].merge_cells(f"{area}3:{area}4")
    stream = io.BytesIO()
    book.save(stream)
    warehouse.land(NAME, stream.getvalue(), "published_on: 2022-10-01\n")
    warehouse.refresh()
    assert [p[2:] for p in points(warehouse.cells("statistical_yearbook"))] == [
        ("亿元", "北京", "2021", "1"),
        ("亿元", "北京", "2020", "2"),
        ("亿元", "天津", "2021", "3"),
    ]
    said = "1 rows have values but no year (the first is row 6): not taken"
    assert warehouse.files()[NAME] == ("taken", said)


def test_a_sheet_may_be_named_by_its_year(read_one: Callable) -> None:
    rows = [["各地区财政支出"], ["单位:亿元"], ["地区", "支出合计"], ["北京", 7471]]
    sheets = {
        "2018": rows,
        "2019年": rows,
        "2020年数据": rows,
        "2021 表": rows,
        "CNKI": [["中国知网"]],
    }
    cells = read_one(NAME, workbook(**sheets, **{"2022年鉴": rows, "2022年1-6月": rows}))
    assert [p[4] for p in points(cells)] == ["2018", "2019", "2020", "2021"]


def test_a_table_that_lacks_something_stops_no_other(read_one: Callable, reason: Callable) -> None:
    alone = [["2-1 人口"], ["年份", "常住人口"], ["1978", 5834]]
    said = reason("statistical_yearbook/2021-10/b.xlsx", workbook(a=alone))
    assert "names no areas: write `area: ...` under `files: b.xlsx:`" in said.replace(
        "has no areas in its rows and names none", "names no areas"
    )
    cells = read_one(NAME, workbook(a=[*SPENDING, [None], *alone]))
    assert points(cells)[-1][:2] == ("一般公共预算支出", "地方一般公共预算支出")
    assert len(points(cells)) == 2


def test_a_numbered_table_in_the_folder_of_the_portal(read_one: Callable) -> None:
    cells = read_one("nbs_portal/2021-10/a.xlsx", workbook(a=SPENDING), declared(unit="万元"))
    assert points(cells)[-1][:3] == ("一般公共预算支出", "地方一般公共预算支出", "万元")


PAGE = """<html><title>2018年全国科技经费投入统计公报</title><body>
<h1>2018年全国科技经费投入统计公报</h1><p>国家统计局 2019年8月30日</p>
<p>2018年，全国共投入R&amp;D经费19677.9亿元，比上年增加2071.8亿元。</p>
<p>附表1　2018年分行业R&amp;D经费情况</p>
<table><tr><td>行业</td><td>经费（亿元）</td></tr><tr><td>采矿业</td><td>5</td></tr></table>
<p>附表2　2018年各地区研究与试验发展（R&amp;D）经费情况</p>
<table><tr><td>地　区</td><td>R&amp;D经费<br>（亿元）</td><td>投入强度（%）</td><td>排序</td></tr>
<tr><td>北　京</td><td>1,870.8</td><td>6.17</td></tr></table>
<p>注释：</p><p>[1]2017年数据为修订数。</p></body></html>"""


def test_a_bulletin_is_a_page_of_several_tables(read_one: Callable) -> None:
    """Its rows and headings may differ in number, for no comma stands between cells."""
    cells = read_one("tech_yearbook/2019-08/a.html", PAGE)
    assert points(cells)[:2] == [
        ("r&d经费", "r&d经费", "亿元", "北京", "2018", "1,870.8"),
        ("r&d经费", "投入强度", "%", "北京", "2018", "6.17"),
    ]
    assert notes(cells) == ["注释：", "[1]2017年数据为修订数。"]


@pytest.mark.parametrize("source", ["statistical_yearbook", "nbs_portal"])
def test_a_bulletin_whose_columns_measure_its_rows(read_one: Callable, source: str) -> None:
    """What a column adds to its row is another series; 绝对数 or 全国 adds nothing."""
    page = (
        "<html><h1>2021年国民经济和社会发展统计公报</h1><p>2022年2月28日</p><p>2021年，成绩不易。</p>"
        "<p>表1 2021年价格</p><table><tr><td>指标</td><td>单位</td><td>全国</td><td>农村</td></tr>"
        "<tr><td>居民消费价格</td><td>%</td><td>0.9</td><td>0.7</td></tr></table><p>全年粮食丰收。</p>"
        "<p>表2 2021年主要指标</p><table><tr><td>指标</td><td>绝对数(亿元)</td><td>比上年增长(%)</td>"
        "</tr><tr><td>出口</td><td>217348</td><td>21.2</td></tr></table></html>"
    )
    edition = "published_on: 2022-02-28\nfiles: {a.html: {area: 全国}}\n"
    cells = read_one(f"{source}/2022-02/a.html", page, edition)
    assert [point[1:] for point in points(cells)] == [
        ("居民消费价格", "%", "全国", "2021", "0.9"),
        ("居民消费价格/农村", "%", "全国", "2021", "0.7"),
        ("出口", "亿元", "全国", "2021", "217348"),
        ("出口/比上年增长", "%", "全国", "2021", "21.2"),
    ]


def test_a_preliminary_year_is_provisional_and_a_verified_one_is_not(read_one: Callable) -> None:
    table = [
        ["3-9  分地区生产总值"],
        ["单位:亿元"],
        ["地 区\nRegion", "2016年（最终核实）", "2017年（初步核算）"],
        ["北 京\nBeijing", 27041.2, 29883.0],
    ]
    cells = [cell for cell in read_one(NAME, workbook(a=table)) if cell["role"] == "value"]
    assert [(cell["period_label"], cell["obs_status"]) for cell in cells] == [
        ("2016", None),
        ("2017", "P"),
    ]


@pytest.mark.parametrize("heading", ["市 别", "市（州）\nCity", "县（市、区）", "地 市"])
def test_a_yearbook_of_a_province_names_its_cities(read_one: Callable, heading: str) -> None:
    table = [
        ["1-8  各市地区生产总值 (2020年)"],
        ["单位:亿元"],
        [heading, "地区生产总值"],
        ["全 省", 110760.9],
        ["广 州", 25019.1],
    ]
    assert points(read_one(NAME, workbook(a=table)))[1:] == [
        ("地区生产总值", "地区生产总值", "亿元", "广州", "2020", "25019.1")
    ]


def test_a_column_of_urban_values_is_none_of_areas(read_one: Callable) -> None:
    table = [
        ["9-3  各地区居民消费价格指数 (2020年)"],
        ["地 区", "全省", "城市", "农村"],
        ["北 京", 101.7, 101.7, 101.6],
    ]
    texts = [point[-1] for point in points(read_one(NAME, workbook(a=table)))]
    assert texts == ["101.7", "101.7", "101.6"]


def test_the_unit_of_a_title_may_stand_before_its_year(read_one: Callable) -> None:
    table = [["5-3 各地区居民消费价格指数(上年=100)(2020年)"], ["地区", "指数"], ["北京", 101.7]]
    cells = read_one(NAME, workbook(a=table))
    assert points(cells) == [("居民消费价格指数", "指数", "上年=100", "北京", "2020", "101.7")]


def test_a_year_merged_over_its_areas_is_that_of_each(read_one: Callable) -> None:
    page = (
        "<p>5-6 各地区居民消费价格指数(上年=100)<table><tr><td>年份<td>地区<td>居民消费价格指数"
        "<tr><td rowspan=2>2014<td>北京<td>101.6<tr><td>天津<td>101.9<tr><td>2015<td>北京<td>101.8</table>"
    )
    cells = read_one("statistical_yearbook/2023-10/a.html", f"<meta charset=utf-8>{page}")
    assert [p[3:] for p in points(cells)] == [
        ("北京", "2014", "101.6"),
        ("天津", "2014", "101.9"),
        ("北京", "2015", "101.8"),
    ]


def test_subjects_beside_areas_are_those_of_their_rows(read_one: Callable) -> None:
    """Either may be merged over the other; the title's subject is that of no row."""
    of_areas = [["北京", "第一产业", "亿元", 111], [None, "地区生产总值", "万元", 416109000]]
    of_subjects = [["第二产业", "北京", "亿元", 6605], [None, "天津", None, 6038]]
    title, headings = ["3-9 地区生产总值"], ["计量单位", "2022年"]
    book = openpyxl.load_workbook(
        io.BytesIO(
            workbook(
                a=[title, ["地区", "项目", *headings], *of_areas],
                b=[title, ["项目", "地区", *headings], *of_subjects],
            )
        )
    )
    book["a"].merge_cells("A3:A4")
    book["b"].merge_cells("A3:A4")
    book["b"].merge_cells("C3:C4")
    stream = io.BytesIO()
    book.save(stream)
    assert [p[1:] for p in points(read_one(NAME, stream.getvalue()))] == [
        ("第一产业", "亿元", "北京", "2022", "111"),
        ("地区生产总值", "万元", "北京", "2022", "416109000"),
        ("第二产业", "亿元", "北京", "2022", "6605"),
        ("第二产业", "亿元", "天津", "2022", "6038"),
    ]


def test_a_merged_area_of_a_web_page_reaches_its_rows(read_one: Callable) -> None:
    rows = (
        "<tr><td rowspan=2>北京<td>2021<td>40269<tr><td>2022<td>41610<tr><td>天津<td>2022<td>16311"
    )
    page = f"<p>3-9 各地区地区生产总值<p>单位：亿元<table><tr><td>地区<td>年份<td>地区生产总值{rows}</table>"
    cells = read_one("statistical_yearbook/2023-10/a.html", f"<meta charset=utf-8>{page}")
    assert [p[3:] for p in points(cells)] == [
        ("北京", "2021", "40269"),
        ("北京", "2022", "41610"),
        ("天津", "2022", "16311"),
    ]


def test_a_unit_may_stand_in_the_name_of_the_sheet(read_one: Callable) -> None:
    rows = [["3-9 地区生产总值(2022年)"], ["地区", "总量", "人均(元)"], ["北京", 1, 2]]
    named = {"GDP(万元)": rows, "GDP（亿元）": [rows[0], ["单位：万元"], *rows[1:]]}
    assert [p[2] for p in points(read_one(NAME, workbook(**named)))] == ["万元", "元"] * 2


def test_projects_that_are_counted_are_no_subjects_of_rows(read_one: Callable) -> None:
    rows = [["10-3 分地区对外承包工程(2022年)"], ["地区", "项目", "金额"], ["北京", 12, 34]]
    assert [p[1] for p in points(read_one(NAME, workbook(a=rows)))] == ["项目", "金额"]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("规模以上工业企业", "r&d经费内部支出(规模以上工业企业)"),
        ("——高等学校", "r&d经费内部支出(——高等学校)"),
        ("（2022年1-9月）", "r&d经费内部支出(2022年1-9月)"),
        ("2022年前三季度", "r&d经费内部支出(2022年前三季度)"),
        ("(2022年12月31日)", "r&d经费内部支出"),
        ("返回目录", "r&d经费内部支出"),
        ("填报单位：国家统计局", "r&d经费内部支出"),
        ("R&D经费内部支出情况", "r&d经费内部支出"),
        ("Expenditure on R&D R&D经费内部支出", "r&d经费内部支出"),
        ("第二章 科技活动", "r&d经费内部支出"),
        ("单位 万元", "r&d经费内部支出"),
        ("浙江省", "r&d经费内部支出"),
    ],
)
def test_a_line_below_the_title_says_of_whom_the_table_is(
    read_one: Callable, line: str, key: str
) -> None:
    rows = [
        ["2-3 各地区R&D经费内部支出(2022年)"],
        [line],
        ["单位：万元"],
        ["地区", "支出"],
        ["北京", 1],
    ]
    assert [p[0] for p in points(read_one(NAME, workbook(a=rows)))] == [key]


def test_tables_of_several_titles_side_by_side_are_refused(
    read_one: Callable, reason: Callable
) -> None:
    rows = [
        ["3-9 地区生产总值(2022年)", None, "3-10 人均地区生产总值(2022年)"],
        ["单位：亿元", None, "单位：元"],
        ["地区", "地区生产总值", "地区", "人均地区生产总值"],
        ["北京", 41610, "北京", 190313],
    ]
    assert "tables side by side" in reason(NAME, workbook(a=rows))
    rows[0][2] = "3-9 Gross Regional Product (2022)"
    assert len(points(read_one(NAME, workbook(a=rows)))) == 2


@pytest.mark.parametrize("place", [0, 1])
def test_a_year_alone_in_its_row_is_that_of_the_areas_below(
    read_one: Callable, warehouse, place: int
) -> None:
    rows = [
        ["3-9 地区生产总值(2019-2020年)"],
        ["地区", "第一产业", "第二产业"],
        ["北京", 1, 2],
        [*[None] * place, "2019年"],
        ["北京", 3, 4],
        [*[None] * place, "2020年（初步核算）"],
        ["北京", 5, 6],
        ["注：2018年有修订。"],
    ]
    cells = read_one(NAME, workbook(a=rows))
    found = [p[3:] for p in points(cells)]
    assert found == [
        ("北京", year, text) for year, text in zip(["2019"] * 2 + ["2020"] * 2, "3456", strict=True)
    ]
    assert [cell["obs_status"] for cell in cells if cell["role"] == "value"] == [None] * 2 + [
        "P"
    ] * 2
    assert "1 rows have values but no year (the first is row 3)" in warehouse.files()[NAME][1]


def test_units_and_translations_may_have_columns_without_a_heading(read_one: Callable) -> None:
    rows = [
        ["15-1 运输邮电主要指标"],
        ["指 标", None, "Item", None, 2022, 2023, "2023年比2022年增长%"],
        ["移动电话用户", "(万户)", "Mobile Subscribers", "(10000 subscribers)", 1, 2, 100],
        ["邮路总长度", "（万公里）", "Postal Routes", "(10000 km)", 3, 4, 33],
    ]
    found = points(read_one(NAME, workbook(a=rows), PROVINCE))
    assert [(label, unit, *rest) for _, label, unit, *rest in found] == [
        ("移动电话用户", "万户", "江苏", "2022", "1"),
        ("移动电话用户", "万户", "江苏", "2023", "2"),
        ("邮路总长度", "万公里", "江苏", "2022", "3"),
        ("邮路总长度", "万公里", "江苏", "2023", "4"),
    ]


def test_marks_in_brackets_beside_the_labels_are_no_units(read_one: Callable) -> None:
    rows = [["3-9 生产总值(2020年)"], ["单位：亿元"], ["地区", None, "合计"]]
    rows += [["北京", "(1)", 1], ["天津", "(2)", 2]]
    found = points(read_one(NAME, workbook(a=rows)))
    assert [(unit, text) for _, _, unit, *_, text in found] == [("亿元", "1"), ("亿元", "2")]


def test_a_translation_below_the_units_is_no_table_of_its_own(read_one: Callable) -> None:
    rows = [
        ["11-11 主要年份邮电通信条件"],
        ["年份", "邮路长度", "邮政业务", "年份", "邮路长度", "邮政业务"],
        [None, "(公里)", "(亿元)", None, "(公里)", "(亿元)"],
        ["Year", "Routes", "Business", "Year", "Routes", "Business"],
        [1952, 34, 12, 1992, 105, 71],
    ]
    found = points(read_one(NAME, workbook(a=rows), PROVINCE))
    assert {tuple(point[1:]) for point in found} == {
        ("邮路长度", "公里", "江苏", "1952", "34"),
        ("邮政业务", "亿元", "江苏", "1952", "12"),
        ("邮路长度", "公里", "江苏", "1992", "105"),
        ("邮政业务", "亿元", "江苏", "1992", "71"),
    }


PROVINCES = (
    *("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏"),
    *("浙江", "安徽", "福建", "江西", "山东", "河南"),
)


@pytest.mark.parametrize("heading", [["年份", "地区"], ["地区"], ["Year\nRegion"]])
def test_the_values_beside_a_year_above_provinces_are_of_the_country(
    read_one: Callable, heading: list[str]
) -> None:
    rows = [
        ["15-41 电信主要通信能力（年底数）"],
        *[[one, "长途光缆线路长度"] for one in heading],
        [None, "(公里)"],
        *[["2007", 9], ["2008", 20], [], *([f" {area[0]}  {area[1:]}", 1] for area in PROVINCES)],
    ]
    assert [p[3:] for p in points(read_one(NAME, workbook(a=rows)))] == [
        *[("全国", "2007", "9"), ("全国", "2008", "20")],
        *((area, "2008", "1") for area in PROVINCES),
    ]


def test_years_above_a_few_areas_are_of_the_declared_one(read_one: Callable, warehouse) -> None:
    rows = [
        ["3-9 生产总值"],
        ["年份\\地区", "合计"],
        [2007, 9],
        [2008, 20],
        ["上海", 1],
        ["浙江", 2],
    ]
    of_areas = [("上海", "2008", "1"), ("浙江", "2008", "2")]
    assert [p[3:] for p in points(read_one(NAME, workbook(a=rows)))] == of_areas
    assert "2 rows have values but no area" in warehouse.files()[NAME][1]
    of_a_province = read_one(NAME, workbook(a=rows), PROVINCE)
    of_jiangsu = [("江苏", "2007", "9"), ("江苏", "2008", "20")]
    assert [p[3:] for p in points(of_a_province)] == [*of_jiangsu, *of_areas]


def test_areas_below_another_year_than_the_title_says_are_refused(reason: Callable) -> None:
    rows = [["3-9 生产总值(2009年)"], ["年份\\地区", "合计"], [2008, 20], ["上海", 1], ["浙江", 2]]
    assert "areas below the year 2008, but is said to be of 2009" in reason(NAME, workbook(a=rows))


def test_an_area_alone_in_its_row_is_that_of_the_years_below(read_one: Callable) -> None:
    rows = [["3-9 各地区生产总值"], ["单位：亿元"], ["地区\\年份", "合计"]]
    for area in ("北京", "天津"):
        rows += [[area], [2019, 1], ["2020年", 2]]
    assert [p[3:] for p in points(read_one(NAME, workbook(a=rows)))] == [
        *[("北京", "2019", "1"), ("北京", "2020", "2"), ("天津", "2019", "1")],
        ("天津", "2020", "2"),
    ]


def test_a_year_alone_below_a_heading_heads_its_column(read_one: Callable) -> None:
    rows = [["3-9 增加值"], ["地区", "合计"], [None, "2019年"], ["北京", 1], ["天津", 2]]
    assert [p[3:] for p in points(read_one(NAME, workbook(a=rows)))] == [
        ("北京", "2019", "1"),
        ("天津", "2019", "2"),
    ]


def test_provinces_in_columns_are_areas_whatever_the_title_says(read_one: Callable) -> None:
    rows = [["3-9 地区生产总值"], ["单位：亿元"], ["年份", "全国", "北京市", "Tianjin"]]
    cells = read_one(NAME, workbook(a=[*rows, [2019, 3, 1, 2]]))
    assert [(p[1], *p[3:]) for p in points(cells)] == [
        ("地区生产总值", area, "2019", text)
        for area, text in (("全国", "3"), ("北京市", "1"), ("tianjin", "2"))
    ]
    text = "指标：地区生产总值(亿元)\n时间,北京,天津\n2019年,1,2\n"
    cells = read_one("nbs_portal/2021-10/a.csv", text)
    assert [p[3:] for p in points(cells)] == [("北京", "2019年", "1"), ("天津", "2019年", "2")]


def test_how_firm_a_year_is_may_stand_in_the_brackets_of_a_heading(read_one: Callable) -> None:
    rows = [["3-9 各地区生产总值"], ["地区", "地区生产总值（2023年初步核算数）"], ["北京", 1]]
    for name, content in (
        ("statistical_yearbook/2024/a.xlsx", workbook(a=rows)),
        ("nbs_portal/2024/a.csv", "地区,地区生产总值（2023年初步核算数）(亿元)\n北京,1\n"),
    ):
        [cell] = [cell for cell in read_one(name, content) if cell["role"] == "value"]
        said = [cell[key] for key in ("indicator_key", "period_label", "obs_status")]
        assert said == ["地区生产总值", "2023", "P"]


def test_the_name_of_a_sheet_may_say_of_what_its_table_is(read_one: Callable) -> None:
    rows = [["1-5 各地区R&D经费(2020年)"], ["单位：亿元"], ["地区", "合计"], ["北京", 1]]
    book = workbook(全社会=rows, 规模以上工业企业=rows, 高等学校=rows)
    assert [p[0] for p in points(read_one(NAME, book))] == [
        *("r&d经费", "r&d经费(规模以上工业企业)", "r&d经费(高等学校)")
    ]
    named = workbook(**{"增长速度": rows, "1-9月": rows, "R&D经费": rows})
    assert [p[0] for p in points(read_one("tech_yearbook/2022/a.xlsx", named))] == [
        *("r&d经费(增长速度)", "r&d经费(1-9月)", "r&d经费")
    ]
    rows[0] = ["1-5 各地区大中型工业企业R&D经费(2020年)"]
    book = workbook(企业=rows)
    assert points(read_one("tech_yearbook/2021/a.xlsx", book))[0][0] == "大中型工业企业r&d经费"


def test_a_sheet_of_areas_without_headings_is_said(read_one: Callable, warehouse) -> None:
    """As a table that goes on there without its headings."""
    on = [["天津", 1386], ["河北", 7461]]
    table = [["2-5 各地区年末人口数(2020年)"], ["地区", "年末人口数(万人)"], ["北京", 2189]]
    cells = read_one(NAME, workbook(a=table, b=on, c=[["图1"], ["增速", 2, 3], ["位次", 2, 3]]))
    assert [p[3] for p in points(cells)] == ["北京"]
    assert warehouse.files()[NAME][1].startswith("no table was found on sheet b, though areas and")


def test_numbers_without_a_heading_and_hidden_tables_are_said(
    read_one: Callable, warehouse
) -> None:
    table = [
        ["2-5 各地区年末人口数(2020年)"],
        ["地区", "年末人口数(万人)"],
        ["北京", 2, 8],
        ["天津", 1, 9],
    ]
    read_one(NAME, workbook(table, table, hidden=(2,)))
    said = warehouse.files()[NAME][1]
    assert "columns C have values but no heading: not taken" in said
    assert "sheet Sheet2 is hidden: not taken" in said
