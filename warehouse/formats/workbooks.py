"""Workbooks as printed text."""

from warehouse.formats import bounds

Rows = list[list[str | None]]
# A cell merged with those below it: its row and column, and the last row that it reaches, from 0
Merged = tuple[int, int, int]
# Name, rows, whether it is hidden, and its merged cells
ParsedSheet = tuple[str, Rows, bool, list[Merged]]
PARSER = "warehouse.formats.parser"


def read_workbook(data: bytes) -> list[ParsedSheet]:
    """Each worksheet. Raises Rejected with what to do about the file.

    The rows are those of A1 on, all of one length; a blank is None, and so is all of a merged cell
    but its first.
    """
    return bounds.ask(PARSER, ("workbook", data))


def printed(text: str) -> str | None:
    """A text as it stands, None for a blank."""
    return text if text and not text.isspace() else None
