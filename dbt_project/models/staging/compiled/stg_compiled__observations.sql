{{ staged_observations('compiled') }}
