-- The index as it is known now.
{{ newest_vintage(ref('idx_digital_trade__province_year__vintages')) }}
