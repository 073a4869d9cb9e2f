"""Any text, cut into scenes: nothing lost, in order, never without words, never too long."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.stories.cutting import MAX_SCENE_S, MIN_SCENE_S, cut
from content_platform.stories.scenes import script_to_draft
from content_platform.stories.script import clean_script
from content_platform.stories.sentences import count_words, join, sentences
from content_platform.vocabulary import Genre

PACE = 2.6
MOST = int(MAX_SCENE_S * PACE)
PIECES = [
    "The fox ran", "an owl, who knew", "and then", "“Who is there?”", "3 p.m.", "Dr. Zoë", "\n\n",
    "1. ", "2) ", "First, ", "Second, ", "Chapter Two", ".", "!", "…", ",", "—", " ", "\n",
    "昔々、山の村に", "。", "「本当ですか」", "と言いました", "从前有一座灯塔", "วันหนึ่งมีเด็กหญิง", "กาลครั้งหนึ่ง",
    "كان يا ما كان،", "؟", "एक दिन।", "x" * 40, "word " * 30, "あ" * 80, "ก" * 90,
]  # fmt: skip


def bare(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join))
def test_nothing_of_a_text_is_lost_and_every_scene_has_words(text: str) -> None:
    if not count_words(text):
        return
    spans = cut(text, PACE)
    assert bare("".join(span.text for span in spans)) == bare(text)
    assert all(count_words(span.text) for span in spans)
    entries = sum(span.opens for span in spans)
    least = MIN_SCENE_S * PACE
    assert len(spans) <= 2 * math.ceil(count_words(text) / least) + 2 * entries + 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["sun ", "the moon, ", "and ", "灯塔", "あ", "ก็", "วัน"]),
        min_size=1,
        max_size=300,
    )
)
def test_no_scene_is_longer_than_can_be_watched(words: list[str]) -> None:
    text = "".join(words)
    for span in cut(text, PACE):
        assert count_words(span.text) <= MOST + 1, span.text


def test_each_entry_of_a_list_has_its_scene_and_keeps_its_number() -> None:
    text = "# 3 facts\n\n1. Its blood is blue.\n2. It has three hearts. Two are for the gills.\n3. It tastes with its arms."
    draft = script_to_draft(clean_script(text).text, "en", genre=Genre.FABLE, seed=1)
    assert [scene.text[:2] for scene in draft.scenes] == ["1.", "2.", "3."]


def test_a_list_in_one_paragraph_is_taken_apart() -> None:
    text = "Two rules. First, never trust a silent kettle. Second, salt goes in before the pasta."
    assert [span.text.split(" ")[0] for span in cut(text, PACE)] == ["Two", "First,", "Second,"]


def test_a_heading_goes_with_what_follows_it() -> None:
    text = clean_script("# Clock\n\n## Part One\n\nIt ticks.\n\n## Part Two\n\nIt stops.").text
    assert [span.text for span in cut(text, PACE)] == ["Part One. It ticks.", "Part Two. It stops."]


def test_spoken_lines_in_a_row_keep_a_space_between_them() -> None:
    assert join(["“Are you awake?”", "“No.”"]) == "“Are you awake?” “No.”"
    assert join(["「起きてる？」", "「いいえ。」"]) == "「起きてる？」「いいえ。」"


def test_a_speech_of_two_sentences_is_not_cut_in_japanese() -> None:
    text = "彼は言いました。「全部本当です。安心してください」。旅人は笑いました。"
    assert sentences(text)[1] == "「全部本当です。安心してください」。"


@pytest.mark.parametrize("letter", ["กำ", "か", "灯"])
def test_a_line_without_any_space_is_cut_all_the_same(letter: str) -> None:
    text = letter * 200
    spans = cut(text, PACE)
    assert len(spans) > 1
    assert "".join(span.text for span in spans) == text


def test_an_endless_sentence_is_cut_before_a_conjunction() -> None:
    text = "he sawed in the barn all day and he hammered in the barn all night " * 4
    spans = cut(text, PACE)
    assert len(spans) > 1
    assert all(span.text.startswith(("he ", "and ")) for span in spans)


def test_facts_about_an_animal_are_shown_where_it_lives() -> None:
    draft = script_to_draft(
        "1. An octopus has three hearts.\n\n2. Its blood is blue.", "en", genre=Genre.FABLE, seed=1
    )
    assert [scene.place for scene in draft.scenes] == ["sea", "sea"]
    assert all(scene.cast == ("octopus",) for scene in draft.scenes)


def test_words_that_also_stand_for_others_end_a_sentence() -> None:
    told = (
        "It brought up the sun. It said no. Then it sat. No. 7 was shut on Sat. 4 May. No. Never."
    )
    assert sentences(told) == [
        "It brought up the sun.", "It said no.", "Then it sat.", "No. 7 was shut on Sat. 4 May.", "No.", "Never.",
    ]  # fmt: skip
