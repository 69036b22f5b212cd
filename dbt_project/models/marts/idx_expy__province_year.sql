{%- set province_year = ['variant', 'classification', 'province_code', 'year'] -%}
-- EXPY of the provinces at any time, and where each stands among all rows of its variant and classification.
with provinces as (

    select
        variant,
        classification,
        area_code as province_code,
        year,
        expy as expy_yuan,
        expy_log,
        reason,
        known_from,
        known_to
    from {{ ref('int_expy') }}
    where universe = 'province'

),

periods as (

    {{ periods_between_changes('provinces', ['variant', 'classification']) }}

),

standardised as (

    select
        provinces.variant,
        provinces.classification,
        provinces.province_code,
        provinces.year,
        provinces.expy_yuan,
        provinces.expy_log,
        (provinces.expy_yuan - avg(provinces.expy_yuan) over all_rows)
        / nullif(stddev_samp(provinces.expy_yuan) over all_rows, 0) as expy_z,
        provinces.reason,
        periods.known_from,
        periods.known_to
    from periods
    inner join provinces
        on periods.variant = provinces.variant
        and periods.classification = provinces.classification
        and {{ is_known_on('provinces', 'periods.known_from') }}
    window all_rows as (
        partition by provinces.variant, provinces.classification, periods.known_from
    )

)

{{ merged('standardised', province_year, ['expy_yuan', 'expy_log', 'expy_z', 'reason']) }}
