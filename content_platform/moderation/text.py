"""The verdict on a story's text, reached before anything is paid for."""

from __future__ import annotations

import hashlib
from functools import reduce

from content_platform.moderation.models import Decision, ModerateTextRequest, Verdict
from content_platform.moderation.rules import policy_version
from content_platform.providers.pipeline import Pipeline
from content_platform.stories.models import Story

_STRICTNESS = (Decision.ALLOW, Decision.REVIEW, Decision.BLOCK)


def strictest(*decisions: Decision) -> Decision:
    """The one of ``decisions`` that allows least; ALLOW when there are none."""
    return reduce(lambda a, b: max(a, b, key=_STRICTNESS.index), decisions, Decision.ALLOW)


def text_subject(story: Story) -> str:
    """Fingerprint of everything that people will hear or read of the story."""
    return hashlib.sha256(_judged(story).encode()).hexdigest()


def judge_text(story: Story, brief_audience: str, pipeline: Pipeline) -> Verdict:
    """Judge everything of the story that people will hear or read, for this audience.

    Raises NoProviderLeft when no moderator knows the story's language.
    """
    request = ModerateTextRequest(
        text=_judged(story),
        locale=story.locale,
        audience=brief_audience,
        policy_version=policy_version(),
    )
    result = pipeline.run(request, story_id=story.story_id)
    return Verdict(
        story_id=story.story_id,
        locale=story.locale,
        subject="text",
        subject_sha256=text_subject(story),
        policy_version=request.policy_version,
        decision=result.output.decision,
        findings=result.output.findings,
        provider=result.provider,
    )


def _judged(story: Story) -> str:
    return "\n".join((story.title, story.logline, story.text))
