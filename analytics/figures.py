"""Figures of results, as PNG."""

import io

import numpy as np
import pandas as pd

CHOICES = ("outcome", "treatment", "controls", "sample", "winsorise", "effects", "vce")


def curve_figure(fits: pd.DataFrame) -> bytes:
    """A specification curve: every estimate in order, and below it the choices behind each.

    `fits` has the columns of `analytics.results.CURVE`. Estimates are standardised, so that logs
    and levels share an axis; dark points are significant at 5 % (Simonsohn, Simmons and Nelson
    2020, figure 2). Raises ValueError where not one fit has an estimate.
    """
    from matplotlib.figure import Figure  # not pyplot, which looks for a screen

    known = fits.dropna(subset=["standardised"]).sort_values("standardised", kind="stable")
    if known.empty:
        raise ValueError("not one combination has an estimate")
    choices = [
        (name, value)
        for name in CHOICES
        for value in sorted(known[name].fillna("none").unique())
        if known[name].fillna("none").nunique() > 1
    ]
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
    for row, (name, value) in enumerate(choices):
        chosen = (known[name].fillna("none") == value).to_numpy(dtype=bool)
        below.scatter(
            order[chosen], np.full(chosen.sum(), -row), s=2, c=colours[chosen], marker="|"
        )
    below.set_yticks(
        [-row for row in range(len(choices))],
        [f"{name}: {value}" for name, value in choices],
        fontsize=7,
    )
    below.set_xlabel("combinations in order of the coefficient")
    image = io.BytesIO()
    # Without the date and version of the program the same fits give the same bytes
    figure.savefig(image, format="png", dpi=110, metadata={"Software": None})
    return image.getvalue()
