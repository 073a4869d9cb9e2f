-- The last day of each channel that a platform had numbers for: "now" to whoever may not ask a clock.
select
  channel,
  max(day) as day
from {{ ref('stg_metric_collections') }}
where outcome = 'reported'
group by channel
