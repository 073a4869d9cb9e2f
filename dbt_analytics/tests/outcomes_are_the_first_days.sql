{{ config(meta={'dagster': {'ref': {'name': 'story_outcomes'}}}) }}

-- The learner's view and the marts agree about a story's first days.
with days as (
  select
    story_id,
    sum(views) as views,
    sum(impressions) as impressions,
    sum(revenue_usd) as revenue_usd
  from {{ ref('fct_upload_days') }}
  where day_number < {{ var('outcome_days') }}
  group by story_id
)

select outcomes.story_id
from {{ ref('story_outcomes') }} as outcomes
left join days using (story_id)
where (outcomes.views, outcomes.impressions, outcomes.revenue_usd)
  is distinct from (days.views, days.impressions, days.revenue_usd)
