"""What tables and sentences say in Chinese: gettext catalogues, keyed by the English text.

`tables.po` has what tables and columns are, `values.po` what stands in them, `sentences.po` what
the code says to a person: refusals, findings, warnings. A sentence is made in English, with its
values in it, and so it is kept and compared; where a person reads it, it is known again by its
words, `{places}` standing for the values. A text that changes in English has no translation until
somebody has looked at it again.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.language import Language, spoken, values
from warehouse.contract.tables import Column, Table, Text

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

VALUES = values(Language.zh)
CATALOGUE = VALUES.with_name("tables.po")
SENTENCES = VALUES.with_name("sentences.po")
_PLACE = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"\w+")
# A place with what may be the end or the beginning of one word with its value
_PLACE_AND_WORD = re.compile(r"\w*(?:\{\w+\}\w*)+")
# Between the sentences of a text, and between what a sentence is about and the sentence
_BETWEEN = (("; ", "；"), (". ", "。"), (": ", "："))
# A sentence has so many semicolons at most; a text of more parts is taken for a list of sentences
_SEMICOLONS, _LISTED = 3, 7
_FEW, _PROSE = 7, re.compile(r"[a-z]{2,} [a-z]{2,}")
# What stands in places of these names; before a year there may be a name of several words
_VALUES = {
    "year": r"[^ ]*?",
    "date": r"\d{4}-\d\d-\d\d",
    "many": r"\d[\d,]* rows?",
    "cells": r"\d[\d,]*",
}
# What is said after a value, if anything, is parted from it
_MORE = r"(?:(?:[;,:(]| \(| and \d).*?)?"
# Between Chinese and Chinese, where another value would have been Latin
_GAP = re.compile(r"(?<=[\u3001-\u9fff（）：，”]) (?=[\u4e00-\u9fff（“])")
_LATIN = re.compile(r"[A-Za-z]+")
_AREAS = Path(__file__).parents[1] / "dbt_project" / "seeds" / "dim_area.csv"
# What stands in these is a name, whatever it means elsewhere
_QUOTES = ("`", '"', "“")
# Columns of a sheet, or variables, whose letters are codes elsewhere: "D, E"
_COLUMNS = re.compile(r"[A-Z]{1,3}(?:, [A-Z]{1,3})*")
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


def in_language(text: str) -> str:
    """A sentence of the code in the language that is spoken."""
    return text if spoken() is Language.en else in_chinese(text)


@cache
def in_chinese(text: str) -> str:
    """What stands in a table, or a sentence, in Chinese; the same where nobody has said it."""
    if known := _words().get(text):
        return known
    listed = text.split("; ")
    if len(listed) > _LISTED:
        return _of_list(listed)
    return min((text, *_ways(text)), key=_left) if " " in text else text


def _of_list(pieces: list[str]) -> str:
    """Many sentences in a row, of which one has a few semicolons at most.

    Each cut of `_ways` is tried with every other: of hundreds that would take minutes.
    """
    best = [(0, "")]  # of so many pieces
    for end in range(1, len(pieces) + 1):
        ways = []
        for start in range(max(0, end - _SEMICOLONS), end):
            left, said = best[start]
            new = in_chinese("; ".join(pieces[start:end]))
            ways.append((left + _left(new), f"{said}；{new}" if start else new))
        best.append(min(ways, key=lambda way: way[0]))
    return best[-1][1]


def _ways(text: str) -> Iterator[str]:
    """What a text may be in Chinese: two parts, of which each is known, names, or one sentence."""
    for here, there in _BETWEEN:
        for cut in re.finditer(re.escape(here), text):
            head, tail = text[: cut.start()], text[cut.end() :]
            if (second := _value_in_chinese(tail)) != tail:
                yield _value_in_chinese(head) + there + second
                yield in_chinese(head + here) + second
    named = text.split(", ")
    names = [_words().get(name) for name in named]
    # Beside words, a letter is a variable of somebody's, and no code
    if all(names) and len({bool(_COLUMNS.fullmatch(name)) for name in named}) == 1:
        yield "、".join(filter(None, names))
    for sentence in _sentences_of_words_in(text):
        if said := sentence.said(text):
            yield said


def _value_in_chinese(text: str) -> str:
    """A part of a text; letters in it are columns or variables, and no codes."""
    return text if _COLUMNS.fullmatch(text) else in_chinese(text)


def _left(text: str) -> int:
    """How much of a text is not Chinese: of two ways to say it the right one leaves less."""
    return len(_LATIN.findall(text))


@cache
def _words() -> dict[str, str]:
    both = (each for file in (VALUES, SENTENCES) for each in _read(file))
    said = {str(each.id): str(each.string) for each in both if each.id and each.string}
    with _AREAS.open(encoding="utf-8", newline="") as file:
        return {area["name_en"]: area["name_zh"] for area in csv.DictReader(file)} | said


@dataclass(frozen=True)
class _Sentence:
    """A text with places in English, and what it is in Chinese."""

    english: str
    chinese: str

    def said(self, text: str) -> str | None:
        """A text of these words in Chinese, its values as well; None for another text."""
        if not all(part in text for part in self._parts):
            return None
        if not (found := self._pattern.fullmatch(text)):
            return None
        values = {place: self._value(place, value) for place, value in found.groupdict().items()}
        if self.length < _FEW and any(map(_PROSE.search, values.values())):
            return None  # so few words stand between the words of any other sentence
        return _GAP.sub("", _PLACE.sub(lambda place: values[place[1]], self.chinese))

    def _value(self, place: str, value: str) -> str:
        before = self.english.partition(f"{{{place}}}")[0]
        is_name = before.endswith(_QUOTES) or before.count("`") % 2 == 1  # `panel.{key}` is code
        return value if is_name else _value_in_chinese(value)

    @cached_property
    def _parts(self) -> list[str]:
        """What stands between the places, the longest first."""
        return sorted(_PLACE.split(self.english)[::2], key=len, reverse=True)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = _PLACE.split(self.english)
        parts[::2] = map(re.escape, parts[::2])
        for number in range(1, len(parts), 2):
            name, is_more = parts[number], number > 1 and not parts[number - 1]
            value = _MORE if is_more else _VALUES.get(name, ".*?")
            parts[number] = f"(?P<{name}>{value})"
        return re.compile("".join(parts), re.DOTALL)

    @property
    def length(self) -> int:
        """How much of it are words."""
        return len("".join(self._parts))

    @cached_property
    def words(self) -> set[str]:
        """The words that stand in every text of this sentence: no value can lengthen them."""
        return {*_WORD.findall(_PLACE_AND_WORD.sub(" ", self.english))}


def _sentences_of_words_in(text: str) -> Iterator[_Sentence]:
    """The sentences that a text of these words may be, those of the most words first."""
    words = {None, *_WORD.findall(text)}
    numbers = chain.from_iterable(_by_rarest_word().get(word, ()) for word in words)
    return (_sentences()[number] for number in sorted(numbers))


@cache
def _by_rarest_word() -> dict[str | None, list[int]]:
    """The places of sentences in `_sentences`, by the word that the fewest others have.

    A release has many more texts than the code has sentences: a text is compared with those alone
    whose rarest word it has.
    """
    often = Counter(word for each in _sentences() for word in each.words)
    found: dict[str | None, list[int]] = {}
    for number, each in enumerate(_sentences()):
        rarest = min(sorted(each.words), key=often.__getitem__, default=None)
        found.setdefault(rarest, []).append(number)
    return found


@cache
def _sentences() -> list[_Sentence]:
    """The texts with places, those of the most words first: they say it most exactly."""
    found = [_Sentence(*both) for both in _words().items() if _PLACE.search(both[0])]
    return sorted(found, key=lambda each: each.length, reverse=True)


def _read(file: Path) -> "Catalog":
    from babel.messages.pofile import read_po

    with file.open("rb") as stream:
        return read_po(stream)
