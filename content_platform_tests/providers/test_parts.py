"""What was paid for before a process was killed, or a secret refused, is neither lost nor paid again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from content_platform.providers.accounts import costs
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CostBy,
    CredentialRefused,
    TransientFailure,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.storage.tables import cost_entries, provider_parts
from content_platform_tests.contract_servers.mubert import MubertServer
from content_platform_tests.contract_servers.openai import OpenAIServer
from content_platform_tests.contract_servers.openai_images import OpenAIImages
from content_platform_tests.contract_servers.suno import SunoServer
from content_platform_tests.contract_servers.vendor import (
    Answer,
    Refused,
    Request,
    Trouble,
    VendorServer,
)
from content_platform_tests.hosted_calls import GivenSecrets
from content_platform_tests.providers.buyer import STORY, offer
from content_platform_tests.providers.sample_provider import Sketcher, SketchRequest
from content_platform_tests.providers.test_breakers import Safe
from content_platform_tests.providers.test_doubt import attempts
from content_platform_tests.providers.worker import REQUEST
from content_platform_tests.stories.hosted import VENDORS_PRICES

Make = Callable[..., Pipeline]


class Deadly(VendorServer):
    """Kills its customer as soon as it asks for the ``number``-th time at ``where``, and does nothing."""

    victim: subprocess.Popen[bytes] | None = None
    where = ""
    number = 0

    def _answer(self, request: Request, trouble: Trouble | None) -> Answer:
        if self.victim is not None and f"{request.method} {request.path}".startswith(self.where):
            self.number -= 1
            if self.number == 0:
                self.victim.kill()
                self.victim = None
                return self.refusal(Refused(500, "nobody is listening"))
        return super()._answer(request, trouble)

    def kill(self, what: str, where: str, number: int, database: Database, folder: Path) -> None:
        """Have a process make the call ``what``; it ends at that request."""
        arguments = (what, self.url, database.engine.url.render_as_string(hide_password=False))
        module = "content_platform_tests.providers.buyer"
        self.where, self.number = where, number
        self.victim = victim = subprocess.Popen(
            [sys.executable, "-m", module, *arguments, str(folder)]
        )
        assert victim.wait(180) == -9


class DeadlyImages(Deadly, OpenAIImages):
    pass


class DeadlyWriter(Deadly, OpenAIServer):
    pass


class DeadlyMubert(Deadly, MubertServer):
    pass


class DeadlySuno(Deadly, SunoServer):
    pass


def known_usd(database: Database) -> Decimal:
    """What the ledger has no doubt about."""
    with database.transaction() as connection:
        entries = connection.execute(select(cost_entries)).all()
    return sum((entry.amount_usd for entry in entries if entry.basis == "actual"), Decimal(0))


@pytest.mark.parametrize("drawn", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_killed_between_two_shapes_the_restart_draws_the_rest_only(
    drawn: int, database: Database, pipeline_with: Make, tmp_path: Path
) -> None:
    with DeadlyImages() as vendor:
        vendor.kill("pictures", "POST /v1/images/generations", drawn + 1, database, tmp_path)
        paid = vendor.billed_usd
        illustrator, scene = offer("pictures", vendor.url)
        result = pipeline_with(illustrator, secrets=GivenSecrets()).run(scene, story_id=STORY)
        assert set(result.media) == {"picture-16x9", "picture-9x16", "picture-1x1"}
        answered = [call for call in vendor.calls("/images/generations") if call.status == 200]
        assert len(answered) == 3
        assert known_usd(database) == vendor.billed_usd
    (_, first, charged), (_, second, rest) = attempts(database)
    assert (first, second) == ("abandoned", "succeeded")
    assert charged == illustrator.estimate_usd(scene)  # what it may have begun, nobody knows
    assert rest == vendor.billed_usd - paid
    (sums,) = costs(database, CostBy.PROVIDER)
    assert sums.uncertain_usd == charged - paid


def test_killed_between_order_and_result_the_restart_asks_after_the_order(
    database: Database, pipeline_with: Make, tmp_path: Path
) -> None:
    with DeadlySuno() as vendor:
        vendor.kill("suno", "GET /api/v1/generate/record-info", 1, database, tmp_path)
        composer, wanted = offer("suno", vendor.url)
        result = pipeline_with(composer, secrets=GivenSecrets()).run(wanted, story_id=STORY)
        assert set(result.media) == {"audio"}
        assert len(vendor.tasks) == 1
        assert sum(charge for _, _, charge in attempts(database)) == vendor.billed_usd
        assert known_usd(database) == vendor.billed_usd == Decimal("0.06")


def test_killed_after_an_order_a_probe_finds_it_by_its_number_however_many_came_later(
    database: Database, pipeline_with: Make, tmp_path: Path
) -> None:
    with DeadlyMubert() as vendor:
        vendor.kill("mubert", "GET /api/v3/public/tracks/", 1, database, tmp_path)
        composer, wanted = offer("mubert", vendor.url)
        result = pipeline_with(composer, secrets=GivenSecrets()).run(wanted, story_id=STORY)
        assert set(result.media) == {"audio"}
        assert len(vendor.tracks) == 1
        assert not any(
            call.path.endswith("/tracks") and call.method == "GET" for call in vendor.journal
        )
        assert attempts(database) == [("mubert", "succeeded", vendor.billed_usd)]


def test_killed_before_the_second_question_the_restart_does_not_ask_the_first_again(
    database: Database, pipeline_with: Make, tmp_path: Path
) -> None:
    with DeadlyWriter(VENDORS_PRICES) as vendor:
        vendor.model.say('{"title": "Half a st')
        vendor.kill("story", "POST /v1/chat/completions", 2, database, tmp_path)
        writer, wanted = offer("story", vendor.url)
        pipeline_with(writer, secrets=GivenSecrets()).run(wanted, story_id=STORY)
        answered = [call for call in vendor.calls("chat") if call.status == 200]
        assert len(answered) == 2
        assert known_usd(database) == vendor.billed_usd > 0


def test_a_kept_file_that_is_damaged_is_paid_for_again(
    database: Database, pipeline_with: Make, media: LocalMediaStore, tmp_path: Path
) -> None:
    with DeadlyImages() as vendor:
        vendor.kill("pictures", "POST /v1/images/generations", 2, database, tmp_path)
        for file in (tmp_path / "media").rglob("*"):
            if file.is_file():
                file.chmod(0o600)
                file.write_bytes(b"damaged")
        illustrator, scene = offer("pictures", vendor.url)
        pipeline_with(illustrator, secrets=GivenSecrets()).run(scene, story_id=STORY)
        answered = [call for call in vendor.calls("/images/generations") if call.status == 200]
        assert len(answered) == 4


# What an attempt costs besides its last question


def test_what_was_billed_before_a_secret_was_refused_is_charged(
    pipeline_with: Make, database: Database
) -> None:
    def second_question_refused(request: SketchRequest, context: CallContext) -> None:
        assert context.secret is not None
        if context.secret.get_secret_value() == "new":
            raise CredentialRefused("401 at the second question", cost_usd=Decimal("0.03"))

    vendor = Sketcher(
        "hosted", embedded=False, price="0.20", bill="0.05", deed=second_question_refused,
        secret="WORKS_KEY",
    )  # fmt: skip
    pipeline = pipeline_with(vendor, secrets=Safe(WORKS_KEY=("new", "old")))
    assert pipeline.run(REQUEST, story_id=STORY).cost_usd == Decimal("0.08")
    assert attempts(database) == [("hosted", "succeeded", Decimal("0.08"))]


@pytest.mark.parametrize(
    ("ends", "charged"),
    [
        (CallFailure("of no use", cost_usd=Decimal("0.01")), "0.07"),
        (CredentialRefused("401 again", cost_usd=Decimal("0.01")), "0.07"),
        (KeyError("a slip of the adapter"), "0.06"),
        (TransientFailure("lost", cost_usd=None, retry_after_s=3600), "0.20"),
    ],
    ids=["useless", "refused", "error", "lost"],
)
def test_every_refused_question_is_charged_however_the_attempt_ends(
    ends: Exception, charged: str, pipeline_with: Make, database: Database
) -> None:
    left: list[Exception] = [
        CredentialRefused("401", cost_usd=Decimal("0.03")),
        CredentialRefused("401", cost_usd=Decimal("0.03")),
        ends,
    ]

    def fail(request: SketchRequest, context: CallContext) -> None:
        raise left.pop(0)

    vendor = Sketcher("hosted", embedded=False, price="0.20", deed=fail, secret="WORKS_KEY")
    pipeline = pipeline_with(
        vendor, Sketcher("spare"), secrets=Safe(WORKS_KEY=("one", "two", "three"))
    )
    assert pipeline.run(REQUEST, story_id=STORY).provider == "spare"
    assert attempts(database)[0][2] == Decimal(charged)


def test_a_refusal_of_unknown_cost_is_not_simply_asked_again(
    pipeline_with: Make, database: Database
) -> None:
    def refuse(request: SketchRequest, context: CallContext) -> None:
        raise CredentialRefused("401 in the middle", cost_usd=None)

    vendor = Sketcher("hosted", embedded=False, price="0.20", deed=refuse, secret="WORKS_KEY")
    pipeline = pipeline_with(vendor, Sketcher("spare"), secrets=Safe(WORKS_KEY=("one", "two")))
    assert pipeline.run(REQUEST, story_id=STORY).provider == "spare"
    assert vendor.asked == 1
    assert attempts(database)[0] == ("hosted", "ambiguous", Decimal("0.20"))


def test_what_parts_cost_is_charged_when_an_adapter_breaks(
    pipeline_with: Make, database: Database
) -> None:
    def break_off(request: SketchRequest, context: CallContext) -> None:
        file = context.workspace / "half.txt"
        file.write_text("half of it")
        context.parts.keep("half", note="id-1", file=file, cost_usd=Decimal("0.04"))
        raise ZeroDivisionError

    vendor = Sketcher("hosted", embedded=False, price="0.20", deed=break_off)
    pipeline = pipeline_with(vendor, Sketcher("spare"))
    assert pipeline.run(REQUEST, story_id=STORY).provider == "spare"
    assert attempts(database)[0] == ("hosted", "failed", Decimal("0.04"))
    with database.transaction() as connection:
        (part,) = connection.execute(select(provider_parts)).all()
    assert (part.name, part.note, part.cost_usd) == ("half", "id-1", Decimal("0.04"))


def test_parts_belong_to_one_call_and_provider_and_can_be_forgotten(
    pipeline_with: Make, database: Database
) -> None:
    seen: list[str | None] = []
    ends: list[Exception] = [
        TransientFailure("not yet", retry_after_s=0),
        TransientFailure("not yet", retry_after_s=0),
        CallFailure("of no use"),
    ]

    def look(request: SketchRequest, context: CallContext) -> None:
        part = context.parts.get("order")
        seen.append(None if part is None else part.note)
        if len(seen) == 2:
            context.parts.forget("order")
        else:
            context.parts.keep("order", note=f"order {len(seen)}")
        if ends:
            raise ends.pop(0)

    vendor = Sketcher("hosted", embedded=False, price="0.20", deed=look)
    other = Sketcher("other", embedded=False, price="0.20", deed=look)
    pipeline = pipeline_with(vendor, other)
    assert pipeline.run(REQUEST, story_id=STORY).provider == "other"
    assert seen == [None, "order 1", None, None]
    pipeline.run(REQUEST, story_id=STORY, attempt=1)
    assert seen[4:] == [None]
