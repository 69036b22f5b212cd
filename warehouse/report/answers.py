"""What a release answers to a query, and the files that carry the answer."""

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from math import isfinite
from pathlib import Path
from typing import Any

import duckdb
import orjson

# Of columns whose texts are for all readers as they are
_AS_THEY_ARE = ("_en", "_zh", "__trace", "key", "sha256", "locator", "file_name", "printed_text")
DIGITS = 7  # of a number on a page; the CSV has all of them
# By it spreadsheets know UTF-8; `utf-8-sig` would encode each row in Python
_BOM = "\ufeff"


# What says a text of the tables to a reader, by language and text
Wording = Callable[[str, str], str]
# By language, the texts of an answer that are said in another way
Said = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Answer:
    """Columns with the types of DuckDB, and rows."""

    columns: dict[str, str]
    rows: list[tuple[Any, ...]]

    def column(self, name: str) -> list[Any]:
        """The values of one column."""
        place = list(self.columns).index(name)
        return [row[place] for row in self.rows]

    def by(self, name: str) -> dict[Any, "Answer"]:
        """The rows of each value in a column."""
        rows: defaultdict[Any, list[tuple[Any, ...]]] = defaultdict(list)
        for row, value in zip(self.rows, self.column(name), strict=True):
            rows[value].append(row)
        return {value: Answer(self.columns, own) for value, own in rows.items()}

    def records(self) -> list[dict[str, Any]]:
        """Rows as a page has them, by the names of the columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.plain()]

    def texts(self) -> set[str]:
        """What stands in its columns of text, those of one language and addresses left out."""
        return {text for name in self._of_text() for text in self.column(name)} - {None}

    def said(self, words: Mapping[str, str]) -> "Answer":
        """The same with its texts in other words."""
        kept = {*self.columns} - {*self._of_text()}
        rows = [
            tuple(
                value if name in kept else words.get(value, value)
                for name, value in zip(self.columns, row, strict=True)
            )
            for row in self.rows
        ]
        return Answer(self.columns, rows)

    def _of_text(self) -> list[str]:
        return [
            name
            for name, kind in self.columns.items()
            if kind == "VARCHAR" and not name.endswith(_AS_THEY_ARE)
        ]

    def plain(self) -> list[tuple[Any, ...]]:
        """Rows in what JSON knows, with as many digits as a page shows."""
        if not self.rows:
            return []
        columns = zip(self.columns.values(), zip(*self.rows, strict=True), strict=True)
        return list(zip(*(_plain(kind, values) for kind, values in columns), strict=True))


def ask(release: duckdb.DuckDBPyConnection, query: str) -> Answer:
    """The answer of a release to a query. Raises `duckdb.Error`."""
    found = release.execute(query)
    columns = {str(column[0]): str(column[1]) for column in found.description}
    return Answer(columns, found.fetchall())


def said_of(answer: Answer, wording: Wording, languages: Sequence[str]) -> Said:
    """What the texts of an answer are called in each language, where they are not as they stand."""
    texts = sorted(answer.texts())
    return {
        language: {text: said for text in texts if (said := wording(language, text)) != text}
        for language in languages
    }


def write_csv(answer: Answer, file: Path, release: str) -> None:
    """The answer with all digits; every row names the release, for files go their own ways."""
    shown = [not name.endswith("__trace") for name in answer.columns]
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(_BOM)
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow([*compress(answer.columns, shown), "release"])
        rows.writerows([*compress(row, shown), release] for row in answer.rows)


def write_script(answer: Answer, file: Path, name: str, said: Said) -> None:
    """The answer as a script, for a page that is opened from disk may not read other files.

    `said` has what its texts are called in each language.
    """
    types = [*answer.columns.values()]
    data = {"columns": list(answer.columns), "types": types, "rows": answer.plain(), "said": said}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"yearbook.take(%b,%b);\n" % (orjson.dumps(name), orjson.dumps(data)))


def _plain(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    """The values of a column as JSON knows them; a number that is none is missing."""
    if kind in ("DOUBLE", "FLOAT"):
        return [
            float(f"{value:.{DIGITS}g}") if value is not None and isfinite(value) else None
            for value in values
        ]
    if kind in ("DATE", "TIMESTAMP"):
        return [value if value is None else value.isoformat() for value in values]
    return values
