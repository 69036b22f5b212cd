"""Whom a home tells that a run failed: a file, a command, or both, as its policy says."""

import subprocess
from collections.abc import Sequence
from datetime import datetime
from gettext import gettext as _

from orchestration.translations import in_language
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.contract.policy import Alerts

_PATIENCE_SECONDS = 60


def tell(home: Home, alerts: Alerts, run_id: str, problems: Sequence[str]) -> None:
    """Write one line into the file, and all that is wrong to the standard input of the command.

    Raises `WarehouseError` if the command does not succeed within a minute.
    """
    first, *others = map(in_language, problems)
    more = _(" (and {more} more)").format(more=len(others)) if others else ""
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    head = f"{when} {home.root}: " + _("run {run} failed: ").format(run=run_id)
    if alerts.file:
        with (home.root / alerts.file).open("a", encoding="utf-8") as file:
            file.write(f"{head}{first}{more}\n")
    if alerts.command:
        _call(alerts.command, head + "\n".join([first, *others]) + "\n", home)


def _call(command: Sequence[str], text: str, home: Home) -> None:
    try:
        subprocess.run(
            command,
            input=text.encode(),
            cwd=home.root,
            timeout=_PATIENCE_SECONDS,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise WarehouseError(f"`alerts` of policy.yml: nobody was told by {error}") from None
