"""The tree below a number: what it was made from, read level by level, and put together."""

import math
from dataclasses import replace

from warehouse.explain.tracing.nodes import Node
from warehouse.explain.tracing.reading import CELL, Input, Number, Reading
from warehouse.explain.tracing.wording import cell_label, label, label_of_input


def tree(reading: Reading, root: Number, depth: int | None = None) -> Node:
    """The tree of a number: `depth` levels, or as many as its kinds show without being asked."""
    return _Tree(reading, root, depth).node(root)


class _Tree:
    """All that a tree needs, read at once; every node is then made once for each depth."""

    def __init__(self, reading: Reading, root: Number, depth: int | None) -> None:
        self._reading = reading
        self._is_asked = depth is not None
        self._top = self._levels(root.kind, math.inf) if depth is None else max(depth, 0)
        self._inputs = self._read_inputs(root)
        cells = {
            link.number
            for number, links in self._inputs.items()
            for link in self._shown(number, links, 0)
        }
        self._facts = reading.facts([*self._inputs, *cells])
        self._made: dict[tuple[Number, float], Node] = {}

    def node(self, number: Number, levels: float | None = None) -> Node:
        """A number and as many levels below it."""
        levels = self._top if levels is None else levels
        if (number, levels) not in self._made:
            make = self._cell if number.kind == CELL else self._number
            self._made[number, levels] = make(number, levels)
        return self._made[number, levels]

    def _number(self, number: Number, levels: float) -> Node:
        kind, links = self._reading.kinds[number.kind], self._inputs[number]
        is_there = number in self._facts
        facts = self._facts.get(number) or kind.parts(number.key)
        text = label(self._reading, kind, facts, is_there, links)
        shown = self._shown(number, links, levels)
        nodes = tuple(self._input(link, links, levels) for link in shown)
        left_out = sum(link.cells for link in links) - sum(link.cells for link in shown)
        return Node(number.kind, text, facts, nodes, left_out)

    def _input(self, link: Input, links: list[Input], levels: float) -> Node:
        """An input as the number above it sees it."""
        node = self.node(link.number, self._levels(link.number.kind, levels - 1))
        if node.kind == CELL:
            return node
        kind = self._reading.kinds[node.kind]
        has_role = len(links) == 1 or len({each.role for each in links}) > 1
        text = label_of_input(self._reading, kind, node.facts, node.label, link, has_role)
        seen = {"input_role": link.role, "weight": link.weight, "contribution": link.contribution}
        facts = {name: value for name, value in seen.items() if value is not None}
        return replace(node, label=text, facts=node.facts | facts)

    def _cell(self, number: Number, levels: float) -> Node:
        cell = self._facts[number]
        sheet = (cell["source_id"], cell["snapshot_sha256"], cell["sheet"])
        said = {
            "correction": self._reading.correction(cell),
            "notes": self._reading.notes.get(sheet),
        }
        return Node(CELL, cell_label(cell | said), cell | said)

    def _read_inputs(self, root: Number) -> dict[Number, list[Input]]:
        """The inputs of every number of the tree, each read once."""
        read: dict[Number, list[Input]] = {}
        below: dict[Number, float] = {root: self._top}  # the most levels that a number shows
        level = [root]
        while level:
            read |= self._reading.inputs([number for number in level if number not in read])
            seen = [
                (link.number, self._levels(link.number.kind, below[number] - 1))
                for number in level
                for link in self._shown(number, read[number], below[number])
                if link.number.kind != CELL
            ]
            level = []
            for number, levels in seen:
                if levels > below.get(number, -1):
                    below[number] = levels
                    level.append(number)
            level = list(dict.fromkeys(level))
        return read

    def _levels(self, kind: str, levels: float) -> float:
        """How many levels are shown below an input, if so many remain."""
        shown = self._reading.kinds[kind].levels_shown
        return levels if self._is_asked or shown is None else min(levels, shown)

    def _shown(self, number: Number, links: list[Input], levels: float) -> list[Input]:
        """Cells at any depth, numbers above the last level, and no more than anybody reads."""
        most = self._reading.kinds[number.kind].inputs_shown
        return [link for link in links if link.number.kind == CELL or levels > 0][:most]
