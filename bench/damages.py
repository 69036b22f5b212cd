"""Damages each kind of file of a home in each way; a refresh has to make it right again.

    python bench/damages.py              # of a home with one small file: some ten refreshes
    python bench/damages.py empty zeros  # in these ways alone

Each damage is tried alone: a reader gets the right answer or one sentence, and a refresh notices
it or has mended it when it says that there is nothing new. Then all files are damaged in one way
at once, and one refresh has to heal the home: `yearbook doctor` finds everything in order, and the
release answers as before. Where nobody is kept from reading (root), `closed` is not tried.
"""

import importlib
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

_DECLARED = "published_on: 2018-06-30\nfiles: {gdp.csv: {indicator: 地区生产总值, unit: 亿元}}\n"
_PRINTED = "地区,2017年,2016年\n北京市,{},1002\n天津市,1003,1004\n"
_READ = "select snapshot_sha256 from catalog.dim_file"
_IMPORTED = (
    *("dbt.cli.main", "dbt.adapters.duckdb", "linearmodels"),
    *("orchestration.definitions", "orchestration.report", "orchestration.doctor"),
)
_RANDOM = random.Random(7)

FILES = {
    "snapshot": "snapshots/[0-9a-f]*[0-9a-f]",
    "facts of a file": "snapshots/files/*/*/*.json",
    "schema of the home": "home.json",
    "hashes of large files": "build/hashes.json",
    "cells": "raw/*/*/*.parquet",
    "how reading went": "raw/*/*/*.json",
    "table of files": "raw/files.parquet",
    "build file": "build/build.duckdb",
    "hashes of what is left": "build/remains.json",
    "lock": "build/refresh.lock",
    "results": "results/*/models.parquet",
    "release: database": "releases/*-*/yearbook.duckdb",
    "release: Parquet": "releases/*-*/parquet/catalog/release.parquet",
    "release: release.json": "releases/*-*/release.json",
    "release: current": "releases/current",
    "history: runs": "dagster/history/runs.db",
    "history: index": "dagster/history/runs/index.db",
    "history: schedules": "dagster/schedules/schedules.db",
    "settings of Dagster": "dagster/dagster.yaml",
}


def _removed(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _rewritten(content: Callable[[bytes], bytes]) -> Callable[[Path, Path], None]:
    def damage(path: Path, older: Path) -> None:
        before = path.read_bytes() if path.is_file() else b""
        _removed(path)
        path.write_bytes(content(before))

    return damage


def _scattered(content: bytes) -> bytes:
    place = len(content) // 3
    return content[:place] + _RANDOM.randbytes(300) + content[place + 300 :]


def _made_a_folder(path: Path, older: Path) -> None:
    _removed(path)
    path.mkdir()
    (path / "inside").write_text("x")


def _made_a_link(path: Path, older: Path) -> None:
    _removed(path)
    path.symlink_to("nowhere")


def _older(path: Path, older: Path) -> None:
    _removed(path)
    if older.is_dir():
        shutil.copytree(older, path)
    else:
        shutil.copy(older, path)


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "cut in half": _rewritten(lambda content: content[: len(content) // 2]),
    "empty": _rewritten(lambda content: b""),
    "zeros": _rewritten(lambda content: bytes(len(content))),
    "random bytes in it": _rewritten(_scattered),
    "other JSON": _rewritten(lambda content: b'{"schema": 1, "name": []}'),
    "removed": lambda path, older: _removed(path),
    "closed": lambda path, older: path.chmod(0),
    "a folder": _made_a_folder,
    "a link to nowhere": _made_a_link,
    "an older one": _older,
}


def main() -> None:
    _import_all()
    tried, healed = _campaign(sys.argv[1:] or list(WAYS))
    for what in FILES:
        print(f"{healed[what]:3} of {tried[what]:3}  {what}")
    print(f"{healed.total():3} of {tried.total():3}  healed of tried")


def _import_all() -> None:
    """What every child needs, once."""
    from orchestration import dbt_manifest

    dbt_manifest.keep()
    for name in _IMPORTED:
        importlib.import_module(name)


def _campaign(ways: list[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each kind of file was damaged, and how often all was well afterwards."""
    tried: Counter[str] = Counter()
    healed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        _make_homes(root)
        for way in ways:
            if way == "closed" and os.geteuid() == 0:
                continue
            wrong = {what: _alone(root, what, way) for what in FILES}
            at_once = _together(root, way)
            for what, said in [*wrong.items(), ("all", at_once)]:
                if said:
                    print(f"{what}, {way}: {said}", flush=True)
            tried.update(wrong.keys())
            healed.update(what for what, said in wrong.items() if not (said or at_once))
    return tried, healed


def _make_homes(root: Path) -> None:
    """A home that was refreshed twice, and as it was before the second time."""
    older, whole = root / "older", root / "whole"
    _land(older, 1)
    said = _forked(lambda: _refreshed(older))
    shutil.copytree(older, whole, symlinks=True)
    _land(whole, 2)
    if said := said or _forked(lambda: _refreshed(whole)):
        raise SystemExit(said)


def _together(root: Path, way: str) -> str:
    """What is wrong with a home after a refresh that followed on every damage of one way."""
    home = root / "together"
    shutil.copytree(root / "whole", home, symlinks=True)
    for what in FILES:
        _damage(home, root / "older", what, way)
    said = _forked(lambda: _refreshed(home)) or _forked(lambda: _in_order(home))
    shutil.rmtree(home)
    return said


def _alone(root: Path, what: str, way: str) -> str:
    """What is wrong with a home after one damage; nothing if it is as it should be."""
    home = root / "alone"
    shutil.copytree(root / "whole", home, symlinks=True)
    _damage(home, root / "older", what, way)
    said = _forked(lambda: _read(home) or _noticed(home))
    shutil.rmtree(home)
    return said


def _damage(home: Path, older: Path, what: str, way: str) -> None:
    # Of several the newest: the home was refreshed twice
    path = max(home.glob(FILES[what]), key=lambda path: path.lstat().st_mtime_ns)
    before = max(older.glob(FILES[what]), key=lambda path: path.lstat().st_mtime_ns)
    for beside in path.parent.glob(f"{path.name}-[sw]*"):
        beside.unlink()  # what SQLite keeps beside a file would stand in for it
    WAYS[way](path, before)


def _land(home: Path, value: int) -> None:
    edition = home / "landing" / "nbs_portal" / "2018-06"
    edition.mkdir(parents=True, exist_ok=True)
    (edition / "_edition.yml").write_text(_DECLARED, encoding="utf-8")
    (edition / "gdp.csv").write_text(_PRINTED.format(2000 + value), encoding="utf-8")


def _forked(work: Callable[[], str]) -> str:
    """What a child says that does the work; nothing if all is well."""
    with tempfile.TemporaryFile("w+") as answer:
        child = os.fork()
        if not child:
            with suppress(BaseException):
                answer.write(_told(work))
                answer.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        answer.seek(0)
        return answer.read() or ("" if status == 0 else f"ended with {status}")


def _told(work: Callable[[], str]) -> str:
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        try:
            return work()
        except BaseException as error:
            return f"{type(error).__name__}: {error}"


def _refreshed(root: Path) -> str:
    from orchestration import refresh
    from warehouse.contract.home import Home

    os.environ["YEARBOOK_HOME"] = str(root)
    refresh.refresh(Home(root), root / "landing")
    return ""


def _read(root: Path) -> str:
    """What is wrong with the answer of a release: it is right, or it is a sentence."""
    from warehouse.contract.files import sha256_of
    from warehouse.contract.home import Home
    from warehouse.store import releases

    try:
        with releases.connect_current(Home(root)) as release:
            [(read,)] = release.execute(_READ).fetchall()
    except (releases.DamagedRelease, releases.NoRelease):
        return ""
    landed = sha256_of(root / "landing" / "nbs_portal" / "2018-06" / "gdp.csv")
    return "" if read == landed else f"a reader is told of other bytes ({read})"


def _noticed(root: Path) -> str:
    """What a refresh overlooks: it makes anew, or nothing is left that would have to be."""
    from orchestration import refresh

    class Noticed(Exception):
        pass

    def notice(*_: object) -> None:
        raise Noticed

    refresh._run = notice
    try:
        _refreshed(root)
    except Noticed:
        return ""
    return _in_order(root)


def _in_order(root: Path) -> str:
    from orchestration import doctor
    from warehouse.contract.home import Home

    wrong = [found.found for found in doctor.examine(Home(root)) if found.mend]
    return "; ".join(wrong) or _read(root)


if __name__ == "__main__":
    main()
