-- What the notes of two editions say about the difference between their values: a note that one of them prints and
-- the other does not. A note on one indicator speaks of that alone; a note that names areas speaks of these, any
-- other of all areas (area_code is NULL).
{{ config(materialized='ephemeral') }}
with pairs as (

    select distinct
        indicator_id,
        snapshot_sha256,
        previous_snapshot_sha256
    from {{ ref('int_revisions') }}

),

labels as (

    select distinct
        indicator_id,
        snapshot_sha256,
        indicator_label
    from {{ ref('int_observations_published') }}

),

told as (

    select
        pairs.indicator_id,
        pairs.snapshot_sha256,
        pairs.previous_snapshot_sha256,
        notes.text
    from pairs
    inner join {{ ref('note') }} as notes
        on notes.snapshot_sha256 in (pairs.snapshot_sha256, pairs.previous_snapshot_sha256)
    left join labels
        on pairs.indicator_id = labels.indicator_id
        and notes.snapshot_sha256 = labels.snapshot_sha256
        and notes.indicator_label = labels.indicator_label
    left join {{ ref('note') }} as repeated
        on repeated.snapshot_sha256 in (pairs.snapshot_sha256, pairs.previous_snapshot_sha256)
        and notes.snapshot_sha256 <> repeated.snapshot_sha256
        and notes.text = repeated.text
    where repeated.text is null
        and (notes.indicator_label is null or labels.indicator_id is not null)

),

signalled as (

    select
        told.indicator_id,
        told.snapshot_sha256,
        told.previous_snapshot_sha256,
        told.text,
        signals.kind,
        areas.area_code
    from told
    inner join {{ ref('note_signals') }} as signals
        on lower(told.text) like signals.pattern
    left join {{ ref('dim_area') }} as areas
        on areas.level = 'province'
        and (told.text like '%' || areas.name_zh || '%' or told.text like '%' || areas.name_en || '%')

)

select
    indicator_id,
    snapshot_sha256,
    previous_snapshot_sha256,
    area_code,
    kind,
    min(text) as note
from signalled
group by indicator_id, snapshot_sha256, previous_snapshot_sha256, area_code, kind
