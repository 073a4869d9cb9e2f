"""The verdict on a story's text, reached before anything is paid for."""

from __future__ import annotations

import hashlib

from content_platform.moderation.models import ModerateTextRequest, Verdict
from content_platform.moderation.rules import policy_version
from content_platform.providers.pipeline import Pipeline
from content_platform.stories.models import Story


def judge_text(story: Story, brief_audience: str, pipeline: Pipeline) -> Verdict:
    """Judge everything of the story that people will hear or read, for this audience.

    Raises NoProviderLeft when no moderator knows the story's language.
    """
    judged = "\n".join((story.title, story.logline, story.text))
    request = ModerateTextRequest(
        text=judged,
        locale=story.locale,
        audience=brief_audience,
    )
    result = pipeline.run(request, story_id=story.story_id)
    return Verdict(
        story_id=story.story_id,
        locale=story.locale,
        subject="text",
        subject_sha256=hashlib.sha256(judged.encode()).hexdigest(),
        policy_version=policy_version(),
        decision=result.output.decision,
        findings=result.output.findings,
        provider=result.provider,
    )
