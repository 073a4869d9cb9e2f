"""A great dead tree, a creature whose light sinks, and who meets them: where the picture shows each."""

from __future__ import annotations

import itertools

import pytest

from content_platform.imagery.illustrator.animals import ANIMALS
from content_platform.imagery.illustrator.director import set_stage
from content_platform.imagery.models import Box, DrawRequest
from content_platform.stories.models import Beat, CastMember, Scene, Shot, TimeOfDay, Weather
from content_platform.vocabulary import ArtStyle, Format, Mood

DRAGON = CastMember(name="Ruth", kind="creature", noun="dragon")
MOTH = CastMember(name="moth", kind="animal", noun="moth", traits=("golden",))


def boxes(
    text: str,
    shape: Format,
    *,
    cast: tuple[CastMember, ...] = (MOTH, DRAGON),
    props: tuple[str, ...] = (),
    action: str = "standing",
    place: str = "mountain",
) -> tuple[list[Box], float]:
    """Figures and things of the picture, and where its landmark is, as a part of the width."""
    scene = Scene(
        index=0,
        text=text,
        place=place,
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.SNOW,
        mood=Mood.SAD,
        shot=Shot.MEDIUM,
        beat=Beat.TURN,
        cast=tuple(member.name for member in cast),
        props=props,
        action=action,
    )
    stage, _, found = set_stage(
        DrawRequest(
            scene=scene,
            cast=cast,
            style=ArtStyle.PAPER_CUT,
            formats=(shape,),
            prompt="x",
            seed=72,
        ),
        shape,
    )
    return [box for box in found if box.kind != "face"], stage.layout.landmark_x / stage.w


@pytest.mark.parametrize("shape", Format)
def test_a_great_tree_stands_beside_a_dragon_not_behind_it(shape: Format) -> None:
    text = "There stood a dead tree, huge and white. The moth lay down there, and its light sank."
    found, trunk = boxes(text, shape, props=("dead tree",), action="lying down", place="forest")
    moth, dragon = found[:2]
    assert not dragon.x - 0.02 < trunk < dragon.x + dragon.width + 0.02
    assert moth.height < 0.3 * dragon.height
    assert moth.y + moth.height > dragon.y + 0.8 * dragon.height, "it lies on the ground"


@pytest.mark.parametrize(
    ("shape", "action"), list(itertools.product(Format, ("standing", "walking", "sitting")))
)
def test_there_is_room_above_the_horns_of_a_dragon(shape: Format, action: str) -> None:
    found, _ = boxes("Ruth went on.", shape, cast=(DRAGON,), action=action)
    assert found[0].y > 0.08


@pytest.mark.parametrize("shape", Format)
def test_who_is_afraid_of_a_fire_keeps_away_from_it_and_both_are_whole(shape: Format) -> None:
    text = "Ruth was a dragon who was afraid of fire."
    found, _ = boxes(text, shape, cast=(DRAGON,), props=("fire",), action="walking")
    dragon, fire = found[0], next(box for box in found if box.kind == "thing")
    apart = max(fire.x - dragon.x - dragon.width, dragon.x - fire.x - fire.width)
    assert apart > 0.02
    assert fire.x > 0.01
    assert fire.x + fire.width < 0.99


@pytest.mark.parametrize("shape", Format)
def test_what_one_animal_gives_another_lies_between_them(shape: Format) -> None:
    text = "So she gave it the silver button that had been her mother's."
    found, _ = boxes(
        text, shape, cast=(DRAGON, MOTH), props=("silver button",), action="giving button"
    )
    button = next(box for box in found if box.kind == "thing")
    middles = sorted(box.x + box.width / 2 for box in found if box.kind == "figure")
    assert middles[0] < button.x + button.width / 2 < middles[1]


def test_a_moth_that_lies_down_has_its_wings_folded() -> None:
    assert (
        ANIMALS["butterfly"]("", "lying").height < 0.6 * ANIMALS["butterfly"]("", "walking").height
    )
