-- What each province adds to the PRODY of a category and year (variant annual), as it is known now: its income,
-- weighted by its share of exports over the sum of such shares.
with weighted as (

    select
        exports.classification,
        exports.category_code,
        exports.year,
        exports.area_code as province_code,
        exports.export_share as share,
        {{ weight_of_exporter(
            'exports.export_share', ['exports.classification', 'exports.category_code', 'exports.year']
        ) }} as weight,
        exporters.income_annual as income_yuan
    from {{ ref('int_exports') }} as exports
    inner join {{ ref('int_cross_sections') }} as exporters
        on {{ is_exported_by('exports', 'exporters') }}
    where exports.universe = 'province'
        and {{ is_current('exporters') }}
        and exports.export_share is not null
        and exporters.income_annual is not null

)

select
    classification,
    category_code,
    year,
    province_code,
    share,
    {{ in_digits('weight') }} as weight,
    income_yuan,
    {{ in_digits('weight * income_yuan') }} as contribution_yuan
from weighted
