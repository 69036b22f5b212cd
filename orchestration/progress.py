"""What a person at the terminal sees of a refresh, on stderr: its stages, then what it found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from gettext import gettext as _
from typing import TYPE_CHECKING

from orchestration.language import said_later as _said
from orchestration.translations import in_language

if TYPE_CHECKING:
    from rich.console import Console

# The stages of a refresh in their order: the first words of what each says when it ends
STAGES = (_said("cells"), _said("files"), _said("tables"), _said("models"), _said("release"))


_is_quiet = False


@contextmanager
def quietly(is_quiet: bool) -> Iterator[None]:
    """Say nothing, but that something is wrong, for as long as this lasts."""
    global _is_quiet
    before, _is_quiet = _is_quiet, _is_quiet or is_quiet
    try:
        yield
    finally:
        _is_quiet = before


def say(text: str, is_synthetic: bool) -> None:
    """Print one line, unless nothing is to be said."""
    if not _is_quiet:
        complain(text, is_synthetic)


def complain(text: str, is_synthetic: bool) -> None:
    """Print one line; every line about a demonstration says that its data are synthetic."""
    console = _console()
    with console.capture() as captured:
        console.print(marked(text, is_synthetic))
    with suppress(OSError):  # where nobody reads on, the work goes on
        print(captured.get(), end="", file=console.file, flush=True)


def answer(text: str) -> None:
    """Print on stdout what was done, unless nothing is to be said."""
    if not _is_quiet:
        print(in_language(text))


def is_quiet() -> bool:
    """Whether nothing is said but what is asked for or wrong."""
    return _is_quiet


def marked(text: str, is_synthetic: bool) -> str:
    """A line as it is printed of a demonstration, or of real data, in the language spoken."""
    if not is_synthetic:
        return in_language(text)
    from warehouse.store.releases import SYNTHETIC  # with DuckDB, which not every command needs

    return f"{SYNTHETIC} · {in_language(text)}"


# What becomes of what a stage says; a run of the UI keeps it as its log
_told: Callable[[str, bool], None] = say


def tell(text: str, is_synthetic: bool) -> None:
    """What a stage has to say when it ends."""
    _told(text, is_synthetic)


def _keep_quiet(text: str, is_synthetic: bool) -> None:
    """A pipe is told what was found, not how far it is."""


# What becomes of how far a stage is: a terminal shows it where the stage stands
_told_how_far: Callable[[str, bool], None] = _keep_quiet


def tell_how_far(text: str, is_synthetic: bool) -> None:
    """How far the first stage is that has not ended."""
    _told_how_far(text, is_synthetic)


@contextmanager
def showing(is_verbose: bool) -> Iterator[None]:
    """Show the stages in lines, on a terminal as a list that fills, in a pipe not at all."""
    global _told, _told_how_far
    before = _told, _told_how_far
    try:
        if is_verbose:
            yield
        elif _console().is_terminal and not _is_quiet:
            with _checklist() as (_told, _told_how_far):
                yield
        else:
            _told = _keep_quiet
            yield
    finally:
        _told, _told_how_far = before


@contextmanager
def _checklist() -> Iterator[tuple[Callable[[str, bool], None], Callable[[str, bool], None]]]:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(finished_text="✓"), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=_console(), transient=True) as progress:
        tasks = {name: progress.add_task(_(name), start=False, total=1) for name in STAGES}
        progress.start_task(tasks[STAGES[0]])

        def ends(text: str, is_synthetic: bool) -> None:
            name = text.split()[0]
            if name not in tasks:
                return  # a finding, not the end of a stage
            progress.update(tasks[name], description=marked(text, is_synthetic), completed=1)
            for following in STAGES[STAGES.index(name) + 1 :][:1]:
                progress.start_task(tasks[following])

        def is_at(text: str, is_synthetic: bool) -> None:
            name = next(name for name in STAGES if not progress.tasks[tasks[name]].finished)
            progress.update(
                tasks[name], description=marked(f"{_(name):<9} {in_language(text)}", is_synthetic)
            )

        yield ends, is_at


def _console() -> "Console":
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
