"""Uploads: a finished story's videos brought to its platforms, each exactly once.

Belongs here: planning uploads, going on with them, retrying and withdrawing, and what all of a
story's uploads come to. Safe from any number of processes at once: one of them works on an upload
(a lock its database session drops when it dies), the others leave it alone. Nothing here waits,
except ``advance_until``: what takes time is resumed when it is due.

Platforms are not called through the provider pipeline. Its ledger is for work that costs money, may
be cached and may be done by another provider; an upload is free, must not be taken from a cache and
has no substitute. Its evidence are ``upload_events``, its idempotency key and the audit log.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from content_platform.clock import Clock
from content_platform.errors import BadInput, CallInProgress, ContentPlatformError
from content_platform.publishing import quotas
from content_platform.publishing.models import (
    PlatformRefusal,
    PublishingPlatform,
    Upload,
    UploadKey,
    UploadState,
)
from content_platform.publishing.packages import Materials, idempotency_key, planned_uploads
from content_platform.publishing.register import UploadRegister
from content_platform.publishing.worker import (
    ASKED,
    CALL_TIMEOUT_S,
    UploadWorker,
    can_go_on,
    in_time,
)
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.stories.models import StoryStatus
from content_platform.vocabulary import Platform

_ONE_HOUR = timedelta(hours=1)
_THERE = frozenset({UploadState.PUBLISHED, UploadState.PUBLISHED_PRIVATE})


@dataclass(frozen=True)
class Outcome:
    """What a story's uploads come to, as the story's own status says it."""

    status: StoryStatus
    resume_at: datetime | None = None
    error: str = ""


def outcome(uploads: Sequence[Upload]) -> Outcome:
    """*Deferred* while one is under way (until the first is to be gone on with), else *failed* when
    one has failed, *rejected* when one is not cleared, *finished* when all are settled well."""
    under_way = [upload for upload in uploads if upload.resume_at is not None]
    if under_way:
        first = min(under_way, key=lambda upload: (upload.resume_at, upload.upload))
        reason = first.error or f"{first.upload} is {first.state.value}"
        return Outcome(StoryStatus.DEFERRED, first.resume_at, reason)
    for state, status in (
        (UploadState.FAILED, StoryStatus.FAILED),
        (UploadState.PLANNED, StoryStatus.REJECTED),
    ):
        stopped = [upload for upload in uploads if upload.state is state]
        if stopped:
            reasons = dict.fromkeys(
                f"{upload.platform.value}: {upload.error}" for upload in stopped
            )
            return Outcome(status, error="; ".join(reasons))
    return Outcome(StoryStatus.FINISHED)


class Uploads:
    """All uploads and the platforms they go to. Threads may share it."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[Platform, PublishingPlatform],
        *,
        clock: Clock,
    ) -> None:
        self.register = UploadRegister(database, clock)
        self._database = database
        self._records = RecordStore(database)
        self._platforms = platforms
        self._clock = clock

    def plan(self, story_id: str) -> list[Upload]:
        """Plan the uploads of a finished story, and return all it has.

        One that exists is kept, and looked at again when it was held back. When the story was made
        again meanwhile, an upload that was never published gets the new video and words; one that
        was (or that another process works on) stays as it is. Raises NotFound while the story is
        not finished.
        """
        materials = Materials.load(self._records, story_id)
        for planned in planned_uploads(materials, self._platforms, self._clock()):
            with self._database.transaction() as connection:
                added = self.register.add(connection, planned)
            if not added:
                with self._held(planned.upload) as session:
                    if session is not None:
                        self._plan_again(session, planned)
        return self.register.of_story(story_id)

    def _plan_again(self, session: Connection, planned: Upload) -> None:
        with session.begin():
            existing = self.register.read(session, planned.upload)
        if existing.state in ASKED | _THERE | {UploadState.WITHDRAWN}:
            pass
        elif _content(existing) != _content(planned):
            changed = planned.model_dump(
                include={
                    "account", "video_sha256", "metadata_sha256", "idempotency_key", "error",
                    "resume_at",
                }
            )  # fmt: skip
            changed |= {"handle": None, "remote_id": None, "remote_url": None, "attempts": 0}
            why = planned.error or "the story was made again"
            with session.begin():
                self.register.move(session, existing, planned.state, detail=why, **changed)
        elif existing.state is UploadState.PLANNED and existing.resume_at is None:
            with session.begin():
                self.register.move(session, existing, existing.state, resume_at=self._clock())

    def advance(self, which: str | UploadKey) -> list[Upload]:
        """Take a story's uploads, or one upload, as far as they go now; return how they stand.

        Never waits for a platform to process anything: ``resume_at`` says when to call again. What
        another process works on is left to it. Platforms' errors are written into the uploads, not
        raised.
        """
        if isinstance(which, UploadKey):
            uploads = [self.register.upload(which)]
        else:
            uploads = self.register.of_story(which)
        materials = self._lazily(uploads[0].story_id) if uploads else None
        return [
            self._advance(upload, materials)
            if materials is not None and can_go_on(upload, self._clock())
            else upload
            for upload in uploads
        ]

    def _advance(self, seen: Upload, materials: Callable[[], Materials]) -> Upload:
        with self._held(seen.upload) as session:
            if session is None:
                return seen
            with session.begin():
                upload = self.register.read(session, seen.upload)
            platform = self._platforms.get(upload.platform)
            if platform is None:
                return self._postpone(session, upload)
            worker = self._worker(session, upload, platform, materials)
            worker.go_on()
            return worker.upload

    def advance_until(self, story_id: str, deadline_s: float) -> list[Upload]:
        """``advance``, then wait for what is due within ``deadline_s`` real seconds and go on.

        For a person or an asset that wants to see it published; gives up early when nothing is due
        in time.
        """
        ends = time.monotonic() + deadline_s
        while True:
            uploads = self.advance(story_id)
            due = [upload.resume_at for upload in uploads if upload.resume_at is not None]
            if not due:
                return uploads
            pause_s = max((min(due) - self._clock()).total_seconds(), 0.5)
            if time.monotonic() + pause_s > ends:
                return uploads
            time.sleep(pause_s)

    def due(self, limit: int = 100) -> list[Upload]:
        """The uploads to go on with now, longest waiting first."""
        return self.register.due(self._clock(), limit)

    def retry(self, key: UploadKey, *, actor: str) -> Upload:
        """Let an upload be tried again from now on: ``advance`` does it.

        One that failed starts anew, unless the platform turns out to have it. Raises BadInput for
        one that is published or withdrawn, or whose account has got the video from another upload
        meanwhile; ContentPlatformError when the platform does not answer; CallInProgress.
        """
        with self._alone(key) as session:
            upload = self.register.upload(key)
            if upload.state in _THERE | {UploadState.WITHDRAWN}:
                raise BadInput(
                    f"{key} is {upload.state.value}: there is nothing to try again.",
                    remedy="Make a new story for another video.",
                )
            anew: dict[str, object] = {}
            if upload.state is UploadState.FAILED:
                platform = self._connected(upload)
                worker = self._worker(session, upload, platform, self._lazily(key.story_id))
                try:
                    there = worker.is_there()
                except Exception as error:
                    raise _no_answer(upload, error) from error
                if there:
                    return worker.upload
                anew = {
                    "handle": None,
                    "remote_id": None,
                    "remote_url": None,
                    # The platform may have closed the old one for good.
                    "idempotency_key": idempotency_key(upload.idempotency_key),
                }
            state = UploadState.PLANNED if upload.state is UploadState.FAILED else upload.state
            with session.begin():
                return self.register.move(
                    session,
                    upload,
                    state,
                    resume_at=self._clock(),
                    attempts=0,
                    error="",
                    detail=f"{actor} wants it tried again",
                    actor=actor,
                    action="upload.retry",
                    **anew,
                )

    def withdraw(self, key: UploadKey, *, actor: str, reason: str) -> Upload:
        """Take a video away from its platform, or see to it that it never gets there.

        Raises BadInput for one that failed, ContentPlatformError when the platform does not do it
        or nobody knows yet whether it has the video (nothing has changed then), CallInProgress.
        """
        with self._alone(key) as session:
            upload = self.register.upload(key)
            if upload.state is UploadState.WITHDRAWN:
                return upload
            if upload.state in ASKED and upload.remote_id is None:
                platform = self._connected(upload)
                worker = self._worker(session, upload, platform, self._lazily(key.story_id))
                worker.ask()
                upload = worker.upload
                if upload.state in ASKED and upload.remote_id is None:
                    raise ContentPlatformError(
                        f"Nobody knows yet whether {upload.platform.value} has {key}.",
                        remedy=f"Try again after {upload.resume_at:%Y-%m-%d %H:%M:%S} UTC.",
                    )
            if upload.state is UploadState.FAILED:
                raise BadInput(f"{key} was never published: there is nothing to withdraw.")
            remote_id = upload.remote_id
            if upload.state in ASKED | _THERE and remote_id is not None:
                platform = self._connected(upload)
                try:
                    in_time(lambda: platform.withdraw(remote_id), CALL_TIMEOUT_S)
                except Exception as error:
                    raise _no_answer(upload, error) from error
            with session.begin():
                quotas.release(session, key)
                return self.register.move(
                    session,
                    upload,
                    UploadState.WITHDRAWN,
                    withdrawn_at=self._clock(),
                    error="",
                    detail=reason,
                    actor=actor,
                )

    # Inside

    def _worker(
        self,
        session: Connection,
        upload: Upload,
        platform: PublishingPlatform,
        materials: Callable[[], Materials],
    ) -> UploadWorker:
        return UploadWorker(
            session=session,
            upload=upload,
            platform=platform,
            materials=materials,
            register=self.register,
            clock=self._clock,
        )

    def _lazily(self, story_id: str) -> Callable[[], Materials]:
        """The story's materials, read when first needed: asking how a video does needs none."""
        return cache(lambda: Materials.load(self._records, story_id))

    def _connected(self, upload: Upload) -> PublishingPlatform:
        platform = self._platforms.get(upload.platform)
        if platform is None:
            raise BadInput(
                f"{upload.upload}: {_unconnected(upload)}.", remedy="Connect it, then try again."
            )
        return platform

    def _postpone(self, session: Connection, upload: Upload) -> Upload:
        if not can_go_on(upload, self._clock()):
            return upload
        asked = upload.state in ASKED
        with session.begin():
            return self.register.move(
                session,
                upload,
                upload.state if asked else UploadState.DEFERRED,
                resume_at=self._clock() + _ONE_HOUR,
                error=_unconnected(upload),
                detail=_unconnected(upload),
            )

    @contextmanager
    def _alone(self, key: UploadKey) -> Iterator[Connection]:
        with self._held(key) as session:
            if session is None:
                raise CallInProgress(
                    f"{key} is being worked on by another process.", remedy="Try again in a moment."
                )
            yield session

    @contextmanager
    def _held(self, key: UploadKey) -> Iterator[Connection | None]:
        """A database session that alone holds the upload; None when another one does.

        The lock is the session's: it ends with its process, however that ends.
        """
        number = int.from_bytes(hashlib.sha256(f"upload {key}".encode()).digest()[:8], signed=True)
        with self._database.session() as session:
            try:
                with session.begin():
                    held = session.scalar(_LOCK, {"number": number})
                yield session if held else None
            finally:
                # Whatever happened, also between taking the lock and knowing it: it must never
                # go back into the pool with the connection.
                try:
                    session.rollback()
                    with session.begin():
                        session.execute(_UNLOCK)
                except DBAPIError:
                    session.invalidate()


_LOCK = text("SELECT pg_try_advisory_lock(:number)")
_UNLOCK = text("SELECT pg_advisory_unlock_all()")


def _content(upload: Upload) -> tuple[str, str | None, str]:
    return upload.account, upload.video_sha256, upload.metadata_sha256


def _unconnected(upload: Upload) -> str:
    return f"no account on {upload.platform.value} is connected here"


def _no_answer(upload: Upload, error: Exception) -> ContentPlatformError:
    refused = isinstance(error, PlatformRefusal)
    return ContentPlatformError(
        f"{upload.platform.value} {'refused' if refused else 'did not answer'}: {error}",
        remedy="Nothing was changed; try again later.",
    )
