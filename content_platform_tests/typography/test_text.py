"""Text as pixels: shaped, in the right direction, emphasised, never a box for a missing glyph."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.typography.colour import WHITE
from content_platform.typography.fonts import Typeface
from content_platform.typography.text import (
    Emphasis,
    Shadow,
    TextStyle,
    break_lines,
    drawable,
    fit_title,
    paste,
    set_text,
    text_width,
)

STYLE = TextStyle(Typeface.CAPTION, 64)
OUTLINED = TextStyle(Typeface.CAPTION, 64, outline=6, shadow=Shadow(4, 6, 0.7))
GOLD = (255, 200, 87)


def _ink_columns(text: str, locale: str) -> float:
    left, _, right, _ = set_text([[text]], STYLE, locale).ink
    return right - left


def test_the_same_text_gives_the_same_pixels() -> None:
    first = set_text([["The ", "lamp"]], OUTLINED, "en").draw(emphasis={1: Emphasis(GOLD, 1.08)})
    again = set_text([["The ", "lamp"]], OUTLINED, "en").draw(emphasis={1: Emphasis(GOLD, 1.08)})
    assert (first.x, first.y) == (again.x, again.y)
    assert np.array_equal(first.rgba, again.rgba)


def test_arabic_letters_join_so_that_a_word_is_narrower_than_its_letters() -> None:
    word = "المنارة"
    assert text_width(word, STYLE, "ar") < 0.8 * sum(text_width(c, STYLE, "ar") for c in word)


def test_devanagari_vowel_signs_move_before_their_consonant() -> None:
    """कि: the sign is written after the letter and drawn on its left."""
    block = set_text([["कि"]], STYLE, "hi")
    assert block.glyphs[0].glyph != set_text([["क"]], STYLE, "hi").glyphs[0].glyph


def test_thai_marks_stack_without_taking_room() -> None:
    assert text_width("ที่", STYLE, "th") == pytest.approx(text_width("ท", STYLE, "th"), rel=0.02)


def test_hebrew_starts_on_the_right_and_numbers_in_it_do_not_turn() -> None:
    block = set_text([["שלום ", "1984"]], STYLE, "he")
    shalom = [glyph.x for glyph in block.glyphs if glyph.span == 0]
    year = [glyph for glyph in block.glyphs if glyph.span == 1]
    assert max(glyph.x for glyph in year) < min(shalom)
    digits = [glyph.glyph for char in "1984" for glyph in set_text([[char]], STYLE, "he").glyphs]
    assert [glyph.glyph for glyph in sorted(year, key=lambda glyph: glyph.x)] == digits


def test_emphasis_colours_its_span_and_no_other() -> None:
    block = set_text([["left ", "right"]], OUTLINED, "en")
    picture = block.draw(emphasis={1: Emphasis(GOLD)})
    gold = (np.abs(picture.rgba[..., :3].astype(int) - GOLD).sum(2) < 6) & (
        picture.rgba[..., 3] > 250
    )
    white = (picture.rgba[..., :3].min(2) > 250) & (picture.rgba[..., 3] > 250)
    boundary = min(glyph.x for glyph in block.glyphs if glyph.span == 1) - picture.x
    columns = np.arange(picture.rgba.shape[1])
    assert gold.any()
    assert white.any()
    assert columns[gold.any(0)].min() > boundary - 2
    assert columns[white.any(0)].max() < boundary + 2


def test_right_to_left_emphasis_is_on_the_left_for_the_last_word() -> None:
    picture = set_text([["في ", "ليلة ", "عاصفة"]], OUTLINED, "ar").draw(
        emphasis={2: Emphasis(GOLD)}
    )
    gold = np.abs(picture.rgba[..., :3].astype(int) - GOLD).sum(2) < 6
    assert np.nonzero(gold.any(0))[0].max() < picture.rgba.shape[1] / 2


@pytest.mark.parametrize("style", [STYLE, OUTLINED])
def test_glyphs_are_drawn_in_their_full_colour(style: TextStyle) -> None:
    picture = set_text([["HILL"]], style, "en").draw(WHITE)
    assert (picture.rgba == 255).all(axis=2).sum() > 500


def test_a_shadow_without_an_outline_leaves_the_letters_white() -> None:
    style = TextStyle(Typeface.TITLE, 120, shadow=Shadow(6, 12, 0.8))
    picture = set_text([["HILL"]], style, "en").draw(WHITE)
    solid = set_text([["HILL"]], TextStyle(Typeface.TITLE, 120), "en").draw(WHITE)
    assert (picture.rgba == 255).all(axis=2).sum() == (solid.rgba == 255).all(axis=2).sum()


def test_an_outline_surrounds_the_letters_with_dark() -> None:
    canvas = np.full((140, 400, 3), 255, np.uint8)
    paste(canvas, set_text([["fog"]], OUTLINED, "en").draw(WHITE), 200, 90)
    assert canvas.min() < 30  # white letters on white paper can be read


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Go 🚀 now", "Go now"),
        ("👩‍🚀", ""),
        ("a\u202eb\u0007c", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("line\nbreak\t!", "line break !"),
        ("", ""),
    ],
)
def test_what_no_font_has_is_left_out_and_never_drawn_as_a_box(text: str, kept: str) -> None:
    assert drawable(text, Typeface.CAPTION, "en") == kept


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["en", "ar", "ja", "th", "hi"]))
def test_any_text_at_all_can_be_drawn(text: str, locale: str) -> None:
    shown = drawable(text, Typeface.CAPTION, locale)
    picture = set_text([[shown]], OUTLINED, locale).draw()
    height, width = picture.rgba.shape[:2]
    assert width % 2 == height % 2 == picture.x % 2 == picture.y % 2 == 0
    assert all(glyph.glyph for glyph in set_text([[shown]], STYLE, locale).glyphs)


def test_lines_are_broken_as_evenly_as_can_be() -> None:
    words = ["The", "Fox", "Who", "Kept", "the", "Winter"]
    assert break_lines(words, "en", 2, STYLE) == [["The", "Fox", "Who"], ["Kept", "the", "Winter"]]


@pytest.mark.parametrize(
    "title", ["Fog", "The Lamp That Learned Her Name", "Donaudampfschifffahrt"]
)
def test_a_title_fills_its_box_and_stays_inside(title: str) -> None:
    style = TextStyle(Typeface.TITLE, 300)
    lines, fitted = fit_title(title.split(), style, "en", width=800, height=500, max_lines=4)
    block = set_text([[" ".join(line)] for line in lines], fitted, "en")
    left, top, right, bottom = block.ink
    assert right - left <= 804
    assert bottom - top <= 504
    assert fitted.size == 300 or right - left > 700 or bottom - top > 380


def test_widths_grow_with_the_size() -> None:
    double = TextStyle(Typeface.CAPTION, 128)
    assert text_width("fog", double, "en") == pytest.approx(2 * text_width("fog", STYLE, "en"))
    assert _ink_columns("fog", "en") <= text_width("fog", STYLE, "en") + 2
