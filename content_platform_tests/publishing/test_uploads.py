"""Uploads on their way: what is planned, what goes wrong, what people may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from content_platform.errors import BadInput, CallInProgress, ContentPlatformError, NotFound
from content_platform.governance.audit import AuditLog
from content_platform.moderation.models import Decision
from content_platform.publishing.models import (
    SETTLED,
    QuotaRule,
    Upload,
    UploadKey,
    UploadState,
)
from content_platform.publishing.register import published_catalog
from content_platform.publishing.uploads import Uploads, outcome
from content_platform.steering.models import Arm, Assignment, Experiment
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.stories.models import StoryStatus
from content_platform.video.models import Video
from content_platform.vocabulary import Format, Platform
from content_platform_tests.publishing.shop import Shop, Trouble
from content_platform_tests.publishing.stories import (
    CHANNEL,
    START,
    MovableClock,
    channel_config,
    clear,
    finished_story,
    take_clearance,
    video,
    words,
)

PORTRAIT = {Format.PORTRAIT: "a story"}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def shop(tmp_path: Path, clock: MovableClock) -> Shop:
    return Shop(tmp_path / "shop.db", clock)


@pytest.fixture
def uploads(database: Database, shop: Shop, clock: MovableClock) -> Uploads:
    return Uploads(database, {Platform.SANDBOX: shop}, clock=clock)


def the_upload(name: str) -> UploadKey:
    return UploadKey(name, Platform.SANDBOX, "en", Format.PORTRAIT)


def once(call: str, trouble: Trouble) -> Callable[[str], Trouble | None]:
    """The next ``call`` gets ``trouble``, later ones none."""
    left = [trouble]
    return lambda name: left.pop() if name == call and left else None


def always(*calls: str, trouble: Trouble) -> Callable[[str], Trouble | None]:
    return lambda name: trouble if name in calls else None


def run(
    uploads: Uploads, clock: MovableClock, name: str, *, most: timedelta = timedelta(days=30)
) -> list[Upload]:
    """Advance, going from one moment at which something is due to the next."""
    ends = clock() + most
    for _ in range(500):
        found = uploads.advance(name)
        due = [upload.resume_at for upload in found if upload.resume_at is not None]
        if not due or min(due) > ends:
            return found
        clock.now = max(clock.now, min(due))
    raise AssertionError(f"it gets nowhere: {found}")


def states(uploads: Uploads, name: str) -> list[str]:
    return [event.state.value for event in uploads.register.events(the_upload(name))]


def test_a_cleared_story_is_published_once(
    database: Database, uploads: Uploads, shop: Shop
) -> None:
    name = finished_story(database, videos=PORTRAIT)
    (planned,) = uploads.plan(name)
    assert (planned.state, planned.resume_at) == (UploadState.PLANNED, START)
    (published,) = uploads.advance(name)
    assert published.state is UploadState.PUBLISHED
    assert (published.remote_id, published.published_at) == ("1", START)
    assert states(uploads, name) == [
        "planned", "reserved", "started", "uploading", "processing", "published",
    ]  # fmt: skip
    assert shop.calls() == ["begin", "send", "find", "publish"]
    assert uploads.plan(name) == uploads.advance(name) == [published]
    assert list(shop.videos().values()) == [1]
    assert outcome([published]).status is StoryStatus.FINISHED
    (entry,) = published_catalog(database)
    assert (entry.remote_id, entry.channel, entry.withdrawn_at) == ("1", CHANNEL, None)
    (audited,) = AuditLog(database, uploads._clock).entries(action="upload.")
    assert (audited.action, audited.subject) == ("upload.publish", str(published.upload))


def test_a_rehearsal_goes_out_in_one_format_without_a_video(
    database: Database, uploads: Uploads, shop: Shop
) -> None:
    shop.formats = (Format.SQUARE, Format.PORTRAIT)
    name = finished_story(database)
    (upload,) = uploads.plan(name)
    assert (upload.format, upload.video_sha256) == (Format.SQUARE, None)
    (upload,) = uploads.advance(name)
    assert upload.state is UploadState.PUBLISHED


def test_each_platform_gets_the_formats_its_channel_wants(
    database: Database, tmp_path: Path, clock: MovableClock
) -> None:
    youtube = Shop(tmp_path / "youtube.db", clock, platform=Platform.YOUTUBE)
    tiktok = Shop(tmp_path / "tiktok.db", clock, platform=Platform.TIKTOK)
    config = channel_config(
        platforms=("youtube", "tiktok", "facebook"),
        formats={"youtube": ("16x9", "9x16")},
        accounts={"youtube": "the-harbour"},
    )
    name = finished_story(database, config=config, videos={shape: shape.value for shape in Format})
    uploads = Uploads(database, {Platform.YOUTUBE: youtube, Platform.TIKTOK: tiktok}, clock=clock)
    planned = uploads.plan(name)
    assert [
        (upload.platform, upload.format, upload.account, upload.state) for upload in planned
    ] == [
        ("facebook", "16x9", CHANNEL, "failed"),
        ("facebook", "1x1", CHANNEL, "failed"),
        ("facebook", "9x16", CHANNEL, "failed"),
        ("tiktok", "9x16", CHANNEL, "planned"),
        ("youtube", "16x9", "the-harbour", "planned"),
        ("youtube", "9x16", "the-harbour", "planned"),
    ]
    assert planned[0].error == "no account on facebook is connected here"
    assert len({upload.idempotency_key for upload in planned}) == len(planned)
    uploads.advance(name)
    assert outcome(uploads.register.of_story(name)).status is StoryStatus.FAILED
    assert len(youtube.videos()) == 2


def test_an_unfinished_story_is_not_planned(database: Database, uploads: Uploads) -> None:
    name = finished_story(database, config=channel_config(platforms=("tiktok",)))
    with database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM content.publish_metadata")
    with pytest.raises(NotFound, match=r"no title and description for tiktok in en.*retry"):
        uploads.plan(name)


@pytest.mark.parametrize("why", ["none", "blocked", "other words", "other video"])
def test_what_is_not_cleared_is_not_sent(
    why: str, database: Database, uploads: Uploads, shop: Shop
) -> None:
    name = finished_story(database, videos=PORTRAIT, cleared=why != "none")
    if why == "blocked":
        clear(database, name, Decision.BLOCK, "a picture shows a weapon")
    if why == "other words":
        RecordStore(database).put(words(name, Platform.SANDBOX, "Another Title"))
    if why == "other video":
        RecordStore(database).put(video(name, Format.PORTRAIT, "another video"))
    uploads.plan(name)
    for _ in range(2):
        (upload,) = uploads.advance(name)
        assert (upload.state, upload.resume_at) == (UploadState.PLANNED, None)
    assert shop.calls() == []
    assert uploads.due() == []
    result = outcome([upload])
    assert result.status is StoryStatus.REJECTED
    assert "may not be published on sandbox" in result.error
    clear(database, name)
    assert uploads.plan(name)[0].resume_at == START
    assert uploads.advance(name)[0].state is UploadState.PUBLISHED


def test_a_clearance_taken_back_meanwhile_stops_it_before_it_is_public(
    database: Database, uploads: Uploads, shop: Shop
) -> None:
    name = finished_story(database, videos=PORTRAIT)

    def take_it_back(call: str) -> None:
        if call == "send":
            take_clearance(database, name)

    shop.trouble = take_it_back
    uploads.plan(name)
    (upload,) = uploads.advance(name)
    assert (upload.state, upload.resume_at) == (UploadState.PLANNED, None)
    assert "it has no clearance" in upload.error
    assert shop.calls("publish") == []
    clear(database, name)
    shop.trouble = lambda _call: None
    assert uploads.advance(name)[0].state is UploadState.PUBLISHED
    assert len(shop.calls("begin")) == 1


def test_the_same_video_never_goes_to_an_account_twice(
    database: Database, uploads: Uploads, shop: Shop
) -> None:
    first, second = (finished_story(database, number, videos=PORTRAIT) for number in (1, 2))
    uploads.plan(first)
    (refused,) = uploads.plan(second)
    assert refused.state is UploadState.FAILED
    assert f"the very same video as {the_upload(first)}" in refused.error
    with pytest.raises(BadInput, match="very same video"):
        uploads.retry(the_upload(second), actor="ann")
    uploads.withdraw(the_upload(first), actor="ann", reason="the other one shall go")
    uploads.retry(the_upload(second), actor="ann")
    assert uploads.advance(second)[0].state is UploadState.PUBLISHED
    assert len(shop.videos()) == 1


def test_a_full_quota_defers_until_its_window_ends(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.rules = (QuotaRule("uploads", 200, 100, 86_400, "America/Los_Angeles"),)
    names = [finished_story(database, number) for number in range(1, 6)]
    for name in names:
        uploads.plan(name)
        uploads.advance(name)
    found = [uploads.register.upload(the_upload(name)) for name in names]
    assert [upload.state.value for upload in found] == ["published"] * 2 + ["deferred"] * 3
    midnight_there = START.replace(day=23, hour=8)
    assert [upload.resume_at for upload in found[2:]] == [midnight_there] * 3
    result = outcome([found[2]])
    assert (result.status, result.resume_at) == (StoryStatus.DEFERRED, midnight_there)
    assert "'uploads' of 200 is used up until 2026-11-23 08:00 UTC" in result.error
    clock.now = midnight_there - timedelta(seconds=1)
    assert uploads.due() == []
    clock.now = midnight_there
    for upload in uploads.due():
        uploads.advance(upload.upload)
    assert [uploads.register.upload(the_upload(name)).state.value for name in names] == [
        "published"
    ] * 4 + ["deferred"]


def test_a_channels_own_daily_limit_counts_in_its_own_days(
    database: Database, uploads: Uploads, clock: MovableClock
) -> None:
    base = channel_config(daily_limit=1)
    config = base.model_copy(
        update={"cadence": base.cadence.model_copy(update={"timezone": "Asia/Tokyo"})}
    )
    for number in (1, 2):
        uploads.plan(finished_story(database, number, config=config))
    clock.now = START.replace(hour=14, minute=59)
    for due in uploads.due():
        uploads.advance(due.upload)
    (deferred,) = [each for each in uploads.register.newest() if each.resume_at]
    assert deferred.resume_at == START.replace(hour=15)
    clock.now = START.replace(hour=15)
    assert uploads.advance(deferred.story_id)[0].state is UploadState.PUBLISHED


def test_processing_is_looked_at_until_it_is_done(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.processing_s = 1800
    name = finished_story(database)
    uploads.plan(name)
    (upload,) = uploads.advance(name)
    assert (upload.state, upload.remote_id) == (UploadState.PROCESSING, "1")
    assert outcome([upload]).status is StoryStatus.DEFERRED
    (upload,) = run(uploads, clock, name)
    assert upload.state is UploadState.PUBLISHED
    assert upload.published_at == START + timedelta(minutes=30)
    assert clock() < START + timedelta(minutes=50)
    assert len(shop.calls("find")) < 20


@pytest.mark.parametrize("native", [True, False])
def test_a_story_with_a_slot_is_public_at_its_slot(
    native: bool, database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.takes_schedules = native
    slot = START + timedelta(hours=7)
    name = finished_story(database, publish_at=slot)
    uploads.plan(name)
    (upload,) = uploads.advance(name)
    assert upload.state is (UploadState.SCHEDULED if native else UploadState.DEFERRED)
    assert (upload.scheduled_for, upload.resume_at) == (slot, slot)
    (upload,) = run(uploads, clock, name)
    assert (upload.state, upload.published_at, clock()) == (UploadState.PUBLISHED, slot, slot)


def test_what_a_platform_keeps_private_is_not_called_published(
    database: Database, uploads: Uploads, shop: Shop
) -> None:
    shop.private = True
    name = finished_story(database)
    uploads.plan(name)
    (upload,) = uploads.advance(name)
    assert upload.state is UploadState.PUBLISHED_PRIVATE
    assert outcome([upload]).status is StoryStatus.FINISHED


@pytest.mark.parametrize("call", ["begin", "send", "find"])
@pytest.mark.parametrize("trouble", [Trouble.CUT, Trouble.LOST, Trouble.BUSY, Trouble.WAIT])
def test_a_step_that_fails_before_publishing_is_tried_again_later(
    call: str,
    trouble: Trouble,
    database: Database,
    uploads: Uploads,
    shop: Shop,
    clock: MovableClock,
) -> None:
    shop.trouble = once(call, trouble)
    name = finished_story(database)
    uploads.plan(name)
    (upload,) = uploads.advance(name)
    assert upload.state is UploadState.DEFERRED
    assert upload.attempts == (0 if trouble is Trouble.WAIT else 1)
    assert upload.resume_at is not None
    wait_s = (upload.resume_at - START).total_seconds()
    assert wait_s == 90 if trouble is Trouble.WAIT else 48 <= wait_s <= 72
    assert uploads.advance(name) == [upload]
    (upload,) = run(uploads, clock, name)
    assert upload.state is UploadState.PUBLISHED
    assert list(shop.videos().values()) == [1]


@pytest.mark.parametrize("trouble", [Trouble.CUT, Trouble.LOST, Trouble.LATE])
@pytest.mark.parametrize("deaf_for", [0, 5])
def test_a_lost_answer_to_publish_never_makes_a_second_video(
    trouble: Trouble,
    deaf_for: int,
    database: Database,
    uploads: Uploads,
    shop: Shop,
    clock: MovableClock,
) -> None:
    """``deaf_for`` so many questions after it, the platform does not answer at all."""
    begun, deaf = once("publish", trouble), [Trouble.CUT] * deaf_for

    def go_wrong(call: str) -> Trouble | None:
        if call == "find" and shop.calls("publish") and deaf:
            return deaf.pop()
        return begun(call)

    shop.trouble = go_wrong
    name = finished_story(database)
    uploads.plan(name)
    (upload,) = uploads.advance(name)
    if trouble is Trouble.LOST and not deaf_for:
        assert upload.state is UploadState.PUBLISHED
    else:
        assert upload.state is UploadState.UNCONFIRMED
        assert upload.resume_at is not None
        assert outcome([upload]).status is StoryStatus.DEFERRED
    (upload,) = run(uploads, clock, name)
    assert upload.state is UploadState.PUBLISHED
    assert list(shop.videos().values()) == [1]


def test_a_request_that_may_still_be_on_its_way_is_waited_for(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.trouble = once("publish", Trouble.LATE)
    name = finished_story(database)
    uploads.plan(name)
    uploads.advance(name)
    for _ in range(5):
        clock.forward(seconds=10)
        uploads.retry(the_upload(name), actor="ann")
        assert uploads.advance(name)[0].state is UploadState.UNCONFIRMED
    clock.forward(seconds=10)
    uploads.retry(the_upload(name), actor="ann")
    assert uploads.advance(name)[0].state is UploadState.PUBLISHED
    assert list(shop.videos().values()) == [1]


def test_a_session_that_may_have_been_opened_is_counted(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    class Gone(BaseException):
        pass

    def die() -> None:
        raise Gone

    shop.rules = (QuotaRule("sessions", 1, 1, 86_400),)
    shop.trouble, shop.die = once("begin", Trouble.KILL_AFTER), die
    name = finished_story(database)
    uploads.plan(name)
    with pytest.raises(Gone):
        uploads.advance(name)
    assert uploads.register.upload(the_upload(name)).state is UploadState.RESERVED
    (upload,) = uploads.advance(name)
    assert (upload.state, upload.resume_at) == (UploadState.DEFERRED, START.replace(day=23, hour=0))
    assert run(uploads, clock, name)[0].state is UploadState.PUBLISHED
    assert len({moment.date() for _, moment in shop.sessions()}) == len(shop.sessions()) == 2


def test_while_nobody_knows_nothing_is_sent_again(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    publish = once("publish", Trouble.LATE)
    shop.trouble = lambda call: (
        Trouble.CUT if call == "find" and shop.calls("publish") else publish(call)
    )
    name = finished_story(database)
    uploads.plan(name)
    (upload,) = run(uploads, clock, name, most=timedelta(days=10))
    assert upload.state is UploadState.UNCONFIRMED
    assert upload.resume_at is not None
    assert upload.resume_at - clock() <= timedelta(hours=6)
    assert len(shop.calls("publish")) == 1
    assert uploads.register.in_doubt(clock() - timedelta(days=1), 10) == [upload]
    assert uploads.register.in_doubt(clock() - timedelta(days=20), 10) == []
    with pytest.raises(ContentPlatformError, match="Nobody knows yet whether sandbox has"):
        uploads.withdraw(the_upload(name), actor="ann", reason="wrong")


def test_a_permanent_refusal_fails_at_once_with_the_platforms_reason(
    database: Database, uploads: Uploads, shop: Shop
) -> None:
    for number, call in enumerate(("begin", "send", "publish"), 1):
        shop.trouble = always(call, trouble=Trouble.REFUSE)
        name = finished_story(database, number)
        uploads.plan(name)
        (upload,) = uploads.advance(name)
        assert (upload.state, upload.error) == (UploadState.FAILED, f"no {call} for you")
        assert outcome([upload]).error == f"sandbox: no {call} for you"
    shop.trouble, shop.unfit = (lambda _call: None), "too long"
    name = finished_story(database, 9)
    uploads.plan(name)
    assert uploads.advance(name)[0].error == "too long"
    assert shop.videos() == {}


def test_after_eight_attempts_it_is_given_up_and_a_person_may_retry(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.trouble = always("send", trouble=Trouble.CUT)
    name = finished_story(database)
    uploads.plan(name)
    (upload,) = run(uploads, clock, name)
    assert upload.state is UploadState.FAILED
    assert upload.attempts == 8
    assert upload.error == "given up after 8 attempts: the connection broke before send"
    assert timedelta(hours=8) < clock() - START < timedelta(hours=20)
    shop.trouble = lambda _call: None
    again = uploads.retry(the_upload(name), actor="ann")
    assert (again.state, again.attempts) == (UploadState.PLANNED, 0)
    assert again.idempotency_key != upload.idempotency_key
    assert uploads.advance(name)[0].state is UploadState.PUBLISHED
    actions = [entry.action for entry in AuditLog(database, clock).entries(actor="ann")]
    assert actions == ["upload.retry"]
    with pytest.raises(BadInput, match="is published: there is nothing to try again"):
        uploads.retry(the_upload(name), actor="ann")


def test_an_expired_session_is_opened_again(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.trouble = once("send", Trouble.BUSY)
    name = finished_story(database)
    uploads.plan(name)
    uploads.advance(name)
    shop.expire_sessions()
    assert run(uploads, clock, name)[0].state is UploadState.PUBLISHED
    assert len(shop.calls("begin")) == 2


def test_a_video_that_vanished_is_not_sent_again_by_itself(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.processing_s = 600
    name = finished_story(database)
    uploads.plan(name)
    uploads.advance(name)
    shop.lose_videos()
    (upload,) = run(uploads, clock, name)
    assert (upload.state, upload.error) == (
        UploadState.FAILED,
        "the platform does not have it any more",
    )
    assert len(shop.calls("publish")) == 1


def test_a_withdrawn_video_leaves_the_platform_and_stays_in_the_catalog(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    name = finished_story(database)
    uploads.plan(name)
    uploads.advance(name)
    clock.forward(hours=1)
    shop.trouble = once("withdraw", Trouble.CUT)
    with pytest.raises(ContentPlatformError, match="sandbox did not answer"):
        uploads.withdraw(the_upload(name), actor="ann", reason="a wrong name")
    assert uploads.register.upload(the_upload(name)).state is UploadState.PUBLISHED
    gone = uploads.withdraw(the_upload(name), actor="ann", reason="a wrong name")
    assert (gone.state, gone.withdrawn_at) == (UploadState.WITHDRAWN, clock())
    assert uploads.withdraw(the_upload(name), actor="ann", reason="again") == gone
    (entry,) = published_catalog(database, CHANNEL)
    assert (entry.published_at, entry.withdrawn_at) == (START, clock())
    assert published_catalog(database, "other-channel") == []
    audited = AuditLog(database, clock).entries(actor="ann")
    assert [(entry.action, entry.detail["reason"]) for entry in audited] == [
        ("upload.withdraw", "a wrong name")
    ]
    uploads.plan(name)
    assert uploads.advance(name) == [gone]


def test_what_is_withdrawn_before_it_is_public_gives_its_quota_back(
    database: Database, uploads: Uploads, shop: Shop
) -> None:
    config = channel_config(daily_limit=1)
    shop.trouble = once("send", Trouble.BUSY)
    first, second = (finished_story(database, number, config=config) for number in (1, 2))
    for name in (first, second):
        uploads.plan(name)
        uploads.advance(name)
    assert "'channel harbour-tales' of 1" in uploads.register.upload(the_upload(second)).error
    uploads.withdraw(the_upload(first), actor="ann", reason="not today")
    uploads.retry(the_upload(second), actor="ann")
    assert uploads.advance(second)[0].state is UploadState.PUBLISHED


def test_a_story_made_again_goes_out_as_it_is_now(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.trouble = once("send", Trouble.BUSY)
    name = finished_story(database, videos=PORTRAIT)
    uploads.plan(name)
    (before,) = uploads.advance(name)
    RecordStore(database).put(video(name, Format.PORTRAIT, "a better story"))
    clear(database, name)
    clock.forward(hours=1)
    (stale,) = uploads.advance(name)
    assert "was made again after this was planned" in stale.error
    (planned,) = uploads.plan(name)
    assert planned.idempotency_key != before.idempotency_key
    assert planned.handle is None
    (upload,) = uploads.advance(name)
    assert upload.state is UploadState.PUBLISHED
    assert shop.videos() == {planned.idempotency_key: 1}
    RecordStore(database).put(video(name, Format.PORTRAIT, "an even better one"))
    assert uploads.plan(name) == [upload]


def test_experiments_learn_when_a_story_was_first_seen(
    database: Database, uploads: Uploads, clock: MovableClock
) -> None:
    name = finished_story(database)
    records = RecordStore(database)
    arms = (Arm(name="a"), Arm(name="b", changes={"narration.speed": 1.1}))
    records.put(
        Experiment(
            experiment_id="pace", channel=CHANNEL, hypothesis="faster is better", arms=arms,
            author="ann", started_at=START,
        )
    )  # fmt: skip
    records.put(
        Assignment(experiment_id="pace", story_id=name, channel=CHANNEL, arm="b", assigned_at=START)
    )
    clock.forward(hours=2)
    uploads.plan(name)
    assert records.find(Assignment)[0].exposed_at is None
    uploads.advance(name)
    assert records.find(Assignment)[0].exposed_at == clock()


def test_an_upload_is_worked_on_by_one_at_a_time(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    name = finished_story(database)
    uploads.plan(name)
    rival = Uploads(database, {Platform.SANDBOX: shop}, clock=clock)
    seen: list[UploadState] = []

    def meanwhile(call: str) -> None:
        shop.trouble = lambda _call: None
        (left_alone,) = rival.advance(name)
        seen.append(left_alone.state)
        assert rival.plan(name) == [left_alone]
        with pytest.raises(CallInProgress, match="worked on by another process"):
            rival.withdraw(the_upload(name), actor="ann", reason="no")

    shop.trouble = meanwhile
    assert uploads.advance(name)[0].state is UploadState.PUBLISHED
    assert seen == [UploadState.RESERVED]
    assert shop.calls() == ["begin", "send", "find", "publish"]


def test_a_platform_that_is_not_connected_any_more_is_waited_for(
    database: Database, uploads: Uploads, shop: Shop, clock: MovableClock
) -> None:
    shop.processing_s = 60
    started, planned = (finished_story(database, number) for number in (1, 2))
    for name in (started, planned):
        uploads.plan(name)
    uploads.advance(started)
    clock.forward(minutes=1)
    without = Uploads(database, {}, clock=clock)
    for name, state in ((started, UploadState.PROCESSING), (planned, UploadState.DEFERRED)):
        (upload,) = without.advance(name)
        assert (upload.state, upload.resume_at) == (state, clock() + timedelta(hours=1))
        assert upload.error == "no account on sandbox is connected here"
        assert run(uploads, clock, name)[0].state is UploadState.PUBLISHED


def test_waiting_for_a_story_ends_when_it_is_published_or_takes_too_long(
    database: Database, tmp_path: Path
) -> None:
    from content_platform.clock import utc_now

    shop = Shop(tmp_path / "shop.db", utc_now, trouble=once("send", Trouble.BUSY))
    uploads = Uploads(database, {Platform.SANDBOX: shop}, clock=utc_now)
    name = finished_story(database)
    uploads.plan(name)
    assert uploads.advance_until(name, 1)[0].state is UploadState.DEFERRED
    uploads.retry(the_upload(name), actor="ann")
    assert uploads.advance_until(name, 1)[0].state in SETTLED


def test_upload_keys_are_read_as_they_are_written() -> None:
    key = the_upload("harbour-tales_20261122_0001")
    assert str(key) == "harbour-tales_20261122_0001/sandbox/en/9x16"
    assert UploadKey.parse(str(key)) == key
    for wrong in ("", "a/b", "a/sandbox/en/4x3", "a/myspace/en/9x16", "a/sandbox/EN/9x16"):
        with pytest.raises(ValueError):
            UploadKey.parse(wrong)


def test_the_videos_of_a_story_are_those_it_was_finished_with(database: Database) -> None:
    name = finished_story(database, videos=PORTRAIT)
    assert [each.format for each in RecordStore(database).load(Video, name)] == [Format.PORTRAIT]
