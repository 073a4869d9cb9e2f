"""Jobs: stable things to run. Add one when people or sensors need a name for a selection."""

import dagster as dg

from content_platform.orchestration.partitions import stories

make_story = dg.define_asset_job(
    "make_story",
    selection=dg.AssetSelection.groups("plan", "write", "make", "share"),
    partitions_def=stories,
    executor_def=dg.in_process_executor,
    description=(
        "One story from its brief to finished videos. Steps run one after another in one process "
        "(a spawned step costs 1.9 CPU-seconds, one in process 0.1); heavy steps use every core."
    ),
)

make_story_in_parallel = dg.define_asset_job(
    "make_story_in_parallel",
    selection=dg.AssetSelection.groups("plan", "write", "make", "share"),
    partitions_def=stories,
    executor_def=dg.multiprocess_executor.configured(
        {"max_concurrent": 3, "start_method": {"forkserver": {}}}
    ),
    description=(
        "The same, with narration, pictures and music side by side: for one story in a hurry "
        "when hosted providers do the work and the machine's cores are idle."
    ),
)

all_jobs = [make_story, make_story_in_parallel]
