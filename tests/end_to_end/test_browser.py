"""The operator's page in a real browser: the graph, a run, an asset with its table."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A page that never comes must not hang the suite, a busy machine must not fail it
TIME_OUT = 600


@pytest.fixture(scope="module")
def ui(demonstration) -> Iterator[str]:
    """The address of `yearbook ui` on the demonstration home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("yearbook")), "ui", "--port", str(port)]
    command += ["--home", str(demonstration.home)]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=TIME_OUT)


def _answering(address: str) -> str:
    deadline = time.monotonic() + TIME_OUT
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/server_info"):
                return address
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise AssertionError(f"nothing answers at {address}")


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {"Origin": "http://attacker.example"}),
        ("", {"Host": "attacker.example"}),
        ("?query=mutation%7BsetNuxSeen%7D", {}),
    ],
)
def test_requests_of_other_pages_are_refused(ui, query, headers):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(urllib.request.Request(f"{ui}/graphql{query}", headers=headers))


@pytest.fixture(scope="module")
def page(ui, browser):
    page = browser.new_page(viewport={"width": 1600, "height": 1000}, base_url=ui)
    page.set_default_timeout(TIME_OUT * 1000)
    return page


def test_graph_shows_the_layers(page):
    page.goto("/asset-groups")
    for group in ("raw", "staging", "intermediate", "marts", "models", "release"):
        page.get_by_text(group, exact=True).first.wait_for()


def test_every_title_begins_with_the_home_and_its_release(page, demonstration):
    expect = pytest.importorskip("playwright.sync_api").expect
    release = (demonstration.home / "releases" / "current").readlink()
    ours = re.escape(f"{demonstration.home.name} · {release} · ")
    for place in ("/runs", "/asset-groups"):
        page.goto(place)
        expect(page).to_have_title(re.compile(f"^{ours}"), timeout=TIME_OUT * 1000)
    # As Dagster's page does wherever it goes, and read before any of its timers may name it again:
    # what observes a change comes before what waits for nothing
    titled = page.evaluate(
        "async () => { document.title = 'Another'; await null; return document.title; }"
    )
    assert re.fullmatch(f"{ours}Another", titled)


def test_run_is_recorded_as_synthetic(page):
    page.goto("/runs")
    page.get_by_text("refresh", exact=True).first.wait_for()
    page.get_by_text("SYNTHETIC").first.wait_for()
    page.get_by_text("Success").first.wait_for()


def test_a_run_of_the_command_line_is_on_the_timeline(page):
    page.goto("/overview/activity/timeline")
    page.get_by_text("orchestration.definitions", exact=True).first.wait_for()
    page.get_by_text("refresh", exact=True).first.wait_for()


def test_the_report_and_the_dictionary_open_from_the_release(ui, page, demonstration):
    page.goto("/assets/catalog/release")
    page.get_by_text("/release/report/index.html").first.wait_for()
    for place in ("report/en/index.html", "dictionary.html"):
        with urllib.request.urlopen(f"{ui}/release/{place}") as answer:
            assert answer.read() == (demonstration.release / place).read_bytes()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{ui}/release/%2e%2e/%2e%2e/home.json")


def test_columns_of_results_are_described(page):
    page.goto("/assets/results/models")
    page.get_by_text("Kind of standard errors and the small-sample convention").first.wait_for()


def test_asset_shows_rows_checks_and_columns(page, demonstration):
    """The rows of the build: 31 provinces, 11 years, 4 variants, each at all times."""
    [(rows,)] = demonstration.rows("select count(*) from marts.idx_expy__province_year__vintages")
    page.goto("/assets/marts/idx_expy__province_year")
    page.get_by_text(f"{rows:,}").first.wait_for()
    page.get_by_text("EXPY in prices of 2012").first.wait_for()


def test_editions_are_partitions(page):
    page.goto("/assets/raw/tech_yearbook?view=partitions")
    page.get_by_text("Materialized (11)").first.wait_for()
