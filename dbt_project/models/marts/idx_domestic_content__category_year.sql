-- Domestic technology content as it is known now.
{{ newest_vintage(ref('int_domestic_content')) }}
