"""Difference and System GMM: published numbers, the same written out by hand, and invariances."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.errors import SpecificationError
from analytics.estimators.dynamic_equations import (
    GmmInstrument,
    Instrument,
    build_instruments,
    stack_equations,
)
from analytics.estimators.dynamic_gmm import fit_gmm
from analytics.results import ModelResult
from analytics.specification import parse_specification
from analytics.study import run_specification

REFERENCES = Path(__file__).resolve().parents[2].parent / "shared" / "references"
ARELLANO_BOND = {
    "outcome": "n",
    "lags": 2,
    "regressors": ["w", "k"],
    "gmm_instruments": [{"variable": "n", "lags": [2, 4]}, {"variable": "w", "lags": [1, 3]}],
    "iv_instruments": ["k"],
    "collapse": False,
}


@pytest.fixture(scope="module")
def abdata() -> pd.DataFrame:
    path = REFERENCES / "dynamic_panel" / "abdata.csv"
    if not path.exists():
        pytest.skip(f"the reference data are not beside the repository: {path}")
    return pd.read_csv(path)


def _estimate(data: pd.DataFrame, **model: object) -> ModelResult:
    model = {
        "id": "m",
        "estimator": "dynamic_panel",
        "outcome": "y",
        "regressors": ["x"],
        "gmm_instruments": [{"variable": "y", "lags": [2, 3]}],
        "iv_instruments": ["x"],
        **model,
    }
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    return run_specification(parse_specification(content), data)[0]


def _of(result: ModelResult, what: str = "estimate") -> dict[str, float]:
    return {term.term: getattr(term, what) for term in result.terms}


def _simulate(
    seed: int, firms: int = 31, years: int = 11, rho: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """x and y (firms, years): y = rho y_-1 + 0.5 x + effect + error, in its steady state.

    x depends on the effect.
    """
    random = np.random.default_rng(seed)
    before = 30
    effect = random.normal(size=firms)
    x = np.empty((before + years, firms))
    y = np.empty_like(x)
    x[0] = effect
    y[0] = (0.5 * x[0] + effect) / (1 - rho)
    for t in range(1, before + years):
        x[t] = 0.5 * x[t - 1] + 0.5 * effect + random.normal(size=firms)
        y[t] = rho * y[t - 1] + 0.5 * x[t] + effect + random.normal(size=firms)
    return x[before:].T, y[before:].T


def _panel(seed: int, firms: int = 31, years: int = 11) -> pd.DataFrame:
    x, y = _simulate(seed, firms, years)
    keys = [(f"firm {i:02d}", 2000 + t) for i in range(firms) for t in range(years)]
    return pd.DataFrame(keys, columns=["firm", "year"]).assign(x=x.ravel(), y=y.ravel())


def _with_gaps(seed: int = 3) -> pd.DataFrame:
    """Entries and exits, a missing year, missing values, a firm with one row, one with two."""
    data = _panel(seed, firms=24, years=8)
    random = np.random.default_rng(seed + 1)
    data["z"] = random.normal(size=len(data)) + 0.4 * data["x"]
    number = data["firm"].str[5:].astype(int)
    year = data["year"]
    gone = (
        ((number % 4 == 1) & (year < 2002))
        | ((number % 5 == 2) & (year > 2005))
        | ((number == 3) & (year == 2004))
        | ((number == 6) & (year == 2003))
        | ((number == 9) & (year != 2004))
        | ((number == 10) & ~year.isin([2003, 2004]))
    )
    data.loc[(number == 4) & (year == 2003), "x"] = np.nan
    data.loc[(number == 12) & (year == 2004), "z"] = np.nan
    data.loc[(number == 14) & (year == 2002), "y"] = np.nan
    return data[~gone].reset_index(drop=True)


@dataclass
class ByHand:
    """A model as in a specification file; instruments are (variable, first, last, equation)."""

    outcome: str = "y"
    lags: int = 1
    regressors: tuple[str, ...] = ("x",)
    gmm: tuple[tuple[str, int, int | None, str], ...] = (("y", 2, None, "both"),)
    iv: tuple[tuple[str, str], ...] = ()
    system: bool = True
    orthogonal: bool = False
    two_step: bool = True
    collapse: bool = True
    h: int = 3
    small: bool = False
    time_effects: bool = False
    not_in: tuple[int, ...] = ()  # years that the sample leaves out


def by_hand(data: pd.DataFrame, spec: ByHand) -> dict[str, Any]:
    """The estimates written out: a dictionary of cells, dense matrices, loops over entities.

    Slow and plain on purpose. It follows the formulas of Roodman (2009) and shares no code with
    the estimator; the corrected errors take Windmeijer's derivative numerically.
    """
    cells = {
        (variable, row["firm"], int(row["year"])): float(row[variable])
        for _, row in data.iterrows()
        for variable in data.columns
        if variable not in ("firm", "year") and not pd.isna(row[variable])
    }

    def value(term: str, firm: Any, year: int) -> float | None:
        if term.startswith("L"):
            lag, term = term[1:].split(".")
            return cells.get((term, firm, year - int(lag)))
        return cells.get((term, firm, year))

    lagged = [f"L{lag}.{spec.outcome}" for lag in range(1, spec.lags + 1)]
    terms = [spec.outcome, *lagged, *spec.regressors]
    firms = [
        firm
        for firm in sorted(set(data["firm"]))
        if any(
            all(value(term, firm, year) is not None for term in terms) and year not in spec.not_in
            for year in set(data["year"])
        )
    ]
    seen = data.loc[data["firm"].isin(firms), "year"]
    years = range(int(seen.min()), int(seen.max()) + 1)

    def is_complete(firm: Any, year: int) -> bool:
        return year in years and all(value(term, firm, year) is not None for term in terms)

    def transform(of: Callable[[int], float | None], firm: Any, year: int) -> float | None:
        """The difference at `year`, or the deviation of the year before, which is kept there."""
        if not spec.orthogonal:
            now, before = of(year), of(year - 1)
            return None if now is None or before is None else now - before
        origin = of(year - 1)
        later = [of(other) for other in years if other >= year and is_complete(firm, other)]
        if origin is None or not later or None in later:
            return None
        n = len(later)
        return float(np.sqrt(n / (n + 1)) * (origin - sum(later) / n))

    def is_transformed(firm: Any, year: int) -> bool:
        origin = year - 1 if spec.orthogonal else year
        other = (
            any(is_complete(firm, later) for later in years if later >= year)
            if spec.orthogonal
            else is_complete(firm, year - 1)
        )
        return origin not in spec.not_in and is_complete(firm, origin) and other

    rows = []  # (firm, equation, year)
    for firm in firms:
        rows += [(firm, "transformed", year) for year in years if is_transformed(firm, year)]
        if spec.system:
            rows += [
                (firm, "level", year)
                for year in years
                if is_complete(firm, year) and year not in spec.not_in
            ]

    effects = []
    if spec.time_effects:  # every period but the first that a row touches
        touched = {year for _, equation, year in rows if equation == "level" or not spec.system}
        if not spec.system:
            touched |= {year - 1 for year in touched}
        effects = sorted(touched)[1:]

    def entry(term: str | int, firm: Any, equation: str, year: int) -> float:
        def of(at: int) -> float | None:
            if term == "const":
                return 1.0
            return float(at == term) if isinstance(term, int) else value(str(term), firm, at)

        found = of(year) if equation == "level" else transform(of, firm, year)
        return 0.0 if found is None else found

    names: list[str | int] = [*lagged, *spec.regressors, *effects]
    names += ["const"] if spec.system else []
    y = np.array([entry(spec.outcome, *row) for row in rows])
    x = np.array([[entry(name, *row) for name in names] for row in rows])

    columns: dict[Any, np.ndarray] = {}
    is_gmm_level = {}

    def put(key: Any, row: int, what: float | None, of_gmm_level: bool = False) -> None:
        columns.setdefault(key, np.zeros(len(rows)))[row] = 0.0 if what is None else what
        is_gmm_level[key] = of_gmm_level

    def difference(variable: str, firm: Any, year: int) -> float | None:
        now, before = value(variable, firm, year), value(variable, firm, year - 1)
        return None if now is None or before is None else now - before

    for row, (firm, equation, year) in enumerate(rows):
        if equation == "level":
            put("const", row, 1.0)
        if equation == ("level" if spec.system else "transformed"):
            for effect in effects:
                put(effect, row, entry(effect, firm, equation, year))
        for group, (variable, first, last, instruments) in enumerate(spec.gmm):
            lags = range(first, (len(years) if last is None else last) + 1)
            if equation == "transformed" and instruments in ("both", "difference"):
                for lag in lags:
                    key = (group, "t", lag, None if spec.collapse else year)
                    put(key, row, value(variable, firm, year - lag))
            if equation == "level" and instruments in ("both", "level"):
                for lag in lags if instruments == "level" else [max(first - 1, 0)]:
                    key = (group, "l", lag, None if spec.collapse else year)
                    put(key, row, difference(variable, firm, year - lag), True)
        for number, (variable, instruments) in enumerate(spec.iv):
            if instruments == "both" or (instruments == "level") == (equation == "level"):
                put(("iv", number), row, entry(variable, firm, equation, year))
    kept = [key for key, column in columns.items() if column.any()]
    z = np.column_stack([columns[key] for key in kept])
    of_gmm_level = np.array([is_gmm_level[key] for key in kept])

    firm_of = np.array([firms.index(row[0]) for row in rows])
    of_firms = [np.flatnonzero(firm_of == number) for number in range(len(firms))]
    h = np.array([[_covariance(spec, years, a, b) for b in rows] for a in rows])

    a1 = np.linalg.inv(sum(z[i].T @ h[np.ix_(i, i)] @ z[i] for i in of_firms))

    def gmm(weight: np.ndarray, instruments: np.ndarray) -> np.ndarray:
        zx, zy = instruments.T @ x, instruments.T @ y
        return np.linalg.solve(zx.T @ weight @ zx, zx.T @ weight @ zy)

    def moments(b: np.ndarray) -> np.ndarray:
        return sum(np.outer(z[i].T @ (y - x @ b)[i], z[i].T @ (y - x @ b)[i]) for i in of_firms)

    zx = z.T @ x
    b1 = gmm(a1, z)
    s = moments(b1)
    bread1 = np.linalg.inv(zx.T @ a1 @ zx)
    v1 = bread1 @ zx.T @ a1 @ s @ a1 @ zx @ bread1
    a2 = np.linalg.inv(s)
    b2 = gmm(a2, z)
    bread2 = np.linalg.inv(zx.T @ a2 @ zx)
    derivative = np.empty((len(b1), len(b1)))
    for position in range(len(b1)):
        step = np.zeros(len(b1))
        step[position] = 1e-5
        ends = [gmm(np.linalg.inv(moments(b1 + sign * step)), z) for sign in (1, -1)]
        derivative[:, position] = (ends[0] - ends[1]) / 2e-5
    v2 = bread2 + derivative @ bread2 + bread2 @ derivative.T + derivative @ v1 @ derivative.T

    b, v, bread, a = (b2, v2, bread2, a2) if spec.two_step else (b1, v1, bread1, a1)
    e1, e2, e = y - x @ b1, y - x @ b2, y - x @ b
    tested = np.array(
        [(row[1] == "level") == (spec.system and spec.h == 1) for row in rows], dtype=bool
    )
    sigma2 = (e1[tested] ** 2).mean() / (1 if spec.orthogonal or spec.h == 1 else 2)
    hansen = e2 @ z @ a2 @ z.T @ e2
    statistics = {
        "n_instruments": z.shape[1],
        "sargan": e1 @ z @ a1 @ z.T @ e1 / sigma2,
        "hansen_j": hansen,
        "hansen_df": z.shape[1] - x.shape[1],
    }
    others = ~of_gmm_level
    if of_gmm_level.any() and others.sum() >= x.shape[1]:
        zo, so = z[:, others], np.linalg.inv(s[np.ix_(others, others)])
        eo = y - x @ gmm(so, zo)
        statistics["diff_hansen_j"] = hansen - eo @ zo @ so @ zo.T @ eo
        statistics["diff_hansen_df"] = int(of_gmm_level.sum())

    def differenced(firm: Any, year: int) -> np.ndarray | None:
        """Outcome and regressors in differences, where they are residuals to be tested."""
        if year in spec.not_in or not (is_complete(firm, year) and is_complete(firm, year - 1)):
            return None
        terms = [spec.outcome, *names]
        return np.array(
            [entry(t, firm, "level", year) - entry(t, firm, "level", year - 1) for t in terms]
        )

    for order in (1, 2):
        total, squares, slope, cross = 0.0, 0.0, np.zeros(x.shape[1]), np.zeros(z.shape[1])
        for number, firm in enumerate(firms):
            own = 0.0
            for year in years:
                now, before = differenced(firm, year), differenced(firm, year - order)
                if now is not None and before is not None:
                    residual, lag = now[0] - now[1:] @ b, before[0] - before[1:] @ b
                    own += residual * lag
                    slope += now[1:] * lag
            total, squares = total + own, squares + own**2
            cross += own * (z[of_firms[number]].T @ e[of_firms[number]])
        variance = squares - 2 * slope @ bread @ zx.T @ a @ cross + slope @ v @ slope
        statistics[f"ar{order}_z"] = total / np.sqrt(variance)

    main = "level" if spec.system else "transformed"
    nobs = sum(row[1] == main for row in rows)
    groups = len({row[0] for row in rows if row[1] == main})
    if spec.small:
        v = v * (nobs - 1) / (nobs - x.shape[1]) * groups / (groups - 1)
    shown = [position for position, name in enumerate(names) if not isinstance(name, int)]
    return {
        "terms": [names[position] for position in shown],
        "estimates": b[shown],
        "errors": np.sqrt(np.diag(v))[shown],
        "statistics": statistics,
        "nobs": nobs,
        "n_entities": groups,
    }


def _covariance(spec: ByHand, years: range, a: tuple, b: tuple) -> float:
    """H of two rows: errors in levels are independent with variance 1, and there are no effects.

    Deviations count all the later years of the panel, whether the entity has them or not.
    """
    if a[0] != b[0]:
        return 0.0
    if spec.h == 1:
        return float(a == b)
    if spec.h == 2 and a[1] != b[1]:
        return 0.0

    def weights(equation: str, year: int) -> np.ndarray:
        found = np.zeros(len(years))
        if equation == "level":
            found[years.index(year)] = 1
        elif spec.orthogonal:
            n = len(years) - years.index(year)
            found[years.index(year) :] = -1 / n
            found[years.index(year) - 1] = 1
            found *= np.sqrt(n / (n + 1))
        else:
            found[years.index(year)], found[years.index(year) - 1] = 1, -1
        return found

    return float(weights(*a[1:]) @ weights(*b[1:]))


@pytest.mark.parametrize("transformation", ["difference", "system"])
def test_reference_estimates(abdata, transformation):
    path = REFERENCES / "expected.yml"
    everything = yaml.safe_load(path.read_text(encoding="utf-8"))["dynamic_panel_abdata"]
    expected = everything[f"{transformation}_two_step"]
    result = _estimate(abdata, **ARELLANO_BOND, transformation=transformation)
    assert _of(result) == pytest.approx(expected["coefficients"], abs=1e-6)
    assert _of(result, "std_error") == pytest.approx(expected["windmeijer_se"], abs=1e-6)
    assert list(_of(result)) == list(expected["coefficients"])
    found = result.statistics
    assert found["hansen_j"] == pytest.approx(expected["hansen"]["j"], abs=1e-3)
    assert found["ar1_z"] == pytest.approx(expected["ar"]["m1"], abs=1e-3)
    assert found["ar2_z"] == pytest.approx(expected["ar"]["m2"], abs=1e-3)
    assert found["hansen_df"] == expected["hansen"]["df"]
    assert found["n_instruments"] == expected["instruments"]
    rows = expected["observations"]
    rows = rows if isinstance(rows, dict) else {"level": rows, "difference": rows}
    assert (result.nobs, found["nobs_transformed"]) == (rows["level"], rows["difference"])
    assert (result.n_entities, result.convention) == (140, "xtabond2")


def test_one_step_differences_with_time_effects_as_printed(abdata):
    """Arellano and Bond (1991), table 4, column a1, as Roodman (2009, section 3.3) prints it."""
    exogenous = ["w", "L1.w", "k", "L1.k", "L2.k", "ys", "L1.ys", "L2.ys"]
    result = _estimate(
        abdata,
        outcome="n",
        lags=2,
        regressors=exogenous,
        gmm_instruments=[{"variable": "n", "lags": [2, None]}],
        iv_instruments=exogenous,
        transformation="difference",
        steps="one",
        time_effects=True,
        collapse=False,
    )
    printed = {
        "L1.n": (0.6862261, 0.1445943),
        "L2.n": (-0.0853582, 0.0560155),
        "w": (-0.6078208, 0.1782055),
        "L1.w": (0.3926237, 0.1679931),
        "k": (0.3568456, 0.0590203),
        "L1.k": (-0.0580012, 0.0731797),
        "L2.k": (-0.0199475, 0.0327126),
        "ys": (0.6085073, 0.1725313),
        "L1.ys": (-0.7111651, 0.2317163),
        "L2.ys": (0.1057969, 0.1412021),
    }
    assert _of(result) == pytest.approx({k: v[0] for k, v in printed.items()}, abs=1e-7)
    errors = {k: v[1] for k, v in printed.items()}
    assert _of(result, "std_error") == pytest.approx(errors, abs=1e-7)
    found = result.statistics
    assert (found["n_instruments"], found["hansen_df"], result.nobs) == (41, 25, 611)
    assert [found[name] for name in ("sargan", "hansen_j", "ar1_z", "ar2_z")] == pytest.approx(
        [67.59, 31.38, -3.60, -0.52], abs=5e-3
    )
    assert "diff_hansen_j" not in found


def test_one_step_system_with_time_effects_as_printed(abdata):
    """Roodman (2009, section 3.4): the employment equation of Blundell and Bond (1998)."""
    result = _estimate(
        abdata,
        outcome="n",
        regressors=["w", "L1.w", "k", "L1.k"],
        gmm_instruments=[{"variable": v, "lags": [2, None]} for v in ("n", "w", "k")],
        iv_instruments=[],
        steps="one",
        time_effects=True,
        collapse=False,
        small=True,
    )
    printed = {
        "L1.n": 0.9356053,
        "w": -0.6309761,
        "L1.w": 0.4826203,
        "k": 0.4839299,
        "L1.k": -0.4243928,
        "const": 0.5522011 - 0.0240573,  # printed from 1984; here from 1977, the first year
    }
    assert _of(result) == pytest.approx(printed, abs=1.1e-7)
    found = result.statistics
    assert (found["n_instruments"], found["hansen_df"], found["diff_hansen_df"]) == (113, 100, 21)
    names = ("hansen_j", "diff_hansen_j", "hansen_p", "diff_hansen_p", "ar1_z", "ar2_z")
    assert [found[name] for name in names] == pytest.approx(
        [110.70, 26.37, 0.218, 0.193, -5.46, -0.25], abs=5e-3
    )
    assert (result.nobs, result.n_entities) == (891, 140)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"two_step": False},
        {"system": False, "collapse": False, "gmm": (("y", 2, 3, "both"),)},
        {"system": False, "two_step": False, "small": True, "iv": (("z", "both"),)},
        {"orthogonal": True},
        {"orthogonal": True, "system": False, "iv": (("z", "difference"),)},
        {"h": 1, "time_effects": True},
        {"h": 2, "collapse": False, "gmm": (("y", 2, 2, "both"),), "small": True},
        {"h": 1, "orthogonal": True, "system": False},
        {"gmm": (("y", 2, 4, "difference"), ("x", 1, 2, "level")), "time_effects": True},
        {"gmm": (("y", 2, 3, "both"), ("x", 0, 1, "both")), "regressors": ("x", "L1.x")},
        {"iv": (("z", "level"), ("L1.x", "both")), "two_step": False},
        {"iv": (("L2.z", "both"),), "lags": 2, "gmm": (("y", 2, 4, "both"),)},
        {"system": False, "time_effects": True},
        {"orthogonal": True, "time_effects": True, "iv": (("z", "both"),), "h": 2},
        {"not_in": (2000, 2001, 2002)},
        {"not_in": (2004,), "orthogonal": True},
    ],
    ids=str,
)
def test_unbalanced_panel_with_gaps_as_by_hand(change):
    data, spec = _with_gaps(), ByHand(**change)
    expected = by_hand(data, spec)
    result = _estimate(
        data,
        lags=spec.lags,
        regressors=list(spec.regressors),
        gmm_instruments=[{"variable": v, "lags": [a, b], "equation": e} for v, a, b, e in spec.gmm],
        iv_instruments=[{"variable": v, "equation": e} for v, e in spec.iv],
        transformation="system" if spec.system else "difference",
        orthogonal_deviations=spec.orthogonal,
        steps="two" if spec.two_step else "one",
        collapse=spec.collapse,
        initial_weight=spec.h,
        small=spec.small,
        time_effects=spec.time_effects,
        sample=f"year not in {list(spec.not_in)}" if spec.not_in else None,
    )
    assert list(_of(result)) == expected["terms"]
    assert list(_of(result).values()) == pytest.approx(expected["estimates"], rel=1e-7)
    assert list(_of(result, "std_error").values()) == pytest.approx(expected["errors"], rel=1e-5)
    found = {name: result.statistics.get(name) for name in expected["statistics"]}
    assert found == pytest.approx(expected["statistics"], rel=1e-6)
    assert (result.nobs, result.n_entities) == (expected["nobs"], expected["n_entities"])


def test_time_effects_are_dummies_that_instrument_the_level_equation():
    """As Roodman (2009, section 3.4) writes them; pydynpd instruments both equations with them.

    On a balanced panel their differences add no moment to those of levels, and both are one.
    """

    def in_regressors(data: pd.DataFrame, equation: str) -> ModelResult:
        names = [f"y{year}" for year in sorted(set(data["year"]))[2:]]
        dummies = {name: (data["year"] == int(name[1:])).astype(float) for name in names}
        given = [{"variable": name, "equation": equation} for name in names]
        return _estimate(
            data.assign(**dummies), regressors=["x", *names], iv_instruments=["x", *given]
        )

    def figures(result: ModelResult) -> list[float]:
        shown = ("L1.y", "x", "const")
        return [_of(result, what)[name] for what in ("estimate", "std_error") for name in shown]

    for data, alike in ((_panel(0, years=8), True), (_with_gaps(), False)):
        expected = figures(_estimate(data, time_effects=True))
        assert figures(in_regressors(data, "level")) == pytest.approx(expected, rel=1e-7)
        both = figures(in_regressors(data, "both")) == pytest.approx(expected, rel=1e-6)
        assert both == alike


def _design(x: np.ndarray, y: np.ndarray, **options: bool):
    """Equations of y on its lag and x, from arrays (N, T)."""
    lag = np.full_like(y, np.nan)
    lag[:, 1:] = y[:, :-1]
    sample = np.ones(y.shape, dtype=bool)
    return stack_equations(np.stack([y, lag, x]), ["L1.y", "x"], sample, **options)


def test_one_step_differences_have_the_closed_form_of_arellano_and_bond():
    y = _simulate(0, firms=20, years=6)[1]
    periods = y.shape[1]
    dy = np.diff(y, axis=1)
    h = 2 * np.eye(periods - 2) - np.eye(periods - 2, k=1) - np.eye(periods - 2, k=-1)
    zhz, zx, zy = 0.0, 0.0, 0.0
    for own, d in zip(y, dy, strict=True):
        # The blocks y1; y1 y2; ... of their equation 8, for periods 3 to T
        z = np.zeros((periods - 2, (periods - 1) * (periods - 2) // 2))
        for t in range(periods - 2):
            z[t, t * (t + 1) // 2 : (t + 1) * (t + 2) // 2] = own[: t + 1]
        zhz, zx, zy = zhz + z.T @ h @ z, zx + z.T @ d[:-1], zy + z.T @ d[1:]
    weighted = np.linalg.solve(zhz, zx)
    lag = np.full_like(y, np.nan)
    lag[:, 1:] = y[:, :-1]
    everywhere = np.ones(y.shape, dtype=bool)
    equations = stack_equations(np.stack([y, lag]), ["L1.y"], everywhere, is_system=False)
    gmm = [(GmmInstrument(variable="y", lags=(2, None)), y)]
    instruments, _ = build_instruments(equations, gmm, [], collapse=False)
    fit = fit_gmm(equations, instruments, is_two_step=False)
    assert fit.params == pytest.approx([weighted @ zy / (weighted @ zx)], rel=1e-10)


@pytest.mark.parametrize("is_two_step", [False, True])
def test_deviations_equal_differences_on_a_balanced_panel_with_all_instruments(is_two_step):
    """Arellano and Bover (1995): both are the same filter of the same moments."""
    x, y = _simulate(5, firms=60, years=6)
    gmm = [
        (GmmInstrument(variable="y", lags=(2, None)), y),
        (GmmInstrument(variable="x", lags=(1, None)), x),
    ]
    fits = []
    for orthogonal in (False, True):
        equations = _design(x, y, is_system=False, orthogonal=orthogonal)
        instruments, _ = build_instruments(equations, gmm, [], collapse=False)
        fits.append(fit_gmm(equations, instruments, is_two_step=is_two_step))
    assert fits[1].params == pytest.approx(fits[0].params, rel=1e-8)
    assert fits[1].covariance == pytest.approx(fits[0].covariance, rel=1e-7)
    assert fits[1].statistics["hansen_j"] == pytest.approx(fits[0].statistics["hansen_j"])


def test_levels_instrumented_by_themselves_are_pooled_least_squares():
    """The help of xtabond2: iv(w k, eq(level)) with h(1) and small is regress."""
    x, y = _simulate(2, firms=12, years=7)
    equations = _design(x, y, is_system=True)
    lag = np.full_like(y, np.nan)
    lag[:, 1:] = y[:, :-1]
    iv = [(Instrument(variable=name, equation="level"), z) for name, z in (("l", lag), ("x", x))]
    instruments, _ = build_instruments(equations, [], iv, collapse=True)
    fit = fit_gmm(equations, instruments, initial_weight=1, is_two_step=False, small=True)
    design = sm.add_constant(np.column_stack([lag[:, 1:].ravel(), x[:, 1:].ravel()]))
    firms = np.repeat(np.arange(12), 6)
    options = {"groups": firms, "use_correction": True}
    pooled = sm.OLS(y[:, 1:].ravel(), design).fit(cov_type="cluster", cov_kwds=options)
    assert fit.params == pytest.approx(pooled.params, rel=1e-9)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(pooled.bse, rel=1e-9)
    assert fit.df == 11
    # As many instruments as coefficients leave nothing to test
    assert fit.statistics["hansen_df"] == fit.statistics["sargan_df"] == 0
    assert fit.statistics["hansen_j"] == pytest.approx(0, abs=1e-9)
    assert not {"hansen_p", "sargan_p", "diff_hansen_j"} & set(fit.statistics)


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    y_unit=st.integers(-9, 9),
    x_unit=st.integers(-9, 9),
    years=st.integers(-1000, 1000),
    orthogonal=st.booleans(),
)
def test_order_names_units_and_calendar_do_not_matter(seed, y_unit, x_unit, years, orthogonal):
    data = _with_gaps(seed % 7)
    model = {"orthogonal_deviations": orthogonal, "time_effects": True}
    result = _estimate(data, **model)
    shuffled = _estimate(data.sample(frac=1, random_state=seed), **model)
    assert shuffled.terms == result.terms  # exactly: a release is the same cell for cell
    assert shuffled.statistics == result.statistics

    renamed = data.assign(firm=data["firm"].map(lambda name: name[::-1]), year=data["year"] + years)
    renamed = _estimate(renamed, **model)
    for what in ("estimate", "std_error"):
        assert _of(renamed, what) == pytest.approx(_of(result, what), rel=1e-7)

    scaled = _estimate(data.assign(y=data["y"] * 10.0**y_unit, x=data["x"] * 10.0**x_unit), **model)
    units = {"L1.y": 1.0, "x": 10.0 ** (y_unit - x_unit), "const": 10.0**y_unit}
    for what in ("estimate", "std_error"):
        expected = {name: value * units[name] for name, value in _of(result, what).items()}
        assert _of(scaled, what) == pytest.approx(expected, rel=1e-6)
    assert scaled.statistics == pytest.approx(result.statistics, rel=1e-6)


@pytest.mark.slow
def test_sizes_and_bias_on_small_panels():
    """31 x 11, collapsed lags 2 to 3: each 5 % test rejects as often as binomial draws allow."""
    replications, rho, beta = 300, 0.5, 0.5
    low, high = stats.binom(replications, 0.05).ppf([0.0005, 0.9995])
    for is_system in (False, True):
        errors, rejections = [], []
        for seed in range(replications):
            x, y = _simulate(seed, rho=rho)
            equations = _design(x, y, is_system=is_system)
            gmm = [(GmmInstrument(variable="y", lags=(2, 3)), y)]
            iv = [(Instrument(variable="x", equation="difference"), x)]
            instruments, _ = build_instruments(equations, gmm, iv, collapse=True)
            fit = fit_gmm(equations, instruments, small=True)
            error = fit.params[-2:] - [rho, beta]
            t = error / np.sqrt(np.diag(fit.covariance)[-2:])
            found = fit.statistics
            p_values = [*(2 * stats.t.sf(abs(t), fit.df)), found["hansen_p"], found["ar2_p"]]
            p_values.append(found.get("diff_hansen_p", 0.5))
            errors.append(error)
            rejections.append(np.array(p_values) < 0.05)
        assert np.abs(np.mean(errors, axis=0)).max() < 0.02
        n_rejections = np.sum(rejections, axis=0)[: 5 if is_system else 4]
        assert (n_rejections >= low).all(), n_rejections
        assert (n_rejections <= high).all(), n_rejections


def test_many_instruments_are_warned_about():
    data = _panel(1, firms=12)
    gmm = [{"variable": name, "lags": [1, None]} for name in ("y", "x")]
    result = _estimate(data, gmm_instruments=gmm, collapse=False)
    n_instruments = int(result.statistics["n_instruments"])
    assert n_instruments > 100
    assert result.statistics["hansen_p"] > 0.95
    for start in (
        f"{n_instruments} instruments are more than the 12 entities",
        f"the covariance of the {n_instruments} moments has rank 12",
        "Hansen's p is 1.000",
    ):
        assert any(warning.startswith(start) for warning in result.warnings), start
    assert _estimate(data).warnings == ()


def test_what_few_entities_cannot_tell_is_left_out_and_said():
    two_firms = _panel(0)[:22]
    result = _estimate(two_firms, steps="one")
    assert "hansen_j" not in result.statistics
    assert any("2 entities are too few for Hansen's J" in text for text in result.warnings)
    short = _estimate(_panel(0, years=4), gmm_instruments=[{"variable": "y", "lags": [2, 2]}])
    assert {"ar1_z", "ar1_p"} < set(short.statistics)
    assert not {"ar2_z", "ar2_p"} & set(short.statistics)
    assert any(text.startswith("AR(2) is not tested") for text in short.warnings)


def test_instruments_that_add_nothing_change_nothing_and_are_named():
    data = _with_gaps().assign(twice=lambda d: 2 * d["x"])
    plain = _estimate(data)
    result = _estimate(
        data,
        iv_instruments=["x", "twice"],
        gmm_instruments=[{"variable": "y", "lags": [2, 3]}, {"variable": "x", "lags": [30, 40]}],
    )
    assert _of(result) == pytest.approx(_of(plain), rel=1e-8)
    assert _of(result, "std_error") == pytest.approx(_of(plain, "std_error"), rel=1e-8)
    assert dict(result.statistics) == pytest.approx(dict(plain.statistics), rel=1e-7)
    assert result.warnings == (
        "1 of 6 instruments are collinear with others and not counted",
        "the instrument `x` has no values in the rows that it instruments",
    )
    level = [{"variable": "x", "equation": "level"}]
    in_levels = _estimate(data, transformation="difference", iv_instruments=["x", *level])
    assert any("`x` has no values" in warning for warning in in_levels.warnings)
    assert in_levels.statistics["n_instruments"] == 3


def test_what_is_lost_is_counted():
    data = _with_gaps()
    level = _estimate(data)
    assert (level.entities_dropped, level.n_singletons) == ((), 0)
    result = _estimate(data, transformation="difference")
    assert result.entities_dropped == ("firm 10",)  # firm 9 has no lag
    assert result.warnings == ("firm 10 dropped: nothing can be differenced",)
    assert (result.n_singletons, result.n_entities) == (1, level.n_entities - 1)
    assert len(result.rows) == result.nobs == result.statistics["nobs_transformed"]
    assert set(result.rows) < set(level.rows)
    assert level.n_dropped_missing == len(data) - level.nobs


def test_winsorising_cuts_the_instruments_as_well():
    data = _panel(4)
    rows = data[data["year"] > 2000]
    cut = data.assign(x=data["x"].clip(*np.quantile(rows["x"], [0.05, 0.95])))
    model = {"gmm_instruments": [{"variable": v, "lags": [2, 3]} for v in ("y", "x")]}
    winsorise = {"limits": [0.05, 0.95], "columns": ["x"]}
    result = _estimate(data, **model, winsorise=winsorise)
    assert _of(result) == pytest.approx(_of(_estimate(cut, **model)), rel=1e-10)
    assert _of(result) != pytest.approx(_of(_estimate(data, **model)), rel=1e-3)


@pytest.mark.parametrize(
    ("change", "model", "sentence"),
    [
        (
            {"w": lambda d: d["firm"].str[5:].astype(float)},
            {"regressors": ["x", "w"], "transformation": "difference"},
            "regressor `w` does not vary over time, and its differences are all 0: leave it out",
        ),
        (
            {"w": lambda d: 3 * d["x"] - 1},
            {"regressors": ["x", "w"]},
            "regressor `w` is perfectly collinear with `const`, `x`: leave it out",
        ),
        (
            {"w": lambda d: d["year"] ** 2.0},
            {"regressors": ["x", "w"], "time_effects": True, "transformation": "difference"},
            "regressor `w` is perfectly collinear with the time effects: leave it out",
        ),
        ({"y": lambda d: 1.0}, {}, "regressor `L1.y` is perfectly collinear with `const`"),
        (
            {"y": lambda d: 2.0 ** (2000 - d["year"]) + d["firm"].str[5:].astype(float)},
            {"regressors": [], "transformation": "difference"},
            "the regressors explain the outcome without an error",
        ),
        (
            {"x": lambda d: d["x"].where(d["year"] % 2 == 0)},
            {},
            "no entity has two consecutive periods",
        ),
        (
            {},
            {
                "iv_instruments": [],
                "transformation": "difference",
                "gmm_instruments": [{"variable": "y", "lags": [3, 3]}],
            },
            "2 coefficients need as many instruments or more, and there are 1",
        ),
        (
            {"w": lambda d: d["x"] * (d["year"] < 2004)},
            {
                "regressors": ["w"],
                "transformation": "difference",
                "iv_instruments": [],
                "gmm_instruments": [{"variable": "y", "lags": [8, 9]}],
                "collapse": False,
            },
            "the instruments do not tell the coefficients apart",
        ),
        ({}, {"sample": "firm in ['firm 01', 'firm 02']"}, "2 entities are too few for 3"),
        ({}, {"sample": "firm == 'firm 01'"}, "the errors are those of entities, and there is one"),
        ({}, {"sample": "firm == 'firm 01' and year in [2004, 2005]"}, "2 rows are too few for 3"),
        (
            {"year": lambda d: d["year"] + 1000 * (d.index % 11 == 10)},
            {"gmm_instruments": [{"variable": "y"}]},
            "give `lags` an upper end, as in",
        ),
        (
            {"z": lambda d: 1 / (d.index != 4)},
            {"iv_instruments": ["z"]},
            "`z` is infinite in row 5",
        ),
        ({}, {"iv_instruments": ["nothing"]}, "the panel has no column `nothing`"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_what_cannot_be_estimated_is_said(change, model, sentence):
    with pytest.raises(SpecificationError, match=f"model `m`: .*{sentence}"):
        _estimate(_panel(0).assign(**change), **model)
