"""What `yearbook map` says and does."""

import csv
import io
from collections.abc import Sequence

from orchestration import intake
from orchestration.progress import say
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home


def print_proposals(home: Home) -> None:
    """Print a numbered line for a seed a label that changed, and what speaks for it.

    Raises `NoRelease`.
    """
    from warehouse.explain import drift

    found = drift.proposals(home)
    for number, proposal in enumerate(found, 1):
        print(f"{number}  seeds/{proposal.seed}: {_csv_line(proposal.line)}")
        print(f'   "{proposal.label}" in {proposal.place}: {"; ".join(proposal.evidence)}')
    is_synthetic = intake.is_synthetic(home)
    if found:
        say(
            "append lines with `yearbook map --accept 1,2,…`, then `yearbook refresh`", is_synthetic
        )
    else:
        say("no label seems to have changed; catalog.unmapped_label lists the others", is_synthetic)


def accept_proposals(home: Home, numbers: str) -> None:
    """Append the proposals of these numbers ("1,3") to the seeds. Raises `WarehouseError`."""
    from warehouse.explain import drift

    try:
        wanted = [int(number) for number in numbers.split(",")]
    except ValueError:
        raise WarehouseError(f"`{numbers}` is no list of numbers such as 1,3") from None
    for path in drift.accept(drift.proposals(home), wanted):
        say(
            f"{path}: look at its last lines, then run `yearbook refresh`",
            intake.is_synthetic(home),
        )


def _csv_line(line: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(line)
    return text.getvalue()
