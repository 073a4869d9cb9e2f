"""From a brief to a told story: the person's own script, a writer's story, or a translation.

The only place where the story room asks the provider pipeline for anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from content_platform.errors import BadInput, NoProviderLeft
from content_platform.providers.models import Capability
from content_platform.providers.pipeline import Pipeline
from content_platform.steering.models import ChannelConfig
from content_platform.stories import scenes
from content_platform.stories.models import (
    MAX_SCRIPT_WORDS,
    Brief,
    SeriesContext,
    Story,
    StoryDraft,
    WriteRequest,
)
from content_platform.stories.sentences import count_words

WRITTEN_BY_SCRIPT = "script"
UNNAMED_SCRIPT = "own script"
"""The theme of a brief whose script came without a title."""

_SEED_STEP = 1_000_003


def tell_in_every_locale(
    brief: Brief,
    *,
    target_words: int,
    pipeline: Pipeline,
    series: SeriesContext | None = None,
    avoid_kernels: Sequence[str] = (),
    avoid_names: Sequence[str] = (),
    avoid_lines: Sequence[str] = (),
) -> list[Story]:
    """The story in each of the brief's locales; the first is the original of the others.

    ``target_words`` fill the brief's seconds. ``series`` makes it an episode; ``avoid_kernels``
    (newest first), ``avoid_names`` and ``avoid_lines`` are what the channel told lately. ``brief.attempt`` > 0 asks
    for a different telling. Raises BadInput when no configured writer can translate.
    """
    request = WriteRequest(
        locale=brief.locales[0],
        genre=brief.genre,
        theme=brief.theme,
        audience=brief.config.audience,
        target_words=min(target_words, MAX_SCRIPT_WORDS),
        seed=(brief.seed + brief.attempt * _SEED_STEP) % 2**31,
        series=series,
        avoid_kernels=tuple(avoid_kernels),
        avoid_names=tuple(avoid_names),
        avoid_lines=tuple(avoid_lines),
    )
    original = _original(request, brief, pipeline)
    return [
        original,
        *(_translated(request, locale, original, brief, pipeline) for locale in brief.locales[1:]),
    ]


def _original(request: WriteRequest, brief: Brief, pipeline: Pipeline) -> Story:
    """The brief's own script cut into scenes, or a writer's story."""
    if brief.script is not None:
        draft = scenes.script_to_draft(
            brief.script, request.locale, genre=brief.genre, seed=brief.seed,
            words_per_second=request.target_words / brief.target_seconds,
            title=None if brief.theme == UNNAMED_SCRIPT else brief.theme,
        )  # fmt: skip
        return story_from_draft(draft, brief, request.locale, written_by=WRITTEN_BY_SCRIPT)
    result = pipeline.run(
        request,
        story_id=brief.story_id,
        attempt=brief.attempt,
        prefer=_preferred(brief.config),
    )
    return story_from_draft(result.output, brief, request.locale, written_by=result.provider)


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
        kernel=draft.kernel,
        written_by=written_by,
    )


def _translated(
    asked: WriteRequest, locale: str, original: Story, brief: Brief, pipeline: Pipeline
) -> Story:
    """``original`` told scene by scene in ``locale``; the pictures stay as they are."""
    draft = StoryDraft(
        title=original.title,
        logline=original.logline,
        cast=original.cast,
        scenes=original.scenes,
        kernel=original.kernel,
    )
    request = asked.model_copy(
        update={
            "locale": locale,
            "target_words": min(max(original.words, 20), MAX_SCRIPT_WORDS),
            "translate": draft,
            "series": None,
            "avoid_kernels": (),
            "avoid_names": (),
            "avoid_lines": (),
        }
    )
    try:
        result = pipeline.run(
            request,
            story_id=brief.story_id,
            attempt=brief.attempt,
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
    translated = result.output.model_copy(
        update={"scenes": kept, "cast": original.cast, "kernel": original.kernel}
    )
    return story_from_draft(translated, brief, locale, written_by=result.provider)


def _preferred(config: ChannelConfig) -> tuple[str, ...]:
    return config.providers.get(Capability.WRITE, ())
