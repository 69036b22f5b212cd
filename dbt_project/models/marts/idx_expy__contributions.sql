-- What each category adds to the EXPY of a province and year, as it is known now: share times PRODY. A category that
-- nobody else exports is not in the variant leave_one_out, and the shares of the others are rescaled.
with valued as (

    {% for variant, is in var('expy_variants').items() if is.universe | default('province') == 'province' -%}
    {%- set prody = prody_for(variant, 'exports', 'exporters', 'prody') -%}
    {%- set asks_for_number = is.rescales or variant == 'domestic_content' -%}
    select
        '{{ variant }}' as variant,
        exports.classification,
        exports.area_code as province_code,
        exports.year,
        exports.category_code,
        exports.export_value as export_value_cny_10k,
        {{ is.rescales | default(false) | lower }} as rescales,
        exports.export_share,
        {{ in_digits(prody) }} as prody_yuan
    from {{ ref('int_exports') }} as exports
    inner join {{ ref('int_cross_sections') }} as exporters
        on {{ is_exported_by('exports', 'exporters') }}
    inner join {{ ref('int_cross_section_prody') }} as prody
        on exporters.cross_section = prody.cross_section
        and exports.category_code = prody.category_code
    where exports.universe = 'province'
        and {{ is_current('exporters') }}
        and exports.export_share is not null
        and {% if asks_for_number %}{{ prody }} is not null{% else %}prody.has_annual{% endif %}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

shared as (

    select
        variant,
        classification,
        province_code,
        year,
        category_code,
        export_value_cny_10k,
        {{ in_digits('''case
            when rescales
                then export_share / nullif(sum(export_share) over (
                    partition by variant, classification, province_code, year
                ), 0)
            else export_share
        end''') }} as share,
        prody_yuan
    from valued

)

select
    *,
    {{ in_digits('share * prody_yuan') }} as contribution_yuan
from shared
where share is not null
