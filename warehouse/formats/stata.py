"""Data files of Stata as rows of printed text: labels of the variables, their names, the values."""

import datetime
import io
import struct
from typing import TYPE_CHECKING

from warehouse.contract.errors import Rejected
from warehouse.formats.workbooks import Rows, printed

if TYPE_CHECKING:
    from pandas import DataFrame, Series

# What pandas raises on bytes that are damaged, or of a version that it does not know.
_UNREADABLE = (
    *(ValueError, LookupError, TypeError, AttributeError, AssertionError, ArithmeticError),
    *(NotImplementedError, StopIteration, EOFError, OSError, struct.error),
)


def is_stata(data: bytes) -> bool:
    """Whether bytes begin as a data file of Stata 8 or later does."""
    return data.startswith(b"<stata_dta>") or (len(data) > 2 and 113 <= data[0] <= 115)


def stata_rows(data: bytes) -> Rows:
    """The rows of a data file; a labelled value shows its label. Raises Rejected.

    A number has the digits that its precision can tell apart: 0.061 of a float is no 0.06100000068.
    A date that is a year in Stata (%ty) is that year.
    """
    from pandas.io.stata import StataReader

    try:
        with StataReader(io.BytesIO(data)) as reader:
            frame, labels = reader.read(), reader.variable_labels()
        dates = list(frame.select_dtypes("datetime"))
        if dates:
            frame = frame.assign(**_years(data, frame[dates]))
        columns = [[_text(value) for value in frame[name].array] for name in frame.columns]
        return [
            [_own(labels.get(name, "")) for name in frame.columns],
            [_own(name) for name in frame.columns],
            *map(list, zip(*columns, strict=True)),
        ]
    except _UNREADABLE as error:
        raise Rejected(
            "cannot be opened as a data file of Stata, its bytes are damaged or of a version that "
            "is not known: save it again (saveold), or export it as CSV"
        ) from error


def _years(data: bytes, dates: "DataFrame") -> dict[str, "Series"]:
    """The columns of dates that a file holds as years: its number is then that of the year."""
    from pandas.io.stata import StataReader

    with StataReader(io.BytesIO(data)) as reader:
        numbers = reader.read(convert_dates=False, columns=list(dates))
    return {
        name: numbers[name]
        for name in dates
        if (numbers[name] == dates[name].dt.year).where(dates[name].notna(), True).all()
    }


def _text(value: object) -> str | None:
    """A value as its shortest text; None for what is missing."""
    import numpy as np

    if value is None or value != value:
        return None
    if isinstance(value, (float, np.floating)):
        return np.format_float_positional(value, trim="-")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return _own(str(value))


def _own(text: str) -> str | None:
    """A text in the encoding of whoever wrote it, where a file of before Stata 14 names none."""
    try:
        plain = text.encode("latin-1")
    except UnicodeEncodeError:  # it was Unicode
        return printed(text)
    try:
        return printed(plain.decode("utf-8"))
    except UnicodeDecodeError:
        return printed(plain.decode("gb18030"))
