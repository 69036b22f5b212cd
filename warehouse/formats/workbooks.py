"""Workbooks as printed text, parsed in a process of their own that is bounded in memory and time.

A damaged or malicious workbook can send a parser round in circles, or make it ask for more memory
than there is, and then the whole process ends without an error that could be caught. So it is
not this process that parses: the workbooks of a run go one by one through a pipe to one child,
which answers with rows or a refusal. A child that dies takes only its file with it.
"""

import atexit
import marshal
import os
import struct
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO

from warehouse.contract.errors import Rejected

Rows = list[list[str | None]]

MEMORY_LIMIT = 2 << 30  # bytes of address space
CPU_LIMIT = 20  # seconds a workbook; real ones take hundredths
TOO_MUCH = (
    f"takes more than {MEMORY_LIMIT >> 30} GB of memory or {CPU_LIMIT} seconds to open: its bytes "
    "are damaged, or cells stand far outside its tables; download it again, or open it in a "
    "spreadsheet, delete the empty rows and columns and save it as .xlsx"
)
_LENGTH = struct.Struct("<Q")
_one_at_a_time = Lock()


def read_workbook(data: bytes) -> list[tuple[str | None, Rows, bool]]:
    """Name, rows and hiddenness of each worksheet. Raises Rejected with what to do about the file.

    The rows are those of A1 on, all of one length; a blank is None. A data file of Stata is one
    sheet without a name.
    """
    with _one_at_a_time:
        child = _parser()
        try:
            send(child.questions, data)
            kind, answer = marshal.loads(receive(child.answers))
        except BaseException as error:
            # Whatever broke the exchange, the next workbook needs a child that listens.
            _parser.cache_clear()
            _stop(child.process)
            if isinstance(error, (EOFError, BrokenPipeError)):
                raise Rejected(TOO_MUCH) from None
            raise
    if kind == "refusal":
        raise Rejected(answer)
    if kind == "fault":
        raise RuntimeError(f"the parser of workbooks failed:\n{answer}")
    return answer


@dataclass(frozen=True)
class _Parser:
    """The child and its two pipes."""

    process: subprocess.Popen
    questions: IO[bytes]
    answers: IO[bytes]


@cache
def _parser() -> _Parser:
    """The child, started with the first workbook."""
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        [sys.executable, "-m", "warehouse.formats.workbook_parser"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": root},
    )
    atexit.register(_stop, process)
    assert process.stdin and process.stdout  # they were asked for as pipes
    child = _Parser(process, process.stdin, process.stdout)
    if receive(child.answers) != b"ready":
        raise RuntimeError("the parser of workbooks does not start")
    return child


def _stop(process: subprocess.Popen) -> None:
    atexit.unregister(_stop)
    process.kill()
    process.communicate()


def send(pipe: IO[bytes], content: bytes) -> None:
    """One message of any length."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """One message. Raises EOFError if the other side has gone."""
    head = pipe.read(_LENGTH.size)
    content = pipe.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if not content:
        raise EOFError
    return content


def printed(text: str) -> str | None:
    """A text as it stands, None for a blank."""
    return text if text and not text.isspace() else None
