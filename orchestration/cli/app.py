"""The command itself, and what its themes share: the home, and faults told in one sentence."""

import atexit
import gc
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import partial, wraps
from gettext import gettext
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer._click.exceptions import UsageError  # which typer shows itself, in English

from orchestration import language
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home

# The matrices here are small: threads that wait for each other cost more than they bring. It has to
# be said before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# What a command imports lives as long as it does: looking for garbage among it every 700 objects
# takes a tenth of the time of a short command, and once more at its end a fifth.
gc.set_threshold(2_000_000, 20, 100)
atexit.register(gc.freeze)


class _Command(typer.Typer):
    """The command; when it ends, what it printed is written, or it has said that it is not."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        _open_streams()
        language.speak(language.asked(sys.argv[1:]))
        is_alone = options.pop("standalone_mode", True)
        command = translated(typer.main.get_command(self))
        try:
            _check_words()
            status = command(*arguments, standalone_mode=False, **options)
        except UsageError as error:
            status = _show(error)
        except SystemExit as end:  # with 1 where the reader of a help text has seen enough
            status = 0 if isinstance(end.__context__, BrokenPipeError) else end.code
        except OSError as error:  # of the help, which no command prints
            if (status := _output_status(error)) is None:
                raise
        except UnicodeEncodeError as error:
            with suppress(typer.Exit), _told(None):
                raise error
            status = 1
        if not is_alone:
            return status
        raise SystemExit(status or _output_status()) from None


def _check_words() -> None:
    """Raise UnicodeEncodeError if Python was told to read the words of the command as no UTF-8."""
    if sys.getfilesystemencoding() != "utf-8":
        " ".join(sys.argv).encode()


def _show(error: UsageError) -> int:
    """Say what is wrong with the words of a command, as typer does; the status to end with."""
    from orchestration.translations import in_language

    lines = [gettext("Error: {problem}").format(problem=in_language(_in_our_words(error)))]
    if error.ctx:
        hint = gettext("Try '{command} --help' for help.").format(command=error.ctx.command_path)
        lines = [error.ctx.get_usage(), hint, "", *lines]
    with suppress(OSError):
        typer.echo("\n".join(lines), err=True)
    return error.exit_code


def _in_our_words(error: UsageError) -> str:
    """What is wrong, where pydantic, which typer asks, has words of its own."""
    from analytics.errors import EXPECTED, expected_instead, shown

    said = re.sub("Value error, ", "", error.format_message())
    problems: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    if not problems or problems[0]["type"] not in EXPECTED:
        return said
    instead = f"{shown(problems[0]['input'])}; expected {expected_instead(problems[0])}"
    return said.replace(problems[0]["msg"], instead)


def _format_usage(command: Any, context: typer.Context, formatter: Any) -> None:
    """The line of usage, as typer writes it, in the language that is spoken."""
    words = " ".join(command.collect_usage_pieces(context))
    formatter.write_usage(context.command_path, words, gettext("Usage: "))


def translated(command: Any) -> Any:
    """A command whose help, and that of all below it, is in the language that is spoken."""
    command.format_usage = partial(_format_usage, command)
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


def day(text: str) -> date:
    """A date as it is written in an option. Raises BadParameter, which says how it is written."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        said = gettext("{text} is no date: write one such as 2019-06-30").format(text=text)
        raise typer.BadParameter(said) from None


AreasOption = Annotated[
    str | None,
    typer.Option(
        "--areas", metavar="AREA,AREA", help="Codes, names, or levels such as province [all]"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print records")]
_QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing but what is asked for or wrong")
]


def can_be_quiet(command: Callable[..., None]) -> Callable[..., None]:
    """A command with `--quiet`, for one that says more than it was asked for."""

    @wraps(command)
    def quietly(*arguments: Any, quiet: bool = False, **options: Any) -> None:
        if not quiet:
            return command(*arguments, **options)
        from orchestration import progress

        with progress.quietly(True):
            return command(*arguments, **options)

    own = inspect.signature(command)
    asked = inspect.Parameter("quiet", inspect.Parameter.KEYWORD_ONLY, default=False)
    quietly.__signature__ = own.replace(  # type: ignore[attr-defined] # what typer reads
        parameters=[*own.parameters.values(), asked.replace(annotation=_QuietOption)]
    )
    quietly.__annotations__ = command.__annotations__ | {"quiet": _QuietOption}
    return quietly


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
            from orchestration.progress import complain
            from orchestration.translations import in_language

            is_synthetic = _is_synthetic(place)
            for line in str(error).splitlines():
                complain(f"yearbook: {in_language(line)}", is_synthetic)
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
        if home and not foreseen:
            foreseen = machine.unmakeable(home, error) or _trouble_with_release(home, error)
        foreseen = foreseen or machine.fault(error)
        said = " ".join(f"{type(error).__name__}: {error}".split())
        _end(foreseen or f"stopped by {said}; the full trace is in {_kept_trace()}")


def _end(sentence: str) -> NoReturn:
    from orchestration.translations import in_language

    said = in_language(sentence)
    with suppress(OSError):  # where even this cannot be written, the status says it
        typer.echo(f"yearbook: {said}", err=True)
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
            why = gettext("the output cannot be written: {error}").format(error=refusal.strerror)
            typer.echo(f"yearbook: {why}", err=True)
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
