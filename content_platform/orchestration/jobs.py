"""Jobs: stable things to run. Add one when people or sensors need a name for a selection.

Story jobs run their steps one after another in one process: a spawned step costs 1.9 CPU-seconds,
one in process 0.1, and heavy steps use every core by themselves.
"""

import dagster as dg

from content_platform.orchestration.partitions import channel_days, days, stories

_MAKING = dg.AssetSelection.assets("brief") | dg.AssetSelection.groups("write", "make")
_PUBLISHING = dg.AssetSelection.groups("clear") | dg.AssetSelection.assets("uploads")
_MARTS = dg.AssetSelection.groups("staging", "marts")

make_story = dg.define_asset_job(
    "make_story",
    selection=_MAKING,
    partitions_def=stories,
    executor_def=dg.in_process_executor,
    description="One story from its brief to finished videos.",
    tags={"stage": "make"},
)

make_story_in_parallel = dg.define_asset_job(
    "make_story_in_parallel",
    selection=_MAKING,
    partitions_def=stories,
    executor_def=dg.multiprocess_executor.configured(
        {"max_concurrent": 3, "start_method": {"forkserver": {}}}
    ),
    description=(
        "The same, with narration, pictures and music side by side: for one story in a hurry "
        "when hosted providers do the work and the machine's cores are idle."
    ),
    tags={"stage": "make"},
)

publish_story = dg.define_asset_job(
    "publish_story",
    selection=_PUBLISHING,
    partitions_def=stories,
    executor_def=dg.in_process_executor,
    description=(
        "Licence evidence, clearance, and as many steps of each upload as can be made now. "
        "Running it again goes on where it was; nothing is ever published twice."
    ),
    tags={"stage": "publish"},
)

plan_calendar = dg.define_asset_job(
    "plan_calendar",
    selection=dg.AssetSelection.assets("content_calendar"),
    executor_def=dg.in_process_executor,
    description="The slots of the coming 14 days, from every channel's cadence.",
    tags={"stage": "plan"},
)

collect_metrics = dg.define_asset_job(
    "collect_metrics",
    selection=dg.AssetSelection.assets("published_catalog", "metrics", "revenue"),
    partitions_def=channel_days,
    executor_def=dg.in_process_executor,
    description=(
        "What is out there, and what the platforms report about one channel's day of it. Backfill "
        "any range from the UI."
    ),
    tags={"stage": "measure"},
)

refresh_marts = dg.define_asset_job(
    "refresh_marts",
    selection=_MARTS | dg.AssetSelection.assets("recommendations"),
    partitions_def=days,
    executor_def=dg.in_process_executor,
    description="dbt models and their tests, the checks on performance, and what the learner advises.",
    tags={"stage": "learn"},
)

update_configs = dg.define_asset_job(
    "update_configs",
    selection=dg.AssetSelection.assets("config_version"),
    executor_def=dg.in_process_executor,
    description=(
        "Advice becomes a config version where the channel allows it, a version that does worse is "
        "rolled back, and a decided experiment is promoted."
    ),
    tags={"stage": "learn"},
)

story_jobs = [make_story, make_story_in_parallel, publish_story]
measuring_jobs = [plan_calendar, collect_metrics]
learning_jobs = [refresh_marts, update_configs]
