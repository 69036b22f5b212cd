-- Measures of value chains of an industry of an economy; the parts of an economy together.
{{ measures_in_columns('industry', {'area_code': 'area_code', 'industry_code': 'industry_code'}) }}
