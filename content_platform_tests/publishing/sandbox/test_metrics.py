"""What the sandbox reports: late, rough at first, revised, sometimes missing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from content_platform.metrics.adapters.sandbox import SandboxMetrics
from content_platform.metrics.models import DayNumbers, MetricsSource
from content_platform.publishing.models import PlatformRefusal, RemoteVideo
from content_platform.publishing.sandbox.reporting import (
    reported_from,
    revenue_final_from,
    revised_from,
)
from content_platform.publishing.sandbox.service import SandboxService
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.vocabulary import Platform
from content_platform_tests.publishing.sandbox.conftest import MONDAY, Time

Upload = Callable[..., RemoteVideo]
ACCOUNT = "midnight-tales"
SEED = 11
TUESDAY = date(2026, 3, 3)


@pytest.fixture
def metrics(service: SandboxService) -> SandboxMetrics:
    return SandboxMetrics(service)


def test_it_is_a_metrics_source(metrics: SandboxMetrics) -> None:
    source: MetricsSource = metrics
    assert source.platform is Platform.SANDBOX


def test_a_day_is_not_there_before_it_is_reported(
    metrics: SandboxMetrics, upload: Upload, time: Time
) -> None:
    video_id = str(upload().remote_id)
    reported = reported_from(SEED, ACCOUNT, TUESDAY)
    assert reported >= datetime(2026, 3, 4, 6, tzinfo=UTC)
    for moment in (MONDAY + timedelta(days=1), reported - timedelta(seconds=1)):
        time.now = moment
        assert metrics.day_numbers(ACCOUNT, (video_id,), TUESDAY) == {}
    time.now = reported
    numbers = metrics.day_numbers(ACCOUNT, (video_id,), TUESDAY)[video_id]
    assert numbers.simulated
    assert numbers.impressions
    assert numbers.retention is not None


def test_numbers_are_rough_then_right_and_revenue_takes_a_week(
    metrics: SandboxMetrics, upload: Upload, time: Time
) -> None:
    ids = [str(upload(f"story-{number}").remote_id) for number in range(20)]

    def ask(moment: datetime) -> dict[str, DayNumbers]:
        time.now = moment
        return metrics.day_numbers(ACCOUNT, tuple(ids), TUESDAY)

    a_moment = timedelta(seconds=1)
    revised, final = (
        revised_from(SEED, ACCOUNT, TUESDAY),
        revenue_final_from(SEED, ACCOUNT, TUESDAY),
    )
    rough = ask(reported_from(SEED, ACCOUNT, TUESDAY))
    assert ask(revised - a_moment) == rough
    right = ask(revised)
    assert ask(final - a_moment) == right
    settled = ask(final)
    assert ask(final + timedelta(days=80)) == settled

    off = [int(rough[i].impressions or 0) / int(right[i].impressions or 1) - 1 for i in ids]
    assert 0.02 < max(map(abs, off)) <= 0.081
    assert any(rough[i].views != right[i].views for i in ids)
    money = {"revenue_usd"}
    assert [right[i].model_dump(exclude=money) for i in ids] == [
        settled[i].model_dump(exclude=money) for i in ids
    ]
    changed = [
        abs((right[i].revenue_usd or Decimal(0)) / (settled[i].revenue_usd or Decimal(1)) - 1)
        for i in ids
    ]
    assert Decimal("0.01") < max(changed) <= Decimal("0.041")


def test_days_are_late_or_missing_as_often_as_announced() -> None:
    late: Counter[int] = Counter()
    for offset in range(4000):
        day = date(2020, 1, 1) + timedelta(days=offset)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        delay = reported_from(SEED, ACCOUNT, day) - midnight - timedelta(days=1, hours=6)
        late[delay.days] += 1
        wait = revised_from(SEED, ACCOUNT, day) - reported_from(SEED, ACCOUNT, day)
        assert timedelta(days=2) <= wait <= timedelta(days=3)
        assert revenue_final_from(SEED, ACCOUNT, day) >= midnight + timedelta(days=7)
    assert set(late) <= set(range(11))
    assert 0.54 < late[0] / 4000 < 0.62
    assert all(late[days] / 4000 > 0.08 for days in (1, 2))
    assert 0.02 < sum(late[days] for days in range(4, 11)) / 4000 < 0.04
    assert late[3] == 0


def test_the_same_moment_gets_the_same_answer_in_any_order_and_process(
    metrics: SandboxMetrics,
    upload: Upload,
    database: Database,
    media: LocalMediaStore,
    time: Time,
) -> None:
    ids = tuple(str(upload(f"story-{number}").remote_id) for number in range(4))
    time.pass_(days=20)
    asked = [TUESDAY + timedelta(days=offset) for offset in range(25)]
    once = {day: metrics.day_numbers(ACCOUNT, ids, day) for day in asked}
    random.Random(4).shuffle(asked)
    another = SandboxMetrics(SandboxService(database, media, time, seed=SEED))
    assert {day: another.day_numbers(ACCOUNT, ids, day) for day in asked} == once
    assert len({len(numbers) for numbers in once.values()}) == 2, "reported days, and late ones"


def test_same_day_numbers_roll_by_the_minute(
    service: SandboxService, metrics: SandboxMetrics, upload: Upload, time: Time
) -> None:
    service.configure(ACCOUNT, same_day_metrics=True)
    video_id = str(upload().remote_id)
    views = []
    for _ in range(6):
        time.pass_(minutes=5)
        numbers = metrics.day_numbers(ACCOUNT, (video_id,), MONDAY.date())[video_id]
        views.append(int(numbers.views or 0))
    assert views == sorted(views)
    assert 0 < views[0] < views[-1]
    time.pass_(days=30)
    assert metrics.day_numbers(ACCOUNT, (video_id,), MONDAY.date())[video_id].simulated


def test_only_the_accounts_own_public_videos_have_numbers(
    service: SandboxService, metrics: SandboxMetrics, upload: Upload, time: Time
) -> None:
    mine = str(upload("mine").remote_id)
    other = str(upload("other", account="ember-wood").remote_id)
    later = str(upload("later", publish_at=MONDAY + timedelta(days=300)).remote_id)
    service.configure("hidden", audited=False)
    hidden = str(upload("hidden", account="hidden").remote_id)
    time.pass_(days=20)
    asked = (mine, other, later, hidden, "nothing")
    assert set(metrics.day_numbers(ACCOUNT, asked, TUESDAY)) == {mine}
    assert set(metrics.day_numbers("hidden", asked, TUESDAY)) == set()
    assert metrics.day_numbers(ACCOUNT, asked, MONDAY.date() - timedelta(days=1)) == {}


def test_a_withdrawn_video_keeps_its_numbers_and_gets_no_new_ones(
    service: SandboxService, metrics: SandboxMetrics, upload: Upload, time: Time
) -> None:
    video_id = str(upload().remote_id)
    time.now = MONDAY + timedelta(days=1, hours=3)
    service.withdraw(video_id)
    time.pass_(days=20)
    assert video_id in metrics.day_numbers(ACCOUNT, (video_id,), MONDAY.date())
    assert video_id in metrics.day_numbers(ACCOUNT, (video_id,), TUESDAY)
    assert metrics.day_numbers(ACCOUNT, (video_id,), TUESDAY + timedelta(days=1)) == {}


def test_one_accounts_trouble_is_not_the_others(
    service: SandboxService, metrics: SandboxMetrics
) -> None:
    service.fail("metrics", "refuse", account="ember-wood")
    assert metrics.day_numbers(ACCOUNT, (), TUESDAY) == {}
    with pytest.raises(PlatformRefusal):
        metrics.day_numbers("ember-wood", (), TUESDAY)
