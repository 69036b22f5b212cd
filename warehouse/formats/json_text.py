"""JSON answers of web services as printed text: numbers keep the digits that were sent."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePath

from warehouse.contract.errors import Rejected
from warehouse.formats.sheets import READABLE

_BINARY = {b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "compressed with gzip"}

_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def is_json(data: bytes, file_name: str) -> bool:
    """Whether a file holds JSON: by its name, else by its first character."""
    kind = PurePath(file_name).suffix.lower()
    opening = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return kind == ".json" or (kind not in READABLE and opening in (b"{", b"["))


def open_json(data: bytes) -> object:
    """The content of a JSON file, every number as the text it was printed as.

    Raises Rejected with what to do about the file.
    """
    text = _text(data).strip()
    if not text:
        raise Rejected("is empty: download it again")
    if text.startswith("<"):
        raise Rejected("is a web page or XML under the name of JSON: query it again as JSON")
    try:
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=_refuse_constant)
        if _HALF.search(text):
            json.dumps(found, ensure_ascii=False).encode()
        return found
    except UnicodeEncodeError:
        raise Rejected(
            "holds half of a character (an escape from \\ud800 to \\udfff without its other half): "
            "download it again"
        ) from None
    except json.JSONDecodeError as error:
        if error.pos == 0:
            raise Rejected(
                f'is no JSON, it begins with "{text[:40]}": query it again as JSON'
            ) from None
        raise Rejected(
            f"is no whole JSON (line {error.lineno}, column {error.colno}: {error.msg}), perhaps "
            "cut short: download it again"
        ) from None
    except RecursionError:
        raise Rejected("is nested too deeply to be an answer: download it again") from None


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str | None]]:
    """Every single value below `value` with its path (`[1][17].country.id`), in file order."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{position}]")
    else:
        yield path, as_text(value)


def as_text(value: object) -> str | None:
    """A single value as its file prints it; None for null and for a blank."""
    if value is None or isinstance(value, str):
        return value if value and not value.isspace() else None
    return json.dumps(value, ensure_ascii=False)


def _text(data: bytes) -> str:
    for start, kind in _BINARY.items():
        if data.startswith(start):
            raise Rejected(f"is {kind}: unpack it and land the JSON file")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Rejected(
            f"is no UTF-8 text (byte {error.start + 1}): download it again as JSON"
        ) from None


def _refuse_constant(name: str) -> None:
    raise Rejected(f"holds {name}, which is no number in JSON: download it again")
