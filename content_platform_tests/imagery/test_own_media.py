"""A person's own pictures and clips: upright, whole, in shape; or refused by name with a remedy."""

from __future__ import annotations

import io
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from content_platform.captions.layout import caption_top
from content_platform.errors import BadInput, DefectiveMedia
from content_platform.imagery.checks import check_picture
from content_platform.imagery.models import FocalPoint, SceneImage, picture_size
from content_platform.imagery.own_media import (
    OWN,
    assign,
    fit_clip,
    fitted,
    take_in,
    upright,
    window_around,
)
from content_platform.mediatools.ffmpeg import run_ffmpeg
from content_platform.storage.media import MediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import OwnMedia
from content_platform.vocabulary import Format

RED, GREEN = (220, 30, 30), (30, 200, 60)
_AT = MediaRef(sha256="0" * 64, size_bytes=1, mime="image/jpeg")


def _half_red(width: int = 640, height: int = 480) -> Image.Image:
    """Red above, green below."""
    picture = Image.new("RGB", (width, height), GREEN)
    picture.paste(RED, (0, 0, width, height // 2))
    return picture


def _near(pixel: npt.NDArray[np.uint8], colour: tuple[int, int, int], off: int = 14) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= off)


def _clip(path: Path, source: str, *more: str) -> Path:
    run_ffmpeg("-y", "-f", "lavfi", "-i", source, *more, path, timeout_s=60)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_its_camera_was_held(tmp_path: Path, orientation: int) -> None:
    upright_one = Image.new("RGB", (640, 480), GREEN)
    upright_one.paste(RED, (0, 0, 320, 240))  # the upper left quarter
    turned = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    stored = upright_one if turned is None else upright_one.transpose(turned)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.jpg", quality=95, exif=exif)
    pixels = upright(tmp_path / "a.jpg")
    assert pixels.shape == (480, 640, 3)
    assert _near(pixels[60, 60], RED)
    assert _near(pixels[60, 580], GREEN)
    assert _near(pixels[420, 60], GREEN)


def test_see_through_parts_take_a_dark_tone_of_the_picture(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (640, 480), (0, 255, 0, 0))
    picture.paste((*RED, 255), (200, 100, 440, 380))
    picture.save(tmp_path / "a.png")
    pixels = upright(tmp_path / "a.png")
    assert _near(pixels[240, 320], RED)
    assert _near(pixels[10, 10], tuple(round(0.35 * value) for value in RED), 3)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "I;16", "I", "F"])
def test_every_kind_of_picture_becomes_eight_bit_colour(tmp_path: Path, mode: str) -> None:
    ramp = np.tile(np.linspace(0, 255, 640), (480, 1))
    if mode in ("I;16", "I"):
        picture = Image.fromarray((ramp * 257).astype(np.uint16))
        picture = picture.convert("I") if mode == "I" else picture
    elif mode == "F":
        picture = Image.fromarray(ramp.astype(np.float32))
    else:
        picture = Image.fromarray(ramp.astype(np.uint8)).convert(mode)
    ending = "tif" if mode in ("CMYK", "F") else "png"
    picture.save(tmp_path / f"a.{ending}")
    pixels = upright(tmp_path / f"a.{ending}")
    assert pixels.dtype == np.uint8
    assert pixels[:, :40].mean() < 30
    assert pixels[:, -40:].mean() > 225


def test_wide_colours_are_brought_to_the_screens(tmp_path: Path) -> None:
    """A profile with red and green exchanged shows that profiles are read at all."""
    from PIL import ImageCms

    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _half_red().save(tmp_path / "same.png", icc_profile=lab)
    assert _near(upright(tmp_path / "same.png")[10, 10], RED, 2)
    _half_red().save(tmp_path / "junk.png", icc_profile=b"no profile at all")
    assert _near(upright(tmp_path / "junk.png")[10, 10], RED, 2)


@pytest.mark.parametrize("shape", list(Format))
@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (641, 479), (5000, 700), (400, 3001)])
def test_a_picture_of_any_shape_fills_the_scene(shape: Format, size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(90, 130, (*size[::-1], 3)).astype(np.uint8)
    at = (round(0.7 * size[0]), round(0.4 * size[1]))
    cv2.circle(noise, at, min(size) // 8, (250, 210, 40), -1)
    pixels, focal, subjects = fitted(noise, shape)
    assert (pixels.shape[1], pixels.shape[0]) == picture_size(shape)
    yellow = (pixels[..., 0] > 200) & (pixels[..., 2] < 110)
    rows, columns = np.nonzero(yellow)
    assert len(rows) > 200, "the subject was cut off"
    assert abs(columns.mean() / pixels.shape[1] - focal.x) < 0.16
    assert rows.mean() / pixels.shape[0] < caption_top(shape) or size == (400, 3001)
    for box in subjects:
        assert box.x + box.width <= 1.001
        assert box.y + box.height <= 1.001


def test_a_window_holds_the_subject_as_far_as_it_fits() -> None:
    from content_platform.imagery.models import Box

    box = Box(kind="face", x=0.05, y=0.2, width=0.2, height=0.3)
    left, top, wide, high = window_around((1600, 900), 9 / 16, FocalPoint(x=0.5, y=0.5), [box])
    assert left <= 80
    assert left + wide >= 400
    assert (top, high) == (0, 900)


def test_names_say_which_scene_a_file_is_for() -> None:
    def files(*names: str) -> list[OwnMedia]:
        return [OwnMedia(name=name, media=_AT) for name in names]

    def chosen(scenes: int, *names: str) -> dict[int, str]:
        return {n: file.name for n, file in sorted(assign(files(*names), scenes).items())}

    assert chosen(4, "2-pier.jpg") == {1: "2-pier.jpg"}
    assert chosen(3, "a.jpg") == {0: "a.jpg", 1: "a.jpg", 2: "a.jpg"}
    assert chosen(4, "a.jpg", "b.jpg") == {0: "a.jpg", 1: "a.jpg", 2: "b.jpg", 3: "b.jpg"}
    assert chosen(2, "a.jpg", "b.jpg", "c.jpg", "d.jpg") == {0: "a.jpg", 1: "c.jpg"}
    assert chosen(3, "2.jpg", "20231105_1.jpg") == {
        0: "20231105_1.jpg", 1: "2.jpg", 2: "20231105_1.jpg"
    }  # fmt: skip
    with pytest.raises(BadInput, match=r"9\.jpg is for scene 9, but the story has 3"):
        chosen(3, "9.jpg")
    with pytest.raises(BadInput, match="both for scene 2"):
        chosen(3, "2.jpg", "02-b.jpg")


def test_a_folder_is_taken_in_by_name_and_twice_the_same(tmp_path: Path, media: MediaStore) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("b10.png", "b2.png"):
        _half_red(640, 480 + len(name)).save(folder / name)
    _clip(folder / "c.mp4", "testsrc2=size=640x360:rate=30:duration=0.8")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "Thumbs.db").write_bytes(b"x")
    taken = take_in(folder, media)
    assert [own.name for own in taken] == ["b2.png", "b10.png", "c.mp4"]
    assert [own.is_clip for own in taken] == [False, False, True]
    assert take_in(folder, media) == taken


def test_unfit_files_are_named_all_at_once_with_what_helps(
    tmp_path: Path, media: MediaStore
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    buffer = io.BytesIO()
    _half_red().save(buffer, "JPEG")
    (folder / "torn.jpg").write_bytes(buffer.getvalue()[:900])
    (folder / "empty.png").write_bytes(b"")
    (folder / "notes.txt").write_text("not a picture")
    (folder / "phone.heic").write_bytes(b"ftypheic")
    _half_red(200, 150).save(folder / "tiny.png")
    whole = _clip(tmp_path / "whole.mp4", "testsrc2=size=640x360:rate=30:duration=2")
    (folder / "torn.mp4").write_bytes(whole.read_bytes()[:20_000])
    _clip(folder / "sound.mp4", "sine=duration=1", "-c:a", "aac")
    _clip(folder / "blink.mp4", "testsrc2=size=640x360:rate=30:duration=0.1")
    with pytest.raises(BadInput) as caught:
        take_in(folder, media)
    said = str(caught.value)
    assert "8 of 8 files" in said
    for name, hint in (
        ("torn.jpg", "save it anew"), ("empty.png", "save it anew"), ("notes.txt", "Move it away"),
        ("phone.heic", "Save it as JPEG"), ("tiny.png", "200 x 150"), ("torn.mp4", "export it anew"),
        ("sound.mp4", "no picture"), ("blink.mp4", "0.5 s or more"),
    ):  # fmt: skip
        line = next(line for line in said.splitlines() if name in line)
        assert hint in line
    with pytest.raises(BadInput, match="is not a folder"):
        take_in(tmp_path / "nowhere", media)
    (tmp_path / "bare").mkdir()
    with pytest.raises(BadInput, match="holds no picture"):
        take_in(tmp_path / "bare", media)


def _frames(path: Path) -> tuple[list[float], npt.NDArray[np.uint8], av.VideoFrame]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    middle = frames[len(frames) // 2]
    rgb = middle.to_ndarray(format="rgb24", src_colorspace="ITU709")
    return [float(frame.time or 0) for frame in frames], np.asarray(rgb, np.uint8), middle


def test_a_clip_of_varying_pace_plays_at_thirty_frames_a_second(tmp_path: Path) -> None:
    vary = "setpts='if(lt(N,20),N/10,2+(N-20)/50)/TB'"
    clip = _clip(
        tmp_path / "a.mkv",
        "testsrc2=size=640x480:rate=30:duration=2",
        "-vf",
        vary,
        "-fps_mode",
        "vfr",
    )
    fit_clip(clip, Format.SQUARE, tmp_path / "out.mp4")
    times, rgb, _ = _frames(tmp_path / "out.mp4")
    assert (rgb.shape[1], rgb.shape[0]) == picture_size(Format.SQUARE)
    assert [round(time * 30) for time in times] == list(range(len(times)))
    assert abs(times[-1] - 2.8) < 0.15


def test_a_clip_filmed_upright_stays_upright(tmp_path: Path) -> None:
    # Stored lying on its side with a note to turn it, as phones do.
    source = "color=c=green:size=640x480:rate=30:duration=0.8,drawbox=w=320:h=480:color=red:t=fill"
    lying = _clip(tmp_path / "lying.mp4", source)
    noted = tmp_path / "noted.mp4"
    run_ffmpeg("-y", "-display_rotation", "90", "-i", lying, "-c", "copy", noted, timeout_s=30)
    frame = fit_clip(noted, Format.PORTRAIT, tmp_path / "out.mp4")
    played = _frames(tmp_path / "out.mp4")[1]
    red = (frame[..., 0] > 150) & (frame[..., 1] < 90)
    rows = np.nonzero(red.mean(1) > 0.9)[0]
    assert rows.size
    assert rows.size < 0.7 * len(frame)
    assert np.abs(frame.astype(int) - played).mean() < 4


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_clips_are_neither_grey_nor_burnt_out(tmp_path: Path, transfer: str) -> None:
    grey = "format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    linear = "zscale=transfer=linear:npl=203,format=gbrpf32le"
    wide = f"zscale=transfer={transfer}:primaries=bt2020:matrix=bt2020nc:range=tv:npl=203"
    clip = _clip(
        tmp_path / "hdr.mp4",
        "color=c=0x808080:size=640x480:rate=30:duration=0.7",
        *("-vf", f"{grey},{linear},{wide},format=yuv420p10le", "-c:v", "libx265"),
        *("-x265-params", "log-level=error", "-color_trc", transfer),
        *("-color_primaries", "bt2020", "-colorspace", "bt2020nc"),
    )
    fit_clip(clip, Format.SQUARE, tmp_path / "out.mp4")
    _, rgb, frame = _frames(tmp_path / "out.mp4")
    assert frame.format.name == "yuv420p"
    assert int(frame.color_trc) == int(frame.colorspace) == 1
    middle = rgb[rgb.shape[0] // 2, rgb.shape[1] // 2].astype(int)
    assert np.ptp(middle) <= 6
    assert 95 <= middle.mean() <= 150


def test_a_wide_clip_is_shown_whole_in_a_tall_video(tmp_path: Path) -> None:
    clip = _clip(tmp_path / "a.mp4", "testsrc2=size=960x400:rate=24:duration=0.7")
    frame = fit_clip(clip, Format.PORTRAIT, tmp_path / "out.mp4")
    assert (frame.shape[1], frame.shape[0]) == picture_size(Format.PORTRAIT)
    detail = np.abs(np.diff(frame.astype(int), axis=1)).mean((1, 2))
    sharp = np.nonzero(detail > 6)[0]
    assert sharp.min() > 0.1 * len(frame)
    assert sharp.max() < caption_top(Format.PORTRAIT) * len(frame)


def test_a_file_that_is_no_clip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"junk" * 100)
    with pytest.raises(DefectiveMedia, match="cannot be read as a clip"):
        fit_clip(tmp_path / "a.mp4", Format.SQUARE, tmp_path / "out.mp4")


def test_what_a_person_brought_is_not_called_blank_or_dark(media: MediaStore) -> None:
    size = picture_size(Format.SQUARE)
    buffer = io.BytesIO()
    Image.new("RGB", size, (9, 9, 9)).save(buffer, "PNG")
    image = SceneImage(
        story_id="s_20260101_0001",
        format=Format.SQUARE,
        scene=0,
        picture=media.put_bytes(buffer.getvalue(), "image/png"),
        compressed={},
        focal_point=FocalPoint(x=0.5, y=0.5),
        alt_text="night",
        provider=OWN,
    )
    assert check_picture(image, media).problems == ()
    assert check_picture(image.model_copy(update={"provider": "illustrator"}), media).problems
