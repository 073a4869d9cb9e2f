{{ config(indexes=[{'columns': ['channel', 'day'], 'unique': true}]) }}

with asked as (
  select
    channel,
    day,
    count(*)::int as platforms_asked,
    count(*) filter (where outcome = 'reported')::int as platforms_reported,
    sum(videos_live)::int as videos_live,
    sum(videos_reported)::int as videos_reported
  from {{ ref('stg_metric_collections') }}
  group by channel, day
),

published as (
  select
    channel,
    published_day as day,
    count(distinct story_id)::int as stories_published
  from {{ ref('int_uploads') }}
  group by channel, published_day
),

spent as (
  select
    channel,
    day,
    sum(amount_usd) as cost_usd
  from {{ ref('stg_cost_entries') }}
  group by channel, day
),

reported as (
  select
    channel,
    day,
    count(*)::int as stories_reported,
    sum(impressions)::bigint as impressions,
    sum(views)::bigint as views,
    sum(watch_seconds) as watch_seconds,
    sum(likes)::bigint as likes,
    sum(comments)::bigint as comments,
    sum(shares)::bigint as shares,
    sum(subscribers)::bigint as subscribers,
    sum(revenue_usd) as revenue_usd,
    bool_or(simulated) as simulated,
    max(observed_at) as observed_at,
    bool_or(provisional) as provisional
  from {{ ref('fct_story_days') }}
  group by channel, day
),

-- Every day from the first to the last that anything is known of, so that a gap can be seen.
days as (
  select
    spans.channel,
    every_day::date as day
  from (
    select
      channel,
      min(day) as first_day,
      max(day) as last_day
    from (
      select channel, day from asked
      union all
      select channel, day from published
      union all
      select channel, day from spent
      union all
      select channel, day from reported
    ) as known
    group by channel
  ) as spans,
  lateral generate_series(spans.first_day::timestamp, spans.last_day, interval '1 day') as every_day
)

select
  days.channel,
  days.day,
  coalesce(published.stories_published, 0) as stories_published,
  coalesce(asked.platforms_asked, 0) as platforms_asked,
  coalesce(asked.platforms_reported, 0) as platforms_reported,
  asked.videos_live,
  asked.videos_reported,
  reported.stories_reported,
  reported.impressions,
  reported.views,
  reported.watch_seconds,
  reported.likes,
  reported.comments,
  reported.shares,
  reported.subscribers,
  reported.revenue_usd,
  coalesce(spent.cost_usd, 0) as cost_usd,
  reported.revenue_usd - coalesce(spent.cost_usd, 0) as profit_usd,
  reported.simulated,
  reported.observed_at,
  reported.provisional
from days
left join published using (channel, day)
left join asked using (channel, day)
left join reported using (channel, day)
left join spent using (channel, day)
