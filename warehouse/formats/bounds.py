"""Work on the bytes of others in a process of its own that is bounded in memory and time.

A damaged or malicious file can send a reader round in circles, or make it ask for more memory than
there is, and then the whole process ends without an error that could be caught. So it is not this
process that does such work: questions go one by one through a pipe to a child, which answers each
with a result or a refusal. A child that dies takes only the file in question with it.
"""

import atexit
import marshal
import os
import signal
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import IO, Any

from warehouse.contract.errors import Rejected, WarehouseError
from warehouse.formats import limits

MEMORY_LIMIT = 2 << 30  # bytes of address space
CPU_LIMIT = 20  # seconds a file; real ones take hundredths
_BYTES_A_SECOND = 1 << 20  # of a large file; records are read four times as fast, rows forty times
# An answer that is longer, marshalled, is no small file any more: it is worked on within bounds
_SMALL_ANSWER = 16 << 20
_MEND = (
    "its bytes are damaged, cells stand far outside its tables, or it is too large for one table; "
    "download it again, delete the empty rows and columns in a spreadsheet and save it as .xlsx, "
    "or cut it into several files"
)
_TOLD = "told"  # the kind of a message that is no answer yet
_OR_WITHDRAW = "or take the file out with `yearbook withdraw`"
_LENGTH = struct.Struct("<Q")
_one_at_a_time = RLock()
_is_bounded = False


class OutsideLimit(WarehouseError):
    """It is no fault of the file: less is allowed from outside than a file may take."""


class TooLarge(Exception):
    """The answer is too long for a process without bounds."""


_FAULTS: dict[str, type[Exception]] = {
    fault.__name__: fault for fault in (Rejected, OutsideLimit, RuntimeError)
}


def seconds_for(size: int) -> int:
    """The processor time that a file of so many bytes may take."""
    return CPU_LIMIT + size // _BYTES_A_SECOND


def ask(
    module: str,
    question: Any,
    *arguments: str,
    seconds: int = CPU_LIMIT,
    hear: Callable[[Any], None] = lambda said: None,
) -> Any:
    """What the child that runs `module` answers; both are of the types that marshal knows.

    It may take so many `seconds` of processor time, and what it tells on the way is heard.

    Raises Rejected if the work is refused or is not done within the bounds, `OutsideLimit` if these
    could not be granted, `TooLarge` if this process has no bounds and the answer is long, and
    RuntimeError if the child's code fails.
    """
    with _one_at_a_time:
        child = _children.get((module, arguments)) or _started(module, arguments)
        try:
            _send(child.questions, marshal.dumps((question, seconds)))
            kind = _TOLD
            while kind == _TOLD:
                answer = _receive(child.answers, None if _is_bounded else _SMALL_ANSWER)
                kind, content, is_last = marshal.loads(answer)
                if kind == _TOLD:
                    hear(content)
        except BaseException as error:
            # Whatever broke the exchange, the next question needs a child that listens
            _stop(child)
            if isinstance(error, (EOFError, BrokenPipeError)):
                raise _cause_of_death(child.process.returncode, seconds) from None
            raise
        if is_last:
            _stop(child)
    if kind in _FAULTS:
        raise _FAULTS[kind](content)
    return content


def serve(work: Callable[[Any], Any]) -> None:
    """Be the child: answer each question with what `work` returns, until the parent hangs up."""
    global _is_bounded
    _is_bounded = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends this process
    limits.lower_memory(MEMORY_LIMIT)
    inbox, outbox = sys.stdin.buffer, sys.stdout.buffer
    _send(outbox, b"ready")
    while True:
        try:
            question, seconds = marshal.loads(_receive(inbox))
        except EOFError:
            return
        limits.allow_seconds(seconds)
        _send(outbox, _answer(work, question))


def tell(said: Any) -> None:
    """Tell whoever asked this child how far the answer is; nobody, if this process is no child."""
    if _is_bounded:
        _send(sys.stdout.buffer, marshal.dumps((_TOLD, said, False)))


def is_bounded() -> bool:
    """Whether this process is such a child."""
    return _is_bounded


def _answer(work: Callable[[Any], Any], question: Any) -> bytes:
    try:
        return marshal.dumps(("result", work(question), _is_spent()))
    except MemoryError:
        fault: BaseException = _too_much_memory()
    except (Rejected, OutsideLimit) as refusal:
        fault = refusal
    except Exception:
        fault = RuntimeError(traceback.format_exc())
    return marshal.dumps((type(fault).__name__, str(fault), _is_spent()))


def _is_spent() -> bool:
    """Whether a limit from outside leaves this process less time than the next file may take."""
    return not limits.has_seconds(CPU_LIMIT)


def _cause_of_death(status: int, allowed: int = CPU_LIMIT) -> WarehouseError:
    """Why a child ended before it answered, which may have taken so many seconds."""
    seconds = limits.seconds_from_outside()
    if status in (limits.OUT_OF_TIME, limits.KILLED) and 0 <= seconds < allowed:
        return OutsideLimit(
            f"takes more than the {seconds} seconds of processor time that a limit set from "
            f"outside (ulimit -t) leaves for it: raise that limit, {_OR_WITHDRAW}"
        )
    if status == limits.OUT_OF_TIME:
        return Rejected(f"takes more than {allowed} seconds of processor time to read: {_MEND}")
    if status == limits.KILLED:
        return OutsideLimit(
            "was not read to its end, for the process that read it was killed from outside, as "
            f"when the machine's memory ends: refresh when there is more, {_OR_WITHDRAW}"
        )
    return _too_much_memory()


def _too_much_memory() -> WarehouseError:
    memory = limits.memory_from_outside()
    if 0 <= memory < MEMORY_LIMIT:
        return OutsideLimit(
            f"takes more than the {memory >> 20} MB of memory that a limit set from outside "
            f"(ulimit -v) leaves for it: raise that limit, {_OR_WITHDRAW}"
        )
    return Rejected(f"takes more than {MEMORY_LIMIT >> 30} GB of memory to read: {_MEND}")


@dataclass(frozen=True)
class _Child:
    """A process and its two pipes."""

    process: subprocess.Popen
    questions: IO[bytes]
    answers: IO[bytes]


_children: dict[tuple[str, tuple[str, ...]], _Child] = {}


def _started(module: str, arguments: tuple[str, ...]) -> _Child:
    """A new child that runs a module. Raises Rejected if there is no room for it."""
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        # -P: what lies in the folder of the user is no module
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": root},
    )
    # The last one registered is the first: killed, and waited for, or nobody is told what it cost
    atexit.register(process.wait)
    atexit.register(process.kill)
    assert process.stdin and process.stdout  # they were asked for as pipes
    child = _Child(process, process.stdin, process.stdout)
    try:
        _receive(child.answers)
    except EOFError:
        _stop(child)
        raise _cause_of_death(process.returncode) from None
    _children[module, arguments] = child
    return child


def stop_all() -> None:
    """End every child at once, for this process ends."""
    for child in list(_children.values()):
        child.process.kill()


def _stop(child: _Child) -> None:
    """End a child, unless it has ended by itself."""
    for key in [key for key, other in _children.items() if other is child]:
        del _children[key]
    atexit.unregister(child.process.kill)
    atexit.unregister(child.process.wait)
    child.process.kill()
    child.process.communicate()


def _send(pipe: IO[bytes], content: bytes) -> None:
    """One message of any length."""
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes], most: int | None = None) -> bytes:
    """One message. Raises EOFError if the other side has gone, TooLarge beyond `most` bytes."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    if most is not None and length > most:
        raise TooLarge
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content
