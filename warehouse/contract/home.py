"""The folders of one warehouse."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOME = Path("data")


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
