"""The measures of tables as files: one of countries, of industries, of partners, of origins."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.errors import SpecificationError
from analytics.figures import NOT_IN_NAMES
from analytics.paper_tables import Style, paper_table
from analytics.printed_tables import Column, PrintedTable, Row
from analytics.table_files import write_tables
from analytics.value_chains.measures import LEVEL, MEASURES, NOTATION, Measure
from analytics.value_chains.results import ValueChains, value_chains
from analytics.value_chains.table import InterCountryTable

KEYS = {
    "table_name": "file of the table",
    "year": "year of the table",
    "area_code": "economy, or a group of economies as one",
    "industry_code": "industry as the table names it; the parts of a country together",
    "exporter_code": "economy that exports",
    "importer_code": "economy that imports",
    "source_code": "economy that adds the value",
    "reason": "why a measure of the row does not exist",
}


@dataclass(frozen=True)
class NamedTable:
    """A table with its name and year, its sets of industries (masks (n,)) and what is odd in it."""

    name: str
    year: int | None
    table: InterCountryTable
    sets: Mapping[str, np.ndarray] = field(default_factory=dict)
    remarks: Sequence[str] = ()


def measure_files(
    tables: Iterable[NamedTable],
    out: Path,
    groups: Mapping[str, Sequence[str]] | None = None,
    papers: Path | None = None,
    style: Style | None = None,
) -> dict[str, int]:
    """Write all measures of tables into `out`, as CSV and Parquet; returns the rows of each file.

    With `papers`, those of economies are written there as tables for papers, one a table. `style`
    words these and the README: its `labels` say what measures are called.

    A group counts as one economy with its members' trade at home, and stands beside them: each
    group in a table where it alone is one. Raises SpecificationError for what the user can mend.
    """
    style = style or Style()
    found: dict[str, list[pd.DataFrame]] = {}
    remarks = []
    for named in tables:
        remarks += [f"{named.name}: {style.say(remark)}" for remark in named.remarks]
        for name, frame in _frames(named, groups or {}):
            frame.insert(0, "table_name", named.name)
            frame.insert(1, "year", pd.array([named.year] * len(frame), dtype="Int64"))
            found.setdefault(name, []).append(frame)
    written = {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, frame in written.items():
            frame.to_csv(out / f"{name}.csv", index=False)
            frame.to_parquet(out / f"{name}.parquet", index=False)
        (out / "README.md").write_text(_readme(written, remarks, style), encoding="utf-8")
    except OSError as error:
        raise SpecificationError(f"{out}: cannot be written ({error.strerror or error})") from None
    if papers is not None:
        by_table = written["country_year"].groupby("table_name", sort=False)
        printed = [printed_measures(str(name), rows, style) for name, rows in by_table]
        write_tables([paper_table(table, style) for table in printed], papers)
    return {name: len(frame) for name, frame in written.items()}


def printed_measures(name: str, rows: pd.DataFrame, style: Style) -> PrintedTable:
    """The measures of the economies of one table: a row an economy, a column a measure."""
    areas = [Row("term", area) for area in rows["area_code"]]
    columns = [
        Column(_head(str(measure), style), dict(zip(areas, rows[measure])))
        for measure in rows.columns.difference([*KEYS], sort=False)
    ]
    study = re.sub(NOT_IN_NAMES, "_", f"country_{Path(name).stem}")
    return PrintedTable(study, columns, title=style.words("Measures of value chains, {}", name))


def _head(name: str, style: Style) -> str:
    """What a column is, with its unit; one of a set of the user's own goes by its name."""
    measure = MEASURES.get(name)
    return f"{_called(measure, style)} [{style.say(measure.unit)}]" if measure else name


def _called(measure: Measure, style: Style) -> str:
    return style.labels.get(measure.name, measure.text)


def _frames(
    named: NamedTable, groups: Mapping[str, Sequence[str]]
) -> Iterable[tuple[str, pd.DataFrame]]:
    """The tables of measures of all economies, then of each group."""
    yield from _of(value_chains(named.table, named.sets)).items()
    for name, members in groups.items():
        try:
            grouped = named.table.grouped(name, members)
        except SpecificationError as error:
            raise SpecificationError(f"{named.name}: {error}") from None
        for kind, frame in _of(value_chains(grouped, named.sets)).items():
            codes = frame[[column for column in frame if column.endswith("_code")]]
            yield kind, frame[(codes == name).any(axis=1)]


def _of(found: ValueChains) -> dict[str, pd.DataFrame]:
    return {
        "country_year": found.country_frame(),
        "country_industry_year": found.industry_frame(),
        "country_partner_year": found.partner_frame(),
        "origin_year": found.origin_frame(),
    }


def measures_markdown(style: Style, columns: Iterable[str] = MEASURES) -> str:
    """What each column is, with its unit, formula and source, as a table of Markdown."""
    heads = map(style.say, ("column", "what it is", "unit", "formula", "reference"))
    head = [f"| {' | '.join(heads)} |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(_line(column, style) for column in columns)]) + "\n"


def _readme(written: Mapping[str, pd.DataFrame], remarks: Sequence[str], style: Style) -> str:
    about = (
        "Levels are in the unit of the table, million US dollars if it is one of the OECD or of "
        "WIOD.",
        NOTATION,
        "What does not exist is empty.",
    )
    parts = [
        f"# {style.say('Measures of value chains')}\n",
        *(f"{style.say(text)}\n" for text in about),
    ]
    for name, frame in written.items():
        parts += [f"## {name}\n", measures_markdown(style, map(str, frame.columns))]
    if remarks:
        parts += [f"## {style.say('What is odd in the tables')}\n"]
        parts += ["\n".join(f"- {text}" for text in remarks) + "\n"]
    return "\n".join(parts)


def _line(column: str, style: Style) -> str:
    if column in KEYS:
        return f"| `{column}` | {style.say(KEYS[column])} | | | |"
    if (measure := MEASURES.get(column)) is None:  # of a set of the user's own
        about = style.say("of a set of industries, as asked for")
        return f"| `{column}` | {about} | {style.say(LEVEL)} | | |"
    formula = measure.formula.replace("|", "\\|")
    cells = (_called(measure, style), style.say(measure.unit), formula, style.say(measure.source))
    return f"| `{column}` | {' | '.join(cells)} |"
