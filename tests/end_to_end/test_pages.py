"""What the pages for users say to run is run, and prints what they say that it prints."""

import os
import re
import shutil
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.pages import PAGES, ROOT, Command, blocks
from warehouse.contract import files

WITH_CODE = [
    page for page in PAGES if any(block.language in ("sql", "python") for block in blocks(page))
]
# They build a warehouse, reach the network or do not end; that they are commands is tested of every page
NOT_RUN = {"demo", "fetch", "refresh", "ui"}
OF_A_WAREHOUSE = [
    "../README.md",
    "export.md",
    "operation.md",
    "releases.md",
    "tracing.md",
    "value_chains.md",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, demonstration) -> Path:
    """A folder with what pages take to be there: the demonstration under the names that they give
    a home, a release before the current one, a panel and inter-country tables."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(demonstration.home, folder / "data", symlinks=True)
    for name in ("DIR", "my-warehouse"):
        (folder / name).symlink_to("data")
    _release_before(folder / "data" / "releases")
    with (
        zipfile.ZipFile(next(demonstration.home.glob("landing/icio/*/*.zip"))) as tables,
        zipfile.ZipFile(folder / "2016-2022_SML.zip", "w") as written,
    ):
        for name in tables.namelist():  # the world of the demonstration is without South Africa
            written.writestr(name, tables.read(name).replace(b"KAZ", b"ZAF"))
    rng = np.random.default_rng(1)
    rows = [(firm, year) for firm in range(140) for year in range(1976, 1985)]
    panel = pd.DataFrame(rows, columns=["firm", "year"])
    panel[["n", "w", "k"]] = rng.normal(size=(len(panel), 3)).cumsum(axis=0) / 10
    panel.to_stata(folder / "firms.dta", write_index=False)
    return folder


def _release_before(releases: Path) -> None:
    """The same release under the name and date of one that was made before."""
    current = (releases / "current").resolve()
    before = releases / "SYNTHETIC-2023-06-30-00000000"
    shutil.copytree(current, before)
    facts = files.read_sealed(before / "release.json")
    facts |= {"name": before.name, "fingerprint": "0" * 64, "newest_published_on": "2023-06-30"}
    files.write_sealed(before / "release.json", facts)
    os.utime(before / "release.json", (0, 0))


def is_run(command: Command) -> bool:
    return command.words[0] not in NOT_RUN


@pytest.mark.parametrize("page", OF_A_WAREHOUSE)
def test_what_a_page_says_of_a_warehouse_is_so(page, folder, walk):
    walk(page, folder, is_run=is_run)


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_query_and_every_line_of_python_is_answered(page, folder, monkeypatch):
    monkeypatch.chdir(folder)
    for block in blocks(page):
        if block.language == "sql":
            with duckdb.connect("data/releases/current/yearbook.duckdb", read_only=True) as release:
                release.execute(block.text)
        elif block.language == "python":
            exec(block.text, {})


def test_an_empty_folder_becomes_a_regression(tmp_path, walk):
    walk("first-regression.md", tmp_path)
    results = (tmp_path / "results" / "results.md").read_text(encoding="utf-8")
    # Two effects: the within estimate, computed outside
    panel = pd.read_csv(tmp_path / "panel.csv").set_index(["province", "year"])
    within = panel - panel.groupby("year").transform("mean")
    within -= panel.groupby("province").transform("mean") - panel.mean()
    slopes, *_ = np.linalg.lstsq(within[["rd", "gdp"]], within["patents"])
    [printed] = re.findall(r"^\| rd \| \S+ \S+ \| (-?[\d.]+)", results, re.MULTILINE)
    assert len(panel) == 32 and float(printed) == pytest.approx(slopes[0], rel=1e-3)
