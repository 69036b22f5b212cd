"""Reading anybody's panel: CSV, Parquet and Stata files."""

import csv
import struct
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analytics.errors import SpecificationError

ENCODINGS = ("utf-8-sig", "gb18030")
SEPARATORS = (",", ";", "\t")
MISSING = ["."]  # Stata's, as it stands in exported text; pandas knows the usual others


def read_panel(path: Path) -> pd.DataFrame:
    """Read a panel file by its ending: .csv, .tsv, .txt, .parquet, .dta.

    Text is UTF-8 or GB18030, separated by commas, semicolons or tabs. Stata's value labels are
    left aside: a labelled variable holds its numbers, as it does in Stata's own expressions.
    Raises SpecificationError naming the file and what is wrong with it.
    """
    kind = path.suffix.lower()
    readers = {
        ".csv": _read_text,
        ".tsv": _read_text,
        ".txt": _read_text,
        ".parquet": pd.read_parquet,
        ".pq": pd.read_parquet,
        ".dta": _read_stata,
    }
    if kind not in readers:
        raise SpecificationError(
            f"{path}: is no panel file that can be read; save it as .csv, .parquet or .dta"
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
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        said = str(error).strip().splitlines() or ["it is damaged"]
        raise SpecificationError(f"{path}: cannot be read as {kind} ({said[0]})") from None
    if data.index.names != [None]:  # keys that pandas wrote as an index
        data = data.reset_index()
    data.columns = [str(name).strip() for name in data.columns]
    return data


def _read_text(path: Path) -> pd.DataFrame:
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding) as file:
                heading = file.readline()
                file.read()
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SpecificationError("is not text in UTF-8 or GB18030; save it as UTF-8")
    separator = max(SEPARATORS, key=heading.count)
    names = [name.strip() for name in next(csv.reader([heading], delimiter=separator), [])]
    _require_distinct(names)  # pandas would call the second x "x.1" without a word
    return pd.read_csv(
        path,
        sep=separator,
        encoding=encoding,
        names=names,
        header=0,
        index_col=False,
        na_values=MISSING,
        low_memory=False,
    )


def _require_distinct(names: Sequence[str]) -> None:
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise SpecificationError(f"two columns are named `{twice[0]}`; rename one")


def _read_stata(path: Path) -> pd.DataFrame:
    try:
        return pd.read_stata(path, convert_categoricals=False)
    except struct.error:
        raise SpecificationError("cannot be read (it is damaged, or no Stata file)") from None
