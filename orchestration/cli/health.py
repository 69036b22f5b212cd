"""Whether the machine and a home are in order: doctor."""

from gettext import gettext as _
from typing import Annotated

import typer

from orchestration.cli.app import HomeOption, JsonOption, app, can_be_quiet, place_of


@app.command()
@can_be_quiet
def doctor(
    home: HomeOption = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended")] = False,
    json: JsonOption = False,
) -> None:
    """Check the machine and every hash of a home; exit status 1 if anything is wrong."""
    with place_of(home) as place:
        from orchestration import doctor as checks
        from orchestration import progress
        from orchestration.cli.printing import print_json, print_table
        from orchestration.translations import in_language

        found = checks.examine(place)
        if fix and any(finding.mend for finding in found):
            checks.fix(place, found)
            found = checks.examine(place)
        if json:
            records = [
                {"check": f.check, "ok": f.mend is None, "found": f.found, "mend": f.mend}
                for f in found
            ]
            print_json(records)
        elif shown := [f for f in found if f.mend or not progress.is_quiet()]:
            rows = [
                (
                    *(f.check, _("mend") if f.mend else _("ok")),
                    *(in_language(text) for text in (f.found, f.mend or "")),
                )
                for f in shown
            ]
            print_table([_("check"), "", _("found"), _("mend")], rows, None)
        if any(finding.mend for finding in found):
            raise typer.Exit(1)
