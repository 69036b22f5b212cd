{{ staged_observations('un_comtrade') }}
