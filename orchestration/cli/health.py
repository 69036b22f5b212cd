"""Whether the machine and a home are in order: doctor."""

from gettext import gettext as _
from typing import Annotated

import typer

from orchestration.cli.app import HomeOption, JsonOption, app, place_of


@app.command()
def doctor(
    home: HomeOption = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended")] = False,
    json: JsonOption = False,
) -> None:
    """Check the machine and every hash of a home; exit status 1 if anything is wrong."""
    with place_of(home) as place:
        from orchestration import doctor as checks
        from orchestration.cli.printing import print_json, print_table

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
        else:
            rows = [(f.check, _("mend") if f.mend else "ok", f.found, f.mend) for f in found]
            print_table([_("check"), "", _("found"), _("mend")], rows, None)
        if any(finding.mend for finding in found):
            raise typer.Exit(1)
