"""The provider pipeline, on a real database and media store, with small real providers."""

from __future__ import annotations

from collections.abc import Callable

from content_platform.providers.pipeline import Pipeline
from content_platform_tests.providers.sample_provider import SketchRequest, Sketcher

Make = Callable[..., Pipeline]
STORY = "midnight-tales_20261122_0001"


def test_a_finished_call_is_never_made_again(pipeline_with: Make) -> None:
    sketcher = Sketcher()
    pipeline = pipeline_with(sketcher)
    first = pipeline.run(SketchRequest(subject="a lighthouse"), story_id=STORY)
    second = pipeline.run(SketchRequest(subject="a lighthouse"), story_id=STORY)
    assert sketcher.asked == 1
    assert not first.reused
    assert second == first.model_copy(update={"reused": True})
    assert second.output.caption == "a lighthouse by sketcher"
