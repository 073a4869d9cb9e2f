-- What was ever public, with the length its viewers saw.
select
  uploads.story_id,
  uploads.platform,
  uploads.locale,
  uploads.format,
  uploads.channel,
  uploads.account,
  uploads.state,
  uploads.url,
  uploads.published_at,
  uploads.published_day,
  uploads.withdrawn_at,
  uploads.withdrawn_day,
  coalesce(
    videos.duration_s, narrations.duration_s, finished.duration_s, briefs.target_seconds
  )::numeric as duration_s
from {{ ref('stg_uploads') }} as uploads
left join {{ ref('stg_videos') }} as videos using (story_id, locale, format)
left join {{ ref('stg_narrations') }} as narrations using (story_id, locale)
left join {{ ref('stg_finished_stories') }} as finished using (story_id)
left join {{ ref('stg_briefs') }} as briefs using (story_id)
where uploads.published_at is not null
