"""A share of the stories is made a little differently on purpose: without it nothing is learned.

Pure: what a story tries is decided by the hash of its key, so that planning it again changes nothing.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection

from content_platform.steering.models import ChannelConfig, ConfigChange
from content_platform.steering.parameters import learnable, parameters_of

MOST_AT_ONCE = 2


def explored_changes(
    story_id: str, config: ChannelConfig, *, held: Collection[str] = ()
) -> tuple[ConfigChange, ...]:
    """What ``story_id`` tries instead of ``config``: nothing, or one or two parameters a step aside.

    The share of stories that try something is ``optimizer.explore``; none do when the optimizer is
    off. ``held`` names paths to leave alone: those under experiment (``Experiments.held``) and
    those the request sets itself.
    """
    dice = random.Random(hashlib.sha256(f"explore:{story_id}".encode()).digest())
    if dice.random() >= config.optimizer.explore:
        return ()
    current = parameters_of(config)
    open_to_try = [
        (parameter.path, alternatives)
        for parameter in learnable(config)
        if parameter.path not in held
        and (alternatives := parameter.alternatives(current[parameter.path]))
    ]
    tried = dice.sample(open_to_try, min(len(open_to_try), dice.randint(1, MOST_AT_ONCE)))
    return tuple(
        ConfigChange(
            path=path,
            old=current[path],
            new=dice.choice((alternatives[0], alternatives[-1])),
        )
        for path, alternatives in sorted(tried)
    )
