"""Checks on the marts and on what is learned from them.

They inform and never block. What follows from a check on performance is the optimizer's, which reads
the same outcomes: here people see why.
"""

from collections.abc import Callable
from typing import cast

import dagster as dg

from content_platform.orchestration import show
from content_platform.orchestration.assets.learn import config_version, recommendations
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

WARN, ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
OUTCOMES = dg.AssetKey("story_outcomes")


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
    return show.table_of_reports(reports, ERROR)


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
    return show.table_of_reports(reports, WARN)


def _by_channel(
    runtime: Runtime, judge: Callable[[ConfigVersion, list[OutcomeRow]], QualityReport]
) -> dg.AssetCheckResult:
    return show.table_of_reports(
        {
            version.channel: judge(version, load_outcomes(runtime.database, version.channel))
            for version in runtime.configs.channels()
        },
        WARN,
    )


learning_checks = [
    viewers_stay,
    no_drop_against_baseline,
    version_is_no_regression,
    advice_is_bounded,
    versions_have_reasons,
]
