-- A published video's first days. Ratios need pairs: views of days whose impressions nobody
-- knows must not raise a click-through.
select
  uploads.story_id,
  uploads.channel,
  uploads.platform,
  uploads.locale,
  uploads.format,
  uploads.published_at,
  uploads.published_day,
  uploads.duration_s,
  numbers.day,
  numbers.observed_at,
  numbers.impressions,
  numbers.views,
  numbers.watch_seconds,
  numbers.revenue_usd,
  case when numbers.impressions is not null then numbers.views end as views_of_impressions,
  case when numbers.views is not null then numbers.impressions end as impressions_with_views,
  case when numbers.impressions is not null then numbers.watch_seconds end as watch_of_impressions,
  case when numbers.watch_seconds is not null then numbers.impressions end as impressions_with_watch,
  case when numbers.views is not null then numbers.watch_seconds end as watch_of_views,
  case when numbers.watch_seconds is not null then numbers.views end as views_with_watch,
  coalesce(numbers.simulated, uploads.platform = 'sandbox') as simulated
from {{ ref('int_uploads') }} as uploads
left join lateral (
  {{ newest_snapshots('uploads', before_day="uploads.published_day + " ~ var('outcome_days')) }}
) as numbers on true
