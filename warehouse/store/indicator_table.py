"""All indicators side by side: `marts.indicators__area_year`, written when a release is.

Its columns are the indicators that there are, those of a home's own judgement among them, which no
contract of the project can list; each is described by what `catalog.dim_indicator` says of it.
"""

import duckdb

from warehouse.contract.tables import Column, Table, Text

TABLE = "marts.indicators__area_year"
MADE_OF = _FACTS, _INDICATORS = "marts.fct_observation", "catalog.dim_indicator"
_KEY = {
    "area_code": Column(
        Text("Area, from catalog.dim_area", "地区，见 catalog.dim_area"),
        references="catalog.dim_area",
    ),
    "year": Column(Text("Reference year of the values", "数值所属年份"), Text("year", "年")),
}
_ABOUT = Text(
    "The indicators side by side, one row an area and year with a value: the preferred value of "
    "each; marts.fct_observation has its status and source",
    "各指标并列，有数值的地区和年份一行：各指标的首选值；其状态和来源见 marts.fct_observation",
)


def table(database: duckdb.DuckDBPyConnection) -> Table:
    """The table as it describes itself, from the indicators of the attached build file."""
    rows = database.execute(
        "select indicator_id, concat_ws(': ', name_en, definition), "
        "concat_ws('：', name_zh, definition_zh), unit "
        f"from build.{_INDICATORS} order by indicator_id"
    ).fetchall()
    columns = {name: Column(Text(en, zh), Text(unit)) for name, en, zh, unit in rows}
    return Table(_ABOUT, _KEY | columns, tuple(_KEY))


def query(columns: Table, still_known: str) -> str:
    """The rows of the table, from what is `still_known` in the attached build file."""
    wide = "".join(
        f", max(value) filter (indicator_id = '{name}') as {name}"
        for name in columns.columns
        if name not in _KEY
    )
    return (
        f"select area_code, year{wide} from build.{_FACTS} where {still_known} "
        "and value is not null group by area_code, year order by area_code, year"
    )
