select
  story_id,
  platform,
  locale,
  format,
  channel,
  account,
  state,
  remote_url as url,
  published_at,
  {{ reporting_day('published_at', 'platform') }} as published_day,
  withdrawn_at,
  {{ reporting_day('withdrawn_at', 'platform') }} as withdrawn_day
from {{ source('content', 'uploads') }}
