"""Any story renders, or says clearly why not: no hang, no crash, no file left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from content_platform.errors import ContentPlatformError
from content_platform.imagery.models import picture_size
from content_platform.mediatools.audio import write_flac
from content_platform.mediatools.ffmpeg import run_ffmpeg
from content_platform.narration.models import Narration, WordTiming
from content_platform.steering.models import (
    BrandingConfig,
    Grade,
    TransitionsConfig,
    VideoConfig,
)
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.video import renderer
from content_platform.video.models import Timeline
from content_platform.video.pool import render_segments
from content_platform.video.renderer import render
from content_platform.video.segments import Job
from content_platform.video.timeline import plan_timeline
from content_platform.video.worker import render_segment
from content_platform.vocabulary import ArtStyle, CaptionStyle, Format, Platform, Transition
from content_platform_tests.video.sample_story import (
    RATE,
    captions_of,
    hum,
    images_of,
    music_of,
    narration_of,
    scene,
    story_of,
    texture,
)

SCRIPTS = {
    "en": "The keeper's lamp went out — at 3 o'clock, wasn't it?",
    "ru": "Смотритель поднялся на башню, но никто не ответил.",
    "el": "Ο φύλακας ανέβηκε στον πύργο.",
    "ar": "صعد الحارس إلى البرج ولم يجب أحد 42 مرة.",
    "he": "השומר עלה אל המגדל (Tower) ואיש לא ענה.",
    "hi": "रखवाला मीनार पर चढ़ा और किसी ने उत्तर नहीं दिया।",
    "th": "ผู้ดูแลปีนขึ้นไปบนหอคอย",
    "ja": "灯台守は塔に登った。誰も答えなかった。",
    "zh": "守塔人爬上了塔,没有人回答。",
    "ko": "등대지기는 탑에 올랐다.",
    "ka": "მცველი კოშკზე ავიდა.",
    "ta": "காவலர் கோபுரத்தில் ஏறினார்.",
    "vi": "Người gác đèn leo lên ngọn tháp.",
    "ur": "محافظ مینار پر چڑھا (Tower 7) مگر خاموشی تھی۔",
    "de": "Donaudampfschifffahrtsgesellschaftskapitänswitwe 🦊 lachte.",
}
PICTURES = ("painted", "odd", "jpeg", "alpha", "grey", "small", "torn", "missing")
SOUNDS = ("hum", "hum", "hum", "none", "silent", "short")
MUSIC = ("none", "chord", "short", "silent")
CLIPS = ("none", "none", "none", "short", "long", "torn")


def story_films(most_scenes: Sequence[int]) -> st.SearchStrategy[dict[str, Any]]:
    """What a film is made from, as plain values that hypothesis can print and shrink."""
    return st.fixed_dictionaries(
        {
            "scenes": st.sampled_from(most_scenes).flatmap(
                lambda count: st.lists(
                    st.sampled_from([0.2, 0.2, 0.35, 0.5] if count < 8 else [0.2]),
                    min_size=count,
                    max_size=count,
                )
            ),
            "shape": st.sampled_from([*[Format.SQUARE] * 4, *Format]),
            "locale": st.sampled_from(sorted(SCRIPTS)),
            "pace": st.sampled_from([0.0, 0.05, 0.12, 0.3]),
            "captions": st.booleans(),
            "pictures": st.lists(
                # Most are good, or nothing would be rendered.
                st.sampled_from(PICTURES[:5] * 4 + PICTURES[5:]),
                min_size=1,
                max_size=3,
            ),
            "clip": st.sampled_from(CLIPS),
            "sound": st.sampled_from(SOUNDS),
            "music": st.sampled_from(MUSIC),
            "max_seconds": st.sampled_from([None, None, None, 0.5, 3.0]),
            "video": st.builds(
                VideoConfig,
                transitions=st.builds(
                    TransitionsConfig,
                    kinds=st.none() | st.lists(st.sampled_from(Transition), max_size=3).map(tuple),
                    share=st.sampled_from([0.0, 0.5, 1.0]),
                    seconds=st.sampled_from([0.1, 0.5, 1.5]),
                ),
                grade=st.builds(Grade, exposure=st.floats(-1, 1), saturation=st.floats(0, 1.6)),
                grain=st.sampled_from([0.0, 0.0, 1.0]),
                vignette=st.sampled_from([0.0, 1.0]),
                captions=st.sampled_from(CaptionStyle),
                progress_bar=st.sampled_from(["none", "top", "bottom"]),
                branding=st.builds(
                    BrandingConfig,
                    intro=st.sampled_from(["none", "none", "none", "card"]),
                    outro=st.sampled_from(["trimmed", "trimmed", "trimmed", "always"]),
                    lower_third=st.booleans(),
                ),
            ),
            "style": st.sampled_from(ArtStyle),
            "platforms": st.lists(st.sampled_from(Platform), max_size=3, unique=True),
        }
    )


def plan(film: dict[str, Any], media: LocalMediaStore, folder: Path) -> Timeline:
    borders = [0.0, *accumulate(film["scenes"])]
    seconds = borders[-1]
    words = _words(film["locale"], seconds, film["pace"])
    count, shape = len(film["scenes"]), film["shape"]
    stored = [_picture(kind, shape, n, media) for n, kind in enumerate(film["pictures"])]
    speech = narration_of(words, borders, _sound(film["sound"], words, seconds, media, folder))
    speech = Narration(**{**dict(speech), "locale": film["locale"]})
    story = story_of([scene(n) for n in range(count)])
    music = None
    if film["music"] != "none":
        length = 0.05 if film["music"] == "short" else seconds + 1
        quiet = 0.0 if film["music"] == "silent" else 0.1
        write_flac(folder / "music.flac", quiet * _chord(length), RATE)
        music = music_of(length, media.put_file(folder / "music.flac", "audio/flac"))
    images = images_of(count, [shape], stored)
    if film["clip"] != "none":
        clip = media.put_bytes(_filmed(film["clip"], shape), "video/mp4")
        images[0] = images[0].model_copy(update={"clip": clip})
    timeline = plan_timeline(
        story.model_copy(update={"locale": film["locale"]}),
        speech,
        images,
        music,
        captions_of(words if film["captions"] else ()).model_copy(
            update={"locale": film["locale"]}
        ),
        format=shape,
        accent="#ffc857",
        music_level_db=-16,
        max_seconds=film["max_seconds"],
        channel_title=SCRIPTS[film["locale"]],
        video=film["video"],
        style=film["style"],
        platforms=film["platforms"],
    )
    if film["sound"] == "none":
        timeline = timeline.model_copy(update={"audio": ()})
    return timeline


def _words(locale: str, seconds: float, pace_s: float) -> list[WordTiming]:
    if not pace_s:
        return []
    said = SCRIPTS[locale].split(" ")
    return [
        WordTiming(
            text=said[n % len(said)],
            start_s=round(n * pace_s, 3),
            end_s=round((n + 1) * pace_s - 0.01, 3),
        )
        for n in range(int(seconds / pace_s))
    ]


def _chord(seconds: float) -> Any:
    times = np.arange(round(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * 220 * times) + np.sin(2 * np.pi * 277 * times)


@cache
def _painted(kind: str, shape: Format, seed: int) -> bytes:
    exact = Image.open(BytesIO(texture(shape, seed % 2))).convert("RGB")
    width, height = picture_size(shape)
    if kind == "odd":
        exact = exact.resize((width + 3, height + 1))
    if kind == "small":
        exact = exact.resize((401, 303))
    if kind == "alpha":
        exact = exact.convert("RGBA")
        exact.putalpha(128)
    if kind == "grey":
        exact = exact.convert("L")
    out = BytesIO()
    if kind == "jpeg":
        exact.save(out, "JPEG", quality=80)
    else:
        exact.save(out, "PNG", compress_level=1)
    data = out.getvalue()
    return data[: len(data) // 2] if kind == "torn" else data


@cache
def _filmed(kind: str, shape: Format) -> bytes:
    """A clip as ``own_media`` writes them: 0.1 s or a second long, or half of its file."""
    width, height = picture_size(shape)
    with tempfile.TemporaryDirectory() as folder:
        source = f"testsrc2=size={width}x{height}:rate=30:duration={0.1 if kind == 'short' else 1}"
        path = Path(folder) / "clip.mp4"
        run_ffmpeg(
            *("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast"),
            *("-pix_fmt", "yuv420p", "-g", "15", "-bf", "0", path),
            timeout_s=60,
        )
        data = path.read_bytes()
    return data[: len(data) // 2] if kind == "torn" else data


def _picture(kind: str, shape: Format, number: int, media: LocalMediaStore) -> MediaRef:
    if kind == "missing":
        return MediaRef(sha256=f"{number:064x}", size_bytes=9, mime="image/png")
    return media.put_bytes(
        _painted(kind, shape, number), "image/jpeg" if kind == "jpeg" else "image/png"
    )


def _sound(
    kind: str, words: list[WordTiming], seconds: float, media: LocalMediaStore, folder: Path
) -> MediaRef:
    length = 0.05 if kind == "short" else seconds
    sound = np.zeros((round(length * RATE), 1), np.float32)
    if kind == "hum":
        spoken = words or [WordTiming(text="a", start_s=0, end_s=seconds)]
        sound = hum(spoken, max(seconds, 0.5))
    write_flac(folder / "voice.flac", sound, RATE)
    return media.put_file(folder / "voice.flac", "audio/flac")


def render_and_look(film: dict[str, Any]) -> None:
    """Render; what comes out is whole, or the error says what is wrong, and nothing is left."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        scratch = folder / "scratch"
        scratch.mkdir()
        media = LocalMediaStore(folder / "media")
        refusal: ContentPlatformError | ValidationError | None = None
        try:
            timeline = plan(film, media, folder)
            (made,) = render([timeline], media=media, scratch=scratch, workers=2)
        except (ContentPlatformError, ValidationError) as error:
            refusal = error
        if refusal is None:
            with av.open(str(made.path)) as video:
                times = [frame.pts * frame.time_base for frame in video.decode(video=0)]
            assert [round(time * 30) for time in times] == list(range(timeline.frames))
        else:
            # It came from us, and it says enough to act on.
            assert isinstance(refusal, ValidationError) or len(str(refusal)) > 40, refusal
            assert not list(scratch.glob("video-*"))
        assert not list(folder.rglob("*.part"))
        assert not list(folder.rglob("*.wav"))


def _in_this_process(
    jobs: Sequence[Job],
    *,
    workers: int,
    logs: Path,
    drawn: Callable[[int], None],
    finished: Callable[[Job, float], None],
) -> None:
    """The pool's work without its processes, whose start takes longer than a small film."""
    for job in jobs:
        render_segment(job, lambda **told: drawn(told.get("frames", 0)))
        finished(job, 0.0)


_ALL = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
_SIXTY = {
    "scenes": [0.2] * 60,
    "shape": Format.SQUARE,
    "locale": "ar",
    "pace": 0.3,
    "captions": True,
    "pictures": ["painted"],
    "sound": "hum",
    "music": "none",
    "max_seconds": None,
    "video": VideoConfig(),
    "style": ArtStyle.PAPER_CUT,
    "platforms": [],
    "clip": "none",
}


@settings(
    max_examples=19,
    deadline=None,
    derandomize=True,
    suppress_health_check=_ALL,
    # A failure is small as it is; to make it smaller takes minutes. The soak test does.
    phases=[Phase.explicit, Phase.generate],
)
@given(film=story_films([1, 1, 2, 3]))
@example(film=_SIXTY)
def test_twenty_random_films_render_or_say_why_not(film: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renderer, "render_segments", _in_this_process)
        render_and_look(film)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@settings(max_examples=300, deadline=120_000, suppress_health_check=_ALL, print_blob=True)
@given(film=story_films([1, 2, 3, 5, 8, 13, 30, 60]))
def test_three_hundred_random_films_render_or_say_why_not(film: dict[str, Any]) -> None:
    assert renderer.render_segments is render_segments
    cv2.setNumThreads(1)
    render_and_look(film)
