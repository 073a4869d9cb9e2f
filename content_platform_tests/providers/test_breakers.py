"""A provider that keeps failing is left alone by every process, tried once, and asked again when it works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from content_platform.errors import NoProviderLeft
from content_platform.providers.breakers import FAILURES
from content_platform.providers.catalogue import UnknownPrice
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CallRequest,
    ContentRefused,
    OutOfService,
)
from content_platform.providers.pipeline import Pipeline
from content_platform_tests.providers.sample_provider import Sketcher, SketchRequest
from content_platform_tests.providers.test_faults import MovableClock

Make = Callable[..., Pipeline]
STORY = "midnight-tales_20261122_0001"


class Vendor(Sketcher):
    """Hosted; raises ``trouble`` while there is one."""

    def __init__(self, name: str = "hosted", **more: Any) -> None:
        self.trouble: Exception | None = CallFailure("out of ink")
        super().__init__(name, embedded=False, deed=self._fail, **more)

    def _fail(self, request: SketchRequest, context: CallContext) -> None:
        if self.trouble is not None:
            raise self.trouble


class Desk:
    """Asks for one sketch after the other, each a new one."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._asked = 0

    def ask(self, times: int = 1) -> str:
        """Who made the last one."""
        for _ in range(times):
            self._asked += 1
            request = SketchRequest(subject=f"boat {self._asked}")
            made = self.pipeline.run(request, story_id=STORY)
        return made.provider

    def state(self, provider: str = "hosted") -> str:
        breaker = self.pipeline.breakers.find().get(provider)
        return breaker.state if breaker else "closed"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


def test_a_breaker_opens_after_failures_in_a_row_and_closes_when_the_trial_succeeds(
    pipeline_with: Make, clock: MovableClock
) -> None:
    vendor = Vendor()
    desk = Desk(pipeline_with(vendor, Sketcher("spare"), clock=clock))
    assert desk.ask(FAILURES) == "spare"
    assert (vendor.asked, desk.state()) == (FAILURES, "open")
    desk.ask(3)
    assert vendor.asked == FAILURES
    vendor.trouble = None
    clock.now += timedelta(seconds=31)
    assert desk.ask() == "hosted"
    assert desk.state() == "closed"
    assert desk.ask() == "hosted"


def test_failures_count_only_when_they_come_in_a_row(
    pipeline_with: Make, clock: MovableClock
) -> None:
    vendor = Vendor()
    desk = Desk(pipeline_with(vendor, Sketcher("spare"), clock=clock))
    for _ in range(2):
        vendor.trouble = CallFailure("out of ink")
        desk.ask(FAILURES - 1)
        vendor.trouble = None
        assert desk.ask() == "hosted"
        assert desk.state() == "closed"


def test_each_failed_trial_makes_the_next_pause_longer(
    pipeline_with: Make, clock: MovableClock
) -> None:
    vendor = Vendor()
    desk = Desk(pipeline_with(vendor, Sketcher("spare"), clock=clock))
    desk.ask(FAILURES)
    pauses = []
    for _ in range(8):
        breaker = desk.pipeline.breakers.find()["hosted"]
        assert breaker.retry_at is not None
        pauses.append((breaker.retry_at - clock.now).total_seconds())
        clock.now = breaker.retry_at
        asked = vendor.asked
        desk.ask(2)
        assert vendor.asked == asked + 1
    assert pauses == [30, 60, 120, 240, 480, 960, 1800, 1800]


def test_only_one_of_many_tries_a_provider_after_its_pause(
    pipeline_with: Make, clock: MovableClock
) -> None:
    vendor = Vendor()
    processes = [
        Desk(pipeline_with(vendor, Sketcher("spare"), clock=clock)).pipeline for _ in range(6)
    ]
    Desk(processes[0]).ask(FAILURES)
    vendor.trouble = None
    clock.now += timedelta(seconds=31)
    others_are_done = threading.Semaphore(0)

    def wait_for_the_others(request: SketchRequest, context: CallContext) -> None:
        for _ in range(5):
            assert others_are_done.acquire(timeout=20)

    vendor._deed = wait_for_the_others
    everyone_is_here = threading.Barrier(6)

    def one(number: int) -> str:
        everyone_is_here.wait()
        request = SketchRequest(subject=f"together {number}")
        made = processes[number].run(request, story_id=STORY).provider
        others_are_done.release()
        return made

    with ThreadPoolExecutor(6) as threads:
        made = sorted(threads.map(one, range(6)))
    assert made == ["hosted"] + ["spare"] * 5


def test_a_trial_nobody_finished_is_given_to_the_next(
    pipeline_with: Make, clock: MovableClock
) -> None:
    vendor = Vendor(timeout_s=20)
    pipeline = pipeline_with(vendor, Sketcher("spare"), clock=clock)
    Desk(pipeline).ask(FAILURES)
    clock.now += timedelta(seconds=31)
    assert pipeline.breakers.take_trial("hosted", 40)
    assert not pipeline.breakers.take_trial("hosted", 40)
    clock.now += timedelta(seconds=41)
    assert pipeline.breakers.take_trial("hosted", 40)


def test_the_reason_is_in_the_error_when_nobody_else_can(
    pipeline_with: Make, clock: MovableClock
) -> None:
    desk = Desk(pipeline_with(Vendor(), clock=clock))
    for _ in range(FAILURES):
        with pytest.raises(NoProviderLeft, match="hosted: out of ink"):
            desk.ask()
    with pytest.raises(NoProviderLeft) as failure:
        desk.ask()
    assert failure.value.message == (
        "No provider could draw this: hosted: its breaker is open until 2026-11-22 12:00:30 UTC "
        "(out of ink)."
    )
    desk.pipeline.require(SketchRequest(subject="later"))  # it may work by then


def test_an_account_out_of_service_is_left_until_it_is_back(
    pipeline_with: Make, clock: MovableClock
) -> None:
    vendor = Vendor(account="works:KEY")
    sister = Sketcher("sister", embedded=False, account="works:KEY")
    vendor.trouble = OutOfService("no credit", back_at=clock.now + timedelta(hours=2))
    desk = Desk(pipeline_with(vendor, sister, Sketcher("spare"), clock=clock))
    desk.ask()
    assert (vendor.asked, desk.state(), desk.state("sister")) == (1, "open", "open")
    assert desk.ask() == "spare"
    vendor.trouble = None
    clock.now += timedelta(hours=2)
    assert desk.ask() == "hosted"


def test_refused_content_says_nothing_against_a_provider(
    pipeline_with: Make, clock: MovableClock
) -> None:
    vendor = Vendor()
    desk = Desk(pipeline_with(vendor, Sketcher("spare"), clock=clock))
    vendor.trouble = ContentRefused("no weapons")
    assert desk.ask(2 * FAILURES) == "spare"
    assert (vendor.asked, desk.state()) == (2 * FAILURES, "closed")


def test_embedded_engines_are_always_asked(pipeline_with: Make, clock: MovableClock) -> None:
    engine = Sketcher("engine", deed=lambda request, context: 1 / 0)  # type: ignore[arg-type,return-value]
    desk = Desk(pipeline_with(engine, Sketcher("spare"), clock=clock))
    desk.ask(2 * FAILURES)
    assert (engine.asked, desk.state("engine")) == (2 * FAILURES, "closed")


def test_a_person_may_close_a_breaker(pipeline_with: Make, clock: MovableClock) -> None:
    vendor = Vendor()
    desk = Desk(pipeline_with(vendor, Sketcher("spare"), clock=clock))
    desk.ask(FAILURES)
    vendor.trouble = None
    desk.pipeline.breakers.reset("hosted")
    assert desk.ask() == "hosted"


# Who is not asked at all


class Safe:
    """Secrets by name; remembers which were refused."""

    def __init__(self, **secrets: tuple[str, ...]) -> None:
        self.secrets = secrets
        self.refusals: list[str] = []

    def versions(self, name: str) -> tuple[SecretStr, ...]:
        return tuple(SecretStr(value) for value in self.secrets.get(name, ()))

    def refused(self, name: str) -> None:
        self.refusals.append(name)


def test_retired_models_and_providers_without_their_secret_or_price_are_not_asked(
    pipeline_with: Make, clock: MovableClock
) -> None:
    class Unpriced(Sketcher):
        def estimate_usd(self, request: CallRequest[Any]) -> Decimal:
            raise UnknownPrice("what a picture costs is not known.", remedy="Add a price.")

    gone = Sketcher("gone", embedded=False, retires_on=date(2026, 11, 22))
    going = Sketcher("going", embedded=False, retires_on=date(2026, 11, 23), refuses="too small")
    locked = Sketcher("locked", embedded=False, secret="WORKS_KEY")
    with pytest.raises(NoProviderLeft) as failure:
        Desk(
            pipeline_with(gone, going, locked, Unpriced("dear"), clock=clock, secrets=Safe())
        ).ask()
    assert failure.value.message == (
        "No provider could draw this: gone: its model gone-model retired on 2026-11-22; "
        "going: too small; locked: WORKS_KEY is not set; "
        "dear: what a picture costs is not known. Add a price."
    )
    assert gone.asked == locked.asked == 0
