"""What tables say in Chinese: gettext catalogues, keyed by the English text.

`tables.po` has what tables and columns are, `values.po` what stands in them. A text that changes in
English has no translation until somebody has looked at it again.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.language import Language, values
from warehouse.contract.tables import Column, Table, Text

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

VALUES = values(Language.zh)
CATALOGUE = VALUES.with_name("tables.po")
_PLACE = re.compile(r"\{(\w+)\}")
_BETWEEN = "; "  # sentences of one text
# The context of units: the same words may be another text in Chinese
_UNIT = "unit"


def translated(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Tables with what there is of them in Chinese."""
    catalogue = _read(CATALOGUE)
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


def language_of(language: Language) -> Callable[[str], str]:
    """What gives an English text of a table in a language."""
    return in_chinese if language is Language.zh else str


@cache
def in_chinese(text: str) -> str:
    """What stands in a table in Chinese; the same where nobody has said it."""
    if known := _words().get(text):
        return known
    if " " not in text:
        return text
    first, *others = text.split(_BETWEEN)
    if others:
        parts = [in_chinese(part) for part in (first, *others)]
        if {*parts}.isdisjoint((first, *others)):
            return "；".join(parts)
    for pattern, said in _sentences():
        if found := pattern.fullmatch(text):
            places = found.groupdict()
            return said.format(**{name: in_chinese(part) for name, part in places.items()})
    return text


@cache
def _words() -> dict[str, str]:
    return {str(each.id): str(each.string) for each in _read(VALUES) if each.id and each.string}


@cache
def _sentences() -> list[tuple[re.Pattern[str], str]]:
    """The sentences with places, as what they match and say."""
    return [(_matching(text), said) for text, said in _words().items() if _PLACE.search(text)]


def _matching(text: str) -> re.Pattern[str]:
    parts = _PLACE.split(text)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = (f"(?P<{name}>.+?)" for name in parts[1::2])
    return re.compile("".join(parts))


def _read(file: Path) -> "Catalog":
    from babel.messages.pofile import read_po

    with file.open("rb") as stream:
        return read_po(stream)
