"""Measures of value chains of anybody's table, without a warehouse."""

from collections.abc import Iterator, Sequence
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.app import app, can_be_quiet, specification_errors
from orchestration.cli.exporting import DigitsOption, TablesOption
from orchestration.language import spoken
from orchestration.value_chains import named_table, names_of_measures
from warehouse.contract.money import Unit

if TYPE_CHECKING:
    from analytics.value_chains.reports import NamedTable


@app.command("value-chains")
@can_be_quiet
def value_chains(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Inter-country table: CSV, or a zip of them")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the measures")],
    group: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=AREA+AREA", help="Economies that count as one; may be repeated"),
    ] = None,
    industries: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=CODE+CODE", help="Industries whose value added in exports is measured"
        ),
    ] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YYYY", help="Year of the table, if its name has none")
    ] = None,
    separator: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What parts country and industry in a label")
    ] = None,
    unit: Annotated[Unit, typer.Option(help="US dollars that the table counts in")] = Unit.MILLION,
    papers: TablesOption = None,
    digits: DigitsOption = 3,
) -> None:
    """Measure value chains in anybody's inter-country table; no warehouse is needed."""
    groups, sets = _named("--group", group), _named("--industries", industries)
    with specification_errors():
        from analytics.paper_tables import Style
        from analytics.value_chains.reports import measure_files
        from orchestration.progress import answer
        from orchestration.translations import in_language
        from warehouse.sources.icio.economies import country_of

        tables = _tables(file, year, separator, sets, unit)
        style = Style(say=in_language, digits=digits, labels=names_of_measures(spoken()))
        members = {name: list(map(country_of, own)) for name, own in groups.items()}
        rows = measure_files(tables, out, members, papers, style)
        said = _("{rows} rows of countries in {file}, see README.md")
        answer(said.format(rows=rows["country_year"], file=out / "country_year.csv"))


def _named(option: str, given: Sequence[str] | None) -> dict[str, list[str]]:
    """`NAME=A+B` as a name and its members."""
    found: dict[str, list[str]] = {}
    for text in given or []:
        name, _equals, members = text.partition("=")
        if name.strip() in found:
            said = _("{name} is given twice").format(name=name.strip())
            raise typer.BadParameter(said, param_hint=option)
        found[name.strip()] = [member.strip() for member in members.split("+")]
        if not name.strip() or not all(found[name.strip()]):
            said = _("{text}: write it as NAME=FIRST+SECOND").format(text=text)
            raise typer.BadParameter(said, param_hint=option)
    return found


def _tables(
    file: Path,
    year: int | None,
    separator: str | None,
    own_sets: dict[str, list[str]],
    unit: Unit,
) -> "Iterator[NamedTable]":
    """The tables of a file one by one. Raises SpecificationError."""
    from analytics.errors import SpecificationError
    from orchestration.progress import say
    from orchestration.translations import in_language
    from warehouse.contract.errors import Rejected
    from warehouse.sources.icio.matrix import matrices

    try:
        for matrix in matrices(file.name, file.read_bytes(), year, separator, unit):
            for remark in matrix.remarks():
                say(f"{matrix.name} {in_language(remark)}", is_synthetic=False)
            yield named_table(matrix, own_sets)
    except OSError as error:
        raise SpecificationError(f"{file}: cannot be read ({error.strerror or error})") from None
    except Rejected as refusal:
        raise SpecificationError(f"{file} {in_language(str(refusal))}") from None
