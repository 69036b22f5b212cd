-- The panel that the studies are estimated on at any time: one row a province and year of the sample. Each column of
-- the contract is what catalog.panel_column says; it changes on the dates on which something of its row does.
{{ panel_of('province', 'province_code', 'dige', ref('dim_province'), {
    'province_name_en': 'name_en',
    'region': 'region',
    'is_municipality': 'is_municipality',
}) }}
