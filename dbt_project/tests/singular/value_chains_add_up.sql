-- Identities of value chains, by economy: the nine terms of Koopman, Wang and Wei, and domestic and foreign content,
-- add up to exports; what is absorbed abroad to the first three terms; the exporting industry, its suppliers and what
-- came back to domestic content; what Borin and Mancini count once and again to both contents; value added by origin
-- to exports. Of all economies together, what crosses a border counts the same at its first and at its last. A dollar
-- is rounding.
with measured as (

    select
        table_edition,
        area_code,
        year,
        exports,
        abs(exports - dva_content - fva_content) as content_gap,
        abs(exports - kww_1 - kww_2 - kww_3 - kww_4 - kww_5 - kww_6 - kww_7 - kww_8 - kww_9) as terms_gap,
        abs(vax - kww_1 - kww_2 - kww_3) as absorbed_gap,
        abs(dva_content - dva_direct - dva_indirect - dva_reimported) as industries_gap,
        abs(dva_content - bm_dva - bm_ddc) as domestic_gap,
        abs(fva_content - bm_fva - bm_fdc) as foreign_gap,
        abs(bm_world_fva - kww_7 - kww_8) as last_border_gap,
        sum(bm_dva - bm_world_dva - bm_world_fva) over (partition by table_edition, year) as world_gap,
        sum(exports) over (partition by table_edition, year) as world_exports
    from {{ ref('idx_value_chain__country_year') }}

),

origins as (

    select
        table_edition,
        exporter_code,
        year,
        sum(value_added) as value_added
    from {{ ref('idx_value_chain__origin_year') }}
    group by table_edition, exporter_code, year

)

select
    measured.*,
    origins.value_added
from measured
left join origins
    on measured.table_edition = origins.table_edition
    and measured.area_code = origins.exporter_code
    and measured.year = origins.year
where abs(measured.world_gap) > 1e-9 * measured.world_exports + 1e-6
    or greatest(
        measured.content_gap, measured.terms_gap, measured.absorbed_gap, measured.industries_gap,
        measured.domestic_gap, measured.foreign_gap, measured.last_border_gap,
        abs(measured.exports - coalesce(origins.value_added, 0))
    ) > 1e-9 * abs(measured.exports) + 1e-6
