-- What is known of a video's day: its newest snapshot, and when a platform last said so.
select
  uploads.story_id,
  uploads.platform,
  uploads.locale,
  uploads.format,
  numbers.day,
  uploads.channel,
  numbers.day - uploads.published_day as day_number,
  numbers.impressions,
  numbers.views,
  numbers.watch_seconds,
  numbers.likes,
  numbers.comments,
  numbers.shares,
  numbers.subscribers,
  numbers.revenue_usd,
  numbers.retention,
  uploads.duration_s,
  numbers.simulated,
  greatest(numbers.observed_at, asked.observed_at) as observed_at,
  greatest(numbers.observed_at, asked.observed_at)
    < (numbers.day + {{ 1 + var('settled_after_days') }})::timestamp at time zone 'UTC' as provisional
from {{ ref('int_uploads') }} as uploads
inner join lateral ({{ newest_snapshots('uploads') }}) as numbers on true
left join {{ ref('stg_metric_collections') }} as asked
  on asked.channel = uploads.channel
  and asked.platform = uploads.platform
  and asked.day = numbers.day
  and asked.outcome = 'reported'
