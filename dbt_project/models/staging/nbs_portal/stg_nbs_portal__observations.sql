{{ staged_observations('nbs_portal') }}
