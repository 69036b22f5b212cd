"""What the pages for users say to run is run, and prints what they say that it prints."""

import re
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.pages import ROOT, Command, blocks

# They build a warehouse, reach the network or do not end; that they are commands is tested of every page
NOT_RUN = {"demo", "fetch", "refresh", "ui"}
OF_A_WAREHOUSE = ["../README.md", "export.md", "operation.md", "tracing.md"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, demonstration) -> Path:
    """A folder with the demonstration under the names that pages give a home, and a panel."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(demonstration.home, folder / "data", symlinks=True)
    for name in ("DIR", "my-warehouse"):
        (folder / name).symlink_to("data")
    rng = np.random.default_rng(1)
    rows = [(firm, year) for firm in range(140) for year in range(1976, 1985)]
    panel = pd.DataFrame(rows, columns=["firm", "year"])
    panel[["n", "w", "k"]] = rng.normal(size=(len(panel), 3)).cumsum(axis=0) / 10
    panel.to_stata(folder / "firms.dta", write_index=False)
    return folder


def is_run(command: Command) -> bool:
    return command.words[0] not in NOT_RUN


@pytest.mark.parametrize("page", OF_A_WAREHOUSE)
def test_what_a_page_says_of_a_warehouse_is_so(page, folder, walk, demonstration):
    walk(page, folder, is_run=is_run)
    for block in blocks(ROOT / "docs" / page):
        if block.language == "sql":
            with duckdb.connect(str(demonstration.release / "yearbook.duckdb")) as release:
                release.execute(block.text)


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
