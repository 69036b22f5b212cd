"""A study is one YAML file: nothing else has to know of it."""

import dataclasses
import shutil

from warehouse.store import releases

STUDY = """
study: exports
title: Exports over time
panel: {entity: province_code, time: year}
table_titles: {1: exports and the year}
models:
  - id: trend
    table_number: 1
    column_number: 1
    estimator: pooled_ols
    outcome: expy
    regressors: [year]
"""


def test_a_new_study_is_released_with_its_tables_and_comments(clone, tmp_path):
    mine = dataclasses.replace(clone, root=tmp_path / "clone")
    shutil.copytree(clone.root, mine.root, ignore=shutil.ignore_patterns("data"))
    (mine.root / "analytics" / "studies" / "exports.yml").write_text(STUDY, encoding="utf-8")
    mine.land(1)
    done = mine.yearbook("refresh")
    assert done.status == 0, done.stderr
    with releases.connect_current(mine.home) as release:
        [[told]] = release.execute(
            "select comment from duckdb_tables() where table_name = 'exports__table_1'"
        ).fetchall()
        columns = release.execute(
            "select comment from duckdb_columns() where table_name = 'exports__table_1'"
        ).fetchall()
        [[slope]] = release.execute(
            "select estimate from results.estimates where study = 'exports' and term = 'year'"
        ).fetchall()
    assert (
        told == "Table 1 of the study as it would be printed, one row a cell: exports and the year."
    )
    assert len(columns) == 6 and all(comment for [comment] in columns)
    assert round(slope, 9) == -1.0  # 1 and 3 in 2017, 2 and 4 in 2016
