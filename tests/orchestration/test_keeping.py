"""What keeps a home over the years: its history, its backup, its services, its alerts."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import dagster as dg
import pytest
import typer
import yaml

from orchestration import alerts, doctor, history, instance, lock, ports, pruning, units
from orchestration.cli import app
from warehouse.contract import policy
from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import write_sealed
from warehouse.contract.home import Home

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    """A home that is prepared for Dagster; the environment is as before afterwards."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.delenv(instance.STORAGE, raising=False)
    home = Home(tmp_path / "home")
    instance.prepare(home)
    return home


@dg.asset
def table(context: dg.AssetExecutionContext) -> None:
    if "bad" in context.run.tags:
        raise dg.Failure("it is bad")


@dg.asset_check(asset=table)
def check() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def test_the_last_runs_and_the_last_good_one_are_remembered_and_nothing_of_others(home):
    def run(**tags: str) -> str:
        made = dg.materialize([table, check], instance=opened, tags=tags, raise_on_error=False)
        return made.run_id

    with instance.opened(home) as opened:
        old, good, *bad = [run(), run(), *(run(bad="yes") for _ in range(4))]
        gone = {old, *bad[:2]}
        assert set(history.beyond(opened, 2)) == gone
        assert len(opened.get_runs()) == 6
        history.forget(opened, 2)
        assert {each.run_id for each in opened.get_runs()} == {good, *bad[2:]}
        storage = opened.event_log_storage
        assert set(storage.get_all_run_ids()) == {good, *bad[2:]}
        with storage.index_connection() as index:
            for name in ("event_logs", "asset_check_executions"):
                rows = index.exec_driver_sql(f"select distinct run_id from {name}").fetchall()
                assert good in {row[0] for row in rows} <= {good, *bad[2:]}
        assert opened.get_latest_materialization_event(table.key).run_id == good


def test_a_home_is_pinned_pruned_kept_and_brought_back(clone, released, tmp_path):
    def done(*arguments: str) -> str:
        ended = clone.yearbook(*arguments)
        assert ended.status == 0, ended.stderr
        return ended.stdout + ended.stderr

    done("refresh")  # the last release may be of code that another test had changed
    name = done("pin", "current", "--for", "Table 3").split()[0]
    assert done("pin") == f"{name}: Table 3\n"
    assert done("prune", "--dry-run").startswith("releases  0 would go")
    assert done("backup", str(tmp_path / "home.tgz")).endswith("MB, and could be restored\n")
    back = ("--home", str(tmp_path / "back"))
    done("restore", str(tmp_path / "home.tgz"), *back)
    assert done("pin", *back) == f"{name}: Table 3\n"
    wrong = {found.check for found in doctor.examine(Home(tmp_path / "back")) if found.mend}
    assert wrong <= {"packages", "disk", "manifest"}  # of this machine
    assert f"release   {name} in " in done(
        "refresh", *back
    )  # what a backup leaves out is made again
    assert done("refresh", *back).startswith(f"nothing new: {name} ")
    done("pin", "current", "--undo")


def test_drafts_go_once_they_are_old_and_what_was_published_stays(home):
    paths = [
        home.landing / "oecd" / "2020" / ".answer.json.17.tmp",
        home.snapshots / "files" / ".17.tmp",
        home.dagster / "history-damaged-1",
        home.dagster / "history" / "runs" / "1.db-damaged",
        home.releases / ".2019-12-31-a.damaged",
        home.releases / ".2018-12-31-b.damaged",  # pinned
        home.build / ".17.tmp",  # a refresh begins it anew
        home.releases / ".2020.tmp",  # and removes this
        home.landing / "oecd" / "2020" / "answer.tmp",
    ]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    write_sealed(home.root / "pins" / "2018-12-31-b.json", {"for": "Table 3"})
    path = home.root / "policy.yml"
    path.with_suffix(".yaml").write_text("drafts: {days: 0}")
    with pytest.raises(WarehouseError, match=r"policy.yaml is not read: name it policy.yml"):
        pruning.prune(home, is_dry=False)
    path.write_text("drafts: {days: 1}")
    assert pruning.prune(home, is_dry=False)[2].names == []
    path.write_text("drafts: {days: 0}")
    with lock.exclusively(home.build / "refresh.lock"):  # a refresh is at work
        pruning.prune(home, is_dry=True)
    for is_dry in (True, False):
        found = pruning.prune(home, is_dry)[2]
        assert {home.root / name for name in found.names} == {*paths[:5]}
        assert found.size == 5
    assert [path.exists() for path in paths] == [False] * 5 + [True] * 4


def test_on_a_full_disk_no_history_is_called_damaged_and_what_is_old_can_go(home, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    with pytest.raises(WarehouseError, match="No space left on device: make room there"):
        instance.set_aside_damage(home)

    def write(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    gone = home.root / "dagster" / "history-damaged-1"
    gone.mkdir()
    (home.root / "policy.yml").write_text("drafts: {days: 0}")
    with pytest.raises(WarehouseError, match="No space left on device"):  # of the runs, at last
        pruning.prune(home, is_dry=False)
    assert not gone.exists()


def test_a_port_or_an_address_that_cannot_be_had_is_a_sentence(home, monkeypatch):
    with pytest.raises(WarehouseError, match=r"192.0.2.1 is no address of this machine"):
        ports.chosen(None, home, "192.0.2.1")
    assert ports.chosen(None, home) >= ports.of(home)
    monkeypatch.setattr(ports, "_refused", lambda _, port: PermissionError(13) if port else None)
    with pytest.raises(WarehouseError, match="this user may not open port 80: choose one above"):
        ports.chosen(80, home)


def test_units_are_what_systemd_understands(tmp_path):
    root = tmp_path / 'a home 100% of $x "省" \\'
    texts = units.units(Home(root), ports.of(Home(root)))
    assert len(texts) == 2 and not {*texts} & {*units.units(Home(tmp_path), 3000)}
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    for name, text in texts.items():
        (tmp_path / name).write_text(text.replace(units.YEARBOOK, "/bin/true"))
    done = subprocess.run(
        [verify, "--user", "verify", *(tmp_path / name for name in texts)],
        capture_output=True,
        text=True,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_who_asked_is_told(home):
    kept = policy.Alerts(file="alerts.log", command=["sh", "-c", "cat > told; exit 3"])
    for _ in range(2):
        with pytest.raises(WarehouseError, match=r"nobody was told by Command .* exit status 3"):
            alerts.tell(home, kept, "run-1", ["first", "second"])
    lines = (home.root / "alerts.log").read_text().splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(f" {home.root}: run run-1 failed: first (and 1 more)")
    assert (home.root / "told").read_text().endswith(" failed: first\nsecond\n")


@pytest.mark.parametrize(
    "url", ["mysql://u:sec%zzret@h/db", "postgresql://u:sec/ret@h/db", "postgresql://u:sec%zzret@h"]
)
def test_a_wrong_storage_is_a_sentence_without_its_password(home, monkeypatch, url):
    monkeypatch.setenv(instance.STORAGE, url)
    with pytest.raises(instance.NoStorage, match=r"YEARBOOK_STORAGE .* postgresql://USER") as said:
        instance.check_storage(home)
    assert "sec" not in str(said.value) and "ret@" not in str(said.value)


def test_the_policy_is_read_before_anything_is_made(apart):
    apart.land(12)
    path = policy.path(apart.home)
    path.write_text("history: {runs: many}\n")
    done = apart.yearbook("refresh")
    assert done.status == 1
    assert done.stderr.startswith(f"yearbook: {path}: `history.runs` is many; expected a whole")


FAILED = """
import dagster as dg
from orchestration import automation, instance
from warehouse.contract.files import write_sealed
from warehouse.contract.home import Home

instance.prepare(Home.from_environment())
with dg.DagsterInstance.get() as opened:
    [run] = opened.get_runs(limit=1)
    [event] = opened.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    context = dg.build_run_status_sensor_context(
        "failed_run", event.dagster_event, opened, run
    ).for_run_failure()
    automation.failed_run(context)
"""


def test_a_refresh_that_fails_is_told_of(apart):
    apart.land(-3)
    assert apart.yearbook("refresh").status == 1
    policy.path(apart.home).write_text(json.dumps({"alerts": {"file": "alerts.log"}}))
    told = apart.python(FAILED)
    assert told.status == 0, told.stderr
    [line] = (apart.home.root / "alerts.log").read_text().splitlines()
    assert "failed: marts.panel__province_year fails values_are_positive_panel" in line


def test_the_services_of_compose_wait_for_each_other_and_their_commands_are_ours():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    command = typer.main.get_command(app)
    for name in ("webserver", "daemon"):
        assert services[name]["depends_on"] == {"database": {"condition": "service_healthy"}}
        words = services[name]["command"]
        sub, theirs, rest = command.resolve_command(command.make_context("yearbook", ["ui"]), words)
        asked = theirs.make_context(sub, rest).params
        assert (sub, asked["only"]) == ("ui", name)
    assert all("healthcheck" in services[name] for name in ("database", "webserver", "daemon"))
    assert services["webserver"]["ports"][0].startswith("127.0.0.1:")
    assert {tuple(service["volumes"]) for service in services.values()} == {("yearbook:/yearbook",)}
    assert instance.STORAGE in services["daemon"]["environment"]
