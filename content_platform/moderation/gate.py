"""A gate: what the verdicts on a story come to, and what that makes of the story.

The one place where a judgement becomes a story's status; the Dagster gates and the simulation both
call it.
"""

from __future__ import annotations

from collections.abc import Sequence

from content_platform.moderation.models import Decision, Verdict
from content_platform.moderation.outcome import Outcome
from content_platform.moderation.review import ReviewQueue
from content_platform.stories.models import StoryStatus
from content_platform.stories.register import StoryRegister


def pass_gate(
    story_id: str, verdicts: Sequence[Verdict], *, reviews: ReviewQueue, register: StoryRegister
) -> Outcome:
    """Whether the story may go on. Held back, it is rejected, or waits for a person's decision.

    A story without verdicts (a rehearsal has no pictures to judge) goes on.
    """
    found = reviews.outcome(verdicts)
    if found.decision is Decision.BLOCK:
        register.set_status(story_id, StoryStatus.REJECTED, error="; ".join(found.reasons))
    elif found.decision is Decision.REVIEW:
        register.set_status(story_id, StoryStatus.DEFERRED, error="; ".join(found.reasons))
    return found
