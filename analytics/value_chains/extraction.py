"""Exports to each partner with every value counted once (docs/value_chains.md, Borin and Mancini).

B^{s̸}, the inverse after the exports of s are cut from A, is never computed: B^{s̸}_ss = L_s and
B^{s̸}_ts = B_ts B_ss⁻¹ L_s, and of a vector B^{s̸} y = B y - B_·s B_ss⁻¹ L_s A_sF B y.
"""

import numpy as np

from analytics.value_chains.content import Columns
from analytics.value_chains.system import System


def by_partner(system: System) -> Columns:
    """Exports by exporter and importer and what they are made of: arrays (G, G)."""
    local, own, foreign = system.local_content, system.own_content, system.foreign_content
    system.leontief.invert_factors()
    blocks = system.leontief.diagonal_blocks(system.blocks)
    to_first_exit = list(map(np.linalg.solve, blocks, system.local))
    first_foreign = system.before_within(foreign, to_first_exit)
    intermediate, final = system.intermediate_exports, system.final_exports
    sold = {
        name: system.by_exporter(content[:, None] * (intermediate + final))
        for name, content in (
            *(("bm_dva", local), ("dva_content", own)),
            *(("bm_fva", first_foreign), ("fva_content", foreign)),
        )
    }
    inputs = system.of_exporter(np.stack([local, own, foreign]))  # (G, 3, n)
    of_local, of_own, of_foreign = (inputs[:, number] for number in range(3))
    entered = system.within(system.local, system.domestic_final)  # L_r Y_rr
    last, last_home = _after_the_last_exit(system, to_first_exit)

    def to_partner(content: np.ndarray, inputs: np.ndarray, of_partner: np.ndarray) -> np.ndarray:
        """Final sales, and inputs of the partner for what it makes (n,) or (G, n)."""
        return system.by_exporter(content[:, None] * final) + system.by_importer(
            inputs * of_partner
        )

    sink = {
        "bm_dva_sink": to_partner(own, of_own, last),
        "bm_fva_sink": to_partner(foreign, of_foreign, last),
    }
    return {
        "exports": system.by_exporter(intermediate + final),
        "exports_intermediate": system.by_exporter(intermediate),
        "exports_final": system.by_exporter(final),
        "dva_content": sold["dva_content"],
        "fva_content": sold["fva_content"],
        "bm_dva": sold["bm_dva"],
        "bm_ddc": sold["dva_content"] - sold["bm_dva"],
        "bm_fva": sold["bm_fva"],
        "bm_fdc": sold["fva_content"] - sold["bm_fva"],
        "bm_davax": to_partner(local, of_local, entered),
        "bm_ref": system.by_importer(of_local * system.absorbed.T),
        **sink,
        "bm_ddc_sink": sold["dva_content"] - sink["bm_dva_sink"],
        "bm_fdc_sink": sold["fva_content"] - sink["bm_fva_sink"],
        "bm_ref_sink": system.by_importer(of_own * last_home),
        "bm_world_dva": to_partner(own, of_own, entered),
        "bm_world_fva": to_partner(foreign, of_foreign, entered),
        "domestic_sales": np.diag(system.by_exporter(system.output - system.exports)),
    }


def _after_the_last_exit(
    system: System, to_first_exit: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """What others make of exports of s that do not pass s again, all and for s itself: (G, n)."""
    leaving = system.within(to_first_exit, system.exports)
    at_home = np.concatenate(
        [
            to_exit
            @ (
                system.table.intermediate[block]
                @ (system.per_output * _outside(system.absorbed[:, country], block))
            )
            for country, (to_exit, block) in enumerate(
                zip(to_first_exit, system.blocks, strict=True)
            )
        ]
    )
    passing = system.leontief.times(np.hstack([system.apart(leaving), system.apart(at_home)]))
    last = system.output[:, None] - passing[:, : system.economies]
    return last.T, (system.absorbed - passing[:, system.economies :]).T


def _outside(column: np.ndarray, block: slice) -> np.ndarray:
    found = column.copy()
    found[block] = 0
    return found


def by_exporter(partner: Columns) -> Columns:
    """The sums over importers: arrays (G,), with what is related to value chains."""
    names = ("bm_dva", "bm_ddc", "bm_fva", "bm_fdc", "bm_davax", "bm_ref")
    found = {name: partner[name].sum(axis=1) for name in (*names, "bm_world_dva", "bm_world_fva")}
    found["bm_gvc_backward"] = partner["exports"].sum(axis=1) - found["bm_dva"]
    found["bm_gvc_forward"] = found["bm_dva"] - found["bm_davax"]
    return found
