"""What an inter-country table consists of: its economies, its industries, and its cells.

One row an economy (`part` economy) with the blocks of rows and columns that are its own, one an
industry, and one for the cells that are used and for each reason why others are not.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.contract.cells import address, column_letters
from warehouse.sources.icio.industries import Industry, industries
from warehouse.sources.icio.matrix import Matrix

# `code` is that of the economy or industry; `cells` those of its rows, or of the reason
SCHEMA = pa.schema(
    [
        ("snapshot_sha256", pa.string()),
        ("table_name", pa.string()),
        ("year", pa.int32()),
        ("is_extended", pa.bool_()),
        ("table_gap", pa.float64()),
        ("counted_in", pa.string()),
        ("part", pa.string()),
        ("code", pa.string()),
        ("rows", pa.string()),
        ("columns", pa.string()),
        ("final_columns", pa.string()),
        ("industries", pa.int32()),
        ("printed_output", pa.float64()),
        ("isic_revision", pa.int32()),
        ("divisions", pa.string()),
        ("name_en", pa.string()),
        ("name_zh", pa.string()),
        *((f"is_{name}", pa.bool_()) for name in Industry("", 4).flags),
        ("cells", pa.int64()),
        ("reason", pa.string()),
        ("first_locator", pa.string()),
        ("first_label", pa.string()),
    ]
)


def parts(matrix: Matrix, sha256: str) -> pa.Table:
    """The parts of a table (SCHEMA) that was read from the file with this hash."""
    gaps = [gap.share for gap in matrix.gaps().values()]
    of_table = {
        "snapshot_sha256": sha256,
        "table_name": matrix.name,
        "year": matrix.year,
        "is_extended": matrix.layout.parts != matrix.layout.homes,
        "table_gap": max(gaps, default=None),
        "counted_in": f"{matrix.unit} USD",
    }
    found = (*_economies(matrix), *_industries(matrix), *_cells(matrix))
    return pa.Table.from_pylist([of_table | part for part in found], SCHEMA)


def _economies(matrix: Matrix) -> Iterator[dict[str, Any]]:
    """The blocks of each economy, of which the rows of its parts need not be beside each other."""
    layout = matrix.layout
    for country in layout.countries:
        own = [place for place, home in enumerate(layout.homes) if home == country]
        final = zip(layout.final_columns, layout.final_homes, strict=True)
        yield {
            "part": "economy",
            "code": country,
            "rows": _spans((layout.rows[place] for place in own), lambda row: str(row + 1)),
            "columns": _spans((layout.columns[place] for place in own), _letters),
            "final_columns": _spans((c for c, home in final if home == country), _letters),
            "industries": len({layout.industries[place] for place in own}),
            "printed_output": float(matrix.output[own].sum()),
        }


def _industries(matrix: Matrix) -> Iterator[dict[str, Any]]:
    for industry in industries(list(dict.fromkeys(matrix.layout.industries))):
        english, chinese = industry.names
        yield {
            "part": "industry",
            "code": industry.code,
            "isic_revision": industry.revision,
            "divisions": _spans(sorted(industry.divisions), mark="-") or None,
            "name_en": english,
            "name_zh": chinese,
            **{f"is_{name}": is_of for name, is_of in industry.flags.items()},
        }


def _cells(matrix: Matrix) -> Iterator[dict[str, Any]]:
    """How many printed numbers are flows, or totals compared with them, and what the rest is."""
    is_printed, is_used = np.isfinite(matrix.values), _used(matrix)
    is_industry = np.zeros(is_used.shape, dtype=bool)
    is_industry[np.array(matrix.layout.rows) - 1] = True
    yield {"part": "cells", "cells": int((is_printed & is_used).sum())}
    unused = {
        "in columns that are neither an industry nor final demand": is_industry,
        "in rows that are no industry": ~is_industry,
    }
    for reason, where in unused.items():
        places = np.argwhere(is_printed & ~is_used & where)
        if len(places):
            yield {"part": "cells", "cells": len(places), "reason": reason} | _first(
                matrix, *places[0]
            )


def _used(matrix: Matrix) -> np.ndarray:
    """Which cells are flows of industries, or totals that are compared with their sums."""
    layout, lead = matrix.layout, len(matrix.header) - matrix.values.shape[1]
    found = np.zeros(matrix.values.shape, dtype=bool)
    flows = [*layout.columns, *layout.final_columns, *layout.output_columns[:1]]
    found[np.ix_(np.array(layout.rows) - 1, np.array(flows) - lead)] = True
    totals = np.array([*layout.output_rows, *layout.value_added_rows], dtype=int)
    found[np.ix_(totals - 1, np.array(layout.columns) - lead)] = True
    return found


def _first(matrix: Matrix, row: int, column: int) -> dict[str, str]:
    """Where a cell of `values` stands, and its labels."""
    place = column + len(matrix.header) - matrix.values.shape[1]
    return {
        "first_locator": f"{matrix.name} {address(row + 1, place)}",
        "first_label": f"{' '.join(filter(None, matrix.sides[row]))} → {matrix.header[place]}",
    }


def _letters(column: int) -> str:
    return column_letters(column + 1)


def _spans(numbers: Iterable[int], name: Callable[[int], str] = str, mark: str = ":") -> str:
    """Numbers in ascending order as spans: 2, 3, 4, 9 -> 2:4, 9."""
    runs = groupby(enumerate(numbers), lambda numbered: numbered[1] - numbered[0])
    spans = [[number for _, number in run] for _, run in runs]
    return ", ".join(mark.join(dict.fromkeys([name(span[0]), name(span[-1])])) for span in spans)
