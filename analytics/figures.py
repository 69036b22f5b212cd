"""Figures of results, as PNG."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

CHOICES = ("outcome", "treatment", "controls", "sample", "winsorise", "effects", "vce")
DARK, PALE = "#1f4e79", "#b9c6d3"
NOT_IN_NAMES = r"[^\w.-]+"  # of files
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
    height = 3 + 0.22 * len(choices)
    figure = Figure(figsize=(10, height))
    widest = max(map(len, choices), default=0)  # of the labels, which need their room
    figure.subplots_adjust(
        left=min(0.07 + 0.0052 * widest, 0.6),
        right=0.98,
        top=1 - 0.35 / height,
        bottom=0.5 / height,
        hspace=0.05,
    )
    top, below = figure.subplots(2, sharex=True, height_ratios=[3, 0.22 * len(choices) + 0.1])
    for significant, colour in ((False, PALE), (True, DARK)):
        of_kind = is_significant == significant
        values = known["standardised"].to_numpy(dtype=float)[of_kind]
        top.plot(order[of_kind], values, ".", markersize=2, color=colour)
    top.axhline(0, color="black", linewidth=0.6)
    top.set_ylabel("standardised\ncoefficient")
    top.set_title(
        f"{len(known)} combinations; {(known['estimate'] > 0).mean():.1%} positive, "
        f"{is_significant.mean():.1%} significant at 5 % (dark)",
        fontsize=10,
    )
    if choices:
        below.imshow(
            _raster(list(choices.values()), is_significant),
            aspect="auto",
            interpolation="nearest",
            extent=(-0.5, len(known) - 0.5, len(choices) - 0.5, -0.5),
        )
    below.set_yticks(range(len(choices)), list(choices), fontsize=7)
    below.set_xlabel("combinations in order of the coefficient")
    return _png(figure)


def model_figures(
    estimates: pd.DataFrame, tests: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, bytes]:
    """The figures of models, by names that files can have: of event studies and of placebos.

    `estimates` has columns of `analytics.tables.ESTIMATES`, `tests` are those of each model.
    """
    drawn = {model: [test for test in own if "draws" in test] for model, own in tests.items()}
    return event_figures(estimates) | {
        _file_name("placebo", model): placebo_figure(test["draws"], test["estimate"])
        for model, own in drawn.items()
        for test in own
    }


def _file_name(kind: str, model: str) -> str:
    return f"{kind}_{re.sub(NOT_IN_NAMES, '_', model)}"


def placebo_figure(slopes: Sequence[float], estimate: float) -> bytes:
    """The distribution of the slopes of placebos, and where the estimate lies."""
    from matplotlib.figure import Figure  # not pyplot, which looks for a screen

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.hist(slopes, bins=min(50, 5 + len(slopes) // 20), color=PALE)
    axes.axvline(estimate, color=DARK)
    axes.set_xlabel(f"slopes of {len(slopes)} placebos; the line is the estimate, {estimate:.4g}")
    axes.set_ylabel("placebos")
    return _png(figure)


def event_figures(estimates: pd.DataFrame) -> dict[str, bytes]:
    """The figure of each model with effects by event time, by a name that a file can have."""
    events = estimates[estimates["equation"] == "event"]
    return {
        _file_name("event_study", str(model)): event_figure(rows)
        for model, rows in events.groupby("model_id", sort=False)
    }


def event_figure(estimates: pd.DataFrame) -> bytes:
    """The effects of a treatment by the time since it began, with their 95 % intervals.

    `estimates` has columns of `analytics.tables.ESTIMATES`; its terms are `event[-1]` and so on.
    Raises ValueError where there is none.
    """
    from matplotlib.figure import Figure  # not pyplot, which looks for a screen
    from matplotlib.ticker import MaxNLocator

    events = estimates["term"].str.extract(r"^event\[(-?\d+)\]$")[0]
    rows = estimates[events.notna()].assign(event=events.dropna().astype(int)).sort_values("event")
    if rows.empty:
        raise ValueError("not one effect has an event time")
    values = rows[["event", "estimate", "ci_low", "ci_high"]].to_numpy(dtype=float).T
    event, estimate, low, high = values
    figure = Figure(figsize=(8, 4.5))
    # Room for the longest labels there are: to measure those of each figure is to draw it thrice
    axes = figure.subplots(gridspec_kw={"left": 0.12, "right": 0.98, "top": 0.98, "bottom": 0.12})
    axes.axhline(0, color="black", linewidth=0.6)
    axes.axvline(-0.5, color=PALE, linestyle="--")
    axes.vlines(event, low, high, color=DARK)  # the base has no interval
    axes.plot(event, estimate, "o", color=DARK)
    axes.set_xlabel("periods since the treatment began")
    axes.set_ylabel("effect, with 95 % interval")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return _png(figure)


def _png(figure: Any) -> bytes:
    image = io.BytesIO()
    # Without the date and version of the program the same numbers give the same bytes
    figure.savefig(image, format="png", dpi=110, metadata={"Software": None})
    return image.getvalue()


def _raster(choices: Sequence[np.ndarray], is_significant: np.ndarray) -> np.ndarray:
    """An image (choices, n, 3): what each fit chose, in the colour of its point, on white."""
    colours = np.where(is_significant[:, None], _rgb(DARK), _rgb(PALE))
    image = np.full((len(choices), len(is_significant), 3), 255, dtype=np.uint8)
    for row, chosen in zip(image, choices, strict=True):
        row[chosen] = colours[chosen]
    return image


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.uint8)


def _choices(fits: pd.DataFrame) -> dict[str, np.ndarray]:
    """Which fits (n,) made each choice that not all of them made, by its label."""
    made: dict[str, np.ndarray] = {}
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
