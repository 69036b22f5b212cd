"""Labels are recognised whatever their spacing, width and translation."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse.contract.labels import (
    is_number,
    label_key,
    split_unit,
    title_key,
    year_of,
    years_in,
)

PRINTED = st.text(st.sampled_from("地区合计人年续表其中R&Dotal GDP12-/()（）：:#\n\r\t\u3000Ａ"))


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
        ("地区生产总值(100 million yuan)", "地区生产总值(100millionyuan)"),
        ("合计\nTotal/发明\nInvention", "合计/发明"),
        ("Inner Mongolia", "innermongolia"),
        ("　新疆维吾尔自治区", "新疆维吾尔自治区"),
    ],
)
def test_a_label_has_one_key_however_it_is_printed(printed: str, key: str) -> None:
    assert label_key(printed) == key


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("1-4 各地区R&D人员全时当量(2012年)", "各地区r&d人员全时当量"),
        ("1-4各地区R&D人员全时当量（2012年）", "各地区r&d人员全时当量"),
        ("续表 1-4 各地区R&D人员全时当量(2012年)", "各地区r&d人员全时当量"),
        ("2012年各地区R&D人员全时当量（续表）", "各地区r&d人员全时当量"),
        ("R&D Personnel by Region (2012)", "r&dpersonnelbyregion"),
        ("", ""),
    ],
)
def test_a_title_is_known_without_number_and_year(printed: str, key: str) -> None:
    assert title_key(printed) == key


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


def test_the_unit_is_the_last_bracket() -> None:
    assert split_unit("人口数(人口抽样调查)(人)") == ("人口数(人口抽样调查)", "人")
    assert split_unit("地区生产总值（亿元） ") == ("地区生产总值", "亿元")
    assert split_unit("城镇化率") == ("城镇化率", None)


def test_years_and_numbers_are_read_as_printed() -> None:
    assert [year_of(text) for text in ("2017年", "2017", "2017.0", " 2017 年")] == [2017] * 4
    assert [year_of(text) for text in ("20170", "合计", "2,017", None)] == [None] * 4
    assert years_in("1-4 各地区(2012年) Regions 2012") == [2012]
    assert is_number("1,234.5*")
    assert not is_number("…")
