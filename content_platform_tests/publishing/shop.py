"""A platform for tests, in one file that several processes may use, that can go wrong everywhere.

It keeps what really happened: sessions, videos, and every call. Like the real ones it gives no
promise that a call is done once: each ``publish`` that gets through to it makes a video.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from content_platform.clock import Clock
from content_platform.publishing.models import (
    PlatformRefusal,
    PublishPackage,
    QuotaRule,
    RemoteState,
    RemoteVideo,
)
from content_platform.vocabulary import Format, Platform


class Trouble(StrEnum):
    """What happens to one call."""

    CUT = "cut"
    """The connection breaks before anything is done."""
    LOST = "lost"
    """It is done; the answer never comes."""
    LATE = "late"
    """The connection breaks, and it is done a minute later."""
    BUSY = "busy"
    """A transient refusal."""
    WAIT = "wait"
    """A refusal that names a time to wait."""
    REFUSE = "refuse"
    """A permanent refusal."""
    KILL = "kill"
    """The caller's process dies before the call is made."""
    KILL_AFTER = "kill-after"
    """The caller's process dies before the answer gets there."""


LATE_BY = timedelta(seconds=60)
_T = TypeVar("_T")


class Broken(ConnectionError):
    """The connection to the shop broke."""


@dataclass
class Shop:
    """``trouble`` is asked before each call which trouble it gets, if any."""

    file: Path
    clock: Clock
    platform: Platform = Platform.SANDBOX
    formats: tuple[Format, ...] = (Format.PORTRAIT,)
    processing_s: float = 0
    rules: tuple[QuotaRule, ...] = ()
    private: bool = False
    takes_schedules: bool = True
    trouble: Callable[[str], Trouble | None] = lambda _call: None
    unfit: str | None = None
    die: Callable[[], None] = field(default=lambda: os.kill(os.getpid(), signal.SIGKILL))

    def __post_init__(self) -> None:
        with self._open() as db:
            db.executescript(
                """
                PRAGMA journal_mode = WAL;
                CREATE TABLE IF NOT EXISTS calls (name TEXT, key TEXT, at TEXT);
                CREATE TABLE IF NOT EXISTS sessions (
                    handle INTEGER PRIMARY KEY, key TEXT, account TEXT, at TEXT, sent INTEGER,
                    expired INTEGER DEFAULT 0);
                CREATE TABLE IF NOT EXISTS videos (
                    id INTEGER PRIMARY KEY, key TEXT, handle INTEGER, asked TEXT, public TEXT,
                    gone INTEGER DEFAULT 0);
                """
            )

    # What adapters do

    def quotas(self) -> tuple[QuotaRule, ...]:
        return self.rules

    def refusal(self, package: PublishPackage) -> str | None:
        return self.unfit

    def begin(self, package: PublishPackage) -> str:
        def do(db: sqlite3.Connection, now: datetime) -> str:
            made = db.execute(
                "INSERT INTO sessions (key, account, at, sent) VALUES (?, ?, ?, 0)",
                (package.idempotency_key, package.account, now.isoformat()),
            )
            return str(made.lastrowid)

        return self._do("begin", package.idempotency_key, do)

    def send(self, handle: str, package: PublishPackage) -> None:
        def do(db: sqlite3.Connection, now: datetime) -> None:
            change = "UPDATE sessions SET sent = sent + 1 WHERE handle = ? AND NOT expired"
            if not db.execute(change, (handle,)).rowcount:
                raise PlatformRefusal(f"no session {handle}", permanent=False)

        self._do("send", package.idempotency_key, do)

    def publish(self, handle: str, package: PublishPackage) -> RemoteVideo:
        def do(db: sqlite3.Connection, now: datetime) -> RemoteVideo:
            row = db.execute(
                "SELECT sent FROM sessions WHERE handle = ? AND NOT expired", (handle,)
            ).fetchone()
            if row is None or not row[0]:
                raise PlatformRefusal("nothing was sent", permanent=True)
            if package.publish_at is not None and not self.takes_schedules:
                wait_s = (package.publish_at - now).total_seconds()
                raise PlatformRefusal("not yet", permanent=False, retry_after_s=wait_s)
            public = now + timedelta(seconds=self.processing_s)
            if package.publish_at is not None:
                public = max(public, package.publish_at)
            db.execute(
                "INSERT INTO videos (key, handle, asked, public) VALUES (?, ?, ?, ?)",
                (package.idempotency_key, handle, now.isoformat(), public.isoformat()),
            )
            unseen = RemoteVideo(state=RemoteState.PROCESSING)
            return self._video(db, package.idempotency_key) or unseen

        return self._do("publish", package.idempotency_key, do)

    def find(self, idempotency_key: str, handle: str | None) -> RemoteVideo:
        def do(db: sqlite3.Connection, now: datetime) -> RemoteVideo:
            found = self._video(db, idempotency_key)
            if found is not None:
                return found
            usable = db.execute(
                "SELECT 1 FROM sessions WHERE handle = ? AND NOT expired", (handle,)
            ).fetchone()
            return RemoteVideo(state=RemoteState.STARTED if usable else RemoteState.ABSENT)

        return self._do("find", idempotency_key, do)

    def withdraw(self, remote_id: str) -> None:
        def do(db: sqlite3.Connection, now: datetime) -> None:
            db.execute("UPDATE videos SET gone = 1 WHERE id = ?", (remote_id,))

        self._do("withdraw", remote_id, do)

    # What tests see and do

    def videos(self) -> dict[str, int]:
        """How many videos were ever made with each idempotency key."""
        with self._open() as db:
            rows = db.execute("SELECT key, count(*) FROM videos GROUP BY key").fetchall()
        return dict(rows)

    def calls(self, name: str | None = None) -> list[str]:
        """The names of the calls that got through, or were lost on the way back."""
        with self._open() as db:
            rows = db.execute("SELECT name FROM calls ORDER BY rowid").fetchall()
        return [row[0] for row in rows if name in (None, row[0])]

    def sessions(self) -> list[tuple[str, datetime]]:
        """Account and moment of every session opened."""
        with self._open() as db:
            rows = db.execute("SELECT account, at FROM sessions ORDER BY handle").fetchall()
        return [(account, datetime.fromisoformat(at)) for account, at in rows]

    def expire_sessions(self) -> None:
        with self._open() as db:
            db.execute("UPDATE sessions SET expired = 1")

    def lose_videos(self) -> None:
        with self._open() as db:
            db.execute("DELETE FROM videos")

    # Inside

    def _do(self, name: str, key: str, do: Callable[[sqlite3.Connection, datetime], _T]) -> _T:
        trouble = self.trouble(name)
        if trouble is Trouble.KILL:
            self.die()
        if trouble is Trouble.CUT:
            raise Broken(f"the connection broke before {name}")
        if trouble is Trouble.BUSY:
            raise PlatformRefusal("busy", permanent=False)
        if trouble is Trouble.WAIT:
            raise PlatformRefusal("too many requests", permanent=False, retry_after_s=90)
        if trouble is Trouble.REFUSE:
            raise PlatformRefusal(f"no {name} for you", permanent=True)
        now = self.clock()
        with self._open() as db:
            db.execute("INSERT INTO calls VALUES (?, ?, ?)", (name, key, now.isoformat()))
            result = do(db, now + LATE_BY if trouble is Trouble.LATE else now)
        if trouble is Trouble.KILL_AFTER:
            self.die()
        if trouble in (Trouble.LOST, Trouble.LATE):
            raise Broken(f"the connection broke during {name}")
        return result

    def _video(self, db: sqlite3.Connection, key: str) -> RemoteVideo | None:
        now = self.clock()
        row = db.execute(
            "SELECT id, asked, public, gone FROM videos WHERE key = ? ORDER BY id", (key,)
        ).fetchone()
        if row is None or datetime.fromisoformat(row[1]) > now:
            return None
        asked, public = datetime.fromisoformat(row[1]), datetime.fromisoformat(row[2])
        if row[3]:
            state = RemoteState.WITHDRAWN
        elif now < asked + timedelta(seconds=self.processing_s):
            state = RemoteState.PROCESSING
        elif now < public:
            state = RemoteState.SCHEDULED
        else:
            state = RemoteState.PRIVATE if self.private else RemoteState.PUBLIC
        is_out = state in (RemoteState.PUBLIC, RemoteState.PRIVATE)
        return RemoteVideo(
            state=state,
            remote_id=str(row[0]),
            url=f"https://shop.example/watch/{row[0]}",
            published_at=public if is_out else None,
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.file, timeout=20, isolation_level="IMMEDIATE")
        try:
            db.execute("PRAGMA synchronous = OFF")
            with db:
                yield db
        finally:
            db.close()
