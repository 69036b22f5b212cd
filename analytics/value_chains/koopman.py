"""The nine terms of gross exports, participation and position (docs/value_chains.md, Koopman)."""

import numpy as np

from analytics.value_chains.content import Columns
from analytics.value_chains.system import System


def nine_terms(system: System) -> Columns:
    """Exports in nine terms that add up to them: arrays (G,) `kww_1` ... `kww_9`.

    Koopman, Wang and Wei (2014, equation 36). The terms of what others sell on are products of
    their rows alone, so that a country without chains has zeros there.
    """
    by, local = system.by_exporter, system.local
    final, final_exports = system.table.final, system.final_exports.sum(axis=1)
    others = system.content.copy()  # v_s B_sr, r not s
    others[system.home, np.arange(system.n)] = 0
    returned = np.einsum("sr,rs->s", others, final)
    coming_back = np.concatenate(
        [
            others[country] @ system.table.intermediate[:, block] * system.per_output[block]
            for country, block in enumerate(system.blocks)
        ]
    )
    coming_back = system.before_within(coming_back, local)  # v_s Σ_r B_sr A_rs L_s
    home_sales, exports = system.domestic_final, system.exports
    partners = system.abroad(system.within(local, np.stack([home_sales, exports], axis=1)))
    terms = [
        by(system.own_content * final_exports),
        others @ home_sales,
        others @ final_exports - returned,
        returned,
        by(coming_back * home_sales),
        by(coming_back * exports),
        by(system.foreign_content * final_exports),
        by(system.foreign_content * partners[:, 0]),
        by(system.foreign_content * partners[:, 1]),
    ]
    return {f"kww_{number}": term for number, term in enumerate(terms, start=1)}


def indirect_value_added(system: System, kww_3: np.ndarray) -> Columns:
    """Value added in the exports of others, counted in three ways: arrays (G,)."""
    unctad = system.content @ system.exports - system.by_exporter(
        system.own_content * system.exports
    )
    sold_on = (
        system.output[:, None] - system.absorbed - system.own(system.absorbed)[:, None]
    )  # (n, G): what r makes for others than r and s
    inputs = system.of_exporter(system.own_content[None])[:, 0]
    kpww = np.einsum("sr,rs->s", inputs, sold_on)
    return {"iv_unctad": unctad, "iv_kpww": kpww, "iv_kww3": kww_3}
