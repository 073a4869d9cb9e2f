"""Caption pictures: placed in the safe area, lit word by word, without gaps, quickly."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from content_platform.captions.cues import cut_cues, reading_limits, screen_limits
from content_platform.captions.layout import PLACEMENTS
from content_platform.captions.models import Cue
from content_platform.captions.sprites import CaptionSprite, caption_sprites
from content_platform.narration.models import WordTiming
from content_platform.typography.colour import contrast
from content_platform.vocabulary import Format
from content_platform_tests.captions.speech import UNITS, spoken

ACCENT = "#ffc857"
GOLD = (255, 200, 87)


def _cues(locale: str, shape: Format) -> tuple[Cue, ...]:
    return cut_cues(spoken(UNITS[locale]), locale, limits=screen_limits(shape))


def _sprites(cues: tuple[Cue, ...], shape: Format, locale: str = "en") -> list[CaptionSprite]:
    return list(caption_sprites(cues, format=shape, accent=ACCENT, locale=locale))


def _gold(sprite: CaptionSprite) -> np.ndarray:
    near = np.abs(sprite.rgba[..., :3].astype(int) - GOLD).sum(2) < 6
    return np.asarray(near & (sprite.rgba[..., 3] > 250))


@pytest.mark.parametrize("locale", UNITS)
@pytest.mark.parametrize("shape", list(Format))
def test_captions_of_every_script_stay_in_the_safe_area(locale: str, shape: Format) -> None:
    width, height = shape.size
    for sprite in _sprites(_cues(locale, shape), shape, locale):
        assert sprite.x % 2 == sprite.y % 2 == 0
        assert sprite.rgba.shape[0] % 2 == sprite.rgba.shape[1] % 2 == 0
        assert sprite.rgba.dtype == np.uint8
        assert sprite.rgba.flags.c_contiguous
        rows = np.nonzero((sprite.rgba[..., 3] > 200).any(1))[0] + sprite.y
        columns = np.nonzero((sprite.rgba[..., 3] > 200).any(0))[0] + sprite.x
        assert 0.05 * width < columns.min() <= columns.max() < 0.95 * width
        if shape is Format.PORTRAIT:
            assert 0.60 * height < rows.min() <= rows.max() < 0.80 * height
            assert columns.max() < 0.92 * width
        else:
            assert 0.66 * height < rows.min() <= rows.max() < 0.96 * height


@pytest.mark.parametrize("fps", [24, 30])
def test_states_cover_each_cue_without_gap_or_overlap(fps: int) -> None:
    cues = _cues("en", Format.PORTRAIT)
    sprites = list(
        caption_sprites(cues, format=Format.PORTRAIT, accent=ACCENT, locale="en", fps=fps)
    )
    shown = [frame for s in sprites for frame in range(s.start_frame, s.end_frame)]
    assert shown == sorted(set(shown))
    wanted = {f for cue in cues for f in range(round(cue.start_s * fps), round(cue.end_s * fps))}
    assert set(shown) == wanted
    assert all(a.end_frame <= b.start_frame for a, b in pairwise(sprites))


def test_the_lit_word_wanders_to_the_right_in_english_and_to_the_left_in_arabic() -> None:
    for locale, sign in (("en", 1), ("ar", -1)):
        cue = _cues(locale, Format.LANDSCAPE)[0]
        one_line = cue.model_copy(update={"lines": (cue.words[:3],)})
        middles = [
            float(np.nonzero(_gold(sprite).any(0))[0].mean()) + sprite.x
            for sprite in _sprites((one_line,), Format.LANDSCAPE, locale)
        ]
        assert len(middles) == 3
        assert all((b - a) * sign > 20 for a, b in pairwise(middles))


def test_words_that_are_not_lit_do_not_move_between_states() -> None:
    cue = _cues("en", Format.LANDSCAPE)[0]
    one_line = cue.model_copy(update={"lines": (cue.words[:4],)})
    first, second, third, _ = _sprites((one_line,), Format.LANDSCAPE)
    last_word = slice(first.rgba.shape[1] * 4 // 5, None)
    assert (first.x, first.y, first.rgba.shape) == (second.x, second.y, second.rgba.shape)
    assert np.array_equal(first.rgba[:, last_word], second.rgba[:, last_word])
    assert not np.array_equal(second.rgba, third.rgba)


def _columns_of_letters(sprite: CaptionSprite) -> tuple[np.ndarray, np.ndarray]:
    """Columns of the picture in which the lit word and the others have their letters."""
    lit = np.nonzero(_gold(sprite).any(0))[0]
    white = np.nonzero((sprite.rgba.min(2) > 250).any(0))[0]
    return lit, white


@pytest.mark.parametrize("shape", list(Format))
@pytest.mark.parametrize("line", ["on the mountain", "and a mattress on", "в тот дом снова"])
def test_a_lit_word_keeps_a_full_space_from_its_neighbours(line: str, shape: Format) -> None:
    words = [WordTiming(text=t, start_s=i, end_s=i + 1) for i, t in enumerate(line.split())]
    cue = Cue(start_s=0, end_s=len(words), lines=(tuple(words),))
    space = 0.25 * PLACEMENTS[shape].size
    for sprite in _sprites((cue,), shape, "ru" if "в" in line else "en"):
        lit, white = _columns_of_letters(sprite)
        before, after = white[white < lit.min()], white[white > lit.max()]
        assert not before.size or lit.min() - before.max() > space
        assert not after.size or after.min() - lit.max() > space


def test_a_lit_word_of_a_script_without_spaces_keeps_its_size() -> None:
    words = [
        WordTiming(text=t, start_s=i, end_s=i + 1) for i, t in enumerate(("山田", "山田", "山田"))
    ]
    first, middle, _ = _sprites(
        (Cue(start_s=0, end_s=3, lines=(tuple(words),)),), Format.SQUARE, "ja"
    )
    both = [int(np.ptp(_columns_of_letters(sprite)[0])) for sprite in (first, middle)]
    assert abs(both[0] - both[1]) <= 2
    assert (first.x, first.rgba.shape) == (middle.x, middle.rgba.shape)
    alone = _sprites((Cue(start_s=0, end_s=1, lines=((words[0],),)),), Format.SQUARE, "ja")[0]
    assert np.ptp(_columns_of_letters(alone)[0]) > 1.05 * both[0]


@pytest.mark.parametrize("shade", [0, 90, 180, 255])
def test_letters_stand_out_on_any_background(shade: int) -> None:
    """Around each letter lies the dark outline, whatever the picture."""
    sprite = _sprites(_cues("en", Format.PORTRAIT), Format.PORTRAIT)[0]
    alpha = sprite.rgba[..., 3:].astype(float) / 255
    seen = (sprite.rgba[..., :3] * alpha + shade * (1 - alpha)).round().astype(np.uint8)
    white = seen.min(2) > 250 if shade < 255 else (sprite.rgba.min(2) > 250)
    ring = np.zeros_like(white)
    for dy, dx in ((0, 4), (0, -4), (4, 0), (-4, 0)):
        ring |= np.roll(white, (dy, dx), (0, 1))
    ring &= sprite.rgba[..., :3].max(2) < 60
    assert ring.sum() > 500
    assert float(np.percentile(contrast(seen[ring], (255, 255, 255)), 10)) > 7


def test_emoji_leave_no_box_and_a_cue_of_emoji_alone_gives_nothing() -> None:
    def cue(*texts: str) -> Cue:
        words = [WordTiming(text=t, start_s=i, end_s=i + 1) for i, t in enumerate(texts)]
        return Cue(start_s=0, end_s=len(texts), lines=(tuple(words),))

    assert _sprites((cue("🚀", "🦊"),), Format.SQUARE) == []
    plain = _sprites((cue("Go", "now"),), Format.SQUARE)[0]
    with_emoji = _sprites((cue("Go", "now🚀"),), Format.SQUARE)[0]
    assert np.array_equal(plain.rgba, with_emoji.rgba)


def test_cues_too_wide_for_the_picture_are_broken_anew_and_shrunk() -> None:
    words = spoken(UNITS["en"][:14])
    cues = cut_cues(words, "en", limits=reading_limits("en"))
    long_word = WordTiming(text="W" * 42, start_s=0, end_s=2)
    cues = (*cues, Cue(start_s=20, end_s=22, lines=((long_word,),)))
    for sprite in _sprites(cues, Format.PORTRAIT):
        columns = np.nonzero((sprite.rgba[..., 3] > 200).any(0))[0] + sprite.x
        assert 0.05 * 1080 < columns.min() <= columns.max() < 0.95 * 1080


def test_one_line_and_two_stand_on_the_same_baseline_in_landscape() -> None:
    words = tuple(WordTiming(text="HILL", start_s=i, end_s=i + 1) for i in range(2))
    bottoms = set()
    for lines in ((words,), (words[:1], words[1:])):
        cue = Cue(start_s=0, end_s=2, lines=lines)
        first = _sprites((cue,), Format.LANDSCAPE)[0]  # the last word is white and at rest
        white = (first.rgba.min(2) > 250).any(1)
        bottoms.add(first.y + int(np.nonzero(white)[0].max()))
    assert len(bottoms) == 1


def test_the_same_cues_give_the_same_sprites() -> None:
    cues = _cues("en", Format.SQUARE)[:3]
    for a, b in zip(_sprites(cues, Format.SQUARE), _sprites(cues, Format.SQUARE), strict=True):
        assert (a.start_frame, a.end_frame, a.x, a.y) == (b.start_frame, b.end_frame, b.x, b.y)
        assert np.array_equal(a.rgba, b.rgba)


def test_a_state_costs_a_few_milliseconds_of_processor_time() -> None:
    cues = _cues("en", Format.PORTRAIT)
    _sprites(cues[:2], Format.PORTRAIT)
    started = time.process_time()
    count = len(_sprites(cues, Format.PORTRAIT))
    assert (time.process_time() - started) / count < 0.025  # 3 ms on a quiet machine
