"""The verdict on a story's text, reached before anything is paid for."""

from __future__ import annotations

from content_platform.moderation.models import ModerateTextRequest, Verdict
from content_platform.providers.pipeline import Pipeline
from content_platform.stories.models import Story


def judge_text(story: Story, brief_audience: str, pipeline: Pipeline) -> Verdict:
    """Judge everything of the story that people will hear or read, for this audience.

    Raises NoProviderLeft when no moderator knows the story's language.
    """
    request = ModerateTextRequest(
        text="\n".join((story.title, story.logline, story.text)),
        locale=story.locale,
        audience=brief_audience,
    )
    result = pipeline.run(request, story_id=story.story_id)
    return Verdict(
        story_id=story.story_id,
        locale=story.locale,
        subject="text",
        decision=result.output.decision,
        findings=result.output.findings,
        provider=result.provider,
    )
