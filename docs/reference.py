"""The reference pages of the site: every command, every table and column, as the code has them."""

import os
from collections.abc import Iterator
from gettext import gettext

import typer
from typer.cli import get_docs_for_click

from analytics.specification import load_studies
from orchestration import descriptions
from orchestration.cli import app
from orchestration.cli.app import translated
from orchestration.language import VARIABLE, Language, speak
from warehouse.contract.tables import NO_UNIT, Column, Text
from warehouse.store.release_database import SCHEMAS

_HEADINGS = {
    Language.en: ("Tables and columns", "column", "unit", "How they are made of each other"),
    Language.zh: ("表和列", "列", "单位", "各表如何由彼此得出"),
}


def commands(language: Language) -> str:
    """The help of every command."""
    os.environ[VARIABLE] = language
    speak(language)
    group = translated(typer.main.get_command(app))
    context = typer.Context(group)
    return get_docs_for_click(obj=group, ctx=context, name="yearbook", title=gettext("Commands"))


def tables(language: Language, catalog: str) -> Iterator[str]:
    """Every table of a release with its columns, as a release describes them.

    `catalog` is the address of dbt's own pages.
    """
    title, column, unit, how = _HEADINGS[language]
    yield f'# {title}\n\n<a href="{catalog}">{how} (dbt)</a>'
    for address, table in sorted(descriptions.described(load_studies()).items()):
        if address.split(".")[0] in SCHEMAS:
            yield f"\n## {address}\n\n{_said(table.about, language)}\n"
            yield f"| {column} | {unit} | |\n|---|---|---|"
            yield from (_row(name, each, language) for name, each in table.columns.items())


def _row(name: str, column: Column, language: Language) -> str:
    unit = "" if column.unit.en == NO_UNIT else _said(column.unit, language)
    return f"| `{name}` | {unit} | {_said(column.about, language)} |"


def _said(text: Text, language: Language) -> str:
    """A text in a language, or as it is written, in one line of a table."""
    said = getattr(text, language) or text.en
    return " ".join(said.split()).replace("|", "\\|")
