"""Tables for papers as files: LaTeX, Word, HTML, Markdown and workbooks.

Every writer takes one `PaperTable`; LaTeX and Word have as many columns a table as fit a page.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.errors import SpecificationError
from analytics.paper_tables import PaperCell, PaperTable
from analytics.printed_tables import escaped

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from openpyxl.worksheet.worksheet import Worksheet

MOST_COLUMNS, MOST_ROWS = 6, 40  # of a table on a page
LATIN, HAN = "Times New Roman", "SimSun"  # fonts of Word
TEXT_POINTS, NOTE_POINTS = 9, 8
A4_CM, MARGIN_CM = (21.0, 29.7), 2.0
RULE = "8"  # eighths of a point
WIDEST = 40  # characters of a column of a workbook
LATEX = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": "$<$",
        ">": "$>$",
        "²": "$^2$",
        "×": r"$\times$",
    }
)
LATEX_HEAD = (
    "% \\usepackage{booktabs,array,longtable} in the preamble; Chinese needs the class ctexart or "
    "the package ctex"
)
LABEL_WIDTH = 0.27  # of the line, for the labels of the rows


def write_tables(tables: Sequence[PaperTable], out: Path) -> list[Path]:
    """Write each table as .tex, .docx, .html, .md and .xlsx into `out`; returns the files.

    Raises SpecificationError where `out` cannot be written.
    """
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for table in tables:
            for suffix, writer in WRITERS.items():
                path = out / f"{table.name}{suffix}"
                writer(table, path)
                written.append(path)
    except OSError as error:
        raise SpecificationError(f"{out}: cannot be written ({error.strerror or error})") from None
    return written


def latex(table: PaperTable) -> str:
    """A table of booktabs; one with more columns than fit a page in several parts."""
    parts = [_latex_part(part, number) for number, part in enumerate(table.parts(MOST_COLUMNS))]
    return "\n".join([LATEX_HEAD, *parts])


def _latex_part(table: PaperTable, number: int) -> str:
    """A float, or a table that goes on over pages where it has more rows than fit one."""
    label = f"tab:{table.name}" + (f":{number + 1}" if number else "")
    named = rf"\caption{{{_tex(table.title)}}}\label{{{label}}}"  # LaTeX numbers it
    heads = [r"\toprule", *(_line(["", *head]) for head in table.heads), r"\midrule"]
    body = [*_body(table), r"\bottomrule"]
    columns = _columns(len(table.heads[0]))
    size = [r"\footnotesize", r"\setlength{\tabcolsep}{2pt}"]
    if len(table.rows) > MOST_ROWS:
        inside = [rf"\begin{{longtable}}{{{columns}}}", rf"{named}\\", *heads, r"\endhead", *body]
        lines = ["{", *size, *inside, r"\end{longtable}", *_latex_notes(table), r"\par}"]
    else:
        inside = [rf"\begin{{tabular}}{{{columns}}}", *heads, *body, r"\end{tabular}"]
        opened = [r"\begin{table}[htbp]", r"\centering", named]
        lines = [*opened, *size, *inside, *_latex_notes(table), r"\end{table}"]
    return "\n".join(lines) + "\n"


def _widths(number: int) -> list[float]:
    """The part of a line that the labels take, and each of the columns."""
    return [LABEL_WIDTH, *([(1 - LABEL_WIDTH) / number] * number)]


def _latex_notes(table: PaperTable) -> Iterator[str]:
    if table.notes:
        yield r"\par\medskip\begin{minipage}{\linewidth}\scriptsize"
        yield "\n\n".join(map(_tex, table.notes))
        yield r"\end{minipage}"


def _columns(number: int) -> str:
    """Columns that fold their text and fill the line: labels flush left, cells centred."""
    widths = _widths(number)
    flush = [r"\raggedright", *([r"\centering"] * number)]
    columns = (
        rf">{{{how}\arraybackslash}}p{{\dimexpr {width:.3f}\linewidth-2\tabcolsep}}"
        for how, width in zip(flush, widths)
    )
    return "".join(columns)


def _body(table: PaperTable) -> Iterator[str]:
    """The rows; no page ends between a coefficient and its error."""
    following = [*table.rows[1:], None]
    for row, after in zip(table.rows, following):
        if row.begins_part:
            yield r"\midrule"
        has_error = after is not None and not after.label
        yield _line([row.label, *(cell.text for cell in row.cells)]) + "*" * has_error


def _line(texts: Sequence[str]) -> str:
    return " & ".join(map(_tex, texts)) + r" \\"


def _tex(text: str) -> str:
    """Text as LaTeX reads it; a minus sign is one, and no hyphen."""
    return re.sub(r"(?<![\w-])-(?=\d)", "$-$", text.translate(LATEX))


def _write_latex(table: PaperTable, path: Path) -> None:
    path.write_text(latex(table), encoding="utf-8")


def _write_word(table: PaperTable, path: Path) -> None:
    """A document with the table as Word's own: three rules, notes below it."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    _lay_out(document)
    for part in table.parts(MOST_COLUMNS):
        heading = document.add_paragraph()
        heading.add_run(part.caption).bold = True
        heading.paragraph_format.keep_with_next = True
        filled = _fill_word_table(document, part)
        ruled = [len(part.heads) + n for n, row in enumerate(part.rows) if row.begins_part]
        for place in [0, len(part.heads), *ruled]:
            _rule(filled.rows[place].cells, "top")
        _rule(filled.rows[-1].cells, "bottom")
        for note in part.notes:
            document.add_paragraph().add_run(note).font.size = Pt(NOTE_POINTS)
        document.add_paragraph()
    document.core_properties.title = table.caption
    _save(document, path)


def _lay_out(document: "Document") -> None:
    """Fonts, and margins that leave the tables room."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(A4_CM[0]), Cm(A4_CM[1])
    section.left_margin = section.right_margin = Cm(MARGIN_CM)

    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(TEXT_POINTS + 1)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), HAN)


def _fill_word_table(document: "Document", part: PaperTable) -> "Table":
    """The cells of a table: labels flush left, all else centred."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    texts = _texts(part)
    table = document.add_table(len(texts), len(texts[0]))
    table.autofit = False
    line = A4_CM[0] - 2 * MARGIN_CM
    widths = [Cm(line * width) for width in _widths(len(part.heads[0]))]
    for column, width in zip(table.columns, widths):
        column.width = width
    for cells, row in zip((each.cells for each in table.rows), texts):
        for place, (cell, text) in enumerate(zip(cells, row)):
            cell.width = widths[place]
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.add_run(text).font.size = Pt(TEXT_POINTS)
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return table


def _rule(cells: Sequence["_Cell"], side: str) -> None:
    """A rule above or below the cells of a row."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        border = OxmlElement(f"w:{side}")
        border.set(qn("w:val"), "single")
        border.set(qn("w:sz"), RULE)
        borders.append(border)


def _texts(table: PaperTable) -> list[list[str]]:
    """Heads and rows as text, the labels first."""
    heads = [["", *head] for head in table.heads]
    return heads + [[row.label, *(cell.text for cell in row.cells)] for row in table.rows]


def _write_html(table: PaperTable, path: Path) -> None:
    """A page of its own; heads above the last are spanners of single columns."""
    import pandas as pd
    from great_tables import GT, loc, style
    from great_tables import html as as_html

    names = [str(place) for place in range(len(table.heads[0]))]
    rows = pd.DataFrame(
        [[row.label, *(cell.text for cell in row.cells)] for row in table.rows],
        columns=["label", *names],
    )
    shown = GT(rows, rowname_col="label", id=re.sub(r"\W", "-", table.name))
    shown = shown.tab_header(title=table.caption).cols_align("center", names)
    *above, last = table.heads
    shown = shown.cols_label(dict(zip(names, last)))
    for level, head in enumerate(reversed(above)):
        for name, text in zip(names, head):
            shown = shown.tab_spanner(text or " ", [name], id=f"{level}-{name}", level=level)
    shown = shown.tab_options(
        table_body_hlines_style="none",
        stub_border_style="none",
        data_row_padding="2px",
        table_font_size="14px",
    )
    ruled = [place for place, row in enumerate(table.rows) if row.begins_part]
    rule = style.borders(sides="top", color="#a8a8a8")
    shown = shown.tab_style(rule, [loc.body(rows=ruled), loc.stub(rows=ruled)])
    for note in table.notes:  # as it stands: stars are no emphasis here
        shown = shown.tab_source_note(as_html(html.escape(note)))
    page = shown.as_raw_html(make_page=True)
    path.write_text(page, encoding="utf-8")


def markdown(table: PaperTable) -> str:
    """A table of GitHub's Markdown with caption and notes; heads above the first are rows."""
    first, *others = _texts(table)
    lines = [f"**{escaped(table.caption)}**", "", _markdown_line(first)]
    lines.append("|---|" + ":---:|" * (len(first) - 1))
    lines += map(_markdown_line, others)
    notes = [note.replace("*", r"\*") for note in table.notes]
    return "\n".join([*lines, "", "\n\n".join(notes)]) + "\n"


def _markdown_line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(escaped(text).replace('*', chr(92) + '*') for text in texts)} |"


def _write_markdown(table: PaperTable, path: Path) -> None:
    path.write_text(markdown(table), encoding="utf-8")


def _write_workbook(table: PaperTable, path: Path) -> None:
    """A sheet whose numbers are numbers: stars and brackets are their format."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet: Worksheet = book.active
    sheet.append([table.caption])
    sheet["A1"].font = Font(bold=True)
    for head in table.heads:
        sheet.append(["", *head])
    for row in table.rows:
        sheet.append([row.label])
        for place, cell in enumerate(row.cells, start=2):
            _fill_cell(sheet, sheet.max_row, place, cell)
    for note in table.notes:
        sheet.append([note])
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.data_type == "f":  # the label "=1 if married" is text, and no formula
                cell.data_type = "s"
            if cell.column > 1:
                cell.alignment = Alignment(horizontal="center", wrap_text=True)
    _draw_rules(sheet, table)
    _save(book, path)


def _save(document: Any, path: Path) -> None:
    """Write a document at once: its library would speak up once more of a file it cannot close."""
    whole = BytesIO()
    document.save(whole)
    path.write_bytes(whole.getvalue())


def _fill_cell(sheet: "Worksheet", row: int, column: int, cell: PaperCell) -> None:
    before, after = cell.around
    number = cell.text.removeprefix(before).removesuffix(after)
    if cell.value is None or not re.fullmatch(r"-?\d+(\.\d+)?", number):
        sheet.cell(row, column, cell.text or None)  # no number, or one that no format would show
        return
    digits = len(number.partition(".")[2])
    shown = f"0.{'0' * digits}" if digits else "0"
    filled = sheet.cell(row, column, cell.value)
    filled.number_format = f"{_quoted(before)}{shown}{_quoted(after)}"


def _quoted(text: str) -> str:
    return f'"{text}"' if text else ""


def _draw_rules(sheet: "Worksheet", table: PaperTable) -> None:
    """The three rules of a table, and one where a part begins; room for the texts."""
    from openpyxl.styles import Border, Side
    from openpyxl.utils import get_column_letter

    first = 2 + len(table.heads)
    ruled = [2, first, first + len(table.rows)]
    ruled += [first + place for place, row in enumerate(table.rows) if row.begins_part]
    for row in ruled:
        for column in range(1, len(table.heads[0]) + 2):
            sheet.cell(row, column).border = Border(top=Side("thin"))
    for place, texts in enumerate(zip(*_texts(table)), start=1):
        width = min(2 + max(map(len, texts)), WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width


WRITERS: dict[str, Callable[[PaperTable, Path], None]] = {
    ".tex": _write_latex,
    ".docx": _write_word,
    ".html": _write_html,
    ".md": _write_markdown,
    ".xlsx": _write_workbook,
}
