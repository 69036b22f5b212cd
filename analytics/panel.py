"""Anybody's data with the keys resolved, and the values of each variable in them.

A term is a product of parts; a part is a column, lagged perhaps: `L1.gdp`, `gdp:edu`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import SpecificationError, meant
from analytics.sample import sample_rows
from analytics.sections import PanelKeys, category_name
from analytics.written import alike, loses_digits, numbered_dates, written_dates, written_years

LARGEST = 1e60  # in size: the products of four such numbers still are numbers
LAG = re.compile(r"L(\d{1,6})\.(.+)")  # as many periods as calendar dates can be apart
# What other programs write
SHIFTED = re.compile(r"[DFL]\d*\.(.+)", re.IGNORECASE)
PRODUCT = re.compile(r"(?:[ci]\.)?(\w+) ?(?:##?|\*) ?(?:[ci]\.)?(\w+)")
SQUARE = re.compile(r"(\w+) ?(?:\^|\*\*) ?2")
FACTOR = re.compile(r"i\.(\w+)")
FUNCTION = re.compile(r"(?:ln|log|log10|exp|sqrt|abs)\(.+\)", re.IGNORECASE)


@dataclass(frozen=True)
class Panel:
    """Anybody's data with the keys resolved, in order of entity and period.

    `entity` and `time` are integers of length n: codes that follow the order of the names, and
    calendar periods, so that t - 1 is the period before. Without a time, the rows of an entity
    are numbered. Without an entity, a panel with a time is one series, and a panel without one
    has as many entities as rows.
    """

    keys: PanelKeys
    data: pd.DataFrame
    entity: np.ndarray
    time: np.ndarray
    labels: tuple[str, ...]  # of each entity code
    periods: dict[int, str]  # each calendar period as the data have it
    warnings: tuple[str, ...] = ()  # about its keys
    among: np.ndarray | None = None  # (n,) the rows that may be used; lags look at all
    # What was made of the columns, whichever rows may be used: models share most of them
    _made: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)

    def part(self, name: str) -> np.ndarray | pd.Series:
        """A column (n,), lagged where its name says so: numbers, or text as a Series."""
        return self._once("part", name, lambda: _part(name, self))

    def knows(self, name: str) -> np.ndarray:
        """Which rows (n,) have a part of a term."""
        return self._once("knows", name, lambda: pd.notna(self.part(name)).astype(bool))

    def codes(self, name: str) -> np.ndarray:
        """Integers (n,) in the order of a column's values, -1 where it is missing."""
        return self._once("codes", name, lambda: _codes(name, self))

    def sampled(self, sample: str | None) -> np.ndarray:
        """Which rows (n,) may be used and are in the sample."""
        among = np.ones(len(self.data), dtype=bool) if self.among is None else self.among
        if sample is None:
            return among
        return among & self._once("sampled", sample, lambda: sample_rows(sample, self.data))

    def places(self, rows: np.ndarray) -> np.ndarray:
        """Where the rows are that `Rows.source` names."""
        return self.data.index.get_indexer(pd.Index(rows))

    def _once(self, kind: str, name: str, make: Callable[[], Any]) -> Any:
        key = (kind, name)
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def restricted(self, among: np.ndarray) -> "Panel":
        """The panel, of which only the rows (n,) that are true may be used."""
        return replace(self, among=among if self.among is None else self.among & among)


def resolve_panel(keys: PanelKeys, data: pd.DataFrame) -> Panel:
    """Sort the data by its keys. Raises SpecificationError for a missing, empty or repeated key."""
    data = data.reset_index(drop=True)
    if len(data) == 0:
        raise SpecificationError("the panel has no rows")
    for key in (keys.entity, keys.time, keys.label):
        if key is not None:
            require_column(key, data)
    for key in (keys.entity, keys.time):
        if key is not None and data[key].isna().any():
            raise SpecificationError(
                f"column `{key}` identifies the rows of the panel and is empty in row "
                f"{_first_row(data[key].isna())}: fill it in, or take out lines that are no data, "
                "such as notes"
            )
    entity, labels = _entities(keys, data)
    if keys.time is None:
        time = pd.Series(entity).groupby(entity).cumcount().to_numpy()
        periods = {}
    else:
        time = calendar_periods(data[keys.time])
        first = np.flatnonzero(~pd.Series(time).duplicated())
        first = first[np.argsort(time[first])]
        names = data[keys.time].iloc[first].map(_period_name)
        periods = dict(zip(time[first].tolist(), names, strict=True))
    said = () if keys.entity is None else _twins(data[keys.entity])
    order = np.lexsort((time, entity))
    _require_single(keys, data, entity, time, order, labels)
    if (order[1:] > order[:-1]).all():  # the rows are in order as they come
        return Panel(keys, data, entity, time, labels, periods, said)
    return Panel(keys, data.iloc[order], entity[order], time[order], labels, periods, said)


def _period_name(period: object) -> str:
    """A period as it is written: a date without the midnight that files store with it."""
    return str(period).removesuffix(" 00:00:00")


def _twins(column: pd.Series) -> tuple[str, ...]:
    """The warning that names of entities may be two spellings of one."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return ()
    codes, names = value_names(column)
    found = alike(names)
    if not found:
        return ()
    shown = " and ".join(
        f"`{names[code]}` (row {int(np.argmax(codes == code)) + 1})" for code in found[0]
    )
    more = f"; {len(found) - 1} more of the kind" if len(found) > 1 else ""
    return (
        f"{shown} differ by case or spaces alone and count as {len(found[0])} entities: write "
        f"them alike if they are one{more}",
    )


def _require_single(
    keys: PanelKeys,
    data: pd.DataFrame,
    entity: np.ndarray,
    time: np.ndarray,
    order: np.ndarray,
    labels: Sequence[str],
) -> None:
    """An error where an entity has a period twice; `order` (n,) sorts by entity and period."""
    before, after = order[:-1], order[1:]
    twice = (entity[before] == entity[after]) & (time[before] == time[after])
    if twice.any():
        row = int(after[twice].min())
        of_entity = f" {keys.entity} {labels[entity[row]]} in" if keys.entity else ""
        raise SpecificationError(
            f"two rows of the panel have{of_entity} {keys.time} {data[keys.time].iloc[row]}; "
            "keep one of them"
        )


def calendar_periods(column: pd.Series) -> np.ndarray:
    """Integers that count calendar periods.

    Whole numbers (also as text) are taken as they are, but for months and days that are written
    as such (201009). Dates are counted in the coarsest of years, halves of years, quarters, months,
    weeks and days that they keep to: annual data stored as 1 January, as Stata does, then have a
    lag of one year, not of one day.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        if column.dt.day.nunique() > 1 and not column.dt.is_month_end.all():
            days = column.to_numpy().astype("datetime64[D]").astype(np.int64)
            return days // 7 if ((days - days[0]) % 7 == 0).all() else days
        months = (column.dt.year * 12 + column.dt.month - 1).to_numpy(dtype=np.int64)
        step = next(step for step in (12, 6, 3, 1) if ((months - months[0]) % step == 0).all())
        return months // step
    _require_digits(column)
    years = written_years(column)
    if np.isinf(pd.to_numeric(years, errors="coerce").to_numpy(dtype=float, na_value=0)).any():
        years = years.mask(years.isin([np.inf, -np.inf]))
    numbers = pd.to_numeric(years, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if np.isnan(numbers).all() and (dates := written_dates(column)) is not None:
        return calendar_periods(dates)
    broken = pd.Series(numbers % 1 != 0, index=column.index)  # true for missing, too
    if broken.any():
        raise SpecificationError(
            f"column `{column.name}` is the time of the panel and holds "
            f"{printed_value(column[broken].iloc[0])} in row {_first_row(broken)}; "
            "expected whole numbers (years) or dates"
        )
    dates = numbered_dates(pd.Series(numbers))
    return numbers.astype(np.int64) if dates is None else calendar_periods(dates)


def require_column(name: str, data: pd.DataFrame) -> str:
    if name not in data.columns:
        said = f"the panel has no column `{name}`"
        raise SpecificationError(": ".join(filter(None, (said, _instead(name, data)))))
    if isinstance(data[name], pd.DataFrame):
        raise SpecificationError(f"the panel has two columns named `{name}`")
    return name


def _instead(name: str, data: pd.DataFrame) -> str:
    """What may have been meant by a name that no column has."""
    shifted = SHIFTED.fullmatch(name)
    if shifted is not None and shifted[1] in data.columns:
        return (
            f"a lag is written as in `L1.{shifted[1]}`, and a difference or a lead has to be a "
            "column of its own"
        )
    if found := SQUARE.fullmatch(name) or PRODUCT.fullmatch(name):
        one, other = found[1], found[found.re.groups]  # a square is the product with itself
        return f"an interaction is written as in `{one}:{other}`"
    if found := FACTOR.fullmatch(name):
        return f"write `{found[1]}`, and name it under `categorical` too"
    if FUNCTION.fullmatch(name):
        return "what is computed of a column has to be a column of its own"
    return meant(name, data.columns)


def printed_value(value: object) -> str:
    """A cell as it stands there: text in quotation marks."""
    return repr(value) if isinstance(value, str) else str(value)


def _first_row(mask: pd.Series) -> int:
    """Rows of data are counted from 1, without the heading."""
    return int(np.argmax(mask.to_numpy())) + 1


def _entities(keys: PanelKeys, data: pd.DataFrame) -> tuple[np.ndarray, tuple[str, ...]]:
    if keys.entity is None and keys.time is None:
        return np.arange(len(data)), tuple(f"row {row + 1}" for row in range(len(data)))
    if keys.entity is None:
        return np.zeros(len(data), dtype=np.int64), ("the series",)
    codes, names = value_names(data[keys.entity])
    if keys.label is None:
        return codes, labelled(names, value_labels(data, keys.entity))
    label = data[keys.label].to_numpy(dtype=object, na_value=None)
    known = pd.notna(label)
    places, first = np.unique(codes[known], return_index=True)
    shown = dict(zip(places.tolist(), label[known][first], strict=True))
    return codes, tuple(str(shown.get(code, name)) for code, name in enumerate(names))


def value_labels(data: pd.DataFrame, name: str) -> Mapping[float, str]:
    """What the numbers of a column mean, where the file says so (`panel_files`)."""
    labels: Mapping[str, Mapping[float, str]] = data.attrs.get("value_labels", {})
    return labels.get(name, {})


def labelled(names: tuple[str, ...], labels: Mapping[float, str]) -> tuple[str, ...]:
    """The names of values that are numbers, as their labels have them."""
    return tuple(labels.get(float(name), name) for name in names) if labels else names


def value_names(column: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """Integer codes in the order of the values, which does not depend on the order of rows."""
    codes, values = _value_codes(column)
    return codes, tuple(str(category_name(value)) for value in values.tolist())


def _require_digits(column: pd.Series) -> None:
    """Raise SpecificationError for codes or periods that may be others than were written."""
    if loses_digits(column):
        raise SpecificationError(
            f"column `{column.name}` has codes of more digits than numbers are kept with there, so "
            "that several may be one: save them as text"
        )


def _value_codes(column: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """The same codes, and the values themselves; SpecificationError where these are not known."""
    if column.dtype == object or isinstance(column.dtype, pd.CategoricalDtype):
        column = column.map(str).astype(str)
    _require_digits(column)
    codes, values = pd.factorize(column, sort=True)
    return codes.astype(np.int64, copy=False), pd.Index(values)


def parts_of(term: str, data: pd.DataFrame) -> list[str]:
    """The parts of an interaction; a column whose own name has a colon is not one."""
    return [term] if term in data.columns else [part.strip() for part in term.split(":")]


def lag_of(part: str, data: pd.DataFrame) -> tuple[int, str]:
    """By how many periods a part is lagged, and its column."""
    match = None if part in data.columns else LAG.fullmatch(part)
    return (int(match[1]), match[2]) if match else (0, part)


def _part(part: str, panel: Panel) -> np.ndarray | pd.Series:
    """A column, lagged where the part says so; text is left as it is, for interactions."""
    lag, name = lag_of(part, panel.data)
    column = panel.data[require_column(name, panel.data)]
    values = column if _is_text(column) else _numbers(column)
    if lag == 0:
        return values
    if panel.keys.time is None:
        raise SpecificationError(f"`{part}` is a lag and needs `panel.time`, which is not declared")
    index = pd.MultiIndex.from_arrays([panel.entity, panel.time])
    before = pd.MultiIndex.from_arrays([panel.entity, panel.time - lag])
    lagged = pd.Series(np.asarray(values), index=index).reindex(before)
    return lagged.set_axis(column.index) if isinstance(values, pd.Series) else lagged.to_numpy()


def _codes(name: str, panel: Panel) -> np.ndarray:
    first, *others = parts_of(name, panel.data)
    codes = _codes_of_column(first, panel)
    for other in others:
        more = _codes_of_column(other, panel)
        codes = np.where((codes < 0) | (more < 0), -1, codes * (int(more.max()) + 1) + more)
        codes = np.unique(codes, return_inverse=True)[1] - int((codes < 0).any())
    return codes


def _codes_of_column(name: str, panel: Panel) -> np.ndarray:
    column = panel.data[require_column(name, panel.data)]
    return np.where(column.notna(), _value_codes(column)[0], -1)


def _is_text(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return False
    present = column.dropna()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return True
    # A column that is empty throughout has no kind of its own: its missing values are numbers
    return not all(isinstance(value, Real | Decimal) for value in present)


def _numbers(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_complex_dtype(column.dtype):
        raise SpecificationError(f"column `{column.name}` holds complex numbers, not real ones")
    if not pd.api.types.is_numeric_dtype(column.dtype):  # decimals, truth values, or all empty
        column = column.map(_float, na_action="ignore").astype(float)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    infinite = np.isinf(values)
    if infinite.any():
        raise SpecificationError(
            f"column `{column.name}` is infinite in row {column.index[infinite].min() + 1}; "
            "expected a number, or nothing where it is missing"
        )
    largest = np.nanmax(np.abs(values), initial=0.0)
    if largest > LARGEST or 0 < largest < 1 / LARGEST:
        place = int(np.nanargmax(np.abs(values)))
        raise SpecificationError(
            f"column `{column.name}` holds {values[place]:g} in row {column.index[place] + 1}, "
            "whose products are beyond what a computer can hold: give it in other units"
        )
    return values


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return np.inf
