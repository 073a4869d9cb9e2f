"""What to change on a channel: learned from its own outcomes, with how sure one may be.

Pure: outcomes and a config go in, advice comes out. It knows nothing of how audiences, real or
simulated, come to their answers (a lint forbids it to import publishing), writes nothing and
decides nothing: ``optimizer`` does.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from content_platform.steering.models import ChannelConfig, ConfigChange, ParameterValue
from content_platform.steering.outcomes import OutcomeRow, measured
from content_platform.steering.parameters import Parameter, learnable, parameters_of
from content_platform.steering.response import Array, Posterior, contrasts, place

MOST_CHANGES = 2
"""So many parameters one version may change."""
LEAST_UPLIFT = 0.01
"""The lower 90 % bound an uplift must reach to be recommended."""
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


def recommend(
    outcomes: Sequence[OutcomeRow],
    config: ChannelConfig,
    *,
    seed: str,
    held: Collection[str] = (),
    refused: Callable[[str, ParameterValue, ParameterValue], bool] = lambda *_: False,
) -> Advice:
    """The step from ``config`` that is best beyond doubt, or why there is none.

    ``held`` names parameters to leave alone (those under experiment); ``refused(path, old, new)``
    says what must not be tried again yet. The same input and seed give the same advice.
    """
    rows = measured(outcomes)[-MOST_STORIES:]
    thin = _too_thin(rows, config)
    if thin:
        return Advice((), thin, len(rows))
    current = parameters_of(config)
    open_parameters = [
        parameter
        for parameter in learnable(config)
        if parameter.path not in held and _varied(rows, parameter)
    ]
    if not open_parameters:
        return Advice(
            (),
            "Abstains: no parameter it may change was varied in "
            f"{LEAST_VARIED} or more of the {len(rows)} measured stories.",
            len(rows),
        )
    steps = [
        (parameter.path, value)
        for parameter in open_parameters
        for value in parameter.alternatives(current[parameter.path])
        if not refused(parameter.path, current[parameter.path], value)
    ]
    candidates: list[dict[str, ParameterValue]] = [{path: value} for path, value in steps]
    candidates += [
        {one[0]: one[1], other[0]: other[1]}
        for one, other in combinations(steps, MOST_CHANGES)
        if one[0] != other[0]
    ]
    if not candidates:
        return Advice(
            (), "Abstains: every step was taken back lately or is out of bounds.", len(rows)
        )
    directions = np.array(
        [
            place({**current, **candidate}, open_parameters) - place(current, open_parameters)
            for candidate in candidates
        ]
    )
    objective = _contrasts(rows, [row.log_objective for row in rows], open_parameters, directions)
    draws = objective.samples(DRAWS, _number(seed))
    lows = np.expm1(np.quantile(draws, 0.10, axis=0))
    uplifts = np.expm1(draws).mean(axis=0)
    # The most certain gain, not the largest hope: a second change must earn its place.
    best = int(np.argmax(lows))
    expected, low = float(uplifts[best]), float(lows[best])
    chosen = candidates[best]
    changes = tuple(
        ConfigChange(path=path, old=current[path], new=value)
        for path, value in sorted(chosen.items())
    )
    said = " and ".join(f"{change.path} {change.old} → {change.new}" for change in changes)
    figures = f"expected {expected:+.1%}, lower 90 % bound {low:+.1%}, {len(rows)} stories"
    measures = {"expected_uplift": expected, "uplift_low": low}
    if low < LEAST_UPLIFT:
        return Advice(
            (),
            f"Abstains: the best step ({said}) is not sure enough: {figures}; "
            f"the bound must reach {LEAST_UPLIFT:+.0%}.",
            len(rows),
            measures=measures,
        )
    harm, guards = _harm(rows, config, open_parameters, directions[best : best + 1])
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


def _too_thin(rows: Sequence[OutcomeRow], config: ChannelConfig) -> str:
    least = config.optimizer.min_stories
    if config.optimizer.mode == "off":
        return "Abstains: the channel's optimizer is off."
    if not config.active:
        return "Abstains: the channel is closed."
    if len(rows) < least:
        return f"Abstains: {len(rows)} measured stories, optimizer.min_stories asks for {least}."
    return ""


def _varied(rows: Sequence[OutcomeRow], parameter: Parameter) -> bool:
    values = [row.parameters.get(parameter.path) for row in rows]
    usual = max(set(values), key=lambda value: (values.count(value), str(value)))
    return len(values) - values.count(usual) >= LEAST_VARIED


def _contrasts(
    rows: Sequence[OutcomeRow],
    values: Sequence[float],
    parameters: Sequence[Parameter],
    directions: Array,
) -> Posterior:
    return contrasts(
        rows,
        np.array(values),
        np.array([row.sampling_variance for row in rows]),
        np.array([place(row.parameters, parameters) for row in rows]),
        directions,
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
        change = math.expm1(float(_contrasts(watched, values, parameters, direction).mean()[0]))
        figures["completion_change"] = change
        if change < -COMPLETION_TOLERANCE:
            return f"would lower completion by {-change:.0%}", figures
    paid = [row for row in rows if row.revenue_usd is not None and row.revenue_usd > 0]
    if len(paid) >= config.optimizer.min_stories:
        values = [math.log(float(row.revenue_usd or 1)) for row in paid]
        change = math.expm1(float(_contrasts(paid, values, parameters, direction).mean()[0]))
        figures["revenue_change"] = change
        if change < -REVENUE_TOLERANCE:
            return f"would lower revenue per story by {-change:.0%}", figures
    return "", figures


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
