"""How fast the measures of value chains are, beside the inverse of a matrix of the same size.

Run with `python bench/value_chains.py`: 77 economies of 45 industries. Processor seconds and peak
memory above the table, each in a process of its own, with one thread of BLAS and with two; then
reading a file of that size into a matrix and raw lists beside `pandas.read_csv`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from measuring import show

ROOT = Path(__file__).resolve().parents[1]
COUNTRIES, INDUSTRIES = 77, 45
TASK = """
import resource, sys, time
import numpy as np
sys.path.insert(0, {root!r})
import scipy.linalg, pandas
from analytics.value_chains.results import value_chains
from analytics.value_chains.table import InterCountryTable
from analytics.value_chains.measures import SETS
random = np.random.default_rng(0)
G, N = {countries}, {industries}
n, home = G * N, np.repeat(np.arange(G), N)
Z = random.lognormal(0, 2, (n, n))
Z[home[:, None] == home] *= 200
Y = random.lognormal(3, 1, (n, G))
Y[np.arange(n), home] += 1.5 * Z.sum(axis=0)
codes = tuple(str(row % N) for row in range(n))
table = InterCountryTable(Z, Y, home, tuple(map(str, range(G))), codes)
sets = {{name: np.arange(n) % N == place for place, name in enumerate(SETS)}}
matrix = np.eye(n) - Z / table.output if {what!r} == "inverse" else None
work = {{
    "inverse": lambda: np.linalg.inv(matrix),
    "full": lambda: value_chains(table, sets),
    "light": lambda: value_chains(table, extraction_too=False),
}}[{what!r}]
warm = np.linalg.inv(Z[:9, :9])
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
work()
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(time.process_time() - start, (after - before) / 1024)
"""
READING = """
import sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
import pandas
from warehouse.sources.icio import matrix, raw
path = Path({path!r})
start = time.process_time()
if {what!r} == "pandas":
    pandas.read_csv(path)
else:
    [read] = matrix.matrices(path.name, path.read_bytes(), with_texts=True)
    raw.write([read], path.with_suffix(".parquet"))
print(time.process_time() - start, 0)
"""


def main() -> None:
    """Print each ratio beside its goal."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "2019.csv")
        _write(path)
        ours, pandas = (
            min(_run(READING, "1", what=what, path=str(path))[0] for _ in range(3))
            for what in ("ours", "pandas")
        )
        show("reading into matrix and raw, time over that of pandas.read_csv", ours / pandas, 4)
    for threads in ("1", "2"):
        inverse, of_inverse = _best("inverse", threads)
        full, of_full = _best("full", threads)
        light, _ = _best("light", threads)
        print(f"{threads} thread(s): inverse {inverse:.2f} s and {of_inverse:.0f} MiB")
        show("all measures, time over that of np.linalg.inv", full / inverse, 1.5)
        show("all measures, memory over that of np.linalg.inv", of_full / of_inverse, 1)
        show("without extraction, time over that of np.linalg.inv", light / inverse, 0.5)


def _write(path: Path) -> None:
    """A table of that size in the look of the OECD's edition of 2023."""
    labels = [f"C{g:02d}_I{i:02d}" for g in range(COUNTRIES) for i in range(INDUSTRIES)]
    kinds = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
    final = [f"C{g:02d}_{kind}" for g in range(COUNTRIES) for kind in kinds]
    random = np.random.default_rng(0)
    with path.open("w") as file:
        file.write(",".join(["V1", *labels, *final]) + "\n")
        for label in labels:
            flows = random.lognormal(0, 2, len(labels) + len(final))
            file.write(f"{label}," + ",".join(map("{:.6g}".format, flows)) + "\n")


def _best(what: str, threads: str, times: int = 3) -> tuple[float, float]:
    """The least of several runs, which other programs disturb least."""
    found = [_run(TASK, threads, what=what) for _ in range(times)]
    return min(seconds for seconds, _ in found), min(memory for _, memory in found)


def _run(task: str, threads: str, **values: str) -> tuple[float, float]:
    code = task.format(root=str(ROOT), countries=COUNTRIES, industries=INDUSTRIES, **values)
    environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


if __name__ == "__main__":
    main()
