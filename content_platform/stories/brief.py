"""From a request and a channel's config to a brief: every open choice made, once, and frozen."""

from __future__ import annotations

import random

from content_platform.errors import BadInput
from content_platform.steering.models import ConfigVersion
from content_platform.stories.models import Brief, StoryRequest
from content_platform.vocabulary import language_of


def resolve_brief(story_id: str, request: StoryRequest, version: ConfigVersion) -> Brief:
    """Settle what ``request`` leaves open from the channel's config, by the request's seed.

    Raises BadInput when the request contradicts itself or the channel.
    """
    config = version.config
    dice = random.Random(f"{request.channel}:{request.seed}")
    genre = request.genre or dice.choice(config.genres)
    theme = request.theme or dice.choice(config.themes)
    if request.script is not None and request.theme is None:
        theme = "own script"
    locales = request.locales or config.locales
    if request.script is not None and request.script_locale and request.locales is None:
        locales = (request.script_locale,)
    _check_voices(locales, request)
    target_seconds = request.target_seconds or config.target_seconds
    return Brief(
        story_id=story_id,
        channel=config.channel,
        config_version=version.version,
        config=config,
        genre=genre,
        theme=theme,
        script=request.script,
        locales=locales,
        formats=request.formats or config.formats,
        platforms=config.platforms,
        target_seconds=target_seconds,
        max_seconds=request.max_seconds,
        voice=request.voice,
        style=request.style or config.look.style,
        seed=request.seed,
        picture_types=request.picture_types,
        audio_types=request.audio_types,
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
