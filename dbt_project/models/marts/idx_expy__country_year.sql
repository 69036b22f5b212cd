-- EXPY of economies at any time, and where each stands among all rows of its variant and classification.
{{ expy_of('country', 'area_code', 'expy_usd', 'ln(nullif(expy, 0))') }}
