"""ElevenLabs' own SDK, as a voice, against its contract server; and how a story keeps one voice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from content_platform.clock import utc_now
from content_platform.narration.adapters.elevenlabs import ElevenLabsVoice
from content_platform.narration.adapters.pico import Pico
from content_platform.narration.models import Narration
from content_platform.narration.speech import narrate_story
from content_platform.narration.voices import choose_voice
from content_platform.providers.models import TransientFailure
from content_platform.providers.pipeline import Pipeline
from content_platform.steering.models import NarrationConfig
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform_tests.contract_servers.elevenlabs import ElevenLabsServer
from content_platform_tests.narration.hosted import (
    PLAIN,
    SECRET,
    TEXT,
    OneSecret,
    check_speech,
    context,
    deviations_ms,
    entry,
    request,
)
from content_platform_tests.narration.test_speech import TEXTS, story

VOICES = {"*": ["nPczCjzI2devNBz1zQrb", "EXAVITQu4vr4xnSDxMaL", "JBFqnCBsd6RMkjVDRZzb"]}
"""Brian (American), Sarah (American), George (British)."""


@pytest.fixture
def server() -> Iterator[ElevenLabsServer]:
    with ElevenLabsServer() as running:
        yield running
        assert running.violations == []


def voice(server: ElevenLabsServer, **changes: object) -> ElevenLabsVoice:
    known = {"model": "eleven_v3", "voices": VOICES, "limits": {"characters": 5000}}
    prices = {"character": server.usd_per_character}
    return ElevenLabsVoice(entry("elevenlabs", server.url, prices, **(known | changes)))


def test_every_written_word_has_its_moment_and_the_cost_is_the_vendors(
    server: ElevenLabsServer, tmp_path: Path
) -> None:
    produced = voice(server).call(request(), context(tmp_path))
    speech = check_speech(produced, TEXT)
    lengths = {word.text: word.end_s - word.start_s for word in speech.words}
    assert lengths["$3.50"] > 2 * lengths["paid"] > 0
    assert lengths["—"] == 0
    assert produced.cost_usd == server.billed_usd == voice(server).estimate_usd(request())
    assert produced.response_id
    assert speech.voice == "elevenlabs/JBFqnCBsd6RMkjVDRZzb"
    sent = json.loads(server.calls("with-timestamps")[0].body)
    assert "three dollars and fifty cents" in sent["text"]
    assert sent["language_code"] == "en"


def test_the_same_request_is_sent_as_the_same_bytes(
    server: ElevenLabsServer, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        voice(server).call(request(speed=1.1), context(folder))
    first, second = server.calls("with-timestamps")
    assert first.body == second.body
    assert json.loads(first.body)["voice_settings"]["speed"] == 1.1
    assert (tmp_path / "a/speech.flac").read_bytes() == (tmp_path / "b/speech.flac").read_bytes()


def test_the_lexicon_holds_with_a_hosted_voice(server: ElevenLabsServer, tmp_path: Path) -> None:
    produced = voice(server).call(
        request(text="Saoirse smiled.", lexicon={"Saoirse": "Seer-sha"}), context(tmp_path)
    )
    check_speech(produced, "Saoirse smiled.")
    assert json.loads(server.journal[0].body)["text"] == "Seer-sha smiled."


def test_captions_follow_the_vendors_times(tmp_path: Path) -> None:
    with ElevenLabsServer(exact_words=True) as server:
        produced = voice(server).call(request(text=PLAIN), context(tmp_path))
    assert np.percentile(deviations_ms(produced), 95) <= 120


def test_a_server_that_is_not_there_was_not_reached(
    server: ElevenLabsServer, tmp_path: Path
) -> None:
    with pytest.raises(TransientFailure, match="cannot be reached") as caught:
        voice(server, base_url="http://127.0.0.1:9").call(request(), context(tmp_path))
    assert caught.value.cost_usd == 0


@pytest.mark.parametrize(
    ("changes", "wish", "reason"),
    [
        ({}, {"speed": 1.3}, "0.7 to 1.2 times its pace"),
        ({"locales": ["de"]}, {}, "does not speak 'en'"),
        ({"limits": {"characters": 20}}, {}, "says up to 20 characters"),
        ({"prices": []}, {}, "what a character costs"),
        ({"voices": {"de": ["x"]}}, {}, "offers no voice for 'bm_george' in 'en'"),
        ({}, {"voice": "kokoro/bm_george"}, "offers no voice"),
        ({}, {"text": "— …"}, "nothing to say"),
        ({"acknowledgement": "I may"}, {}, "must be accepted"),
    ],
)
def test_what_it_cannot_do_is_refused_with_the_reason(
    server: ElevenLabsServer, changes: dict[str, object], wish: dict[str, object], reason: str
) -> None:
    assert reason in (voice(server, **changes).refusal(request(**wish)) or "")
    assert server.journal == []


@pytest.mark.parametrize(
    ("wish", "vendors"),
    [
        ("bm_george", "JBFqnCBsd6RMkjVDRZzb"),
        ("am_michael", "nPczCjzI2devNBz1zQrb"),
        ("af_heart", "EXAVITQu4vr4xnSDxMaL"),
        ("bf_emma", "EXAVITQu4vr4xnSDxMaL"),
        ("elevenlabs/JBFqnCBsd6RMkjVDRZzb", "JBFqnCBsd6RMkjVDRZzb"),
    ],
)
def test_a_voice_of_the_house_is_spoken_by_the_vendors_most_like_it(
    server: ElevenLabsServer, tmp_path: Path, wish: str, vendors: str
) -> None:
    produced = voice(server).call(request(text="Hello there.", voice=wish), context(tmp_path))
    assert produced.output.voice == f"elevenlabs/{vendors}"


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ({"model_id": "eleven_v3"}, ""),
        ({"text": "Hello.", "seed": -1}, ""),
        ({"text": "Hello.", "voice_settings": {"speed": 2.0}}, ""),
        ({"text": "Hello.", "model_id": "eleven_multilingual_v2", "language_code": "en"}, ""),
        ({"text": "Hello."}, "?output_format=pcm_1"),
    ],
)
def test_the_contract_server_refuses_what_the_vendor_refuses(
    body: dict[str, object], query: str
) -> None:
    import httpx

    with ElevenLabsServer() as server:
        answer = httpx.post(
            f"{server.url}/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps{query}",
            json=body,
            headers={"xi-api-key": SECRET},
        )
        assert answer.status_code in (400, 422)
        assert "detail" in answer.json()
        assert server.billed_usd == 0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"model_id": "eleven_v3"}, {"audio_base64": ""}),
        ({"text": 3}, {"audio_base64": ""}),
        ({"text": "Hello."}, {"alignment": None}),
        ({"text": "Hello."}, {"audio_base64": "", "alignment": {"characters": ["H"]}}),
    ],
)
def test_what_is_against_the_spec_is_found(asked: object, told: object) -> None:
    spec = ElevenLabsServer.spec
    assert spec is not None
    if not spec.there:
        pytest.skip("the vendors' specs are not here")
    path, kind = "/v1/text-to-speech/x/with-timestamps", "application/json"
    found = spec.violations(
        "POST", path, {"content-type": kind}, json.dumps(asked).encode(), 200, kind,
        json.dumps(told).encode(),
    )  # fmt: skip
    assert found


# A whole story


def told_by(
    pipeline: Pipeline, media: LocalMediaStore, scratch: Path, wish: str, *prefer: str
) -> Narration:
    return narrate_story(
        story(*TEXTS),
        voice=choose_voice(NarrationConfig(voices={"en": wish}), "en", None),
        speed=1.0,
        pause_between_scenes_s=0.4,
        lexicon={},
        compress=(),
        pipeline=pipeline,
        media=media,
        previous=None,
        scratch=scratch,
        prefer=prefer,
    )


def pipeline_of(
    database: Database, media: LocalMediaStore, scratch: Path, hosted: ElevenLabsVoice
) -> Pipeline:
    return Pipeline(
        database,
        media,
        [hosted, Pico()],
        clock=utc_now,
        scratch_dir=scratch / "scratch",
        secrets=OneSecret(),
    )


def test_a_channel_that_prefers_a_hosted_voice_gets_the_one_most_like_its_own(
    server: ElevenLabsServer, database: Database, media: LocalMediaStore, tmp_path: Path
) -> None:
    pipeline = pipeline_of(database, media, tmp_path, voice(server))
    narration = told_by(pipeline, media, tmp_path, "pico-en-us", "elevenlabs-voice")
    assert (narration.voice, narration.provider) == ("pico-en-us", "elevenlabs-voice")
    assert [word.text for word in narration.words] == story(*TEXTS).text.split()
    cost = pipeline.story_cost(story(*TEXTS).story_id)
    assert cost.usd == server.billed_usd > 0
    again = told_by(pipeline, media, tmp_path, "pico-en-us", "elevenlabs-voice")
    assert (again.audio, len(server.journal)) == (narration.audio, len(TEXTS))
    pipeline.close()


@pytest.mark.parametrize("wish", ["pico-en-us", "elevenlabs/EXAVITQu4vr4xnSDxMaL"])
def test_a_story_whose_vendor_gives_out_half_way_has_one_voice_all_the_same(
    database: Database, media: LocalMediaStore, tmp_path: Path, wish: str
) -> None:
    with ElevenLabsServer(quota=60) as server:  # enough for the first scene
        pipeline = pipeline_of(database, media, tmp_path, voice(server))
        narration = told_by(pipeline, media, tmp_path, wish, "elevenlabs-voice")
        assert (narration.voice, narration.provider) == ("pico/pico-en-us", "pico")
        assert len(server.journal) == 2
        spent = pipeline.story_cost(story(*TEXTS).story_id).usd
        assert spent == server.billed_usd == len(TEXTS[0][1]) * Decimal("0.00008")
        pipeline.close()
