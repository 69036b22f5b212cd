"""The `yearbook` command, one module a theme. Imports stand where they are used, so that help
answers at once.
"""

from orchestration.cli import refreshing, asking, exporting  # noqa: F401, I001 (the order of the help)
from orchestration.cli import estimating, value_chains, releasing, serving, health, keeping  # noqa: F401
from orchestration.cli.app import app

__all__ = ["app"]
