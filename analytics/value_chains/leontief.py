"""The inverse of Leontief without an inverse: factors, their products and its diagonal blocks."""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import blas, lapack

from analytics.errors import SpecificationError

NO_INVERSE = (
    "the table has no Leontief inverse: some industries sell nothing outside of themselves; look "
    "for final demand that is missing"
)


class Leontief:
    """B = (I - A)⁻¹ of a matrix A (n, n), of which no column is dearer than what it makes.

    I - A = P'LU takes a quarter of the work of `np.linalg.inv`, and products with B need no more.
    The diagonal blocks of B need L⁻¹ and U⁻¹ (another quarter), but not their product, which is
    the rest. Everything happens in the one matrix that is handed in.
    """

    def __init__(self, difference: np.ndarray) -> None:
        """Take I - A (n, n) in Fortran's order; it is overwritten.

        Raises SpecificationError if it has no inverse.
        """
        self._factors, swaps, fault = lapack.dgetrf(difference, overwrite_a=1)
        if fault:
            raise SpecificationError(NO_INVERSE)
        self._order = _order(swaps)  # row i of PM is row order[i] of M
        self._place = np.argsort(self._order)
        self._are_inverted = False

    def times(self, columns: np.ndarray) -> np.ndarray:
        """B times columns (n, k)."""
        return self._product(np.asfortranarray(columns[self._order]), from_left=True)

    def before(self, rows: np.ndarray) -> np.ndarray:
        """Rows (k, n) times B."""
        return self._product(np.asfortranarray(rows), from_left=False)[:, self._place]

    def invert_factors(self) -> None:
        """Turn L and U into their inverses, in place."""
        for is_lower in (0, 1):
            self._factors, fault = lapack.dtrtri(
                self._factors, lower=is_lower, unitdiag=is_lower, overwrite_c=1
            )
            assert not fault  # dgetrf has found no zero on the diagonal
        self._are_inverted = True

    def diagonal_blocks(self, blocks: Sequence[slice]) -> list[np.ndarray]:
        """The blocks B[s, s] of inverted factors, of slices s."""
        return [self._block(block) for block in blocks]

    def _block(self, block: slice) -> np.ndarray:
        """U⁻¹[s, :] times the columns of L⁻¹P that s has."""
        upper = np.triu(self._factors[block, block.start :])
        columns = self._place[block]
        lower = self._factors[block.start :, columns]
        rows = np.arange(block.start, len(self._factors))[:, None]
        lower[rows < columns] = 0
        lower[rows == columns] = 1
        return upper @ lower

    def _product(self, matrix: np.ndarray, from_left: bool) -> np.ndarray:
        """U⁻¹L⁻¹ matrix, or matrix U⁻¹L⁻¹."""
        multiply = blas.dtrmm if self._are_inverted else blas.dtrsm
        for is_lower in (1, 0) if from_left else (0, 1):
            matrix = multiply(
                1.0,
                self._factors,
                matrix,
                side=int(not from_left),
                lower=is_lower,
                diag=is_lower,
                overwrite_b=1,
            )
        return matrix


def _order(swaps: np.ndarray) -> np.ndarray:
    order = np.arange(len(swaps))
    for row, other in enumerate(swaps):
        order[[row, other]] = order[[other, row]]
    return order
