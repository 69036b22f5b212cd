{{ staged_observations('wind', ref('stg_wind__cells'), is_dated=true) }}
