{{ staged_observations('neri', ref('stg_neri__cells'), is_dated=true) }}
