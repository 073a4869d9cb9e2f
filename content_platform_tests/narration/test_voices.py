"""A voice is found, or the message says what to do instead."""

import importlib.util

import pytest

from content_platform.errors import BadInput
from content_platform.narration import voices
from content_platform.narration.adapters.kokoro import voice_names
from content_platform.providers.catalogue import load_catalogue
from content_platform.providers.models import Capability
from content_platform.steering.models import NarrationConfig
from content_platform.vocabulary import Genre

CONFIG = NarrationConfig(voices={"en": "bm_george"})


@pytest.fixture
def without_espeak(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where the extra was never installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        voices, "find_spec", lambda name: None if name == "espeakng_loader" else find(name)
    )


def test_every_vendored_voice_is_in_the_catalogue_and_the_other_way_round() -> None:
    listed = {voice.name for voice in voices.voices() if voice.provider == "kokoro"}
    assert listed == voice_names()


def test_every_fallback_is_another_engines_voice_of_the_same_language() -> None:
    for voice in voices.voices():
        if voice.fallback:
            other = voices.voice_named(voice.fallback)
            assert (other.language, other.provider != voice.provider) == (voice.language, True)


def test_each_genre_has_its_storyteller() -> None:
    config = NarrationConfig(voices={"en": "auto"})
    chosen = {genre: voices.choose_voice(config, "en", None, genre=genre) for genre in Genre}
    assert all(genre in voice.suits for genre, voice in chosen.items())
    assert len({voice.name for voice in chosen.values()}) >= 5


def test_a_voice_chosen_for_a_story_fits_the_one_it_is_about() -> None:
    def gender(theme: str, genre: Genre) -> str:
        config = NarrationConfig(voices={"en": "auto"})
        return voices.choose_voice(config, "en", None, genre=genre, theme=theme).gender

    for genre in (Genre.MYSTERY, Genre.FABLE, Genre.COMEDY, Genre.SCIENCE_FICTION):
        assert gender("a girl finds a door", genre) == "woman"
        assert gender("the old man and his clock", genre) == "man"


def test_a_language_without_voices_for_genres_has_its_best_one() -> None:
    assert voices.choose_voice(CONFIG, "de", "auto", genre=Genre.FABLE).name == "pico-de"


def test_eight_english_voices_and_more_have_a_character_of_their_own() -> None:
    characters = [v.character for v in voices.voices("en") if v.provider == "kokoro"]
    assert len(set(characters)) == len(characters) >= 8


def test_the_channels_voice_speaks_its_language_in_any_country() -> None:
    assert voices.choose_voice(CONFIG, "en-GB", None).name == "bm_george"


def test_a_wanted_voice_goes_before_the_channels() -> None:
    assert voices.choose_voice(CONFIG, "en", "af_heart").name == "af_heart"


def test_a_language_the_channel_has_no_voice_for_gets_the_best_one() -> None:
    assert voices.choose_voice(CONFIG, "de", None).name == "pico-de"


@pytest.mark.parametrize(("wanted", "meant"), [("george", "bm_george"), ("af_hart", "af_heart")])
def test_an_unknown_voice_is_answered_with_the_nearest_names(wanted: str, meant: str) -> None:
    with pytest.raises(BadInput, match=f"{wanted!r} is unknown.*{meant}"):
        voices.choose_voice(CONFIG, "en", wanted)


def test_a_voice_of_another_language_is_refused_with_voices_of_this_one() -> None:
    with pytest.raises(BadInput, match=r"speaks en, the story is in 'es'.*ef_dora"):
        voices.choose_voice(CONFIG, "es", "af_heart")


@pytest.mark.usefixtures("without_espeak")
def test_arabic_without_the_extra_names_the_remedy() -> None:
    with pytest.raises(BadInput, match=r"'ar'.*uv sync --extra espeak"):
        voices.choose_voice(CONFIG, "ar", None)


@pytest.mark.usefixtures("without_espeak")
def test_a_voice_that_needs_the_extra_is_listed_with_its_reason() -> None:
    reasons = {voice.name: reason for voice, reason in voices.available_voices("es")}
    assert "--extra espeak" in (reasons["ef_dora"] or "")
    assert reasons["pico-es"] is None
    with pytest.raises(BadInput, match=r"ef_dora.*cannot be used here.*--extra espeak"):
        voices.choose_voice(CONFIG, "es", "ef_dora")


def test_japanese_has_no_voice_and_the_message_lists_the_languages_that_do() -> None:
    with pytest.raises(BadInput, match=r"no voice speaks 'ja'.*\ben\b"):
        voices.choose_voice(CONFIG, "ja", None)


def test_a_faster_voice_needs_more_words_for_the_same_seconds() -> None:
    voice = voices.voice_named("bm_george")
    slow, fast = (voices.words_for_seconds(voice, speed, 45) for speed in (0.8, 1.2))
    assert 80 < slow < fast < 180
    assert voices.words_for_seconds(voice, 1.0, 90) == pytest.approx(
        2 * voices.words_for_seconds(voice, 1.0, 45), abs=1
    )


def test_the_gender_of_every_voice_that_models_offer_is_known() -> None:
    speaking = [entry for entry in load_catalogue() if entry.capability is Capability.SPEAK]
    offered = {voice for entry in speaking for spoken in entry.voices.values() for voice in spoken}
    assert offered
    for voice in offered:
        likeness = {
            voices.hosted_voice_for(wish, "zu", "x", {"zu": [f"not {voice}", voice]})
            for wish in ("bm_george", "bf_emma")
        }
        assert likeness == {voice, f"not {voice}"}, f"{voice} is not in hosted.yaml"


def test_a_vendors_very_voice_speaks_any_language_and_a_house_voice_stands_in_for_it() -> None:
    config = NarrationConfig(voices={"de": "azure/de-DE-KatjaNeural", "ja": "openai/onyx"})
    german = voices.choose_voice(config, "de", None)
    assert (german.name, german.provider) == ("azure/de-DE-KatjaNeural", "azure")
    assert german.fallback == "pico/pico-de"
    assert voices.voice_named("pico/pico-de").name == "pico/pico-de"
    assert voices.choose_voice(config, "ja", None).fallback is None
    with pytest.raises(BadInput, match=r"narration\.voices\.en: 'openai/' names no voice"):
        voices.choose_voice(NarrationConfig(voices={"en": "openai/"}), "en", None)


@pytest.mark.parametrize(
    ("wish", "locale", "found"),
    [
        ("bm_george", "en", "en-GB-RyanNeural"),
        ("am_michael", "en", "en-US-GuyNeural"),
        ("bm_george", "en-US", "en-US-GuyNeural"),
        ("pico-de", "de", "de-DE-KatjaNeural"),
        ("azure/de-DE-ConradNeural", "de", "de-DE-ConradNeural"),
        ("de-DE-ConradNeural", "de", "de-DE-ConradNeural"),
        ("elevenlabs/de-DE-ConradNeural", "de", None),
        ("kokoro/bm_george", "en", None),
        ("bm_george", "fr", None),
        ("nobody", "en", None),
    ],
)
def test_a_vendor_speaks_with_its_voice_most_like_the_one_wanted(
    wish: str, locale: str, found: str | None
) -> None:
    offered = {
        "en": ["en-US-JennyNeural", "en-US-GuyNeural", "en-GB-RyanNeural"],
        "de": ["de-DE-ConradNeural", "de-DE-KatjaNeural"],
    }
    assert voices.hosted_voice_for(wish, locale, "azure", offered) == found
