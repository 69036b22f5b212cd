"""What inter-country tables count in."""

from enum import StrEnum


class Unit(StrEnum):
    """How many US dollars a printed 1 is."""

    THOUSAND = "thousand"
    MILLION = "million"
    BILLION = "billion"

    @property
    def millions(self) -> float:
        """How many million US dollars a printed 1 is."""
        return {Unit.THOUSAND: 1e-3, Unit.MILLION: 1, Unit.BILLION: 1e3}[self]
