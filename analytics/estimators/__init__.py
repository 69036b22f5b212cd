"""One module an estimator: a function from a model and a panel to a ModelResult."""

import importlib.util
import sys

import numpy as np


def _load_when_used(name: str) -> None:
    """Load a part of NumPy, unless somebody has, with the first thing that is asked of it."""
    spec = importlib.util.find_spec(f"numpy.{name}")
    if spec is None or spec.loader is None or spec.name in sys.modules:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    setattr(np, name, module)
    spec.loader.exec_module(module)


# SciPy takes every name that NumPy has, for which NumPy would load its interface to Fortran and its
# tools for tests: a fourteenth of the time of a short command
_load_when_used("f2py")
_load_when_used("testing")
