select
  story_id,
  platform,
  locale,
  format,
  day,
  observed_at,
  channel,
  impressions,
  views,
  -- Sums of floating-point numbers depend on the order of the rows; these must not.
  watch_seconds::numeric as watch_seconds,
  likes,
  comments,
  shares,
  subscribers,
  revenue_usd,
  retention,
  simulated
from {{ source('content', 'metric_snapshots') }}
