"""Sensors: short shells around pure decisions (``requests``). A sensor never does the work itself.

Each tick is capped, safe to repeat, and may be killed anywhere: what it decided is in the database
before it asks Dagster for a run, and the run key makes the same wish one run.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG, WILL_RETRY_TAG

from content_platform.errors import NotFound
from content_platform.metrics.due import (
    SETTLING_DAYS,
    days_to_collect,
    last_collected,
    live_channels,
    newest_observation,
)
from content_platform.orchestration import requests
from content_platform.orchestration.deferral import with_money_now
from content_platform.orchestration.instance import (
    failure_sentence,
    partitions_under_run,
    settle_dead_runs,
)
from content_platform.orchestration.jobs import (
    collect_metrics,
    make_story,
    make_story_in_parallel,
    plan_calendar,
    publish_story,
    refresh_marts,
    update_configs,
)
from content_platform.orchestration.partitions import (
    HOT_WINDOW,
    channel_day_key,
    channels,
    stories,
)
from content_platform.planning.hot_window import live_stories, plan_archive, room_for_new
from content_platform.publishing.sharing import to_publish
from content_platform.runtime import Runtime, open_runtime
from content_platform.settings import Settings
from content_platform.stories.models import StoryStatus
from content_platform.telemetry.notifications import notify
from content_platform.vocabulary import StoryId

ON = dg.DefaultSensorStatus.RUNNING
MOST_PER_TICK = 20
REVISION_TAG = "content/revision"
"""The story's revision a run was asked for under: one that was overtaken changes no status."""


@dg.sensor(
    job=plan_calendar,
    minimum_interval_seconds=30,
    default_status=ON,
    description=(
        "Plans anew as soon as a channel is added, closed, or gets another cadence or series, and "
        "makes new channels' partitions. On by default: nobody waits an hour for a first slot."
    ),
)
def changed_channels(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    with open_runtime(Settings()) as platform:
        versions = platform.configs.channels()
    planned_from = requests.calendar_print(versions)
    known = set(context.instance.get_dynamic_partitions(str(channels.name)))
    new = sorted({version.channel for version in versions} - known)
    if planned_from == context.cursor and not new:
        return dg.SkipReason("The calendar was planned from these channels.")
    # The versions tell a cadence that is back from what it was the first time.
    in_force = "+".join(f"{version.channel}@{version.version}" for version in versions)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=in_force)],
        dynamic_partitions_requests=[channels.build_add_request(new)] if new else [],
        cursor=planned_from,
    )


@dg.sensor(
    job=make_story,
    minimum_interval_seconds=30,
    default_status=ON,
    description=(
        "Turns due calendar slots, batches and resumed stories into partitions and runs, so many at "
        "a time that the machine is never swamped. A refused text is told again here, too. On by "
        "default: without cadence or order there is nothing to start."
    ),
)
def due_stories(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    with open_runtime(Settings()) as platform:
        now, register = platform.clock(), platform.register
        room = room_for_new(register.live_count(), HOT_WINDOW.hard_limit)
        started = platform.calendar.start_due(now, limit=MOST_PER_TICK, room=room)
        due = register.due_to_resume(now, MOST_PER_TICK)
        for row in {
            row.story_id: row for row in [*due, *with_money_now(platform, MOST_PER_TICK)]
        }.values():
            register.requeue(row.story_id, revision=row.revision)
        platform.regeneration.run()
        waiting = [(row.story_id, row.revision) for row in register.waiting(10 * MOST_PER_TICK)]
    in_flight = partitions_under_run(context.instance, make_story.name, make_story_in_parallel.name)
    runs = requests.story_runs(waiting, in_flight)
    if not runs:
        return dg.SkipReason(
            f"{len(waiting)} stories wait, {len(in_flight)} are being made, {len(started)} slots began."
        )
    return _ask_for(runs)


@dg.sensor(
    job=publish_story,
    minimum_interval_seconds=30,
    default_status=ON,
    description=(
        "Begins publishing finished stories that are meant to be published, and goes on with "
        "uploads whose moment to resume has come (quota, processing, a doubt). On by default: only "
        "stories ordered with publish, on platforms their channel names, are touched."
    ),
)
def stories_to_publish(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    with open_runtime(Settings()) as platform:
        now = platform.clock()
        fresh = to_publish(platform.database, MOST_PER_TICK)
        waiting = platform.uploads.due(MOST_PER_TICK)
        resuming = [(upload.story_id, upload.updated_at) for upload in waiting]
    in_flight = partitions_under_run(context.instance, publish_story.name)
    runs = requests.publish_runs(fresh, resuming, in_flight, now)
    if not runs:
        return dg.SkipReason(f"Nothing to publish; {len(in_flight)} stories are at it.")
    return _ask_for(runs)


@dg.sensor(
    job=collect_metrics,
    minimum_interval_seconds=60,
    default_status=ON,
    description=(
        "Asks for the numbers of recent days: every six hours (as often as its cadence for a "
        "channel that publishes by the minute), daily while they may still be revised. On by "
        "default: without a published video nothing is asked."
    ),
)
def days_to_measure(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    with open_runtime(Settings()) as platform:
        now = platform.clock()
        cadences = {
            version.channel: timedelta(minutes=minutes)
            for version in platform.configs.channels()
            if (minutes := version.config.cadence.every_minutes)
        }
        live = live_channels(platform.database, cadences)
        collected = last_collected(platform.database, now.date() - timedelta(days=SETTLING_DAYS))
    wanted = days_to_collect(live, collected, now)
    busy = partitions_under_run(context.instance, collect_metrics.name)
    keys = {channel_day_key(day.channel, day.day): day for day in wanted}
    free = {key: day for key, day in keys.items() if key not in busy}
    if not free:
        return dg.SkipReason("Every recent day was asked for lately.")
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(partition_key=key, tags={"channel": day.channel})
            for key, day in free.items()
        ],
        dynamic_partitions_requests=[
            channels.build_add_request(sorted({day.channel for day in free.values()}))
        ],
    )


@dg.sensor(
    job=refresh_marts,
    minimum_interval_seconds=60,
    default_status=ON,
    description="Brings the marts up to date when new numbers came. On by default: it only reads them.",
)
def new_numbers(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    with open_runtime(Settings()) as platform:
        newest = newest_observation(platform.database)
        today = platform.clock().date().isoformat()
    if newest is None or newest.isoformat() == context.cursor:
        return dg.SkipReason("No new number since the marts were last built.")
    if partitions_under_run(context.instance, refresh_marts.name):
        return dg.SkipReason("The marts are being built.")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=newest.isoformat(), partition_key=today)],
        cursor=newest.isoformat(),
    )


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[refresh_marts],
    request_job=update_configs,
    default_status=ON,
    description=(
        "After the marts: lets each channel's optimizer do what its mode allows, and rolls back "
        "what did worse. On by default; a channel decides with optimizer.mode."
    ),
)
def marts_are_fresh(context: dg.RunStatusSensorContext) -> dg.RunRequest:
    return dg.RunRequest(run_key=context.dagster_run.run_id)


@dg.sensor(
    minimum_interval_seconds=3600,
    default_status=ON,
    description=(
        "Takes stories that are done out of the live window (their partition key only: records, "
        "media and history stay, and unarchiving brings the status back). On by default: every "
        "live story costs each viewer of the graph."
    ),
)
def stories_to_archive(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    busy = partitions_under_run(context.instance)
    with open_runtime(Settings()) as platform:
        plan = plan_archive(live_stories(platform.database), busy, platform.clock(), HOT_WINDOW)
        platform.register.archive(plan.archive)
        live = platform.register.live_ids()
    # All keys that are not live, so that a kill after archiving leaves none behind.
    keys = context.instance.get_dynamic_partitions(str(stories.name))
    gone = [key for key in keys if key not in live and key not in busy][: HOT_WINDOW.at_most]
    if not gone:
        return dg.SkipReason("No story is due to be archived.")
    return dg.SensorResult(dynamic_partitions_requests=[stories.build_delete_request(gone)])


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=ON,
    description=(
        "Ends runs whose process is gone with its code server, so that Dagster starts them again "
        "and what they held is free; what a dead worker may have bought is charged. On by default: "
        "otherwise they would run for hours."
    ),
)
def lost_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    lost = settle_dead_runs(context.instance)
    with open_runtime(Settings()) as platform:
        for run in lost:
            if run.remote_job_origin is None:  # made in a command's process: no sensor hears of it
                _mark_failed(platform, context.instance, run, "its process was killed")
        charged = platform.pipeline.close_lapsed()
    return dg.SkipReason(
        f"{len(lost)} runs had lost their process, {charged} provider calls their worker."
    )


@dg.run_failure_sensor(
    monitor_all_code_locations=True,
    default_status=ON,
    description=(
        "Marks a story failed, with the reason, when its run fails, and tells people where "
        "CONTENT_NOTIFY_URLS says. A run that Dagster starts again itself (its process was killed, "
        "or ended with the platform) is no failure yet. On by default: a failure nobody hears of is worse."
    ),
)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    run, failures = context.dagster_run, context.get_step_failure_events()
    if run.tags.get(WILL_RETRY_TAG) == "true":
        return
    error = context.failure_event.message or "the run failed"
    if failures:
        error = failure_sentence(failures[0])
    with open_runtime(Settings()) as platform:
        _mark_failed(platform, context.instance, run, error)
        about = run.tags.get(PARTITION_NAME_TAG) or run.job_name
        notify(platform.settings, f"{about} failed", error, level="failure")


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.CANCELED,
    monitor_all_code_locations=True,
    default_status=ON,
    description=(
        "Marks a story failed when a person stops its run in the UI, so that it does not look as "
        "if it were still being made. On by default: it only tells what happened."
    ),
)
def stopped_runs(context: dg.RunStatusSensorContext) -> None:
    with open_runtime(Settings()) as platform:
        _mark_failed(platform, context.instance, context.dagster_run, "stopped in the UI")


def _mark_failed(
    platform: Runtime, instance: dg.DagsterInstance, run: dg.DagsterRun, error: str
) -> None:
    """Mark the run's story failed, unless the run was of no story or a newer run took it over."""
    story_id = _story_of(run)
    if story_id is None:
        return
    newest = instance.get_runs(dg.RunsFilter(tags={PARTITION_NAME_TAG: story_id}), limit=1)
    if newest and newest[0].run_id != run.run_id:
        return
    # A key that never became a story (mistyped in the UI, say) has no row to mark.
    with suppress(NotFound):
        platform.register.set_status(
            story_id, StoryStatus.FAILED, error=error, revision=_revision_of(run)
        )


def _story_of(run: dg.DagsterRun) -> str | None:
    with suppress(KeyError, ValueError):
        return str(StoryId.parse(run.tags[PARTITION_NAME_TAG]))
    return None


def _revision_of(run: dg.DagsterRun) -> int | None:
    revision = run.tags.get(REVISION_TAG)
    return int(revision) if revision else None


def _ask_for(runs: Sequence[requests.StoryRun]) -> dg.SensorResult:
    """Ask Dagster for the runs, and add the stories' partitions."""
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(
                run_key=run.run_key,
                partition_key=run.story_id,
                tags={
                    "channel": StoryId.parse(run.story_id).channel,
                    **({} if run.revision is None else {REVISION_TAG: str(run.revision)}),
                },
            )
            for run in runs
        ],
        dynamic_partitions_requests=[stories.build_add_request([run.story_id for run in runs])],
    )


story_sensors = [
    changed_channels,
    due_stories,
    stories_to_publish,
    days_to_measure,
    stories_to_archive,
    lost_runs,
    failed_runs,
    stopped_runs,
]
learning_sensors = [new_numbers, marts_are_fresh]
