"""Raw tables of matrices: one row a table row, its cells as printed in one list.

The cell in row r and place c of `texts` has the address of column c after the labels.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.contract.money import Unit
from warehouse.sources.icio.headings import MOST_LINES, one_heading
from warehouse.sources.icio.layout import look
from warehouse.sources.icio.matrix import Matrix, numbers

# The heading is row 1 of each table
SCHEMA = pa.schema(
    [
        ("table_name", pa.string()),
        ("year", pa.int32()),
        ("separator", pa.string()),
        ("unit", pa.string()),
        ("row_number", pa.int32()),
        ("labels", pa.list_(pa.string())),
        ("texts", pa.list_(pa.string())),
    ]
)


def rows(matrix: Matrix, separator: str | None = None) -> pa.Table:
    """The heading and the rows of a table that was read with its texts."""
    assert matrix.texts is not None
    lead = len(matrix.header) - matrix.values.shape[1]
    labels = [list(matrix.heading[:lead]), *map(list, matrix.sides)]
    heading = pa.array([list(matrix.heading[lead:])], pa.list_(pa.string()))
    count = len(labels)
    return pa.table(
        {
            "table_name": pa.repeat(matrix.name, count),
            "year": pa.array([matrix.year] * count, pa.int32()),
            "separator": pa.repeat(pa.scalar(separator, pa.string()), count),
            "unit": pa.repeat(str(matrix.unit), count),
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


def read(path: Path) -> Iterator[Matrix]:
    """The matrices of a raw file, one by one."""
    found = pq.ParquetFile(path).read()
    for name in found["table_name"].unique().to_pylist():
        table = found.filter(pc.equal(found["table_name"], name))
        labels, texts = table["labels"].to_pylist(), table["texts"]
        separator = table["separator"][0].as_py()
        top = zip(labels[:MOST_LINES], texts[:MOST_LINES].to_pylist(), strict=True)
        blank = [""] * len(labels[0])
        header, lines = one_heading([[*(side or blank), *cells] for side, cells in top], separator)
        labels[1:lines] = [()] * (lines - 1)
        yield Matrix(
            name,
            table["year"][0].as_py(),
            tuple(header),
            tuple(map(tuple, labels[1:])),
            np.stack([numbers(row.values) for row in texts[1:]]),
            look(header, labels[1:], separator),
            Unit(table["unit"][0].as_py()),
        )
