{{ config(indexes=[{'columns': ['story_id', 'point_percent'], 'unique': true}]) }}

-- Days weigh as much as they had views; a day without a known curve has no say.
select
  days.story_id,
  days.channel,
  ((curve.position - 1) * 5)::int as point_percent,
  (sum(curve.share::numeric * days.views) / sum(days.views))::double precision as watching,
  sum(days.views)::bigint as views
from {{ ref('int_upload_days') }} as days
cross join lateral jsonb_array_elements_text(days.retention) with ordinality as curve (share, position)
where jsonb_typeof(days.retention) = 'array' and days.views > 0
group by days.story_id, days.channel, curve.position
