"""How a command ends when it is told to: at once, with one sentence, whatever it is busy with."""

import os
import signal
import sys
from gettext import gettext as _
from threading import Thread

from orchestration.language import said_later as _said
from warehouse.formats import bounds

# dbt's locks are counted by a process that outlives this one, and would have the last word
_NO_LAST_WORD = "ignore::UserWarning:multiprocessing.resource_tracker"
_SHOW_CURSOR = "\x1b[?25h\n"
_SAID = {
    signal.SIGINT: _said("stopped by Ctrl-C (SIGINT)"),
    signal.SIGTERM: _said("stopped from outside (SIGTERM)"),
}
if sys.platform != "win32":
    import resource

    _SAID[signal.SIGXCPU] = _said(
        "stopped by a limit of processor time set from outside (ulimit -t): raise it"
    )


if sys.platform == "win32":

    def heed() -> None:
        """Windows wakes no thread for a signal: Python ends the command, not quite at once."""

else:

    def heed() -> None:
        """From now on these signals end the process with one sentence and status 128 + signal.

        Python calls its handlers only between two steps of its own, and not inside a query or an
        estimate; so it is a thread that waits for the signal. What it ends is no more than killed:
        every command leaves a home as a kill may leave it, whole, and the system lets go of its
        locks.
        """
        heard, hears = os.pipe()
        os.set_blocking(hears, False)
        signal.set_wakeup_fd(hears, warn_on_full_buffer=False)
        for number in _SAID:
            signal.signal(number, lambda *_arguments: None)
        _leave_a_second()
        others = os.environ.get("PYTHONWARNINGS")
        os.environ["PYTHONWARNINGS"] = f"{others},{_NO_LAST_WORD}" if others else _NO_LAST_WORD
        Thread(target=_end_when_told, args=(heard,), daemon=True).start()

    def _leave_a_second() -> None:
        """Have a limit of processor time announce itself before the system kills without a word."""
        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if soft == hard and hard > 1:
            resource.setrlimit(resource.RLIMIT_CPU, (hard - 1, hard))


def _end_when_told(heard: int) -> None:
    number = signal.Signals(os.read(heard, 1)[0])
    while number not in _SAID:  # another part of the program handles it
        number = signal.Signals(os.read(heard, 1)[0])
    bounds.stop_all()
    # Where progress is shown the cursor is hidden
    shown = _SHOW_CURSOR if os.isatty(2) else ""
    said = _("{why}; the last release stands").format(why=_(_SAID[number]))
    os.write(2, f"{shown}yearbook: {said}\n".encode())
    os._exit(128 + number)
