"""Answers of the portal's former API (m=QueryData): coded nodes, and the names of the codes."""

from collections.abc import Iterator

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

_NOTES = ("memo", "exp")
_NAME = ("cname", "name")
_Names = dict[tuple[str | None, str | None], dict]


def is_answer(content: object) -> bool:
    return isinstance(content, dict) and ("returncode" in content or "returndata" in content)


def read(answer: dict, path: str, declared: FileDeclaration) -> Cells:
    """The cells of one answer, addressed from `path` on.

    A node without data carries a 0 that means nothing: it is read as a blank. The value is
    `data`, for `strdata` is rounded. Raises Rejected.
    """
    nodes = _nodes(answer)
    names = {
        (dimension, text_in(node, "code")): node
        for _, dimension, node in _dimension_nodes(answer, path)
    }
    records, remarks = _names_and_notes(answer, path), []
    other_periods, odd = [], []
    for number, node in enumerate(nodes):
        place = f"{path}returndata.datanodes[{number}]"
        try:
            value, codes = _value(node), _codes(node)
        except (KeyError, TypeError):
            odd.append(place)
            records.append(json_cell(place, number, "unused", node))
            continue
        period = codes["sj"]
        labels = {
            **_indicator(names, codes["zb"], declared),
            "area_label": declared.area or _area(names, codes),
            "period_label": period,
        }
        if year_of(period) is None:
            other_periods.append(period)
        records.append(json_cell(f"{place}.data.data", number, "value", value, **labels))
    if odd:
        remarks.append(
            f"{len(odd)} nodes lack data or codes (zb, sj), the first is {odd[0]}: kept as unused"
        )
    return records, remarks + remark_on_periods(other_periods)


def _nodes(answer: dict) -> list:
    """The values of an answer. Raises Rejected if it is a refusal or holds none."""
    code, said = answer.get("returncode"), answer.get("returndata")
    if code is not None and str(code) != "200":
        reason = f" ({said})" if isinstance(said, str) and said else ""
        raise Rejected(
            f"is no data but the portal's refusal, returncode {code}{reason}: ask it again with "
            "other parameters"
        )
    nodes = said.get("datanodes") if isinstance(said, dict) else None
    if not isinstance(nodes, list):
        raise Rejected("has no list `returndata.datanodes`: it is no answer to m=QueryData")
    if not nodes:
        raise Rejected(
            "holds no values, `returndata.datanodes` is empty: the portal knows none for these "
            "indicators, areas and years"
        )
    return nodes


def _value(node: dict) -> object:
    data = node["data"]
    return data["data"] if data["hasdata"] in (True, "true") else None


def _codes(node: dict) -> dict[str, str]:
    """Dimension -> code, whatever their order. Raises KeyError without indicator or period."""
    pairs = [(text_in(wd, "wdcode"), text_in(wd, "valuecode")) for wd in node["wds"]]
    codes = {dimension: code for dimension, code in pairs if dimension and code}
    if not codes.keys() >= {"zb", "sj"}:
        raise KeyError
    return codes


def _indicator(names: _Names, code: str, declared: FileDeclaration) -> dict[str, str | None]:
    node = names.get(("zb", code), {})
    labels = name_and_unit(text_in(node, *_NAME) or code, text_in(node, "unit"))
    return labels | ({"unit_label": declared.unit} if declared.unit else {})


def _area(names: _Names, codes: dict[str, str]) -> str:
    """The name of the area. Raises Rejected for an answer without areas (national data)."""
    if not codes.get("reg"):
        raise Rejected(
            "names no area (it has no dimension reg): write `area: ...` under `files:` in "
            "_edition.yml, 全国 for the country"
        )
    return text_in(names.get(("reg", codes["reg"])), *_NAME) or codes["reg"]


def _names_and_notes(answer: dict, path: str) -> list[dict]:
    """The names of the codes as labels, and what the portal explains about them as notes."""
    records: list[dict] = []
    for place, dimension, node in _dimension_nodes(answer, path):
        label = {"indicator_label": text_in(node, *_NAME)} if dimension == "zb" else {}
        for field in (*_NAME, *_NOTES):
            if text := text_in(node, field):
                role = "label" if field in _NAME else "note"
                labels = label if role == "note" else {}
                records.append(json_cell(f"{place}.{field}", len(records), role, text, **labels))
    return records


def _dimension_nodes(answer: dict, path: str) -> Iterator[tuple[str, str | None, dict]]:
    """Address, dimension and node of every code that the answer names."""
    dimensions = answer["returndata"].get("wdnodes")
    for outer, dimension in enumerate(dimensions if isinstance(dimensions, list) else []):
        nodes = dimension.get("nodes") if isinstance(dimension, dict) else None
        for inner, node in enumerate(nodes if isinstance(nodes, list) else []):
            place = f"{path}returndata.wdnodes[{outer}].nodes[{inner}]"
            yield place, text_in(dimension, "wdcode"), node
