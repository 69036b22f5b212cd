"""What the tables of a release say of themselves: texts, units, keys and what they refer to.

dbt declares them in the YAML of each model and `analytics.tables` for the results; the database,
its Parquet files, `datapackage.json` and the dictionary all say what stands here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

NO_UNIT = "none"


@dataclass(frozen=True)
class Text:
    """A text in English, and in Chinese where it is translated."""

    en: str
    zh: str | None = None


@dataclass(frozen=True)
class Column:
    """A column; `references` is the table whose key it is, or is a part of."""

    about: Text
    unit: Text = Text(NO_UNIT)
    references: str | None = None

    @property
    def comment(self) -> str:
        """Text and unit in one sentence, as the database has it."""
        return self.about.en if self.unit.en == NO_UNIT else f"{self.about.en} [{self.unit.en}]"


@dataclass(frozen=True)
class Table:
    """A table; no two rows have the same `key`, and no column of it is NULL."""

    about: Text
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """A foreign key: columns of a table that are the key of a row in another."""

    table: str
    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]


def references(address: str, tables: Mapping[str, Table]) -> Iterator[Reference]:
    """What a table refers to: each column that is a key alone, and the parts of one together.

    Raises ValueError where the table that is referred to has no such key.
    """
    table = tables[address]
    for to in dict.fromkeys(column.references for column in table.columns.values()):
        if to is None:
            continue
        key = tables[to].key if to in tables else ()
        columns = tuple(name for name, each in table.columns.items() if each.references == to)
        if len(key) == 1:
            yield from (Reference(address, (column,), to, key) for column in columns)
        elif {*columns} == {*key} and key:
            yield Reference(address, key, to, key)
        else:
            raise ValueError(f"{address} refers to {to}, whose key is not {', '.join(columns)}")
