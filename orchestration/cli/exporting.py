"""What leaves a home for other programs: panels as files, tables for papers."""

import sys
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from orchestration import language
from orchestration.cli.app import AreasOption, HomeOption, app, can_be_quiet, day, place_of
from orchestration.language import Language

LanguageOption = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of labels and notes in the file [that of the command]"),
]
DigitsOption = Annotated[
    int, typer.Option(min=0, max=12, metavar="N", help="Digits after the point, in tables")
]

TablesOption = Annotated[
    Path | None,
    typer.Option(
        "--tables",
        metavar="DIR",
        help="Folder for the tables for papers: LaTeX, Word, HTML, Markdown, Excel",
    ),
]


@app.command()
@can_be_quiet
def export(
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            metavar="PATH",
            help=".dta, .xlsx, .csv, .parquet or .rds; a folder for tables",
        ),
    ],
    indicators: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME", help="Indicators and columns of the panels: gdp,dige"),
    ] = None,
    areas: AreasOption = None,
    years: Annotated[
        str | None, typer.Option(metavar="YEARS", help="2010-2024, or 2012,2015 [all]")
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="One row a value, with its status")] = False,
    as_of: Annotated[
        date | None,
        typer.Option(parser=day, metavar="YYYY-MM-DD", help="Values as they were known on a date"),
    ] = None,
    tables: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME", help="Tables of studies for papers: table_3, a study, or all"
        ),
    ] = None,
    digits: DigitsOption = 3,
    lang: LanguageOption = None,
    home: HomeOption = None,
) -> None:
    """Write data for Stata, Excel, R and Python, or the tables of studies for LaTeX and Word."""
    if (indicators is None) == (tables is None):
        raise typer.BadParameter(
            _("name what to export: --indicators gdp,dige or --tables table_3")
        )
    if tables is not None and (areas or years or as_of or long):
        raise typer.BadParameter(_("--areas, --years, --as-of and --long are for --indicators"))
    in_language = lang or language.asked(sys.argv[1:])
    with place_of(home) as place:
        if tables is not None:
            from orchestration.cli import study_tables

            study_tables.write_study_tables(place, to, tables, in_language, digits)
            return
        from orchestration.cli import panels

        assert indicators is not None  # one of the two is given
        panels.write_panel(place, to, indicators, areas, years, as_of, in_language.value, long)
