"""A landing folder to write into and the way from it to raw cells."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots


@dataclass(frozen=True)
class Warehouse:
    """A home in a temporary folder, with shorthands for what the tests do to it."""

    home: Home

    def land(self, name: str, content: bytes | str, edition: str | None = None) -> Path:
        """Write `<source>/<edition>/<file>`; `edition` is the text of its `_edition.yml`."""
        path = self.home.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        declaration = path.parent / "_edition.yml"
        if edition is not None or not declaration.exists():
            declaration.write_text(edition or "published_on: 2024-01-31\n", encoding="utf-8")
        return path

    def refresh(self) -> list[raw.EditionReading]:
        landed = landing.scan(self.home.landing)
        snapshots.take(self.home, landed, raw.rejected(self.home))
        return raw.read(self.home)

    def files(self) -> dict[str, tuple[str, str | None]]:
        """Role and reason of every landed name."""
        return {
            f"{row['source_id']}/{row['edition']}/{row['file_name']}": (row["role"], row["reason"])
            for row in pq.read_table(raw.files_path(self.home)).to_pylist()
        }

    def cells(self, source_id: str, role: str | None = "value") -> list[dict]:
        return [
            cell
            for path in raw.parquet_files(self.home, source_id)
            for cell in pq.read_table(path).to_pylist()
            if role in (None, cell["role"])
        ]

    def rows(self) -> list[dict]:
        """Rows of trade statistics, each with the cell of its value."""
        found = [
            row
            for path in raw.trade_row_files(self.home)
            for row in pq.read_table(path).to_pylist()
        ]
        return [row | {"cell": f"{row['cell_column']}{row['row_number']}"} for row in found]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(Home(tmp_path / "home"))


@pytest.fixture
def read_one(warehouse: Warehouse) -> Callable[..., list[dict]]:
    """Land one file, refresh, and give all its cells; fails if the file is not taken."""

    def read(name: str, content: bytes | str, edition: str | None = None) -> list[dict]:
        warehouse.land(name, content, edition)
        warehouse.refresh()
        role, reason = warehouse.files()[name]
        assert role == "taken", reason
        return warehouse.cells(name.partition("/")[0], role=None)

    return read


@pytest.fixture
def reason(warehouse: Warehouse) -> Callable[..., str]:
    """Land one file, refresh, and give the reason why it is not taken."""

    def refuse(name: str, content: bytes | str, edition: str | None = None) -> str:
        warehouse.land(name, content, edition)
        warehouse.refresh()
        role, reason = warehouse.files()[name]
        assert role == "rejected"
        return reason

    return refuse
