"""Publishing one story as far as it goes now, and what that makes of the story.

Both the Dagster asset and the simulation call this; how an upload moves is ``uploads``' business.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select

from content_platform.errors import NotFound
from content_platform.publishing.models import Upload
from content_platform.publishing.uploads import Uploads, outcome
from content_platform.storage.database import Database
from content_platform.storage.tables import stories
from content_platform.storage.tables import uploads as uploads_table
from content_platform.stories.models import StoryStatus
from content_platform.stories.register import StoryRegister


def to_publish(database: Database, limit: int) -> list[tuple[str, datetime]]:
    """Finished stories that are to be published and have no upload yet, with when each changed."""
    query = (
        select(stories.c.story_id, stories.c.updated_at)
        .where(stories.c.status == StoryStatus.FINISHED)
        .where(stories.c.archived_at.is_(None))
        .where(stories.c.request["publish"].as_boolean())
        .where(~exists().where(uploads_table.c.story_id == stories.c.story_id))
        .order_by(stories.c.ready_at, stories.c.story_id)
        .limit(limit)
    )
    with database.transaction() as connection:
        return [(str(row.story_id), row.updated_at) for row in connection.execute(query)]


def share(
    story_id: str, *, uploads: Uploads, register: StoryRegister, wait_s: float = 0
) -> list[Upload]:
    """Plan the story's uploads, take each as far as it goes, and record where the story stands.

    ``wait_s`` is how many real seconds to wait for what a platform still processes; what takes
    longer is gone on with at its ``resume_at``. Of a story that was rejected or is not finished there
    is nothing to share: no upload is planned, and it stays where it stands. Raises NotFound for a
    story that is unknown, or finished and without what it needs.
    """
    try:
        uploads.plan(story_id)
    except NotFound:
        if register.row(story_id).status is StoryStatus.FINISHED:
            raise
        return []
    stand = uploads.advance_until(story_id, wait_s) if wait_s else uploads.advance(story_id)
    found = outcome(stand)
    register.set_status(story_id, found.status, error=found.error, resume_at=found.resume_at)
    return stand
