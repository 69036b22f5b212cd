{{ staged_exports('io_tables', 'io_sectors') }}
