"""The Dagster UI of a home, opened by hand or kept running by the system."""

import os
import signal
import subprocess
import sys
from enum import StrEnum
from gettext import gettext as _
from typing import Annotated

import typer

from orchestration.cli.app import HomeOption, app, place_of

PortOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, help="Port [the home's own of 3000 to 3999, or the next free one]"
    ),
]


class Part(StrEnum):
    """What the UI consists of."""

    webserver = "webserver"
    daemon = "daemon"


@app.command()
def ui(
    home: HomeOption = None,
    port: PortOption = None,
    only: Annotated[
        Part | None, typer.Option(help="Only the pages, or only what starts runs [both]")
    ] = None,
    listen: Annotated[
        str, typer.Option(metavar="ADDRESS", help="0.0.0.0 in a container, where nothing else is")
    ] = "127.0.0.1",
) -> None:
    """Open the Dagster UI on 127.0.0.1; Ctrl-C stops it."""
    from orchestration import dbt_manifest, instance, intake, ports
    from orchestration.progress import say
    from warehouse.store.releases import PROJECT

    with place_of(home) as place:
        code = ["-m", "orchestration.definitions"]
        pages: list[str] = []
        if only != Part.daemon:
            chosen = ports.chosen(port, place, listen)
            pages = ["-h", listen, "-p", str(chosen)]
        instance.prepare(place)
        instance.check_storage(place)
        instance.check_history(place)
        dbt_manifest.keep()  # Dagster's several processes would each have dbt read the project
        said = _("{address} shows {home}") if pages else _("the daemon heeds {home}")
        address = f"http://{ports.HOST}:{chosen}" if pages else ""
        say(said.format(address=address, home=place.root), intake.is_synthetic(place))
    # A process that a script starts in the background inherits ignored signals, and would not stop
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(PROJECT)
    command = {
        None: ["orchestration.services"],
        Part.webserver: ["orchestration.webserver"],
        Part.daemon: ["dagster._daemon", "run"],
    }[only]
    line = [sys.executable, "-m", *command, *code, *pages]
    if sys.platform == "win32":  # which starts another process beside this one that ends at once
        raise typer.Exit(subprocess.call(line))
    os.execv(sys.executable, line)


@app.command()
def service(
    home: HomeOption = None,
    port: PortOption = None,
    install: Annotated[
        bool, typer.Option("--install", help="Write the units where systemd finds them")
    ] = False,
) -> None:
    """Print the systemd units that keep the UI of a home, and what starts its runs, running."""
    with place_of(home) as place:
        from orchestration import ports, units
        from orchestration.progress import say

        chosen = port or ports.of(place)
        texts = units.units(place, chosen)
        if not install:
            for name, text in texts.items():
                print(f"# {name}\n{text}")
            return
        for path in units.install(texts):
            say(_("{path} is written").format(path=path), is_synthetic=False)
        said = _(
            "start them: systemctl --user enable --now {units}; have them run while nobody is "
            "logged in: loginctl enable-linger; the pages: {address}"
        )
        address = f"http://{ports.HOST}:{chosen}"
        say(said.format(units=" ".join(texts), address=address), is_synthetic=False)
