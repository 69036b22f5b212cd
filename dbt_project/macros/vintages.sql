{# A row of a table that was known at different times holds from known_from to known_to, which is NULL while it still
   holds: rows are intervals, the end left out. Every macro here is plain SQL over such relations; `key` is the list of
   columns that tell one thing from another, without the interval. #}

{# Stands for "still" where two ends are compared. #}
{% macro end_of_time() -%}
date '9999-12-31'
{%- endmacro %}

{# Whether a row holds now. #}
{% macro is_current(relation=none) -%}
{{ relation ~ '.' if relation }}known_to is null
{%- endmacro %}

{# Whether a row holds on a date. #}
{% macro is_known_on(relation, on) -%}
{{ relation }}.known_from <= {{ on }} and coalesce({{ relation }}.known_to, {{ end_of_time() }}) > {{ on }}
{%- endmacro %}

{# Whether two rows hold at the same time. #}
{% macro are_known_together(one, other) -%}
{{ one }}.known_from < coalesce({{ other }}.known_to, {{ end_of_time() }})
        and {{ other }}.known_from < coalesce({{ one }}.known_to, {{ end_of_time() }})
{%- endmacro %}

{# The time at which two rows hold together, as the two columns of an interval; `other` may be absent (NULL). #}
{% macro known_together(one, other) -%}
case
            when {{ other }}.known_from > {{ one }}.known_from then {{ other }}.known_from else {{ one }}.known_from
        end as known_from,
        case
            when {{ other }}.known_to < coalesce({{ one }}.known_to, {{ end_of_time() }}) then {{ other }}.known_to
            else {{ one }}.known_to
        end as known_to
{%- endmacro %}

{#- The windows of the next two macros order all rows by key and time instead of partitioning them: where joins hide
    how few rows there are, DuckDB prepares for so many partitions that this costs ten times the work. -#}

{# The times between two changes of anything under a key. #}
{% macro periods_between_changes(relation, key) -%}
{%- set columns = key | join(', ') -%}
select
        {{ columns }},
        changed_on as known_from,
        case
            when
                {% for column in key -%}
                {{ column }} = lead({{ column }}) over all_rows
                {% if not loop.last %}and {% endif %}
                {%- endfor %}
                then lead(changed_on) over all_rows
        end as known_to
    from (
        select
            {{ columns }},
            known_from as changed_on
        from {{ relation }}
        union
        select
            {{ columns }},
            known_to as changed_on
        from {{ relation }}
        where known_to is not null
    ) as changes
    window all_rows as (order by {{ columns }}, changed_on)
{%- endmacro %}

{# The same rows with as few intervals as say the same: neighbours with equal `values` are one, and `newest` are those
   of the last of them. A stretch that goes on into the next key is told apart by the key. Those of the values that are
   `summed` are equal if they differ by no more than the order of their sums can make them differ: the last stands for
   all. #}
{% macro merged(relation, key, values, newest=[], summed=[]) -%}
{%- set columns = key | join(', ') -%}
{%- set exact = values | reject('in', summed) | list -%}
select
        {{ columns }},
        {% for value in values -%}
        {{ 'max_by(' ~ value ~ ', known_from) as ' ~ value if value in summed else value }},
        {% endfor -%}
        {% for column in newest -%}
        max_by({{ column }}, known_from) as {{ column }},
        {% endfor -%}
        min(known_from) as known_from,
        nullif(max(coalesce(known_to, {{ end_of_time() }})), {{ end_of_time() }}) as known_to
    from (
        select
            *,
            sum(is_change) over (
                order by {{ columns }}, known_from rows between unbounded preceding and current row
            ) as stretch
        from (
            select
                {{ columns }},
                {{ (values + newest) | join(',\n                ') }},
                known_from,
                known_to,
                case
                    when
                        known_from = lag(known_to) over all_rows
                        {% for value in values -%}
                        {% if value in summed -%}
                        and {{ differs_by_order_alone(value, 'lag(' ~ value ~ ') over all_rows') }}
                        {% else -%}
                        and ({{ value }} is not distinct from (lag({{ value }}) over all_rows))
                        {% endif -%}
                        {% endfor -%}
                        then 0
                    else 1
                end as is_change
            from {{ relation }}
            window all_rows as (order by {{ columns }}, known_from)
        ) as compared
    ) as stretches
    group by {{ (key + exact) | join(', ') }}, stretch
{%- endmacro %}

{# Whether two sums of the same numbers may be all that two values are: apart by less than 1e-12 of themselves, or than
   1e-14 near 0; or both are NULL. #}
{% macro differs_by_order_alone(one, other) -%}
coalesce(
                            abs({{ one }} - ({{ other }})) <= greatest(1e-12 * abs({{ one }}), 1e-14),
                            {{ one }} is null and ({{ other }}) is null
                        )
{%- endmacro %}

{# The times at which no row of a relation holds for a key of the candidates: what it may be filled with then. #}
{% macro times_without(relation, candidates, key) -%}
{%- set columns = key | join(', ') -%}
select
        {{ columns }},
        coalesce(known_before, date '0001-01-01') as known_from,
        nullif(known_from, {{ end_of_time() }}) as known_to
    from (
        select
            {{ columns }},
            known_from,
            max(known_until) over (
                partition by {{ columns }}
                order by known_from, known_until rows between unbounded preceding and 1 preceding
            ) as known_before
        from (
            select
                {{ columns }},
                known_from,
                coalesce(known_to, {{ end_of_time() }}) as known_until
            from {{ relation }}
            union
            -- at the end of time every key is there, so that what follows its last row is a gap like any other
            select
                {{ columns }},
                {{ end_of_time() }} as known_from,
                {{ end_of_time() }} as known_until
            from {{ candidates }}
        ) as spans
    ) as gaps
    where known_before is null
        or known_from > known_before
{%- endmacro %}

{# What values of an indicator have to share to make one series: the vintage, where every edition is of another base; the
   year of the prices that a unit names (constant 2015 US$), whoever prints them; NULL where they need nothing. #}
{% macro base_of(published, indicators) -%}
case
            when {{ indicators }}.is_rebased then {{ published }}.source_id || ' ' || {{ published }}.series_vintage
            when lower({{ published }}.unit_label) like '%constant%'
                then lower(replace({{ published }}.unit_label, ' ', ''))
        end
{%- endmacro %}
