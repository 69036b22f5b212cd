"""The tables that only a release has: what it is, and what its tables and columns are.

The rows of trade statistics lie beside its database, as the Parquet files that the home keeps.
"""

from warehouse.contract.tables import Column, Table, Text

RELEASE, TABLES, COLUMNS = "catalog.release", "catalog.dim_table", "catalog.dim_column"
LEFT_OUT = "catalog.left_out"  # of a public release alone
TRADE_ROWS = "raw.trade_rows"  # in no database

_ADDRESS = "Schema and name of the table"
_IN_ENGLISH, _IN_CHINESE = "What it holds", "The same in Chinese; NULL: not translated"

# Each column with its SQL type and text
_DECLARED = {
    RELEASE: {
        "release": ("VARCHAR", "Name of the release: newest publication date and fingerprint"),
        "is_synthetic": ("BOOLEAN", "Whether the data are synthetic (a demonstration)"),
        "label": ("VARCHAR", "What to print above every table and figure made from this release"),
        "fingerprint": (
            "VARCHAR",
            "SHA-256 over landed files, declarations, judgement and code",
        ),
        "newest_published_on": ("DATE", "Publication date of the newest file that was taken"),
        "as_of": ("DATE", "The date as of which it was built; NULL: everything that is known"),
        "citation": ("VARCHAR", "How to cite this release"),
    },
    TABLES: {
        "table_name": ("VARCHAR", _ADDRESS),
        "description_en": ("VARCHAR", _IN_ENGLISH),
        "description_zh": ("VARCHAR", _IN_CHINESE),
    },
    COLUMNS: {
        "table_name": ("VARCHAR", _ADDRESS),
        "column_name": ("VARCHAR", "Name of the column"),
        "position": ("INTEGER", "Its place in the table, from 1"),
        "data_type": ("VARCHAR", "Its SQL type"),
        "unit": ("VARCHAR", "Unit of its values; NULL for none"),
        "unit_zh": ("VARCHAR", "The unit in Chinese; NULL: none, or not translated"),
        "description_en": ("VARCHAR", _IN_ENGLISH),
        "description_zh": ("VARCHAR", _IN_CHINESE),
        "key_position": ("INTEGER", "Its place in the primary key, from 1; NULL outside of it"),
        "references_table": (
            "VARCHAR",
            "Table whose key it is, or is a part of; NULL for none",
        ),
        "references_column": ("VARCHAR", "Column of that key"),
    },
    LEFT_OUT: {
        "table_name": ("VARCHAR", _ADDRESS),
        "source_id": ("VARCHAR", "Source that forbids to hand its values on"),
        "rows_left_out": ("INTEGER", "Rows that are not in the table for it"),
        "values_left_out": ("INTEGER", "Single values that are NULL in the table for it"),
    },
    TRADE_ROWS: {
        "source_id": ("VARCHAR", "Source, from catalog.dim_source"),
        "edition": ("VARCHAR", "Edition: folder that the file lay in"),
        "published_on": ("DATE", "When the edition was published"),
        "snapshot_sha256": ("VARCHAR", "SHA-256 of the file"),
        "file_name": ("VARCHAR", "Name of the file"),
        "sheet": ("VARCHAR", "Sheet; NULL in a text file"),
        "sheet_id": (
            "BIGINT",
            "Number of the file and sheet, by which rows are grouped and joined",
        ),
        "row_number": ("INTEGER", "Row of the file or sheet, from 1"),
        "column_number": ("INTEGER", "Column of the amount, from 1"),
        "cell_column": (
            "VARCHAR",
            "The same in letters: with the row, the address of the cell",
        ),
        "text": ("VARCHAR", "The amount as printed"),
        "number": (
            "DOUBLE",
            "The amount, in its unit, where it is printed as an ordinary number (digits, perhaps "
            "with commas between thousands and a point); NULL otherwise",
        ),
        "unit_label": ("VARCHAR", "Unit of the amount as printed"),
        "unit_key": ("VARCHAR", "The unit without white space and width"),
        "period_label": ("VARCHAR", "Month or year as printed"),
        "area_label": ("VARCHAR", "Province or other place as printed"),
        "area_key": ("VARCHAR", "The place without white space and width"),
        "place_code": ("VARCHAR", "Code of the place as printed"),
        "classification": ("VARCHAR", "Classification that the commodities belong to"),
        "category_code": ("VARCHAR", "Code of the commodity as printed"),
        "category_label": ("VARCHAR", "Name of the commodity as printed"),
        "flow": ("VARCHAR", "export or import"),
        "partner_code": ("VARCHAR", "Code of the trading partner as printed"),
        "partner_label": ("VARCHAR", "Name of the trading partner as printed"),
        "trade_mode_code": ("VARCHAR", "Code of the mode of trade as printed"),
        "trade_mode_label": ("VARCHAR", "Name of the mode of trade as printed"),
        "quantity": ("VARCHAR", "First quantity as printed"),
        "quantity_unit": ("VARCHAR", "Its unit"),
        "second_quantity": ("VARCHAR", "Second quantity as printed"),
        "second_quantity_unit": ("VARCHAR", "Its unit"),
        "other_value": ("VARCHAR", "Amount in the other currency as printed"),
        "other_value_unit": ("VARCHAR", "Its unit"),
        "series_vintage": ("VARCHAR", "Vintage of the figures: the edition, or what it declares"),
        "obs_status": ("VARCHAR", "Status of the figures: A normal, P provisional"),
    },
}
_ABOUT = {
    RELEASE: "This release: one row",
    TABLES: "The tables of this release.",
    COLUMNS: "The columns of every table of this release.",
    LEFT_OUT: "What this public release leaves out, since its source forbids to hand it on.",
    TRADE_ROWS: "Every row of trade statistics as printed, one row a commodity, partner, mode of "
    "trade, place and period: Parquet files beside the database, one a file that was landed. Sums "
    "of them are in marts.printed_cell, and marts.rows_of_sums gives the rows of a sum.",
}
_KEYS = {
    RELEASE: ("release",),
    TABLES: ("table_name",),
    COLUMNS: ("table_name", "column_name"),
    LEFT_OUT: ("table_name", "source_id"),
    TRADE_ROWS: (),
}
_REFERENCES = {
    (COLUMNS, "table_name"): TABLES,
    (COLUMNS, "references_table"): TABLES,
    (LEFT_OUT, "table_name"): TABLES,
}

TYPES = {
    address: {name: data_type for name, (data_type, _) in columns.items()}
    for address, columns in _DECLARED.items()
}
OF_THE_RELEASE = {
    address: Table(
        Text(_ABOUT[address]),
        {
            name: Column(Text(about), references=_REFERENCES.get((address, name)))
            for name, (_, about) in columns.items()
        },
        _KEYS[address],
    )
    for address, columns in _DECLARED.items()
}
