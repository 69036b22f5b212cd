"""New editions beside old ones: what is taken, what is held back until it is accepted, and what a
changed label is proposed to stand for. The files are made here; the numbers grow by province and
year so that no two cells are alike.
"""

import csv
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from warehouse.contract.home import Home
from warehouse.explain import mapping
from warehouse.intake import judgement

with (judgement.SEEDS / "dim_area.csv").open(encoding="utf-8") as areas:
    NAMES = [row["name_zh_full"] for row in csv.DictReader(areas) if row["level"] == "province"]
LEVEL = "nbs_portal/2021-10-31/tertiary.csv"


def gdp(place: int, year: int) -> float:
    return 5000 + 900 * place + 300 * (year - 2012) + 7 * place**2


def secondary(place: int, year: int) -> float:
    return 0.42 * gdp(place, year) + 20 * ((37 * place + year) % 11)


def tertiary(place: int, year: int) -> float:
    return 0.44 * gdp(place, year) + 20 * ((53 * place + year) % 13)


def after_a_census(value: Callable[[int, int], float]) -> Callable[[int, int], float]:
    """Every cell is revised, by -33 % to +45 %."""
    return lambda place, year: value(place, year) * (0.67 + 0.026 * place)


def export(
    path: Path,
    indicator: str,
    value: Callable[[int, int], float],
    names: Iterable[str] = NAMES,
    years: Iterable[int] = range(2012, 2020),
) -> None:
    """Write a portal export, and the declaration of its edition from the name of the folder."""
    years = sorted(years, reverse=True)
    lines = [
        "数据库：分省年度数据",
        f"指标：{indicator}",
        "地区," + ",".join(f"{y}年" for y in years),
    ]
    for place, name in enumerate(names):
        lines.append(",".join([name, *(f"{value(place, year):.2f}" for year in years)]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, "数据来源：国家统计局", ""]), encoding="utf-8")
    (path.parent / "_edition.yml").write_text(f"published_on: {path.parent.name}\n")


@pytest.fixture(scope="module")
def home(tmp_path_factory, refreshed):
    """A home with an edition of 2020, a doubtful one of 2021 and the next one of 2022."""
    root = tmp_path_factory.mktemp("revised")
    portal = root / "landing" / "nbs_portal"
    export(portal / "2020-10-31" / "gdp.csv", "地区生产总值(亿元)", gdp)
    export(portal / "2020-10-31" / "secondary.csv", "第二产业增加值(亿元)", secondary)
    export(portal / "2020-10-31" / "tertiary.csv", "第三产业增加值(亿元)", tertiary)

    (root / "landing" / "eps" / "2020").mkdir(parents=True)
    (root / "landing" / "eps" / "2020" / "a.csv").write_text("a\n")

    later = range(2014, 2021)
    export(
        portal / "2021-10-31" / "gdp.csv", "地区生产总值(亿元)", after_a_census(gdp), years=later
    )
    in_10k = "第二产业增加值(万元)"
    export(portal / "2021-10-31" / "secondary.csv", in_10k, lambda *at: 1e4 * secondary(*at))
    in_millions_unsaid = "第三产业增加值(亿元)"
    export(
        portal / "2021-10-31" / "tertiary.csv", in_millions_unsaid, lambda *at: 100 * tertiary(*at)
    )
    revised = after_a_census(gdp)(0, 2019)
    # the line 地区： above the table: a file about one province, which does not lose the others
    beijing = [
        "数据库：分省年度数据",
        "地区：北京市",
        "指标,2019年",
        f"地区生产总值(亿元),{revised:.2f}",
    ]
    (portal / "2021-10-31" / "beijing.csv").write_text("\n".join(beijing), encoding="utf-8")

    latest = range(2014, 2022)
    folder = portal / "2022-10-31"
    export(folder / "gdp.csv", "地区生产总值(亿元)", after_a_census(gdp), NAMES[:28], latest)
    export(folder / "secondary.csv", "第二产业增加值(亿元)", tertiary, years=latest)
    export(folder / "tertiary.csv", "第三产业增加值(亿元)", tertiary, years=latest)
    return refreshed(root, "refresh")


def held(home) -> dict[str, str]:
    rows = home.rows(
        "select edition || '/' || file_name, reason from catalog.dim_file where role = 'held'"
    )
    return dict(rows)


def known(home, indicator: str, year: int) -> float:
    return home.value(
        "select value from marts.fct_observation "
        "where indicator_id = $1 and area_code = '110000' and year = $2",
        indicator,
        year,
    )


def test_what_contradicts_the_known_is_held_with_figures_a_cell_and_the_mend(home):
    reasons = held(home)
    assert set(reasons) == {
        "2021-10-31/tertiary.csv",
        "2022-10-31/gdp.csv",
        "2022-10-31/secondary.csv",
    }
    assert reasons["2021-10-31/tertiary.csv"] == (
        "value_added_tertiary against nbs_portal/2020-10-31/tertiary.csv: 248 of 248 values differ by a power of "
        f"ten, such as Beijing in 2019: {100 * tertiary(0, 2019):.0f} here (B4), {tertiary(0, 2019):.0f} there (B4). "
        'If the file is right: yearbook accept "nbs_portal/2021-10-31/tertiary.csv"; '
        'if it is wrong: yearbook withdraw "nbs_portal/2021-10-31/tertiary.csv"'
    )
    assert (
        "gdp against nbs_portal/2021-10-31/gdp.csv: 21 of 217 values by province and year that it has are lost here, "
        "such as Qinghai in 2020."
    ) in reasons["2022-10-31/gdp.csv"]
    assert (
        "value_added_secondary against nbs_portal/2020-10-31/tertiary.csv: 186 of 186 values are those of "
        "value_added_tertiary there, "
    ) in reasons["2022-10-31/secondary.csv"]


def test_a_census_a_shorter_window_and_another_unit_hold_nothing_back(home):
    taken = {"2021-10-31/gdp.csv", "2021-10-31/secondary.csv", "2021-10-31/beijing.csv"}
    assert not taken & set(held(home))
    revised = home.value(
        "select count(*) from marts.fct_observation__vintages "
        "where indicator_id = 'gdp' and published_on = date '2021-10-31'"
    )
    assert revised >= 31 * 7
    assert known(home, "value_added_secondary", 2019) == pytest.approx(secondary(0, 2019), abs=0.01)


def test_a_held_file_is_no_measure_and_its_values_are_nowhere(home):
    """The edition of 2022 has the old level again, and is taken."""
    assert known(home, "value_added_tertiary", 2021) == pytest.approx(tertiary(0, 2021), abs=0.01)
    assert home.value(
        "select max(value) from marts.fct_observation__vintages where indicator_id = 'value_added_tertiary'"
    ) == pytest.approx(tertiary(30, 2021), abs=0.01)
    said = (home.home / "refresh.md").read_text(encoding="utf-8").partition("## Files held back")[2]
    assert "- gdp against nbs_portal/2021-10-31/gdp.csv: 21 of 217 values" in said


def test_why_a_file_is_held_is_said_in_chinese(home, yearbook):
    said = yearbook("--lang", "zh", "accept", "--home", str(home.home)).stdout
    compared = "value_added_tertiary（与 nbs_portal/2020-10-31/tertiary.csv 相比）"
    assert f"{compared}：248 个中有 248 个数值相差 10 的若干次方，如" in said
    assert "若文件正确：yearbook accept" in said and not re.search(
        "[a-z]{3,} [a-z]{3,}", PATH.sub("", said)
    )


# What stays as it is: names of files behind commands
PATH = re.compile(r"yearbook (accept|withdraw) \"[^\"]+\"")


def test_a_folder_that_is_no_source_stops_nothing(home):
    [(role, reason)] = home.rows(
        "select role, reason from catalog.dim_file where source_id = 'eps'"
    )
    assert role == "rejected" and reason.startswith("`eps` is no known source: files belong in")


def test_the_list_and_what_cannot_be_accepted(home, yearbook):
    listed = yearbook("accept", "--home", str(home.home))
    assert listed.returncode == 0
    assert [line.partition(":")[0] for line in listed.stdout.splitlines()] == [
        f"nbs_portal/{name}" for name in sorted(held(home))
    ]
    for name, sentence in {
        "nbs_portal/2020-10-31/gdp.csv": "is not held by the current release",
        "gdp.csv": "is not known here: write it as <source>/<edition>/<file>",
    }.items():
        done = yearbook("accept", name, "--home", str(home.home))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert done.stderr.startswith(f"yearbook: {name} {sentence}")


@pytest.fixture(scope="module")
def accepted(home, yearbook, refreshed):
    """The same home after a file was accepted, with an edition of 2023 whose labels changed."""
    portal = home.home / "landing" / "nbs_portal"
    done = yearbook("accept", LEVEL, "--reason", "a new unit", "--home", str(home.home))
    assert done.returncode == 0, done.stderr
    folder, years = portal / "2023-10-31", range(2014, 2023)
    names = [name.replace("内蒙古自治区", "内蒙区") for name in NAMES]
    export(folder / "gdp.csv", "地方产出总额(亿元)", after_a_census(gdp), names, years)
    # A part in the place of its province, a bare total and a share in per cent are none of them
    parts = [name.replace("吉林省", "吉林地区") for name in NAMES]
    export(folder / "secondary.csv", "第二产业增加值(亿圆)", secondary, parts, years)
    export(folder / "total.csv", "合计(亿元)", after_a_census(gdp), years=years)
    export(folder / "share.csv", "地区生产总值比重(%)", after_a_census(gdp), years=years)
    export(
        folder / "growth.csv",
        "第三产业增加值指数(上年=100)",
        lambda place, year: 100 + place,
        years=years,
    )
    export(folder / "tertiary.csv", "第三产业增加值(亿元)", tertiary, years=years)
    title = (folder / "tertiary.csv").read_text().replace("分省年度数据", "分省的年度数据表")
    (folder / "tertiary.csv").write_text(title)
    return refreshed(home.home, "refresh")


def test_an_accepted_change_of_level_is_taken_and_measures_the_next(accepted):
    assert set(held(accepted)) == {
        "2022-10-31/gdp.csv",
        "2022-10-31/secondary.csv",
        "2022-10-31/tertiary.csv",
    }
    assert (
        f"against {LEVEL}: 186 of 186 values differ by a power of ten"
        in held(accepted)["2022-10-31/tertiary.csv"]
    )
    assert known(accepted, "value_added_tertiary", 2019) == pytest.approx(100 * tertiary(0, 2019))
    assert accepted.rows(
        "select role, reason from catalog.dim_file where edition || '/' || file_name = '2021-10-31/tertiary.csv'"
    ) == [("taken", "accepted: a new unit")]


def test_changed_labels_are_proposed_with_their_evidence(accepted, yearbook):
    """Values speak before words; what nothing stands for follows, as drafts of new indicators."""
    home = Home(accepted.home)
    found = mapping.proposals(home)
    changed, new = found[:4], found[4:]
    portal = {"source_id": "nbs_portal"}
    label = {**portal, "table_id": "provincial_annual", "label_key": "地方产出总额"}
    assert [line for proposal in changed for line in proposal.lines] == [
        mapping.Line("area_aliases", {**portal, "area_key": "内蒙区", "area_code": "150000"}),
        mapping.Line("indicator_aliases", {**label, "indicator_id": "gdp"}),
        mapping.Line(
            "table_aliases",
            {**portal, "title_key": "分省的年度数据表", "table_id": "provincial_annual"},
        ),
        mapping.Line("units", {"unit_key": "亿圆", "unit": "100 million yuan", "factor": "1"}),
    ]
    assert "210 of 210 values within 5 % of the known ones of gdp" in changed[1].evidence
    assert "gdp is in nbs_portal/2022-10-31, not in nbs_portal/2023-10-31" in changed[1].evidence
    assert "Inner Mongolia is missing from the table" in changed[0].evidence
    assert [(one.label, one.lines[0].values["unit"], one.indicator_id) for one in new] == [
        ("地区生产总值比重", "fraction", "di_qu_sheng_chan_zong_zhi_bi_zhong"),
        ("第三产业增加值指数", "previous year = 100", "di_san_chan_ye_zeng_jia_zhi_zhi_shu"),
    ]
    printed = yearbook("map", "--home", str(accepted.home))
    assert (
        "2  indicator_aliases.csv: nbs_portal,provincial_annual,地方产出总额,gdp" in printed.stdout
    )

    with pytest.raises(mapping.NoSuchProposal, match="no proposal 7"):
        mapping.chosen(found, {1: None, 7: None})
    with pytest.raises(mapping.NoSuchProposal, match="proposal 2 is no new indicator"):
        mapping.chosen(found, {2: "output"})
    done = yearbook("map", "--accept", "2,4,5=gdp_share", "--home", str(accepted.home))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2  indicator_aliases.csv: nbs_portal,provincial_annual,")
    [gdp_again, share] = judgement.read(home)["indicator_aliases"][:2]
    assert (gdp_again["indicator_id"], share["indicator_id"]) == ("gdp", "gdp_share")
    left = mapping.proposals(home)
    assert [one.lines[-1].table for one in left] == [
        "area_aliases",
        "table_aliases",
        "indicator_aliases",
    ]
    assert any("values within 5 % of the known ones of Inner" in said for said in left[0].evidence)
