"""Figures of results, as PNG."""

import io

import numpy as np
import pandas as pd

CHOICES = ("outcome", "treatment", "controls", "sample", "winsorise", "effects", "vce")
MOST_SETS = 8  # of controls that are shown as sets


def curve_figure(fits: pd.DataFrame) -> bytes:
    """A specification curve: every estimate in order, and below it the choices behind each.

    `fits` has the columns of `analytics.tables.CURVE`. Estimates are standardised, so that logs
    and levels share an axis; dark points are significant at 5 % (Simonsohn, Simmons and Nelson
    2020, figure 2). Raises ValueError where not one fit has an estimate.
    """
    from matplotlib.figure import Figure  # not pyplot, which looks for a screen

    known = fits.dropna(subset=["standardised"]).sort_values("standardised", kind="stable")
    if known.empty:
        raise ValueError("not one combination has an estimate")
    choices = _choices(known)
    order = np.arange(len(known))
    is_significant = (known["p_value"] < 0.05).to_numpy(dtype=bool)
    figure = Figure(figsize=(10, 3 + 0.22 * len(choices)), layout="constrained")
    top, below = figure.subplots(2, sharex=True, height_ratios=[3, 0.22 * len(choices) + 0.1])
    colours = np.where(is_significant, "#1f4e79", "#b9c6d3")
    top.scatter(order, known["standardised"].to_numpy(dtype=float), s=3, c=colours)
    top.axhline(0, color="black", linewidth=0.6)
    top.set_ylabel("standardised\ncoefficient")
    top.set_title(
        f"{len(known)} combinations; {(known['estimate'] > 0).mean():.1%} positive, "
        f"{is_significant.mean():.1%} significant at 5 % (dark)",
        fontsize=10,
    )
    for row, chosen in enumerate(choices.values()):
        below.scatter(
            order[chosen], np.full(chosen.sum(), -row), s=2, c=colours[chosen], marker="|"
        )
    below.set_yticks(
        [-row for row in range(len(choices))],
        list(choices),
        fontsize=7,
    )
    below.set_xlabel("combinations in order of the coefficient")
    image = io.BytesIO()
    # Without the date and version of the program the same fits give the same bytes
    figure.savefig(image, format="png", dpi=110, metadata={"Software": None})
    return image.getvalue()


def _choices(fits: pd.DataFrame) -> dict[str, np.ndarray]:
    """Which fits (n,) made each choice that not all of them made, by its label."""
    made = {}
    for name in CHOICES:
        values = fits[name].fillna("none")
        if name == "controls" and values.nunique() > MOST_SETS:  # then one row a control
            sets = values.str.split(", ")
            controls = sorted({control for controls in sets for control in controls})
            made |= {f"with {c}": sets.map(lambda s, c=c: c in s).to_numpy(bool) for c in controls}
        elif values.nunique() > 1:
            made |= {
                f"{name}: {value}": (values == value).to_numpy(dtype=bool)
                for value in sorted(values.unique())
            }
    return made
