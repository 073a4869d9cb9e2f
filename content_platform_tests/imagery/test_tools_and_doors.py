"""Tools in the hands of who uses them, frost on panes, doors, sheets that lie, heads of trades."""

from __future__ import annotations

import pytest

from content_platform.imagery.illustrator.director import place_family, set_stage
from content_platform.imagery.illustrator.look import look_of
from content_platform.imagery.illustrator.moment import is_at_a_door, tool_of
from content_platform.imagery.illustrator.stage import Layer, Stage
from content_platform.imagery.illustrator.troupe import Troupe
from content_platform.imagery.models import DrawRequest
from content_platform.stories.models import (
    Beat,
    CastMember,
    Scene,
    Shot,
    TimeOfDay,
    Weather,
)
from content_platform.vocabulary import ArtStyle, Format, Mood

GIRL = CastMember(name="girl", kind="girl", noun="girl")
BELA = CastMember(name="Bela", kind="man", noun="barber", traits=("blue cap",))


def staged(
    text: str,
    *,
    shape: Format = Format.LANDSCAPE,
    shot: Shot = Shot.MEDIUM,
    props: tuple[str, ...] = (),
    action: str = "standing",
) -> Stage:
    scene = Scene(
        index=0,
        text=text,
        place="barber’s shop",
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.CLEAR,
        mood=Mood.TENDER,
        shot=shot,
        beat=Beat.RISE,
        cast=("girl", "Bela"),
        props=props,
        action=action,
    )
    request = DrawRequest(
        scene=scene,
        cast=(GIRL, BELA),
        style=ArtStyle.STORYBOOK_LIGHT,
        formats=(shape,),
        prompt="a shop",
        seed=73,
    )
    return set_stage(request, shape)[0]


def bodies(stage: Stage) -> str:
    return "".join(layer.body for layer in stage.things if isinstance(layer, Layer))


@pytest.mark.parametrize(
    ("text", "tool", "pose"),
    [
        ("The girl swept.", "broom", "sweeping"),
        ("Then the girl dug until dawn.", "spade", "sweeping"),
        ("The girl painted all day.", "brush", "holding"),
        ("The girl stirred, and waited.", "spoon", "holding"),
        ("The girl wrote it down.", "pencil", "holding"),
        ("Frost swept over the glass.", None, "standing"),
        ("Bela swept.", None, "standing"),
    ],
)
def test_a_verb_puts_its_tool_into_the_hands_of_who_does_it(
    text: str, tool: str | None, pose: str
) -> None:
    stage = staged(text)
    troupe = Troupe(stage, (GIRL, BELA), place_family(stage.scene))
    held = troupe.hold(set())
    assert (held[0] if held else None) == tool
    assert troupe.pose(GIRL, first=True, held=held) == pose


def test_a_broom_stands_in_both_hands_and_does_not_lie_on_the_floor_besides() -> None:
    swept = staged("The girl swept.", props=("broom",), action="holding broom")
    straw = 'fill="#d0a550"'
    assert bodies(swept).count(straw) == 1
    assert tool_of(swept.scene, GIRL) == "broom"


def test_frost_grows_on_the_panes_only_where_the_line_speaks_of_it() -> None:
    assert "rime" in bodies(staged("Frost drew ferns on the glass."))
    assert "rime" not in bodies(staged("It was quiet on the street."))


@pytest.mark.parametrize("shape", list(Format))
def test_who_stands_at_the_door_of_a_room_has_a_door_behind_them(shape: Format) -> None:
    at_door = staged("Somebody tall stood at the door.", shape=shape)
    assert is_at_a_door(at_door.scene)
    assert "seam" in "".join(
        layer.glow for layer in at_door.things if isinstance(layer, Layer) and layer.glow
    )
    assert not is_at_a_door(staged("Nobody came through the winter.", shape=shape).scene)


def test_nobody_works_at_a_trade_in_a_peaked_cap_and_years_are_seen() -> None:
    assert look_of(BELA, 73).hat == ""
    postman = BELA.model_copy(update={"noun": "postman"})
    assert look_of(postman, 73).hat == "cap"
    older = look_of(BELA.model_copy(update={"traits": ("greying",)}), 73)
    assert older.age == "old"
    assert older.hair != look_of(BELA, 73).hair
