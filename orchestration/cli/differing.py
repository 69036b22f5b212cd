"""What `yearbook diff` prints, and its page."""

from collections.abc import Iterator
from dataclasses import asdict
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

from orchestration.cli.printing import print_json, print_table
from orchestration.progress import say
from warehouse.contract.files import write_atomically
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
            label = _("{synthetic} demonstration data").format(synthetic=releases.SYNTHETIC)
            say(label, is_synthetic=False)
        print_json(asdict(found))
        return
    for line in _heading(found, is_synthetic):
        print(line)
    if not (tables := told(found)):
        return
    print_table(_heads(), [_row(table) for table in tables], None)
    for table in tables:
        cited = [each for each in table.changes if each.column == _CITED.get(table.table)]
        if cited:
            print(_("{table}, the largest changes:").format(table=table.table))
            for change in cited:
                print(f"  {in_words(change)}")


def write_page(found: Difference, path: Path, is_synthetic: bool) -> None:
    """Write the same as a page that needs no network, with more of the values."""
    page = templates.render(
        "difference.html.jinja",
        language=_("en"),
        tables=told(found),
        lines=[*_heading(found, is_synthetic)],
        heads=_heads(),
        in_words=in_words,
        what=what,
        largest=_("{table}, the largest changes:"),
    )
    write_atomically(path, page)


def told(found: Difference) -> list[TableDifference]:
    """The tables in which something differs but the last digits of sums."""
    return [table for table in found.tables if not table.is_noise]


def in_words(change: Change) -> str:
    """One change: which value, before and after, and by how much."""
    key = " ".join(str(value) for value in change.key.values())
    relative = f" ({change.relative:+.2%})" if change.relative is not None else ""
    before, after = (_value(each) for each in (change.before, change.after))
    return f"{key} {change.column}: {before} → {after}{relative}"


def what(table: TableDifference) -> str:
    """Which columns of a table differ, in a few words."""
    if table.only_in:
        return _("table gone") if table.only_in == "before" else _("new table")
    most = sorted(table.columns.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{name} ({many:,})" for name, many in most[:_COLUMNS_NAMED]]
    more = _("{count} more").format(count=len(most) - _COLUMNS_NAMED)
    said += [more] if len(most) > _COLUMNS_NAMED else []
    said += [_("column {name} gone").format(name=name) for name in table.columns_gone]
    said += [_("column {name} new").format(name=name) for name in table.columns_new]
    return ", ".join(said)


def _heading(found: Difference, is_synthetic: bool) -> Iterator[str]:
    many = len(told(found))
    differ = ngettext("{count} table differs", "{count} tables differ", many).format(count=many)
    nothing = _("nothing differs between {before} and {after}")
    said = f"{found.before} → {found.after}: {differ}" if many else nothing.format_map(vars(found))
    yield _label(is_synthetic) + said
    yield from (_("why: {reason}").format(reason=reason) for reason in found.reasons)
    if rows := sum(table.rows_of_noise for table in found.tables):
        yield _("besides, {rows:,} rows differ in the last digits of sums alone").format(rows=rows)


def _label(is_synthetic: bool) -> str:
    said = _("{synthetic} demonstration data: ").format(synthetic=releases.SYNTHETIC)
    return said if is_synthetic else ""


def _heads() -> list[str]:
    return [_("table"), _("rows gone"), _("new"), _("changed"), _("what")]


def _row(table: TableDifference) -> list[object]:
    counts = (table.rows_gone, table.rows_new, table.rows_changed)
    return [table.table, *(f"{many:,}" if many else "" for many in counts), what(table)]


def _value(value: object) -> str:
    if value is None:
        return _("nothing")
    return f"{value:.6g}" if isinstance(value, float) else str(value)
