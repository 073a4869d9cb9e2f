"""A narration becomes a track with its files; the check finds what is wrong with one."""

from __future__ import annotations

import pytest

from content_platform.captions.checks import check_captions
from content_platform.captions.tracks import caption
from content_platform.errors import DefectiveMedia
from content_platform.storage.media import MediaStore
from content_platform.typography.scripts import join_words
from content_platform.vocabulary import Format
from content_platform_tests.captions.speech import ENGLISH, UNITS, narration

FORMATS = tuple(Format)


def test_a_track_holds_files_for_players_and_one_ass_per_format(media: MediaStore) -> None:
    track = caption(narration(), formats=FORMATS, accent="#ffc857", media=media)
    assert set(track.files) == {"srt", "vtt", "ass-16x9", "ass-9x16", "ass-1x1"}
    srt = media.open(track.files["srt"]).read().decode()
    assert srt.startswith("1\n00:00:00,150 --> ")
    assert media.open(track.files["vtt"]).read().startswith(b"WEBVTT\n")
    assert b"PlayResY: 1920" in media.open(track.files["ass-9x16"]).read()


@pytest.mark.parametrize("locale", UNITS)
def test_a_fresh_track_of_every_script_passes_its_check(locale: str, media: MediaStore) -> None:
    told = narration(locale)
    track = caption(told, formats=(Format.SQUARE,), accent="#ffc857", media=media)
    text = ENGLISH if locale == "en" else join_words(UNITS[locale])
    report = check_captions(track, told, text)
    assert report.problems == ()
    assert report.measures["words"] == len(UNITS[locale])


def test_an_unchanged_narration_keeps_its_track(media: MediaStore) -> None:
    first = caption(narration(), formats=FORMATS, accent="#ffc857", media=media)
    again = caption(narration(), formats=FORMATS, accent="#ffc857", media=media, previous=first)
    assert again is first
    other = caption(narration(), formats=FORMATS, accent="#00ff88", media=media, previous=first)
    assert other.files["srt"] == first.files["srt"]
    assert other.files["ass-9x16"] != first.files["ass-9x16"]


def test_a_track_whose_file_was_lost_is_made_again(media: MediaStore) -> None:
    first = caption(narration(), formats=FORMATS, accent="#ffc857", media=media)
    media.delete(first.files["vtt"])
    again = caption(narration(), formats=FORMATS, accent="#ffc857", media=media, previous=first)
    assert again == first
    assert media.exists(again.files["vtt"])


def test_a_narration_without_words_is_refused_with_its_name(media: MediaStore) -> None:
    silent = narration().model_copy(update={"words": ()})
    with pytest.raises(DefectiveMedia, match="midnight-tales_20261122_0007 has no word timings"):
        caption(silent, formats=FORMATS, accent="#ffc857", media=media)


def test_the_check_names_a_missing_word_and_a_cue_that_outlives_the_audio(
    media: MediaStore,
) -> None:
    told = narration()
    track = caption(told, formats=FORMATS, accent="#ffc857", media=media)
    without = track.model_copy(update={"cues": track.cues[:3] + track.cues[4:]})
    (problem, _) = check_captions(without, told, ENGLISH).problems
    assert "differ from the narration" in problem
    late = track.cues[-1].model_copy(update={"end_s": told.duration_s + 1})
    report = check_captions(
        track.model_copy(update={"cues": (*track.cues[:-1], late)}), told, ENGLISH
    )
    assert any("after the audio" in problem for problem in report.problems)


def test_the_check_finds_overlaps_and_lines_too_wide(media: MediaStore) -> None:
    told = narration()
    track = caption(told, formats=FORMATS, accent="#ffc857", media=media)
    first, second, *rest = track.cues
    longer = first.model_copy(update={"end_s": second.start_s + 0.5})
    overlapping = track.model_copy(update={"cues": (longer, second, *rest)})
    problems = check_captions(overlapping, told, ENGLISH).problems
    assert any("still shown when the next one starts" in problem for problem in problems)
    merged = first.model_copy(update={"lines": (first.words,)})
    wide = track.model_copy(update={"cues": (merged, second, *rest)})
    problems = check_captions(wide, told, ENGLISH).problems
    assert any("42 are allowed" in problem for problem in problems)
