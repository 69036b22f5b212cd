"""Files that hold the JSON answer of an API, numbers kept as the text they were printed in."""

import json
from pathlib import PurePath

from warehouse.errors import Rejected
from warehouse.sheets import READABLE

_AGAIN = "fetch it again"


def is_json(data: bytes, file_name: str) -> bool:
    """Whether a file holds JSON: by its name, else by its first character."""
    kind = PurePath(file_name).suffix.lower()
    opening = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return kind == ".json" or (kind not in READABLE and opening in (b"{", b"["))


def open_json(data: bytes) -> object:
    """The content of a JSON file; every number is its text ("18549.190" stays so).

    UTF-8 or UTF-16, with or without BOM. Raises Rejected with what to do about the file.
    """
    head = data[:4096].lstrip(b"\xef\xbb\xbf\0 \t\r\n")
    if not head:
        raise Rejected(f"is empty: {_AGAIN}")
    if head.startswith(b"<"):
        raise Rejected(
            "is a web page under the name of a JSON file, as a portal sends it when it is asked "
            f"too often: {_AGAIN}, more slowly"
        )
    try:
        text = data.decode(json.detect_encoding(data))
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except UnicodeDecodeError as error:
        raise Rejected(f"is no Unicode text (byte {error.start + 1}): {_AGAIN}") from None
    except json.JSONDecodeError as error:
        raise Rejected(_complaint(error)) from None
    except RecursionError:
        raise Rejected(f"is nested too deeply to be an answer of the API: {_AGAIN}") from None


def _complaint(error: json.JSONDecodeError) -> str:
    where = f"line {error.lineno}, character {error.colno}"
    if error.msg == "Extra data":
        return (
            f"goes on after its end ({where}): several answers in one file belong into one list, "
            "[..., ...]"
        )
    if error.msg.startswith("Unterminated") or not error.doc[error.pos :].strip():
        return f"breaks off in the middle ({where}): {_AGAIN}"
    return f"is not valid JSON ({where}: {error.msg}): {_AGAIN}"
