"""The tree of a number: what each node says, and how many inputs it leaves out."""

from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Node:
    """One number: what it is in words, its facts, and the numbers or cells it was made from.

    `inputs_left_out` counts inputs that are there but not in the tree, because it was asked to
    end here or because a sum has more cells than anybody reads.
    """

    kind: str
    label: str
    facts: Record
    inputs: tuple["Node", ...] = ()
    inputs_left_out: int = 0

    def record(self) -> Record:
        """The tree as nested records; what is not known of a node is left out."""
        facts = {name: value for name, value in self.facts.items() if value is not None}
        record = {"kind": self.kind, "label": self.label, **facts}
        if self.inputs_left_out:
            record["inputs_left_out"] = self.inputs_left_out
        return record | {"inputs": [node.record() for node in self.inputs]}
