"""The register of stories: which exist, what was asked for, where each stands.

Belongs here: minting story keys and the life of a story's row. What a story is made of is saved
through ``storage.records``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, insert, select, text, update

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import stories
from content_platform.stories.models import StoryRequest, StoryRow, StoryStatus
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

    def register(self, request: StoryRequest, *, new: bool = False) -> StoryRow:
        """The story of this request: the newest one its channel already has for it, else a new one.

        With ``new`` always a new one. A new key carries the clock's UTC day and that day's next
        number on the channel; keys are never handed out twice.
        """
        fingerprint = request_sha256(request)
        with self._database.transaction() as connection:
            _one_at_a_time(connection, request.channel)
            if not new:
                same = connection.execute(
                    select(stories)
                    .where(stories.c.channel == request.channel)
                    .where(stories.c.request_sha256 == fingerprint)
                    .order_by(stories.c.created_at.desc(), stories.c.story_id.desc())
                    .limit(1)
                )
                if (found := same.mappings().first()) is not None:
                    return _story_row(found)
            day = self._clock().astimezone(UTC).date()
            number = func.split_part(stories.c.story_id, "_", 3)
            last = connection.scalar(
                select(func.max(cast(number, Integer)))
                .where(stories.c.channel == request.channel)
                .where(func.starts_with(stories.c.story_id, f"{request.channel}_{day:%Y%m%d}_"))
            )
            story_id = StoryId(request.channel, day, (last or 0) + 1)
            return self._insert(connection, str(story_id), request)

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
        with self._database.transaction() as connection:
            query = select(stories).where(stories.c.story_id == story_id)
            found = connection.execute(query).mappings().first()
        if found is None:
            raise _not_found(story_id)
        return _story_row(found)

    def stories(
        self,
        channel: str | None = None,
        status: StoryStatus | None = None,
        limit: int = 100,
    ) -> list[StoryRow]:
        """The newest ``limit`` stories, newest first; of one channel or status when given."""
        query = select(stories).order_by(stories.c.created_at.desc(), stories.c.story_id.desc())
        if channel is not None:
            query = query.where(stories.c.channel == channel)
        if status is not None:
            query = query.where(stories.c.status == status)
        with self._database.transaction() as connection:
            found = connection.execute(query.limit(limit)).mappings().all()
        return [_story_row(row) for row in found]

    def set_status(
        self, story_id: str, status: StoryStatus, *, error: str = "", title: str = ""
    ) -> None:
        """Record where the story stands; an empty ``title`` keeps the one it has.

        ``ready_at`` is set when the story is first finished, and cleared when it is rejected or
        fails. Raises NotFound.
        """
        now = self._clock()
        values: dict[str, Any] = {"status": status, "error": error, "updated_at": now}
        if title:
            values["title"] = title
        if status is StoryStatus.FINISHED:
            values["ready_at"] = func.coalesce(stories.c.ready_at, now)
        elif status in {StoryStatus.REJECTED, StoryStatus.FAILED}:
            values["ready_at"] = None
        with self._database.transaction() as connection:
            change = update(stories).where(stories.c.story_id == story_id).values(values)
            if connection.execute(change).rowcount == 0:
                raise _not_found(story_id)

    def _insert(self, connection: Connection, story_id: str, request: StoryRequest) -> StoryRow:
        now = self._clock()
        row = StoryRow(
            story_id=story_id,
            channel=request.channel,
            request=request,
            request_sha256=request_sha256(request),
            status=StoryStatus.PLANNED,
            created_at=now,
            updated_at=now,
        )
        connection.execute(insert(stories), [to_row(row)])
        return row


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
