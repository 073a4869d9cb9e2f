{{ config(indexes=[{'columns': ['experiment_id', 'arm'], 'unique': true}]) }}

with arms as (
  select
    experiments.experiment_id,
    experiments.channel,
    experiments.hypothesis,
    experiments.status,
    experiments.winner,
    experiments.started_at,
    experiments.ended_at,
    arm.value ->> 'name' as arm,
    arm.value -> 'changes' as changes,
    arm.position = 1 as is_control
  from {{ ref('stg_experiments') }} as experiments
  cross join lateral jsonb_array_elements(experiments.arms) with ordinality as arm (value, position)
),

measured as (
  select
    assignments.experiment_id,
    assignments.arm,
    count(*)::int as stories_assigned,
    count(assignments.exposed_at)::int as stories_exposed,
    count(outcomes.watch_per_impression) filter (where outcomes.complete)::int as stories_measured,
    avg(outcomes.watch_per_impression::numeric) filter (where outcomes.complete)::double precision
      as watch_per_impression,
    stddev_samp(outcomes.watch_per_impression::numeric) filter (where outcomes.complete)::double precision
      as watch_per_impression_sd,
    avg(outcomes.ctr::numeric) filter (where outcomes.complete)::double precision as ctr,
    avg(outcomes.completion::numeric) filter (where outcomes.complete)::double precision as completion,
    sum(outcomes.revenue_usd) as revenue_usd,
    sum(outcomes.cost_usd) as cost_usd
  from {{ ref('stg_experiment_assignments') }} as assignments
  left join {{ ref('story_outcomes') }} as outcomes using (story_id)
  group by assignments.experiment_id, assignments.arm
)

select
  arms.experiment_id,
  arms.arm,
  arms.channel,
  arms.hypothesis,
  arms.changes,
  arms.is_control,
  arms.status,
  coalesce(arms.winner = arms.arm, false) as is_winner,
  arms.started_at,
  arms.ended_at,
  coalesce(measured.stories_assigned, 0) as stories_assigned,
  coalesce(measured.stories_exposed, 0) as stories_exposed,
  coalesce(measured.stories_measured, 0) as stories_measured,
  measured.watch_per_impression,
  measured.watch_per_impression_sd,
  measured.ctr,
  measured.completion,
  measured.revenue_usd,
  measured.cost_usd
from arms
left join measured using (experiment_id, arm)
