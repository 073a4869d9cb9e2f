"""The library: recorded tracks cut to length, with an ending."""

from __future__ import annotations

from pathlib import Path

import pytest

from content_platform.music.adapters import library
from content_platform.music.adapters.library import MusicLibrary
from content_platform.music.checks import check_music
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.vocabulary import Mood
from content_platform_tests.music.cues import call, kept, request


@pytest.mark.parametrize(
    ("mood", "duration_s", "seed"),
    [
        (Mood.CALM, 18.0, 1),
        (Mood.TENDER, 38.3, 2),
        (Mood.UPBEAT, 12.0, 3),
        (Mood.PLAYFUL, 9.5, 4),
        (Mood.SAD, 66.0, 5),
    ],
)
def test_a_track_is_cut_shorter_or_longer_and_ends_on_its_last_chord(
    mood: Mood, duration_s: float, seed: int, tmp_path: Path, media: LocalMediaStore
) -> None:
    wanted = request(mood, duration_s, seed=seed)
    provider = MusicLibrary()
    assert provider.refusal(wanted) is None
    report = check_music(kept(provider, wanted, tmp_path / "work", media), media)
    assert report.problems == ()


def test_the_same_cut_gives_the_same_bytes(tmp_path: Path) -> None:
    wanted = request(Mood.TENDER, 12, seed=3)
    first = call(MusicLibrary(), wanted, tmp_path / "a").files["audio"].read_bytes()
    library._track.cache_clear()
    assert call(MusicLibrary(), wanted, tmp_path / "b").files["audio"].read_bytes() == first


def test_the_library_refuses_moods_it_does_not_have_and_names_those_it_has() -> None:
    for mood in (Mood.MYSTERY, Mood.EPIC, Mood.TENSE):
        refusal = MusicLibrary().refusal(request(mood))
        assert refusal is not None
        assert "calm, playful, sad, tender, upbeat" in refusal


def test_the_library_leaves_requests_for_the_composer_alone() -> None:
    assert "composer" in (MusicLibrary().refusal(request(source="composer")) or "")


def test_a_story_too_long_for_eight_repeats_is_refused() -> None:
    refusal = MusicLibrary().refusal(request(Mood.CALM, 890))
    assert refusal is not None
    assert "more than 8 times" in refusal
