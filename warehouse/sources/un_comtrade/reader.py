"""UN Comtrade: answers of its service, version 1, and the CSV that its site gives of the same.

An answer is `{count, data: [record, ...], error}`, trade in goods by year; the CSV has the fields
of a record as headings. A record is a total over second partners, customs procedures and modes of
transport, or a part of one; taking both would count the same trade twice. Answers may have a
hundred thousand records, hence whole columns at a time.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from warehouse.contract import cells
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import label_key
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.json_text import as_text, is_json, leaves, open_json
from warehouse.formats.sheets import WESTERN_ENCODING, open_sheets
from warehouse.formats.workbooks import Rows
from warehouse.sources.tables import cell

_CHINA = "156"
_WORLD = "0"
# What a total has in these fields; the mode of supply is about services and may be left out.
_TOTAL = {
    "partner2Code": ("0",),
    "customsCode": ("C00",),
    "motCode": ("0",),
    "mosCode": ("0", None),
}
_FLOWS = {"X": "export", "M": "import"}
_CLASSIFICATION = re.compile(r"(?:H(?:S|\d)|S(?P<revision>[1-4]))")
_ODD_DIGITS = re.compile(r"\d(?:\d\d)*")
_VALUE = "primaryValue"
_MEASURES = ("qty", "altQty", "netWgt", "grossWgt", "cifvalue", "fobvalue")
_NEEDED = ("reporterCode", "period", "flowCode", "partnerCode", "cmdCode", _VALUE)
# Columns of a download that say the same as one which may be left out of it.
_SAID_BY: dict[str, tuple[str, dict[str, str]]] = {
    "period": ("refYear", {}),
    "reporterCode": ("reporterISO", {"CHN": _CHINA}),
    "partnerCode": ("partnerISO", {"W00": _WORLD}),
}
# The headings of the site that was before 2023, whose rows are all of totals, by today's names
_FORMER_VALUE = "tradevalue(us$)"
_FORMER = {
    "classification": "classificationCode",
    "period": "period",
    "tradeflowcode": "flowCode",
    "reportercode": "reporterCode",
    "partnercode": "partnerCode",
    "commoditycode": "cmdCode",
    _FORMER_VALUE: _VALUE,
    "netweight(kg)": "netWgt",
    "qty": "qty",
}
_FORMER_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}
# The service cuts an answer off without a word at these numbers of records.
_CAPS = {500: "of the preview", 100_000: "of the service", 250_000: "of the service"}
_LEFT_OUT = {
    "part": "are parts of totals (partner2Code, customsCode or motCode is not 0, C00, 0)",
    "service": "are trade in services (typeCode is not C)",
    "month": "are not annual (freqCode is not A)",
}

Record = Mapping[str, object]


def read(file: SourceFile) -> Reading:
    """The cells of a file. Raises Rejected if it is an error or holds no annual total.

    A record gives its value in dollars, with its codes as labels, and its other measures
    (undeclared); any other text is kept once a field, where it first stands.
    """
    answer, numbers = _answer(file)
    records = _records(answer)
    kinds = [_kind(record) for record in records]
    count = Counter(kinds)
    if not count["total"]:
        raise Rejected(_nothing_taken(count))
    labels = _labels(records)
    fields = list(dict.fromkeys(field for record in records for field in record))
    parts = [_envelope(answer)] if numbers is None else []
    for column, field in enumerate(fields):
        texts = [as_text(record.get(field)) for record in records]
        if field == _VALUE:
            roles = ["value" if kind == "total" else "unused" for kind in kinds]
            # Every value of this service is in US dollars; no field says so.
            extra = labels | {"unit_label": ["USD"] * len(records)}
            parts.append(_column(column, field, range(len(records)), texts, roles, extra, numbers))
            continue
        if field in _MEASURES:
            rows = [row for row, text in enumerate(texts) if text is not None]
            roles = ["undeclared" if kind == "total" else "unused" for kind in kinds]
            extra = labels | {"indicator_label": [field] * len(records)}
        else:
            rows = [row for text, row in _first(texts).items() if text is not None]
            roles, extra = ["label"] * len(records), {}
        parts.append(_column(column, field, rows, texts, roles, extra, numbers))
    found = pa.concat_tables(parts, promote_options="default")
    return Reading(found, tuple(_remarks(answer, records, kinds)))


def _answer(file: SourceFile) -> tuple[Mapping, list[int] | None]:
    """An answer; of a table also the row numbers of its records."""
    if is_json(file.data, file.name):
        content = open_json(file.data)
        return (content if isinstance(content, dict) else {}), None
    for sheet in open_sheets(file.data, file.name, WESTERN_ENCODING):
        for head, row in enumerate(sheet.rows):
            if {"cmdCode", _VALUE} <= set(row) or _is_former(row):
                return _of_table(sheet.rows, head)
    raise Rejected(
        f"holds no heading row with cmdCode and {_VALUE}, as in the TradeData.csv of the "
        "site, and is no JSON of data/v1: download it again with all columns"
    )


def _of_table(rows: Rows, head: int) -> tuple[Mapping, list[int]]:
    """The rows below a heading row as the records of an answer, and their numbers."""
    numbers = [number for number in range(head + 1, len(rows)) if any(rows[number])]
    is_former = _is_former(rows[head])
    fields = [(column, name) for column, name in enumerate(rows[head]) if name]
    if is_former:
        fields = [(column, _FORMER.get(label_key(name), name)) for column, name in fields]
    records = [{name: cell(rows[number], column) for column, name in fields} for number in numbers]
    if is_former:
        records = [_of_today(record) for record in records]
    for record in records:
        for name, (other, codes) in _SAID_BY.items():
            if name not in record and other in record:
                record[name] = codes.get(record[other] or "", record[other])
    if missing := [name for name in _NEEDED if any(name not in record for record in records[:1])]:
        raise Rejected(f"has no column {', '.join(missing)}: download it again with all columns")
    return {"data": records}, [number + 1 for number in numbers]


def _is_former(row: Sequence[str | None]) -> bool:
    """Whether these are the headings of the former site."""
    return {"commoditycode", _FORMER_VALUE} <= {label_key(text) for text in row if text}


def _of_today(record: dict[str, str | None]) -> dict[str, str | None]:
    """A record of the former site, whose totals have no parts beside them, with today's codes."""
    flow = record.get("flowCode")
    total = {name: codes[0] for name, codes in _TOTAL.items()}
    return {**record, **total, "flowCode": _FORMER_FLOWS.get(flow or "", flow)}


def _records(answer: Mapping) -> list[Record]:
    """The records of an answer. Raises Rejected with the service's message if there are none."""
    records = answer.get("data")
    said = next(filter(None, (_said(answer.get(k)) for k in ("error", "message", "title"))), None)
    if said and not records:
        raise Rejected(f"is an error of the service ({said}): mend the query and repeat it")
    if records == [] or (records is None and "count" in answer):
        raise Rejected(
            "holds no record, which is also the answer to a code that does not exist: mend "
            "reporterCode (156 is China), period, flowCode or cmdCode in the query and repeat it"
        )
    if not isinstance(records, list):
        raise Rejected("is JSON, but not as expected: `{count, data: [records], error}` of data/v1")
    for number, record in enumerate(records):
        missing = [f for f in _NEEDED if not isinstance(record, dict) or f not in record]
        if missing:
            raise Rejected(f"has no {', '.join(missing)} in data[{number}]: query it again")
    return records


def _said(message: object) -> str:
    return "; ".join(text for _, text in leaves(message) if text)


def _kind(record: Record) -> str:
    """What a record is: a total of what an economy reports, or why it is none."""
    of = {name: as_text(record.get(name)) for name in ("typeCode", "freqCode")}
    if of["typeCode"] not in ("C", None):
        return "service"
    if of["freqCode"] not in ("A", None) or not _is_year(record):
        return "month"
    is_total = all(as_text(record.get(name)) in codes for name, codes in _TOTAL.items())
    return "total" if is_total else "part"


def _is_year(record: Record) -> bool:
    return re.fullmatch(r"\d{4}", as_text(record["period"]) or "") is not None


def _nothing_taken(count: Counter) -> str:
    """The reason why no record of an answer is a total."""
    there = "; ".join(f"{count[kind]} {what}" for kind, what in _LEFT_OUT.items() if count[kind])
    return (
        f"holds no annual total: {there}; query it again with typeCode C, freqCode A, "
        "partner2Code=0, customsCode=C00, motCode=0"
    )


def _labels(records: list[Record]) -> dict[str, list[str | None]]:
    """The labels of each record; only trade in everything with the world is named TOTAL."""
    of = {field: [as_text(record.get(field)) for record in records] for field in _NEEDED}
    titles = [as_text(record.get("classificationCode")) for record in records]
    codes = [_with_zero(*pair) for pair in zip(titles, of["cmdCode"], strict=True)]
    return {
        "table_title": titles,
        "indicator_label": [
            f"{flow}/{code}" if code == "TOTAL" and partner == _WORLD else flow
            for flow, code, partner in zip(
                of["flowCode"], of["cmdCode"], of["partnerCode"], strict=True
            )
        ],
        "classification": [
            _classification(title, flow, partner, code)
            for title, flow, partner, code in zip(
                titles, of["flowCode"], of["partnerCode"], codes, strict=True
            )
        ],
        "area_label": of["reporterCode"],
        "period_label": of["period"],
        "category_code": codes,
        "flow": [flow and _FLOWS.get(flow, flow) for flow in of["flowCode"]],
        "partner_code": of["partnerCode"],
    }


def _with_zero(title: str | None, code: str | None) -> str | None:
    """A code of the Harmonized System, whose digits come in pairs, with the zero that it lost."""
    match = _CLASSIFICATION.fullmatch(title or "")
    is_harmonized = match is not None and match["revision"] is None
    return f"0{code}" if is_harmonized and _ODD_DIGITS.fullmatch(code or "") else code


def _classification(
    title: str | None, flow: str | None, partner: str | None, code: str | None
) -> str | None:
    """Of exports of a commodity to the world the classification and digits: hs_2, sitc2_4.

    Revisions of the Harmonized System have the same chapters, and a year has one as a rule.
    """
    match = _CLASSIFICATION.fullmatch(title or "")
    if not match or (flow, partner) != ("X", _WORLD) or not (code or "").isdigit():
        return None
    revision = match["revision"]
    return f"sitc{revision}_{len(code or '')}" if revision else f"hs_{len(code or '')}"


def _column(
    column: int,
    field: str,
    rows: Iterable[int],
    texts: list[str | None],
    roles: list[str],
    labels: Mapping[str, list[str | None]],
    numbers: Sequence[int] | None,
) -> pa.Table:
    """The cells of one field in some records; in an answer a record is a row, counted from 1."""
    rows = list(rows)
    content: dict[str, Any] = {
        "row_number": [numbers[row] if numbers else row + 1 for row in rows],
        "column_number": [column + 1] * len(rows),
        "cell": [None if numbers else f"data[{row}].{field}" for row in rows],
        "role": [roles[row] for row in rows],
        "text": [texts[row] for row in rows],
    } | {name: [label[row] for row in rows] for name, label in labels.items()}
    return pa.table(
        {name: pa.array(items, cells.SCHEMA.field(name).type) for name, items in content.items()}
    )


def _first(texts: list[str | None]) -> dict[str | None, int]:
    """The record in which each text of a field stands first."""
    first: dict[str | None, int] = {}
    for row, text in enumerate(texts):
        first.setdefault(text, row)
    return first


def _envelope(content: Mapping[str, object]) -> pa.Table:
    """What the answer says about itself."""
    said = {field: value for field, value in content.items() if field != "data"}
    return cells.table(
        cells.cell_record(0, column, "label", text, cell=path)
        for column, (path, text) in enumerate(leaves(said))
        if text is not None
    )


def _remarks(
    content: Mapping[str, object], records: list[Record], kinds: list[str]
) -> Iterable[str]:
    number, said = len(records), as_text(content.get("count"))
    if number in _CAPS:
        yield (
            f"holds exactly {number} records, the limit {_CAPS[number]}: it may be cut off, query "
            "it again in smaller parts"
        )
    if said is not None and said != str(number):
        yield f"says count {said} but holds {number} records: it may be cut off, query it again"
    if error := _said(content.get("error")):
        yield f"the service added: {error}"
    count = Counter(kinds)
    for kind, what in _LEFT_OUT.items():
        if count[kind]:
            yield f"{count[kind]} records {what}: kept in raw"
