select
  story_id,
  locale,
  duration_s
from {{ source('content', 'narrations') }}
