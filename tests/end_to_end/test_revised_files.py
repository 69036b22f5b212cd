"""New editions beside old ones: what is taken, what is held back until it is accepted, and what a
changed label is proposed to stand for. The files are made here; the numbers grow by province and
year so that no two cells are alike.
"""

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from warehouse.contract.home import Home
from warehouse.explain import drift

with (drift.SEEDS / "dim_area.csv").open(encoding="utf-8") as areas:
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

    later = range(2014, 2021)
    export(
        portal / "2021-10-31" / "gdp.csv", "地区生产总值(亿元)", after_a_census(gdp), years=later
    )
    in_10k = "第二产业增加值(万元)"
    export(portal / "2021-10-31" / "secondary.csv", in_10k, lambda *at: 1e4 * secondary(*at))
    in_10k_unsaid = "第三产业增加值(亿元)"
    export(portal / "2021-10-31" / "tertiary.csv", in_10k_unsaid, lambda *at: 1e4 * tertiary(*at))
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
        f"ten, such as Beijing in 2019: {1e4 * tertiary(0, 2019):.1f} here (B4), {tertiary(0, 2019):.1f} there (B4). "
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
    assert "nbs_portal/2022-10-31/gdp.csv: gdp against" in home.output


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
    export(folder / "secondary.csv", "第二产业增加值(亿圆)", secondary, years=years)
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
    assert known(accepted, "value_added_tertiary", 2019) == pytest.approx(1e4 * tertiary(0, 2019))
    assert accepted.rows(
        "select role, reason from catalog.dim_file where edition || '/' || file_name = '2021-10-31/tertiary.csv'"
    ) == [("taken", "accepted: a new unit")]


def test_changed_labels_are_proposed_with_their_evidence(accepted, yearbook, tmp_path):
    """A label that was never known (an index) is not drowned in, and values speak before words."""
    found = drift.proposals(Home(accepted.home))
    assert {proposal.seed: proposal.line for proposal in found} == {
        "area_aliases.csv": ("nbs_portal", "内蒙区", "150000", ""),
        "indicator_aliases.csv": ("nbs_portal", "provincial_annual", "地方产出总额", "gdp"),
        "table_aliases.csv": ("nbs_portal", "分省的年度数据表", "provincial_annual"),
        "units.csv": ("亿圆", "100 million yuan", "1", ""),
    }
    evidence = {proposal.seed: proposal.evidence for proposal in found}
    assert (
        "210 of 210 values within 5 % of the known ones of gdp" in evidence["indicator_aliases.csv"]
    )
    assert (
        "gdp is in nbs_portal/2022-10-31, not in nbs_portal/2023-10-31"
        in evidence["indicator_aliases.csv"]
    )
    assert "Inner Mongolia is missing from the table" in evidence["area_aliases.csv"]
    printed = yearbook("map", "--home", str(accepted.home))
    assert (
        "2  seeds/indicator_aliases.csv: nbs_portal,provincial_annual,地方产出总额,gdp"
        in printed.stdout
    )

    seeds = shutil.copytree(drift.SEEDS, tmp_path / "seeds")
    with pytest.raises(drift.NoSuchProposal, match="no proposal 5"):
        drift.accept(found, [1, 5], seeds)
    drift.accept(found, [2, 4], seeds)
    with (seeds / "indicator_aliases.csv").open(encoding="utf-8") as lines:
        assert lines.read().endswith("\nnbs_portal,provincial_annual,地方产出总额,gdp\n")
    left = drift.proposals(Home(accepted.home), seeds)
    assert [proposal.seed for proposal in left] == ["area_aliases.csv", "table_aliases.csv"]
    assert any("values within 5 % of the known ones of Inner" in said for said in left[0].evidence)
