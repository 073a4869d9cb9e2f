"""When a vendor's answer is lost, or its secret refused: what is asked again, what is probed, what is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr
from sqlalchemy import select

from content_platform.errors import NoProviderLeft
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    CredentialRefused,
    OutOfService,
    Produced,
    Repeatability,
    TransientFailure,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.database import Database
from content_platform.storage.tables import cost_entries, evidence, provider_attempts
from content_platform_tests.providers.remembering import Remembering, billed
from content_platform_tests.providers.sample_provider import Sketcher, SketchRequest
from content_platform_tests.providers.test_breakers import Safe
from content_platform_tests.providers.worker import REQUEST, STORY

Make = Callable[..., Pipeline]


def attempts(database: Database) -> list[tuple[str, str, Decimal]]:
    """Provider, state and what was charged in the end, of each attempt."""
    with database.transaction() as transaction:
        rows = transaction.execute(
            select(provider_attempts).order_by(provider_attempts.c.number)
        ).all()
        charges = transaction.execute(select(cost_entries)).all()
    return [
        (
            row.provider,
            row.status,
            sum((c.amount_usd for c in charges if c.attempt_number == row.number), Decimal(0)),
        )
        for row in rows
    ]


def test_a_lost_answer_of_a_repeatable_provider_is_charged_and_asked_again(
    pipeline_with: Make, database: Database
) -> None:
    left = [TransientFailure("answer lost", retry_after_s=0, cost_usd=None)]

    def lose_one(request: SketchRequest, context: CallContext) -> None:
        if left:
            raise left.pop()

    vendor = Sketcher("hosted", embedded=False, price="0.20", deed=lose_one)
    result = pipeline_with(vendor).run(REQUEST, story_id=STORY)
    assert result.cost_usd == Decimal("0.40")
    assert attempts(database) == [
        ("hosted", "ambiguous", Decimal("0.20")),
        ("hosted", "succeeded", Decimal("0.20")),
    ]


def test_what_surely_was_not_done_is_asked_again_even_where_a_doubt_would_end_it(
    pipeline_with: Make, database: Database
) -> None:
    left: list[Exception] = [TransientFailure("too many requests", retry_after_s=0)]

    def busy_once(request: SketchRequest, context: CallContext) -> None:
        if left:
            raise left.pop()

    never = Sketcher("hosted", repeatability=Repeatability.NEVER, price="0.20", deed=busy_once)
    result = pipeline_with(never).run(REQUEST, story_id=STORY)
    assert (result.cost_usd, never.asked) == (Decimal("0.20"), 2)


def test_a_known_bill_for_nothing_moves_on_and_is_charged(
    pipeline_with: Make, database: Database
) -> None:
    def wrong(request: SketchRequest, context: CallContext) -> None:
        raise CallFailure("an answer of the wrong shape", cost_usd=Decimal("0.07"))

    never = Sketcher("hosted", repeatability=Repeatability.NEVER, price="0.20", deed=wrong)
    assert pipeline_with(never, Sketcher("spare")).run(REQUEST, story_id=STORY).provider == "spare"
    assert attempts(database) == [
        ("hosted", "failed", Decimal("0.07")),
        ("spare", "succeeded", Decimal(0)),
    ]


# Probing


def test_after_a_doubt_the_vendor_is_asked_and_what_it_has_is_taken(
    pipeline_with: Make, database: Database, tmp_path: Path
) -> None:
    vendor = Remembering(tmp_path, loses_answers=1)
    result = pipeline_with(vendor).run(REQUEST, story_id=STORY)
    assert (vendor.asked, vendor.probed) == (1, 1)
    assert result.output.caption == "a lighthouse in fog by remembering"
    assert attempts(database) == [("remembering", "succeeded", Decimal("0.50"))]
    assert billed(tmp_path) == [Decimal("0.50")]
    with database.transaction() as transaction:
        assert transaction.execute(select(evidence)).one().response_id == "found"


def test_what_the_vendor_surely_did_not_do_is_asked_again(
    pipeline_with: Make, database: Database, tmp_path: Path
) -> None:
    vendor = Remembering(tmp_path, loses_requests=1)
    pipeline_with(vendor).run(REQUEST, story_id=STORY)
    assert (vendor.asked, vendor.probed) == (2, 1)
    assert attempts(database) == [
        ("remembering", "failed", Decimal(0)),
        ("remembering", "succeeded", Decimal("0.50")),
    ]
    assert billed(tmp_path) == [Decimal("0.50")]


def test_while_nobody_can_know_the_call_stays_in_doubt_and_is_probed_by_the_next_run(
    pipeline_with: Make, database: Database, tmp_path: Path
) -> None:
    vendor = Remembering(tmp_path, loses_answers=1, cannot_say=1)
    spare = Sketcher("spare")
    pipeline = pipeline_with(vendor, spare)
    with pytest.raises(NoProviderLeft, match="its answer was lost"):
        pipeline.run(REQUEST, story_id=STORY, prefer=["remembering"])
    assert pipeline.calls(STORY)[0].status == "ambiguous"
    assert attempts(database) == [("remembering", "ambiguous", Decimal("0.50"))]
    result = pipeline.run(REQUEST, story_id=STORY)
    assert (result.provider, vendor.asked, vendor.probed, spare.asked) == ("remembering", 1, 2, 0)
    assert attempts(database) == [("remembering", "succeeded", Decimal("0.50"))]
    assert billed(tmp_path) == [Decimal("0.50")]


class Told(Remembering):
    """Says of each call what it is told to say."""

    def __init__(self, folder: Path, says: CallFailure) -> None:
        self.says = says
        super().__init__(folder, loses_answers=1)

    def probe(
        self, request: CallRequest[BaseModel], context: CallContext
    ) -> Produced[BaseModel] | None:
        self.probed += 1
        raise self.says


def test_a_probe_that_tells_the_bill_of_a_spoilt_call_ends_the_doubt(
    pipeline_with: Make, database: Database, tmp_path: Path
) -> None:
    vendor = Told(tmp_path, CallFailure("it was made, and is gone", cost_usd=Decimal("0.45")))
    pipeline = pipeline_with(vendor, Sketcher("spare"))
    assert pipeline.run(REQUEST, story_id=STORY).provider == "spare"
    assert attempts(database) == [
        ("remembering", "failed", Decimal("0.45")),
        ("spare", "succeeded", Decimal(0)),
    ]


def test_the_next_run_s_probe_ends_the_doubt_and_the_call_is_made_again(
    pipeline_with: Make, database: Database, tmp_path: Path
) -> None:
    vendor = Told(tmp_path, CallFailure("cannot say", cost_usd=None))
    pipeline = pipeline_with(vendor)
    with pytest.raises(NoProviderLeft, match="its answer was lost"):
        pipeline.run(REQUEST, story_id=STORY)
    vendor.says = CallFailure("it was refused", cost_usd=Decimal(0))
    assert pipeline.run(REQUEST, story_id=STORY).provider == "remembering"
    assert attempts(database) == [
        ("remembering", "failed", Decimal(0)),
        ("remembering", "succeeded", Decimal("0.50")),
    ]


@pytest.mark.parametrize(
    "says",
    [
        CallFailure("cannot say", cost_usd=None),
        CredentialRefused("401"),
        OutOfService("no credit"),
        TransientFailure("busy", retry_after_s=3600),
    ],
    ids=["unknown", "secret", "credit", "busy"],
)
def test_a_probe_that_fails_itself_says_nothing_of_the_call(
    says: CallFailure, pipeline_with: Make, database: Database, tmp_path: Path
) -> None:
    pipeline = pipeline_with(Told(tmp_path, says), Sketcher("spare"))
    with pytest.raises(NoProviderLeft, match="its answer was lost"):
        pipeline.run(REQUEST, story_id=STORY)
    assert attempts(database) == [("remembering", "ambiguous", Decimal("0.50"))]


def killed_buyer(database: Database, folder: Path, kind: str, moment: str) -> None:
    """Run a worker that is killed between its vendor's answer and the end of settling, or at a time."""
    url = database.engine.url.render_as_string(hide_password=False)
    module = "content_platform_tests.providers.remembering"
    done = subprocess.run(
        [sys.executable, "-m", module, url, str(folder), kind, moment],
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, -9), done.stdout


def after_kill(database: Database, pipeline_with: Make, folder: Path, kind: str) -> str:
    """Run again; check that nothing is lost or paid twice where the vendor lets us know."""
    vendor = Remembering(folder, kind=kind)
    pipeline = pipeline_with(vendor)
    if kind == "never":
        with pytest.raises(NoProviderLeft, match="its answer was lost"):
            pipeline.run(REQUEST, story_id=STORY)
        assert pipeline.calls(STORY)[0].status == "ambiguous"
        assert sum(charge for _, _, charge in attempts(database)) == Decimal("0.50")
        assert len(billed(folder)) <= 1
        return "recorded as ambiguous"
    result = pipeline.run(REQUEST, story_id=STORY)
    assert pipeline.completed_counts() == {result.call_key: 1}
    assert len(billed(folder)) == 1
    paid = [charge for _, status, charge in attempts(database) if status == "succeeded"]
    assert paid == [Decimal("0.50")]
    with database.transaction() as transaction:
        assert len(transaction.execute(select(evidence)).all()) == 1
    return "found by its key" if vendor.asked == 0 else "re-asked once"


MOMENTS = ("answered", "stored", "commit:4")


@pytest.mark.parametrize(
    ("kind", "moment", "ends"),
    [
        ("repeatable", "answered", "re-asked once"),
        ("probe-first", "stored", "found by its key"),
        ("never", "commit:4", "recorded as ambiguous"),
    ],
)
def test_killed_between_answered_and_saved_a_call_is_found_re_asked_or_recorded(
    kind: str, moment: str, ends: str, database: Database, pipeline_with: Make, tmp_path: Path
) -> None:
    killed_buyer(database, tmp_path, kind, moment)
    assert len(billed(tmp_path)) == 1
    assert after_kill(database, pipeline_with, tmp_path, kind) == ends


@pytest.mark.soak
@pytest.mark.parametrize("number", range(50))
def test_fifty_kills_between_answered_and_saved_lose_and_pay_nothing_twice(
    number: int, database: Database, pipeline_with: Make, tmp_path: Path
) -> None:
    kind = ("repeatable", "probe-first", "never")[number % 3]
    killed_buyer(database, tmp_path, kind, MOMENTS[number // 3 % 3])
    print(after_kill(database, pipeline_with, tmp_path, kind))


# Secrets


class Locked(Sketcher):
    """Accepts ``valid`` secrets only."""

    def __init__(self, *valid: str) -> None:
        self.valid = valid
        self.seen: list[str] = []
        super().__init__("hosted", embedded=False, deed=self._check, secret="WORKS_KEY")

    def _check(self, request: SketchRequest, context: CallContext) -> None:
        assert context.secret is not None
        value = context.secret.get_secret_value()
        self.seen.append(value)
        if value not in self.valid:
            raise CredentialRefused("401: not a valid key")


def test_the_newest_version_of_a_secret_is_used_and_the_next_one_when_it_is_refused(
    pipeline_with: Make, database: Database
) -> None:
    vendor, safe = Locked("old"), Safe(WORKS_KEY=("new", "old"))
    pipeline_with(vendor, secrets=safe).run(REQUEST, story_id=STORY)
    assert vendor.seen == ["new", "old"]
    assert safe.refusals == ["WORKS_KEY"]
    assert [status for _, status, _ in attempts(database)] == ["succeeded"]


def test_a_secret_that_was_replaced_meanwhile_is_looked_up_again(
    pipeline_with: Make, database: Database
) -> None:
    class Reloading(Safe):
        def refused(self, name: str) -> None:
            self.secrets[name] = ("brand new", *self.secrets[name])

    vendor = Locked("brand new")
    pipeline_with(vendor, secrets=Reloading(WORKS_KEY=("old",))).run(REQUEST, story_id=STORY)
    assert vendor.seen == ["old", "brand new"]


def test_a_provider_that_accepts_no_version_is_left(
    pipeline_with: Make, database: Database
) -> None:
    vendor, safe = Locked("other"), Safe(WORKS_KEY=("new", "old"))
    pipeline = pipeline_with(vendor, Sketcher("spare"), secrets=safe)
    assert pipeline.run(REQUEST, story_id=STORY).provider == "spare"
    assert [status for _, status, _ in attempts(database)] == ["failed", "succeeded"]
    assert pipeline.breakers.find()["hosted"].failures == 1


def test_a_secret_is_handed_to_the_provider_that_names_it_and_shows_itself_to_nobody(
    pipeline_with: Make,
) -> None:
    plain, safe = Sketcher("plain"), Safe(WORKS_KEY=("open sesame",))
    pipeline_with(plain, secrets=safe).run(REQUEST, story_id=STORY)
    assert plain.contexts[0].secret is None
    vendor = Locked("open sesame")
    pipeline_with(vendor, secrets=safe).run(REQUEST, story_id=STORY, attempt=1)
    assert vendor.contexts[0].secret == SecretStr("open sesame")
    assert "sesame" not in repr(vendor.contexts[0])
