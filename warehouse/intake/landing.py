"""The landing folder: which files lie there and what is declared about them."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path, PurePath

from warehouse.contract.editions import (
    FILE_NAME,
    FIRST_YEAR,
    LAST_YEAR,
    OF_ANY_FILE,
    Edition,
    FileDeclaration,
    read_edition,
)
from warehouse.contract.errors import Rejected, WarehouseError
from warehouse.contract.files import sha256_of
from warehouse.sources import sources

_UNWRITABLE = re.compile("[\0-\x1f\x7f\ud800-\udfff]")
_NO_FILES = {stat.S_ISFIFO: "pipe", stat.S_ISSOCK: "socket"}
# The source, or the edition, of what lies in no folder of one
_NOWHERE = "-"
# So many files are told one by one that they lie in no folder of a source
_MOST_MISPLACED = 1000
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
    """Every data file below `landing`, in the order of the names: hashes and declarations only.

    Dot files, README*, `_edition.yml` and the lock files of an open spreadsheet are no data.
    Raises WarehouseError for a folder that cannot be opened, or is none to land files in.
    """
    edition_in = cache(_edition_or_refusal)
    # All names before a byte is read: what is no landing folder may be endless
    found = [
        _landed(landing, path, problem, edition_in(path.parent))
        for path, problem in [*_files_of_sources(landing)]
    ]
    return sorted(found, key=lambda file: (file.source_id, file.edition, file.file_name))


def _files_of_sources(landing: Path) -> Iterator[tuple[Path, str | None]]:
    """`_data_files` of a folder that has one of a source, or few files, which are then misplaced.

    Raises WarehouseError for any other.
    """
    most = None if any((landing / source).is_dir() for source in sources()) else _MOST_MISPLACED
    for number, found in enumerate(_data_files(landing)):
        if number == most:
            raise WarehouseError(
                f"{landing} has more than {most:,} files and no folder of a source: files belong "
                f"in landing/<source>/<edition>/, <source> one of {', '.join(sources())}"
            )
        yield found


def _data_files(landing: Path) -> Iterator[tuple[Path, str | None]]:
    """Each path that is no folder, and why it cannot be read if that is seen from outside."""
    folders = [(landing, frozenset[str]())]
    while folders:
        folder, above = folders.pop()
        real = os.path.realpath(folder)
        if real in above:
            yield folder, "is a link to a folder that it lies in: remove it"
            continue
        try:
            inside = sorted(folder.iterdir()) if folder.is_dir() else []
        except OSError as error:
            if folder == landing:
                raise WarehouseError(f"{landing} cannot be opened: {error.strerror}") from None
            yield folder, f"cannot be opened: {error.strerror}"
            continue
        below = [path for path in inside if os.path.isdir(path) and not _is_no_data(path)]
        folders += [(path, above | {real}) for path in reversed(below)]
        for path in inside:
            if not os.path.isdir(path) and not _is_no_data(path):
                yield path, _kind_problem(path)


def _is_no_data(path: Path) -> bool:
    return path.name.startswith((".", "~$", "README")) or path.name == FILE_NAME


def _kind_problem(path: Path) -> str | None:
    """Why a path cannot be opened: reading a pipe or a device may never end."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"cannot be opened: {error.strerror}"
    if stat.S_ISREG(mode):
        return None
    kind = next((kind for is_it, kind in _NO_FILES.items() if is_it(mode)), "device")
    return f"is a {kind} and no file: remove it, and put the file itself there"


def _edition_or_refusal(folder: Path) -> Edition | Rejected:
    try:
        return read_edition(folder)
    except Rejected as refusal:
        return refusal


def _landed(
    landing: Path, path: Path, problem: str | None, edition: Edition | Rejected
) -> LandedFile:
    file = LandedFile(path, *_place(_readable(path, landing)))
    if problem is not None:
        return replace(file, problem=problem)
    try:
        file = replace(file, snapshot_sha256=sha256_of(path), bytes=path.stat().st_size)
        _check_name(path)
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


def _readable(path: Path, landing: Path) -> PurePath:
    """A path below the landing folder in characters that can be written down."""
    steps = [path, *path.parents][: len(path.relative_to(landing).parts)]
    return PurePath(*map(_readable_name, reversed(steps)))


def _readable_name(path: Path) -> str:
    """The name of a path; one that is no text as what it seems to say, unless that lies there."""
    name = os.fsencode(path.name)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            text = _escaped(name.decode(encoding))
            if text == path.name or not os.path.lexists(path.with_name(text)):
                return text
    return _escaped(name.decode("utf-8", "backslashreplace"))


def _escaped(text: str) -> str:
    return _UNWRITABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _check_name(path: Path) -> None:
    """Raise Rejected unless every character of a file's name can be written down."""
    if _UNWRITABLE.search(path.name):
        raise Rejected(
            "bears a name that is no UTF-8 text or has control characters (archives from Windows "
            "often have names in GBK): rename it"
        )


def _place(relative: PurePath) -> tuple[str, str, str]:
    """Source, edition and file name of a path below the landing folder; "-" where one lacks."""
    match relative.parts:
        case (file_name,):
            return _NOWHERE, _NOWHERE, file_name
        case (source_id, file_name):
            return source_id, _NOWHERE, file_name
        case (source_id, edition, *rest):
            return source_id, edition, "/".join(rest)
    raise ValueError(f"not below a landing folder: {relative}")


def _check_place(file: LandedFile) -> None:
    """Raise Rejected unless the file lies in a folder `<source>/<edition>/` that exists."""
    advice = "files belong in landing/<source>/<edition>/"
    known = ", ".join(sources())
    if file.source_id == _NOWHERE:
        raise Rejected(f"lies in no folder of a source: {advice}, <source> one of {known}")
    if file.source_id not in sources():
        raise Rejected(f"`{file.source_id}` is no known source: {advice}, <source> one of {known}")
    if file.edition == _NOWHERE:
        raise Rejected(
            f"lies in no folder of an edition: {advice}, <edition> as YYYY, YYYY-MM or YYYY-MM-DD"
        )
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
        first = date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return FIRST_YEAR <= first.year <= LAST_YEAR


def _remark(edition: Edition, declaration: FileDeclaration, file: LandedFile) -> str | None:
    """What is odd in the declaration: names that are not there, idle keys."""
    folder = file.path.parent
    absent = sorted(name for name in edition.files if not os.path.exists(folder / name))
    idle = declaration.model_fields_set - set(OF_ANY_FILE) - sources()[file.source_id].declares
    remarks = []
    if absent:
        remarks.append(f"{FILE_NAME} declares {', '.join(absent)}: no such file beside it")
    if idle:
        keys = ", ".join(f"`{key}`" for key in sorted(idle))
        remarks.append(f"{FILE_NAME} declares {keys}: of no use for {file.source_id}")
    return "; ".join(remarks) or None
