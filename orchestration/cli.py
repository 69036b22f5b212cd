"""The `yearbook` command. Imports stand where they are used, so that help answers at once."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from warehouse.errors import WarehouseError
from warehouse.home import Home

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


class Format(StrEnum):
    """How `yearbook sql` prints a result."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class AuditFormat(StrEnum):
    """How `yearbook audit` prints its findings."""

    markdown = "markdown"
    json = "json"


@app.command()
def demo(home: HomeOption = None) -> None:
    """Make a warehouse from SYNTHETIC files."""
    with _place(home) as place:
        from orchestration import intake, refresh

        intake.write_demonstration(place)
        refresh.refresh(place, place.landing)


@app.command("refresh")
def refresh_(
    home: HomeOption = None,
    landing: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Folder to take files from [landing/ of the home]",
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Build the world as it was known on this date",
        ),
    ] = None,
) -> None:
    """Take in what is new, build, estimate, check and release."""
    with _place(home) as place:
        from orchestration import refresh

        folder = landing.absolute() if landing else place.landing
        refresh.refresh(place, folder, as_of.date() if as_of else None)


@app.command()
def accept(
    file: Annotated[
        str | None, typer.Argument(metavar="[SOURCE/EDITION/FILE]", help="The file to accept")
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why it is right")] = None,
    home: HomeOption = None,
) -> None:
    """Accept a file that is held back; without a file, list what is held and why."""
    with _place(home) as place:
        from orchestration import revisions

        if file is None:
            revisions.print_held(place)
        else:
            revisions.accept(place, file, reason)


@app.command("map")
def map_(
    accept: Annotated[
        str | None, typer.Option(metavar="1,2", help="Append these proposals to the seeds")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Propose what labels that changed stand for, with the evidence."""
    with _place(home) as place:
        from orchestration import revisions

        if accept is None:
            revisions.print_proposals(place)
        else:
            revisions.accept_proposals(place, accept)


@app.command()
def fetch(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Source, such as nbs_portal")],
    home: HomeOption = None,
    first: Annotated[int, typer.Option("--from", metavar="YEAR", help="First year")] = 2012,
    last: Annotated[
        int | None, typer.Option("--to", metavar="YEAR", help="Last year [last year]")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Another address of the source's API")
    ] = None,
) -> None:
    """Fetch a source over the network, slowly; a fetch that broke off goes on where it stopped."""
    with _place(home) as place:
        from datetime import date

        from orchestration import fetch as fetches

        fetches.fetch(place, source, first, last, base_url, date.today())


@app.command()
def coverage(home: HomeOption = None, json: JsonOption = False) -> None:
    """Show what there is, what is missing, where to get it and where to put it."""
    with _place(home) as place:
        from orchestration import query

        query.print_coverage(place, json)


@app.command()
def find(
    text: Annotated[str, typer.Argument(metavar="NAME", help="A name, Chinese or English")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Find data by the names that stand in the files; exit status 1 if nothing is near."""
    with _place(home) as place:
        from orchestration import provenance

        provenance.print_found(place, text, json)


@app.command()
def trace(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="dige, expy_leave_one_out, gdp, open ..., prody/XVI, exports/XVI, "
            "or study/model/term",
        ),
    ],
    where: Annotated[
        list[str] | None, typer.Argument(metavar="AREA YEAR", help="Code or name, and year")
    ] = None,
    depth: Annotated[int | None, typer.Option(min=0, help="Levels below the number")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a published number was made from, down to the cells of the files."""
    with _place(home) as place:
        from orchestration import provenance

        provenance.print_trace(place, name, where or [], depth, json)


@app.command()
def sql(
    text: Annotated[str, typer.Argument(metavar="QUERY", help="One SQL query, in quotes")],
    format: Annotated[Format, typer.Option(help="How to print the rows")] = Format.table,
    home: HomeOption = None,
) -> None:
    """Query the current release, read-only."""
    with _place(home) as place:
        from orchestration import query

        query.print_query(place, text, format)


@app.command()
def estimate(
    specification: Annotated[Path, typer.Argument(metavar="SPEC.yml", help="Models to estimate")],
    panel: Annotated[
        Path, typer.Option("--panel", metavar="FILE", help="Data: CSV, Parquet or Stata")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results")],
) -> None:
    """Run any model specification on anybody's panel; no warehouse is needed."""
    with _specification():
        from analytics.reports import estimate_files

        results = estimate_files(specification, panel, out)
        for result in results:
            for warning in result.warnings:
                typer.echo(f"{result.model_id}: {warning}", err=True)
        typer.echo(f"{len(results)} models in {out / 'results.md'}")


@app.command()
def audit(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Published tables: YAML, or CSV with the terms")
    ],
    format: Annotated[AuditFormat, typer.Option(help="How to print the findings")] = (
        AuditFormat.markdown
    ),
) -> None:
    """Check a published regression table for what cannot be; exit status 0 whatever is found."""
    with _specification():
        from analytics import audit as audits

        report = audits.audit(audits.load_published(file))
        if format is AuditFormat.json:
            typer.echo(json.dumps(report.record(), ensure_ascii=False, indent=1))
        else:
            typer.echo(audits.audit_markdown(report))


@app.command()
def ui(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1")] = 3000,
) -> None:
    """Open the Dagster UI on 127.0.0.1; Ctrl-C stops it."""
    from orchestration import instance
    from warehouse.releases import PROJECT

    instance.prepare(Home.from_environment(home))
    # A process that a script starts in the background inherits ignored signals, and would not stop
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(PROJECT)
    arguments = ["-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", "dagster", "dev", *arguments])


@contextmanager
def _place(home: Path | None) -> Iterator[Home]:
    """The home of a command; a fault that a person can mend is a sentence and status 1."""
    place = Home.from_environment(home)
    try:
        yield place
    except WarehouseError as error:
        from orchestration import intake
        from orchestration.progress import say

        is_synthetic = intake.is_synthetic(place)
        for line in str(error).splitlines():
            say(f"yearbook: {line}", is_synthetic)
        raise typer.Exit(1) from None


@contextmanager
def _specification() -> Iterator[None]:
    """A wrong specification, panel or table is a sentence and status 1."""
    from analytics.errors import SpecificationError

    try:
        yield
    except SpecificationError as error:
        typer.echo(f"yearbook: {error}", err=True)
        raise typer.Exit(1) from None
