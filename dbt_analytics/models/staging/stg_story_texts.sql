select
  story_id,
  locale,
  title,
  kernel,
  words,
  jsonb_array_length(scenes) as scenes,
  written_by
from {{ source('content', 'story_texts') }}
