-- The preferred value of each indicator, area and year, as it is known now.
{{ newest_vintage(ref('fct_observation__as_of')) }}
