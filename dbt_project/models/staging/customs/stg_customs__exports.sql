{{ staged_exports('customs') }}
