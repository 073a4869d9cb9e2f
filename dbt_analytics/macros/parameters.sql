{#
  What a machine may learn about a story, by its dotted path in the channel's config: the
  catalogue of content_platform.steering.parameters, which a test compares with this list.
#}
{% macro parameters() %}
  {{ return([
    {'path': 'target_seconds', 'column': 'target_seconds', 'type': 'double precision'},
    {'path': 'narration.speed', 'column': 'narration_speed', 'type': 'double precision'},
    {'path': 'narration.pause_between_scenes_s', 'column': 'narration_pause_between_scenes_s', 'type': 'double precision'},
    {'path': 'music.level_db', 'column': 'music_level_db', 'type': 'double precision'},
    {'path': 'look.style', 'column': 'look_style', 'type': 'text'},
    {'path': 'packaging.title_style', 'column': 'packaging_title_style', 'type': 'text'},
  ]) }}
{% endmacro %}

{# The parameters of one config, as {"narration.speed": 1.05, …}. #}
{% macro parameters_json(config) -%}
  jsonb_build_object(
  {%- for parameter in parameters() %}
    '{{ parameter.path }}', {{ config }} #> '{ {{- parameter.path.split('.') | join(',') -}} }'{{ ',' if not loop.last }}
  {%- endfor %}
  )
{%- endmacro %}

{# One column for each parameter, out of what parameters_json made. #}
{% macro parameter_columns(parameters_json) -%}
  {%- for parameter in parameters() %}
  ({{ parameters_json }} ->> '{{ parameter.path }}')::{{ parameter.type }} as {{ parameter.column }}{{ ',' if not loop.last }}
  {%- endfor %}
{%- endmacro %}
