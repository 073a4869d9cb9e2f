select
  entry,
  story_id,
  capability,
  provider,
  amount_usd,
  basis,
  at,
  {{ utc_day('at') }} as day
from {{ source('content', 'cost_entries') }}
