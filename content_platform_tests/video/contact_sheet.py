"""``make contact-sheet``: frames of every caption style, script and format on one picture, as rendered.

Each frame is decoded from a film that went through the whole renderer; below them a story's
thumbnails. Look at docs/images/render-sheet.jpg after a change of captions, looks or cards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from content_platform.imagery.illustrator import draw
from content_platform.imagery.models import DrawRequest, SceneImage
from content_platform.imagery.thumbnails import make_thumbnails
from content_platform.narration.models import Narration, WordTiming
from content_platform.steering.models import (
    BrandingConfig,
    Grade,
    TransitionsConfig,
    VideoConfig,
)
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.stories.models import Beat, CastMember, Scene, Shot, TimeOfDay, Weather
from content_platform.video.models import Timeline
from content_platform.video.renderer import render
from content_platform.video.timeline import plan_timeline
from content_platform.vocabulary import (
    ArtStyle,
    CaptionStyle,
    Format,
    Mood,
    Platform,
    Transition,
)
from content_platform_tests.imagery.test_thumbnails import brief_of
from content_platform_tests.video.sample_story import captions_of, narration_of, story_of

SHEET = Path(__file__).parents[2] / "docs" / "images" / "render-sheet.jpg"
LARGEST = 600_000
"""Bytes a picture in the docs may have."""

SAID = {
    "en": "Mara climbed the stairs with a brass key",
    "de": "Das Schloss über dem Nebel öffnete sich leise",
    "ru": "Смотритель поднялся на башню и зажёг огонь",
    "el": "Ο φύλακας ανέβηκε στον πύργο με ένα κλειδί",
    "ar": "صعدت مارا إلى البرج ومعها مفتاح نحاسي",
    "he": "מארה טיפסה אל המגדל עם מפתח",
    "hi": "मारा पीतल की चाबी लेकर मीनार पर चढ़ी",
    "th": "มารา ปีน ขึ้น บันได พร้อม กุญแจ",
    "zh": "玛拉 带着 黄铜 钥匙 登上 灯塔",
    "ja": "マラは 真鍮の 鍵を 持って 塔に 登った",
    "ko": "마라는 놋쇠 열쇠를 들고 탑에 올랐다",
    "ar-mixed": "فتحت مارا باب Tower 42 في الليل",
}
_UNSPACED = ("th", "zh", "ja")


@dataclass(frozen=True)
class Frame:
    """What one frame of the sheet shows."""

    said: str = "en"
    format: Format = Format.SQUARE
    captions: CaptionStyle = CaptionStyle.POP
    picture: int = 0
    accent: str = "#ffc857"
    at: int = 20
    """Which frame of the film; films are 40 frames long."""
    video: VideoConfig = field(default_factory=lambda: VideoConfig(transitions=CUTS))
    scenes: int = 1
    platforms: tuple[Platform, ...] = ()


CUTS = TransitionsConfig(kinds=(), share=0)
TALL, WIDE, SQUARE = Format.PORTRAIT, Format.LANDSCAPE, Format.SQUARE
REAL = tuple(platform for platform in Platform if platform is not Platform.SANDBOX)


def _with(kind: Transition) -> VideoConfig:
    return VideoConfig(transitions=TransitionsConfig(kinds=(kind,), share=1, seconds=0.5))


TALL_FRAMES = (
    Frame("en", TALL, CaptionStyle.POP, 0),
    Frame("ar", TALL, CaptionStyle.MARKER, 1, "#7bdff2", platforms=REAL),
    Frame("hi", TALL, CaptionStyle.PLATE, 2, "#ff9f6b"),
    Frame("ja", TALL, CaptionStyle.FILL, 3, "#f28482"),
    Frame("ru", TALL, CaptionStyle.MARKER, 2, "#ffd166", platforms=(Platform.TIKTOK,)),
    Frame("he", TALL, CaptionStyle.PLATE, 0, "#a0e8af"),
    Frame("th", TALL, CaptionStyle.POP, 1, "#ffc857"),
    Frame("ko", TALL, CaptionStyle.PLAIN, 3),
)
SQUARE_FRAMES = (
    Frame("el", SQUARE, CaptionStyle.POP, 1),
    Frame("zh", SQUARE, CaptionStyle.MARKER, 0, "#9bf6ff"),
    Frame("ar-mixed", SQUARE, CaptionStyle.FILL, 2, "#ffadad"),
    Frame("de", SQUARE, CaptionStyle.PLATE, 3, "#caffbf"),
    Frame("en", SQUARE, CaptionStyle.MARKER, 2, "#e63946",
          video=VideoConfig(transitions=CUTS, grade=Grade(warmth=0.8, contrast=1.1), vignette=0.8)),
    Frame("en", SQUARE, CaptionStyle.PLAIN, 1,
          video=VideoConfig(transitions=CUTS, grade=Grade(saturation=0.0), grain=0.6, vignette=1)),
)  # fmt: skip
WIDE_FRAMES = (
    Frame("en", WIDE, CaptionStyle.FILL, 0),
    Frame("ja", WIDE, CaptionStyle.PLATE, 1, "#ffd6a5"),
    Frame("ar", WIDE, CaptionStyle.POP, 3, "#ffc857",
          video=VideoConfig(transitions=CUTS, progress_bar="bottom")),
    Frame("hi", WIDE, CaptionStyle.MARKER, 2, "#a0c4ff"),
    Frame("en", WIDE, CaptionStyle.POP, 0, at=41, scenes=2, video=_with(Transition.PAGE)),
    Frame("en", WIDE, CaptionStyle.POP, 2, at=40, scenes=2, video=_with(Transition.IRIS)),
    Frame("ru", WIDE, CaptionStyle.POP, 1, at=30,
          video=VideoConfig(transitions=CUTS, branding=BrandingConfig(intro="card"))),
    Frame("en", WIDE, CaptionStyle.POP, 3, "#e9c46a", at=70, scenes=3,
          video=VideoConfig(transitions=CUTS, branding=BrandingConfig(lower_third=True))),
    Frame("el", WIDE, CaptionStyle.PLATE, 2, "#84dcc6",
          video=VideoConfig(transitions=CUTS, grade=Grade(warmth=-0.7, exposure=-0.2))),
)  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        media = LocalMediaStore(folder / "media")
        images = _pictures(media)
        frames = (*TALL_FRAMES, *SQUARE_FRAMES, *WIDE_FRAMES)
        films = render(
            [_film(frame, images) for frame in frames], media=media, scratch=folder, workers=2
        )
        shown = [_decoded(film.path, frame.at) for film, frame in zip(films, frames, strict=True)]
        stills = _thumbnails(images, media)
    tall, square = len(TALL_FRAMES), len(SQUARE_FRAMES)
    width = 1640
    rows = [
        _row(shown[:tall], width),
        _row(shown[tall : tall + square], width),
        *(_row(shown[n : n + 3], width) for n in range(tall + square, len(shown), 3)),
        _row(stills[:3], width),
        _row(stills[3:], width),
    ]
    sheet = Image.new(
        "RGB", (width, sum(row.height for row in rows) + 8 * (len(rows) - 1)), "white"
    )
    y = 0
    for row in rows:
        sheet.paste(row, (0, y))
        y += row.height + 8
    for quality in range(86, 40, -4):
        out = BytesIO()
        sheet.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() < LARGEST:
            break
    SHEET.write_bytes(out.getvalue())
    print(f"{len(shown)} frames, {len(stills)} thumbnails: {SHEET} ({out.tell()} bytes)")


_GIRL = CastMember(name="Mara", kind="girl", noun="girl", traits=("red scarf",))
_FOX = CastMember(name="fox", kind="animal", noun="fox")
_SCENES = (
    ("lighthouse", TimeOfDay.NIGHT, Weather.STORM, Shot.MEDIUM, (_GIRL,), ArtStyle.STORYBOOK_LIGHT),
    ("pine forest", TimeOfDay.DUSK, Weather.CLEAR, Shot.MEDIUM, (_GIRL, _FOX), ArtStyle.PAPER_CUT),
    ("village", TimeOfDay.DAWN, Weather.SNOW, Shot.CLOSE, (_GIRL,), ArtStyle.STORYBOOK_LIGHT),
    ("harbour", TimeOfDay.DAY, Weather.CLOUDS, Shot.MEDIUM, (_FOX,), ArtStyle.PAPER_CUT),
)


def _scene(index: int) -> Scene:
    place, time, weather, shot, cast, _ = _SCENES[index]
    return Scene(
        index=index,
        text="Once.",
        place=place,
        time_of_day=time,
        weather=weather,
        mood=Mood.MYSTERY,
        shot=shot,
        beat=(Beat.HOOK, Beat.RISE, Beat.CLIMAX, Beat.RISE)[index],
        cast=tuple(member.name for member in cast),
        action="walking",
    )


def _pictures(media: LocalMediaStore) -> list[SceneImage]:
    images = []
    for index, (_, _, _, _, cast, style) in enumerate(_SCENES):
        request = DrawRequest(
            scene=_scene(index), cast=cast, style=style, formats=tuple(Format), prompt="", seed=7
        )
        for picture in draw(request):
            images.append(
                SceneImage(
                    story_id="s_20260101_0001",
                    format=picture.shape,
                    scene=index,
                    picture=media.put_bytes(picture.jpeg, "image/jpeg"),
                    compressed={},
                    focal_point=picture.focal_point,
                    subjects=picture.subjects,
                    alt_text="",
                    provider="illustrator",
                )
            )
    return images


def _film(frame: Frame, images: Sequence[SceneImage]) -> Timeline:
    locale = frame.said.partition("-")[0]
    seconds = 4 / 3 * frame.scenes
    said = SAID[frame.said].split()
    each = seconds / len(said)
    words = [
        WordTiming(text=text, start_s=round(n * each, 3), end_s=round((n + 1) * each - 0.01, 3))
        for n, text in enumerate(said)
    ]
    borders = [4 / 3 * n for n in range(frame.scenes + 1)]
    scenes = [_scene(n) for n in range(frame.scenes)]
    story = story_of(scenes).model_copy(update={"locale": locale, "title": SAID[frame.said]})
    chosen = [
        image.model_copy(update={"scene": n})
        for n in range(frame.scenes)
        for image in images
        if image.scene == (frame.picture + n) % len(_SCENES) and image.format == frame.format
    ]
    speech = Narration(**{**dict(narration_of(words, borders)), "locale": locale})
    timeline = plan_timeline(
        story,
        speech,
        chosen,
        None,
        captions_of(words).model_copy(update={"locale": locale}),
        format=frame.format,
        accent=frame.accent,
        music_level_db=-16,
        max_seconds=None,
        channel_title="Midnight Tales",
        video=frame.video.model_copy(update={"captions": frame.captions}),
        platforms=frame.platforms,
    )
    return timeline.model_copy(update={"audio": ()})


def _decoded(path: Path, number: int) -> Image.Image:
    with av.open(str(path)) as film:
        for at, frame in enumerate(film.decode(video=0)):
            if at == number:
                rgb: npt.NDArray[np.uint8] = np.asarray(
                    frame.to_ndarray(format="rgb24", src_colorspace="ITU709"), np.uint8
                )
                return Image.fromarray(rgb)
    raise ValueError(f"{path} ends before frame {number}")


def _thumbnails(images: Sequence[SceneImage], media: LocalMediaStore) -> list[Image.Image]:
    """A story's three landscape stills, then three tall and three square ones."""
    story = story_of([_scene(n) for n in range(len(_SCENES))]).model_copy(
        update={"title": "The Lamp That Learned Her Name"}
    )
    made = make_thumbnails(brief_of(WIDE, TALL, SQUARE), story, images, media=media)
    return [
        Image.open(media.local_path(ref)).convert("RGB")
        for still in made
        for ref in (still.picture, *(other.picture for other in still.alternatives))
    ]


def _row(pictures: Sequence[Image.Image], width: int) -> Image.Image:
    """Pictures of one height side by side, filling ``width``."""
    gap = 8
    wanted = width - gap * (len(pictures) - 1)
    height = round(wanted / sum(picture.width / picture.height for picture in pictures))
    row = Image.new("RGB", (width, height), "white")
    x = 0
    for picture in pictures:
        wide = round(picture.width / picture.height * height)
        row.paste(picture.resize((wide, height), Image.Resampling.LANCZOS), (x, 0))
        x += wide + gap
    return row


if __name__ == "__main__":
    main()
