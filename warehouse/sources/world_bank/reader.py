"""The World Bank: answers of its service, version 2, and the downloads of its site.

An answer is `[{page, pages, ...}, [observation, ...]]`. Economies and groups of economies stand
side by side; which is which is known where codes are (seeds/countries, country_codes).
"""

import re
from collections.abc import Iterator, Mapping

from warehouse.contract.cells import cell_record, table
from warehouse.contract.errors import Rejected
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.json_text import as_text, is_json, leaves, open_json
from warehouse.sources.economies import OBS_STATUS
from warehouse.sources.world_bank import downloads
from warehouse.sources.world_bank.downloads import unit_in

_EXPECTED = "the answer of api v2 with format=json, `[{page, pages, ...}, [observations]]`"


def read(file: SourceFile) -> Reading:
    """The cells of a file. Raises Rejected if it is an error or holds nothing of a year."""
    if not is_json(file.data, file.name):
        return downloads.read(file)
    header, observations = _answer(open_json(file.data))
    records = list(_cells(0, "[0]", header, "label", {}))
    periods = 0
    for number, observation in enumerate(observations):
        path = f"[1][{number}]"
        labels = _labels(observation, path, file)
        is_annual = re.fullmatch(r"\d{4}", labels["period_label"] or "") is not None
        periods += not is_annual
        role = "value" if is_annual else "unused"
        records += _cells(number + 1, path, observation, role, labels)
    if periods == len(observations):
        raise Rejected("holds no annual row: query it again by year (date=2012:2022)")
    remarks = _pages(header)
    if periods:
        remarks.append(f"{periods} rows are not of a year: not taken")
    return Reading(table(records), tuple(remarks))


def _answer(content: object) -> tuple[dict, list]:
    """Header and observations. Raises Rejected with the service's own message if it sent one."""
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        messages = content[0].get("message")
        if isinstance(messages, list) and messages:
            said = "; ".join(filter(None, map(_message, messages)))
            raise Rejected(f"is an error of the service ({said}): mend the query and repeat it")
    if not (isinstance(content, list) and len(content) == 2 and isinstance(content[0], dict)):
        raise Rejected(f"is JSON, but not as expected: {_EXPECTED}")
    header, observations = content
    if observations is None or observations == []:
        raise Rejected(
            "holds no observation: mend the codes of countries and indicator or the years in the "
            "query and repeat it"
        )
    if not isinstance(observations, list):
        raise Rejected(f"is JSON, but not as expected: {_EXPECTED}")
    return header, observations


def _message(message: object) -> str:
    texts = message if isinstance(message, dict) else {"value": message}
    return ": ".join(filter(None, (as_text(texts.get(key)) for key in ("key", "value"))))


def _labels(observation: object, path: str, file: SourceFile) -> dict[str, str | None]:
    """What an observation says about its value. Raises Rejected if it lacks a part."""
    said = dict(leaves(observation)) if isinstance(observation, dict) else {}
    labels = {
        "indicator_label": said.get("indicator.id"),
        "unit_label": file.declaration.unit
        or said.get("unit")
        or unit_in(said.get("indicator.value")),
        "area_label": said.get("countryiso3code") or said.get("country.id"),
        "area_label_alt": said.get("country.value"),
        "period_label": said.get("date"),
        "obs_status": OBS_STATUS.get(said.get("obs_status") or ""),
    }
    missing = [
        name
        for name, label in (("indicator", "indicator_label"), ("country", "area_label"))
        if not labels[label]
    ]
    missing += [name for name in ("date", "value") if name not in said]
    if missing or not labels["period_label"]:
        raise Rejected(
            f"has no {' and '.join(missing or ['date'])} in {path}: expected {_EXPECTED}"
        )
    return labels


def _cells(
    row: int, path: str, content: Mapping, role: str, labels: Mapping[str, object]
) -> Iterator[dict]:
    """One cell a leaf; the value has the labels, what names it is kept beside it."""
    for column, (place, text) in enumerate(leaves(content, path)):
        if labels and place == f"{path}.value":
            yield cell_record(row, column, role, text, cell=place, **labels)
        elif text is not None:
            beside = "label" if role == "value" else role
            yield cell_record(row, column, beside, text, cell=place)


def _pages(header: Mapping) -> list[str]:
    """The remark that the answer has further pages: whether they are landed, a file cannot tell."""
    page, pages = (as_text(header.get(name)) or "1" for name in ("page", "pages"))
    if pages == "1":
        return []
    return [
        f"is page {page} of {pages}: land the other pages beside it, or query it again with "
        "per_page=20000"
    ]
