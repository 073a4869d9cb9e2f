import sys

import numpy as np
import pytest

from content_platform_tests.command import MadeStory
from content_platform_tests.listening import caption_deviations_ms, heard_errors


def test_a_listener_hears_the_script_in_the_finished_video(made_story: MadeStory) -> None:
    with made_story.place.runtime() as runtime:
        assert heard_errors(runtime, made_story.story_id) <= 0.06


@pytest.mark.skipif(
    sys.version_info >= (3, 13) or sys.platform != "linux",
    reason="PocketSphinx has wheels for Linux and Python up to 3.12",
)
def test_captions_are_on_when_the_words_are_heard(made_story: MadeStory) -> None:
    with made_story.place.runtime() as runtime:
        deviations = caption_deviations_ms(runtime, made_story.story_id)
    assert len(deviations) > 20
    assert np.percentile(deviations, 95) <= 120
