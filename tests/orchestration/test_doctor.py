"""The doctor sees whatever is damaged, and has it mended."""

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from orchestration import doctor, instance, intake, machine, refresh
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home

DAMAGES = {
    "snapshots": ("snapshots/[0-9a-f]*[0-9a-f]", lambda path: path.write_bytes(b"x")),
    "remains": ("raw/*/*/*.parquet", lambda path: os.truncate(path, 100)),
    "releases": ("releases/*-*/parquet/*/release.parquet", lambda path: path.unlink()),
    "history": ("dagster/history/runs.db", lambda path: (path.unlink(), path.mkdir())),
}


def examined(clone, *arguments: str) -> tuple[int, dict[str, dict]]:
    done = clone.yearbook("doctor", "--json", *arguments)
    assert "Traceback" not in done.stderr
    return done.status, {record["check"]: record for record in json.loads(done.stdout)}


def test_the_doctor_sees_every_damage_and_mends_it(apart):
    apart.land(9)
    assert apart.yearbook("refresh").status == 0
    status, records = examined(apart)
    wrong = {name for name, record in records.items() if not record["ok"]}
    assert wrong <= {"packages", "disk"} and status == bool(wrong)  # of this machine
    for pattern, damage in DAMAGES.values():
        for path in apart.home.root.glob(pattern):
            path.chmod(0o644)
            damage(path)
    status, records = examined(apart)
    assert status == 1
    assert {name for name, record in records.items() if not record["ok"]} == {*DAMAGES} | wrong
    assert all(records[name]["mend"] for name in DAMAGES)
    status, records = examined(apart, "--fix")
    assert {name for name, record in records.items() if not record["ok"]} == wrong
    assert apart.value() == 9


def test_what_refreshes_write_on_is_opened_for_writing(tmp_path, monkeypatch):
    def access(path: Path, mode: int) -> bool:  # root may do all
        return os.stat(path).st_mode >> 6 & mode == mode

    monkeypatch.setattr(os, "access", access)
    home = Home(tmp_path)
    modes = {home.build / "refresh.lock": 0o600, home.releases / "release.json": 0o400}
    for path in modes:
        path.parent.mkdir()
        path.touch(mode=0)
    (home.dagster / "history").mkdir(parents=True)
    (home.dagster / "history" / "runs.db").touch(mode=0)
    with pytest.raises(PermissionError):
        instance.damaged_history(home)
    doctor._open(home)
    assert {path: path.stat().st_mode & 0o777 for path in modes} == modes
    assert doctor._closed(home) == []


def test_of_a_home_that_is_not_there_only_the_machine_is_looked_at(tmp_path):
    found = {finding.check: finding for finding in doctor.examine(Home(tmp_path / "none"))}
    assert found["home"].mend and found["python"].mend is None
    assert not (tmp_path / "none").exists()


def test_runs_of_dead_processes_are_seen(clone, released, tmp_path):
    home = Home(tmp_path / "home")
    shutil.copytree(clone.home.root, home.root, symlinks=True)
    runs = home.dagster / "history" / "runs.db"
    with sqlite3.connect(runs) as database:
        database.execute("update runs set status = 'STARTED'")
    found = {finding.check: finding for finding in doctor.examine(home)}
    assert "runs of a process that is dead" in found["history"].found


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (OSError(28, "No space left on device", "/a/b"), "/a/b cannot be opened or written: No "),
        (PermissionError(13, "Permission denied", "/a"), "`yearbook doctor --fix` mends"),
        (MemoryError(), "MemoryError: memory ran out"),
        (ImportError("a long\ntext\nx.so: failed to map segment"), "x.so: failed to map segment: "),
        ("IO Error: Could not write file: No space left on device", "make room there"),
        ("(sqlite3.OperationalError) database or disk is full", "make room there"),
    ],
)
def test_faults_of_the_machine_are_sentences(fault, sentence):
    assert sentence in machine.fault(fault)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no such folder")
def test_a_home_where_the_system_takes_no_folder_is_a_sentence():
    home = Home(Path("/proc/yearbook"))
    with pytest.raises(FileNotFoundError) as raised:
        home.build.mkdir(parents=True)
    assert machine.unmakeable(home, raised.value).startswith("/proc/yearbook cannot be made")
    other = FileNotFoundError(2, "No such file or directory", "/proc/yearbook/build/refresh.lock")
    assert machine.unmakeable(home, other) is None


def test_other_faults_are_none_of_the_machine():
    assert machine.fault(ZeroDivisionError("division by zero")) is None


def test_a_refresh_asks_for_room_first(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_LEAST_ROOM", 1 << 60)
    with pytest.raises(WarehouseError, match=r"MB are free where .* and a refresh needs"):
        machine.check_room(Home(tmp_path))


def test_a_file_that_a_release_has_and_the_home_forgot_is_named(clone, released, tmp_path, capsys):
    home = Home(tmp_path / "home")
    shutil.copytree(clone.home.root, home.root, symlinks=True)
    [facts, *_] = sorted((home.snapshots / "files").rglob("*.json"))
    name = facts.relative_to(home.snapshots / "files").as_posix().removesuffix(".json")
    facts.unlink()
    found = {finding.check: finding for finding in doctor.examine(home)}["snapshots"]
    assert name in found.found and "the home knows nothing of it" in found.found
    assert "land what is not there" in found.mend
    refresh._say_what_is_forgotten(home, is_synthetic=False)
    assert capsys.readouterr().err == (
        f"{name} is known no more and will be missing: land it again, or restore a backup\n"
    )


def test_a_file_that_counts_as_published_later_than_it_was_is_named(apart, capsys):
    """Its edition was cleared away, and another one has the same bytes."""
    apart.land(4)
    assert apart.yearbook("refresh").status == 0
    first = apart.home.landing / "nbs_portal" / "2018-06"
    first.rename(first.with_name("2019-06"))
    intake.take_in(apart.home, apart.home.landing)
    refresh._say_what_is_forgotten(apart.home, is_synthetic=False)
    assert capsys.readouterr().err == (
        "nbs_portal/2018-06/gdp.csv is now nbs_portal/2019-06/gdp.csv: if both were published, land "
        "the first one again as well\n"
    )
