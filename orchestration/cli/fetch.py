"""Fetching a source into a home: the only command that reaches the network."""

from datetime import date
from gettext import gettext as _

from orchestration import intake
from orchestration.progress import say
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.intake import landing
from warehouse.sources import fetching


def fetch(
    home: Home, source_id: str, first: int, last: int | None, base_url: str | None, today: date
) -> None:
    """Fetch years of a source into the landing folder; `last` is last year if it is left out.

    Raises WarehouseError; what has arrived is kept.
    """
    if intake.is_synthetic(home) or any(file.synthetic for file in landing.scan(home.landing)):
        raise WarehouseError(
            f"{home.root} is a demonstration, which real data must not join: fetch into another "
            "home (--home DIR)"
        )
    run = fetching.fetch(
        home.landing,
        source_id,
        first,
        today.year - 1 if last is None else last,
        today=today,
        base_url=base_url,
        say=lambda text: say(text, is_synthetic=False),
    )
    said = _("in {folder}; now run `yearbook refresh`")
    say(said.format(folder=run.folder), is_synthetic=False)
