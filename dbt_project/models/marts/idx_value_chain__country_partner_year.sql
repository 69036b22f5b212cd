-- Exports by partner, and what they are made of.
{{ measures_in_columns('partner', {'exporter_code': 'area_code', 'importer_code': 'partner_code'}) }}
