"""The main job on the demonstration edition, as a newcomer sees it."""

import duckdb
import pytest


def test_every_line_and_table_says_synthetic(demonstration, yearbook):
    assert demonstration.release.name.startswith("SYNTHETIC-")
    assert all(
        line.startswith("SYNTHETIC") for line in demonstration.output.splitlines() if line.strip()
    )
    assert len(demonstration.output.splitlines()) <= 12
    assert "SYNTHETIC" in demonstration.findings.splitlines()[0]
    assert demonstration.rows("select release, is_synthetic from catalog.release") == [
        (demonstration.release.name, True)
    ]
    shown = yearbook("sql", "select 1 as one", "--home", str(demonstration.home))
    assert "SYNTHETIC" in shown.stdout + shown.stderr
    shown = yearbook("coverage", "--home", str(demonstration.home))
    assert "SYNTHETIC" in shown.stdout


def test_everything_is_taken_and_everything_is_known(demonstration):
    assert demonstration.rows("select distinct role from catalog.dim_file") == [("taken",)]
    assert demonstration.rows("select * from catalog.rejected_cell") == []
    assert demonstration.rows(
        "select count(*), count(expy), count(dige), count(market), count(open), count(fin), count(urban), "
        "count(edu), count(str) from marts.panel__province_year"
    ) == [(341,) * 9]
    assert demonstration.rows(
        "select count(*) from marts.idx_digital_trade__weights "
        "where (universe, variant) = ('province', 'entropy') and weight > 0"
    ) == [(12,)]


def test_what_international_bodies_print_arrives(demonstration):
    """National values of the country, one of which joins every province as a proxy."""
    assert demonstration.rows(
        "select indicator_id, source_id, count(*) from marts.fct_observation "
        "where area_code = '100000' and source_id in ('oecd', 'world_bank', 'un_comtrade') "
        "group by all order by all"
    ) == [
        ("digital_trade_restrictiveness", "oecd", 11),
        ("exports_total", "un_comtrade", 11),
        ("ict_services_export_share", "world_bank", 11),
        ("imports_total", "un_comtrade", 11),
    ]
    assert demonstration.rows(
        "select distinct indicator_id, obs_status, proxy_level from marts.fct_observation "
        "where area_code = '110000' and indicator_id in "
        "('digital_trade_restrictiveness', 'ict_services_export_share', 'imports_total') and value is not null order by all"
    ) == [
        ("digital_trade_restrictiveness", "X", 3),
        ("ict_services_export_share", "X", 3),
        ("imports_total", "A", 0),
    ]
    difference = demonstration.value(
        "select max(abs(total / provinces - 1)) from ("
        "select sum(case when level = 'country' then value end) as total, "
        "sum(case when level = 'province' then value end) as provinces "
        "from marts.fct_observation join catalog.dim_area using (area_code) "
        "where indicator_id = 'exports_total' group by year)"
    )
    assert difference < 1e-12


def test_a_revision_can_be_seen(demonstration):
    ratio = demonstration.value(
        "select max(value) / min(value) from marts.fct_observation__vintages "
        "where indicator_id = 'gdp' and area_code = '120000' and year = 2017"
    )
    assert 1.2 < ratio < 1.5


@pytest.mark.parametrize(
    ("variable", "lowest", "highest"),
    [
        ("market", 0.0112, 0.1236),
        ("open", 0.0114, 1.2531),
        ("fin", 0.4474, 1.1497),
        ("urban", 0.2887, 0.8930),
        ("edu", 0.2981, 0.5433),
        ("str", 0.6492, 4.8940),
        ("dige", 0.05, 0.75),
    ],
)
def test_variables_lie_in_the_ranges_of_the_study(demonstration, variable, lowest, highest):
    [(smallest, largest)] = demonstration.rows(
        f"select min({variable}), max({variable}) from marts.panel__province_year"
    )
    assert lowest <= smallest < largest <= highest


def test_digital_trade_raises_sophistication(demonstration):
    rows = demonstration.rows(
        "select estimate, p_value, nobs from results.estimates join results.models using (study, model_id) "
        "where term = 'dige' and table_number = 3"
    )
    assert len(rows) == 4
    assert all(estimate > 0 and p_value < 0.01 and nobs == 341 for estimate, p_value, nobs in rows)


def test_every_table_and_column_of_the_release_is_described(demonstration):
    assert (
        demonstration.rows(
            "select schema_name, table_name from duckdb_tables() where comment is null or comment = ''"
        )
        == []
    )
    assert (
        demonstration.rows(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where database_name = current_database() and not internal and (comment is null or comment = '')"
        )
        == []
    )
    assert demonstration.rows("select distinct schema_name from duckdb_tables() order by 1") == [
        ("catalog",),
        ("marts",),
        ("results",),
    ]
    assert demonstration.rows("select view_name from duckdb_views() where not internal") == []


def test_parquet_beside_the_database_holds_the_same_rows(demonstration):
    for schema, table in demonstration.rows("select schema_name, table_name from duckdb_tables()"):
        file = demonstration.release / "parquet" / schema / f"{table}.parquet"
        assert demonstration.value(
            f"select count(*) from read_parquet('{file}')"
        ) == demonstration.value(f"select count(*) from {schema}.{table}")


def test_a_second_refresh_with_nothing_new_makes_no_release(demonstration, refreshed):
    before = sorted((demonstration.home / "releases").iterdir())
    again = refreshed(demonstration.home, "refresh")
    assert "nothing new" in again.output.lower()
    assert sorted((demonstration.home / "releases").iterdir()) == before


def test_the_same_files_and_code_give_the_same_release(demonstration, tmp_path, refreshed):
    twin = refreshed(tmp_path, "demo")
    assert twin.release.name == demonstration.release.name
    with duckdb.connect(str(twin.release / "yearbook.duckdb"), read_only=True) as database:
        other = demonstration.release / "yearbook.duckdb"
        database.execute(f"attach '{other}' as other (read_only)")
        tables = database.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()"
        ).fetchall()
        assert len(tables) > 20
        for [table] in tables:
            difference = database.execute(
                f"(from {table} except all from other.{table}) union all (from other.{table} except all from {table})"
            ).fetchall()
            assert difference == [], table


def test_demonstration_and_real_files_never_meet(demonstration, tmp_path, yearbook):
    edition = tmp_path / "nbs_portal" / "2024-01"
    edition.mkdir(parents=True)
    (edition / "_edition.yml").write_text(
        "published_on: 2024-01-31\npublisher: somebody\nredistributable: false\n"
    )
    (edition / "gdp.csv").write_text(
        "数据库：分省年度数据\n指标：地区生产总值(亿元)\n时间：2022\n地区,2022年\n北京市,1\n"
    )
    refused = yearbook("refresh", "--home", str(demonstration.home), "--landing", str(tmp_path))
    assert refused.returncode == 1
    assert "--home" in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr


def test_the_world_says_what_was_put_into_it(demonstration):
    """Digital trade raises the position, more so along the road, and so does a memorandum."""
    found = {
        (model, term): (estimate, p_value)
        for model, term, estimate, p_value in demonstration.rows(
            "select model_id, term, estimate, p_value from results.estimates "
            "where study = 'digital_trade_value_chain' and equation in ('main', 'simple')"
        )
    }
    for key in [
        ("two_way_controls", "digital_trade"),
        ("interaction_bri", "digital_trade:is_bri"),
        ("gravity_product", "digital_trade_product"),
        ("event_callaway_santanna", "att"),
        ("event_sun_abraham", "att"),
    ]:
        estimate, p_value = found[key]
        assert estimate > 0 and p_value < 0.05, key
    assert (
        demonstration.rows(
            "select model_id from results.models where study = 'digital_trade_value_chain' and nobs is null"
        )
        == []
    )
