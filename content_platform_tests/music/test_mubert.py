"""Mubert's composer: orders that cannot be repeated, and are found again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from content_platform.music.adapters.mubert import MubertComposer, marked_prompt
from content_platform.providers.models import (
    CallFailure,
    CredentialRefused,
    OutOfService,
    Probing,
    Repeatability,
    TransientFailure,
)
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Mood
from content_platform_tests.contract_servers.mubert import COMPANY, MubertServer
from content_platform_tests.contract_servers.vendor import Trouble
from content_platform_tests.hosted_calls import (
    SECRET,
    context,
    failure_of,
)
from content_platform_tests.music.cues import request
from content_platform_tests.music.hosted_cues import assert_fit, entry

WANTED = request(Mood.UPBEAT, 12)
BEFORE = {
    Trouble.RATE_LIMITED: TransientFailure,
    Trouble.SERVER_ERROR: TransientFailure,
    Trouble.OVERLOADED: TransientFailure,
    Trouble.HANGS: TransientFailure,
    Trouble.CUT_BEFORE: TransientFailure,
    Trouble.CUT_AFTER: TransientFailure,
    Trouble.TRUNCATED: TransientFailure,
    Trouble.BAD_SECRET: CredentialRefused,
    Trouble.NO_CREDIT: OutOfService,
}
"""What a trouble becomes while nothing is ordered yet."""


def composer(url: str, **options: Any) -> MubertComposer:
    own = {"company_id": COMPANY, "poll_s": 0.02, **options}
    return MubertComposer(entry("mubert", f"{url}/api/v3", ("track", "0.49"), options=own))


@pytest.fixture
def server() -> Iterator[MubertServer]:
    with MubertServer() as serving:
        yield serving


def orders(server: MubertServer) -> int:
    return sum(call.method == "POST" for call in server.calls("/public/tracks"))


def test_a_track_is_ordered_awaited_fetched_and_ends_on_its_last_chord(
    server: MubertServer, media: MediaStore, tmp_path: Path
) -> None:
    server.looks = 3
    maker = composer(server.url)
    assert maker.info.repeatability is Repeatability.PROBE_FIRST
    assert isinstance(maker, Probing)
    assert maker.refusal(WANTED) is None
    produced = maker.call(WANTED, context(tmp_path))
    assert_fit(produced, WANTED, media)
    assert produced.cost_usd == server.billed_usd == Decimal("0.49")
    assert produced.response_id == server.tracks[0].id
    assert len(server.tracks[0].body["prompt"]) <= 255
    assert not any(SECRET.encode() in call.body for call in server.journal)


def test_a_track_too_short_for_the_story_is_repeated_by_bars(
    server: MubertServer, media: MediaStore, tmp_path: Path
) -> None:
    server.length = 20.0
    wanted = request(Mood.CALM, 45)
    assert_fit(composer(server.url).call(wanted, context(tmp_path)), wanted, media)


@pytest.mark.parametrize("trouble", BEFORE, ids=str)
def test_trouble_before_the_order_costs_nothing(
    trouble: Trouble, server: MubertServer, tmp_path: Path
) -> None:
    server.misbehave(trouble)  # the first request finds the customer
    seconds = 0.6 if trouble is Trouble.HANGS else 20
    failure = failure_of(composer(server.url), WANTED, context(tmp_path, seconds=seconds))
    assert isinstance(failure, BEFORE[trouble])
    assert failure.cost_usd == server.billed_usd == 0


def test_trouble_while_waiting_is_waited_out(
    server: MubertServer, media: MediaStore, tmp_path: Path
) -> None:
    server.looks = 4
    server.misbehave(Trouble.SLOW, Trouble.SLOW, Trouble.SERVER_ERROR, Trouble.CUT_AFTER)
    produced = composer(server.url).call(WANTED, context(tmp_path))
    assert_fit(produced, WANTED, media)
    assert orders(server) == 1


def test_a_track_that_takes_too_long_is_in_doubt_and_found_later(
    server: MubertServer, media: MediaStore, tmp_path: Path
) -> None:
    server.looks = 1_000
    maker = composer(server.url)
    failure = failure_of(maker, WANTED, context(tmp_path, seconds=0.4))
    assert isinstance(failure, TransientFailure)
    assert failure.cost_usd is None
    server.tracks[0].looks_left = 1
    found = maker.probe(WANTED, context(tmp_path))
    assert found is not None
    assert_fit(found, WANTED, media)
    assert orders(server) == 1


def test_only_the_calls_own_track_is_found_again_among_many(
    server: MubertServer, tmp_path: Path
) -> None:
    maker = composer(server.url)
    for key in ("call-1", "call-2"):
        maker.call(WANTED, context(tmp_path, key=key))
    assert maker.probe(WANTED, context(tmp_path, key="call-3")) is None
    found = maker.probe(WANTED, context(tmp_path, key="call-1"))
    assert found is not None
    assert found.response_id == server.tracks[0].id
    marks = {marked_prompt(WANTED, context(tmp_path, key=key)) for key in ("call-1", "call-2")}
    assert len(marks) == 2


def test_a_track_whose_sound_is_gone_is_charged_and_not_ordered_again(
    server: MubertServer, tmp_path: Path
) -> None:
    maker = composer(server.url)
    maker.call(WANTED, context(tmp_path))
    server.expire()
    with pytest.raises(CallFailure, match="no longer be fetched") as failure:
        maker.probe(WANTED, context(tmp_path))
    assert failure.value.cost_usd == server.billed_usd


@pytest.mark.parametrize("trouble", [Trouble.CONTENT_REFUSED, Trouble.NO_CREDIT], ids=str)
def test_a_list_that_is_refused_says_nothing_of_the_order(
    trouble: Trouble, server: MubertServer, tmp_path: Path
) -> None:
    maker = composer(server.url)
    server.misbehave(Trouble.SLOW, trouble)
    with pytest.raises(CallFailure) as failure:
        maker.probe(WANTED, context(tmp_path))
    assert failure.value.cost_usd is None


def test_a_track_that_failed_is_charged(server: MubertServer, tmp_path: Path) -> None:
    server.failing = True
    failure = failure_of(composer(server.url), WANTED, context(tmp_path))
    assert not isinstance(failure, TransientFailure)
    assert failure.cost_usd == server.billed_usd > 0


def test_a_used_up_plan_takes_the_account_out_of_service(tmp_path: Path) -> None:
    with MubertServer(plan=0) as server:
        failure = failure_of(composer(server.url), WANTED, context(tmp_path))
        assert isinstance(failure, OutOfService)
        assert server.billed_usd == 0


def test_without_company_price_or_within_too_long_a_story_it_is_refused(
    server: MubertServer,
) -> None:
    assert "company_id" in (composer(server.url, company_id="").refusal(WANTED) or "")
    unpriced = MubertComposer(entry("mubert", server.url, None, options={"company_id": "x"}))
    assert "what a track costs" in (unpriced.refusal(WANTED) or "")
    short = entry(
        "mubert", server.url, ("track", "1"), limits={"seconds": 10}, options={"company_id": "x"}
    )
    assert "10 s at most" in (MubertComposer(short).refusal(WANTED) or "")


@pytest.mark.parametrize(
    ("body", "status"),
    [({"duration": 30}, 422), ({"prompt": "x" * 256, "duration": 30}, 422),
     ({"prompt": "x", "duration": 4}, 422), ({"prompt": "x", "duration": 2_000}, 403),
     ({"prompt": "x", "duration": 30, "bpm": 90}, 422), ({"prompt": "x", "duration": 30, "bitrate": 111}, 422)],
)  # fmt: skip
def test_the_contract_server_refuses_what_the_vendor_refuses(
    body: dict[str, Any], status: int, server: MubertServer
) -> None:
    access = httpx.post(
        f"{server.url}/api/v3/service/customers", json={"custom_id": "me"},
        headers={"company-id": COMPANY, "license-token": SECRET},
    ).json()["data"]  # fmt: skip
    headers = {"customer-id": access["id"], "access-token": access["access"]["token"]}
    url = f"{server.url}/api/v3/public/tracks"
    assert httpx.post(url, json=body, headers=headers).status_code == status
    wrong = {**headers, "customer-id": access["access"]["id"]}
    assert httpx.post(url, json=body, headers=wrong).status_code == 401
    assert server.billed_usd == 0
