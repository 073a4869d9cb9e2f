"""A story spoken: scene by scene through the pipeline, joined, levelled, with every word's moment.

One SPEAK call per scene, so that a changed scene is spoken again alone. Not here: how a text is
read (``normalise``), how a voice works (``adapters``), which voices exist (``voices``).
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from content_platform.errors import DefectiveMedia, NoProviderLeft
from content_platform.mediatools.audio import read_audio, write_flac
from content_platform.mediatools.convert import AudioKind, compress_audio
from content_platform.mediatools.loudness import measure_loudness
from content_platform.narration.models import Narration, SceneSpan, SpeakRequest, Speech, WordTiming
from content_platform.narration.sound import Mono, limit_peaks, silence
from content_platform.narration.voices import (
    Voice,
    choose_voice,
    only_engine,
    voice_named,
    words_for_seconds,
)
from content_platform.providers.models import CallResult, Capability
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import MAX_SCRIPT_WORDS, Beat, Brief, Story
from content_platform.telemetry import progress

SAMPLE_RATE = 24_000
LOUDNESS_LUFS = -20.0
PEAK_DBTP = -1.5

_METHOD = "narration 3"
"""Changes when the same inputs would give another sound."""
_LAST_PAUSE_S = 0.6
_LONGER_BEFORE = {Beat.TURN: 1.5, Beat.CLIMAX: 1.3, Beat.ENDING: 1.7}
_LONGER_AFTER = {Beat.HOOK: 1.3}
_MIME: dict[AudioKind, str] = {"mp3": "audio/mpeg", "aac": "audio/mp4", "opus": "audio/ogg"}
_SUFFIX: dict[AudioKind, str] = {"mp3": ".mp3", "aac": ".m4a", "opus": ".opus"}


def words_for_brief(brief: Brief) -> int:
    """How long the story should be in words, for the brief's seconds and first language's voice."""
    narration = brief.config.narration
    voice = voice_for(brief, brief.locales[0])
    words = words_for_seconds(voice, narration.speed, brief.target_seconds)
    return min(max(words, 20), MAX_SCRIPT_WORDS)


def voice_for(brief: Brief, locale: str) -> Voice:
    """Who tells a brief's story in one of its languages. Raises BadInput when nobody can."""
    return choose_voice(
        brief.config.narration, locale, brief.voice, genre=brief.genre, theme=brief.theme
    )


def narrate(
    brief: Brief,
    stories: Sequence[Story],
    *,
    pipeline: Pipeline,
    media: MediaStore,
    previous: Sequence[Narration],
    scratch: Path,
) -> list[Narration]:
    """Speak a story in each of its languages, as the brief and its channel want it.

    A brief without media has nothing spoken. Raises BadInput when no voice fits and NoProviderLeft
    when none could speak.
    """
    if not brief.media:
        return []
    config = brief.config
    before = {narration.locale: narration for narration in previous}
    return [
        narrate_story(
            story,
            voice=voice_for(brief, story.locale),
            speed=config.narration.speed,
            pause_between_scenes_s=config.narration.pause_between_scenes_s,
            lexicon=config.narration.lexicon,
            compress=[kind for kind in _MIME if kind in brief.audio_types],
            prefer=config.providers.get(Capability.SPEAK, ()),
            pipeline=pipeline,
            media=media,
            previous=before.get(story.locale),
            scratch=scratch,
        )
        for story in stories
    ]


def narrate_story(
    story: Story,
    *,
    voice: Voice,
    speed: float,
    pause_between_scenes_s: float,
    lexicon: dict[str, str],
    compress: Sequence[AudioKind],
    pipeline: Pipeline,
    media: MediaStore,
    previous: Narration | None,
    scratch: Path,
    prefer: Sequence[str] = (),
) -> Narration:
    """Speak one story. ``previous`` is returned as it is when nothing it was made from changed.

    A story has one voice: when the engine that speaks it gives out half-way, the whole story is
    spoken by ``voice``'s own engine; when none can speak with it, by its fallback voice.
    """
    fingerprint = _fingerprint(story, voice, speed, pause_between_scenes_s, lexicon, compress)
    if (
        previous is not None
        and previous.inputs_sha256 == fingerprint
        and all(media.exists(ref) for ref in (previous.audio, *previous.compressed.values()))
    ):
        return previous
    used, results = _speak_scenes(story, voice, speed, lexicon, pipeline, prefer)
    pauses = [
        *(
            pause_between_scenes_s
            * _LONGER_AFTER.get(scene.beat, 1.0)
            * _LONGER_BEFORE.get(following.beat, 1.0)
            for scene, following in zip(story.scenes, story.scenes[1:], strict=False)
        ),
        _LAST_PAUSE_S,
    ]
    words: list[WordTiming] = []
    spans: list[SceneSpan] = []
    sound: list[Mono] = []
    length = 0
    for scene, result, pause in zip(story.scenes, results, pauses, strict=True):
        start = length / SAMPLE_RATE
        samples = read_audio(media.local_path(result.media["audio"]), SAMPLE_RATE, 1)[:, 0]
        sound += [samples, silence(pause, SAMPLE_RATE)]
        length += len(sound[-2]) + len(sound[-1])
        end = length / SAMPLE_RATE
        words += [
            WordTiming(
                text=word.text,
                start_s=round(start + word.start_s, 4),
                end_s=round(min(start + word.end_s, end), 4),
            )
            for word in result.output.words
        ]
        spans.append(SceneSpan(scene=scene.index, start_s=start, end_s=end))
    audio, compressed = _store(_level(np.concatenate(sound)), compress, media, scratch)
    return Narration(
        story_id=story.story_id,
        locale=story.locale,
        audio=audio,
        compressed=compressed,
        duration_s=length / SAMPLE_RATE,
        voice=used.name,
        provider=results[0].provider,
        words=tuple(words),
        spans=tuple(spans),
        inputs_sha256=fingerprint,
    )


def _speak_scenes(
    story: Story,
    voice: Voice,
    speed: float,
    lexicon: dict[str, str],
    pipeline: Pipeline,
    prefer: Sequence[str],
) -> tuple[Voice, list[CallResult[Speech]]]:
    """All scenes by one voice: the chosen one or an engine's like it, or else its fallback."""
    results: list[CallResult[Speech]] = []
    try:
        for done, scene in enumerate(story.scenes):
            progress.report("narration", done, len(story.scenes))
            request = speak_request(scene.text, story.locale, voice.name, speed, lexicon)
            # Whoever began the story goes on with it, also where that was a fallback.
            order = dict.fromkeys([*(result.provider for result in results[:1]), *prefer])
            result = pipeline.run(request, story_id=story.story_id, prefer=list(order))
            _check_words(scene.index, scene.text, result)
            results.append(result)
    except NoProviderLeft:
        if voice.fallback is None:
            raise
        # Engines that imitate voices have just failed: they are not paid for the first scenes again.
        other = only_engine(voice_named(voice.fallback))
        return _speak_scenes(story, other, speed, lexicon, pipeline, prefer)
    if "/" not in voice.name and len({result.output.voice for result in results}) > 1:
        return _speak_scenes(story, only_engine(voice), speed, lexicon, pipeline, prefer)
    progress.report("narration", len(story.scenes), len(story.scenes))
    return voice, results


def speak_request(
    text: str, locale: str, voice: str, speed: float, lexicon: dict[str, str]
) -> SpeakRequest:
    """What is asked of a voice for one scene.

    Only the lexicon's entries that can matter, so that a new one does not have all spoken again.
    """
    folded = text.casefold()
    used = {word: said for word, said in lexicon.items() if word.casefold() in folded}
    return SpeakRequest(text=text, locale=locale, voice=voice, speed=speed, lexicon=used)


def _check_words(scene: int, text: str, result: CallResult[Speech]) -> None:
    spoken = [word.text for word in result.output.words]
    if spoken != text.split():
        raise DefectiveMedia(
            f"scene {scene}: {result.provider} timed {len(spoken)} words "
            f"of {len(text.split())} written ones.",
            remedy="Choose another voice.",
        )


def _level(samples: Mono) -> Mono:
    """At LOUDNESS_LUFS; single peaks are turned down rather than the whole."""
    loudness = measure_loudness(samples[:, None], SAMPLE_RATE).integrated_lufs
    if loudness <= -69:
        raise DefectiveMedia("the narration is silent.", remedy="Choose another voice.")
    gain = np.float32(10 ** ((LOUDNESS_LUFS - loudness) / 20))
    return limit_peaks(samples * gain, PEAK_DBTP, SAMPLE_RATE)


def _store(
    samples: Mono, compress: Sequence[AudioKind], media: MediaStore, scratch: Path
) -> tuple[MediaRef, dict[str, MediaRef]]:
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="narration-") as folder:
        path = Path(folder) / "narration.flac"
        write_flac(path, samples, SAMPLE_RATE)
        audio = media.put_file(path, "audio/flac")
        compressed = {}
        for kind in compress:
            target = path.with_suffix(_SUFFIX[kind])
            compress_audio(path, kind, target)
            compressed[str(kind)] = media.put_file(target, _MIME[kind])
    return audio, compressed


def _fingerprint(
    story: Story,
    voice: Voice,
    speed: float,
    pause_s: float,
    lexicon: dict[str, str],
    compress: Sequence[AudioKind],
) -> str:
    scenes = [[scene.index, scene.text, scene.beat] for scene in story.scenes]
    inputs = [_METHOD, story.locale, scenes, voice.name, speed, pause_s, lexicon, sorted(compress)]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
