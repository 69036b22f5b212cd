{{ staged_exports('io_tables') }}
