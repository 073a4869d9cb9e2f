"""What a line says of things and animals is what its picture shows."""

from __future__ import annotations

import pytest

from content_platform.imagery.illustrator.director import set_stage
from content_platform.imagery.illustrator.stage import Layer, Stage
from content_platform.imagery.models import Box, DrawRequest
from content_platform.stories.models import Beat, CastMember, Scene, Shot, TimeOfDay, Weather
from content_platform.vocabulary import ArtStyle, Format, Mood

CAT = CastMember(name="cat", kind="animal", noun="cat", traits=("black",))
DOT = CastMember(name="Dot", kind="creature", noun="robot")
BISCUIT = CastMember(name="Biscuit", kind="creature", noun="robot")
GIRL = CastMember(name="girl", kind="girl", noun="girl")
MOTH = CastMember(name="moth", kind="animal", noun="moth", traits=("golden",))
RUTH = CastMember(name="Ruth", kind="creature", noun="dragon")
SHAPES = (Format.LANDSCAPE, Format.PORTRAIT)


def set_up(
    text: str,
    cast: tuple[CastMember, ...],
    shape: Format,
    *,
    action: str,
    props: tuple[str, ...] = (),
    place: str = "meadow",
) -> tuple[Stage, list[Box]]:
    scene = Scene(
        index=1,
        text=text,
        place=place,
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.CLEAR,
        mood=Mood.MYSTERY,
        shot=Shot.MEDIUM,
        beat=Beat.RISE,
        cast=tuple(member.name for member in cast),
        props=props,
        action=action,
    )
    request = DrawRequest(
        scene=scene,
        cast=cast,
        style=ArtStyle.STORYBOOK_LIGHT,
        seed=7,
        formats=(shape,),
        prompt=text,
    )
    stage, _, boxes = set_stage(request, shape)
    return stage, list(boxes)


def of(kind: str, boxes: list[Box]) -> list[Box]:
    return [box for box in boxes if box.kind == kind]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("action", ["standing", "walking"])
def test_what_an_animal_makes_off_with_is_at_its_head_and_no_larger(
    shape: Format, action: str
) -> None:
    line = "They lay in wait, and saw a black cat carry off the bread."
    _, boxes = set_up(line, (CAT, DOT, BISCUIT), shape, action=action, props=("bread",))
    head, bread = of("face", boxes)[0], of("thing", boxes)[-1]
    assert bread.width <= 1.05 * head.width
    middle = bread.x + bread.width / 2
    assert head.x - bread.width < middle < head.x + head.width + bread.width
    assert head.y < bread.y + bread.height / 2 < head.y + 1.3 * head.height


@pytest.mark.parametrize("shape", SHAPES)
def test_an_animal_that_walks_with_two_goes_ahead_of_both(shape: Format) -> None:
    _, boxes = set_up("They walked on.", (DOT, CAT, BISCUIT), shape, action="walking")
    dot, cat, biscuit = (box.x + box.width / 2 for box in of("figure", boxes))
    assert (cat - dot) * (cat - biscuit) > 0


@pytest.mark.parametrize("shape", SHAPES)
def test_all_that_lies_around_somebody_is_seen_whole(shape: Format) -> None:
    _, boxes = set_up(
        "Down in the dry well sat a small girl among all the stolen things.",
        (GIRL,),
        shape,
        action="sitting",
        props=("lantern", "spoon", "boot"),
        place="dry well",
    )
    things = of("thing", boxes)
    assert len(things) == 3
    assert all(box.x > 0 and box.x + box.width < 1 for box in things)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_well_somebody_is_pulled_out_of_is_whole_in_the_picture(shape: Format) -> None:
    line = "One rope, and all their strength, and out of the well she came."
    cast, props = (DOT, BISCUIT, GIRL), ("rope", "well")
    _, boxes = set_up(line, cast, shape, action="holding rope", props=props)
    well = max(of("thing", boxes), key=lambda box: box.height)
    girl = of("face", boxes)[-1]
    assert well.x > 0.005
    assert well.x + well.width < 0.995
    assert well.y + 0.1 * well.height < girl.y  # the roof is above her


def shining(stage: Stage) -> int:
    return len([lamp for lamp in stage.lamps if lamp.colour == "#ffc878"])


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_sparks_are_ten_lights_on_a_bare_tree(shape: Format) -> None:
    cast, place = (MOTH, RUTH), "forest"
    props = ("dead tree",)
    stage, _ = set_up(
        "One spark. Then ten.", cast, shape, action="standing", props=props, place=place
    )
    assert shining(stage) == 10
    stage, _ = set_up(
        "Then every dead branch was in flower.",
        cast,
        shape,
        action="standing",
        props=("flowering tree",),
        place=place,
    )
    assert shining(stage) == 1


def test_between_dark_trunks_there_are_trunks() -> None:
    def layers(text: str) -> int:
        stage, _ = set_up(text, (RUTH,), Format.LANDSCAPE, action="walking", place="mountain")
        return sum(isinstance(one, Layer) for one in stage.things)

    assert layers("Ruth went between the dark trunks.") == layers("Ruth went on and on.") + 2


@pytest.mark.parametrize("shape", SHAPES)
def test_a_gift_lies_beside_whom_it_is_for_not_behind_it(shape: Format) -> None:
    _, boxes = set_up(
        "Now the moth had the button.",
        (RUTH, MOTH),
        shape,
        action="giving silver button",
        props=("dead tree", "silver button"),
        place="forest",
    )
    button = min(of("thing", boxes), key=lambda box: box.width)
    moth = of("figure", boxes)[1]
    overlap = min(button.x + button.width, moth.x + moth.width) - max(button.x, moth.x)
    assert overlap < 0.3 * button.width
