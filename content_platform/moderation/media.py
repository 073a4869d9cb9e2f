"""The verdicts on a story's pictures and sound, reached before anything is rendered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from content_platform.imagery.models import SceneImage
from content_platform.moderation.models import (
    Decision,
    Finding,
    ModeratePictureRequest,
    ModerateTextRequest,
    Verdict,
)
from content_platform.moderation.rules import policy_version
from content_platform.moderation.text import judge_text, strictest
from content_platform.narration.models import Narration, TranscribeRequest
from content_platform.providers.pipeline import Pipeline
from content_platform.stories.models import Story


def pictures_subject(images: Sequence[SceneImage]) -> str:
    """Fingerprint of the scene pictures, in every format, with their alternative texts."""
    seen = sorted(
        (image.format, image.scene, image.picture.sha256, image.alt_text) for image in images
    )
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def judge_pictures(
    images: Sequence[SceneImage], locale: str, brief_audience: str, pipeline: Pipeline
) -> list[Verdict]:
    """The verdict on the scene pictures, under the story's original ``locale``; none without any.

    One format of each scene is looked at: the others are the same drawing, framed differently.
    Raises NoProviderLeft when nobody can judge pictures.
    """
    if not images:
        return []
    by_scene: dict[int, SceneImage] = {}
    for image in images:
        by_scene.setdefault(image.scene, image)
    story_id = images[0].story_id
    policy = policy_version()
    alt_texts = "\n".join(by_scene[scene].alt_text for scene in sorted(by_scene))
    described = pipeline.run(
        ModerateTextRequest(
            text=alt_texts, locale=locale, audience=brief_audience, policy_version=policy
        ),
        story_id=story_id,
    )
    decisions = [described.output.decision]
    findings = list(described.output.findings)
    providers = {described.provider}
    for scene, image in sorted(by_scene.items()):
        looked_at = pipeline.run(
            ModeratePictureRequest(
                picture=image.picture,
                alt_text=image.alt_text,
                audience=brief_audience,
                policy_version=policy,
            ),
            story_id=story_id,
        )
        decisions.append(looked_at.output.decision)
        findings += [_in_scene(finding, scene) for finding in looked_at.output.findings]
        providers.add(looked_at.provider)
    return [
        Verdict(
            story_id=story_id,
            locale=locale,
            subject="pictures",
            subject_sha256=pictures_subject(images),
            policy_version=policy,
            decision=strictest(*decisions),
            findings=tuple(findings),
            provider=", ".join(sorted(providers)),
        )
    ]


def judge_audio(
    narrations: Sequence[Narration],
    stories: Sequence[Story],
    brief_audience: str,
    pipeline: Pipeline,
) -> list[Verdict]:
    """For each narration, the verdict on what a listener hears in it.

    The transcript is the one the speech check asks for. Listeners mishear: a rule that strikes
    what was heard, but not what was written, calls for a person and never blocks by itself.
    Raises NoProviderLeft when nobody knows the language.
    """
    written = {story.locale: story for story in stories}
    verdicts = []
    for narration in narrations:
        heard = pipeline.run(
            TranscribeRequest(audio=narration.audio, locale=narration.locale),
            story_id=narration.story_id,
        )
        request = ModerateTextRequest(
            text=heard.output.text,
            locale=narration.locale,
            audience=brief_audience,
            policy_version=policy_version(),
        )
        judged = pipeline.run(request, story_id=narration.story_id)
        decision = judged.output.decision
        if decision is Decision.BLOCK:
            on_paper = judge_text(written[narration.locale], brief_audience, pipeline)
            if on_paper.decision is not Decision.BLOCK:
                decision = Decision.REVIEW
        verdicts.append(
            Verdict(
                story_id=narration.story_id,
                locale=narration.locale,
                subject="audio",
                subject_sha256=narration.audio.sha256,
                policy_version=request.policy_version,
                decision=decision,
                findings=judged.output.findings,
                provider=f"{heard.provider}, {judged.provider}",
            )
        )
    return verdicts


def _in_scene(finding: Finding, scene: int) -> Finding:
    return finding.model_copy(update={"evidence": f"scene {scene}: {finding.evidence}"})
