"""The sample language: what it means, and that it is no way to run code."""

import re

import pandas as pd
import pytest

from analytics.errors import SpecificationError
from analytics.sample import parse_sample, sample_rows, texts_not_found

DATA = pd.DataFrame(
    {
        "year": [2010, 2011, 2012, 2013],
        "x": [1.0, None, 3.0, 4.0],
        "region": ["East", None, "West", "East"],
        "code": ["11", "12", "13", "14"],
        "day": pd.to_datetime(["2010-01-01", "2011-06-01", None, "2013-01-01"]),
        "地区": ["北京", "天津", "河北", "山西"],
        "人均GDP(元)": [1, 2, 3, 4],
        "ＧＤＰ": [4, 3, 2, 1],
        "class": ["a`b", "b", "it's", "b"],
        "2010": [1, 1, 0, 0],
        "is_true": [True, False, True, False],
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("year >= 2011 and region not in ['West']", [0, 0, 0, 1]),
        ("2010 < year <= 2012", [0, 1, 1, 0]),
        ("x > 2 or year == 2011", [0, 1, 1, 1]),
        # a comparison with a missing value is unknown, and unknown is out
        ("x != 3", [1, 0, 0, 1]),
        ("not (x > 3)", [1, 0, 1, 0]),
        ("x >= -1", [1, 0, 1, 1]),
        ("x < year", [1, 0, 1, 1]),
        ("code in ('11', '14')", [1, 0, 0, 1]),
        ("day >= 2011", [0, 1, 0, 1]),
        ("day > '2011-01-01'", [0, 1, 0, 1]),
        ("地区 in ['北京']", [1, 0, 0, 0]),
        ("`人均GDP(元)` > 2 and year < 2013 or 地区 == '北京'", [1, 0, 1, 0]),
        ("ＧＤＰ > 2 and `2010` == 1 and 2 <= `人均GDP(元)`", [0, 1, 0, 0]),
        ("`class` in ['a`b', 'it\\'s'] and `year` > 2010", [0, 0, 1, 0]),
        ("is_true == true and `2010` != False or 地区 == 'false'", [1, 0, 0, 0]),
        (" 地区 != '`year`' and `ＧＤＰ` < `人均GDP(元)`", [0, 0, 1, 1]),
    ],
)
def test_meaning(text, expected):
    assert sample_rows(text, DATA).astype(int).tolist() == expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "year.real > 2",
        "len(region) > 2",
        "(lambda: 1)() > 0",
        "year[0] > 1",
        "year + 1 > 2",
        "[y for y in year] == 1",
        "(year := 3) > 2",
        "f'{year}' == '3'",
        "year > 1 if x else 2",
        "year is 3",
        "year in 3",
        "[1] == year",
        "1 < 2",
        "year",
        "year >",
        "",
        "not " * 4900 + "year > 1",
        "(" * 500 + "year > 1" + ")" * 500,
        "year > 1" + " and year > 1" * 5000,
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(SpecificationError, match="sample"):
        parse_sample(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nope > 3", "no column `nope`"),
        ("code != 12", "column `code` holds text and is compared with 12; use quotation marks"),
        ("year == '2010'", "`year` holds numbers .* leave out quotation marks"),
        ("code in ['12', 13]", "mixes text and numbers"),
        ("day > 'soon'", "'soon' is compared with a date"),
    ],
)
def test_what_does_not_fit_the_panel_is_said(text, sentence):
    with pytest.raises(SpecificationError, match=sentence):
        sample_rows(text, DATA)


DAYS = pd.to_datetime(["2010-01-01", "2012-01-01", None])
STORED = {
    "with a time of day": DAYS,
    "with a zone": DAYS.tz_localize("Asia/Shanghai"),
    "without a time of day": [*DAYS.date[:2], None],
    "of categories": pd.Categorical([*DAYS.date[:2], None]),
    "as periods": DAYS.to_period("Y"),
}


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize(
    "text", ["day > 2010", "day > '2010-06-30'", "day in [2012, 2013]", "day == same"]
)
def test_dates_compare_however_a_file_stores_them(stored, text):
    data = pd.DataFrame({"day": STORED[stored], "same": [None, DAYS[1], DAYS[1]]})
    assert sample_rows(text, data).tolist() == [False, True, False]


def test_text_compares_with_dates_that_it_spells():
    data = pd.DataFrame({"day": DAYS, "written": ["2009-12-31", None, "2010-01-01"]})
    assert sample_rows("day > written", data).tolist() == [True, False, False]
    with pytest.raises(SpecificationError, match="`code` holds text and is compared with a date"):
        sample_rows("day == code", data.assign(code=["a", "b", "c"]))


@pytest.mark.parametrize("text", ["x > 3", "x == 3", "x != 'n.a.'", "x in [1]"])
@pytest.mark.parametrize("values", [[1, "n.a.", 3], [b"1", b"2", b"3"], [[1], [2], None]])
def test_a_column_of_no_one_kind_is_refused_with_its_row(text, values):
    row = "row 2" if values[1] == "n.a." else "row 1"
    with pytest.raises(SpecificationError, match=f"column `x` holds neither .* in {row}"):
        sample_rows(text, pd.DataFrame({"x": values}))


def test_labels_of_a_file_are_compared_with_text():
    data = pd.DataFrame({"k": [0.0, 1.0, 2.0, None], "x": [1, 2, 3, 4]})
    data.attrs["value_labels"] = {"k": {0.0: "low", 1.0: "high"}}
    for text, expected in (
        ("k == 'high'", [0, 1, 0, 0]),
        ("k not in ['high']", [1, 0, 0, 0]),  # what has no label is unknown
        ("k < 2 and x != 1", [0, 1, 0, 0]),
        ("'low' == k or k == 2", [1, 0, 1, 0]),
    ):
        assert sample_rows(text, data).astype(int).tolist() == expected
    assert len(texts_not_found("k == 'hi' or k == 'low'", data)) == 1
    with pytest.raises(SpecificationError, match="`x` holds numbers and is compared with 'low'"):
        sample_rows("x == 'low'", data)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("region != 'east' and year > 2010", ["'east' in `region`.*: did you mean `East`"]),
        (
            "not (region in ['West', 'Eastern'] or 'Norte' == region)",
            ["'Eastern' in", "'Norte' in"],
        ),
        ("region == 'East' and code not in ['11'] and region > 'A'", []),
        ("day == '2019-01-01' or day != 2019 or x != 9", []),  # text alone is misspelt
        (None, []),
    ],
)
def test_a_text_that_no_row_has_may_be_misspelt(text, found):
    said = texts_not_found(text, DATA)
    assert len(said) == len(found)
    for one, pattern in zip(said, found, strict=True):
        assert re.search(pattern, one)
