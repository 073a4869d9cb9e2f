"""What a story says a creature does suits how that creature moves."""

from __future__ import annotations

import re

from content_platform.stories.storyteller.teller import tell_story
from content_platform.vocabulary import Genre

_WENT = {"moth": "flew", "owl": "flew", "fox": "ran", "hare": "ran", "deer": "ran"}


def test_a_creature_hurries_away_as_it_moves() -> None:
    seen = set()
    for seed in range(90):
        draft = tell_story("a fisherman and a light", Genre.FANTASY, target_words=140, seed=seed)
        if draft.kernel != "the-dimming-light":
            continue
        animal = draft.cast[1].noun
        text = " ".join(scene.text for scene in draft.scenes)
        for went in re.findall(rf"(?:then it|The {animal}) (ran|flew|swam)\b", text):
            assert went == _WENT[animal], text
            seen.add(went)
        assert "paw" not in text
    assert seen == {"flew", "ran"}
