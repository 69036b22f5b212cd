"""The checks of inter-country tables: how far they add up, and of which years there is none."""

import dagster as dg

from orchestration.checks.gate import gate_check, warning
from orchestration.resources import Warehouse
from warehouse.explain.coverage import of_tables, spans, years_without_table
from warehouse.store import build

BLOCKS = "catalog.inter_country_block"
# Rounding leaves 0.04 to 0.09 % of output
MOST_ROUNDING = 0.001


@gate_check(
    BLOCKS, "Printed totals of inter-country tables are the sums of their cells but for rounding"
)
def tables_add_up(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Warns of what is more than rounding; what is far more was refused when it was read."""
    blocks = build.read_table(warehouse.home, BLOCKS)
    tables = blocks.drop_duplicates(["table_edition", "year"])
    wrong = tables[tables["table_gap"] > MOST_ROUNDING]
    sentences = (
        f"{table.source_id}/{table.edition}/{table.file_name}: totals of {table.table_name} "
        f"differ from the sums of its cells by {100 * table.table_gap:.2g} % of output"
        for table in wrong.itertuples()
    )
    return warning(sentences, {"tables": len(tables)})


@gate_check(
    BLOCKS, "Once there are inter-country tables, every year of the panel of economies has one"
)
def years_have_a_table(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Warns: of other years no measure of value chains is known."""
    blocks, coverage = build.read_tables(warehouse.home, BLOCKS, "catalog.coverage")
    tables = of_tables(blocks)
    missing = [] if tables.empty else years_without_table(coverage, tables)
    sentences = [f"no inter-country table is of {spans(missing)}"] if missing else []
    return warning(sentences, {"editions": len(tables), "years_without": len(missing)})
