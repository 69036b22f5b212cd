"""A proven misprint is replaced in the editions that print it; one that is gone stops the release."""

import csv
import json
from pathlib import Path

import duckdb

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
    done = build_models(home, "correction", "int_observations_published")
    assert done.returncode == 0, done.stdout
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
    done = build_models(home, "int_observations_corrected")
    assert done.returncode == 1
    results = json.loads((home.build / "target" / "run_results.json").read_text())["results"]
    [failed] = [result for result in results if result["status"] == "fail"]
    assert "corrections_meet_what_they_expect" in failed["unique_id"]
    with duckdb.connect(str(build.path(home))) as database:
        [(message,)] = database.execute(failed["compiled_code"]).fetchall()
    assert message == (
        'seeds/corrections.csv expects "144.52" for gdp of 230000 in 1975, but '
        'compiled/2025-03/a.csv, C3, prints "141.60": end the correction with last_edition '
        "before 2025-03, or delete it"
    )
