"""`datapackage.json`: the release for programs that know none of it.

The format is Data Package 1 (Frictionless Data): a resource a table with its fields, primary key,
foreign keys, hash and bytes; of a table in several files a resource a file. Beyond the standard a
table and a field have their Chinese text (`description_zh`), a field its `unit`, a source its
`licence` and whether it may be handed on (`redistributable`). A resource is of type `file` to
`frictionless validate`, which compares hash and bytes then; as `table` it would take a NULL among
integers of Parquet for a number.
"""

import json
from pathlib import Path
from typing import Any

from warehouse.contract import files
from warehouse.contract.tables import NO_UNIT, Column, Reference
from warehouse.sources import Source
from warehouse.store.package.contents import Contents, ReleaseTable

NAME = "datapackage.json"
# DuckDB's types by the words of Table Schema
_TYPES = {
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "number",
    "HUGEINT": "integer",
    "INTEGER": "integer",
    "VARCHAR": "string",
}


def write(contents: Contents, folder: Path) -> None:
    """Write the descriptor of a folder whose tables are there as Parquet."""
    descriptor = {
        "profile": "data-package",
        "name": name_of(contents.release),
        "title": contents.label,
        "version": contents.release,
        "id": contents.fingerprint,
        "description": contents.citation,
        "sources": [_source(each) for each in contents.sources],
        "left_out": None if contents.left_out is None else list(contents.left_out),
        "resources": [
            _resource(table, path, contents, folder)
            for table in contents.all_tables
            for path in table.files
        ],
    }
    text = json.dumps(_without_none(descriptor), ensure_ascii=False, indent=1)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def name_of(text: str) -> str:
    """A name as the standard wants it: lower case, without blanks."""
    return f"yearbook-{text.lower()}"


def _resource(table: ReleaseTable, path: str, contents: Contents, folder: Path) -> dict[str, Any]:
    file = folder / path
    about = table.table.about
    of_table = [each for each in contents.sources if each.source_id in table.source_ids]
    return {
        "name": _name_of(table, path),
        "path": path,
        "title": table.address,
        "description": about.en,
        "description_zh": about.zh,
        "type": "file",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": file.stat().st_size,
        "hash": f"sha256:{files.sha256_of(file)}",
        "row_count": table.files[path],
        "sources": [_source(each) for each in of_table] or None,
        "schema": _schema(table),
    }


def _name_of(table: ReleaseTable, path: str) -> str:
    """The address of the table, with the value of the partition where it is in such."""
    value = Path(path).parent.name.partition("=")[2]
    return f"{table.address}/{value}" if value else table.address


def _schema(table: ReleaseTable) -> dict[str, Any]:
    key = list(table.table.key)
    columns = table.table.columns.items()
    return {
        "fields": [_field(name, each, table, name in key) for name, each in columns],
        "primaryKey": key or None,
        "foreignKeys": [_foreign_key(each) for each in table.references] or None,
    }


def _field(name: str, column: Column, table: ReleaseTable, is_required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "type": _TYPES.get(table.data_types[name], "any"),
        "description": column.about.en,
        "description_zh": column.about.zh,
        "unit": None if column.unit.en == NO_UNIT else column.unit.en,
        "unit_zh": column.unit.zh,
        "constraints": {"required": True} if is_required else None,
    }


def _foreign_key(reference: Reference) -> dict[str, Any]:
    # The standard writes a table that refers to itself as an empty name
    to = "" if reference.to == reference.table else reference.to
    return {
        "fields": list(reference.columns),
        "reference": {"resource": to, "fields": list(reference.to_columns)},
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "title": source.title_en,
        "title_zh": source.title_zh,
        "source_id": source.source_id,
        "publisher": source.publisher,
        "licence": source.licence,
        "redistributable": source.redistributable,
    }


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_none(each) for each in value]
    return value
