"""Every vintage: the world as it was known on a date, and what each revision changed."""

import datetime
import shutil

import pytest

AS_OF = "2020-12-31"
# Tables of what is known now, and their histories
TABLES = {
    "fct_observation": "fct_observation__as_of",
    "idx_prody__category_year": "idx_prody__category_year__vintages",
    "idx_expy__province_year": "idx_expy__province_year__vintages",
    "idx_digital_trade__weights": "idx_digital_trade__weights__vintages",
    "idx_digital_trade__province_year": "idx_digital_trade__province_year__vintages",
    "panel__province_year": "panel__province_year__vintages",
}
TIANJIN = "indicator_id = 'gdp' and area_code = '120000' and year = 2017"


@pytest.fixture(scope="module")
def known_then(tmp_path_factory, published, refreshed):
    """The same home, built as of a date."""
    home = tmp_path_factory.mktemp("known_then") / "home"
    shutil.copytree(published.home, home, symlinks=True)
    return refreshed(home, "refresh", "--as-of", AS_OF)


def _digits(rows):
    """Rows without the last digits of sums, which depend on the order of the summands."""
    return sorted(
        (tuple(float(f"{v:.10g}") if isinstance(v, float) else v for v in row) for row in rows),
        key=repr,
    )


def _known_on(history: str, date: str) -> str:
    return (
        f"select * exclude (known_from, known_to) from marts.{history} "
        f"where known_from <= date '{date}' and coalesce(known_to > date '{date}', true)"
    )


@pytest.mark.parametrize(("table", "history"), TABLES.items())
def test_a_history_has_of_each_date_what_a_build_of_that_date_has(
    published, known_then, table, history
):
    assert _digits(published.rows(_known_on(history, AS_OF))) == _digits(
        known_then.rows(f"from marts.{table}")
    )
    assert sorted(published.rows(_known_on(history, "2026-04-15")), key=repr) == sorted(
        published.rows(f"from marts.{table}"), key=repr
    )
    assert published.rows(_known_on(history, "2013-12-30")) == []


@pytest.mark.parametrize("history", TABLES.values())
def test_a_row_of_a_history_says_something_else_than_the_one_before(published, history):
    columns = [name for name, *_ in published.rows(f"describe marts.{history}")]
    same = ", ".join(name for name in columns if name not in ("known_from", "known_to"))
    repeated = published.rows(
        f"select {same}, known_to from marts.{history} where known_to is not null "
        f"intersect select {same}, known_from from marts.{history}"
    )
    assert repeated == []


def test_macros_answer_as_of_any_date(published):
    def gdp(date: str) -> list:
        return published.rows(
            f"select value, published_on from marts.observations_as_of('{date}') where {TIANJIN}"
        )

    assert gdp("2018-06-29") == []
    assert gdp("2019-07-01") == [(18549.19, datetime.date(2018, 6, 30))]
    assert gdp("2030-01-01") == [(12450.6, datetime.date(2020, 9, 30))]
    of_portal = f"source_id = 'nbs_portal' and {TIANJIN}"
    for date, figure in (("2019-07-01", 18549.19), ("2030-01-01", 12450.6)):
        printed = f"select value from marts.printed_as_of('{date}') where {of_portal}"
        assert published.rows(printed) == [(figure,)]
    assert published.value("select count(*) from marts.panel_as_of(date '2013-12-30')") == 0
    for date in ("2026-04-15", "2030-01-01"):
        assert (
            published.rows(
                f"from marts.panel_as_of('{date}') except all from marts.panel__province_year"
            )
            == []
        )


def test_a_release_as_of_a_date_says_so_and_the_newest_is_returned_to(known_then, refreshed):
    name, as_of, newest = known_then.rows(
        "select release, as_of, newest_published_on from catalog.release"
    )[0]
    assert name.startswith(f"as-of-{AS_OF}-") and str(as_of) == AS_OF
    assert str(newest) == "2020-09-30"
    assert known_then.value("select max(published_on) from catalog.dim_file") <= as_of
    back = refreshed(known_then.home, "refresh")
    assert "back to 2026-04-15-" in back.output
    assert back.value("select as_of from catalog.release") is None


def test_no_file_was_published_by_then(published, yearbook):
    done = yearbook("refresh", "--home", str(published.home), "--as-of", "1990-01-01")
    assert done.returncode == 1
    assert "no file was published by 1990-01-01; the earliest is tech_yearbook/2013/" in done.stderr


def test_the_revision_report_tells_breaks_from_revisions(published):
    edition = "indicator_id = 'gdp' and source_id = 'nbs_portal' and published_on = '2020-09-30'"
    [(kind, change, evidence)] = published.rows(
        f"select kind, relative_change, evidence from results.revisions where {edition} "
        "and area_code = '120000' and year = 2017"
    )
    assert kind == "suspected break" and round(change, 4) == -0.3288
    assert "no note of either edition tells of a change of definition" in evidence
    [(kind, evidence)] = published.rows(
        f"select kind, evidence from results.revisions where {edition} "
        "and area_code = '440000' and year = 2017"
    )
    assert kind == "census revision" and "经济普查" in evidence
    assert "gdp: nbs_portal of 2020-09-30 (2020-09) changes 524 of 527 values" in published.findings
    assert "suspected break of Tianjin 2005-2017, -35.8% in 2016" in published.findings


def test_headline_estimates_are_there_for_every_vintage(published):
    dates = published.value(
        "select count(distinct known_from) from marts.panel__province_year__vintages"
    )
    impact = published.rows(
        "select model_id, count(*), count(estimate), count(warnings) filter (estimate is null) "
        "from results.revision_impact where study = 'digital_trade_export_sophistication' group by 1"
    )
    assert {row[0] for row in impact} == {
        "baseline_pooled",
        "baseline_pooled_controls",
        "baseline_two_way",
        "baseline_two_way_controls",
    }
    # Early vintages know no exports: no estimate, but the reason
    assert all(rows == dates == known + told and known > 0 for _, rows, known, told in impact)
    assert (
        published.rows(
            "select i.model_id from results.revision_impact i join results.estimates e "
            "using (study, model_id, term) where i.as_of = '2026-04-15' "
            "and abs(i.estimate - e.estimate) > 1e-9"
        )
        == []
    )
