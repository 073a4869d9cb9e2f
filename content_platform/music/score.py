"""A story's background music: its scenes and narration as one request, the answer as a record.

Which feeling holds when, how strong it is and when the music must end is decided here; writing
music is the providers' work.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence

from content_platform.errors import BadInput
from content_platform.music.models import BackgroundMusic, ComposeRequest, Section
from content_platform.narration.models import Narration
from content_platform.providers.models import Capability
from content_platform.providers.pipeline import Pipeline
from content_platform.stories.models import Beat, Brief, Scene, Story
from content_platform.telemetry.progress import report
from content_platform.vocabulary import Mood

AFTER_LAST_WORD_S = 0.3
"""The last chord answers the last word."""
TAIL_S = 2.4
"""How long the last chord may ring at least; the cue outlasts the narration's audio by 1.5 s at least."""
SHORTEST_SECTION_S = 6.0
MOST_MOODS = 3

_BEAT_INTENSITY = {
    Beat.HOOK: 0.45,
    Beat.SETUP: 0.35,
    Beat.RISE: 0.55,
    Beat.TURN: 0.65,
    Beat.CLIMAX: 0.85,
    Beat.ENDING: 0.5,
}
_MOOD_INTENSITY = {
    Mood.EPIC: 0.1,
    Mood.TENSE: 0.05,
    Mood.UPBEAT: 0.05,
    Mood.CALM: -0.1,
    Mood.SAD: -0.1,
}


def score(
    story: Story, narration: Narration, brief: Brief, *, pipeline: Pipeline, attempt: int = 0
) -> BackgroundMusic:
    """Music for ``narration``, its last chord just after the last word.

    ``attempt`` above 0 asks for different music on purpose. Raises BadInput when narration and
    story do not belong together, NoProviderLeft when nobody can make it.
    """
    report("background_music", 0, 1)
    request = compose_request(story, narration, brief, attempt=attempt)
    result = pipeline.run(
        request,
        story_id=story.story_id,
        attempt=attempt,
        prefer=brief.config.providers.get(Capability.COMPOSE, ()),
    )
    report("background_music", 1, 1)
    return BackgroundMusic(
        story_id=story.story_id,
        locale=narration.locale,
        audio=result.media["audio"],
        mood=request.mood,
        title=result.output.title,
        provider=result.provider,
        duration_s=result.output.duration_s,
        last_chord_s=result.output.last_chord_s,
        attribution=result.output.attribution,
    )


def compose_request(
    story: Story, narration: Narration, brief: Brief, *, attempt: int = 0
) -> ComposeRequest:
    """What the story asks of a composer. Every language of a story shares its seed."""
    by_index = {scene.index: scene for scene in story.scenes}
    stretches = [
        (by_index[span.scene], span.start_s, span.end_s)
        for span in narration.spans
        if span.scene in by_index
    ]
    if not stretches or not narration.words:
        raise BadInput(
            f"the narration of {story.story_id} in {narration.locale} has no words or spans of "
            "the story's scenes.",
            remedy="Make the narration again.",
        )
    last_word_s = narration.words[-1].end_s
    resolve_at_s = round(last_word_s + AFTER_LAST_WORD_S, 3)
    duration_s = round(max(narration.duration_s + 1.5, resolve_at_s + TAIL_S), 3)
    mood, moods = _moods(stretches)
    return ComposeRequest(
        mood=mood,
        sections=_sections(stretches, mood, moods),
        duration_s=duration_s,
        resolve_at_s=resolve_at_s,
        source=brief.config.music.source,
        seed=(brief.seed + 7919 * attempt) % 2**31,
    )


def _moods(stretches: Sequence[tuple[Scene, float, float]]) -> tuple[Mood, set[Mood]]:
    """The mood heard longest, and those (few) that get sections of their own."""
    seconds: dict[Mood, float] = defaultdict(float)
    for scene, start_s, end_s in stretches:
        seconds[scene.mood] += end_s - start_s
    ranked = sorted(seconds, key=lambda mood: (-seconds[mood], mood.value))
    return ranked[0], set(ranked[:MOST_MOODS])


def _sections(
    stretches: Sequence[tuple[Scene, float, float]], main: Mood, moods: set[Mood]
) -> tuple[Section, ...]:
    """One section for each run of scenes that feel alike; too short ones join their neighbour."""
    felt = []
    for scene, start_s, end_s in stretches:
        mood = scene.mood if scene.mood in moods else main
        intensity = _BEAT_INTENSITY[scene.beat] + _MOOD_INTENSITY.get(scene.mood, 0.0)
        felt.append((mood, min(1.0, max(0.15, intensity)), start_s, end_s))
    merged: list[tuple[Mood, float, float, float]] = []
    for (mood, intensity), run in itertools.groupby(felt, key=lambda item: item[:2]):
        spans = list(run)
        start_s, end_s = spans[0][2], spans[-1][3]
        if merged and end_s - start_s < SHORTEST_SECTION_S:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], intensity), before[2], end_s)
        elif merged and merged[-1][3] - merged[-1][2] < SHORTEST_SECTION_S:
            # The opening was too short to stand alone.
            merged[-1] = (mood, intensity, merged[-1][2], end_s)
        else:
            merged.append((mood, intensity, start_s, end_s))
    return tuple(
        Section(start_s=round(start_s, 3), mood=mood, intensity=round(intensity, 2))
        for mood, intensity, start_s, _ in merged
    )
