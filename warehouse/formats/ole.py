"""Whether the container of an old workbook (.xls, or anything encrypted) is whole.

A file whose download was cut or left gaps of zeros sends the reader of workbooks round in circles
until memory ends, and no error can be caught then. So its chains of sectors are walked before.
"""

import io
import struct

import olefile

from warehouse.contract.errors import Rejected

_DAMAGE = (OSError, struct.error, IndexError, KeyError, ValueError, TypeError, AttributeError)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA


def check_container(data: bytes, refusal: str) -> None:
    """Raise Rejected(refusal) unless every chain of sectors ends (MS-CFB, sections 2.3 and 2.4)."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            container.loadminifat()
            tables = [list(container.fat), list(container.minifat or [])]
    except _DAMAGE as error:
        raise Rejected(refusal) from error
    if not all(_chains_end(table) for table in tables):
        raise Rejected(refusal)


def _chains_end(successors: list[int]) -> bool:
    """Whether no sector has two predecessors and none is part of a ring."""
    linked = {
        sector: successor
        for sector, successor in enumerate(successors)
        if successor <= _LAST_SECTOR
    }
    targets = set(linked.values())
    if len(targets) < len(linked):
        return False
    walked = 0
    for sector in linked.keys() - targets:
        while sector in linked:
            sector = linked[sector]
            walked += 1
    return walked == len(linked)
