select
  entry,
  story_id,
  -- A story's key begins with its channel; the ledger outlives the story's row.
  split_part(story_id, '_', 1) as channel,
  capability,
  provider,
  amount_usd,
  basis,
  at,
  {{ utc_day('at') }} as day
from {{ source('content', 'cost_entries') }}
