"""A refused story is told again, a few times; then a person is asked."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.moderation.models import Decision, Verdict
from content_platform.moderation.regeneration import (
    NextStep,
    RefusedTelling,
    Regeneration,
    plan_regeneration,
)
from content_platform.moderation.rules import policy_version
from content_platform.stories.models import StoryStatus
from content_platform_tests.moderation.cases import Desk, a_review, a_verdict


def regeneration(desk: Desk) -> Regeneration:
    return Regeneration(desk.database, desk.audit, desk.register, desk.queue)


def telling(attempt: int, **fields: object) -> RefusedTelling:
    verdict = a_verdict(decision=Decision.BLOCK)
    values = {"own_script": False, "verdicts": (verdict,), "reviews": ()} | fields
    return RefusedTelling(story_id=verdict.story_id, attempt=attempt, **values)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10), st.integers(0, 5), st.booleans(), st.booleans())
def test_the_number_of_tellings_is_bounded(
    attempt: int, limit: int, own_script: bool, asked: bool
) -> None:
    reviews = (a_review(a_verdict(decision=Decision.BLOCK)),) if asked else ()
    (step,) = plan_regeneration(
        [telling(attempt, own_script=own_script, reviews=reviews)],
        policy_version=policy_version(),
        limit=limit,
    )
    if own_script:
        assert step.step is NextStep.LEAVE
    elif attempt < limit:
        assert step.step is NextStep.RETELL
    else:
        assert step.step is (NextStep.LEAVE if asked else NextStep.ASK)


def test_what_is_judged_under_another_policy_is_not_told_again() -> None:
    (step,) = plan_regeneration([telling(0)], policy_version="tomorrow")
    assert step.step is NextStep.LEAVE
    assert "needs a new verdict" in step.reason


def test_a_story_is_told_three_times_in_all_and_then_waits_for_a_person(desk: Desk) -> None:
    story_id = desk.story().story_id
    work = regeneration(desk)
    for attempt in (1, 2):
        (step,) = work.run()
        assert (step.story_id, step.step) == (story_id, NextStep.RETELL)
        row = desk.register.row(story_id)
        assert (row.attempt, row.revision, row.queued) == (attempt, attempt, True)
        assert work.run() == []
        desk.tell(story_id, Decision.BLOCK, f"Telling {attempt}.")
        desk.register.set_status(story_id, StoryStatus.REJECTED)
    (step,) = work.run()
    assert step.step is NextStep.ASK
    assert step.reason.startswith("told 3 times: text (en): violence (cruelty)")
    assert work.run() == []
    (review,) = desk.queue.reviews(story_id=story_id)
    assert desk.register.row(story_id).attempt == 2
    retellings = desk.audit.entries(subject=story_id, action="story.retell")
    assert [entry.detail["attempt"] for entry in retellings] == [2, 1]

    desk.queue.reject(review, by="ann")
    desk.tell(story_id, Decision.BLOCK, "Telling 2.")
    desk.register.set_status(story_id, StoryStatus.REJECTED)
    assert work.run() == []


def test_a_story_that_is_told_better_goes_on(desk: Desk) -> None:
    story_id = desk.story().story_id
    regeneration(desk).run()
    desk.tell(story_id, Decision.ALLOW, "The lamp stood still.")
    desk.register.set_status(story_id, StoryStatus.FINISHED)
    assert regeneration(desk).run() == []


def test_a_telling_that_a_person_rejected_is_told_again(desk: Desk) -> None:
    story_id = desk.story(StoryStatus.DEFERRED, Decision.REVIEW).story_id
    desk.queue.outcome(desk.records.load(Verdict, story_id))
    assert regeneration(desk).run() == []
    (review,) = desk.queue.reviews()
    desk.queue.reject(review, by="ann")
    desk.register.set_status(story_id, StoryStatus.REJECTED)
    (step,) = regeneration(desk).run()
    assert step.step is NextStep.RETELL
    assert "rejected by ann" in step.reason


def test_a_persons_own_script_is_never_rewritten(desk: Desk) -> None:
    story_id = desk.story(script="My own words.", script_locale="en").story_id
    assert regeneration(desk).run() == []
    assert desk.register.row(story_id).attempt == 0


def test_stories_refused_for_their_pictures_are_left_alone(desk: Desk) -> None:
    story_id = desk.story(decision=Decision.ALLOW).story_id
    (text,) = desk.records.load(Verdict, story_id)
    pictures = a_verdict(story_id, Decision.BLOCK, subject="pictures")
    desk.records.replace(Verdict, story_id, [text, pictures])
    assert regeneration(desk).run() == []


def test_two_callers_at_once_tell_each_story_again_once(desk: Desk) -> None:
    story_ids = [desk.story().story_id for _ in range(12)]
    start = threading.Barrier(4)

    def tick(_: int) -> list[str]:
        start.wait()
        work = regeneration(desk)
        return [step.story_id for _ in range(4) for step in work.run(at_most=3)]

    with ThreadPoolExecutor(4) as callers:
        done = [story_id for steps in callers.map(tick, range(4)) for story_id in steps]
    assert sorted(done) == story_ids
    assert {desk.register.row(story_id).attempt for story_id in story_ids} == {1}
    assert len(desk.audit.entries(action="story.retell")) == 12


def test_a_story_another_process_works_on_is_left_to_it(desk: Desk) -> None:
    story_id = desk.story().story_id
    with desk.locked(story_id):
        assert regeneration(desk).run() == []
    assert [step.story_id for step in regeneration(desk).run()] == [story_id]
