"""What becomes of a story whose text was refused: told again, shown to a person, or left.

Belongs here: that decision (pure), and carrying it out. Telling a story differently is the story
room's; it does so when the story's attempt is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection, exists, or_, select

from content_platform.moderation.models import Decision, Review, Verdict
from content_platform.moderation.outcome import outcome
from content_platform.moderation.review import Audit, ReviewQueue
from content_platform.moderation.rules import policy_version
from content_platform.storage.database import Database
from content_platform.storage.records import from_row
from content_platform.storage.tables import briefs, reviews, stories, verdicts
from content_platform.stories.models import StoryStatus
from content_platform.vocabulary import StoryId

RETELLINGS = 2
"""How often a refused story is told again before a person is asked."""


class NextStep(StrEnum):
    """What to do about a refused telling."""

    RETELL = "retell"
    ASK = "ask a person"
    LEAVE = "leave"


@dataclass(frozen=True)
class RefusedTelling:
    """A story that was rejected for its text, as it stands."""

    story_id: str
    attempt: int
    """0 for its first telling."""
    own_script: bool
    """A person's own words, which nobody rewrites."""
    verdicts: tuple[Verdict, ...]
    """On this telling's text, in each of its languages."""
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True)
class RegenerationStep:
    """The decision on one telling, and why."""

    story_id: str
    attempt: int
    step: NextStep
    reason: str
    ask_about: tuple[Verdict, ...] = ()
    """What the person is asked about."""


def plan_regeneration(
    refused: Sequence[RefusedTelling], *, policy_version: str, limit: int = RETELLINGS
) -> list[RegenerationStep]:
    """One step for each telling. After ``limit`` retellings it waits in the review queue."""
    return [_plan(telling, policy_version, limit) for telling in refused]


def _plan(telling: RefusedTelling, policy: str, limit: int) -> RegenerationStep:
    def step(what: NextStep, reason: str, *about: Verdict) -> RegenerationStep:
        return RegenerationStep(telling.story_id, telling.attempt, what, reason, about)

    found = outcome(telling.verdicts, telling.reviews, policy_version=policy)
    why = "; ".join(found.reasons)
    if found.outdated:
        return step(NextStep.LEAVE, why)
    if found.decision is not Decision.BLOCK:
        return step(NextStep.LEAVE, why or "its text is allowed")
    if telling.own_script:
        return step(NextStep.LEAVE, f"a person's own script is not rewritten: {why}")
    if telling.attempt < limit:
        return step(NextStep.RETELL, why)
    asked = {(review.locale, review.subject_sha256) for review in telling.reviews}
    unasked = tuple(
        verdict
        for verdict in telling.verdicts
        if verdict.decision is Decision.BLOCK
        and (verdict.locale, verdict.subject_sha256) not in asked
    )
    if unasked:
        return step(NextStep.ASK, f"told {telling.attempt + 1} times: {why}", *unasked)
    return step(NextStep.LEAVE, f"a person knows of it: {why}")


class Retells(Protocol):
    """The part of the story register that has a story told differently."""

    def raise_attempt(self, story_id: str, *, attempt: int, connection: Connection) -> object: ...


class Regeneration:
    """Applies ``plan_regeneration`` to the stories in the database."""

    def __init__(
        self, database: Database, audit: Audit, stories: Retells, queue: ReviewQueue
    ) -> None:
        self._database = database
        self._audit = audit
        self._stories = stories
        self._queue = queue

    def run(self, *, limit: int = RETELLINGS, at_most: int = 50) -> list[RegenerationStep]:
        """Take the next step of ``at_most`` refused stories, and return what was done.

        Each telling is answered once, however many processes run this at the same time, and
        wherever one is killed.
        """
        policy = policy_version()
        with self._database.transaction() as connection:
            refused = _refused(connection, policy, limit, at_most)
            steps = plan_regeneration(refused, policy_version=policy, limit=limit)
            for step in steps:
                if step.step is NextStep.RETELL:
                    self._stories.raise_attempt(
                        step.story_id, attempt=step.attempt, connection=connection
                    )
                    self._audit.record(
                        "regeneration",
                        "story.retell",
                        step.story_id,
                        channel=StoryId.parse(step.story_id).channel,
                        connection=connection,
                        attempt=step.attempt + 1,
                        reason=step.reason,
                    )
                for verdict in step.ask_about:
                    self._queue.open(verdict, reason=step.reason, connection=connection)
        return steps


def _refused(connection: Connection, policy: str, limit: int, at_most: int) -> list[RefusedTelling]:
    """Rejected stories with a step to take, locked; those another process has are left to it.

    The brief tells which telling the verdicts are about: a story that is already to be told
    again has a higher attempt than its brief.
    """
    text_verdict = (verdicts.c.story_id == stories.c.story_id) & (verdicts.c.subject == "text")
    asked = exists().where(
        reviews.c.story_id == verdicts.c.story_id,
        reviews.c.locale == verdicts.c.locale,
        reviews.c.subject == "text",
        reviews.c.subject_sha256 == verdicts.c.subject_sha256,
    )
    refused = verdicts.c.decision != Decision.ALLOW.value
    may_act = or_(stories.c.attempt < limit, ~asked)
    found = connection.execute(
        select(stories.c.story_id, stories.c.attempt, briefs.c.script)
        .join(briefs, briefs.c.story_id == stories.c.story_id)
        .where(
            stories.c.status == StoryStatus.REJECTED,
            stories.c.archived_at.is_(None),
            briefs.c.attempt == stories.c.attempt,
            briefs.c.script.is_(None),
            exists().where(text_verdict, refused, verdicts.c.policy_version == policy, may_act),
        )
        .order_by(stories.c.updated_at, stories.c.story_id)
        .limit(at_most)
        .with_for_update(of=stories, skip_locked=True)
    ).all()
    keys = [row.story_id for row in found]
    judged = select(verdicts).where(verdicts.c.story_id.in_(keys), verdicts.c.subject == "text")
    about = select(reviews).where(reviews.c.story_id.in_(keys), reviews.c.subject == "text")
    by_story: dict[str, tuple[list[Verdict], list[Review]]] = {key: ([], []) for key in keys}
    for row in connection.execute(judged).mappings():
        by_story[row["story_id"]][0].append(from_row(Verdict, dict(row)))
    for row in connection.execute(about).mappings():
        by_story[row["story_id"]][1].append(from_row(Review, dict(row)))
    return [
        RefusedTelling(
            story_id=row.story_id,
            attempt=row.attempt,
            own_script=row.script is not None,
            verdicts=tuple(by_story[row.story_id][0]),
            reviews=tuple(by_story[row.story_id][1]),
        )
        for row in found
    ]
