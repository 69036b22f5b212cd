"""What a person sees while a refresh is at work: a list that fills, lines, or nothing."""

import io
import time

import pytest
from rich.console import Console

from orchestration import progress


@pytest.mark.parametrize(
    ("is_terminal", "is_verbose", "shown", "hidden"),
    [
        (
            *(True, False),
            ["SYNTHETIC · cells     9 rows", "✓ SYNTHETIC · cells     5 cells", "files", "release"],
            ["revised"],
        ),
        (False, False, [], ["cells", "revised", "files", "9 rows"]),
        (
            *(False, True),
            ["SYNTHETIC · cells     5 cells\n", "SYNTHETIC · revised   gdp\n"],
            ["✓", "9 rows"],
        ),
    ],
)
def test_stages_are_shown_to_whom_they_serve(monkeypatch, is_terminal, is_verbose, shown, hidden):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=is_terminal, width=80, color_system=None)
    monkeypatch.setattr(progress, "_console", lambda: console)
    with progress.showing(is_verbose):
        progress.tell_how_far("9 rows", True)
        drawn_by = time.monotonic() + (60 if is_terminal else 0)
        while "9 rows" not in screen.getvalue() and time.monotonic() < drawn_by:
            time.sleep(0.1)  # a screen is drawn some times a second
        progress.tell("cells     5 cells", True)
        progress.tell("revised   gdp", True)
    assert all(text in screen.getvalue() for text in shown)
    assert not any(text in screen.getvalue() for text in hidden)
    progress.tell("a run of the UI keeps its log", False)
    assert screen.getvalue().endswith("a run of the UI keeps its log\n")
