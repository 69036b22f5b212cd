"""What PRODY and EXPY of the world cost in dbt, as ratios to queries by hand.

    python bench/country_expy.py      # 226 economies, 785 products, 20 years
    python bench/country_expy.py 3    # of 3 years

Prints; asserts nothing. One economy in ten has no income. The models compute what holds at any
time that was known, of every variant and of the variant annual alone (the variable expy_variants
then names no other); one query by hand computes the same variants as they are known now. What is
compared is the processor time of the SQL on one thread.
"""

import sys
import tempfile
import time
from pathlib import Path

import duckdb
from measuring import show

from orchestration import dbt_runner, intake
from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.store import build

GOAL = 1.5
ECONOMIES, PRODUCTS, LAST_YEAR = 226, 785, 2022
MODELS = {
    **dict.fromkeys(
        ("int_cross_sections", "int_cross_section_prody", "int_prody", "int_expy"),
        "intermediate",
    ),
    **dict.fromkeys(("idx_prody_world__category_year", "idx_expy__country_year"), "marts"),
}
WORLD = """
delete from intermediate.int_export_baskets;
delete from intermediate.int_exports;
delete from intermediate.int_income;
create temp table economies as
select area_code, row_number() over (order by area_code) as place
from catalog.dim_area where level = 'country' qualify place <= {economies};
insert into intermediate.int_export_baskets by name
select row_number() over (order by area_code, year) as basket, 'country' as universe,
    'hs_4' as classification, area_code, year, date '2024-01-01' as known_from
from range({first}, {last} + 1) as years (year), economies;
insert into intermediate.int_exports by name
select basket, universe, classification, product::varchar as category_code, area_code, year,
    value as export_value, value / sum(value) over (partition by basket) as export_share,
    known_from
from (
    select *, exp(4 * random()) as value
    from range({products}) as products (product), intermediate.int_export_baskets
);
insert into intermediate.int_income by name
select 'country' as universe, variant, area_code, year, exp(8 + random()) as income,
    date '2024-01-01' as known_from
from (select unnest(['annual', 'ppp', 'current']) as variant),
    range({first}, {last} + 1) as years (year), economies
where place % 10 > 0
"""
ONE_BY_HAND = """
create table main.one_by_hand as
with known as (
    select exports.*, income.income
    from intermediate.int_exports as exports
    join intermediate.int_income as income using (area_code, year)
    where income.variant = 'annual'
),
prody as (
    select category_code, year, sum(export_share * income) / sum(export_share) as prody
    from known group by all
)
select area_code, year, sum(export_share * prody) as annual
from known join prody using (category_code, year) group by all
"""
ALL_BY_HAND = """
create table main.all_by_hand as
with known as (
    select exports.*, annual.income as annual, ppp.income as ppp, current.income as current
    from intermediate.int_exports as exports
    join intermediate.int_income as annual using (area_code, year)
    join intermediate.int_income as ppp using (area_code, year)
    join intermediate.int_income as current using (area_code, year)
    where annual.variant = 'annual' and ppp.variant = 'ppp' and current.variant = 'current'
),
sums as (
    select category_code, year, count(*) as exporters, sum(export_share) as share,
        sum(export_share * annual) as shared_income,
        sum(export_share * ppp) / share as ppp, sum(export_share * current) / share as current
    from known group by all
),
prody as (
    select *, shared_income / share as annual,
        avg(annual) filter (year >= 2010) over (partition by category_code) as fixed_prody
    from sums
)
select area_code, year, sum(export_share * prody.annual) as annual,
    sum(export_share * fixed_prody) as fixed_prody,
    sum(export_share * prody.ppp) as ppp, sum(export_share * prody.current) as current,
    sum(case when exporters > 1 then export_share
        * (shared_income - export_share * known.annual) / (share - export_share) end)
        / sum(case when exporters > 1 then export_share end) as leave_one_out
from known join prody using (category_code, year) group by all
"""
ANNUAL_ALONE = "{expy_variants: {annual: {missing_reason: no income, description: annual}}}"
# by the table of a query by hand: what dbt is told, and the query
COMPARED = {
    "all_by_hand": ([], ALL_BY_HAND),
    "one_by_hand": (["--vars", ANNUAL_ALONE], ONE_BY_HAND),
}
DIFFERENCE = """
select max(abs(ours.expy / by_hand.expy - 1)), count(*)
from intermediate.int_expy as ours
join (unpivot {table} on columns(* exclude (area_code, year)) into name variant value expy)
    as by_hand using (variant, area_code, year)
where ours.classification = 'hs_4'
"""


def main() -> None:
    """Print the seconds of each model and of each query by hand, and their ratio."""
    years = int(sys.argv[1]) if sys.argv[1:] else 20
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        _build_demonstration(home)
        compiled = {table: _compiled(home, told) for table, (told, _) in COMPARED.items()}
        with duckdb.connect(str(build.path(home)), config={"threads": 1}) as database:
            database.execute("select setseed(0.5)")
            database.execute(
                WORLD.format(
                    economies=ECONOMIES,
                    products=PRODUCTS,
                    first=LAST_YEAR - years + 1,
                    last=LAST_YEAR,
                )
            )
            models, by_hand = {}, {}
            for table, (_, query) in COMPARED.items():
                models[table] = sum(_made(database, name, compiled[table][name]) for name in MODELS)
                by_hand[table] = _seconds(database, query)
                _compare(database, table, by_hand[table])
                ratio = models[table] / by_hand[table]
                show(f"PRODY and EXPY of economies, time over {table}", ratio, GOAL)
            ratio = models["all_by_hand"] / by_hand["one_by_hand"]
            print(f"{ratio:.2f}  every variant in dbt over one variant by hand")


def _compare(database: duckdb.DuckDBPyConnection, table: str, by_hand: float) -> None:
    """Print what a query by hand took, and how far its EXPYs are from ours."""
    [(largest, compared)] = database.execute(DIFFERENCE.format(table=table)).fetchall()
    print(f"{by_hand:7.2f} s of CPU  {table}; {compared} EXPYs differ by {largest:.1g} at most")


def _build_demonstration(home: Home) -> None:
    """Give a home the files of the demonstration and their tables."""
    intake.write_demonstration(home)
    intake.take_in(home, home.landing)
    raw.read(home)
    build.begin(home)
    dbt_runner.run(home, ["build", "--exclude-resource-type", "test", "unit_test"])


def _compiled(home: Home, told: list[str]) -> dict[str, str]:
    """The SQL of the models, as dbt writes it where it is told so."""
    dbt_runner.run(home, ["compile", "--select", *MODELS, *told])
    written = (home.build / "dbt").rglob("compiled/**/*.sql")
    return {path.stem: path.read_text(encoding="utf-8") for path in written}


def _made(database: duckdb.DuckDBPyConnection, model: str, compiled: str) -> float:
    """Seconds of processor time that a model takes to be made anew, which are printed."""
    table = f"{MODELS[model]}.{model}"
    database.execute(f"drop table if exists {table}")
    spent = _seconds(database, f"create table {table} as {compiled}")
    print(f"{spent:7.2f} s of CPU  {model}")
    return spent


def _seconds(database: duckdb.DuckDBPyConnection, sql: str) -> float:
    started = time.process_time()
    database.execute(sql)
    return time.process_time() - started


if __name__ == "__main__":
    main()
