"""Sound and picture tools: what is written is read back, measured and compressed truly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from content_platform.errors import DefectiveMedia
from content_platform.mediatools.audio import Samples, read_audio, write_flac
from content_platform.mediatools.convert import (
    AudioKind,
    PictureKind,
    compress_audio,
    compress_picture,
)
from content_platform.mediatools.ffmpeg import FfmpegError, run_ffmpeg
from content_platform.mediatools.loudness import measure_loudness
from content_platform.mediatools.probe import probe

RATE = 48_000


def tone(seconds: float, level_dbfs: float = -20.0, channels: int = 2) -> Samples:
    times = np.arange(round(RATE * seconds)) / RATE
    wave = 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * 997 * times)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def test_a_stereo_997_hz_tone_measures_its_level_as_bs_1770_says() -> None:
    loudness = measure_loudness(tone(3, -23.0))
    assert loudness.integrated_lufs == pytest.approx(-23.0, abs=0.05)
    assert loudness.true_peak_dbtp == pytest.approx(-23.0, abs=0.1)


def test_silence_and_sounds_of_a_blink_are_measured_without_failing() -> None:
    assert measure_loudness(tone(1) * 0).integrated_lufs == -70.0
    assert measure_loudness(tone(0.05)).true_peak_dbtp == pytest.approx(-20, abs=0.3)


def test_flac_gives_back_the_samples_it_was_given_and_the_same_bytes_each_time(
    tmp_path: Path,
) -> None:
    sound = tone(1.3, -6)
    first, second = tmp_path / "a.flac", tmp_path / "b.flac"
    write_flac(first, sound, RATE)
    write_flac(second, sound, RATE)
    assert first.read_bytes() == second.read_bytes()
    np.testing.assert_allclose(read_audio(first, RATE, 2), sound, atol=1 / 32767)
    assert read_audio(first, 24_000, 1).shape == (round(24_000 * 1.3), 1)
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_mono_becomes_stereo_without_changing_its_samples(tmp_path: Path) -> None:
    write_flac(tmp_path / "mono.flac", tone(0.5, -6, channels=1)[:, 0], RATE)
    stereo = read_audio(tmp_path / "mono.flac", RATE, 2)
    np.testing.assert_allclose(stereo, tone(0.5, -6), atol=1 / 32767)


def test_sound_that_is_not_a_number_is_refused(tmp_path: Path) -> None:
    broken = tone(0.2)
    broken[100, 0] = np.nan
    with pytest.raises(DefectiveMedia, match="not numbers"):
        write_flac(tmp_path / "x.flac", broken, RATE)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("kind", "codec", "suffix"),
    [("mp3", "mp3float", ".mp3"), ("aac", "aac", ".m4a"), ("opus", "opus", ".opus")],
)
def test_compressed_sound_keeps_length_and_loudness(
    tmp_path: Path, kind: AudioKind, codec: str, suffix: str
) -> None:
    write_flac(tmp_path / "a.flac", tone(2), RATE)
    target = tmp_path / f"a{suffix}"
    compress_audio(tmp_path / "a.flac", kind, target)
    sound = probe(target).sound
    assert sound is not None
    assert sound.codec == codec
    assert sound.duration_s == pytest.approx(2, abs=0.03)
    assert measure_loudness(target).integrated_lufs == pytest.approx(-20, abs=0.3)
    assert target.stat().st_size < (tmp_path / "a.flac").stat().st_size * 2
    again = tmp_path / f"b{suffix}"
    compress_audio(tmp_path / "a.flac", kind, again)
    assert again.read_bytes() == target.read_bytes()


@pytest.mark.parametrize("kind", ["jpeg", "webp", "avif"])
def test_compressed_pictures_look_the_same_and_are_smaller(
    tmp_path: Path, kind: PictureKind
) -> None:
    y, x = np.mgrid[0:240, 0:320]
    pixels = np.stack([x * 0.7, y, 128 + 60 * np.sin(x / 17) * np.cos(y / 11)], -1).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    compress_picture(tmp_path / "a.png", kind, tmp_path / "b")
    with Image.open(tmp_path / "b") as picture:
        assert picture.format == kind.upper()
        error = np.asarray(picture.convert("RGB"), float) - pixels
    assert 10 * np.log10(255**2 / np.mean(error**2)) > 32
    assert (tmp_path / "b").stat().st_size < (tmp_path / "a.png").stat().st_size


@pytest.mark.parametrize("content", [b"", b"not media at all" * 99])
def test_files_that_are_no_media_are_refused_by_name(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.flac"
    bad.write_bytes(content)
    with pytest.raises(DefectiveMedia, match=r"bad\.flac"):
        probe(bad)
    with pytest.raises(DefectiveMedia, match=r"bad\.flac"):
        read_audio(bad, RATE, 1)
    with pytest.raises(DefectiveMedia, match=r"bad\.flac"):
        measure_loudness(bad)
    with pytest.raises(DefectiveMedia, match=r"bad\.flac"):
        compress_picture(bad, "jpeg", tmp_path / "o")
    with pytest.raises(FfmpegError):
        compress_audio(bad, "mp3", tmp_path / "o")
    assert list(tmp_path.iterdir()) == [bad]


def test_a_truncated_jpeg_is_refused_instead_of_being_shown_half_grey(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg")
    cut = tmp_path / "cut.jpg"
    cut.write_bytes((tmp_path / "a.jpg").read_bytes()[:9000])
    with pytest.raises(DefectiveMedia, match=r"cut\.jpg"):
        compress_picture(cut, "webp", tmp_path / "o")


def test_ffmpeg_that_takes_too_long_is_stopped_and_named() -> None:
    with pytest.raises(FfmpegError, match="did not finish within"):
        run_ffmpeg("-re", "-f", "lavfi", "-i", "sine", "-f", "null", "-", timeout_s=0.3)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no parent-death signal")
def test_ffmpeg_dies_with_the_process_that_started_it() -> None:
    asks = (
        "from content_platform.mediatools.ffmpeg import run_ffmpeg\n"
        "run_ffmpeg('-re', '-f', 'lavfi', '-i', 'sine', '-f', 'null', '-', timeout_s=60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", asks])
    try:
        watched = psutil.Process(parent.pid)
        child: psutil.Process | None = None
        while child is None and watched.is_running():
            child = next((c for c in watched.children() if "ffmpeg" in c.name()), None)
        assert child is not None
    finally:
        parent.kill()
        parent.wait()
    gone, alive = psutil.wait_procs([child], timeout=10)
    assert child in gone
    assert not alive
