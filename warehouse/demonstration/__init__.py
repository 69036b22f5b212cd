"""A synthetic edition in the layouts of the real sources, for trying the warehouse out."""

from pathlib import Path

from warehouse.demonstration.economy import simulate
from warehouse.demonstration.international import write_international
from warehouse.demonstration.layouts import write_all


def write(landing: Path) -> None:
    """Write simulated yearbook files for 31 provinces, 2012-2022, below `landing`.

    Every run writes the same bytes. Each edition says `synthetic: true`, and the files say
    SYNTHETIC wherever a real one has a note or a source line.
    """
    economy = simulate()
    write_all(economy, landing)
    write_international(economy, landing)
