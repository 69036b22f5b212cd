"""What `yearbook find` and `yearbook trace` print of the current release."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestration.cli.printing import as_json, print_table, synthetic_label
from orchestration.progress import say
from warehouse.contract.home import Home
from warehouse.explain import finding, tracing
from warehouse.explain.tracing import NotFound
from warehouse.store import releases

if TYPE_CHECKING:
    from rich.tree import Tree

MATCHES_SHOWN = 20


def print_found(home: Home, text: str, is_json: bool) -> None:
    """Print what goes by a name like `text`, best first. Raises `NotFound` if nothing does."""
    with releases.connect_current(home) as release:
        label = synthetic_label(release)
        found = finding.find(release, text)
        if not found:
            near = " or ".join(f'"{name}"' for name in finding.nearest(release, text))
            raise NotFound(f'nothing goes by a name like "{text}"; the nearest are {near}')
    if is_json:
        _print_json([match.record() for match in found], label)
        return
    columns = ["name", "indicator", "source", "table", "unit", "editions", "cells", "example"]
    shown = found[:MATCHES_SHOWN]
    rows = [
        (
            " / ".join(dict.fromkeys(match.names)),
            match.indicator_id or match.used_in or "not used",
            match.source_id or ("computed here" if match.used_in and match.indicator_id else None),
            match.table_title,
            match.unit_label,
            " to ".join(dict.fromkeys(filter(None, (match.first_edition, match.last_edition)))),
            match.cells or None,
            match.example,
        )
        for match in shown
    ]
    print_table(columns, rows, label)
    if len(found) > len(shown):
        print(f"and {len(found) - len(shown)} more: --json shows all")
    for match in shown:
        if match.where_to_get:
            print(f"no file provides {match.indicator_id}: {match.where_to_get}")


def print_trace(
    home: Home, name: str, where: Sequence[str], depth: int | None, is_json: bool
) -> None:
    """Print the tree from a published number to its cells. Raises `NotFound`."""
    with releases.connect_current(home) as release:
        label = synthetic_label(release)
        node = tracing.trace(release, name, where, depth)
    if is_json:
        _print_json(node.record(), label)
        return
    if label:
        print(label)
    from rich.console import Console

    # Where nobody looks on, as in a pipe, no line is folded to fit a screen
    width = None if sys.stdout.isatty() else 100_000
    Console(markup=False, highlight=False, width=width).print(_tree(node, set()))


def _tree(node: tracing.Node, noted: set[tuple]) -> "Tree":
    """The node as a tree of text; the notes of a sheet stand under the first of its cells."""
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(node.label))
    if node.kind == "cell":
        facts = node.facts
        sheet = (facts["source_id"], facts["snapshot_sha256"], facts["sheet"])
        if sheet not in noted:
            noted.add(sheet)
            printed = (facts["table_title"], facts.get("indicator_label"))
            title = ", ".join(" ".join(text.split()) for text in printed if text)
            tree.add(Text(f"{title or 'file'}: sha256 {facts['snapshot_sha256']}", "dim"))
            for note in facts["notes"] or ():
                tree.add(Text(f"note: {' '.join(note.split())}", "italic"))
    for each in node.inputs:
        tree.children.append(_tree(each, noted))
    if node.inputs_left_out:
        many = "" if node.inputs_left_out == 1 else "s"
        what = f"more cell{many}" if node.kind == "exports" else f"input{many} below: see --depth"
        tree.add(Text(f"{node.inputs_left_out} {what}", "dim"))
    return tree


def _print_json(value: object, label: str | None) -> None:
    if label:
        say(label, is_synthetic=False)
    print(json.dumps(as_json(value), ensure_ascii=False, indent=1))
