"""Numbers that do not depend on how many processors a machine has."""

from collections.abc import Iterator
from contextlib import contextmanager

import scipy.linalg  # noqa: F401  (it brings a BLAS of its own, which has to be there to be limited)
from threadpoolctl import threadpool_limits


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra in one thread: several add up in an order that depends on their number.

    What is stored must be the same bytes wherever it is computed. Also a decorator.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield
