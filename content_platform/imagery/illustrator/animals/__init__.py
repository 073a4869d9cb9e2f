"""Animals and creatures, facing right, standing on y = 0, in units of about 100 per body height."""

from __future__ import annotations

import functools
from collections.abc import Callable

from content_platform.imagery.illustrator.animals import others
from content_platform.imagery.illustrator.animals.base import Beast
from content_platform.imagery.illustrator.animals.builds import BUILDS
from content_platform.imagery.illustrator.animals.dragons import dragon
from content_platform.imagery.illustrator.animals.quadrupeds import quadruped

ANIMALS: dict[str, Callable[..., Beast]] = {
    **{kind: functools.partial(quadruped, kind) for kind in BUILDS},
    **{
        draw.__name__: draw
        for draw in (
            others.rabbit,
            others.owl,
            others.bird,
            others.goose,
            others.hen,
            others.penguin,
            others.hedgehog,
            others.frog,
            others.fish,
            others.whale,
            dragon,
            others.turtle,
            others.butterfly,
            others.spirit,
        )
    },
}
"""Every drawable animal; each takes a colour (empty for its usual one), a pose and a feeling."""
