{{ config(indexes=[{'columns': ['day'], 'unique': true}]) }}

-- From the first story to the last observation.
with span as (
  select
    min(day) as first_day,
    max(day) as last_day
  from (
    select {{ utc_day('created_at') }} as day from {{ ref('stg_stories') }}
    union all
    select published_day from {{ ref('int_uploads') }}
    union all
    select day from {{ ref('fct_channel_days') }}
  ) as known
)

select
  every_day::date as day,
  extract(isodow from every_day)::int - 1 as weekday,
  to_char(every_day, 'FMDay') as weekday_name,
  extract(isodow from every_day) > 5 as is_weekend,
  to_char(every_day, 'IYYY-"W"IW') as iso_week,
  to_char(every_day, 'YYYY-MM') as month,
  extract(quarter from every_day)::int as quarter,
  extract(year from every_day)::int as year
from span,
  lateral generate_series(span.first_day::timestamp, span.last_day, interval '1 day') as every_day
