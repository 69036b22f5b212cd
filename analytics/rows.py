"""From a panel and a model to the rows that are estimated on.

The order is part of the contract: lags on all rows, then the sample, then complete cases, then
winsorising.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import SpecificationError, meant
from analytics.sample import sample_rows, texts_not_found
from analytics.sections import Absorption, PanelKeys, Winsorise, category_name
from analytics.written import (
    alike,
    loses_digits,
    numbered_dates,
    written_dates,
    written_numbers,
    written_years,
)

PLAIN = Absorption()  # nothing is taken out
LARGEST = 1e60  # in size: the products of four such numbers still are numbers
LAG = re.compile(r"L(\d{1,6})\.(.+)")  # as many periods as calendar dates can be apart
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
# What other programs write
SHIFTED = re.compile(r"[DFL]\d*\.(.+)", re.IGNORECASE)
PRODUCT = re.compile(r"(?:[ci]\.)?(\w+) ?(?:##?|\*) ?(?:[ci]\.)?(\w+)")
SQUARE = re.compile(r"(\w+) ?(?:\^|\*\*) ?2")
FACTOR = re.compile(r"i\.(\w+)")
FUNCTION = re.compile(r"(?:ln|log|log10|exp|sqrt|abs)\(.+\)", re.IGNORECASE)


@dataclass(frozen=True)
class Coding:
    """How columns become categories: numbers that are codes, and the value left out of a term."""

    categorical: frozenset[str] = frozenset()
    bases: Mapping[str, str] = field(default_factory=dict)  # of interactions, as they are written


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


@dataclass(frozen=True)
class Rows:
    """The n rows that a model is estimated on, in order of entity and period."""

    values: np.ndarray  # (n, columns); a term may have several
    names: tuple[str, ...]  # of the columns
    columns: dict[str, tuple[str, ...]]  # of each term
    entity: np.ndarray  # (n,) integer codes
    time: np.ndarray  # (n,) calendar periods
    clusters: np.ndarray  # (n, number of cluster variables) integer codes
    source: np.ndarray  # (n,) which rows of the panel these are, as its index names them
    n_dropped_missing: int
    sets: np.ndarray  # (n, sets of effects beside entities and periods) integer codes
    weights: np.ndarray | None = None  # (n,)

    def matrix(self, terms: Sequence[str]) -> pd.DataFrame:
        """The columns of these terms, in their order."""
        names = [column for term in terms for column in self.columns[term]]
        places = [self.names.index(name) for name in names]
        return pd.DataFrame(self.values.T[places].T, columns=names, copy=False)

    def column(self, term: str) -> np.ndarray:
        """The one column (n,) of a term; SpecificationError where it has several."""
        self.require_single(term)
        return self.values[:, self.names.index(self.columns[term][0])]

    def require_single(self, *terms: str) -> None:
        """Raise SpecificationError for a term that stands for categories."""
        for term in terms:
            if len(self.columns[term]) > 1:
                raise SpecificationError(
                    f"`{term}` has several columns, one for each of its values, and one is taken: "
                    "choose a column of numbers"
                )

    def without(self, name: str) -> "Rows":
        """The rows without one of the columns of a term."""
        columns = {term: tuple(c for c in own if c != name) for term, own in self.columns.items()}
        return replace(
            self,
            values=np.delete(self.values, self.names.index(name), axis=1),
            names=tuple(other for other in self.names if other != name),
            columns=columns,
        )

    def keep(self, mask: np.ndarray) -> "Rows":
        """The rows where the mask is true."""
        if mask.all():
            return self
        return replace(
            self,
            values=self.values.T[:, mask].T,
            entity=self.entity[mask],
            time=self.time[mask],
            clusters=self.clusters[mask],
            source=self.source[mask],
            sets=self.sets[mask],
            weights=None if self.weights is None else self.weights[mask],
        )


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


def select_rows(
    panel: Panel,
    terms: Sequence[str],
    sample: str | None = None,
    winsorise: Winsorise | None = None,
    cluster_columns: Sequence[str] = (),
    coding: Coding = Coding(),
    absorption: Absorption = PLAIN,
) -> Rows:
    """The complete rows of the sample for these terms ("x", "L1.x", "x:y").

    Raises SpecificationError for terms that no row has, and for a weight that is none.
    """
    for name in coding.categorical:
        require_column(_lag(name, panel.data)[1], panel.data)
    in_sample, used = _usable(panel, terms, sample, [*cluster_columns, *absorption.sets])
    coded = {term: coded_parts(term, panel, used, coding) for term in terms}
    if winsorise is not None:
        check_winsorised(winsorise, _numeric(coded.values()))
        coded = {term: winsorised(own, winsorise) for term, own in coded.items()}
    columns: dict[str, tuple[str, ...]] = {}
    values: dict[str, np.ndarray] = {}
    for term, own in coded.items():
        built = term_columns(term, own, terms, coding.bases.get(term))
        columns[term] = tuple(built)
        values |= built
    return Rows(
        values=np.array(list(values.values())).T,
        names=tuple(values),
        columns=columns,
        entity=panel.entity[used],
        time=panel.time[used],
        clusters=_codes_of(cluster_columns, panel, used),
        source=panel.data.index.to_numpy()[used],
        n_dropped_missing=int(in_sample.sum() - used.sum()),
        sets=_codes_of(absorption.sets, panel, used),
        weights=_weights(absorption.weights, panel, used),
    )


def _codes_of(names: Sequence[str], panel: Panel, used: np.ndarray) -> np.ndarray:
    """The codes (n, columns) of several columns on the rows used."""
    codes = [panel.codes(name)[used] for name in names]
    return np.column_stack([np.empty((int(used.sum()), 0), dtype=np.int64), *codes])


def _weights(name: str | None, panel: Panel, used: np.ndarray) -> np.ndarray | None:
    """Analytic weights (n,) of the rows used, each a number above 0."""
    if name is None:
        return None
    require_column(_lag(name, panel.data)[1], panel.data)
    [values] = numeric_parts(panel, name).values()
    wrong = used & ~(values > 0)
    if wrong.any():
        row = int(panel.data.index[wrong].min())
        place = int(panel.places(np.array([row]))[0])
        shown = "nothing" if np.isnan(values[place]) else f"{values[place]:g}"
        raise SpecificationError(
            f"weights: column `{name}` holds {shown} in row {row + 1}; expected numbers above 0 "
            f'(leave such rows out by sample: "{name} > 0")'
        )
    return values[used]


def complete_rows(panel: Panel, terms: Sequence[str], sample: str | None = None) -> np.ndarray:
    """Which rows (n,) of the sample have all of these terms; SpecificationError for none."""
    return _usable(panel, terms, sample, ())[1]


def _usable(
    panel: Panel, terms: Sequence[str], sample: str | None, cluster_columns: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """The rows (n,) of the sample, and those of them that have all terms and clusters."""
    parts = dict.fromkeys(part for term in terms for part in _parts(term, panel.data))
    known = {part: panel.knows(part) for part in parts}
    known |= {name: panel.codes(name) >= 0 for name in cluster_columns}
    in_sample = panel.sampled(sample)
    if sample is not None and not in_sample.any():
        said = [f"the sample `{sample}` leaves no rows", *texts_not_found(sample, panel.data)]
        raise SpecificationError(": ".join(said[:2]))
    used = np.logical_and.reduce([in_sample, *known.values()])
    if not used.any():
        empty = [name for name, rows in known.items() if not (rows & in_sample).any()]
        said = [f"no row has all of {_listed(known)}"]
        said += [f"no row of the sample has {_listed(empty)}"] if empty else []
        said += _about_waves(panel, empty)
        raise SpecificationError(": ".join(said))
    return in_sample, used


def _about_waves(panel: Panel, empty: Sequence[str]) -> list[str]:
    """What to do about lags that do not exist since waves are several periods apart."""
    step = int(np.gcd.reduce(np.diff(sorted(panel.periods)))) if len(panel.periods) > 1 else 1
    lags = [int(lag[1]) for name in empty if (lag := LAG.match(name))]
    if step < 2 or all(lag % step == 0 for lag in lags):
        return []
    return [
        f"`{panel.keys.time}` goes in steps of {step}, and a lag counts calendar periods: write "
        f"`L{step}.`, or name a column that numbers the waves 1, 2, 3"
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def numeric_parts(panel: Panel, term: str, coding: Coding = Coding()) -> dict[str, np.ndarray]:
    """The columns (n,) whose product a term is, lagged where it says so, on all rows.

    Raises SpecificationError for text, and for a term that stands for categories.
    """
    parts = {part: panel.part(part) for part in _parts(term, panel.data)}
    for part, values in parts.items():
        if isinstance(values, pd.Series):
            raise SpecificationError(_no_number(part, term, values))
    if categories := _categorical(_coded(term, parts, panel, coding)):
        raise SpecificationError(
            f"`{term}`: `{categories[0]}` is a column of categories, and numbers are needed here: "
            "write a column of 0 and 1 for each category"
        )
    return parts


def rows_with(panel: Panel, term: str) -> np.ndarray:
    """Which rows (n,) have this term; none where no column has it."""
    parts = _parts(term, panel.data)
    if any(_lag(part, panel.data)[1] not in panel.data.columns for part in parts):
        return np.zeros(len(panel.data), dtype=bool)
    return np.logical_and.reduce([panel.knows(part) for part in parts])


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
            f"{_cell(column[broken].iloc[0])} in row {_first_row(broken)}; "
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


def _cell(value: object) -> str:
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


def crossed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Integers (n,) that tell apart every pair of two integers, in the order of the pairs."""
    low, high = int(other.min()), int(other.max())
    return (one - int(one.min())) * (high - low + 1) + (other - low)


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


def _parts(term: str, data: pd.DataFrame) -> list[str]:
    """The parts of an interaction; a column whose own name has a colon is not one."""
    return [term] if term in data.columns else [part.strip() for part in term.split(":")]


def _lag(part: str, data: pd.DataFrame) -> tuple[int, str]:
    match = None if part in data.columns else LAG.fullmatch(part)
    return (int(match[1]), match[2]) if match else (0, part)


def _part(part: str, panel: Panel) -> np.ndarray | pd.Series:
    """A column, lagged where the part says so; text is left as it is, for interactions."""
    lag, name = _lag(part, panel.data)
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
    first, *others = _parts(name, panel.data)
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


@dataclass(frozen=True)
class Categories:
    """A column of categories: which of the names, in the order of their values, each row has."""

    codes: np.ndarray  # (n,)
    names: tuple[str, ...]


def coded_parts(
    term: str, panel: Panel, used: np.ndarray, coding: Coding
) -> dict[str, np.ndarray | Categories]:
    """The parts of a term on the rows (n,) that are used: numbers, or categories."""
    parts = {part: panel.part(part)[used] for part in _parts(term, panel.data)}
    return _coded(term, parts, panel, coding)


def _coded(
    term: str, parts: Mapping[str, np.ndarray | pd.Series], panel: Panel, coding: Coding
) -> dict[str, np.ndarray | Categories]:
    """The parts of a term, as categories where they are.

    Text is; so are numbers that the specification marks, those that the file labels (in an
    interaction), and those among whose values the base of the interaction is. What a column is,
    its lags are as well.
    """
    coded: dict[str, np.ndarray | Categories] = {}
    for part, values in parts.items():
        column = _lag(part, panel.data)[1]
        marked = not coding.categorical.isdisjoint((part, column))
        labels = value_labels(panel.data, column) if marked or len(parts) > 1 else {}
        if isinstance(values, pd.Series) and not marked:
            _require_categories(part, term, values, is_alone=len(parts) == 1)
        if isinstance(values, pd.Series) or marked or labels:
            codes, names = value_names(pd.Series(values))
            coded[part] = Categories(codes, labelled(names, labels))
        else:
            coded[part] = values
    if (base := coding.bases.get(term)) is not None and not _categorical(coded):
        for part, values in reversed(list(parts.items())):
            codes, names = value_names(pd.Series(values))
            if base in names:
                return {**coded, part: Categories(codes, names)}
        raise SpecificationError(
            f"`{term}`: the base {base!r} is no value of {_listed(parts)} in the sample"
        )
    return coded


def _require_categories(part: str, term: str, values: pd.Series, is_alone: bool) -> None:
    """Text in a term is a column of categories, and no column of numbers with a slip in it."""
    numbers = written_numbers(values)
    if is_alone or 2 * numbers.notna().sum() > len(values):
        raise SpecificationError(_no_number(part, term, values))


def _no_number(part: str, term: str, values: pd.Series) -> str:
    """Which cells of a column are no numbers, the first of them by its row."""
    wrong = values[values.notna() & written_numbers(values).isna()]
    if wrong.empty:
        return (
            f"column `{part}` holds its numbers as text, such as {values.dropna().iloc[0]!r}, and "
            f"`{term}` needs numbers: save it as numbers"
        )
    first, more = wrong.sort_index(), ""
    if len(wrong) > 1:
        more = f" and {len(wrong) - 1} more cell{'s' if len(wrong) > 2 else ''}"
    value, row = first.iloc[0], first.index[0] + 1
    if isinstance(value, date):
        return (
            f"column `{part}` holds dates ({value:%Y-%m-%d} in row {row}{more}), and `{term}` "
            "needs numbers: save the number that is meant, such as the year"
        )
    mend = "leave a cell empty where there is none"
    if wrong.map(lambda cell: bool(DECIMAL_COMMA.fullmatch(str(cell).strip()))).all():
        mend = "write the decimal point as a point"
    elif len(wrong) == values.notna().sum():
        mend = "name it under `categorical` if it stands for categories, else save plain numbers"
    return (
        f"column `{part}` holds text ({_cell(value)} in row {row}{more}), and "
        f"`{term}` needs numbers: {mend}"
    )


def _categorical(parts: Mapping[str, np.ndarray | Categories]) -> list[str]:
    return [part for part, values in parts.items() if isinstance(values, Categories)]


def term_columns(
    term: str,
    parts: Mapping[str, np.ndarray | Categories],
    terms: Sequence[str],
    base: str | None,
) -> dict[str, np.ndarray]:
    """The columns of a term: one, or one for each value of the column of categories in it.

    The value that the others are compared with is `base`; without one it is the first, where the
    rest of the interaction is a term of its own or there is no rest.
    """
    names = _categorical(parts)
    if len(names) > 1:
        raise SpecificationError(
            f"`{term}`: `{names[0]}` and `{names[1]}` are both columns of categories, and an "
            "interaction takes one"
        )
    written = [part.strip() for part in term.split(":")]  # x:x is the square of x
    factors = [part for part in written if part in parts] or [term]
    numeric = [part for part in factors if part not in names]
    columns = [values for part in factors if isinstance(values := parts[part], np.ndarray)]
    product: np.ndarray = np.prod(columns, axis=0) if columns else np.ones(1)
    if not names:
        return {term: product}
    groups = parts[names[0]]
    assert isinstance(groups, Categories)
    present = [groups.names[code] for code in np.unique(groups.codes)]
    if base is not None and base not in present:
        raise SpecificationError(
            f"`{term}`: the base {base!r} is no value of `{names[0]}` in the sample; its values "
            f"are {', '.join(present[:10])}"
        )
    if base is None and (not numeric or ":".join(numeric) in terms):
        base = present[0]
    shown = [value for value in present if value != base]
    if not shown:
        raise SpecificationError(f"`{term}`: column `{names[0]}` has a single value in the sample")
    return {
        f"{term}[{value}]": product * (groups.codes == groups.names.index(value)).astype(float)
        for value in shown
    }


def _numeric(coded: Iterable[Mapping[str, np.ndarray | Categories]]) -> list[str]:
    """The parts that are numbers in some term."""
    parts = [part for own in coded for part, v in own.items() if isinstance(v, np.ndarray)]
    return list(dict.fromkeys(parts))


def winsorised(
    coded: Mapping[str, np.ndarray | Categories], winsorise: Winsorise
) -> dict[str, np.ndarray | Categories]:
    """Numbers cut at their quantiles (linear interpolation) over the rows that are estimated on.

    Codes of categories are no numbers.
    """
    return {
        part: values.clip(*np.quantile(values, winsorise.limits))
        if isinstance(values, np.ndarray) and part in (winsorise.columns or coded)
        else values
        for part, values in coded.items()
    }


def check_winsorised(winsorise: Winsorise, variables: Sequence[str]) -> None:
    """Raise SpecificationError for a column to cut that is none of the variables."""
    for name in winsorise.columns:
        if name not in variables:
            raise SpecificationError(
                f"winsorise: `{name}` is not a numeric variable of the model; "
                f"its variables are {', '.join(variables)}"
            )
