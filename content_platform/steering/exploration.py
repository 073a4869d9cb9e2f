"""A share of the stories is made a little differently on purpose: without it nothing is learned.

Pure: what a story tries is decided by the hash of its key, so that planning it again changes nothing.

A story that tries something tries most parameters at once, each one step aside. Their effects are
told apart afterwards by regression (a random factorial design; Box, Hunter & Hunter, Statistics for
Experimenters, 2005, chapter 5): every such story says something about every parameter, where
trying one thing at a time would need several times as many stories.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection

from content_platform.steering.models import ChannelConfig, ConfigChange
from content_platform.steering.parameters import ChoiceParameter, learnable, parameters_of

CHANCE_OF_EACH = 2 / 3
"""That a trying story tries a parameter. Not all at once: curvature would look like trying itself."""


def explored_changes(
    story_id: str, config: ChannelConfig, *, held: Collection[str] = ()
) -> tuple[ConfigChange, ...]:
    """What ``story_id`` tries instead of ``config``: nothing, or some parameters one step aside.

    The share of stories that try something is ``optimizer.explore``; none do when the optimizer is
    off. ``held`` names paths to leave alone: those under experiment (``held_paths``) and those the
    request sets itself.
    """
    dice = random.Random(hashlib.sha256(f"explore:{story_id}".encode()).digest())
    if dice.random() >= config.optimizer.explore:
        return ()
    current = parameters_of(config)
    tried = []
    for parameter in learnable(config):
        # Both dice are thrown for each parameter, so that holding one changes nothing for others.
        chosen, way = dice.random() < CHANCE_OF_EACH, dice.random()
        alternatives = parameter.alternatives(current[parameter.path])
        if not chosen or not alternatives or parameter.path in held:
            continue
        ends = (
            alternatives
            if isinstance(parameter, ChoiceParameter)
            else (alternatives[0], alternatives[-1])
        )
        tried.append(
            ConfigChange(
                path=parameter.path,
                old=current[parameter.path],
                new=ends[int(way * len(ends))],
            )
        )
    return tuple(tried)
