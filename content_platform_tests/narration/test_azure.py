"""Azure's own SDK, as a voice, against a server that speaks the SDK's websocket protocol."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from content_platform.narration.adapters import azure
from content_platform.narration.adapters.azure import AzureVoice
from content_platform.providers.models import CallFailure, CredentialRefused, TransientFailure
from content_platform_tests.contract_servers.azure_speech import AzureSpeechServer
from content_platform_tests.narration.hosted import (
    PLAIN,
    TEXT,
    check_speech,
    context,
    deviations_ms,
    entry,
    request,
)

VOICES = {"en": ["en-US-AndrewMultilingualNeural", "en-GB-RyanNeural", "en-GB-SoniaNeural"]}


@pytest.fixture
def server() -> Iterator[AzureSpeechServer]:
    with AzureSpeechServer() as running:
        yield running


def voice(server: AzureSpeechServer, **changes: object) -> AzureVoice:
    prices = {"character": server.usd_per_character}
    return AzureVoice(entry("azure", server.url, prices, **({"voices": VOICES} | changes)))


def test_every_written_word_has_its_moment(server: AzureSpeechServer, tmp_path: Path) -> None:
    produced = voice(server).call(request(), context(tmp_path))
    speech = check_speech(produced, TEXT)
    lengths = {word.text: word.end_s - word.start_s for word in speech.words}
    assert lengths["$3.50"] > 2 * lengths["paid"] > 0
    assert produced.cost_usd == server.billed_usd == voice(server).estimate_usd(request())
    assert produced.response_id
    assert speech.voice == "azure/en-GB-RyanNeural"


def test_a_text_with_marks_of_xml_and_another_pace_is_said_and_paid_in_full(
    server: AzureSpeechServer, tmp_path: Path
) -> None:
    text = 'Salt & pepper: "1 < 2", they said\u0007 again.'
    slow = voice(server).call(request(text=text), context(tmp_path))
    fast = voice(server).call(request(text=text, speed=1.3), context(tmp_path))
    check_speech(fast, text)
    assert fast.output.duration_s < 0.9 * slow.output.duration_s
    assert slow.cost_usd < fast.cost_usd  # the vendor counts marks, too
    assert slow.cost_usd + fast.cost_usd == server.billed_usd
    sent = ElementTree.fromstring(server.journal[-1].body)
    assert sent.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-GB"


def test_captions_follow_the_vendors_times(tmp_path: Path) -> None:
    with AzureSpeechServer(exact_words=True) as server:
        produced = voice(server).call(request(text=PLAIN), context(tmp_path))
    assert np.percentile(deviations_ms(produced), 95) <= 120


def test_a_server_that_is_not_there_was_not_reached(
    server: AzureSpeechServer, tmp_path: Path
) -> None:
    with pytest.raises(TransientFailure, match="cannot be reached") as caught:
        voice(server, base_url="ws://127.0.0.1:9").call(request(), context(tmp_path))
    assert caught.value.cost_usd == 0


def test_a_wrong_secret_and_a_voice_there_is_not_are_told_apart(
    server: AzureSpeechServer, tmp_path: Path
) -> None:
    with pytest.raises(CallFailure) as caught:
        voice(server).call(request(), context(tmp_path, secret="wrong-0123456789"))
    assert type(caught.value) is CredentialRefused
    unknown = voice(server, voices={"en": ["en-GB-NobodyNeural"]})
    with pytest.raises(CallFailure, match="Unsupported voice"):
        unknown.call(request(), context(tmp_path))
    assert server.billed_usd == 0


def test_chinese_characters_are_charged_twice(server: AzureSpeechServer) -> None:
    spoken = voice(server, voices={"*": ["zh-CN-YunxiNeural"]}, locales=["en", "zh"])
    asked = request(text="从前有座山。", locale="zh")
    assert spoken.estimate_usd(asked) == 11 * server.usd_per_character


def test_without_the_extra_the_refusal_says_how_to_get_it(
    server: AzureSpeechServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(azure, "find_spec", lambda _: None)
    assert "uv sync --extra azure" in (voice(server).refusal(request()) or "")


def test_without_a_region_the_refusal_says_where_it_is_set(server: AzureSpeechServer) -> None:
    assert "options.region" in (voice(server, base_url="").refusal(request()) or "")


def test_the_sdk_is_loaded_when_a_voice_speaks_and_not_before() -> None:
    import subprocess

    code = (
        "import sys; import content_platform.narration.adapters.azure, "
        "content_platform.narration.adapters.openai, content_platform.narration.adapters.elevenlabs; "
        "print([name for name in ('openai', 'elevenlabs', 'azure.cognitiveservices.speech') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
