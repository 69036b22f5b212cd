"""Labels are recognised whatever their spacing, width and translation."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse.contract.labels import (
    area_key,
    is_number,
    label_key,
    number_in,
    split_unit,
    status_of,
    subject_key,
    title_key,
    unit_key,
    unit_said,
    without_firmness,
    year_label,
    year_of,
    years_in,
)

PRINTED = st.text(
    st.sampled_from(
        "地区合计人年续表附其中按各分统情况末R&Dotal GDP12-/()（）[]：:#*①\n\r\t\u3000Ａ"
    )
)


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("R&D人员\n\n全时当量\n\nTotal", "r&d人员全时当量"),
        ("R&D人员\r\n全时当量\r\nTotal", "r&d人员全时当量"),
        ("合 计\nTotal", "合计"),
        ("#研究人员\nResearchers", "研究人员"),
        ("其中：工业", "工业"),
        ("北 京 Beijing", "北京"),
        ("人均 GDP", "人均gdp"),
        ("地区生产总值（亿元）", "地区生产总值(亿元)"),
        ("科 学\n技术支出①\nScience", "科学技术支出"),
        ("专任教师a)", "专任教师"),
        ("重 庆*", "重庆"),
        ("上 海 ²", "上海"),
        ("西藏†", "西藏"),
        ("每m²", "每m2"),
        ("研究与试验发展（Ｒ＆Ｄ）经费", "r&d经费"),
        ("人口数(抽样1)", "人口数(抽样1)"),
        ("地区生产总值(100 million yuan)", "地区生产总值(100millionyuan)"),
        ("合计\nTotal/发明\nInvention", "合计/发明"),
        ("Inner Mongolia", "innermongolia"),
        ("内蒙古Inner Mongolia", "内蒙古"),
        ("人均GDP growth", "人均gdp"),
        ("　新疆维吾尔自治区", "新疆维吾尔自治区"),
    ],
)
def test_a_label_has_one_key_however_it_is_printed(printed: str, key: str) -> None:
    assert label_key(printed) == key


@pytest.mark.parametrize(
    ("printed", "key", "status"),
    [
        ("地区生产总值（当年价）", "地区生产总值", None),
        ("地区生产总值(按当年价格计算)", "地区生产总值", None),
        ("地区生产总值（快报数）", "地区生产总值", "P"),
        ("地区生产总值(预计数)", "地区生产总值", "E"),
        ("地区生产总值(初步核算)/第一产业", "地区生产总值/第一产业", "P"),
        ("地区生产总值（最终核实数）", "地区生产总值", None),
        ("地区生产总值(2015年价)", "地区生产总值(2015年价)", None),
        ("地区生产总值(可比价)", "地区生产总值(可比价)", None),
        ("工业增加值(规模以上)", "工业增加值(规模以上)", None),
    ],
)
def test_a_remark_leaves_an_indicator_the_same_or_makes_it_another(printed, key, status) -> None:
    assert (subject_key(printed), status_of(printed)) == (key, status)


@pytest.mark.parametrize(
    ("printed", "label", "status"),
    [
        ("2017年（初步核算）", "2017(初步核算)", "P"),
        ("2023年（初步核实数）", "2023(初步核实数)", "P"),
        ("2023 (Preliminary)", "2023(Preliminary)", "P"),
        ("2022年决算数", "2022(决算数)", None),
        ("2018年(第四次全国经济普查)①", "2018(第四次全国经济普查)", None),
        ("2025年（预计）", "2025(预计)", "E"),
        ("2017年", "2017", None),
        ("2023年预算数", None, None),
        ("2017年（新口径）", None, None),
        ("2017年(可比价)", None, None),
    ],
)
def test_a_year_says_how_firm_its_values_are(printed, label, status) -> None:
    assert (year_label(printed), status_of(printed)) == (label, status)
    assert year_of(label) == year_of(printed)
    assert label is None or without_firmness(label) == label[:4]


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("1-4各地区R&D人员全时当量（2012年）", "r&d人员全时当量"),
        ("续表 1-4 各地区研究与试验发展（R&D）人员全时当量(2012年)", "r&d人员全时当量"),
        ("2012年各地区R&D人员全时当量（续表）", "r&d人员全时当量"),
        ("附表2　2019年各地区研究与试验发展（R&D）经费情况", "r&d经费"),
        ("附表二：2021年各地区研究与试验发展（R&D）经费情况", "r&d经费"),
        ("表1．各地区R&D经费", "r&d经费"),
        ("表面积", "表面积"),
        ("中国2020年各地区研究与试验发展(R&D)经费内部支出统计(单位:万元)", "r&d经费内部支出"),
        ("1-14 各地区按资金来源分R&D经费内部支出(2019年)", "r&d经费内部支出"),
        ("7—6  分 地 区 一般公共预算支出 （2020 年）", "一般公共预算支出"),
        ("2-14 地区生产总值及构成(本表按当年价格计算)", "地区生产总值"),
        ("2-5 分地区年末人口数(万人)", "人口数"),
        ("2-1 历年地区生产总值", "地区生产总值"),
        ("1-9 各地区R&D人员全时当量 2019年", "r&d人员全时当量"),
        ("Government Expenditure by Region, 2019", "governmentexpenditure"),
        ("2-1 地区生产总值(当年价格)", "地区生产总值"),
        ("2-12 各市地区生产总值(2019年)", "地区生产总值"),
        ("各县（市、区）人口数", "人口数"),
        ("分市县区财政支出", "财政支出"),
        ("3-2 主要年份人口数", "人口数"),
        ("3-2 全省生产总值及增长速度", "生产总值"),
        ("Gross Domestic Product in Selected Years", "grossdomesticproduct"),
        ("2-3 全国及各省（区、市）生产总值", "生产总值"),
        ("7-6 续表1", ""),
        ("R&D Personnel by Region (2012)", "r&dpersonnel"),
        ("", ""),
    ],
)
def test_a_title_is_known_without_number_and_year(printed: str, key: str) -> None:
    assert title_key(printed) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("各地区R&D经费内部支出", "各地区R&D经费投入强度"),
        ("分地区一般公共预算收入", "分地区一般公共预算支出"),
        ("国内三种专利授权数按地区分布", "国内发明专利授权数按地区分布"),
        ("国内三种专利授权数按地区分布", "国内三种专利申请数按地区分布"),
        ("技术市场技术输出地域(合同金额)", "技术市场技术流向地域(合同金额)"),
        ("技术市场技术输出地域(合同金额)", "技术市场技术输出地域(合同数)"),
        ("货物进出口总额(按收发货人所在地分)", "货物进出口总额(按境内目的地和货源地分)"),
        ("地区生产总值", "地区生产总值指数"),
        ("地区生产总值(当年价格)", "地区生产总值(2015年价格)"),
        ("居民消费价格指数", "市区居民消费价格指数"),
        ("分地区普通小学情况", "分地区普通高中情况"),
    ],
)
def test_titles_of_different_tables_stay_apart(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("亿 元", "亿元"),
        ("单位：亿元", "亿元"),
        ("（亿元）", "亿元"),
        ("亿元】", "亿元"),
        ("亿元。", "亿元"),
        ("亿元（当年价）", "亿元"),
        ("亿元  本表按当年价格计算", "亿元"),
        ("人民币亿元", "亿元"),
        ("亿元(人民币)", "亿元"),
        ("人民币", "人民币"),
        ("上年=100", "上年=100"),
        ("亿元(2015年价)", "亿元(2015年价)"),
    ],
)
def test_a_unit_is_known_whatever_stands_around_it(printed: str, key: str) -> None:
    assert unit_key(printed) == unit_key(key) == key


@pytest.mark.parametrize(
    "printed",
    [
        "1、北京",
        "01北京",
        "(1)北 京",
        "一、北京",
        "11 北京",
        "·北京",
        "北京（注1）",
        "北京：",
        "北京①",
    ],
)
def test_an_area_is_known_with_a_number_before_it_or_a_mark_behind(printed: str) -> None:
    assert area_key(printed) == "北京"
    assert [area_key(text) for text in ("11", "110000", "(1)")] == ["11", "110000", "(1)"]


@pytest.mark.slow
@given(PRINTED | st.text())
@example("İ/#其中：#")
def test_keys_are_their_own_keys(text: str) -> None:
    assert label_key(label_key(text)) == label_key(text)
    assert title_key(title_key(text)) == title_key(text)


@given(st.text(st.sampled_from("地区生产总值合计人年亿元"), min_size=1), st.data())
def test_spacing_never_changes_a_chinese_label(label: str, data: st.DataObject) -> None:
    blanks = [data.draw(st.sampled_from(["", " ", "\n", "\u3000"])) for _ in label]
    assert label_key("".join(map("".join, zip(label, blanks, strict=True)))) == label


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万元(10 000 yuan)  2020年", "万元"),
        ("单位：万元 Unit: 10 000 yuan", "万元"),
        ("（计量单位: 万 元）", "万 元"),
        ("单位：亿元（按当年价格计算）", "亿元"),
        ("单位：%（上年=100）", "%（上年=100）"),
        ("Units: 10 000 persons", "10 000 persons"),
        ("单位：", ""),
        ("按收货单位所在地分", None),
    ],
)
def test_a_line_says_its_unit_however_it_is_printed(line: str, unit: str | None) -> None:
    assert unit_said(line) == unit


def test_the_unit_is_the_last_bracket() -> None:
    assert split_unit("人口数(人口抽样调查)(人)") == ("人口数(人口抽样调查)", "人")
    assert split_unit("地区生产总值（亿元） ") == ("地区生产总值", "亿元")
    assert split_unit("城镇化率") == ("城镇化率", None)


def test_years_and_numbers_are_read_as_printed() -> None:
    assert [year_of(text) for text in ("2017年", "2017", "2017.0", " 2017 年")] == [2017] * 4
    assert [year_of(f"2017年{mark}") for mark in ("①", "*", " [1]", "¹", "②③")] == [2017] * 5
    assert [year_of(f"2017{mark}") for mark in ("①", "*", "[1]", "¹", "末②")] == [2017] * 5
    assert [year_of(text) for text in ("20170", "合计", "2,017", "2017p", "①", None)] == [None] * 6
    assert [status_of(text) for text in ("2017(p)", "2017年（P）", "2017(e)", "CO2(e)")] == [
        *("P", "P", "E", None)
    ]
    assert [year_of(text) for text in ("2017(p)", "2017年（r）", "2017(x)")] == [2017, 2017, None]
    assert years_in("1-4 各地区(2012年) Regions 2012") == [2012]
    assert is_number("1,234.5*")
    marked = (
        "1,234.5(p)",
        "1,234.5①",
        "1234.5 (2)",
        "１２３４．５［１］",
        "1234.5¹",
        "1234.5†",
        "1234.5%*",
    )
    assert {number_in(text) for text in marked if is_number(text)} == {1234.5}
    assert not any(map(is_number, ("(1)", "[1]", "1234.5(a)", "2019年①")))
    assert not is_number("…")
