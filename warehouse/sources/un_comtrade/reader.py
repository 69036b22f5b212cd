"""UN Comtrade: answers of its service, version 1, and the CSV that its site gives of the same.

An answer is `{count, data: [record, ...], error}`, trade in goods by year; the CSV has the fields
of a record as headings. A record is a total over second partners, customs procedures and modes of
transport, or a part of one; taking both would count the same trade twice. Answers may have a
hundred thousand records, hence whole columns at a time.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePath
from typing import Any

import pyarrow as pa

from warehouse.contract import cells
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import label_key
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.json_text import as_text, is_json, leaves, open_json
from warehouse.formats.sheets import WESTERN_ENCODING, csv_rows, open_sheets
from warehouse.formats.text_streams import Lines
from warehouse.formats.workbooks import Rows
from warehouse.sources.tables import Row, cell

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
_PARTED_BY = [name for name, codes in _TOTAL.items() if None not in codes]
_OF_A_TRADE = (*_NEEDED[:-1], *_TOTAL, "typeCode", "freqCode", "classificationCode")
# Columns of a download that say the same as one which may be left out of it.
_SAID_BY: dict[str, tuple[str, dict[str, str]]] = {
    "period": ("refYear", {}),
    "reporterCode": ("reporterISO", {"CHN": _CHINA}),
    "partnerCode": ("partnerISO", {"W00": _WORLD}),
}
# The fields that count, by their names in other spellings: comtradr has cmd_code for cmdCode
_FIELDS = {
    name.lower(): name
    for name in (*_NEEDED, *_TOTAL, "typeCode", "freqCode", "classificationCode", *_MEASURES)
} | {"refyear": "refYear", "reporteriso": "reporterISO", "partneriso": "partnerISO"}
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
# Records of a table that are in memory at a time
_RECORDS = 10_000
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
    readings = _readings(_answers(file))
    return replace(next(readings), more=readings)


@dataclass(frozen=True)
class _Answer:
    """An answer, or some records of a table as one: then `numbers` are those of their rows."""

    content: Mapping
    numbers: Sequence[int] | None = None
    bytes_read: int = 0


def _readings(answers: Iterable[_Answer]) -> Iterator[Reading]:
    """The cells of each answer, at last the remarks on all."""
    count: Counter[str] = Counter()
    known: dict[str, set[str | None]] = defaultdict(set)
    for answer in answers:
        records = _records(answer.content)
        kinds = [_kind(record) for record in records]
        count.update(kinds)
        found = _cells(answer, records, kinds, known)
        yield Reading(found, bytes_read=answer.bytes_read)
    if not count["total"]:
        raise Rejected(_nothing_taken(count))
    yield Reading(cells.SCHEMA.empty_table(), tuple(_remarks(answer.content, count)))


def _cells(
    answer: _Answer,
    records: list[Record],
    kinds: list[str],
    known: Mapping[str, set[str | None]],
) -> pa.Table:
    """The cells of some records, without the texts of a field that are known from others."""
    labels = _labels(records)
    fields = list(dict.fromkeys(field for record in records for field in record))
    numbers = answer.numbers
    parts = [_envelope(answer.content)] if numbers is None else []
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
            first = {text: row for text, row in _first(texts).items() if text not in known[field]}
            known[field].update(first)
            rows = [row for text, row in first.items() if text is not None]
            roles, extra = ["label"] * len(records), {}
        parts.append(_column(column, field, rows, texts, roles, extra, numbers))
    return pa.concat_tables(parts, promote_options="default")


def _answers(file: SourceFile) -> Iterator[_Answer]:
    """An answer, or the records of a table, of which a CSV may be larger than memory."""
    with file.open() as stream:
        is_answer = is_json(stream.read(64), file.name)
    if is_answer:
        content = open_json(file.data)
        yield _Answer(content if isinstance(content, dict) else {})
        return
    lines = Lines(file.open, file.name, WESTERN_ENCODING)
    is_text = PurePath(file.name).suffix.lower() == ".csv"
    tables = [csv_rows(lines)] if is_text else _rows_of_sheets(file)
    for rows in tables:
        numbered = enumerate(rows, 1)
        if head := next((row for _, row in numbered if _is_heading(row)), None):
            for records, numbers in _of_table(head, numbered):
                yield _Answer({"data": records}, numbers, lines.bytes_read)
            return
    raise Rejected(
        f"holds no heading row with cmdCode and {_VALUE}, as in the TradeData.csv of the "
        "site, and is no JSON of data/v1: download it again with all columns"
    )


def _rows_of_sheets(file: SourceFile) -> list[Rows]:
    return [sheet.rows for sheet in open_sheets(file.data, file.name, WESTERN_ENCODING)]


def _is_heading(row: Row) -> bool:
    return {"cmdCode", _VALUE} <= {_field(text) for text in row if text} or _is_former(row)


def _field(heading: str) -> str:
    """The field that a heading names, however it is spelled."""
    return _FIELDS.get(heading.replace("_", "").lower(), heading)


def _of_table(
    head: Row, below: Iterable[tuple[int, Row]]
) -> Iterator[tuple[list[dict[str, str | None]], list[int]]]:
    """The numbered rows below a heading row as records, some at a time, and their numbers.

    Raises Rejected if they lack a field.
    """
    is_former = _is_former(head)
    fields = [(column, _field(name)) for column, name in enumerate(head) if name]
    if is_former:
        fields = [(column, _FORMER.get(label_key(name), name)) for column, name in fields]
    lacking = (
        [] if is_former else [name for name in _PARTED_BY if name not in dict(fields).values()]
    )
    known: set[int] = set()
    filled_rows = (_checked(number, row, len(head)) for number, row in below if any(row))
    some = list(islice(filled_rows, _RECORDS))
    while True:
        records = [{name: cell(row, column) for column, name in fields} for _, row in some]
        if is_former:
            records = [_of_today(record) for record in records]
        records = [_completed(record, lacking) for record in records]
        if missing := [name for name in _NEEDED if records and name not in records[0]]:
            raise Rejected(
                f"has no column {', '.join(missing)}: download it again with all columns"
            )
        numbers = [number for number, _ in some]
        if lacking:
            _check_single(records, numbers, lacking, known)
        yield records, numbers
        if not (some := list(islice(filled_rows, _RECORDS))):
            return


def _checked(number: int, row: Row, width: int) -> tuple[int, Row]:
    """A numbered row. Raises Rejected if it goes on beyond the headings."""
    if any(row[width:]):
        raise Rejected(
            f"has more cells in row {number} than headings, as after an unquoted comma, so that "
            "its values may be others: put text and numbers with commas into quotation marks"
        )
    return number, row


def _completed(record: dict[str, str | None], lacking: Sequence[str]) -> dict[str, str | None]:
    """A record with what a download may leave out: said by another field, or that of a total."""
    for name, (other, codes) in _SAID_BY.items():
        if name not in record and other in record:
            record[name] = codes.get(record[other] or "", record[other])
    return record | {name: _TOTAL[name][0] for name in lacking}


def _check_single(
    records: Sequence[Record], numbers: Sequence[int], lacking: Sequence[str], known: set[int]
) -> None:
    """Raise Rejected if two rows are of one trade: then columns that are not there part it."""
    for record, number in zip(records, numbers, strict=True):
        trade = hash(tuple(record.get(name) for name in _OF_A_TRADE))
        if trade in known:
            raise Rejected(
                f"has several values of one trade, the second in row {number}, and no column "
                f"{', '.join(lacking)} to tell its total from its parts: download it again with "
                "all columns"
            )
        known.add(trade)


def _is_former(row: Row) -> bool:
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


def _remarks(content: Mapping[str, object], count: Counter) -> Iterable[str]:
    number, said = count.total(), as_text(content.get("count"))
    if number in _CAPS:
        yield (
            f"holds exactly {number} records, the limit {_CAPS[number]}: it may be cut off, query "
            "it again in smaller parts"
        )
    if said is not None and said != str(number):
        yield f"says count {said} but holds {number} records: it may be cut off, query it again"
    if error := _said(content.get("error")):
        yield f"the service added: {error}"
    for kind, what in _LEFT_OUT.items():
        if count[kind]:
            yield f"{count[kind]} records {what}: kept in raw"
