-- Value added by where it was added, in whose exports it is; those of an exporter add up to its exports.
{{ measures_in_columns('origin', {'source_code': 'area_code', 'exporter_code': 'partner_code'}) }}
