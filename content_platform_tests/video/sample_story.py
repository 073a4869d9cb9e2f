"""Small, real inputs for video tests: textured pictures, a humming narrator, a chord for music."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from content_platform.captions.cues import cut_cues
from content_platform.captions.models import CaptionTrack
from content_platform.imagery.models import FocalPoint, SceneImage, picture_size
from content_platform.mediatools.audio import Samples, write_flac
from content_platform.mediatools.loudness import measure_loudness
from content_platform.music.models import BackgroundMusic
from content_platform.narration.models import Narration, SceneSpan, WordTiming
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Beat, Scene, Shot, Story, TimeOfDay, Weather
from content_platform.video.models import Timeline
from content_platform.video.timeline import plan_timeline
from content_platform.vocabulary import Format, Genre, Mood

RATE = 48_000
NOWHERE = MediaRef(sha256="0" * 64, size_bytes=1, mime="image/png")
"""For planning, which never opens a file."""

_SAID = (
    "The keeper climbed the tower. Nobody answered her call. Then a fox came out of the fog. "
    "It carried a key."
)


def words_until(seconds: float, pace_s: float = 0.32) -> tuple[WordTiming, ...]:
    """Words spoken evenly from 0.2 s on, the last one ending before ``seconds``."""
    said = _SAID.split()
    count = max(1, int((seconds - 0.2) / pace_s))
    return tuple(
        WordTiming(
            text=said[n % len(said)],
            start_s=round(0.2 + n * pace_s, 3),
            end_s=round(0.2 + n * pace_s + 0.8 * pace_s, 3),
        )
        for n in range(count)
    )


def scene(index: int, beat: Beat = Beat.RISE, shot: Shot = Shot.MEDIUM) -> Scene:
    return Scene(
        index=index,
        text="Something happens.",
        place="lighthouse",
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.STORM,
        mood=Mood.MYSTERY,
        shot=shot,
        beat=beat,
    )


def story_of(scenes: Sequence[Scene], story_id: str = "s_20260101_0001") -> Story:
    return Story(
        story_id=story_id,
        locale="en",
        title="The Lamp",
        logline="A lamp is lit.",
        genre=Genre.MYSTERY,
        theme="light",
        cast=(),
        scenes=tuple(scenes),
        words=10,
        written_by="script",
    )


def narration_of(
    words: Sequence[WordTiming], borders: Sequence[float], audio: MediaRef = NOWHERE
) -> Narration:
    """``borders`` are where scenes begin and, last, where the audio ends."""
    return Narration(
        story_id="s_20260101_0001",
        locale="en",
        audio=audio,
        compressed={},
        duration_s=borders[-1],
        voice="hum",
        provider="test",
        words=tuple(words),
        spans=tuple(
            SceneSpan(scene=n, start_s=start, end_s=end)
            for n, (start, end) in enumerate(pairwise(borders))
        ),
        inputs_sha256="0" * 64,
    )


def images_of(
    scenes: int, formats: Sequence[Format], pictures: Sequence[MediaRef] = ()
) -> list[SceneImage]:
    """``pictures`` go round; without them, references to nowhere."""
    return [
        SceneImage(
            story_id="s_20260101_0001",
            format=shape,
            scene=n,
            picture=pictures[n % len(pictures)] if pictures else NOWHERE,
            compressed={},
            focal_point=FocalPoint(x=0.35 + 0.1 * (n % 4), y=0.4),
            alt_text="",
            provider="test",
        )
        for n in range(scenes)
        for shape in formats
    ]


def music_of(seconds: float, audio: MediaRef = NOWHERE) -> BackgroundMusic:
    return BackgroundMusic(
        story_id="s_20260101_0001",
        locale="en",
        audio=audio,
        mood=Mood.CALM,
        title="A chord",
        provider="test",
        duration_s=seconds,
        last_chord_s=seconds,
        attribution="",
    )


def captions_of(words: Sequence[WordTiming]) -> CaptionTrack:
    return CaptionTrack(
        story_id="s_20260101_0001",
        locale="en",
        cues=cut_cues(words, "en"),
        files={},
        inputs_sha256="0" * 64,
    )


@cache
def texture(shape: Format, seed: int) -> bytes:
    """A PNG of soft coloured noise without any straight line: motion shows everywhere in it."""
    width, height = picture_size(shape)
    random = np.random.default_rng(seed)
    layers = []
    for scale in (2, 8, 40):
        noise = random.normal(0, 1, (height // scale + 1, width // scale + 1, 3)).astype(np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), 1.2)
        noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
        layers.append(noise / noise.std())
    pixels = 118 + 9 * layers[0] + 14 * layers[1] + 22 * layers[2]
    out = BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def hum(words: Sequence[WordTiming], seconds: float) -> Samples:
    """A voice of a kind: a buzz for each word, at -20 LUFS."""
    sound = np.zeros(round(seconds * RATE))
    for word in words:
        first, last = round(word.start_s * RATE), round(word.end_s * RATE)
        times = np.arange(last - first) / RATE
        voice = sum(np.sin(2 * np.pi * 130 * h * times + h * h) / h for h in range(1, 14))
        sound[first:last] += voice * np.sin(np.pi * np.linspace(0, 1, last - first))
    return at_loudness(sound[:, None].astype(np.float32), -20)


def chord(seconds: float) -> Samples:
    times = np.arange(round(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * tone * times) for tone in (220, 277.2, 329.6))
    sound = sound * np.clip((seconds - times) / 1.0, 0, 1)
    return at_loudness(np.stack([sound, sound * 0.9], 1).astype(np.float32), -18)


def at_loudness(sound: Samples, lufs: float) -> Samples:
    gain = 10 ** ((lufs - measure_loudness(sound).integrated_lufs) / 20)
    return (sound * gain).astype(np.float32)


@dataclass(frozen=True)
class SampleStory:
    """Everything ``plan_timeline`` and ``produce_videos`` take, with media in a store."""

    story: Story
    narration: Narration
    images: list[SceneImage]
    music: BackgroundMusic
    captions: CaptionTrack

    def plan(self, shape: Format = Format.SQUARE, max_seconds: float | None = None) -> Timeline:
        return plan_timeline(
            self.story,
            self.narration,
            self.images,
            self.music,
            self.captions,
            format=shape,
            accent="#ffc857",
            music_level_db=-16,
            max_seconds=max_seconds,
            channel_title="Midnight Tales",
        )


def sample_story(
    media: LocalMediaStore,
    folder: Path,
    *,
    seconds: float = 3.0,
    scenes: int = 2,
    formats: Sequence[Format] = (Format.SQUARE,),
) -> SampleStory:
    """A story of evenly long scenes, spoken for ``seconds``."""
    words = words_until(seconds)
    write_flac(folder / "narration.flac", hum(words, seconds), RATE)
    write_flac(folder / "music.flac", chord(seconds + 1), RATE)
    images = [
        image.model_copy(
            update={"picture": media.put_bytes(texture(image.format, image.scene % 3), "image/png")}
        )
        for image in images_of(scenes, formats)
    ]
    beats = [Beat.HOOK, *[Beat.RISE] * (scenes - 2), Beat.ENDING]
    return SampleStory(
        story_of([scene(n, beats[n]) for n in range(scenes)]),
        narration_of(
            words,
            [seconds * n / scenes for n in range(scenes + 1)],
            media.put_file(folder / "narration.flac", "audio/flac"),
        ),
        images,
        music_of(seconds + 1, media.put_file(folder / "music.flac", "audio/flac")),
        captions_of(words),
    )
