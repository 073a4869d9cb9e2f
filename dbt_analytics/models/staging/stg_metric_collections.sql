select
  channel,
  day,
  platform,
  observed_at,
  outcome,
  videos_live,
  videos_reported,
  error
from {{ source('content', 'metric_collections') }}
