"""Things one can hold, put on a table or look at closely.

Every thing stands on y = 0, centred on x = 0, and is about 100 units high, so that the same
drawing serves as the hero of a detail shot and as something small in a hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from content_platform.imagery.illustrator.shapes import group
from content_platform.imagery.illustrator.things import (
    boxes,
    finds,
    household,
    keepsakes,
    outdoors,
    papers,
    tools,
)
from content_platform.imagery.illustrator.things.base import Thing, in_colour

_NAMES = {"map_": "map", "phone": "telephone"}

THINGS: dict[str, Callable[[str], Thing]] = {
    _NAMES.get(draw.__name__, draw.__name__.replace("_", " ")): in_colour(draw)
    for draw in (
        keepsakes.lantern,
        keepsakes.bowed_lantern,
        keepsakes.candle,
        keepsakes.bowed_candle,
        keepsakes.lamp,
        keepsakes.watch,
        keepsakes.key,
        keepsakes.gear,
        keepsakes.ring,
        keepsakes.telescope,
        keepsakes.violin,
        keepsakes.umbrella,
        finds.star,
        finds.orb,
        finds.feather,
        keepsakes.crown,
        keepsakes.sword,
        keepsakes.bell,
        finds.coin,
        finds.button,
        finds.crystal,
        keepsakes.compass,
        keepsakes.lens,
        keepsakes.necklace,
        keepsakes.guitar,
        finds.leaf,
        finds.seed,
        finds.egg,
        finds.shell,
        keepsakes.pencil,
        keepsakes.hat,
        keepsakes.scarf,
        keepsakes.glove,
        finds.stone,
        *(papers.book, papers.closed_book, papers.letter, papers.page, papers.map_),
        *(papers.short_letter, papers.picture, papers.ticket, papers.scroll),
        *(boxes.box, boxes.chest, boxes.music_box, boxes.suitcase, boxes.parcel, boxes.basket),
        household.clock,
        household.cup,
        household.bread,
        household.cake,
        household.bottle,
        household.open_bottle,
        household.mirror,
        household.flower,
        household.shoe,
        household.camera,
        household.phone,
        household.radio,
        household.toy_bear,
        household.teapot,
        household.door,
        household.chair,
        household.doll,
        household.drum,
        household.piano,
        household.typewriter,
        household.apple,
        household.pumpkin,
        household.ball,
        household.hammer,
        household.wrench,
        household.table,
        household.mushroom,
        outdoors.robot,
        outdoors.boat,
        outdoors.rowing_boat,
        outdoors.bicycle,
        outdoors.kite,
        outdoors.balloon,
        outdoors.rocking_horse,
        outdoors.car,
        outdoors.rocket,
        outdoors.barrel,
        outdoors.snowman,
        outdoors.scarecrow,
        outdoors.signpost,
        outdoors.stall,
        *(finds.spoon, finds.rope, finds.footprints),
        *(
            tools.tuning_fork,
            tools.scissors,
            tools.torch,
            tools.lanterns,
            tools.bulb,
            tools.metronome,
            tools.spring,
        ),
        *(tools.needle, tools.whistle, tools.newspaper, tools.bowl, tools.jar, tools.fire),
        *(tools.brush, tools.chalk, tools.axe, tools.pickaxe, tools.spade, tools.broom),
        *(tools.straw_hat, tools.blanket, tools.microphone, tools.sewing_machine, tools.ladder),
        *(tools.stool, tools.bench, tools.armchair),
        outdoors.gravestone,
        outdoors.well,
        outdoors.tent,
    )
}
"""Every drawable thing; each takes a colour (empty for its usual one)."""

HAND_HELD = frozenset(
    {
        "lantern",
        "bowed lantern",
        "candle",
        "bowed candle",
        "watch",
        "compass",
        "key",
        "gear",
        "lens",
        "book",
        "closed book",
        "letter",
        "page",
        "short letter",
        "spoon",
        "rope",
        "ticket",
        "scroll",
        "button",
        "music box",
        "chest",
        "map",
        "picture",
        "box",
        "suitcase",
        "parcel",
        "cup",
        "ring",
        "necklace",
        "violin",
        "guitar",
        "umbrella",
        "bread",
        "cake",
        "apple",
        "pumpkin",
        "bottle",
        "open bottle",
        "mirror",
        "flower",
        "leaf",
        "seed",
        "egg",
        "shell",
        "star",
        "orb",
        "ball",
        "balloon",
        "feather",
        "pencil",
        "crown",
        "sword",
        "hammer",
        "wrench",
        "bell",
        "shoe",
        "hat",
        "scarf",
        "glove",
        "camera",
        "basket",
        "coin",
        "crystal",
        "stone",
        "kite",
        "teapot",
        "doll",
        "mushroom",
        "telescope",
        "toy bear",
        *(
            "tuning fork",
            "scissors",
            "torch",
            "bulb",
            "spring",
            "needle",
            "whistle",
            "newspaper",
            "bowl",
            "jar",
        ),
        *("brush", "chalk", "straw hat", "blanket", "axe"),
    }
)
"""Things a person can carry in one hand."""

POLES = {"broom": tools.broom, "spade": tools.spade}
"""Tools both hands hold by a long shaft, their end on the ground; drawn with a shaft so long."""

LONG = frozenset(
    {
        *(
            "pencil",
            "spoon",
            "feather",
            "sword",
            "tuning fork",
            "scissors",
            "needle",
            "brush",
            "chalk",
            "wrench",
        ),
        *("hammer", "axe", "pickaxe", "spade", "broom", "key"),
    }
)
"""Drawn upright, as a hand holds them; put down they lie on their side."""

FLAT = frozenset(
    {
        "page",
        "short letter",
        "letter",
        "map",
        "ticket",
        "newspaper",
        "coin",
        "button",
        "leaf",
        "gear",
    }
)
"""Sheets and discs: put down they lie flat."""


def laid(name: str, thing: Thing, *, tilt: float = 0.62) -> Thing:
    """A thing as it rests when nobody holds it; ``tilt`` is how high a flat sheet still looks."""
    if name in LONG:
        x, y = -45 * math.sin(math.radians(74)), 45 * math.cos(math.radians(74)) - 13
        return replace(thing, svg=group(thing.svg, x=x, y=y, turn=74), glow="", flame=None)
    if name in FLAT:
        lie = f'<g transform="matrix(1.12 0 -{0.42 * (1 - tilt):.3f} {tilt:.3f} 0 0)">'
        return replace(thing, svg=f"{lie}{thing.svg}</g>")
    return thing
