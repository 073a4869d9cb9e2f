"""From verdicts and reviews to what happens: pure decisions, nothing is read or written here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content_platform.moderation.models import Decision, Finding, Review, ReviewStatus, Verdict


@dataclass(frozen=True)
class Outcome:
    """What the verdicts on a story come to, with what people have said about them."""

    decision: Decision
    reasons: tuple[str, ...]
    """Why it is not allowed; empty when it is."""
    approved_by: tuple[str, ...] = ()
    """Who approved what rules alone would not have let through."""
    outdated: bool = False
    """Something was judged under another policy: it has to be judged again before anyone decides."""


def outcome(
    verdicts: Iterable[Verdict], reviews: Sequence[Review], *, policy_version: str
) -> Outcome:
    """The strictest of what each verdict comes to.

    A block by rule blocks. A review waits for a person, whose approval counts for exactly what
    was judged and only for the rules that had struck then; whoever rejected something blocks it,
    whatever rules say later. A verdict under another policy than ``policy_version`` blocks until
    there is a new one.
    """
    by_subject = {
        (review.story_id, review.locale, review.subject, review.subject_sha256): review
        for review in reviews
    }
    blocking: list[str] = []
    waiting: list[str] = []
    approved: list[str] = []
    outdated = False
    for verdict in verdicts:
        name = f"{verdict.subject} ({verdict.locale})"
        review = by_subject.get(
            (verdict.story_id, verdict.locale, verdict.subject, verdict.subject_sha256)
        )
        if review is not None and review.status is ReviewStatus.REJECTED:
            note = f": {review.note}" if review.note else ""
            blocking.append(f"{name} was rejected by {review.decided_by}{note}")
        elif verdict.policy_version != policy_version:
            outdated = True
            blocking.append(f"{name} was judged under another policy and needs a new verdict")
        elif verdict.decision is Decision.BLOCK:
            blocking.append(f"{name}: {in_words(verdict.findings)}")
        elif verdict.decision is Decision.REVIEW:
            if review is not None and _approves(review, verdict):
                approved.append(str(review.decided_by))
            else:
                waiting.append(f"{name} waits for a person: {in_words(verdict.findings)}")
    decision = Decision.BLOCK if blocking else Decision.REVIEW if waiting else Decision.ALLOW
    return Outcome(
        decision=decision,
        reasons=(*blocking, *waiting),
        approved_by=tuple(sorted(set(approved))),
        outdated=outdated,
    )


def _approves(review: Review, verdict: Verdict) -> bool:
    return review.status is ReviewStatus.APPROVED and covers(review, verdict.findings)


def covers(review: Review, findings: Iterable[Finding]) -> bool:
    """Whether the person who decided the review saw every rule that strikes now."""
    seen = {(finding.category, finding.rule) for finding in review.findings}
    return all((finding.category, finding.rule) in seen for finding in findings)


def in_words(findings: Sequence[Finding]) -> str:
    """What struck, gravest first, in one line."""
    gravest = sorted(findings, key=lambda finding: -finding.score)
    said = "; ".join(f"{f.category} ({f.rule}): {f.evidence}" for f in gravest[:5])
    more = f"; and {len(gravest) - 5} more" if len(gravest) > 5 else ""
    return f"{said}{more}" or "no finding was given"
