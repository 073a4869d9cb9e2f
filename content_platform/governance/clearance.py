"""The one gate before anything leaves the house.

Belongs here: deciding a clearance from everything that was judged and proven, what it is bound
to, and the check an upload makes inside its own transaction. No verdict is reached here
(moderation) and nothing is sent (publishing).
"""

from __future__ import annotations

import hashlib
import json
from functools import cache

from sqlalchemy import Connection, select

from content_platform.errors import ContentPlatformError
from content_platform.governance.models import Clearance
from content_platform.moderation.models import Decision
from content_platform.moderation.rules import policy_version as house_rules_version
from content_platform.storage.records import from_row
from content_platform.storage.tables import clearances
from content_platform.stories.models import PublishMetadata
from content_platform.vocabulary import Locale, Platform


class NotCleared(ContentPlatformError):
    """There is no clearance that holds for exactly this: nothing may be sent."""


@cache
def policy_in_force() -> str:
    """Names today's policy: 12 hex digits over the house rules, the licences and this gate."""
    return hashlib.sha256(house_rules_version().encode()).hexdigest()[:12]


def metadata_sha256(entry: PublishMetadata) -> str:
    """Fingerprint of the words published with a video: title, description, hashtags, chapters."""
    words = {
        "title": entry.title,
        "description": entry.description,
        "hashtags": entry.hashtags,
        "chapters": entry.chapters,
    }
    canonical = json.dumps(words, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def holds(
    clearance: Clearance, *, video_sha256: str | None, metadata_sha256: str, policy_version: str
) -> str | None:
    """Why the clearance does not allow this upload, or None when it does.

    ``video_sha256`` is None for a story made without media.
    """
    if clearance.decision is not Decision.ALLOW:
        return "; ".join(clearance.reasons) or f"the clearance says {clearance.decision}"
    if clearance.policy_version != policy_version:
        return (
            f"it was cleared under policy {clearance.policy_version}, in force is {policy_version}"
        )
    if clearance.metadata_sha256 != metadata_sha256:
        return "its title, description, hashtags or chapters changed after it was cleared"
    if video_sha256 is None and clearance.video_sha256:
        return "it was cleared with its videos, not without"
    if video_sha256 is not None and video_sha256 not in clearance.video_sha256:
        return f"video {video_sha256[:12]} is not one of the videos that were cleared"
    return None


def require_clearance(
    connection: Connection,
    story_id: str,
    platform: Platform,
    locale: Locale,
    *,
    video_sha256: str | None,
    metadata_sha256: str,
    policy_version: str,
) -> Clearance:
    """The clearance that allows this upload; it stays as it is until the transaction ends.

    For use inside the upload's own transaction, before the irreversible step. Raises NotCleared,
    saying why.
    """
    query = select(clearances).where(
        clearances.c.story_id == story_id,
        clearances.c.platform == platform,
        clearances.c.locale == locale,
    )
    row = connection.execute(query.with_for_update(read=True)).mappings().one_or_none()
    why: str | None = "it has no clearance"
    if row is not None:
        clearance = from_row(Clearance, dict(row))
        why = holds(
            clearance,
            video_sha256=video_sha256,
            metadata_sha256=metadata_sha256,
            policy_version=policy_version,
        )
        if why is None:
            return clearance
    raise NotCleared(
        f"{story_id} may not be published on {platform} in {locale}: {why}.",
        remedy=f"Run 'content-platform review show {story_id}' to see what was found.",
    )
