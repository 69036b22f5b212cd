{{ staged_observations('csmar') }}
