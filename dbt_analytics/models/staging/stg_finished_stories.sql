select
  story_id,
  duration_s,
  videos,
  ready_at
from {{ source('content', 'finished_stories') }}
