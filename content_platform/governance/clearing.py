"""From a finished story to its clearances, the questions they raise, and what that makes of it.

Both the Dagster asset and the simulation call this. What is decided is ``clearance``'s business.
"""

from __future__ import annotations

from datetime import datetime

from content_platform.governance.clearance import Case, clear_story, words_to_review
from content_platform.governance.models import Clearance
from content_platform.moderation.models import Decision
from content_platform.moderation.review import ReviewQueue
from content_platform.stories.models import StoryStatus
from content_platform.stories.register import StoryRegister


def decide_clearances(
    case: Case, *, reviews: ReviewQueue, register: StoryRegister, now: datetime
) -> list[Clearance]:
    """The clearance for each platform and language. Where none allows, the story is rejected, or
    waits for the person who was asked."""
    given = clear_story(case, now=now)
    for question in words_to_review(case, now=now):
        reviews.open_review(question)
    decisions = {clearance.decision for clearance in given}
    if Decision.ALLOW not in decisions:
        waits = Decision.REVIEW in decisions
        status = StoryStatus.DEFERRED if waits else StoryStatus.REJECTED
        reasons = dict.fromkeys(reason for clearance in given for reason in clearance.reasons)
        register.set_status(case.brief.story_id, status, error="; ".join(reasons))
    return given
