select
  channel,
  version,
  parent,
  author,
  reason,
  config,
  created_at
from {{ source('content', 'config_versions') }}
