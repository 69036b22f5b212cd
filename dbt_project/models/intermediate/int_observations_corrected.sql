-- Every cell of every source that prints observations; a figure that is proven to be misprinted is replaced, in the
-- unit in which it was printed. A correction holds for the editions within its bounds ("2018" is any edition of
-- that year) and only where the cell prints what the correction expects.
with cells as (

    {% for source_id in observation_sources() -%}
    select * from {{ ref('stg_' ~ source_id ~ '__observations') }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

matched as (

    select
        cells.*,
        corrections.expected as text_expected,
        corrections.corrected as text_corrected,
        coalesce(
            trim(cells.text) = trim(corrections.expected)
            or {{ printed_number(plain_text('cells.text')) }}
            = {{ printed_number(plain_text('corrections.expected')) }},
            false
        ) as is_corrected
    from cells
    left join {{ ref('corrections') }} as corrections
        on cells.source_id = corrections.source_id
        and cells.indicator_id = corrections.indicator_id
        and cells.area_code = corrections.area_code
        and cells.year = corrections.year
        and substring(cells.edition, 1, length(coalesce(corrections.first_edition, '')))
        >= coalesce(corrections.first_edition, '')
        and substring(cells.edition, 1, length(coalesce(corrections.last_edition, '')))
        <= coalesce(corrections.last_edition, '')

)

select
    source_id,
    edition,
    published_on,
    series_vintage,
    snapshot_sha256,
    file_name,
    sheet,
    cell,
    row_number,
    column_number,
    locator,
    table_title,
    indicator_label,
    indicator_id,
    area_label,
    area_code,
    is_known_name,
    area_remark,
    year,
    text,
    text_expected,
    case when is_corrected then text_corrected end as text_corrected,
    is_corrected,
    unit_label,
    currency,
    factor,
    case
        when is_corrected then {{ printed_number(plain_text('text_corrected')) }}
        else number_printed
    end as number_printed,
    case
        when is_corrected then {{ printed_number(plain_text('text_corrected')) }} * factor
        else amount
    end as amount,
    obs_status,
    case when not is_corrected then missing_reason end as missing_reason,
    -- what could not be read as a number is readable once it is corrected
    case
        when is_corrected and amount is null and missing_reason is null and factor is not null then null
        else rejection
    end as rejection
from matched
