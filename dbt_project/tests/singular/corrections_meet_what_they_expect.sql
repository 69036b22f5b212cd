-- A source that no longer prints the figure that a correction expects has mended itself, or the correction is wrong:
-- either way somebody has to look before a release. Files that are not held are no failure.
select
    'seeds/corrections.csv expects "' || text_expected || '" for ' || indicator_id || ' of ' || area_code || ' in '
    || cast(year as varchar) || ', but ' || source_id || '/' || edition || '/' || file_name || ', ' || locator
    || ', prints "' || coalesce(text, '') || '": end the correction with last_edition before ' || edition
    || ', or delete it' as message
from {{ ref('int_observations_corrected') }}
where text_expected is not null
    and not is_corrected
