"""What is said in Chinese: a gettext catalogue, keyed by the English text.

A text that changes in English has no translation until somebody has looked at it again.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.contract.tables import Column, Table, Text

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

CATALOGUE = Path(__file__).with_name("locale") / "zh" / "LC_MESSAGES" / "tables.po"
# The context of units: the same words may be another text in Chinese
_UNIT = "unit"


def translated(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Tables with what there is of them in Chinese."""
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream)
    return {
        address: replace(
            table,
            about=_in_both(catalogue, table.about),
            columns={name: _column(catalogue, each) for name, each in table.columns.items()},
        )
        for address, table in tables.items()
    }


def _column(catalogue: "Catalog", column: Column) -> Column:
    return replace(
        column,
        about=_in_both(catalogue, column.about),
        unit=_in_both(catalogue, column.unit, _UNIT),
    )


def _in_both(catalogue: "Catalog", text: Text, context: str | None = None) -> Text:
    message = catalogue.get(text.en, context)
    return Text(text.en, str(message.string) if message and message.string else text.zh)
