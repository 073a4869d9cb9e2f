"""Sensors: short shells around pure decisions. A sensor never does the work itself."""

import dagster as dg

from content_platform.orchestration.jobs import all_jobs
from content_platform.runtime import open_runtime
from content_platform.settings import Settings
from content_platform.stories.models import StoryStatus


@dg.run_failure_sensor(
    monitored_jobs=list(all_jobs),
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Marks a story failed, with the reason, when its run fails: `story list` then tells.",
)
def failed_stories(context: dg.RunFailureSensorContext) -> None:
    story_id = context.partition_key
    if story_id:
        with open_runtime(Settings()) as runtime:
            runtime.register.set_status(
                story_id, StoryStatus.FAILED, error=context.failure_event.message or "run failed"
            )
