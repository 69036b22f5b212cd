"""Names of provinces, where nothing but the name tells an area from a year or a subject."""

from functools import cache

from warehouse.contract.labels import label_key
from warehouse.sources import seeds

# Codes of the country and its provinces, and of its regions; other names, as 中央, may be subjects
_CODES = ("0000", "CN-E", "CN-C", "CN-W", "CN-NE")


def is_area(text: str | None) -> bool:
    """Whether a text names the country, a region or a province, as any source may print it."""
    return text is not None and label_key(text) in _keys()


@cache
def _keys() -> set[str]:
    rows = (row for row in seeds.rows("area_aliases") if row["source_id"] == "*")
    return {row["area_key"] for row in rows if row["area_code"].endswith(_CODES)}
