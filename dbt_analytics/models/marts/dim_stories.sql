{{ config(indexes=[{'columns': ['story_id'], 'unique': true}, {'columns': ['channel', 'config_version']}]) }}

select
  stories.story_id,
  stories.channel,
  stories.title,
  stories.status,
  stories.origin,
  stories.batch,
  stories.revision,
  stories.attempt,
  briefs.config_version,
  briefs.genre,
  briefs.theme,
  briefs.series,
  briefs.episode,
  briefs.locale,
  briefs.voice,
  briefs.max_seconds,
  briefs.own_script,
  briefs.media,
  briefs.seed,
  {{ parameter_columns('parameters.parameters') }},
  texts.kernel,
  texts.words,
  texts.scenes,
  texts.written_by,
  finished.duration_s,
  briefs.arms,
  briefs.explored,
  parameters.parameters,
  briefs.config,
  stories.created_at,
  stories.ready_at,
  stories.archived_at
from {{ ref('stg_stories') }} as stories
left join {{ ref('stg_briefs') }} as briefs using (story_id)
left join {{ ref('int_story_parameters') }} as parameters using (story_id)
left join {{ ref('stg_story_texts') }} as texts
  on texts.story_id = stories.story_id and texts.locale = briefs.locale
left join {{ ref('stg_finished_stories') }} as finished on finished.story_id = stories.story_id
