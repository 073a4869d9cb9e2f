"""Schedules: what happens by the clock. What happens because something is there is a sensor's."""

import dagster as dg

from content_platform.orchestration.jobs import plan_calendar, refresh_marts

plan_the_calendar = dg.ScheduleDefinition(
    name="plan_the_calendar",
    job=plan_calendar,
    cron_schedule="7 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Plans the coming 14 days, hourly, so that a changed cadence counts within the hour. On by "
        "default: planning costs nothing, and channels without a cadence get no slots."
    ),
)


@dg.schedule(
    job=refresh_marts,
    cron_schedule="30 6 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Builds and tests the marts each morning (UTC), also when no new number came, so that a "
        "silent channel is noticed. On by default: it only reads what was collected."
    ),
)
def refresh_the_marts(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    day = context.scheduled_execution_time.date().isoformat()
    return dg.RunRequest(run_key=f"daily:{day}", partition_key=day)
