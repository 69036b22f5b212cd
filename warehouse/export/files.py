"""Data sets as files, by the ending of their name."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from warehouse.contract import files
from warehouse.contract.errors import WarehouseError
from warehouse.export import stata, workbook
from warehouse.export.dataset import Dataset

# A workbook cannot hold more, the heading included
MOST_ROWS = 1_048_576


class NotWritten(WarehouseError):
    """The file cannot be written; the message says why."""


def write(dataset: Dataset, path: Path) -> list[Path]:
    """Write a data set by the ending of `path`; returns what was written.

    .dta, .xlsx and .parquet carry labels, units and sources in the file; beside .csv and .rds,
    which have no room for them, stands `<name>.sources.csv`. Raises NotWritten.
    """
    kind = path.suffix.lower()
    if kind not in WRITERS:
        raise NotWritten(
            f"{path}: a file of this ending cannot be written; expected one of {', '.join(WRITERS)}"
        )
    if kind == ".xlsx" and len(dataset.rows) >= MOST_ROWS:
        raise NotWritten(
            f"{path}: {len(dataset.rows):,} rows are more than a workbook can hold; ask for fewer "
            "variables, areas or years, or write .csv"
        )
    written = {path: WRITERS[kind]}
    if kind in (".csv", ".rds"):
        written[path.with_suffix(".sources.csv")] = _write_sources
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for target, writer in written.items():
            _put(dataset, target, writer)
    except OSError as error:
        raise NotWritten(f"{path}: cannot be written ({error.strerror or error})") from None
    return list(written)


def _put(dataset: Dataset, path: Path, writer: Callable[[Dataset, Path], None]) -> None:
    """The whole file or none: who reads the old one meanwhile keeps it."""
    draft = path.with_name(f".{os.getpid()}{path.suffix}")
    try:
        writer(dataset, draft)
        files.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _write_csv(dataset: Dataset, path: Path) -> None:
    # With the mark of UTF-8, without which spreadsheets take Chinese for another encoding
    dataset.rows.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _write_sources(dataset: Dataset, path: Path) -> None:
    dataset.sources.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _write_rds(dataset: Dataset, path: Path) -> None:
    try:
        import pyreadr
    except ImportError:
        raise NotWritten(
            "a data frame of R is written by pyreadr (AGPL-3.0), which is not installed: "
            "pip install 'yearbook[rds]', or write .dta (haven) or .parquet (arrow), which R reads"
        ) from None

    rows = dataset.rows.copy()
    if "published_on" in rows:
        rows["published_on"] = rows["published_on"].dt.strftime("%Y-%m-%d")
    pyreadr.write_rds(str(path), rows)


def _write_parquet(dataset: Dataset, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(dataset.rows, preserve_index=False)
    described = {variable.name: variable for variable in dataset.variables}
    labels = dataset.labels(dataset.rows.columns)
    fields = []
    for field in table.schema:
        told = {"label": labels[field.name]}
        if variable := described.get(field.name):
            told |= {
                "unit": variable.unit_in(dataset.language),
                "description": variable.defined_in(dataset.language),
            }
        fields.append(field.with_metadata(told))
    schema = pa.schema(fields, metadata=(table.schema.metadata or {}) | _of_file(dataset))
    pq.write_table(table.cast(schema), path)


def _of_file(dataset: Dataset) -> dict[bytes, bytes]:
    """What the whole file says: its release and the sources as JSON."""
    sources = json.loads(dataset.sources.to_json(orient="records", date_format="iso"))
    return {
        b"release": dataset.label.encode(),
        b"sources": json.dumps(sources, ensure_ascii=False).encode(),
    }


WRITERS: dict[str, Callable[[Dataset, Path], None]] = {
    ".dta": stata.write,
    ".xlsx": workbook.write,
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".rds": _write_rds,
}
