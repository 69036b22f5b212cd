"""From a published number back to the cells it was made from, as a tree.

The tree walks `marts.made_from` and knows no formula; what kinds of numbers there are, where they
stand and how they are put into words is said in `catalog.number_kind`.
"""

from collections.abc import Sequence

import duckdb

from warehouse.contract.labels import label_key
from warehouse.explain.tracing import asked, estimates, printed
from warehouse.explain.tracing.nodes import Node
from warehouse.explain.tracing.reading import NotFound, Reading
from warehouse.explain.tracing.walking import tree

FULL_DEPTH = 99

__all__ = ["FULL_DEPTH", "Node", "NotFound", "trace"]


def trace(
    release: duckdb.DuckDBPyConnection, name: str, where: Sequence[str], depth: int | None = None
) -> Node:
    """The tree below one published number.

    `name` is a column of the panel, an indicator, a measure of value chains, a kind of
    `catalog.number_kind` with codes of its key (`prody/<category>/<variant>`, `exports/<category>`,
    `value_chain/<measure>`, `value_chain_partner/<measure>/<exporter>/<importer>`), or its whole
    key without `where` (`observation/gdp/110000/2019`), a coefficient
    `study/model/[equation/]term`, or any heading that a file prints; `where` holds the area (a code
    or any known name) and the year, in any order. Or `name` is a file and `where` the place of a
    cell in it. `depth` limits the numbers below it, level by level; the cells of a number always
    stand below it. Raises NotFound.
    """
    reading = Reading(release)
    if printed.is_cell(reading, name, where):
        return printed.cell(reading, name, where[0])
    head, *parts = name.split("/")
    if not where and (number := asked.number_of_key(reading, head, parts)):
        return tree(reading, number, depth)
    is_panel = name in reading.panel_columns
    if is_panel or (head not in reading.kinds and label_key(name) in reading.indicator_keys):
        number = asked.number_named(reading, name, where)
        return asked.as_asked(tree(reading, number, asked.depth_of(reading, number, depth)))
    of_columns = [kind for kind, columns in reading.columns.items() if head in columns]
    if head not in reading.kinds and of_columns and where:
        # the measure itself, not the column of a panel that it stands in
        kind = "value_chain" if "value_chain" in of_columns else of_columns[0]
        return trace(release, f"{kind}/{name}", where, depth)
    if head in reading.kinds and (where or asked.knows(reading, head, parts)):
        return tree(reading, asked.number_of_kind(reading, head, parts, where), depth)
    if parts and not where:
        return estimates.coefficient(reading, head, parts)
    return printed.series(reading, name, where)
