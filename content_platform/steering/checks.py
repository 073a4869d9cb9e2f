"""Is a channel doing well? Judged from its stories' outcomes, with the evidence.

Pure: outcomes come in, a report goes out; asset checks show it. What follows is ``optimizer``'s.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from content_platform.quality import QualityReport
from content_platform.steering.lineage import Standing, standing
from content_platform.steering.models import ConfigVersion
from content_platform.steering.outcomes import OutcomeRow, known, measured
from content_platform.steering.parameters import CATALOGUE, parameters_of
from content_platform.steering.response import place, respond

LAST = 6
"""So many of the newest stories say how it goes now."""
BASELINE = 30
"""So many before those say how it usually goes."""
LEAST_BASELINE = 8
DROP = 0.15
"""The share a median must have fallen by to be worth a warning."""

WORSE_BY = 0.05
"""A version is worse when it loses more than this share of the objective."""
SURE = 0.9
"""The probability from which a worse version is taken back."""
LEAST_UNDER_VERSION = 4
ENOUGH_BEFORE = 12
"""With fewer stories under the content before, those before it are compared with as well."""
_MOST_STORIES = 250
_VERSION_SCALE = 2.0
"""A version may change more than one parameter's step can."""


def completion_under_threshold(outcomes: Sequence[OutcomeRow], threshold: float) -> QualityReport:
    """Whether the median of the last stories' completion is under ``threshold``, a share."""
    known = [row.completion for row in measured(outcomes) if row.completion is not None][-LAST:]
    if len(known) < LAST:
        return QualityReport((), {"stories": len(known), "judged": "no, too few stories"})
    median = statistics.median(known)
    measures: dict[str, float | int | str] = {
        "stories": len(known),
        "completion": round(median, 4),
        "threshold": threshold,
    }
    if median >= threshold:
        return QualityReport((), measures)
    return QualityReport(
        (
            f"The average viewer watches {median:.0%} of a video, under the channel's "
            f"{threshold:.0%}: make stories shorter, or faster to begin.",
        ),
        measures,
    )


def drop_against_baseline(outcomes: Sequence[OutcomeRow]) -> QualityReport:
    """Whether the last stories do clearly worse than those before, by the channel's own measure.

    Medians of the objective's logarithm, with their standard error from the median absolute
    deviation: one viral or failed story moves neither.
    """
    logs = [row.log_objective for row in measured(outcomes)][-(LAST + BASELINE) :]
    if len(logs) < LAST + LEAST_BASELINE:
        return QualityReport((), {"stories": len(logs), "judged": "no, too few stories"})
    now, before = logs[-LAST:], logs[:-LAST]
    usual = statistics.median(before)
    change = statistics.median(now) - usual
    # 1.4826 makes the MAD a standard deviation, 1.2533 a mean's standard error a median's.
    spread = 1.4826 * statistics.median(abs(value - usual) for value in before)
    error = 1.2533 * spread * math.sqrt(1 / len(now) + 1 / len(before))
    share = math.expm1(change)
    measures: dict[str, float | int | str] = {
        "stories": len(now),
        "baseline_stories": len(before),
        "change": round(share, 4),
        "standard_errors": round(change / error, 2) if error > 0 else 0.0,
    }
    if share > -DROP or change > -2 * error:
        return QualityReport((), measures)
    return QualityReport(
        (
            f"Watched seconds per impression of the last {len(now)} stories are {-share:.0%} below "
            f"those of the {len(before)} before: look at what changed in `config history`.",
        ),
        measures,
    )


@dataclass(frozen=True)
class Regression:
    """How the content in force compares with what it replaced."""

    version: int
    """The first version that had the content in force."""
    before: int | None
    """The version it is compared with."""
    stories: int
    stories_before: int
    probability: float | None
    """That it loses more than 5 % of the objective; None when it cannot be judged."""
    change: float | None
    """The share it is expected to have changed the objective by."""
    reason: str

    @property
    def worse(self) -> bool:
        """Whether it is worse beyond reasonable doubt."""
        return self.probability is not None and self.probability > SURE

    def report(self) -> QualityReport:
        """As a check shows it."""
        measures: dict[str, float | int | str] = {
            "version": self.version,
            "stories": self.stories,
            "stories_before": self.stories_before,
            "reason": self.reason,
        }
        if self.before is not None:
            measures["before"] = self.before
        if self.probability is not None and self.change is not None:
            measures["probability_worse"] = round(self.probability, 4)
            measures["change"] = round(self.change, 4)
        return QualityReport((self.reason,) if self.worse else (), measures)


def regression(outcomes: Sequence[OutcomeRow], history: Sequence[ConfigVersion]) -> Regression:
    """Whether the content in force does worse than the one before it, and how sure that is.

    ``history`` has all of the channel's versions. Adjusted for theme, weekday, hour, trend, age,
    and for what single stories tried; stories count from their first reported day, so that a loss
    is found days before they are measured for good. A content that came back is not judged again, so that two versions
    never take each other's place in turn.
    """
    stand = standing(history)
    rows = known(outcomes)[-_MOST_STORIES:]
    now = [row for row in rows if row.config_version in stand.run]
    before = _before(rows, stand)
    then = {row.story_id for row in before}

    def judged(probability: float | None, change: float | None, reason: str) -> Regression:
        return Regression(
            min(stand.run),
            stand.before.version if stand.before else None,
            len(now),
            len(before),
            probability,
            change,
            reason,
        )

    if stand.before is None:
        return judged(None, None, "There is no earlier content to compare with.")
    if stand.returned:
        return judged(None, None, "This content came back from earlier: it is not judged again.")
    least = LEAST_UNDER_VERSION
    if len(now) < least or len(before) < least:
        return judged(
            None,
            None,
            f"{len(now)} stories with outcomes since and {len(before)} before: at least {least} each.",
        )
    posterior = respond(
        rows,
        np.array([row.log_objective for row in rows]),
        np.array([row.sampling_variance for row in rows]),
        np.array([_effects(row, stand, history, row.story_id in then) for row in rows]),
    )
    direction = np.array([1.0, -1.0, 0.0, *np.zeros(_width())]) * _VERSION_SCALE
    probability = posterior.below(direction, math.log1p(-WORSE_BY))
    change = math.expm1(posterior.mean(direction))
    return judged(
        probability,
        change,
        f"Version {min(stand.run)} changed watched seconds per impression by {change:+.0%} against "
        f"version {stand.before.version}: with a probability of {probability:.0%} it loses more "
        f"than {WORSE_BY:.0%} ({len(now)} stories since, {len(before)} before).",
    )


def _before(rows: Sequence[OutcomeRow], stand: Standing) -> list[OutcomeRow]:
    """The stories to compare with: a content that was in force for a day alone says too little."""
    alike = [row for row in rows if row.config_version in stand.before_alike]
    other = [row for row in rows if row.config_version not in stand.before_alike | stand.alike]
    missing = max(ENOUGH_BEFORE - len(alike), 0)
    return alike + other[len(other) - min(missing, len(other)) :]


def _effects(
    row: OutcomeRow, stand: Standing, history: Sequence[ConfigVersion], before: bool
) -> list[float]:
    """In force, before, or another content; and how far the story was from its version's config."""
    there = row.config_version
    now = there in stand.run
    usual = next((old for old in history if old.version == there), stand.current)
    parameters = list(CATALOGUE.values())
    aside = place(row.parameters, parameters) - place(parameters_of(usual.config), parameters)
    which = [float(now), float(before), float(not now and not before)]
    return [*(_VERSION_SCALE * value for value in which), *aside]


def _width() -> int:
    return len(place({}, list(CATALOGUE.values())))
