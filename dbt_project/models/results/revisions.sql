-- What each new edition of a source changed. A definition break is told from an ordinary revision by the notes of the
-- two editions; where they say nothing, an area that was revised quite unlike the others is suspected of one.
with classified as (

    select
        revisions.*,
        coalesce(definition_of_area.note, census_of_area.note) as note_of_area,
        definition.note as note_of_definition,
        census.note as note_of_census,
        case
            when definition_of_area.note is not null then 'definition break'
            when
                revisions.areas >= {{ var('areas_to_compare') }}
                and abs(revisions.relative_change - revisions.median_relative_change)
                > {{ var('unlike_other_areas') }}
                then 'suspected break'
            when definition.note is not null then 'definition break'
            when coalesce(census_of_area.note, census.note) is not null then 'census revision'
            else 'revision'
        end as kind
    from {{ ref('int_revisions') }} as revisions
    {% for relation, kind, reach in [
        ('definition_of_area', 'definition break', 'area'),
        ('census_of_area', 'census revision', 'area'),
        ('definition', 'definition break', 'all'),
        ('census', 'census revision', 'all'),
    ] -%}
    left join {{ ref('int_revision_notes') }} as {{ relation }}
        on revisions.indicator_id = {{ relation }}.indicator_id
        and revisions.snapshot_sha256 = {{ relation }}.snapshot_sha256
        and revisions.previous_snapshot_sha256 = {{ relation }}.previous_snapshot_sha256
        and {{ relation }}.kind = '{{ kind }}'
        {% if reach == 'area' -%}
        and revisions.area_code = {{ relation }}.area_code
        {% else -%}
        and {{ relation }}.area_code is null
        {% endif -%}
    {%- endfor %}
)

select
    indicator_id,
    area_code,
    year,
    source_id,
    published_on,
    series_vintage,
    previous_published_on,
    previous_series_vintage,
    previous_value,
    value,
    unit,
    relative_change,
    median_relative_change,
    cast(cells_compared as integer) as cells_compared,
    kind,
    case kind
        when 'definition break' then coalesce(note_of_area, note_of_definition)
        when 'census revision' then coalesce(note_of_area, note_of_census)
        when 'suspected break'
            then coalesce(note_of_area || ' ', '') || 'no note of either edition tells of a change of definition; '
                || 'the median of ' || cast(areas as string) || ' areas changed by '
                || {{ in_words(rounded('100 * median_relative_change', 1)) }} || ' %'
    end as evidence,
    snapshot_sha256,
    locator,
    previous_snapshot_sha256,
    previous_locator
from classified
