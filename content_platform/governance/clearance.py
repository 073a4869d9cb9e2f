"""The one gate before anything leaves the house.

Belongs here: deciding a clearance from everything that was judged and proven, what it is bound
to, and the check an upload makes inside its own transaction. No verdict is reached here
(moderation) and nothing is sent (publishing).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, select

from content_platform.errors import ContentPlatformError
from content_platform.governance.evidence import licences_version
from content_platform.governance.models import Clearance, LicenceEvidence
from content_platform.imagery.models import SceneImage
from content_platform.moderation.media import pictures_subject
from content_platform.moderation.models import (
    Decision,
    Finding,
    Review,
    ReviewStatus,
    Subject,
    Verdict,
)
from content_platform.moderation.outcome import covers, in_words, outcome
from content_platform.moderation.rules import house_rules
from content_platform.moderation.rules import policy_version as house_rules_version
from content_platform.moderation.text import text_subject
from content_platform.narration.models import Narration
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore, from_row
from content_platform.storage.tables import clearances, uploads
from content_platform.stories.models import Brief, PublishMetadata, Story
from content_platform.video.models import Video
from content_platform.vocabulary import Locale, Platform


class NotCleared(ContentPlatformError):
    """There is no clearance that holds for exactly this: nothing may be sent."""


@dataclass(frozen=True)
class Case:
    """All that is known of a story when its clearance is decided."""

    brief: Brief
    stories: Sequence[Story]
    images: Sequence[SceneImage]
    narrations: Sequence[Narration]
    videos: Sequence[Video]
    metadata: Sequence[PublishMetadata]
    verdicts: Sequence[Verdict]
    reviews: Sequence[Review]
    evidence: Sequence[LicenceEvidence]


def read_case(story_id: str, records: RecordStore) -> Case:
    """The story's records. Raises NotFound before it has a brief."""
    brief = records.load_one(Brief, story_id)
    return Case(
        brief=brief,
        stories=records.load(Story, story_id),
        images=records.load(SceneImage, story_id) if brief.media else [],
        narrations=records.load(Narration, story_id) if brief.media else [],
        videos=records.load(Video, story_id) if brief.media else [],
        metadata=records.load(PublishMetadata, story_id),
        verdicts=records.load(Verdict, story_id),
        reviews=records.load(Review, story_id),
        evidence=records.load(LicenceEvidence, story_id),
    )


@cache
def policy_in_force() -> str:
    """Names today's policy: 12 hex digits over the house rules, the licences and this gate."""
    digest = hashlib.sha256(house_rules_version().encode())
    digest.update(licences_version())
    digest.update(files("content_platform.governance").joinpath("clearance.py").read_bytes())
    return digest.hexdigest()[:12]


def clear_story(case: Case, *, now: datetime) -> list[Clearance]:
    """Under today's policy, the clearance for each platform and language of the story."""
    return [
        clear(
            case,
            entry.platform,
            entry.locale,
            policy_version=policy_in_force(),
            verdict_policy=house_rules_version(),
            now=now,
        )
        for entry in case.metadata
    ]


def clear(
    case: Case,
    platform: Platform,
    locale: Locale,
    *,
    policy_version: str,
    verdict_policy: str,
    now: datetime,
) -> Clearance:
    """Whether the story may be published on ``platform`` in ``locale``.

    Everything has to be there and fit what the story is now: verdicts (under ``verdict_policy``)
    on text, pictures and sound, evidence whose licences allow it for every part, the attributions
    in the description. The words published with it are judged here. A missing or stale part
    blocks; only what rules leave to people waits for one.
    """
    brief = case.brief
    entry = next((e for e in case.metadata if e.platform is platform and e.locale == locale), None)
    videos = sorted(video.media.sha256 for video in case.videos if video.locale == locale)
    verdicts = _needed_verdicts(case, locale)
    judged = outcome(
        [verdict for verdict in verdicts.values() if verdict is not None],
        case.reviews,
        policy_version=verdict_policy,
    )
    blocking = [
        f"{name}: there is no verdict on it as it is now"
        for name, v in verdicts.items()
        if v is None
    ]
    waiting: list[str] = []
    (blocking if judged.decision is Decision.BLOCK else waiting).extend(judged.reasons)
    if brief.media and not videos:
        blocking.append(f"there is no video in {locale}")
    if not brief.media and platform is not Platform.SANDBOX:
        blocking.append(f"a story made without media is for the sandbox, not for {platform}")
    blocking += _licence_problems(case, locale, entry)
    approved_by = set(judged.approved_by)
    if entry is None:
        blocking.append(f"there are no words to publish on {platform} in {locale}")
    else:
        words = _judge_words(case, entry)
        approved_by.update(words.approved_by)
        (blocking if words.decision is Decision.BLOCK else waiting).extend(words.reasons)
    decision = Decision.BLOCK if blocking else Decision.REVIEW if waiting else Decision.ALLOW
    return Clearance(
        story_id=brief.story_id,
        platform=platform,
        locale=locale,
        decision=decision,
        policy_version=policy_version,
        video_sha256=tuple(videos),
        metadata_sha256=metadata_sha256(entry) if entry is not None else "",
        reasons=(*blocking, *waiting),
        decided_by=", ".join(sorted(approved_by)) or "policy",
        decided_at=now,
    )


def _needed_verdicts(case: Case, locale: Locale) -> dict[str, Verdict | None]:
    """The verdicts a video in ``locale`` needs; None for one that is not of what there is now."""
    story = next((story for story in case.stories if story.locale == locale), None)
    wanted: dict[tuple[Subject, Locale], str | None] = {
        ("text", locale): text_subject(story) if story is not None else None
    }
    if case.brief.media:
        spoken = next((spoken for spoken in case.narrations if spoken.locale == locale), None)
        wanted["audio", locale] = spoken.audio.sha256 if spoken is not None else None
        original = case.brief.locales[0]
        wanted["pictures", original] = pictures_subject(case.images) if case.images else None
    found = {(each.subject, each.locale, each.subject_sha256): each for each in case.verdicts}
    return {
        f"{subject} ({language})": found.get((subject, language, sha)) if sha else None
        for (subject, language), sha in wanted.items()
    }


def _licence_problems(case: Case, locale: Locale, entry: PublishMetadata | None) -> Iterator[str]:
    """Parts without evidence of terms that allow it, and attributions the description lacks."""
    parts = {part.component: part for part in case.evidence}
    needed = [f"text:{locale}"]
    made: dict[str, set[str]] = {}
    if case.brief.media:
        needed.append(f"narration:{locale}")
        for image in case.images:
            made.setdefault(f"picture:{image.scene}", set()).add(image.picture.sha256)
    for component in (*needed, *sorted(made)):
        part = parts.get(component)
        if part is None or not made.get(component, set()) <= set(part.media_sha256):
            yield f"{component}: nothing proves under which terms it was made"
    for part in parts.values():
        kind, _, language = part.component.partition(":")
        if kind in {"text", "narration", "music"} and language != locale:
            continue
        if not part.provider:
            yield f"{part.component}: nothing proves under which terms it was made"
        elif not part.commercial_use:
            yield f"{part.component}: its licence {part.licence!r} does not allow commercial use"
        elif part.attribution and (entry is None or part.attribution not in entry.description):
            yield f"{part.component}: the description must say {part.attribution!r}"


@dataclass(frozen=True)
class _Words:
    """What the words published with a story come to, apart from what its text's verdict knows."""

    decision: Decision
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()


def _judge_words(case: Case, entry: PublishMetadata) -> _Words:
    """By the house rules; titles and descriptions quote the story, whose own findings are known."""
    described = entry.description
    for part in case.evidence:
        if part.attribution:
            described = described.replace(part.attribution, "")
    words = "\n".join((entry.title, described, " ".join(entry.hashtags)))
    known = {
        (finding.category, finding.rule)
        for verdict in case.verdicts
        if verdict.subject == "text" and verdict.locale == entry.locale
        for finding in verdict.findings
    }
    rules = house_rules()
    fresh = tuple(f for f in rules.findings(words) if (f.category, f.rule) not in known)
    decision = rules.decide(fresh, case.brief.config.audience)
    name = f"words for {entry.platform} ({entry.locale})"
    if decision is Decision.ALLOW:
        return _Words(decision, fresh)
    if decision is Decision.BLOCK:
        return _Words(decision, fresh, (f"{name}: {in_words(fresh)}",))
    subject = metadata_sha256(entry)
    for review in case.reviews:
        if (review.subject, review.locale, review.subject_sha256) != (
            "clearance",
            entry.locale,
            subject,
        ):
            continue
        if review.status is ReviewStatus.REJECTED:
            reason = f"{name} were rejected by {review.decided_by}: {review.note}".rstrip(": ")
            return _Words(Decision.BLOCK, fresh, (reason,))
        if review.status is ReviewStatus.APPROVED and covers(review, fresh):
            return _Words(Decision.ALLOW, fresh, approved_by=(str(review.decided_by),))
    return _Words(decision, fresh, (f"{name} wait for a person: {in_words(fresh)}",))


def words_to_review(case: Case, *, now: datetime) -> list[Review]:
    """The questions that only people can answer about the words to be published, to be opened."""
    wanted = {}
    for entry in case.metadata:
        words = _judge_words(case, entry)
        if words.decision is Decision.REVIEW:
            wanted[entry.locale, metadata_sha256(entry)] = Review(
                story_id=case.brief.story_id,
                locale=entry.locale,
                subject="clearance",
                subject_sha256=metadata_sha256(entry),
                channel=case.brief.channel,
                reason=words.reasons[0],
                findings=words.findings,
                opened_at=now,
            )
    return list(wanted.values())


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


def overtaken_by_policy(database: Database, *, policy_version: str, at_most: int = 50) -> list[str]:
    """Stories with an upload still to be made whose clearance is of another policy.

    They have to be judged and cleared again (``StoryRegister.requeue``); until then nothing of
    them is sent.
    """
    query = (
        select(clearances.c.story_id)
        .join(uploads, uploads.c.story_id == clearances.c.story_id)
        .where(
            uploads.c.platform == clearances.c.platform,
            uploads.c.locale == clearances.c.locale,
            uploads.c.state.in_(("planned", "deferred", "reserved")),
            clearances.c.decision == Decision.ALLOW.value,
            clearances.c.policy_version != policy_version,
        )
        .distinct()
        .order_by(clearances.c.story_id)
        .limit(at_most)
    )
    with database.transaction() as connection:
        return list(connection.scalars(query))
