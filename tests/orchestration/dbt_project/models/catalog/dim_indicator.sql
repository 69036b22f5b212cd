select *
from (
    values ('gdp', 'control', 'the portal', 'project'), ('marketisation_index', 'control', 'its authors', 'project')
) as indicators (indicator_id, study_role, where_to_get, origin)
