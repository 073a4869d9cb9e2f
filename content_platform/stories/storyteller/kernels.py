"""Plot kernels: what a plot is made of, and reading them from ``kernels/<genre>.yaml``.

A *kernel* is one plot told many ways. It is a row of *beats*; a beat has paraphrases (``say``, of
which one is told; ``brief`` are short ones), further sentences that may follow any of them (``more``), and what the picture
shows. Every paraphrase of a beat fits every paraphrase of the other beats. Beats without ``keep``
may be left out of a shorter telling. ``short`` is the same plot in miniature, for less than half
a minute.

Lines are text with three kinds of mark, filled by ``filling``:

- ``{slot}``: a word or phrase of this telling (``filling.SLOTS`` lists them); a capital first
  letter asks for a capital. A kernel's ``choose`` adds slots of its own.
- ``[one|many]``: the form for one hero, or for several.
- ``{Visitor}``: whoever comes, from the kernel's ``visitors``; ``{v_they}`` and so on are their
  pronouns. ``{creature}`` is the theme's animal or one of the kernel's ``creatures``.

No text of a story belongs in Python, and no behaviour in the kernels.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import Field

from content_platform.storage.models import Model
from content_platform.stories.models import Beat, Shot, TimeOfDay, Weather
from content_platform.stories.storyteller.heart import Heart, HeartKind
from content_platform.vocabulary import Genre, Mood


class Visitor(Model):
    """Somebody the hero meets."""

    kind: Literal["woman", "man", "girl", "boy", "animal", "creature", "object"]
    noun: str
    traits: tuple[str, ...] = ()


Role = Literal["hero", "visitor", "creature", "grown", "older", "next"]
"""Who may be seen. ``grown`` is the visitor many years later, ``older`` the hero one year later,
``next`` another child than the one who came first."""


class Seen(Model):
    """The picture of a beat where its sentences say something: what is given here is shown as it
    is, whatever the sentences speak of besides.
    """

    says: str
    """A regular expression, found in the text in whatever case."""
    cast: tuple[Role, ...] | None = None
    action: str | None = None
    props: tuple[str, ...] | None = None
    shot: Shot | None = None
    place: str | None = None
    time: TimeOfDay | None = None
    mood: Mood | None = None
    apart: bool = False
    """Exactly what ``says`` finds is a picture of its own, however short."""


class BeatLines(Model):
    """One beat: how it may be told, and what its picture shows."""

    beat: Beat
    mood: Mood
    shot: Shot
    say: tuple[str, ...] = Field(min_length=2)
    brief: tuple[str, ...] = ()
    """More paraphrases, of few words, for tellings of middle length."""
    more: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    """Sentences that follow in any case; a series' companions speak here."""
    keep: bool = False
    cast: tuple[Role, ...] = ("hero",)
    """Who is in the picture; nobody else is."""
    action: str = ""
    props: tuple[str, ...] = ()
    time: TimeOfDay | None = None
    weather: Weather | None = None
    place: str = ""
    seen: tuple[Seen, ...] = ()
    """Other pictures, for some of the sentences; the first that suits a text is shown."""

    def seen_in(self, text: str) -> Seen | None:
        """What the picture of ``text`` shows instead, if it says any of that."""
        found = (one for one in self.seen if re.search(one.says, text, re.IGNORECASE))
        return next(found, None)


class Kernel(Model):
    """One plot, told many ways."""

    name: str
    titles: tuple[str, ...] = Field(min_length=3)
    loglines: tuple[str, ...] = Field(min_length=2)
    creature: bool = False
    """The plot needs an animal or being; a theme that names one gets such a plot."""
    creatures: tuple[str, ...] = ()
    work: bool = False
    """The plot turns on what the hero does; a theme that says so usually gets such a plot."""
    people: bool = False
    """The hero must be a person: the plot knows illness, coats and supper."""
    hands: bool = False
    """The hero must have hands: no animal."""
    beings: bool = False
    """The hero must be an animal or a being that does not speak here: no person."""
    grown: bool = False
    """The hero must have years behind them: no child."""
    times: tuple[TimeOfDay, ...] = ()
    """When it plays unless the theme says otherwise; empty: the genre's usual time."""
    visitors: tuple[Visitor, ...] = ()
    choose: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    heart: frozenset[HeartKind] = frozenset()
    """What a theme must be about at heart for this plot; see ``heart``."""
    genres: frozenset[Genre] = frozenset(Genre)
    beats: tuple[BeatLines, ...] = Field(min_length=8)
    short: tuple[BeatLines, ...] = Field(min_length=4)

    def told_of(self, heart: Heart) -> Kernel:
        """The plot with only those lines for which ``heart`` has the words."""

        def speakable(beats: tuple[BeatLines, ...]) -> tuple[BeatLines, ...]:
            return tuple(
                beat.model_copy(
                    update={
                        name: tuple(line for line in getattr(beat, name) if heart.allows(line))
                        for name in ("say", "brief", "more")
                    }
                )
                for beat in beats
            )

        return self.model_copy(
            update={"beats": speakable(self.beats), "short": speakable(self.short)}
        )


Portrayed = Literal["people", "young", "beings"]
Companion = Literal["people", "beings"]


class EpisodeTexture(Model):
    """What an episode says besides its plot; see ``texture.yaml``."""

    talk: tuple[str, ...]
    talk_brief: tuple[str, ...]
    """The hero, and what everybody talks about."""
    friends: tuple[str, ...]
    friends_brief: tuple[str, ...]
    """Who is with the hero."""
    remembered: tuple[str, ...]
    remembered_brief: tuple[str, ...]
    """What happened before, as it is told."""
    titled: tuple[str, ...]
    titled_brief: tuple[str, ...]
    """The last episode by the name people gave it: its title."""
    left: tuple[str, ...]
    left_brief: tuple[str, ...]
    """A thing of an earlier episode, met again."""
    reactions: dict[Genre, dict[Companion, tuple[str, ...]]]


class Texture(Model):
    """Sentences that fit any plot, to give a longer telling room; see ``texture.yaml``."""

    portraits: dict[Portrayed, tuple[str, ...]]
    atmosphere: dict[Literal["inside", "outside"], tuple[str, ...]]
    pauses: tuple[str, ...]
    pauses_of: dict[Genre, tuple[str, ...]] = Field(default_factory=dict)
    """The pauses of genres that breathe otherwise."""
    episodes: EpisodeTexture


@cache
def texture() -> Texture:
    path = files("content_platform.stories.storyteller").joinpath("texture.yaml")
    return Texture.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def heart_kernels(kind: HeartKind, genre: Genre) -> tuple[Kernel, ...]:
    """The plots about a theme's heart that a genre may tell."""
    return tuple(
        plot for plot in _all_heart_kernels() if kind in plot.heart and genre in plot.genres
    )


@cache
def _all_heart_kernels() -> tuple[Kernel, ...]:
    folder = files("content_platform.stories.storyteller").joinpath("kernels/hearts")
    raw = (
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
    )
    return tuple(Kernel.model_validate(entry) for entries in raw for entry in entries)


@cache
def kernels(genre: Genre) -> tuple[Kernel, ...]:
    """All plots of a genre."""
    name = f"kernels/{genre.value.replace('-', '_')}.yaml"
    path = files("content_platform.stories.storyteller").joinpath(name)
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(Kernel.model_validate(entry) for entry in raw)
