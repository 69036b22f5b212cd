-- The panel of pairs of economies, for gravity equations: what each sells to each, and at home, in the edition and the
-- years of the panel of economies, as it is known now. Sales at home stand on the diagonal, for without them what an
-- exporter or an importer is like in a year cannot be told from its effect (Heid, Larch and Yotov 2021).
with economies as (

    select *
    from {{ ref('panel__country_year') }}
    where value_chain_edition is not null
        and {{ is_current() }}

),

signed as (

    select
        area_code,
        year,
        digital_trade,
        digital_trade_restrictiveness,
        value_chain_edition,
        imported_intermediates_share,
        case
            when area_code = '100000' then 1
            when bri_cohort = 0 then 0
            when bri_cohort is not null then case when year >= bri_cohort then 1 else 0 end
        end as has_memorandum
    from economies

),

flows as (

    select
        partner.exporter_code || '-' || partner.importer_code as pair,
        partner.exporter_code,
        partner.importer_code,
        partner.year,
        case when partner.exporter_code = partner.importer_code then 0 else 1 end as is_abroad,
        case when partner.exporter_code = partner.importer_code then partner.domestic_sales else partner.exports end
            as sales,
        case
            when partner.exporter_code = partner.importer_code then maker.value_added - maker.bm_dva
            else partner.bm_dva
        end as value_added,
        case
            when partner.exporter_code = partner.importer_code
                then (maker.output - maker.value_added) * (1 - exporter.imported_intermediates_share)
            else partner.exports_intermediate
        end as inputs,
        exporter.digital_trade as digital_trade_exporter,
        importer.digital_trade as digital_trade_importer,
        exporter.digital_trade_restrictiveness - importer.digital_trade_restrictiveness as difference,
        exporter.has_memorandum * importer.has_memorandum as both_signed,
        exporter.value_chain_edition
    from {{ ref('idx_value_chain__country_partner_year') }} as partner
    inner join signed as exporter
        on partner.exporter_code = exporter.area_code
        and partner.year = exporter.year
        and partner.table_edition = exporter.value_chain_edition
    inner join signed as importer
        on partner.importer_code = importer.area_code
        and partner.year = importer.year
    inner join {{ ref('idx_value_chain__country_year') }} as maker
        on partner.exporter_code = maker.area_code
        and partner.year = maker.year
        and partner.table_edition = maker.table_edition

)

select
    pair,
    exporter_code,
    importer_code,
    year,
    cast(is_abroad as integer) as is_abroad,
    sales,
    value_added,
    inputs,
    digital_trade_exporter,
    digital_trade_importer,
    is_abroad * (digital_trade_exporter + digital_trade_importer) / 2 as digital_trade_both,
    is_abroad * digital_trade_exporter * digital_trade_importer as digital_trade_product,
    abs(difference) as restrictiveness_distance,
    cast(is_abroad * both_signed as integer) as both_bri_after,
    value_chain_edition
from flows
