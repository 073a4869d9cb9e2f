{{ config(materialized='view') }}

with first_days as (
  select
    story_id,
    channel,
    min(published_at) as published_at,
    min(published_day) as published_day,
    count(distinct day - published_day) as age_days,
    sum(impressions)::bigint as impressions,
    sum(views)::bigint as views,
    sum(views_of_impressions)::double precision / nullif(sum(impressions_with_views), 0) as ctr,
    sum(watch_seconds)::double precision as watch_seconds,
    sum(watch_of_views)::double precision / nullif(sum(views_with_watch), 0) as average_view_s,
    sum(watch_of_impressions)::double precision / nullif(sum(impressions_with_watch), 0)
      as watch_per_impression,
    sum(revenue_usd) as revenue_usd,
    -- The length an average viewer was offered; of all videos as long as nobody has viewed any.
    coalesce(
      sum(duration_s * views) / nullif(sum(views) filter (where duration_s is not null), 0),
      avg(duration_s)
    )::double precision as duration_s,
    bool_or(simulated) as simulated
  from {{ ref('int_first_days') }}
  group by story_id, channel
)

select
  first_days.story_id,
  first_days.channel,
  briefs.config_version,
  first_days.published_at,
  first_days.published_day,
  extract(isodow from first_days.published_at at time zone 'UTC')::int - 1 as weekday,
  extract(hour from first_days.published_at at time zone 'UTC')::int as hour,
  first_days.age_days::int as age_days,
  first_days.impressions,
  first_days.views,
  first_days.ctr,
  first_days.watch_seconds,
  first_days.average_view_s,
  first_days.average_view_s / nullif(first_days.duration_s, 0) as completion,
  first_days.watch_per_impression,
  first_days.revenue_usd,
  coalesce(costs.cost_usd, 0) as cost_usd,
  first_days.revenue_usd - coalesce(costs.cost_usd, 0) as profit_usd,
  first_days.duration_s,
  briefs.theme,
  briefs.genre,
  briefs.series,
  first_days.simulated,
  first_days.age_days >= {{ var('outcome_days') }}
    or (
      first_days.age_days > 0
      and collected.day >= first_days.published_day + {{ var('outcome_days') + var('late_days') - 1 }}
    ) as complete,
  briefs.arms,
  parameters.parameters
from first_days
left join {{ ref('stg_briefs') }} as briefs using (story_id)
left join {{ ref('int_story_parameters') }} as parameters using (story_id)
-- Joined story by story, so that one channel's outcomes do not add up every channel's ledger.
left join lateral (
  select sum(entries.amount_usd) as cost_usd
  from {{ ref('stg_cost_entries') }} as entries
  where entries.story_id = first_days.story_id
) as costs on true
left join {{ ref('int_collected_through') }} as collected on collected.channel = first_days.channel
