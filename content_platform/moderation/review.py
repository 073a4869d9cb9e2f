"""The review queue: questions to people, and their decisions.

Belongs here: opening a question, finding it, deciding it once. What a decision means for a story
is ``outcome``'s business; running the story again is the register's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from pydantic import JsonValue
from sqlalchemy import Connection, Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound
from content_platform.moderation.models import (
    Decision,
    Review,
    ReviewStatus,
    Verdict,
)
from content_platform.moderation.outcome import Outcome, covers, in_words, outcome
from content_platform.moderation.rules import policy_version
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import reviews, verdicts
from content_platform.vocabulary import StoryId


class Audit(Protocol):
    """The part of the audit log that decisions are written to."""

    def record(
        self,
        actor: str,
        action: str,
        subject: str,
        *,
        channel: str | None = None,
        connection: Connection | None = None,
        **detail: JsonValue,
    ) -> None: ...


class Requeues(Protocol):
    """The part of the story register that has a story run again."""

    def requeue(self, story_id: str, *, connection: Connection) -> object: ...


class ReviewQueue:
    """Reviews in Postgres. Any number of processes may open and decide at once."""

    def __init__(self, database: Database, clock: Clock, audit: Audit, stories: Requeues) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._stories = stories

    def outcome(self, verdicts: Sequence[Verdict]) -> Outcome:
        """What ``verdicts`` come to, with what people said; asks them where it is theirs to say.

        Opens a review for each verdict that waits for one, and withdraws open questions on what
        the story was before. A gate calls this and nothing else.
        """
        with self._database.transaction() as connection:
            asked = _reviews_of(connection, {verdict.story_id for verdict in verdicts})
            moot = [review for review in asked if _is_moot(review, verdicts)]
            for review in moot:
                self._withdraw(connection, review)
        decided = [review for review in asked if review not in moot]
        policy = policy_version()
        found = outcome(verdicts, decided, policy_version=policy)
        if found.decision is Decision.REVIEW:
            for verdict in verdicts:
                alone = outcome([verdict], decided, policy_version=policy)
                if alone.decision is Decision.REVIEW:
                    self.open(verdict)
        return found

    def open(
        self, verdict: Verdict, *, reason: str = "", connection: Connection | None = None
    ) -> Review:
        """The review of exactly what ``verdict`` judged: the one there is, or a new one.

        One that was approved when fewer rules struck is opened again; a rejection stands.
        """
        return self.open_review(
            Review(
                story_id=verdict.story_id,
                locale=verdict.locale,
                subject=verdict.subject,
                subject_sha256=verdict.subject_sha256,
                channel=StoryId.parse(verdict.story_id).channel,
                reason=reason or in_words(verdict.findings),
                findings=verdict.findings,
                opened_at=self._clock(),
            ),
            connection=connection,
        )

    def open_review(self, wanted: Review, *, connection: Connection | None = None) -> Review:
        """Open ``wanted``, unless its subject has a review that already answers it."""
        if connection is None:
            with self._database.transaction() as own:
                return self.open_review(wanted, connection=own)
        added = connection.execute(
            insert(reviews)
            .values(to_row(wanted))
            .on_conflict_do_nothing()
            .returning(reviews.c.story_id)
        ).one_or_none()
        if added is None:
            there = _review(connection, wanted)
            answered = there.status is ReviewStatus.REJECTED or covers(there, wanted.findings)
            if answered:
                return there
            connection.execute(update(reviews).where(*_is(wanted)).values(to_row(wanted)))
        self._audit.record(
            "house-rules",
            "review.open",
            wanted.story_id,
            channel=wanted.channel,
            connection=connection,
            review=f"{wanted.subject}:{wanted.locale}",
            reason=wanted.reason,
        )
        return wanted

    def reviews(
        self,
        *,
        status: ReviewStatus | None = ReviewStatus.OPEN,
        channel: str | None = None,
        story_id: str | None = None,
        limit: int = 100,
    ) -> list[Review]:
        """Reviews that fit, the longest waiting first."""
        query: Select[Any] = select(reviews).order_by(
            reviews.c.opened_at,
            reviews.c.story_id,
            reviews.c.subject,
            reviews.c.locale,
            reviews.c.subject_sha256,
        )
        wanted = {"status": status, "channel": channel, "story_id": story_id}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(reviews.c[name] == value)
        with self._database.transaction() as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
        return [from_row(Review, dict(row)) for row in rows]

    def approve(self, review: Review, *, by: str, note: str = "") -> Review:
        """Let exactly what was judged go on, and run the story again.

        Raises BadInput when it has been decided, when the story has been changed since, or when
        rules block it: people decide what rules leave open, and no more.
        """
        with self._database.transaction() as connection:
            verdict = _verdict_on(connection, review)
            if verdict is not None and verdict.subject_sha256 != review.subject_sha256:
                raise BadInput(
                    f"The {review.subject} of {review.story_id} changed after the review was opened.",
                    remedy="Reject this one; what is there now is judged on its own.",
                )
            if verdict is not None and verdict.decision is Decision.BLOCK:
                raise BadInput(
                    f"The {review.subject} of {review.story_id} is blocked by rule "
                    f"({in_words(verdict.findings)}); a person may approve only what rules leave open.",
                    remedy="Reject it, or ask for another story.",
                )
            return self._decide(connection, review, ReviewStatus.APPROVED, by, note)

    def reject(self, review: Review, *, by: str, note: str = "") -> Review:
        """Stop exactly what was judged for good. Raises BadInput when it has been decided."""
        with self._database.transaction() as connection:
            return self._decide(connection, review, ReviewStatus.REJECTED, by, note)

    def _withdraw(self, connection: Connection, review: Review) -> None:
        """Take back an open question that has been answered otherwise: it would wait for ever."""
        still_open = reviews.c.status == ReviewStatus.OPEN
        gone = connection.execute(delete(reviews).where(*_is(review), still_open))
        if gone.rowcount:
            self._audit.record(
                "house-rules",
                "review.withdraw",
                review.story_id,
                channel=review.channel,
                connection=connection,
                review=f"{review.subject}:{review.locale}",
                reason=f"overtaken: {review.reason}",
            )

    def _decide(
        self, connection: Connection, review: Review, status: ReviewStatus, by: str, note: str
    ) -> Review:
        """The decision, its audit entry and the story's next run: all of them, or none."""
        if not by.strip():
            raise BadInput("A decision needs a name.", remedy="Say who decides with --by.")
        there = _review(connection, review)
        if there.status is not ReviewStatus.OPEN:
            raise BadInput(
                f"The {there.subject} of {there.story_id} ({there.locale}) was {there.status} by "
                f"{there.decided_by} at {there.decided_at:%Y-%m-%d %H:%M} UTC; "
                "a decision is made once.",
                remedy="See it with 'content-platform review list --all'.",
            )
        decided = there.model_copy(
            update={
                "status": status,
                "decided_by": by,
                "decided_at": self._clock(),
                "note": note,
            }
        )
        connection.execute(update(reviews).where(*_is(there)).values(to_row(decided)))
        self._audit.record(
            by,
            "review.approve" if status is ReviewStatus.APPROVED else "review.reject",
            there.story_id,
            channel=there.channel,
            connection=connection,
            review=f"{there.subject}:{there.locale}",
            subject_sha256=there.subject_sha256,
            policy_version=policy_version(),
            note=note,
        )
        self._stories.requeue(there.story_id, connection=connection)
        return decided


def _reviews_of(connection: Connection, story_ids: set[str]) -> list[Review]:
    query = select(reviews).where(reviews.c.story_id.in_(story_ids))
    return [from_row(Review, dict(row)) for row in connection.execute(query).mappings()]


def _is_moot(review: Review, verdicts: Sequence[Verdict]) -> bool:
    """An open question on what the story was before, or on what is allowed now."""
    return review.status is ReviewStatus.OPEN and any(
        (verdict.story_id, verdict.locale, verdict.subject)
        == (review.story_id, review.locale, review.subject)
        and (verdict.subject_sha256 != review.subject_sha256 or verdict.decision is Decision.ALLOW)
        for verdict in verdicts
    )


def _is(review: Review) -> list[Any]:
    return [reviews.c[name] == getattr(review, name) for name in Review.key]


def _review(connection: Connection, review: Review) -> Review:
    """The review as it is now; locked until the transaction ends. Raises NotFound."""
    query = select(reviews).where(*_is(review)).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(
            f"There is no review of the {review.subject} of {review.story_id} ({review.locale}).",
            remedy="Run 'content-platform review list' to see which there are.",
        )
    return from_row(Review, dict(row))


def _verdict_on(connection: Connection, review: Review) -> Verdict | None:
    """The story's present verdict on the review's subject; None where there is none."""
    query = select(verdicts).where(
        verdicts.c.story_id == review.story_id,
        verdicts.c.locale == review.locale,
        verdicts.c.subject == review.subject,
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else from_row(Verdict, dict(row))
