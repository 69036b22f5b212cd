-- One edition prints one value: two cells of the same source, publication date and series vintage that differ are
-- an error of the data, and both are named.
with cells as (

    select
        *,
        min(value) over same_cell as smallest,
        max(value) over same_cell as largest
    from {{ ref('int_observations_published') }}
    where value is not null
    window same_cell as (
        partition by indicator_id, area_code, year, source_id, published_on, series_vintage
    )

)

select
    indicator_id,
    area_code,
    year,
    source_id,
    published_on,
    series_vintage,
    file_name,
    locator,
    text
from cells
where largest > smallest
