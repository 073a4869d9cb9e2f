"""ElevenLabs Music: the vendor's SDK against its contract server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from content_platform.music.adapters.elevenlabs import ElevenLabsComposer
from content_platform.music.models import ComposeRequest, Section
from content_platform.music.wording import asked_length_s, passages
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Mood
from content_platform_tests.contract_servers.elevenlabs_music import ElevenLabsMusic
from content_platform_tests.hosted_calls import (
    SECRET,
    context,
    failure_of,
)
from content_platform_tests.music.cues import request
from content_platform_tests.music.hosted_cues import assert_fit, entry

PRICE = ("second", "0.005")


def composer(url: str, model: str = "music_v1", **options: Any) -> ElevenLabsComposer:
    return ElevenLabsComposer(entry("elevenlabs", url, PRICE, model=model, options=options))


@pytest.fixture
def server() -> Iterator[ElevenLabsMusic]:
    with ElevenLabsMusic() as serving:
        yield serving


@pytest.mark.parametrize("model", ["music_v1", "music_v2"])
def test_a_story_is_composed_by_its_sections_and_ends_on_its_last_chord(
    model: str, server: ElevenLabsMusic, media: MediaStore, tmp_path: Path
) -> None:
    wanted = request(Mood.TENDER, 24, seed=5)
    maker = composer(server.url, model)
    assert maker.refusal(wanted) is None
    produced = maker.call(wanted, context(tmp_path))
    assert_fit(produced, wanted, media)
    assert produced.cost_usd == server.billed_usd == maker.estimate_usd(wanted)
    assert produced.response_id
    sent = json.loads(server.journal[0].body)
    assert sent["seed"] == 5
    parts = sent["composition_plan"]["sections" if model == "music_v1" else "chunks"]
    assert len(parts) == 5
    assert sum(part["duration_ms"] for part in parts) == round(1000 * asked_length_s(wanted))
    assert server.violations == []


def test_without_a_plan_it_is_asked_in_words(
    server: ElevenLabsMusic, media: MediaStore, tmp_path: Path
) -> None:
    wanted = request(Mood.SAD, 12)
    produced = composer(server.url, plan=False).call(wanted, context(tmp_path))
    assert_fit(produced, wanted, media)
    sent = json.loads(server.journal[0].body)
    assert sent["force_instrumental"] is True
    assert "melancholic" in sent["prompt"]
    assert "seed" not in sent


def test_no_known_price_no_music(server: ElevenLabsMusic) -> None:
    unpriced = ElevenLabsComposer(entry("elevenlabs", server.url, None, model="music_v2"))
    assert "what a second costs" in (unpriced.refusal(request()) or "")
    assert "embedded" in (composer(server.url).refusal(request(source="library")) or "")
    assert "600 s at most" in (composer(server.url).refusal(request(duration_s=700)) or "")


def test_sections_too_short_or_too_long_for_the_vendor_are_joined_and_split() -> None:
    wanted = ComposeRequest(
        mood=Mood.CALM,
        sections=(
            Section(start_s=0, mood=Mood.CALM, intensity=0.3),
            Section(start_s=1.5, mood=Mood.TENSE, intensity=0.6),
            Section(start_s=10, mood=Mood.SAD, intensity=0.9),
            Section(start_s=309, mood=Mood.CALM, intensity=0.4),
        ),
        duration_s=313,
        resolve_at_s=310,
        seed=1,
    )
    lengths = [round(passage.duration_s, 3) for passage in passages(wanted)]
    assert lengths == [10, 100, 100, 100, 6]
    assert [passage.mood for passage in passages(wanted)][:2] == [Mood.CALM, Mood.SAD]


def test_a_wrong_secret_is_not_repeated_in_the_error(
    server: ElevenLabsMusic, tmp_path: Path
) -> None:
    server.secrets = ("another",)
    failure = failure_of(composer(server.url), request(duration_s=12), context(tmp_path))
    assert "401" in str(failure)


@pytest.mark.parametrize(
    "body",
    [{}, {"prompt": "x", "composition_plan": {"sections": []}}, {"prompt": "x", "seed": 3},
     {"prompt": "x", "music_length_ms": 2_000}, {"prompt": "x", "model_id": "music_v9"},
     {"prompt": "x", "tempo": 90}],
)  # fmt: skip
def test_the_contract_server_refuses_what_the_vendor_refuses(
    body: dict[str, Any], server: ElevenLabsMusic
) -> None:
    answer = httpx.post(f"{server.url}/v1/music", json=body, headers={"xi-api-key": SECRET})
    assert answer.status_code == 422
    assert "detail" in answer.json()
    assert server.billed_usd == 0


def test_the_vendors_spec_catches_a_plan_that_differs_from_it() -> None:
    spec = ElevenLabsMusic.spec
    assert spec is not None
    if not spec.there:
        pytest.skip("the vendors' specs are not here")
    body = json.dumps({"composition_plan": {"sections": [{"duration_ms": 1}]}}).encode()
    found = spec.violations(
        "POST", "/v1/music", {"content-type": "application/json"}, body, 200, "audio/mpeg", b""
    )
    assert found != []
