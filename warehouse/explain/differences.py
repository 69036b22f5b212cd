"""What differs between two releases, and why.

Tables are compared row by row, by the keys that the releases themselves declare
(`catalog.dim_column`); rows of a table without a key are there or are not. Numbers that differ by
no more than the order in which a sum was taken makes of them are counted apart, as noise. Why is
read from the fingerprints in `release.json` and the files in `catalog.dim_file`; what only names a
release (`catalog.release`) is no difference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Any

import duckdb

from warehouse.contract.errors import WarehouseError
from warehouse.store import build, releases

_NAMES_THE_RELEASE = ("catalog.release",)
# What the order of a sum makes of its last digits, as a share of the number
_NOISE = 1e-12
_PATH = "source_id || '/' || edition || '/' || file_name"


@dataclass(frozen=True)
class Change:
    """A value of one row that differs; `key` has the columns that name the row."""

    key: dict[str, Any]
    column: str
    before: Any
    after: Any

    @property
    def relative(self) -> float | None:
        """The change over the value before; None where that is 0, or either is no number."""
        numbers = isinstance(self.before, int | float) and isinstance(self.after, int | float)
        return (self.after - self.before) / abs(self.before) if numbers and self.before else None


@dataclass(frozen=True)
class TableDifference:
    """A table that differs: rows that one release alone has, rows with other values, columns.

    `columns` counts by column the rows in which it differs; `changes` has the largest of each, the
    largest first. `rows_of_noise` differ in the last digits of sums alone, and count nowhere else.
    Of a table that one release lacks all rows are new, or gone.
    """

    table: str
    only_in: str | None = None
    rows_gone: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_of_noise: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    columns_gone: list[str] = field(default_factory=list)
    columns_new: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def is_noise(self) -> bool:
        """Whether nothing differs but last digits of sums."""
        others = self.rows_gone or self.rows_new or self.rows_changed
        return not (self.only_in or others or self.columns_gone or self.columns_new)


@dataclass(frozen=True)
class Difference:
    """What differs between two releases (their names), and the reasons in sentences."""

    before: str
    after: str
    reasons: list[str]
    tables: list[TableDifference]


def compare(before: Path, after: Path, examples: int = 5) -> Difference:
    """Compare the releases in two folders; of each column at most so many changes are kept.

    Raises `WarehouseError` for releases of which neither declares its keys.
    """
    facts = [_facts(folder) for folder in (before, after)]
    if facts[0]["sha256"] == facts[1]["sha256"]:
        return Difference(facts[0]["name"], facts[1]["name"], [], [])
    with duckdb.connect() as database:
        for name, folder in (("before", before), ("after", after)):
            path = build.literal(folder / releases.DATABASE)
            database.execute(f"attach {path} as {name}_ (read_only)")
        tables = list(_tables(database, examples))
        reasons = list(_reasons(database, *facts))
    return Difference(facts[0]["name"], facts[1]["name"], reasons, tables)


def _facts(folder: Path) -> dict[str, Any]:
    if facts := releases.facts_of(folder):
        return facts
    raise WarehouseError(_("{folder} is no release: name another").format(folder=folder))


def _tables(database: duckdb.DuckDBPyConnection, examples: int) -> Iterator[TableDifference]:
    keys = _keys(database)
    before, after = _columns(database, "before_"), _columns(database, "after_")
    for table in sorted({*before, *after} - {*_NAMES_THE_RELEASE}):
        if table not in after:
            yield TableDifference(table, "before", rows_gone=_count(database, "before_", table))
        elif table not in before:
            yield TableDifference(table, "after", rows_new=_count(database, "after_", table))
        else:
            found = _Comparison(database, table, keys.get(table, ()), before[table], after[table])
            if difference := found.difference(examples):
                yield difference


class _Comparison:
    """One table of two releases."""

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        table: str,
        key: Sequence[str],
        before: Sequence[str],
        after: Sequence[str],
    ) -> None:
        self._database, self._table = database, table
        self._gone = [name for name in before if name not in after]
        self._new = [name for name in after if name not in before]
        self._common = [name for name in before if name in after]
        self._key = key if {*key} <= {*self._common} else ()

    def difference(self, examples: int) -> TableDifference | None:
        """How the table differs, None if it does not."""
        rows = ", ".join(map(_quoted, self._common))
        gone, new = self._only("before_", "after_", rows), self._only("after_", "before_", rows)
        if not (gone or new or self._gone or self._new):
            return None
        changed: dict[str, int] = {}
        other, rows_changed, changes = 0, 0, []
        if self._key and gone and new:
            other, rows_changed, changed = self._changed()
            changes = list(self._changes(changed, examples))
        return TableDifference(
            self._table,
            rows_gone=gone - other,
            rows_new=new - other,
            rows_changed=rows_changed,
            rows_of_noise=other - rows_changed,
            columns=changed,
            columns_gone=self._gone,
            columns_new=self._new,
            changes=changes,
        )

    def _only(self, one: str, other: str, rows: str) -> int:
        """How many rows one release alone has."""
        return _number(
            self._database,
            f"select count(*) from (select {rows} from {one}.{self._table} "
            f"except all select {rows} from {other}.{self._table})",
        )

    @property
    def _pairs(self) -> str:
        """Rows of both releases with the same key."""
        key = ", ".join(map(_quoted, self._key))
        return f"before_.{self._table} as one inner join after_.{self._table} as two using ({key})"

    @property
    def _values(self) -> list[str]:
        return [name for name in self._common if name not in self._key]

    def _changed(self) -> tuple[int, int, dict[str, int]]:
        """How many rows have other digits, how many other values, and how many by column."""
        digits = [f"one.{_quoted(c)} is distinct from two.{_quoted(c)}" for c in self._values]
        tests = [self._differs(column) for column in self._values]
        counts = ", ".join(f"count(*) filter ({test})" for test in tests)
        [(other, changed, *columns)] = self._database.execute(
            f"select count(*) filter ({' or '.join(digits)}), "
            f"count(*) filter ({' or '.join(tests)}), {counts} from {self._pairs}"
        ).fetchall()
        return other, changed, {name: n for name, n in zip(self._values, columns) if n}

    def _differs(self, column: str) -> str:
        """The SQL of whether a value differs, by more than noise where it is a fraction."""
        one, two = f"one.{_quoted(column)}", f"two.{_quoted(column)}"
        differs = f"{one} is distinct from {two}"
        if column not in self._fractions:
            return f"({differs})"
        noise = f"abs({one} - {two}) <= {_NOISE} * greatest(abs({one}), abs({two}))"
        return f"({differs} and ({noise}) is not true)"

    @cached_property
    def _fractions(self) -> set[str]:
        """The columns whose numbers are fractions in both releases."""
        rows = self._database.execute(
            "select column_name from duckdb_columns() where data_type = 'DOUBLE' "
            "and schema_name || '.' || table_name = $1 and database_name in ('before_', 'after_') "
            "group by column_name having count(*) = 2",
            [self._table],
        ).fetchall()
        return {name for (name,) in rows}

    def _changes(self, columns: dict[str, int], examples: int) -> Iterator[Change]:
        """Some of the values that differ, the largest relative changes of each column first."""
        found = [change for column in columns for change in self._of_column(column, examples)]
        yield from sorted(found, key=lambda change: -abs(change.relative or 0))

    def _of_column(self, column: str, examples: int) -> Iterator[Change]:
        key, name = ", ".join(map(_quoted, self._key)), _quoted(column)
        one, two = f"try_cast(one.{name} as double)", f"try_cast(two.{name} as double)"
        rows = self._database.execute(
            f"select {key}, one.{name}, two.{name} from {self._pairs} "
            f"where {self._differs(column)} "
            f"order by abs({two} - {one}) / nullif(abs({one}), 0) desc nulls last, {key} "
            f"limit {examples}"
        ).fetchall()
        for *values, before, after in rows:
            yield Change(dict(zip(self._key, values)), column, before, after)


def _reasons(
    database: duckdb.DuckDBPyConnection, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[str]:
    """Why the releases differ: dates, editions and files, judgement, code."""
    if before.get("as_of") != after.get("as_of"):
        said = _("built as of {after}, before as of {before}")
        yield said.format(after=after["as_of"] or _("now"), before=before["as_of"] or _("now"))
    yield from _files(database)
    parts = before.get("fingerprints") or {}, after.get("fingerprints") or {}
    if not all(parts):
        if before["fingerprint"] != after["fingerprint"]:
            yield _(
                "one was made by a version that does not say what it is made of; code may differ"
            )
        return
    differs = {name for name in parts[1] if parts[0].get(name) != parts[1][name]}
    if releases.JUDGEMENT in differs:
        yield _("the judgement of the home differs") + _lines_judged(database)
    if releases.CODE in differs:
        yield _("the code differs, or a package that it uses")


def _files(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """New editions, and files that are not what they were."""
    rows = database.execute(
        "select coalesce(one.file, two.file), one.role, two.role, "
        "one.sha is distinct from two.sha, two.edition, one.edition from "
        f"(select {_PATH} as file, role, snapshot_sha256 as sha, source_id || '/' || edition as "
        "edition from before_.catalog.dim_file) as one full join "
        f"(select {_PATH} as file, role, snapshot_sha256 as sha, source_id || '/' || edition as "
        "edition from after_.catalog.dim_file) as two on one.file = two.file "
        "where one.role is distinct from two.role or one.sha is distinct from two.sha order by 1"
    ).fetchall()
    new = [row for row in rows if row[1] is None]
    gone = [row for row in rows if row[2] is None]
    yield from _editions(new, 4, _("new"))
    yield from _editions(gone, 5, _("gone"))
    for file, role, role_now, is_other, *_editions_of in rows:
        if role and role_now:
            said = _("file {file} has other content")
            said = said if is_other else _("file {file} is {now}, was {before}")
            yield said.format(file=file, now=_(role_now), before=_(role))


def _editions(rows: Sequence[tuple], place: int, what: str) -> Iterator[str]:
    """Files by edition, in one sentence an edition."""
    editions: dict[str, list[str]] = {}
    for row in rows:
        editions.setdefault(row[place], []).append(row[0])
    for edition, names in editions.items():
        many = ngettext("{count} file", "{count} files", len(names)).format(count=len(names))
        yield _("edition {edition}: {files} {what}, such as {example}").format(
            edition=edition, files=many, what=what, example=names[0].rpartition("/")[2]
        )


def _lines_judged(database: duckdb.DuckDBPyConnection) -> str:
    """How many lines of the home are new or gone, by table."""
    said = []
    before, after = _columns(database, "before_"), _columns(database, "after_")
    judged = sorted(table for table, columns in before.items() if "origin" in columns)
    for table in (table for table in judged if after.get(table) == before[table]):
        sides = (("after_", "before_", _("new")), ("before_", "after_", _("gone")))
        for one, other, what in sides:
            many = _number(
                database,
                f"select count(*) from (select * from {one}.{table} where origin = 'home' "
                f"except select * from {other}.{table} where origin = 'home')",
            )
            line = _("{count} {what} in {table}").format(count=many, what=what, table=table)
            said += [line] if many else []
    return _(": lines {lines}").format(lines=", ".join(said)) if said else ""


def _keys(database: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """The keys of the tables, as the newer release declares them, or the older one."""
    for name in ("after_", "before_"):
        if "catalog.dim_column" in _columns(database, name):
            return dict(
                database.execute(
                    "select table_name, list(column_name order by key_position) "
                    f"from {name}.catalog.dim_column where key_position is not null group by 1"
                ).fetchall()
            )
    raise WarehouseError(
        "neither release says what the keys of its tables are: they were made by an older version; "
        "`yearbook refresh` makes one that does"
    )


def _columns(database: duckdb.DuckDBPyConnection, name: str) -> dict[str, list[str]]:
    return {table: list(types) for table, types in build.columns(database, None, name).items()}


def _count(database: duckdb.DuckDBPyConnection, name: str, table: str) -> int:
    return _number(database, f"select count(*) from {name}.{table}")


def _number(database: duckdb.DuckDBPyConnection, query: str) -> int:
    [(number,)] = database.execute(query).fetchall()
    return number


def _quoted(name: str) -> str:
    return f'"{name}"'
