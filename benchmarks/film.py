"""Films to measure rendering with: painted landscapes, a humming narrator, chords; all from seeds.

Everything here is deterministic and made on the spot. A film is planned by the product itself
(``plan_timeline``), so that what is measured is what stories get.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
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
STORY = "s_20260101_0001"
_PICTURES = 8
"""Different pictures of each format; longer films show them again."""
_SCENE_S = 45 / 8
_TEXT = (
    "The keeper climbed the tower while the storm came in over the bay. Nobody answered her call. "
    "Then a fox stepped out of the fog, and it carried a small brass key. She had seen that key "
    "before, a long time ago, in her mother's hand. What could it open now?"
)
_WORD_S, _WORD_LASTS_S = 0.36, 0.31

Picture = npt.NDArray[np.uint8]


class Studio:
    """Makes films of any length in one folder; pictures and sounds are made once."""

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
        count = scenes or max(1, round(seconds / _SCENE_S))
        spoken = seconds - 1.0
        # Scenes are unevenly long, as told ones are.
        weights = [1.0 + 0.35 * np.sin(2.4 * n) for n in range(count)]
        borders = [spoken * share / sum(weights) for share in accumulate(weights, initial=0.0)]
        words = _words(spoken)
        told = [_scene(n, count) for n in range(count)]
        pictures = [n % _PICTURES for n in range(count)]
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
                scenes=tuple(told),
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
        path = self._folder / f"picture-{number}-{shape}.png"
        if not path.exists():
            Image.fromarray(paint(picture_size(shape), number)).save(path, compress_level=4)
        return self.media.put_file(path, "image/png")

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
            write_flac(path, hum(words, seconds), RATE)
        return Narration(
            story_id=STORY,
            locale="en",
            audio=self.media.put_file(path, "audio/flac"),
            compressed={},
            duration_s=seconds,
            voice="hum",
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
            write_flac(path, chords(seconds), RATE)
        return BackgroundMusic(
            story_id=STORY,
            locale="en",
            audio=self.media.put_file(path, "audio/flac"),
            mood=Mood.CALM,
            title="Chords",
            provider="benchmark",
            duration_s=seconds,
            last_chord_s=seconds,
            attribution="",
        )


def _words(seconds: float) -> list[WordTiming]:
    said = _TEXT.split()
    words, at = [], 0.2
    while at + _WORD_S < seconds:
        text = said[len(words) % len(said)]
        words.append(
            WordTiming(text=text, start_s=round(at, 3), end_s=round(at + _WORD_LASTS_S, 3))
        )
        at += _WORD_S + (0.35 if text[-1] in ".?" else 0.0)
    return words


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
def _spoken(kind: int) -> npt.NDArray[np.float32]:
    """One word: two buzzing syllables with formants, the second after a breath of noise."""
    random = np.random.default_rng(kind)
    length = round(_WORD_LASTS_S * RATE)
    times = np.arange(length) / RATE
    pitch = random.uniform(100, 150) * (1 + 0.08 * np.sin(2 * np.pi * 3 * times))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = random.uniform([300, 900, 2300], [800, 1900, 3000])
    voice = np.zeros(length)
    for harmonic in range(1, 30):
        near = np.exp(-((harmonic * 125 - formants) ** 2) / (2 * 180**2)).sum() + 0.03
        voice += near * np.sin(harmonic * phase)
    shape = np.abs(np.sin(2 * np.pi * times / _WORD_LASTS_S)) ** 0.6
    breath = np.exp(-(((times - _WORD_LASTS_S / 2) / 0.02) ** 2)) * random.normal(0, 0.6, length)
    return (voice * shape + breath).astype(np.float32)


def hum(words: Sequence[WordTiming], seconds: float) -> Samples:
    """Something like speech: a sound for each word, pauses between sentences; -20 LUFS."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    for number, word in enumerate(words):
        first = round(word.start_s * RATE)
        said = _spoken(number % 40)[: len(sound) - first]
        sound[first : first + len(said)] += said
    return _at_loudness(sound[:, None], -20)


def chords(seconds: float) -> Samples:
    """Four slow chords, over and over, stereo; -18 LUFS."""
    times = np.arange(8 * RATE) / RATE
    bars = []
    for root in (220.0, 174.6, 261.6, 196.0):
        swell = np.sin(np.pi * times / 8) ** 0.5
        tones = [np.sin(2 * np.pi * root * ratio * times) for ratio in (1, 1.26, 1.5, 2.01)]
        bars.append(np.stack([swell * (tones[0] + tones[2]), swell * (tones[1] + tones[3])], 1))
    loop = np.concatenate(bars)
    whole = np.resize(loop, (round(seconds * RATE), 2)).astype(np.float32)
    return _at_loudness(whole, -18)


def _at_loudness(sound: Samples, lufs: float) -> Samples:
    part = sound[: 60 * RATE]
    gain = 10 ** ((lufs - measure_loudness(part).integrated_lufs) / 20)
    return (sound * gain).astype(np.float32)
