"""The register of stories: which exist, what was asked for, where each stands.

Belongs here: minting story keys and the life of a story's row: waiting for the daemon, running,
asked again, archived. What a story is made of is saved through ``storage.records``.

A story waits for the daemon while it is ``queued`` and planned. Its ``revision`` counts how often
it was queued, so a run that was asked for once is never asked for twice, and what an overtaken run
has to say is left aside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound
from content_platform.providers.models import Shortage
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import reviews, stories, uploads
from content_platform.stories.models import StoryOrigin, StoryRequest, StoryRow, StoryStatus
from content_platform.vocabulary import StoryId


def request_sha256(request: StoryRequest) -> str:
    """The fingerprint by which the same request is recognised.

    Fields at their defaults are left out, so a field added later does not change it.
    """
    asked = request.model_dump(mode="json", exclude_defaults=True)
    canonical = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class StoryRegister:
    """Stories by key. Safe to use from many processes at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def register(
        self,
        request: StoryRequest,
        *,
        new: bool = False,
        origin: StoryOrigin = StoryOrigin.PERSON,
        batch: str | None = None,
        queued: bool = False,
    ) -> StoryRow:
        """The story of this request: the newest one its channel already has for it, else a new one.

        With ``new`` always a new one. A new key carries the clock's UTC day and that day's next
        number on the channel; keys are never handed out twice. ``queued`` leaves it to the daemon,
        also a story that was registered before and never begun.
        """
        return self.register_all([request], new=new, origin=origin, batch=batch, queued=queued)[0]

    def register_all(
        self,
        requests: Sequence[StoryRequest],
        *,
        new: bool = False,
        origin: StoryOrigin = StoryOrigin.PERSON,
        batch: str | None = None,
        queued: bool = False,
    ) -> list[StoryRow]:
        """The stories of these requests, in their order: all registered, or none."""
        with self._database.transaction() as connection:
            for channel in sorted({request.channel for request in requests}):  # never a deadlock
                _one_at_a_time(connection, channel)
            return [
                self.register_within(
                    connection, request, new=new, origin=origin, batch=batch, queued=queued
                )
                for request in requests
            ]

    def register_within(
        self,
        connection: Connection,
        request: StoryRequest,
        *,
        new: bool = False,
        origin: StoryOrigin = StoryOrigin.PERSON,
        batch: str | None = None,
        queued: bool = False,
    ) -> StoryRow:
        """``register`` as a part of the caller's transaction: it exists when that commits."""
        _one_at_a_time(connection, request.channel)
        found = None if new else _same(connection, request)
        if found is None:
            story_id = self._next_key(connection, request.channel)
            return self._insert(
                connection, story_id, request, origin=origin, batch=batch, queued=queued
            )
        if queued and not found.queued and found.status is StoryStatus.PLANNED:
            return self._change(connection, found.story_id, {"queued": True})
        return found

    def adopt(self, story_id: str, request: StoryRequest) -> StoryRow:
        """Register ``request`` under a key that exists already, e.g. as a partition.

        Returns the row as it is when it was adopted before. Raises BadInput for a key that is not
        one, is another channel's, or has another request.
        """
        try:
            key = StoryId.parse(story_id)
        except ValueError as error:
            raise BadInput(str(error)) from error
        if key.channel != request.channel:
            raise BadInput(
                f"Story {story_id} is of channel {key.channel}, its request of {request.channel}.",
                remedy="Use a key that starts with the request's channel.",
            )
        with self._database.transaction() as connection:
            _one_at_a_time(connection, request.channel)
            existing = connection.execute(select(stories).where(stories.c.story_id == story_id))
            if (found := existing.mappings().first()) is None:
                return self._insert(connection, story_id, request)
        row = _story_row(found)
        if row.request_sha256 != request_sha256(request):
            raise BadInput(
                f"Story {story_id} exists with another request; a story's request never changes.",
                remedy="Make a new story for it: 'content-platform story make'.",
            )
        return row

    def row(self, story_id: str) -> StoryRow:
        """The story's row. Raises NotFound."""
        found = self._rows(select(stories).where(stories.c.story_id == story_id))
        if not found:
            raise _not_found(story_id)
        return found[0]

    def stories(
        self,
        channel: str | None = None,
        status: StoryStatus | None = None,
        limit: int = 100,
        *,
        batch: str | None = None,
        origin: StoryOrigin | None = None,
        queued: bool | None = None,
        archived: bool | None = None,
    ) -> list[StoryRow]:
        """The newest ``limit`` stories, newest first, that have every property given."""
        query = select(stories).order_by(stories.c.created_at.desc(), stories.c.story_id.desc())
        wanted = {"channel": channel, "status": status, "batch": batch, "origin": origin}
        for name, value in (wanted | {"queued": queued}).items():
            if value is not None:
                query = query.where(stories.c[name] == value)
        if archived is not None:
            query = query.where(stories.c.archived_at.is_not(None) if archived else _LIVE)
        return self._rows(query.limit(limit))

    def waiting(self, limit: int) -> list[StoryRow]:
        """Queued stories a run is to be asked for: the calendar's, then people's, then batches'.

        A story stays among them until its run begins: ask under ``<story>:r<revision>``, so that
        asking again changes nothing.
        """
        turn = case(
            (stories.c.origin == StoryOrigin.CALENDAR, 0),
            (stories.c.origin == StoryOrigin.PERSON, 1),
            else_=2,
        )
        query = (
            select(stories)
            .where(stories.c.queued)
            .where(stories.c.status == StoryStatus.PLANNED)
            .order_by(turn, stories.c.created_at, stories.c.story_id)
        )
        return self._rows(query.limit(limit))

    def due_to_resume(self, now: datetime, limit: int) -> list[StoryRow]:
        """Deferred stories that are not made yet and whose ``resume_at`` has come, the longest waiting first.

        One that is made and deferred waits for its uploads. Queue each with ``requeue(story_id, revision=row.revision)``.
        """
        query = (
            select(stories)
            .where(_LIVE)
            .where(stories.c.status == StoryStatus.DEFERRED)
            .where(stories.c.ready_at.is_(None))
            .where(stories.c.resume_at <= now)
            .order_by(stories.c.resume_at, stories.c.story_id)
        )
        return self._rows(query.limit(limit))

    def waiting_for_money(self) -> list[StoryRow]:
        """Deferred stories that are not made yet because no budget had room, the longest waiting first."""
        query = (
            select(stories)
            .where(_LIVE)
            .where(stories.c.status == StoryStatus.DEFERRED)
            .where(stories.c.ready_at.is_(None))
            .where(stories.c.waits_for.is_not(None))
            .order_by(stories.c.updated_at, stories.c.story_id)
        )
        return self._rows(query)

    def requeue(
        self, story_id: str, *, revision: int | None = None, connection: Connection | None = None
    ) -> StoryRow:
        """Have the daemon run the story again; one that is archived becomes live again.

        With ``revision`` only when the story still has that one, so that two processes that saw
        the same row queue it once; with ``connection`` as a part of the caller's transaction.
        Returns the row as it is then. Raises NotFound.
        """
        return self._queue_again(story_id, {}, stories.c.revision == revision, revision, connection)

    def raise_attempt(
        self, story_id: str, *, attempt: int | None = None, connection: Connection | None = None
    ) -> StoryRow:
        """Have the story told differently: ``requeue`` with the next attempt.

        With ``attempt`` only when the story still has that one. Raises NotFound.
        """
        higher = {"attempt": stories.c.attempt + 1}
        return self._queue_again(
            story_id, higher, stories.c.attempt == attempt, attempt, connection
        )

    def set_status(
        self,
        story_id: str,
        status: StoryStatus,
        *,
        error: str = "",
        title: str = "",
        resume_at: datetime | None = None,
        waits_for: Shortage | None = None,
        revision: int | None = None,
    ) -> None:
        """Record where the story stands; an empty ``title`` keeps the one it has.

        ``resume_at`` says when a deferred story is asked again, ``waits_for`` what it had no money
        for. With ``revision``, the one the run was asked for under, a run that was overtaken by a
        newer one changes nothing.
        ``ready_at`` is set when the story is first finished, and cleared when it is rejected or
        fails. Raises NotFound.
        """
        now = self._clock()
        values: dict[str, Any] = {
            "status": status,
            "error": error,
            "resume_at": resume_at if status is StoryStatus.DEFERRED else None,
            "waits_for": waits_for.model_dump(mode="json")
            if waits_for is not None and status is StoryStatus.DEFERRED
            else None,
            "updated_at": now,
        }
        if title:
            values["title"] = title
        if status is not StoryStatus.PLANNED:
            values["queued"] = False
        if status is StoryStatus.FINISHED:
            values["ready_at"] = func.coalesce(stories.c.ready_at, now)
        elif status in {StoryStatus.REJECTED, StoryStatus.FAILED}:
            values["ready_at"] = None
        change = update(stories).where(stories.c.story_id == story_id).values(values)
        if revision is not None:
            change = change.where(stories.c.revision == revision)
        with self._database.transaction() as connection:
            changed = connection.execute(change).rowcount
        if not changed:
            self.row(story_id)

    def counts(self, *, live: bool = False) -> dict[tuple[str, StoryStatus], int]:
        """How many stories each channel has in each status; only those not archived if ``live``."""
        query = select(stories.c.channel, stories.c.status, func.count()).group_by(
            stories.c.channel, stories.c.status
        )
        if live:
            query = query.where(_LIVE)
        with self._database.transaction() as connection:
            found = connection.execute(query).all()
        return {(str(row[0]), StoryStatus(str(row[1]))): int(row[2]) for row in found}

    def live_count(self) -> int:
        """How many stories are not archived: each is a partition of every story asset."""
        with self._database.transaction() as connection:
            return connection.scalar(select(func.count()).select_from(stories).where(_LIVE)) or 0

    def live_ids(self) -> set[str]:
        """The keys of all stories that are not archived."""
        with self._database.transaction() as connection:
            return set(connection.scalars(select(stories.c.story_id).where(_LIVE)))

    def archive(self, story_ids: Collection[str]) -> list[str]:
        """Mark finished and rejected stories archived, and return which now are.

        One that was queued again, has an open review or an upload that goes on is left live,
        whatever a planner saw before.
        """
        change = (
            update(stories)
            .where(stories.c.story_id.in_(story_ids))
            .where(_LIVE)
            .where(stories.c.status.in_((StoryStatus.FINISHED, StoryStatus.REJECTED)))
            .where(~HAS_OPEN_REVIEW)
            .where(~HAS_OPEN_UPLOAD)
            .values(archived_at=self._clock())
            .returning(stories.c.story_id)
        )
        return self._changed(change)

    def unarchive(self, story_ids: Collection[str]) -> list[str]:
        """Make archived stories live again, and return which were archived."""
        change = (
            update(stories)
            .where(stories.c.story_id.in_(story_ids))
            .where(stories.c.archived_at.is_not(None))
            .values(archived_at=None)
            .returning(stories.c.story_id)
        )
        return self._changed(change)

    def _rows(self, query: Select[Any]) -> list[StoryRow]:
        with self._database.transaction() as connection:
            found = connection.execute(query).mappings().all()
        return [_story_row(row) for row in found]

    def _changed(self, change: ReturningUpdate[str]) -> list[str]:
        with self._database.transaction() as connection:
            return sorted(connection.scalars(change))

    def _change(
        self, connection: Connection, story_id: str, values: Mapping[str, object]
    ) -> StoryRow:
        change = (
            update(stories)
            .where(stories.c.story_id == story_id)
            .values(updated_at=self._clock(), **values)
            .returning(*stories.c)
        )
        return _story_row(connection.execute(change).mappings().one())

    def _queue_again(
        self,
        story_id: str,
        values: Mapping[str, object],
        still: ColumnElement[bool],
        expected: int | None,
        connection: Connection | None,
    ) -> StoryRow:
        if connection is None:
            with self._database.transaction() as own:
                return self._queue_again(story_id, values, still, expected, own)
        change = (
            update(stories)
            .where(stories.c.story_id == story_id)
            .values(
                status=StoryStatus.PLANNED,
                queued=True,
                revision=stories.c.revision + 1,
                error="",
                resume_at=None,
                waits_for=None,
                archived_at=None,
                updated_at=self._clock(),
                **values,
            )
        )
        if expected is not None:
            change = change.where(still)
        connection.execute(change)
        row = select(stories).where(stories.c.story_id == story_id)
        found = connection.execute(row).mappings().first()
        if found is None:
            raise _not_found(story_id)
        return _story_row(found)

    def _next_key(self, connection: Connection, channel: str) -> str:
        day = self._clock().astimezone(UTC).date()
        number = func.split_part(stories.c.story_id, "_", 3)
        last = connection.scalar(
            select(func.max(cast(number, Integer)))
            .where(stories.c.channel == channel)
            .where(func.starts_with(stories.c.story_id, f"{channel}_{day:%Y%m%d}_"))
        )
        return str(StoryId(channel, day, (last or 0) + 1))

    def _insert(
        self,
        connection: Connection,
        story_id: str,
        request: StoryRequest,
        *,
        origin: StoryOrigin = StoryOrigin.PERSON,
        batch: str | None = None,
        queued: bool = False,
    ) -> StoryRow:
        now = self._clock()
        row = StoryRow(
            story_id=story_id,
            channel=request.channel,
            request=request,
            request_sha256=request_sha256(request),
            status=StoryStatus.PLANNED,
            created_at=now,
            updated_at=now,
            origin=origin,
            batch=batch,
            queued=queued,
        )
        connection.execute(insert(stories), [to_row(row)])
        return row


_LIVE = stories.c.archived_at.is_(None)
HAS_OPEN_REVIEW = exists().where(
    reviews.c.story_id == stories.c.story_id, reviews.c.status == "open"
)
"""Of a row of ``stories``: a person has still to decide on it."""
HAS_OPEN_UPLOAD = or_(
    exists().where(
        uploads.c.story_id == stories.c.story_id,
        uploads.c.state.not_in(("published", "published_private", "failed", "withdrawn")),
    ),
    and_(
        stories.c.status == StoryStatus.FINISHED,
        stories.c.request["publish"].as_boolean(),
        ~exists().where(uploads.c.story_id == stories.c.story_id),
    ),
)
"""Of a row of ``stories``: a platform has still to get it, or to say what became of it."""


def _same(connection: Connection, request: StoryRequest) -> StoryRow | None:
    """The channel's newest story of this very request."""
    query = (
        select(stories)
        .where(stories.c.channel == request.channel)
        .where(stories.c.request_sha256 == request_sha256(request))
        .order_by(stories.c.created_at.desc(), stories.c.story_id.desc())
        .limit(1)
    )
    found = connection.execute(query).mappings().first()
    return None if found is None else _story_row(found)


def _one_at_a_time(connection: Connection, channel: str) -> None:
    """Hold off other registrations on this channel until the transaction ends."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"stories of {channel}"},
    )


def _story_row(row: Mapping[Any, Any]) -> StoryRow:
    return from_row(StoryRow, dict(row))


def _not_found(story_id: str) -> NotFound:
    return NotFound(
        f"There is no story {story_id}.",
        remedy="Run 'content-platform story list' to see which there are.",
    )
