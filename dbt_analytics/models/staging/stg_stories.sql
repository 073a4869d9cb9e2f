select
  story_id,
  channel,
  title,
  status,
  origin,
  batch,
  revision,
  attempt,
  created_at,
  ready_at,
  archived_at
from {{ source('content', 'stories') }}
