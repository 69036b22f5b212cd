{{ staged_observations('oecd') }}
