"""Sensors: short shells around pure decisions. A sensor never does the work itself."""

from contextlib import suppress

import dagster as dg

from content_platform.errors import NotFound
from content_platform.orchestration.instance import failure_sentence
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
    if not story_id:
        return
    reasons = [failure_sentence(event) for event in context.get_step_failure_events()]
    error = reasons[0] if reasons else context.failure_event.message or "the run failed"
    # A key that never became a story (mistyped in the UI, say) has no row to mark.
    with open_runtime(Settings()) as runtime, suppress(NotFound):
        runtime.register.set_status(story_id, StoryStatus.FAILED, error=error)
