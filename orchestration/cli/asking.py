"""What a release is asked: coverage, find, trace, sql."""

from enum import StrEnum
from gettext import gettext as _
from typing import Annotated

import typer

from orchestration.cli.app import AreasOption, HomeOption, JsonOption, app, place_of


class Format(StrEnum):
    """How `yearbook sql` prints a result."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@app.command()
def coverage(areas: AreasOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show what there is, what is missing, where to get it and where to put it."""
    with place_of(home) as place:
        from orchestration.cli import coverage as printed

        if areas is None:
            printed.print_coverage(place, json)
        else:
            printed.print_coverage_of_areas(place, areas, json)


@app.command()
def find(
    text: Annotated[str, typer.Argument(metavar="NAME", help="A name, Chinese or English")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Find data by the names that stand in the files; exit status 1 if nothing is near."""
    if not text.strip():
        raise typer.BadParameter(_("an empty name finds nothing: write one, such as 技术市场"))
    with place_of(home) as place:
        from orchestration.cli import provenance

        provenance.print_found(place, text, json)


@app.command()
def trace(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="dige, expy_leave_one_out, gdp, kww_3 ..., a kind of number as in prody/XVI, "
            "study/model/term, a heading as printed, or a file (then the cell is all of AREA YEAR)",
        ),
    ],
    where: Annotated[
        list[str] | None, typer.Argument(metavar="AREA YEAR", help="Code or name, and year")
    ] = None,
    measure: Annotated[
        str | None, typer.Option(help="Of `value_chain` the measure, from catalog.dim_measure")
    ] = None,
    depth: Annotated[int | None, typer.Option(min=0, help="Levels below the number")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a published number was made from, down to the cells of the files."""
    with place_of(home) as place:
        from orchestration.cli import provenance

        number = f"{name}/{measure}" if measure else name
        provenance.print_trace(place, number, where or [], depth, json)


@app.command()
def sql(
    text: Annotated[str, typer.Argument(metavar="QUERY", help="One SQL query, in quotes")],
    format: Annotated[Format, typer.Option(help="How to print the rows")] = Format.table,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="ROWS", help="Rows to print, 0 for all [1000 on a terminal, else all]"
        ),
    ] = None,
    memory: Annotated[
        int, typer.Option(min=64, metavar="MB", help="Memory that the query may take")
    ] = 4096,
    timeout: Annotated[
        int, typer.Option(min=1, metavar="SECONDS", help="Time that the query may take")
    ] = 600,
    home: HomeOption = None,
) -> None:
    """Query the current release, read-only."""
    with place_of(home) as place:
        from orchestration.cli import query

        query.print_query(place, text, format, limit, memory, timeout)
