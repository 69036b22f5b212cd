"""A release that may be handed on: a folder to upload as it is.

The tables of a release without what their sources forbid to hand on (`left_out`), described and
hashed like any release; `catalog.left_out`, `README.md` and `datapackage.json` say what is not
there. It is written anew, so that nothing that was left out is in what DuckDB frees.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.contract import files
from warehouse.contract.errors import WarehouseError
from warehouse.contract.tables import Table
from warehouse.intake import reading
from warehouse.store import left_out, package, release_database, releases
from warehouse.store.build import SMALL_WORK
from warehouse.store.left_out import LeftOut
from warehouse.store.package import templates, trade_rows
from warehouse.store.package.contents import (
    Contents,
    ReleaseTable,
    contents_of,
    declared_tables,
)
from warehouse.store.release_database import Content
from warehouse.store.release_tables import COLUMNS, LEFT_OUT, TABLES, TYPES

README = "README.md"


def write(
    release: Path,
    folder: Path,
    of_release: Mapping[str, Table],
    further: Sequence[Callable[[Path], None]] = (),
) -> list[LeftOut]:
    """Write what may be handed on of a release (its folder) to a folder that is not there yet.

    `of_release` describes the tables that only releases have. Rows of trade statistics go with it
    by the file. `further` write what else belongs to
    it, made of what may be handed on: each is given the folder. Returns what was left out. Raises
    `WarehouseError` if there is something at the place.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WarehouseError(f"{folder} is there already: name a folder that is not, or is empty")
    unfinished = folder.with_name(f".{folder.name}.tmp")
    files.remove(unfinished)
    unfinished.mkdir(parents=True)
    try:
        found = _write(release, unfinished, of_release, further)
        files.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return found


def _write(
    source: Path,
    folder: Path,
    of_release: Mapping[str, Table],
    further: Sequence[Callable[[Path], None]],
) -> list[LeftOut]:
    found = _write_tables(source, folder, of_release)
    database_file = folder / releases.DATABASE
    with duckdb.connect(str(database_file), read_only=True, config=SMALL_WORK) as database:
        contents = package.write(database, folder)
    for write_more in further:
        write_more(folder)
    readme = templates.render("readme.md.jinja", contents=contents)
    (folder / README).write_text(readme, encoding="utf-8")
    files.write_sealed(folder / releases.FACTS, _facts(contents, folder), indent=2)
    return found


def _write_tables(source: Path, folder: Path, of_release: Mapping[str, Table]) -> list[LeftOut]:
    with duckdb.connect(config=SMALL_WORK) as database:
        release_database.attach(database, *(each / releases.DATABASE for each in (source, folder)))
        columns = release_database.copy_structure(database)
        database.execute("use build")
        declared = declared_tables(database)
        described = contents_of(database, trade_rows.tables(source, declared))
        database.execute("use memory")
        left_out.find(database)
        found = [
            each
            for table in described.beside
            for each in _put_files(database, table, source, folder)
        ]
        contents = {}
        for place, table in enumerate(described.tables):
            if table.address in (TABLES, COLUMNS):
                continue
            found += left_out.leave_out(database, table, f"kept_{place}")
            contents[table.address] = Content(columns[table.address], f"from kept_{place}")
        contents[LEFT_OUT] = release_database.registered(
            database, LEFT_OUT, _rows(found), TYPES[LEFT_OUT]
        )
        tables = {LEFT_OUT: of_release[LEFT_OUT], **declared}
        release_database.create(database, contents, tables)
    return found


def _put_files(
    database: duckdb.DuckDBPyConnection, table: ReleaseTable, source: Path, folder: Path
) -> Iterator[LeftOut]:
    """Copy the files of a table that may be handed on; says what may not."""
    forbidden = left_out.forbidden_files(database)
    left: Counter[str] = Counter()
    for path, rows in table.files.items():
        if whose := forbidden.get(reading.snapshot_of_rows(Path(path))):
            left[whose] += rows
        else:
            trade_rows.put(source / trade_rows.PLACE, [source / path], folder, shutil.copyfile)
    yield from (LeftOut(table.address, source_id, rows, 0) for source_id, rows in left.items())


def _rows(found: Sequence[LeftOut]) -> pa.Table:
    kinds = {"INTEGER": pa.int32(), "VARCHAR": pa.string()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in TYPES[LEFT_OUT].items()])
    return pa.Table.from_pylist([dict(zip(schema.names, astuple(each))) for each in found], schema)


def _facts(contents: Contents, folder: Path) -> dict[str, object]:
    return {
        "name": contents.release,
        "label": contents.label,
        "citation": contents.citation,
        "fingerprint": contents.fingerprint,
        "tables": {table.address: table.rows for table in contents.all_tables},
        "sha256": {
            path.relative_to(folder).as_posix(): files.sha256_of(path)
            for path in files.below(folder)
        },
    }
