"""What all measures of a table are made of: coefficients, local inverses, and products with B.

Notation, here and in the measures: Z intermediate sales, Y final sales, x output, A = Z x̂⁻¹,
B = (I - A)⁻¹, L the inverse of the domestic blocks of A alone, A_F the rest of A, v = u - uA the
value added in a unit of output, e exports; s the exporter, r the importer. A vector (n,) that
belongs to rows is summed within each row's own country.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from analytics.errors import SpecificationError
from analytics.value_chains.leontief import NO_INVERSE, Leontief
from analytics.value_chains.table import InterCountryTable


class System:
    """One table with its countries in blocks, and what is computed from it once."""

    def __init__(self, table: InterCountryTable) -> None:
        self.table = table.in_blocks()
        self.n, self.economies = self.table.final.shape
        self.blocks = [self.table.block(country) for country in range(self.economies)]
        self.home = self.table.home
        self.output = self.table.output
        # An industry without output buys nothing: what it ships is its own value added
        has_output = self.output != 0
        self.per_output = np.where(has_output, 1 / np.where(has_output, self.output, 1), 0)
        self.value_added_share = 1 - self.table.intermediate.sum(axis=0) * self.per_output
        self.value_added = self.value_added_share * self.output

    # What is sold where

    @cached_property
    def domestic_final(self) -> np.ndarray:
        """Final sales at home (n,)."""
        return self.table.final[np.arange(self.n), self.home]

    @cached_property
    def intermediate_exports(self) -> np.ndarray:
        """Intermediate sales (n, G) by importer, none at home."""
        return self._abroad(self.table.sales)

    @cached_property
    def final_exports(self) -> np.ndarray:
        """Final sales (n, G) by importer, none at home."""
        return self._abroad(self.table.final)

    @cached_property
    def exports(self) -> np.ndarray:
        """Exports (n,)."""
        return self.intermediate_exports.sum(axis=1) + self.final_exports.sum(axis=1)

    def _abroad(self, sales: np.ndarray) -> np.ndarray:
        found = sales.copy()
        found[np.arange(self.n), self.home] = 0
        return found

    # Inverses

    @cached_property
    def leontief(self) -> Leontief:
        """B of the whole table."""
        difference = np.empty((self.n, self.n), order="F")
        np.multiply(self.table.intermediate, -self.per_output, out=difference)
        np.einsum("ii->i", difference)[:] += 1
        return Leontief(difference)

    @cached_property
    def local(self) -> list[np.ndarray]:
        """L, a block a country. Raises SpecificationError if one has no inverse."""
        return [self._local(block) for block in self.blocks]

    def _local(self, block: slice) -> np.ndarray:
        domestic = self.table.intermediate[block, block] * self.per_output[block]
        try:
            return np.linalg.inv(np.eye(len(domestic)) - domestic)
        except np.linalg.LinAlgError:
            raise SpecificationError(NO_INVERSE) from None

    # Products by blocks

    def within(self, matrices: list[np.ndarray], columns: np.ndarray) -> np.ndarray:
        """Each country's matrix times its part of columns (n,) or (n, k)."""
        found = np.empty_like(columns)
        for matrix, block in zip(matrices, self.blocks, strict=True):
            found[block] = matrix @ columns[block]
        return found

    def before_within(self, row: np.ndarray, matrices: list[np.ndarray]) -> np.ndarray:
        """Each country's part of a row (n,) times its matrix."""
        parts = zip(matrices, self.blocks, strict=True)
        return np.concatenate([row[block] @ matrix for matrix, block in parts])

    def abroad(self, columns: np.ndarray) -> np.ndarray:
        """A_F times columns (n, k)."""
        inputs = self.per_output[:, None] * columns
        return self._by_block(
            lambda block: (
                self.table.intermediate[block, : block.start] @ inputs[: block.start]
                + self.table.intermediate[block, block.stop :] @ inputs[block.stop :]
            )
        )

    def before_abroad(self, rows: np.ndarray) -> np.ndarray:
        """Rows (k, n) times A_F."""
        sold = self._by_block(
            lambda block: (
                (
                    rows[:, : block.start] @ self.table.intermediate[: block.start, block]
                    + rows[:, block.stop :] @ self.table.intermediate[block.stop :, block]
                ).T
            )
        )
        return sold.T * self.per_output

    def of_exporter(self, rows: np.ndarray) -> np.ndarray:
        """For each country s its part of rows (k, n) times A[s, :], abroad alone: (G, k, n)."""
        found = np.zeros((self.economies, len(rows), self.n))
        for country, block in enumerate(self.blocks):
            found[country] = rows[:, block] @ self.table.intermediate[block] * self.per_output
            found[country][:, block] = 0
        return found

    def _by_block(self, product: Callable[[slice], np.ndarray]) -> np.ndarray:
        return np.concatenate([product(block) for block in self.blocks])

    # Sums by country

    def by_exporter(self, columns: np.ndarray) -> np.ndarray:
        """Sums (G,) or (G, k) of columns (n,) or (n, k) over the rows of each country."""
        found = np.zeros((self.economies, *columns.shape[1:]))
        countries, starts = np.unique(self.home, return_index=True)
        found[countries] = np.add.reduceat(columns, starts, axis=0)
        return found

    def by_importer(self, rows: np.ndarray) -> np.ndarray:
        """Sums (k, G) of rows (k, n) over the rows of each country."""
        return self.by_exporter(rows.T).T

    def apart(self, column: np.ndarray) -> np.ndarray:
        """A vector (n,) as columns (n, G): each country's part in a column of its own."""
        found = np.zeros((self.n, self.economies))
        found[np.arange(self.n), self.home] = column
        return found

    def own(self, columns: np.ndarray) -> np.ndarray:
        """Of columns (n, G) each row's entry in the column of its own country (n,)."""
        return columns[np.arange(self.n), self.home]

    # Products with B, each set of them in one pass

    @cached_property
    def _right(self) -> np.ndarray:
        columns = [self.table.final, self.apart(self.exports), self.output[:, None]]
        return self.leontief.times(np.hstack(columns))

    @property
    def absorbed(self) -> np.ndarray:
        """BY (n, G): the output of each row that the final demand of each country takes."""
        return self._right[:, : self.economies]

    @property
    def exported(self) -> np.ndarray:
        """B e_s (n, G): the output of each row that the exports of each country take."""
        return self._right[:, self.economies : 2 * self.economies]

    @property
    def stages(self) -> np.ndarray:
        """Bx (n,)."""
        return self._right[:, -1]

    @cached_property
    def local_content(self) -> np.ndarray:
        """v_s L_s (n,): the value added by its own country at first in a unit of each row."""
        return self.before_within(self.value_added_share, self.local)

    @cached_property
    def _left(self) -> np.ndarray:
        """v_s B (G, n) of each country, v L A_F B and v L L A_F B."""
        twice = self.before_within(self.local_content, self.local)
        rows = self.before_abroad(np.stack([self.local_content, twice]))
        return self.leontief.before(np.vstack([self.apart(self.value_added_share).T, rows]))

    @property
    def content(self) -> np.ndarray:
        """v_s B (G, n): the value added by each country in a unit of each row."""
        return self._left[: self.economies]

    @cached_property
    def own_content(self) -> np.ndarray:
        """v_s B_ss (n,): the value added by its own country in a unit of each row."""
        return self.own(self.content.T)

    @cached_property
    def foreign_content(self) -> np.ndarray:
        """Σ_t v_t B_ts (n,): the value added by others, for all of them add to one."""
        return 1 - self.own_content

    @property
    def border_chains(self) -> np.ndarray:
        """v L A_F B (n,): the value added that crossed a border as an input."""
        return self._left[-2]

    @property
    def border_chains_after_stages(self) -> np.ndarray:
        """v L L A_F B (n,): the same times the stages at home before its first border."""
        return self._left[-1]
