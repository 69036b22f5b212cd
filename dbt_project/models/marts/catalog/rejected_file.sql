select
    {{ contract_columns() | join(',\n    ') }}
from {{ ref('dim_file') }}
where role = 'rejected'
