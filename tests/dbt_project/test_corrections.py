"""A proven misprint is replaced in the editions that print it; one that is gone stops the release."""

import csv
from pathlib import Path

import duckdb

from warehouse.contract.home import Home
from warehouse.store import build

SEED = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "corrections.csv"
EDITION = """published_on: {published_on}
files:
  a.csv:
    area_column: 省份
    year_column: 年份
    columns: {{GDP: {{indicator: 地区生产总值, unit: 亿元}}}}
"""


def panel(figure: str) -> str:
    return f"省份,年份,GDP\n黑龙江,1974,131.43\n黑龙江,1975,{figure}\n"


def test_a_misprint_is_replaced_within_its_bounds(filled, build_models):
    [correction] = [row for row in csv.DictReader(SEED.open()) if row["area_code"] == "230000"]
    printed, right = correction["expected"], correction["corrected"]
    assert correction["last_edition"] == "2025-03"
    files = {
        "compiled/2025-03/a.csv": panel(printed),
        "compiled/2026/a.csv": panel("150.00"),  # outside the bounds: taken as it stands
    }
    for edition, day in (("2025-03", "2025-03-31"), ("2026", "2026-03-31")):
        files[f"compiled/{edition}/_edition.yml"] = EDITION.format(published_on=day)
    home = filled(files)
    build_models(home, "correction", "int_observations_published")
    with duckdb.connect(str(build.path(home))) as database:
        assert database.execute(
            "select edition, locator, text_printed, text_used from catalog.correction"
        ).fetchall() == [("2025-03", "C3", printed, right)]
        assert database.execute(
            "select year, source_id, series_vintage, value, text, is_corrected, obs_status "
            "from intermediate.int_observations_published order by all"
        ).fetchall() == [
            (1974, "compiled", "2025-03", 131.43, "131.43", False, "A"),
            (1974, "compiled", "2026", 131.43, "131.43", False, "A"),
            (1975, "compiled", "2025-03", float(right), printed, True, "A"),
            (1975, "compiled", "2026", 150.0, "150.00", False, "A"),
        ]


def test_a_figure_that_the_source_has_mended_stops_the_release(filled, build_models):
    home = filled(
        {
            "compiled/2025-03/a.csv": panel("141.60"),
            "compiled/2025-03/_edition.yml": EDITION.format(published_on="2025-03-31"),
        }
    )
    warned = build_models(home, "stg_cells")
    assert messages(home, warned) == {
        'seeds/corrections.csv, line "compiled,gdp,230000,1975" expects "144.52", but '
        'compiled/2025-03/a.csv, C3, prints "141.60": end the correction with last_edition '
        "before 2025-03, or delete it"
    }


CUSTOMS = """数据年月,商品编码,注册地名称,人民币
2019,28182000,四川省,100
2019,84713000,四川省,1
2019,84713000,北京市,1
"""
FLOWS = """北京2017年投入产出表
单位：万元
投入产出,代码,01,06,EX
农林牧渔产品和服务,01,1,2,3
食品和烟草,06,4,5,-6
"""
LINES = """customs,exports,510000,2019,2020,2020,100,1000,why,proof,28182000,
io_tables,exports,110000,2017,,,-6,6,why,proof,06,
io_tables,input_output_flow,110000,2017,,,2,20,why,proof,01>06,
io_tables,input_output_flow,110000,2017,,,9,90,why,proof,01>01,
customs,exports,510000,2019,,,7,70,why,proof,99999999,
customs,exports,510000,2019,2099,,7,70,why,proof,99999999,
"""


def test_a_correction_reaches_exports_and_flows_and_meets_a_cell(filled, build_models, with_lines):
    """Each line meets a cell that prints what it expects, or is named; no edition, no word."""
    home = filled(
        {
            "customs/2020/出口2019.csv": CUSTOMS,
            "customs/2020/_edition.yml": "published_on: 2020-01-20\n",
            "io_tables/2021/北京.csv": FLOWS,
            "io_tables/2021/_edition.yml": "published_on: 2021-09-30\n",
        }
    )
    warned = build_models(home, "stg_cells", project=with_lines({"corrections": LINES}))
    assert messages(home, warned) == {
        'seeds/corrections.csv, line "io_tables,input_output_flow,110000,2017,01>01" expects "9", '
        'but io_tables/2021/北京.csv, C4, prints "1": end the correction with last_edition before '
        "2021, or delete it",
        'seeds/corrections.csv, line "customs,exports,510000,2019,99999999" expects "7", but no '
        "cell of customs/2020 is it: name area, year, category_code and edition as they are "
        "printed, or delete it",
    }
    with duckdb.connect(str(build.path(home))) as database:
        assert database.execute(
            "select kind, locator, round(value, 6), is_usable from staging.stg_cells "
            "where is_corrected order by all"
        ).fetchall() == [
            ("export", "D2", 0.1, True),
            ("export", "E5", 6.0, True),
            ("flow", "D4", 20.0, True),
        ]


def messages(home: Home, warned: dict[str, str]) -> set[str]:
    """What the one test that warns says."""
    [(test, query)] = warned.items()
    assert "corrections_meet_what_they_expect" in test
    with duckdb.connect(str(build.path(home))) as database:
        return {message for [message] in database.execute(query).fetchall()}
