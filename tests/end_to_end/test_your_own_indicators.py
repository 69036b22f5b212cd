"""The page about a home's own judgement: what it says to write is written, what it says to run is
run, and the number that nobody knew is everywhere that the page says."""

from pathlib import Path

import duckdb
import pytest


@pytest.fixture(scope="module")
def walked(tmp_path_factory, walk) -> tuple[Path, str]:
    """The home of the page, and what its commands printed."""
    folder = tmp_path_factory.mktemp("own")
    printed = walk("your-own-indicators.md", folder)
    return folder / "my-warehouse", printed


def rows(home: Path, query: str) -> list[tuple]:
    release = home / "releases" / "current" / "yearbook.duckdb"
    with duckdb.connect(str(release), read_only=True) as database:
        return database.execute(query).fetchall()


def test_an_unknown_label_becomes_an_indicator_and_a_regression(walked):
    home, printed = walked
    assert rows(
        home,
        "select value, unit, locator from marts.fct_observation__vintages "
        "where indicator_id = 'ev_output' and area_code = '440000' and year = 2019",
    ) == [(pytest.approx(15.2), "10 thousand vehicles", "B10")]
    assert rows(
        home,
        "select ev_output from marts.indicators__area_year where (area_code, year) = ('440000', 2019)",
    ) == [(pytest.approx(15.2),)]
    assert rows(home, "from catalog.unmapped_label") == []
    assert rows(home, "select unit_key, origin from catalog.unit where unit like '%vehicles'") == [
        ("千辆", "home")
    ]
    assert set(rows(home, "select origin, count(*) from catalog.dim_indicator group by all")) >= {
        ("home", 1)
    }
    assert rows(
        home,
        "select areas_reported from catalog.coverage where indicator_id = 'ev_output' and year = 2018",
    ) == [(6,)]
    # Two effects and six provinces in three years: the within estimate, computed outside
    [(slope, n)] = rows(
        home,
        "select estimate, nobs from results.estimates join results.models using (study, model_id) "
        "where study = 'vehicles' and term = 'gdp'",
    )
    assert (slope, n) == (pytest.approx(within_slope(home)), 18)
    assert '"152" 千辆 × 0.1 in B10 of nbs_portal/2020-09/vehicles.csv' in printed
    assert "新能源汽车产量 / Output of electric vehicles" in printed
    assert "vehicles" in printed and "ev_output" in printed


def within_slope(home: Path) -> float:
    [(slope,)] = rows(
        home,
        """with pairs as (
            select area_code, year, max(value) filter (indicator_id = 'gdp') as x,
                max(value) filter (indicator_id = 'ev_output') as y
            from marts.fct_observation group by all
            having count(value) filter (indicator_id in ('gdp', 'ev_output')) = 2
        ), within as (
            select x - avg(x) over (partition by area_code) - avg(x) over (partition by year)
                + avg(x) over () as x,
                y - avg(y) over (partition by area_code) - avg(y) over (partition by year)
                + avg(y) over () as y
            from pairs
        )
        select sum(x * y) / sum(x * x) from within""",
    )
    return slope


def test_wrong_judgement_is_refused_before_anything_is_built(walked, yearbook):
    home, _ = walked
    release = (home / "releases" / "current").resolve()
    for name, text, sentence in (
        (
            "indicator_aliases.csv",
            "source_id,table_id,label_key,indicator_id\n"
            "nbs_portal,provincial_annual,地区生产总值,ev_output\n",
            "indicator_aliases.csv, line 2: `indicator_id` of nbs_portal,provincial_annual,"
            '地区生产总值 is "ev_output", but "gdp" in seeds/indicator_aliases.csv, line ',
        ),
        (
            "studies/again.yml",
            (home / "judgement" / "studies" / "vehicles.yml").read_text(encoding="utf-8"),
            "another study is named `vehicles`; choose another name",
        ),
    ):
        path = home / "judgement" / name
        before = path.read_bytes() if path.exists() else None
        path.write_text(text, encoding="utf-8")
        done = yearbook("refresh", "--home", str(home))
        assert done.returncode == 1 and sentence in done.stderr + done.stdout
        if before:
            path.write_bytes(before)
        else:
            path.unlink()
        assert (home / "releases" / "current").resolve() == release
    done = yearbook("refresh", "--home", str(home))
    assert done.returncode == 0 and "nothing new" in done.stdout + done.stderr
