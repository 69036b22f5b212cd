"""What a cell of a .xlsx shows beyond the value that the reader of workbooks gives for it.

ECMA-376, part 1: error values (18.3.1.4), formulas without a stored value (18.3.1.40), number
formats in percent (18.8.30) and superscripts (18.4.14) are looked up in the parts themselves, and
only in files that have any.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from posixpath import join, normpath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SUPERSCRIPTS = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
_PERCENT_FORMATS = {"9", "10"}
# One by one, for a pattern that begins with plain bytes is found many times faster
_SIGNS = (rb't=["\']e["\']', rb"<f[\s>/]", rb":f[\s>/]", rb"superscript")
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def shown_otherwise(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet and by row and column from 0: the text of cells that show more than their value.

    An error shows its name ("#REF!"), a formula that was never computed itself ("=A1+B1"), a
    number in a percent format "12.3%", a footnote mark in superscript "18549.19¹".
    Raises BadZipFile, ParseError, KeyError or ValueError if the parts do not fit together.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        strings = archive.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in names else b""
        marked = dict(_superscripted(strings)) if b"superscript" in strings else {}
        percents = _percent_styles(archive) if "xl/styles.xml" in names else set()
        return {
            name: dict(_cells(archive.read(part), marked, percents))
            for name, part in _parts(archive)
            if part in names and (marked or percents or _has_signs(archive.read(part)))
        }


def _has_signs(part: bytes) -> bool:
    return any(re.search(sign, part) for sign in _SIGNS)


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The name of each sheet and the part that holds it."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in _named(ElementTree.fromstring(archive.read("xl/workbook.xml")), "sheet"):
        path = target.get(sheet.get(_RELATION), "")
        yield sheet.get("name", ""), normpath(join("/xl", path)).lstrip("/")


def _percent_styles(archive: zipfile.ZipFile) -> set[str]:
    """The indices of the cell styles whose number format is in percent."""
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = _PERCENT_FORMATS | {
        form.get("numFmtId")
        for form in _named(styles, "numFmt")
        if "%" in re.sub(r'"[^"]*"|\\.', "", form.get("formatCode", ""))
    }
    of_cells = next(_named(styles, "cellXfs"), ())
    return {str(index) for index, xf in enumerate(of_cells) if xf.get("numFmtId") in formats}


def _superscripted(strings: bytes) -> Iterator[tuple[str, str]]:
    """Index and text of the shared strings that have a part in superscript."""
    for index, item in enumerate(_named(ElementTree.fromstring(strings), "si")):
        if (text := _with_superscripts(item)) is not None:
            yield str(index), text


def _with_superscripts(item: Element) -> str | None:
    """A rich text with its raised digits as such; None where nothing is raised."""
    text, is_raised = "", False
    for run in _named(item, "r"):
        raised = any(mark.get("val") == "superscript" for mark in _named(run, "vertAlign"))
        is_raised = is_raised or raised
        piece = "".join(part.text or "" for part in _named(run, "t"))
        text += piece.translate(_SUPERSCRIPTS) if raised else piece
    return text if is_raised else None


def _cells(
    part: bytes, marked: dict[str, str], percents: set[str]
) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a sheet that show more than their value; a place left out follows the last."""
    row = column = -1
    for event, element in ElementTree.iterparse(io.BytesIO(part), ("start", "end")):
        tag = _tag(element)
        if tag == "row" and event == "start":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif tag == "row":
            element.clear()
        elif tag == "c" and event == "end":
            place = _ADDRESS.fullmatch(element.get("r", ""))
            column = _column(place[1]) if place else column + 1
            row = int(place[2]) - 1 if place else row
            text = _shown(element, marked, percents)
            if text is not None:
                yield (row, column), text


def _shown(cell: Element, marked: dict[str, str], percents: set[str]) -> str | None:
    """What a cell shows if that is more than its value."""
    kind = cell.get("t", "n")
    value = next((part.text for part in _named(cell, "v") if part.text), None)
    formula = next(_named(cell, "f"), None)
    if kind == "inlineStr":
        return _with_superscripts(cell)
    if kind == "s":
        return marked.get((value or "").strip())
    if kind == "e":
        return value
    if formula is not None and value is None and kind != "str":
        return "=" + (formula.text or "")
    if kind == "n" and value is not None and cell.get("s") in percents:
        return f"{(Decimal(repr(float(value))) * 100).normalize():f}%"
    return None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _named(element: Element, tag: str) -> Iterator[Element]:
    return (below for below in element.iter() if _tag(below) == tag)
