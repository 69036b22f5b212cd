{# The columns that the contract of this model lists, for a model whose columns follow from it. A unit test, which knows
   no contract, overrides the macro with the columns that it is about. #}
{% macro contract_columns() -%}
    {{ return(model.columns.keys() | list) }}
{%- endmacro %}
