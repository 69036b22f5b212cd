"""What readers call what stands in the tables of a release: names for ids, words for codes."""

import re
from collections.abc import Callable
from functools import cache, partial

import duckdb

from analytics.paper_tables import Style, errors_in_words, sentence, variable_label
from analytics.statistic_names import NAMES
from orchestration.language import Language
from orchestration.translations import language_of
from warehouse.explain.tracing.reading import Reading
from warehouse.export.selection import variables

# Columns of the panels that catalog.panel_column does not name: keys, groups, those of pairs
COLUMNS = {
    "province_code": "province",
    "area_code": "economy",
    "exporter_code": "exporter",
    "importer_code": "importer",
    "year": "year",
    "region": "region",
    "is_municipality": "municipality",
    "is_bri": "along the Belt and Road",
    "is_abroad": "abroad",
    "both_bri_after": "Both along the Belt and Road, after both signed",
    "digital_trade_both": "Digital trade index of both",
    "digital_trade_product": "Product of the digital trade indices",
    "digital_trade_exporter": "Digital trade index of the exporter",
    "digital_trade_importer": "Digital trade index of the importer",
    "restrictiveness_distance": "Distance in restrictiveness",
}
_TERM = re.compile(r"[A-Za-z][\w.]*(:[A-Za-z][\w.]*)*(\[[^\]]+\])?")
_EFFECTS = re.compile(r"(.+) effects")
_ERRORS = re.compile(r"\w+ by [\w:]+( and [\w:]+)*( \(\w+\))?")
_OF_TERM = re.compile(r"(\w+)\[(.+?)(?: without (.+))?\](_\w+)?")
# Studies, sources, measures of value chains: id, name in English, name in Chinese
_TITLES = (
    "select distinct study, study_en, study_zh from results.titles",
    "select source_id, title_en, title_zh from catalog.dim_source",
    "select measure, name_en, name_zh from catalog.dim_measure",
)


def variable_names(release: duckdb.DuckDBPyConnection, language: Language) -> dict[str, str]:
    """What the columns of the panels and the indicators are called."""
    named = variables(Reading(release)).values()
    others = {column: language_of(language)(name) for column, name in COLUMNS.items()}
    return {each.name: getattr(each, f"name_{language}") for each in named} | others


def of_release(release: duckdb.DuckDBPyConnection) -> Callable[[str, str], str]:
    """What says a text of the tables to a reader: `(language, text)`; the same if it is plain.

    It reads the names when it is first asked.
    """
    style_of = cache(partial(_style, release))
    return cache(lambda language, text: _called(style_of(language), text))


def _style(release: duckdb.DuckDBPyConnection, code: str) -> Style:
    language = Language(code)
    say = language_of(language)
    titles = [row for query in _TITLES for row in release.execute(query).fetchall()]
    names = {name: {"en": english, "zh": chinese}[code] for name, english, chinese in titles}
    statistics = {name: say(label) for name, label in NAMES.items()}
    return Style(say=say, labels=statistics | names | variable_names(release, language))


def _called(style: Style, text: str) -> str:
    if _ERRORS.fullmatch(text):
        return errors_in_words(text, style)
    if said := _statistic_of_term(style, text):
        return said
    if (said := style.words(text)) != text:
        return said
    if _TERM.fullmatch(text):
        return variable_label(text, style)
    for between, joined in ((", ", style.words(", ")), (" + ", " + ")):
        parts = text.split(between)
        if len(parts) > 1 and all(_TERM.fullmatch(part) for part in parts):
            return joined.join(variable_label(part, style) for part in parts)
    if found := _EFFECTS.fullmatch(text):
        return style.words("{} effects", variable_label(found[1], style))
    if (said := errors_in_words(text, style)) != text:
        return said
    return sentence(text, style)


def _statistic_of_term(style: Style, text: str) -> str | None:
    """A statistic of one term, maybe of all entities but one; None for another text."""
    found = _OF_TERM.fullmatch(text)
    if not found or not (name := NAMES.get(found[1] + (found[4] or ""))):
        return None
    of = ", ".join(variable_label(term, style) for term in found[2].split(", "))
    if found[3]:
        of = style.words("{} without {}", of, style.words(found[3]))
    return style.words("{} ({})", style.words(name), of)
