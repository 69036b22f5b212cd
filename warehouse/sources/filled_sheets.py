"""Sheets that somebody filled in: what they hold beyond another sheet was never published."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePath

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.contract.errors import Rejected
from warehouse.contract.labels import is_number, label_key, number_in
from warehouse.contract.source import SourceFile

_SAYS_SO = re.compile(
    r"插值|插补|填补|填充|填齐|补全|补齐|补缺|外推|imput|interpol|extrapol|filled|arima",
    re.IGNORECASE,
)
_DENIES_IT = re.compile(
    r"[未无没非][有经做]?(?:线性)?[插填补外]|原始|[值补充全齐]前|\braw|original|before|without"
    r"|\bnot?\b|non-?",
    re.IGNORECASE,
)
Place = tuple[str, str]
Series = dict[str, float]


def says_filled(name: str | None) -> bool:
    """Whether the name of a sheet or file says that its gaps were filled ("线性插值")."""
    return bool(_SAYS_SO.search(name or "")) and not _DENIES_IT.search(name or "")


def check_filled_is_declared(sheet: str | None, file: SourceFile) -> None:
    """Raise Rejected if the one sheet to read says that it was filled and nothing says where."""
    declared = file.declaration
    columns = (declared.columns or {}).values()
    if declared.estimated_years or declared.obs_status or any(one.obs_status for one in columns):
        return
    if says_filled(sheet) or says_filled(PurePath(file.name).stem):
        which = f"sheet {sheet} " if says_filled(sheet) else ""
        raise Rejected(
            f"{which}says in its name that gaps were filled, "
            "which are no published values: write `obs_status: I` (or, for neri, "
            f"`estimated_years: [...]`) under `files: {file.name}:` in _edition.yml, or land the "
            "file that was not filled"
        )


def filled_versions(sheets: Mapping[str | None, pa.Table]) -> dict[str | None, str | None]:
    """The sheets that hold all numbers of another and more of its series, with that other.

    A series is an indicator of an area. A sheet of one year is a part of another, not its origin.
    """
    numbers = {name: _numbers(found) for name, found in sheets.items()}
    return {
        name: origin
        for name, mine in numbers.items()
        for origin, its in numbers.items()
        if origin != name and _fills(mine, its)
    }


def _fills(mine: Mapping[Place, Series], its: Mapping[Place, Series]) -> bool:
    years = {year for series in its.values() for year in series}
    is_whole = all(_holds(mine.get(place, {}), series) for place, series in its.items())
    return is_whole and len(years) > 1 and any(len(mine[place]) > len(its[place]) for place in its)


def _holds(mine: Series, its: Series) -> bool:
    """Whether the numbers of one series are in another, rounded perhaps."""
    return its.keys() <= mine.keys() and all(
        math.isclose(mine[year], number, rel_tol=1e-3) for year, number in its.items()
    )


def _numbers(found: pa.Table) -> dict[Place, Series]:
    """The numbers of a sheet by indicator and area, then by period."""
    keys = ("indicator_label", "area_label", "area_position", "period_label", "text")
    values = found.filter(pc.equal(found["role"], "value"))
    nothing = [None] * values.num_rows
    held: dict[Place, Series] = defaultdict(dict)
    columns = [values[key].to_pylist() if key in values.column_names else nothing for key in keys]
    for indicator, area, position, period, text in zip(*columns, strict=True):
        if is_number(text) and period:
            place = (label_key(indicator or ""), label_key(area or str(position)))
            held[place][label_key(period)] = number_in(text)
    return held
