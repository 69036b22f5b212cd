"""What `yearbook find` and `yearbook trace` print of the current release."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from gettext import gettext as _
from gettext import ngettext
from typing import Any

from orchestration.cli.printing import print_json, print_table, synthetic_label
from orchestration.progress import say
from orchestration.translations import in_language
from warehouse.contract.home import Home
from warehouse.explain import finding, tracing
from warehouse.explain.tracing import NotFound
from warehouse.store import releases

MATCHES_SHOWN = 20


def print_found(home: Home, text: str, is_json: bool) -> None:
    """Print what goes by a name like `text`, best first. Raises `NotFound` if nothing does."""
    with releases.connect_current(home) as release:
        label = synthetic_label(release)
        found = finding.find(release, text)
        if not found:
            near = _(" or ").join(f'"{name}"' for name in finding.nearest(release, text))
            said = _('nothing goes by a name like "{name}"; the nearest are {near}')
            raise NotFound(said.format(name=text, near=near))
    if is_json:
        _print_json([match.record() for match in found], label)
        return
    columns = [_("name"), _("indicator"), _("source"), _("table"), _("unit"), _("years")]
    columns += [_("areas"), _("editions"), _("cells"), _("example")]
    shown = found[:MATCHES_SHOWN]
    rows = [
        (
            " / ".join(dict.fromkeys(match.names)),
            match.indicator_id or in_language(match.used_in or "") or _("not used"),
            match.source_id
            or (_("computed here") if match.used_in and match.indicator_id else None),
            match.table_title,
            match.unit_label and _(match.unit_label),
            _span(match.first_year, match.last_year),
            match.areas or None,
            _span(match.first_edition, match.last_edition),
            match.cells or None,
            match.example,
        )
        for match in shown
    ]
    print_table(columns, rows, label)
    if len(found) > len(shown):
        print(_("and {more} more: --json shows all").format(more=len(found) - len(shown)))
    for match in shown:
        if match.where_to_get:
            text = _("no file provides {indicator}: {where}")
            print(text.format(indicator=match.indicator_id, where=in_language(match.where_to_get)))


def _span(first: object, last: object) -> str:
    return _(" to ").join(dict.fromkeys(str(end) for end in (first, last) if end))


def print_trace(
    home: Home, name: str, where: Sequence[str], depth: int | None, is_json: bool
) -> None:
    """Print the tree from a published number to its cells. Raises `NotFound`."""
    with releases.connect_current(home, has_files=True) as release:
        label = synthetic_label(release)
        node = tracing.trace(release, name, where, depth)
    if is_json:
        _print_json(node.record(), label)
        return
    if label:
        print(label)
    sys.stdout.writelines(f"{line}\n" for line in _lines(node, set()))


def _lines(node: tracing.Node, noted: set[tuple]) -> Iterator[str]:
    """The tree in lines of text; the notes of a sheet stand under the first of its cells."""
    yield in_language(node.label)
    below: list[Iterable[str]] = []
    if node.kind == "cell":
        below += [[line] for line in _sheet(node.facts, noted)]
    elif node.kind == "inter_country_block":
        below += [[line] for line in _table(node.facts, noted)]
    below += [_lines(each, noted) for each in node.inputs]
    if node.inputs_left_out:
        below.append([_left_out(node).format(count=node.inputs_left_out)])
    for position, lines in enumerate(below, start=1):
        is_last = position == len(below)
        for number, line in enumerate(lines):
            branch = (
                ("└── " if is_last else "├── ") if number == 0 else ("    " if is_last else "│   ")
            )
            yield branch + line


def _sheet(cell: dict[str, Any], noted: set[tuple]) -> Iterator[str]:
    """Title, hash and notes of the sheet of a cell, once a sheet."""
    sheet = (cell["source_id"], cell["snapshot_sha256"], cell["sheet"])
    if sheet in noted:
        return
    noted.add(sheet)
    printed = (cell["table_title"], cell.get("indicator_label"))
    title = ", ".join(" ".join(text.split()) for text in printed if text)
    title = title or _("file")
    yield f"{title}: sha256 {cell['snapshot_sha256']}"
    for note in cell["notes"] or ():
        yield _("note: {text}").format(text=" ".join(note.split()))


def _table(block: dict[str, Any], noted: set[tuple]) -> Iterator[str]:
    """Hash and residual of the table of a block, once a table."""
    table = (block["source_id"], block["snapshot_sha256"], block["table_name"])
    if table not in noted:
        noted.add(table)
        yield f"{block['table_name']}: sha256 {block['snapshot_sha256']}"
        if block["table_gap"] is not None:
            said = _("printed totals differ from the sums of its cells by {gap:.2g} % of output")
            yield said.format(gap=100 * block["table_gap"])


def _left_out(node: tracing.Node) -> str:
    count = node.inputs_left_out
    if not node.inputs:
        return ngettext(
            "{count} input below: see --depth", "{count} inputs below: see --depth", count
        )
    if node.inputs[0].kind == "cell":
        return ngettext("{count} more cell", "{count} more cells", count)
    return ngettext("{count} more input", "{count} more inputs", count)


def _print_json(value: object, label: str | None) -> None:
    if label:
        say(label, is_synthetic=False)
    print_json(value)
