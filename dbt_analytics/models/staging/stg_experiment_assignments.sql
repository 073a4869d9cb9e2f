select
  experiment_id,
  story_id,
  channel,
  arm,
  assigned_at,
  exposed_at
from {{ source('content', 'experiment_assignments') }}
