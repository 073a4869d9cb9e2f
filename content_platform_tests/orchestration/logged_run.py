"""Makes a story as the daemon's workers do, keeping all there is to log.

``python -m content_platform_tests.orchestration.logged_run STORY LOG``: all loggers at DEBUG go to the file
LOG, the vendors' also to Dagster's event log, what is printed to Dagster's compute logs.
"""

import logging
import sys

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from content_platform.orchestration.build import build_story_definitions
from content_platform.orchestration.instance import prepare_environment
from content_platform.orchestration.partitions import stories
from content_platform.settings import Settings

VENDORS = ["openai", "anthropic", "httpx", "httpcore", "elevenlabs", "content_platform"]


def main(story_id: str, log: str) -> int:
    logging.basicConfig(level=logging.DEBUG, filename=log)
    home = prepare_environment(Settings())
    watched = {"managed_python_loggers": VENDORS, "python_log_level": "DEBUG"}
    ref = InstanceRef.from_dir(str(home), overrides={"python_logs": watched})
    with dg.DagsterInstance.from_ref(ref) as instance:
        instance.add_dynamic_partitions(str(stories.name), [story_id])
        made = (
            build_story_definitions()
            .resolve_job_def("make_story")
            .execute_in_process(instance=instance, partition_key=story_id, raise_on_error=False)
        )
    return 0 if made.success else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
