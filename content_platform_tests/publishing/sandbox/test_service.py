"""The sandbox as a company: sessions, states, quotas, duplicates, faults."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound
from content_platform.publishing.adapters.sandbox import SandboxPlatform
from content_platform.publishing.models import (
    PlatformRefusal,
    PublishingPlatform,
    RemoteState,
    RemoteVideo,
)
from content_platform.publishing.sandbox.models import SandboxUnreachable
from content_platform.publishing.sandbox.service import SandboxService
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.database import Database
from content_platform.storage.models import MediaRef
from content_platform.vocabulary import Format
from content_platform_tests.publishing.sandbox.conftest import MONDAY, Time, package

Upload = Callable[..., RemoteVideo]


def test_it_is_a_publishing_platform(service: SandboxService) -> None:
    platform: PublishingPlatform = SandboxPlatform(service)
    assert platform.formats == (Format.PORTRAIT,)
    assert [(rule.bucket, rule.units, rule.cost) for rule in platform.quotas()] == [
        ("uploads", 300, 1)
    ]


def test_a_video_is_processed_and_then_public(platform: SandboxPlatform, time: Time) -> None:
    given = package()
    assert platform.find("story-1", None).state is RemoteState.ABSENT
    handle = platform.begin(given)
    assert platform.find("story-1", handle) == RemoteVideo(state=RemoteState.STARTED)
    platform.send(handle, given)
    first = platform.publish(handle, given)
    assert first.state is RemoteState.PROCESSING
    assert first.remote_id
    assert first.published_at is None
    time.pass_(seconds=3.9)
    assert platform.find("story-1", handle).state is RemoteState.PROCESSING
    time.pass_(seconds=0.1)
    public = platform.find("story-1", None)
    assert public.state is RemoteState.PUBLIC
    assert public.published_at == MONDAY + timedelta(seconds=4)
    assert public.remote_id == first.remote_id
    assert public.url == f"http://127.0.0.1:3070/watch/{first.remote_id}"


def test_a_video_waits_for_its_hour(platform: SandboxPlatform, upload: Upload, time: Time) -> None:
    due = MONDAY + timedelta(hours=2)
    assert upload(publish_at=due).state is RemoteState.SCHEDULED
    time.now = due - timedelta(seconds=1)
    assert platform.find("story-1", None).state is RemoteState.SCHEDULED
    time.now = due
    assert platform.find("story-1", None).published_at == due


def test_processing_time_is_set_by_format(
    service: SandboxService, platform: SandboxPlatform, time: Time
) -> None:
    service.configure(processing_s={Format.LANDSCAPE: 60, Format.PORTRAIT: 0})
    for key, shape in (("wide", Format.LANDSCAPE), ("tall", Format.PORTRAIT)):
        given = package(key, format=shape)
        handle = platform.begin(given)
        platform.send(handle, given)
        platform.publish(handle, given)
    assert platform.find("tall", None).state is RemoteState.PUBLIC
    time.pass_(seconds=59)
    assert platform.find("wide", None).state is RemoteState.PROCESSING


def test_the_same_key_is_the_same_video_however_often_it_is_sent(
    service: SandboxService, platform: SandboxPlatform, upload: Upload, time: Time
) -> None:
    once = upload()
    time.pass_(hours=1)
    again = upload(title="Another title")
    assert again == once
    assert service.video(str(once.remote_id)).package.title == "The Lamp on Gull Rock"
    assert len(service.videos("midnight-tales")) == 1


def test_two_processes_that_open_and_publish_at_once_make_one_video_each(
    database: Database, media: LocalMediaStore, time: Time
) -> None:
    services = [SandboxService(database, media, time, seed=11) for _ in range(4)]
    failed: list[BaseException] = []

    def publish(service: SandboxService) -> None:
        try:
            for key in ("a", "b"):
                given = package(key)
                handle = service.begin(given)
                service.send(handle, given)
                service.publish(handle, given)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=publish, args=(service,)) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    time.pass_(minutes=1)
    assert sorted(str(video.number) for video in services[0].videos("midnight-tales")) == ["1", "2"]


def test_a_quota_is_by_account_and_utc_day_and_says_when_to_come_back(
    service: SandboxService, platform: SandboxPlatform, time: Time
) -> None:
    service.configure("midnight-tales", uploads_per_day=2)
    first = platform.begin(package("a"))
    platform.begin(package("b"))
    with pytest.raises(PlatformRefusal, match="2 uploads of the day") as refused:
        platform.begin(package("c"))
    assert not refused.value.permanent
    assert refused.value.retry_after_s == 6 * 3600
    assert platform.begin(package("a")) == first, "a session that is open costs nothing again"
    platform.begin(package("d", account="ember-wood"))
    time.pass_(hours=6)
    platform.begin(package("c"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"description": "x" * 5001}, "description"),
        ({"hashtags": tuple(f"tag{i}" for i in range(16))}, "16 hashtags"),
        ({"duration_s": 901.0}, "901 seconds"),
        ({"discloses_ai": False}, "AI"),
        ({"traits": {"speed": "quick"}}, "speed"),
    ],
)
def test_what_it_does_not_take_is_said_before_and_refused_for_good(
    platform: SandboxPlatform, wrong: dict[str, object], said: str
) -> None:
    given = package(**wrong)
    assert said in (platform.refusal(given) or "")
    with pytest.raises(PlatformRefusal, match=said) as refused:
        platform.begin(given)
    assert refused.value.permanent
    assert platform.refusal(package()) is None


def test_nothing_is_published_that_was_not_sent(platform: SandboxPlatform) -> None:
    handle = platform.begin(package())
    with pytest.raises(PlatformRefusal, match="nothing was sent"):
        platform.publish(handle, package())
    with pytest.raises(PlatformRefusal, match="no session"):
        platform.send("session-of-somebody", package())
    with pytest.raises(PlatformRefusal, match="no video"):
        platform.withdraw("nothing")


def test_bytes_that_did_not_arrive_are_asked_for_again(
    platform: SandboxPlatform, media: LocalMediaStore
) -> None:
    lost = MediaRef(sha256="0" * 64, size_bytes=9, mime="video/mp4")
    given = package(video=lost)
    handle = platform.begin(given)
    with pytest.raises(PlatformRefusal, match="did not arrive") as refused:
        platform.send(handle, given)
    assert not refused.value.permanent


def test_a_file_that_is_no_video_is_refused_after_processing(
    service: SandboxService, upload: Upload, media: LocalMediaStore, tmp_path: Path
) -> None:
    junk = media.put_bytes(b"not a video at all" * 99, "video/mp4")
    answer = upload(video=junk)
    assert answer.state is RemoteState.REFUSED
    assert answer.reason
    assert service.videos("midnight-tales") == []


def test_an_account_that_was_not_audited_publishes_in_private(
    service: SandboxService, upload: Upload
) -> None:
    service.configure(audited=False)
    answer = upload()
    assert answer.state is RemoteState.PRIVATE
    assert answer.published_at is None
    assert service.counters(service.video(str(answer.remote_id))).impressions == 0


def test_a_withdrawn_video_is_gone_for_good(
    service: SandboxService, platform: SandboxPlatform, upload: Upload, time: Time
) -> None:
    video_id = str(upload().remote_id)
    time.pass_(hours=1)
    platform.withdraw(video_id)
    platform.withdraw(video_id)
    answer = platform.find("story-1", None)
    assert answer.state is RemoteState.WITHDRAWN
    assert answer.published_at is not None, "it was public once"
    assert upload().state is RemoteState.WITHDRAWN
    assert service.videos("midnight-tales") == []


# Faults


def test_a_refusal_on_demand_happens_as_often_as_ordered(
    service: SandboxService, platform: SandboxPlatform
) -> None:
    service.fail("begin", "refuse", times=2)
    for _ in range(2):
        with pytest.raises(PlatformRefusal) as refused:
            platform.begin(package())
        assert refused.value.permanent
    platform.begin(package())


def test_a_transient_refusal_says_when_to_come_back(
    service: SandboxService, platform: SandboxPlatform
) -> None:
    service.fail("send", "transient", seconds=30, account="midnight-tales")
    handle = platform.begin(package())
    other = package("other", account="ember-wood")
    platform.send(platform.begin(other), other)
    with pytest.raises(PlatformRefusal) as refused:
        platform.send(handle, package())
    assert (refused.value.permanent, refused.value.retry_after_s) == (False, 30)


@pytest.mark.parametrize(
    ("kind", "state"),
    [("cut", RemoteState.STARTED), ("answer_lost", RemoteState.PROCESSING)],
)
def test_after_a_broken_connection_only_asking_tells_what_happened(
    service: SandboxService, platform: SandboxPlatform, kind: str, state: RemoteState
) -> None:
    service.fail("publish", kind)
    handle = platform.begin(package())
    platform.send(handle, package())
    with pytest.raises(SandboxUnreachable):
        platform.publish(handle, package())
    assert platform.find("story-1", handle).state is state


@pytest.mark.parametrize("operation", ["begin", "send", "publish", "find", "withdraw", "metrics"])
def test_every_operation_can_fail(
    service: SandboxService, platform: SandboxPlatform, upload: Upload, operation: str
) -> None:
    video_id = str(upload().remote_id)
    service.fail(operation, "cut")
    calls: dict[str, Callable[[], object]] = {
        "begin": lambda: platform.begin(package("2")),
        "send": lambda: platform.send(f"session-{video_id}", package()),
        "publish": lambda: platform.publish(f"session-{video_id}", package()),
        "find": lambda: platform.find("story-1", None),
        "withdraw": lambda: platform.withdraw(video_id),
        "metrics": lambda: service.day_numbers("midnight-tales", (video_id,), MONDAY.date()),
    }
    with pytest.raises(SandboxUnreachable):
        calls[operation]()


def test_a_slow_answer_comes_late(
    service: SandboxService, platform: SandboxPlatform, time: Time
) -> None:
    service.fail("begin", "slow", seconds=20)
    platform.begin(package())
    assert time.now == MONDAY + timedelta(seconds=20)


def test_a_stuck_video_is_processed_until_the_sandbox_recovers(
    service: SandboxService, platform: SandboxPlatform, upload: Upload, time: Time
) -> None:
    with pytest.raises(BadInput):
        service.fail("find", "stuck")
    service.fail("publish", "stuck")
    service.fail("publish", "stuck", seconds=3600)
    assert upload("for ever").state is RemoteState.PROCESSING
    assert upload("an hour").state is RemoteState.PROCESSING
    time.pass_(hours=1)
    assert platform.find("for ever", None).state is RemoteState.PROCESSING
    assert platform.find("an hour", None).state is RemoteState.PUBLIC
    time.pass_(days=30)
    service.recover()
    assert platform.find("for ever", None).published_at == time.now


# Storage


def test_it_keeps_its_own_schema_and_says_that_it_is_simulated(
    service: SandboxService, upload: Upload, database: Database
) -> None:
    upload()
    with database.transaction() as connection:
        comment = connection.scalar(
            text("SELECT obj_description('sandbox'::regnamespace, 'pg_namespace')")
        )
    assert "simulated" in comment


def test_another_process_sees_the_same_company(
    service: SandboxService, upload: Upload, database: Database, media: LocalMediaStore, time: Clock
) -> None:
    service.configure("midnight-tales", uploads_per_day=1)
    video_id = str(upload().remote_id)
    another = SandboxService(database, media, time, seed=11)
    assert another.settings("midnight-tales").uploads_per_day == 1
    assert another.settings("ember-wood").uploads_per_day == 300
    assert another.video(video_id) == service.video(video_id)
    with pytest.raises(NotFound):
        another.video("nothing")


def test_a_second_cut_or_language_of_a_story_is_no_repetition(
    service: SandboxService, upload: Upload
) -> None:
    def repeats(key: str, story: str, kernel: str) -> tuple[int, int]:
        answer = upload(key, traits={"story": story, "theme": "a lighthouse", "kernel": kernel})
        shown = service.video(str(answer.remote_id)).shown
        assert shown is not None
        return shown.theme_repeats, shown.kernel_repeats

    assert repeats("1-en", "1", "bargain") == (0, 0)
    assert repeats("1-de", "1", "bargain") == (0, 0)
    assert repeats("2-en", "2", "return") == (1, 0)
    assert repeats("2-de", "2", "return") == (1, 0)
    assert repeats("3-en", "3", "bargain") == (2, 1)


def test_public_videos_are_listed_newest_first_with_their_neighbours(
    service: SandboxService, upload: Upload, time: Time
) -> None:
    ids = [str(upload(f"story-{number}").remote_id) for number in range(4)]
    upload("later", publish_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert [video.video_id for video in service.videos("midnight-tales")] == ids[::-1]
    page = service.videos("midnight-tales", limit=2, before=4)
    assert [video.video_id for video in page] == [ids[2], ids[1]]
    earlier, later = service.neighbours(service.video(ids[1]))
    assert earlier
    assert later
    assert (earlier.video_id, later.video_id) == (ids[0], ids[2])
    assert service.neighbours(service.video(ids[3]))[1] is None
    assert service.accounts() == ["midnight-tales"]
