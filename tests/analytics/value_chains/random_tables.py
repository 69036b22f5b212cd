"""Tables drawn at random: parts of countries, idle industries, inventories that are run down."""

import numpy as np
from hypothesis import strategies as st

from analytics.value_chains.table import InterCountryTable


def random_table(
    seed: int,
    countries: int,
    industries: int,
    parts: int = 0,
    idle: int = 0,
    share: float = 0.7,
    closed: bool = False,
) -> InterCountryTable:
    """A table in which no industry buys for more than it sells.

    `parts` further parts of the first country stand at the end; `share` of the flows are not zero;
    `closed` leaves the last country without trade.
    """
    random = np.random.default_rng(seed)
    home = np.repeat([*range(countries), *[0] * parts], industries)
    n = len(home)
    Z = random.lognormal(0, 1, (n, n)) * (random.random((n, n)) < share)
    Y = random.lognormal(1, 1, (n, countries)) * (random.random((n, countries)) < share)
    abroad = home[:, None] != np.arange(countries)
    Y = np.where(abroad & (random.random(Y.shape) < 0.1), -0.1 * Y, Y)  # inventories
    if closed:
        is_last = home == countries - 1
        Z[is_last[:, None] != is_last[None, :]] = 0
        Y[is_last, :-1] = 0
        Y[~is_last, -1] = 0
    can_be_idle = np.flatnonzero(home != countries - 1) if closed else np.arange(n)
    is_idle = np.isin(np.arange(n), random.permutation(can_be_idle)[: min(idle, n - 1)])
    Z[is_idle] = Z[:, is_idle] = Y[is_idle] = 0
    missing = 1.2 * Z.sum(axis=0) + 1 - (Z.sum(axis=1) + Y.sum(axis=1))
    Y[np.arange(n), home] += np.where(is_idle, 0, np.maximum(missing, 0))
    if countries > 1 and not closed:
        Y[is_idle, :2] = [3, -3]  # shipped out of inventories
    names = tuple(f"C{number}" for number in range(countries))
    codes = tuple(f"I{number % industries}" for number in range(n))
    return InterCountryTable(Z, Y, home, names, codes)


TABLES = st.builds(
    random_table,
    seed=st.integers(0, 10_000),
    countries=st.integers(1, 4),
    industries=st.integers(1, 3),
    parts=st.integers(0, 2),
    idle=st.integers(0, 2),
    share=st.floats(0.2, 1),
)
