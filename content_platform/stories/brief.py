"""From a request and a channel's config to a brief: every open choice made, once, and frozen.

What cannot be told is refused here, before anything exists of the story.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from content_platform.errors import BadInput, NoProviderLeft
from content_platform.providers.models import CallRequest, Capability, OutputT
from content_platform.steering.models import ChannelConfig, ConfigChange
from content_platform.stories.models import (
    Beat,
    Brief,
    Scene,
    Shot,
    StoryDraft,
    StoryRequest,
    TimeOfDay,
    Weather,
    WriteRequest,
)
from content_platform.vocabulary import Mood, language_of


class ChecksCalls(Protocol):
    """The part of the provider pipeline that tells whether a call could be done."""

    def require(self, request: CallRequest[OutputT], *, prefer: Sequence[str] = ()) -> None: ...


def resolve_brief(
    story_id: str,
    request: StoryRequest,
    config: ChannelConfig,
    *,
    config_version: int,
    attempt: int = 0,
    recent_themes: Sequence[str] = (),
    episode: int | None = None,
    arms: Mapping[str, str] = MappingProxyType({}),
    explored: tuple[ConfigChange, ...] = (),
) -> Brief:
    """Settle what ``request`` leaves open from the channel's config, by the request's seed.

    ``config`` has the changes of ``arms`` and ``explored`` already; what the request sets itself
    goes before all. ``recent_themes`` are the channel's last ones, newest first.
    Raises BadInput when the request contradicts itself or the channel.
    """
    dice = random.Random(f"{request.channel}:{request.seed}" + f":{attempt}" * bool(attempt))
    genre = request.genre or dice.choice(config.genres)
    theme = request.theme or choose_theme(config, recent_themes, dice)
    if request.script is not None and request.theme is None:
        theme = "own script"
    locales = request.locales or config.locales
    if request.script is not None and request.script_locale and request.locales is None:
        locales = (request.script_locale,)
    _check_voices(locales, request)
    target_seconds = request.target_seconds or config.target_seconds
    style = request.style or config.look.style
    look = config.look.model_copy(update={"style": style})
    return Brief(
        story_id=story_id,
        channel=config.channel,
        config_version=config_version,
        config=config.model_copy(update={"target_seconds": target_seconds, "look": look}),
        genre=genre,
        theme=theme,
        script=request.script,
        locales=locales,
        formats=request.formats or config.formats,
        platforms=config.platforms,
        target_seconds=target_seconds,
        max_seconds=request.max_seconds,
        voice=request.voice,
        style=style,
        seed=request.seed,
        picture_types=request.picture_types,
        audio_types=request.audio_types,
        media=request.media,
        own_media=request.own_media,
        series=request.series,
        episode=episode,
        attempt=attempt,
        arms=dict(arms),
        explored=explored,
    )


SET_BY_REQUEST = {"target_seconds": "target_seconds", "style": "look.style"}
"""Fields of a request, by the path in the config that they overrule."""


def choose_theme(config: ChannelConfig, recent: Sequence[str], dice: random.Random) -> str:
    """One of the channel's themes that ``recent`` (newest first) does not have.

    When it has them all, the one that was used longest ago.
    """
    unused = [theme for theme in config.themes if theme not in recent]
    if unused:
        return dice.choice(unused)
    return max(
        dict.fromkeys(recent), key=lambda theme: (theme in config.themes, recent.index(theme))
    )


def _check_voices(locales: tuple[str, ...], request: StoryRequest) -> None:
    if len(set(map(language_of, locales))) != len(locales):
        raise BadInput(
            f"locales {', '.join(locales)} name a language twice.", remedy="Name each once."
        )
    if request.voice is not None and len(locales) > 1:
        raise BadInput(
            f"voice {request.voice!r} cannot speak {len(locales)} languages.",
            remedy="Leave --voice out and set narration.voices per locale in the channel's config.",
        )


def check_tellable(brief: Brief, *, target_words: int, pipeline: ChecksCalls) -> None:
    """Raise BadInput when no writer here could write the brief's story, or tell it in every locale."""
    original, *others = brief.locales
    writers = brief.config.providers.get(Capability.WRITE, ())
    wanted = WriteRequest(
        locale=original,
        genre=brief.genre,
        theme=brief.theme,
        audience=brief.config.audience,
        target_words=target_words,
        seed=brief.seed,
    )
    if brief.script is None:
        try:
            pipeline.require(wanted, prefer=writers)
        except NoProviderLeft as error:
            raise BadInput(
                f"a story of {brief.target_seconds:.0f} seconds ({target_words} words) in "
                f"{original!r} cannot be written here. {error.message}",
                remedy="Change --seconds or --locale, or bring your own text with --script.",
            ) from error
    for locale in others:
        try:
            pipeline.require(
                wanted.model_copy(update={"locale": locale, "translate": _ANY_DRAFT}),
                prefer=writers,
            )
        except NoProviderLeft as error:
            raise BadInput(
                f"the story cannot be told in {locale!r} too: no writer here translates. "
                f"{error.message}",
                remedy=f"Ask for --locale {original} alone, or set up a writer that translates.",
            ) from error


_ANY_DRAFT = StoryDraft(
    title="any",
    logline="",
    cast=(),
    scenes=(
        Scene(
            index=0,
            text="Any.",
            place="anywhere",
            time_of_day=TimeOfDay.DAY,
            weather=Weather.CLEAR,
            mood=Mood.CALM,
            shot=Shot.MEDIUM,
            beat=Beat.HOOK,
        ),
    ),
)
"""Stands for the story to translate: whether a writer translates does not depend on the story."""
