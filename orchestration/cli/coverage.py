"""What `yearbook coverage` prints of the current release."""

from collections.abc import Iterable
from dataclasses import replace
from gettext import gettext as _
from typing import TYPE_CHECKING

from orchestration.cli.printing import print_json, print_table, synthetic_label
from orchestration.progress import say
from orchestration.translations import in_language
from warehouse.contract.home import Home
from warehouse.store import releases

if TYPE_CHECKING:
    import pandas as pd

    from warehouse.explain.coverage import Place
    from warehouse.explain.coverage_of_areas import Covered


def print_coverage(home: Home, is_json: bool = False) -> None:
    """Print the variables of the study: years, area-years known and missing; below them what is
    missing, which source has it, in which layout, and where to put the file; then the economies and
    the inter-country tables."""
    from warehouse.explain.coverage import (
        COUNTS,
        gaps,
        of_economies,
        of_tables,
        summarise,
        years_without_table,
    )

    with releases.connect_current(home) as release:
        label = synthetic_label(release)
        described = (
            release.execute("from catalog.dim_indicator").df(),
            release.execute("from catalog.coverage").df(),
        )
        summary, economies = summarise(*described), of_economies(*described)
        tables = of_tables(release.execute("from catalog.inter_country_block").df())
        missing = gaps(
            summary,
            release.execute(
                "from catalog.missing_value order by indicator_id, year, province_code"
            ).df(),
            release.execute(
                "from catalog.where_to_get "
                "order by indicator_id, provides, authority nulls last, source_id, table_title"
            ).df(),
        )
    if is_json:
        if label:
            say(label, is_synthetic=False)
        records = _records(summary) + _records(economies)
        for record in records:
            record["missing"] = [
                gap.record()
                for gap in missing
                if (gap.variable, gap.study_role) == (record["indicator_id"], record["study_role"])
            ]
        records += [{"indicator_id": None, "missing": []} | table for table in _records(tables)]
        print_json(records)
        return
    there = summary.dropna(subset="first_year")
    columns = [_("variable"), _("role"), _("years"), *map(_, COUNTS.values()), _("newest file")]
    rows = [
        (
            row.indicator_id,
            _(row.study_role),
            f"{row.first_year}-{row.last_year}",
            *(getattr(row, name) for name in COUNTS.values()),
            row.newest_published_on.date(),
        )
        for row in there.itertuples()
    ]
    title = _("{release}, in areas times years").format(
        release=label or _("Variables of the study")
    )
    print_table(columns, rows, title)
    told = set()
    for gap in missing:
        where = gap.where_to_get and in_language(gap.where_to_get)
        sentence = replace(gap, where_to_get=where).sentence()
        print(sentence + (_(" (see above)") if gap.provides in told and gap.places else ""))
        for place in gap.places if gap.provides not in told else ():
            print("\n".join(f"   {line}" for line in _in_language(place).lines(home.root)))
        told.add(gap.provides)
    _print_economies(economies)
    if not economies[economies["economies"] > 1].empty or not tables.empty:
        _print_tables(home, tables, years_without_table(described[1], tables))


def print_coverage_of_areas(home: Home, areas: str, is_json: bool = False) -> None:
    """Print an area at a time the variables that are known of it: years, by status, who printed
    them; below them what is missing and why. Raises `NotThere` for what is no area."""
    from itertools import groupby

    from warehouse.explain.coverage_of_areas import of_areas
    from warehouse.explain.tracing.reading import Reading
    from warehouse.export.selection import area_codes

    with releases.connect_current(home) as release:
        label = synthetic_label(release)
        names = Reading(release).areas
        covered = of_areas(release, area_codes(release, areas))
    if is_json:
        if label:
            say(label, is_synthetic=False)
        print_json([{"area": names[row.area_code]} | row.record() for row in covered])
        return
    if label:
        print(label)
    for area, of_area in groupby(covered, lambda row: row.area_code):
        _print_area(names[area], list(of_area))
    print(_("`yearbook coverage` names who has what is missing, and where to put the file"))


def _print_area(name: str, covered: "list[Covered]") -> None:
    from warehouse.explain.coverage import COUNTS, spans

    counts = [count for count in COUNTS.values() if count != "missing"]
    columns = [_("variable"), _("years"), *map(_, counts), _("source"), _("newest file")]
    rows = [
        (
            *(row.indicator_id, spans(row.years)),
            *(getattr(row, count) for count in counts),
            *(", ".join(row.sources), row.newest_published_on),
        )
        for row in covered
        if row.years
    ]
    print_table(columns, rows, _("{area}, in years").format(area=name))
    for (reason, years), variables in _missing(covered).items():
        said = _("missing {years}, {reason}: {variables}")
        told = {"years": spans(years), "reason": in_language(reason)}
        print(said.format(variables=", ".join(variables), **told))


def _missing(covered: "Iterable[Covered]") -> dict[tuple[str, tuple[int, ...]], list[str]]:
    """The variables of an area by why they are missing, and of which years."""
    found: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for row in covered:
        for gap in row.missing:
            found.setdefault((gap.reason, tuple(gap.years)), []).append(row.indicator_id)
    return found


def _in_language(place: "Place") -> "Place":
    """A place as a reader is told of it."""
    return replace(
        place,
        table_title=in_language(place.table_title),
        layout=in_language(place.layout),
        file_kinds=in_language(place.file_kinds),
        note=in_language(place.note or ""),
    )


def _print_economies(summary: "pd.DataFrame") -> None:
    """Print what is known of other economies than China, and what no file has of any."""
    there = summary[summary["economies"] > 1]
    if there.empty:
        return
    rows = [
        (row.indicator_id, f"{row.first_year}-{row.last_year}", row.economies)
        for row in there.itertuples()
    ]
    columns = [_("variable"), _("years"), _("economies")]
    print_table(columns, rows, _("Economies known in the best year"))
    for row in summary[summary["economies"] <= 1].itertuples():
        text = _("no file provides {indicator} of economies: {where}")
        print(text.format(indicator=row.indicator_id, where=in_language(row.where_to_get)))


def _print_tables(home: Home, tables: "pd.DataFrame", missing: "list[int]") -> None:
    """Print what inter-country tables there are, and the years of the panel that none is of."""
    from warehouse.explain.coverage import spans

    rows = [
        (
            *(row.table_edition, spans(row.years), row.economies, row.industries),
            None if row.table_gap is None else f"{100 * row.table_gap:.2g} %",
            row.newest_published_on.date(),
        )
        for row in tables.itertuples()
    ]
    columns = [_("edition"), _("years"), _("economies"), _("industries")]
    columns += [_("totals differ by"), _("newest file")]
    if rows:
        title = _("Inter-country tables (catalog.dim_measure: what is measured)")
        print_table(columns, rows, title)
    if missing:
        place = home.landing / "icio" / "<edition>"
        said = _("no inter-country table is of {years}: as CSV, or a zip of CSV, in {place}")
        print(said.format(years=spans(missing), place=place))


def _records(summary: "pd.DataFrame") -> list[dict]:
    records: list[dict] = summary.astype(object).where(summary.notna(), None).to_dict("records")
    return records
