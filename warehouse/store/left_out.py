"""What a public release leaves out: values whose file may not be handed on.

`redistributable` of `catalog.dim_file` says of which file nothing may be. Left out are

- rows that are what such a file prints: of tables with the hash or the name of a file, but not of
  those that are computed of whole files (`idx_…`);
- values computed here that are a copy all the same, being equal to what they were made of: a
  national figure, a proxy, an interpolation between equals; and what was said of such values;
- single numbers of other tables that equal such a value of the same area, year and indicator, as
  far as the table has these, in any power of ten (a panel has points over 100); in a table with
  neither area nor indicator, that equal any of at least five digits;
- weights and contributions of such values, and of what was made from them.

What else is computed stays, even where arithmetic on several numbers would give a value back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from warehouse.store.package.contents import ReleaseTable

_ABOUT_FILES = ("catalog.dim_file", "catalog.rejected_file")
_FILE = ("source_id", "edition", "file_name")
# The words of a table about values, by the column that tells of which
_MESSAGES = "catalog.data_warning"
# The only numbers of the catalog that are made from values
_CLAIMS = "catalog.stylised_fact"
_MADE_FROM = "marts.made_from"
_COMPUTED = "marts.idx_"
# Shares of what went in: computed here, whatever they equal
_SHARES = ("share_imputed", "share_proxy")
_PLACES = ("indicator_id", "area_code", "year")
# The columns that say of which value an input is
_OF_INPUT = {
    "input_indicator_id": "indicator_id",
    "input_area_code": "area_code",
    "input_year": "year",
}

_FORBIDDEN_ROW = "whose_0 is not null"

_FIND = """
create temp macro digits(x) as split_part(format('{:.9e}', abs(x)), 'e', 1);
create temp table forbidden_file as
select snapshot_sha256, min(source_id) as source_id from build.catalog.dim_file
group by all having not bool_and(coalesce(redistributable, false));
create temp table forbidden as
select distinct source_id, indicator_id, area_code, year, digits(value) as digits
from (
    select snapshot_sha256, indicator_id, area_code, year, value
    from build.marts.fct_observation__vintages
    union all
    select snapshot_sha256, indicator_id, area_code, year, value from build.marts.printed_cell
    union all
    select snapshot_sha256, indicator_id, area_code, year, number_printed
    from build.marts.printed_cell
    union all
    select snapshot_sha256, indicator_id, area_code, year, value from build.marts.printed_series
) as printed
inner join forbidden_file using (snapshot_sha256)
where value is not null and value <> 0;
"""
_FIND_COPIES = """
insert into forbidden
select distinct
    forbidden.source_id, computed.indicator_id, computed.area_code, computed.year, forbidden.digits
from build.marts.fct_observation__as_of as computed
inner join build.marts.observation_input as input using (indicator_id, area_code, year)
inner join forbidden
    on forbidden.indicator_id = input.input_indicator_id
    and forbidden.area_code = input.input_area_code
    and forbidden.year = input.input_year
    and forbidden.digits = digits(computed.value)
where computed.snapshot_sha256 is null
    and not exists (
        select 1 from forbidden as known
        where known.indicator_id = computed.indicator_id and known.area_code = computed.area_code
            and known.year = computed.year and known.digits = digits(computed.value)
    )
"""
_FIND_KEYS = """
create temp table forbidden_key as
select 'observation' as kind, concat_ws('/', indicator_id, area_code, year) as key,
    min(source_id) as source_id
from forbidden where indicator_id is not null and area_code is not null group by all
union all
select 'cell', concat_ws('/', cell.source_id, cell.snapshot_sha256, locator), file.source_id
from build.marts.printed_cell as cell inner join forbidden_file as file using (snapshot_sha256)
union all
select 'exports', concat_ws('/', classification, category_code, province_code, year), file.source_id
from build.marts.fct_export__province_category_year
inner join forbidden_file as file using (snapshot_sha256)
"""


@dataclass(frozen=True)
class LeftOut:
    """How much of a table was left out for a source."""

    table: str
    source_id: str
    rows: int
    values: int


def find(database: duckdb.DuckDBPyConnection) -> None:
    """Find in the attached release `build` what may not be handed on, in temporary tables.

    `forbidden_file` has the files, `forbidden` their values (the digits of each, and of what), and
    `forbidden_key` the keys by which `marts.made_from` names them; each with the source.
    """
    database.execute(_FIND)
    while database.execute(_FIND_COPIES).fetchone() != (0,):
        pass  # a copy of a copy is one
    database.execute(_FIND_KEYS)


def forbidden_files(database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The hashes of the files that `find` found, with the source of each."""
    found = database.execute("select snapshot_sha256, source_id from forbidden_file").fetchall()
    return dict(found)


def leave_out(database: duckdb.DuckDBPyConnection, table: ReleaseTable, kept: str) -> list[LeftOut]:
    """Make the temporary table `kept` of what may be handed on of a table; says what may not.

    `find` comes first.
    """
    whole, single = _whose_row(table), dict(_whose_values(table))
    whose = [f"{sql} as whose_{place}" for place, sql in enumerate([whole, *single.values()])]
    database.execute(
        f"create or replace temp table judged as select *, {', '.join(whose)} "
        f"from build.{table.address} as row"
    )
    blanked = {name: place for place, name in enumerate(single, start=1)}
    columns = [
        f'case when whose_{blanked[name]} is null then "{name}" end as "{name}"'
        if name in blanked
        else f'"{name}"'
        for name in table.table.columns
    ]
    database.execute(
        f"create temp table {kept} as select {', '.join(columns)} from judged "
        f"where not ({_FORBIDDEN_ROW}) order by all"
    )
    return list(_counted(database, table, len(single)))


def _counted(
    database: duckdb.DuckDBPyConnection, table: ReleaseTable, columns: int
) -> Iterator[LeftOut]:
    whose = [f"select whose_0, 1, 0 from judged where {_FORBIDDEN_ROW}"]
    whose += [
        f"select whose_{place}, 0, 1 from judged where not ({_FORBIDDEN_ROW})"
        for place in range(1, columns + 1)
    ]
    found = database.execute(
        "select whose, sum(rows)::integer, sum(vals)::integer "
        f"from ({' union all '.join(whose)}) as counted(whose, rows, vals) "
        "where whose is not null group by whose order by whose"
    ).fetchall()
    for source_id, rows, vals in found:
        yield LeftOut(table.address, source_id, rows, vals)


def _whose_row(table: ReleaseTable) -> str:
    """SQL that gives the source that forbids a row of the table as a whole, or NULL."""
    columns = table.table.columns
    if table.address in _ABOUT_FILES or table.address.startswith(_COMPUTED):
        return "null::varchar"
    if table.address == _MESSAGES:
        return _who("forbidden", {"indicator_id": "indicator_id"})
    found = [
        _who("forbidden_file", {name: "snapshot_sha256"})
        for name in columns
        if name.endswith("snapshot_sha256")
    ]
    if not found and {*_FILE} <= {*columns}:
        of_file = " and ".join(f"row.{name} = file.{name}" for name in _FILE)
        found = [
            "(select min(source_id) from forbidden_file where snapshot_sha256 in ("
            f"select snapshot_sha256 from build.catalog.dim_file as file where {of_file}))"
        ]
    if {"indicator_id", "area_code", "year", "value"} <= {*columns}:
        found.append(_who("forbidden", _places(table), "value"))
    if {*_OF_INPUT} <= {*columns}:
        found.append(_who("forbidden", _OF_INPUT, "input_value"))
    return f"coalesce({', '.join(found)})" if found else "null::varchar"


def _whose_values(table: ReleaseTable) -> Iterator[tuple[str, str]]:
    """The columns of a table with SQL that gives the source that forbids a number, or NULL."""
    if table.address in _ABOUT_FILES:
        yield "reason", _who("forbidden_file", {"snapshot_sha256": "snapshot_sha256"})
    if table.address == _MADE_FROM:
        for name in ("weight", "contribution"):
            number = _who("forbidden_key", {"kind": "kind", "key": "key"})
            of_input = _who("forbidden_key", {"input_kind": "kind", "input_key": "key"})
            yield name, f"coalesce({number}, {of_input})"
        return
    if table.schema == "catalog" and table.address != _CLAIMS:
        return  # what is said of indicators, units and files here
    for name, data_type in table.data_types.items():
        if data_type == "DOUBLE" and name not in _SHARES:
            yield name, _who("forbidden", _places(table), name)


def _places(table: ReleaseTable) -> dict[str, str]:
    columns = table.table.columns
    found = {name: name for name in _PLACES if name in columns}
    if "province_code" in columns and "area_code" not in columns:
        found["province_code"] = "area_code"
    return found


def _who(forbidden: str, places: dict[str, str], number: str = "") -> str:
    """SQL that gives the source of what is forbidden at the places that a row names, or NULL."""
    claims = [f'{forbidden}.{to} = row."{name}"' for name, to in places.items()]
    if number:
        claims.append(f'{forbidden}.digits = digits(row."{number}")')
        if not {"indicator_id", "area_code"} & {*places.values()}:
            claims.append(f"length(rtrim({forbidden}.digits, '0')) > 5")
    return f"(select min(source_id) from {forbidden} where {' and '.join(claims)})"
