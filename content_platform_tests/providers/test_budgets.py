"""Budgets: what has no room is refused before anyone is asked, and every cent is in its window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import IntegrityError

from content_platform.errors import BadInput, BudgetExceeded, NotFound
from content_platform.governance.audit import AuditLog
from content_platform.providers.accounts import costs
from content_platform.providers.budgets import Budgets, expected_usd
from content_platform.providers.models import (
    CallContext,
    CallFailure,
    CostBy,
    Repeatability,
    TransientFailure,
)
from content_platform.providers.pipeline import Pipeline
from content_platform.providers.reservations import (
    BudgetUse,
    Period,
    Scope,
    in_usd,
    window_end,
    window_start,
)
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.storage.tables import budget_windows, provider_attempts
from content_platform_tests.providers.sample_provider import Sketcher, SketchRequest
from content_platform_tests.providers.test_faults import MovableClock

Make = Callable[..., Pipeline]
STORY = "midnight-tales_20261122_0001"
OTHER = "ember-wood_20261122_0001"


class Purse:
    """Budgets of one test, set in few words, and how their windows stand."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.clock = clock
        self.budgets = Budgets(database, clock, audit=AuditLog(database, clock).record)

    def limit(self, budget: str, hard: str | None = None, soft: str | None = None) -> None:
        scope, subject, period = budget.split()
        self.budgets.set(
            Scope(scope),
            subject,
            Period(period),
            soft_usd=None if soft is None else Decimal(soft),
            hard_usd=None if hard is None else Decimal(hard),
            author="test",
            reason="test",
        )

    def stand(self) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
        """Reserved, spent and overrun of each window, by the budget's words."""
        return {
            f"{use.scope} {use.subject} {use.period}": (
                use.reserved_usd,
                use.spent_usd,
                use.overrun_usd,
            )
            for use in self.budgets.in_use()
        }


@pytest.fixture
def purse(database: Database) -> Purse:
    return Purse(database, MovableClock())


def usd(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def sketch(pipeline: Pipeline, subject: str, story: str = STORY) -> Decimal:
    return pipeline.run(SketchRequest(subject=subject), story_id=story).cost_usd


def hosted(name: str = "hosted", price: str = "0.40", **more: Any) -> Sketcher:
    return Sketcher(name, embedded=False, price=price, **more)


def test_a_call_that_has_no_room_is_refused_before_anyone_is_asked(
    pipeline_with: Make, purse: Purse, database: Database
) -> None:
    purse.limit("channel midnight-tales month", hard="1.00")
    vendor, spare = hosted(), Sketcher("spare")
    pipeline = pipeline_with(vendor, spare, clock=purse.clock)
    for subject in ("a boat", "a storm"):
        sketch(pipeline, subject)
    with pytest.raises(BudgetExceeded) as refused:
        sketch(pipeline, "a rock")
    assert refused.value.message == (
        "The budget of channel midnight-tales, November 2026 has no room for $0.40: of $1.00, "
        "$0.80 is spent and $0.00 set aside for calls under way."
    )
    assert refused.value.resume_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert "budget set channel midnight-tales month" in refused.value.remedy
    assert (vendor.asked, spare.asked) == (2, 0)
    assert purse.stand() == {"channel midnight-tales month": usd("0", "0.80", "0")}
    with database.transaction() as transaction:
        assert len(transaction.execute(select(provider_attempts)).all()) == 2
    assert sketch(pipeline, "a rock", OTHER) == Decimal("0.40")  # another channel's money
    assert sketch(pipeline, "a boat") == Decimal("0.40")  # made already: costs nothing


def test_a_refused_call_goes_through_when_its_window_turns(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.limit("all * day", hard="0.40")
    pipeline = pipeline_with(hosted(), clock=purse.clock)
    sketch(pipeline, "a boat")
    with pytest.raises(BudgetExceeded) as refused:
        sketch(pipeline, "a rock")
    assert refused.value.resume_at is not None
    purse.clock.now = refused.value.resume_at - timedelta(microseconds=1)
    with pytest.raises(BudgetExceeded):
        sketch(pipeline, "a rock")
    purse.clock.now = refused.value.resume_at
    sketch(pipeline, "a rock")
    assert purse.stand() == {"all * day": usd("0", "0.40", "0")}


def test_the_estimate_is_set_aside_while_a_call_is_under_way_and_its_bill_booked(
    pipeline_with: Make, purse: Purse
) -> None:
    for budget in ("all * month", "provider hosted day", "story * total"):
        purse.limit(budget, hard="1.00")
    seen = {}

    def look(request: SketchRequest, context: CallContext) -> None:
        seen.update(purse.stand())

    pipeline = pipeline_with(hosted(bill="0.35", deed=look), clock=purse.clock)
    sketch(pipeline, "a boat")
    names = {"all * month", "provider hosted day", f"story {STORY} total"}
    assert seen == dict.fromkeys(names, usd("0.40", "0", "0"))
    assert purse.stand() == dict.fromkeys(names, usd("0", "0.35", "0"))


def test_a_bill_above_its_estimate_is_never_hidden_and_nothing_more_is_spent(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.limit("all * month", hard="0.50")
    pipeline = pipeline_with(hosted(bill="0.70"), clock=purse.clock)
    assert sketch(pipeline, "a boat") == Decimal("0.70")
    assert purse.stand() == {"all * month": usd("0", "0.70", "0.20")}
    with pytest.raises(BudgetExceeded):
        sketch(pipeline, "a rock")
    purse.limit("all * month", hard="1.20")
    sketch(pipeline, "a rock")
    assert purse.stand() == {"all * month": usd("0", "1.40", "0.20")}


def test_the_database_itself_keeps_the_hard_limit(purse: Purse, database: Database) -> None:
    window = budget_windows.insert().values(
        scope="all", subject="*", period="month", starts_at=purse.clock.now, hard_usd=1
    )
    with database.transaction() as transaction:
        transaction.execute(window)
    with pytest.raises(IntegrityError, match="hard_limit"), database.transaction() as transaction:
        transaction.execute(update(budget_windows).values(reserved_usd=Decimal("1.000001")))


def test_at_the_edge_of_a_budget_many_at_once_are_taken_or_refused_and_nothing_else(
    pipeline_with: Make, purse: Purse
) -> None:
    for budget in ("all * month", "channel * month"):
        purse.limit(budget, hard="0.04")
    pipelines = [pipeline_with(hosted(price="0.01", bill="0"), clock=purse.clock) for _ in "ab"]

    def ask(number: int) -> bool:
        try:
            sketch(pipelines[number % 2], f"boat {number}")
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        made = sum(threads.map(ask, range(120)))
    assert 4 <= made <= 120
    assert set(purse.stand().values()) == {usd("0", "0", "0")}


def test_ones_own_budget_counts_instead_of_that_for_each(pipeline_with: Make, purse: Purse) -> None:
    purse.limit("channel * day", hard="0.10")
    purse.limit("channel midnight-tales day", hard="0.90")
    pipeline = pipeline_with(hosted(), clock=purse.clock)
    sketch(pipeline, "a boat")
    with pytest.raises(BudgetExceeded, match="channel ember-wood, 2026-11-22"):
        sketch(pipeline, "a boat again", OTHER)
    purse.budgets.remove(
        Scope.CHANNEL, "midnight-tales", Period.DAY, author="test", reason="it is autumn"
    )
    with pytest.raises(BudgetExceeded, match=r"of \$0.10, \$0.40 is spent"):
        sketch(pipeline, "a rock")
    with pytest.raises(NotFound, match="no budget of channel midnight-tales"):
        purse.budgets.remove(
            Scope.CHANNEL, "midnight-tales", Period.DAY, author="test", reason="again"
        )


def test_a_story_costs_no_more_than_its_channel_lets_it_unless_a_person_does(
    pipeline_with: Make, purse: Purse
) -> None:
    limits = {STORY: Decimal("0.50"), OTHER: None}
    pipeline = pipeline_with(hosted(), clock=purse.clock, story_budget=limits.__getitem__)
    sketch(pipeline, "a boat")
    with pytest.raises(BudgetExceeded, match=f"story {STORY}, in total") as refused:
        sketch(pipeline, "a rock")
    assert refused.value.resume_at is None
    assert "budget set story" in refused.value.remedy
    for subject in ("a tree", "a house", "a hill"):
        sketch(pipeline, subject, OTHER)
    limits[STORY] = Decimal("0.80")
    sketch(pipeline, "a rock")
    purse.limit(f"story {STORY} total", hard="1.20")
    sketch(pipeline, "a cloud")
    assert purse.stand() == {f"story {STORY} total": usd("0", "1.20", "0")}


def test_of_several_full_budgets_the_one_that_waits_longest_is_named(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.limit("all * day", hard="0.10")
    purse.limit("channel * month", hard="0.10")
    with pytest.raises(BudgetExceeded) as refused:
        sketch(pipeline_with(hosted(), clock=purse.clock), "a boat")
    assert refused.value.resume_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_provider_over_its_own_budget_is_left_and_the_next_one_asked(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.limit("provider dear day", hard="0.50")
    dear, cheap = hosted("dear"), hosted("cheap", price="0.10")
    pipeline = pipeline_with(dear, cheap, clock=purse.clock)
    made = [
        pipeline.run(SketchRequest(subject=subject), story_id=STORY).provider
        for subject in ("a boat", "a rock", "a tree")
    ]
    assert made == ["dear", "cheap", "cheap"]
    breaker = pipeline.breakers.find()["dear"]
    assert (breaker.state, breaker.cause) == ("open", "budget")
    assert breaker.retry_at == datetime(2026, 11, 23, tzinfo=UTC)
    alone = pipeline_with(dear, clock=purse.clock)
    with pytest.raises(BudgetExceeded, match="provider dear, 2026-11-22") as refused:
        sketch(alone, "a cloud")
    assert refused.value.resume_at == breaker.retry_at
    purse.limit("provider dear day", hard="5.00")
    assert pipeline.breakers.find() == {}
    sketch(alone, "a cloud")


def test_people_are_told_once_in_each_window_that_a_soft_limit_is_passed(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.limit("all * day", soft="0.50", hard="9")
    told: list[BudgetUse] = []
    pipeline = pipeline_with(hosted(), clock=purse.clock, alert=told.append)
    for number in range(3):
        sketch(pipeline, f"boat {number}")
    assert [(use.name, use.spent_usd) for use in told] == [
        ("all providers, 2026-11-22", Decimal("0.80"))
    ]
    purse.clock.now += timedelta(days=1)
    for number in range(3, 6):
        sketch(pipeline, f"boat {number}")
    assert [use.name for use in told][1:] == ["all providers, 2026-11-23"]


def test_many_who_pass_a_soft_limit_at_once_tell_of_it_once(
    database: Database, media: LocalMediaStore, purse: Purse, tmp_path: Path
) -> None:
    purse.limit("all * day", soft="0.50", hard="90")
    purse.limit("provider hosted day", soft="7.90")
    told: list[BudgetUse] = []
    begin = threading.Barrier(8)

    def spend(number: int) -> None:
        own = Database(database.engine.url)  # as a process of its own has it
        pipeline = Pipeline(
            own, media, [hosted()], clock=purse.clock, scratch_dir=tmp_path / f"scratch-{number}",
            alert=told.append,
        )  # fmt: skip
        begin.wait(30)
        for call in range(5):
            pipeline.run(SketchRequest(subject=f"sketch {number}.{call}"), story_id=STORY)
        pipeline.close()
        own.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(spend, range(8)))
    assert sorted(use.scope for use in told) == [Scope.ALL, Scope.PROVIDER]


def test_raising_the_hard_limit_does_not_tell_of_the_soft_one_again(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.limit("all * day", soft="0.10", hard="9")
    told: list[BudgetUse] = []
    pipeline = pipeline_with(hosted(), clock=purse.clock, alert=told.append)
    pipeline.run(SketchRequest(subject="first"), story_id=STORY)
    purse.limit("all * day", soft="0.10", hard="20")
    pipeline.run(SketchRequest(subject="second"), story_id=STORY)
    assert len(told) == 1
    purse.limit("all * day", soft="1.00", hard="20")  # a new limit, passed by the next call
    pipeline.run(SketchRequest(subject="third"), story_id=STORY)
    assert len(told) == 2


def test_an_alert_that_fails_costs_no_result(pipeline_with: Make, purse: Purse) -> None:
    purse.limit("all * day", soft="0.10")

    def nobody_listens(use: BudgetUse) -> None:
        raise OSError("no network")

    pipeline = pipeline_with(hosted(), clock=purse.clock, alert=nobody_listens)
    assert sketch(pipeline, "a boat") == Decimal("0.40")


def test_what_costs_nothing_pays_nothing_for_budgets(
    pipeline_with: Make, purse: Purse, database: Database
) -> None:
    pipeline = pipeline_with(Sketcher(), clock=purse.clock, story_budget=lambda _: 1 / 0)
    sketch(pipeline, "warming up")
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    sketch(pipeline, "without")
    without = len(statements)
    for budget in ("all * day", "provider sketcher month", "channel * total", "story * total"):
        purse.limit(budget, hard="0.00")
    statements.clear()
    sketch(pipeline, "with")
    assert len(statements) == without == 3  # look, claim, settle
    with database.transaction() as transaction:
        assert all(not row.spent_usd for row in transaction.execute(select(budget_windows)))


def test_a_cost_nobody_expected_is_booked(pipeline_with: Make, purse: Purse) -> None:
    purse.limit("all * month", hard="0.10")
    sketch(pipeline_with(Sketcher(price="0", bill="0.30"), clock=purse.clock), "a boat")
    assert purse.stand() == {"all * month": usd("0", "0.30", "0.20")}


def test_failed_attempts_give_back_what_they_did_not_cost(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.limit("all * month", hard="5.00")
    left = [
        TransientFailure("busy", retry_after_s=0),
        TransientFailure("answer lost", retry_after_s=0, cost_usd=None),
        CallFailure("a wrong answer, and billed", cost_usd=Decimal("0.25")),
    ]

    def fail(request: SketchRequest, context: CallContext) -> None:
        raise left.pop(0)

    pipeline = pipeline_with(hosted(deed=fail), Sketcher(), clock=purse.clock)
    result = pipeline.run(SketchRequest(subject="a boat"), story_id=STORY)
    assert (result.provider, result.cost_usd) == ("sketcher", Decimal("0.65"))
    assert purse.stand() == {"all * month": usd("0", "0.65", "0")}
    (line,) = costs(pipeline._database, CostBy.PROVIDER)[:1]
    assert (line.name, line.usd, line.uncertain_usd) == ("hosted", *usd("0.65", "0.40"))


def test_a_budget_set_while_calls_are_under_way_counts_them_and_what_was_spent(
    pipeline_with: Make, purse: Purse
) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def hold(request: SketchRequest, context: CallContext) -> None:
        if request.subject == "slow":
            inside.set()
            assert go_on.wait(20)

    pipeline = pipeline_with(hosted(deed=hold, bill="0.30"), clock=purse.clock)
    sketch(pipeline, "a boat")
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(sketch, pipeline, "slow")
        assert inside.wait(20)
        for budget in ("all * month", "channel * day"):
            purse.limit(budget, hard="0.60")
        assert set(purse.stand().values()) == {usd("0.40", "0.30", "0.10")}
        purse.limit("all * month", hard="0.90")
        with pytest.raises(BudgetExceeded):
            sketch(pipeline, "a rock")
        go_on.set()
        slow.result()
    assert set(purse.stand().values()) == {usd("0", "0.60", "0")}


def test_what_a_silent_worker_had_set_aside_is_charged_when_its_lease_is_over(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.limit("all * month", hard="1.00")
    inside, go_on = threading.Event(), threading.Event()

    def hold(request: SketchRequest, context: CallContext) -> None:
        inside.set()
        assert go_on.wait(20)

    slow = hosted(deed=hold, repeatability=Repeatability.NEVER)
    pipeline = pipeline_with(slow, clock=purse.clock)
    with ThreadPoolExecutor(1) as thread:
        late = thread.submit(sketch, pipeline, "slow")
        assert inside.wait(20)
        assert pipeline.close_lapsed() == 0
        purse.clock.now += timedelta(minutes=5)
        assert pipeline.close_lapsed() == 1
        assert purse.stand() == {"all * month": usd("0", "0.40", "0")}
        (call,) = pipeline.calls(STORY)
        assert call.status == "ambiguous"
        go_on.set()
        assert late.result() == Decimal("0.40")
    assert purse.stand() == {"all * month": usd("0", "0.40", "0")}
    assert pipeline.calls(STORY)[0].status == "finished"


def test_who_set_a_budget_and_why_is_in_the_audit_log(purse: Purse, database: Database) -> None:
    purse.limit("channel midnight-tales month", hard="20")
    purse.budgets.remove(
        Scope.CHANNEL, "midnight-tales", Period.MONTH, author="ada", reason="moved to the year"
    )
    entries = AuditLog(database, purse.clock).entries(channel="midnight-tales")
    assert [(entry.actor, entry.action, entry.detail["hard_usd"]) for entry in entries] == [
        ("ada", "budget.remove", "20.000000"),
        ("test", "budget.set", "20.000000"),
    ]


@pytest.mark.parametrize(
    ("scope", "subject", "hard", "problem"),
    [
        ("all", "midnight-tales", "1", "has no subject"),
        ("story", "midnight-tales", "1", "not of the form"),
        ("channel", "Midnight Tales", "1", "Midnight Tales"),
        ("provider", "", "1", "name is missing"),
        ("all", "*", "-1", "no amount"),
        ("all", "*", "NaN", "no amount"),
        ("all", "*", None, "needs a soft or a hard limit"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(
    purse: Purse, scope: str, subject: str, hard: str | None, problem: str
) -> None:
    with pytest.raises(BadInput, match=problem):
        purse.budgets.set(
            Scope(scope),
            subject,
            Period.DAY,
            soft_usd=None,
            hard_usd=None if hard is None else Decimal(hard),
            author="test",
            reason="",
        )
    assert purse.budgets.all() == ()


def test_costs_add_up_by_provider_channel_capability_and_story(
    pipeline_with: Make, database: Database, purse: Purse
) -> None:
    pipeline = pipeline_with(hosted("a", price="0.30"), clock=purse.clock)
    sketch(pipeline, "a boat")
    sketch(pipeline, "a rock", OTHER)
    purse.clock.now += timedelta(days=1)
    sketch(pipeline, "a tree", OTHER)

    def lines(by: CostBy, **when: datetime) -> list[tuple[str, int, Decimal]]:
        return [(each.name, each.calls, each.usd) for each in costs(database, by, **when)]

    assert lines(CostBy.PROVIDER) == [("a", 3, Decimal("0.90"))]
    assert lines(CostBy.CAPABILITY) == [("draw", 3, Decimal("0.90"))]
    assert lines(CostBy.CHANNEL) == [
        ("ember-wood", 2, Decimal("0.60")),
        ("midnight-tales", 1, Decimal("0.30")),
    ]
    assert lines(CostBy.STORY, until=purse.clock.now) == [
        (OTHER, 1, Decimal("0.30")),
        (STORY, 1, Decimal("0.30")),
    ]
    assert lines(CostBy.STORY, since=purse.clock.now) == [(OTHER, 1, Decimal("0.30"))]


# Properties of money and windows

moments = st.integers(0, 10**9).map(
    lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)
amounts = st.decimals(0, 100, places=6, allow_nan=False)


@given(at=moments, period=st.sampled_from([Period.DAY, Period.MONTH]))
def test_windows_touch_and_never_overlap(at: datetime, period: Period) -> None:
    start = window_start(period, at)
    end = window_end(period, start)
    assert end is not None
    assert start <= at < end
    assert window_start(period, end) == end
    assert window_start(period, end - timedelta(microseconds=1)) == start


@given(amount=st.decimals(0, 1000, allow_nan=False, allow_infinity=False))
def test_an_amount_is_rounded_to_a_millionth_and_never_down(amount: Decimal) -> None:
    kept = in_usd(amount)
    assert amount <= kept < amount + Decimal("0.000001")
    assert in_usd(kept) == kept


@given(spent=amounts, share=st.integers(5, 100))
def test_a_forecast_goes_on_at_the_rate_so_far(spent: Decimal, share: int) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    use = BudgetUse(
        scope=Scope.ALL, subject="*", period=Period.MONTH, starts_at=start, soft_usd=None,
        hard_usd=None, reserved_usd=Decimal(0), spent_usd=spent,
    )  # fmt: skip
    expected = expected_usd(use, start + timedelta(days=30) * share / 100)
    assert expected is not None
    assert abs(expected - spent * 100 / share) < Decimal("0.02")


def test_a_forecast_says_where_the_month_ends_and_what_is_above_its_limit(
    pipeline_with: Make, purse: Purse
) -> None:
    purse.clock.now = datetime(2026, 11, 1, 6, tzinfo=UTC)
    (early,) = purse.budgets.forecasts()
    assert early.sentence == "it is too early to tell how November 2026 ends"
    purse.clock.now = datetime(2026, 11, 11, tzinfo=UTC)
    purse.limit("channel midnight-tales month", hard="1.00")
    sketch(pipeline_with(hosted(), clock=purse.clock), "a boat")
    month, channel = purse.budgets.forecasts()
    assert month.sentence == "at this rate November 2026 ends at $1.20"
    assert channel.sentence == ("at this rate November 2026 ends at $1.20, $0.20 above its limit")
    assert channel.above_limit


outcomes = st.sampled_from(["answer", "free failure", "billed failure", "lost answer"])
calls = st.lists(st.tuples(amounts, amounts, outcomes), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None)
@given(hard=st.decimals(0, 150, places=6, allow_nan=False), planned=calls)
def test_whatever_happens_the_window_equals_the_ledger_and_no_reservation_passes_the_limit(
    migrated_database: Database, tmp_path_factory: pytest.TempPathFactory, hard: Decimal,
    planned: list[tuple[Decimal, Decimal, str]],
) -> None:  # fmt: skip
    from content_platform.storage.adapters.local import LocalMediaStore

    database = Database(migrated_database.engine.url)
    folder = tmp_path_factory.mktemp("money")
    purse = Purse(database, MovableClock())
    try:
        purse.limit("all * month", hard=str(hard))
        spent = Decimal(0)
        for number, (price, bill, outcome) in enumerate(planned):

            def deed(
                request: SketchRequest,
                context: CallContext,
                outcome: str = outcome,
                bill: Decimal = bill,
            ) -> None:
                if outcome != "answer":
                    known = {"free failure": Decimal(0), "billed failure": bill}
                    raise CallFailure(outcome, cost_usd=known.get(outcome))

            vendor = hosted(price=str(price), bill=str(bill), deed=deed)
            pipeline = Pipeline(
                database,
                LocalMediaStore(folder / "media"),
                [vendor, Sketcher()],
                clock=purse.clock,
                scratch_dir=folder / "scratch",
            )
            pipeline.breakers.reset("hosted")
            room = spent + price <= hard
            if price and not room:
                with pytest.raises(BudgetExceeded):
                    sketch(pipeline, f"call {number}")
                assert vendor.asked == 0
                pipeline.close()
                continue
            sketch(pipeline, f"call {number}")
            spent += {"free failure": Decimal(0), "lost answer": price}.get(outcome, bill)
            reserved, booked, overrun = purse.stand().get("all * month", usd("0", "0", "0"))
            assert (reserved, booked) == (0, spent)
            assert overrun == max(Decimal(0), spent - hard)
            assert sum((line.usd for line in costs(database, CostBy.CHANNEL)), Decimal(0)) == spent
            pipeline.close()
    finally:
        with database.transaction() as transaction:
            transaction.execute(
                text(
                    "TRUNCATE content.budgets, content.budget_windows, content.provider_calls, "
                    "content.provider_breakers, content.audit_log, content.media_assets CASCADE"
                )
            )
        database.close()
