"""OpenAI's own SDK, as a voice and as a listener, against its contract server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from content_platform.mediatools.audio import read_audio, write_flac
from content_platform.narration.adapters import whisper
from content_platform.narration.adapters.openai import OpenAITranscriber, OpenAIVoice
from content_platform.narration.models import TranscribeRequest, Transcript
from content_platform.narration.normalise import normalise
from content_platform.providers.models import Capability, TransientFailure
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform_tests.contract_servers.openai import OpenAIServer
from content_platform_tests.contract_servers.openai_audio import OpenAIAudio
from content_platform_tests.contract_servers.speech import speak
from content_platform_tests.narration.hosted import (
    PLAIN,
    SECRET,
    TEXT,
    check_speech,
    context,
    deviations_ms,
    entry,
    request,
)

BY_CHARACTER = {"character": Decimal("0.000015")}
BY_TOKEN = {"input_token": Decimal("0.0000006"), "output_token": Decimal("0.000012")}
A_MILLIONTH = Decimal("0.000001")
"""Costs are kept to so much, rounded up."""


class AudioServer(OpenAIAudio, OpenAIServer):
    """OpenAI, for those who speak and listen."""


@pytest.fixture
def server() -> Iterator[AudioServer]:
    with AudioServer() as running:
        yield running
        assert running.violations == []


def voice(server: AudioServer, model: str = "tts-1", **changes: object) -> OpenAIVoice:
    prices = BY_TOKEN if "gpt" in model else BY_CHARACTER
    known = {
        "model": model,
        "voices": {"*": ["onyx", "nova", "fable"]},
        "limits": {"characters": 4096},
    }
    return OpenAIVoice(entry("openai", f"{server.url}/v1", prices, **(known | changes)))


def listener(
    server: AudioServer, media: LocalMediaStore, model: str = "whisper-1", **changes: object
) -> OpenAITranscriber:
    prices = BY_TOKEN if "gpt" in model else {"second": Decimal("0.0001")}
    known = {"model": model, "capability": Capability.TRANSCRIBE}
    return OpenAITranscriber(
        entry("openai", f"{server.url}/v1", prices, **(known | changes)), media=media
    )


@pytest.mark.parametrize("model", ["tts-1", "gpt-4o-mini-tts"])
def test_every_written_word_has_its_moment_though_the_vendor_tells_none(
    server: AudioServer, tmp_path: Path, model: str
) -> None:
    spoken = voice(server, model)
    produced = spoken.call(request(), context(tmp_path))
    speech = check_speech(produced, TEXT)
    lengths = {word.text: word.end_s - word.start_s for word in speech.words}
    assert lengths["$3.50"] > 2 * lengths["paid"] > 0
    assert 0 <= produced.cost_usd - server.billed_usd < A_MILLIONTH
    assert produced.cost_usd <= spoken.estimate_usd(request())
    assert speech.voice == "openai/fable"
    sent = json.loads(server.calls("speech")[0].body)
    assert ("instructions" in sent) == (model != "tts-1")
    assert produced.response_id


def test_captions_are_aligned_to_what_is_heard(tmp_path: Path) -> None:
    with AudioServer() as server:
        server.exact_words = True
        produced = voice(server).call(request(text=PLAIN), context(tmp_path))
    assert np.percentile(deviations_ms(produced), 95) <= 120


def test_a_sound_longer_than_the_listener_hears_at_once_is_aligned_in_parts() -> None:
    parts = [f"{PLAIN} This was part {number} of the story." for number in range(1, 6)]
    sounds = [speak(part, rate=16_000).samples for part in parts]
    pause = np.zeros(8000, np.float32)
    samples = np.concatenate([piece for sound in sounds for piece in (sound, pause)])
    began = np.cumsum([0, *(len(sound) + len(pause) for sound in sounds[:-1])]) / 16_000
    assert len(samples) > 30 * 16_000
    words = normalise(" ".join(parts))
    spans = whisper.align(samples, words, "en")
    starts = [span[0] for span in spans if span is not None]
    assert len(starts) == len(words)
    assert starts == sorted(starts)
    first = [starts[at - 1] for at, word in enumerate(words) if word.written == "lamp"]
    assert np.abs(np.array(first) - began).max() < 0.2


def test_a_server_that_is_not_there_was_not_reached(server: AudioServer, tmp_path: Path) -> None:
    with pytest.raises(TransientFailure, match="cannot be reached") as caught:
        voice(server, base_url="http://127.0.0.1:9/v1").call(request(), context(tmp_path))
    assert caught.value.cost_usd == 0


def test_a_text_too_long_and_a_language_nobody_aligns_are_refused(server: AudioServer) -> None:
    assert "up to 4096" in (voice(server).refusal(request(text="word " * 900)) or "")
    reason = voice(server).refusal(request(locale="zu", text="Sawubona."))
    assert "cannot be timed" in (reason or "")
    assert server.journal == []


@pytest.mark.parametrize(
    "body",
    [
        {"model": "tts-1", "voice": "onyx"},
        {"model": "tts-1", "voice": "onyx", "input": "x" * 4097},
        {"model": "tts-1", "voice": "nobody", "input": "Hello."},
        {"model": "tts-1", "voice": "onyx", "input": "Hello.", "speed": 5},
        {"model": "tts-1", "voice": "onyx", "input": "Hello.", "stream_format": "sse"},
        {"model": "tts-1", "voice": "onyx", "input": "Hello.", "seed": 3},
        {"model": "tts-0", "voice": "onyx", "input": "Hello."},
    ],
)
def test_the_contract_server_refuses_what_the_vendor_refuses(body: dict[str, object]) -> None:
    import httpx

    with AudioServer() as server:
        answer = httpx.post(
            f"{server.url}/v1/audio/speech",
            json=body,
            headers={"authorization": f"Bearer {SECRET}"},
        )
        assert answer.status_code in (400, 404)
        assert answer.json()["error"]["message"]
        assert server.billed_usd == 0


@pytest.mark.parametrize(
    ("path", "asked", "told"),
    [
        ("speech", {"model": "tts-1", "voice": "onyx"}, b""),
        ("speech", {"model": "tts-1", "voice": "onyx", "input": "x", "speed": 9}, b""),
        ("transcriptions", None, b'{"usage": {}}'),
        ("transcriptions", None, b'{"text": "x", "usage": {"type": "tokens"}}'),
    ],
)
def test_what_is_against_the_spec_is_found(path: str, asked: object, told: bytes) -> None:
    spec = AudioServer.spec
    assert spec is not None
    if not spec.there:
        pytest.skip("the vendors' specs are not here")
    kind = "application/json"
    found = spec.violations(
        "POST", f"/v1/audio/{path}", {"content-type": kind}, json.dumps(asked).encode(), 200,
        kind if told else "application/octet-stream", told,
    )  # fmt: skip
    assert found


# The listener


def sound(media: LocalMediaStore, folder: Path) -> TranscribeRequest:
    spoken = speak(PLAIN)
    write_flac(folder / "sound.flac", spoken.samples, spoken.rate)
    return TranscribeRequest(audio=media.put_file(folder / "sound.flac", "audio/flac"), locale="en")


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-transcribe"])
def test_a_sound_is_transcribed_and_paid_as_the_vendor_counts(
    server: AudioServer, media: LocalMediaStore, tmp_path: Path, model: str
) -> None:
    server.said.append(speak(PLAIN))
    asked = sound(media, tmp_path)
    hearing = listener(server, media, model)
    assert hearing.refusal(asked) is None
    produced = hearing.call(asked, context(tmp_path))
    assert isinstance(produced.output, Transcript)
    assert produced.output.text == PLAIN
    words = [word.text for word in produced.output.words]
    assert words == ([word.strip(".,") for word in PLAIN.split()] if model == "whisper-1" else [])
    assert 0 <= produced.cost_usd - server.billed_usd < A_MILLIONTH
    assert produced.cost_usd <= hearing.estimate_usd(asked)
    assert len(read_audio(media.local_path(asked.audio), 16_000, 1)) > 0


def test_a_sound_too_large_or_too_long_is_refused(
    server: AudioServer, media: LocalMediaStore, tmp_path: Path
) -> None:
    asked = sound(media, tmp_path)
    too_large = listener(server, media, limits={"bytes": 1000}).refusal(asked)
    too_long = listener(server, media, limits={"seconds": 2}).refusal(asked)
    assert "takes up to 1000 bytes" in (too_large or "")
    assert "takes up to 2 s" in (too_long or "")
