"""The campaign of kills in its short form: two in a row, and the refresh after them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = Path(__file__).parents[2] / "bench" / "kills.py"


@pytest.mark.skipif(shutil.which("cc") is None, reason="writes are counted by a library in C")
def test_refreshes_survive_kills_before_any_write_and_at_any_time(apart):
    seed = os.getpid()  # elsewhere each time
    done = subprocess.run(
        [sys.executable, KILLS, "--kills", "2", "--seed", str(seed), "--home", apart.home.root],
        cwd=apart.root,
        env=apart.environment,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, f"{seed=}\n{done.stdout}{done.stderr}"
    assert done.stdout.splitlines()[-1].split() == ["2", "of", "2", "survived", "in", "all"]
