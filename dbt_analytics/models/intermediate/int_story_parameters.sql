select
  story_id,
  channel,
  {{ parameters_json('config') }} as parameters
from {{ ref('stg_briefs') }}
