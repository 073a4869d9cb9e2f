"""What beasts feel, what a shop sells, and who has grown old: seen in the shapes that are drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from content_platform.imagery.illustrator.animals import ANIMALS
from content_platform.imagery.illustrator.look import look_of
from content_platform.imagery.illustrator.moment import (
    WRAPPED,
    feeling_of,
    is_wrapped,
    props_in,
)
from content_platform.imagery.illustrator.places.trades import trade_of
from content_platform.imagery.illustrator.raster import vector
from content_platform.imagery.scenes import draw_requests
from content_platform.stories.models import (
    Beat,
    CastMember,
    Scene,
    Shot,
    TimeOfDay,
    Weather,
)
from content_platform.vocabulary import Format, Mood
from content_platform_tests.imagery.test_scenes import brief, story

MOODS = ("calm", "glad", "sad", "afraid", "determined")


def scene(
    text: str, *, place: str = "meadow", props: tuple[str, ...] = (), action: str = "walking"
) -> Scene:
    return Scene(
        index=0,
        text=text,
        place=place,
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.CLEAR,
        mood=Mood.CALM,
        shot=Shot.MEDIUM,
        beat=Beat.RISE,
        cast=(),
        props=props,
        action=action,
    )


def outline(kind: str, feeling: str) -> npt.NDArray[np.bool_]:
    """Where a sitting beast is: its feet at row 330, its middle at column 200."""
    beast = ANIMALS[kind]("", "sitting", feeling)
    _, cover = vector(beast.svg, (-200, -330, 400, 360), (400, 360))
    return np.asarray(cover > 0.5)


@pytest.mark.parametrize("kind", ["dragon", "fox", "horse", "cat"])
def test_each_mood_gives_a_beast_another_outline_so_that_it_is_read_from_afar(kind: str) -> None:
    outlines = {feeling: outline(kind, feeling) for feeling in MOODS}
    for one in MOODS:
        for other in MOODS:
            if one < other:
                apart = np.logical_xor(outlines[one], outlines[other]).sum()
                assert apart > 0.012 * outlines[one].sum(), (one, other)


def test_a_sad_beast_hangs_its_head_and_a_frightened_one_draws_it_back() -> None:
    for kind in ("dragon", "fox", "horse", "cat"):
        calm, sad, afraid = (
            ANIMALS[kind]("", "sitting", feeling).head for feeling in ("calm", "sad", "afraid")
        )
        assert sad[1] > calm[1] + 5
        assert afraid[0] < calm[0] - 1


@pytest.mark.parametrize("feeling", MOODS)
def test_a_sitting_dragon_is_taller_than_long_and_lies_within_its_span(feeling: str) -> None:
    beast = ANIMALS["dragon"]("", "sitting", feeling)
    columns = np.flatnonzero(outline("dragon", feeling).any(axis=0)) - 200
    assert beast.span[0] - 3 <= columns.min()
    assert columns.max() <= beast.span[1] + 3
    assert beast.span[1] - beast.span[0] < 1.15 * beast.height


def test_a_sentence_names_a_feeling_unless_it_denies_it() -> None:
    assert feeling_of(scene("Ruth was a dragon who was afraid of fire."), first=True) == "afraid"
    assert feeling_of(scene("She was not afraid any more."), first=True) == "calm"
    assert feeling_of(scene("Then she shook her head."), first=True) == "wary"


def test_lamps_bow_only_where_the_sentence_says_so() -> None:
    bowing = scene("Every lamp that was still burning bowed its flame.", props=("lantern",))
    assert props_in(bowing, ()) == ["bowed lantern"]
    assert props_in(scene("The lamp burned.", props=("lantern",)), ()) == ["lantern"]


@pytest.mark.parametrize(
    ("place", "sign"),
    [
        ("barber’s shop", "scissors"),
        ("tailor’s shop", "scissors"),
        ("flower shop", "flower"),
        ("toy shop", "toy bear"),
        ("bookshop", "book"),
        ("bakery", "bread"),
        ("clockmaker’s shop", "clock"),
        ("umbrella shop", "umbrella"),
        ("locksmith’s shop", "key"),
        ("forge", "hammer"),
        ("shop", "teapot"),
    ],
)
def test_a_shop_shows_its_trade(place: str, sign: str) -> None:
    assert trade_of(scene("He looked up.", place=place)).sign == sign


def test_the_place_says_the_trade_before_the_sentence_does() -> None:
    assert trade_of(scene("She brought him a flower.", place="barber’s shop")).sign == "scissors"


def test_grown_ups_have_aged_once_a_child_has_come_back_grown() -> None:
    keeper = CastMember(name="Ida", kind="man", noun="barber")
    child = CastMember(name="girl", kind="girl", noun="girl")
    back = CastMember(name="visitor", kind="woman", noun="visitor", later_self_of="girl")
    told = story(2)
    casts = (("Ida", "girl"), ("Ida", "visitor"))
    scenes = tuple(
        one.model_copy(update={"cast": cast}) for one, cast in zip(told.scenes, casts, strict=True)
    )
    told = told.model_copy(update={"scenes": scenes, "cast": (keeper, child, back)})
    first, last = draw_requests(told, brief(formats=(Format.SQUARE,)))
    young, old = (look_of(request.cast[0], request.seed) for request in (first, last))
    assert (young.age, old.age) == ("adult", "old")
    assert old.glasses
    assert (old.colour, old.skin, old.hair_style) == (young.colour, young.skin, young.hair_style)
    assert look_of(last.cast[1], last.seed).age == "adult"


def test_nobody_has_aged_who_meets_themselves_one_year_later() -> None:
    edda = CastMember(name="Edda", kind="woman", noun="lighthouse keeper")
    later = edda.model_copy(update={"name": "older Edda", "later_self_of": "Edda"})
    told = story(2)
    scenes = tuple(one.model_copy(update={"cast": ("Edda", "older Edda")}) for one in told.scenes)
    told = told.model_copy(update={"scenes": scenes, "cast": (edda, later)})
    for request in draw_requests(told, brief(formats=(Format.SQUARE,))):
        assert {look_of(member, request.seed).age for member in request.cast} == {"adult"}


@pytest.mark.parametrize(
    ("text", "mood", "beat", "face"),
    [
        ("“That is not a real answer,” said the girl.", Mood.TENDER, Beat.RISE, "wary"),
        ("He found the answer too late, and sent it anyway.", Mood.TENDER, Beat.TURN, "sad"),
        ("“I would rather miss it,” Ruth said.", Mood.TENDER, Beat.CLIMAX, "sad"),
        ("He wrote it on a card.", Mood.TENDER, Beat.TURN, "calm"),
        ("“Then it is yours,” said the man.", Mood.TENDER, Beat.TURN, "glad"),
        ("The market was gone. Ruth had everything she wanted.", Mood.CALM, Beat.ENDING, "glad"),
    ],
)
def test_a_face_rests_unless_the_line_is_glad(text: str, mood: Mood, beat: Beat, face: str) -> None:
    told = scene(text).model_copy(update={"mood": mood, "beat": beat})
    assert feeling_of(told, first=True) == feeling_of(told, first=False) == face


def test_a_blanket_stays_round_the_shoulders_until_another_hour() -> None:
    told = story(2)
    girl = CastMember(name="girl", kind="girl", noun="girl", traits=())
    texts = ("There sat a girl, wrapped in stolen blankets.", "“It brings me things,” she said.")
    first, second = (
        one.model_copy(
            update={"cast": ("girl",), "text": text, "time_of_day": TimeOfDay.NIGHT, "action": ""}
        )
        for one, text in zip(told.scenes[:2], texts, strict=True)
    )
    morning = second.model_copy(update={"time_of_day": TimeOfDay.DAWN})
    for after, still in ((second, True), (morning, False)):
        row = told.model_copy(update={"scenes": (first, after), "cast": (girl,)})
        one, other = draw_requests(row, brief(formats=(Format.SQUARE,)))
        assert is_wrapped(one.scene, one.cast[0])
        assert is_wrapped(other.scene, other.cast[0]) == still
        assert (WRAPPED in other.cast[0].traits) == still
