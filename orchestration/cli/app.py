"""The command itself, and what its themes share: the home, and faults told in one sentence."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from gettext import gettext
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from orchestration import language
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home

# The matrices here are small: threads that wait for each other cost more than they bring. It has to
# be said before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# What a command imports lives as long as it does: looking for garbage among it every 700 objects
# takes a tenth of the time of a short command.
gc.set_threshold(50_000, 20, 100)


class _Command(typer.Typer):
    """The command; when it ends, what it printed is written, or it has said that it is not."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        _open_streams()
        language.speak(language.asked(sys.argv[1:]))
        try:
            return translated(typer.main.get_command(self))(*arguments, **options)
        except SystemExit as end:
            raise SystemExit(end.code or _output_status()) from None
        except OSError as error:  # of the help, which no command prints
            if (status := _output_status(error)) is None:
                raise
            raise SystemExit(status) from None


def translated(command: Any) -> Any:
    """A command whose help, and that of all below it, is in the language that is spoken."""
    for described in (command, *command.get_params(typer.Context(command))):
        if help := getattr(described, "help", None):
            described.help = gettext(help)
    for below in getattr(command, "commands", {}).values():
        translated(below)
    return command


app = _Command(pretty_exceptions_enable=False, rich_markup_mode=None)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        print(f"yearbook {version('yearbook')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def begin(
    context: typer.Context,
    lang: Annotated[  # heeded before it is read, since the help is printed while it is
        language.Language,
        typer.Option(envvar=language.VARIABLE, help="Language of what is said"),
    ] = language.Language.en,
    is_version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version and end"
        ),
    ] = False,
) -> None:
    """A data warehouse for China's statistical yearbooks.

    Without a command it says what to do next.
    """
    if context.invoked_subcommand is None:
        with place_of(None) as place:
            from orchestration import next_steps

            for line in next_steps.lines(place):
                print(line)


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
    with _told(place):
        try:
            place.check()
            yield place
        except WarehouseError as error:
            from orchestration.progress import say

            is_synthetic = _is_synthetic(place)
            for line in str(error).splitlines():
                say(f"yearbook: {line}", is_synthetic)
            raise typer.Exit(1) from None


@contextmanager
def specification_errors() -> Iterator[None]:
    """A wrong specification, panel or table is a sentence and status 1."""
    from analytics.errors import SpecificationError

    with _told(None):
        try:
            yield
        except SpecificationError as error:
            _end(str(error))


@contextmanager
def _told(home: Home | None) -> Iterator[None]:
    """Whatever goes wrong is a sentence and status 1."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except WarehouseError as error:
        _end(str(error))
    except Exception as error:
        if isinstance(error, OSError) and (status := _output_status(error)) is not None:
            if status == 0:
                return
            raise typer.Exit(status) from None
        from orchestration import machine

        is_of_machine = isinstance(error, OSError | MemoryError | ImportError)
        foreseen = machine.fault(error) if is_of_machine else None
        foreseen = foreseen or (home and _trouble_with_release(home, error)) or machine.fault(error)
        said = " ".join(f"{type(error).__name__}: {error}".split())
        _end(foreseen or f"stopped by {said}; the full trace is in {_kept_trace()}")


def _end(sentence: str) -> NoReturn:
    with suppress(OSError):  # where even this cannot be written, the status says it
        typer.echo(f"yearbook: {sentence}", err=True)
    raise typer.Exit(1) from None


def _is_synthetic(home: Home) -> bool:
    """Whether the home is known to hold a demonstration."""
    try:
        from orchestration import intake

        return intake.is_synthetic(home)
    except (
        WarehouseError,
        OSError,
        ImportError,
        MemoryError,
    ):  # what has to be said is that the home is not in order
        return False


def _trouble_with_release(home: Home, error: Exception) -> str | None:
    """What is wrong with the release that a fault may come from: damaged, or of another version."""
    try:
        import duckdb

        from warehouse.store import releases

        releases.check_current(home)
        if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
            releases.check_version(home)
    except WarehouseError as trouble:
        return str(trouble)
    except (OSError, ImportError, MemoryError):
        pass  # it is the fault at hand that has to be told
    return None


def _open_streams() -> None:
    """Have nobody read or write where a stream is closed, before another file gets its number."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 (as long as all)


def _output_status(error: OSError | None = None) -> int | None:
    """The status to end with where what is printed cannot be written; None where it can.

    It is 0 if its reader has seen enough (`| head`). What was refused with an error may be in no
    buffer any more, so that only something else tells whether it was printed.
    """
    try:
        print(end="\n" if error and not error.filename else "", flush=True)
    except OSError as refusal:
        # Python writes what is still in its buffer when it ends: the rest is dropped
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(refusal, BrokenPipeError):
            return 0
        with suppress(OSError):
            typer.echo(f"yearbook: the output cannot be written: {refusal.strerror}", err=True)
        return 1
    return None


def _kept_trace() -> str:
    """A file outside of every home with the trace of the exception at hand."""
    import tempfile
    import traceback

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="yearbook-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exc(file=file)
    except OSError as error:
        return f"no file ({error.strerror})"
    return file.name
