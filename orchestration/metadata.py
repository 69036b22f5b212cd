"""What a materialisation carries, in the forms that the Dagster UI shows."""

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg

from analytics.tables import Column
from warehouse.contract.tables import NO_UNIT
from warehouse.store.build import Table

if TYPE_CHECKING:
    import pandas as pd


def table_metadata(table: Table, seconds: float, is_declared: bool = False) -> dict[str, Any]:
    """Rows and the seconds it took to make a table; its columns, unless its asset declares them."""
    made = {"dagster/row_count": table.rows, "seconds": round(seconds, 3)}
    if is_declared:
        return made
    return made | {"dagster/column_schema": dg.TableSchema.from_name_type_dict(table.columns)}


def described_columns(columns: Mapping[str, Column]) -> dg.TableSchema:
    """What each column of a table of results is, with its unit."""
    return dg.TableSchema(
        [
            dg.TableColumn(
                name,
                column.dtype,
                column.description + ("" if column.unit == NO_UNIT else f" [{column.unit}]"),
            )
            for name, column in columns.items()
        ]
    )


def markdown(rows: "pd.DataFrame") -> dg.MarkdownMetadataValue:
    """A small table as Markdown."""
    lines = [list(rows.columns), ["---"] * len(rows.columns), *rows.itertuples(index=False)]
    return dg.MetadataValue.md(
        "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
    )


def picture(png: bytes) -> dg.MarkdownMetadataValue:
    """A figure, carried in the metadata itself."""
    return dg.MetadataValue.md(f"![figure](data:image/png;base64,{b64encode(png).decode()})")


def first_row(rows: "pd.DataFrame") -> str:
    """The first row of a table in words: `year = 2013, province_code = 110000`."""
    values = next(rows.itertuples(index=False, name=None))  # each in the type of its column
    return ", ".join(f"{name} = {value}" for name, value in zip(rows.columns, values, strict=True))
