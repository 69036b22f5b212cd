"""What `yearbook ui` runs: the services of `dagster dev`, with our web server for Dagster's.

Run as `python -m orchestration.services` with the arguments of `dagster dev`.
"""

from collections.abc import Sequence
from subprocess import Popen
from typing import Any

from dagster._cli import dev

_start = dev.open_ipc_subprocess


def _with_our_webserver(parts: Sequence[str], **kwargs: Any) -> Popen:
    ours = {"dagster_webserver": "orchestration.webserver"}
    return _start([ours.get(part, part) for part in parts], **kwargs)


if __name__ == "__main__":
    dev.open_ipc_subprocess = _with_our_webserver
    dev.dev_command()
