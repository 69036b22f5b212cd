{{ staged_observations('csmar', is_dated=true) }}
