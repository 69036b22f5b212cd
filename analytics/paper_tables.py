"""Tables worded and rounded for a paper: labels for names, errors below coefficients, notes."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analytics.printed_tables import (
    DESCRIBED,
    EXPLANATION,
    SHOWN,
    Cell,
    Coefficient,
    Column,
    PrintedTable,
    Row,
    is_missing,
)
from analytics.statistic_names import NAMES

# What is counted is a whole number; all else has the digits that are asked for
COUNTED = {"N", "Entities", "Rows lost to missing values"}
COUNTED |= {NAMES[name] for name in ("n_clusters", "n_instruments")}
PROBABILITIES = {NAMES[name] for name in SHOWN if name.endswith(("_p", "_p_value"))}
# Names that the code uses, in words
NAMED = {
    "const": "Constant",
    "trends": "Entity trends",
    "entity": "Entity",
    "time": "Time",
    "yes": "Yes",
    "no": "No",
    "True": "yes",
    "False": "no",
    "two_way": "Two-way",
    "pooled_ols": "Pooled OLS",
    "fixed_effects": "Fixed effects",
    "iv": "2SLS",
    "mediation": "Mediation",
    "moderation": "Moderation",
    "threshold": "Panel threshold",
    "dynamic_panel": "GMM",
    "ppml": "PPML",
    "event_study": "Event study",
    "placebo": "Placebo",
    "total": "Total effect",
    "mediator": "Mediator",
    "direct": "Direct effect",
    "classical": "classical",
    "robust": "robust",
    "hc0": "HC0",
    "hc1": "robust (HC1)",
    "cluster": "clustered",
    "wild_cluster": "wild cluster bootstrap",
    "driscoll_kraay": "Driscoll-Kraay",
}


@dataclass(frozen=True)
class Style:
    """How a table is worded and rounded.

    `say` gives an English text of the tables in another language. `labels` says what variables are
    called, `titles` what titles are in the language; a name or title that they lack stays as it is.
    `notes` stand below every table.
    """

    say: Callable[[str], str] = str
    digits: int = 3
    labels: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def words(self, text: str, *parts: object) -> str:
        """A text of the tables in the language, with its parts filled in."""
        text = self.say(NAMED.get(text, text))
        return text.format(*parts) if parts else text

    def title(self, text: str) -> str:
        """A title of a study in the language, where the study has it."""
        return self.titles.get(text, text)

    def number(self, value: float, name: str = "") -> str:
        """A number as printed; one that its digits would make 0 keeps its first ones."""
        if name in COUNTED:
            return f"{value:.0f}"
        least = 10**-self.digits
        if name in PROBABILITIES and value < least:
            return f"<{least:.{self.digits}f}"
        text = f"{value:.{self.digits}f}"
        return text if float(text) or not value else f"{value:.{self.digits}g}"


@dataclass(frozen=True)
class PaperCell:
    """A cell as printed; of a number also its value and what stands before and after it."""

    text: str = ""
    value: float | None = None
    around: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class PaperRow:
    """A row of a table; `begins_part` where a rule stands above it."""

    label: str
    cells: tuple[PaperCell, ...]
    begins_part: bool = False


@dataclass(frozen=True)
class PaperTable:
    """A table of text: rows of heads, rows of cells, notes below.

    `caption` begins with the number that the study gives it, `title` is what it is about.
    """

    name: str
    title: str
    caption: str
    heads: tuple[tuple[str, ...], ...]
    rows: tuple[PaperRow, ...]
    notes: tuple[str, ...]
    continued: str = "{}, continued"

    def parts(self, most: int) -> Iterator["PaperTable"]:
        """The same in tables of at most so many columns, as they fit a page; the last has the
        notes, and rows without a cell in a part are not in it."""
        for first in range(0, len(self.heads[0]), most):
            kept = slice(first, first + most)
            is_last = first + most >= len(self.heads[0])
            yield replace(
                self,
                title=self.continued.format(self.title) if first else self.title,
                caption=self.continued.format(self.caption) if first else self.caption,
                heads=tuple(head[kept] for head in self.heads),
                rows=tuple(_kept_rows(self.rows, kept)),
                notes=self.notes if is_last else (),
            )


def paper_table(table: PrintedTable, style: Style) -> PaperTable:
    """A table in the words and with the digits of a style."""
    outcomes = {column.outcome for column in table.columns if column.outcome}
    rows = [row for row in table.rows if row != Row("fact", "Outcome")]  # heads or notes have it
    title = style.title(table.title or "")
    title = title[:1].upper() + title[1:] or table.study
    numbered = "Table {}: {}" if table.title else "Table {}"
    return PaperTable(
        name=table.study if table.number is None else f"{table.study}__table_{table.number}",
        title=title,
        caption=title if table.number is None else style.words(numbered, table.number, title),
        heads=tuple(_heads(table, style, shows_outcomes=len(outcomes) > 1)),
        rows=tuple(_rows(table, rows, style)),
        notes=tuple(_notes(table, style, outcomes)),
        continued=style.words("{}, continued", "{}"),
    )


def variable_label(name: str, style: Style) -> str:
    """A term in words: of L1.x, x:z, x[regime 1], event[-1] as well."""
    if name in style.labels:
        return style.labels[name]
    if ":" in name and "[" not in name.partition(":")[0]:
        return " × ".join(variable_label(part, style) for part in name.split(":"))
    if lagged := re.fullmatch(r"L(\d+)\.(.+)", name):
        return style.words("{} (lag {})", variable_label(lagged[2], style), lagged[1])
    if of_event := re.fullmatch(r"event\[(-?\d+)\]", name):
        return style.words("event time {}", of_event[1])
    if of_regime := re.fullmatch(r"(.+)\[regime (\d+)\]", name):
        return style.words("{} (regime {})", variable_label(of_regime[1], style), of_regime[2])
    if of_value := re.fullmatch(r"(.+?)\[(.+)\]", name):
        return style.words("{} ({})", variable_label(of_value[1], style), style.words(of_value[2]))
    return style.words(name)


def _heads(table: PrintedTable, style: Style, shows_outcomes: bool) -> Iterator[tuple[str, ...]]:
    """Numbers, titles and, where they differ, outcomes of the columns."""
    if table.has_errors or any(column.outcome for column in table.columns):
        yield tuple(
            f"({number})" if column.outcome else ""
            for number, column in enumerate(table.columns, start=1)
        )
    yield tuple(_column_title(column, style) for column in table.columns)
    if shows_outcomes:
        yield tuple(
            variable_label(column.outcome, style) if column.outcome else ""
            for column in table.columns
        )


def _column_title(column: Column, style: Style) -> str:
    if column.outcome is None:
        return style.words(column.label)
    name, _, equation = column.label.partition(": ")
    title = style.title(column.title) if column.title else name
    return f"{title}: {variable_label(equation, style)}" if equation else title


def _rows(table: PrintedTable, rows: Sequence[Row], style: Style) -> Iterator[PaperRow]:
    """The rows, and below coefficients those of their errors."""
    before = rows[0].kind if rows else ""
    for row in rows:
        cells = [column.cells.get(row) for column in table.columns]
        begins_part = "term" in (before, row.kind) and row.kind != before
        before = row.kind
        heads = [column.label for column in table.columns]
        printed = [_printed(row, cell, head, style) for cell, head in zip(cells, heads)]
        yield PaperRow(_row_label(row, style), tuple(printed), begins_part)
        errors = tuple(_error(cell, style) for cell in cells)
        if any(error.text for error in errors):
            yield PaperRow("", errors)


def _row_label(row: Row, style: Style) -> str:
    if row.kind == "term":
        return variable_label(row.name, style)
    if row.kind == "fact" or row.name == "trends":
        return style.words(row.name)
    return style.words("{} effects", variable_label(row.name, style))


def _printed(row: Row, cell: Cell, head: str, style: Style) -> PaperCell:
    if cell is None or is_missing(cell):
        return PaperCell()
    if isinstance(cell, Coefficient):
        return _number(cell.estimate, style, after=cell.stars)
    if isinstance(cell, str):
        return PaperCell(_in_words(row, cell, style))
    return _number(cell, style, name=head if head == DESCRIBED["nobs"] else row.name)


def _error(cell: Cell, style: Style) -> PaperCell:
    if not isinstance(cell, Coefficient) or is_missing(cell.std_error):
        return PaperCell()
    assert cell.std_error is not None  # it is not missing
    return _number(cell.std_error, style, before="(", after=")")


def _number(
    value: float, style: Style, name: str = "", before: str = "", after: str = ""
) -> PaperCell:
    return PaperCell(f"{before}{style.number(value, name)}{after}", float(value), (before, after))


def _in_words(row: Row, text: str, style: Style) -> str:
    """What a text of the models says."""
    if row.name == "Weights":
        return variable_label(text, style)
    return errors_in_words(text, style) if row.name == "Errors" else style.words(text)


def errors_in_words(text: str, style: Style) -> str:
    """A kind of standard errors, such as "cluster by province_code (stata)"."""
    found = re.fullmatch(r"(\w+)(?: by (.+?))?(?: \((\w+)\))?", text)
    if found is None:
        return style.words(text)
    kind = style.words(found[1])
    if found[2] is None:
        return kind
    by = [variable_label(name, style) for name in found[2].split(" and ")]
    return style.words("{} by {}", kind, ", ".join(by))


def _notes(table: PrintedTable, style: Style, outcomes: set[str]) -> Iterator[str]:
    """What stands below: errors and stars, the outcome, samples, what is left out, warnings."""
    if table.has_errors:
        yield style.words(EXPLANATION)
    for outcome in outcomes if len(outcomes) == 1 else ():
        yield style.words("Dependent variable: {}.", variable_label(outcome, style))
    for number, column in enumerate(table.columns, start=1):
        if column.sample:
            yield style.words("({}) Sample: {}.", number, column.sample)
        if column.warnings:
            yield style.words("({}) {}.", number, sentence(column.warnings, style))
    yield from style.notes


def sentence(text: str, style: Style) -> str:
    """A sentence of the program in the language, in which `names` of variables are their labels."""
    return re.sub(r"`([^`]+)`", lambda name: variable_label(name[1], style), style.words(text))


def _kept_rows(rows: Sequence[PaperRow], kept: slice) -> Iterator[PaperRow]:
    """The rows that have a cell among these columns; the rule of one that has none moves on."""
    begins_part = False
    for row in rows:
        begins_part |= row.begins_part
        if any(cell.text for cell in row.cells[kept]):
            yield replace(row, cells=row.cells[kept], begins_part=begins_part)
            begins_part = False
