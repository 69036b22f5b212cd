-- Why a file may have to be held back: one row a file, indicator, finding and earlier file that is the measure.
-- Whether the finding holds depends on which earlier files are themselves held (int_files_held): `rank` says how
-- many better measures there would be, and `witness` is another file that has to be good as well.
with files as (

    select distinct
        source_id,
        snapshot_sha256,
        source_id || '/' || snapshot_sha256 as file_id,
        source_id || '/' || edition || '/' || file_name as name
    from {{ ref('int_values_gathered') }}

),

areas as (

    select
        area_code,
        name_en
    from {{ ref('dim_area') }}

),

lacking as (

    select
        lacking.source_id,
        lacking.snapshot_sha256,
        lacking.indicator_id,
        'lacking' as aspect,
        lacking.earlier_source_id,
        lacking.earlier_snapshot_sha256,
        cast(null as varchar) as witness_source_id,
        cast(null as varchar) as witness_snapshot_sha256,
        lacking.preference,
        '' as series_vintage,
        lacking.provinces_lost > lacking.unknown_names as is_conflict,
        'provinces_lost' as finding,
        cast(lacking.provinces_lost as varchar) || case when lacking.provinces_lost = 1 then ' province' else ' provinces' end
        || ' lost in years that both cover, such as ' || areas.name_en || ' in ' || lacking.example_period as figures
    from {{ ref('int_files_lacking') }} as lacking
    left join areas
        on lacking.example_area_code = areas.area_code

),

compared as (

    select
        compared.*,
        areas.name_en || ' in ' || compared.example_period || ': '
        || cast(round(compared.example_value, 6) as varchar) || ' here (' || compared.example_locator || ') and '
        || cast(round(compared.example_earlier_value, 6) as varchar) || ' there ('
        || compared.example_earlier_locator || ')' as example
    from {{ ref('int_files_compared') }} as compared
    left join areas
        on compared.example_area_code = areas.area_code

),

jumping as (

    select
        source_id,
        snapshot_sha256,
        indicator_id,
        'values' as aspect,
        earlier_source_id,
        earlier_snapshot_sha256,
        cast(null as varchar) as witness_source_id,
        cast(null as varchar) as witness_snapshot_sha256,
        preference,
        series_vintage,
        cells_jumped > 0 as is_conflict,
        'power_of_ten' as finding,
        cast(cells_jumped as varchar) || ' of ' || cast(cells_compared as varchar)
        || ' values differ by a power of ten, such as ' || example as figures
    from compared

),

shifted as (

    select
        source_id,
        snapshot_sha256,
        indicator_id,
        'values' as aspect,
        earlier_source_id,
        earlier_snapshot_sha256,
        cast(null as varchar) as witness_source_id,
        cast(null as varchar) as witness_snapshot_sha256,
        preference,
        series_vintage,
        median_ratio < 0.5 or median_ratio > 2 as is_conflict,
        'median_ratio' as finding,
        'the median ratio of ' || cast(cells_compared as varchar) || ' values is '
        || cast(round(median_ratio, 6) as varchar) || ' and not between 0.5 and 2, such as ' || example as figures
    from compared

),

mistaken as (

    select
        mistaken.source_id,
        mistaken.snapshot_sha256,
        mistaken.indicator_id,
        'values' as aspect,
        mistaken.earlier_source_id,
        mistaken.earlier_snapshot_sha256,
        mistaken.other_source_id as witness_source_id,
        mistaken.other_snapshot_sha256 as witness_snapshot_sha256,
        mistaken.preference,
        mistaken.series_vintage,
        true as is_conflict,
        'another_indicator' as finding,
        cast(mistaken.cells_resembling as varchar) || ' of ' || cast(mistaken.cells_shared as varchar)
        || ' values are those of ' || mistaken.other_indicator_id || ' in ' || other.name
        || coalesce(
            ' and ' || cast(mistaken.cells_equal as varchar) || ' of ' || cast(mistaken.cells_compared as varchar)
            || ' those of ' || mistaken.indicator_id, ''
        ) || ', such as ' || areas.name_en || ' in ' || substring(mistaken.first_resembling, 7) as figures
    from {{ ref('int_files_mistaken') }} as mistaken
    inner join files as other
        on mistaken.other_source_id = other.source_id
        and mistaken.other_snapshot_sha256 = other.snapshot_sha256
    left join areas
        on substring(mistaken.first_resembling, 1, 6) = areas.area_code

),

findings as (

    select * from lacking
    union all
    select * from jumping
    union all
    select * from shifted
    union all
    select * from mistaken

)

select
    findings.source_id,
    findings.snapshot_sha256,
    findings.source_id || '/' || findings.snapshot_sha256 as file_id,
    findings.indicator_id,
    findings.series_vintage,
    findings.aspect,
    findings.finding,
    findings.is_conflict,
    findings.preference,
    coalesce(measure.file_id, witness.file_id) as measure_file_id,
    coalesce(witness.file_id, measure.file_id) as witness_file_id,
    findings.indicator_id || ' against ' || coalesce(measure.name, witness.name) || ': ' || findings.figures as message
from findings
left join files as measure
    on findings.earlier_source_id = measure.source_id
    and findings.earlier_snapshot_sha256 = measure.snapshot_sha256
left join files as witness
    on findings.witness_source_id = witness.source_id
    and findings.witness_snapshot_sha256 = witness.snapshot_sha256
