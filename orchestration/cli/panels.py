"""What `yearbook export` writes of the data of the current release."""

from collections.abc import Sequence
from datetime import date
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

from orchestration.cli.printing import synthetic_label
from orchestration.language import Language
from orchestration.progress import say
from orchestration.translations import language_of
from warehouse.contract.home import Home
from warehouse.export import dataset, files, selection
from warehouse.store import releases

_AREAS_NAMED = 5


def write_panel(
    home: Home,
    to: Path,
    names: str,
    areas: str | None,
    years: str | None,
    as_of: date | None,
    language: selection.Language,
    is_long: bool,
) -> None:
    """Write the file, and say what is in it and what no file of the home has.

    Raises `NoRelease`, `NotThere` and `NotWritten`.
    """
    with releases.connect_current(home) as release:
        is_synthetic = synthetic_label(release) is not None
        chosen = selection.select(release, names, areas, years, as_of)
        data = dataset.read(release, chosen, language, is_long, language_of(Language(language)))
    if data.rows.empty:
        raise selection.NotThere(
            f"no file has a value of {names} for these areas and years: `yearbook coverage` says "
            "what there is"
        )
    written = files.write(data, to)
    for row in data.sources[data.sources["values"] == 0].to_dict("records"):
        empty = _("{variable} is empty: {source}").format_map(row)
        say(empty, is_synthetic)
    if without := sorted(chosen.areas_named.difference(data.rows["area_code"])):
        said = _("no row of {areas}: no file has a value of theirs for these variables and years")
        say(said.format(areas=_named(without)), is_synthetic)
    count = len(chosen.variables)
    said = ngettext(
        "{rows:,} rows of {variables} variable in {files}",
        "{rows:,} rows of {variables} variables in {files}",
        count,
    )
    files_written = _(" and ").join(map(str, written))
    said = said.format(rows=len(data.rows), variables=count, files=files_written)
    say(said, is_synthetic)


def _named(areas: Sequence[str]) -> str:
    """The first of many."""
    more = _("{count} more").format(count=len(areas) - _AREAS_NAMED)
    return ", ".join([*areas[:_AREAS_NAMED], *([more] if len(areas) > _AREAS_NAMED else [])])
