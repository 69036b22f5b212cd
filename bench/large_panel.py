"""A large panel beside pyfixest: a million rows, two-way effects, errors clustered by entity.

Run with `python bench/large_panel.py`. Both are whole processes that read the same CSV file, fit
the same model and say its slopes; the least of several runs counts.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import YEARBOOK, Cost, cost, show

FIRMS, YEARS, RUNS = 50_000, 20, 3
SPECIFICATION = """
panel: {entity: firm, time: year}
models:
  - id: large
    estimator: fixed_effects
    outcome: y
    regressors: [x1, x2, x3]
    effects: two_way
    vce: {type: cluster, by: [firm]}
"""
PYFIXEST = """
import sys
import pandas as pd
import pyfixest
fit = pyfixest.feols(
    "y ~ x1 + x2 + x3 | firm + year", pd.read_csv(sys.argv[1]), vcov={"CRV1": "firm"}
)
print(*fit.coef(), *fit.se())
"""


def main() -> None:
    """Print processor time and peak memory as ratios to pyfixest's."""
    with tempfile.TemporaryDirectory() as folder:
        panel, specification, out = (Path(folder) / name for name in ("panel.csv", "s.yml", "out"))
        _simulated().to_csv(panel, index=False)
        specification.write_text(SPECIFICATION)
        ours, theirs = [], []
        for _ in range(RUNS):
            ours.append(cost(YEARBOOK, "estimate", str(specification), "--panel", str(panel),
                             "--out", str(out)))  # fmt: skip
            theirs.append(cost(sys.executable, "-c", PYFIXEST, str(panel)))
        [model] = json.loads((out / "results.json").read_text())["models"]
    terms = model["terms"][:3]
    found = [term[what] for what in ("estimate", "std_error") for term in terms]
    np.testing.assert_allclose(found, [float(n) for n in theirs[0].said.split()[-6:]], rtol=1e-4)
    seconds, mebibytes = _least(ours)
    others = _least(theirs)
    size = f"{FIRMS * YEARS:,} rows, two-way effects, clustered"
    show(f"{size}: time over pyfixest ({seconds:.1f} s)", seconds / others[0], 1)
    show(f"{size}: memory over pyfixest ({mebibytes:.0f} MiB)", mebibytes / others[1], 1)


def _least(costs: list[Cost]) -> tuple[float, float]:
    return min(c.seconds for c in costs), min(c.mebibytes for c in costs)


def _simulated() -> pd.DataFrame:
    random = np.random.default_rng(1)
    firm, year = np.divmod(np.arange(FIRMS * YEARS), YEARS)
    effect = random.normal(size=FIRMS)[firm]
    x = random.normal(size=(len(firm), 3)) + 0.3 * effect[:, None]
    y = x @ [1, 0.5, -0.3] + effect + year / 10 + random.normal(size=len(firm))
    return pd.DataFrame({"firm": firm, "year": 2000 + year, "y": y}).join(
        pd.DataFrame(x, columns=["x1", "x2", "x3"])
    )


if __name__ == "__main__":
    main()
