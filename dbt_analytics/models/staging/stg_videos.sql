select
  story_id,
  locale,
  format,
  duration_s,
  render_seconds
from {{ source('content', 'videos') }}
