"""Caption files say the same as the cues, in the words of each format, and players can read them."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.captions.cues import cut_cues, screen_limits
from content_platform.captions.files import to_ass, to_srt, to_vtt
from content_platform.captions.models import Cue
from content_platform.mediatools.ffmpeg import run_ffmpeg
from content_platform.narration.models import WordTiming
from content_platform.typography.fonts import fontconfig_file
from content_platform.vocabulary import Format
from content_platform_tests.captions.speech import UNITS, spoken

CUES = cut_cues(spoken(UNITS["en"]), "en")


def _cue(*words: str) -> Cue:
    timed = [WordTiming(text=word, start_s=i, end_s=i + 1) for i, word in enumerate(words)]
    return Cue(start_s=0, end_s=len(words), lines=(tuple(timed),))


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _blocks(text: str) -> list[list[str]]:
    assert text.endswith("\n\n")
    assert "\r" not in text
    return [block.split("\n") for block in text.rstrip("\n").split("\n\n")]


def test_srt_holds_number_times_and_lines_of_every_cue() -> None:
    blocks = _blocks(to_srt(CUES))
    assert [block[0] for block in blocks] == [str(i + 1) for i in range(len(CUES))]
    for block, cue in zip(blocks, CUES, strict=True):
        start, end = map(_seconds, block[1].split(" --> "))
        assert (start, end) == pytest.approx((cue.start_s, cue.end_s), abs=0.0006)
        assert "\n".join(block[2:]) == cue.text


def test_vtt_marks_each_word_with_its_time_in_rising_order() -> None:
    header, *blocks = _blocks(to_vtt(CUES, "en"))
    assert header == ["WEBVTT", "Kind: captions", "Language: en"]
    for block, cue in zip(blocks, CUES, strict=True):
        body = "\n".join(block[2:])
        assert re.sub(r"<[\d:.]+>", "", body) == cue.text
        stamps = [_seconds(stamp) for stamp in re.findall(r"<([\d:.]+)>", body)]
        assert stamps == sorted(set(stamps))
        assert all(cue.start_s < stamp < cue.end_s for stamp in stamps)
        assert len(stamps) == len(cue.words) - 1


def test_markup_in_a_story_is_shown_and_not_obeyed() -> None:
    cue = _cue("<b>bold</b>", "a", "-->", "b", "&", r"{\an8}top", r"C:\new")
    srt = to_srt([cue])
    assert srt.count("-->") == 1
    assert "<" not in srt
    vtt = to_vtt([cue], "en").split("\n\n")[1]
    assert "&lt;b&gt;bold&lt;/b&gt;" in vtt
    assert vtt.count("-->") == 1
    assert "&amp;" in vtt
    ass = to_ass([cue], Format.SQUARE, "#ffc857", "en")
    assert "{\\an8}" not in ass
    assert "\\new" not in ass


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=4))
def test_no_word_can_break_out_of_its_cue(words: list[str]) -> None:
    cue = _cue(*words)
    assert len(_blocks(to_srt([cue]))) == 1
    assert len(_blocks(to_vtt([cue], "en"))) == 2
    events = to_ass([cue], Format.PORTRAIT, "#ffc857", "en").split("[Events]\n")[1]
    lines = events.strip("\n").split("\n")
    assert all(line.startswith(("Format:", "Dialogue:")) for line in lines)


def test_hours_are_counted() -> None:
    cue = Cue(
        start_s=3661.5,
        end_s=3662.5,
        lines=((WordTiming(text="late", start_s=3661.5, end_s=3662.5),),),
    )
    assert "01:01:01,500 --> 01:01:02,500" in to_srt([cue])
    assert "Dialogue: 0,1:01:01.50,1:01:02.50," in to_ass([cue], Format.SQUARE, "#ffc857", "en")


def test_ass_lights_one_word_at_a_time_without_a_gap() -> None:
    events = re.findall(
        r"Dialogue: 0,([\d:.]+),([\d:.]+),.*?\{\\1c&H57C8FF&\}(.+?)\{",
        to_ass(CUES, Format.PORTRAIT, "#ffc857", "en"),
    )
    spoken_words = [word.text for cue in CUES for word in cue.words if word.text != "—"]
    assert [word for _, _, word in events] == spoken_words
    times = [(_seconds(start), _seconds(end)) for start, end, _ in events]
    for cue in CUES:
        covered = sorted(t for t in times if cue.start_s - 0.006 <= t[0] < cue.end_s - 0.006)
        assert covered[0][0] == pytest.approx(cue.start_s, abs=0.006)
        assert covered[-1][1] == pytest.approx(cue.end_s, abs=0.006)
        assert all(a[1] == b[0] for a, b in itertools.pairwise(covered))


@pytest.mark.parametrize(("locale", "shape"), [("en", Format.PORTRAIT), ("ar", Format.LANDSCAPE)])
def test_ffmpeg_burns_the_ass_file_in_with_our_fonts(
    locale: str, shape: Format, tmp_path: Path
) -> None:
    cues = cut_cues(spoken(UNITS[locale]), locale, limits=screen_limits(shape))
    (tmp_path / "story.ass").write_text(to_ass(cues, shape, "#ffc857", locale), encoding="utf-8")
    width, height = shape.size
    png = run_ffmpeg(
        *("-f", "lavfi", "-i", f"color=c=0x406080:s={width}x{height}:r=25:d=1"),
        *("-vf", f"format=yuv420p,ass={tmp_path / 'story.ass'}", "-ss", "0.4"),
        *("-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"),
        timeout_s=60,
        fontconfig_file=fontconfig_file(tmp_path / "fonts"),
    )
    frame = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR).astype(int)
    white = frame.min(axis=2) > 225
    gold = np.abs(frame - (87, 200, 255)).sum(axis=2) < 60
    assert white.sum() > 2000
    assert gold.sum() > 300
    rows = np.nonzero((white | gold).any(axis=1))[0] / height
    columns = np.nonzero((white | gold).any(axis=0))[0] / width
    if shape is Format.PORTRAIT:
        assert 0.62 < rows.min() < rows.max() < 0.81
    else:
        assert 0.66 < rows.min() < rows.max() < 0.94
    assert 0.08 < columns.min() < columns.max() < 0.92
