"""From estimates and their covariance to statistics, p values, intervals and Wald tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import special

from analytics.estimators.covariance import wald_distance
from analytics.results import Estimate

FEW_CLUSTERS = 10
CONFIDENCE = 0.95


def estimate_of(
    name: str, estimate: float, variance: float, df: float | None, equation: str = "main"
) -> Estimate:
    """One coefficient with its t (without `df`, normal) inference; none unless variance > 0."""
    error = float(np.sqrt(variance)) if variance > 0 else None
    statistic = None if error is None else estimate / error
    width = None if error is None else critical_value(df) * error
    return Estimate(
        term=name,
        estimate=estimate,
        std_error=error,
        statistic=statistic,
        p_value=None if statistic is None else p_value(statistic, df),
        ci_low=None if width is None else estimate - width,
        ci_high=None if width is None else estimate + width,
        equation=equation,
    )


def p_value(statistic: float, df: float | None) -> float:
    """Two-sided, of the t distribution, or of the normal where df is None."""
    return float(p_values(np.asarray(statistic), df))


def p_values(statistics: np.ndarray, df: float | None) -> np.ndarray:
    """The same of any number of statistics."""
    below = -np.abs(statistics)
    return 2 * (special.ndtr(below) if df is None else special.stdtr(df, below))


def critical_value(df: float | None) -> float:
    """Half the width of a 95 % interval in standard errors."""
    share = 0.5 + CONFIDENCE / 2
    return float(special.ndtri(share) if df is None else special.stdtrit(df, share))


def wald(params: np.ndarray, covariance: np.ndarray, df: int | None) -> dict[str, Any]:
    """The Wald test that all params (q,) are 0: F(q, df), or chi-squared(q) without df.

    A covariance without full rank (fewer clusters than restrictions) tests its rank of them, as
    Stata's `test` does; `df_num` says how many. There is no statistic with none, nor where one of
    the params has no variance.
    """
    chi2, rank = wald_distance(params, covariance)
    if rank == 0 or not np.diag(covariance).all():
        return {"statistic": None, "df_num": 0, "p_value": None}
    if df is None:
        return {"statistic": chi2, "df_num": rank, "p_value": float(special.chdtrc(rank, chi2))}
    f = chi2 / rank
    return {
        "statistic": f,
        "df_num": rank,
        "df_denom": df,
        "p_value": float(special.fdtrc(rank, df, f)),
    }


def wald_statistics(name: str, test: Mapping[str, Any]) -> dict[str, float]:
    """A Wald test as statistics: `<name>_f` or `_chi2`, `_df`, `_p`; none without a statistic."""
    if test["statistic"] is None:
        return {}
    kind = "f" if "df_denom" in test else "chi2"
    return {
        f"{name}_{kind}": float(test["statistic"]),
        f"{name}_df": float(test["df_num"]),
        f"{name}_p": float(test["p_value"]),
    }


def no_errors(names: Sequence[str]) -> str:
    """The warning that these coefficients have no error, and why."""
    return (
        f"{', '.join(names)}: no error exists, since nothing is left to compute it from: the fit "
        "is exact, or the scores add up to nothing in every cluster or period whatever the data are"
    )


def few_clusters(n_clusters: float) -> str:
    """The warning that errors summed over so few groups are not to be trusted."""
    return (
        f"{n_clusters:.0f} clusters are too few to trust the errors: {FEW_CLUSTERS} or more "
        "are wanted"
    )
