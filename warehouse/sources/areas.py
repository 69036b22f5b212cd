"""Names of provinces, where nothing but the name tells an area from a year or a subject."""

import csv
from functools import cache
from pathlib import Path

from warehouse.contract.labels import label_key

_ALIASES = Path(__file__).parents[2] / "dbt_project" / "seeds" / "area_aliases.csv"
# Codes of the country and its provinces, and of its regions; other names, as 中央, may be subjects
_CODES = ("0000", "CN-E", "CN-C", "CN-W", "CN-NE")


def is_area(text: str | None) -> bool:
    """Whether a text names the country, a region or a province, as any source may print it."""
    return text is not None and label_key(text) in _keys()


@cache
def _keys() -> set[str]:
    with _ALIASES.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["source_id"] == "*"]
    return {row["area_key"] for row in rows if row["area_code"].endswith(_CODES)}
