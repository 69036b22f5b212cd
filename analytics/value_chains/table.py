"""An inter-country table as arrays: who sells what to which industry and to whose final demand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.errors import SpecificationError


@dataclass(frozen=True, eq=False)
class InterCountryTable:
    """A square table of n rows (an industry of a part of a country) and G countries.

    `intermediate` (n, n) is what each row sells to each industry, `final` (n, G) what it sells to
    the final demand of each country, `home` (n,) the place of its country in `countries`,
    `industries` (n,) its industry. Parts of a country are rows of their own with one home.
    Raises SpecificationError if the arrays do not fit together.
    """

    intermediate: np.ndarray
    final: np.ndarray
    home: np.ndarray
    countries: tuple[str, ...]
    industries: tuple[str, ...]

    def __post_init__(self) -> None:
        n, economies = len(self.industries), len(self.countries)
        shapes = [(self.intermediate, (n, n)), (self.final, (n, economies)), (self.home, (n,))]
        for array, expected in shapes:
            if array.shape != expected:
                raise SpecificationError(
                    f"an array of {array.shape} stands where {n} rows of {economies} countries "
                    f"need {expected}"
                )
        if not n:
            raise SpecificationError("the table has no industry")
        for array in (self.intermediate, self.final):
            if not np.isfinite(array.sum()):
                raise SpecificationError("the table has a cell that is no finite number")

    @cached_property
    def sales(self) -> np.ndarray:
        """Intermediate sales (n, G) by the country that uses them."""
        found = np.empty(self.final.shape)
        for country in range(len(self.countries)):
            if self._is_in_blocks:
                columns = self.intermediate[:, self.block(country)]
            else:
                columns = self.intermediate[:, self.home == country]
            found[:, country] = columns.sum(axis=1)
        return found

    @cached_property
    def output(self) -> np.ndarray:
        """Gross output (n,): what each row sells."""
        return self.sales.sum(axis=1) + self.final.sum(axis=1)

    def block(self, country: int) -> slice:
        """The rows of a country in a table whose countries stand in blocks."""
        first, last = np.searchsorted(self.home, [country, country + 1])
        return slice(int(first), int(last))

    @property
    def _is_in_blocks(self) -> bool:
        return bool(np.all(np.diff(self.home) >= 0))

    def in_blocks(self) -> "InterCountryTable":
        """The same table with the rows of each country beside each other."""
        if self._is_in_blocks:
            return self
        order = np.argsort(self.home, kind="stable")
        return InterCountryTable(
            self.intermediate[np.ix_(order, order)],
            self.final[order],
            self.home[order],
            self.countries,
            tuple(self.industries[row] for row in order),
        )

    def grouped(self, name: str, members: Sequence[str]) -> "InterCountryTable":
        """The table with several countries as one, the last: what they trade is domestic then.

        Their rows stay apart, for an inverse of sums is another one than a sum of the inverse.
        Raises SpecificationError if a member is no country of the table, or the name is one.
        """
        unknown = [member for member in members if member not in self.countries]
        if unknown or not members:
            raise SpecificationError(
                f"group {name}: `{', '.join(unknown)}` is no economy of the table; it has "
                f"{', '.join(self.countries)}"
            )
        if name in self.countries:
            raise SpecificationError(f"group {name}: an economy of the table has this name already")
        left = tuple(country for country in self.countries if country not in members)
        place = [left.index(c) if c in left else len(left) for c in self.countries]
        final = np.zeros((len(self.home), len(left) + 1))
        for country, column in zip(place, self.final.T, strict=True):
            final[:, country] += column
        home = np.array(place)[self.home]
        return InterCountryTable(self.intermediate, final, home, (*left, name), self.industries)
