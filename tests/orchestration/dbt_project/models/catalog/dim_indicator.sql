select *
from (
    values ('gdp', 'control', 'the portal'), ('marketisation_index', 'control', 'its authors')
) as indicators (indicator_id, study_role, where_to_get)
