"""The tables that only a release has: what it is, and what its tables and columns are."""

from warehouse.contract.tables import Column, Table, Text

RELEASE, TABLES, COLUMNS = "catalog.release", "catalog.dim_table", "catalog.dim_column"
LEFT_OUT = "catalog.left_out"  # of a public release alone

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
}
_ABOUT = {
    RELEASE: "This release: one row",
    TABLES: "The tables of this release.",
    COLUMNS: "The columns of every table of this release.",
    LEFT_OUT: "What this public release leaves out, since its source forbids to hand it on.",
}
_KEYS = {
    RELEASE: ("release",),
    TABLES: ("table_name",),
    COLUMNS: ("table_name", "column_name"),
    LEFT_OUT: ("table_name", "source_id"),
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
