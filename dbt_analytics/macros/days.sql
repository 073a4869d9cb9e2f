{# The day a moment belongs to where the platform counts (content_platform.metrics.collect has the same rule). #}
{% macro reporting_day(moment, platform) -%}
  ({{ moment }} at time zone case {{ platform }} when 'youtube' then 'America/Los_Angeles' else 'UTC' end)::date
{%- endmacro %}

{% macro utc_day(moment) -%}
  ({{ moment }} at time zone 'UTC')::date
{%- endmacro %}

{#
  An upload's newest snapshot of each day, one index scan per upload, to be joined laterally.
  `before_day` reads only days before it.
#}
{% macro newest_snapshots(upload, before_day=none) -%}
  select distinct on (snapshots.day) snapshots.*
  from {{ ref('stg_metric_snapshots') }} as snapshots
  where snapshots.story_id = {{ upload }}.story_id
    and snapshots.platform = {{ upload }}.platform
    and snapshots.locale = {{ upload }}.locale
    and snapshots.format = {{ upload }}.format
    {%- if before_day %}
    and snapshots.day < {{ before_day }}
    {%- endif %}
  order by snapshots.day desc, snapshots.observed_at desc
{%- endmacro %}
