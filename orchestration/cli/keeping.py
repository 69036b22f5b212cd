"""What keeps a home over the years: prune, pin, backup, restore."""

from dataclasses import asdict
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.app import HomeOption, JsonOption, app, can_be_quiet, place_of

# A backup by night waits for the refresh that it meets
_PATIENCE_SECONDS = 3600.0


@app.command()
@can_be_quiet
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go")] = False,
    is_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Remove releases, runs and drafts that policy.yml of the home does not keep."""
    with place_of(home) as place:
        from orchestration import intake, pruning
        from orchestration.cli.printing import print_json
        from orchestration.progress import say

        said = _("would go") if dry_run else _("removed")
        found = pruning.prune(place, dry_run)
        if is_json:
            print_json([asdict(pruned) for pruned in found])
            return
        for pruned in found:
            names = f": {', '.join(pruned.names)}" if pruned.names else ""
            size = f"{pruned.size / 1e6:.1f} MB"
            say(
                f"{_(pruned.kind):<10}{len(pruned.names)} {said}, {size}{names}",
                intake.is_synthetic(place),
            )


@app.command()
def pin(
    release: Annotated[
        str | None, typer.Argument(metavar="[RELEASE]", help="A release, or `current`")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option("--for", metavar="TEXT", help="What cites it")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Pin it no longer")] = False,
    is_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Have a release that is cited kept for ever; without one, list what is pinned."""
    if release is None and (purpose or undo):
        raise typer.BadParameter(_("name the release, such as `current`"))
    if release is not None and not (purpose or undo):
        raise typer.BadParameter(_('say what for: --for "Table 3 of our paper"'))
    with place_of(home) as place:
        from orchestration import intake, lock
        from orchestration.cli.printing import print_json
        from orchestration.progress import say
        from warehouse.store import retention

        if release is None:
            pins = retention.pins(place)
            if is_json:
                print_json([{"release": name, "for": text} for name, text in pins.items()])
                return
            for name, text in pins.items():
                print(f"{name}: {text}")
            if not pins:
                say(_("no release is pinned"), intake.is_synthetic(place))
            return
        with lock.refreshing(place):  # what is pruned now cannot be pinned
            if undo:
                name = retention.unpin(place, release)
                said = _("{release} is pinned no longer")
            else:
                name = retention.pin(place, release, purpose or "")
                said = _("{release} is pinned: `yearbook prune` keeps it")
        say(said.format(release=name), intake.is_synthetic(place))


ArchiveArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Archive, such as home.tgz")]


@app.command()
@can_be_quiet
def backup(archive: ArchiveArgument, home: HomeOption = None) -> None:
    """Write all of a home that cannot be made again into one archive, and try to restore it."""
    with place_of(home) as place:
        from orchestration import intake, lock
        from orchestration.progress import say
        from warehouse.store import archive as archives

        with lock.refreshing(place, _PATIENCE_SECONDS):
            count = archives.write(place, archive.absolute())
        size = f"{archive.stat().st_size / 1e6:.1f} MB"
        said = _("{archive} has {count} files in {size}, and could be restored")
        said = said.format(archive=archive, count=count, size=size)
        say(said, intake.is_synthetic(place))


@app.command()
@can_be_quiet
def restore(archive: ArchiveArgument, home: HomeOption = None) -> None:
    """Make a home of an archive of `yearbook backup`, in a folder that is not there yet."""
    with place_of(home) as place:
        from orchestration import intake
        from orchestration.progress import say
        from warehouse.store import archive as archives

        count = archives.restore(archive.absolute(), place)
        said = _("{home} has its {count} files again: `yearbook refresh` makes the rest of them")
        say(said.format(home=place.root, count=count), intake.is_synthetic(place))
