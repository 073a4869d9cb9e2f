"""A channel's look: colours, lens and grain, layers, names and bars over the picture."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from content_platform.captions.sprites import CaptionSprite, caption_sprites
from content_platform.steering.models import BrandingConfig, Grade, VideoConfig
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.typography.colour import contrast, parse_colour
from content_platform.video.blends import Plane
from content_platform.video.compositor import Banner, Compositor, ProgressBar
from content_platform.video.encoder import (
    encode_segment,
    encoder_settings,
    hardware_encoder,
    join_segments,
)
from content_platform.video.grading import graded
from content_platform.video.models import EncodingProfile, Layer, Look, Rect, Shot
from content_platform.video.profiles import PROFILES, profile_for
from content_platform.video.renderer import render
from content_platform.video.timeline import plan_timeline
from content_platform.vocabulary import CaptionStyle, Format, Platform
from content_platform_tests.video.sample_story import (
    NOWHERE,
    captions_of,
    sample_story,
    words_until,
)

SIDE = 240
WIDE = Rect(x=0, y=0, width=276, height=276)
NEAR = Rect(x=30, y=30, width=230, height=230)
GREY = np.full((276, 276, 3), 120, np.uint8)


def shot(layers: tuple[Layer, ...] = (), end: int = 60) -> Shot:
    return Shot(
        scene=0, picture=NOWHERE, layers=layers, start=0, end=end, camera_from=WIDE, camera_to=NEAR
    )


def compose(
    frame: int,
    *,
    picture: Plane = GREY,
    layers: tuple[tuple[float, Plane], ...] = (),
    look: Look | None = None,
    extras: tuple[Banner | ProgressBar, ...] = (),
) -> tuple[Plane, Plane]:
    one = shot(tuple(Layer(picture=NOWHERE, depth=depth) for depth, _ in layers))
    compositor = Compositor(
        (SIDE, SIDE), [one], (), dark_from=999, dark_at=999, look=look, extras=extras
    )
    for needed in compositor.needs(frame):
        compositor.prepare(needed, picture, [rgba for _, rgba in layers])
    luma = np.empty((SIDE, SIDE), np.uint8)
    chroma = np.empty((SIDE // 2, SIDE // 2, 2), np.uint8)
    compositor.draw(frame, luma, chroma)
    return luma, chroma


def test_a_grade_that_changes_nothing_leaves_the_picture_itself() -> None:
    assert graded(GREY, Grade()) is GREY


def test_grades_bend_colours_as_they_say() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert graded(colours, Grade(exposure=0.5)).mean() > colours.mean() + 5
    assert graded(colours, Grade(contrast=1.3)).std() > colours.std()
    grey = graded(colours, Grade(saturation=0)).astype(int)
    assert np.ptp(grey, axis=-1).max() <= 1
    warm = graded(colours, Grade(warmth=1)).astype(int) - colours
    assert warm[..., 0].mean() > 2
    assert warm[..., 2].mean() < -2
    dark = np.full((4, 4, 3), 30, np.uint8)
    toned = graded(dark, Grade(shadows="#2040a0", toning=0.4)).astype(int)
    assert (toned[..., 2] > toned[..., 0] + 5).all()


def test_a_vignette_darkens_corners_and_leaves_the_middle() -> None:
    plain, _ = compose(5)
    dimmed, _ = compose(5, look=Look(vignette=1))
    middle = slice(90, 150)
    assert np.abs(dimmed[middle, middle].astype(int) - plain[middle, middle]).max() <= 1
    assert dimmed[:8, :8].mean() < plain[:8, :8].mean() * 0.6
    rings = np.diff(dimmed[SIDE // 2].astype(float))
    assert np.abs(rings).max() < 6


def test_grain_is_new_in_every_frame_and_the_same_in_the_same_frame() -> None:
    look = Look(grain=1)
    one, again, other = (compose(n, look=look)[0].astype(int) for n in (3, 3, 4))
    assert np.array_equal(one, again)
    assert 2 < one.std() < 6
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.1
    assert abs(one.mean() - compose(3)[0].mean()) < 0.5


def test_a_layer_moves_further_than_the_picture_behind_it() -> None:
    marked = GREY.copy()
    marked[60:80, 60:80] = 250
    layer = np.zeros((276, 276, 4), np.uint8)
    layer[60:80, 190:210] = (250, 250, 250, 255)

    def places(frame: int) -> tuple[float, float]:
        luma, _ = compose(frame, picture=marked, layers=((0.5, layer),))
        columns = np.nonzero((luma > 180).any(axis=0))[0]
        half = SIDE // 2
        return float(columns[columns < half].mean()), float(columns[columns > half].mean())

    (back_0, near_0), (back_1, near_1) = places(0), places(59)
    plain_0, plain_1 = (190 + 10) * SIDE / 276, (200 - 30) * SIDE / 230
    assert back_1 - back_0 == pytest.approx((70 - 30) * SIDE / 230 - 70 * SIDE / 276, abs=1)
    assert abs(near_1 - near_0) > abs(plain_1 - plain_0) * 1.2


def test_a_clear_layer_and_one_outside_the_view_change_nothing() -> None:
    plain = compose(30)
    clear = np.zeros((276, 276, 4), np.uint8)
    corner = clear.copy()
    corner[:3, :3] = 255
    for rgba in (clear, corner):
        seen = compose(59 if rgba is corner else 30, layers=((0.3, rgba),))
        wanted = compose(59) if rgba is corner else plain
        assert all(np.array_equal(a, b) for a, b in zip(seen, wanted, strict=True))


def test_a_progress_bar_grows_with_the_video_and_stays_at_its_edge() -> None:
    bar = ProgressBar(at_top=False, colour=(255, 200, 80), first=0, frames=100)
    plain, _ = compose(50)
    luma, _ = compose(50, extras=(bar,))
    assert np.array_equal(luma[:-10], plain[:-10])
    done = (luma[-5].astype(int) > 150).sum()
    assert done == pytest.approx(SIDE / 2, abs=2)


def test_a_name_is_unrolled_and_rolled_up_in_its_time() -> None:
    rgba = np.full((20, 60, 4), 255, np.uint8)
    name = Banner(CaptionSprite(10, 50, 20, 100, rgba), mirrored=False)
    shown = [int((compose(n, extras=(name,))[0] > 200).sum()) for n in (9, 12, 30, 47, 50)]
    assert shown[0] == shown[-1] == 0
    assert shown[2] == 20 * 60
    assert 0 < shown[1] < shown[2]
    assert 0 < shown[3] < shown[2]


@pytest.mark.parametrize("look", CaptionStyle)
@pytest.mark.parametrize("shape", Format)
def test_every_caption_style_shows_all_words_inside_the_picture(
    look: CaptionStyle, shape: Format
) -> None:
    cues = captions_of(words_until(4)).cues
    sprites = list(caption_sprites(cues, format=shape, accent="#ffc857", locale="en", look=look))
    width, height = shape.size
    assert sprites[0].start_frame == round(cues[0].start_s * 30)
    for sprite in sprites:
        high, wide = sprite.rgba.shape[:2]
        assert sprite.x >= 0 <= sprite.y
        assert sprite.x + wide <= width
        assert sprite.y + high <= height
        assert not (sprite.x % 2)
        assert not (sprite.y % 2)
        assert not (high % 2)
        assert not (wide % 2)
        assert (sprite.rgba[..., 3] > 200).any()
    if look is CaptionStyle.PLAIN:
        assert len(sprites) == len(cues)
        return
    accent = np.abs(sprites[0].rgba[..., :3].astype(int) - parse_colour("#ffc857")).max(-1) < 8
    assert (accent & (sprites[0].rgba[..., 3] > 250)).sum() > 200


def test_words_stand_out_from_the_marker_whatever_its_colour() -> None:
    cues = captions_of(words_until(2)).cues
    for accent in ("#ffc857", "#2244cc", "#ff8c42", "#ffffff"):
        sprite = next(
            caption_sprites(
                cues, format=Format.SQUARE, accent=accent, locale="en", look=CaptionStyle.MARKER
            )
        )
        solid = sprite.rgba[sprite.rgba[..., 3] > 250][:, :3]
        colours, counts = np.unique(solid, axis=0, return_counts=True)
        patch = tuple(int(v) for v in colours[counts.argmax()])
        assert max(contrast(patch, (11, 13, 20)), contrast(patch, (255, 255, 255))) > 4.5


def test_a_profile_for_several_platforms_keeps_to_the_strictest() -> None:
    config = VideoConfig().encoding
    both = profile_for([Platform.YOUTUBE, Platform.INSTAGRAM], config)
    assert both.audio_kbps == PROFILES[Platform.INSTAGRAM].audio_kbps
    assert both.keyframe_frames == 150
    assert profile_for([], config).audio_kbps == 192


def test_cards_open_and_close_the_video_and_the_voice_waits_for_the_picture(
    tmp_path: Path,
) -> None:
    media = LocalMediaStore(tmp_path / "media")
    story = sample_story(media, tmp_path, seconds=2, scenes=2)
    branding = BrandingConfig(intro="card", outro="always", lower_third=True)
    timeline = plan_timeline(
        story.story,
        story.narration,
        story.images,
        story.music,
        story.captions,
        format=Format.SQUARE,
        accent="#ffc857",
        music_level_db=-16,
        max_seconds=None,
        channel_title="Midnight Tales",
        video=VideoConfig(
            branding=branding, progress_bar="top", vignette=0.5, captions=CaptionStyle.PLATE
        ),
    )
    assert timeline.opening is not None
    assert timeline.closing is not None
    assert timeline.shots[0].start == timeline.opening.end - timeline.shots[0].fade_in
    voice = timeline.audio[0]
    assert voice.start == timeline.opening.end
    assert timeline.captions[0].start_s * 30 >= timeline.opening.end
    out = tmp_path / "out"
    out.mkdir()
    (made,) = render([timeline], media=media, scratch=out, workers=2)
    with av.open(str(made.path)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(frames) == timeline.frames
    # Titles are white on dark; the bar is full in the end.
    assert (frames[30] > 220).mean() > 0.01
    assert (frames[-2] > 220).mean() > 0.01
    assert (frames[-1][3] > 150).mean() > 0.98
    assert made.loudness is not None
    assert made.loudness.integrated_lufs == pytest.approx(-14, abs=0.3)


def test_a_hardware_encoder_is_used_only_when_it_really_encodes() -> None:
    found = hardware_encoder()
    assert found is None or found.startswith("h264_")
    fast, best = (encoder_settings(EncodingProfile(quality=q)) for q in ("fast", "best"))
    assert fast != best
    assert "threads=1" in fast["x264-params"]


def test_a_segment_over_its_platforms_rate_is_held_to_it(tmp_path: Path) -> None:
    random = np.random.default_rng(0)

    def noise(frame: int, luma: Plane, chroma: Plane) -> None:
        luma[:] = random.integers(16, 235, luma.shape, np.uint8)
        chroma[:] = 128

    profile = EncodingProfile(max_kbps=2_000)

    def peak(limited: bool) -> float:
        return encode_segment(
            tmp_path / "a.mp4",
            (320, 240),
            30,
            range(60),
            noise,
            lambda: None,
            profile=profile,
            limited=limited,
        )

    assert peak(False) > 4_000
    assert peak(True) < 2_200


def test_still_and_moving_stretches_of_one_video_join(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    picture = cv2.resize(random.integers(16, 235, (60, 80), np.uint8), (500, 400))

    def pan(frame: int, luma: Plane, chroma: Plane) -> None:
        luma[:] = picture[: luma.shape[0], frame : frame + luma.shape[1]]
        chroma[:] = 128

    segments = []
    for number, (steady, limited) in enumerate(
        ((True, False), (False, False), (True, True), (True, False))
    ):
        segments.append(tmp_path / f"{number}.mp4")
        encode_segment(
            segments[-1],
            (320, 240),
            30,
            range(30),
            pan,
            lambda: None,
            profile=EncodingProfile(max_kbps=1_000),
            steady=steady,
            limited=limited,
        )
    assert segments[0].read_bytes() == segments[3].read_bytes() != segments[1].read_bytes()
    join_segments(segments, None, tmp_path / "whole.mp4", frames=120, fps=30)
    with av.open(str(tmp_path / "whole.mp4")) as container:
        frames = list(container.decode(video=0))
    assert [frame.time for frame in frames] == pytest.approx([n / 30 for n in range(120)])
    for number in (0, 29, 30, 75, 119):
        luma = frames[number].to_ndarray()[:240].astype(np.int16)
        assert np.abs(luma - picture[:240, number % 30 : number % 30 + 320]).mean() < 4
