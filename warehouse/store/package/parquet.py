"""The tables of a release as Parquet; each column carries its text and unit with it.

pyarrow writes them and not DuckDB, which has no place for the metadata of a column.
"""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.contract.tables import NO_UNIT, Column
from warehouse.store.package.contents import Contents, ReleaseTable

_ROWS_AT_ONCE = 122_880


def write(database: duckdb.DuckDBPyConnection, contents: Contents, folder: Path) -> None:
    """Write every table to `parquet/<schema>/<table>.parquet` below a folder."""
    for table in contents.tables:
        [file] = table.files
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = database.execute(f"from {table.address}").to_arrow_reader(_ROWS_AT_ONCE)
        schema = _described(rows.schema, table, contents.label)
        with pq.ParquetWriter(target, schema, compression="snappy") as writer:
            for batch in rows:
                writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def _described(schema: pa.Schema, table: ReleaseTable, label: str) -> pa.Schema:
    """The schema with the texts of table and columns as metadata."""
    columns = table.table.columns
    fields = [each.with_metadata(_metadata(columns[each.name])) for each in schema]
    return pa.schema(fields, {"description": table.table.about.en, "release": label})


def _metadata(column: Column) -> dict[str, str]:
    found = {
        "description": column.about.en,
        "description_zh": column.about.zh,
        "unit": None if column.unit.en == NO_UNIT else column.unit.en,
        "unit_zh": column.unit.zh,
    }
    return {name: text for name, text in found.items() if text}
