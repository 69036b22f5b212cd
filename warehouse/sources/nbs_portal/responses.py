"""What the answers of the portal's two APIs have in common: cells, units, periods.

The address of a cell is its path in the file, such as `returndata.datanodes[17].data.data`.
"""

from collections.abc import Sequence

from warehouse.contract.labels import label_key, split_unit, squeeze
from warehouse.formats.json_text import as_text

Cells = tuple[list[dict], list[str]]


def json_cell(path: str, row: int, role: str, text: object, **labels: str | None) -> dict:
    """A cell of an answer; `row` counts the values (or notes) of the answer from 0."""
    return {"cell": path, "row_number": row + 1, "role": role, "text": as_text(text), **labels}


def text_in(record: object, *fields: str) -> str | None:
    """The first of the fields that holds text; None if none does."""
    held = record if isinstance(record, dict) else {}
    texts = (held.get(field) for field in fields)
    return next((text for text in texts if isinstance(text, str) and text.strip()), None)


def name_and_unit(printed: str, unit: str | None) -> dict[str, str | None]:
    """The labels of an indicator whose unit stands in a field, in the last bracket, or in both.

    The bracket of an index says its base, "(上年=100)", where the field says a bare "%".
    """
    unit = (unit or "").strip() or None
    name, bracket = split_unit(printed)
    if bracket and (unit is None or _says_more(bracket, unit)):
        return {"indicator_label": name, "unit_label": bracket}
    return {"indicator_label": printed.strip(), "unit_label": unit}


def _says_more(bracket: str, unit: str) -> bool:
    return label_key(bracket) == label_key(unit) or squeeze(bracket).endswith("=100")


def remark_on_periods(periods: Sequence[str | None]) -> list[str]:
    """What to say about values of months and quarters, which are none of a year."""
    if not periods:
        return []
    some = ", ".join(str(period) for period in list(dict.fromkeys(periods))[:3])
    return [
        f"{len(periods)} values of other periods than years ({some}, ...): they are not annual, "
        "and are kept as printed series alone"
    ]
