"""The check of finished videos finds what viewers would notice, and nothing else."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from content_platform.captions.layout import PLACEMENTS
from content_platform.mediatools.ffmpeg import run_ffmpeg
from content_platform.narration.models import WordTiming
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.video.checks import (
    check_captions_on_screen,
    check_platform_limits,
    check_video,
)
from content_platform.video.models import Video
from content_platform.vocabulary import CaptionStyle, Format, Platform
from content_platform_tests.video.sample_story import captions_of
from content_platform_tests.video.test_random_timelines import SCRIPTS

_SIZE = "1080x1080"
_MOVING = f"testsrc2=size={_SIZE}:rate=30,scale=out_color_matrix=bt709"
_TONE = "sine=frequency=440:sample_rate=48000,aformat=channel_layouts=stereo"


def made(
    media: LocalMediaStore,
    folder: Path,
    *,
    picture: str = _MOVING,
    level_db: float = 7.7,
    layout: str = "+faststart",
    seconds: float = 4,
    sound_seconds: float | None = None,
    sound_delay: float = 0.0,
    claims: int = 120,
) -> Video:
    """A video as ffmpeg makes it, and a record that claims ``claims`` frames."""
    silent, path = folder / "silent.mp4", folder / "made.mp4"
    silent.write_bytes(_filmed(picture, seconds))
    run_ffmpeg(
        *("-y", "-i", silent),
        *("-f", "lavfi", "-t", f"{sound_seconds or seconds}", "-itsoffset", f"{sound_delay}"),
        *("-i", _TONE),
        *("-af", f"volume={level_db}dB", "-c:v", "copy"),
        *("-c:a", "aac", "-movflags", layout, path),
        timeout_s=60,
    )
    return record(media, path, claims)


@cache
def _filmed(picture: str, seconds: float) -> bytes:
    """The video without its sound: most tests want the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "silent.mp4"
        run_ffmpeg(
            *("-f", "lavfi", "-t", f"{seconds}", "-i", picture),
            *("-c:v", "libx264", "-preset", "ultrafast", "-x264-params", "8x8dct=1:cabac=1"),
            *("-pix_fmt", "yuv420p", "-profile:v", "high", path),
            timeout_s=60,
        )
        return path.read_bytes()


def record(media: LocalMediaStore, path: Path, frames: int) -> Video:
    return Video(
        story_id="s_20260101_0001",
        locale="en",
        format=Format.SQUARE,
        media=media.put_file(path, "video/mp4"),
        duration_s=frames / 30,
        frames=frames,
        loudness_lufs=-14,
        true_peak_dbtp=-2,
        render_seconds=1,
        inputs_sha256="0" * 64,
    )


def test_a_sound_video_passes(media: LocalMediaStore, tmp_path: Path) -> None:
    report = check_video(made(media, tmp_path), media)
    assert report.problems == ()
    assert report.measures["frames"] == 120
    assert report.measures["loudness_lufs"] == pytest.approx(-14, abs=0.5)


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"picture": f"{_MOVING},drawbox=color=black:t=fill:enable='between(n,20,50)'"}, "black"),
        ({"picture": f"{_MOVING},loop=loop=80:size=1:start=10"}, "the picture is frozen for 2."),
        (
            {
                "picture": "gradients=size=1080x1080:rate=30:speed=0.004:seed=5,"
                "drawbox=y=500:h=120:color=white:t=fill:enable='eq(n,50)'"
            },
            "the frame at 1.7 s is torn",
        ),
        ({"sound_delay": 0.2}, "ms later than the picture"),
        ({"level_db": -20}, "the sound has -41"),
        ({"level_db": 20}, "dBTP, wanted at most -1"),
        ({"layout": "0"}, "moov"),
        ({"claims": 121}, "120 frames can be decoded, wanted 121"),
        ({"sound_seconds": 3.0}, "the picture lasts 4.00 s and the sound 3.00 s"),
        ({"picture": _MOVING.replace(_SIZE, "540x540")}, "has 540 x 540 pixels"),
        ({"picture": _MOVING.replace("rate=30", "rate=25"), "claims": 100}, "25 frames a second"),
    ],
)
def test_a_fault_is_named(
    media: LocalMediaStore, tmp_path: Path, faults: dict[str, str | float | int], said: str
) -> None:
    report = check_video(made(media, tmp_path, **faults), media)  # type: ignore[arg-type]
    assert any(said in problem for problem in report.problems), report.problems


def test_a_fade_to_black_at_the_very_end_is_no_fault(
    media: LocalMediaStore, tmp_path: Path
) -> None:
    fading = f"{_MOVING},drawbox=color=black:t=fill:enable='gte(n,96)'"
    assert check_video(made(media, tmp_path, picture=fading), media).problems == ()


def test_a_file_cut_short_is_a_problem_and_not_a_crash(
    media: LocalMediaStore, tmp_path: Path
) -> None:
    whole = media.local_path(made(media, tmp_path).media).read_bytes()
    cut = tmp_path / "cut.mp4"
    for share in (0.5, 0.0005):
        cut.write_bytes(whole[: int(len(whole) * share)])
        assert not check_video(record(media, cut, 120), media).passed


def test_a_damaged_frame_is_a_problem(media: LocalMediaStore, tmp_path: Path) -> None:
    path = media.local_path(made(media, tmp_path).media)
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 2, len(data) // 2 + 4000, 7):
        data[at] ^= 0xFF
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    report = check_video(record(media, broken, 120), media)
    assert any("damaged" in problem or "decoded" in problem for problem in report.problems)


def test_what_a_platform_does_not_take_is_said_for_each(media: LocalMediaStore) -> None:
    long = Video(
        story_id="s_20260101_0001",
        locale="en",
        format=Format.PORTRAIT,
        media=MediaRef(sha256="0" * 64, size_bytes=400 * 10**6, mime="video/mp4"),
        duration_s=120,
        frames=3600,
        loudness_lufs=-14,
        true_peak_dbtp=-2,
        render_seconds=1,
        inputs_sha256="0" * 64,
    )
    assert check_platform_limits(long, tuple(Platform)).problems == (
        "the 9x16 video has 400 MB, instagram takes 300",
        "the 9x16 video has 26667 kbit/s, instagram takes 25000",
        "the 9x16 video lasts 120.0 s, facebook takes 3 to 90",
        "the 9x16 video has 26667 kbit/s, facebook takes 25000",
    )
    wide = long.model_copy(update={"format": Format.LANDSCAPE})
    assert check_platform_limits(wide, [Platform.FACEBOOK, Platform.YOUTUBE]).passed


@pytest.mark.parametrize("look", list(CaptionStyle))
def test_captions_of_any_script_stay_on_screen(look: CaptionStyle) -> None:
    for locale, text in SCRIPTS.items():
        words = [
            WordTiming(text=word, start_s=n * 0.4, end_s=n * 0.4 + 0.3)
            for n, word in enumerate(text.split(" "))
        ]
        track = captions_of(words).model_copy(update={"locale": locale})
        shapes = [Format.PORTRAIT] if look is not CaptionStyle.POP else list(Format)
        report = check_captions_on_screen(track, shapes, accent="#ffc857", look=look)
        assert report.problems == (), locale


def test_a_caption_that_reaches_the_edge_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [WordTiming(text="Lighthousekeepers", start_s=0, end_s=1)]
    place = PLACEMENTS[Format.SQUARE]
    monkeypatch.setitem(PLACEMENTS, Format.SQUARE, replace(place, size=190, width=1.0))
    report = check_captions_on_screen(
        captions_of(words), [Format.SQUARE], accent="#ffc857", look=CaptionStyle.PLAIN
    )
    assert report.problems == ("in 1x1, “Lighthousekeepers” touches the edge of the picture",)
