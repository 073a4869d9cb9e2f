"""A channel's config and its versions. Config is data: edited as YAML, stored in Postgres, versioned."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue, model_validator

from content_platform.providers.models import Capability
from content_platform.storage.models import Model, Record
from content_platform.vocabulary import (
    ArtStyle,
    CaptionStyle,
    ChannelName,
    Format,
    Genre,
    Locale,
    Platform,
    SlotTime,
    TimeZone,
    Transition,
    language_of,
)

Seconds = Annotated[float, Field(ge=15, le=600)]
Hashtag = Annotated[str, Field(pattern=r"^[^\s#]{2,40}$")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


LexiconWord = Annotated[str, Field(pattern=r"^\S*\w\S*$", max_length=60)]
LexiconSpelling = Annotated[str, Field(pattern=r"^[^\n]*\w[^\n]*$", max_length=120)]


class NarrationConfig(Model):
    """How the channel sounds. ``speed`` is a factor of the voice's natural pace."""

    voices: dict[Locale, str] = Field(min_length=1)
    speed: float = Field(default=1.0, ge=0.7, le=1.4)
    pause_between_scenes_s: float = Field(default=0.45, ge=0.1, le=2.0)
    lexicon: dict[LexiconWord, LexiconSpelling] = Field(default_factory=dict, max_length=500)
    """Words the voice says wrongly, with a spelling it says rightly: ``{"Zoë": "Zoh-ee"}``.

    One written word each, in any case; its possessive is covered, and what is said may be several.
    """


class LookConfig(Model):
    """How the channel looks."""

    style: ArtStyle = ArtStyle.STORYBOOK_LIGHT
    accent: Colour = "#ffc857"
    """Colour of the spoken word in captions and of the thumbnail's key word."""


class Grade(Model):
    """What is done to the colours of every picture. The defaults leave them as they were painted."""

    exposure: float = Field(default=0.0, ge=-1, le=1)
    """Stops: 1 is twice the light."""
    contrast: float = Field(default=1.0, ge=0.7, le=1.4)
    saturation: float = Field(default=1.0, ge=0, le=1.6)
    warmth: float = Field(default=0.0, ge=-1, le=1)
    """From blue (-1) to amber (1)."""
    shadows: Colour | None = None
    """Tone of the dark parts."""
    highlights: Colour | None = None
    """Tone of the bright parts."""
    toning: float = Field(default=0.15, ge=0, le=0.6)
    """How strong ``shadows`` and ``highlights`` are."""


class TransitionsConfig(Model):
    """How scenes follow each other: crossfades and cuts, and now and then something else."""

    kinds: tuple[Transition, ...] | None = None
    """What else; the style's own when not named. Empty: crossfades and cuts only."""
    share: float = Field(default=0.3, ge=0, le=1)
    """Of the changes of scene, how many at most are something else."""
    seconds: float = Field(default=0.5, ge=0.1, le=1.5)
    """How long a change takes, where the scenes are long enough."""


class BrandingConfig(Model):
    """Cards and names around the story."""

    intro: Literal["none", "card"] = "none"
    """``card`` opens with the title for two seconds, before the first word."""
    outro: Literal["trimmed", "always"] = "trimmed"
    """When the closing card is shown: only where the story was cut short, or always."""
    lower_third: bool = False
    """Show the channel's name for some seconds after the beginning."""


class EncodingConfig(Model):
    """How videos are written. The limits come from the platforms they go to."""

    quality: Literal["fast", "balanced", "best"] = "fast"
    hardware: Literal["never", "auto"] = "never"
    """``auto`` uses a hardware encoder that proves to work; then files differ from machine to machine."""


Effect = Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")]
"""A scene effect of the user's own, ``module:function``."""


class VideoConfig(Model):
    """How the channel's pictures become a film."""

    transitions: TransitionsConfig = TransitionsConfig()
    grade: Grade = Grade()
    grain: float = Field(default=0.0, ge=0, le=1)
    """Film grain; costs bytes: see docs/benchmarks.md."""
    vignette: float = Field(default=0.0, ge=0, le=1)
    """How much darker the corners are."""
    parallax: float = Field(default=0.0, ge=0, le=0.5)
    """How much further figures move than the place behind them; 0 is one flat picture. Only where
    the pictures come from an engine that takes them apart. Its price: docs/benchmarks.md."""
    captions: CaptionStyle = CaptionStyle.POP
    progress_bar: Literal["none", "top", "bottom"] = "none"
    branding: BrandingConfig = BrandingConfig()
    encoding: EncodingConfig = EncodingConfig()
    effects: tuple[Effect, ...] = Field(default=(), max_length=8)
    """Scene effects written in Python. With any, the slower MoviePy renderer makes the video."""


class MusicConfig(Model):
    """``level_db`` is the music's loudness against the narration, before ducking."""

    source: Literal["auto", "composer", "library"] = "auto"
    level_db: float = Field(default=-16, ge=-40, le=-6)
    ambience: bool = True
    """Let the places of a story be heard: rain, the sea, a fire, a knock."""
    ambience_level_db: float = Field(default=-16, ge=-30, le=-10)
    """How loud that is against the narration, before ducking."""


class PackagingConfig(Model):
    """How a story is offered: what the title does to the reader."""

    title_style: Literal["plain", "question", "promise"] = "plain"


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Slot(Model):
    """A time of day, on some weekdays, at which a story is due. Local time of the cadence."""

    time: SlotTime
    """``HH:MM``, 24 hours."""
    weekdays: tuple[Weekday, ...] = Field(default=tuple(Weekday), min_length=1)


class CadenceConfig(Model):
    """When a channel's stories are due: at ``slots``, or every so many minutes, not both."""

    timezone: TimeZone = "UTC"
    lead_minutes: int = Field(default=0, ge=0, le=10_080)
    """How long before its slot a story is begun; it is published at the slot."""
    slots: tuple[Slot, ...] = Field(default=(), max_length=48)
    every_minutes: Annotated[int, Field(ge=5, le=1440)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> CadenceConfig:
        if self.slots and self.every_minutes is not None:
            raise ValueError("give slots or every_minutes, not both")
        taken = [(slot.time, day) for slot in self.slots for day in slot.weekdays]
        if twice := next((entry for entry in taken if taken.count(entry) > 1), None):
            raise ValueError(f"slots name {twice[0]} on {twice[1].value} twice")
        return self

    @property
    def most_a_day(self) -> int:
        """How many stories are due on the busiest weekday."""
        if self.every_minutes is not None:
            return 1440 // self.every_minutes
        return max(sum(day in slot.weekdays for slot in self.slots) for day in Weekday)


class VariationConfig(Model):
    """How long a channel avoids repeating itself, in its own last ``window`` stories."""

    window: int = Field(default=20, ge=0, le=500)
    max_overlap: float = Field(default=0.35, ge=0, le=1)
    """The largest share of 4-word sequences a story may have in common with one of the window."""


class SeriesMember(Model):
    """One of a series' cast, the same in every episode."""

    name: str = Field(min_length=1, max_length=40)
    kind: Literal["woman", "man", "girl", "boy", "animal", "creature", "object"]
    noun: str = Field(min_length=1, max_length=40)
    """What it is, in one or two lower-case words: ``lighthouse keeper``, ``fox``."""
    traits: tuple[str, ...] = Field(default=(), max_length=8)


class SeriesConfig(Model):
    """Stories of the channel that share cast, world and memory. Every ``every``-th slot is an episode."""

    name: ChannelName
    title: str = Field(min_length=1, max_length=80)
    world: str = Field(min_length=3, max_length=300)
    """Where it plays, in a few words: ``a harbour town in the north``."""
    cast: tuple[SeriesMember, ...] = Field(min_length=1, max_length=4)
    every: int = Field(default=3, ge=1, le=100)


class PublishingConfig(Model):
    """Where finished stories go, and how many a day."""

    platforms: tuple[Platform, ...] = (Platform.SANDBOX,)
    formats: dict[Platform, tuple[Format, ...]] = Field(default_factory=dict)
    """Which formats each platform gets; the platform's usual ones when not named."""
    accounts: dict[Platform, str] = Field(default_factory=dict)
    """The account on each platform; the channel's own name when not named."""
    daily_limit: int = Field(default=12, ge=1, le=1000)
    """Uploads a day and platform, below whatever the platform itself allows."""


LearnableParameter = Literal[
    "target_seconds",
    "narration.speed",
    "narration.pause_between_scenes_s",
    "music.level_db",
    "look.style",
    "packaging.title_style",
]
"""Dotted path of what machines may move; bounds and steps are in ``steering.parameters``."""


class OptimizerConfig(Model):
    """What the learner may do to this channel."""

    mode: Literal["auto", "propose", "off"] = "propose"
    """``auto`` applies a passing recommendation, ``propose`` leaves it to a person."""
    explore: float = Field(default=0.3, ge=0, le=0.8)
    """The share of stories made a little differently on purpose, so that there is something to learn from."""
    parameters: tuple[LearnableParameter, ...] | None = None
    """Which parameters it may change; all of ``steering.parameters`` when not named."""
    min_stories: int = Field(default=12, ge=6, le=1000)
    """With fewer measured stories it abstains."""
    completion_threshold: float = Field(default=0.30, ge=0, le=1)
    """The share of a video the average viewer should watch; under it a check warns."""


class ChannelConfig(Model):
    """Everything that decides what a channel's next story is like."""

    channel: ChannelName
    active: bool = True
    """False closes the channel: nothing more is planned or learned; what runs is finished."""
    title: str = Field(min_length=1, max_length=80)
    description: str = Field(default="", max_length=500)
    audience: Literal["general", "kids", "teens", "adults"] = "general"
    genres: tuple[Genre, ...] = Field(min_length=1)
    themes: tuple[str, ...] = Field(min_length=1, max_length=200)
    """What stories may be about when the request names no theme."""
    locales: tuple[Locale, ...] = Field(default=("en",), min_length=1)
    formats: tuple[Format, ...] = Field(default=tuple(Format), min_length=1)
    platforms: tuple[Platform, ...] = Field(default=tuple(Platform), min_length=1)
    """Which platforms titles, descriptions and hashtags are written for."""
    target_seconds: Seconds = 45
    narration: NarrationConfig
    look: LookConfig = LookConfig()
    video: VideoConfig = VideoConfig()
    music: MusicConfig = MusicConfig()
    packaging: PackagingConfig = PackagingConfig()
    cadence: CadenceConfig = CadenceConfig()
    variation: VariationConfig = VariationConfig()
    series: tuple[SeriesConfig, ...] = Field(default=(), max_length=20)
    publishing: PublishingConfig = PublishingConfig()
    optimizer: OptimizerConfig = OptimizerConfig()
    hashtags: tuple[Hashtag, ...] = Field(default=(), max_length=20)
    providers: dict[Capability, tuple[str, ...]] = Field(default_factory=dict)
    """Ranking by capability; providers not named come after, embedded ones last."""
    story_budget_usd: Decimal = Field(default=Decimal("2.00"), ge=0, le=1000)

    @model_validator(mode="after")
    def _publishes_what_it_makes(self) -> ChannelConfig:
        for platform in self.publishing.platforms:
            if platform not in self.platforms:
                raise ValueError(
                    f"publishing.platforms names {platform.value}, platforms does not: add it there"
                )
        for platform, formats in self.publishing.formats.items():
            if missing := [shape.value for shape in formats if shape not in self.formats]:
                raise ValueError(
                    f"publishing.formats.{platform.value} names {', '.join(missing)}, which formats lacks"
                )
        return self

    @model_validator(mode="after")
    def _can_publish_its_cadence(self) -> ChannelConfig:
        limit, due = self.publishing.daily_limit, self.cadence.most_a_day
        if self.publishing.platforms and due > limit:
            raise ValueError(
                f"cadence makes {due} stories a day, publishing.daily_limit lets {limit} uploads "
                f"out: raise the limit to {due} or more, or make fewer"
            )
        return self

    @model_validator(mode="after")
    def _series_have_names_of_their_own(self) -> ChannelConfig:
        names = [series.name for series in self.series]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"series has two named {twice!r}: give each a name of its own")
        return self

    @model_validator(mode="after")
    def _every_locale_has_a_voice(self) -> ChannelConfig:
        known = {language_of(locale) for locale in self.narration.voices}
        missing = [locale for locale in self.locales if language_of(locale) not in known]
        if missing:
            raise ValueError(
                f"narration.voices has no voice for {', '.join(missing)}: add one per locale"
            )
        return self


class ConfigVersion(Record):
    """One immutable version of a channel's config."""

    table: ClassVar[str] = "config_versions"
    key: ClassVar[tuple[str, ...]] = ("channel", "version")
    append_only: ClassVar[bool] = True

    channel: ChannelName
    version: int = Field(ge=1)
    parent: int | None = None
    author: str
    reason: str
    config: ChannelConfig
    created_at: datetime


ParameterValue = float | int | str


class ConfigChange(Model):
    """One parameter's new value, by its dotted path in ``ChannelConfig`` (``narration.speed``)."""

    path: str
    old: JsonValue
    new: JsonValue


class Arm(Model):
    """One way of an experiment: a name and what it changes in the channel's config."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    changes: dict[str, ParameterValue] = Field(default_factory=dict)
    """Dotted path to value; empty for the arm that changes nothing."""


class ExperimentStatus(StrEnum):
    RUNNING = "running"
    WON = "won"
    """An arm was better beyond doubt, and has been (or may be) promoted."""
    STOPPED = "stopped"


class Experiment(Record):
    """A comparison of arms on one channel; the first arm is the control."""

    table: ClassVar[str] = "experiments"
    key: ClassVar[tuple[str, ...]] = ("experiment_id",)

    experiment_id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")
    channel: ChannelName
    hypothesis: str = Field(min_length=3, max_length=300)
    arms: tuple[Arm, ...] = Field(min_length=2, max_length=6)
    share: float = Field(default=1.0, gt=0, le=1)
    """The share of the channel's stories that take part."""
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    """The chance of naming a winner where there is none, however often one looks."""
    min_per_arm: int = Field(default=5, ge=2, le=10_000)
    max_per_arm: int = Field(default=60, ge=4, le=100_000)
    author: str
    status: ExperimentStatus = ExperimentStatus.RUNNING
    winner: str | None = None
    started_at: datetime
    ended_at: datetime | None = None


class Assignment(Record):
    """The arm a story was given, by hash, when it was briefed."""

    table: ClassVar[str] = "experiment_assignments"
    key: ClassVar[tuple[str, ...]] = ("experiment_id", "story_id")

    experiment_id: str
    story_id: str
    channel: ChannelName
    arm: str
    assigned_at: datetime
    exposed_at: datetime | None = None
    """When the story was first published: only exposed stories are compared."""


class Leaning(Model):
    """How likely one value of a parameter is the best of those within a step."""

    path: str
    value: ParameterValue
    probability: float = Field(ge=0, le=1)


class RecommendationStatus(StrEnum):
    OPEN = "open"
    """Waits for a person (mode ``propose``) or for the sensor (mode ``auto``)."""
    APPLIED = "applied"
    REFUSED = "refused"
    """By a person, or because bounds or the optimizer's mode forbid it."""
    OVERTAKEN = "overtaken"
    """The channel got another version first."""


class Recommendation(Record):
    """What the learner would change on a channel, and how sure it is. Abstaining has no changes."""

    table: ClassVar[str] = "recommendations"
    key: ClassVar[tuple[str, ...]] = ("channel", "day")

    channel: ChannelName
    day: str
    """``YYYY-MM-DD``: the day whose marts it was learned from."""
    base_version: int
    """The config version it would change."""
    changes: tuple[ConfigChange, ...]
    reason: str
    """Why this, or why nothing: in words, for people."""
    stories: int
    """How many measured stories it learned from."""
    expected_uplift: float | None = None
    """Share by which the objective is expected to rise; None when it abstains."""
    uplift_low: float | None = None
    """The lower 90 % bound of the uplift."""
    leanings: tuple[Leaning, ...] = ()
    """What stories that try something should try, most often what is likely best."""
    status: RecommendationStatus = RecommendationStatus.OPEN
    applied_version: int | None = None
    created_at: datetime
