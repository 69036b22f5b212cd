-- What measures of value chains were made from: the measures that a formula names; the measure that it is a part of,
-- and the value added by origin that it is the sum of; else, and in the end, the blocks of the economy in the table.
{{ config(materialized='ephemeral') }}
with measures as (

    select
        measured.measure,
        measured.area_code,
        measured.year,
        measured.table_edition,
        declared.made_of,
        declared.part_of,
        declared.origin
    from {{ ref('stg_icio__measures') }} as measured
    inner join {{ ref('dim_measure') }} as declared
        on measured.measure = declared.measure
    where measured.grain = 'country'

),

-- value added by origin, as each of the two economies counts it
origins_counted as (

    select
        *,
        exporter_code as area_code,
        case when source_code = exporter_code then 'own' else 'foreign' end as origin
    from {{ ref('idx_value_chain__origin_year') }}

    union all

    select
        *,
        source_code as area_code,
        'abroad' as origin
    from {{ ref('idx_value_chain__origin_year') }}
    where source_code <> exporter_code

),

-- the measures that formulas name
terms as (

    select
        declared.measure,
        named.measure as term
    from {{ ref('dim_measure') }} as declared
    inner join {{ ref('dim_measure') }} as named
        on position('/' || named.measure || '/' in '/' || declared.made_of || '/') > 0

)

{{ number_input('value_chain', 'measures', 'term', 'value_chain', 'measures', input_key={'measure': 'terms.term'}) }}
from measures
inner join terms
    on measures.measure = terms.measure

union all

{{ number_input(
    'value_chain', 'measures', 'the whole', 'value_chain', 'measures', input_key={'measure': 'measures.part_of'}
) }}
from measures
where measures.part_of is not null

union all

{{ number_input(
    'value_chain', 'measures', 'origin', 'value_added_origin', 'origins',
    weight='cast(1 as double)',
    contribution='origins.value_added'
) }}
from measures
inner join origins_counted as origins
    on measures.table_edition = origins.table_edition
    and measures.year = origins.year
    and measures.area_code = origins.area_code
    and measures.origin = origins.origin

union all

{{ number_input('value_chain', 'measures', 'block', 'inter_country_block', 'measures', step='2') }}
from measures
where measures.made_of is null

union all

{{ number_input(
    'value_added_origin', 'origins', 'source', 'inter_country_block', 'origins',
    input_key={'area_code': 'origins.source_code'}
) }}
from {{ ref('idx_value_chain__origin_year') }} as origins

union all

{{ number_input(
    'value_added_origin', 'origins', 'exporter', 'inter_country_block', 'origins', step='2',
    input_key={'area_code': 'origins.exporter_code'}
) }}
from {{ ref('idx_value_chain__origin_year') }} as origins
where origins.source_code <> origins.exporter_code
