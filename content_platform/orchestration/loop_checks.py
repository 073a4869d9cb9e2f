"""Checks on what is not one story's: the calendar, the catalogue, the numbers, the marts.

They inform and never block. What follows from a check on performance is the optimizer's, which reads
the same outcomes: here people see why.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import dagster as dg

from content_platform.metrics.collect import revenue_of
from content_platform.metrics.models import CollectionOutcome, MetricCollection
from content_platform.orchestration.assets.learn import config_version, recommendations
from content_platform.orchestration.assets.measure import metrics, revenue
from content_platform.orchestration.assets.plan import content_calendar
from content_platform.orchestration.assets.share import published_catalog
from content_platform.orchestration.partitions import HOT_WINDOW, channel_day_of
from content_platform.planning.hot_window import hot_window_report
from content_platform.quality import QualityReport
from content_platform.runtime import Runtime
from content_platform.steering.checks import (
    completion_under_threshold,
    drop_against_baseline,
    regression,
)
from content_platform.steering.models import ConfigVersion, ParameterValue
from content_platform.steering.outcomes import OutcomeRow, load_outcomes
from content_platform.steering.parameters import CATALOGUE
from content_platform.stories.models import StoryStatus

WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
OUTCOMES = dg.AssetKey("story_outcomes")


@dg.asset_check(asset=content_calendar)
def hot_window_has_room(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """Live stories are few enough for a quick graph: warns at the limit, fails at twice it."""
    report, past_hard = hot_window_report(runtime.register.live_count(), HOT_WINDOW)
    return _result({"stories": report}, ERROR if past_hard else WARN)


@dg.asset_check(asset=published_catalog)
def no_story_is_left_failed(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """Live stories whose last run failed wait for a person; rejected ones are missing on purpose."""
    failed = runtime.register.stories(status=StoryStatus.FAILED, archived=False, limit=50)
    problems = tuple(f"{row.story_id}: {row.error}" for row in failed)
    return _result({"failed": QualityReport(problems, {"stories": len(failed)})}, WARN)


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
    return _result({channel: QualityReport(problems, {"platforms": len(asked)})}, WARN)


@dg.asset_check(asset=revenue, partitions_def=revenue.partitions_def)
def revenue_is_known(
    context: dg.AssetCheckExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.AssetCheckResult:
    """A day that is over and settled has its revenue from every platform."""
    channel, day = channel_day_of(context.partition_key)
    earned = revenue_of(runtime.database, channel, day)
    settled = runtime.clock().date() - day > timedelta(days=8)
    unknown = [row.platform.value for row in earned.platforms if row.revenue_usd is None]
    problems = (f"{', '.join(unknown)} never reported {day}",) if settled and unknown else ()
    return _result({channel: QualityReport(problems, {"platforms": len(earned.platforms)})}, WARN)


@dg.asset_check(asset=OUTCOMES)
def viewers_stay(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """The last stories are watched as far as the channel's threshold asks."""
    return _by_channel(
        runtime,
        lambda version, rows: completion_under_threshold(
            rows, version.config.optimizer.completion_threshold
        ),
    )


@dg.asset_check(asset=OUTCOMES)
def no_drop_against_baseline(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """The last stories do not do clearly worse than the channel's own stories before."""
    return _by_channel(runtime, lambda _, rows: drop_against_baseline(rows))


@dg.asset_check(asset=OUTCOMES)
def version_is_no_regression(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """The config version in force does not do worse than its parent; else it is rolled back."""
    return _by_channel(
        runtime,
        lambda version, rows: regression(rows, runtime.configs.history(version.channel)).report(),
    )


@dg.asset_check(asset=recommendations)
def advice_is_bounded(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """What is advised stays within each parameter's step and range."""
    reports = {}
    for advice in runtime.optimizer.proposals():
        problems = [
            f"{change.path}: {change.new} is no step from {change.old}"
            for change in advice.changes
            if not CATALOGUE[change.path].allows(
                cast(ParameterValue, change.old), cast(ParameterValue, change.new)
            )
        ]
        reports[advice.channel] = QualityReport(tuple(problems), {"changes": len(advice.changes)})
    return _result(reports, ERROR)


@dg.asset_check(asset=config_version)
def versions_have_reasons(runtime: dg.ResourceParam[Runtime]) -> dg.AssetCheckResult:
    """Every version in force says who made it and why, and follows from the one it names."""
    reports = {}
    for version in runtime.configs.channels():
        problems = []
        if not version.reason.strip():
            problems.append(f"version {version.version} gives no reason")
        if version.version > 1 and version.parent is None:
            problems.append(f"version {version.version} names no parent")
        reports[version.channel] = QualityReport(tuple(problems), {"version": version.version})
    return _result(reports, WARN)


def _by_channel(
    runtime: Runtime, judge: Callable[[ConfigVersion, list[OutcomeRow]], QualityReport]
) -> dg.AssetCheckResult:
    return _result(
        {
            version.channel: judge(version, load_outcomes(runtime.database, version.channel))
            for version in runtime.configs.channels()
        },
        WARN,
    )


def _result(
    reports: dict[str, QualityReport], severity: dg.AssetCheckSeverity
) -> dg.AssetCheckResult:
    """One result for all channels: problems named by channel, and the figures as a table."""
    problems = [
        f"{name}: {problem}" for name, report in reports.items() for problem in report.problems
    ]
    measures = list(dict.fromkeys(key for report in reports.values() for key in report.measures))
    rows = ["| |" + "|".join(measures) + "|", "|---|" + "---|" * len(measures)]
    rows += [
        f"| {name} |" + "|".join(str(report.measures.get(key, "")) for key in measures) + "|"
        for name, report in reports.items()
    ]
    return dg.AssetCheckResult(
        passed=not problems,
        severity=severity,
        description="; ".join(problems)[:2000] or None,
        metadata={"evidence": dg.MetadataValue.md("\n".join(rows))},
    )


loop_checks = [
    hot_window_has_room,
    no_story_is_left_failed,
    numbers_came_in,
    revenue_is_known,
    viewers_stay,
    no_drop_against_baseline,
    version_is_no_regression,
    advice_is_bounded,
    versions_have_reasons,
]
