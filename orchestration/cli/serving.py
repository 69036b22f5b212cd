"""The Dagster UI of a home."""

import os
import signal
import sys
from typing import Annotated

import typer

from orchestration.cli.app import HomeOption, app, place_of


@app.command()
def ui(
    home: HomeOption = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port on 127.0.0.1 [first free one from 3000 on]"),
    ] = None,
) -> None:
    """Open the Dagster UI on 127.0.0.1; Ctrl-C stops it."""
    from orchestration import dbt_manifest, instance, intake, ports
    from orchestration.progress import say
    from warehouse.store.releases import PROJECT

    with place_of(home) as place:
        chosen = ports.chosen(port)
        instance.prepare(place)
        dbt_manifest.keep()  # Dagster's several processes would each have dbt read the project
        say(f"http://{ports.HOST}:{chosen} shows {place.root}", intake.is_synthetic(place))
    # A process that a script starts in the background inherits ignored signals, and would not stop
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(PROJECT)
    arguments = ["-w", "workspace.yaml", "-h", ports.HOST, "-p", str(chosen)]
    os.execv(sys.executable, [sys.executable, "-m", "orchestration.services", *arguments])
