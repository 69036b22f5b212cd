"""The limits of memory and time that the system holds a process to.

Linux holds them all; macOS knows none of memory, Windows none at all: there a file of others is
read in a process of its own too, but nothing ends that one before the machine does.
"""

import sys

UNLIMITED = -1

if sys.platform == "win32":
    OUT_OF_TIME = KILLED = None

    def lower_memory(most: int) -> None:
        """Windows has no such limit."""

    def allow_seconds(more: int) -> None:
        """Windows has no such limit."""

    def has_seconds(needed: int) -> bool:
        """Whether a limit from outside leaves this process so many seconds of processor time."""
        return True

    def seconds_from_outside() -> int:
        """The processor time that a limit set from outside leaves to a process, in seconds."""
        return UNLIMITED

    def memory_from_outside() -> int:
        """The address space that a limit set from outside leaves to a process, in bytes."""
        return UNLIMITED

else:
    import resource
    import signal

    # What the system ends a process with that has used up its time, and what others kill it with
    OUT_OF_TIME, KILLED = -signal.SIGXCPU, -signal.SIGKILL

    def lower_memory(most: int) -> None:
        """Have this process get no more address space than `most` bytes, and leave no core."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform != "darwin":
            _lower(resource.RLIMIT_AS, most)

    def allow_seconds(more: int) -> None:
        """Have the system end this process after so many more seconds of processor time."""
        _lower(resource.RLIMIT_CPU, int(_seconds_used()) + more)

    def has_seconds(needed: int) -> bool:
        """Whether a limit from outside leaves this process so many seconds of processor time."""
        most = seconds_from_outside()
        return most == UNLIMITED or _seconds_used() + needed < most

    def seconds_from_outside() -> int:
        """The processor time that a limit set from outside leaves to a process, in seconds."""
        return resource.getrlimit(resource.RLIMIT_CPU)[1]

    def memory_from_outside() -> int:
        """The address space that a limit set from outside leaves to a process, in bytes."""
        return resource.getrlimit(resource.RLIMIT_AS)[1]

    def _lower(limit: int, value: int) -> None:
        """Set a limit of this process, below the one that was set from outside, if there is one."""
        _, hard = resource.getrlimit(limit)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (most, hard))

    def _seconds_used() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime


def held() -> str:
    """Which limits this system holds a process to, for a person."""
    named = {"win32": "neither in memory nor in time", "darwin": "in time, not in memory"}
    return named.get(sys.platform, "in memory and time")
