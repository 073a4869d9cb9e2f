"""Licence evidence, clearances and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field, JsonValue

from content_platform.moderation.models import Decision
from content_platform.storage.models import Record
from content_platform.vocabulary import ChannelName, Locale, Platform


class LicenceEvidence(Record):
    """Under which terms one part of a story was made, as the provider pipeline recorded it."""

    table: ClassVar[str] = "licence_evidence"
    key: ClassVar[tuple[str, ...]] = ("story_id", "component")

    story_id: str
    component: str
    """``text:en``, ``narration:en``, ``picture:3``, ``music:en``, ``font:…``"""
    provider: str
    vendor: str
    model: str
    licence: str
    terms_url: str
    commercial_use: bool
    attribution: str = ""
    """What the description must say; empty when nothing."""
    media_sha256: tuple[str, ...]
    call_key: str | None
    """The provider call it is evidence for; None for what needed none (a person's own script)."""


class Clearance(Record):
    """May these very videos be published on this platform? The one gate before anything leaves.

    Bound to the videos' bytes, the words published with them and the policy in force: when one of
    them changes, the clearance no longer holds.
    """

    table: ClassVar[str] = "clearances"
    key: ClassVar[tuple[str, ...]] = ("story_id", "platform", "locale")

    story_id: str
    platform: Platform
    locale: Locale
    decision: Decision
    policy_version: str
    video_sha256: tuple[str, ...]
    """Of each cleared video, sorted; empty for a story made without media."""
    metadata_sha256: str
    """Of the title, description, hashtags and chapters."""
    reasons: tuple[str, ...]
    """Why it is not allowed; empty when it is."""
    decided_by: str
    """``policy``, or the person who approved the review."""
    decided_at: datetime


class AuditEntry(Record):
    """Who did what to what, and why. Append-only."""

    table: ClassVar[str] = "audit_log"
    key: ClassVar[tuple[str, ...]] = ("entry",)
    append_only: ClassVar[bool] = True

    entry: int
    at: datetime
    actor: str
    """A person (``ann``), or a part of the platform (``optimizer``)."""
    action: str
    """``config.update``, ``review.approve``, ``upload.publish`` …"""
    subject: str
    """The story, channel or upload it was done to."""
    channel: ChannelName | None = None
    detail: dict[str, JsonValue] = Field(default_factory=dict)
