{# Everything is in the profile's schema, analytics, whatever a model says. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ target.schema }}
{%- endmacro %}
