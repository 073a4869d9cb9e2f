"""Dagster's instance: where it keeps its own data, and how a story is made in this process.

Dagster's runs, events and partitions live in the ``dagster`` database beside ours. Nothing here
decides what to make; it starts a run and tells how it went.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.tags import PARTITION_NAME_TAG
from dagster_shared.error import SerializableErrorInfo

from content_platform import errors
from content_platform.errors import StorageUnavailable
from content_platform.orchestration.partitions import stories
from content_platform.security.redaction import redact_text
from content_platform.settings import Settings
from content_platform.storage.database import dagster_url

OWNER_TAG = "content/process"
"""Which process executes a run: ``<machine>:<pid>-<start time>``. A dead owner's run is settled."""
OWNED_RUN_TAG = "content/owned_run"
"""The run ``OWNER_TAG`` is about: Dagster copies tags to the run that repeats a failed one."""

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dataclass(frozen=True)
class StepEvent:
    """A step of the run began or ended."""

    step: str
    event: str
    """Dagster's name: ``STEP_START``, ``STEP_SUCCESS``, ``STEP_SKIPPED``, ``STEP_FAILURE`` …"""
    message: str


@dataclass(frozen=True)
class RunReport:
    """How a run in this process ended. ``failure`` is the first failed step's error, or empty."""

    run_id: str
    succeeded: bool
    failure: str


def prepare_environment(settings: Settings) -> Path:
    """Point Dagster at our ``dagster.yaml`` and database; return its home folder."""
    home = settings.data_dir / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    source = _dagster_yaml()
    target = home / "dagster.yaml"
    if not target.exists() or target.read_bytes() != source.read_bytes():
        part = home / f".dagster.yaml.{os.getpid()}"
        shutil.copyfile(source, part)
        part.replace(target)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["CONTENT_DAGSTER_DIR"] = str(home / "storage")
    os.environ["CONTENT_DAGSTER_LOGS_DIR"] = str(home / "logs")
    os.environ["CONTENT_DATA_DIR"] = str(settings.data_dir)
    os.environ["CONTENT_DAGSTER_DATABASE_URL"] = dagster_url(settings)
    return home


def _dagster_yaml() -> Path:
    """The project's file; installed packages carry a copy."""
    package = Path(__file__).parents[1]
    for candidate in (package.parent / "dagster.yaml", package / "dagster.yaml"):
        if candidate.is_file():
            return candidate
    raise StorageUnavailable("dagster.yaml is missing.", remedy="Install the package again.")


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The persistent instance, its tables made at first use.

    What this process prints stays its own: capturing it, as the UI's runs do, would send it through
    a file and four helper processes.
    """
    home = prepare_environment(settings)
    ref = InstanceRef.from_dir(
        str(home),
        overrides={
            "compute_logs": {
                "module": NoOpComputeLogManager.__module__,
                "class": NoOpComputeLogManager.__name__,
                "config": {},
            }
        },
    )
    with dg.DagsterInstance.from_ref(ref) as instance:
        yield instance


def make_in_process(
    instance: dg.DagsterInstance, story_id: str, on_step: Callable[[StepEvent], None]
) -> RunReport:
    """Run ``make_story`` for one story here and now, on the persistent instance.

    Raises KeyboardInterrupt when Ctrl-C ended the run; Dagster has then recorded it.
    """
    from content_platform.orchestration.build import build_story_definitions

    # Behind a closed gate no check has a result, as it should be; Dagster warns of each.
    logging.getLogger("dagster._core.execution.plan.active").setLevel(logging.ERROR)
    settle_dead_runs(instance, story_id)
    instance.add_dynamic_partitions(str(stories.name), [story_id])
    with _listening(on_step):
        result = (
            build_story_definitions()
            .resolve_job_def("make_story")
            .execute_in_process(
                instance=instance,
                partition_key=story_id,
                raise_on_error=False,
                run_config={"loggers": {"steps": {}}},
                tags={
                    OWNER_TAG: this_process(),
                    "dagster/max_retries": "0",  # no daemon can start a run of this process again
                    "channel": story_id.split("_", maxsplit=1)[0],
                },
            )
        )
    if result.success:
        return RunReport(result.run_id, True, "")
    failures = [event for event in result.all_events if event.is_failure]
    causes = [cause.cls_name for event in failures if (cause := _cause(event))]
    if dg.DagsterExecutionInterruptedError.__name__ in causes:
        raise KeyboardInterrupt
    refused = [
        f"{check.asset_key.to_user_string()} is not fit to use: {check.description}"
        for check in result.get_asset_check_evaluations()
        if check.blocking and not check.passed
    ]
    reasons = refused + [failure_sentence(event) for event in failures]
    return RunReport(result.run_id, False, reasons[0] if reasons else "the run failed")


def set_live(instance: dg.DagsterInstance, story_ids: Collection[str], *, live: bool) -> None:
    """Add or remove the stories' partitions. Their events stay: added again, they show as before."""
    name = str(stories.name)
    if live:
        instance.add_dynamic_partitions(name, list(story_ids))
        return
    for story_id in story_ids:
        instance.delete_dynamic_partition(name, story_id)


def settle_dead_runs(
    instance: dg.DagsterInstance, story_id: str | None = None
) -> list[dg.DagsterRun]:
    """Mark runs (of one story, or all) failed whose process on this machine is gone.

    Frees what they held, and returns them.
    """
    tags = {PARTITION_NAME_TAG: story_id} if story_id else {}
    lost = [
        run
        for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED, tags=tags))
        if run.tags.get(OWNED_RUN_TAG, run.run_id) == run.run_id
        and _is_gone(run.tags.get(OWNER_TAG, ""))
    ]
    for run in lost:
        instance.report_run_failed(run, "the process of this run was killed")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return lost


def partitions_under_run(instance: dg.DagsterInstance, *job_names: str) -> set[str]:
    """The partitions that runs of the jobs (of any, when none is named) still work at."""
    filters = [dg.RunsFilter(job_name=name, statuses=UNFINISHED) for name in job_names]
    return {
        run.tags[PARTITION_NAME_TAG]
        for filter in filters or [dg.RunsFilter(statuses=UNFINISHED)]
        for run in instance.get_runs(filter)
        if PARTITION_NAME_TAG in run.tags
    }


def own_run(instance: dg.DagsterInstance, run_id: str) -> None:
    """Write down that this process executes the run, so that its death can be noticed."""
    instance.add_run_tags(run_id, {OWNER_TAG: this_process(), OWNED_RUN_TAG: run_id})


def this_process() -> str:
    """The value of ``OWNER_TAG`` for this process."""
    return f"{socket.gethostname()}:{os.getpid()}-{int(psutil.Process().create_time())}"


def _is_gone(owner: str) -> bool:
    """Whether it was a process of this machine and is no more. Of others nothing is known."""
    host, _, process = owner.rpartition(":")
    pid, _, started = process.partition("-")
    if host != socket.gethostname():
        return False
    try:
        found = psutil.Process(int(pid))
        alive = found.status() != psutil.STATUS_ZOMBIE
        return not (alive and int(found.create_time()) == int(started))
    except (psutil.NoSuchProcess, ValueError):
        return True


def failure_sentence(event: dg.DagsterEvent) -> str:
    """Why a step or run failed, for people: its first cause, without Dagster's wrapping."""
    error = _cause(event)
    if error is None:
        return redact_text(event.message or "the run failed")
    # Our own errors are sentences; their class is of no use to the reader.
    said = error.message.strip().removeprefix(f"{errors.__name__}.{error.cls_name}: ")
    return redact_text(said)


def _cause(event: dg.DagsterEvent) -> SerializableErrorInfo | None:
    data: Any = event.event_specific_data
    error: SerializableErrorInfo | None = getattr(data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    return error


_listener: Callable[[StepEvent], None] | None = None


@contextmanager
def _listening(on_step: Callable[[StepEvent], None]) -> Iterator[None]:
    global _listener
    _listener = on_step
    try:
        yield
    finally:
        _listener = None


class _StepHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.step_key and _listener is not None:
            _listener(StepEvent(event.step_key, event.event_type_value, event.message or ""))


@dg.logger({}, description="Hands step events to whoever makes a story in this process.")
def steps_logger(context: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.Logger("content_platform.steps", level=logging.DEBUG)
    logger.addHandler(_StepHandler())
    return logger
