"""What `yearbook accept` and `yearbook withdraw` say and do."""

from dataclasses import asdict
from gettext import gettext as _

from orchestration import intake, lock
from orchestration.cli.printing import print_json
from orchestration.progress import say
from orchestration.translations import in_language
from warehouse.contract.home import Home
from warehouse.intake.snapshots import Verdict
from warehouse.store import verdicts


def print_held(home: Home, is_json: bool) -> None:
    """Print the files that the current release does without, and what was accepted.

    Raises `NoRelease`.
    """
    held = verdicts.held(home)
    if is_json:
        print_json([asdict(file) for file in held])
        return
    for file in held:
        print(f"{file.name}: {in_language(file.reason)}")
        if file.acceptance is not None:
            said = _("accepted ({reason}): the next `yearbook refresh` takes it")
            print("  " + said.format(reason=file.acceptance))
    waiting = {file.name for file in held}
    for name, reason in verdicts.decided(home, Verdict.accepted).items():
        if name not in waiting:
            print(_("{name}: accepted ({reason})").format(name=name, reason=reason))
    if not held:
        say(_("no file is held back"), intake.is_synthetic(home))


def print_withdrawn(home: Home, is_json: bool) -> None:
    """Print the files that were withdrawn, and why."""
    withdrawn = verdicts.decided(home, Verdict.withdrawn)
    if is_json:
        print_json([{"name": name, "reason": reason} for name, reason in withdrawn.items()])
        return
    for name, reason in withdrawn.items():
        print(_("{name}: withdrawn ({reason})").format(name=name, reason=reason))
    if not withdrawn:
        say(_("no file is withdrawn"), intake.is_synthetic(home))


def decide(home: Home, verdict: Verdict, name: str, reason: str | None, is_undone: bool) -> None:
    """Accept or withdraw a file, or take that back.

    Raises `NoSuchFile`, `NoRelease`, and `Busy` while a refresh is at work.
    """
    with lock.refreshing(home):  # a release is made of the verdicts that its refresh began with
        if is_undone:
            verdicts.undo(home, verdict, name)
        elif verdict == Verdict.accepted:
            verdicts.accept(home, name, reason)
        else:
            verdicts.withdraw(home, name, reason)
    said = _("{name} is {verdict}: the next `yearbook refresh` heeds it")
    if is_undone:
        said = _("{name} is no longer {verdict}: the next `yearbook refresh` heeds it")
    say(said.format(name=name, verdict=_(verdict)), intake.is_synthetic(home))
