"""One upload, taken as far as it goes now.

Belongs here: the order of steps, what each answer of a platform means, and when to ask again. The
caller (``uploads``) holds the upload's lock on ``session`` all the while; every change of state is
a transaction on that very session, so who has lost the lock can no longer write.

What keeps a video from being published twice, whatever dies when:

- The handle is saved before anything is sent with it.
- That the platform is about to be asked to publish is saved (``processing``) before it is asked.
- From then on ``find`` is asked first. Only when it says that the platform has nothing, and
  ``CERTAIN_AFTER_S`` have passed since the request (which may still be on its way), is the upload
  tried again; as long as it does not answer, the upload waits.
"""

from __future__ import annotations

import contextvars
import hashlib
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from content_platform.clock import Clock
from content_platform.errors import BadInput, DefectiveMedia, NotFound
from content_platform.governance.clearance import NotCleared, policy_in_force, require_clearance
from content_platform.publishing import quotas
from content_platform.publishing.models import (
    DAY_S,
    SETTLED,
    PlatformRefusal,
    PublishingPlatform,
    PublishPackage,
    QuotaRule,
    RemoteState,
    RemoteVideo,
    Upload,
    UploadState,
)
from content_platform.publishing.packages import Materials, build_package
from content_platform.publishing.register import UploadRegister
from content_platform.security.redaction import redact_text

MAX_ATTEMPTS = 8
"""So often an upload is tried; with the pauses between, that takes about twelve hours."""
CALL_TIMEOUT_S = 60.0
SEND_TIMEOUT_S = 1800.0
CERTAIN_AFTER_S = 2 * CALL_TIMEOUT_S
"""When a request to publish has either arrived or never will."""
LONGEST_WAIT_S = 6 * 3600.0
_SENT_BY_S = SEND_TIMEOUT_S + CALL_TIMEOUT_S
_FIRST_WAIT_S = 60.0
_FIRST_POLL_S = 10.0

ASKED = frozenset({UploadState.PROCESSING, UploadState.SCHEDULED, UploadState.UNCONFIRMED})
"""The platform was asked to publish it: only the platform can tell what came of it."""
_STEPS = frozenset({UploadState.RESERVED, UploadState.STARTED, UploadState.UPLOADING})
_ABSENT = frozenset({RemoteState.ABSENT, RemoteState.STARTED})
_T = TypeVar("_T")


def in_time(call: Callable[[], _T], timeout_s: float) -> _T:
    """What ``call`` returns or raises; TimeoutError when that takes too long (it is then left to
    itself: a platform's answer that comes later is not waited for)."""
    answer: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            answer.put((True, context.run(call)))
        except BaseException as error:
            answer.put((False, error))

    threading.Thread(target=run, daemon=True, name="platform call").start()
    try:
        returned, value = answer.get(timeout=timeout_s)
    except queue.Empty:
        raise TimeoutError(f"the platform did not answer within {timeout_s:.0f} s") from None
    if not returned:
        raise value
    result: _T = value
    return result


def can_go_on(upload: Upload, now: datetime) -> bool:
    """Whether there is anything to do now for who holds the upload.

    One that waits has to be due. One in the middle of a step was left by a worker that is gone, if
    nobody else holds it.
    """
    in_a_step = upload.state in _STEPS or (
        upload.state is UploadState.PROCESSING and upload.remote_id is None
    )
    if upload.state in SETTLED or in_a_step:
        return in_a_step
    return upload.resume_at is None or upload.resume_at <= now


def channel_rule(materials: Materials) -> QuotaRule:
    """The channel's own limit of uploads a day and platform, in the days of its cadence."""
    config = materials.brief.config
    return QuotaRule(
        bucket=f"channel {config.channel}",
        units=config.publishing.daily_limit,
        cost=1,
        window_s=DAY_S,
        timezone=config.cadence.timezone,
    )


@dataclass
class UploadWorker:
    """Works on one upload that it alone holds."""

    session: Connection
    upload: Upload
    platform: PublishingPlatform
    materials: Callable[[], Materials]
    register: UploadRegister
    clock: Clock

    def go_on(self) -> None:
        """Take every step that can be taken now."""
        while can_go_on(self.upload, self.clock()):
            if self.upload.state not in ASKED:
                self._publish()
                return
            if not self.ask():
                return

    # From planned to published

    def _publish(self) -> None:
        package = self._package()
        if package is None:
            return
        ready = self._resume(package) if self.upload.handle else self._begin(package)
        if ready and self._send(package) and self._intend(package):
            self._request(package)

    def _package(self) -> PublishPackage | None:
        """What would be sent; None when it cannot be: that is written down."""
        try:
            package = build_package(self.materials(), self.upload, self.clock())
        except (NotFound, BadInput) as error:
            self._hold_back(str(error))
            return None
        try:
            refusal = self.platform.refusal(package)
        except Exception as error:
            self._again(error)
            return None
        if refusal is not None:
            self._fail(refusal)
            return None
        return package

    def _begin(self, package: PublishPackage) -> bool:
        """Reserve the quotas and open a session at the platform, if it is cleared."""
        upload = self.upload
        rules = [*self.platform.quotas(), channel_rule(self.materials())]
        with self.session.begin():
            if not self._cleared():
                return False
            if upload.state is UploadState.RESERVED:
                # Its worker died about here: the platform may have counted a session.
                self._spend_platform_quota()
            full = quotas.reserve(self.session, upload.upload, upload.account, rules, self.clock())
            if full is not None:
                self._defer(full)
                return False
            self._move(UploadState.RESERVED, resume_at=self._in(2 * CALL_TIMEOUT_S), error="")
        try:
            handle = in_time(lambda: self.platform.begin(package), CALL_TIMEOUT_S)
        except Exception as error:
            with self.session.begin():
                self._spend_platform_quota()
            self._again(error)
            return False
        with self.session.begin():
            self._spend_platform_quota()
            self._move(UploadState.STARTED, handle=handle)
            self._move(UploadState.UPLOADING, resume_at=self._in(_SENT_BY_S))
        return True

    def _resume(self, package: PublishPackage) -> bool:
        """Go on with the session of an earlier attempt, or open another when it has expired."""
        remote = self._find_or_again()
        if remote is None:
            return False
        if remote.state is RemoteState.ABSENT:
            with self.session.begin():
                self._move(self.upload.state, handle=None)
            return self._begin(package)
        with self.session.begin():
            if not self._cleared():
                return False
            self._move(UploadState.UPLOADING, resume_at=self._in(_SENT_BY_S), error="")
        return True

    def _send(self, package: PublishPackage) -> bool:
        handle = self.upload.handle or ""
        try:
            in_time(lambda: self.platform.send(handle, package), SEND_TIMEOUT_S)
        except Exception as error:
            self._again(error)
            return False
        return self._find_or_again() is not None

    def _intend(self, package: PublishPackage) -> bool:
        """Save that the platform will be asked to publish it, if it is still cleared."""
        rule = channel_rule(self.materials())
        upload = self.upload
        with self.session.begin():
            if not self._cleared():
                return False
            full = quotas.reserve(self.session, upload.upload, upload.account, [rule], self.clock())
            if full is not None:
                self._defer(full)
                return False
            self._move(
                UploadState.PROCESSING,
                resume_at=self._in(CERTAIN_AFTER_S),
                scheduled_for=package.publish_at,
                error="",
            )
        return True

    def _request(self, package: PublishPackage) -> None:
        handle = self.upload.handle or ""
        try:
            remote = in_time(lambda: self.platform.publish(handle, package), CALL_TIMEOUT_S)
        except PlatformRefusal as refusal:
            self._again(refusal)
            return
        except Exception as error:
            with self.session.begin():
                self._move(
                    UploadState.UNCONFIRMED,
                    resume_at=self._in(CERTAIN_AFTER_S),
                    error=_said(error),
                    detail=_said(error),
                )
            self.ask()
            return
        if remote.state in _ABSENT:
            self._missing(remote)
        else:
            self._found(remote)

    # What the platform says

    def ask(self) -> bool:
        """Ask the platform what became of it; True when it is certain that it has nothing yet."""
        try:
            remote = self._find()
        except Exception as error:
            self._unanswered(error)
            return False
        if remote.state in _ABSENT:
            return self._missing(remote)
        self._found(remote)
        return False

    def is_there(self) -> bool:
        """Whether the platform has it after all, which is then written down. Raises what the
        platform raises."""
        remote = self._find()
        nothing = _ABSENT | {RemoteState.REFUSED, RemoteState.WITHDRAWN}
        if remote.state not in nothing:
            self._found(remote)
        return remote.state not in nothing

    def _find(self) -> RemoteVideo:
        key, handle = self.upload.idempotency_key, self.upload.handle
        return in_time(lambda: self.platform.find(key, handle), CALL_TIMEOUT_S)

    def _find_or_again(self) -> RemoteVideo | None:
        """What the platform has, when that is nothing yet; otherwise, that is written down."""
        try:
            remote = self._find()
        except Exception as error:
            self._again(error)
            return None
        if remote.state in _ABSENT:
            return remote
        self._found(remote)
        return None

    def _found(self, remote: RemoteVideo) -> None:
        """The platform has it: how is it doing?"""
        now = self.clock()
        there: dict[str, Any] = {
            "remote_id": remote.remote_id or self.upload.remote_id,
            "remote_url": remote.url or self.upload.remote_url,
            "error": "",
        }
        with self.session.begin():
            if remote.state is RemoteState.REFUSED:
                quotas.release(self.session, self.upload.upload)
                reason = remote.reason or "the platform refused it"
                self._move(UploadState.FAILED, **there | {"error": reason}, detail=reason)
                return
            if self.upload.remote_id is None:
                quotas.spend(self.session, self.upload.upload, [self._channel_bucket])
            if remote.state is RemoteState.PROCESSING:
                self._move(
                    UploadState.PROCESSING,
                    **there,
                    resume_at=self._poll_at(),
                    attempts=0,
                    detail="" if self.upload.remote_id else "the platform has it",
                )
            elif remote.state is RemoteState.SCHEDULED:
                due = max(self.upload.scheduled_for or now, self._poll_at())
                self._move(UploadState.SCHEDULED, **there, resume_at=due, attempts=0)
            elif remote.state is RemoteState.WITHDRAWN:
                self._move(
                    UploadState.WITHDRAWN,
                    **there,
                    withdrawn_at=now,
                    detail="it was taken away at the platform",
                )
            else:
                private = remote.state is RemoteState.PRIVATE
                self._move(
                    UploadState.PUBLISHED_PRIVATE if private else UploadState.PUBLISHED,
                    **there,
                    published_at=self.upload.published_at or remote.published_at or now,
                )

    def _missing(self, remote: RemoteVideo) -> bool:
        """The platform was asked to publish it, and says that it has nothing."""
        upload = self.upload
        with self.session.begin():
            asked = self.register.asked_at(self.session, upload.upload)
            certain_at = (asked or upload.updated_at) + timedelta(seconds=CERTAIN_AFTER_S)
            gone = upload.remote_id is not None
            if not gone and self.clock() < certain_at:
                self._move(UploadState.UNCONFIRMED, resume_at=certain_at)
                return False
            reason = "the platform does not have it" + (" any more" if gone else "")
            attempts = upload.attempts + 1
            if attempts >= MAX_ATTEMPTS:
                quotas.release(self.session, upload.upload)
                self._move(UploadState.FAILED, attempts=attempts, error=reason, detail=reason)
                return False
            if gone:  # It was there: a person may have removed it, so it is not sent again.
                self._move(
                    UploadState.UNCONFIRMED,
                    attempts=attempts,
                    resume_at=self._backoff(attempts),
                    error=reason,
                    detail=reason,
                )
                return False
            self._move(
                UploadState.DEFERRED,
                attempts=attempts,
                resume_at=self.clock(),
                handle=upload.handle if remote.state is RemoteState.STARTED else None,
                detail="it is certain that the platform does not have it",
            )
        return True

    def _unanswered(self, error: Exception) -> None:
        """Nobody knows what became of it. What was seen at the platform is not doubted."""
        known = self.upload.remote_id is not None
        with self.session.begin():
            self._move(
                self.upload.state if known else UploadState.UNCONFIRMED,
                resume_at=self._after(error) or self._poll_at(),
                error=_said(error),
                detail=_said(error),
            )

    # Ways it may end for now

    def _cleared(self) -> bool:
        """Whether it may be published, in the transaction that goes on with it."""
        upload = self.upload
        try:
            require_clearance(
                self.session,
                upload.story_id,
                upload.platform,
                upload.locale,
                video_sha256=upload.video_sha256,
                metadata_sha256=upload.metadata_sha256,
                policy_version=policy_in_force(),
            )
        except NotCleared as error:
            self._move_to_held(str(error))
            return False
        return True

    def _hold_back(self, reason: str) -> None:
        with self.session.begin():
            self._move_to_held(reason)

    def _move_to_held(self, reason: str) -> None:
        """Nothing is sent until it is planned again: time alone does not help."""
        quotas.release(self.session, self.upload.upload)
        self._move(UploadState.PLANNED, resume_at=None, error=reason, detail=reason)

    def _defer(self, full: quotas.QuotaFull) -> None:
        reason = (
            f"quota {full.rule.bucket!r} of {full.rule.units} is used up until "
            f"{full.resume_at:%Y-%m-%d %H:%M} UTC"
        )
        self._move(UploadState.DEFERRED, resume_at=full.resume_at, error=reason, detail=reason)

    def _again(self, error: Exception) -> None:
        """A step failed, and nothing was published: try it later, or give up."""
        if isinstance(error, PlatformRefusal) and error.permanent:
            self._fail(_said(error))
            return
        if isinstance(error, DefectiveMedia | NotFound):
            self._fail(f"what was made cannot be sent: {_said(error)}")
            return
        asked_to_wait = self._after(error)
        attempts = self.upload.attempts + (0 if asked_to_wait else 1)
        if attempts >= MAX_ATTEMPTS:
            self._fail(f"given up after {attempts} attempts: {_said(error)}", attempts=attempts)
            return
        with self.session.begin():
            self._move(
                UploadState.DEFERRED,
                attempts=attempts,
                resume_at=asked_to_wait or self._backoff(attempts),
                error=_said(error),
                detail=_said(error),
            )

    def _fail(self, reason: str, **changes: Any) -> None:
        with self.session.begin():
            quotas.release(self.session, self.upload.upload)
            self._move(UploadState.FAILED, error=reason, detail=reason, **changes)

    def _move(self, state: UploadState, **changes: Any) -> None:
        self.upload = self.register.move(self.session, self.upload, state, **changes)

    def _spend_platform_quota(self) -> None:
        """A session was asked for: counted, whatever the answer was."""
        buckets: Sequence[str] = [rule.bucket for rule in self.platform.quotas()]
        quotas.spend(self.session, self.upload.upload, buckets)

    @property
    def _channel_bucket(self) -> str:
        return f"channel {self.upload.channel}"

    # When

    def _in(self, seconds: float) -> datetime:
        return self.clock() + timedelta(seconds=seconds)

    def _after(self, error: Exception) -> datetime | None:
        """When the platform wants to be asked again, if it said so."""
        if isinstance(error, PlatformRefusal) and error.retry_after_s is not None:
            return self._in(max(1.0, error.retry_after_s))
        return None

    def _poll_at(self) -> datetime:
        """The longer it has been there, the more seldom it is looked at."""
        asked = self.register.asked_at(self.session, self.upload.upload)
        so_far = (self.clock() - asked).total_seconds() if asked else 0.0
        return self._in(min(max(so_far / 2, _FIRST_POLL_S), LONGEST_WAIT_S))

    def _backoff(self, attempts: int) -> datetime:
        """A minute, then three times as long each time, a fifth more or less so that not all
        come back at once."""
        digest = hashlib.sha256(f"{self.upload.idempotency_key} {attempts}".encode()).digest()
        spread = 0.8 + 0.4 * int.from_bytes(digest[:4]) / 2**32
        wait = min(_FIRST_WAIT_S * 3 ** (attempts - 1), LONGEST_WAIT_S)
        return self._in(wait * spread)


def _said(error: Exception) -> str:
    """An error in one line, without secrets."""
    return redact_text(" ".join(str(error).split()) or type(error).__name__)[:500]
