"""The register mints keys, finds the same request again, and knows where a story stands."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from content_platform.errors import BadInput, NotFound
from content_platform.storage.database import Database
from content_platform.stories.models import StoryOrigin, StoryRequest, StoryRow, StoryStatus
from content_platform.stories.register import StoryRegister, request_sha256

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class SetClock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def register(database: Database, clock: SetClock) -> StoryRegister:
    return StoryRegister(database, clock)


def a_request(seed: int = 1, channel: str = "midnight-tales") -> StoryRequest:
    return StoryRequest(channel=channel, seed=seed, theme="a lamp that will not go out")


def test_a_story_gets_the_days_next_number_on_its_channel(
    register: StoryRegister, clock: SetClock
) -> None:
    assert register.register(a_request(1)).story_id == "midnight-tales_20261122_0001"
    assert register.register(a_request(2)).story_id == "midnight-tales_20261122_0002"
    assert register.register(a_request(3, "midnight")).story_id == "midnight_20261122_0001"
    clock.now += timedelta(days=1)
    assert register.register(a_request(4)).story_id == "midnight-tales_20261123_0001"


def test_the_day_of_a_key_is_utc(register: StoryRegister, clock: SetClock) -> None:
    clock.now = datetime(2026, 11, 23, 1, tzinfo=timezone(timedelta(hours=9)))
    assert register.register(a_request()).story_id == "midnight-tales_20261122_0001"


def test_the_same_request_is_the_same_story_unless_a_new_one_is_wanted(
    register: StoryRegister, clock: SetClock
) -> None:
    first = register.register(a_request())
    clock.now += timedelta(days=3)
    assert register.register(a_request()) == first
    second = register.register(a_request(), new=True)
    assert second.story_id == "midnight-tales_20261125_0001"
    assert register.register(a_request()).story_id == second.story_id


def test_numbers_go_on_after_9999(register: StoryRegister) -> None:
    register.adopt("midnight-tales_20261122_9999", a_request(1))
    assert register.register(a_request(2)).story_id == "midnight-tales_20261122_10000"
    assert register.register(a_request(3)).story_id == "midnight-tales_20261122_10001"


def test_many_at_once_get_different_keys_without_a_gap(
    database: Database, register: StoryRegister
) -> None:
    with ThreadPoolExecutor(6) as pool:
        rows = list(pool.map(lambda seed: register.register(a_request(seed)), range(18)))
    assert sorted(row.story_id[-4:] for row in rows) == [f"{n:04d}" for n in range(1, 19)]


def test_many_at_once_with_one_request_make_one_story(register: StoryRegister) -> None:
    with ThreadPoolExecutor(6) as pool:
        rows = list(pool.map(lambda _: register.register(a_request()), range(12)))
    assert len({row.story_id for row in rows}) == 1
    assert len(register.stories()) == 1


def test_a_partition_made_elsewhere_is_adopted_once(register: StoryRegister) -> None:
    key = "midnight-tales_20261101_0042"
    row = register.adopt(key, a_request())
    assert register.adopt(key, a_request()) == row == register.row(key)
    with pytest.raises(BadInput, match="another request"):
        register.adopt(key, a_request(seed=2))


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("midnight-tales_20261301_0001", "not of the form"),
        ("nonsense", "not of the form"),
        ("other-channel_20261101_0001", "channel other-channel"),
    ],
)
def test_a_key_that_does_not_fit_is_not_adopted(
    register: StoryRegister, key: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        register.adopt(key, a_request())
    assert register.stories() == []


def test_stories_are_listed_newest_first_and_can_be_narrowed(
    register: StoryRegister, clock: SetClock
) -> None:
    for seed in range(3):
        register.register(a_request(seed))
        clock.now += timedelta(minutes=1)
    register.register(a_request(9, "other"))
    register.set_status("midnight-tales_20261122_0002", StoryStatus.FAILED, error="no voice")
    assert [row.story_id for row in register.stories(limit=2)] == [
        "other_20261122_0001",
        "midnight-tales_20261122_0003",
    ]
    assert len(register.stories(channel="midnight-tales")) == 3
    failed = register.stories(status=StoryStatus.FAILED)
    assert [(row.story_id, row.error) for row in failed] == [
        ("midnight-tales_20261122_0002", "no voice")
    ]


def test_a_status_is_kept_with_its_times(register: StoryRegister, clock: SetClock) -> None:
    key = register.register(a_request()).story_id
    clock.now += timedelta(minutes=3)
    ready = clock.now
    register.set_status(key, StoryStatus.FINISHED, title="The Lamp")
    row = register.row(key)
    assert (row.status, row.title, row.ready_at) == (StoryStatus.FINISHED, "The Lamp", ready)
    assert (row.created_at, row.updated_at) == (NOON, ready)

    clock.now += timedelta(minutes=1)
    register.set_status(key, StoryStatus.RUNNING)
    register.set_status(key, StoryStatus.FINISHED)
    assert (register.row(key).ready_at, register.row(key).title) == (ready, "The Lamp")

    register.set_status(key, StoryStatus.REJECTED, error="too sad")
    assert (register.row(key).ready_at, register.row(key).error) == (None, "too sad")


def test_a_story_that_is_not_there_is_named(register: StoryRegister) -> None:
    ask: list[Callable[[], object]] = [
        lambda: register.row("midnight-tales_20261122_0099"),
        lambda: register.set_status("midnight-tales_20261122_0099", StoryStatus.RUNNING),
    ]
    for question in ask:
        with pytest.raises(NotFound, match="midnight-tales_20261122_0099"):
            question()


def test_a_request_that_cannot_be_stored_is_refused_by_name(register: StoryRegister) -> None:
    with pytest.raises(BadInput, match="request holds a NUL"):
        register.register(StoryRequest(channel="a", seed=1, theme="a \0 b"))
    assert register.stories() == []


def test_the_calendars_stories_wait_first_then_peoples_then_batches(
    register: StoryRegister, clock: SetClock
) -> None:
    for seed, origin in enumerate(
        (StoryOrigin.BATCH, StoryOrigin.PERSON, StoryOrigin.CALENDAR, StoryOrigin.BATCH)
    ):
        register.register(a_request(seed), origin=origin, queued=True)
        clock.now += timedelta(minutes=1)
    register.register(a_request(9))
    assert [row.story_id[-1] for row in register.waiting(10)] == ["3", "2", "1", "4"]
    assert [row.story_id[-1] for row in register.waiting(2)] == ["3", "2"]
    register.set_status("midnight-tales_20261122_0003", StoryStatus.RUNNING)
    assert [row.story_id[-1] for row in register.waiting(10)] == ["2", "1", "4"]


def test_a_story_registered_for_a_person_can_be_left_to_the_daemon_until_it_is_begun(
    register: StoryRegister,
) -> None:
    key = register.register(a_request()).story_id
    assert register.waiting(10) == []
    assert register.register(a_request(), queued=True).queued
    assert [row.story_id for row in register.waiting(10)] == [key]
    register.set_status(key, StoryStatus.FAILED)
    assert not register.register(a_request(), queued=True).queued


def test_processes_that_saw_the_same_row_queue_it_once(register: StoryRegister) -> None:
    key = register.register(a_request()).story_id
    register.set_status(key, StoryStatus.FAILED, error="no voice")
    seen = register.row(key)
    with ThreadPoolExecutor(6) as pool:
        after = list(pool.map(lambda _: register.requeue(key, revision=seen.revision), range(6)))
    assert {row.revision for row in after} == {1}
    row = register.row(key)
    assert (row.status, row.queued, row.error) == (StoryStatus.PLANNED, True, "")
    assert register.requeue(key).revision == 2
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: register.raise_attempt(key, attempt=0), range(6)))
    assert (register.row(key).attempt, register.row(key).revision) == (1, 3)


def test_what_an_overtaken_run_says_is_left_aside(register: StoryRegister) -> None:
    key = register.register(a_request(), queued=True).story_id
    register.set_status(key, StoryStatus.RUNNING, revision=0)
    register.requeue(key)
    register.set_status(key, StoryStatus.FAILED, error="killed", revision=0)
    assert [row.revision for row in register.waiting(10)] == [1]
    register.set_status(key, StoryStatus.RUNNING, revision=1)
    assert register.waiting(10) == []


def test_a_deferred_story_is_asked_again_when_its_time_has_come(
    register: StoryRegister, clock: SetClock
) -> None:
    keys = [register.register(a_request(seed)).story_id for seed in range(4)]
    for hours, key in zip((3, 1, 2), keys, strict=False):
        register.set_status(key, StoryStatus.DEFERRED, resume_at=NOON + timedelta(hours=hours))
    register.set_status(keys[3], StoryStatus.DEFERRED, error="a person decides")

    def due(hours: int) -> list[StoryRow]:
        return register.due_to_resume(NOON + timedelta(hours=hours), 10)

    assert due(0) == []
    assert [row.story_id for row in due(2)] == [keys[1], keys[2]]
    made = register.register(a_request(9)).story_id  # and its upload is deferred
    register.set_status(made, StoryStatus.FINISHED)
    register.set_status(made, StoryStatus.DEFERRED, resume_at=NOON)
    assert [row.story_id for row in due(2)] == [keys[1], keys[2]]
    register.requeue(keys[1])
    assert register.row(keys[1]).resume_at is None
    assert [row.story_id for row in due(9)] == [keys[2], keys[0]]


def test_counts_are_by_channel_and_status(register: StoryRegister) -> None:
    for seed in range(3):
        register.register(a_request(seed))
    other = register.register(a_request(9, "other")).story_id
    register.set_status(other, StoryStatus.FINISHED)
    assert register.counts() == {
        ("midnight-tales", StoryStatus.PLANNED): 3,
        ("other", StoryStatus.FINISHED): 1,
    }
    assert register.archive([other]) == [other]
    assert register.counts(live=True) == {("midnight-tales", StoryStatus.PLANNED): 3}
    assert register.live_count() == 3


def test_many_batches_over_several_channels_at_once_neither_block_nor_mix(
    register: StoryRegister,
) -> None:
    def batch(number: int) -> list[StoryRow]:
        channels = ("alpha", "beta") if number % 2 else ("beta", "alpha")
        asked = [a_request(number, channel) for channel in channels for _ in range(2)]
        return register.register_all(asked, new=True, batch=str(number))

    with ThreadPoolExecutor(6) as pool:
        made = [row for rows in pool.map(batch, range(10)) for row in rows]
    assert len({row.story_id for row in made}) == 40
    assert {row.batch for row in register.stories(batch="3")} == {"3"}
    assert len(register.stories(channel="alpha", batch="3")) == 2


def test_a_fingerprint_depends_on_what_is_asked_and_not_on_how() -> None:
    plain = StoryRequest(channel="a", seed=1)
    spelled_out = StoryRequest(channel="a", seed=1, genre=None, picture_types=())
    assert request_sha256(plain) == request_sha256(spelled_out)
    assert request_sha256(plain) != request_sha256(StoryRequest(channel="a", seed=2))
    assert request_sha256(plain) == (
        "fd669186a2d5d6caeec456e2ff7067f385b63f61866a65280fc72e0253bbfa18"
    )
