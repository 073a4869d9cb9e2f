"""Which transitions a story gets, and what they look like on the way from one picture to the next."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.imagery.models import FocalPoint
from content_platform.steering.models import TransitionsConfig
from content_platform.stories.models import Beat, Scene, TimeOfDay
from content_platform.video.blends import Plane, Planes, blend_of
from content_platform.video.models import Rect, Shot
from content_platform.video.transitions import choose_transitions
from content_platform.vocabulary import ArtStyle, Transition
from content_platform_tests.video.sample_story import NOWHERE, scene

SIZE = (192, 128)
MOVING = [kind for kind in Transition if kind is not Transition.CUT]


def shot(kind: Transition, toward: str = "left", seed: int = 1) -> Shot:
    return Shot.model_validate(
        {
            "scene": 0,
            "picture": NOWHERE,
            "start": 0,
            "end": 20,
            "fade_in": 18,
            "transition": kind,
            "toward": toward,
            "centre": FocalPoint(x=0.4, y=0.6),
            "seed": seed,
            "camera_from": Rect(x=0, y=0, width=16, height=9),
            "camera_to": Rect(x=0, y=0, width=16, height=9),
        }
    )


def flat(luma: int, blue: int, red: int) -> Planes:
    width, height = SIZE
    chroma = np.empty((height // 2, width // 2, 2), np.uint8)
    chroma[:] = blue, red
    return np.full((height, width), luma, np.uint8), chroma


def drawn(change: Shot, shares: list[float]) -> list[tuple[Plane, Plane]]:
    blend = blend_of(change, SIZE)
    frames = []
    for share in shares:
        target = flat(1, 1, 1)
        blend(share, flat(60, 100, 160), flat(200, 150, 90), target)
        frames.append(target)
    return frames


@pytest.mark.parametrize("toward", ["left", "right", "up", "down"])
@pytest.mark.parametrize("kind", MOVING)
def test_every_transition_leads_from_the_old_picture_to_the_new_one(
    kind: Transition, toward: str
) -> None:
    shares = [n / 19 for n in range(1, 19)]
    frames = drawn(shot(kind, toward), shares)
    first, last = frames[0], frames[-1]
    assert (np.abs(first[0].astype(int) - 60) < 24).mean() > 0.9
    assert (np.abs(last[0].astype(int) - 200) < 24).mean() > 0.9
    assert (np.abs(last[1].astype(int) - (150, 90)) < 24).mean() > 0.9
    new = [(np.abs(luma.astype(int) - 200) < 8).mean() for luma, _ in frames]
    assert all(after >= before - 0.03 for before, after in pairwise(new))


@pytest.mark.parametrize("kind", MOVING)
def test_luma_and_chroma_change_in_the_same_places(kind: Transition) -> None:
    # Coloured parts stay coloured: nowhere is the old picture's light under the new one's colour.
    for luma, chroma in drawn(shot(kind), [0.25, 0.5, 0.75]):
        small = luma.reshape(SIZE[1] // 2, 2, SIZE[0] // 2, 2).mean((1, 3))
        sure_old, sure_new = np.abs(small - 60) < 2, np.abs(small - 200) < 2
        if kind in (Transition.PAGE, Transition.TEAR, Transition.DIP):
            continue  # paper, shadows and black have colours of their own
        assert (np.abs(chroma[sure_old].astype(int) - (100, 160)) < 8).all()
        assert (np.abs(chroma[sure_new].astype(int) - (150, 90)) < 8).all()


def test_a_tear_is_ragged_and_its_line_comes_from_the_seed() -> None:
    one, same, other = (drawn(shot(Transition.TEAR, seed=s), [0.5])[0][0] for s in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    edge = (one > 190).argmax(axis=1)
    assert len(set(edge.tolist())) > 8


def test_an_iris_opens_on_what_matters() -> None:
    luma = drawn(shot(Transition.IRIS), [0.3])[0][0]
    rows, columns = np.nonzero(luma > 190)
    assert columns.mean() / SIZE[0] == pytest.approx(0.4, abs=0.02)
    assert rows.mean() / SIZE[1] == pytest.approx(0.6, abs=0.03)


def test_the_middle_of_a_dip_is_dark_and_never_black() -> None:
    for share in (0.46, 0.5, 0.54):
        luma = drawn(shot(Transition.DIP), [share])[0][0]
        # Of the pictures' light above black (16), 60 and 200, an eighth or so is left.
        assert 16 + 0.1 * (60 - 16) < luma.mean() < 16 + 0.25 * (200 - 16)


def plot(length: int) -> list[Scene]:
    """A story that turns, moves and lets time pass; nobody is in two scenes."""
    beats = [Beat.HOOK, *[Beat.RISE] * (length - 3), Beat.CLIMAX, Beat.ENDING]
    return [
        scene(n, beats[n]).model_copy(
            update={
                "place": f"place {n // 2}",
                "time_of_day": TimeOfDay.NIGHT if n < length // 2 else TimeOfDay.DAWN,
            }
        )
        for n in range(length)
    ]


def chosen(
    scenes: list[Scene],
    style: ArtStyle = ArtStyle.STORYBOOK_LIGHT,
    seed: str = "a",
    **config: object,
) -> list[Transition]:
    changes = choose_transitions(
        scenes, config=TransitionsConfig.model_validate(config), style=style, seed=seed, fps=30
    )
    return [change.kind for change in changes]


@given(length=st.integers(4, 30), seed=st.text("ab", max_size=6), share=st.floats(0, 1))
def test_most_changes_are_crossfades_and_gimmicks_never_come_in_a_row(
    length: int, seed: str, share: float
) -> None:
    kinds = chosen(plot(length), seed=seed, share=share)
    special = [n for n, kind in enumerate(kinds) if kind is not Transition.CROSSFADE]
    assert len(special) <= share * len(kinds)
    assert share >= 0.75 or all(after - before > 1 for before, after in pairwise(special))
    assert all(kinds[one] is not kinds[two] for one, two in pairwise(special))


def test_a_change_is_told_by_what_happens_and_the_same_seed_gives_the_same_film() -> None:
    kinds = chosen(plot(9))
    assert kinds == chosen(plot(9))
    assert len({tuple(chosen(plot(9), seed=str(n))) for n in range(12)}) > 3
    # The climax and the ending are where most happens.
    assert {kind for n in range(12) for kind in chosen(plot(9), seed=str(n))[-2:]} > {
        Transition.CROSSFADE
    }
    assert chosen(plot(9), kinds=()) == [Transition.CROSSFADE] * 8
    paper = {k for n in range(12) for k in chosen(plot(9), ArtStyle.PAPER_CUT, seed=str(n))}
    assert Transition.TEAR in paper
    assert Transition.PAGE not in paper


def test_people_who_stay_are_never_dissolved_into_themselves() -> None:
    stay = [one.model_copy(update={"cast": ("Mara",)}) for one in plot(9)]
    changes = choose_transitions(
        stay, config=TransitionsConfig(share=1), style=ArtStyle.STORYBOOK_LIGHT, seed="a", fps=30
    )
    for change in changes:
        assert change.kind is not Transition.ZOOM
        assert change.kind is not Transition.CROSSFADE or change.frames <= 4
