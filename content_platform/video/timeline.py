"""From a spoken, illustrated story to a timeline: what is on screen and heard in every frame.

Pure functions over records; every number a renderer needs is decided here. No pixel, no file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from content_platform.captions.cues import cut_cues, screen_limits
from content_platform.captions.layout import caption_top
from content_platform.captions.models import CaptionTrack, Cue
from content_platform.errors import BadInput
from content_platform.imagery.models import SceneImage, picture_size
from content_platform.music.models import BackgroundMusic
from content_platform.narration.models import Narration, WordTiming
from content_platform.stories.models import Scene, Story
from content_platform.video.camera import Frame, Move, choose_move, plan_move
from content_platform.video.models import AudioTrack, ClosingCard, Shot, Timeline
from content_platform.vocabulary import FRAMES_PER_SECOND, Format, Mood

_FPS = FRAMES_PER_SECOND
_CROSSFADE = 15
"""Half a second; less where a scene is short."""
_CUT = 4
"""Between two shots of the same people, or of people in one place at one time: longer, and somebody
would be seen twice, or two in each other."""
_SHORTEST_SCENE = 10
"""A scene on screen for less than a third of a second is a flicker: its neighbour stays instead."""
_AFTER_LAST_WORD = 45
"""How long a story without music lingers; with music its tail decides, within these bounds."""
_SHORTEST_END, _LONGEST_END = 30, 180
_FADE_TO_BLACK = 18
_CLOSING = 75
"""A closing card is on for two and a half seconds, its crossfade included."""
_BREATH = 6
"""From the last word to the closing card."""
_MUSIC_TAIL_FADE = 15
_SENTENCE_END = re.compile(r"[.!?…。！？؟।۔]+[\"'”’»›)\]」』]*$")

NARRATION_LUFS = -20.0
MUSIC_LUFS = -18.0
"""What narrations and cues are delivered at (their models say so); gains start from there."""


@dataclass(frozen=True)
class _Ending:
    """Where the video ends. The last word is over at ``speech_end``, the voice off at ``voice_end``."""

    frames: int
    speech_end: int
    voice_end: int
    trimmed: bool


def plan_timeline(
    story: Story,
    narration: Narration,
    images: Sequence[SceneImage],
    music: BackgroundMusic | None,
    captions: CaptionTrack,
    *,
    format: Format,
    accent: str,
    music_level_db: float,
    max_seconds: float | None,
    channel_title: str,
) -> Timeline:
    """One shot a scene, following the narration to the frame.

    ``music_level_db`` is the music's loudness against the narration, before ducking. Longer than
    ``max_seconds``, the story is cut after the last whole sentence that leaves room for a closing
    card with the story's and the channel's title; otherwise it ends with the music's tail and fades to black.
    Raises BadInput when a scene has no picture, or not even one sentence fits.
    """
    ending = _plan_ending(narration, music, max_seconds)
    closing = None
    picture_end = ending.frames
    if ending.trimmed:
        closing = ClosingCard(
            title=story.title,
            channel_title=channel_title,
            start=ending.frames - _CLOSING,
            fade_in=_CROSSFADE,
        )
        picture_end = closing.start
    return Timeline(
        format=format,
        frames=ending.frames,
        fps=_FPS,
        shots=_plan_shots(
            story, narration, images, format=format, picture_end=picture_end, closing=closing
        ),
        fade_out=0 if closing else _FADE_TO_BLACK,
        captions=_plan_captions(captions, format, ending.speech_end, picture_end),
        locale=narration.locale,
        accent=accent,
        audio=_plan_audio(narration, music, music_level_db, ending),
        closing=closing,
    )


def _plan_ending(
    narration: Narration, music: BackgroundMusic | None, max_seconds: float | None
) -> _Ending:
    last_word_s = narration.words[-1].end_s if narration.words else narration.duration_s
    spoken = math.ceil(last_word_s * _FPS)
    if music is None:
        natural = spoken + _AFTER_LAST_WORD
    else:
        tail = math.ceil(music.duration_s * _FPS) - spoken
        natural = spoken + min(max(tail, _SHORTEST_END), _LONGEST_END)
    if max_seconds is None or natural <= max_seconds * _FPS:
        return _Ending(natural, spoken, natural, trimmed=False)
    limit = math.floor(max_seconds * _FPS)
    if spoken + _SHORTEST_END <= limit:
        return _Ending(limit, spoken, limit, trimmed=False)
    borders = _sentence_ends(narration)
    fitting = [end for end in borders if end + _BREATH + _CLOSING <= limit]
    if not fitting:
        first = borders[0] if borders else spoken
        needed_s = math.ceil((first + _BREATH + _CLOSING) / _FPS)
        raise BadInput(
            f"max_seconds is {max_seconds:g}, but the first sentence and the closing card "
            f"take {needed_s} s.",
            remedy=f"Allow {needed_s} seconds or more.",
        )
    spoken, card = fitting[-1], fitting[-1] + _BREATH
    following = [word.start_s for word in narration.words if word.start_s * _FPS >= spoken - 1]
    voice_end = min([card, *(math.floor(start_s * _FPS) for start_s in following)])
    return _Ending(card + _CLOSING, spoken, max(voice_end, spoken), trimmed=True)


def _sentence_ends(narration: Narration) -> list[int]:
    """Frames, ascending, at which a sentence or a scene has been said to its end."""
    scene_ends = [span.end_s for span in narration.spans]
    ends = set()
    for word, following in zip(narration.words, [*narration.words[1:], None], strict=True):
        ends_scene = following is None or any(
            word.start_s < end <= following.start_s + 1e-6 for end in scene_ends
        )
        if ends_scene or _SENTENCE_END.search(word.text):
            ends.add(math.ceil(word.end_s * _FPS))
    return sorted(ends)


def _plan_shots(
    story: Story,
    narration: Narration,
    images: Sequence[SceneImage],
    *,
    format: Format,
    picture_end: int,
    closing: ClosingCard | None,
) -> tuple[Shot, ...]:
    scenes = {scene.index: scene for scene in story.scenes}
    pictures = {image.scene: image for image in images if image.format == format}
    borders = _scene_borders(narration, picture_end)
    size = picture_size(format)
    frame = Frame(size[0], size[1], format.size[0] / format.size[1])
    lengths = [end - start for _, start, end in borders]
    fades = [0] + [
        2 * (min(_longest_fade(scenes.get(one), scenes.get(next_)), before // 2, after // 2) // 2)
        for (one, next_), (before, after) in zip(
            pairwise([index for index, _, _ in borders]), pairwise(lengths), strict=True
        )
    ]
    shots: list[Shot] = []
    move: Move | None = None
    for number, (index, start, end) in enumerate(borders):
        if index not in pictures or index not in scenes:
            raise BadInput(
                f"scene {index} of {story.story_id} has no picture in format {format}.",
                remedy="Make the scene images again.",
            )
        last = number == len(borders) - 1
        fade_out = 0 if last else fades[number + 1]
        begins, ends = start - fades[number] // 2, end + fade_out // 2
        if last and closing:
            ends = end + closing.fade_in
        scene, seed = scenes[index], f"{story.story_id}/{index}"
        move = choose_move(scene, move, seed=seed)
        camera_from, camera_to = plan_move(
            move,
            frame,
            pictures[index].focal_point,
            (ends - begins) / _FPS,
            tense=scene.mood is Mood.TENSE,
            seed=seed,
            subjects=pictures[index].subjects,
            floor=caption_top(format),
        )
        shots.append(
            Shot(
                scene=index,
                picture=pictures[index].picture,
                start=begins,
                end=ends,
                fade_in=fades[number],
                camera_from=camera_from,
                camera_to=camera_to,
            )
        )
    return tuple(shots)


def _longest_fade(before: Scene | None, after: Scene | None) -> int:
    """How many frames one picture may take to become the next."""
    if before is None or after is None:
        return _CROSSFADE
    stayed = before.place == after.place and before.time_of_day is after.time_of_day
    people_both = bool(before.cast and after.cast)
    seen_twice = bool(set(before.cast) & set(after.cast))
    return _CUT if seen_twice or (stayed and people_both) else _CROSSFADE


def _scene_borders(narration: Narration, picture_end: int) -> list[tuple[int, int, int]]:
    """(scene, first frame, end frame) of what is on screen, crossfades aside, without flickers."""
    spans = [(span.scene, min(round(span.start_s * _FPS), picture_end)) for span in narration.spans]
    if not spans:
        raise BadInput(
            f"the narration of {narration.story_id} has no scene spans.",
            remedy="Make the narration again.",
        )
    lengths = [
        after - before for before, after in pairwise([*(at for _, at in spans), picture_end])
    ]
    shown = [
        span
        for span, length in zip(spans, lengths, strict=True)
        if length >= min(_SHORTEST_SCENE, max(lengths))
    ]
    starts = [0, *(start for _, start in shown[1:])]
    ends = [*starts[1:], picture_end]
    return [(shown[i][0], starts[i], ends[i]) for i in range(len(shown))]


def _plan_captions(
    captions: CaptionTrack, format: Format, speech_end: int, picture_end: int
) -> tuple[Cue, ...]:
    """The words said by ``speech_end`` cut anew for the screen, on the frame grid."""

    def snapped(seconds: float) -> float:
        return min(round(seconds * _FPS), picture_end) / _FPS

    words = [
        WordTiming(text=word.text, start_s=snapped(word.start_s), end_s=snapped(word.end_s))
        for cue in captions.cues
        for word in cue.words
        if word.start_s * _FPS < speech_end - 1
    ]
    cues = cut_cues(
        words,
        captions.locale,
        limits=screen_limits(format),
        duration_s=picture_end / _FPS,
    )
    return tuple(
        cue.model_copy(update={"start_s": snapped(cue.start_s), "end_s": snapped(cue.end_s)})
        for cue in cues
        if snapped(cue.end_s) > snapped(cue.start_s)
    )


def _plan_audio(
    narration: Narration, music: BackgroundMusic | None, music_level_db: float, ending: _Ending
) -> tuple[AudioTrack, ...]:
    voice = AudioTrack(
        role="narration",
        media=narration.audio,
        end=ending.voice_end,
        fade_out=min(_BREATH // 2, ending.voice_end - ending.speech_end),
    )
    if music is None:
        return (voice,)
    return (
        voice,
        AudioTrack(
            role="music",
            media=music.audio,
            gain_db=round(NARRATION_LUFS + music_level_db - MUSIC_LUFS, 2),
            end=ending.frames,
            fade_out=_CLOSING if ending.trimmed else _MUSIC_TAIL_FADE,
        ),
    )
