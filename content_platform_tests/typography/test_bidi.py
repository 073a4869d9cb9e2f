"""The drawing order of mixed lines. Expected orders follow the examples and rules of UAX 9."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.typography.bidi import embedding_levels, visual_runs


def _shown(text: str, right_to_left: bool) -> str:
    """The characters from left to right, brackets not mirrored."""
    runs = visual_runs(embedding_levels(text, right_to_left=right_to_left))
    return "".join(text[a:b][::-1] if level % 2 else text[a:b] for a, b, level in runs)


@pytest.mark.parametrize(
    ("text", "right_to_left", "shown"),
    [
        ("abc אבג def", False, "abc גבא def"),
        ("אבג abc דהו", True, "והד abc גבא"),
        ("אבג 1984 דהו", True, "והד 1984 גבא"),
        ("אבג (abc) דהו", True, "והד )abc( גבא"),
        ("abc אבג.", False, "abc גבא."),
        ("אבג.", True, ".גבא"),
        ("עלה 12,5% היום", True, "םויה 12,5% הלע"),
        ("نحن ١٢٣ هنا", True, "انه ١٢٣ نحن"[:8] + "نحن"[::-1]),
    ],
)
def test_a_line_is_ordered_as_unicode_says(text: str, right_to_left: bool, shown: str) -> None:
    assert _shown(text, right_to_left) == shown


@given(
    st.text(st.sampled_from("abאבגابج12٣٤ ,.:+-%()[]!«»\u0301\u064e"), max_size=40), st.booleans()
)
def test_every_character_is_drawn_exactly_once(text: str, right_to_left: bool) -> None:
    assert sorted(_shown(text, right_to_left)) == sorted(text)


@given(st.text(st.sampled_from("אבגابج ,.!"), max_size=30))
def test_a_purely_right_to_left_line_is_simply_reversed(text: str) -> None:
    assert _shown(text, right_to_left=True) == text[::-1]
