{{ config(indexes=[{'columns': ['story_id', 'day'], 'unique': true}, {'columns': ['channel', 'day']}]) }}

with reported as (
  select
    story_id,
    day,
    channel,
    count(*)::int as uploads_reported,
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
  from {{ ref('fct_upload_days') }}
  group by story_id, day, channel
),

public as (
  select
    story_id,
    min(published_day) as published_day,
    array_agg(daterange(published_day, withdrawn_day, '[]')) as spans
  from {{ ref('int_uploads') }}
  group by story_id
)

select
  reported.story_id,
  reported.day,
  reported.channel,
  reported.day - public.published_day as day_number,
  (select count(*)::int from unnest(public.spans) as span where span @> reported.day) as uploads_live,
  reported.uploads_reported,
  reported.impressions,
  reported.views,
  reported.watch_seconds,
  reported.likes,
  reported.comments,
  reported.shares,
  reported.subscribers,
  reported.revenue_usd,
  reported.simulated,
  reported.observed_at,
  reported.provisional
from reported
inner join public using (story_id)
