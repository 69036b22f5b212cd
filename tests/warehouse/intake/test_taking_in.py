"""From landing to raw: what is read, what is read again, and what becomes of every name."""

import ast
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from orchestration import intake
from warehouse.contract import files
from warehouse.contract.editions import read_edition
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import SCHEMA, OtherSchema
from warehouse.intake import landing, raw, snapshots
from warehouse.sources import seeds, sources

ROOT = Path(__file__).resolve().parents[3]

TABLE = "指标：地区生产总值(亿元)\n地区,2022年\n北京市,{}\n"
BARE = "地区,2022年\n北京市,1\n"


def edition(**files: str) -> str:
    blocks = "".join(f"  {name.replace('_', '.')}: {block}\n" for name, block in files.items())
    return f"published_on: 2024-01-31\nfiles:\n{blocks}" if files else "published_on: 2024-01-31\n"


def test_a_second_run_does_nothing(warehouse) -> None:
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    warehouse.land("nbs_portal/2024/bad.csv", "nothing of a table\n")
    first = warehouse.refresh()
    assert [(e.taken, e.rejected, e.read) for e in first] == [(1, 1, 2)]
    before = {path: path.stat().st_mtime_ns for path in warehouse.home.root.rglob("*")}
    assert [(e.taken, e.rejected, e.read) for e in warehouse.refresh()] == [(1, 1, 0)]
    assert {path: path.stat().st_mtime_ns for path in warehouse.home.root.rglob("*")} == before


def test_the_child_for_large_files_loads_no_pandas() -> None:
    """pyarrow loads it with its first list, unless it is told not to."""
    program = """
import sys
from warehouse.formats import bounds
from warehouse.intake import bounded_reader
bounds.serve = lambda work: None
bounded_reader.main()
import pyarrow
pyarrow.array(["a"])
print("pandas" in sys.modules)
"""
    child = [sys.executable, "-c", program]
    assert subprocess.run(child, capture_output=True, text=True, cwd=ROOT).stdout == "False\n"


def test_only_what_was_asked_for_is_read(warehouse) -> None:
    warehouse.land("nbs_portal/2023/a.csv", TABLE.format(1))
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(2))
    snapshots.take(warehouse.home, landing.scan(warehouse.home.landing))
    readings = raw.read(warehouse.home, ["nbs_portal"], ["2024"])
    assert [(e.edition, e.read) for e in readings] == [("2024", 1)]
    assert list(warehouse.files()) == ["nbs_portal/2024/a.csv"]
    assert len(raw.read(warehouse.home)) == 2


def test_a_changed_declaration_reads_a_file_again(warehouse) -> None:
    name = "nbs_portal/2024/a.csv"
    warehouse.land(name, BARE)
    warehouse.refresh()
    assert "names no indicator" in warehouse.files()[name][1]
    warehouse.land(name, BARE, edition(a_csv="{indicator: 人口(人)}"))
    assert [e.read for e in warehouse.refresh()] == [1]
    assert [cell["unit_key"] for cell in warehouse.cells("nbs_portal")] == ["人"]


def test_a_file_whose_rows_are_gone_is_not_known_to_be_read(warehouse) -> None:
    name = "customs/2023/出口.csv"
    warehouse.land(name, "数据年月,商品编码,注册地名称,美元\n202201,01012100,北京市,1\n")
    warehouse.refresh()
    [rows] = raw.trade_row_files(warehouse.home)
    rows.unlink()
    raw.read(warehouse.home, ["customs"], ["2099"])
    assert name not in warehouse.files()
    warehouse.refresh()
    assert raw.trade_row_files(warehouse.home) == [rows]


def test_new_bytes_under_an_old_name_count(warehouse) -> None:
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    warehouse.refresh()
    old = {path.name for path in warehouse.home.snapshots.iterdir()}
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(2))
    warehouse.refresh()
    assert [cell["text"] for cell in warehouse.cells("nbs_portal")] == ["2"]
    assert old < {path.name for path in warehouse.home.snapshots.iterdir()}
    assert len(list(warehouse.home.raw.rglob("*.parquet"))) == 2  # the cells and files.parquet


def test_snapshots_are_not_written_to(warehouse) -> None:
    path = warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    warehouse.refresh()
    copy = warehouse.home.snapshots / landing.sha256_of(path)
    assert copy.stat().st_mode & 0o222 == 0
    assert copy.read_bytes() == path.read_bytes()


def test_a_file_gone_from_landing_stays_known(warehouse) -> None:
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    warehouse.refresh()
    shutil.rmtree(warehouse.home.landing)
    warehouse.refresh()
    assert warehouse.files() == {"nbs_portal/2024/a.csv": ("taken", None)}


@pytest.mark.parametrize(
    "change", [Path.unlink, lambda path: path.write_text("longer than it was")]
)
def test_what_changes_while_it_is_taken_in_is_not_taken_by_halves(warehouse, change) -> None:
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    landed = landing.scan(warehouse.home.landing)
    change(warehouse.home.landing / "nbs_portal/2024/a.csv")
    with pytest.raises(WarehouseError, match=r"a\.csv changed while it was being copied: run this"):
        snapshots.take(warehouse.home, landed)
    assert snapshots.known(warehouse.home) == []
    assert not [path for path in warehouse.home.snapshots.rglob("*") if path.is_file()]


def test_a_file_that_cannot_be_opened_any_more_stays_as_it_was_taken(warehouse) -> None:
    name = "nbs_portal/2024/a.csv"
    path = warehouse.land(name, TABLE.format(1))
    bad = warehouse.land("nbs_portal/2024/bad.csv", "nothing of a table\n")
    warehouse.refresh()
    content, cells = path.read_bytes(), warehouse.cells("nbs_portal")
    for each in (path, bad):
        each.unlink()
        each.symlink_to("nowhere")  # whatever it is that has no bytes to read
    for _ in range(2):
        warehouse.refresh()
        found = warehouse.files()
        assert found[name] == (
            "taken",
            "cannot be opened: No such file or directory; what was taken of it before is used",
        )
        assert found["nbs_portal/2024/bad.csv"][0] == "rejected"
        assert warehouse.cells("nbs_portal") == cells != []
    path.unlink()
    path.write_bytes(content)
    warehouse.refresh()
    assert warehouse.files()[name] == ("taken", None)


def test_a_renamed_file_and_a_mended_place_leave_no_trace(warehouse) -> None:
    path = warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    stray = warehouse.land("nbs_portal/spring/b.csv", TABLE.format(2))
    warehouse.refresh()
    path.rename(path.with_name("gdp.csv"))
    stray.unlink()
    warehouse.refresh()
    assert warehouse.files() == {"nbs_portal/2024/gdp.csv": ("taken", None)}


def test_the_same_bytes_are_read_once(warehouse) -> None:
    warehouse.land("nbs_portal/2024/a (1).csv", BARE)
    warehouse.land("nbs_portal/2024/b.csv", BARE, edition(b_csv="{indicator: 人口, unit: 人}"))
    warehouse.land("nbs_portal/2025/c.csv", BARE, edition(c_csv="{indicator: 人口}"))
    warehouse.refresh()
    assert warehouse.files() == {
        "nbs_portal/2024/a (1).csv": ("copy", "same bytes as nbs_portal/2024/b.csv"),
        "nbs_portal/2024/b.csv": ("taken", None),
        "nbs_portal/2025/c.csv": ("copy", "same bytes as nbs_portal/2024/b.csv"),
    }
    assert len(warehouse.cells("nbs_portal")) == 1


def test_copies_that_are_declared_differently_are_refused(warehouse) -> None:
    warehouse.land("nbs_portal/2024/a.csv", BARE)
    warehouse.land(
        "nbs_portal/2024/b.csv", BARE, edition(a_csv="{indicator: 人口}", b_csv="{indicator: GDP}")
    )
    warehouse.refresh()
    for role, reason in warehouse.files().values():
        assert role == "rejected"
        for named in (
            "nbs_portal/2024/a.csv",
            "nbs_portal/2024/b.csv",
            "`indicator`",
            "人口",
            "GDP",
        ):
            assert named in reason


def test_demonstration_and_real_data_never_meet(warehouse) -> None:
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    warehouse.refresh()
    warehouse.land(
        "nbs_portal/2025/b.csv", TABLE.format(2), "published_on: 2025-01-31\nsynthetic: true\n"
    )
    with pytest.raises(WarehouseError, match=r"2025/b.csv.*2024/a.csv.*--home"):
        warehouse.refresh()


def test_what_is_no_data_is_passed_over(warehouse) -> None:
    for name in ("README.md", ".DS_Store", "~$a.xlsx"):
        warehouse.land(f"nbs_portal/2024/{name}", "x")
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    warehouse.refresh()
    assert list(warehouse.files()) == ["nbs_portal/2024/a.csv"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("eps/2024/a.csv", "`eps` is no known source.*nbs_portal"),
        ("nbs_portal/2024-13/a.csv", "`2024-13` is no edition.*YYYY-MM-DD"),
        ("nbs_portal/a.csv", "in no folder of an edition.*landing/<source>/<edition>/"),
        ("a.csv", "in no folder of a source.*landing/<source>/<edition>/"),
        ("nbs_portal/2024/more/a.csv", "below its edition"),
    ],
)
def test_a_file_in_the_wrong_place(warehouse, name: str, sentence: str) -> None:
    warehouse.land("nbs_portal/2023/good.csv", TABLE.format(1))
    warehouse.land(name, TABLE.format(2))
    warehouse.refresh()
    files = warehouse.files()
    assert files.pop("nbs_portal/2023/good.csv") == ("taken", None)
    [(role, reason)] = files.values()
    assert role == "rejected"
    assert re.search(sentence, reason)


@pytest.mark.parametrize(
    ("declaration", "sentence"),
    [
        ("", "_edition.yml beside it: `published_on` is missing: write `published_on: YYYY-MM-DD`"),
        ("published_on: 2024", "`published_on`: is 2024; expected a date, YYYY-MM-DD"),
        ("published_on: 2024/01/31", "`published_on`: is 2024/01/31; expected a date, YYYY-MM-DD"),
        (
            "publisher: a\npublished_on: 2024-02-30",
            "line 2: `2024-02-30` is a date or a number that",
        ),
        ("published_on: !!timestamp soon", "line 1: `soon` is a date or a number that cannot be"),
        ("published_on: 2024-01-31\npublisher: a\x07", "line 2: a control character stands there"),
        ("published_on: [2024-01-31]", "is [2024-01-31]; expected a date, YYYY-MM-DD"),
        ("published_on: {a: }", "is {a: null}; expected a date, YYYY-MM-DD"),
        (
            "published_on: 2024-01-31\nfiles: {a.csv: {year: .nan}}",
            "`year` is .nan; expected a whole number",
        ),
        ("published_on: [", "is not valid YAML at line 1: a bracket is not closed"),
        ("published_on: 2024-01-31\nfiles:\n\ta.csv: {}", "line 3: a tab stands there: indent"),
        ("published_on: 2024-01-31\npublisher: @x", "line 2: `@` cannot begin a value: put the"),
        ("published_on: 2024-01-31\npublisher: a: b", "line 2: a colon or an indent stands"),
        ("published_on: '2024-01-31", "line 1: a quotation mark is not closed"),
        ("published_on: !!python/name:x y", "line 1: it has a tag (!), and plain values are"),
        ("published_on: 2024-01-31\n---\na: b", "line 2: a second document begins there"),
        ("published_on: 2024-01-31\nredistributable: maybe", "is maybe; expected true or false"),
        ("published_on: 2024-01-31\nobs_status: Q", "is Q; expected A, P, E, I, D or X"),
        ("published_on: 2024-01-31\npublisher: [a]", "`publisher` is [a]; expected text"),
        (
            "published_on: 2024-01-31\nfiles: {a.csv: {year: 2020年}}",
            "`year` is 2020年; expected a whole number",
        ),
        (
            "published_on: 2024-01-31\nfiles: {a.csv: {estimated_years: 2020}}",
            "`estimated_years` is 2020; expected a list, as in [2020, 2021]",
        ),
        ("- a", "expected lines such as `published_on: YYYY-MM-DD`"),
        ("published_on：2024-01-31", "with a blank behind the colon"),
        ("published_on: 2024-01-31\npublished: x", "`published` is not a known key"),
        ("published_on: 2024-01-31\nfiles: {a.csv: {indikator: x}}", "files: a.csv: `indikator`"),
        ("published_on: 2024-01-31\nfiles: {a.csv: {area_order: iso}}", "`area_order`"),
        (
            "published_on: 2024-01-31\npublished_on: 2014-01-31",
            "line 2: `published_on` stands in lin",
        ),
        (
            "published_on: 2024-01-31\nfiles: {a.csv: {unit: 元, unit: 万元}}",
            "`unit` stands in line 2",
        ),
        ("published_on: " + "[" * 100_000, "line 1: nested deeper than 10 levels"),
        ("published_on: 2024-01-31\nfiles:\n  &a b: {}\n  c: *a", "line 4: `*` refers"),
        ("published_on: 2024-01-31\n<<: {published_on: 2014-01-31}", "line 2: `<<` takes lines"),
        ("published_on: 9999-12-31", "expected a date of the years 1949 to 2100"),
        (
            "published_on: 2024-01-31\nfiles: {a.csv: {year: 99999999999}}",
            "`year` is 99999999999; expected 2100 or less",
        ),
        (f"published_on: {'9' * 5000}", "999…` is a date or a number that cannot be"),
        ('published_on: 2024-01-31\npublisher: "\\ud800"', "line 2: a control character or half"),
        ("published_on: 2024-01-31\0", "a control character stands there: delete it"),
        ("#" * 300_000, "is longer than 262,144 bytes"),
        (
            "published_on: 2024-01-31\nfiles: {a.csv: {columns: {GDP: {unit: 元}}}}",
            "`columns.GDP.indicator` is missing",
        ),
        (
            "published_on: 2024-01-31\nfiles: {a.csv: {area: 全国, area_column: 省份}}",
            "`area` and `area_column` exclude each other",
        ),
    ],
)
def test_a_wrong_declaration_stops_its_own_edition_only(
    warehouse, declaration: str, sentence: str
) -> None:
    warehouse.land("nbs_portal/2023/good.csv", TABLE.format(1))
    path = warehouse.land("nbs_portal/2024/a.csv", TABLE.format(2))
    (path.parent / "_edition.yml").write_text(declaration, encoding="utf-8")
    warehouse.refresh()
    files = warehouse.files()
    assert files["nbs_portal/2023/good.csv"] == ("taken", None)
    role, reason = files["nbs_portal/2024/a.csv"]
    assert role == "rejected"
    assert sentence in reason


@pytest.mark.parametrize("written", ["2021.10", "010", "1_000", "12:30", "0x1F", "1e3", "2021-10"])
def test_what_looks_like_a_number_is_the_text_that_is_written(tmp_path, written: str) -> None:
    """Of YAML's numbers 2021.10 would be the January of 2021, and a sheet named 010 the eighth."""
    text = f"published_on: 2024-01-31\nfiles: {{a.csv: {{period: {written}, year: 2021}}}}\n"
    (tmp_path / "_edition.yml").write_text(text)
    declared = read_edition(tmp_path).declaration("a.csv")
    assert (declared.period, declared.year) == (written, 2021)


def test_an_edition_without_declaration(warehouse) -> None:
    path = warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    (path.parent / "_edition.yml").unlink()
    warehouse.refresh()
    role, reason = warehouse.files()["nbs_portal/2024/a.csv"]
    assert role == "rejected"
    assert "write _edition.yml beside it with `published_on: YYYY-MM-DD`" in reason


def test_what_is_declared_in_vain_is_said(warehouse) -> None:
    name = "nbs_portal/2024/a.csv"
    warehouse.land(name, TABLE.format(1), edition(typo_csv="{unit: 元}", a_csv="{flow: export}"))
    warehouse.refresh()
    role, reason = warehouse.files()[name]
    assert role == "taken"
    assert "typo.csv: no such file" in reason
    assert "`flow`: of no use for nbs_portal" in reason


def test_a_day_to_come_is_said_and_no_part_of_what_is_known_of_a_file(warehouse) -> None:
    for year in (2023, 2024):
        warehouse.land(f"nbs_portal/{year}/a.csv", TABLE.format(year), "published_on: 2099-01-31\n")
    warehouse.land("nbs_portal/2025/a.csv", TABLE.format(1))
    warehouse.refresh()
    assert {reason for _, reason in warehouse.files().values()} == {None}
    said = intake.still_to_come(warehouse.home)
    assert [sentence.partition(", a day")[0] for sentence in said] == [
        f"nbs_portal/{year} has files published on 2099-01-31" for year in (2023, 2024)
    ]


def test_a_broken_link_is_refused(warehouse) -> None:
    path = warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    path.with_name("b.csv").symlink_to(Path("nowhere"))
    warehouse.refresh()
    role, reason = warehouse.files()["nbs_portal/2024/b.csv"]
    assert (role, reason) == ("rejected", "cannot be opened: No such file or directory")


def test_every_module_and_package_that_readers_use_counts() -> None:
    """What decides whether a file is read anew, beside modules that read no bytes."""
    counted = {path for source in sources() for path in raw.files_of_reader(source)}
    modules = {path for path in counted if path.suffix == ".py"}
    imported = {name for path in modules for name in imports(path)}
    reads_no_bytes = {
        *("warehouse.contract.home", "warehouse.intake.snapshots", "warehouse.intake.landing"),
        "warehouse.sources.fetching",
    }
    for name in imported - reads_no_bytes:
        path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        assert not path.exists() or path in modules, name
    packages = {name.partition(".")[0] for name in imported} - {"warehouse"}
    distributions = packages_distributions()
    needed = {distributions[name][0] for name in packages - sys.stdlib_module_names}
    assert needed == set(raw.PACKAGES_OF_READERS)


def test_every_table_that_readers_look_into_counts() -> None:
    """A label or an economy that is added has files read anew that were refused without it."""
    for name, source in sources().items():
        assert {*source.folder.glob("*.csv")} <= {*raw.files_of_reader(name)}
        assert {*seeds.READ_BY_READERS.values()} <= {*raw.files_of_reader(name)}


def imports(path: Path) -> set[str]:
    """The modules that a module names in its imports, and what it takes from them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_a_new_version_of_a_package_reads_a_file_again(warehouse, monkeypatch) -> None:
    warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    warehouse.refresh()
    with monkeypatch.context() as patched:
        patched.setattr(raw, "_versions_of_packages", lambda: "99")
        raw._reader_version.cache_clear()
        assert [edition.read for edition in warehouse.refresh()] == [1]
    raw._reader_version.cache_clear()


def test_a_home_of_an_older_version_is_taken_over(warehouse) -> None:
    """Version 1 had neither `home.json` nor hashes beside its facts."""
    name = "nbs_portal/2024/a.csv"
    warehouse.land(name, TABLE.format(1))
    warehouse.refresh()
    [file] = snapshots.known(warehouse.home)
    snapshots.decide(warehouse.home, snapshots.Verdict.accepted, file, "right")
    written = [*snapshots.facts_files(warehouse.home), *snapshots.verdict_files(warehouse.home)]
    for path in written:
        path.write_text(json.dumps(files.read_sealed(path)), encoding="utf-8")
    warehouse.home.facts.unlink()
    shutil.rmtree(warehouse.home.landing)
    with pytest.raises(OtherSchema, match="`yearbook refresh` takes it over"):
        snapshots.known(warehouse.home)
    snapshots.take(warehouse.home, [])
    assert snapshots.known(warehouse.home) == [file]
    assert list(snapshots.verdicts(warehouse.home, snapshots.Verdict.accepted).values()) == [
        "right"
    ]
    assert warehouse.home.schema == SCHEMA and not snapshots.damaged(warehouse.home)


def test_facts_that_were_altered_come_from_landing_or_are_named(warehouse) -> None:
    path = warehouse.land("nbs_portal/2024/a.csv", TABLE.format(1))
    warehouse.refresh()
    [facts] = snapshots.facts_files(warehouse.home)
    written = facts.read_text(encoding="utf-8")
    facts.write_text(written.replace("2024-01-31", "2014-01-31"), encoding="utf-8")
    assert snapshots.damaged(warehouse.home) == [facts]
    warehouse.refresh()
    assert facts.read_text(encoding="utf-8") == written
    facts.write_text(written.replace("2024-01-31", "2014-01-31"), encoding="utf-8")
    path.unlink()
    with pytest.raises(files.Damaged, match=re.escape(str(facts))):
        warehouse.refresh()
