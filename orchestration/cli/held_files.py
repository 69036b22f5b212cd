"""What `yearbook accept` says and does."""

from orchestration import intake, lock
from orchestration.progress import say
from warehouse.contract.home import Home
from warehouse.store import acceptances


def print_held(home: Home) -> None:
    """Print the files that the current release does without, and why. Raises `NoRelease`."""
    held = acceptances.held(home)
    for file in held:
        print(f"{file.name}: {file.reason}")
        if file.acceptance is not None:
            print(f"  accepted ({file.acceptance}): the next `yearbook refresh` takes it")
    if not held:
        say("no file is held back", intake.is_synthetic(home))


def accept(home: Home, name: str, reason: str | None) -> None:
    """Accept a held file. Raises `NotHeld`, `NoRelease`, and `Busy` while a refresh is at work."""
    with lock.refreshing(home):  # a release is made of the acceptances that its refresh began with
        file = acceptances.accept(home, name, reason)
    say(f"{file.name} is accepted: `yearbook refresh` takes it in", intake.is_synthetic(home))
