"""Captions: cues cut from word timings, and the files made of them."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from content_platform.narration.models import WordTiming
from content_platform.storage.models import MediaRef, Model, Record
from content_platform.typography.scripts import join_words
from content_platform.vocabulary import Locale


class Cue(Model):
    """One caption on screen: at most two lines of words."""

    start_s: float
    end_s: float
    lines: tuple[tuple[WordTiming, ...], ...] = Field(min_length=1, max_length=2)

    @property
    def words(self) -> tuple[WordTiming, ...]:
        """Its words in the order they are spoken."""
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        """Its lines, joined by newlines; spaces between words only where the script has them."""
        return "\n".join(join_words(word.text for word in line) for line in self.lines)


class CaptionTrack(Record):
    """All captions of a story in one language."""

    table: ClassVar[str] = "caption_tracks"
    key: ClassVar[tuple[str, ...]] = ("story_id", "locale")

    story_id: str
    locale: Locale
    cues: tuple[Cue, ...]
    """For reading along in a player; what is burnt into a picture is cut anew for its format."""
    files: dict[str, MediaRef]
    """``srt``, ``vtt``, and ``ass-<format>`` with word highlight."""
    inputs_sha256: str
