"""What the data cover: how much there is of each variable of the study, and what is absent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from gettext import gettext as _
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

STUDY_ROLES = ("index", "control", "mediator", "determinant")
# Areas that are missing are named when they are no more than these
NAMED = 3
COUNTS = {
    "areas_reported": "reported",
    "areas_imputed": "imputed",
    "areas_derived": "derived",
    "areas_proxied": "proxy",
    "areas_missing": "missing",
}
_KNOWN = [column for column in COUNTS if column != "areas_missing"]


def summarise(indicators: "pd.DataFrame", coverage: "pd.DataFrame") -> "pd.DataFrame":
    """One row a variable of the study or of the home, from `catalog.dim_indicator` and `coverage`.

    Columns: indicator_id, study_role, first_year and last_year with a value (NULL where no file
    provides one), the counts of COUNTS in area-years, newest_published_on, where_to_get.
    """
    is_of_the_home = indicators["origin"] == "home"
    wanted = indicators[indicators["study_role"].isin(STUDY_ROLES) | is_of_the_home].fillna(
        {"study_role": "home", "where_to_get": "land a file that prints it"}
    )
    return _counted(wanted, coverage[coverage["universe"] == "province"])


def of_economies(indicators: "pd.DataFrame", coverage: "pd.DataFrame") -> "pd.DataFrame":
    """The same of what the index and the panel of economies use, with `economies`.

    `economies` is how many are known in the year that knows most.
    """
    known = coverage[coverage["universe"] == "country"].copy()
    known["economies"] = known[_KNOWN].sum(axis=1)
    wanted = indicators[indicators["indicator_id"].isin(known["indicator_id"])]
    most = known.groupby("indicator_id")["economies"].max()
    return _counted(wanted.assign(study_role="economies"), known).join(most, on="indicator_id")


def _counted(wanted: "pd.DataFrame", coverage: "pd.DataFrame") -> "pd.DataFrame":
    has_value = coverage[coverage[_KNOWN].sum(axis=1) > 0]
    by_indicator = has_value.groupby("indicator_id")["year"].agg(first_year="min", last_year="max")
    counts = coverage.groupby("indicator_id")[list(COUNTS)].sum().rename(columns=COUNTS)
    newest = coverage.groupby("indicator_id")["newest_published_on"].max()
    return (
        wanted[["indicator_id", "study_role", "where_to_get"]]
        .join(by_indicator.astype("Int64"), on="indicator_id")
        .join(counts.astype("Int64"), on="indicator_id")
        .join(newest, on="indicator_id")
        .sort_values(["study_role", "indicator_id"], ascending=[False, True])
        .reset_index(drop=True)
    )


def of_tables(blocks: "pd.DataFrame") -> "pd.DataFrame":
    """One row an edition of inter-country tables, from `catalog.inter_country_block`.

    Columns: table_edition, years (those that it has a table of), economies, industries (the most
    of any), table_gap (the largest), newest_published_on.
    """
    blocks = blocks.assign(
        economies=blocks.groupby(["table_edition", "year"])["year"].transform("size")
    )
    return (
        blocks.groupby("table_edition")
        .agg(
            years=("year", lambda years: sorted(set(map(int, years)))),
            economies=("economies", "max"),
            industries=("industries", "max"),
            table_gap=("table_gap", "max"),
            newest_published_on=("published_on", "max"),
        )
        .reset_index()
    )


def years_without_table(coverage: "pd.DataFrame", tables: "pd.DataFrame") -> list[int]:
    """The years of the economies' panel of which there is no inter-country table."""
    wanted = set(coverage.loc[coverage["universe"] == "country", "year"])
    return sorted(map(int, wanted.difference(*tables["years"])))


def without_source(summary: "pd.DataFrame") -> "pd.DataFrame":
    """The variables that no file provides in any year."""
    return summary[summary["first_year"].isna()]


@dataclass(frozen=True)
class Place:
    """A table that prints an indicator, and where its file belongs."""

    source_id: str
    source_title_zh: str | None
    source_title_en: str | None
    release_month: int | None
    table_title: str
    layout: str
    file_kinds: str
    folder: str
    note: str | None

    def lines(self, root: Path) -> list[str]:
        """Who has it, and where it belongs in the home at `root`."""
        titles = " / ".join(filter(None, [self.source_title_zh, self.source_title_en]))
        month = self.release_month
        when = _(" (new each {month})").format(month=_month(month)) if month else ""
        note = f"; {self.note}" if self.note else ""
        where = _("   as {kinds} in {folder}: {layout}")
        return [
            f"{titles or self.source_id}{when}: {self.table_title}{note}",
            where.format(kinds=self.file_kinds, folder=root / self.folder, layout=self.layout),
        ]


@dataclass(frozen=True)
class Gap:
    """What of one indicator is missing, for which variable of the study, and where it can be had.

    `provides` is the variable itself or, where `use` is ratio or proxy, what it is made of.
    `years` maps each year that misses some areas to their names; it is empty where a proxy
    stands in everywhere. `where_to_get` is said where no file provides the variable at all.
    """

    variable: str
    study_role: str
    provides: str
    use: str
    years: dict[int, list[str]]
    where_to_get: str | None
    places: tuple[Place, ...]

    def record(self) -> dict:
        return asdict(self)

    def sentence(self) -> str:
        what = f"{self.provides} ({_(self.study_role)})"
        if self.use != "itself":
            part = _("a proxy of") if self.use == "proxy" else _("a part of")
            what = f"{self.provides} ({part} {self.variable}, {_(self.study_role)})"
        if self.where_to_get:
            said = _("no file provides {indicator}: {where}")
            return said.format(indicator=what, where=self.where_to_get)
        if not self.years:
            return _("only a proxy is known of {indicator}").format(indicator=what)
        return _("missing {indicator}: {years}").format(indicator=what, years=_years(self.years))


def gaps(summary: "pd.DataFrame", missing: "pd.DataFrame", places: "pd.DataFrame") -> list[Gap]:
    """What is missing of the variables in `summary`, and of what an incomplete one is made of.

    `missing` has a row an indicator, year and area without a value (catalog.missing_value),
    `places` is catalog.where_to_get.
    """
    years_of = {
        indicator: {
            int(year): list(areas) for year, areas in rows.groupby("year")["province_name_en"]
        }
        for indicator, rows in missing.groupby("indicator_id")
    }
    absent = set(without_source(summary)["indicator_id"])
    found = []
    for row in summary.itertuples():
        is_absent = row.indicator_id in absent
        is_proxied = not is_absent and row.proxy > 0
        if row.indicator_id not in years_of and not is_proxied:
            continue
        ways = places[places["indicator_id"] == row.indicator_id]
        uses = [(row.indicator_id, "itself"), *zip(ways["provides"], ways["use"], strict=True)]
        for provides, use in dict.fromkeys(uses):
            if use != "itself" and provides not in years_of:
                continue
            tables = ways[(ways["provides"] == provides) & (ways["use"] == use)]
            found.append(
                Gap(
                    row.indicator_id,
                    row.study_role,
                    provides,
                    use,
                    years_of.get(provides, {}),
                    row.where_to_get if is_absent and use == "itself" else None,
                    tuple(_place(table) for table in tables.to_dict("records")),
                )
            )
    return found


def _place(table: dict[str, Any]) -> Place:
    known: dict[str, Any] = {
        name: value if value == value else None for name, value in table.items()
    }
    month = known["release_month"]
    names = [name for name in Place.__annotations__ if name != "release_month"]
    return Place(**{name: known[name] for name in names}, release_month=month and int(month))


def _years(years: Mapping[int, Sequence[str]]) -> str:
    """The years by what they miss: "2012-2016 Tibet, 2019-2022 (31 provinces)"."""
    runs: list[tuple[list[int], Sequence[str]]] = []
    for year, areas in years.items():
        if runs and runs[-1][1] == areas and runs[-1][0][-1] == year - 1:
            runs[-1][0].append(year)
        else:
            runs.append(([year], areas))
    return ", ".join(f"{_span(span)} {_areas(areas)}" for span, areas in runs)


def spans(years: Sequence[int]) -> str:
    """Years as spans: "1995, 2000-2003"."""
    return ", ".join(
        _span([year for _, year in run])
        for _, run in groupby(enumerate(years), lambda numbered: numbered[1] - numbered[0])
    )


def _span(years: Sequence[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"


def _areas(areas: Sequence[str]) -> str:
    if len(areas) <= NAMED:
        return _(" and ").join(areas)
    return _("({count} provinces)").format(count=len(areas))


def _month(number: int) -> str:
    names = (
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July")),
        *(_("August"), _("September"), _("October"), _("November"), _("December")),
    )
    return names[number - 1]
