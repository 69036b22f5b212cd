"""dbt's manifest: what it read out of its project. It belongs to the code and not to a home.

dbt reads the project once a state of the code; the manifest is kept for every home and process in
`dbt_project/target/manifests/<state>`, or, where the project cannot be written to, in
`$XDG_CACHE_HOME/yearbook` (`~/.cache/yearbook`). Only `keep` writes there: whoever merely imports
the definitions finds it there, or waits until dbt has read the project and leaves nothing behind.
"""

import hashlib
import json
import os
import pickle
import shutil
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from orchestration.dbt_command import DBT_PROJECT, invoke
from orchestration.lock import exclusively
from warehouse.store.releases import code

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_PACKAGES = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb")
_WRITTEN, _PARSED = "manifest.json", "manifest.pickle"


def keep() -> None:
    """Have dbt read the project, unless its manifest is kept already. Raises `DbtError`."""
    if _kept():
        return
    cache_folder = _cache_folder()
    with exclusively(cache_folder / "parse.lock"):
        if _kept():  # another process was first
            return
        unfinished = cache_folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # Here dbt keeps what it needs to read, the next time, only what has changed
        _write(_parse(cache_folder / "parsing"), unfinished)
        for outdated in cache_folder.glob("[0-9a-f]*"):
            shutil.rmtree(outdated)
        os.rename(unfinished, cache_folder / _state())


@cache
def described() -> dict[str, Any]:
    """The manifest as dbt documents it (`manifest.json`). Raises `DbtError`."""
    if folder := _kept():
        return json.loads((folder / _WRITTEN).read_bytes())
    return json.loads(json.dumps(parsed().writable_manifest().to_dict(omit_none=False)))


@cache
def parsed() -> "Manifest":
    """The manifest as dbt takes it, so that it need not read the project. Raises `DbtError`."""
    if folder := _kept():
        return pickle.loads((folder / _PARSED).read_bytes())
    with TemporaryDirectory() as place:
        return _parse(Path(place))


def _parse(artefacts: Path) -> "Manifest":
    # The name of the file is that of the catalog; nothing is read from it or written to it
    return invoke(["parse", "--no-write-json"], Path("build.duckdb"), artefacts).result


def _write(manifest: "Manifest", folder: Path) -> None:
    folder.mkdir()
    (folder / _PARSED).write_bytes(pickle.dumps(manifest))
    manifest.write(str(folder / _WRITTEN))


def _kept() -> Path | None:
    """The folder of the manifest of the project as it is now, if there is one."""
    folders = (place / _state() for place in _places())
    return next((folder for folder in folders if folder.is_dir()), None)


def _cache_folder() -> Path:
    """Beside the project, or in the user's cache where the project cannot be written to."""
    beside, of_the_user = _places()
    return beside if os.access(DBT_PROJECT, os.W_OK) else of_the_user


def _places() -> tuple[Path, Path]:
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    project = hashlib.sha256(str(DBT_PROJECT).encode()).hexdigest()[:16]
    return DBT_PROJECT / "target" / "manifests", cache_home / "yearbook" / "manifests" / project


def _state() -> str:
    """SHA-256 over all that a manifest depends on: the project and where it lies, and dbt."""
    versions = [sys.version, *(f"{package} {version(package)}" for package in _PACKAGES)]
    digest = hashlib.sha256("\n".join([str(DBT_PROJECT), *versions]).encode())
    for file in sorted(code(DBT_PROJECT)):
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
