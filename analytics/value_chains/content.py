"""Whose value added is in exports, and who absorbs it (docs/value_chains.md, content)."""

from collections.abc import Mapping

import numpy as np

from analytics.value_chains.system import System

Columns = dict[str, np.ndarray]


def by_exporting_row(system: System) -> Columns:
    """The content of the exports of each row: arrays (n,)."""
    own = system.value_added_share * np.concatenate([np.diag(block) for block in system.local])
    return {
        "exports": system.exports,
        "exports_intermediate": system.intermediate_exports.sum(axis=1),
        "exports_final": system.final_exports.sum(axis=1),
        "dva_content": system.own_content * system.exports,
        "fva_content": system.foreign_content * system.exports,
        "dva_direct": own * system.exports,
        "dva_indirect": (system.local_content - own) * system.exports,
        "dva_reimported": (system.own_content - system.local_content) * system.exports,
    }


def by_source_row(system: System) -> Columns:
    """The value added of each row, and how much of it is in whose exports: arrays (n,)."""
    exported = system.value_added_share[:, None] * system.exported
    own = system.own(exported)
    return {
        "output": system.output,
        "value_added": system.value_added,
        "value_added_in_exports": own,
        "value_added_in_foreign_exports": exported.sum(axis=1) - own,
    }


def absorption(system: System) -> Columns:
    """Value added by who absorbs it: arrays (G,)."""
    absorbed = system.by_exporter(system.value_added_share[:, None] * system.absorbed)
    np.fill_diagonal(absorbed, 0)
    return {"vax": absorbed.sum(axis=1), "dfd_fva": absorbed.sum(axis=0)}


def origin(system: System) -> np.ndarray:
    """The value added (G, G) of each country in the exports of each: columns add to exports."""
    return system.by_exporter(system.value_added_share[:, None] * system.exported)


def of_partners(system: System, name: str, is_member: np.ndarray) -> Columns:
    """What a set of industries (mask (n,)) sells to whom: (G, G), and at home: diagonal (G, G)."""
    sold = system.intermediate_exports + system.final_exports
    at_home = np.where(is_member, system.output - system.exports, 0)
    return {
        f"{name}_exports": system.by_exporter(np.where(is_member[:, None], sold, 0)),
        f"{name}_domestic_sales": np.diag(system.by_exporter(at_home)),
    }


def of_industries(system: System, sets: Mapping[str, np.ndarray]) -> Columns:
    """The value added of sets of industries (masks (n,)) in exports: arrays (G,)."""
    found: Columns = {}
    for name, is_member in sets.items():
        value_added = np.where(is_member, system.value_added_share, 0)[:, None] * system.exported
        by_source = system.by_exporter(value_added)
        domestic = np.diag(by_source).copy()
        np.fill_diagonal(by_source, 0)
        found |= {
            f"{name}_content_domestic": domestic,
            f"{name}_content_foreign": by_source.sum(axis=0),
            f"{name}_exports_direct": system.by_exporter(np.where(is_member, system.exports, 0)),
        }
    return found
