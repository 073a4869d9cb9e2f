"""What scripts need: spaces, widths, breaks, sentence ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.typography.scripts import (
    columns,
    ends_clause,
    ends_sentence,
    is_right_to_left,
    join_words,
    script_of,
    split_to_fit,
    title_words,
)


@pytest.mark.parametrize(
    ("locale", "script"),
    [("en", "Latn"), ("zh", "Hans"), ("zh-TW", "Hant"), ("ja", "Jpan"), ("fa", "Arab")],
)
def test_a_locale_tells_its_script(locale: str, script: str) -> None:
    assert script_of(locale) == script


def test_arabic_and_hebrew_run_from_right_to_left() -> None:
    assert [is_right_to_left(locale) for locale in ("ar", "he", "fa", "en", "ja")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["The", "lamp", "—", "out."], "The lamp — out."),
        (["嵐の", "夜、", "Mara", "Quill", "は"], "嵐の夜、Mara Quillは"),
        (["ในคืนนั้น ", "มารา", "ปีน"], "ในคืนนั้น มาราปีน"),
        (["폭풍이", "치는", "밤"], "폭풍이 치는 밤"),
    ],
)
def test_words_are_joined_as_their_script_writes_them(words: list[str], line: str) -> None:
    assert join_words(words) == line


def test_full_width_characters_count_twice_and_combining_marks_not_at_all() -> None:
    assert columns("ab") == 2
    assert columns("嵐の") == 4
    assert columns("e\u0301") == 1
    assert columns("กี่") == 1


@pytest.mark.parametrize("word", ["end.", "end!”", "終わった。」", "हुआ।", "؟ماذا؟", "...what?)"])
def test_a_sentence_ends_at_its_stop_even_inside_quotation_marks(word: str) -> None:
    assert ends_sentence(word)


@pytest.mark.parametrize("word", ["Dr.", "“Mrs.", "J.", "e.g.", "10:45", "Zoë", "3.50"])
def test_an_abbreviation_ends_no_sentence(word: str) -> None:
    assert not ends_sentence(word)


@pytest.mark.parametrize("word", ["in,", "she said;", "—", "夜、", "ليلة،"])
def test_a_clause_ends_at_its_comma_or_dash(word: str) -> None:
    assert ends_clause(word)


_TEXT = st.text(
    st.sampled_from("abcdefghij-/éßชกเาี嵐夜の。、「」한글اليلة\u0301"), min_size=1, max_size=150
)


@given(_TEXT, st.integers(min_value=4, max_value=42))
def test_a_long_word_is_cut_into_pieces_that_fit_and_lose_nothing(word: str, limit: int) -> None:
    pieces = split_to_fit(word, limit)
    assert "".join(pieces) == word
    assert all(pieces)
    assert all(columns(piece) <= limit for piece in pieces)


def test_a_long_word_is_cut_after_its_hyphen() -> None:
    assert split_to_fit("counter-revolutionary", 16) == ("counter-", "revolutionary")


def test_a_cut_never_begins_with_closing_punctuation_or_a_thai_vowel_sign() -> None:
    pieces = split_to_fit("灯台守は、待っていた。" * 4, 16)
    assert not any(piece[0] in "、。っ" for piece in pieces)
    pieces = split_to_fit("ไม่มีใครเปิดห้องตะเกียงตั้งแต่พ่อของเธอหายตัวไป", 16)
    assert not any(piece[0] in "ะาำ่้๊๋ิีึืุู็์" or piece[-1] in "เแโใไ" for piece in pieces)


def test_a_japanese_title_breaks_where_kana_gives_way_to_kanji() -> None:
    assert title_words("嵐の夜の灯台守") == ["嵐の", "夜の", "灯台守"]


def test_a_chinese_title_breaks_after_its_particles() -> None:
    assert title_words("暴风雨之夜的灯塔") == ["暴风雨之", "夜的", "灯塔"]
