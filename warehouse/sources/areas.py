"""Names of provinces, where nothing but the name tells an area from a year or a subject."""

from functools import cache

from warehouse.contract.labels import area_key, label_key
from warehouse.sources import seeds

# How codes of the country and its provinces end, and of its regions; others are cities, economies
_CODES = ("0000", "CN-E", "CN-C", "CN-W", "CN-NE")
NATION = "全国"  # as yearbooks call the country


def is_area(text: str | None) -> bool:
    """Whether a text is the name of the country, of a region or of a province."""
    return text is not None and area_key(text) in _keys()


@cache
def _keys() -> set[str]:
    rows = [row for row in seeds.rows("dim_area") if row["area_code"].endswith(_CODES)]
    names = ("name_zh", "name_zh_full", "name_en")
    return {NATION, *(label_key(row[name]) for row in rows for name in names)}
