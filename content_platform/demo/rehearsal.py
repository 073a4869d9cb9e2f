"""One story from its brief to the sandbox without media and without Dagster.

The same domain functions in the same order as the assets of ``orchestration``: a simulation runs
hundreds of them in a minute, on its own clock.
"""

from __future__ import annotations

from content_platform.governance.clearance import read_case
from content_platform.governance.clearing import decide_clearances
from content_platform.governance.evidence import gather
from content_platform.governance.models import Clearance, LicenceEvidence
from content_platform.moderation.gate import pass_gate
from content_platform.moderation.models import Decision, Verdict
from content_platform.moderation.text import judge_text
from content_platform.narration.speech import words_for_brief
from content_platform.planning.commission import commission
from content_platform.publishing.sharing import share
from content_platform.runtime import Runtime
from content_platform.stories.metadata import describe
from content_platform.stories.models import PublishMetadata, Story, StoryStatus
from content_platform.stories.telling import tell_in_every_locale
from content_platform.video.models import FinishedStory
from content_platform.video.production import finish


def rehearse(story_id: str, platform: Runtime) -> bool:
    """Tell, judge, clear and begin to publish one story; whether it got as far as an upload."""
    records = platform.records
    brief = commission(
        story_id,
        database=platform.database,
        register=platform.register,
        configs=platform.configs,
        records=records,
        clock=platform.clock,
    )
    told = tell_in_every_locale(
        brief,
        target_words=words_for_brief(brief),
        pipeline=platform.pipeline,
        series=brief.context,
        avoid_kernels=brief.avoid_kernels,
        avoid_names=brief.avoid_names,
        avoid_lines=brief.avoid_lines,
    )
    records.replace(Story, story_id, told)
    platform.variation.remember(told[0], brief)
    verdicts = [judge_text(text, brief.config.audience, platform.pipeline) for text in told]
    records.replace(Verdict, story_id, verdicts, among={"subject": ["text"]})
    judged = pass_gate(story_id, verdicts, reviews=platform.reviews, register=platform.register)
    if judged.decision is not Decision.ALLOW:
        return False
    platform.series_memory.remember(told[0], brief)
    described = [entry for text in told for entry in describe(brief, text)]
    records.replace(PublishMetadata, story_id, described)
    ready = finish(
        brief, told, (), (), (), described,
        cost=platform.pipeline.story_cost(story_id).usd, clock=platform.clock, previous=(),
    )  # fmt: skip
    records.replace(FinishedStory, story_id, [ready])
    platform.register.set_status(story_id, StoryStatus.FINISHED, title=ready.title)
    evidence = gather(story_id, records=records, database=platform.database)
    records.replace(LicenceEvidence, story_id, evidence)
    given = decide_clearances(
        read_case(story_id, records),
        reviews=platform.reviews,
        register=platform.register,
        now=platform.clock(),
    )
    records.replace(Clearance, story_id, given)
    if not any(clearance.decision is Decision.ALLOW for clearance in given):
        return False
    share(story_id, uploads=platform.uploads, register=platform.register)
    return True
