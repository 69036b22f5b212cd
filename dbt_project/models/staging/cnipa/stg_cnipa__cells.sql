{%- set measures = ['申请', '授权', '有效'] -%}
{%- set kinds = ['发明', '实用新型', '外观设计'] -%}
{%- set plain_words = [
    '国内外', '国内', '按?分?各?地区', '分布', '[各分]省', '三种|3种', '专利', '合计|总计|小计|总数|总量', '其中', '状况|情况',
    '统计', '数量', '年度|年末', '当年|本年', '[年月数量件表0-9/()、,-]'
] -%}
-- What is counted and of which kind, from the headings or else from the title: "授权/发明". A heading with any other
-- word (职务, 增长率) stays as it is printed and stands for nothing we know.
with cells as (

    select *
    from {{ source('raw', 'cnipa') }}
    where role = 'value'

),

texts as (

    select distinct
        indicator_key,
        title_key,
        {{ patent_words('indicator_key') }} as label,
        {{ patent_words('title_key') }} as title
    from cells

),

spoken as (

    select
        *,
        {{ the_one_word('label', measures) }} as label_measure,
        {{ the_one_word('label', kinds) }} as label_kind,
        {{ replace_pattern('label', plain_words | join('|'), '') }} as words
    from texts

),

named as (

    select
        indicator_key,
        title_key,
        coalesce(label_measure, {{ the_one_word('title', measures) }}) as measure,
        coalesce(label_kind, {{ the_one_word('title', kinds) }}, '合计') as kind,
        replace(replace(words, coalesce(label_measure, ' '), ''), coalesce(label_kind, ' '), '') as other_words
    from spoken

),

-- a total may be of applicants in China and abroad; then the row 国内 is the country
placed as (

    select
        cells.*,
        known.area_key is not null as is_known,
        min(case when cells.area_key like '国外%' then cells.row_number end) over same_table as abroad_from,
        max(case when cells.area_key like '国外%' or cells.area_key like '国内%' then 1 else 0 end)
            over same_table as has_abroad
    from cells
    left join {{ ref('area_aliases') }} as known
        on cells.area_key = known.area_key
        and known.source_id in ('*', 'cnipa')
    window same_table as (
        partition by cells.snapshot_sha256, cells.sheet, cells.table_title, cells.column_number, cells.period_label
    )

)

select
    {{ cell_columns(['title_key', 'indicator_key', 'area_key']) }},
    '' as title_key,
    case
        when named.other_words = '' and named.measure is not null then named.measure || '/' || named.kind
        else cells.indicator_key
    end as indicator_key,
    case
        when cells.area_key in ('合计', '总计', '总数', '总累计') and cells.has_abroad = 1 then '国内外合计'
        when cells.area_key in ('合计', '总计', '总数', '总累计') then '全国'
        when cells.is_known then cells.area_key
        when cells.row_number >= cells.abroad_from then '国外'
        else cells.area_key
    end as area_key
from placed as cells
left join named
    on cells.indicator_key = named.indicator_key
    and cells.title_key = named.title_key
