"""Answers of the portal's present API (stream/esData): a list of periods, each with its values."""

from warehouse.contract.editions import FileDeclaration
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import year_of
from warehouse.sources.nbs_portal.responses import (
    Cells,
    json_cell,
    name_and_unit,
    remark_on_periods,
    text_in,
)

_YEARLY = "YY"


def is_answer(content: object) -> bool:
    return isinstance(content, dict) and ("data" in content or "success" in content)


def read(answer: dict, path: str, declared: FileDeclaration) -> Cells:
    """The cells of one answer, addressed from `path` on. Raises Rejected."""
    records: list[dict] = []
    other_periods: list[str | None] = []
    odd: list[str] = []
    notes: dict[str, dict] = {}
    for outer, period in enumerate(_periods(answer)):
        for inner, value in enumerate(period["values"]):
            place = f"{path}data[{outer}].values[{inner}]"
            try:
                labels = _labels(period, value, declared)
                text = value["value"]
            except (KeyError, TypeError):
                odd.append(place)
                records.append(json_cell(place, len(records), "unused", value))
                continue
            if year_of(labels["period_label"]) is None:
                other_periods.append(labels["period_label"])
            records.append(json_cell(f"{place}.value", len(records), "value", text, **labels))
            if mark := text_in(value, "i_mark"):
                note = json_cell(f"{place}.i_mark", 0, "note", mark)
                notes.setdefault(mark, note | {"indicator_label": labels["indicator_label"]})
    if not records:
        raise Rejected(
            "holds no values, `data` is empty: the portal knows none for these indicators, areas "
            "and years"
        )
    remarks = remark_on_periods(other_periods)
    if odd:
        remarks.append(
            f"{len(odd)} values lack a name or the value itself, the first is {odd[0]}: kept as "
            "unused"
        )
    return [*records, *notes.values()], remarks


def _periods(answer: dict) -> list[dict]:
    """The periods of an answer. Raises Rejected if it is a refusal or something else."""
    data = answer.get("data")
    if answer.get("success", True) is not True:
        said = answer.get("message") or f"state {answer.get('state')}"
        raise Rejected(f"is no data but the portal's refusal ({said}): fetch it again")
    if not isinstance(data, list) or not all(
        text_in(period, "code") and isinstance(period.get("values"), list) for period in data
    ):
        raise Rejected(
            "has no list `data` of periods with `code` and `values`: it is no answer of "
            "stream/esData"
        )
    return data


def _labels(period: dict, value: dict, declared: FileDeclaration) -> dict[str, str | None]:
    """The labels of a value; a year has the code "2022YY", a month "202203MM", and a name.

    Raises KeyError if the value does not say what it is or of which area.
    """
    name, area = text_in(value, "i_showname"), text_in(value, "da_name", "da")
    if name is None or (area or declared.area) is None:
        raise KeyError
    code = period["code"]
    year = code.removesuffix(_YEARLY) if code.endswith(_YEARLY) else None
    labels = name_and_unit(name, text_in(value, "du_name"))
    return {
        **labels,
        "unit_label": declared.unit or labels["unit_label"],
        "area_label": declared.area or area,
        "period_label": year or text_in(period, "name") or code,
    }
