{{ config(meta={'dagster': {'ref': {'name': 'fct_upload_days'}}}) }}

-- A video's day has one row, and the numbers of its newest snapshot.
with newest as (
  select *
  from (
    select
      *,
      row_number() over (
        partition by story_id, platform, locale, format, day order by observed_at desc
      ) as age
    from {{ ref('stg_metric_snapshots') }}
  ) as numbered
  where age = 1
)

select
  coalesce(newest.story_id, days.story_id) as story_id,
  coalesce(newest.day, days.day) as day
from newest
full join {{ ref('fct_upload_days') }} as days using (story_id, platform, locale, format, day)
where newest.story_id is null
  or days.story_id is null
  or (newest.impressions, newest.views, newest.watch_seconds, newest.revenue_usd)
    is distinct from (days.impressions, days.views, days.watch_seconds, days.revenue_usd)
