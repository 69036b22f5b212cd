"""Numbers that do not depend on how many processors a machine has."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import scipy.linalg  # noqa: F401  (it brings a BLAS of its own, which has to be there to be limited)
from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra in one thread: several add up in an order that depends on their number.

    What is stored must be the same bytes wherever it is computed. Also a decorator.
    """
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """The libraries that have threads: to look for them takes as long as several models."""
    return ThreadpoolController()
