"""What fills a warehouse (demo, refresh, fetch) and what it heeds (accept, withdraw, map)."""

import json as json_
import os
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.app import HomeOption, JsonOption, app, can_be_quiet, day, place_of
from orchestration.engines import Asked, EngineName
from warehouse.contract.home import Home

# A file that lies in no folder of a source is `-/-/name`, which is no option
_NAMES_A_FILE = {"ignore_unknown_options": True}
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="Print every stage and all that was found")
]
EngineOption = Annotated[
    EngineName | None,
    typer.Option(help="What runs the SQL [YEARBOOK_ENGINE, else duckdb]", show_choices=True),
]
MasterOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Where Spark runs, such as spark://host:7077 or sc://host [YEARBOOK_MASTER]",
    ),
]


@app.command()
@can_be_quiet
def demo(
    home: HomeOption = None,
    engine: EngineOption = None,
    master: MasterOption = None,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Make a warehouse from SYNTHETIC files."""
    with place_of(home) as place:
        from orchestration import intake

        intake.write_demonstration(place)
        _refresh(place, place.landing, None, _asked(engine, master), verbose, json)


@app.command("refresh")
@can_be_quiet
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
        date | None,
        typer.Option(
            parser=day,
            metavar="YYYY-MM-DD",
            help="Build the world as it was known on this date",
        ),
    ] = None,
    engine: EngineOption = None,
    master: MasterOption = None,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Take in what is new, build, estimate, check and release."""
    with place_of(home) as place:
        folder = landing.absolute() if landing else place.landing
        _refresh(place, folder, as_of, _asked(engine, master), verbose, json)


def _asked(engine: EngineName | None, master: str | None) -> Asked:
    """The engine of the options, else of the environment, which has it for the definitions."""
    told = {"YEARBOOK_ENGINE": engine, "YEARBOOK_MASTER": master}
    os.environ.update({name: option for name, option in told.items() if option})
    return Asked.from_environment()


def _refresh(
    home: Home,
    landing: Path,
    as_of: date | None,
    engine: Asked,
    verbose: bool,
    json: bool,
) -> None:
    from orchestration import progress, refresh

    with progress.quietly(json):
        refresh.refresh(home, landing, as_of, verbose, engine)
    if json:
        from orchestration import report

        print(json_.dumps(report.record(home), ensure_ascii=False, indent=1))


ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why")]


@app.command(context_settings=_NAMES_A_FILE)
def accept(
    file: Annotated[
        str | None, typer.Argument(metavar="[SOURCE/EDITION/FILE]", help="The file to accept")
    ] = None,
    reason: ReasonOption = None,
    undo: Annotated[bool, typer.Option("--undo", help="Accept it no longer")] = False,
    is_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Accept a file that is held back; without a file, list what is held and why."""
    _decide("accepted", file, reason, undo, is_json, home)


@app.command(context_settings=_NAMES_A_FILE)
def withdraw(
    file: Annotated[
        str | None, typer.Argument(metavar="[SOURCE/EDITION/FILE]", help="The file to withdraw")
    ] = None,
    reason: ReasonOption = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take it in again")] = False,
    is_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Do without a landed file; its bytes stay. Without a file, list what is withdrawn and why."""
    _decide("withdrawn", file, reason, undo, is_json, home)


def _decide(
    verdict: str,
    file: str | None,
    reason: str | None,
    is_undone: bool,
    is_json: bool,
    home: Path | None,
) -> None:
    if file is None and (reason or is_undone):
        raise typer.BadParameter(_("name the file: SOURCE/EDITION/FILE"))
    with place_of(home) as place:
        from orchestration.cli import verdicts
        from warehouse.intake.snapshots import Verdict

        if file is not None:
            verdicts.decide(place, Verdict(verdict), file, reason, is_undone)
        elif verdict == Verdict.accepted:
            verdicts.print_held(place, is_json)
        else:
            verdicts.print_withdrawn(place, is_json)


@app.command("map")
@can_be_quiet
def map_(
    accept: Annotated[
        str | None,
        typer.Option(
            metavar="1,2=NAME", help="Write these proposals into the home; NAME a new indicator"
        ),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Show every proposal")] = False,
    is_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Propose what labels stand for that changed or that nothing stands for, with the evidence."""
    with place_of(home) as place:
        from orchestration.cli import label_proposals

        if accept is None:
            label_proposals.print_proposals(place, all_, is_json)
        else:
            label_proposals.accept_proposals(place, accept)


@app.command()
@can_be_quiet
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
    with place_of(home) as place:
        from datetime import date

        from orchestration.cli import fetch as fetches

        fetches.fetch(place, source, first, last, base_url, date.today())
