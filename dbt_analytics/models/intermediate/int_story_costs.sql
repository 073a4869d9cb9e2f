select
  story_id,
  sum(amount_usd) as cost_usd,
  coalesce(sum(amount_usd) filter (where basis = 'estimate'), 0) as estimated_usd
from {{ ref('stg_cost_entries') }}
group by story_id
