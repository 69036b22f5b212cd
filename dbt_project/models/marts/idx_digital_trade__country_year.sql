-- The index of economies at any time.
{{ index_of('country', 'area_code') }}
