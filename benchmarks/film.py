"""Films to measure rendering with: painted landscapes, the embedded voice, a composed cue.

Everything here comes from seeds and is made on the spot. A film is planned by the product itself
(``plan_timeline``), so that what is measured is what stories get.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, count, pairwise, takewhile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import BaseModel

from benchmarks.engines import called
from content_platform.captions.cues import cut_cues
from content_platform.captions.models import CaptionTrack
from content_platform.imagery.adapters.illustrator import Illustrator
from content_platform.imagery.models import FocalPoint, SceneImage, picture_size
from content_platform.mediatools.audio import Samples, read_audio, write_flac
from content_platform.mediatools.loudness import measure_loudness
from content_platform.music.adapters.composer import Composer
from content_platform.music.models import BackgroundMusic, ComposeRequest, Section
from content_platform.narration.adapters.kokoro import Kokoro
from content_platform.narration.models import (
    Narration,
    SceneSpan,
    SpeakRequest,
    Speech,
    WordTiming,
)
from content_platform.providers.models import CallRequest, Provider
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Beat, Scene, Shot, Story, TimeOfDay, Weather
from content_platform.video.models import Timeline
from content_platform.video.timeline import plan_timeline
from content_platform.vocabulary import ArtStyle, Format, Genre, Mood
from content_platform_tests.imagery.studio_sheets import requests_of

RATE = 48_000
STORY = "s_20260101_0001"
_PICTURES = 8
"""Different pictures of each format; longer films show them again."""
_SCENE_S = 45 / 8
_TEXT = (
    "The keeper climbed the tower while the storm came in over the bay. Nobody answered her call. "
    "Then a fox stepped out of the fog, and it carried a small brass key. She had seen that key "
    "before, a long time ago, in her mother's hand. What could it open now?"
)
_VOICE = "bm_george"
_PAUSE_S = 0.6
_LONGEST_CUE_S = 60.0

Picture = npt.NDArray[np.uint8]


class Studio:
    """Makes films of any length in one folder; pictures and sounds are made once.

    Its pictures are painted landscapes, the same whatever becomes of the illustrator.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.media = LocalMediaStore(folder / "media")

    def plan(
        self,
        seconds: float,
        shape: Format,
        *,
        scenes: int | None = None,
        changed_scene: int | None = None,
    ) -> Timeline:
        """The plain profile: camera moves, crossfades, highlighted captions, ducked music.

        ``changed_scene`` gets another picture than it had.
        """
        scene_count = scenes or max(1, round(seconds / _SCENE_S))
        spoken = seconds - 1.0
        # Scenes are unevenly long, as told ones are.
        weights = [1.0 + 0.35 * np.sin(2.4 * n) for n in range(scene_count)]
        borders = [spoken * share / sum(weights) for share in accumulate(weights, initial=0.0)]
        words = _words(spoken)
        scene_texts = [_scene(n, scene_count) for n in range(scene_count)]
        pictures = [n % _PICTURES for n in range(scene_count)]
        if changed_scene is not None:
            pictures[changed_scene] = _PICTURES
        return plan_timeline(
            Story(
                story_id=STORY,
                locale="en",
                title="The Lamp",
                logline="A lamp is lit.",
                genre=Genre.MYSTERY,
                theme="light",
                cast=(),
                scenes=tuple(scene_texts),
                words=len(words),
                written_by="script",
            ),
            self._narration(words, borders, spoken),
            [self._image(n, picture, shape) for n, picture in enumerate(pictures)],
            self._music(seconds),
            CaptionTrack(
                story_id=STORY,
                locale="en",
                cues=cut_cues(words, "en"),
                files={},
                inputs_sha256="0" * 64,
            ),
            format=shape,
            accent="#ffc857",
            music_level_db=-16,
            max_seconds=None,
            channel_title="Midnight Tales",
        )

    def _image(self, scene: int, picture: int, shape: Format) -> SceneImage:
        return SceneImage(
            story_id=STORY,
            format=shape,
            scene=scene,
            picture=self._picture(picture, shape),
            compressed={},
            focal_point=FocalPoint(x=0.32 + 0.12 * (scene % 4), y=0.42),
            alt_text="",
            provider="benchmark",
        )

    def _picture(self, number: int, shape: Format) -> MediaRef:
        path = self._folder / f"picture-{number}-{shape}.jpg"
        if not path.exists():
            self._make_picture(number, shape, path)
        return self.media.put_file(path, "image/jpeg")

    def _make_picture(self, number: int, shape: Format, path: Path) -> None:
        picture = Image.fromarray(paint(picture_size(shape), number))
        picture.save(path, quality=92, subsampling=0)  # as pictures of stories are

    def layer(self, shape: Format) -> MediaRef:
        """Something near: the lower third of a landscape, clear above a ridge, for parallax."""
        path = self._folder / f"layer-{shape}.png"
        if not path.exists():
            width, height = picture_size(shape)
            rgba = np.dstack([paint((width, height), 99), np.zeros((height, width), np.uint8)])
            edge = height * 0.72 + height * 0.05 * _ridge(width, np.random.default_rng(99))
            rgba[np.arange(height)[:, None] > edge[None, :], 3] = 255
            Image.fromarray(rgba).save(path, compress_level=4)
        return self.media.put_file(path, "image/png")

    def _narration(
        self, words: Sequence[WordTiming], borders: Sequence[float], seconds: float
    ) -> Narration:
        path = self._folder / f"narration-{seconds:g}.flac"
        if not path.exists():
            write_flac(path, told(seconds), RATE)
        return Narration(
            story_id=STORY,
            locale="en",
            audio=self.media.put_file(path, "audio/flac"),
            compressed={},
            duration_s=seconds,
            voice=_VOICE,
            provider="benchmark",
            words=tuple(words),
            spans=tuple(
                SceneSpan(scene=n, start_s=start, end_s=end)
                for n, (start, end) in enumerate(pairwise(borders))
            ),
            inputs_sha256="0" * 64,
        )

    def _music(self, seconds: float) -> BackgroundMusic:
        path = self._folder / f"music-{seconds:g}.flac"
        if not path.exists():
            write_flac(path, played(seconds), RATE)
        return BackgroundMusic(
            story_id=STORY,
            locale="en",
            audio=self.media.put_file(path, "audio/flac"),
            mood=Mood.CALM,
            title="Cue",
            provider="benchmark",
            duration_s=seconds,
            last_chord_s=seconds,
            attribution="",
        )


class DrawnStudio(Studio):
    """The same with pictures of the illustrator's, in the style that most channels have."""

    def _make_picture(self, number: int, shape: Format, path: Path) -> None:
        requests = requests_of(
            "a lighthouse keeper who collects lost letters",
            Genre.HEARTWARMING,
            style=ArtStyle.STORYBOOK_LIGHT,
            formats=(shape,),
            words=110,
        )
        with tempfile.TemporaryDirectory() as folder:
            made = called(Illustrator(workers=1), requests[number], Path(folder))
            shutil.copyfile(made.files[f"picture-{shape}"], path)


def _words(seconds: float) -> list[WordTiming]:
    sound, told_once = _telling()
    once_s = len(sound) / RATE
    again = (
        WordTiming(
            text=word.text,
            start_s=round(time * once_s + word.start_s, 3),
            end_s=round(time * once_s + word.end_s, 3),
        )
        for time in count()
        for word in told_once
    )
    return list(takewhile(lambda word: word.end_s < seconds, again))


def _scene(number: int, count: int) -> Scene:
    shots = (Shot.ESTABLISHING, Shot.MEDIUM, Shot.CLOSE, Shot.MEDIUM)
    beat = Beat.HOOK if number == 0 else Beat.ENDING if number == count - 1 else Beat.RISE
    return Scene(
        index=number,
        text="Something happens.",
        place=f"place {number}",
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.STORM,
        mood=Mood.MYSTERY,
        shot=shots[number % len(shots)],
        beat=beat,
    )


def paint(size: tuple[int, int], seed: int) -> Picture:
    """A landscape: sky with clouds and a sun, ridges of texture one before the other, fine grain."""
    width, height = size
    random = np.random.default_rng(seed)
    hue = random.uniform(0, 2 * np.pi)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    tint = np.array([np.cos(hue), np.cos(hue + 2.1), np.cos(hue + 4.2)], np.float32)
    picture = (150 + 45 * tint) * (1 - rows) + (215 - 25 * tint) * rows
    picture = picture + 22 * _cloud(size, random, 1.9)[..., None]
    columns = np.arange(width, dtype=np.float32)
    sun = (columns[None, :] - width * random.uniform(0.3, 0.7)) ** 2
    sun = sun + (np.arange(height, dtype=np.float32)[:, None] - height * 0.22) ** 2
    picture += 90 * np.exp(-sun / (2 * (0.05 * width + 40) ** 2))[..., None]
    for ridge in range(4):
        line = _ridge(width, random) * height * 0.09 + height * (0.38 + 0.15 * ridge)
        inside = np.arange(height, dtype=np.float32)[:, None] > line[None, :]
        shade = (120 - 26 * ridge) * (1 + 0.22 * tint)
        shade += (20 * random.uniform(-1, 1, 3)).astype(np.float32)
        texture = (9 + 7 * ridge) * _cloud(size, random, 1.25)[..., None]
        picture = np.where(inside[..., None], shade + texture, picture)
    picture += 2 * random.standard_normal((height, width, 1), np.float32)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _cloud(size: tuple[int, int], random: np.random.Generator, roughness: float) -> Samples:
    """Noise whose octaves halve in strength by ``roughness``; mean 0, deviation 1."""
    width, height = size
    total = np.zeros((height, width), np.float32)
    strength, cell = 1.0, 512
    while cell >= 2:
        coarse = random.standard_normal((height // cell + 3, width // cell + 3), np.float32)
        total += strength * cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
        strength, cell = strength / roughness, cell // 2
    total -= total.mean()
    return np.asarray(total / total.std(), np.float32)


def _ridge(width: int, random: np.random.Generator) -> npt.NDArray[np.float32]:
    line = np.zeros(width)
    for octave in range(8):
        waves = 2**octave * random.uniform(0.7, 1.3)
        wave = np.linspace(0, 2 * np.pi * waves, width) + random.uniform(0, 6)
        line += np.sin(wave) / 1.8**octave
    return line.astype(np.float32)


@cache
def _telling() -> tuple[Samples, tuple[WordTiming, ...]]:
    """The text, told once and with a pause behind; and when each word is heard."""
    speech, sound = _heard(Kokoro(), SpeakRequest(text=_TEXT, locale="en", voice=_VOICE), 1)
    assert isinstance(speech, Speech)
    pause = np.zeros((round(_PAUSE_S * RATE), 1), np.float32)
    return np.concatenate([sound, pause]), speech.words


def told(seconds: float) -> Samples:
    """The text, over and over; -20 LUFS."""
    once, _ = _telling()
    return _at_loudness(np.resize(once, (round(seconds * RATE), 1)), -20)


def played(seconds: float) -> Samples:
    """A cue of the composer's, over and over, stereo; -18 LUFS."""
    length = min(seconds, _LONGEST_CUE_S)
    request = ComposeRequest(
        mood=Mood.MYSTERY,
        sections=(
            Section(start_s=0, mood=Mood.MYSTERY, intensity=0.4),
            Section(start_s=0.6 * length, mood=Mood.TENSE, intensity=0.8),
        ),
        duration_s=length,
        resolve_at_s=length - 2,
        source="composer",
        seed=11,
    )
    _, cue = _heard(Composer(), request, 2)
    return _at_loudness(np.resize(cue, (round(seconds * RATE), 2)), -18)


def _heard(
    provider: Provider, request: CallRequest[Any], channels: int
) -> tuple[BaseModel, Samples]:
    """What the provider returned, and its sound."""
    with tempfile.TemporaryDirectory() as folder:
        made = called(provider, request, Path(folder))
        return made.output, read_audio(made.files["audio"], RATE, channels)


def _at_loudness(sound: Samples, lufs: float) -> Samples:
    part = sound[: 60 * RATE]
    gain = 10 ** ((lufs - measure_loudness(part).integrated_lufs) / 20)
    return (sound * gain).astype(np.float32)
