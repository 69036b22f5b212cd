-- The panel that the studies are estimated on, as it is known now.
{{ newest_vintage(ref('panel__province_year__vintages')) }}
