{{ config(indexes=[{'columns': ['channel', 'config_version'], 'unique': true}]) }}

with versions as (
  select
    *,
    {{ parameters_json('config') }} as parameters
  from {{ ref('stg_config_versions') }}
)

select
  versions.channel,
  versions.version as config_version,
  versions.parent,
  versions.author,
  versions.reason,
  versions.created_at as valid_from,
  lead(versions.created_at) over of_channel as valid_to,
  lead(versions.version) over of_channel is null as is_current,
  (
    select coalesce(jsonb_object_agg(path, value), '{}'::jsonb)
    from jsonb_each(versions.parameters) as parameter (path, value)
    where parents.parameters is not null and value is distinct from parents.parameters -> path
  ) as changed_parameters,
  {{ parameter_columns('versions.parameters') }},
  versions.parameters,
  versions.config
from versions
left join versions as parents
  on parents.channel = versions.channel and parents.version = versions.parent
window of_channel as (partition by versions.channel order by versions.version)
