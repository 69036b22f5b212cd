{# The vintage gate: which claims about a file count depends on which earlier files are held themselves. `held` is the
   text of their names between bars. #}

{% macro is_held(file_id, held) -%}
    position('|' || {{ file_id }} || '|' in {{ held }}) > 0
{%- endmacro %}

{# Whether the row `row` of the relation `findings` has the best measure of its period that is not held, or needs none. #}
{% macro is_measure(row, findings, held) -%}
    not coalesce({{ is_held(row ~ '.measure_file_id', held) }}, false)
    and not exists (
        select 1
        from {{ findings }} as better
        where better.file_id = {{ row }}.file_id
            and better.indicator_id = {{ row }}.indicator_id
            and better.series_vintage = {{ row }}.series_vintage
            and better.claim = {{ row }}.claim
            and better.period = {{ row }}.period
            and better.preference < {{ row }}.preference
            and not {{ is_held('better.measure_file_id', held) }}
    )
{%- endmacro %}

{# Whether the row `row` counts: it is measured, and nothing that speaks for its series excuses it. #}
{% macro counts_against(row, findings, held) -%}
    {{ row }}.turn > 0
    and {{ is_measure(row, findings, held) }}
    and not exists (
        select 1
        from {{ findings }} as own
        where own.file_id = {{ row }}.file_id
            and own.indicator_id = {{ row }}.indicator_id
            and own.series_vintage = {{ row }}.series_vintage
            and own.finding = {{ row }}.excused_by
            and {{ is_measure('own', findings, held) }}
        group by own.indicator_id
        having {{ holds('own') }}
    )
{%- endmacro %}

{# Whether a claim holds, of its rows that count; one without cells compared holds by itself. #}
{% macro holds(row) -%}
    coalesce(sum({{ row }}.cells_found) > max({{ row }}.share_allowed) * sum({{ row }}.cells_compared), true)
{%- endmacro %}

{# Whether a value is far nearer to one known of another area or year (by their `distance` in logarithms) than to the
   one known of its own. #}
{% macro is_misplaced(value, own_value, distance) -%}
    case when {{ value }} * {{ own_value }} > 0 then 10 * {{ distance }} < abs(ln({{ value }} / {{ own_value }})) end
{%- endmacro %}

{# Whether most of the cells compared of a year, or of those that are said, are found, and there are enough of them. #}
{% macro are_most_of_a_year(cells, of_cells='cells_compared') -%}
    2 * {{ cells }} > {{ of_cells }} and {{ of_cells }} >= {{ var('areas_to_compare') }}
{%- endmacro %}

{# Whether a row `row` alone would have its claim hold: one that no row supports holds in no case. #}
{% macro may_hold(row) -%}
    {{ row }}.turn > 0
    and coalesce({{ row }}.cells_found > {{ row }}.share_allowed * {{ row }}.cells_compared, true)
{%- endmacro %}
