-- The index of the provinces at any time.
{{ index_of('province', 'province_code') }}
