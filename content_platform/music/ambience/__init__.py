"""What can be heard of the place a story is in: beds (rain, sea, a fire) and single sounds.

``plan_ambience`` decides from the story what is heard when, as plain data that a timeline carries;
``sound_of`` makes it heard, from noise and sines alone: no recordings. The same plan gives the same
samples. Not here: music, and how loud all this is under a voice (the mastering of the video).
"""

from content_platform.music.ambience.choosing import plan_ambience
from content_platform.music.ambience.mixing import AMBIENCE_LUFS, sound_of

__all__ = ["AMBIENCE_LUFS", "plan_ambience", "sound_of"]
