-- Titles name the index among other words ("中国各省份市场化总指数得分(2016年为基期)"); the index counts in points.
select
    {{ cell_columns(['title_key', 'indicator_key', 'unit_label', 'unit_key']) }},
    '' as title_key,
    {{ replace_pattern(
        'cells.indicator_key',
        '^表?[0-9.、-]+|\\([^()]*\\)|(19|20)[0-9]{2}年?|[-–—~至]|中国|全国|各?分?省份|各?分?省区市|各省|分省|各地区|历年|评分|得分|数据|[和与及]排[序名]',
        ''
    ) }} as indicator_key,
    coalesce(cells.unit_label, '点') as unit_label,
    coalesce(cells.unit_key, '点') as unit_key
from {{ source('raw', 'neri') }} as cells
where cells.role = 'value'
