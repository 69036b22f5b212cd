"""A release that may be handed on: a folder to upload as it is.

The tables of a release without what their sources forbid to hand on (`left_out`), described and
hashed like any release; `catalog.left_out`, `README.md` and `datapackage.json` say what is not
there. It is written anew, so that nothing that was left out is in what DuckDB frees.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.contract import files
from warehouse.contract.errors import WarehouseError
from warehouse.contract.tables import Table
from warehouse.store import left_out, package, release_database, releases
from warehouse.store.left_out import LeftOut
from warehouse.store.package import templates
from warehouse.store.package.contents import Contents, contents_of
from warehouse.store.release_database import SMALL_WORK, Content
from warehouse.store.release_tables import COLUMNS, LEFT_OUT, TABLES, TYPES

README = "README.md"


def write(
    release: Path,
    folder: Path,
    of_release: Mapping[str, Table],
    further: Sequence[Callable[[Path], None]] = (),
) -> list[LeftOut]:
    """Write what may be handed on of a release (its folder) to a folder that is not there yet.

    `of_release` describes the tables that only releases have. `further` write what else belongs to
    it, made of what may be handed on: each is given the folder. Returns what was left out. Raises
    `WarehouseError` if there is something at the place.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WarehouseError(f"{folder} is there already: name a folder that is not, or is empty")
    unfinished = folder.with_name(f".{folder.name}.tmp")
    files.remove(unfinished)
    unfinished.mkdir(parents=True)
    try:
        found = _write(release / releases.DATABASE, unfinished, of_release, further)
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
    database_file = folder / releases.DATABASE
    found = _write_database(source, database_file, of_release)
    with duckdb.connect(str(database_file), read_only=True, config=SMALL_WORK) as database:
        contents = package.write(database, folder)
    for write_more in further:
        write_more(folder)
    readme = templates.render("readme.md.jinja", contents=contents)
    (folder / README).write_text(readme, encoding="utf-8")
    files.write_sealed(folder / releases.FACTS, _facts(contents, folder), indent=2)
    return found


def _write_database(source: Path, target: Path, of_release: Mapping[str, Table]) -> list[LeftOut]:
    with duckdb.connect(config=SMALL_WORK) as database:
        release_database.attach(database, source, target)
        columns = release_database.copy_structure(database)
        database.execute("use build")
        described = contents_of(database)
        database.execute("use memory")
        left_out.find(database)
        found: list[LeftOut] = []
        contents = {}
        for place, table in enumerate(described.tables):
            if table.address in (TABLES, COLUMNS):
                continue
            found += left_out.leave_out(database, table, f"kept_{place}")
            contents[table.address] = Content(columns[table.address], f"from kept_{place}")
        contents[LEFT_OUT] = release_database.registered(
            database, LEFT_OUT, _rows(found), TYPES[LEFT_OUT]
        )
        tables = {table.address: table.table for table in described.tables}
        release_database.create(database, contents, {**of_release, **tables})
    return found


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
        "tables": {table.address: table.rows for table in contents.tables},
        "sha256": {
            path.relative_to(folder).as_posix(): files.sha256_of(path)
            for path in files.below(folder)
        },
    }
