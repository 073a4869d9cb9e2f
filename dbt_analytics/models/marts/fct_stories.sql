{{ config(indexes=[{'columns': ['story_id'], 'unique': true}, {'columns': ['channel', 'published_day']}]) }}

with lifetime as (
  select
    story_id,
    count(distinct day)::int as days_reported,
    sum(impressions)::bigint as impressions,
    sum(views)::bigint as views,
    sum(watch_seconds) as watch_seconds,
    sum(views) filter (where impressions is not null)::double precision
      / nullif(sum(impressions) filter (where views is not null), 0) as ctr,
    sum(watch_seconds) filter (where views is not null)::double precision
      / nullif(sum(views) filter (where watch_seconds is not null), 0) as average_view_s,
    sum(likes)::bigint as likes,
    sum(comments)::bigint as comments,
    sum(shares)::bigint as shares,
    sum(subscribers)::bigint as subscribers,
    sum(revenue_usd) as revenue_usd,
    max(observed_at) as observed_at,
    bool_or(provisional) as provisional
  from {{ ref('fct_upload_days') }}
  group by story_id
),

public as (
  select
    story_id,
    count(*)::int as uploads,
    count(*) filter (where withdrawn_at is null)::int as uploads_public,
    min(published_at) as published_at,
    min(published_day) as published_day
  from {{ ref('int_uploads') }}
  group by story_id
),

costs as (
  select
    story_id,
    sum(amount_usd) as cost_usd
  from {{ ref('stg_cost_entries') }}
  group by story_id
)

select
  stories.story_id,
  stories.channel,
  briefs.config_version,
  stories.status,
  public.published_at,
  public.published_day,
  extract(isodow from public.published_at at time zone channels.timezone)::int - 1 as local_weekday,
  extract(hour from public.published_at at time zone channels.timezone)::int as local_hour,
  coalesce(public.uploads, 0) as uploads,
  coalesce(public.uploads_public, 0) as uploads_public,
  coalesce(lifetime.days_reported, 0) as days_reported,
  lifetime.impressions,
  lifetime.views,
  lifetime.watch_seconds,
  lifetime.ctr,
  lifetime.average_view_s,
  lifetime.likes,
  lifetime.comments,
  lifetime.shares,
  lifetime.subscribers,
  -- A story that was never public has earned nothing, and that is known.
  case when public.story_id is null then 0 else lifetime.revenue_usd end as revenue_usd,
  coalesce(costs.cost_usd, 0) as cost_usd,
  case when public.story_id is null then 0 else lifetime.revenue_usd end
    - coalesce(costs.cost_usd, 0) as profit_usd,
  outcomes.impressions as first_days_impressions,
  outcomes.views as first_days_views,
  outcomes.ctr as first_days_ctr,
  outcomes.watch_seconds as first_days_watch_seconds,
  outcomes.average_view_s as first_days_average_view_s,
  outcomes.completion as first_days_completion,
  outcomes.watch_per_impression as first_days_watch_per_impression,
  outcomes.revenue_usd as first_days_revenue_usd,
  coalesce(outcomes.complete, false) as first_days_complete,
  outcomes.simulated,
  lifetime.observed_at,
  lifetime.provisional
from {{ ref('stg_stories') }} as stories
left join {{ ref('stg_briefs') }} as briefs using (story_id)
left join {{ ref('dim_channels') }} as channels on channels.channel = stories.channel
left join public using (story_id)
left join lifetime using (story_id)
left join costs using (story_id)
left join {{ ref('story_outcomes') }} as outcomes using (story_id)
