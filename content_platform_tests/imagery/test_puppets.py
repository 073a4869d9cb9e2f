"""Figures that are not people: they act, feel and stay themselves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from content_platform.captions.layout import caption_top
from content_platform.imagery.illustrator.animals import ANIMALS
from content_platform.imagery.illustrator.director import set_stage
from content_platform.imagery.illustrator.heads import FEELINGS
from content_platform.imagery.illustrator.lexicon import lexicon
from content_platform.imagery.illustrator.poses import POSES
from content_platform.imagery.illustrator.puppets import PUPPETS, puppet, puppet_kind
from content_platform.imagery.illustrator.raster import vector
from content_platform.stories.models import CastMember, Shot
from content_platform.vocabulary import Format
from content_platform_tests.imagery.test_illustrator import request

FLOATING = {"ghost"}


def member(noun: str, name: str = "Rivet", **more: object) -> CastMember:
    return CastMember.model_validate({"name": name, "kind": "creature", "noun": noun, **more})


def test_every_word_for_a_puppet_leads_to_one_that_can_be_drawn() -> None:
    assert set(lexicon().puppets.values()) == set(PUPPETS)


@pytest.mark.parametrize(
    ("noun", "kind"),
    [
        ("old robot", "robot"),
        ("teddy bear", "toy bear"),
        ("sea monster", ""),
        ("dragon", ""),
        ("fox", ""),
    ],
)
def test_a_noun_says_whether_somebody_is_a_puppet(noun: str, kind: str) -> None:
    assert puppet_kind(member(noun)) == kind


def test_a_thing_nobody_brings_to_life_is_no_puppet() -> None:
    assert puppet_kind(CastMember(name="robot", kind="object", noun="robot")) == ""


@pytest.mark.parametrize("kind", sorted(PUPPETS))
def test_a_puppet_shows_each_feeling_in_its_face(kind: str) -> None:
    shown = {puppet(member(kind), 7, "standing", feeling=feeling).svg for feeling in FEELINGS}
    assert len(shown) >= len(FEELINGS) - 2


@pytest.mark.parametrize("kind", sorted(PUPPETS))
def test_a_puppet_keeps_its_feet_on_the_ground_in_every_pose(kind: str) -> None:
    for pose in POSES:
        figure = puppet(member(kind), 7, pose, feeling="calm")
        _, cover = vector(figure.svg, (-400, -700, 800, 800), (200, 200))
        rows = np.flatnonzero((cover > 0.3).any(axis=1)) * 4 - 700
        assert rows[-1] < 26, (pose, rows[-1])
        if kind not in FLOATING | {"snowman"}:
            assert rows[-1] > -14, (pose, rows[-1])
        assert figure.face[1] < figure.hip[1] - 60, pose


def test_robots_of_one_story_differ_by_more_than_colour() -> None:
    silver = ("silver",)
    drawn = {
        puppet(member("robot", name, traits=silver), 7, "standing", feeling="calm").svg
        for name in ("Rivet", "Pip", "Cog", "Dot", "Widget")
    }
    assert len(drawn) == 5


def test_somebody_years_older_has_the_same_shape_and_shows_the_years() -> None:
    young, old = (
        puppet(one, 7, "standing", feeling="calm")
        for one in (member("robot"), member("robot", "older Rivet", later_self_of="Rivet"))
    )
    assert (young.height, young.face, young.brim) == (old.height, old.face, old.brim)
    assert young.svg != old.svg


def test_trait_colours_win_and_the_same_words_give_the_same_figure() -> None:
    for colour, pose in itertools.product(("blue", "copper"), ("walking", "holding")):
        one = member("robot", traits=(colour,))
        assert puppet(one, 3, pose, feeling="glad") == puppet(one, 3, pose, feeling="glad")
    blue, red = (
        puppet(member("robot", traits=(colour,)), 3, "standing", feeling="calm")
        for colour in ("blue", "red")
    )
    assert blue.svg != red.svg


@pytest.mark.parametrize("kind", sorted(set(ANIMALS) - {"butterfly"}))
def test_an_animal_shows_in_its_face_what_it_feels(kind: str) -> None:
    feelings = ("calm", "sad", "afraid", "weeping", "laughing", "asleep")
    shown = {ANIMALS[kind]("", "sitting", feeling).svg for feeling in feelings}
    assert len(shown) >= 5


@pytest.mark.parametrize("noun", ["robot", "scarecrow", "fox", "deer", "dragon", "owl"])
@pytest.mark.parametrize("shape", Format)
def test_a_close_shot_of_one_who_is_no_person_is_a_portrait(noun: str, shape: Format) -> None:
    """Large; cropped by the frame, or whole on the ground above the captions."""
    wanted = request("meadow", shot=Shot.CLOSE, cast=(member(noun, noun),), action="standing")
    _, _, subjects = set_stage(wanted, shape)
    figure = next(box for box in subjects if box.kind == "figure")
    assert figure.height > 0.3
    bottom = figure.y + figure.height
    assert bottom > 0.93 or bottom < caption_top(shape)
