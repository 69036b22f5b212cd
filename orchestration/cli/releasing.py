"""Releases for others, and what differs between two of them."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.app import HomeOption, app, place_of


@app.command()
def release(
    public: Annotated[
        Path, typer.Option("--public", metavar="DIR", help="Folder that can be uploaded as it is")
    ],
    name: Annotated[
        str, typer.Option("--release", metavar="RELEASE", help="Name, date or folder of a release")
    ] = "current",
    home: HomeOption = None,
) -> None:
    """Write a release that may be handed on: without values whose source forbids that."""
    with place_of(home) as place:
        from orchestration import intake, translations
        from orchestration.progress import say
        from warehouse.store import choosing, public_release
        from warehouse.store.release_tables import OF_THE_RELEASE

        chosen = choosing.folder_of(place, name)
        described = translations.translated(OF_THE_RELEASE)
        found = public_release.write(chosen, public.absolute(), described)
        rows, values = sum(each.rows for each in found), sum(each.values for each in found)
        sources = ", ".join(sorted({each.source_id for each in found}))
        left = (
            f"without {rows:,} rows and {values:,} single values of {sources}" if found else "all"
        )
        said = f"{public} has {chosen.resolve().name}, {left}; see README.md in it"
        say(said, intake.is_synthetic(place))
