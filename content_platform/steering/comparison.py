"""Comparing an experiment's arms, as often as one likes.

Pure statistics. Looking every day and stopping at the first significant difference finds one
sooner or later where there is none, with an ordinary test. This one is a test martingale: the
chance that its evidence *ever* passes 1/alpha without a difference is at most alpha (Ville).

The evidence is the two-sample Bayes factor for the logarithm of watched seconds per impression,
with unknown mean and variance (right Haar prior) and a normal prior on the difference in standard
deviations: Gönen, Johnson, Lu & Westfall, "The Bayesian two-sample t test", The American
Statistician 59 (2005), eq. 4. That it allows optional stopping, because it only depends on the
data through the scale- and shift-free part: Hendriksen, de Heide & Grünwald, "Optional stopping
with Bayes factors", Bayesian Analysis 16 (2021); the same boundary as anytime-valid t-test in
Wang & Ramdas, "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown
variance" (2024). Exact for normal errors; tests hold it to alpha for skewed and heavy-tailed ones.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from content_platform.quality import QualityReport
from content_platform.steering.models import Experiment
from content_platform.steering.outcomes import OutcomeRow, measured

EFFECT_VARIANCE = 0.5
"""Prior variance of a difference, in squared standard deviations of single stories."""


@dataclass(frozen=True)
class Difference:
    """How one sample differs from another, valid however often it is looked at."""

    mean: float
    low: float
    high: float
    """A confidence sequence at level alpha; infinite as long as it says nothing."""
    evidence: float
    """Against there being no difference; 1/alpha is enough."""


def compare(control: Sequence[float], treated: Sequence[float], *, alpha: float) -> Difference:
    """The difference of the means of two samples of about normal values, ``treated`` less ``control``."""
    if len(control) < 2 or len(treated) < 2:
        return Difference(0.0, -math.inf, math.inf, 1.0)
    mean = statistics.fmean(treated) - statistics.fmean(control)
    freedom = len(control) + len(treated) - 2
    effective = len(control) * len(treated) / (len(control) + len(treated))
    squares = sum((len(part) - 1) * statistics.variance(part) for part in (control, treated))
    error = math.sqrt(max(squares / freedom / effective, 1e-18))
    wide = 1 + effective * EFFECT_VARIANCE
    t2 = (mean / error) ** 2
    power = (freedom + 1) / 2
    log_evidence = -math.log(wide) / 2 + power * (
        math.log1p(t2 / freedom) - math.log1p(t2 / (freedom * wide))
    )
    # The same, solved for the t at which the evidence is 1/alpha.
    ratio = math.exp(min((math.log(wide) / 2 - math.log(alpha)) / power, 700))
    reach = math.inf
    if ratio < wide:
        reach = error * math.sqrt(freedom * (ratio - 1) / (1 - ratio / wide))
    return Difference(mean, mean - reach, mean + reach, math.exp(min(log_evidence, 700)))


@dataclass(frozen=True)
class ArmResult:
    """One arm so far. Shares are against the control: 0.1 is 10 % more of the objective."""

    name: str
    stories: int
    watch_per_impression: float | None
    """Geometric mean, in seconds."""
    uplift: float | None
    uplift_low: float | None
    uplift_high: float | None
    """Bounds that hold for all arms at all times with probability 1 - alpha; None while infinite."""
    evidence: float


@dataclass(frozen=True)
class Comparison:
    """All arms of an experiment so far, the control first."""

    experiment: Experiment
    arms: tuple[ArmResult, ...]
    winner: str | None
    exhausted: bool
    """Every arm has ``max_per_arm`` stories and there is no winner."""

    @property
    def summary(self) -> str:
        """What is known, in a sentence."""
        counts = ", ".join(f"{arm.name} {arm.stories}" for arm in self.arms)
        if self.winner is not None:
            won = next(arm for arm in self.arms if arm.name == self.winner)
            better = won if won is not self.arms[0] else None
            said = (
                f"{better.uplift:+.0%} watched seconds per impression against "
                f"{self.arms[0].name}, at least {better.uplift_low:+.0%}, evidence "
                f"{better.evidence:.0f} to 1"
                if better and better.uplift is not None and better.uplift_low is not None
                else "every other arm is worse beyond doubt"
            )
            return f"{self.winner} won: {said} (stories: {counts})."
        if self.exhausted:
            return f"No arm was better beyond doubt when all had their stories ({counts})."
        return f"Undecided so far (stories: {counts})."

    def report(self) -> QualityReport:
        """As a check shows it: a winner is news to act on."""
        measures: dict[str, float | int | str] = {"summary": self.summary}
        for arm in self.arms:
            measures[f"{arm.name}_stories"] = arm.stories
            measures[f"{arm.name}_evidence"] = round(arm.evidence, 3)
            if arm.uplift is not None:
                measures[f"{arm.name}_uplift"] = round(arm.uplift, 4)
        news = self.winner is not None
        return QualityReport((self.summary,) if news else (), measures)


def evaluate(experiment: Experiment, outcomes: Sequence[OutcomeRow]) -> Comparison:
    """Compare the experiment's arms on the published stories that took part and are measured.

    An arm wins that is better than the control beyond doubt (the best, if several are); the control
    wins when every other arm is worse beyond doubt. The chance of any winner where all arms are the
    same is at most ``alpha``, shared between the comparisons.
    """
    logs: dict[str, list[float]] = {arm.name: [] for arm in experiment.arms}
    for row in measured(outcomes):
        arm = row.arms.get(experiment.experiment_id)
        if arm in logs:
            logs[arm].append(row.log_objective)
    control, *others = (arm.name for arm in experiment.arms)
    alpha = experiment.alpha / len(others)
    found = {name: compare(logs[control], logs[name], alpha=alpha) for name in others}
    ready = all(len(values) >= experiment.min_per_arm for values in logs.values())
    better = [name for name in others if found[name].low > 0]
    winner = None
    if ready and better:
        winner = max(better, key=lambda name: found[name].mean)
    elif ready and all(found[name].high < 0 for name in others):
        winner = control
    return Comparison(
        experiment,
        tuple(_result(name, logs[name], found.get(name)) for name in logs),
        winner,
        winner is None and all(len(values) >= experiment.max_per_arm for values in logs.values()),
    )


def _result(name: str, logs: Sequence[float], difference: Difference | None) -> ArmResult:
    mean = math.exp(statistics.fmean(logs)) if logs else None
    if difference is None:
        return ArmResult(name, len(logs), mean, None, None, None, 1.0)

    def share(value: float) -> float | None:
        return math.expm1(value) if math.isfinite(value) else None

    known = logs and difference.evidence != 1.0
    return ArmResult(
        name,
        len(logs),
        mean,
        share(difference.mean) if known else None,
        share(difference.low),
        share(difference.high),
        difference.evidence,
    )


def winning_changes(comparison: Comparison) -> Mapping[str, float | int | str]:
    """What the winner changes in the channel's config; empty when the control won or nobody did."""
    arms = {arm.name: arm.changes for arm in comparison.experiment.arms}
    return arms.get(comparison.winner or "", {})
