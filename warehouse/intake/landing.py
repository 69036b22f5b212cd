"""The landing folder: which files lie there and what is declared about them."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path, PurePath

from warehouse.contract.editions import (
    FILE_NAME,
    OF_ANY_FILE,
    Edition,
    FileDeclaration,
    read_edition,
)
from warehouse.contract.errors import Rejected
from warehouse.sources import sources

_EDITION = re.compile(r"\d{4}(-\d{2}){0,2}")


@dataclass(frozen=True)
class LandedFile:
    """One name under `landing/<source>/<edition>/` and the facts about it.

    `path` is where its bytes can be read. `problem` says why it cannot be read whatever its
    content; `remark` is worth knowing but stops nothing. `snapshot_sha256` and `bytes` are None
    only where the file cannot be opened.
    """

    path: Path
    source_id: str
    edition: str
    file_name: str
    snapshot_sha256: str | None = None
    bytes: int | None = None
    published_on: date | None = None
    publisher: str | None = None
    redistributable: bool = False
    synthetic: bool = False
    declaration: FileDeclaration = field(default_factory=FileDeclaration)
    is_declared: bool = False
    problem: str | None = None
    remark: str | None = None

    @property
    def name(self) -> str:
        """The file as people know it: `<source>/<edition>/<file>`."""
        return f"{self.source_id}/{self.edition}/{self.file_name}"

    def describes(self, other: "LandedFile") -> bool:
        """Whether it is `<name>[...].txt` beside `<name>.csv`: what the fields of that file are."""
        stem = PurePath(other.file_name).stem
        return (
            (self.source_id, self.edition) == (other.source_id, other.edition)
            and self.file_name.startswith(f"{stem}[")
            and self.file_name.lower().endswith(".txt")
        )


def scan(landing: Path) -> list[LandedFile]:
    """Every data file below `landing`, in the order of the paths: hashes and declarations only.

    Dot files, README*, `_edition.yml` and the lock files of an open spreadsheet are no data.
    """
    edition_in = cache(_edition_or_refusal)
    return [_landed(landing, path, edition_in(path.parent)) for path in _data_files(landing)]


def _data_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith((".", "~$", "README")) or path.name == FILE_NAME:
            continue
        if path.is_dir():
            yield from _data_files(path)
        else:
            yield path


def _edition_or_refusal(folder: Path) -> Edition | Rejected:
    try:
        return read_edition(folder)
    except Rejected as refusal:
        return refusal


def _landed(landing: Path, path: Path, edition: Edition | Rejected) -> LandedFile:
    file = LandedFile(path, *_place(path.relative_to(landing)))
    try:
        file = replace(file, snapshot_sha256=sha256_of(path), bytes=path.stat().st_size)
        _check_place(file)
        if isinstance(edition, Rejected):
            raise edition
        declaration = edition.declaration(path.name)
    except OSError as error:
        return replace(file, problem=f"cannot be opened: {error.strerror}")
    except Rejected as refusal:
        return replace(file, problem=str(refusal))
    source = sources()[file.source_id]
    return replace(
        file,
        published_on=declaration.published_on,
        publisher=declaration.publisher or source.publisher,
        redistributable=source.redistributable
        if declaration.redistributable is None
        else declaration.redistributable,
        synthetic=edition.synthetic,
        declaration=declaration,
        is_declared=path.name in edition.files,
        remark=_remark(edition, declaration, file),
    )


def _place(relative: Path) -> tuple[str, str, str]:
    """Source, edition and file name of a path below the landing folder; "-" where one lacks."""
    match relative.parts:
        case (file_name,):
            return "-", "-", file_name
        case (source_id, file_name):
            return source_id, "-", file_name
        case (source_id, edition, *rest):
            return source_id, edition, "/".join(rest)
    raise ValueError(f"not below a landing folder: {relative}")


def _check_place(file: LandedFile) -> None:
    """Raise Rejected unless the file lies in a folder `<source>/<edition>/` that exists."""
    advice = "files belong in landing/<source>/<edition>/"
    if file.source_id not in sources():
        known = ", ".join(sources())
        raise Rejected(f"`{file.source_id}` is no known source: {advice}, <source> one of {known}")
    if not _is_edition(file.edition):
        raise Rejected(
            f"`{file.edition}` is no edition: {advice}, <edition> as YYYY, YYYY-MM or YYYY-MM-DD"
        )
    if "/" in file.file_name:
        raise Rejected(f"lies in a folder below its edition: {advice}")


def _is_edition(text: str) -> bool:
    if not _EDITION.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _remark(edition: Edition, declaration: FileDeclaration, file: LandedFile) -> str | None:
    """What the declaration says in vain: names that are not there, keys without a meaning."""
    folder = file.path.parent
    absent = sorted(name for name in edition.files if not (folder / name).exists())
    idle = declaration.model_fields_set - set(OF_ANY_FILE) - sources()[file.source_id].declares
    remarks = []
    if absent:
        remarks.append(f"{FILE_NAME} declares {', '.join(absent)}: no such file beside it")
    if idle:
        keys = ", ".join(f"`{key}`" for key in sorted(idle))
        remarks.append(f"{FILE_NAME} declares {keys}: of no use for {file.source_id}")
    return "; ".join(remarks) or None


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
