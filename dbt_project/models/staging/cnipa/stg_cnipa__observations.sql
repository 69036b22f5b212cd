{{ staged_observations('cnipa', ref('stg_cnipa__cells')) }}
