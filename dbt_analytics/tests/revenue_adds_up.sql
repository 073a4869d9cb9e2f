{{ config(meta={'dagster': {'ref': {'name': 'fct_channel_days'}}}) }}

-- Each video's newest word on each day, added up here in another way than the marts do it.
with newest as (
  select
    revenue_usd,
    row_number() over (
      partition by story_id, platform, locale, format, day order by observed_at desc
    ) as age
  from {{ ref('stg_metric_snapshots') }}
),

sums as (
  select
    (select coalesce(sum(revenue_usd), 0) from newest where age = 1) as reported,
    (select coalesce(sum(revenue_usd), 0) from {{ ref('fct_upload_days') }}) as by_video,
    (select coalesce(sum(revenue_usd), 0) from {{ ref('fct_stories') }}) as by_story,
    (select coalesce(sum(revenue_usd), 0) from {{ ref('fct_channel_days') }}) as by_channel
)

select *
from sums
where reported <> by_video or reported <> by_story or reported <> by_channel
