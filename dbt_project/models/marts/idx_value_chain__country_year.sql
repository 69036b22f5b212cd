-- Measures of value chains of an economy (catalog.dim_measure has formulas and authors).
{{ measures_in_columns('country', {'area_code': 'area_code'}) }}
