{{ config(severity='warn') }}
-- A table whose sectors have other names than the concordance knows for its year may number them in another way.
select
    flows.area_code,
    flows.year,
    flows.file_name,
    'sector ' || flows.row_code || ' is called "' || flows.printed_label || '", in seeds/concordances/io_sectors.csv "'
    || sectors.name_zh || '": see whether the codes of the table mean the same' as message
from {{ ref('stg_cells') }} as flows
inner join {{ ref('io_sectors') }} as sectors
    on flows.row_code = sectors.code
    and {{ is_valid_in('sectors', 'flows.year') }}
where flows.kind = 'flow'
    and flows.column_code = 'GO'
    and flows.printed_label <> sectors.name_zh
