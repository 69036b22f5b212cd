-- The panel of economies at any time: one row an economy and year of the sample, columns as catalog.panel_column says.
{{ panel_of('country', 'area_code', 'digital_trade', ref('dim_country'), {
    'name_en': 'name_en',
    'world_bank_region': 'world_bank_region',
    'is_bri': 'is_bri_65',
    'bri_signed_year': 'bri_signed_year',
    'bri_status': 'bri_status',
    'bri_cohort': 'bri_cohort',
    'bri_cohort_unclear_signed': 'bri_cohort_unclear_signed',
    'bri_cohort_unclear_never': 'bri_cohort_unclear_never',
    'cptpp_year': 'cptpp_year',
    'depa_year': 'depa_year',
    'rcep_year': 'rcep_year',
}) }}
