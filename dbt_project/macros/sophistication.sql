{# PRODY and EXPY of Hausmann, Hwang and Rodrik (2007) in the variants of the variable expy_variants. Each is one sum over
   the products of an economy, and they are millions: the variants stand side by side, so that one pass sums all. #}

{# The incomes that PRODY is a mean of, by the variant that names them. #}
{% macro incomes() -%}
    {%- set of_their_own = var('expy_variants').items() | selectattr('1.income_indicator_id', 'defined') | list -%}
    {{ return(['annual'] + of_their_own | map(attribute='0') | list) }}
{%- endmacro %}

{# The income that a variant of EXPY is made of. #}
{% macro income_of(variant) -%}
    {{ return(variant if 'income_indicator_id' in var('expy_variants')[variant] else 'annual') }}
{%- endmacro %}

{# Weight of an exporter in PRODY: its share of exports, over the sum of the shares of all in `category`. #}
{% macro weight_of_exporter(share, category) -%}
{{ share }} / nullif(sum({{ share }}) over (partition by {{ category | join(', ') }}), 0)
{%- endmacro %}

{# The terms of large shares and of small ones are summed apart, so that one exporter can be taken away again without the
   rounding of a dominant share left in those of the others. #}
{% macro if_large(share, term) -%}
case when {{ share }} > 1e-6 then {{ term }} else 0 end
{%- endmacro %}

{% macro if_small(share, term) -%}
case when {{ share }} > 1e-6 then 0 else {{ term }} end
{%- endmacro %}

{# The PRODY that counts for an exporter: of a variant that leaves it out, the mean of the others, if there are any. #}
{% macro prody_for(variant, exports, exporters, prody) -%}
{%- set share = exports ~ '.export_share' -%}
{%- set shared_income = share ~ ' * ' ~ exporters ~ '.income_annual' -%}
{%- if variant == 'leave_one_out' -%}
({{ prody }}.large_shared_income - {{ if_large(share, shared_income) }} + ({{ prody }}.small_shared_income - {{ if_small(share, shared_income) }}))
        / nullif({{ prody }}.large_share - {{ if_large(share, share) }} + ({{ prody }}.small_share - {{ if_small(share, share) }}), 0)
{%- else -%}
{{ prody }}.{{ variant }}
{%- endif -%}
{%- endmacro %}

{# The exports of an area beside its row in a cross-section. #}
{% macro is_exported_by(exports, exporters) -%}
    {{ exports }}.basket = {{ exporters }}.basket
        and {{ is_known_on(exports, exporters ~ '.known_from') }}
{%- endmacro %}

{# What goes into a category, of Yao and Zhang (2008): PRODY of each input, weighted by how much of it is made at home
   (int_domestic_content_weights); what nobody exports counts with the PRODY of the category itself. A category of
   which nobody knows what of an input is imported is left out. `prody`: of each cross-section, with columns annual
   and those of the cross-section. #}
{% macro inputs_of_categories(prody) -%}
select
        own.cross_section,
        own.universe,
        own.classification,
        own.year,
        own.category_code,
        own.known_to,
        weights.input_category_code,
        weights.composite_weight,
        weights.domestic_weight,
        used.annual as input_prody,
        {{ in_digits('weights.domestic_weight * coalesce(used.annual, own.annual)') }} as contribution,
        {{ in_digits('weights.composite_weight * coalesce(used.annual, own.annual)') }} as composite_contribution
    from {{ prody }} as own
    inner join {{ ref('int_domestic_content_weights') }} as weights
        on own.universe = weights.universe
        and own.classification = weights.classification
        and own.category_code = weights.category_code
        and own.year = weights.year
        and {{ is_known_on('weights', 'own.known_from') }}
        and weights.is_domestic_known
    left join {{ prody }} as used
        on own.cross_section = used.cross_section
        and weights.input_category_code = used.category_code
    where own.annual is not null
{%- endmacro %}
