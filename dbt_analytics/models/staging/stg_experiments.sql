select
  experiment_id,
  channel,
  hypothesis,
  arms,
  share,
  status,
  winner,
  author,
  started_at,
  ended_at
from {{ source('content', 'experiments') }}
