"""What is written is whole, and is known to be the same or not."""

import hashlib
import json
import os

import pytest

from warehouse.contract import files
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import SCHEMA, Home, OtherSchema

CONTENT = {"name": "一", "rows": 3, "nothing": None}


def replaced(path, content: bytes | None) -> None:
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: os.truncate(path, 10),
        lambda path: path.write_bytes(bytes(200)),
        lambda path: path.write_bytes(path.read_bytes().replace(b"3", b"4")),
        lambda path: path.write_text(json.dumps(CONTENT)),
        lambda path: path.write_text("[]"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: replaced(path, b"\xff\xfe"),
        lambda path: replaced(path, None),
        lambda path: (path.unlink(), path.symlink_to("nowhere")),
    ],
)
def test_sealed_facts_are_what_was_written_or_damaged(tmp_path, damage):
    path = tmp_path / "a" / "facts.json"
    files.write_sealed(path, CONTENT)
    assert files.read_sealed(path) == CONTENT
    damage(path)
    with pytest.raises(files.Damaged, match=str(path)):
        files.read_sealed(path)
    files.write_sealed(path, CONTENT)  # whatever stands there
    assert files.read_sealed(path) == CONTENT
    assert not list(tmp_path.rglob(".*"))


def test_a_large_file_is_read_for_its_hash_once_unless_it_was_written(tmp_path, monkeypatch):
    read = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *asked: (read.append(1), digest(*asked))[1])
    large, small = tmp_path / "large", tmp_path / "small"
    large.write_bytes(bytes(2 << 20))
    small.write_text("small")
    os.link(large, tmp_path / "other name")
    with files.each_hashed_once(tmp_path / "hashes"):
        before = files.sha256_of(large)
        assert files.has_sha256(tmp_path / "other name", before) and len(read) == 1
        large.write_bytes(b"1" * (2 << 20))
        os.utime(large, ns=(0, 1))
        assert files.sha256_of(large) != before and len(read) == 2
        files.sha256_of(small), files.sha256_of(small)
        assert len(read) == 4
    now = files.sha256_of(large)
    assert len(read) == 5

    # the next time as well, but for what was written since, and without a whole file of hashes
    with files.each_hashed_once(tmp_path / "hashes"):
        assert files.sha256_of(large) == now and len(read) == 5
        large.write_bytes(b"2" * (2 << 20))
        with files.each_hashed_once(tmp_path / "of a run in the same process"):
            assert files.sha256_of(large) != now and len(read) == 6
        assert files.sha256_of(large) != now and len(read) == 6
    assert not (tmp_path / "of a run in the same process").exists()
    (tmp_path / "hashes").write_text("{")
    with files.each_hashed_once(tmp_path / "hashes"):
        assert files.sha256_of(large) != now and len(read) == 7


def test_a_file_that_is_written_under_its_old_time_is_hashed_again(tmp_path):
    file = tmp_path / "landed.csv"
    file.write_bytes(bytes(2 << 20))
    before = file.stat().st_mtime_ns
    with files.each_hashed_once(tmp_path / "hashes"):
        old = files.sha256_of(file)
    file.write_bytes(b"1" * (2 << 20))
    os.utime(file, ns=(before, before))
    with files.each_hashed_once(tmp_path / "hashes"):
        assert files.sha256_of(file) != old


def test_what_cannot_be_written_leaves_no_draft(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="File name too long"):
        files.write_atomically(tmp_path / "a" / ("x" * 300), "text")
    assert list(tmp_path.rglob("*")) == [tmp_path / "a"]


@pytest.mark.parametrize("name", ["a?b", "a\nb", "50%", "a#1", "file"])
def test_an_impossible_home_is_refused(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(WarehouseError, match="--home DIR"):
        Home(tmp_path / name).check()
    Home(tmp_path / "省级 it's [1] -").check()


def test_a_home_of_a_later_version_is_refused(tmp_path):
    home = Home(tmp_path)
    files.write_sealed(home.facts, {"schema": SCHEMA + 1})
    with pytest.raises(OtherSchema, match="newer version"):
        home.check()
