"""dbt's manifest: what it read out of its project. It belongs to the code and not to a home.

dbt reads the project once a state of the code; the manifest is kept for every home and process in
`dbt_project/target/manifests/<state>`, or, where the project is installed or cannot be written to,
in the user's cache. Only `keep` writes there: whoever merely imports the definitions finds it
there, or waits until dbt has read the project and leaves nothing behind.
"""

import hashlib
import json
import os
import shutil
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from orchestration import user_cache
from orchestration.dbt_command import DBT_PROJECT, invoke
from orchestration.dbt_ready import Ready
from orchestration.lock import exclusively
from warehouse.contract.files import (
    Damaged,
    has_sha256,
    read_sealed,
    remove,
    sha256_of,
    write_sealed,
)
from warehouse.store import releases

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_PACKAGES = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "jinja2", "mashumaro")
# As dbt documents it, and as dbt itself reads it again; and what it would make of it each time
_WRITTEN, _PARSED, _READY = _FILES = "manifest.json", "partial_parse.msgpack", "ready.marshal"
_HASHES = "sha256.json"


def keep() -> None:
    """Have dbt read the project, unless its manifest is kept already. Raises `DbtError`."""
    if _kept():
        return
    cache_folder = _cache_folder()
    with exclusively(cache_folder / "parse.lock"):
        if _kept():  # another process was first
            return
        # Of the project as it was here the last time dbt reads only what has changed
        made = _parse(cache_folder / "parsing")
        unfinished = cache_folder / "unfinished"
        remove(unfinished)
        unfinished.mkdir()
        for name in _FILES:
            shutil.copy(made / name, unfinished)
        hashes = {name: sha256_of(unfinished / name) for name in _FILES}
        write_sealed(unfinished / _HASHES, hashes)
        for outdated in cache_folder.glob("[0-9a-f]*"):
            remove(outdated)
        os.rename(unfinished, cache_folder / _state())


def described() -> dict[str, Any]:
    """The manifest as dbt documents it (`manifest.json`). Raises `DbtError`."""
    return json.loads(_artefacts()[_WRITTEN])


def parsed() -> "Manifest":
    """The manifest as dbt takes it, so that it need not read the project. Raises `DbtError`.

    One for each command: dbt writes into it what it compiles.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest = Manifest.from_msgpack(_artefacts()[_PARSED], decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    return manifest


def ready() -> Ready:
    """What dbt need not make of its project in this process. Raises `DbtError`."""
    return Ready.of(_artefacts()[_READY])


def without_idle_macros(manifest: "Manifest") -> "Manifest":
    """A manifest whose macros are those that something in it calls, or the adapter by name.

    dbt readies every macro twice for each node, and of its own hundreds few are ever called.
    """
    from dbt.adapters.sql import impl

    by_name = {text for name, text in vars(impl).items() if name.endswith("_MACRO_NAME")}
    made_as = {f"materialization_{node.get_materialization()}" for node in manifest.nodes.values()}
    wanted = {name for node in manifest.nodes.values() for name in node.depends_on.macros}
    for unique_id, macro in manifest.macros.items():
        if macro.name in by_name or macro.name.rpartition("_")[0] in made_as:
            wanted.add(unique_id)
    called: set[str] = set()
    while wanted := wanted - called:
        called |= wanted
        wanted = {name for one in wanted for name in manifest.macros[one].depends_on.macros}
    for idle in manifest.macros.keys() - called:
        del manifest.macros[idle]
    return manifest


@cache
def _artefacts() -> dict[str, bytes]:
    """All files of the manifest, the same for as long as this process lives."""
    with TemporaryDirectory() as place:
        folder = _kept() or _parse(Path(place))
        return {name: (folder / name).read_bytes() for name in _FILES}


def _parse(folder: Path) -> Path:
    """Have dbt read its project; the folder of what it makes of it."""
    ready, made = Ready(), folder / "target"
    with ready.at_hand():
        # The file's name is that of the catalog; nothing is read from it or written to it
        manifest = cast("Manifest", invoke(["parse"], Path("build.duckdb"), folder).result)
        ready.compile_all(without_idle_macros(manifest))
    (made / _READY).write_bytes(ready.content())
    return made


def _kept() -> Path | None:
    """The folder of the manifest of the project as it is now, if there is one and it is whole."""
    folders = (place / _state() for place in _places())
    return next((folder for folder in folders if _is_whole(folder)), None)


def damaged() -> list[Path]:
    """The folders of manifests of the project as it is now that are not what was written."""
    folders = [place / _state() for place in _places()]
    return [folder for folder in folders if folder.exists() and not _is_whole(folder)]


def _is_whole(folder: Path) -> bool:
    """Whether the files of a manifest are what was written."""
    try:
        hashes = read_sealed(folder / _HASHES)
    except Damaged:
        return False
    return all(has_sha256(folder / name, hashes.get(name)) for name in _FILES)


def _cache_folder() -> Path:
    """Beside the project, or in the user's cache where it is installed or cannot be written to."""
    beside, of_the_user = _places()
    is_ours = os.access(DBT_PROJECT, os.W_OK) and not releases.is_installed()
    return beside if is_ours else of_the_user


def _places() -> tuple[Path, Path]:
    project = hashlib.sha256(str(DBT_PROJECT).encode()).hexdigest()[:16]
    return DBT_PROJECT / "target" / "manifests", user_cache.folder("manifests") / project


def _state() -> str:
    """SHA-256 over all that a manifest depends on: the project and where it lies, and dbt."""
    versions = [sys.version, *(f"{package} {version(package)}" for package in _PACKAGES)]
    digest = hashlib.sha256("\n".join([str(DBT_PROJECT), *versions]).encode())
    for file in sorted(releases.code(DBT_PROJECT)):
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
