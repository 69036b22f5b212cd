"""Releases: what analysts read. Made beside the last one, then switched to in one step.

A release is a folder `releases/<name>/` with a read-only database (schemas `catalog`, `marts` and
`results`; `release_database`), what describes it (`package`) and `release.json` with the hash of
all of it; `releases/current` points at the newest.
It has no clock in it: the same snapshots and the same code give the same name and the same tables.
A release as of a date is made of the files published by then, and of nothing that came later.
"""

import errno
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse.contract import files
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.contract.tables import Table
from warehouse.store.release_tables import TRADE_ROWS

if TYPE_CHECKING:
    from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[2]
DATABASE = "yearbook.duckdb"
FACTS = "release.json"
PARQUET = "parquet"
CURRENT = "current"
SYNTHETIC = "SYNTHETIC"
# What a release is made from
FILES, VERDICTS, JUDGEMENT, CODE = "files", "verdicts", "judgement", "code"
# What decides a number: the code of the four folders and the versions of the packages.
CODE_FOLDERS = ("analytics", "dbt_project", "orchestration", "warehouse")
_CODE_SUFFIXES = {*(".css", ".csv", ".html", ".jinja", ".js", ".md", ".po", ".py", ".sql", ".yml")}
_NOT_CODE = {"__pycache__", "dbt_packages", "logs", "target"}


class NoRelease(WarehouseError):
    """There is no release to read yet; the message says how to make one."""


def none_yet(home: Home) -> NoRelease:
    """What is raised for a home without a release."""
    return NoRelease(
        f"there is no release in {home.root} yet; run `yearbook refresh` with files in "
        f"{home.landing}, or `yearbook demo` to see one made from synthetic data"
    )


class DamagedRelease(WarehouseError):
    """The current release is not what was written; the message says how it is made anew."""


class OtherVersion(WarehouseError):
    """The current release has other tables than this version knows; the message says the mend."""


@dataclass(frozen=True)
class Release:
    """What a release is made from; `name` and `label` follow from it.

    `fingerprints` are those of its parts, by which two releases tell why they differ. `engine` ran
    its SQL, which decides nothing.
    """

    fingerprint: str
    is_synthetic: bool
    newest_published_on: date
    as_of: date | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    engine: str = "duckdb"

    @property
    def name(self) -> str:
        prefix = f"{SYNTHETIC}-" if self.is_synthetic else ""
        when = f"as-of-{self.as_of}" if self.as_of else self.newest_published_on
        return f"{prefix}{when}-{self.fingerprint[:8]}"

    @property
    def label(self) -> str:
        what = f"{SYNTHETIC} demonstration data" if self.is_synthetic else "Yearbook"
        return f"{what}, release {self.name}"

    @property
    def citation(self) -> str:
        from warehouse.store.package import citation

        return citation.sentence(self.label, self.fingerprint, self.newest_published_on.year)

    @property
    def row(self) -> dict[str, Any]:
        """What `catalog.release` says of it."""
        return {
            "release": self.name,
            "is_synthetic": self.is_synthetic,
            "label": self.label,
            "fingerprint": self.fingerprint,
            "newest_published_on": self.newest_published_on,
            "as_of": self.as_of,
            "citation": self.citation,
        }


def fingerprint(home: Home, as_of: date | None = None, project: Path = PROJECT) -> str:
    """SHA-256 over everything that decides a release: all of `fingerprints`, and its date."""
    return fingerprint_of(fingerprints(home, as_of, project), as_of)


def fingerprint_of(parts: Mapping[str, str], as_of: date | None) -> str:
    """SHA-256 over `fingerprints`, and the date as of which they are."""
    return hashlib.sha256(f"as of {as_of}\n{json.dumps(parts)}".encode()).hexdigest()


def fingerprints(home: Home, as_of: date | None = None, project: Path = PROJECT) -> dict[str, str]:
    """SHA-256 over the facts of every landed file, verdicts, judgement and code, each by itself.

    `as_of` leaves out what was published later, so that a later edition changes nothing.
    """
    from warehouse.intake import judgement, snapshots  # bring pyarrow, which no query needs

    lock = project / "requirements.lock"
    of_code = [file for folder in CODE_FOLDERS for file in code(project / folder)]
    return {
        FILES: _digest(home.snapshots, snapshots.facts_files(home, as_of)),
        VERDICTS: _digest(home.snapshots, snapshots.verdict_files(home)),
        JUDGEMENT: _digest(home.root, judgement.files(home)),
        CODE: _digest(
            project,
            [*of_code, *([lock] if lock.exists() else [])],
            packages() if is_installed() else [],
        ),
    }


def _digest(root: Path, paths: Iterable[Path], further: Sequence[str] = ()) -> str:
    digest = hashlib.sha256("\n".join(further).encode())
    for file in sorted(paths):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def is_installed() -> bool:
    """Whether this is no checkout, but what `pip install` has put among the packages."""
    return PROJECT.name in ("site-packages", "dist-packages")


def asked() -> "list[Requirement]":
    """The packages that the program needs on this machine, without its extras."""
    from packaging.requirements import Requirement

    every = [Requirement(text) for text in requires("yearbook") or ()]
    return [each for each in every if not each.marker or each.marker.evaluate({"extra": ""})]


def packages() -> list[str]:
    """What the program needs, each as it is installed: `name version`."""
    return sorted(f"{each.name} {version(each.name)}" for each in asked())


def code(folder: Path) -> list[Path]:
    """The files under a folder of the project that decide what a refresh computes."""
    return [
        file
        for file in folder.rglob("*")
        if file.suffix in _CODE_SUFFIXES and not _NOT_CODE & set(file.relative_to(folder).parts)
    ]


def publish(
    home: Home,
    release: Release,
    described: Mapping[str, Table],
    checks: Mapping[str, object],
    further: Sequence[Callable[[Path], None]] = (),
    rows: Sequence[Path] = (),
) -> Path:
    """Make the release from the build file and point `current` at it; returns its folder.

    `described` has every table by its address; one that it lacks is an error. `checks` is the
    summary of the checks, kept in `release.json`. `further` write what else belongs to it, made of
    its tables: each is given its folder. `rows` are the files of rows of trade statistics below
    `home.raw` that it is made of. A release that already exists is not written again, unless
    it is damaged. Raises as `release_database.write` does.
    """
    _remove_leftovers(home)
    folder = home.releases / release.name
    if not is_whole(folder):
        unfinished = home.releases / f".{release.name}.tmp"
        unfinished.mkdir(parents=True)
        tables = _write_tables(home, unfinished, release, described, rows)
        for write in further:
            write(unfinished)
        facts = {"name": release.name, **asdict(release), "citation": release.citation}
        facts |= {"tables": tables, "checks": checks}
        _make_read_only(unfinished)  # first, for a hash is asked for anew when a file has changed
        facts |= {"sha256": _hashes(unfinished)}
        files.write_sealed(unfinished / FACTS, facts, indent=2)
        _seal(unfinished)
        if os.path.lexists(folder):
            os.rename(folder, home.releases / f".{release.name}.damaged.tmp")
        os.rename(unfinished, folder)
        _remove_leftovers(home)
    _point_current_at(home, release.name)
    return folder


def return_to(home: Home, fingerprint: str) -> bool:
    """Point `current` at the whole release of a fingerprint, if there is one."""
    for name, facts in made(home).items():
        if facts and facts["fingerprint"] == fingerprint and is_whole(home.releases / name):
            _point_current_at(home, name)
            return True
    return False


def made(home: Home) -> dict[str, dict | None]:
    """The `release.json` of every release by its name; None for one that is damaged."""
    folders = [path for path in home.releases.glob("[!.]*") if path.name != CURRENT]
    return {folder.name: facts_of(folder) for folder in sorted(folders)}


def set_damaged_aside(home: Home) -> None:
    """Have nobody read a damaged release that is not the current one: a refresh makes only that."""
    link = home.releases / CURRENT
    for name in made(home):
        folder = home.releases / name
        if folder != link.resolve() and not is_whole(folder):
            folder.rename(folder.with_name(f".{name}.damaged"))


def current(home: Home) -> dict | None:
    """The `release.json` of the current release; None if there is none, or it is damaged."""
    folder = home.releases / CURRENT
    return facts_of(folder) if is_whole(folder) else None


def connect_current(
    home: Home, megabytes: int | None = None, has_files: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection to the current release that can read its tables and do nothing else.

    Files, other databases and extensions are out of reach, and no setting can be changed. With
    `megabytes`, a query that needs more memory fails. With `has_files` the Parquet files of the
    release can be read, and written: not for the queries of others. An open connection keeps
    reading its release after `current` has moved on. Raises `NoRelease`, `DamagedRelease` if the
    database is not what was written, and PermissionError if this user may not read it.
    """
    link = home.releases / CURRENT
    try:
        link.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise none_yet(home) from None
    folder = link.resolve()
    facts = facts_of(folder)
    if facts is None or not _holds(folder, _of_database(facts)):
        raise _damaged(home)
    try:
        connection = duckdb.connect(str(folder / DATABASE), read_only=True)
        if megabytes is not None:
            connection.execute(f"set memory_limit = '{megabytes}MB'; set temp_directory = ''")
        if has_files:
            connection.execute("set allowed_directories = $1", [[str(folder / PARQUET)]])
        connection.execute("set enable_external_access = false; set lock_configuration = true")
    except duckdb.Error:
        raise _damaged(home) from None
    return connection


def check_current(home: Home) -> None:
    """Raise `DamagedRelease` if a file of the current release is not what was written.

    For those whose query failed: the hash of every file takes longer than most queries.
    """
    if os.path.lexists(home.releases / CURRENT) and current(home) is None:
        raise _damaged(home)


def check_version(home: Home) -> None:
    """Raise `OtherVersion` if the current release was made by other code than this."""
    found = current(home)
    if found and found["fingerprint"] != fingerprint(home):
        raise OtherVersion(
            f"release {found['name']} was made by another version of Yearbook, or of other files, "
            "and lacks what is asked for: `yearbook refresh` makes one of this version"
        )


def _damaged(home: Home) -> DamagedRelease | PermissionError:
    """What is wrong with the current release: it is damaged, or of another user."""
    folder = (home.releases / CURRENT).resolve()
    for path in (folder, folder / FACTS, folder / DATABASE):
        if os.path.exists(path) and not os.access(path, os.R_OK):
            return PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return DamagedRelease(
        f"release {folder.name} in {home.releases} is damaged: `yearbook refresh` makes it anew"
    )


def facts_of(folder: Path) -> dict | None:
    """The `release.json` of a release, None if it is missing or damaged.

    Of a release of an older version, which has no hash of its facts, as it stands.
    """
    try:
        facts = files.read_object(folder / FACTS)
        if files.SEAL in facts:
            facts = files.read_sealed(folder / FACTS)
    except files.Damaged:
        return None
    is_of_here = facts.get("name") == folder.resolve().name and "fingerprint" in facts
    return {"sha256": {}} | facts if is_of_here else None


def files_taken(folder: Path) -> list[tuple[str, str, str]]:
    """Name, source and SHA-256 of each file whose values a release has."""
    with duckdb.connect(str(folder / DATABASE), read_only=True) as release:
        return release.execute(
            "select concat_ws('/', source_id, edition, file_name), source_id, snapshot_sha256 "
            "from catalog.dim_file where role = 'taken' order by all"
        ).fetchall()


def forgotten(home: Home, names: Iterable[str]) -> dict[str, str]:
    """Files that these releases took, and whose facts are gone: the last release that has each.

    A file that was landed anew with other bytes is known by its name.
    """
    from warehouse.intake import snapshots

    landed = snapshots.known(home)
    names_known = {file.name for file in landed}
    bytes_known = {(file.source_id, file.snapshot_sha256) for file in landed}
    return {
        file: name
        for name in sorted(names)
        if is_whole(home.releases / name)
        for file, source_id, sha256 in files_taken(home.releases / name)
        if file not in names_known and (source_id, sha256) not in bytes_known
    }


def moved(home: Home, name: str) -> dict[str, str]:
    """Files that a release took and that are known under later editions alone: the first name.

    Who renames a folder means that; who clears landing of an edition that was published again with
    the same bytes may not.
    """
    from warehouse.intake import snapshots

    landed = snapshots.known(home)
    names_known = {file.name for file in landed}
    first = {(file.source_id, file.snapshot_sha256): file for file in reversed(landed)}
    return {
        file: now.name
        for file, source_id, sha256 in files_taken(home.releases / name)
        if file not in names_known
        and (now := first.get((source_id, sha256)))
        and now.edition > file.split("/")[1]
    }


def is_whole(folder: Path) -> bool:
    """Whether every file of a release is what was written."""
    facts = facts_of(folder)
    return facts is not None and _holds(folder, facts["sha256"])


def _of_database(facts: Mapping) -> dict[str, str]:
    return {name: sha256 for name, sha256 in facts["sha256"].items() if name == DATABASE}


def _holds(folder: Path, hashes: Mapping[str, str]) -> bool:
    return all(files.has_sha256(folder / name, sha256) for name, sha256 in hashes.items())


def _hashes(folder: Path) -> dict[str, str]:
    """The hashes of the tables of a release, in its database and as Parquet."""
    tables = files.below(folder)
    return {path.relative_to(folder).as_posix(): files.sha256_of(path) for path in tables}


def _remove_leftovers(home: Home) -> None:
    """A killed refresh leaves a `.…tmp` behind; only one refresh runs at a time."""
    home.releases.mkdir(parents=True, exist_ok=True)
    for leftover in home.releases.glob(".*.tmp"):
        files.remove(leftover)


def _write_tables(
    home: Home,
    folder: Path,
    release: Release,
    described: Mapping[str, Table],
    rows: Sequence[Path],
) -> dict[str, int]:
    """Write the database and what describes it; returns the rows of each table."""
    # These bring pyarrow, which no query needs
    from warehouse.store import build, package, release_database
    from warehouse.store.package import trade_rows

    file = folder / DATABASE
    trade_rows.put(home.raw, rows, folder)
    beside = [TRADE_ROWS] if rows else []
    release_database.write(build.path(home), file, described, release.row, beside)
    with duckdb.connect(str(file), read_only=True, config=build.SMALL_WORK) as database:
        contents = package.write(database, folder)
    return {table.address: table.rows for table in contents.all_tables}


def _make_read_only(folder: Path) -> None:
    for path in files.below(folder):
        files.make_read_only(path)


def _seal(folder: Path) -> None:
    """Make its facts read-only as well, and make sure that all of it has reached the disk."""
    files.make_read_only(folder / FACTS)
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _point_current_at(home: Home, name: str) -> None:
    link = home.releases / CURRENT
    if link.is_symlink() and os.readlink(link) == name:
        return
    unfinished = home.releases / ".current.tmp"
    unfinished.symlink_to(name, target_is_directory=True)
    files.replace(unfinished, link)
    _sync(home.releases)


def _sync(path: Path) -> None:
    if sys.platform == "win32" and path.is_dir():
        return  # Windows opens no folder, and writes one when a file in it is written
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
