"""The tables of a release and their keys as a picture (`keys.svg`).

A lane a schema, a box a table that refers to another or is referred to: its key, and what refers,
with a line from there and the name of the other. Drawn here and not by Graphviz, which is a program
of its own to install; three lanes need no search for a layout.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.store.package import templates
from warehouse.store.package.contents import Contents, ReleaseTable

NAME = "keys.svg"
# From what refers to what is referred to
_LANES = ("results", "marts", "catalog")
_BOX, _LANE, _ROW, _GAP, _TOP = 330, 480, 16, 14, 70
# Okabe and Ito (2008): told apart by readers who are colour-blind
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#666666")


@dataclass(frozen=True)
class _Box:
    """A table in the picture; `rows` are the columns shown, `is_key` and what each refers to."""

    address: str
    rows: list[tuple[str, bool, str | None]]
    x: int
    y: int

    @property
    def height(self) -> int:
        return (len(self.rows) + 1) * _ROW + 6

    def middle_of(self, column: str | None) -> int:
        """The height of a column's row; of the heading without one."""
        names = [None, *(name for name, _, _ in self.rows)]
        return self.y + names.index(column) * _ROW + _ROW // 2 + 2


def write(contents: Contents, folder: Path) -> None:
    """Draw the tables of a release into its folder."""
    boxes = {box.address: box for lane in _LANES for box in _boxes(lane, contents)}
    colours = _colours(contents)
    picture = templates.render(
        "keys.svg.jinja",
        label=contents.label,
        boxes=list(boxes.values()),
        lines=_lines(contents, boxes, colours),
        colours=colours,
        lanes=[(lane, _x(lane)) for lane in _LANES],
        width=_x(_LANES[-1]) + _BOX + 60,
        height=max((box.y + box.height for box in boxes.values()), default=_TOP) + _GAP,
        box_width=_BOX,
        row=_ROW,
    )
    (folder / NAME).write_text(picture, encoding="utf-8")


def _boxes(lane: str, contents: Contents) -> list[_Box]:
    """The boxes of a lane from the top down, what is most referred to first."""
    times = [reference.to for table in contents.tables for reference in table.references]
    shown = [
        table
        for table in contents.tables
        if table.schema == lane and (table.references or table.address in times)
    ]
    boxes, y = [], _TOP
    for table in sorted(shown, key=lambda each: (-times.count(each.address), each.address)):
        boxes.append(_Box(table.address, _rows(table), _x(lane), y))
        y += boxes[-1].height + _GAP
    return boxes


def _rows(table: ReleaseTable) -> list[tuple[str, bool, str | None]]:
    key = table.table.key
    return [
        (name, name in key, column.references)
        for name, column in table.table.columns.items()
        if name in key or column.references
    ]


def _lines(
    contents: Contents, boxes: Mapping[str, _Box], colours: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Each reference as a path, its colour and its words."""
    for table in contents.tables:
        for each in table.references:
            words = f"{each.table} ({', '.join(each.columns)}) refers to {each.to}"
            path = _path(boxes[each.table], each.columns[0], boxes[each.to])
            yield path, colours[each.to], words


def _colours(contents: Contents) -> dict[str, str]:
    """A colour for each table that is referred to."""
    addresses = sorted({each.to for table in contents.tables for each in table.references})
    return {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(addresses)}


def _path(source: _Box, column: str, target: _Box) -> str:
    """A curve from the right of a column to the left of a table; beside the lane within one."""
    y, to_y = source.middle_of(column), target.middle_of(None)
    right = source.x + _BOX
    if source.x == target.x:
        return f"M{right} {y}C{right + 50} {y} {right + 50} {to_y} {right} {to_y}"
    middle = (right + target.x) // 2
    return f"M{right} {y}C{middle} {y} {middle} {to_y} {target.x} {to_y}"


def _x(lane: str) -> int:
    return 20 + _LANES.index(lane) * _LANE
