"""Workbooks as printed text."""

from warehouse.formats import bounds

Rows = list[list[str | None]]
PARSER = "warehouse.formats.parser"


def read_workbook(data: bytes) -> list[tuple[str, Rows, bool]]:
    """Name, rows and hiddenness of each worksheet. Raises Rejected with what to do about the file.

    The rows are those of A1 on, all of one length; a blank is None.
    """
    return bounds.ask(PARSER, ("workbook", data))


def printed(text: str) -> str | None:
    """A text as it stands, None for a blank."""
    return text if text and not text.isspace() else None
