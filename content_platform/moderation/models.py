"""Verdicts: what the house rules say about a story, and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from content_platform.providers.models import CallRequest, Capability
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.vocabulary import ChannelName, Locale


class Decision(StrEnum):
    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"


class Finding(Model):
    """One rule that struck."""

    category: Literal[
        "profanity", "sexual", "minors", "violence", "hate", "self-harm", "personal-data", "spam"
    ]
    score: float = Field(ge=0, le=1)
    rule: str
    evidence: str
    """The words it struck on, with a little context."""


class Judgement(Model):
    """What a moderator returns."""

    decision: Decision
    findings: tuple[Finding, ...] = ()


class ModerateTextRequest(CallRequest[Judgement]):
    """Ask whether a text may be narrated for this audience."""

    capability: ClassVar[Capability] = Capability.MODERATE
    output_model: ClassVar[type[Judgement]] = Judgement

    text: str
    locale: Locale
    audience: str
    policy_version: str
    """The policy to judge by: a new one is a new question, never answered by an old judgement."""


class ModeratePictureRequest(CallRequest[Judgement]):
    """Ask whether a picture may be shown to this audience."""

    capability: ClassVar[Capability] = Capability.MODERATE
    output_model: ClassVar[type[Judgement]] = Judgement

    picture: MediaRef
    alt_text: str
    """What is to be seen on it, for engines that read."""
    audience: str
    policy_version: str


Subject = Literal["text", "pictures", "audio"]


class Verdict(Record):
    """The decision on one part of a story."""

    table: ClassVar[str] = "verdicts"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale", "subject")

    story_id: str
    locale: Locale
    subject: Subject
    subject_sha256: str
    """Of what was judged (the words; the pictures; the sound): an approval holds for exactly this."""
    policy_version: str
    """Of the rules and thresholds it was judged by."""
    decision: Decision
    findings: tuple[Finding, ...]
    provider: str


class ReviewStatus(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


class Review(Record):
    """A question to a person: may this go on? Bound to exactly what was judged."""

    table: ClassVar[str] = "reviews"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale", "subject", "subject_sha256")

    story_id: str
    locale: Locale
    subject: Literal["text", "pictures", "audio", "clearance"]
    subject_sha256: str
    channel: ChannelName
    reason: str
    findings: tuple[Finding, ...] = ()
    status: ReviewStatus = ReviewStatus.OPEN
    opened_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""

    @model_validator(mode="after")
    def _decided_when_not_open(self) -> Review:
        if (self.status is ReviewStatus.OPEN) != (self.decided_at is None):
            raise ValueError("a review has decided_at when, and only when, it is not open")
        return self
