"""A share of the stories is made a little differently on purpose: without it nothing is learned.

What a story tries is decided by the hash of its key and the leanings in force when it is briefed.

A story that tries something tries most parameters at once, each at most one step aside. Their
effects are told apart afterwards by regression (a random factorial design; Box, Hunter & Hunter,
Statistics for Experimenters, 2005, chapter 5): every such story says something about every
parameter, where trying one thing at a time would need several times as many stories.

Values are tried as often as they are likely to be the best (Thompson sampling; Russo et al., A
Tutorial on Thompson Sampling, 2018, section 3). So trying costs little once something is known, and
a parameter that looks settled is left alone without a rule for it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection, Sequence

from sqlalchemy import select

from content_platform.steering.models import ChannelConfig, ConfigChange, Leaning, ParameterValue
from content_platform.steering.parameters import Parameter, learnable, parameters_of
from content_platform.storage.database import Database
from content_platform.storage.tables import recommendations

CHANCE_OF_EACH = 0.8
"""That a trying story tries a parameter. Not all at once: curvature would look like trying itself."""


def explored_changes(
    story_id: str,
    config: ChannelConfig,
    *,
    held: Collection[str] = (),
    leanings: Sequence[Leaning] = (),
) -> tuple[ConfigChange, ...]:
    """What ``story_id`` tries instead of ``config``: nothing, or some parameters one step aside.

    The share of stories that try something is ``optimizer.explore``; none do when the optimizer is
    off. ``held`` names paths to leave alone: those under experiment (``held_paths``) and those the
    request sets itself. Without ``leanings`` every value is as likely as another; they may be of an
    earlier config: what is more than a step from ``config`` is not tried.
    """
    dice = random.Random(hashlib.sha256(f"explore:{story_id}".encode()).digest())
    if dice.random() >= config.optimizer.explore:
        return ()
    current = parameters_of(config)
    tried = []
    for parameter in learnable(config):
        # Both dice are thrown for each parameter, so that holding one changes nothing for others.
        chosen, way = dice.random() < CHANCE_OF_EACH, dice.random()
        if not chosen or parameter.path in held:
            continue
        value = _drawn(parameter, current[parameter.path], leanings, way)
        if value != current[parameter.path]:
            tried.append(ConfigChange(path=parameter.path, old=current[parameter.path], new=value))
    return tuple(tried)


def newest_leanings(database: Database, channel: str) -> tuple[Leaning, ...]:
    """What the channel's newest recommendation says to try; empty as long as it says nothing."""
    query = (
        select(recommendations.c.leanings)
        .where(recommendations.c.channel == channel)
        .order_by(recommendations.c.day.desc())
        .limit(1)
    )
    with database.transaction() as connection:
        found = connection.scalar(query)
    return tuple(Leaning.model_validate(each) for each in found or ())


def _drawn(
    parameter: Parameter, current: ParameterValue, leanings: Sequence[Leaning], way: float
) -> ParameterValue:
    """The value at ``way`` (0 … 1) along the probabilities of those that may be tried."""
    chances = {
        leaning.value: leaning.probability
        for leaning in leanings
        if leaning.path == parameter.path and parameter.allows(current, leaning.value)
    }
    total = sum(chances.values())
    if total <= 0:
        chances = dict.fromkeys(parameter.ends(current), 1.0)
        total = float(len(chances))
    for value, chance in chances.items():
        way -= chance / total
        if way < 0:
            return value
    return current
