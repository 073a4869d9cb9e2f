"""The sandbox company itself: sessions, videos, quotas, processing, faults, reports.

Belongs here: what the company does when asked, each answer in committed transactions of its own,
and its tables (schema ``sandbox``), which it makes when first used. What viewers do belongs to
``audience``, how late and rough numbers are to ``reporting``, pages to ``watch``.

The life of a video is never written down: state follows from its times and the clock, so nothing
has to run for a video to leave processing or to become public when it is due.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, text

from content_platform.clock import Clock
from content_platform.errors import BadInput, DefectiveMedia, NotFound, wrong_values
from content_platform.publishing.models import (
    PlatformRefusal,
    PublishPackage,
    RemoteState,
    RemoteVideo,
)
from content_platform.publishing.sandbox.models import (
    Counters,
    FaultKind,
    Operation,
    ReportedDay,
    SandboxSettings,
    SandboxUnreachable,
    SandboxVideo,
    Shown,
    Traits,
)
from content_platform.publishing.sandbox.reporting import as_reported, numbers, reported_from
from content_platform.publishing.sandbox.tables import (
    ACCEPT,
    ACCOUNTS,
    ADD_FAULT,
    BEGIN,
    CONFIGURE,
    LAST_NUMBER,
    NUMBERED,
    PUBLIC,
    RECOVER,
    SEND,
    TABLES,
    TAKE_FAULT,
    WITHDRAW,
    account_settings,
    as_shown,
    earlier_stories,
    lock_account,
    video_row,
)
from content_platform.storage.database import Database
from content_platform.storage.media import MediaStore

if TYPE_CHECKING:
    from content_platform.publishing.sandbox.audience import Audience, DayCounts

TITLE_CHARACTERS = 100
DESCRIPTION_CHARACTERS = 5000
HASHTAGS = 15
LONGEST_S = 900.0
"""What a package may hold; longer ones are refused."""

_MAKE_LOCK = 0x636F_6E74_656E_7402
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_COUNTED_DAYS = 120
"""Public counters stop moving after so many days; less than one view in a hundred comes later."""


class SandboxService:
    """The company. Any number of processes may open it on one database; threads may share it.

    ``seed`` decides the audience and how numbers are late; ``site`` is where the watch pages are.
    Raises StorageUnavailable like everything on the database.
    """

    def __init__(
        self,
        database: Database,
        media: MediaStore,
        clock: Clock,
        seed: int,
        *,
        site: str = "http://127.0.0.1:3070",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._media = media
        self._clock = clock
        self._seed = seed
        self._site = site.rstrip("/")
        self._sleep = sleep
        self._made = False
        self._making = threading.Lock()

    # What an account may ask: each call is one or two short transactions.

    def refusal(self, package: PublishPackage) -> str | None:
        """Why the package is not taken, in one sentence; None when it is."""
        if not package.title.strip() or len(package.title) > TITLE_CHARACTERS:
            return f"the title must have 1 to {TITLE_CHARACTERS} characters"
        if len(package.description) > DESCRIPTION_CHARACTERS:
            return f"the description has more than {DESCRIPTION_CHARACTERS} characters"
        if len(package.hashtags) > HASHTAGS:
            return f"{len(package.hashtags)} hashtags are more than {HASHTAGS}"
        if not 0 < package.duration_s <= LONGEST_S:
            return f"{package.duration_s:g} seconds are not between 0 and {LONGEST_S:g}"
        if not package.discloses_ai:
            return "videos made with AI have to say so"
        try:
            Traits.model_validate(package.traits)
        except ValidationError as error:
            return f"its traits are wrong: {'; '.join(wrong_values(error))}"
        return None

    def begin(self, package: PublishPackage) -> str:
        """Open an upload session and return its handle; the same key always gets the same one.

        Raises PlatformRefusal when the account has opened as many today as it may.
        """
        with self._acting(Operation.BEGIN, package.account):
            if reason := self.refusal(package):
                raise PlatformRefusal(reason, permanent=True)
            video_id = _video_id(package.idempotency_key)
            with self._transaction() as connection:
                lock_account(connection, package.account)
                if video_row(connection, video_id) is None:
                    now = self._clock()
                    _check_quota(connection, package.account, now)
                    connection.execute(
                        BEGIN,
                        {
                            "video_id": video_id,
                            "key": package.idempotency_key,
                            "account": package.account,
                            "package": package.model_dump_json(),
                            "now": now,
                        },
                    )
            return f"session-{video_id}"

    def send(self, handle: str, package: PublishPackage) -> None:
        """Take bytes and words. What is published already stays as it is."""
        with self._acting(Operation.SEND, package.account):
            if reason := self.refusal(package):
                raise PlatformRefusal(reason, permanent=True)
            defect = self._defect(package)
            contrast = self._contrast(package)
            with self._transaction() as connection:
                known = connection.execute(
                    SEND,
                    {
                        "video_id": _id_of(handle),
                        "package": package.model_dump_json(),
                        "defect": defect,
                        "contrast": contrast,
                        "now": self._clock(),
                    },
                ).rowcount
            if not known:
                raise _unknown_session(handle)

    def publish(self, handle: str, package: PublishPackage) -> RemoteVideo:
        """Make a video of what was sent; the second time it only tells how the first is doing."""
        with self._acting(Operation.PUBLISH, package.account) as fault:
            with self._transaction() as connection:
                lock_account(connection, package.account)
                row = video_row(connection, _id_of(handle))
                if row is None:
                    raise _unknown_session(handle)
                now = self._clock()
                if row.accepted_at is None:
                    if row.sent_at is None:
                        raise PlatformRefusal("nothing was sent in this session", permanent=False)
                    row = _accept(connection, row, now, fault)
            return self._remote(row, now)

    def find(self, idempotency_key: str, handle: str | None) -> RemoteVideo:
        """What it has of an upload; ``ABSENT`` when neither key nor handle is known."""
        with self._transaction() as connection:
            row = video_row(connection, _video_id(idempotency_key))
            if row is None and handle is not None:
                row = video_row(connection, _id_of(handle))
        with self._acting(Operation.FIND, row.account if row else ""):
            if row is None:
                return RemoteVideo(state=RemoteState.ABSENT)
            return self._remote(row, self._clock())

    def withdraw(self, video_id: str) -> None:
        """Take a video away for good; its numbers until then remain. Nothing when it is away."""
        with self._transaction() as connection:
            row = video_row(connection, video_id)
        with self._acting(Operation.WITHDRAW, row.account if row else ""):
            if row is None:
                raise PlatformRefusal(f"there is no video {video_id}", permanent=True)
            with self._transaction() as connection:
                connection.execute(WITHDRAW, {"video_id": video_id, "now": self._clock()})

    def day_numbers(
        self, account: str, video_ids: Sequence[str], day: date
    ) -> dict[str, ReportedDay]:
        """The account's videos on one UTC day, as they are reported now; {} for a late day."""
        with self._acting(Operation.METRICS, account):
            now = self._clock()
            with self._transaction() as connection:
                same_day = account_settings(connection, account).same_day_metrics
                if not same_day and now < reported_from(self._seed, account, day):
                    return {}
                rows = connection.execute(
                    NUMBERED, {"account": account, "ids": list(video_ids)}
                ).all()
            reported = {}
            for row in rows:
                shown = as_shown(row)
                counts = self._audience.day(shown, day, now) if shown else None
                if counts is not None:
                    reported[row.video_id] = (
                        numbers(counts)
                        if same_day
                        else as_reported(counts, self._seed, account, row.video_id, day, now)
                    )
            return reported

    # What its operator (a test, a demonstration) may do.

    def configure(self, account: str | None = None, **changes: object) -> SandboxSettings:
        """Change settings (fields of ``SandboxSettings``) of one account, or of all that have none."""
        with self._transaction() as connection:
            current = account_settings(connection, account or "")
            settings = SandboxSettings.model_validate(current.model_dump() | changes)
            connection.execute(
                CONFIGURE, {"account": account or "", "settings": settings.model_dump_json()}
            )
        return settings

    def settings(self, account: str) -> SandboxSettings:
        """How ``account`` is treated."""
        with self._transaction() as connection:
            return account_settings(connection, account)

    def fail(
        self,
        operation: Operation | str,
        kind: FaultKind | str,
        *,
        times: int = 1,
        seconds: float | None = None,
        account: str | None = None,
    ) -> None:
        """Let the next ``times`` calls of ``operation`` go wrong; of ``account`` only, when named."""
        if FaultKind(kind) is FaultKind.STUCK and Operation(operation) is not Operation.PUBLISH:
            raise BadInput("Only publish can get stuck.", remedy="Name another kind of fault.")
        with self._transaction() as connection:
            connection.execute(
                ADD_FAULT,
                {
                    "operation": Operation(operation).value,
                    "kind": FaultKind(kind).value,
                    "seconds": seconds,
                    "times": times,
                    "account": account,
                },
            )

    def recover(self) -> None:
        """Forget all faults that are still to come, and let stuck videos go on."""
        with self._transaction() as connection:
            connection.execute(text("DELETE FROM sandbox.faults"))
            connection.execute(RECOVER, {"now": self._clock(), "never": _NEVER})

    # What anybody may see.

    def video(self, video_id: str) -> SandboxVideo:
        """One video; raises NotFound."""
        with self._transaction() as connection:
            row = video_row(connection, video_id)
        if row is None:
            raise NotFound(f"The sandbox has no video {video_id!r}.")
        return self._video(row)

    def accounts(self) -> list[str]:
        """All accounts with a public video, by name."""
        with self._transaction() as connection:
            return list(connection.scalars(ACCOUNTS, {"now": self._clock()}).all())

    def videos(
        self, account: str, *, limit: int = 24, before: int | None = None
    ) -> list[SandboxVideo]:
        """The account's public videos, newest first; ``before`` a video's ``number``."""
        return self._public(account, before or 2**31 - 1, 0, "DESC", limit)

    def neighbours(self, video: SandboxVideo) -> tuple[SandboxVideo | None, SandboxVideo | None]:
        """The account's public video before this one and the one after it."""
        if video.number is None:
            return None, None
        account = video.package.account
        earlier = self._public(account, video.number, 0, "DESC", 1)
        later = self._public(account, 2**31 - 1, video.number, "ASC", 1)
        return earlier[0] if earlier else None, later[0] if later else None

    def counters(self, video: SandboxVideo) -> Counters:
        """What a video has gathered up to now: the truth, not the report."""
        days: list[DayCounts] = []
        if video.shown is not None:
            now = self._clock()
            first = video.shown.public_at.astimezone(UTC).date()
            last = min(now.astimezone(UTC).date(), first + timedelta(days=_COUNTED_DAYS))
            for offset in range((last - first).days + 1):
                counts = self._audience.day(video.shown, first + timedelta(days=offset), now)
                days += [counts] if counts else []
        views = sum(day.views for day in days)
        kept = [day for day in days if day.retention is not None]
        weight = sum(day.views for day in kept)
        return Counters(
            impressions=sum(day.impressions for day in days),
            views=views,
            watch_seconds=sum(day.watch_seconds for day in days),
            likes=sum(day.likes for day in days),
            comments=sum(day.comments for day in days),
            retention=tuple(
                sum(share * day.views for share, day in zip(point, kept, strict=True)) / weight
                for point in zip(*(day.retention or () for day in kept), strict=True)
            )
            if weight
            else None,
        )

    # Inside.

    @cached_property
    def _audience(self) -> Audience:
        from content_platform.publishing.sandbox.audience import Audience  # numpy takes its time

        return Audience(self._seed)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if not self._made:
            with self._making:
                if not self._made:
                    with self._database.transaction() as connection:
                        connection.execute(
                            text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKE_LOCK}
                        )
                        for statement in TABLES:
                            connection.execute(text(statement))
                    self._made = True
        with self._database.transaction() as connection:
            yield connection

    @contextmanager
    def _acting(self, operation: Operation, account: str) -> Iterator[Row[Any] | None]:
        """Do something while the next fault due for it, if any, goes wrong around it."""
        with self._transaction() as connection:
            fault = connection.execute(
                TAKE_FAULT, {"operation": operation.value, "account": account}
            ).one_or_none()
        kind = FaultKind(fault.kind) if fault else None
        if fault and kind is FaultKind.REFUSE:
            raise PlatformRefusal(f"the sandbox refuses to {operation.value}", permanent=True)
        if fault and kind is FaultKind.TRANSIENT:
            raise PlatformRefusal(
                f"the sandbox cannot {operation.value} now",
                permanent=False,
                retry_after_s=fault.seconds,
            )
        if kind is FaultKind.CUT:
            raise SandboxUnreachable(f"the connection broke before {operation.value}")
        if fault and kind is FaultKind.SLOW:
            self._sleep(fault.seconds or 1.0)
        yield fault
        if kind is FaultKind.ANSWER_LOST:
            raise SandboxUnreachable(f"the connection broke during {operation.value}")

    def _defect(self, package: PublishPackage) -> str:
        """Why the bytes are no video of the announced kind; empty when they are."""
        refs = [ref for ref in (package.video, package.captions, package.thumbnail) if ref]
        if missing := [ref.mime for ref in refs if not self._media.exists(ref)]:
            raise PlatformRefusal(
                f"the bytes of {', '.join(missing)} did not arrive", permanent=False
            )
        if package.video is None:
            return ""
        from content_platform.mediatools.probe import probe

        try:
            info = probe(self._media.local_path(package.video))
        except DefectiveMedia as error:
            return error.message
        if info.video is None or info.sound is None:
            return "the file lacks picture or sound"
        if abs(info.duration_s - package.duration_s) > 2:
            return f"it lasts {info.duration_s:.1f} s, not {package.duration_s:.1f} s as announced"
        width, height = package.format.size
        if abs(info.video.width / info.video.height - width / height) > 0.02:
            return f"{info.video.width}x{info.video.height} is not {package.format.value}"
        return ""

    def _contrast(self, package: PublishPackage) -> float | None:
        """The thumbnail's contrast as ``Shown`` has it; None without a picture that opens."""
        if package.thumbnail is None:
            return None
        from PIL import Image, ImageStat, UnidentifiedImageError

        try:
            with Image.open(self._media.local_path(package.thumbnail)) as picture:
                small = picture.convert("L").resize((64, 64))
        except (UnidentifiedImageError, OSError):
            return None
        return min(1.0, ImageStat.Stat(small).stddev[0] / 127.5)

    def _state(self, row: Row[Any], now: datetime) -> RemoteState:
        if row.withdrawn_at is not None:
            return RemoteState.WITHDRAWN
        if row.accepted_at is None:
            return RemoteState.STARTED
        if now < row.processed_at:
            return RemoteState.PROCESSING
        if row.defect:
            return RemoteState.REFUSED
        if row.private:
            return RemoteState.PRIVATE
        return RemoteState.SCHEDULED if now < row.public_at else RemoteState.PUBLIC

    def _remote(self, row: Row[Any], now: datetime) -> RemoteVideo:
        state = self._state(row, now)
        accepted = row.accepted_at is not None
        public = state is RemoteState.PUBLIC or (
            state is RemoteState.WITHDRAWN and accepted and row.public_at < row.withdrawn_at
        )
        return RemoteVideo(
            state=state,
            remote_id=row.video_id if accepted else None,
            url=f"{self._site}/watch/{row.video_id}" if accepted else None,
            published_at=row.public_at if public else None,
            reason=row.defect if state is RemoteState.REFUSED else "",
        )

    def _video(self, row: Row[Any]) -> SandboxVideo:
        return SandboxVideo(
            video_id=row.video_id,
            package=PublishPackage.model_validate(row.package),
            state=self._state(row, self._clock()),
            number=row.number,
            public_at=row.public_at,
            shown=as_shown(row),
        )

    def _public(
        self, account: str, before: int, after: int, order: str, limit: int
    ) -> list[SandboxVideo]:
        with self._transaction() as connection:
            rows = connection.execute(
                text(
                    f"SELECT * FROM sandbox.videos WHERE account = :account AND {PUBLIC}"
                    f" AND number < :before AND number > :after ORDER BY number {order}"
                    " LIMIT :limit"
                ),
                {
                    "account": account,
                    "now": self._clock(),
                    "before": before,
                    "after": after,
                    "limit": limit,
                },
            ).all()
        return [self._video(row) for row in rows]


def _video_id(idempotency_key: str) -> str:
    return hashlib.blake2b(idempotency_key.encode(), digest_size=8).hexdigest()


def _id_of(handle: str) -> str:
    return handle.removeprefix("session-")


def _unknown_session(handle: str) -> PlatformRefusal:
    return PlatformRefusal(f"there is no session {handle}", permanent=False)


def _check_quota(connection: Connection, account: str, now: datetime) -> None:
    allowed = account_settings(connection, account).uploads_per_day
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    opened = connection.scalar(
        text("SELECT count(*) FROM sandbox.videos WHERE account = :account AND begun_at >= :since"),
        {"account": account, "since": midnight},
    )
    if (opened or 0) >= allowed:
        raise PlatformRefusal(
            f"{account} has used its {allowed} uploads of the day",
            permanent=False,
            retry_after_s=(midnight + timedelta(days=1) - now).total_seconds(),
        )


def _accept(
    connection: Connection, row: Row[Any], now: datetime, fault: Row[Any] | None
) -> Row[Any]:
    """Make the video, and note what its audience will have seen of the account before it."""
    package = PublishPackage.model_validate(row.package)
    settings = account_settings(connection, row.account)
    processed = now + timedelta(seconds=settings.processing_s.get(package.format, 4.0))
    if fault is not None and fault.kind == FaultKind.STUCK:
        longer = fault.seconds
        processed = _NEVER if longer is None else processed + timedelta(seconds=longer)
    traits = Traits.model_validate(package.traits | {"text": ""})
    if not traits.scene_starts_s:
        chapters = tuple(start for start, _ in package.chapters)
        traits = traits.model_copy(update={"scene_starts_s": chapters})
    earlier = earlier_stories(connection, row.account, traits.story)
    shown = Shown(
        video_id=row.video_id,
        account=row.account,
        public_at=max(processed, package.publish_at or processed),
        duration_s=package.duration_s,
        traits=traits,
        made_for_kids=package.made_for_kids,
        number=1 + (connection.scalar(LAST_NUMBER, {"account": row.account}) or 0),
        theme_repeats=sum(bool(traits.theme) and one.theme == traits.theme for one in earlier),
        kernel_repeats=sum(bool(traits.kernel) and one.kernel == traits.kernel for one in earlier),
        thumbnail_contrast=row.thumbnail_contrast,
        brisk=settings.same_day_metrics,
    )
    return connection.execute(
        ACCEPT,
        {
            "video_id": row.video_id,
            "now": now,
            "processed_at": processed,
            "public_at": shown.public_at,
            "private": not settings.audited,
            "number": shown.number,
            "shown": shown.model_dump_json(exclude_defaults=True),
        },
    ).one()
