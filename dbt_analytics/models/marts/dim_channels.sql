{{ config(indexes=[{'columns': ['channel'], 'unique': true}]) }}

with newest as (
  select distinct on (channel)
    channel,
    version,
    config,
    created_at
  from {{ ref('stg_config_versions') }}
  order by channel, version desc
)

select
  newest.channel,
  newest.config ->> 'title' as title,
  newest.config ->> 'audience' as audience,
  newest.config -> 'locales' ->> 0 as locale,
  coalesce(newest.config -> 'cadence' ->> 'timezone', 'UTC') as timezone,
  newest.config -> 'optimizer' ->> 'mode' as optimizer_mode,
  newest.version as config_version,
  newest.created_at as config_version_since,
  firsts.created_at as channel_since
from newest
inner join {{ ref('stg_config_versions') }} as firsts
  on firsts.channel = newest.channel and firsts.version = 1
