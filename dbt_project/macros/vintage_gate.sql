{# The vintage gate: which comparisons of a file count depends on which earlier files are held themselves. `held` is
   the text of their names between bars. #}

{% macro is_held(file_id, held) -%}
    position('|' || {{ file_id }} || '|' in {{ held }}) > 0
{%- endmacro %}

{# Whether the row `row` of the model `comparisons` has the best measure of its year that is not held. #}
{% macro is_measure(row, comparisons, held) -%}
    not {{ is_held(row ~ '.measure_file_id', held) }}
    and not exists (
        select 1
        from {{ comparisons }} as better
        where better.file_id = {{ row }}.file_id
            and better.indicator_id = {{ row }}.indicator_id
            and better.series_vintage = {{ row }}.series_vintage
            and better.period = {{ row }}.period
            and better.preference < {{ row }}.preference
            and not {{ is_held('better.measure_file_id', held) }}
    )
{%- endmacro %}
