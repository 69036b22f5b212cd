"""Shares and lengths of chains and distance to final use (docs/value_chains.md, production)."""

import numpy as np

from analytics.value_chains.content import Columns
from analytics.value_chains.system import System


def activities(system: System) -> Columns:
    """Value added and final production of each row that cross a border as inputs: arrays (n,).

    Wang, Wei, Yu and Zhu (2017a): v̂BŶ = v̂LŶ_D + v̂LŶ_F + v̂LA_F L Ŷ_D + v̂LA_F(BŶ - LŶ_D).
    """
    local, home_sales = system.local, system.domestic_final
    final = system.table.final.sum(axis=1)
    entered = system.within(local, home_sales)
    makers = np.stack([system.output, entered, system.stages], axis=1)
    forward = system.value_added_share[:, None] * system.within(local, system.abroad(makers))
    inputs = system.before_abroad(system.local_content[None])[0]
    return {
        "final_production": final,
        "forward": forward[:, 0],
        "forward_simple": forward[:, 1],
        "backward": system.border_chains * final,
        "backward_simple": system.before_within(inputs, local) * home_sales,
        **_lengths(system, forward, final),
    }


def _lengths(system: System, forward: np.ndarray, final: np.ndarray) -> Columns:
    """Stages times value, forward and backward: the lengths are their ratios to the values.

    Wang, Wei, Yu and Zhu (2017b): v̂LLA_F BŶ + v̂LA_F BBŶ.
    """
    before = system.within(
        system.local, system.within(system.local, system.abroad(system.output[:, None]))
    )[:, 0]
    after = system.leontief.before(system.border_chains[None])[0]
    return {
        "forward_stages": system.value_added_share * before + forward[:, 2],
        "backward_stages": (system.border_chains_after_stages + after) * final,
    }


def distances(system: System) -> Columns:
    """Output times the distance to final use and to primary inputs: arrays (n,).

    Antràs, Chor, Fally and Hillberry (2012): U = x̂⁻¹Bx; Antràs and Chor (2013): D = uB.
    """
    down = system.leontief.before(np.ones((1, system.n)))[0]
    return {"up": system.stages, "down": down * system.output}
