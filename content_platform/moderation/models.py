"""Verdicts: what the house rules say about a story, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from content_platform.providers.models import CallRequest, Capability
from content_platform.storage.models import Model, Record
from content_platform.vocabulary import Locale


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


class TextJudgement(Model):
    """What a moderator returns."""

    decision: Decision
    findings: tuple[Finding, ...] = ()


class ModerateTextRequest(CallRequest[TextJudgement]):
    """Ask whether a text may be narrated for this audience."""

    capability: ClassVar[Capability] = Capability.MODERATE
    output_model: ClassVar[type[TextJudgement]] = TextJudgement

    text: str
    locale: Locale
    audience: str


class Verdict(Record):
    """The decision on one part of a story."""

    table: ClassVar[str] = "verdicts"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale", "subject")

    story_id: str
    locale: Locale
    subject: Literal["text"]
    decision: Decision
    findings: tuple[Finding, ...]
    provider: str
