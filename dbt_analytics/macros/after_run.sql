{#
  After every run: analysts may read what there is now, and, when all views were made, whose
  project they are of, so that `Warehouse.ensure_views` need not make them again.
#}
{% macro let_analysts_read() %}
  do $grant$
  begin
    if exists (select from pg_roles where rolname = 'analyst') then
      grant usage on schema {{ target.schema }} to analyst;
      grant select on all tables in schema {{ target.schema }} to analyst;
      alter default privileges in schema {{ target.schema }} grant select on tables to analyst;
    end if;
  end
  $grant$
{% endmacro %}

{% macro remember_views(results) %}
  {% if execute %}
    {% set views = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
      | selectattr('config.materialized', 'equalto', 'view') | map(attribute='unique_id') | list %}
    {% set made = results | selectattr('status', 'equalto', 'success')
      | map(attribute='node') | map(attribute='unique_id') | list %}
    {% if views | reject('in', made) | list | length == 0 %}
      comment on schema {{ target.schema }} is 'dbt_analytics {{ env_var("CONTENT_DBT_FINGERPRINT", "by hand") }}'
    {% endif %}
  {% endif %}
{% endmacro %}
