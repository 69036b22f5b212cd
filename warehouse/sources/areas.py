"""Names of provinces, where nothing but the name tells an area from a year or a subject."""

import csv
from functools import cache
from pathlib import Path

from warehouse.contract.labels import label_key

_AREAS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "dim_area.csv"
# How codes of the country and its provinces end, and of its regions; others are cities, economies
_CODES = ("0000", "CN-E", "CN-C", "CN-W", "CN-NE")
_NATION = "全国"  # as yearbooks call the country


def is_area(text: str | None) -> bool:
    """Whether a text is the name of the country, of a region or of a province."""
    return text is not None and label_key(text) in _keys()


@cache
def _keys() -> set[str]:
    with _AREAS.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["area_code"].endswith(_CODES)]
    names = ("name_zh", "name_zh_full", "name_en")
    return {_NATION, *(label_key(row[name]) for row in rows for name in names)}
