"""The folders of one warehouse, and the version of what lies in them."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from warehouse.contract import files
from warehouse.contract.errors import WarehouseError

DEFAULT_HOME = Path("data")
_NO_TEXT = re.compile("[\0-\x1f\x7f\ud800-\udfff]")
_NO_PLACE = re.compile("[?#%*]")
# Of what is kept in a home: 1 had no hashes beside the facts of files and the verdicts on them
SCHEMA = 2


class OtherSchema(WarehouseError):
    """The home is not of this version; the message says how it becomes so, or that it cannot."""


@dataclass(frozen=True)
class Home:
    """Where one warehouse keeps its files; every folder hangs below `root`."""

    root: Path

    @classmethod
    def from_environment(cls, home: Path | None = None) -> "Home":
        """The given folder, else YEARBOOK_HOME, else ./data; always absolute."""
        return cls(Path(home or os.environ.get("YEARBOOK_HOME") or DEFAULT_HOME).absolute())

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def judgement(self) -> Path:
        return self.root / "judgement"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def value_chains(self) -> Path:
        return self.root / "value_chains"

    @property
    def by_snapshot(self) -> Path:
        return self.root / "by_snapshot"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def results(self) -> Path:
        return self.root / "results"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def hashes(self) -> Path:
        """Where the hashes of large files are kept: those of this disk, of no use on another."""
        return self.build / "hashes.json"

    @property
    def facts(self) -> Path:
        """Where the version of the home stands."""
        return self.root / "home.json"

    @property
    def schema(self) -> int:
        """The version of what lies here: 1 where none, or none that can be read, is written."""
        try:
            return int(files.read_sealed(self.facts)["schema"])
        except (files.Damaged, KeyError, TypeError, ValueError):
            return 1

    def check(self) -> None:
        """Raise `OtherSchema` for a home of a later version, WarehouseError for an impossible path.

        Dagster and dbt write a path into addresses, DuckDB takes it for a pattern.
        """
        if _NO_TEXT.search(str(self.root)):
            raise WarehouseError(
                f"{str(self.root)!r} has characters that are no text: choose another home (--home "
                "DIR)"
            )
        if found := _NO_PLACE.search(str(self.root)):
            raise WarehouseError(
                f"{self.root} has a `{found[0]}`, which stands for something else in addresses and "
                "patterns of files: choose another home (--home DIR)"
            )
        if os.path.lexists(self.root) and not self.root.is_dir():
            raise WarehouseError(f"{self.root} is no folder: choose another home (--home DIR)")
        self.refuse_newer()

    def refuse_newer(self) -> None:
        """Raise `OtherSchema` if a later version of the program has been at work here."""
        if self.schema > SCHEMA:
            raise OtherSchema(
                f"{self.root} was made by a newer version of Yearbook (schema {self.schema}, this "
                f"one knows {SCHEMA}): use that version, or another home (--home DIR)"
            )
