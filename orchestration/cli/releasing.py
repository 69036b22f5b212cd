"""Releases for others, and what differs between two of them."""

from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.app import HomeOption, JsonOption, app, can_be_quiet, place_of


@app.command()
@can_be_quiet
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
        from orchestration import intake, translations, user_cache, wording
        from orchestration.progress import say
        from warehouse.report import writing
        from warehouse.store import choosing, public_release
        from warehouse.store.release_tables import OF_THE_RELEASE

        chosen = choosing.folder_of(place, name)
        described = translations.translated(OF_THE_RELEASE)
        write_report = partial(
            writing.write, wording=wording.of_release, kept=user_cache.folder("report")
        )
        found = public_release.write(chosen, public.absolute(), described, [write_report])
        rows, values = sum(each.rows for each in found), sum(each.values for each in found)
        sources = ", ".join(sorted({each.source_id for each in found}))
        left = _("without {rows:,} rows and {values:,} single values of {sources}")
        left = left.format(rows=rows, values=values, sources=sources) if found else _("all of it")
        said = _("{folder} has {release}, {left}; see README.md in it")
        said = said.format(folder=public, release=chosen.resolve().name, left=left)
        say(said, intake.is_synthetic(place))


@app.command()
def diff(
    before: Annotated[
        str,
        typer.Argument(metavar="A", help="Name, date or folder of a release, latest or previous"),
    ] = "previous",
    after: Annotated[str, typer.Argument(metavar="B", help="The release to compare it with")] = (
        "latest"
    ),
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE.html", help="Write it as a page")
    ] = None,
    is_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Say what differs between two releases, table by table, and why."""
    if to is not None and to.suffix != ".html":
        raise typer.BadParameter(_("name a page: --to diff.html"))
    with place_of(home) as place:
        from orchestration import intake
        from orchestration.cli import differing
        from orchestration.progress import say
        from warehouse.explain import differences
        from warehouse.store import choosing

        one, other = (choosing.folder_of(place, text) for text in (before, after))
        found = differences.compare(one, other)
        is_synthetic = intake.is_synthetic(place)
        if to is None:
            differing.print_difference(found, is_json, is_synthetic)
            return
        differing.write_page(found, to, is_synthetic)
        said = _("{file} says what differs between {before} and {after}")
        say(said.format(file=to, before=found.before, after=found.after), is_synthetic)
