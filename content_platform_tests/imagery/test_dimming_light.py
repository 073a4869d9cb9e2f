"""A great dead tree, a creature whose light sinks, and who meets them: where the picture shows each."""

from __future__ import annotations

import colorsys
import itertools
from functools import partial
from typing import Literal

import cv2
import numpy as np
import pytest

from content_platform.captions.layout import caption_top
from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.animals import ANIMALS
from content_platform.imagery.illustrator.director import set_stage
from content_platform.imagery.illustrator.moment import DIMMED
from content_platform.imagery.illustrator.stage import Layer
from content_platform.imagery.models import Box, DrawRequest
from content_platform.imagery.scenes import draw_requests
from content_platform.stories.models import (
    Beat,
    Brief,
    CastMember,
    Scene,
    Shot,
    Story,
    TimeOfDay,
    Weather,
)
from content_platform.vocabulary import ArtStyle, Format, Mood

DRAGON = CastMember(name="Ruth", kind="creature", noun="dragon")
MOTH = CastMember(name="moth", kind="animal", noun="moth", traits=("golden",))


def snowy(
    text: str,
    *,
    index: int = 0,
    beat: Beat = Beat.TURN,
    place: str = "mountain",
    shot: Shot = Shot.MEDIUM,
    cast: tuple[str, ...] = ("moth",),
    props: tuple[str, ...] = (),
    action: str = "standing",
) -> Scene:
    """A sad scene of a night in the snow."""
    return Scene(
        index=index,
        text=text,
        place=place,
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.SNOW,
        mood=Mood.SAD,
        shot=shot,
        beat=beat,
        cast=cast,
        props=props,
        action=action,
    )


def drawn_after_one_another(*scenes: Scene) -> list[DrawRequest]:
    """What is asked of the illustrator for a story of these scenes."""
    return draw_requests(
        Story.model_construct(cast=(DRAGON, MOTH), scenes=scenes),
        Brief.model_construct(seed=72, style=ArtStyle.PAPER_CUT, formats=(Format.LANDSCAPE,)),
    )


def boxes(
    text: str,
    shape: Format,
    *,
    cast: tuple[CastMember, ...] = (MOTH, DRAGON),
    props: tuple[str, ...] = (),
    action: str = "standing",
    place: str = "mountain",
    shot: Shot = Shot.MEDIUM,
    side: Literal["left", "right"] = "left",
) -> tuple[list[Box], float]:
    """Figures and things of the picture, and where its landmark is, as a part of the width."""
    names = tuple(member.name for member in cast)
    scene = snowy(text, place=place, shot=shot, cast=names, props=props, action=action)
    stage, _, found = set_stage(
        DrawRequest(
            scene=scene,
            cast=cast,
            style=ArtStyle.PAPER_CUT,
            formats=(shape,),
            side=side,
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


def test_a_moth_that_lies_down_closes_its_wings_and_stands_on_thin_legs() -> None:
    moth = ANIMALS["butterfly"]("", "lying")
    assert moth.head[0] > 15, "seen from the side"
    _, cover = raster.vector(moth.svg, (-100, -8, 200, 8), (400, 16))
    solid = cover[6] > 0.3
    legs = int((solid[1:] & ~solid[:-1]).sum())
    assert legs >= 4


@pytest.mark.parametrize("shape", Format)
def test_a_great_dead_tree_is_whole_and_twice_as_tall_as_a_dragon(shape: Format) -> None:
    text = "There stood a dead tree, huge and white."
    found, _ = boxes(text, shape, props=("dead tree",), place="forest")
    dragon, tree = found[1], found[-1]
    assert tree.height > 1.9 * dragon.height
    assert tree.height > 0.5
    assert 0.01 < tree.x < tree.x + tree.width < 0.99
    assert tree.y > 0.04


@pytest.mark.parametrize("shape", Format)
def test_a_tree_stays_where_it_was_whoever_is_named_first(shape: Format) -> None:
    told: list[tuple[str, tuple[CastMember, ...], str, str, Literal["left", "right"]]] = [
        ("There stood a dead tree.", (MOTH, DRAGON), "dead tree", "lying down", "left"),
        ("She gave it a button.", (DRAGON, MOTH), "dead tree", "giving button", "right"),
        ("It caught light.", (MOTH, DRAGON), "flowering tree", "standing", "right"),
    ]
    seen = [
        boxes(text, shape, cast=cast, props=(tree,), action=action, place="forest", side=side)
        for text, cast, tree, action, side in told
    ]
    assert len({trunk for _, trunk in seen}) == 1
    for (found, _), great in zip(seen, (1, 0, 1), strict=True):
        dragon, moth = found[great], found[1 - great]
        assert dragon.x > moth.x


@pytest.mark.parametrize("shape", Format)
def test_a_close_line_that_gives_a_thing_shows_giver_thing_and_receiver(shape: Format) -> None:
    found, _ = boxes(
        "So she gave it the silver button that had been her mother's.",
        shape,
        cast=(DRAGON, MOTH),
        props=("silver button",),
        action="giving button",
        shot=Shot.CLOSE,
    )
    dragon, moth = (box for box in found if box.kind == "figure")
    button = next(box for box in found if box.kind == "thing")
    for box in (dragon, moth, button):
        assert box.x > 0.005
        assert box.x + box.width < 0.995
        assert box.y + box.height < 0.8
    assert button.height < 0.25 * dragon.height, "no larger than a paw"


def test_a_beast_in_a_tall_picture_stands_above_the_captions() -> None:
    for cast in ((DRAGON,), (DRAGON, MOTH)):
        found, _ = boxes("It was late.", Format.PORTRAIT, cast=cast)
        dragon = found[0]
        assert dragon.y + dragon.height < caption_top(Format.PORTRAIT) + 0.01


def test_a_light_that_sank_stays_low_until_it_shines_again() -> None:
    lines = (
        ("The moth flew ahead.", Beat.RISE),
        ("The moth lay down there, and its light sank.", Beat.TURN),
        ("“There is none left,” it said.", Beat.TURN),
        ("So she gave it a button.", Beat.CLIMAX),
        ("Then the whole tree caught light.", Beat.CLIMAX),
        ("The moth went with her.", Beat.ENDING),
    )
    requests = drawn_after_one_another(
        *(snowy(text, index=index, beat=beat) for index, (text, beat) in enumerate(lines))
    )
    assert [DIMMED in request.cast[0].traits for request in requests] == [
        *(False, True, True, True),
        *(False, False),
    ]
    feet = []
    for request in requests:
        _, _, found = set_stage(request, Format.LANDSCAPE)
        moth = next(box for box in found if box.kind == "figure")
        feet.append(moth.y + moth.height)
    assert min(feet[1:4]) > max(feet[0], *feet[4:])


def test_moods_turn_the_hue_of_one_hours_sky_only_gently() -> None:
    hues = []
    for mood in Mood:
        scene = Scene(
            index=0,
            text="It was late.",
            place="mountain",
            time_of_day=TimeOfDay.NIGHT,
            weather=Weather.CLEAR,
            mood=mood,
            shot=Shot.MEDIUM,
            beat=Beat.CLIMAX,
            cast=("Ruth",),
            props=(),
            action="standing",
        )
        request = DrawRequest(
            scene=scene,
            cast=(DRAGON,),
            style=ArtStyle.PAPER_CUT,
            formats=(Format.SQUARE,),
            prompt="x",
            seed=72,
        )
        sky = set_stage(request, Format.SQUARE)[0].light.sky[1]
        red, green, blue = (int(sky[k : k + 2], 16) / 255 for k in (1, 3, 5))
        hues.append(colorsys.rgb_to_hsv(red, green, blue)[0])
    assert max(hues) - min(hues) < 0.07


def test_who_sat_is_seen_to_sit() -> None:
    girl = CastMember(name="girl", kind="girl", noun="girl")
    scene = Scene(
        index=0,
        text="At the bottom of the dry well sat a lost girl.",
        place="dry well",
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.CLEAR,
        mood=Mood.TENDER,
        shot=Shot.CLOSE,
        beat=Beat.TURN,
        cast=("girl",),
        props=("lantern", "well"),
        action="sitting",
    )
    request = DrawRequest(
        scene=scene,
        cast=(girl,),
        style=ArtStyle.STORYBOOK_LIGHT,
        formats=(Format.PORTRAIT,),
        prompt="x",
        seed=71,
    )
    stage, _, found = set_stage(request, Format.PORTRAIT)
    assert stage.scene.shot is Shot.MEDIUM
    figure = next(box for box in found if box.kind == "figure")
    assert figure.y + figure.height < caption_top(Format.PORTRAIT) + 0.02
    assert sum(box.kind == "thing" for box in found) == 1, "her lantern, and no well in the well"


@pytest.mark.parametrize("shape", [Format.LANDSCAPE, Format.PORTRAIT])
def test_what_came_back_is_all_to_be_seen_among_many(shape: Format) -> None:
    cast = (
        CastMember(name="cat", kind="animal", noun="cat", traits=("black",)),
        CastMember(name="girl", kind="girl", noun="girl"),
        CastMember(name="Dot", kind="creature", noun="robot"),
        CastMember(name="Biscuit", kind="creature", noun="robot"),
    )
    found, _ = boxes(
        "Everything came back.",
        shape,
        cast=cast,
        props=("spoon", "candle", "boot"),
        action="sitting",
        place="night train",
    )
    things = [box for box in found if box.kind == "thing"]
    assert len(things) == 3
    low = sorted(things, key=lambda box: box.y)[-2:]
    one, other = sorted(low, key=lambda box: box.x)
    assert one.x + one.width < other.x + 0.02


def test_a_black_coat_has_an_edge_of_light() -> None:
    coat = "#1c1a20"
    cat = ANIMALS["cat"](coat, "sitting")
    view, size = (-150.0, -200.0, 300.0, 220.0), (300, 220)
    plain, solid = raster.vector(cat.svg, view, size)
    rimmed, wider = raster.vector(cat.with_rim(coat).svg, view, size)
    edge = (wider > 0.5) & (solid < 0.2)
    assert edge.sum() > 200
    dark = plain[solid > 0.9].mean()
    assert rimmed[edge].mean() > dark


def apart(one: Box, other: Box) -> float:
    """How far, in widths of the picture, two things are from each other; 0 where they overlap."""
    return max(0.0, other.x - one.x - one.width, one.x - other.x - other.width)


gift_boxes = partial(
    boxes, cast=(DRAGON, MOTH), props=("dead tree", "silver button"), place="forest"
)


@pytest.mark.parametrize("shape", Format)
@pytest.mark.parametrize("shot", [Shot.DETAIL, Shot.CLOSE, Shot.MEDIUM])
def test_what_somebody_does_to_somebody_is_never_a_still_life(shape: Format, shot: Shot) -> None:
    text = "She laid it on the shivering moth and held on tight."
    found, _ = gift_boxes(text, shape, action="giving silver button", shot=shot)
    dragon, moth = (box for box in found if box.kind == "figure")
    button = next(box for box in found if box.kind == "thing" and box.height < 0.2)
    assert apart(button, moth) == 0.0, "the gift is at whoever gets it"
    assert button.width < 0.35 * dragon.width


@pytest.mark.parametrize("shape", Format)
def test_what_is_looked_at_on_the_ground_is_before_its_owner(shape: Format) -> None:
    text = "Ruth had only one precious thing, her mother's silver button."
    found, _ = gift_boxes(text, shape, action="looking down at silver button")
    dragon, moth = (box for box in found if box.kind == "figure")
    button = next(box for box in found if box.kind == "thing" and box.height < 0.2)
    assert 0.0 < apart(button, dragon) < apart(button, moth) + 0.1
    assert moth.x < button.x < dragon.x


@pytest.mark.parametrize("kind", ["moth", "fox"])
def test_what_an_animal_goes_about_with_is_at_its_body_and_in_nobodys_hands(kind: str) -> None:
    it = CastMember(name=kind, kind="animal", noun=kind, traits=("golden",))
    girl = CastMember(name="Mara", kind="girl", noun="girl")
    for shape in Format:
        found, _ = boxes(
            "Something goes about with a silver button, glowing.",
            shape,
            cast=(it, girl),
            props=("silver button",),
        )
        animal = found[0]
        (button,) = (box for box in found if box.kind == "thing")
        assert apart(button, animal) == 0.0
        assert button.width < 0.5 * animal.width
        assert button.y < animal.y + animal.height


def _bright_above(text: str, shape: Format) -> tuple[int, list[Box]]:
    """How many separate lights stand out in the sky, and what is on the ground."""
    scene = Scene(
        index=2,
        text=text,
        place="mountain",
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.SNOW,
        mood=Mood.EPIC,
        shot=Shot.MEDIUM,
        beat=Beat.RISE,
        cast=("Ruth",),
        props=("star",),
        action="walking",
    )
    request = DrawRequest(
        scene=scene,
        cast=(DRAGON,),
        style=ArtStyle.PAPER_CUT,
        formats=(shape,),
        prompt="x",
        seed=72,
    )
    stage, _, found = set_stage(request, shape)
    stars = 0
    for layer in stage.things:
        if not isinstance(layer, Layer) or "#fff3c4" not in layer.body:
            continue
        size = (round(stage.w / 2), round(stage.layout.horizon / 2))
        _, cover = raster.vector(layer.body, (0, 0, stage.w, stage.layout.horizon), size)
        stars += cv2.connectedComponents((cover > 0.5).astype(np.uint8))[0] - 1
    return stars, [box for box in found if box.kind == "thing"]


@pytest.mark.parametrize("shape", Format)
def test_stars_that_are_spoken_of_are_in_the_sky_and_never_on_the_ground(shape: Format) -> None:
    stars, things = _bright_above("The stars came lower, to see where they were going.", shape)
    assert stars >= 15
    assert things == []
    _, fallen = _bright_above("A small star fell at her feet.", shape)
    assert len(fallen) == 1


def test_a_creature_whose_strength_gave_way_lies_dim() -> None:
    requests = drawn_after_one_another(
        snowy("There the moth's strength gave way.", place="forest"),
        snowy("Ruth had only one precious thing.", index=1, place="forest"),
    )
    assert all(DIMMED in request.cast[0].traits for request in requests)


@pytest.mark.parametrize("shape", Format)
def test_three_beasts_in_a_row_are_three(shape: Format) -> None:
    goats = tuple(CastMember(name=name, kind="animal", noun="goat") for name in ("A", "B", "C"))
    found, _ = boxes("The three goats stopped.", shape, cast=goats)
    left, middle, right = sorted(box.x for box in found if box.kind == "figure")
    wide = max(box.width for box in found if box.kind == "figure")
    assert min(middle - left, right - middle) > 0.3 * wide, "no two become one with two heads"
