"""Every text of the report is in both languages, and a part says what it is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from warehouse.report.declared import HERE, LANGUAGES, Part, chapters, in_language, words

PARTS = [part for chapter in chapters() for part in chapter.parts]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
UNTRANSLATED = {"p", "N", "p < 0.05", "p ≥ 0.05", "EXPY"}  # are the same in every language


def texts(node: Any, place: str = "") -> Iterator[str]:
    """What a reader of a figure sees as text: its titles."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from [value] if name == "title" and isinstance(value, str) else texts(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value, place)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_figures_have_no_text_in_one_language_only(part: Part) -> None:
    assert not {*texts(part.chart)} - UNTRANSLATED
    chinese, english = (in_language(part.chart, language) for language in ("zh", "en"))
    assert not CHINESE.search(str(english))
    assert part.chart is None or not {*texts(chinese)} & {*texts(english)} - UNTRANSLATED


def test_titles_and_words_are_in_both_languages() -> None:
    said = [each.title for each in (*chapters(), *PARTS)]
    said += [each.about for each in chapters()]
    said += words()["columns"].values()
    assert all({*text} == {*LANGUAGES} and all(text.values()) for text in said)
    assert not [text for text in said if CHINESE.search(text["en"])]


def test_ids_of_parts_are_of_one_part() -> None:
    ids = [part.id for part in PARTS]
    assert sorted({*ids}) == sorted(ids)


def test_pages_ask_no_other_machine_for_anything() -> None:
    files = [*HERE.glob("static/*"), *HERE.glob("templates/*")]
    assert files
    assert not [file.name for file in files if re.search(r"https?://", file.read_text("utf-8"))]
