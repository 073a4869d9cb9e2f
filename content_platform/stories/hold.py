"""One maker a story: a lock that the database drops by itself when its holder dies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from content_platform.errors import CallInProgress
from content_platform.storage.database import Database


@contextmanager
def hold_story(database: Database, story_id: str) -> Iterator[None]:
    """Make this process the only one that makes ``story_id`` while the block runs.

    Raises CallInProgress when another one does. The lock belongs to a database session, so a killed
    holder leaves nothing behind.
    """
    number = int.from_bytes(hashlib.sha256(story_id.encode()).digest()[:8], signed=True)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        if not session.scalar(text("select pg_try_advisory_lock(:number)"), {"number": number}):
            raise CallInProgress(
                f"{story_id} is being made by another process.",
                remedy="Wait for it, or stop that process and try again.",
            )
        try:
            yield
        finally:
            session.execute(text("select pg_advisory_unlock(:number)"), {"number": number})
