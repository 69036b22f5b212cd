"""Seeds that readers need to tell what stands where in a file; they decide how it is read."""

import csv
from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
READ_BY_READERS = {
    name: _FOLDER / f"{name}.csv" for name in ("countries", "country_codes", "dim_area")
}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The lines of one of `READ_BY_READERS`."""
    with READ_BY_READERS[name].open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
