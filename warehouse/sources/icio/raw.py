"""Raw tables of matrices: one row a table row, its cells as printed in one list."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.sources.icio.matrix import Matrix

# Of `texts` the first is in the column after the labels; the heading is row 1 of each table
SCHEMA = pa.schema(
    [
        ("table_name", pa.string()),
        ("year", pa.int32()),
        ("row_number", pa.int32()),
        ("labels", pa.list_(pa.string())),
        ("texts", pa.list_(pa.string())),
    ]
)


def rows(matrix: Matrix) -> pa.Table:
    """The heading and the rows of a table that was read with its texts."""
    assert matrix.texts is not None
    lead = len(matrix.header) - matrix.values.shape[1]
    labels = [list(matrix.header[:lead]), *map(list, matrix.sides)]
    heading = pa.array([list(matrix.header[lead:])], pa.list_(pa.string()))
    count = len(labels)
    return pa.table(
        {
            "table_name": pa.repeat(matrix.name, count),
            "year": pa.array([matrix.year] * count, pa.int32()),
            "row_number": pa.array(range(1, count + 1), pa.int32()),
            "labels": pa.array(labels, pa.list_(pa.string())),
            "texts": pa.chunked_array([heading, matrix.texts]),
        },
        SCHEMA,
    )


def write(matrices: Iterable[Matrix], path: Path) -> None:
    """Write the rows of tables into one Parquet file, one row group each hundred rows."""
    with pq.ParquetWriter(path, SCHEMA, compression="snappy", write_statistics=False) as writer:
        for matrix in matrices:
            writer.write_table(rows(matrix), row_group_size=100)
