{#
  Views are replaced in place. dbt's own way renames the old view away and drops it with
  everything that reads it, so that story_outcomes would be gone for seconds of every build.
  Only where the columns changed in a way PostgreSQL cannot replace is a view dropped; what read
  it is made again later in the same run.
#}
{% materialization view, adapter='postgres' %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type='view') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is not none and not existing.is_view %}
    {{ drop_relation_if_exists(existing) }}
  {% endif %}

  {% call statement('main') -%}
    do $replace$
    begin
      execute $view$ create or replace view {{ target }} as {{ sql }} $view$;
    exception when invalid_table_definition then
      execute $view$ drop view {{ target }} cascade $view$;
      execute $view$ create view {{ target }} as {{ sql }} $view$;
    end
    $replace$
  {%- endcall %}

  {% do persist_docs(target, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}
