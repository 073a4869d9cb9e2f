{{ config(indexes=[{'columns': ['story_id', 'platform', 'locale', 'format', 'day'], 'unique': true}]) }}

select
  story_id,
  platform,
  locale,
  format,
  day,
  channel,
  day_number,
  impressions,
  views,
  watch_seconds,
  likes,
  comments,
  shares,
  subscribers,
  revenue_usd,
  duration_s,
  simulated,
  observed_at,
  provisional
from {{ ref('int_upload_days') }}
