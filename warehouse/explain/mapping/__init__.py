"""Which lines of judgement would let be understood what nothing stands for yet."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.contract.judgement import KINDS
from warehouse.explain.mapping import understood
from warehouse.explain.mapping.changed import changed_labels
from warehouse.explain.mapping.new import new_labels
from warehouse.explain.mapping.proposal import Line, Proposal
from warehouse.intake import judgement


class NoSuchProposal(WarehouseError):
    """A proposal was accepted by a number that none of them has, or that has no unit."""


def proposals(home: Home) -> list[Proposal]:
    """What changed first, in the order of table, label and place; then what is new, by its cells.

    The same files and judgement give the same numbers. Labels that the home has lines for, which
    the next refresh will use, are left out. Raises `NoBuild` and `WrongJudgement`.
    """
    decided = {
        _about(Line(table, {column: text or "" for column, text in values.items()}))
        for table, lines in judgement.read(home).items()
        for values in lines
    }
    with understood.database(home) as database:
        changed = sorted(changed_labels(database), key=lambda one: (str(one.lines), one.place))
        found = [*changed, *new_labels(database)]
    return [proposal for proposal in found if _about(proposal.lines[-1]) not in decided]


def _about(line: Line) -> tuple[str, ...]:
    return line.table, *(line.values.get(column, "") for column in KINDS[line.table].KEY)


def chosen(found: Sequence[Proposal], wanted: Mapping[int, str | None]) -> dict[int, Proposal]:
    """The proposals of these numbers (from 1), in their order.

    A number may come with the name of the new indicator. Raises `NoSuchProposal`.
    """
    return {number: _chosen(found, number, name) for number, name in sorted(wanted.items())}


def _chosen(found: Sequence[Proposal], number: int, name: str | None) -> Proposal:
    if not 1 <= number <= len(found):
        raise NoSuchProposal(f"there is no proposal {number}: `yearbook map` lists them")
    proposal = found[number - 1]
    if name and not proposal.indicator_id:
        raise NoSuchProposal(f"proposal {number} is no new indicator: leave out `={name}`")
    if proposal.has_no_unit:
        raise NoSuchProposal(
            f"proposal {number} has no unit: state `unit:` in _edition.yml, refresh, map again"
        )
    return proposal.named(name) if name else proposal


def accept(home: Home, chosen: Iterable[Proposal]) -> list[Path]:
    """Write proposals into the home's judgement; returns its files.

    Raises `WrongJudgement`, and then changes nothing.
    """
    lines = [line for proposal in chosen for line in proposal.lines]
    return judgement.add(home, [(line.table, line.values) for line in lines])
