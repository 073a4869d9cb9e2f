select
  story_id,
  channel,
  config_version,
  -- A request may wish for another length or look than the channel's config.
  jsonb_set(
    config || jsonb_build_object('target_seconds', target_seconds),
    '{look,style}', to_jsonb(style)
  ) as config,
  genre,
  theme,
  series,
  episode,
  attempt,
  locales ->> 0 as locale,
  target_seconds,
  max_seconds,
  coalesce(voice, config -> 'narration' -> 'voices' ->> (locales ->> 0)) as voice,
  style,
  seed,
  media,
  script is not null as own_script,
  arms,
  explored
from {{ source('content', 'briefs') }}
