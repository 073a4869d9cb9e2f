"""Suno through a reseller: off until accepted and licensed, and never paid twice for one order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from content_platform.errors import BadInput
from content_platform.music.adapters.suno import SunoComposer
from content_platform.providers.models import (
    CallFailure,
    ContentRefused,
    CredentialRefused,
    TransientFailure,
)
from content_platform.storage.media import MediaStore
from content_platform.vocabulary import Mood
from content_platform_tests.contract_servers.suno import SunoServer
from content_platform_tests.contract_servers.vendor import Trouble
from content_platform_tests.hosted_calls import context, failure_of
from content_platform_tests.music.cues import request
from content_platform_tests.music.hosted_cues import assert_fit, entry

WANTED = request(Mood.EPIC, 14)
TERMS = "I know that Suno has no official API"


def composer(url: str, **changes: Any) -> SunoComposer:
    options = {
        "licence_record": "Contract 12, 2026-11-01",
        "callback_url": "https://example.com/none",
        "poll_s": 0.02,
        **changes.pop("options", {}),
    }
    accepted = {"acknowledgement": TERMS, "acknowledged": TERMS, **changes}
    return SunoComposer(entry("suno", url, ("call", "0.06"), options=options, **accepted))


@pytest.fixture
def server() -> Iterator[SunoServer]:
    with SunoServer() as serving:
        yield serving


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"acknowledged": ""}, TERMS),
        ({"acknowledged": "yes"}, TERMS),
        ({"acknowledgement": "", "acknowledged": ""}, "acknowledgement"),
        ({"options": {"licence_record": " "}}, "licence_record"),
        ({"options": {"callback_url": ""}}, "callback_url"),
        ({"base_url": ""}, "no official server"),
        ({"prices": ()}, "is not known"),
    ],
)
def test_it_stays_off_until_everything_is_said_in_so_many_words(
    changes: dict[str, Any], said: str, server: SunoServer, tmp_path: Path
) -> None:
    given = {name: value for name, value in changes.items() if name in ("base_url", "prices")}
    made = composer(server.url, **{k: v for k, v in changes.items() if k not in given})
    if given:
        made = SunoComposer(made._entry.model_copy(update=given))
    assert said in (made.refusal(WANTED) or "")
    with pytest.raises(BadInput):
        made.call(WANTED, context(tmp_path))
    assert server.journal == []


def test_music_is_ordered_awaited_fetched_and_carries_its_licence(
    server: SunoServer, media: MediaStore, tmp_path: Path
) -> None:
    maker = composer(server.url)
    assert maker.refusal(WANTED) is None
    assert maker.info.licence == "Terms of 2026; Contract 12, 2026-11-01"
    produced = maker.call(WANTED, context(tmp_path))
    assert_fit(produced, WANTED, media)
    assert "Contract 12" in produced.output.attribution  # type: ignore[attr-defined]
    assert produced.cost_usd == server.billed_usd == maker.estimate_usd(WANTED)


def test_a_retry_asks_after_the_order_it_has_and_pays_nothing_more(
    server: SunoServer, media: MediaStore, tmp_path: Path
) -> None:
    maker = composer(server.url)
    server.looks = 0
    server.misbehave(Trouble.SLOW, Trouble.SLOW, Trouble.TRUNCATED)  # order, record, sound
    failure = failure_of(maker, WANTED, context(tmp_path))
    assert isinstance(failure, TransientFailure)
    assert failure.cost_usd == server.billed_usd == Decimal("0.06")
    produced = maker.call(WANTED, context(tmp_path))
    assert_fit(produced, WANTED, media)
    assert produced.cost_usd == 0
    assert len(server.tasks) == 1


def test_a_secret_that_expires_after_the_order_loses_neither_money_nor_order(
    server: SunoServer, tmp_path: Path
) -> None:
    maker = composer(server.url)
    server.misbehave(Trouble.SLOW, Trouble.BAD_SECRET)
    failure = failure_of(maker, WANTED, context(tmp_path))
    assert isinstance(failure, CredentialRefused)
    assert failure.cost_usd == server.billed_usd
    assert maker.call(WANTED, context(tmp_path)).cost_usd == 0
    assert len(server.tasks) == 1


def test_an_order_that_takes_too_long_is_charged_once_and_found_by_the_retry(
    server: SunoServer, media: MediaStore, tmp_path: Path
) -> None:
    server.looks = 1_000
    maker = composer(server.url)
    failure = failure_of(maker, WANTED, context(tmp_path, seconds=0.4))
    assert isinstance(failure, TransientFailure)
    assert failure.cost_usd == server.billed_usd
    next(iter(server.tasks.values()))["left"] = 0
    produced = maker.call(WANTED, context(tmp_path))
    assert_fit(produced, WANTED, media)
    assert produced.cost_usd == 0
    assert len(server.tasks) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [("SENSITIVE_WORD_ERROR", ContentRefused), ("GENERATE_AUDIO_FAILED", CallFailure)],
)
def test_an_order_that_ends_badly_is_charged_and_forgotten(
    status: str, kind: type[CallFailure], server: SunoServer, tmp_path: Path
) -> None:
    server.ends_as = status
    maker = composer(server.url)
    failure = failure_of(maker, WANTED, context(tmp_path))
    assert isinstance(failure, kind)
    assert not isinstance(failure, TransientFailure)
    assert failure.cost_usd == server.billed_usd
    server.ends_as = "SUCCESS"
    assert maker.call(WANTED, context(tmp_path)).cost_usd == Decimal("0.06")
    assert len(server.tasks) == 2
