"""The sound of a video: loud enough whatever the voice, music below it, gone where it is cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from content_platform.mediatools.audio import Samples, read_audio, write_flac
from content_platform.mediatools.ffmpeg import run_ffmpeg
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.video import mastering
from content_platform.video.mastering import master_sound
from content_platform.video.models import AudioTrack
from content_platform.video.segments import SegmentCache
from content_platform_tests.video.sample_story import RATE, at_loudness, chord, hum, words_until


def stored(media: LocalMediaStore, folder: Path, sound: Samples) -> MediaRef:
    write_flac(folder / "sound.flac", sound, RATE)
    return media.put_file(folder / "sound.flac", "audio/flac")


def level_db(sound: Samples) -> float:
    return float(10 * np.log10(np.mean(sound.astype(float) ** 2) + 1e-12))


@pytest.mark.parametrize("peakiness", [1, 2, 4])
def test_even_a_voice_full_of_peaks_reaches_the_target_below_the_peak_limit(
    media: LocalMediaStore, tmp_path: Path, peakiness: int
) -> None:
    random = np.random.default_rng(5)
    times = np.arange(6 * RATE) / RATE
    bursts = np.clip(np.sin(2 * np.pi * 1.7 * times), 0, 1) ** (peakiness**2)
    noise = np.convolve(random.laplace(0, 1, len(times)) * bursts, np.ones(12) / 12, "same")
    voice = stored(media, tmp_path, at_loudness(noise[:, None].astype(np.float32), -20))
    track = AudioTrack(role="narration", media=voice, end=180)
    mastered = master_sound([track], 180, 30, media=media, target=tmp_path / "out.m4a")
    assert mastered.loudness.integrated_lufs == pytest.approx(-14, abs=0.3)
    assert mastered.loudness.true_peak_dbtp <= -1
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.m4a"]


def test_music_gives_way_to_the_voice_and_both_end_where_they_are_cut(
    media: LocalMediaStore, tmp_path: Path
) -> None:
    words = words_until(3)
    voice = stored(media, tmp_path, hum(words, 3))
    music = stored(media, tmp_path, chord(8))
    tracks = [
        AudioTrack(role="narration", media=voice, end=60, fade_out=3),
        AudioTrack(role="music", media=music, gain_db=-6, end=150, fade_out=30),
    ]
    master_sound(tracks, 180, 30, media=media, target=tmp_path / "out.m4a")
    heard = read_audio(tmp_path / "out.m4a", RATE, 1)
    voiced, alone, fading, silent = (
        level_db(heard[round(a * RATE) : round(b * RATE)])
        for a, b in ((0.3, 1.9), (3.2, 3.9), (4.8, 4.95), (5.2, 5.9))
    )
    assert voiced > alone + 3
    assert alone > fading + 6
    assert silent < -80

    # Under the voice the same music is quieter: look at its own tone, which the hum lacks.
    def tone(start: float, end: float) -> float:
        part = heard[round(start * RATE) : round(end * RATE), 0]
        phase = np.exp(-2j * np.pi * 329.6 * np.arange(len(part)) / RATE)
        return float(20 * np.log10(abs(np.mean(part * np.hanning(len(part)) * phase))))

    assert tone(3.2, 3.9) - tone(0.9, 1.6) > 2


def test_a_sound_made_before_is_not_made_again_and_a_changed_one_is(
    media: LocalMediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = stored(media, tmp_path, hum(words_until(2), 2))
    track = AudioTrack(role="narration", media=voice, end=60)
    cache = SegmentCache(tmp_path / "cache")
    first = master_sound([track], 60, 30, media=media, target=tmp_path / "1.m4a", cache=cache)
    made = []

    def counted(*args: str | Path, timeout_s: float) -> bytes:
        made.append(args)
        return run_ffmpeg(*args, timeout_s=timeout_s)

    monkeypatch.setattr(mastering, "run_ffmpeg", counted)
    again = master_sound([track], 60, 30, media=media, target=tmp_path / "2.m4a", cache=cache)
    assert made == []
    assert again.loudness == first.loudness
    assert again.path.read_bytes() == first.path.read_bytes()
    shorter = track.model_copy(update={"end": 50})
    master_sound([shorter], 60, 30, media=media, target=tmp_path / "3.m4a", cache=cache)
    assert made
