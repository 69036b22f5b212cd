"""How people write numbers and dates in cells."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd

# `%Y` alone is a number and needs none of them
DATES = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"),
    *("%Y年", "%Y年%m月", "%Y年%m月%d日", "%Y-%m", "%Y/%m", "%d/%m/%Y", "%Y年末", "%Ym%m", "%YM%m"),
    *("%d.%m.%Y", "%m/%d/%Y"),  # months first where they can be no days
)
# 2010Q3, 2010-q3, 2010年第3季度, 2010年三季度; 2010H2
QUARTER = re.compile(r"(\d{4})(?:[-./ ]?[Qq]([1-4])|年 ?第?([1-4一二三四])季度?|[-./ ]?[Hh]([12]))")
# Periods as numbers: 201009, 20100930, of the years 1800 to 2200
NUMBERED = ((180_001, 220_012, "%Y%m"), (18_000_101, 22_001_231, "%Y%m%d"))
YEAR = re.compile(r"(\d{4})(\.0)? ?年[末度]?")
# 0,402 has no thousands: its comma is the decimal point of other countries
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(([, ])\d{3}(\2\d{3})*)(\.\d+)?")
DASHES = str.maketrans("−–‐", "---")
RAISED = re.compile(r"[·∙⋅](?=\d)")  # the decimal point of some journals
CODE = re.compile(r"0\d")  # 007 is no number
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
# What does in a column of numbers; as text it may be a label, such as the code of Namibia
ABSENT = ("NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "-NaN", "nan", "-nan")


def written_dates(column: pd.Series) -> pd.Series | None:
    """Dates that are written in one way throughout, as in 2010-12-31, 2010/1/1, 2010年."""
    text = column.map(str).str.strip().map(_month_of)
    for written in DATES:
        dates = pd.to_datetime(text, format=written, errors="coerce")
        if dates.notna().all():
            return dates
    return None


def _month_of(text: str) -> str:
    """The month in which a quarter or a half of a year begins; any other text as it is."""
    if (found := QUARTER.fullmatch(text)) is None:
        return text
    quarter = found[2] or found[3]
    before = 6 * (int(found[4]) - 1) if quarter is None else 3 * ("1234一二三四".index(quarter) % 4)
    return f"{found[1]}-{before + 1:02}"


def numbered_dates(numbers: pd.Series) -> pd.Series | None:
    """The dates that whole numbers are, as 201009 or 20100930, where all of them are some."""
    low, high = numbers.min(), numbers.max()
    for first, last, written in NUMBERED:
        if first <= low and high <= last:
            text = numbers.astype(np.int64).astype(str)
            dates = pd.to_datetime(text, format=written, errors="coerce")
            return dates if dates.notna().all() else None
    return None


def loses_digits(column: pd.Series) -> bool:
    """Whether whole numbers in it may be others than were written: floating point ends at 9e15,
    and at 16,777,216 in single precision, which is how Stata keeps numbers by default.
    """
    if not pd.api.types.is_float_dtype(column.dtype):
        return False
    kept = getattr(column.dtype, "numpy_dtype", column.dtype)
    return bool(2 ** (np.finfo(kept).nmant + 1) < column.abs().max() < np.inf)


def written_years(column: pd.Series) -> pd.Series:
    """The column with 2010 for 2010年, as years stand beside plain ones."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column
    years = column.map(lambda value: YEAR.fullmatch(str(value).strip()), na_action="ignore")
    return column.where(~years.map(bool, na_action="ignore").eq(True), years.map(_first))


def written_numbers(column: pd.Series) -> pd.Series:
    """The numbers (n,) that cells spell: 1,234.5 and 1 234.5, signs and digits of any width too.

    Missing where a cell spells none: 3,14 and 1,2345 could be read in two ways, 12 % is not 12.
    """
    return column.map(_number).astype(float)


def with_numbers(data: pd.DataFrame) -> pd.DataFrame:
    """The data, in which a column of text whose cells all spell numbers holds them."""
    for name in data.columns:
        if pd.api.types.is_numeric_dtype(data[name].dtype):
            continue
        present = data[name].dropna()
        text = present[present.map(lambda value: isinstance(value, str))]
        if text.empty or np.isnan(_number(text.iloc[0])) or text.str.match(CODE).any():
            continue
        if written_numbers(present).notna().all():
            data[name] = written_numbers(data[name])
    return data


def alike(names: Sequence[str]) -> list[list[int]]:
    """Which of the names differ by case, spaces or the width of signs alone: their places."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        plain = "".join(unicodedata.normalize("NFKC", name).casefold().split())
        places.setdefault(plain, []).append(place)
    return [found for found in places.values() if len(found) > 1]


def _first(found: re.Match[str] | None) -> object:
    return found[1] if found else None


def plain_number(text: str) -> str:
    """A number as computers write it: no thousands apart, signs and digits of one width."""
    text = RAISED.sub(".", unicodedata.normalize("NFKC", text).strip().translate(DASHES))
    grouped = GROUPED.fullmatch(text)
    return text if grouped is None else text.replace(grouped[2], "")


def _number(value: object) -> float:
    if not isinstance(value, str):
        return float(value) if isinstance(value, Real | Decimal) else float("nan")
    text = plain_number(value)
    return float(text) if PLAIN.fullmatch(text) else float("nan")


def labels_in_doubt(data: pd.DataFrame) -> dict[str, str]:
    """The warning of each column of text in which a label may stand for a missing value.

    Where all labels are two capital letters, NA is the code of Namibia.
    """
    found = {}
    for name, column in data.items():
        if pd.api.types.is_numeric_dtype(column.dtype):
            continue
        doubted = column.isin(ABSENT)
        if doubted.any() and not column.dropna().map(str).str.fullmatch("[A-Z]{2}").all():
            row = int(np.argmax(doubted.to_numpy()))
            found[str(name)] = (
                f"`{name}` is {column.iloc[row]!r} in row {row + 1}, which counts as a label like "
                "the others: leave the cell empty if none is known"
            )
    return found
