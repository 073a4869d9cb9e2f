"""Mistral's own SDK, as a writer, against its contract server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from content_platform.providers.models import (
    CallFailure,
    TransientFailure,
)
from content_platform.stories.adapters.mistral import MistralWriter
from content_platform.stories.models import StoryDraft
from content_platform_tests.contract_servers.mistral import MistralServer
from content_platform_tests.contract_servers.spec import Spec
from content_platform_tests.stories.hosted import (
    SECRET,
    VENDORS_PRICES,
    context,
    entry,
    request,
    words_of,
)


@pytest.fixture
def server() -> Iterator[MistralServer]:
    with MistralServer(VENDORS_PRICES) as running:
        yield running
        assert running.violations == []


def writer(server: MistralServer, **changes: object) -> MistralWriter:
    return MistralWriter(entry("Mistral", server.url, **changes))


def test_a_story_is_told_and_paid_as_billed(server: MistralServer, tmp_path: Path) -> None:
    server.model.cached_share = 0.3
    produced = writer(server).call(request(), context(tmp_path))
    assert isinstance(produced.output, StoryDraft)
    assert words_of(produced.output) == pytest.approx(120, rel=0.1)
    assert produced.cost_usd == server.billed_usd > 0
    assert produced.response_id
    (call,) = server.calls("chat")
    body = json.loads(call.body)
    assert call.headers["authorization"] == f"Bearer {SECRET}"
    assert body["random_seed"] == 7
    assert body["response_format"]["json_schema"]["strict"] is True


def test_a_server_that_is_not_there_was_not_reached(tmp_path: Path) -> None:
    nowhere = MistralWriter(entry("Mistral", "http://127.0.0.1:9"))
    with pytest.raises(TransientFailure, match="cannot be reached") as caught:
        nowhere.call(request(), context(tmp_path))
    assert caught.value.cost_usd == 0


def test_an_answer_that_broke_off_may_be_tried_again_and_is_paid(
    server: MistralServer, tmp_path: Path
) -> None:
    server.breaks_off = True
    with pytest.raises(TransientFailure, match="broke off") as caught:
        writer(server).call(request(), context(tmp_path))
    assert caught.value.cost_usd == server.billed_usd > 0


def test_an_answer_cut_at_its_limit_costs_what_was_billed(
    server: MistralServer, tmp_path: Path
) -> None:
    server.model.thinking_tokens = 7_500
    with pytest.raises(CallFailure, match="cut off") as caught:
        writer(server).call(request(), context(tmp_path))
    assert caught.value.cost_usd == server.billed_usd
    assert len(server.journal) == 2
    assert server.billed_usd <= writer(server).estimate_usd(request())


def test_an_invalid_answer_is_asked_for_once_more(server: MistralServer, tmp_path: Path) -> None:
    server.model.say("I would rather tell you a poem.")
    produced = writer(server, options={"effort": "none"}).call(request(), context(tmp_path))
    assert produced.cost_usd == server.billed_usd
    assert len(produced.response_id.split()) == 2
    body = json.loads(server.journal[1].body)
    roles = [turn["role"] for turn in body["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert body["reasoning_effort"] == "none"


def test_a_model_there_is_not_is_a_failure_that_is_not_tried_again(
    server: MistralServer, tmp_path: Path
) -> None:
    with pytest.raises(CallFailure, match="Invalid model") as caught:
        writer(server, model="mistral-0").call(request(), context(tmp_path))
    assert type(caught.value) is CallFailure
    assert caught.value.cost_usd == 0


def test_a_request_that_is_not_valid_says_which_field(
    server: MistralServer, tmp_path: Path
) -> None:
    with pytest.raises(CallFailure, match="max_tokens"):
        writer(server, limits={"output_tokens": 0}).call(request(), context(tmp_path))


@pytest.mark.skipif(
    not Spec("mistral/openapi.yaml").there, reason="the vendors' specs are not here"
)
@pytest.mark.parametrize(
    ("method", "path", "asked", "told"),
    [
        ("POST", "/v1/chat/completions", {"model": "m"}, {}),
        (
            "POST",
            "/v1/chat/completions",
            {"model": "m", "messages": [{"role": "user", "content": "?"}], "surprise": 1},
            {},
        ),
        (
            "POST",
            "/v1/chat/completions",
            {"model": "m", "messages": [{"role": "user", "content": "?"}]},
            {"id": "x", "choices": [{"index": "first"}]},
        ),
        ("GET", "/v1/models", None, {"object": "list", "data": [{"id": 3}]}),
    ],
)
def test_what_is_against_the_spec_is_found(
    method: str, path: str, asked: object, told: object
) -> None:
    spec = MistralServer.spec
    assert spec is not None
    kind = "application/json"
    found = spec.violations(
        method, path, {"content-type": kind}, json.dumps(asked).encode(), 200, kind,
        json.dumps(told).encode(),
    )  # fmt: skip
    assert [one for one in found if not one.endswith("'data' is a required property")]
