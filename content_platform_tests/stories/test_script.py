"""Reading a person's own script and cutting it into scenes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.errors import BadInput
from content_platform.stories.cutting import MAX_SCENE_S
from content_platform.stories.models import MAX_SCRIPT_WORDS, Shot, TimeOfDay, Weather
from content_platform.stories.scenes import script_to_draft
from content_platform.stories.script import clean_script, read_script
from content_platform.stories.sentences import count_words, sentences
from content_platform.vocabulary import Genre, Mood

TALE = """# The Brass Key

Dr. Zoë Hart woke at 10:45 p.m. in the old lighthouse. Rain hammered the windows… "Who's there?" she asked.
Nobody answered.

She lit a **lantern** and climbed the stairs, [slowly](http://example.org). Tom the baker stood at the top,
holding a brass key. "You're late," said Tom.

In the morning they walked to the harbour. The storm was over, and Zoë smiled.
"""


def draft(text: str, locale: str = "en", genre: Genre = Genre.MYSTERY, **more: str):
    return script_to_draft(text, locale, genre=genre, seed=1, **more)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_markdown_is_taken_off_and_the_heading_is_the_title() -> None:
    script = clean_script(
        "# A *Fine* Title\n\nSome **bold** and `code` and [a link](http://x.org).\n\n"
        "```python\nprint('never spoken')\n```\n\n> quoted words\n\n- one\n- two\n\n## Part two\n\nThe end."
    )
    assert script.title == "A Fine Title"
    assert script.text == (
        "Some bold and code and a link.\n\nquoted words\n\none\n\ntwo\n\nPart two.\n\nThe end."
    )


def test_front_matter_gives_the_title_and_is_not_told() -> None:
    script = clean_script('---\ntitle: "Night Mail"\nauthor: me\n---\nThe train left.')
    assert (script.title, script.text) == ("Night Mail", "The train left.")


def test_snake_case_prices_and_asterisks_in_prose_survive() -> None:
    text = "It cost $3.50 * 2, saved as my_file_name, at 5 * 4."
    assert clean_script(text).text == text


def test_the_colours_of_a_terminal_are_not_read_aloud() -> None:
    script = clean_script("\x1b[1;31mThe lamp\x1b[0m went out, and nobody had touched it.")
    assert script.text == "The lamp went out, and nobody had touched it."
    assert script.dropped_controls == 2


def test_emoji_and_control_characters_are_dropped_and_counted() -> None:
    script = clean_script("The fox 🦊 ran\x07 home 👩‍👩‍👧. “Well,” she said © 2024.")
    assert script.text == "The fox ran home . “Well,” she said © 2024."
    assert (script.dropped_emoji, script.dropped_controls) == (2, 1)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Zoë’s café.".encode(), "Zoë’s café."),
        ("Zoë’s café.".encode("utf-8-sig"), "Zoë’s café."),
        ("Zoë’s café.".encode("utf-16"), "Zoë’s café."),
        ("Zoë’s café was warm.".encode("utf-16-le"), "Zoë’s café was warm."),
        ("Zoë’s café.".encode("cp1252"), "Zoë’s café."),
        (b"one line\r\nsame paragraph\r\n\r\nnext", "one line same paragraph\n\nnext"),
    ],
)
def test_files_in_any_usual_encoding_are_read(tmp_path: Path, raw: bytes, expected: str) -> None:
    path = tmp_path / "script.txt"
    path.write_bytes(raw)
    assert read_script(path).text == expected


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "no words"),
        (b"  \n\n \t", "no words"),
        ("😀😀".encode(), "no words"),
        (b"# Only a title\n", "besides its title"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a text file"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "not a text file"),
        (b"word \x00\x01\x02 word \x00", "not a text file"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_remedy(
    tmp_path: Path, raw: bytes, complaint: str
) -> None:
    path = tmp_path / "script.txt"
    path.write_bytes(raw)
    with pytest.raises(BadInput, match=complaint) as caught:
        read_script(path)
    assert caught.value.remedy


def test_a_missing_file_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(BadInput, match=path.name):
            read_script(path)


def test_fifty_pages_are_refused_with_counts_and_the_number_of_episodes() -> None:
    with pytest.raises(BadInput, match=r"15,000 words \(about 50 pages\)") as caught:
        clean_script("word " * 15_000)
    assert "8 or more episodes" in caught.value.remedy
    assert clean_script("word " * MAX_SCRIPT_WORDS).words == MAX_SCRIPT_WORDS


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The keeper climbed the stairs and lit the lamp.", "en"),
        ("Der Wärter stieg die Treppe hinauf und zündete die Lampe an.", "de"),
        ("El panadero abrió la puerta y no había nadie en la calle.", "es"),
        ("昨日、古い灯台で不思議なことが起きた。", "ja"),
        ("昨天晚上，灯塔里发生了一件奇怪的事。", "zh"),
        ("ذهب الرجل إلى المدينة ولم يجد أحدا هناك.", "ar"),
        ("एक समय की बात है, एक लड़की जंगल में गई।", "hi"),
        ("กาลครั้งหนึ่งนานมาแล้ว มีเด็กหญิงคนหนึ่ง", "th"),
        ("Hello.", "en"),
    ],
)
def test_the_language_of_a_script_is_recognised(text: str, language: str) -> None:
    assert clean_script(text).locale == language


def test_sentences_end_where_a_reader_would_end_them() -> None:
    assert sentences(
        "Dr. Zoë paid $3.50 at 10:45 a.m. to Mr. J. Smith. “Who is it?” she asked. Wait… what? "
        "He left at 5 p.m. Nobody saw him! 1. is not an end."
    ) == [
        "Dr. Zoë paid $3.50 at 10:45 a.m. to Mr. J. Smith.",
        "“Who is it?” she asked.",
        "Wait… what?",
        "He left at 5 p.m.",
        "Nobody saw him!",
        "1. is not an end.",
    ]
    assert sentences("誰か来た。「誰ですか？」と彼女は聞いた。静かだ！") == [
        "誰か来た。",
        "「誰ですか？」と彼女は聞いた。",
        "静かだ！",
    ]
    assert sentences("هل رأيت القطة؟ لم يجب أحد.") == ["هل رأيت القطة؟", "لم يجب أحد."]
    assert sentences("वह गई। वह लौटी।") == ["वह गई।", "वह लौटी।"]


def test_place_time_weather_cast_and_things_are_read_out_of_the_text() -> None:
    script = clean_script(TALE)
    told = draft(script.text, title=script.title)
    first, *_, last = told.scenes
    assert told.title == "The Brass Key"
    assert "lighthouse" in first.place
    assert (first.time_of_day, first.weather) == (TimeOfDay.NIGHT, Weather.RAIN)
    assert first.shot is Shot.ESTABLISHING
    assert "harbour" in last.place
    assert last.time_of_day is TimeOfDay.DAY
    people = {member.name: member for member in told.cast}
    assert people["Zoë"].kind == "woman"
    assert (people["Tom"].kind, people["Tom"].noun) == ("man", "baker")
    assert {"lantern", "key"} <= {prop for scene in told.scenes for prop in scene.props}
    assert "Zoë" in last.cast


def test_coats_and_clothes_keep_the_colours_the_text_gives_them() -> None:
    text = (
        "The cat was black. It sat on the wall. Every morning a girl in a red coat came by. "
        "Ella pulled on her blue scarf. The dog, brown and old, watched her from the door."
    )
    draft = script_to_draft(text, "en", genre=Genre.MYSTERY, seed=1)
    traits = {member.name: member.traits for member in draft.cast}
    assert traits["cat"] == ("black",)
    assert traits["girl"] == ("red coat",)
    assert traits["Ella"] == ("blue scarf",)
    assert "brown" in traits["dog"]


def test_a_list_has_one_scene_per_item() -> None:
    script = clean_script(
        "# 3 facts about octopuses\n\n1. An octopus has three hearts. Two pump blood to the gills.\n"
        "2. Their blood is blue.\n3. They taste with their arms, and each arm has its own brain.\n"
    )
    scenes = draft(script.text, genre=Genre.FANTASY).scenes
    assert [scene.text.split(".")[0] for scene in scenes] == ["1", "2", "3"]
    assert all("octopus" in scene.cast for scene in scenes[:1])


def test_another_language_gets_the_genres_own_picture() -> None:
    scenes = draft("El panadero abrió la puerta. ¿Quién está ahí? Nadie contestó.", "es").scenes
    assert {scene.mood for scene in scenes} <= {Mood.MYSTERY, Mood.TENSE, Mood.CALM}
    assert scenes[0].time_of_day is TimeOfDay.NIGHT


SENTENCES = st.lists(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co")),
        min_size=1,
        max_size=80,
    ).filter(lambda text: any(letter.isalnum() for letter in text)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(parts=SENTENCES, ends=st.lists(st.sampled_from([". ", "! ", "? ", "\n\n", " ", "。", "… "])))
def test_every_letter_of_a_text_is_in_the_scenes_in_order(
    parts: list[str], ends: list[str]
) -> None:
    text = "".join(
        part + (ends[index] if index < len(ends) else ". ") for index, part in enumerate(parts)
    )
    told = draft(text)
    assert squeezed(" ".join(scene.text for scene in told.scenes)) == squeezed(text)
    assert all(scene.text.strip() for scene in told.scenes)
    assert told.title


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=40),
    pace=st.floats(1.5, 3.5),
)
def test_scenes_of_plain_prose_last_as_long_as_asked(lengths: list[int], pace: float) -> None:
    text = " ".join("Word " + "word, " * (length - 1) + "end." for length in lengths)
    told = script_to_draft(text, "en", genre=Genre.FANTASY, seed=1, words_per_second=pace)
    assert all(count_words(scene.text) / pace <= MAX_SCENE_S for scene in told.scenes)


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_file_is_read_or_refused_in_plain_words(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(raw)
    try:
        script = read_script(path)
    except BadInput:
        return
    assert script.words > 0
    assert draft(script.text, script.locale).scenes
