"""A home in one archive, and out of it again."""

import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.contract import files
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import archive


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "home")
    for name, text in {
        "landing/nbs_portal/2020-09/国内生产总值.csv": "1",
        "judgement/units.csv": "unit",
        "snapshots/aa": "bytes",
        "releases/2020/release.json": "{}",
        "raw/nbs_portal/cells.parquet": "made again",
        "build/build.duckdb": "made again",
        "results/study/models.parquet": "made again",
        "releases/.2021.tmp/release.json": "unfinished",
    }.items():
        file = home.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (home.root / "snapshots" / "aa").chmod(0o444)
    (home.releases / "2020" / "rows.parquet").write_text("rows")
    (home.releases / "2019").mkdir()
    (home.releases / "2019" / "rows.parquet").hardlink_to(home.releases / "2020" / "rows.parquet")
    (home.landing / os.fsdecode("省.csv".encode("gbk"))).write_text("a name in another encoding")
    (home.releases / "current").symlink_to("2020")
    (home.landing / "ring").symlink_to(home.landing)
    return home


def contents(home: Home) -> dict[str, str]:
    files = (path for path in home.root.rglob("*") if path.is_file())
    return {path.relative_to(home.root).as_posix(): path.read_text() for path in files}


def test_what_cannot_be_made_again_comes_back(home, tmp_path):
    kept = {
        name: text
        for name, text in contents(home).items()
        if text not in ("made again", "unfinished")
    }
    assert archive.write(home, tmp_path / "home.tgz") == len(kept) == 7
    back = Home(tmp_path / "elsewhere" / "home")
    assert archive.restore(tmp_path / "home.tgz", back) == 7
    one, other = (back.releases / year / "rows.parquet" for year in ("2019", "2020"))
    assert one.samefile(other)
    assert contents(back) == kept
    assert os.readlink(back.releases / "current") == "2020"
    assert (back.root / "snapshots" / "aa").stat().st_mode & 0o777 == 0o444
    for path in ("snapshots/aa", "releases/2020/release.json"):
        assert abs((back.root / path).stat().st_mtime - (home.root / path).stat().st_mtime) < 0.001
    assert {path.name for path in tmp_path.iterdir()} == {"home", "home.tgz", "elsewhere"}


def test_folders_that_rest_on_another_disk_are_kept_too(home, tmp_path):
    before = contents(home)
    for folder in (home.snapshots, home.landing / "nbs_portal"):
        elsewhere = tmp_path / "disk" / folder.name
        shutil.copytree(folder, elsewhere)
        shutil.rmtree(folder)
        folder.symlink_to(elsewhere)
    assert archive.write(home, tmp_path / "home.tgz") == 7
    back = Home(tmp_path / "back")
    archive.restore(tmp_path / "home.tgz", back)
    assert contents(back).items() <= before.items()
    assert {"snapshots/aa", "landing/nbs_portal/2020-09/国内生产总值.csv"} <= contents(back).keys()


def test_a_folder_that_cannot_be_opened_is_not_left_out(home, tmp_path, monkeypatch):
    def inside(folder: Path) -> Iterator[Path]:
        if folder == home.snapshots:
            raise PermissionError(13, "Permission denied", str(folder))
        return opened(folder)

    opened = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", inside)
    with pytest.raises(WarehouseError, match="snapshots cannot be kept: it cannot be opened"):
        archive.write(home, tmp_path / "home.tgz")
    assert not (tmp_path / "home.tgz").exists()
    assert home.snapshots in files.reachable(home.root)  # and all else beside it
    assert home.root / "judgement" / "units.csv" in files.reachable(home.root)


def test_a_history_that_is_being_written_is_one_moment_of_it(home, tmp_path):
    home.dagster.mkdir()
    with sqlite3.connect(home.dagster / "runs.db") as history:
        history.execute("pragma journal_mode = wal")
        history.execute("create table runs as select 1 as run")
    history.execute("insert into runs values (2)")  # not committed
    (home.dagster / "damaged.db").write_bytes(b"x" * 4096)
    archive.write(home, tmp_path / "home.tgz")
    history.close()
    back = Home(tmp_path / "back")
    archive.restore(tmp_path / "home.tgz", back)
    with sqlite3.connect(back.dagster / "runs.db") as history:
        assert history.execute("select run from runs").fetchall() == [(1,)]
    assert (back.dagster / "damaged.db").read_bytes() == b"x" * 4096


def test_nothing_is_restored_over_something_or_of_what_is_damaged(home, tmp_path):
    file, back = tmp_path / "home.tgz", Home(tmp_path / "back")
    archive.write(home, file)
    whole = file.read_bytes()
    with pytest.raises(WarehouseError, match="is not empty: name a folder"):
        archive.restore(file, home)
    odd = whole[:60] + b"\xff" * 40 + whole[100:]
    for content in (whole[:-40], whole[: len(whole) // 2], odd, b"", b"no archive"):
        file.write_bytes(content)
        with pytest.raises(archive.DamagedArchive, match=r"home\.tgz is "):
            archive.restore(file, back)
    with tarfile.open(file, "w:gz") as forged:  # a file more than is listed, outside of the home
        forged.add(home.root / "snapshots" / "aa", "../aa")
    with pytest.raises(archive.DamagedArchive):
        archive.restore(file, back)
    assert {path.name for path in tmp_path.iterdir()} == {"home", "home.tgz"}
    with pytest.raises(WarehouseError, match="would be part of itself"):
        archive.write(home, home.root / "home.tgz")
    with pytest.raises(WarehouseError, match="cannot be written"):
        archive.write(home, tmp_path / "nowhere" / "home.tgz")


def test_an_archive_takes_the_place_of_another_and_of_no_other_file(home, tmp_path):
    file = tmp_path / "home.tgz"
    for old in (b"", b"\x1f", b"\x1f\x8b a damaged archive"):
        file.write_bytes(old)
        assert archive.write(home, file) == 7
    file.write_bytes(b"year,y")
    with pytest.raises(WarehouseError, match=r"home\.tgz is there already and no archive"):
        archive.write(home, file)
    assert file.read_bytes() == b"year,y"
    with pytest.raises(WarehouseError, match="is a folder: name a file in it"):
        archive.write(home, tmp_path)
