"""Resources only make domain objects; nothing is decided here."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from content_platform.orchestration.instance import own_run
from content_platform.orchestration.io_manager import RecordIOManager
from content_platform.orchestration.jobs import make_story_in_parallel
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings


class RuntimeResource(dg.ConfigurableResource[Runtime]):
    """The platform's parts, opened from ``CONTENT_*`` settings when a run starts."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Runtime]:
        run = context.dagster_run
        # Steps with processes of their own come and go; only a run in one process is its process.
        if run is not None and run.job_name != make_story_in_parallel.name and context.instance:
            own_run(context.instance, run.run_id)
        with open_runtime(Settings()) as runtime:
            yield runtime


@dg.io_manager(required_resource_keys={"runtime"})
def record_io_manager(context: dg.InitResourceContext) -> RecordIOManager:
    """Saves and loads assets' records through the run's database connection."""
    return RecordIOManager(context.resources.runtime.records)
