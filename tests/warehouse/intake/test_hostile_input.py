"""What is no table, in landing and in a file: refused by name, within bounds, and the rest goes on."""

import os
import re
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from warehouse.contract.errors import WarehouseError
from warehouse.contract.source import Reading, SourceFile
from warehouse.intake import landing, snapshots
from warehouse.intake.snapshots import Verdict
from warehouse.sources import sources

ROOT = Path(__file__).resolve().parents[3]
TABLE = "指标：地区生产总值(亿元)\n地区,2022年\n北京市,{}\n"
GOOD = "nbs_portal/2020/good.csv"
LONG = "中" * 80 + ".csv"
DEEP = "/".join(["deep"] * 300) + "/a.csv"


def in_bytes(folder: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(folder), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(TABLE.format(2))


def socket_at(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the path of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


def file_below(folder: Path) -> None:
    (folder / DEEP).parent.mkdir(parents=True)
    (folder / DEEP).write_text("a", encoding="utf-8")


# By the name that is said: what puts it into the folder, and the sentence
HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe.csv": (lambda folder: os.mkfifo(folder / "pipe.csv"), "is a pipe and no file"),
    "socket.csv": (lambda folder: socket_at(folder / "socket.csv"), "is a socket and no file"),
    "zero.csv": (lambda folder: (folder / "zero.csv").symlink_to("/dev/zero"), "is a device"),
    "ring": (lambda folder: (folder / "ring").symlink_to(folder.parent), "link to a folder that"),
    "self.csv": (lambda folder: (folder / "self.csv").symlink_to("self.csv"), "cannot be opened"),
    "分省.csv": (lambda folder: in_bytes(folder, "分省.csv".encode("gbk")), "no UTF-8 text"),
    r"\xff\x80.csv": (lambda folder: in_bytes(folder, b"\xff\x80.csv"), "no UTF-8 text"),
    r"a\x0ab.csv": (lambda folder: in_bytes(folder, b"a\nb.csv"), "or has control characters"),
    "comma.csv": (lambda folder: (folder / "comma.csv").write_bytes(b","), "holds no table"),
    "end.csv": (lambda folder: (folder / "end.csv").write_bytes(b"a,b\n1,2\n,"), "expected a head"),
    DEEP: (file_below, "lies in a folder below its edition"),
}  # fmt: skip


@pytest.mark.slow
def test_what_is_no_file_is_refused_by_name_and_leaves_no_trace(warehouse) -> None:
    folder = warehouse.land(GOOD, TABLE.format(1)).parent
    warehouse.land(f"nbs_portal/2020/{LONG}", TABLE.format(3))
    warehouse.refresh()
    before = warehouse.files()
    assert before == {GOOD: ("taken", None), f"nbs_portal/2020/{LONG}": ("taken", None)}
    for put, _ in HOSTILE.values():
        put(folder)
    warehouse.refresh()
    said = {name.removeprefix("nbs_portal/2020/"): file for name, file in warehouse.files().items()}
    assert set(said) == {*HOSTILE, "good.csv", LONG}
    for name, (_, sentence) in HOSTILE.items():
        role, reason = said[name]
        assert role == "rejected", name
        assert sentence in reason
    shutil.rmtree(folder)
    warehouse.refresh()
    assert warehouse.files() == before


def test_names_in_two_encodings_do_not_meet(warehouse) -> None:
    folder = warehouse.land("nbs_portal/2020/分省.csv", TABLE.format(1)).parent
    in_bytes(folder, "分省.csv".encode("gbk"))
    warehouse.refresh()
    assert {name: role for name, (role, _) in warehouse.files().items()} == {
        "nbs_portal/2020/分省.csv": "taken",
        r"nbs_portal/2020/\xb7\xd6ʡ.csv": "rejected",
    }


def test_folders_that_would_pass_for_facts_are_none(warehouse) -> None:
    names = (
        "nbs_portal/2020/x",
        "nbs_portal/2020/x.json/y",
        "nbs_portal/2020.json/y",
        "s.json/1/y",
    )
    for name in names:
        warehouse.land(name, TABLE.format(1))
    for _ in range(2):
        warehouse.refresh()
        assert {name: role for name, (role, _) in warehouse.files().items()} == dict.fromkeys(
            names, "rejected"
        )
    [_, _, _, unknown] = snapshots.known(warehouse.home)
    snapshots.decide(warehouse.home, Verdict.withdrawn, unknown, "no file of ours")
    assert list(snapshots.verdicts(warehouse.home, Verdict.withdrawn).values()) == [
        "no file of ours"
    ]


def test_a_folder_of_many_files_and_no_source_is_refused_before_any_is_read(tmp_path) -> None:
    for number in range(landing._MOST_MISPLACED):
        (tmp_path / f"{number}.csv").touch()
    assert len(landing.scan(tmp_path)) == landing._MOST_MISPLACED
    (tmp_path / "zero.csv").touch()
    with pytest.raises(WarehouseError, match=r"and no folder of a source: .* one of cnipa, "):
        landing.scan(tmp_path)
    (tmp_path / "nbs_portal").mkdir()
    assert landing.scan(tmp_path)[-1].problem.startswith("lies in no folder of a source")


def test_a_fault_of_a_reader_stops_its_own_file_only(warehouse, monkeypatch) -> None:
    source = type(sources()["nbs_portal"])
    read = source.read

    def failing(self, file: SourceFile):
        return read(self, file) if file.name == "good.csv" else {}["missing"]

    monkeypatch.setattr(source, "read", failing)
    warehouse.land(GOOD, TABLE.format(1))
    path = warehouse.land("nbs_portal/2021/a.csv", TABLE.format(2))
    warehouse.refresh()
    files = warehouse.files()
    assert files[GOOD] == ("taken", None)
    role, reason = files["nbs_portal/2021/a.csv"]
    trace = f"raw/nbs_portal/2021/{landing.sha256_of(path)}.txt"
    assert role == "rejected"
    assert f"('missing'; the full trace is in {trace} of the home)" in reason
    assert "KeyError: 'missing'" in (warehouse.home.root / trace).read_text()


def test_a_reader_that_takes_a_cell_twice_stops_its_own_file_only(warehouse, monkeypatch) -> None:
    source = type(sources()["nbs_portal"])
    read = source.read

    def twice(self, file: SourceFile) -> Reading:
        found = read(self, file)
        return replace(found, cells=pa.concat_tables([found.cells, found.cells]))

    warehouse.land("nbs_portal/2021/a.csv", TABLE.format(2))
    monkeypatch.setattr(source, "read", twice)
    warehouse.refresh()
    role, reason = warehouse.files()["nbs_portal/2021/a.csv"]
    assert role == "rejected"
    assert "has a fault (B3 is taken more than once" in reason


def altered(warehouse, path: Path) -> Path:
    """The snapshot of a landed file, after somebody wrote into it; its cells have to be read anew."""
    copy = warehouse.home.snapshots / landing.sha256_of(path)
    copy.chmod(0o644)
    copy.write_text(TABLE.format(9), encoding="utf-8")
    shutil.rmtree(warehouse.home.raw)
    return copy


def test_a_snapshot_that_was_altered_is_taken_again(warehouse) -> None:
    path = warehouse.land(GOOD, TABLE.format(1))
    warehouse.refresh()
    copy = altered(warehouse, path)
    warehouse.refresh()
    assert [cell["text"] for cell in warehouse.cells("nbs_portal")] == ["1"]
    assert copy.read_text(encoding="utf-8") == TABLE.format(1)
    assert copy.stat().st_mode & 0o222 == 0


def test_a_snapshot_that_cannot_be_taken_again_is_named_and_not_read(warehouse) -> None:
    path = warehouse.land(GOOD, TABLE.format(1))
    warehouse.refresh()
    altered(warehouse, path)
    path.unlink()
    for _ in range(2):
        warehouse.refresh()
        assert warehouse.files() == {GOOD: ("rejected", snapshots.DAMAGED)}
    warehouse.land(GOOD, TABLE.format(1))
    warehouse.refresh()
    assert warehouse.files() == {GOOD: ("taken", None)}
    assert [cell["text"] for cell in warehouse.cells("nbs_portal")] == ["1"]


def test_damaged_facts_are_written_anew_or_named(warehouse) -> None:
    path = warehouse.land(GOOD, TABLE.format(1))
    warehouse.refresh()
    [facts] = snapshots.facts_files(warehouse.home)
    facts.write_text("{")
    warehouse.refresh()
    assert warehouse.files() == {GOOD: ("taken", None)}
    facts.write_text("{")
    path.unlink()
    with pytest.raises(WarehouseError, match=f"{facts} is damaged: remove it"):
        warehouse.refresh()


@pytest.mark.parametrize("damaged", ["*/*/*.parquet", "*/*/*.json", "files.parquet"])
def test_what_is_damaged_in_raw_is_made_again(warehouse, damaged: str) -> None:
    warehouse.land(GOOD, TABLE.format(1))
    warehouse.refresh()
    files, cells = warehouse.files(), warehouse.cells("nbs_portal", role=None)
    [path] = warehouse.home.raw.glob(damaged)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] + bytes(64) + content[len(content) // 2 + 64 :])
    warehouse.refresh()
    assert (warehouse.files(), warehouse.cells("nbs_portal", role=None)) == (files, cells)


LARGE = {
    "csv": b"a,1\n" * (16 << 20),  # with its cells as Python objects it takes far more than 2 GB
    "html": b"<html>" + b"<!--" * (1 << 20),  # each comment is looked for to the end of the page
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", LARGE)
def test_a_large_text_file_is_refused_within_bounds(warehouse, kind: str) -> None:
    warehouse.land(f"nbs_portal/2024/a.{kind}", LARGE[kind])
    warehouse.land(GOOD, TABLE.format(1))
    before = resource.getrusage(resource.RUSAGE_SELF)
    warehouse.refresh()
    after = resource.getrusage(resource.RUSAGE_SELF)
    role, reason = warehouse.files()[f"nbs_portal/2024/a.{kind}"]
    assert (role, warehouse.files()[GOOD][0]) == ("rejected", "taken")
    assert "takes more than 2" in reason and "to read: its bytes are damaged" in reason
    assert after.ru_utime - before.ru_utime < 5
    assert after.ru_maxrss - before.ru_maxrss < 300 << 10


@pytest.mark.slow
def test_a_large_table_is_read_within_bounds(read_one: Callable) -> None:
    years = range(1990, 2020)
    heading = f"指标：地区生产总值(亿元)\n地区,{','.join(f'{year}年' for year in years)}\n"
    rows = "".join(f"北京市,{','.join(['12345.67'] * len(years))}\n" for _ in range(2000))
    cells = read_one("nbs_portal/2024/a.csv", heading + rows)
    assert len(cells) > 60_000


UNDER_A_LIMIT = """
import resource, sys
from pathlib import Path
from warehouse.formats import bounds
from warehouse.formats.sheets import open_sheets

limit, value, *names = sys.argv[1:]
resource.setrlimit(getattr(resource, limit), (int(value), int(value)))
for name in names:
    try:
        print(name, open_sheets(Path(name).read_bytes(), name)[0].rows)
    except bounds.OutsideLimit as said:
        print(said)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "value", "page", "last"),
    [
        ("RLIMIT_CPU", 100, b"<p>b", r"b.html \[\['b'\]\]"),
        ("RLIMIT_CPU", 2, LARGE["html"], "the 2 seconds .* a limit set from outside .ulimit -t. l"),
        ("RLIMIT_AS", 120 << 20, b"<p>b" * (2 << 20), "the 120 MB .* from outside .ulimit -v. l"),
    ],
)  # fmt: skip
def test_a_limit_from_outside_is_named(
    tmp_path: Path, limit: str, value: int, page: bytes, last: str
) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>a")
    (tmp_path / "b.html").write_bytes(page)
    said = subprocess.run(
        [sys.executable, "-c", UNDER_A_LIMIT, limit, str(value), "a.html", "b.html"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said[0] == "a.html [['a']]"
    assert re.search(last, said[1])
