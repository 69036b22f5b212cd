"""The `yearbook` command, run again and again from one interpreter that has imported everything.

Reads one command a line from stdin, {"arguments": [...], "die_in": null or "module.function"}, runs
it in a fork of itself and answers with a line {"status": ..., "output": ...}. The process of a
command with `die_in` kills itself with SIGKILL at the moment it enters that function.
"""

import importlib
import json
import os
import signal
import sys
import tempfile

from orchestration import cli, definitions  # noqa: F401  the import is what takes time


def main() -> None:
    for line in sys.stdin:
        command = json.loads(line)
        with tempfile.TemporaryFile() as output:
            child = os.fork()
            if not child:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                run(command["arguments"], command["die_in"])
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            output.seek(0)
            answer = {"status": status, "output": output.read().decode()}
        print(json.dumps(answer), flush=True)


def run(arguments: list[str], die_in: str | None) -> None:
    if die_in:
        module, _, function = die_in.rpartition(".")
        setattr(importlib.import_module(module), function, die)
    cli.app(arguments)


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
