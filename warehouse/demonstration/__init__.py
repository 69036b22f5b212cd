"""A synthetic edition in the layouts of the real sources, for trying the warehouse out."""

from pathlib import Path

from warehouse.demonstration import international, layouts, portal_api, vendors, world
from warehouse.demonstration.economy import simulate


def write(landing: Path) -> None:
    """Write simulated yearbook files for 31 provinces, 2012-2022, and a world, below `landing`.

    Every run writes the same bytes. Each edition says `synthetic: true`, and the files say
    SYNTHETIC wherever a real one has a note or a source line.
    """
    economy = simulate()
    layouts.write_all(economy, landing)
    portal_api.write_portal_answers(economy, landing / "nbs_portal")
    international.write_international(economy, landing)
    vendors.write_all(economy, landing)
    world.write_world(landing)
