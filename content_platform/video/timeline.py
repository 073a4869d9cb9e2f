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
from content_platform.captions.layout import Placement, caption_top, placement_for
from content_platform.captions.models import CaptionTrack, Cue
from content_platform.errors import BadInput
from content_platform.imagery.models import FocalPoint, SceneImage, picture_size
from content_platform.music.models import Ambience, BackgroundMusic
from content_platform.narration.models import Narration, WordTiming
from content_platform.steering.models import TransitionsConfig, VideoConfig
from content_platform.stories.models import Story
from content_platform.typography.safe_areas import free_rows
from content_platform.video.camera import Frame, Move, choose_move, plan_move
from content_platform.video.models import (
    AudioTrack,
    ClosingCard,
    Layer,
    Look,
    LowerThird,
    OpeningCard,
    Rect,
    Shot,
    Timeline,
)
from content_platform.video.profiles import profile_for
from content_platform.video.transitions import Change, choose_transitions
from content_platform.vocabulary import (
    FRAMES_PER_SECOND,
    ArtStyle,
    Format,
    Mood,
    Platform,
    Transition,
)

_FPS = FRAMES_PER_SECOND
_CROSSFADE = 15
"""To and from cards: half a second."""
_SHORTEST_SCENE = 10
"""A scene on screen for less than a third of a second is a flicker: its neighbour stays instead."""
_AFTER_LAST_WORD = 45
"""How long a story without music lingers; with music its tail decides, within these bounds."""
_SHORTEST_END, _LONGEST_END = 30, 180
_FADE_TO_BLACK = 18
_CLOSING = 75
"""A closing card is on for two and a half seconds, its crossfade included."""
_OPENING = 60
"""An opening card is on for two seconds; the voice begins when its transition is over."""
_NAME_AFTER, _NAME_FOR = 36, 120
"""Frames before the channel's name is shown, once there is a picture, and how long it stays."""
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
    card: bool
    """Whether it ends with the closing card."""


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
    ambience: Ambience | None = None,
    video: VideoConfig | None = None,
    style: ArtStyle = ArtStyle.STORYBOOK_LIGHT,
    platforms: Sequence[Platform] = (),
) -> Timeline:
    """One shot a scene, following the narration to the frame.

    ``music_level_db`` is the music's loudness against the narration, before ducking. Longer than
    ``max_seconds``, the story is cut after the last whole sentence that leaves room for a closing
    card with the story's and the channel's title; otherwise it ends with the music's tail and fades
    to black, or with the card where the channel always has one. ``style`` decides which transitions
    suit, ``platforms`` how the video is written. Raises BadInput when a scene has no picture, or
    not even one sentence fits.
    """
    video = video or VideoConfig()
    place = placement_for(format, platforms)
    opening = None
    if video.branding.intro == "card":
        opening = OpeningCard(title=story.title, channel_title=channel_title, end=_OPENING)
        narration = _later(narration, _OPENING / _FPS)
        captions = _captions_later(captions, _OPENING / _FPS)
        music = music and music.model_copy(
            update={"duration_s": music.duration_s + _OPENING / _FPS}
        )
    ending = _plan_ending(narration, music, max_seconds, card=video.branding.outro == "always")
    closing = None
    picture_end = ending.frames
    if ending.card:
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
            story,
            narration,
            images,
            format=format,
            picture_start=_OPENING if opening else 0,
            picture_end=picture_end,
            closing=closing,
            config=video.transitions,
            parallax=video.parallax,
            style=style,
            place=place,
            ceiling=free_rows(format, platforms)[0],
        ),
        fade_out=0 if closing else _FADE_TO_BLACK,
        captions=_plan_captions(captions, format, ending.speech_end, picture_end),
        locale=narration.locale,
        caption_style=video.captions,
        caption_place=place,
        accent=accent,
        look=Look(grade=video.grade, grain=video.grain, vignette=video.vignette),
        lower_third=_plan_name(channel_title, video, _OPENING if opening else 0, picture_end),
        progress_bar=video.progress_bar,
        audio=_plan_audio(
            narration, music, music_level_db, ending, voice_start=_OPENING if opening else 0
        ),
        ambience=ambience,
        opening=opening,
        closing=closing,
        encoding=profile_for(platforms, video.encoding),
        effects=video.effects,
    )


def _plan_ending(
    narration: Narration, music: BackgroundMusic | None, max_seconds: float | None, *, card: bool
) -> _Ending:
    last_word_s = narration.words[-1].end_s if narration.words else narration.duration_s
    spoken = math.ceil(last_word_s * _FPS)
    if music is None:
        natural = spoken + _AFTER_LAST_WORD
    else:
        tail = math.ceil(music.duration_s * _FPS) - spoken
        natural = spoken + min(max(tail, _SHORTEST_END), _LONGEST_END)
    limit = math.floor(max_seconds * _FPS) if max_seconds is not None else None
    if card:
        natural = max(natural, spoken + _BREATH + _CLOSING)
        if limit is None or spoken + _BREATH + _CLOSING <= limit:
            end = natural if limit is None else min(natural, limit)
            return _Ending(end, spoken, end - _CLOSING, card=True)
    elif limit is None or natural <= limit:
        return _Ending(natural, spoken, natural, card=False)
    elif spoken + _SHORTEST_END <= limit:
        return _Ending(limit, spoken, limit, card=False)
    assert limit is not None
    assert max_seconds is not None
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
    spoken, card_at = fitting[-1], fitting[-1] + _BREATH
    following = [word.start_s for word in narration.words if word.start_s * _FPS >= spoken - 1]
    voice_end = min([card_at, *(math.floor(start_s * _FPS) for start_s in following)])
    return _Ending(card_at + _CLOSING, spoken, max(voice_end, spoken), card=True)


def _sentence_ends(narration: Narration) -> list[int]:
    """Frames, ascending, at which a sentence or a scene has been said to its end."""
    scene_ends = [span.end_s for span in narration.spans]
    ends = set()
    words = narration.words
    for word, following in zip(words, [*words[1:], None][: len(words)], strict=True):
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
    picture_start: int,
    picture_end: int,
    closing: ClosingCard | None,
    config: TransitionsConfig,
    parallax: float,
    style: ArtStyle,
    place: Placement,
    ceiling: float,
) -> tuple[Shot, ...]:
    scenes = {scene.index: scene for scene in story.scenes}
    pictures = {image.scene: image for image in images if image.format == format}
    borders = _scene_borders(narration, picture_start, picture_end)
    size = picture_size(format)
    frame = Frame(size[0], size[1], format.size[0] / format.size[1])
    lengths = [end - start for _, start, end in borders]
    chosen = choose_transitions(
        [scenes.get(index) for index, _, _ in borders],
        config=config,
        style=style,
        seed=story.story_id,
        fps=_FPS,
    )
    opening = Change(Transition.CROSSFADE, _CROSSFADE if picture_start else 0)
    changes = [opening.fitted(picture_start, lengths[0])] + [
        change.fitted(before, after)
        for change, (before, after) in zip(chosen, pairwise(lengths), strict=True)
    ]
    fades = [change.frames for change in changes]
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
        # A card is left before its end; between scenes both neighbours give half.
        begins, ends = start - fades[number] // 2, end + fade_out // 2
        if number == 0:
            begins = start - fades[0]
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
            floor=caption_top(format, place),
            ceiling=ceiling,
        )
        parts = pictures[index].layers if parallax else None
        shots.append(
            Shot(
                scene=index,
                picture=parts.behind if parts else pictures[index].picture,
                layers=(Layer(picture=parts.near, depth=parallax),) if parts else (),
                clip=pictures[index].clip,
                start=begins,
                end=ends,
                transition=changes[number].kind,
                fade_in=fades[number],
                toward=changes[number].toward,
                centre=_aim(
                    changes[number].kind, pictures, borders, number, size, shots, camera_from
                ),
                seed=changes[number].seed,
                camera_from=camera_from,
                camera_to=camera_to,
            )
        )
    return tuple(shots)


def _aim(
    kind: Transition,
    pictures: dict[int, SceneImage],
    borders: Sequence[tuple[int, int, int]],
    number: int,
    size: tuple[int, int],
    before: Sequence[Shot],
    view: Rect,
) -> FocalPoint:
    """Where in the frame the eye rests: in the old picture for a zoom, else in the new one."""
    seen = view
    if kind is Transition.ZOOM and before:
        number, seen = number - 1, before[-1].camera_to
    focal = pictures[borders[number][0]].focal_point

    def share(at: float, low: float, length: float) -> float:
        return round(min(max((at - low) / length, 0.1), 0.9), 3)

    return FocalPoint(
        x=share(focal.x * size[0], seen.x, seen.width),
        y=share(focal.y * size[1], seen.y, seen.height),
    )


def _plan_name(
    channel_title: str, video: VideoConfig, picture_start: int, picture_end: int
) -> LowerThird | None:
    start = picture_start + _NAME_AFTER
    end = min(start + _NAME_FOR, picture_end)
    if not video.branding.lower_third or end - start < _NAME_FOR // 2:
        return None
    return LowerThird(text=channel_title, start=start, end=end)


def _later(narration: Narration, seconds: float) -> Narration:
    """The narration as heard when it begins ``seconds`` later."""
    return narration.model_copy(
        update={
            "duration_s": narration.duration_s + seconds,
            "words": tuple(_word_later(word, seconds) for word in narration.words),
            "spans": tuple(
                span.model_copy(
                    update={"start_s": span.start_s + seconds, "end_s": span.end_s + seconds}
                )
                for span in narration.spans
            ),
        }
    )


def _captions_later(track: CaptionTrack, seconds: float) -> CaptionTrack:
    cues = tuple(
        cue.model_copy(
            update={
                "start_s": cue.start_s + seconds,
                "end_s": cue.end_s + seconds,
                "lines": tuple(
                    tuple(_word_later(word, seconds) for word in line) for line in cue.lines
                ),
            }
        )
        for cue in track.cues
    )
    return track.model_copy(update={"cues": cues})


def _word_later(word: WordTiming, seconds: float) -> WordTiming:
    return word.model_copy(
        update={"start_s": word.start_s + seconds, "end_s": word.end_s + seconds}
    )


def _scene_borders(
    narration: Narration, picture_start: int, picture_end: int
) -> list[tuple[int, int, int]]:
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
    starts = [picture_start, *(start for _, start in shown[1:])]
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
    narration: Narration,
    music: BackgroundMusic | None,
    music_level_db: float,
    ending: _Ending,
    *,
    voice_start: int,
) -> tuple[AudioTrack, ...]:
    voice = AudioTrack(
        role="narration",
        media=narration.audio,
        start=voice_start,
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
            fade_out=_CLOSING if ending.card else _MUSIC_TAIL_FADE,
        ),
    )
