"""What leaves the hot window, what is held, and what no longer fits in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.errors import BadInput
from content_platform.moderation.models import Review
from content_platform.planning.hot_window import (
    HotWindowSettings,
    LiveStory,
    hot_window_report,
    live_stories,
    plan_archive,
    require_room,
    room_for_new,
)
from content_platform.publishing.models import Upload, UploadState
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.stories.models import StoryRequest, StoryStatus
from content_platform.stories.register import StoryRegister
from content_platform.vocabulary import Format, Platform
from content_platform_tests.planning.conftest import NOON, SetClock

SMALL = HotWindowSettings(story_assets=10, cells=200, keep_days=30, at_most=4)
OVER = {StoryStatus.FINISHED, StoryStatus.REJECTED}

live = st.builds(
    LiveStory,
    story_id=st.uuids().map(str),
    status=st.sampled_from(StoryStatus),
    updated_at=st.integers(0, 60).map(lambda days: NOON - timedelta(days=days)),
    open_review=st.booleans(),
    open_upload=st.booleans(),
)


@given(st.lists(live, max_size=40, unique_by=lambda story: story.story_id), st.data())
def test_only_what_is_over_and_settled_is_archived_the_oldest_first(
    stories: list[LiveStory], data: st.DataObject
) -> None:
    names = [story.story_id for story in stories]
    in_flight = data.draw(st.sets(st.sampled_from(names))) if names else set()
    plan = plan_archive(stories, in_flight, NOON, SMALL)
    by_name = {story.story_id: story for story in stories}
    chosen = [by_name[name] for name in plan.archive]
    assert len(chosen) <= SMALL.at_most
    assert not set(plan.archive) & (in_flight | set(plan.held))
    for story in chosen:
        assert story.status in OVER
        assert (story.open_review, story.open_upload) == (False, False)
        if len(stories) <= SMALL.limit:
            assert story.updated_at <= NOON - timedelta(days=30)
    free = sorted(
        (story.updated_at, story.story_id)
        for story in stories
        if story.status in OVER
        and not (story.open_review or story.open_upload or story.story_id in in_flight)
    )
    assert [name for _, name in free[: len(chosen)]] == list(plan.archive)
    long_over = [at for at, _ in free if at <= NOON - timedelta(days=30)]
    assert len(chosen) >= min(len(long_over), SMALL.at_most)


def test_over_the_limit_finished_stories_leave_early_down_to_nine_tenths() -> None:
    stories = [
        LiveStory(f"s{n:02}", StoryStatus.FINISHED, NOON - timedelta(minutes=60 - n))
        for n in range(21)
    ]
    assert plan_archive(stories[:20], set(), NOON, SMALL).archive == ()
    assert plan_archive(stories, {"s01"}, NOON, SMALL).archive == ("s00", "s02", "s03")
    assert plan_archive(stories, {"s01"}, NOON, SMALL).held == {"s01": "a run of it goes on"}


def test_a_full_window_refuses_with_a_remedy() -> None:
    assert (SMALL.limit, SMALL.hard_limit) == (20, 40)
    assert (room_for_new(39, 40), room_for_new(45, 40)) == (1, 0)
    require_room(39, limit=40)
    with pytest.raises(BadInput, match="2 more stories do not fit: 39 are live, and 40 may be"):
        require_room(39, 2, limit=40)
    with pytest.raises(BadInput, match="Archive finished ones"):
        require_room(40, limit=40)


def test_the_report_warns_at_the_limit_and_is_hard_at_twice_it() -> None:
    for live_count, passed, hard in ((20, True, False), (21, False, False), (40, False, True)):
        report, past_hard = hot_window_report(live_count, SMALL)
        assert (report.passed, past_hard) == (passed, hard)
        assert report.measures["live"] == live_count


def test_the_register_archives_only_what_still_may_be_and_brings_it_back(
    database: Database, register: StoryRegister, records: RecordStore, clock: SetClock
) -> None:
    names = [
        register.register(StoryRequest(channel="night", seed=seed)).story_id for seed in range(6)
    ]
    done, rejected, reviewed, uploading, queued, published = names
    for name in (done, reviewed, uploading, queued, published):
        register.set_status(name, StoryStatus.FINISHED)
    register.set_status(rejected, StoryStatus.REJECTED)
    records.put(
        Review(
            story_id=reviewed, locale="en", subject="text", subject_sha256="0" * 64,
            channel="night", reason="why", opened_at=NOON,
        )
    )  # fmt: skip
    for name, state in (
        (uploading, UploadState.UNCONFIRMED),
        (published, UploadState.PUBLISHED),
    ):
        records.put(
            Upload(
                story_id=name, platform=Platform.SANDBOX, locale="en", format=Format.LANDSCAPE,
                channel="night", account="night", state=state, video_sha256=None,
                metadata_sha256="0" * 64, idempotency_key=name, planned_at=NOON,
                published_at=NOON, updated_at=NOON,
            )
        )  # fmt: skip
    seen = live_stories(database)
    clock.advance(days=31)
    register.requeue(queued)
    plan = plan_archive(seen, set(), clock.now, HotWindowSettings())
    assert set(plan.archive) == {done, rejected, queued, published}
    assert register.archive([*plan.archive, reviewed, uploading]) == sorted(
        [done, rejected, published]
    )
    assert register.live_count() == 3
    assert register.live_ids() == {reviewed, uploading, queued}
    assert {row.story_id for row in register.stories(archived=True)} == {done, rejected, published}
    assert register.row(done).status is StoryStatus.FINISHED
    assert register.archive(names) == []
    assert register.unarchive(names) == sorted([done, rejected, published])
    assert register.live_count() == 6
