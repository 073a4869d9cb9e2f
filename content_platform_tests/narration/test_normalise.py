"""Written words become spoken ones, one for one, whatever the text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.narration.letters import fold_accents
from content_platform.narration.normalise import normalise, spoken_text, spoken_words
from content_platform.steering.models import NarrationConfig

SAID = {
    # clock times
    "10:45": "ten forty-five",
    "10:05": "ten oh five",
    "10:00": "ten o'clock",
    "00:00": "midnight",
    "13:05": "thirteen oh five",
    "23:00": "twenty-three hundred",
    "7pm": "seven P.M",
    "10:30am": "ten thirty A.M",
    "10:45 a.m. sharp": "ten forty-five A.M sharp",
    "at 6 p.m. she left": "at six P.M she left",
    "7.15 pm": "seven fifteen P.M",
    "from 9:30-10:15": "from nine thirty to ten fifteen",
    # money
    "$3.50": "three dollars and fifty cents",
    "$1": "one dollar",
    "$0.99": "ninety-nine cents",
    "$1.01": "one dollar and one cent",
    "£2m": "two million pounds",
    "£2 million": "two million pounds",
    "$3.5 billion": "three point five billion dollars",
    "€1,200.99": "one thousand two hundred euros and ninety-nine cents",
    "5€": "five euros",
    "¥500": "five hundred yen",
    "$5-10": "five to ten dollars",
    "-$5": "minus five dollars",
    "US$20": "twenty U.S. dollars",
    "50¢": "fifty cents",
    "50p": "fifty pence",
    "$10k": "ten thousand dollars",
    # years, decades, dates
    "in 1984": "in nineteen eighty-four",
    "in 2026": "in twenty twenty-six",
    "in 2004": "in two thousand four",
    "in 1905": "in nineteen oh five",
    "in 1900": "in nineteen hundred",
    "1900s": "nineteen hundreds",
    "the 1980s": "the nineteen eighties",
    "the '90s": "the nineties",
    "his 30s": "his thirties",
    "1990-1995": "nineteen ninety to nineteen ninety-five",
    "1500 people": "one thousand five hundred people",
    "over 1200 soldiers": "over one thousand two hundred soldiers",
    "June 3, 1984": "June third, nineteen eighty-four",
    "3 June 2026": "the third of June twenty twenty-six",
    "Jan. 5": "January fifth",
    "2026-11-22": "November twenty-second, twenty twenty-six",
    "3/4/2026": "March fourth, twenty twenty-six",
    # numbers
    "3rd": "third",
    "21st": "twenty-first",
    "112th": "one hundred twelfth",
    "1,234": "one thousand two hundred thirty-four",
    "3.14": "three point one four",
    ".5": "zero point five",
    "1,000,000": "one million",
    "0": "zero",
    "007": "zero zero seven",
    "-5": "minus five",
    "5%": "five percent",
    "12.5 %": "twelve point five percent",
    "1/2": "one half",
    "3/4": "three quarters",
    "2/3": "two thirds",
    "1 1/2 hours": "one and a half hours",
    "1½ miles": "one and a half miles",
    "24/7": "twenty-four seven",
    "10/10": "ten out of ten",
    "5-7": "five to seven",
    "2 - 3 days": "two to three days",
    "5–7 km": "five to seven kilometers",
    "No. 5": "number five",
    "#5": "number five",
    "5-year-old": "five year old",
    "mid-1980s": "mid nineteen eighties",
    "3×4": "three times four",
    # measures
    "20°C": "twenty degrees Celsius",
    "-5 °F": "minus five degrees Fahrenheit",
    "90°": "ninety degrees",
    "100 km/h": "one hundred kilometers per hour",
    "1 km": "one kilometer",
    "5kg": "five kilograms",
    "20 mph": "twenty miles per hour",
    "5'11\"": "five foot eleven",
    # telephone numbers
    "555-0199": "five five five zero one nine nine",
    "555-867-5309": "five five five eight six seven five three zero nine",
    "+44 20 7946 0958": "plus four four two zero seven nine four six zero nine five eight",
    # numerals
    "Henry VIII": "Henry the eighth",
    "Louis XIV's men": "Louis the fourteenth's men",
    "King George V": "King George the fifth",
    "Chapter IV": "Chapter four",
    "World War II": "World War two",
    "Part I": "Part one",
    "and I ran": "and I ran",
    "vitamin C": "vitamin C",
    # abbreviations
    "Dr. Zoë": "Doctor Zoey",
    "Elm Dr. is long": "Elm Drive is long",
    "Mr. and Mrs. Fox": "Mister and Missus Fox",
    "St. John": "Saint John",
    "on Main St. today": "on Main Street today",
    "Then St. John": "Then Saint John",
    "up Main St. Then": "up Main Street. Then",
    "Mt. Etna": "Mount Etna",
    "Prof. Bell": "Professor Bell",
    "nuts, bolts, etc.": "nuts, bolts, etcetera.",
    "e.g. this": "for example this",
    "i.e. that": "that is that",
    "cats vs. dogs": "cats versus dogs",
    "J. R. Hart": "J R Hart",
    "fish & chips": "fish and chips",
    "w/o you": "without you",
    # acronyms and shouting
    "NASA": "Nasa",
    "the FBI came": "the F.B.I came",
    "in the U.S. now": "in the U.S now",
    "DVDs": "DVDs",
    "STOP IT NOW!": "stop it now!",
    "HELP US": "Help us",
    "DON'T GO": "Don't go",
    "an MP3": "an M.P three",
    # addresses
    "www.example.com/a": "W.W.W dot example dot com slash a",
    "mara@light.house": "mara at light dot house",
    "@mara": "at mara",
    "#StoryTime": "hashtag Story Time",
    # letters and marks
    "café": "caffay",
    "naïve Zoë's": "naive Zoey's",
    "Škoda Ångström": "Skoda Angstrom",
    "ever—dark": "ever—dark",
    "he ran -- fast": "he ran — fast",
    "well... no": "well… no",
    "‘Tis “so,” he said.": "'Tis “so,” he said.",
    "well-known": "well-known",
    "rock 'n' roll": "rock 'n roll",
    "happy 😀 days": "happy days",
    "a\u200bb\x07c": "abc",
    "*bold* _move_": "bold move",
    "٣ foxes": "three foxes",
}


@pytest.mark.parametrize(("written", "said"), SAID.items())
def test_what_is_written_is_said_as_people_say_it(written: str, said: str) -> None:
    assert spoken_text(normalise(written)) == said


def test_a_british_date_puts_the_day_first() -> None:
    assert spoken_text(normalise("3/4/2026", "en-GB")) == "the third of April twenty twenty-six"


def test_each_written_word_knows_what_is_said_for_it() -> None:
    words = normalise("At 10:45, Dr. Zoë paid $3.50 million — gone!")
    assert [(word.written, word.spoken) for word in words] == [
        ("At", "At"),
        ("10:45,", "ten forty-five"),
        ("Dr.", "Doctor"),
        ("Zoë", "Zoey"),
        ("paid", "paid"),
        ("$3.50", "three point five zero"),
        ("million", "million dollars"),
        ("—", ""),
        ("gone!", "gone"),
    ]


def test_a_lexicon_goes_before_every_rule_and_covers_the_possessive() -> None:
    lexicon = {"Saoirse": "Seer-sha", "1984": "the year of the book"}
    said = spoken_text(normalise("SAOIRSE read Saoirse’s 1984.", lexicon=lexicon))
    assert said == "Seer-sha read Seer-sha's the year of the book."


def test_an_abbreviation_does_not_end_a_sentence_unless_it_does() -> None:
    ends = [
        word.written
        for word in normalise("Mr. Fox left at 5 p.m. Then Dr. Ray came.")
        if word.ends_sentence
    ]
    assert ends == ["p.m.", "came."]


def test_other_languages_keep_their_letters_and_digits() -> None:
    text = "El 3 de mayo, ¿la vieja Mara subió? 😀 ¡Sí!"
    assert spoken_text(normalise(text, "es")) == "El 3 de mayo, la vieja Mara subió? Sí!"


def test_a_script_and_a_transcript_compare_as_spoken() -> None:
    assert spoken_words("At 10:45, Zoë paid $3.50!") == spoken_words(
        "at ten forty five zoe paid three dollars and fifty cents"
    )


TEXTS = st.lists(
    st.one_of(
        st.sampled_from([*SAID, "—", "…", "Mara", "I", "II", "1.", "10:99", "$", "3rd.", "'90s"]),
        st.text(max_size=12),
        st.from_regex(
            r"[-+$£€]?[0-9]{1,6}([.,:/-][0-9]{1,4})?(st|th|s|%|km|°C|am)?", fullmatch=True
        ),
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_keeps_its_words_and_becomes_speakable(text: str) -> None:
    words = normalise(text)
    assert [word.written for word in words] == text.split()
    for word in words:
        assert re.fullmatch(r"[A-Za-z'., \-—…;:]*", word.spoken), word
        assert re.fullmatch(r"[“(]?", word.opening)
        assert set(word.closing) <= set(".,;:!?…—”)")
        readable = re.search("[A-Za-z0-9]", fold_accents(word.written))
        if readable:
            assert re.search("[A-Za-z]", word.spoken), f"{word.written!r} fell silent"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(sorted(SAID)), min_size=1, max_size=6).map(" ".join))
def test_speech_read_again_is_the_same_speech(text: str) -> None:
    once = spoken_words(spoken_text(normalise(text)))
    assert spoken_words(" ".join(once)) == once


def test_a_lexicons_word_may_be_written_with_its_marks() -> None:
    [word] = normalise("“Siobhán!”", "en", {"Siobhán!": "shi-vawn"})
    assert word.spoken == "shi-vawn"


@pytest.mark.parametrize("entry", [{"two words": "x"}, {"": "x"}, {"word": ""}, {"word": " - "}])
def test_a_lexicon_entry_that_could_never_be_used_is_refused(entry: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="lexicon"):
        NarrationConfig(voices={"en": "bm_george"}, lexicon=entry)
