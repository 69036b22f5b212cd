"""Workbooks that are written: the same content gives the same bytes."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

# A zip archive cannot hold an earlier date.
EPOCH = (1980, 1, 1, 0, 0, 0)


def save(write: Callable[[BinaryIO], object], path: Path) -> None:
    """Save a workbook, which `write` writes, without the clock.

    openpyxl stamps the hour into the archive and the core properties; the copy has neither.
    """
    archive = io.BytesIO()
    write(archive)
    with zipfile.ZipFile(archive) as stamped, zipfile.ZipFile(path, "w") as plain:
        for name in stamped.namelist():
            part = stamped.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb">[^<]*Z</dcterms:", b">1980-01-01T00:00:00Z</dcterms:", part)
            plain.writestr(zipfile.ZipInfo(name, EPOCH), part, zipfile.ZIP_DEFLATED)
