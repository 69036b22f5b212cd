-- EXPY of the provinces at any time, and where each stands among all rows of its variant and classification.
{{ expy_of('province', 'province_code', 'expy_yuan', 'expy_log') }}
