-- EXPY as it is known now.
{{ newest_vintage(ref('idx_expy__province_year__vintages')) }}
