"""Raw cells: one asset a source, partitioned by edition year, and the tables of the build file."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

import dagster as dg
import pyarrow.parquet as pq

from orchestration import intake
from orchestration.checks.gate import warning
from orchestration.keys import address, asset_key, group
from orchestration.metadata import table_metadata
from orchestration.resources import Warehouse
from orchestration.value_chains import declared_measures
from warehouse.contract.cells import SCHEMA
from warehouse.contract.errors import WarehouseError
from warehouse.intake import raw, snapshots
from warehouse.sources import sources
from warehouse.store import build

EDITION_YEARS = dg.TimeWindowPartitionsDefinition(
    start="1980", fmt="%Y", cron_schedule="0 0 1 1 *", end_offset=1
)
YEARLY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(days=400), warn_window=timedelta(days=370)
)
FILES = asset_key("raw.files")
CELLS = asset_key("raw.cells")
DESCRIPTIONS = {
    FILES: "Every landed file and what became of it",
    CELLS: "Every cell of every source as printed, with its address",
    asset_key("raw.trade_rows"): "Every row of trade statistics as printed",
    asset_key("raw.trade_files"): "What all rows of a sheet of trade statistics have in common",
    asset_key("raw.sources"): "What source.yml says of each source",
    asset_key("raw.measures"): "The measures of value chains that are declared",
}
COLUMNS = dg.TableSchema.from_name_type_dict({field.name: str(field.type) for field in SCHEMA})
SOURCES = {asset_key(f"raw.{source_id}"): source for source_id, source in sources().items()}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            key,
            description=f"{source.title_en} ({source.title_zh}), {source.publisher}",
            group_name=group(address(key)),
            partitions_def=EDITION_YEARS,
            freshness_policy=YEARLY,
            kinds={"parquet"},
            metadata={"dagster/column_schema": COLUMNS},
            skippable=True,
        )
        for key, source in SOURCES.items()
    ],
    can_subset=True,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def raw_cells(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Every cell as printed, with its address; files that were read before are not read again."""
    started = time.monotonic()
    years = set(context.partition_keys) if context.has_partition_key_range else None
    keys = sorted(context.selected_asset_keys)
    found = _read(warehouse, {SOURCES[key].source_id for key in keys}, years)
    landed = _landed(warehouse)
    for key in keys:
        readings = [reading for reading in found if reading.source_id == SOURCES[key].source_id]
        if years is None:
            # A refresh takes whatever is there, and records which years that is
            for year, of_year in groupby(readings, lambda reading: reading.edition[:4]):
                counts = _counts(list(of_year))
                context.log_event(dg.AssetMaterialization(key, partition=year, metadata=counts))
        yield dg.MaterializeResult(
            key,
            metadata={
                **_counts(readings),
                "files": _files_table(
                    row
                    for row in landed
                    if row["source_id"] == SOURCES[key].source_id
                    and (years is None or row["edition"][:4] in years)
                ),
            },
        )
    total = sum(reading.rows for reading in found)
    warehouse.say(f"cells     {total} cells in {time.monotonic() - started:.1f} s")


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            key,
            description=description,
            group_name=group(address(key)),
            deps=list(SOURCES),
            kinds={"duckdb"},
        )
        for key, description in DESCRIPTIONS.items()
    ],
    pool="duckdb_writer",
    check_specs=[
        dg.AssetCheckSpec(
            "every_file_is_taken", asset=FILES, description="No landed file was turned down"
        )
    ],
)
def raw_tables(
    warehouse: Warehouse,
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """The files, their cells and the sources; with them the private build file begins anew.

    What is not read yet is read now, for a release says that it is made of every file.
    """
    started = time.monotonic()
    _read(warehouse)
    landed = [
        row
        for row in _landed(warehouse)
        if warehouse.vintage is None
        or (row["published_on"] and row["published_on"] <= warehouse.vintage)
    ]
    roles = Counter(row["role"] for row in landed)
    remarks = [
        _remark(row) for row in landed if row["role"] not in ("copy", "withdrawn") and row["reason"]
    ]
    warehouse.say(
        f"files     {roles['taken']} taken, {roles['copy']} copies, {roles['rejected']} not taken"
        + (f", {roles['withdrawn']} withdrawn" if roles["withdrawn"] else "")
    )
    if not roles["taken"]:
        mend = intake.where_to_land(warehouse.home.landing)
        raise dg.Failure("\n".join([*remarks, f"not one file could be taken; {mend}"]))
    build.begin(warehouse.home, warehouse.vintage, declared_measures())
    made, seconds = build.tables(warehouse.home), time.monotonic() - started
    for key in DESCRIPTIONS:
        yield dg.MaterializeResult(
            key,
            metadata={
                **table_metadata(made[address(key)], seconds),
                **{role: roles[role] for role in ("taken", "copy", "rejected") if key == FILES},
            },
        )
    yield warning(remarks, asset_key=FILES, check_name="every_file_is_taken")


def _remark(row: Mapping[str, Any]) -> str:
    """What whoever landed a file has to know of it."""
    name = f"{row['source_id']}/{row['edition']}/{row['file_name']}"
    if row["role"] == "rejected":
        return f"{name} is not taken: {row['reason']}"
    return f"{name}: {row['reason']}"


def _read(
    warehouse: Warehouse, source_ids: set[str] | None = None, years: set[str] | None = None
) -> list[raw.EditionReading]:
    """Read the files of these sources, or all: of all their editions, or of those of some years."""

    def tell(at: raw.Progress) -> None:
        warehouse.say_how_far(_in_words(at))

    try:
        known = {file.edition for file in snapshots.known(warehouse.home)}
        editions = None if years is None else {each for each in known if each[:4] in years}
        return raw.read(warehouse.home, source_ids, editions, tell=tell)
    except WarehouseError as error:
        raise dg.Failure(str(error)) from None


def _in_words(at: raw.Progress) -> str:
    """The rows of a large file, how fast they come, and how long it will take."""
    return (
        f"{at.name}: {at.rows:,} rows, {at.rows / max(at.seconds, 1e-3):,.0f} a second, "
        f"{timedelta(seconds=round(at.seconds_left))} left"
    )


def _landed(warehouse: Warehouse) -> list[dict[str, Any]]:
    return pq.read_table(raw.files_path(warehouse.home)).to_pylist()


def _counts(readings: Sequence[raw.EditionReading]) -> dict[str, float]:
    return {
        "dagster/row_count": sum(reading.rows for reading in readings),
        "files_taken": sum(reading.taken for reading in readings),
        "files_copied": sum(reading.copied for reading in readings),
        "files_rejected": sum(reading.rejected for reading in readings),
        "files_read_now": sum(reading.read for reading in readings),
        "seconds": round(sum(reading.seconds for reading in readings), 3),
    }


def _files_table(rows: Iterable[dict[str, Any]]) -> dg.TableMetadataValue:
    shown = ("edition", "file_name", "role", "reason", "published_on", "snapshot_sha256")
    return dg.MetadataValue.table(
        [dg.TableRecord({name: str(row[name] or "") for name in shown}) for row in rows],
        dg.TableSchema.from_name_type_dict(dict.fromkeys(shown, "text")),
    )
