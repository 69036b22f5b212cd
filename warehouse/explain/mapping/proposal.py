"""A proposal: lines for a home's judgement, the label they are about, and what speaks for it."""

from dataclasses import dataclass

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
    def has_no_unit(self) -> bool:
        return any(line.values.get("unit") == NO_UNIT for line in self.lines)

    @property
    def indicator_id(self) -> str | None:
        """The name of the new indicator that is drafted, if one is."""
        ids = [line.values["indicator_id"] for line in self.lines if line.table == "indicators"]
        return ids[0] if ids else None

    def named(self, indicator_id: str) -> "Proposal":
        """The same with another name of the new indicator."""
        old = self.indicator_id or ""
        names = {old: indicator_id, old.replace("_", " "): indicator_id.replace("_", " ")}
        lines = (
            Line(
                line.table, {column: names.get(text, text) for column, text in line.values.items()}
            )
            for line in self.lines
        )
        return Proposal(tuple(lines), self.label, self.place, self.evidence)
