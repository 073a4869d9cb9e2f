{{ config(indexes=[{'columns': ['story_id', 'provider', 'capability', 'day'], 'unique': true}]) }}

select
  story_id,
  provider,
  capability,
  day,
  channel,
  count(*)::int as entries,
  sum(amount_usd) as cost_usd,
  coalesce(sum(amount_usd) filter (where basis = 'estimate'), 0) as estimated_usd
from {{ ref('stg_cost_entries') }}
group by story_id, provider, capability, day, channel
