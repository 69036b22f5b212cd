"""All indicators side by side: `marts.indicators__area_year`, written when a release is.

Its columns are the indicators that there are, those of a home's own judgement among them, which no
contract of the project can list; each is described by what `catalog.dim_indicator` says of it.
"""

import duckdb

TABLE = "marts.indicators__area_year"
_FACTS, _INDICATORS = "marts.fct_observation", "catalog.dim_indicator"
_DESCRIBED = {
    TABLE: "The indicators side by side, one row an area and year with a value: the preferred "
    "value of each; marts.fct_observation has its status and source",
    f"{TABLE}.area_code": "Area, from catalog.dim_area",
    f"{TABLE}.year": "Reference year of the values [year]",
}


def write(database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Write the table into the database of a release; returns the texts of it and its columns.

    Without observations (another project than this) there is none.
    """
    if not _has_observations(database):
        return {}
    rows = database.execute(
        "select indicator_id, concat_ws(': ', name_en, definition) || ' [' || unit || ']' "
        f"from {_INDICATORS} order by indicator_id"
    ).fetchall()
    columns = "".join(
        f", max(value) filter (indicator_id = '{name}') as {name}" for name, _ in rows
    )
    database.execute(
        f"create table {TABLE} as select area_code, year{columns} from {_FACTS} "
        "where value is not null group by area_code, year order by area_code, year"
    )
    return _DESCRIBED | {f"{TABLE}.{name}": text for name, text in rows}


def _has_observations(database: duckdb.DuckDBPyConnection) -> bool:
    found = database.execute(
        "select count(*) from duckdb_tables() where schema_name || '.' || table_name in ($1, $2)",
        [_FACTS, _INDICATORS],
    ).fetchone()
    return found == (2,)
