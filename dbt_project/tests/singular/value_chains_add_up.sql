-- The nine terms of Koopman, Wang and Wei add up to exports, and so do domestic and foreign content.
select
    table_edition,
    area_code,
    year,
    exports,
    dva_content + fva_content as content,
    kww_1 + kww_2 + kww_3 + kww_4 + kww_5 + kww_6 + kww_7 + kww_8 + kww_9 as terms
from {{ ref('idx_value_chain__country_year') }}
where abs(exports - dva_content - fva_content) > 1e-6 * abs(exports)
    or abs(exports - kww_1 - kww_2 - kww_3 - kww_4 - kww_5 - kww_6 - kww_7 - kww_8 - kww_9) > 1e-6 * abs(exports)
