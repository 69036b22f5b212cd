"""What the data have of single areas: which variable, of which years, from whom, and why not."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import duckdb

from warehouse.explain.coverage import STUDY_ROLES

_NOT_PROVIDED = "no file provides it"
_NOT_PRINTED = "no file prints it for this area and year"
_BY_YEAR = """
with asked as (
    select area_code, level from catalog.dim_area where area_code in (select unnest($areas))
),
wanted as (
    select 'province' as universe, indicator_id from catalog.dim_indicator
    where study_role in (select unnest($roles)) or origin = 'home'
    union
    select universe, indicator_id from catalog.coverage where universe = 'country'
),
known as (
    select observations.* from marts.fct_observation as observations
    where area_code in (select unnest($areas))
),
grid as (
    select area_code, indicator_id, unnest(range(sample_start, sample_end + 1)) as year
    from asked join catalog.universe using (level) join wanted using (universe)
    union
    select area_code, indicator_id, year from known where value is not null
)
select grid.area_code, grid.indicator_id, grid.year, known.value is not null as is_known,
    known.obs_status, known.source_id, known.published_on,
    case
        when known.value is not null then null
        when known.missing_reason is not null then known.missing_reason
        when grid.indicator_id not in (
            select indicator_id from marts.fct_observation where value is not null
        ) then $not_provided
        else $not_printed
    end as reason
from grid left join known using (area_code, indicator_id, year)
"""
_BY_VARIABLE = f"""
select area_code, indicator_id,
    coalesce(list(year order by year) filter (is_known), []) as years,
    count(*) filter (obs_status in ('A', 'P', 'E')) as reported,
    count(*) filter (obs_status = 'I') as imputed,
    count(*) filter (obs_status = 'D') as derived,
    count(*) filter (obs_status = 'X') as proxy,
    list_sort(
        coalesce(list(distinct source_id) filter (is_known and source_id is not null), [])
    ) as sources,
    max(published_on) filter (is_known) as newest_published_on
from ({_BY_YEAR}) group by area_code, indicator_id
order by list_position($areas, area_code), indicator_id
"""
_MISSING = f"""
select area_code, indicator_id, reason, list(year order by year) as years
from ({_BY_YEAR}) where not is_known group by all order by min(year), reason
"""


@dataclass(frozen=True)
class Missing:
    """Years of the sample without a value, and why there is none."""

    reason: str
    years: list[int]


@dataclass(frozen=True)
class Covered:
    """What there is of one variable in one area.

    `years` are those with a value, of whatever period; the counts are of years, by status.
    `sources` printed those values that are not computed from others.
    """

    area_code: str
    indicator_id: str
    years: list[int]
    reported: int
    imputed: int
    derived: int
    proxy: int
    sources: list[str]
    newest_published_on: date | None
    missing: tuple[Missing, ...]

    def record(self) -> dict:
        return asdict(self)


def of_areas(release: duckdb.DuckDBPyConnection, areas: Sequence[str]) -> list[Covered]:
    """What a release has of areas (their codes), in their order, one a variable of each.

    Of a province those of the study and of the home are there, of an economy those of the index
    and panel of economies, known or not; and of any area what else is known.
    """
    asked = {
        "areas": list(areas),
        "roles": list(STUDY_ROLES),
        "not_provided": _NOT_PROVIDED,
        "not_printed": _NOT_PRINTED,
    }
    missing: dict[tuple[str, str], list[Missing]] = {}
    for area, indicator, reason, years in release.execute(_MISSING, asked).fetchall():
        missing.setdefault((area, indicator), []).append(Missing(reason, years))
    rows = release.execute(_BY_VARIABLE, asked).fetchall()
    facts = [column[0] for column in release.description]
    return [
        Covered(**dict(zip(facts, row, strict=True)), missing=tuple(missing.get(row[:2], ())))
        for row in rows
    ]
