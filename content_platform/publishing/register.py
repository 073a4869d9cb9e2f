"""The rows of uploads: read, moved from state to state, and listed.

Belongs here: every statement on ``uploads`` and ``upload_events``, and what must be written in the
same transaction as a change of state (the event, the audit log, an experiment's exposure). When an
upload moves where is decided in ``uploads``.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from content_platform.clock import Clock
from content_platform.errors import BadInput, CallInProgress, NotFound
from content_platform.governance.audit import AuditLog
from content_platform.publishing.models import SETTLED, Upload, UploadKey, UploadState
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import experiment_assignments, upload_events, uploads
from content_platform.vocabulary import ChannelName, Format, Locale, Platform

PUBLISHER = "publisher"
"""The platform's own part, as the audit log calls it."""

_AUDITED = {
    UploadState.PUBLISHED: "upload.publish",
    UploadState.PUBLISHED_PRIVATE: "upload.publish",
    UploadState.FAILED: "upload.fail",
    UploadState.WITHDRAWN: "upload.withdraw",
}


@dataclass(frozen=True)
class CatalogEntry:
    """A video that is or was at a platform for all to see: what metrics are collected for."""

    story_id: str
    platform: Platform
    locale: Locale
    format: Format
    channel: ChannelName
    account: str
    state: UploadState
    remote_id: str
    remote_url: str | None
    published_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class UploadEvent:
    """A state an upload came to."""

    state: UploadState
    detail: str
    at: datetime


def published_catalog(database: Database, channel: str | None = None) -> list[CatalogEntry]:
    """Every upload that was ever published, in the order of publication; of one channel if given.

    Those of archived stories are among them, and withdrawn ones with when they were.
    """
    query = select(*(uploads.c[name] for name in CatalogEntry.__dataclass_fields__)).where(
        uploads.c.published_at.is_not(None), uploads.c.remote_id.is_not(None)
    )
    if channel is not None:
        query = query.where(uploads.c.channel == channel)
    query = query.order_by(uploads.c.published_at, uploads.c.story_id, uploads.c.platform)
    with database.transaction() as connection:
        rows = connection.execute(query).all()
    return [
        CatalogEntry(
            story_id=row.story_id,
            platform=Platform(row.platform),
            locale=row.locale,
            format=Format(row.format),
            channel=row.channel,
            account=row.account,
            state=UploadState(row.state),
            remote_id=row.remote_id,
            remote_url=row.remote_url,
            published_at=row.published_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


class UploadRegister:
    """Uploads by key. What takes a connection is part of the caller's transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._audit = AuditLog(database, clock)

    def upload(self, key: UploadKey) -> Upload:
        """One upload. Raises NotFound."""
        with self._database.transaction() as connection:
            return self.read(connection, key)

    def read(self, connection: Connection, key: UploadKey) -> Upload:
        """One upload. Raises NotFound."""
        found = _read(connection, select(uploads).where(_is(uploads, key)))
        if not found:
            raise NotFound(
                f"There is no upload {key}.",
                remedy="Run 'content-platform upload list' to see which there are.",
            )
        return found[0]

    def of_story(self, story_id: str) -> list[Upload]:
        """A story's uploads, ordered by platform, locale and format."""
        with self._database.transaction() as connection:
            found = _read(connection, select(uploads).where(uploads.c.story_id == story_id))
        return sorted(found, key=lambda upload: upload.upload)

    def newest(
        self,
        *,
        channel: str | None = None,
        state: UploadState | None = None,
        limit: int = 100,
    ) -> list[Upload]:
        """The uploads that changed last, newest first; of one channel or state when given."""
        query = select(uploads).order_by(uploads.c.updated_at.desc(), uploads.c.story_id.desc())
        if channel is not None:
            query = query.where(uploads.c.channel == channel)
        if state is not None:
            query = query.where(uploads.c.state == state)
        with self._database.transaction() as connection:
            return _read(connection, query.limit(limit))

    def due(self, now: datetime, limit: int) -> list[Upload]:
        """The uploads to go on with at ``now``, longest waiting first."""
        query = (
            select(uploads)
            .where(uploads.c.resume_at <= now)
            .order_by(uploads.c.resume_at, uploads.c.planned_at, uploads.c.story_id)
            .limit(limit)
        )
        with self._database.transaction() as connection:
            return _read(connection, query)

    def in_doubt(self, since: datetime, limit: int) -> list[Upload]:
        """Uploads of which nobody has known ``since`` then or longer whether they are out there."""
        events = upload_events.alias()
        last_known = (
            select(func.max(events.c.at))
            .where(*(events.c[name] == uploads.c[name] for name in UploadKey._fields))
            .where(events.c.state != UploadState.UNCONFIRMED)
            .scalar_subquery()
        )
        query = (
            select(uploads)
            .where(uploads.c.state == UploadState.UNCONFIRMED)
            .where(last_known <= since)
            .order_by(last_known, uploads.c.story_id)
        )
        with self._database.transaction() as connection:
            return _read(connection, query.limit(limit))

    def events(self, key: UploadKey) -> list[UploadEvent]:
        """What became of an upload, oldest first."""
        query = (
            select(upload_events.c.state, upload_events.c.detail, upload_events.c.at)
            .where(_is(upload_events, key))
            .order_by(upload_events.c.event)
        )
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [UploadEvent(UploadState(row.state), row.detail, row.at) for row in rows]

    def add(self, connection: Connection, upload: Upload) -> bool:
        """Insert an upload, with its first event; False when the story has it already.

        One whose very video its account got from another upload is added as failed.
        """
        new = (
            postgresql.insert(uploads)
            .on_conflict_do_nothing(index_elements=list(Upload.key))
            .returning(uploads.c.story_id)
        )
        try:
            with connection.begin_nested():
                if connection.execute(new, to_row(upload)).first() is None:
                    return False
        except IntegrityError as error:
            why = _duplicate(connection, upload, error)
            upload = upload.model_copy(
                update={"state": UploadState.FAILED, "error": why, "resume_at": None}
            )
            connection.execute(insert(uploads), to_row(upload))
        connection.execute(
            insert(upload_events),
            {
                **upload.upload._asdict(),
                "state": upload.state,
                "detail": upload.error,
                "at": upload.updated_at,
            },
        )
        self._follow_up(connection, None, upload, upload.error, PUBLISHER, None)
        return True

    def move(
        self,
        connection: Connection,
        before: Upload,
        state: UploadState,
        *,
        detail: str = "",
        actor: str = PUBLISHER,
        action: str | None = None,
        **changes: Any,
    ) -> Upload:
        """Bring the upload to ``state``, change other columns, and write all that belongs to it.

        A settled upload is not resumed. ``action`` is for the audit log, which gets what is
        published, failed or withdrawn anyway. Raises CallInProgress when somebody else changed the row
        since ``before`` was read, BadInput when its account has the very video from another upload.
        """
        values: dict[str, Any] = {"state": state, "updated_at": self._clock(), **changes}
        if state in SETTLED:
            values["resume_at"] = None
        after = before.model_copy(update=values)
        told = state is not before.state or detail != before.error
        row = {f"new_{name}": getattr(after, name) for name in _CHANGEABLE}
        row |= {**before.upload._asdict(), "state": before.state, "updated_at": before.updated_at}
        try:
            # Only who comes back to life can meet the duplicate gate, and needs what it says.
            with connection.begin_nested() if before.state in _LET_GO else nullcontext():
                statement = _MOVE_AND_TELL if told else _MOVE
                changed = connection.execute(statement, row | {"detail": detail}).rowcount
        except IntegrityError as error:
            if before.state not in _LET_GO:
                raise
            raise BadInput(
                f"{before.upload} cannot be planned: {_duplicate(connection, after, error)}."
            ) from error
        if not changed:
            raise CallInProgress(
                f"{before.upload} is being changed by another process.", remedy="Try again."
            )
        self._follow_up(connection, before, after, detail, actor, action)
        return after

    def asked_at(self, connection: Connection, key: UploadKey) -> datetime | None:
        """When a platform was last about to be asked to publish it; None when never."""
        asked: datetime | None = connection.scalar(
            select(func.max(upload_events.c.at)).where(
                _is(upload_events, key), upload_events.c.state == UploadState.PROCESSING
            )
        )
        return asked

    def _follow_up(
        self,
        connection: Connection,
        before: Upload | None,
        after: Upload,
        detail: str,
        actor: str,
        action: str | None,
    ) -> None:
        """What belongs to a change of state beside its event."""
        new_state = before is None or before.state is not after.state
        if action is None and new_state:
            action = _AUDITED.get(after.state)
        if action is not None:
            self._audit.record(
                actor,
                action,
                str(after.upload),
                channel=after.channel,
                connection=connection,
                account=after.account,
                remote_id=after.remote_id,
                reason=detail,
            )
        if new_state and after.state is UploadState.PUBLISHED:
            connection.execute(
                update(experiment_assignments)
                .where(experiment_assignments.c.story_id == after.story_id)
                .where(experiment_assignments.c.exposed_at.is_(None))
                .values(exposed_at=after.published_at)
            )


_LET_GO = frozenset({UploadState.FAILED, UploadState.WITHDRAWN})
"""What the duplicate gate does not count."""

_CHANGEABLE = (
    "state", "account", "video_sha256", "metadata_sha256", "idempotency_key", "handle",
    "remote_id", "remote_url", "attempts", "error", "resume_at", "scheduled_for", "published_at",
    "withdrawn_at", "updated_at",
)  # fmt: skip

# One statement, always the same: a story's uploads move thousands of times in a simulation.
_MOVE = text(
    f"UPDATE content.uploads SET {', '.join(f'{name} = :new_{name}' for name in _CHANGEABLE)} "
    "WHERE story_id = :story_id AND platform = :platform AND locale = :locale "
    "AND format = :format AND state = :state AND updated_at = :updated_at"
)
_MOVE_AND_TELL = text(
    f"WITH moved AS ({_MOVE.text} RETURNING story_id, platform, locale, format, state, updated_at) "
    "INSERT INTO content.upload_events (story_id, platform, locale, format, state, detail, at) "
    "SELECT story_id, platform, locale, format, state, :detail, updated_at FROM moved"
)


def _duplicate(connection: Connection, upload: Upload, error: IntegrityError) -> str:
    """Why the duplicate gate refused it; raises ``error`` again when it was something else."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint != "uploads_video_once_idx":
        raise error
    other = connection.execute(
        select(uploads)
        .where(uploads.c.platform == upload.platform, uploads.c.account == upload.account)
        .where(uploads.c.video_sha256 == upload.video_sha256)
        .where(uploads.c.state.not_in([UploadState.FAILED, UploadState.WITHDRAWN]))
    ).mappings()
    taken = ", ".join(str(from_row(Upload, dict(row)).upload) for row in other)
    return (
        f"account {upload.account} on {upload.platform.value} gets the very same video as {taken}"
    )


def _is(table: Table, key: UploadKey) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in key._asdict().items()))


def _read(connection: Connection, query: Any) -> list[Upload]:
    return [from_row(Upload, dict(row)) for row in connection.execute(query).mappings()]
