"""A number in words, by the templates of `catalog.number_kind`."""

from collections.abc import Sequence
from gettext import gettext as _

from warehouse.explain.tracing.nodes import Record
from warehouse.explain.tracing.reading import Input, Kind, Reading


def _said(text: str) -> str:
    """A text that is translated where it is said."""
    return text


_STATUS = {
    "A": _said("as published"),
    "P": _said("provisional"),
    "E": _said("estimated by the publisher"),
    "I": _said("interpolated here"),
    "D": _said("derived here"),
    "X": _said("proxy"),
}


def label(
    reading: Reading, kind: Kind, facts: Record, is_there: bool, inputs: Sequence[Input]
) -> str:
    """`title = value unit, statement`, or the reason why there is no number."""
    words = _words(reading, facts) | {"inputs": _counted(inputs)}
    title = _(kind.title).format_map(words)
    if not is_there:
        return _("{number}: {why}").format(
            number=title, why=_(kind.absent or "not there").format_map(words)
        )
    value = facts[kind.value_column or "value"]
    reason = facts.get(kind.reason_column or "")
    if value is None:
        return f"{title} = {_('missing')}{f': {_(reason)}' if reason else ''}"
    unit = (kind.unit or "").format_map(words)
    said = " ".join(filter(None, (number(value), unit and _(unit))))
    said += ((kind.statement and _(kind.statement)) or "").format_map(words) + _status(facts)
    return f"{title} = {said}{f' ({_(reason)})' if reason else ''}"


def label_of_input(
    reading: Reading, kind: Kind, facts: Record, label: str, link: Input, has_role: bool
) -> str:
    """The label of a number where it is the input of another: with its weight, or its role."""
    if kind.product and link.weight not in (None, 1):
        words = _words(reading, facts) | {"weight": number(link.weight)}
        product = _(kind.product).format_map(words)
        return f"{_(kind.title).format_map(words)}: {product} = {number(link.contribution)}"
    return f"{_(link.role)}: {label}" if has_role else label


def cell_label(cell: Record) -> str:
    """A printed cell: its text, what made a number of it, and where it stands."""
    said = f"{_text(cell)} {cell['unit_label'] or ''}".rstrip()
    if cell["factor"] not in (None, 1):
        said += f" × {number(cell['factor'])}"
    if cell["cny_per_usd"] is not None:
        rate = _("{rate} yuan per {currency} (mean rate of {year})")
        said += f" × {rate.format_map(cell | {'rate': number(cell['cny_per_usd'])})}"
    place = _("{cell} in {locator} of {source_id}/{edition}/{file_name}")
    return place.format_map(cell | {"cell": said}) + _corrected(cell["correction"])


def _corrected(correction: Record | None) -> str:
    """What is read in place of a misprint, and why; nothing where a cell is read as printed."""
    if correction is None:
        return ""
    text, reason = _('; corrected to "{text_used}": {reason}'), correction["reason"]
    return text.format_map(correction | {"reason": _(reason)})


def _text(cell: Record) -> str:
    if cell["last_row_number"] is not None:
        said = _("sum of {cells} rows: {number}")
        return said.format(cells=cell["cells"], number=number(cell["number_printed"]))
    return _("(blank)") if cell["text"] is None else f'"{cell["text"].strip()}"'


def number(value: float | None) -> str:
    """Ten digits of a number."""
    return _("unknown") if value is None else f"{value:.10g}"


def _words(reading: Reading, facts: Record) -> dict[str, str]:
    """What the templates may name: the facts, and words for the codes among them."""
    words = {
        name: number(value) if isinstance(value, float) or value is None else str(value)
        for name, value in facts.items()
    }
    area = facts.get("area_code") or facts.get("province_code") or ""
    category = (facts.get("classification", ""), facts.get("category_code", ""))
    indicator = reading.indicators.get(facts.get("indicator_id", ""), {})
    codes = {name: code for name, code in facts.items() if name.endswith("_code") and code}
    areas = {
        name.removesuffix("_code"): reading.areas.get(code, code) for name, code in codes.items()
    }
    codes_said = ("variant", "unit", "universe", "counted_in", "scope", "formula", "reference")
    said = {name: _(words[name]) for name in codes_said if words.get(name)}
    told = said | {
        "area": reading.areas.get(area, area),
        "category": reading.categories.get(category, ""),
        "where_to_get": indicator.get("where_to_get", ""),
    }
    return words | areas | told


def _counted(inputs: Sequence[Input]) -> str:
    """How many inputs, by what they are to the number if they are all the same to it."""
    if not inputs:
        return _("nothing")
    roles = {link.role for link in inputs}
    role = roles.pop() if len(roles) == 1 else "input"
    count = sum(link.cells for link in inputs)
    if _(role) != role:  # in a language that has no plural
        return _("{count} {inputs}").format(count=count, inputs=_(role))
    many = f"{role[:-1]}ies" if role.endswith("y") else f"{role}s"
    return f"{count} {role if count == 1 else many}"


def _status(facts: Record) -> str:
    """The status of an observation, and how close a proxy is."""
    if facts.get("obs_status") is None:
        return ""
    level = _(", level {proxy_level}").format_map(facts) if facts["proxy_level"] else ""
    return f" ({_(_STATUS[facts['obs_status']])}{level})"
