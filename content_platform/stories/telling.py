"""From a brief to a told story: the person's own script, a writer's story, or a translation.

The only place where the story room asks the provider pipeline for anything.
"""

from __future__ import annotations

from content_platform.errors import BadInput, NoProviderLeft
from content_platform.providers.models import Capability
from content_platform.providers.pipeline import Pipeline
from content_platform.steering.models import ChannelConfig
from content_platform.stories import scenes
from content_platform.stories.models import MAX_SCRIPT_WORDS, Brief, Story, StoryDraft, WriteRequest
from content_platform.stories.sentences import count_words

WRITTEN_BY_SCRIPT = "script"
UNNAMED_SCRIPT = "own script"
"""The theme of a brief whose script came without a title."""

_SEED_STEP = 1_000_003


def tell_in_every_locale(brief: Brief, *, target_words: int, pipeline: Pipeline) -> list[Story]:
    """The story in each of the brief's locales; the first is the original of the others."""
    original = tell(
        brief, brief.locales[0], target_words=target_words, pipeline=pipeline, original=None
    )
    others = [
        tell(brief, locale, target_words=target_words, pipeline=pipeline, original=original)
        for locale in brief.locales[1:]
    ]
    return [original, *others]


def tell(
    brief: Brief,
    locale: str,
    *,
    target_words: int,
    pipeline: Pipeline,
    original: Story | None,
    attempt: int = 0,
) -> Story:
    """The story of ``brief`` in ``locale``; ``target_words`` fill the brief's seconds.

    With ``original`` (the story in the brief's first locale) it is translated scene by scene.
    Else the brief's own script is cut into scenes, or a writer is asked. ``attempt`` > 0 asks for
    a different telling. Raises BadInput when no configured writer can translate.
    """
    if original is not None and original.locale != locale:
        return _translated(brief, locale, original, pipeline, attempt)
    if brief.script is not None:
        draft = scenes.script_to_draft(
            brief.script, locale, genre=brief.genre, seed=brief.seed,
            words_per_second=target_words / brief.target_seconds,
            title=None if brief.theme == UNNAMED_SCRIPT else brief.theme,
        )  # fmt: skip
        return story_from_draft(draft, brief, locale, written_by=WRITTEN_BY_SCRIPT)
    result = pipeline.run(
        _request(brief, locale, target_words, attempt),
        story_id=brief.story_id,
        attempt=attempt,
        prefer=_preferred(brief.config),
    )
    return story_from_draft(result.output, brief, locale, written_by=result.provider)


def story_from_draft(draft: StoryDraft, brief: Brief, locale: str, *, written_by: str) -> Story:
    """The record of a draft: scenes numbered from 0, words counted."""
    numbered = tuple(
        scene if scene.index == index else scene.model_copy(update={"index": index})
        for index, scene in enumerate(draft.scenes)
    )
    return Story(
        story_id=brief.story_id,
        locale=locale,
        title=draft.title,
        logline=draft.logline,
        genre=brief.genre,
        theme=brief.theme,
        cast=draft.cast,
        scenes=numbered,
        words=sum(count_words(scene.text) for scene in numbered),
        written_by=written_by,
    )


def _translated(
    brief: Brief, locale: str, original: Story, pipeline: Pipeline, attempt: int
) -> Story:
    draft = StoryDraft(
        title=original.title, logline=original.logline, cast=original.cast, scenes=original.scenes
    )
    request = _request(brief, locale, min(max(original.words, 20), MAX_SCRIPT_WORDS), attempt)
    try:
        result = pipeline.run(
            request.model_copy(update={"translate": draft}),
            story_id=brief.story_id,
            attempt=attempt,
            prefer=_preferred(brief.config),
        )
    except NoProviderLeft as error:
        raise BadInput(
            f"the story cannot be told in {locale!r}: it is written in {original.locale!r} and "
            f"no writer here can translate it. {error.message}",
            remedy="Set OPENAI_API_KEY or ANTHROPIC_API_KEY, or ask for "
            f"{original.locale!r} alone.",
        ) from error
    if len(result.output.scenes) != len(original.scenes):
        raise BadInput(
            f"the translation into {locale!r} by {result.provider} has "
            f"{len(result.output.scenes)} scenes instead of {len(original.scenes)}.",
            remedy="Retry the story, or rank another writer first.",
        )
    kept = tuple(
        theirs.model_copy(update={"text": new.text})
        for theirs, new in zip(original.scenes, result.output.scenes, strict=True)
    )
    translated = result.output.model_copy(update={"scenes": kept, "cast": original.cast})
    return story_from_draft(translated, brief, locale, written_by=result.provider)


def _request(brief: Brief, locale: str, target_words: int, attempt: int) -> WriteRequest:
    return WriteRequest(
        locale=locale,
        genre=brief.genre,
        theme=brief.theme,
        audience=brief.config.audience,
        target_words=target_words,
        seed=(brief.seed + attempt * _SEED_STEP) % 2**31,
    )


def _preferred(config: ChannelConfig) -> tuple[str, ...]:
    return config.providers.get(Capability.WRITE, ())
