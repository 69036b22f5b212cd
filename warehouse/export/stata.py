"""A data file of Stata 14 and later (format 118), declared as a panel, with labels and notes.

pandas writes the file; what it leaves empty is filled in here: characteristics, which hold notes
and what `xtset` declares, and by which variables the rows are sorted. Layout: `help dta` of Stata.
"""

import struct
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
from pandas.io.stata import StataWriterUTF8

from warehouse.export.dataset import Dataset

PANEL, TIME = "area_id", "year"
LONGEST_NAME, LONGEST_LABEL = 32, 80
_OF_DATA = "_dta"
_NAME_BYTES = 129  # a name of 32 characters of four bytes, and its end
Characteristic = tuple[str, str, str]  # variable or _dta, name, content


def write(dataset: Dataset, path: Path) -> None:
    """Write the data with variable labels, areas as a labelled variable and notes."""
    rows = _with_numbers_of_areas(dataset.rows)
    names = short_names(rows.columns)
    labels = dataset.labels(rows.columns)
    data = rows.rename(columns=names)
    areas = dict(zip(rows[PANEL].astype(int), rows["area_name"].fillna(rows["area_code"])))
    dates = {"published_on": "td"} if dataset.is_long else {}
    writer = _PanelWriter(
        path,
        data,
        convert_dates={name: kind for name, kind in dates.items() if data[name].notna().any()},
        write_index=False,
        time_stamp=datetime.combine(dataset.newest_published_on, datetime.min.time()),
        data_label=_cut(dataset.label),
        variable_labels={names[name]: _cut(text) for name, text in labels.items()},
        value_labels={PANEL: areas},
        version=118,
    )
    writer.characteristics = list(_characteristics(dataset, names))
    writer.sorted_by = [] if dataset.is_long else [list(data).index(n) for n in (PANEL, TIME)]
    writer.write_file()


def short_names(columns: Sequence[str]) -> dict[str, str]:
    """Names that Stata can have, of at most 32 characters and each once."""
    names: dict[str, str] = {}
    for column in columns:
        short, number = column[:LONGEST_NAME], 2
        while short in names.values():
            short = f"{column[: LONGEST_NAME - 2]}_{number}"
            number += 1
        names[column] = short
    return names


def _with_numbers_of_areas(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a number of each area: a variable that declares a panel has to be one."""
    codes = sorted(rows["area_code"].unique())
    numbers = rows["area_code"].map({code: place for place, code in enumerate(codes, start=1)})
    numbered = rows.copy()
    numbered.insert(0, PANEL, numbers.astype("int32"))
    text = numbered.select_dtypes(include=["object", "string"]).columns
    numbered[text] = numbered[text].astype(object).where(numbered[text].notna(), "")
    return numbered


def _characteristics(dataset: Dataset, names: dict[str, str]) -> Iterator[Characteristic]:
    yield from _notes(_OF_DATA, dataset.notes())
    if dataset.is_long:
        return
    for name, content in {
        "_TSitrvl": "1",
        "_TSdelta": "+1.0000000000000X+000",  # one year, in Stata's hexadecimal
        "_TSpanel": PANEL,
        "_TStvar": TIME,
        "iis": PANEL,
        "tis": TIME,
    }.items():
        yield _OF_DATA, name, content
    for variable in dataset.variables:
        told = [variable.label(dataset.language), variable.defined_in(dataset.language)]
        yield from _notes(
            names[variable.name], [f"{variable.name}: {'; '.join(filter(None, told))}"]
        )


def _notes(variable: str, texts: Sequence[str]) -> Iterator[Characteristic]:
    yield variable, "note0", str(len(texts))
    for number, text in enumerate(texts, start=1):
        yield variable, f"note{number}", text


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


class _PanelWriter(StataWriterUTF8):
    """pandas' writer, with the two parts of the file that it leaves empty."""

    characteristics: Sequence[Characteristic] = ()
    sorted_by: Sequence[int] = ()  # positions of variables, counted from 0

    def _write_characteristics(self) -> None:
        self._update_map("characteristics")
        parts = [self._tag(self._characteristic(*each), "ch") for each in self.characteristics]
        self._write_bytes(self._tag(b"".join(parts), "characteristics"))

    def _characteristic(self, variable: str, name: str, content: str) -> bytes:
        names = b"".join(text.encode().ljust(_NAME_BYTES, b"\0") for text in (variable, name))
        body = names + content.encode() + b"\0"
        return struct.pack(f"{self._byteorder}I", len(body)) + body

    def _write_sortlist(self) -> None:
        self._update_map("sortlist")
        places = [place + 1 for place in self.sorted_by]
        places += [0] * (self.nvar + 1 - len(places))
        packed = struct.pack(f"{self._byteorder}{len(places)}H", *places)
        self._write_bytes(self._tag(packed, "sortlist"))
