"""Anthropic's own SDK, as a writer, against its contract server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from content_platform.providers.models import (
    CallFailure,
    ContentRefused,
    OutOfService,
    TransientFailure,
)
from content_platform.stories.adapters.anthropic import AnthropicWriter
from content_platform.stories.models import StoryDraft
from content_platform_tests.contract_servers.anthropic import AnthropicServer
from content_platform_tests.contract_servers.spec import Spec
from content_platform_tests.contract_servers.vendor import Refused, Trouble
from content_platform_tests.stories.hosted import (
    SECRET,
    VENDORS_PRICES,
    context,
    entry,
    request,
    words_of,
)


@pytest.fixture
def server() -> Iterator[AnthropicServer]:
    with AnthropicServer(VENDORS_PRICES) as running:
        yield running
        assert running.violations == []


def writer(server: AnthropicServer, **changes: object) -> AnthropicWriter:
    return AnthropicWriter(entry("Anthropic", server.url, **changes))


def test_a_story_is_told_and_paid_as_billed(server: AnthropicServer, tmp_path: Path) -> None:
    server.model.cached_share, server.model.cache_write_share = 0.3, 0.2
    produced = writer(server).call(request(), context(tmp_path))
    assert isinstance(produced.output, StoryDraft)
    assert words_of(produced.output) == pytest.approx(120, rel=0.1)
    assert produced.cost_usd == server.billed_usd > 0
    assert produced.response_id.startswith("msg_")
    (call,) = server.calls("messages")
    assert call.headers["authorization"] == f"Bearer {SECRET}"
    assert call.headers["anthropic-version"] == "2026-10-21"
    assert json.loads(call.body)["output_config"]["format"]["type"] == "json_schema"


def test_a_server_that_is_not_there_was_not_reached(tmp_path: Path) -> None:
    nowhere = AnthropicWriter(entry("Anthropic", "http://127.0.0.1:9"))
    with pytest.raises(TransientFailure, match="cannot be reached") as caught:
        nowhere.call(request(), context(tmp_path))
    assert caught.value.cost_usd == 0


def test_a_refusal_is_paid_and_says_why(server: AnthropicServer, tmp_path: Path) -> None:
    server.refuses = "This is about real harm."
    with pytest.raises(ContentRefused, match="real harm") as caught:
        writer(server).call(request(), context(tmp_path))
    assert caught.value.cost_usd == server.billed_usd > 0


def test_an_answer_cut_at_its_limit_costs_what_was_billed(
    server: AnthropicServer, tmp_path: Path
) -> None:
    server.model.thinking_tokens = 7_500
    with pytest.raises(CallFailure, match="cut off") as caught:
        writer(server).call(request(), context(tmp_path))
    assert caught.value.cost_usd == server.billed_usd
    assert len(server.journal) == 2
    assert server.billed_usd <= writer(server).estimate_usd(request())


def test_an_invalid_answer_is_asked_for_once_more(server: AnthropicServer, tmp_path: Path) -> None:
    server.model.say("I would rather tell you a poem.")
    produced = writer(server, options={"effort": "low", "thinking": "disabled"}).call(
        request(), context(tmp_path)
    )
    assert produced.cost_usd == server.billed_usd
    assert len(produced.response_id.split()) == 2
    body = json.loads(server.journal[1].body)
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]
    assert (body["output_config"]["effort"], body["thinking"]) == ("low", {"type": "disabled"})


@pytest.mark.parametrize(
    ("status", "message"),
    [(400, "Your credit balance is too low to access the API."), (402, "Payment required.")],
)
def test_an_account_without_credit_is_out_of_service(
    server: AnthropicServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    message: str,
) -> None:
    answer = server.refusal(Refused(status, message))
    monkeypatch.setattr(server, "trouble_answer", lambda *_: answer)
    server.misbehave(Trouble.NO_CREDIT)
    with pytest.raises(OutOfService):
        writer(server).call(request(), context(tmp_path))


def test_what_the_present_version_no_longer_takes_is_refused(server: AnthropicServer) -> None:
    import anthropic

    client = anthropic.Anthropic(api_key=SECRET, base_url=server.url, max_retries=0)
    with client, pytest.raises(anthropic.BadRequestError, match="temperature"):
        client.messages.create(
            model="storyteller-1",
            max_tokens=9,
            messages=[{"role": "user", "content": "?"}],
            extra_body={"temperature": 0.5},
        )


@pytest.mark.skipif(
    not Spec("anthropic/hosted_spec.patched.json").there, reason="the vendors' specs are not here"
)
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"model": "m", "messages": [{"role": "user", "content": "?"}]}, {}),  # no max_tokens
        ({"model": "m", "max_tokens": 9, "messages": [{"role": "system", "content": "?"}]}, {}),
        (
            {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "?"}]},
            {"id": "x", "type": "message"},
        ),
    ],
)
def test_what_is_against_the_spec_is_found(asked: object, told: object) -> None:
    spec = AnthropicServer.spec
    assert spec is not None
    kind = "application/json"
    assert spec.violations(
        "POST", "/v1/messages", {"content-type": kind}, json.dumps(asked).encode(), 200, kind,
        json.dumps(told).encode(),
    )  # fmt: skip
