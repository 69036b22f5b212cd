-- Every usable cell of the files that are not held back, in the standard unit.
{{ config(materialized='ephemeral') }}
select * from {{ ref('int_observations_unioned') }}
