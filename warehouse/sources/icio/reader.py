"""Inter-country tables: each a matrix, kept row by row as printed, with the year it is of."""

import pyarrow as pa

from warehouse.contract.errors import Rejected
from warehouse.contract.money import Unit
from warehouse.contract.source import Reading, SourceFile
from warehouse.sources.icio.economies import unknown
from warehouse.sources.icio.matrix import matrices
from warehouse.sources.icio.raw import rows


def read(file: SourceFile) -> Reading:
    """The rows of every table of a file (`raw.SCHEMA`). Raises Rejected with what is wrong."""
    declared, found, remarks = file.declaration, [], []
    for matrix in matrices(
        file.name, file.data, declared.year, declared.separator, _unit(file), with_texts=True
    ):
        if matrix.year is None:
            raise Rejected(
                "names no year: write it into its name, or `year: YYYY` under "
                f"`files: {file.name}:` in _edition.yml"
            )
        if strange := unknown(matrix.layout.countries):
            raise Rejected(
                f"has rows of `{strange[0]}`, which is the code of no economy: write that of "
                "ISO 3166 with three letters, or ROW for the rest of the world"
            )
        found.append(rows(matrix, declared.separator))
        remarks += [f"{matrix.name}: {remark}" for remark in matrix.remarks()]
    return Reading(pa.concat_tables(found), tuple(remarks))


def _unit(file: SourceFile) -> Unit:
    """What is declared that the tables count in, else millions. Raises Rejected."""
    declared = file.declaration.unit
    if declared is None:
        return Unit.MILLION
    if declared not in {*Unit}:
        raise Rejected(
            f"is declared to count in `{declared}`: write {', '.join(Unit)} (of US dollars) as "
            f"`unit` under `files: {file.name}:` in _edition.yml"
        )
    return Unit(declared)
