"""What a cell of a .xlsx shows beyond the value that the reader of workbooks gives for it.

ECMA-376, part 1: error values (18.3.1.4), formulas without a stored value (18.3.1.40), number
formats in percent, in thousands and of a year alone (18.8.30) and superscripts (18.4.14) are looked
up in the parts themselves, and only in files that have any.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from posixpath import join, normpath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from warehouse.formats.number_formats import (
    BUILT_IN,
    DAY_0,
    DAY_0_OF_1904,
    Shown,
    raised,
    shown_by,
)

# In the namespace of relations, of which a strict workbook has one of its own
_RELATION = "}id"
# One by one, for a pattern that begins with plain bytes is found many times faster
_SIGNS = (rb't=["\']e["\']', rb"<f[\s>/]", rb":f[\s>/]", rb"superscript")
# The bytes of a part by its path in any case, none where there is no such part
Read = Callable[[str], bytes]
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def shown_otherwise(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet and by row and column from 0: the text of cells that show more than their value.

    An error shows its name ("#REF!"), a formula that was never computed itself ("=A1+B1"), a
    number in a percent format "12.3%", one that is shown in thousands or ten thousands so many of
    them, a date that shows its year alone "2017", a footnote mark in superscript "18549.19¹".
    Raises BadZipFile, ParseError, KeyError or ValueError if the parts do not fit together.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.lower(): name for name in archive.namelist()}

        def read(path: str) -> bytes:
            return archive.read(names[path.lower()]) if path.lower() in names else b""

        strings = read("xl/sharedStrings.xml")
        marked = dict(_superscripted(strings)) if b"superscript" in strings else {}
        styles = dict(_styles(read)) if read("xl/styles.xml") else {}
        parts = ((name, read(path)) for name, path in _parts(read))
        return {
            name: dict(_cells(part, marked, styles))
            for name, part in parts
            if part and (marked or styles or _has_signs(part))
        }


def _has_signs(part: bytes) -> bool:
    return any(re.search(sign, part) for sign in _SIGNS)


def _parts(read: Read) -> Iterator[tuple[str, str]]:
    """The name of each sheet and the path of the part that holds it."""
    relations = ElementTree.fromstring(read("xl/_rels/workbook.xml.rels"))
    target = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in _named(ElementTree.fromstring(read("xl/workbook.xml")), "sheet"):
        relation = (value for key, value in sheet.items() if key.endswith(_RELATION))
        path = target.get(next(relation, None), "")
        yield sheet.get("name", ""), normpath(join("/xl", path)).lstrip("/")


def _styles(read: Read) -> Iterator[tuple[str, Shown]]:
    """The indices of the cell styles that show more than a number, and what they make of one."""
    styles = ElementTree.fromstring(read("xl/styles.xml"))
    formats = dict(BUILT_IN)
    for form in _named(styles, "numFmt"):
        formats[form.get("numFmtId", "")] = form.get("formatCode", "")
    day_0 = DAY_0_OF_1904 if _counts_from_1904(read) else DAY_0
    for index, style in enumerate(next(_named(styles, "cellXfs"), ())):
        if shown := shown_by(formats.get(style.get("numFmtId", ""), ""), day_0):
            yield str(index), shown


def _counts_from_1904(read: Read) -> bool:
    workbook = ElementTree.fromstring(read("xl/workbook.xml"))
    return any(
        properties.get("date1904") in ("1", "true") for properties in _named(workbook, "workbookPr")
    )


def _superscripted(strings: bytes) -> Iterator[tuple[str, str]]:
    """Index and text of the shared strings that have a part in superscript."""
    for index, item in enumerate(_named(ElementTree.fromstring(strings), "si")):
        if (text := _with_superscripts(item)) is not None:
            yield str(index), text


def _with_superscripts(item: Element) -> str | None:
    """A rich text with its raised digits as such; None where nothing is raised."""
    text, is_raised = "", False
    for run in _named(item, "r"):
        is_up = any(mark.get("val") == "superscript" for mark in _named(run, "vertAlign"))
        is_raised = is_raised or is_up
        piece = "".join(part.text or "" for part in _named(run, "t"))
        text += raised(piece) if is_up else piece
    return text if is_raised else None


def _cells(
    part: bytes, marked: Mapping[str, str], styles: Mapping[str, Shown]
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
            text = _shown(element, marked, styles)
            if text is not None:
                yield (row, column), text


def _shown(cell: Element, marked: Mapping[str, str], styles: Mapping[str, Shown]) -> str | None:
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
    style = styles.get(cell.get("s", ""))
    return style(float(value)) if style and kind == "n" and value is not None else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _named(element: Element, tag: str) -> Iterator[Element]:
    return (below for below in element.iter() if _tag(below) == tag)
