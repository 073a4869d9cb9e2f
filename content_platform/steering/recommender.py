"""What to change on a channel: learned from its own outcomes, with how sure one may be.

Pure: outcomes and a config go in, advice comes out. It knows nothing of how audiences, real or
simulated, come to their answers (a lint forbids it to import publishing), writes nothing and
decides nothing: ``optimizer`` does.

A step is advised when it is probably a gain, not only when it is so beyond doubt: waiting for
certainty costs more than a small step that is wrong, which later outcomes take back. How sure it
is, and the lower bound, are part of the advice.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from content_platform.steering.models import ChannelConfig, ConfigChange, Leaning, ParameterValue
from content_platform.steering.outcomes import OutcomeRow, known
from content_platform.steering.parameters import Parameter, apply_changes, learnable, parameters_of
from content_platform.steering.response import Array, Posterior, place, respond

MOST_CHANGES = 4
"""So many parameters one version may change."""
SURE_OF_EACH = 0.75
"""The probability from which one parameter's step is taken to be a gain."""
SURE = 0.85
"""The probability that all steps together must be a gain with, to be recommended."""
LEAST_UPLIFT = 0.03
"""The uplift that must be expected to be recommended."""
LEAST_VARIED = 3
"""So many stories must have had another value than the usual one, to learn about a parameter."""
MOST_STORIES = 250
"""Older stories than the last so many are left out: audiences change."""
COMPLETION_TOLERANCE = 0.10
REVENUE_TOLERANCE = 0.05
"""The share by which completion and revenue per story may be expected to fall."""
DRAWS = 4000


@dataclass(frozen=True)
class Advice:
    """Changes to make, or none, and why in words. Figures are shares: 0.08 is 8 %."""

    changes: tuple[ConfigChange, ...]
    reason: str
    stories: int
    expected_uplift: float | None = None
    uplift_low: float | None = None
    measures: dict[str, float] = field(default_factory=dict)
    leanings: tuple[Leaning, ...] = ()
    """What stories that try something should try; empty for anything, as long as little is known."""


def recommend(
    outcomes: Sequence[OutcomeRow],
    config: ChannelConfig,
    *,
    seed: str,
    held: Collection[str] = (),
    refused: Callable[[str, ParameterValue, ParameterValue], bool] = lambda *_: False,
    wait: str = "",
) -> Advice:
    """The step from ``config`` that is probably best, or why there is none; and what to try.

    ``held`` names parameters to leave alone (those under experiment); ``refused(path, old, new)``
    says what must not be tried again yet; ``wait`` why no step may be taken now, though there is
    something to learn. The same input and seed give the same advice.
    """
    rows = known(outcomes)[-MOST_STORIES:]
    thin = _too_thin(rows, config)
    if thin:
        return Advice((), thin, len(rows))
    varied = [
        parameter
        for parameter in learnable(config)
        if parameter.path not in held and _varied(rows, parameter)
    ]
    if not varied:
        return Advice(
            (),
            "Abstains: no parameter it may change was varied in "
            f"{LEAST_VARIED} or more of the {len(rows)} stories with outcomes.",
            len(rows),
        )
    draws = _respond(rows, [row.log_objective for row in rows], varied).samples(
        DRAWS, _number(seed)
    )
    advice = Advice((), wait, len(rows)) if wait else _step(rows, config, varied, refused, draws)
    around = config
    if config.optimizer.mode == "auto":
        around = apply_changes(config, {change.path: change.new for change in advice.changes})
    return replace(advice, leanings=_leanings(around, varied, refused, draws))


def _step(
    rows: Sequence[OutcomeRow],
    config: ChannelConfig,
    varied: Sequence[Parameter],
    refused: Callable[[str, ParameterValue, ParameterValue], bool],
    draws: Array,
) -> Advice:
    """The best value of each parameter within a step, as far as they are probably gains together."""
    current = parameters_of(config)
    here = place(current, varied)
    gains: list[tuple[float, ConfigChange]] = []
    steps = 0
    for parameter in varied:
        old = current[parameter.path]
        found = []
        for new in parameter.alternatives(old):
            if refused(parameter.path, old, new):
                continue
            steps += 1
            gain = draws @ (place({**current, parameter.path: new}, varied) - here)
            if float(np.mean(gain > 0)) >= SURE_OF_EACH:
                found.append(
                    (float(gain.mean()), ConfigChange(path=parameter.path, old=old, new=new))
                )
        if found:
            gains.append(max(found, key=lambda pair: pair[0]))
    if not steps:
        return Advice(
            (), "Abstains: every step was taken back lately or is out of bounds.", len(rows)
        )
    gains = sorted(gains, key=lambda pair: -pair[0])[:MOST_CHANGES]
    if not gains:
        return Advice(
            (),
            f"Abstains: no step is a gain with a probability of {SURE_OF_EACH:.0%} or more "
            f"({len(rows)} stories).",
            len(rows),
        )
    changes = tuple(sorted((change for _, change in gains), key=lambda change: change.path))
    moved = {change.path: change.new for _, change in gains}
    direction = place({**current, **moved}, varied) - here  # type: ignore[dict-item]
    gain = draws @ direction
    expected = float(np.expm1(gain).mean())
    low = float(np.expm1(np.quantile(gain, 0.10)))
    sure = float(np.mean(gain > 0))
    said = " and ".join(f"{change.path} {change.old} → {change.new}" for change in changes)
    figures = (
        f"expected {expected:+.1%}, a gain with a probability of {sure:.0%}, "
        f"lower 90 % bound {low:+.1%}, {len(rows)} stories"
    )
    measures = {"expected_uplift": expected, "uplift_low": low, "probability": sure}
    if sure < SURE or expected < LEAST_UPLIFT:
        return Advice(
            (),
            f"Abstains: the best step ({said}) is not sure enough: {figures}; asked for are "
            f"{LEAST_UPLIFT:+.0%} and {SURE:.0%}.",
            len(rows),
            measures=measures,
        )
    harm, guards = _harm(rows, config, varied, direction)
    measures |= guards
    if harm:
        return Advice((), f"Abstains: {said} ({figures}) {harm}.", len(rows), measures=measures)
    return Advice(
        changes,
        f"Watched seconds per impression rise with {said}: {figures}.",
        len(rows),
        expected,
        low,
        measures,
    )


def _leanings(
    config: ChannelConfig,
    varied: Sequence[Parameter],
    refused: Callable[[str, ParameterValue, ParameterValue], bool],
    draws: Array,
) -> tuple[Leaning, ...]:
    """How often each value within a step of ``config`` is the best of its parameter's, in the draws."""
    current = parameters_of(config)
    found = []
    for parameter in varied:
        old = current[parameter.path]
        values = [
            old, *(new for new in parameter.ends(old) if not refused(parameter.path, old, new))
        ]  # fmt: skip
        effects = np.array([place({**current, parameter.path: new}, varied) for new in values])
        best = np.bincount((draws @ effects.T).argmax(axis=1), minlength=len(values)) / len(draws)
        found += [
            Leaning(path=parameter.path, value=value, probability=round(float(share), 3))
            for value, share in zip(values, best, strict=True)
        ]
    return tuple(found)


def _too_thin(rows: Sequence[OutcomeRow], config: ChannelConfig) -> str:
    least = config.optimizer.min_stories
    if config.optimizer.mode == "off":
        return "Abstains: the channel's optimizer is off."
    if not config.active:
        return "Abstains: the channel is closed."
    if len(rows) < least:
        return (
            f"Abstains: {len(rows)} stories with outcomes, optimizer.min_stories asks for {least}."
        )
    return ""


def _varied(rows: Sequence[OutcomeRow], parameter: Parameter) -> bool:
    values = [row.parameters.get(parameter.path) for row in rows]
    usual = max(set(values), key=lambda value: (values.count(value), str(value)))
    return len(values) - values.count(usual) >= LEAST_VARIED


def _respond(
    rows: Sequence[OutcomeRow], values: Sequence[float], parameters: Sequence[Parameter]
) -> Posterior:
    return respond(
        rows,
        np.array(values),
        np.array([row.sampling_variance for row in rows]),
        np.array([place(row.parameters, parameters) for row in rows]),
    )


def _harm(
    rows: Sequence[OutcomeRow],
    config: ChannelConfig,
    parameters: Sequence[Parameter],
    direction: Array,
) -> tuple[str, dict[str, float]]:
    """What the change would cost elsewhere, in words; empty when within tolerance."""
    figures: dict[str, float] = {}
    watched = [row for row in rows if row.completion is not None and row.completion > 0]
    if len(watched) >= config.optimizer.min_stories:
        values = [math.log(row.completion or 1.0) for row in watched]
        change = math.expm1(_respond(watched, values, parameters).mean(direction))
        figures["completion_change"] = change
        if change < -COMPLETION_TOLERANCE:
            return f"would lower completion by {-change:.0%}", figures
    paid = [row for row in rows if row.revenue_usd is not None and row.revenue_usd > 0]
    if len(paid) >= config.optimizer.min_stories:
        values = [math.log(float(row.revenue_usd or 1)) for row in paid]
        change = math.expm1(_respond(paid, values, parameters).mean(direction))
        figures["revenue_change"] = change
        if change < -REVENUE_TOLERANCE:
            return f"would lower revenue per story by {-change:.0%}", figures
    return "", figures


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
