"""Cues hold every word once, break where people pause, and stay within what can be read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.captions.cues import CueLimits, cut_cues, reading_limits, screen_limits
from content_platform.captions.models import Cue
from content_platform.narration.models import WordTiming
from content_platform.typography.scripts import columns
from content_platform.vocabulary import Format
from content_platform_tests.captions.speech import ENGLISH, UNITS, spoken


def _texts(words: list[str] | tuple[str, ...], **options: object) -> list[str]:
    return [cue.text for cue in cut_cues(spoken(words), "en", **options)]  # type: ignore[arg-type]


def _squeezed(cues: tuple[Cue, ...]) -> str:
    return "".join("".join(word.text for cue in cues for word in cue.words).split())


def _assert_holds(
    cues: tuple[Cue, ...], words: tuple[WordTiming, ...], limits: CueLimits, end: float
) -> None:
    assert _squeezed(cues) == "".join("".join(word.text for word in words).split())
    for cue in cues:
        assert 0 <= cue.start_s <= cue.end_s <= end + 1e-6
        assert cue.end_s - cue.start_s <= limits.max_s + 1e-6
        assert all(columns(line) <= limits.columns for line in cue.text.split("\n"))
        assert all(
            cue.start_s - 1e-6 <= word.start_s <= word.end_s <= cue.end_s for word in cue.words
        )
    for cue, after in pairwise(cues):
        assert cue.end_s <= after.start_s + 1e-6


_UNIT = st.one_of(
    st.text(st.sampled_from("abcdefghiklmnorstuvwyzA'"), min_size=1, max_size=12),
    st.sampled_from(
        ["the", "and", "—", "end.", "so,", "10:45,", "Dr.", "嵐の", "夜、", "🚀", "ในคืน", "a" * 90]
    ),
    st.text(min_size=1, max_size=8),
)
_SPEECH = st.lists(st.tuples(_UNIT, st.floats(0, 3), st.floats(0, 1.5)), min_size=1, max_size=40)


@settings(max_examples=150, deadline=None)
@given(_SPEECH, st.sampled_from(["en", "de", "ja", "th", "ar"]), st.sampled_from([None, *Format]))
def test_any_speech_is_cut_within_the_limits(
    speech: list[tuple[str, float, float]], locale: str, shape: Format | None
) -> None:
    now, words = 0.0, []
    for text, length, pause in speech:
        words.append(WordTiming(text=text, start_s=now, end_s=now + length))
        now += length + pause
    limits = reading_limits(locale) if shape is None else screen_limits(shape)
    cues = cut_cues(words, locale, limits=limits, duration_s=now)
    _assert_holds(cues, tuple(words), limits, now)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 20)), min_size=1, max_size=30))
def test_times_out_of_order_are_straightened(times: list[tuple[float, float]]) -> None:
    words = [WordTiming(text="word", start_s=start, end_s=end) for start, end in times]
    cues = cut_cues(words, "en", duration_s=60)
    assert sum(len(cue.words) for cue in cues) == len(words)
    starts = [word.start_s for cue in cues for word in cue.words]
    assert starts == sorted(starts)
    assert all(cue.end_s <= after.start_s + 1e-6 for cue, after in pairwise(cues))


@pytest.mark.parametrize("locale", UNITS)
@pytest.mark.parametrize("shape", [None, *Format])
def test_every_script_is_cut_within_its_limits(locale: str, shape: Format | None) -> None:
    words = spoken(UNITS[locale])
    end = words[-1].end_s + 0.5
    limits = reading_limits(locale) if shape is None else screen_limits(shape)
    cues = cut_cues(words, locale, limits=limits, duration_s=end)
    _assert_holds(cues, words, limits, end)
    room = [after.start_s - cue.start_s for cue, after in pairwise(cues)]
    assert all(seconds >= limits.min_s for seconds in room)  # calm speech always allows it


def test_a_sentence_gets_cues_of_its_own() -> None:
    assert _texts(
        [
            "The",
            "key",
            "turned.",
            "Behind",
            "the",
            "door,",
            "the",
            "lamp",
            "was",
            "already",
            "burning.",
        ]
    ) == [
        "The key turned.",
        "Behind the door,\nthe lamp was already burning.",
    ]


def test_lines_break_before_a_preposition_and_never_after_an_article() -> None:
    texts = _texts(UNITS["en"])
    assert "and twelve steps of the lighthouse\nwith a brass key in her pocket." in texts
    lines = [line for text in texts for line in text.split("\n")]
    assert not any(line.split()[-1].lower() in ("the", "a", "of", "and") for line in lines)


def test_no_line_begins_with_the_last_word_of_a_sentence() -> None:
    for limits in (reading_limits("en"), *map(screen_limits, Format)):
        cues = cut_cues(spoken(UNITS["en"]), "en", limits=limits)
        for cue in cues:
            for line in cue.lines:
                torn = len(line) > 1 and line[0].text.endswith(".") and line[0].text[0].islower()
                assert not torn, cue.text


def test_a_dash_standing_alone_never_begins_a_line() -> None:
    for limits in (reading_limits("en"), *map(screen_limits, Format)):
        for cue in cut_cues(spoken(UNITS["en"]), "en", limits=limits):
            assert not any(line.startswith("—") for line in cue.text.split("\n"))


def test_two_lines_are_balanced() -> None:
    for text in _texts(UNITS["en"]):
        if "\n" in text:
            upper, lower = map(len, text.split("\n"))
            assert min(upper, lower) > 0.4 * max(upper, lower)


def test_japanese_has_no_spaces_and_at_most_sixteen_characters_a_line() -> None:
    cues = cut_cues(spoken(UNITS["ja"]), "ja")
    text = "\n".join(cue.text for cue in cues)
    assert " " not in text
    assert max(map(len, text.split("\n"))) <= 16


def test_a_thai_phrase_of_eighty_characters_is_cut_and_shares_its_time() -> None:
    phrase = "ไม่มีใครเปิดห้องตะเกียงตั้งแต่พ่อของเธอหายตัวไปในคืนที่มีพายุเมื่อสิบปีก่อน"
    words = [WordTiming(text=phrase, start_s=1.0, end_s=6.0)]
    cues = cut_cues(words, "th")
    pieces = [word for cue in cues for word in cue.words]
    assert "".join(piece.text for piece in pieces) == phrase
    assert pieces[0].start_s == 1.0
    assert pieces[-1].end_s == 6.0
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(pieces))


def test_a_story_of_one_word_is_one_cue_that_stays_as_long_as_the_audio_allows() -> None:
    words = [WordTiming(text="Run!", start_s=0.1, end_s=0.4)]
    (cue,) = cut_cues(words, "en", duration_s=5.0)
    assert (cue.text, cue.start_s) == ("Run!", 0.1)
    assert cue.end_s == pytest.approx(1.1)
    (short,) = cut_cues(words, "en", duration_s=0.6)
    assert short.end_s == 0.6


def test_small_gaps_between_cues_are_closed_and_long_ones_stay() -> None:
    words = (
        WordTiming(text="The key turned.", start_s=0.0, end_s=1.5),
        WordTiming(text="The lamp burned.", start_s=2.0, end_s=3.5),
        WordTiming(text="Silence.", start_s=8.0, end_s=9.0),
    )
    first, second, third = cut_cues(words, "en", duration_s=10)
    assert first.end_s == second.start_s
    assert second.end_s < third.start_s - 3


def test_no_words_give_no_cues() -> None:
    assert cut_cues((), "en") == ()
    assert cut_cues([WordTiming(text=" ", start_s=0, end_s=1)], "en") == ()


def test_captions_on_a_phone_hold_few_words_in_short_lines() -> None:
    cues = cut_cues(spoken(ENGLISH.split()), "en", limits=screen_limits(Format.PORTRAIT))
    counts = [len(cue.words) for cue in cues]
    assert max(counts) <= 7
    assert 2.5 <= sum(counts) / len(counts) <= 6
