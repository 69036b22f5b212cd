"""Reading anybody's panel: CSV, Excel, Parquet and Stata files."""

import codecs
import csv
import re
import struct
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from string import ascii_lowercase
from typing import TextIO

import numpy as np
import pandas as pd
from python_calamine import CalamineError, load_workbook

from analytics import spreadsheet_errors
from analytics.errors import SpecificationError
from analytics.sections import category_name
from analytics.written import (
    ABSENT,
    loses_digits,
    with_numbers,
    written_dates,
    written_numbers,
)

ENCODINGS = ("utf-8-sig", "gb18030")
SEPARATORS = (",", ";", "\t")
HEADINGS_WITHIN = 20  # rows from the top of a sheet: titles may stand above them
DECODED = 1 << 20  # bytes of a text file that are looked at together
# What stands for a missing value in any column: as Stata, spreadsheets and C write it in text
MISSING = ["", ".", *(f".{letter}" for letter in ascii_lowercase)]
MISSING += [*spreadsheet_errors.ERRORS, "#N/A N/A", "#NA", "<NA>"]
MISSING += ["1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"]


def read_panel(path: Path, keys: Collection[str] = ()) -> pd.DataFrame:
    """Read a panel file by its ending: .csv, .tsv, .txt, .xlsx, .xls, .parquet, .dta.

    Text is UTF-8 or GB18030, separated by commas, semicolons or tabs. A workbook has one sheet
    with data, or one whose headings have all `keys`; a key in merged cells is that of each of their
    rows. Titles may stand above the headings of either, which have all `keys`. A labelled variable
    of Stata holds its numbers, as it does in Stata's own expressions; `attrs["value_labels"]` keeps
    what they mean, for interactions, and `attrs["variable_labels"]` what variables are called.
    `attrs["doubts"]` has a warning of each column in which a spreadsheet left errors.
    Raises SpecificationError naming the file and what is wrong with it.
    """
    kind = path.suffix.lower()
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": partial(_read_text, keys=keys),
        ".tsv": partial(_read_text, keys=keys),
        ".txt": partial(_read_text, keys=keys),
        ".xlsx": partial(_read_workbook, keys=keys),
        ".xlsm": partial(_read_workbook, keys=keys),
        ".xls": partial(_read_workbook, keys=keys),
        ".parquet": pd.read_parquet,
        ".pq": pd.read_parquet,
        ".dta": _read_stata,
    }
    if kind not in readers:
        raise SpecificationError(
            f"{path}: is no panel file that can be read; save it as .csv, .xlsx, .parquet or .dta"
        )
    try:
        data = readers[kind](path)
    except OSError as error:
        # pyarrow's errors for a broken file are OSErrors without a number
        reason = error.strerror or "it is damaged, or of another kind than its name says"
        raise SpecificationError(f"{path}: cannot be read ({reason})") from None
    except SpecificationError as error:
        raise SpecificationError(f"{path}: {error}") from None
    except pd.errors.EmptyDataError:
        raise SpecificationError(f"{path}: the file is empty") from None
    except pd.errors.ParserError as error:
        raise SpecificationError(f"{path}: {_parser_sentence(str(error))}") from None
    except (ValueError, KeyError, IndexError, OverflowError, CalamineError, csv.Error):
        raise SpecificationError(
            f"{path}: cannot be read as {kind}: it is damaged, or of another kind"
        ) from None
    if data.index.names != [None]:  # keys that pandas wrote as an index
        data = data.reset_index()
    data.columns = [_on_one_line(name) for name in data.columns]
    return data


def _read_text(path: Path, keys: Collection[str]) -> pd.DataFrame:
    encoding = next((known for known in ENCODINGS if _is_in(path, known)), None)
    if encoding is None:
        raise SpecificationError("is not text in UTF-8 or GB18030; save it as UTF-8")
    with path.open(encoding=encoding, newline="") as file:
        separator, heading, above = heading_of(file, keys)
    names = [_on_one_line(name) for name in heading]
    while names and not names[-1]:  # what spreadsheets leave beside a table
        names.pop()
    if len(names) == 1:
        raise SpecificationError(
            f"has a single column, `{names[0]}`: part cells by commas, semicolons or tabs, and "
            "begin with the line of the headings"
        )
    require_distinct(names)  # pandas would call the second x "x.1" without a word
    with warnings.catch_warnings(
        record=True, action="always", category=pd.errors.ParserWarning
    ) as doubts:
        read = partial(
            pd.read_csv,
            path,
            sep=separator,
            encoding=encoding.removesuffix("-sig"),  # pandas reads UTF-8 faster and skips the mark
            names=names,
            header=above,
            index_col=False,
            na_values=MISSING,
            low_memory=False,
        )
        data = read()
        if gaps := [n for n, c in data.items() if c.dtype == "str" and c.isna().any()]:
            data = _labels_as_printed(data, read(usecols=gaps, keep_default_na=False))
        for name, column in data.items():
            if loses_digits(column):
                data[name] = _long_codes(column, read(usecols=[name], dtype=str)[name])
    if doubts:  # cells beyond the last heading are left out, as those of a comma at the end are
        _require_headings(path, encoding, separator, len(names))
    data = _without_empty_end(data)
    with path.open(encoding=encoding, newline="") as file:
        errors = spreadsheet_errors.in_text(file, separator)
        data.attrs["doubts"] = spreadsheet_errors.warnings_of(errors, dict(enumerate(names)))
    # Between semicolons a comma may stand for the decimal point
    return data if separator == ";" else with_numbers(data)


def _without_empty_end(data: pd.DataFrame) -> pd.DataFrame:
    """The data without the rows of separators that spreadsheets leave below a table."""
    if not len(data) or data.iloc[-1].notna().any():
        return data
    filled = np.flatnonzero(data.notna().any(axis=1))
    return data.iloc[: filled.max(initial=-1) + 1]


def _labels_as_printed(data: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """The data, in which NA and the like are missing, with those that are labels as `printed`."""
    for name, column in printed.items():
        if _is_of_labels(column[~column.isin(ABSENT)]):
            data[name] = column
    return data


def _long_codes(column: pd.Series, printed: pd.Series) -> pd.Series:
    """Whole numbers of up to 18 digits as they are `printed`; else the column as it is.

    Beside an empty cell pandas makes numbers of floating point of them, which end after 15 digits.
    """
    if not printed.dropna().str.fullmatch(r" *[+-]?\d{1,18} *").all():
        return column
    return pd.to_numeric(printed, dtype_backend="numpy_nullable")


def _is_of_labels(column: pd.Series) -> bool:
    """Whether cells are neither numbers or truth values, most of them, nor dates throughout."""
    counts = column.value_counts()
    texts = counts.index.to_series()
    numbers = counts.to_numpy()[written_numbers(texts).notna()].sum()
    return 2 * numbers < counts.sum() and written_dates(texts) is None


def _on_one_line(name: object) -> str:
    """A heading that is broken into lines, as one line; 2001 where it is a number."""
    return " ".join(part.strip() for part in str(category_name(name)).strip().splitlines())


def heading_of(file: TextIO, keys: Collection[str] = ()) -> tuple[str, list[str], int]:
    """The mark that parts the cells of a CSV, a comma where none does, and those of its heading.

    That is the first line that is not blank or, with `keys`, the first that has all of them; the
    number says how many lines that are not blank stand above it. In quotation marks a cell may go
    over lines.
    """
    found = []
    for separator in SEPARATORS:
        file.seek(0)
        rows = csv.reader(file, delimiter=separator)
        filled = (row for row in rows if len(row) > 1 or "".join(row).strip())
        first: list[str] = []
        for place, row in enumerate(islice(filled, HEADINGS_WITHIN)):
            first = first or row
            if set(keys) <= set(map(_on_one_line, row)):
                found.append((True, separator, row, place))
                break
        else:
            found.append((False, separator, first, 0))
    _, separator, heading, place = max(found, key=lambda each: (each[0], len(each[2])))
    return separator, heading, place


def _require_headings(path: Path, encoding: str, separator: str, count: int) -> None:
    """Raise SpecificationError for a line with more cells than there are headings."""
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.reader(file, delimiter=separator)
        for row in rows:
            if any(cell.strip() for cell in row[count:]):
                raise SpecificationError(
                    f"line {rows.line_num} has {len(row)} cells, and the heading has {count}: put "
                    "text that holds the separator into quotation marks"
                )


def _is_in(path: Path, encoding: str) -> bool:
    """Whether all of a file is text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while part := file.read(DECODED):
                decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def require_distinct(names: Sequence[str]) -> None:
    """Raise SpecificationError for headings that two columns have."""
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        if not twice[0]:
            raise SpecificationError("two columns have no heading; give each a name")
        raise SpecificationError(f"two columns are named `{twice[0]}`; rename one")


def _parser_sentence(said: str) -> str:
    """What pandas says of a line with too many cells, in our words."""
    found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
    if found is None:
        return "cannot be read as text: a quotation mark may be open; save it anew as .csv"
    return (
        f"line {found[2]} has {found[3]} cells, and the lines before it have {found[1]}: put text "
        "that holds the separator into quotation marks"
    )


def _read_workbook(path: Path, keys: Collection[str]) -> pd.DataFrame:
    sheets = pd.read_excel(
        path,
        sheet_name=None,
        header=None,
        engine="calamine",
        na_values=MISSING,
        keep_default_na=False,
    )
    name, sheet = _sheet_of_panel(sheets, keys)
    sheet = _without_merged(_from_headings(sheet, keys), keys, path, name)
    names = ["" if pd.isna(cell) else _on_one_line(cell) for cell in sheet.iloc[0]]
    require_distinct(names)
    printed = sheet.iloc[1:].set_axis(names, axis=1).reset_index(drop=True)
    data = _labels_as_printed(printed.mask(printed.isin(ABSENT)).infer_objects(), printed)
    errors = spreadsheet_errors.in_workbook(path, name)
    named = dict(zip(sheet.columns, names, strict=True))
    data.attrs["doubts"] = spreadsheet_errors.warnings_of(errors, named)
    return with_numbers(data)


def _sheet_of_panel(
    sheets: dict[str, pd.DataFrame], keys: Collection[str]
) -> tuple[str, pd.DataFrame]:
    """The one sheet with data or, of several, with the keys; and its name."""
    filled = {name: sheet for name, sheet in sheets.items() if len(sheet.dropna(how="all")) > 1}
    found = ", ".join(filled) or "none"
    if len(filled) > 1:
        named = (name for name, sheet in filled.items() if _row_of(sheet, keys) is not None)
        filled = {name: filled[name] for name in named if keys}
    if len(filled) != 1:
        raise SpecificationError(
            f"one sheet with the panel was expected, and the sheets with data are: {found}; save "
            "the one that holds it as a workbook of its own"
        )
    return next(iter(filled.items()))


def _from_headings(sheet: pd.DataFrame, keys: Collection[str]) -> pd.DataFrame:
    """The filled rows and columns, from the first row that has all keys: a title may be above."""
    rows = sheet.dropna(how="all")
    place = _row_of(rows, keys)
    return rows.iloc[place or 0 :].dropna(how="all", axis=1)


def _row_of(sheet: pd.DataFrame, keys: Collection[str]) -> int | None:
    """The place of the first row whose cells have all keys."""
    wanted = set(keys)
    rows = sheet.head(HEADINGS_WITHIN).itertuples(index=False)
    found = ({_on_one_line(cell) for cell in row if pd.notna(cell)} for row in rows)
    return next((place for place, cells in enumerate(found) if wanted <= cells), None)


def _without_merged(
    sheet: pd.DataFrame, keys: Collection[str], path: Path, name: str
) -> pd.DataFrame:
    """The sheet, in which a key in cells that are merged into one stands in each of their rows."""
    own = [place for place, cell in sheet.iloc[0].items() if _on_one_line(cell) in keys]
    if not sheet[own].isna().any(axis=None):
        return sheet
    merged = load_workbook(path).get_sheet_by_name(name).merged_cell_ranges or ()
    for (top, left), (bottom, _) in merged:
        if left in own and top in sheet.index:
            sheet.loc[top:bottom, left] = sheet.at[top, left]
    return sheet


def _read_stata(path: Path) -> pd.DataFrame:
    # Of what a file says that is no Stata file, and of text that is in no UTF-8: see _with_chinese
    quiet = warnings.catch_warnings(action="ignore", category=UnicodeWarning)
    try:
        with np.errstate(over="ignore"), quiet:
            data = pd.read_stata(path, convert_categoricals=False)
            data.attrs["value_labels"] = _value_labels(path, data)
            data.attrs["variable_labels"] = _variable_labels(path)
    except (struct.error, StopIteration):
        raise SpecificationError("cannot be read (it is damaged, or no Stata file)") from None
    return _with_chinese(data)


def _with_chinese(data: pd.DataFrame) -> pd.DataFrame:
    """The data with the Chinese of Stata before 14, whose files do not say how text is encoded."""
    columns = [name for name in data if pd.api.types.is_string_dtype(data[name])]
    variables, values = data.attrs["variable_labels"], data.attrs["value_labels"]
    texts = [*variables.values(), *(text for of in values.values() for text in of.values())]
    texts += [text for name in columns for text in data[name].unique()]
    if chinese := _chinese({text for text in texts if not text.isascii()}):
        for name in columns:
            data[name] = data[name].map(lambda cell: chinese.get(cell, cell))
        data.attrs["variable_labels"] = {
            n: chinese.get(text, text) for n, text in variables.items()
        }
        data.attrs["value_labels"] = {
            n: {v: chinese.get(text, text) for v, text in of.items()} for n, of in values.items()
        }
    return data


def _chinese(texts: Collection[str]) -> dict[str, str]:
    """What texts that were read as Latin-1 are in GB18030, where most of them are simple Chinese.

    One that was cut within a sign ends in the mark of what cannot be read.
    """
    try:
        written = {text: text.encode("latin-1") for text in texts}
    except UnicodeEncodeError:  # the file says that it is in UTF-8
        return {}
    if 2 * sum(_is_simple_chinese(each) for each in written.values()) <= len(written):
        return {}
    return {text: each.decode("gb18030", errors="replace") for text, each in written.items()}


def _is_simple_chinese(text: bytes) -> bool:
    """Whether signs beyond ASCII come in pairs, as a word of French or German has them rarely."""
    try:
        return not text.decode("gb2312").isascii()
    except UnicodeDecodeError:
        return False


def _variable_labels(path: Path) -> dict[str, str]:
    with pd.io.stata.StataReader(path) as reader:
        return {name: label for name, label in reader.variable_labels().items() if label}


def _value_labels(path: Path, data: pd.DataFrame) -> dict[str, dict[float, str]]:
    """What the numbers of labelled variables mean, of those that occur.

    Where two values share a label, which then does not tell them apart, it is the number.
    """
    with pd.io.stata.StataReader(path) as reader:
        if not reader.value_labels():
            return {}
    labelled, shared = _with_labels(path, data)
    numbers = {name: data[name].dropna().unique().tolist() for name in shared}
    return {n: {float(v): str(category_name(float(v))) for v in numbers[n]} for n in shared} | {
        name: {
            float(value): str(label)
            for value, label in zip(data[name], labelled[name], strict=True)
            if pd.notna(label)
        }
        for name in labelled.columns
        if isinstance(labelled[name].dtype, pd.CategoricalDtype)
        and pd.api.types.is_numeric_dtype(data[name].dtype)
    }


def _with_labels(path: Path, data: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The variables with labels for values, but for those in which two values share one."""
    shared: list[str] = []
    while True:
        try:
            return pd.read_stata(path, columns=[n for n in data if n not in shared]), shared
        except ValueError as error:
            found = re.search(r"Value labels for column (.+) are not unique", str(error))
            if found is None:
                raise
            shared.append(found[1])
