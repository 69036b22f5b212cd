"""What depends on one file alone is kept by its snapshot, and only what is whole is relied on."""

from pathlib import Path

import pytest

from warehouse.contract.home import Home
from warehouse.intake import judgement, landing, raw, snapshots
from warehouse.store import by_snapshot

ROWS = "数据年月,商品编码,注册地名称,美元\n202201,01012100,北京市,{}\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    edition = home.landing / "customs" / "2022-02"
    edition.mkdir(parents=True)
    (edition / "_edition.yml").write_text("published_on: 2022-02-28\n")
    for number in (1, 2):
        (edition / f"出口{number}.csv").write_text(ROWS.format(number), encoding="utf-8")
    snapshots.take(home, landing.scan(home.landing))
    raw.read(home)
    return home


def made(home: Home) -> list[Path]:
    """Files as dbt makes them, one a snapshot that has none."""
    folder = by_snapshot.begin(home) / "stg_trade_sheet_sums"
    new = [folder / f"{file['snapshot_sha256']}.parquet" for file in raw.snapshots_with_rows(home)]
    new = [path for path in new if not path.exists()]
    for path in new:
        path.write_text("sums")
    return new


def test_what_is_sealed_is_not_made_again(home: Home) -> None:
    assert len(made(home)) == 2
    by_snapshot.seal(home)
    assert made(home) == []


def test_sums_of_rows_that_are_read_otherwise_are_made_again(home: Home) -> None:
    made(home)
    by_snapshot.seal(home)
    said = "published_on: 2022-02-28\nfiles: {出口1.csv: {flow: import}}\n"
    (home.landing / "customs" / "2022-02" / "_edition.yml").write_text(said, encoding="utf-8")
    snapshots.take(home, landing.scan(home.landing))
    raw.read(home)
    assert len(made(home)) == 1


def test_all_that_the_version_changes_with_is_there() -> None:
    """Of a file that was renamed nothing else would tell."""
    assert [glob for glob in by_snapshot.CODE if not list(judgement.SEEDS.parent.glob(glob))] == []


def test_a_table_is_kept_because_its_model_says_so(home: Home) -> None:
    kept = {folder.name for folder in by_snapshot.begin(home).iterdir()}
    assert kept == {"stg_trade_sheet_sums", "stg_trade_code_sums"}


def test_what_was_not_sealed_is_damaged_or_is_needed_no_more_goes(home: Home) -> None:
    first, _ = made(home)
    assert len(made(home)) == 2  # a killed run came to no seal
    by_snapshot.seal(home)
    first.write_text("other sums")
    (first.parent / "of another file.parquet").write_text("sums")
    assert made(home) == [first]
    assert not (first.parent / "of another file.parquet").exists()


def test_a_correction_of_the_home_is_another_version(home: Home) -> None:
    before = by_snapshot.begin(home)
    by_snapshot.seal(home)
    home.judgement.mkdir()
    (home.judgement / "corrections.csv").write_text(
        "source_id,indicator_id,area_code,year,category_code,expected,corrected,reason,evidence\n"
        "customs,exports,110000,2022,01012100,1,2,a misprint,the errata\n"
    )
    assert by_snapshot.begin(home) != before
