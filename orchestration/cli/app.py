"""The command itself, and what its themes share: the home, and faults told in one sentence."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home

# The matrices here are small: threads that wait for each other cost more than they bring. It has to
# be said before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

app = typer.Typer(
    help="A data warehouse for China's statistical yearbooks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Home of the warehouse [YEARBOOK_HOME, ./data]"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print records")]


@contextmanager
def place_of(home: Path | None) -> Iterator[Home]:
    """The home of a command; a fault is a sentence and status 1, an unforeseen one has a trace."""
    from orchestration import interrupts

    interrupts.heed()
    place = Home.from_environment(home)
    try:
        yield place
    except WarehouseError as error:
        from orchestration.progress import say

        is_synthetic = _is_synthetic(place)
        for line in str(error).splitlines():
            say(f"yearbook: {line}", is_synthetic)
        raise typer.Exit(1) from None
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        if isinstance(error, BrokenPipeError) and _is_read_no_further():
            return
        _tell_damage(place)
        said = " ".join(f"{type(error).__name__}: {error}".split())
        typer.echo(f"yearbook: stopped by {said}; the full trace is in {_kept_trace()}", err=True)
        raise typer.Exit(1) from None


def _is_synthetic(home: Home) -> bool:
    """Whether the home is known to hold a demonstration."""
    from orchestration import intake

    try:
        return intake.is_synthetic(home)
    except WarehouseError:  # what has to be said is that the home is not in order
        return False


def _tell_damage(home: Home) -> None:
    """Say so and exit if the release is damaged, whatever fault that led to."""
    from warehouse.store import releases

    try:
        releases.check_current(home)
    except releases.DamagedRelease as damage:
        typer.echo(f"yearbook: {damage}", err=True)
        raise typer.Exit(1) from None


def _is_read_no_further() -> bool:
    """Whether the reader of stdout has seen enough (`| head`); then the rest is dropped."""
    try:
        print(flush=True)  # a write that was refused may be in no buffer any more
    except BrokenPipeError:
        # Python writes what is still in its buffer when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False


def _kept_trace() -> str:
    """A file outside of every home with the trace of the exception at hand."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="yearbook-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exc(file=file)
    return file.name


@contextmanager
def specification_errors() -> Iterator[None]:
    """A wrong specification, panel or table is a sentence and status 1."""
    from analytics.errors import SpecificationError

    try:
        yield
    except SpecificationError as error:
        typer.echo(f"yearbook: {error}", err=True)
        raise typer.Exit(1) from None
