{{ config(meta={'dagster': {'ref': {'name': 'fct_stories'}}}) }}

-- The ledger, whichever way one looks at it, is the same money.
with sums as (
  select
    (select coalesce(sum(amount_usd), 0) from {{ ref('stg_cost_entries') }}) as ledger,
    (select coalesce(sum(cost_usd), 0) from {{ ref('fct_costs') }}) as by_provider,
    (select coalesce(sum(cost_usd), 0) from {{ ref('fct_stories') }}) as by_story,
    (select coalesce(sum(cost_usd), 0) from {{ ref('fct_channel_days') }}) as by_channel
)

select *
from sums
where ledger <> by_provider or ledger <> by_story or ledger <> by_channel
