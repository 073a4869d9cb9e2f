"""The sandbox's words: what viewers perceive, an account's settings, faults, videos.

Values only; what happens to them is in ``service`` (the company) and ``audience`` (the people).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from content_platform.publishing.models import PublishPackage, RemoteState
from content_platform.storage.models import Model
from content_platform.vocabulary import Format

Share = Annotated[float, Field(ge=0, le=1)]


class Traits(BaseModel):
    """``PublishPackage.traits``: what a viewer would see and hear. Unknown names are ignored.

    A value that is not given counts as the usual one, which the audience neither loves nor minds.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    story: str = ""
    """What it tells; two cuts or languages of one story do not count as a repetition."""
    theme: str = ""
    genre: str = ""
    kernel: str = ""
    """The plot it was told by."""
    series: str = ""
    episode: int = 0
    look: str = ""
    """The picture style."""
    title_style: str = "plain"
    speed: Annotated[float, Field(gt=0, le=4)] = 1.0
    """Pace of the narration, as a factor of the voice's own."""
    pause_s: Annotated[float, Field(ge=0, le=10)] = 0.45
    """Silence between scenes, in seconds."""
    music_db: Annotated[float, Field(ge=-80, le=20)] = -16.0
    """Loudness of the music against the narration."""
    scene_starts_s: tuple[Annotated[float, Field(ge=0)], ...] = ()
    """Chapters are taken where they are missing, else a scene every nine seconds."""
    hook: Share = 0.5
    """How strongly the first seconds pull."""
    text: str = ""
    """The narration; shown in place of a video there is none of."""


class SandboxSettings(Model):
    """How the company treats an account."""

    uploads_per_day: int = Field(default=300, ge=1)
    """Sessions an account may open each UTC day."""
    processing_s: dict[Format, Annotated[float, Field(ge=0)]] = Field(
        default_factory=lambda: {Format.LANDSCAPE: 6.0, Format.PORTRAIT: 4.0, Format.SQUARE: 3.0}
    )
    """How long a video is processed, by the clock."""
    audited: bool = True
    """False keeps all videos private, as YouTube does for projects it has not audited."""
    same_day_metrics: bool = False
    """Numbers at once and to the minute, and an audience that mostly comes within the hour; so
    that a person can watch the loop turn. Otherwise numbers are late, rough and revised."""


class Operation(StrEnum):
    BEGIN = "begin"
    SEND = "send"
    PUBLISH = "publish"
    FIND = "find"
    WITHDRAW = "withdraw"
    METRICS = "metrics"


class FaultKind(StrEnum):
    """What goes wrong on demand."""

    REFUSE = "refuse"
    """A permanent no."""
    TRANSIENT = "transient"
    """A no for now; ``seconds`` is the retry-after."""
    ANSWER_LOST = "answer_lost"
    """It is done, and the connection breaks before the answer."""
    CUT = "cut"
    """The connection breaks before anything is done."""
    SLOW = "slow"
    """The answer takes ``seconds`` longer."""
    STUCK = "stuck"
    """Processing takes ``seconds`` longer, for ever when not given; for ``publish`` only."""


class SandboxUnreachable(ConnectionError):
    """The connection to the sandbox broke: nobody knows what it did."""


class Shown(Model):
    """A video as its audience meets it."""

    video_id: str
    account: str
    public_at: datetime
    withdrawn_at: datetime | None = None
    duration_s: float
    traits: Traits
    made_for_kids: bool = False
    number: int = 1
    """The account's how-manieth video it is."""
    theme_repeats: int = 0
    """How many of the account's last ten other stories had its theme."""
    kernel_repeats: int = 0
    thumbnail_contrast: float | None = None
    """0 for one flat grey, 1 for black and white halves; None when there is no thumbnail."""
    brisk: bool = False
    """Its audience comes within the hour (``SandboxSettings.same_day_metrics``)."""


@dataclass(frozen=True)
class SandboxVideo:
    """A video as the company keeps it, with its state at the time of asking."""

    video_id: str
    package: PublishPackage
    state: RemoteState
    number: int | None
    public_at: datetime | None
    shown: Shown | None
    """None until it is published."""


@dataclass(frozen=True)
class Counters:
    """A video's public counters: everything up to now."""

    impressions: int
    views: int
    watch_seconds: float
    likes: int
    comments: int
    retention: tuple[float, ...] | None
    """Share of viewers still watching at 0 %, 5 %, … 100 %."""


@dataclass(frozen=True)
class ReportedDay:
    """One video's numbers on one UTC day, as the company tells them at some moment."""

    impressions: int
    views: int
    watch_seconds: float
    likes: int
    comments: int
    shares: int
    subscribers: int
    """Gained less lost."""
    revenue_usd: Decimal
    retention: tuple[float, ...] | None
    """As in ``Counters``, of this day's views; None without any."""
