-- The measures of value chains, as the code that computes them declares them.
select
    {{ contract_columns() | join(',\n    ') }}
from {{ source('raw', 'measures') }}
