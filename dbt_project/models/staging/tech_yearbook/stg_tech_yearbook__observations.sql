{{ staged_observations('tech_yearbook') }}
