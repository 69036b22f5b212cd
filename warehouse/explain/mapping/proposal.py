"""A proposal: lines for a home's judgement, the label they are about, and what speaks for it."""

from dataclasses import dataclass

# Stands for the name of a new indicator that only a person can give
NAMELESS = "?"
# Stands for a unit that no file prints
NO_UNIT = "(no unit is printed)"


@dataclass(frozen=True)
class Line:
    """A line of one of the tables of judgement, by the names of its columns."""

    table: str
    values: dict[str, str]


@dataclass(frozen=True)
class Proposal:
    """Lines that belong together; `evidence` are sentences."""

    lines: tuple[Line, ...]
    label: str
    place: str
    evidence: tuple[str, ...]

    @property
    def is_nameless(self) -> bool:
        """Whether a person has to name the indicator."""
        return any(NAMELESS in line.values.values() for line in self.lines)

    @property
    def has_no_unit(self) -> bool:
        return any(line.values.get("unit") == NO_UNIT for line in self.lines)

    def named(self, indicator_id: str) -> "Proposal":
        """The same with another name of the new indicator; no other proposal has one to give."""
        [drafted] = [line for line in self.lines if line.table == "indicators"]
        old = drafted.values["indicator_id"]
        lines = tuple(
            Line(line.table, {k: indicator_id if v == old else v for k, v in line.values.items()})
            for line in self.lines
        )
        return Proposal(lines, self.label, self.place, self.evidence)
