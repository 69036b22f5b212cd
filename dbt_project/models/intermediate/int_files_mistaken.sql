-- Series of a file that show the values of another indicator: most of their cells (within 1 %) are those of that
-- indicator in an earlier file, and at most a quarter those of the indicator itself in the file that is its measure.
-- A series that no earlier file knows is measured against the file it resembles.
with doubtful as (

    select
        source_id,
        snapshot_sha256,
        indicator_id,
        series_vintage,
        earlier_source_id,
        earlier_snapshot_sha256,
        preference,
        cells_equal,
        cells_compared
    from {{ ref('int_files_compared') }}
    where 4 * cells_equal <= cells_compared

),

new as (

    select distinct
        filed.source_id,
        filed.snapshot_sha256,
        filed.indicator_id,
        filed.series_vintage
    from {{ ref('int_values_gathered') }} as filed
    left join {{ ref('int_files_compared') }} as compared
        on filed.source_id = compared.source_id
        and filed.snapshot_sha256 = compared.snapshot_sha256
        and filed.indicator_id = compared.indicator_id
        and filed.series_vintage = compared.series_vintage
    where compared.snapshot_sha256 is null

),

suspected as (

    select
        source_id,
        snapshot_sha256,
        indicator_id,
        series_vintage
    from doubtful
    union
    select
        source_id,
        snapshot_sha256,
        indicator_id,
        series_vintage
    from new

),

resemblances as (

    select
        filed.source_id,
        filed.snapshot_sha256,
        filed.indicator_id,
        filed.series_vintage,
        other.source_id as other_source_id,
        other.snapshot_sha256 as other_snapshot_sha256,
        other.indicator_id as other_indicator_id,
        other.series_vintage as other_series_vintage,
        count(*) as cells_shared,
        sum(case when abs(filed.value / other.value - 1) < 0.01 then 1 else 0 end) as cells_resembling,
        min(case when abs(filed.value / other.value - 1) < 0.01 then filed.area_code || filed.period end) as first_resembling
    from suspected
    inner join {{ ref('int_values_gathered') }} as filed
        on suspected.source_id = filed.source_id
        and suspected.snapshot_sha256 = filed.snapshot_sha256
        and suspected.indicator_id = filed.indicator_id
        and suspected.series_vintage = filed.series_vintage
    inner join {{ ref('int_values_gathered') }} as other
        on filed.area_code = other.area_code
        and filed.period = other.period
        and filed.category_code = other.category_code
        and filed.indicator_id <> other.indicator_id
        and filed.published_on > other.published_on
    where other.value <> 0
    group by
        filed.source_id, filed.snapshot_sha256, filed.indicator_id, filed.series_vintage,
        other.source_id, other.snapshot_sha256, other.indicator_id, other.series_vintage
    having count(*) >= 3
        and 2 * sum(case when abs(filed.value / other.value - 1) < 0.01 then 1 else 0 end) > count(*)

)

select
    resemblances.*,
    doubtful.earlier_source_id,
    doubtful.earlier_snapshot_sha256,
    coalesce(doubtful.preference, 1) as preference,
    doubtful.cells_equal,
    doubtful.cells_compared
from resemblances
left join doubtful
    on resemblances.source_id = doubtful.source_id
    and resemblances.snapshot_sha256 = doubtful.snapshot_sha256
    and resemblances.indicator_id = doubtful.indicator_id
    and resemblances.series_vintage = doubtful.series_vintage
