"""SDMX-CSV of the OECD Data Explorer: one row an observation, its dimensions in columns.

Of the Digital Services Trade Restrictiveness Index the rows of every economy are taken, of one
methodology only: indices of two are not comparable.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from warehouse.contract.cells import cell_record
from warehouse.contract.errors import Rejected
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.economies import OBS_STATUS
from warehouse.sources.tables import (
    Row,
    filled,
    left_out,
    read_each_sheet,
    row_cells,
    said_of_shifted,
    shifted_rows,
)

_AREA, _MEASURE, _PERIOD, _VALUE = "REF_AREA", "MEASURE", "TIME_PERIOD", "OBS_VALUE"
_VINTAGE = ("METHODOLOGY", "STRI_TYPE")
_FLOW_COLUMNS = ("DATAFLOW", "STRUCTURE_ID")
_FLOW = "DF_STRI_DIGITAL"
_CHINA = "CHN"
_HEADING_WITHIN = 20


def read(file: SourceFile) -> Reading:
    """The cells of an SDMX-CSV. Raises Rejected if it is another dataflow or of no year."""
    return read_each_sheet(
        file,
        _read_sheet,
        f"a heading row with {_AREA}, {_MEASURE}, {_PERIOD} and {_VALUE}; query it again with "
        "format=csvfile or csvfilewithlabels",
    )


@dataclass(frozen=True)
class _Observation:
    """A row: its number from 0, its cells, and the codes of its columns by their names."""

    number: int
    row: Row
    codes: Mapping[str, str | None]

    @property
    def is_of_china(self) -> bool:
        return self.codes[_AREA] == _CHINA

    @property
    def lacks_area(self) -> bool:
        return self.codes[_VALUE] is not None and self.codes[_AREA] is None

    @property
    def is_annual(self) -> bool:
        return bool(re.fullmatch(r"\d{4}", self.codes[_PERIOD] or ""))

    @property
    def vintage(self) -> tuple[str, ...]:
        return tuple(self.codes.get(name) or "" for name in _VINTAGE)


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    head = next((n for n, row in enumerate(sheet.rows[:_HEADING_WITHIN]) if _is_heading(row)), None)
    if head is None:
        return None
    # A column of labels is named in small letters (Measure), a code never is: case tells them.
    columns = {_code(name): column for column, name in enumerate(sheet.rows[head]) if name}
    moved = shifted_rows(sheet, head)
    rows = [[None] * len(row) if n in moved else row for n, row in enumerate(sheet.rows)]
    observations = list(_observations(rows, head, columns))
    _check_flow(observations)
    candidates = _of_years(observations, columns, file)
    taken, remarks = _one_vintage(candidates, file)
    _check_unique(taken, file)
    numbers = {observation.number for observation in taken}
    records = list(row_cells(enumerate(sheet.rows[: head + 1]), "label"))
    for observation in observations:
        records += _cells(observation, columns, observation.number in numbers, file)
    records += row_cells(((number, sheet.rows[number]) for number in sorted(moved)), "unused")
    placeless = [each.number for each in observations if each.lacks_area]
    remarks += [*said_of_shifted(moved), *left_out(placeless, "have a value but no area")]
    left = sum(not each.is_annual for each in observations)
    if left:
        remarks.append(f"{left} rows are not of a year: not taken")
    return records, remarks


def _is_heading(row: Row) -> bool:
    return {_AREA, _MEASURE, _PERIOD, _VALUE} <= {_code(name) for name in row if name}


def _code(text: str) -> str:
    """The code of "CHN: China (People's Republic of)", a form of SDMX-CSV that prints both."""
    return text.partition(": ")[0].strip()


def _observations(
    rows: Sequence[Row], head: int, columns: Mapping[str, int]
) -> Iterator[_Observation]:
    """The rows below the headings. Raises Rejected for a row that ends before its value."""
    for number, row in enumerate(rows[head + 1 :], head + 1):
        if not filled(row):
            continue
        if len(row) < len(rows[head]):
            raise Rejected(
                f"row {number + 1} has {len(row)} of {len(rows[head])} cells, the file is cut "
                "short: download it again"
            )
        codes = {name: _code(row[column] or "") or None for name, column in columns.items()}
        yield _Observation(number, row, codes)


def _check_flow(observations: Iterable[_Observation]) -> None:
    """Raise Rejected if a column names another dataflow: its measures have the same codes."""
    named = {each.codes.get(column) or "" for each in observations for column in _FLOW_COLUMNS}
    flows = {match for name in named for match in re.findall(r"DF_\w+", name)}
    if flows - {_FLOW}:
        raise Rejected(
            f"is the dataflow {', '.join(sorted(flows - {_FLOW}))}, of which nothing is used: "
            f"query DSD_STRI@{_FLOW}"
        )


def _of_years(
    observations: Iterable[_Observation], columns: Mapping[str, int], file: SourceFile
) -> list[_Observation]:
    """The annual rows that have the declared codes. Raises Rejected if there are none."""
    found = [each for each in observations if each.codes[_AREA] and each.is_annual]
    if not found:
        raise Rejected("holds no annual row of an economy: query it again with FREQ=A")
    for name, wanted in (file.declaration.dimensions or {}).items():
        there = sorted({each.codes.get(name) or "" for each in found})
        found = [each for each in found if (each.codes.get(name) or "") == wanted]
        if not found:
            has = ", ".join(there) if name in columns else "no such column"
            raise Rejected(
                f"declares `dimensions: {{{name}: {wanted}}}`, but there is {has}: "
                f"mend it under `files: {file.name}:` in _edition.yml"
            )
    return found


def _one_vintage(
    rows: list[_Observation], file: SourceFile
) -> tuple[list[_Observation], list[str]]:
    """The rows of one methodology and type: that of most years, of equals the last code.

    China's years count, where it is among the economies.
    """
    measured = [each for each in rows if each.is_of_china] or rows
    years: dict[tuple[str, ...], set] = {each.vintage: set() for each in measured}
    for each in measured:
        if each.codes[_VALUE] is not None:
            years[each.vintage].add((each.codes[_AREA], each.codes[_PERIOD]))
    chosen = max(years, key=lambda vintage: (len(years[vintage]), vintage))
    remarks = []
    if len(years) > 1:
        there = ", ".join(f"{_named(each)} ({len(years[each])} values)" for each in sorted(years))
        other = min(set(years) - {chosen})
        pairs = zip(_VINTAGE, other, chosen, strict=True)
        wanted = ", ".join(f"{name}: {code!r}" for name, code, taken in pairs if code != taken)
        remarks.append(
            f"there are {len(years)} series by {' and '.join(_VINTAGE)}: {there}; only "
            f"{_named(chosen)} is taken, for they are not comparable; to take another write "
            f"`dimensions: {{{wanted}}}` under `files: {file.name}:` in _edition.yml"
        )
    return [each for each in rows if each.vintage == chosen], remarks


def _named(vintage: tuple[str, ...]) -> str:
    return " ".join(filter(None, vintage)) or "none named"


def _check_unique(rows: list[_Observation], file: SourceFile) -> None:
    """Raise Rejected if a measure has two rows for a year that differ in a further dimension."""
    first: dict[tuple, _Observation] = {}
    for each in rows:
        key = each.codes[_AREA], each.codes[_MEASURE], each.codes[_PERIOD]
        other = first.setdefault(key, each)
        differ = [
            name
            for name, code in each.codes.items()
            if name.isupper() and not name.startswith("OBS_") and code != other.codes[name]
        ]
        if differ:
            name = differ[0]
            raise Rejected(
                f"has two rows of {' '.join(map(str, key))} (rows "
                f"{other.number + 1} and {each.number + 1}) that differ in {', '.join(differ)}: "
                f"write `dimensions: {{{name}: {other.codes[name]}}}` under "
                f"`files: {file.name}:` in _edition.yml, or another of its codes"
            )


def _cells(
    observation: _Observation, columns: Mapping[str, int], is_taken: bool, file: SourceFile
) -> Iterator[dict]:
    codes = observation.codes
    labels = {
        "indicator_label": codes[_MEASURE],
        "unit_label": file.declaration.unit or codes.get("UNIT_MEASURE"),
        "area_label": codes[_AREA],
        "period_label": codes[_PERIOD],
        "obs_status": OBS_STATUS.get(codes.get("OBS_STATUS") or ""),
    }
    for column, text in enumerate(observation.row):
        if column == columns[_VALUE]:
            role = "value" if is_taken else "unused"
            yield cell_record(observation.number, column, role, text, **labels)
        elif text is not None:
            yield cell_record(observation.number, column, "label" if is_taken else "unused", text)
