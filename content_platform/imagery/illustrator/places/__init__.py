"""Places: what the world looks like behind and around the figures.

Each place is a function that sets the stage from the sky to the ground the subject stands on,
far things first. ``PLACES`` names them; the words that lead to each are in ``vocabulary.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable

from content_platform.imagery.illustrator.places import (
    cabins,
    halls,
    hollows,
    homes,
    open_land,
    rides,
    shops,
    streets,
    town,
    waters,
    woods,
)
from content_platform.imagery.illustrator.stage import Stage

Place = Callable[[Stage], None]

_ROOMS: dict[str, Place] = {
    "room": homes.living_room,
    "kitchen": homes.kitchen,
    "bedroom": homes.bedroom,
    "attic": homes.attic,
    "cellar": homes.cellar,
    "corridor": homes.corridor,
    "train": rides.train_carriage,
    "bus": rides.bus,
    "taxi interior": rides.taxi,
    "keeper's room": cabins.keepers_room,
    "ship cabin": cabins.ship_cabin,
    "spaceship cabin": cabins.spaceship_cabin,
    "stone hall": cabins.stone_hall,
    "clock shop": shops.clock_shop,
    "workshop": shops.workshop,
    "bakery": shops.bakery,
    "shop": shops.shop,
    "library": halls.library,
    "school": halls.school,
    "church": halls.church,
    "theatre": halls.theatre,
    "tower stairs": halls.tower_stairs,
    "lamp room": halls.lamp_room,
}

PLACES: dict[str, Place] = {
    "pine forest": woods.pine_forest,
    "forest": woods.broadleaf_forest,
    "garden": woods.garden,
    "graveyard": woods.graveyard,
    "ancient tree": woods.ancient_tree,
    "meadow": open_land.meadow,
    "mountains": open_land.mountains,
    "desert": open_land.desert,
    "snowfield": open_land.snowfield,
    "cave": hollows.cave,
    "dry well": hollows.dry_well,
    "sky": open_land.open_sky,
    "space": open_land.night_space,
    "somewhere": open_land.generic,
    "lake": waters.lake,
    "river": waters.river,
    "sea cliff": waters.sea_cliff,
    "beach": waters.beach,
    "open sea": waters.open_sea,
    "village": town.village,
    "harbour": town.harbour,
    "castle": town.castle,
    "station": town.station,
    "school yard": town.school_yard,
    "city": streets.city,
    "shop front": streets.shop_front,
    "doorstep": streets.doorstep,
    **_ROOMS,
}

INDOORS = frozenset(_ROOMS)
"""Places with a roof; ``lamp room`` among them, though it is mostly window."""

HOLLOWS = frozenset({"cave", "dry well"})
"""Places under the open sky where no wind blows."""

PAVED = frozenset(
    {"city", "village", "shop front", "doorstep", "station", "castle", "school yard", "harbour"}
)
"""Places where people walk on stones."""
