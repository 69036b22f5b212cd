{# Each leaf of a lineage is a cell: an observation without inputs has an address in a file, and its cell is kept. #}
{% test computed_values_lead_to_printed_ones(model) %}
select
    lineage.indicator_id,
    lineage.area_code,
    lineage.year,
    lineage.path
from {{ model }} as lineage
left join {{ ref('observation_input') }} as inputs
    on lineage.input_indicator_id = inputs.indicator_id
    and lineage.input_area_code = inputs.area_code
    and lineage.input_year = inputs.year
left join {{ ref('observation_cell') }} as cells
    on lineage.input_indicator_id = cells.indicator_id
    and lineage.input_area_code = cells.area_code
    and lineage.input_year = cells.year
    and lineage.source_id = cells.source_id
    and lineage.snapshot_sha256 = cells.snapshot_sha256
    and lineage.locator = cells.locator
where inputs.indicator_id is null
    and cells.indicator_id is null
{% endtest %}
