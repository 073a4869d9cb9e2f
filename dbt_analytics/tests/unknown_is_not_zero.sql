-- A day no platform reported has no numbers, and a reported one has.
select
  channel,
  day
from {{ ref('fct_channel_days') }}
where stories_reported is null
  and (
    platforms_reported > 0
    or num_nonnulls(impressions, views, watch_seconds, likes, comments, shares, subscribers, revenue_usd) > 0
  )
