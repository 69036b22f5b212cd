"""A landing of which no indicator of the project is known: released, searched, traced."""

import json

import pytest

PROVINCES = ("北京市", "天津市", "河北省", "山西省")
FILE = "nbs_portal/2021-06/library.csv"


@pytest.fixture(scope="module")
def home(tmp_path_factory, refreshed):
    root = tmp_path_factory.mktemp("unknown")
    file = root / "landing" / FILE
    file.parent.mkdir(parents=True)
    (file.parent / "_edition.yml").write_text("published_on: 2021-06-30\n", encoding="utf-8")
    rows = [f"{name},{number}1.5,{number}0" for number, name in enumerate(PROVINCES, start=2)]
    head = ("数据库：分省年度数据", "指标：公共图书馆总流通人次(万人次)", "地区,2020年,2019年")
    file.write_text("\n".join([*head, *rows, "数据来源：国家统计局"]) + "\n", encoding="utf-8")
    return refreshed(root, "refresh")


def test_every_value_is_in_the_release_as_printed(home):
    assert home.rows(
        "select series_label, unit_label, area_code, year, value, text, indicator_id, rejection "
        "from marts.printed_series where locator = 'B4'"
    ) == [("公共图书馆总流通人次", "万人次", "110000", 2020, 21.5, "21.5", None, None)]
    assert home.value("select count(*) from marts.printed_series") == 8
    assert home.value("select count(*) from marts.fct_observation where value is not null") == 0


def test_the_refresh_says_that_nothing_is_used_and_what_to_do(home):
    lines = home.output.splitlines()
    assert len(lines) <= 12 and "0 of 8 used; 8 under a heading that no" in home.output
    assert "first     yearbook map: " in home.output
    said = 'used 0 of 8 cells; 8 under a heading that no indicator stands for, first "公共图书馆'
    assert home.value("select reason from catalog.dim_file").startswith(said)
    assert said in home.findings


def test_it_is_found_and_traced(home, yearbook):
    [match] = json.loads(yearbook("find", "图书馆", "--home", str(home.home), "--json").stdout)
    assert (match["indicator_id"], match["areas"], match["cells"]) == (None, 4, 8)
    assert (match["first_year"], match["last_year"]) == (2019, 2020)
    shown = yearbook("trace", match["names"][0], "天津", "2019", "--home", str(home.home)).stdout
    assert f'"30" 万人次 in C5 of {FILE} (no indicator stands for it)' in shown
