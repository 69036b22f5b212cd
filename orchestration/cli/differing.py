"""What `yearbook diff` prints, and its page."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from orchestration.cli.printing import as_json, print_table
from orchestration.progress import say
from warehouse.explain.differences import Change, Difference, TableDifference
from warehouse.store import releases
from warehouse.store.package import templates

# What people cite: of these columns single changes are printed
_CITED = {
    "marts.fct_observation": "value",
    "marts.idx_digital_trade__weights": "weight",
    "results.estimates": "estimate",
}
_COLUMNS_NAMED = 4


def print_difference(found: Difference, is_json: bool, is_synthetic: bool) -> None:
    """Print what differs: why, table by table, and some values that are cited."""
    if is_json:
        if is_synthetic:
            say(f"{releases.SYNTHETIC} demonstration data", is_synthetic=False)
        print(json.dumps(as_json(asdict(found)), ensure_ascii=False, indent=1))
        return
    for line in _heading(found, is_synthetic):
        print(line)
    if not found.tables:
        return
    columns = ["table", "rows gone", "new", "changed", "what"]
    print_table(columns, [_row(table) for table in found.tables], None)
    for table in found.tables:
        cited = [each for each in table.changes if each.column == _CITED.get(table.table)]
        if cited:
            print(f"{table.table}, the largest changes:")
            for change in cited:
                print(f"  {in_words(change)}")


def write_page(found: Difference, path: Path, is_synthetic: bool) -> None:
    """Write the same as a page that needs no network, with more of the values."""
    label = f"{releases.SYNTHETIC} demonstration data: " if is_synthetic else ""
    page = templates.render(
        "difference.html.jinja", found=found, label=label, in_words=in_words, what=what
    )
    path.write_text(page, encoding="utf-8")


def in_words(change: Change) -> str:
    """One change: which value, before and after, and by how much."""
    key = " ".join(str(value) for value in change.key.values())
    relative = f" ({change.relative:+.2%})" if change.relative is not None else ""
    before, after = (_value(each) for each in (change.before, change.after))
    return f"{key} {change.column}: {before} → {after}{relative}"


def what(table: TableDifference) -> str:
    """Which columns of a table differ, in a few words."""
    if table.only_in:
        return "table gone" if table.only_in == "before" else "new table"
    most = sorted(table.columns.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{name} ({many:,})" for name, many in most[:_COLUMNS_NAMED]]
    said += [f"{len(most) - _COLUMNS_NAMED} more"] if len(most) > _COLUMNS_NAMED else []
    said += [f"column {name} gone" for name in table.columns_gone]
    said += [f"column {name} new" for name in table.columns_new]
    return ", ".join(said)


def _heading(found: Difference, is_synthetic: bool) -> Iterator[str]:
    label = f"{releases.SYNTHETIC} demonstration data: " if is_synthetic else ""
    if not found.tables:
        yield f"{label}nothing differs between {found.before} and {found.after}"
    else:
        yield f"{label}{found.before} → {found.after}: {len(found.tables)} tables differ"
    yield from (f"why: {reason}" for reason in found.reasons)


def _row(table: TableDifference) -> list[object]:
    counts = (table.rows_gone, table.rows_new, table.rows_changed)
    return [table.table, *(f"{many:,}" if many else "" for many in counts), what(table)]


def _value(value: object) -> str:
    if value is None:
        return "nothing"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
