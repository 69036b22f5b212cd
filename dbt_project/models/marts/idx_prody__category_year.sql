-- PRODY as it is known now.
{{ newest_vintage(ref('idx_prody__category_year__vintages')) }}
