"""Stories, verdicts and reviews for the tests of judging."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from content_platform.governance.audit import AuditLog
from content_platform.moderation.models import Decision, Finding, Review, ReviewStatus, Verdict
from content_platform.moderation.review import ReviewQueue
from content_platform.moderation.rules import policy_version
from content_platform.moderation.text import text_subject
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.models import ConfigVersion
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform.storage.tables import stories
from content_platform.stories.models import Brief, Story, StoryRequest, StoryRow, StoryStatus
from content_platform.stories.register import StoryRegister

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPAM = Finding(category="spam", score=0.6, rule="web address", evidence="… see lamps.shop …")
CRUEL = Finding(category="violence", score=0.9, rule="cruelty", evidence="… and laughed …")


def clock() -> datetime:
    return NOW


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def a_story(story_id: str, text: str = "The lamp went out.", **fields: Any) -> Story:
    return Story.model_validate(
        {
            "story_id": story_id,
            "locale": "en",
            "title": "The Lamp",
            "logline": "A keeper and his lamp.",
            "genre": "mystery",
            "theme": "a lamp",
            "cast": (),
            "scenes": (
                {
                    "index": 0,
                    "text": text,
                    "place": "lighthouse",
                    "time_of_day": "night",
                    "weather": "storm",
                    "mood": "tense",
                    "shot": "medium",
                    "beat": "hook",
                },
            ),
            "words": 4,
            "written_by": "plot-kernels",
        }
        | fields
    )


def a_brief(story_id: str, version: ConfigVersion, **fields: Any) -> Brief:
    config = version.config
    return Brief.model_validate(
        {
            "story_id": story_id,
            "channel": config.channel,
            "config_version": version.version,
            "config": config,
            "genre": "mystery",
            "theme": "a lamp",
            "script": fields.get("script"),
            "locales": ("en",),
            "formats": ("1x1",),
            "platforms": ("sandbox", "youtube"),
            "target_seconds": 20,
            "max_seconds": None,
            "voice": None,
            "style": "paper-cut",
            "seed": 1,
            "picture_types": (),
            "audio_types": (),
            "media": fields.get("media", True),
        }
    )


def a_verdict(
    story_id: str = "midnight-tales_20261122_0001",
    decision: Decision = Decision.REVIEW,
    *findings: Finding,
    **fields: Any,
) -> Verdict:
    return Verdict.model_validate(
        {
            "story_id": story_id,
            "locale": "en",
            "subject": "text",
            "subject_sha256": text_subject(a_story(story_id)),
            "policy_version": policy_version(),
            "decision": decision,
            "findings": findings or (() if decision is Decision.ALLOW else (SPAM,)),
            "provider": "house-rules",
        }
        | fields
    )


def a_review(of: Verdict, status: ReviewStatus = ReviewStatus.OPEN, **fields: Any) -> Review:
    decided = status is not ReviewStatus.OPEN
    return Review.model_validate(
        {
            "story_id": of.story_id,
            "locale": of.locale,
            "subject": of.subject,
            "subject_sha256": of.subject_sha256,
            "channel": "midnight-tales",
            "reason": "spam",
            "findings": of.findings,
            "status": status,
            "opened_at": NOW,
            "decided_by": "ann" if decided else None,
            "decided_at": NOW if decided else None,
        }
        | fields
    )


class Desk:
    """A database with channels, and everything that judging works with."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.records = RecordStore(database)
        self.audit = AuditLog(database, clock)
        self.register = StoryRegister(database, clock)
        self.queue = ReviewQueue(database, clock, self.audit, self.register)
        self.configs = ChannelConfigs(database, clock)
        self.configs.add_sample_channels()
        self._seed = 0

    def story(
        self,
        status: StoryStatus = StoryStatus.REJECTED,
        decision: Decision = Decision.BLOCK,
        **wishes: Any,
    ) -> StoryRow:
        """A story with a brief, a text, a verdict on it, and a status."""
        self._seed += 1
        request = StoryRequest(channel="midnight-tales", seed=self._seed, **wishes)
        row = self.register.register(request)
        brief = a_brief(row.story_id, self.configs.current("midnight-tales"), **wishes)
        self.records.replace(Brief, row.story_id, [brief])
        self.tell(row.story_id, decision)
        self.register.set_status(row.story_id, status)
        return self.register.row(row.story_id)

    def tell(self, story_id: str, decision: Decision, text: str = "The lamp went out.") -> Verdict:
        """What a run does: the brief takes the register's attempt, the text gets a verdict."""
        row = self.register.row(story_id)
        brief = self.records.load_one(Brief, story_id)
        self.records.replace(Brief, story_id, [brief.model_copy(update={"attempt": row.attempt})])
        story = a_story(story_id, text)
        self.records.replace(Story, story_id, [story])
        found = () if decision is Decision.ALLOW else (CRUEL,)
        verdict = a_verdict(story_id, decision, *found, subject_sha256=text_subject(story))
        self.records.replace(Verdict, story_id, [verdict])
        return verdict

    @contextmanager
    def locked(self, story_id: str) -> Iterator[None]:
        """Another process is at work on the story's row."""
        with self.database.transaction() as connection:
            row = select(stories.c.story_id).where(stories.c.story_id == story_id)
            connection.execute(row.with_for_update())
            yield
