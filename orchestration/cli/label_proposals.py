"""What `yearbook map` says and does."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict
from gettext import gettext as _
from typing import TYPE_CHECKING

from orchestration import intake
from orchestration.cli.printing import print_json
from orchestration.progress import say
from orchestration.translations import in_language
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.contract.judgement import KINDS

if TYPE_CHECKING:
    from warehouse.explain.mapping.proposal import Proposal

# Drafts of new indicators are many where a source prints more than anybody uses
SHOWN = 40


def print_proposals(home: Home, shows_all: bool, is_json: bool) -> None:
    """Print each proposal with a number, the lines that it adds, and what speaks for it.

    Raises `NoBuild`.
    """
    from warehouse.explain import mapping

    found = mapping.proposals(home)
    if is_json:
        print_json([asdict(proposal) for proposal in found])
        return
    shown = found if shows_all else found[:SHOWN]
    for number, proposal in enumerate(shown, 1):
        _print_lines(number, proposal)
        label = " ".join(proposal.label.split())
        told = _('"{label}" in {place}: {evidence}')
        evidence = in_language("; ".join(proposal.evidence))
        print("   " + told.format(label=label, place=proposal.place, evidence=evidence))
    is_synthetic = intake.is_synthetic(home)
    if len(shown) < len(found):
        more = _("{count} more: `yearbook map --all`").format(count=len(found) - len(shown))
        say(more, is_synthetic)
    if found:
        said = _(
            "write lines into {place} with `yearbook map --accept 1,2,…`, then `yearbook refresh`"
        )
        say(said.format(place=home.judgement), is_synthetic)
    else:
        said = _("nothing to propose: catalog.unmapped_label lists what is not mapped")
        say(said, is_synthetic)


def accept_proposals(home: Home, numbers: str) -> None:
    """Write the proposals of these numbers ("1,3=name") into the home, and print their lines.

    What is accepted has no number any more, and what is left is numbered anew. Raises
    `WarehouseError`.
    """
    from warehouse.explain import mapping

    wanted: dict[int, str | None] = {}
    for part in numbers.split(","):
        number, _equals, name = part.strip().partition("=")
        if not number.isdecimal():
            raise WarehouseError(f"`{numbers}` is no list of numbers such as 1,3 or 1,3=name")
        wanted[int(number)] = name.strip() or None
    chosen = mapping.chosen(mapping.proposals(home), wanted)
    paths = mapping.accept(home, chosen.values())
    for each, proposal in chosen.items():
        _print_lines(each, proposal)
    for path in paths:
        said = _("{file}: look at its last lines, then run `yearbook refresh`")
        say(said.format(file=path), intake.is_synthetic(home))


def _print_lines(number: int, proposal: "Proposal") -> None:
    for place, line in enumerate(proposal.lines):
        values = (line.values.get(column, "") for column in KINDS[line.table].model_fields)
        print(f"{number if place == 0 else ' '}  {line.table}.csv: {_csv_line(values)}")


def _csv_line(values: Iterable[str]) -> str:
    """The values as a table has them, without what is empty at the end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue().rstrip(",")
