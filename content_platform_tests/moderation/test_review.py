"""The review queue: asked once, decided once, bound to what was judged."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from content_platform.errors import BadInput, NotFound
from content_platform.moderation.models import Decision, Review, ReviewStatus, Verdict
from content_platform.stories.models import StoryStatus
from content_platform_tests.moderation.cases import CRUEL, NOW, SPAM, Desk, a_review, sha


def waiting(desk: Desk) -> tuple[str, Review]:
    row = desk.story(StoryStatus.DEFERRED, Decision.REVIEW)
    found = desk.queue.outcome(desk.records.load(Verdict, row.story_id))
    assert found.decision is Decision.REVIEW
    (review,) = desk.queue.reviews(story_id=row.story_id)
    return row.story_id, review


def actions(desk: Desk, story_id: str) -> list[str]:
    return [entry.action for entry in desk.audit.entries(subject=story_id)][::-1]


def test_a_gate_asks_once_however_often_it_runs(desk: Desk) -> None:
    story_id, review = waiting(desk)
    verdicts = desk.records.load(Verdict, story_id)
    assert desk.queue.outcome(verdicts) == desk.queue.outcome(verdicts)
    assert desk.queue.reviews() == [review]
    assert review.status is ReviewStatus.OPEN
    assert review.reason == "violence (cruelty): … and laughed …"
    assert actions(desk, story_id) == ["review.open"]


def test_an_approval_lets_exactly_this_go_on_and_has_the_story_run_again(desk: Desk) -> None:
    story_id, review = waiting(desk)
    decided = desk.queue.approve(review, by="ann", note="it is a fable")
    assert (decided.decided_by, decided.decided_at) == ("ann", NOW)
    row = desk.register.row(story_id)
    assert (row.status, row.queued, row.revision) == (StoryStatus.PLANNED, True, 1)
    verdicts = desk.records.load(Verdict, story_id)
    assert desk.queue.outcome(verdicts).decision is Decision.ALLOW
    assert actions(desk, story_id) == ["review.open", "review.approve"]

    other = [verdicts[0].model_copy(update={"subject_sha256": sha("other words")})]
    assert desk.queue.outcome(other).decision is Decision.REVIEW
    assert len(desk.queue.reviews()) == 1


def test_a_rejection_stays_and_has_the_story_run_again(desk: Desk) -> None:
    story_id, review = waiting(desk)
    desk.queue.reject(review, by="ann", note="too dark")
    verdicts = desk.records.load(Verdict, story_id)
    found = desk.queue.outcome(verdicts)
    assert found.decision is Decision.BLOCK
    assert "too dark" in found.reasons[0]
    assert desk.queue.reviews() == []
    assert desk.register.row(story_id).queued
    assert desk.queue.open(verdicts[0]).status is ReviewStatus.REJECTED


def test_of_many_who_decide_at_once_one_decides(desk: Desk) -> None:
    story_id, review = waiting(desk)
    start = threading.Barrier(6)

    def decide(person: int) -> str:
        start.wait()
        decision = desk.queue.approve if person % 2 else desk.queue.reject
        try:
            decision(review, by=f"person {person}")
        except BadInput as refusal:
            return str(refusal)
        return "decided"

    with ThreadPoolExecutor(6) as people:
        said = list(people.map(decide, range(6)))
    assert said.count("decided") == 1
    assert all("a decision is made once" in each for each in said if each != "decided")
    assert desk.register.row(story_id).revision == 1
    assert len(actions(desk, story_id)) == 2
    (kept,) = desk.queue.reviews(status=None)
    assert kept.decided_by == f"person {said.index('decided')}"


def test_what_rules_block_cannot_be_approved(desk: Desk) -> None:
    row = desk.story(StoryStatus.REJECTED, Decision.BLOCK)
    (verdict,) = desk.records.load(Verdict, row.story_id)
    review = desk.queue.open(verdict, reason="told 3 times")
    with pytest.raises(BadInput, match=r"blocked by rule .*cruelty.* only what rules leave open"):
        desk.queue.approve(review, by="ann")
    assert desk.queue.reviews() == [review]
    assert not desk.register.row(row.story_id).queued
    assert desk.queue.reject(review, by="ann").status is ReviewStatus.REJECTED


def test_an_approval_of_what_has_been_changed_since_is_refused(desk: Desk) -> None:
    story_id, review = waiting(desk)
    desk.tell(story_id, Decision.REVIEW, "The lamp went on again.")
    with pytest.raises(BadInput, match="changed after the review was opened"):
        desk.queue.approve(review, by="ann")


def test_a_question_about_what_the_story_was_before_is_withdrawn(desk: Desk) -> None:
    story_id, before = waiting(desk)
    verdict = desk.tell(story_id, Decision.REVIEW, "The lamp went on again.")
    desk.queue.outcome([verdict])
    (open_now,) = desk.queue.reviews(story_id=story_id)
    assert open_now.subject_sha256 == verdict.subject_sha256 != before.subject_sha256
    allowed = desk.tell(story_id, Decision.ALLOW, "The lamp stood still.")
    assert desk.queue.outcome([allowed]).decision is Decision.ALLOW
    assert desk.queue.reviews(story_id=story_id, status=None) == []
    assert actions(desk, story_id).count("review.withdraw") == 2


def test_an_approved_review_is_opened_again_for_a_new_rule(desk: Desk) -> None:
    story_id, review = waiting(desk)
    desk.queue.approve(review, by="ann")
    (verdict,) = desk.records.load(Verdict, story_id)
    stricter = verdict.model_copy(update={"findings": (CRUEL, SPAM)})
    assert desk.queue.outcome([stricter]).decision is Decision.REVIEW
    (again,) = desk.queue.reviews(story_id=story_id)
    assert again.findings == (CRUEL, SPAM)


def test_a_decision_needs_a_name_and_a_review(desk: Desk) -> None:
    story_id, review = waiting(desk)
    with pytest.raises(BadInput, match="needs a name"):
        desk.queue.approve(review, by=" ")
    (verdict,) = desk.records.load(Verdict, story_id)
    nowhere = a_review(verdict, locale="de")
    with pytest.raises(NotFound, match=r"no review of the text of .* \(de\)"):
        desk.queue.reject(nowhere, by="ann")


def test_a_failed_requeue_leaves_the_review_open(desk: Desk) -> None:
    story_id, review = waiting(desk)

    class Broken:
        def requeue(self, story_id: str, *, connection: object) -> None:
            raise RuntimeError("killed")

    desk.queue._stories = Broken()  # type: ignore[assignment]
    with pytest.raises(RuntimeError, match="killed"):
        desk.queue.approve(review, by="ann")
    assert desk.queue.reviews() == [review]
    assert actions(desk, story_id) == ["review.open"]
