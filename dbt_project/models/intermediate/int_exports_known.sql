-- Exports by category in 10 thousand yuan: customs by section of the Harmonized System, and the export column
-- of the provincial input-output tables. As of each vintage date the newest edition of a table wins.
with io_ranked as (

    select
        vintage_dates.as_of,
        cells.*,
        row_number() over (
            partition by vintage_dates.as_of, cells.area_code, cells.year, cells.category_code
            order by cells.published_on desc, cells.series_vintage, cells.file_name, cells.locator
        ) as preference
    from {{ ref('int_export_cells') }} as cells
    inner join {{ ref('int_vintage_dates') }} as vintage_dates
        on cells.published_on <= vintage_dates.as_of
    where cells.classification = 'io42_manufacturing_17'

),

exports as (

    select
        as_of,
        classification,
        category_code,
        area_code,
        year,
        export_value,
        source_id,
        published_on,
        snapshot_sha256,
        locator
    from io_ranked
    where preference = 1

    union all

    select
        as_of,
        'hs_section_12' as classification,
        category_code,
        area_code,
        year,
        export_value,
        'customs' as source_id,
        published_on,
        snapshot_sha256,
        locator
    from {{ ref('int_exports_customs') }}

)

select
    exports.as_of,
    exports.classification,
    exports.category_code,
    exports.area_code,
    exports.year,
    exports.export_value,
    exports.source_id,
    exports.published_on,
    exports.snapshot_sha256,
    exports.locator
from exports
inner join {{ ref('product_categories') }} as product_categories
    on exports.classification = product_categories.classification
    and exports.category_code = product_categories.category_code
inner join {{ ref('provinces') }} as provinces
    on exports.area_code = provinces.province_code
