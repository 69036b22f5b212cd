"""A home's judgement as a whole: the lines that join the seeds, and its own studies."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.intake import judgement

if TYPE_CHECKING:
    from analytics.specification import Study


def check(home: Home) -> None:
    """Raise `WarehouseError` that names every wrong line of a home, or a wrong study."""
    judgement.read(home)
    studies_of(home)


def studies_of(home: Home) -> "list[Study]":
    """The studies of a home. Raises `WarehouseError` for a wrong one, or a name that is taken."""
    folder = home.judgement / judgement.STUDIES
    if not any(folder.glob("*.yml")):
        return []
    from analytics.errors import SpecificationError
    from analytics.specification import load_studies  # brings pandas

    try:
        return load_studies(folder)[len(load_studies()) :]
    except SpecificationError as error:
        raise WarehouseError(str(error)) from None


def names_in(studies: "Sequence[Study]") -> set[str]:
    """Every word of the studies that may name a variable."""
    return {
        name
        for study in studies
        for name in re.findall(r"[a-z_][a-z0-9_]*", study.model_dump_json())
    }
