"""Checks on what is not one story's: the calendar, the catalogue, the numbers. They never block."""

from datetime import timedelta

import dagster as dg

from content_platform.metrics.collect import revenue_of
from content_platform.metrics.due import SETTLING_DAYS
from content_platform.metrics.models import CollectionOutcome, MetricCollection
from content_platform.orchestration import show
from content_platform.orchestration.assets.measure import metrics, revenue
from content_platform.orchestration.assets.plan import content_calendar
from content_platform.orchestration.assets.share import published_catalog
from content_platform.orchestration.partitions import HOT_WINDOW, channel_day_of
from content_platform.planning.hot_window import hot_window_report
from content_platform.providers.catalogue import catalogue_of, retirement, retiring
from content_platform.quality import QualityReport
from content_platform.runtime import Runtime
from content_platform.security.secrets import open_secrets
from content_platform.stories.models import StoryStatus

IN_DOUBT_FOR = timedelta(days=1)
WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR


@dg.asset_check(asset=content_calendar)
def hot_window_has_room(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """Live stories are few enough for a quick graph: warns at the limit, fails at twice it."""
    report, past_hard = hot_window_report(runtime.register.live_count(), HOT_WINDOW)
    return show.table_of_reports({"stories": report}, ERROR if past_hard else WARN)


@dg.asset_check(asset=content_calendar)
def no_model_retires_soon(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """No hosted model that channels rank, or that has its secret here, is shut down within 60 days."""
    catalogue = catalogue_of(runtime.settings)
    today = runtime.clock().date()
    going = retiring(catalogue, today)
    ranked = {
        name
        for version in runtime.configs.channels()
        for ranking in version.config.providers.values()
        for name in ranking
    }
    secrets = open_secrets(runtime.settings)
    problems = tuple(
        f"{entry.name} {retirement(entry, today)}"
        for entry in going
        if entry.name in ranked or (entry.secret and secrets.versions(entry.secret))
    )
    figures: dict[str, float | int | str] = {
        "in the catalogue": len(catalogue.entries),
        "retiring": len(going),
    }
    return show.table_of_reports({"models": QualityReport(problems, figures)}, WARN)


@dg.asset_check(asset=published_catalog)
def no_story_is_left_failed(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """Live stories whose last run failed wait for a person; rejected ones are missing on purpose."""
    failed = runtime.register.stories(status=StoryStatus.FAILED, archived=False, limit=50)
    problems = tuple(f"{row.story_id}: {row.error}" for row in failed)
    return show.table_of_reports(
        {"failed": QualityReport(problems, {"stories": len(failed)})}, WARN
    )


@dg.asset_check(asset=published_catalog)
def no_upload_stays_in_doubt(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """An upload nobody could confirm for a day is a person's: look at the platform, then decide."""
    since = runtime.clock() - IN_DOUBT_FOR
    doubted = runtime.uploads.register.in_doubt(since, limit=50)
    problems = tuple(f"{upload.upload}: {upload.error}" for upload in doubted)
    return show.table_of_reports(
        {"unconfirmed": QualityReport(problems, {"uploads": len(doubted)})}, WARN
    )


@dg.asset_check(asset=metrics, partitions_def=metrics.partitions_def)
def numbers_came_in(
    context: dg.AssetCheckExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.AssetCheckResult:
    """Every platform answered for the day. Nothing reported yet is unknown, and no defect."""
    channel, day = channel_day_of(context.partition_key)
    asked = runtime.records.find(MetricCollection, channel=channel, day=day)
    problems = tuple(
        f"{entry.platform}: {entry.error}"
        for entry in asked
        if entry.outcome is CollectionOutcome.FAILED
    )
    return show.table_of_reports(
        {channel: QualityReport(problems, {"platforms": len(asked)})}, WARN
    )


@dg.asset_check(asset=revenue, partitions_def=revenue.partitions_def)
def revenue_is_known(
    context: dg.AssetCheckExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.AssetCheckResult:
    """A day that is over and settled has its revenue from every platform."""
    channel, day = channel_day_of(context.partition_key)
    earned = revenue_of(runtime.database, channel, day)
    settled = runtime.clock().date() - day > timedelta(days=SETTLING_DAYS)
    unknown = [row.platform.value for row in earned.platforms if row.revenue_usd is None]
    problems = (f"{', '.join(unknown)} never reported {day}",) if settled and unknown else ()
    return show.table_of_reports(
        {channel: QualityReport(problems, {"platforms": len(earned.platforms)})}, WARN
    )


loop_checks = [
    hot_window_has_room,
    no_model_retires_soon,
    no_story_is_left_failed,
    no_upload_stays_in_doubt,
    numbers_came_in,
    revenue_is_known,
]
