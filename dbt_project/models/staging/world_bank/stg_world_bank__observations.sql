{{ staged_observations('world_bank') }}
