"""Measures of value chains as their definitions say them: n inverses, and a sum for every sum.

Slow, and independent of `analytics.value_chains`: nothing of it is used here but the table.
"""

from functools import partial

import numpy as np


def _set(of: dict, place: object, prefix: str, name: str, value: float) -> None:
    of[prefix + name][place] = value


def by_definition(table) -> tuple[dict, dict]:
    """Measures by country (G,) and by exporter and importer (G, G)."""
    Z, Y, home = table.intermediate, table.final, np.asarray(table.home)
    n, G = Y.shape
    u, eye = np.ones(n), np.eye(n)
    x = Z.sum(1) + Y.sum(1)
    A = np.divide(Z, x, out=np.zeros_like(Z), where=x != 0)
    v = u - u @ A
    is_home = home[:, None] == home
    A_D, A_F = np.where(is_home, A, 0), np.where(is_home, 0, A)
    B, L = np.linalg.inv(eye - A), np.linalg.inv(eye - A_D)
    of = [home == s for s in range(G)]
    only = [np.diag(mask.astype(float)) for mask in of]
    y, y_D = Y.sum(1), np.array([Y[i, home[i]] for i in range(n)])
    E_int = np.stack([(Z * of[r]).sum(1) * ~of[r] for r in range(G)], axis=1)
    E_fin = np.stack([Y[:, r] * ~of[r] for r in range(G)], axis=1)
    E, e = E_int + E_fin, (E_int + E_fin).sum(1)

    names = [f"kww_{k}" for k in range(1, 10)]
    names += ["vax", "dfd_fva", "dva_content", "fva_content", "dva_direct", "dva_indirect"]
    names += ["dva_reimported", "iv_unctad", "iv_kpww", "wang_forward", "wang_backward"]
    names += ["wang_forward_simple", "wang_backward_simple", "wang_plv", "wang_ply"]
    names += ["upstreamness_exports", "downstreamness_output", "exports"]
    country = {name: np.full(G, np.nan) for name in names}
    pairs = ["dva", "ddc", "fva", "fdc", "davax", "ref", "world_dva", "world_fva"]
    pairs += [f"{name}_sink" for name in ("dva", "ddc", "fva", "fdc", "ref")]
    partner = {f"bm_{name}": np.zeros((G, G)) for name in pairs}

    chains = v[:, None] * (L @ A_F @ B) * y  # by source and final good
    simple = v[:, None] * (L @ A_F @ L) * y_D
    stages = v[:, None] * (L @ L @ A_F @ B + L @ A_F @ B @ B) * y
    va = v * x
    U = np.linalg.solve(
        eye - np.divide(Z, x[:, None], out=np.zeros_like(Z), where=x[:, None] != 0), u
    )
    for s in range(G):
        S, rest, vs, vt = of[s], ~of[s], v * of[s], v * ~of[s]
        es = e * S
        others = [r for r in range(G) if r != s]
        A_out = np.where(S[:, None] & rest[None, :], A, 0)
        set_ = partial(_set, country, s)
        set_("", "exports", es.sum())
        set_("", "dva_content", vs @ B @ es)
        set_("", "fva_content", vt @ B @ es)
        set_("", "dva_direct", vs @ (np.diag(L) * es))
        set_("", "dva_indirect", vs @ (L - np.diag(np.diag(L))) @ es)
        set_("", "dva_reimported", vs @ only[s] @ (B - L) @ only[s] @ es)
        set_("", "vax", sum(vs @ B @ Y[:, w] for w in others))
        set_("", "dfd_fva", vt @ B @ Y[:, s])
        kww = np.zeros(9)
        Yss = Y[:, s] * S
        kww[0] = sum(vs @ B @ (Y[:, r] * S) for r in others)
        kww[1] = sum(vs @ B @ (Y[:, r] * of[r]) for r in others)
        kww[2] = sum(vs @ B @ (Y[:, t] * of[r]) for r in others for t in others if t != r)
        kww[3] = sum(vs @ B @ (Y[:, s] * of[r]) for r in others)
        back = sum(vs @ B @ only[r] @ A @ only[s] @ L for r in others) if others else 0 * u
        kww[4], kww[5] = back @ Yss, back @ es
        kww[6] = sum(vt @ B @ (Y[:, r] * S) for r in others)
        for r in others:
            sell = vt @ B @ only[s] @ A @ only[r] @ L
            kww[7] += sell @ (Y[:, r] * of[r])
            kww[8] += sell @ (e * of[r])
        for k in range(9):
            set_("", f"kww_{k + 1}", kww[k])
        set_("", "iv_unctad", sum(vs @ B @ (e * of[r]) for r in others))
        BY = B @ Y
        set_(
            "",
            "iv_kpww",
            sum(
                vs @ B @ only[s] @ A @ (of[r] * BY[:, w])
                for r in others
                for w in range(G)
                if w not in (r, s)
            ),
        )
        value, made = va[S].sum(), y[S].sum()
        # chains that end in final goods out of inventories are below zero
        has = (
            abs(chains[S].sum()) > 1e-11 * abs(value),
            abs(chains[:, S].sum()) > 1e-11 * abs(made),
        )
        set_("", "wang_forward", chains[S].sum() / value if value else np.nan)
        set_("", "wang_forward_simple", simple[S].sum() / value if value else np.nan)
        set_("", "wang_backward", chains[:, S].sum() / made if made else np.nan)
        set_("", "wang_backward_simple", simple[:, S].sum() / made if made else np.nan)
        set_("", "wang_plv", stages[S].sum() / chains[S].sum() if has[0] else np.nan)
        set_("", "wang_ply", stages[:, S].sum() / chains[:, S].sum() if has[1] else np.nan)
        total = es.sum()
        set_("", "upstreamness_exports", (es @ U) / total if total else np.nan)
        set_("", "downstreamness_output", (u @ B)[S] @ x[S] / x[S].sum() if x[S].any() else np.nan)

        cut = np.linalg.inv(eye - A + A_out)  # after the exports of s are gone
        Y_cut = Y.sum(1) - E_fin.sum(1) * S
        for r in others:
            R = only[r]
            sell, entered = E[:, r] * S, L @ (Y[:, r] * of[r])
            first = (Y[:, r] * S) + only[s] @ A @ R @ entered
            last = (Y[:, r] * S) + only[s] @ A @ R @ cut @ Y_cut
            put = partial(_set, partner, (s, r), "bm_")
            put("dva", vs @ L @ sell)
            put("ddc", vs @ (B - L) @ sell)
            put("fva", vt @ cut @ sell)
            put("fdc", vt @ (B - cut) @ sell)
            put("davax", vs @ L @ first)
            put("ref", vs @ L @ only[s] @ A @ R @ BY[:, s])
            put("dva_sink", vs @ B @ last)
            put("fva_sink", vt @ B @ last)
            put("ddc_sink", vs @ B @ (sell - last))
            put("fdc_sink", vt @ B @ (sell - last))
            put("ref_sink", vs @ B @ only[s] @ A @ R @ cut @ Y[:, s])
            put("world_dva", vs @ B @ first)
            put("world_fva", vt @ B @ first)
    return country, partner
