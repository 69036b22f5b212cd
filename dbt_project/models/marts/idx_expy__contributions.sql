-- What each category adds to the EXPY of a province and year, as it is known now: share times PRODY. A category that
-- nobody else exports is not in the variant leave_one_out.
select
    variant,
    classification,
    area_code as province_code,
    year,
    category_code,
    export_value as export_value_cny_10k,
    share,
    prody as prody_yuan,
    contribution as contribution_yuan
from {{ ref('int_expy_contributions') }}
where universe = 'province'
    and share is not null
    and {{ is_current() }}
