"""The units by which systemd keeps the services of a home running for a user."""

import os
import re
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

from warehouse.contract.files import write_atomically
from warehouse.contract.home import Home

YEARBOOK = str(Path(sys.executable).with_name("yearbook"))
# YEARBOOK_STORAGE with its password belongs into the file, which nobody else can read
_UNIT = """\
[Unit]
Description=Yearbook {part} of {home}

[Service]
Type=exec
ExecStart={command}
EnvironmentFile=-%E/yearbook/{name}.env
Restart=on-failure
RestartSec=10
TimeoutStopSec=30

[Install]
WantedBy=default.target
"""


def units(home: Home, port: int) -> dict[str, str]:
    """The text of each unit by its name, which differs from home to home."""
    number = zlib.crc32(os.fsencode(home.root))
    name = f"yearbook-{re.sub(r'[^A-Za-z0-9_]+', '-', home.root.name)}-{number:08x}"
    texts = {}
    for part, more in {"webserver": ["--port", str(port)], "daemon": []}.items():
        command = [YEARBOOK, "ui", "--only", part, "--home", str(home.root), *more]
        texts[f"{name}-{part}.service"] = _UNIT.format(
            part=part,
            home=_literal(str(home.root)),
            command=" ".join(map(_word, command)),
            name=name,
        )
    return texts


def install(texts: Mapping[str, str]) -> list[Path]:
    """Write units where systemd looks for those of this user; returns where they are."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    paths = [config / "systemd" / "user" / name for name in texts]
    for path, text in zip(paths, texts.values()):
        write_atomically(path, text)
    return paths


def _word(text: str) -> str:
    """One word of a command, as systemd.service(5) and systemd.syntax(7) have it."""
    for special, instead in (("\\", "\\\\"), ('"', '\\"'), ("$", "$$")):
        text = text.replace(special, instead)
    return f'"{_literal(text)}"'


def _literal(text: str) -> str:
    return text.replace("%", "%%").replace("\n", "\\n")
