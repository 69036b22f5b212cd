{# Every export value is the sum of its cells. #}
{% test cells_add_up_to_exports(model) %}
select
    exports.classification,
    exports.category_code,
    exports.province_code,
    exports.year,
    max(exports.export_value_cny_10k) as export_value_cny_10k,
    sum(cells.export_value_cny_10k) as sum_of_cells
from {{ ref('fct_export__province_category_year') }} as exports
left join {{ model }} as cells
    on exports.classification = cells.classification
    and exports.category_code = cells.category_code
    and exports.province_code = cells.province_code
    and exports.year = cells.year
group by exports.classification, exports.category_code, exports.province_code, exports.year
having sum(cells.export_value_cny_10k) is null
    or abs(sum(cells.export_value_cny_10k) - max(exports.export_value_cny_10k))
    > 0.000000001 * abs(max(exports.export_value_cny_10k))
{% endtest %}
