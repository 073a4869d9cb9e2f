"""OpenAI's own SDK, as a writer, against its contract server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from content_platform.providers.models import (
    CallFailure,
    CredentialRefused,
    OutOfService,
    TransientFailure,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.stories.adapters.openai import OpenAIWriter
from content_platform.stories.adapters.plot_kernels import PlotKernels
from content_platform_tests.contract_servers.openai import OpenAIServer
from content_platform_tests.contract_servers.spec import Spec
from content_platform_tests.contract_servers.vendor import Refused, Trouble
from content_platform_tests.stories.hosted import (
    SECRET,
    VENDORS_PRICES,
    context,
    entry,
    request,
)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(VENDORS_PRICES) as running:
        yield running
        assert running.violations == []


def writer(server: OpenAIServer, **changes: object) -> OpenAIWriter:
    return OpenAIWriter(entry("OpenAI", f"{server.url}/v1", **changes))


def test_a_server_that_is_not_there_was_not_reached(server: OpenAIServer, tmp_path: Path) -> None:
    nowhere = OpenAIWriter(entry("OpenAI", "http://127.0.0.1:9/v1"))
    with pytest.raises(TransientFailure, match="cannot be reached") as caught:
        nowhere.call(request(), context(tmp_path))
    assert caught.value.cost_usd == 0


def test_a_model_there_is_not_and_a_wrong_secret_are_told_apart(
    server: OpenAIServer, tmp_path: Path
) -> None:
    with pytest.raises(CallFailure, match="does not exist"):
        writer(server, model="gpt-0").call(request(), context(tmp_path))
    with pytest.raises(CallFailure) as caught:
        writer(server).call(request(), context(tmp_path, secret="sk-wrong-0123456789abcdef"))
    assert type(caught.value) is CredentialRefused
    assert server.billed_usd == 0


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "insufficient_quota"),
        (400, "billing_hard_limit_reached"),
        (403, "account_deactivated"),
    ],
)
def test_an_account_without_credit_is_out_of_service(
    server: OpenAIServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    code: str,
) -> None:
    answer = server.refusal(Refused(status, "No.", code))
    monkeypatch.setattr(server, "trouble_answer", lambda *_: answer)
    server.misbehave(Trouble.NO_CREDIT)
    with pytest.raises(OutOfService):
        writer(server).call(request(), context(tmp_path))


def test_the_request_is_one_of_the_vendors_spec(server: OpenAIServer, tmp_path: Path) -> None:
    writer(server, options={"effort": "low"}).call(request(), context(tmp_path))
    (call,) = server.calls("chat")
    body = json.loads(call.body)
    assert body["seed"] == 7
    assert body["response_format"]["json_schema"]["strict"] is True
    assert "temperature" not in body  # models that reason refuse it
    assert call.headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.skipif(not Spec("openai/openapi.json").there, reason="the vendors' specs are not here")
@pytest.mark.parametrize(
    ("method", "path", "asked", "told"),
    [
        ("POST", "/v1/chat/completions", {"model": "m", "messages": []}, {}),
        ("POST", "/v1/chat/completions", {"model": "m", "temperature": 9}, {}),
        (
            "POST",
            "/v1/chat/completions",
            {"model": "m", "messages": [{"role": "user", "content": "?"}]},
            {"id": "x", "choices": [{}]},
        ),
        ("GET", "/v1/models", None, {"object": "list", "data": [{"id": 3}]}),
    ],
)
def test_what_is_against_the_spec_is_found(
    method: str, path: str, asked: object, told: object
) -> None:
    spec = OpenAIServer.spec
    assert spec is not None
    kind = "application/json"
    found = spec.violations(
        method, path, {"content-type": kind}, json.dumps(asked).encode(), 200, kind,
        json.dumps(told).encode(),
    )  # fmt: skip
    assert found


# ---------------------------------------------------------------- through the pipeline


def test_through_the_pipeline_a_busy_vendor_is_asked_again_and_an_exhausted_one_is_replaced(
    server: OpenAIServer, pipeline_with: Callable[..., Pipeline]
) -> None:
    server.secrets = ()
    pipeline = pipeline_with(writer(server, secret=""), PlotKernels())
    server.misbehave(Trouble.OVERLOADED)
    result = pipeline.run(request(), story_id="midnight-tales_20261122_0001")
    assert result.provider == "openai-storyteller"
    assert result.cost_usd == server.billed_usd
    server.misbehave(Trouble.NO_CREDIT)
    other = pipeline.run(request(seed=8), story_id="midnight-tales_20261122_0001")
    assert (other.provider, other.cost_usd) == ("plot-kernels", Decimal(0))
    assert pipeline.story_cost("midnight-tales_20261122_0001").usd == server.billed_usd
