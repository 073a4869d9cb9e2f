"""The embedded storyteller: plots as data, told about any theme.

``tell_story`` is the whole interface. Needs no model and no network.
"""

from content_platform.stories.storyteller.teller import MAX_WORDS, MIN_WORDS, tell_story

__all__ = ["MAX_WORDS", "MIN_WORDS", "tell_story"]
