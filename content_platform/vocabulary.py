"""The words every room shares: story keys, formats, genres, moods, locales, platforms.

Only names that two or more rooms need belong here, with no behaviour beyond parsing and
validating them. A word used by one room lives in that room's ``models.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator


class Format(StrEnum):
    """A picture shape. The value is safe in file names and URLs; ``size`` is in pixels."""

    LANDSCAPE = "16x9"
    PORTRAIT = "9x16"
    SQUARE = "1x1"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a finished video in this format, in pixels."""
        return _SIZES[self]


_SIZES = {
    Format.LANDSCAPE: (1920, 1080),
    Format.PORTRAIT: (1080, 1920),
    Format.SQUARE: (1080, 1080),
}

FRAMES_PER_SECOND = 30


class Platform(StrEnum):
    """Where a video may be published. ``sandbox`` is the built-in one, with a simulated audience."""

    SANDBOX = "sandbox"
    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"


class Genre(StrEnum):
    """The kinds of story the platform can be asked for."""

    MYSTERY = "mystery"
    FANTASY = "fantasy"
    HEARTWARMING = "heartwarming"
    HORROR_LITE = "horror-lite"
    SCIENCE_FICTION = "science-fiction"
    FABLE = "fable"
    HISTORICAL = "historical"
    COMEDY = "comedy"


class Mood(StrEnum):
    """The feeling of a scene or a piece of music."""

    CALM = "calm"
    MYSTERY = "mystery"
    TENDER = "tender"
    UPBEAT = "upbeat"
    EPIC = "epic"
    SAD = "sad"
    PLAYFUL = "playful"
    TENSE = "tense"


class ArtStyle(StrEnum):
    """A look the embedded illustrator can paint in."""

    STORYBOOK_LIGHT = "storybook-light"
    PAPER_CUT = "paper-cut"
    INK_AND_WASH = "ink-and-wash"
    """Brush-pen lines over thin watercolour on rough paper."""


class Transition(StrEnum):
    """How one picture becomes the next."""

    CUT = "cut"
    CROSSFADE = "crossfade"
    DIP = "dip"
    """Through black."""
    WIPE = "wipe"
    """A soft edge crosses the picture."""
    PUSH = "push"
    """The new picture shoves the old one out."""
    ZOOM = "zoom"
    """Through the old picture into the new one."""
    IRIS = "iris"
    """A circle opens on what matters."""
    PAGE = "page"
    """A leaf of a book is turned."""
    TEAR = "tear"
    """Paper is torn in two."""


class CaptionStyle(StrEnum):
    """How burnt-in captions show the word being spoken."""

    POP = "pop"
    """White on a dark outline; the word takes the accent colour and grows a little."""
    MARKER = "marker"
    """The word stands on a patch of the accent colour."""
    PLATE = "plate"
    """All words on a dark, translucent plate; the word takes the accent colour."""
    FILL = "fill"
    """Words take the accent colour as they are spoken, and keep it."""
    PLAIN = "plain"
    """White on a dark outline, nothing moves."""


_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_CHANNEL = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_STORY = re.compile(r"(?P<channel>[a-z0-9-]+)_(?P<day>\d{8})_(?P<number>\d{4,})")


def check_locale(value: str) -> str:
    """Return ``value`` when it is a locale such as ``en``, ``pt-BR``; raise ValueError otherwise."""
    if not _LOCALE.fullmatch(value):
        raise ValueError(f"locale {value!r} is not of the form 'en' or 'pt-BR'")
    return value


def check_channel(value: str) -> str:
    """Return ``value`` when it is a channel name such as ``midnight-tales``; raise ValueError otherwise."""
    if not _CHANNEL.fullmatch(value) or len(value) > 40:
        raise ValueError(
            f"channel {value!r} must be lower-case words joined by hyphens, at most 40 characters"
        )
    return value


def language_of(locale: str) -> str:
    """The language part of a locale: ``pt`` for ``pt-BR``."""
    return locale.partition("-")[0]


def check_slot_time(value: str) -> str:
    """Return ``value`` when it is a time of day such as ``18:30``; raise ValueError otherwise."""
    if not _TIME.fullmatch(value):
        raise ValueError(f"time {value!r} is not of the form HH:MM, 00:00 to 23:59")
    return value


def check_timezone(value: str) -> str:
    """Return ``value`` when it names an IANA time zone; raise ValueError otherwise."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"time zone {value!r} is not known; use an IANA name such as Europe/Berlin"
        ) from error
    return value


Locale = Annotated[str, AfterValidator(check_locale)]
SlotTime = Annotated[str, AfterValidator(check_slot_time)]
TimeZone = Annotated[str, AfterValidator(check_timezone)]
ChannelName = Annotated[str, AfterValidator(check_channel)]


@dataclass(frozen=True, order=True)
class StoryId:
    """A story's key and partition: ``<channel>_<YYYYMMDD>_<NNNN>``. It never changes.

    >>> str(StoryId.parse("midnight-tales_20261122_0007"))
    'midnight-tales_20261122_0007'
    """

    channel: str
    day: date
    number: int

    @classmethod
    def parse(cls, text: str) -> StoryId:
        """Read a key; raise ValueError naming the key and the expected form."""
        match = _STORY.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            day = match["day"]
            return cls(
                channel=check_channel(match["channel"]),
                day=date(int(day[:4]), int(day[4:6]), int(day[6:])),
                number=int(match["number"]),
            )
        except ValueError as error:
            raise ValueError(
                f"story key {text!r} is not of the form <channel>_<YYYYMMDD>_<NNNN>, "
                "for example midnight-tales_20261122_0007"
            ) from error

    def __str__(self) -> str:
        return f"{self.channel}_{self.day:%Y%m%d}_{self.number:04d}"
