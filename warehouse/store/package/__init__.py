"""What lies beside the database of a release, made of what the database says of itself.

The tables as Parquet (`parquet`), rows of trade statistics as the home keeps them (`trade_rows`),
the descriptor by which other programs find their way (`datapackage`), the dictionary for people
(`dictionary`), the tables and their keys as a picture (`diagram`) and how the release is cited
(`citation`).
"""

from pathlib import Path

import duckdb

from warehouse.store.package import (
    citation,
    datapackage,
    diagram,
    dictionary,
    parquet,
    trade_rows,
)
from warehouse.store.package.contents import Contents, contents_of, declared_tables


def write(database: duckdb.DuckDBPyConnection, folder: Path) -> Contents:
    """Write all of it into the folder of a release from its connected database.

    Rows of trade statistics are in the folder already.
    """
    contents = contents_of(database, trade_rows.tables(folder, declared_tables(database)))
    parquet.write(database, contents, folder)
    diagram.write(contents, folder)
    dictionary.write(contents, folder)
    citation.write(contents, folder)
    datapackage.write(contents, folder)
    return contents
