-- Customs exports by section of the Harmonized System, province and year as of each vintage date, in 10 thousand yuan:
-- all sections, those outside hs_section_12 too. Every chapter stands in one section of the edition of its year.
select
    exports.as_of,
    hs_chapters.section as category_code,
    exports.area_code,
    exports.year,
    sum(exports.export_value) as export_value,
    max(exports.published_on) as published_on,
    min(exports.snapshot_sha256) as snapshot_sha256,
    case
        when sum(exports.cells) = 1 then min(exports.first_locator)
        else min(exports.first_locator) || ' and ' || cast(cast(sum(exports.cells) - 1 as bigint) as varchar) || ' more'
    end as locator
from {{ ref('int_exports_customs_chapters') }} as exports
inner join {{ ref('hs_chapters') }} as hs_chapters
    on exports.chapter = hs_chapters.code
    and {{ is_valid_in('hs_chapters', 'exports.year') }}
group by exports.as_of, hs_chapters.section, exports.area_code, exports.year
