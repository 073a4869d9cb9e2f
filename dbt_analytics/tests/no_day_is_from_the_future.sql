-- Nobody can have seen numbers of a day before it began anywhere on Earth.
select
  story_id,
  day,
  observed_at
from {{ ref('fct_upload_days') }}
where day::timestamp at time zone 'UTC' > observed_at + interval '14 hours'
