"""What inter-country tables call economies: parts of two, and codes that one publisher prints."""

import csv
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

_SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
# What decides which codes are known
SEEDS = tuple(_SEEDS / f"{name}.csv" for name in ("dim_area", "countries", "country_codes"))
# The extended tables of the OECD have firms of China and Mexico apart, by how they trade
_PARTS = {re.compile(r"CN\d+"): "CHN", re.compile(r"MX\d+"): "MEX"}


def country_of(part: str) -> str:
    """The country of a part of a country, or of another code; of anything else itself."""
    for pattern, country in _PARTS.items():
        if pattern.fullmatch(part):
            return country
    return _other_codes().get(part, part)


def unknown(countries: Sequence[str]) -> list[str]:
    """Those of the countries whose code is that of no economy (ISO 3166 alpha-3, or ROW)."""
    return [country for country in countries if country not in _codes()]


@cache
def _codes() -> set[str]:
    areas = {row["area_code"] for row in _rows("dim_area") if row["level"] == "rest_of_world"}
    return areas.union(_iso3().values())


@cache
def _other_codes() -> dict[str, str]:
    rows = (row for row in _rows("country_codes") if row["source_id"] == "icio")
    return {row["code"]: _iso3().get(row["area_code"], row["area_code"]) for row in rows}


@cache
def _iso3() -> dict[str, str]:
    """The code that tables print by the one of the area, of each economy."""
    return {row["area_code"]: row["iso3"] for row in _rows("countries")}


def _rows(seed: str) -> Iterator[dict[str, str]]:
    with (_SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
