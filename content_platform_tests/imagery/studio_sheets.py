"""``make studio-sheets``: what the embedded illustrator draws, on two pictures for the docs.

docs/images/studio-scenes.jpg: 48 scenes over places, hours, weathers, seasons, shots and styles.
docs/images/studio-stories.jpg: eight stories of eight genres, every scene. Look at both after a
change of the illustrator.
"""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from content_platform.imagery.illustrator import draw
from content_platform.imagery.models import Angle, DrawRequest
from content_platform.imagery.scenes import draw_requests
from content_platform.stories.models import Beat, CastMember, Scene, Shot, Story, TimeOfDay, Weather
from content_platform.stories.storyteller.teller import tell_story
from content_platform.vocabulary import ArtStyle, Format, Genre, Mood
from content_platform_tests.imagery.test_thumbnails import brief_of

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGEST = 700_000
"""Bytes a picture in the docs may have."""
_GAP = 6

STORIES: tuple[tuple[str, Genre, ArtStyle], ...] = (
    ("two robots on a night train", Genre.MYSTERY, ArtStyle.STORYBOOK_LIGHT),
    ("a dragon who is afraid of fire", Genre.FANTASY, ArtStyle.PAPER_CUT),
    ("a baker who bakes letters for the dead", Genre.HEARTWARMING, ArtStyle.INK_AND_WASH),
    ("the telephone that rings in an empty house", Genre.HORROR_LITE, ArtStyle.INK_AND_WASH),
    (
        "an astronaut who hears a knock on the window",
        Genre.SCIENCE_FICTION,
        ArtStyle.STORYBOOK_LIGHT,
    ),
    ("a fox and a heron share a river", Genre.FABLE, ArtStyle.INK_AND_WASH),
    ("a mapmaker in a harbour town", Genre.HISTORICAL, ArtStyle.PAPER_CUT),
    ("a knight who is allergic to horses", Genre.COMEDY, ArtStyle.STORYBOOK_LIGHT),
)
"""What is told, in which genre, and how it is drawn."""


def story_of_theme(theme: str, genre: Genre, *, words: int, seed: int = 7) -> Story:
    """A story as the embedded storyteller tells it."""
    draft = tell_story(theme, genre, target_words=words, seed=seed)
    return Story(
        story_id="studio_20260101_0001",
        locale="en",
        title=draft.title,
        logline=draft.logline,
        genre=genre,
        theme=theme,
        cast=draft.cast,
        scenes=draft.scenes,
        words=words,
        written_by="storyteller",
    )


def requests_of(
    theme: str,
    genre: Genre,
    *,
    style: ArtStyle,
    formats: tuple[Format, ...],
    words: int,
    seed: int = 7,
) -> list[DrawRequest]:
    """What the platform asks of an illustrator for such a story."""
    brief = brief_of(*formats).model_copy(update={"style": style, "seed": seed})
    return draw_requests(story_of_theme(theme, genre, words=words, seed=seed), brief)


def _who(name: str, kind: str, noun: str, *traits: str) -> CastMember:
    return CastMember.model_validate({"name": name, "kind": kind, "noun": noun, "traits": traits})


_MARA = _who("Mara", "girl", "girl", "red scarf", "curly hair")
_TOM = _who("Tom", "boy", "boy", "yellow coat")
_OTTO = _who("Otto", "man", "lighthouse keeper", "old", "white beard")
_INES = _who("Ines", "woman", "baker")
_RUTH = _who("Ruth", "woman", "widow")
_BRAN = _who("Sir Bran", "man", "knight")
_FOX = _who("Fox", "animal", "fox")
_CAT = _who("Soot", "animal", "cat", "black")
_OWL = _who("Owl", "animal", "owl")
_DEER = _who("Fern", "animal", "deer")
_BEAR = _who("Bruin", "animal", "bear")
_DRAGON = _who("Ember", "creature", "dragon", "green")
_BOLT = _who("Bolt", "creature", "robot")
_NUT = _who("Nut", "creature", "robot", "green")

_DAWN, _DAY, _DUSK, _NIGHT = TimeOfDay.DAWN, TimeOfDay.DAY, TimeOfDay.DUSK, TimeOfDay.NIGHT
_CLEAR, _CLOUDS, _RAIN, _STORM, _SNOW, _FOG = (
    Weather.CLEAR, Weather.CLOUDS, Weather.RAIN, Weather.STORM, Weather.SNOW, Weather.FOG,
)  # fmt: skip
_WIDE, _MEDIUM, _CLOSE, _DETAIL = Shot.ESTABLISHING, Shot.MEDIUM, Shot.CLOSE, Shot.DETAIL
_Scene = tuple[str, TimeOfDay, Weather, Shot, Mood, tuple[CastMember, ...], str, tuple[str, ...]]

SCENES: tuple[_Scene, ...] = (
    ("pine forest", _DUSK, _CLEAR, _MEDIUM, Mood.MYSTERY, (_MARA, _FOX), "walking", ()),
    ("lighthouse on a cliff", _NIGHT, _STORM, _WIDE, Mood.TENSE, (_OTTO,), "walking", ()),
    ("bakery", _DAWN, _CLEAR, _MEDIUM, Mood.TENDER, (_INES, _TOM), "giving bread", ("bread",)),
    ("night train", _NIGHT, _CLEAR, _MEDIUM, Mood.PLAYFUL, (_BOLT, _NUT), "talking", ()),
    ("mountain valley in summer", _DAY, _CLEAR, _WIDE, Mood.EPIC, (_DRAGON, _MARA), "standing", ()),
    ("harbour", _DAY, _FOG, _MEDIUM, Mood.SAD, (_RUTH,), "waiting", ()),
    ("village", _DUSK, _SNOW, _MEDIUM, Mood.UPBEAT, (_TOM, _CAT), "running", ()),
    ("library", _NIGHT, _CLEAR, _CLOSE, Mood.CALM, (_OTTO, _OWL), "reading", ("book",)),
    ("meadow in spring", _DAY, _CLEAR, _WIDE, Mood.CALM, (_MARA,), "sitting", ()),
    ("city street", _NIGHT, _RAIN, _MEDIUM, Mood.MYSTERY, (_RUTH, _CAT), "standing", ()),
    ("desk", _NIGHT, _CLEAR, _DETAIL, Mood.MYSTERY, (), "", ("brass key",)),
    ("castle", _DAWN, _CLOUDS, _MEDIUM, Mood.EPIC, (_BRAN,), "pointing", ()),
    ("forest in autumn", _DAY, _CLEAR, _MEDIUM, Mood.CALM, (_DEER,), "standing", ()),
    ("clock shop", _DUSK, _CLEAR, _MEDIUM, Mood.MYSTERY, (_OTTO,), "working", ("silver watch",)),
    ("beach", _DAWN, _CLEAR, _WIDE, Mood.UPBEAT, (_TOM,), "running", ()),
    ("snowfield", _NIGHT, _CLEAR, _MEDIUM, Mood.CALM, (_BEAR,), "walking", ()),
    ("theatre", _NIGHT, _CLEAR, _MEDIUM, Mood.PLAYFUL, (_INES,), "dancing", ()),
    ("station", _DUSK, _RAIN, _WIDE, Mood.SAD, (_RUTH,), "waiting", ()),
    ("attic", _DAY, _CLEAR, _MEDIUM, Mood.MYSTERY, (_MARA,), "kneeling", ("chest",)),
    ("desert", _DUSK, _CLEAR, _WIDE, Mood.EPIC, (_BRAN,), "walking", ()),
    ("river in autumn", _DAWN, _FOG, _WIDE, Mood.CALM, (_FOX,), "standing", ()),
    ("kitchen", _DAWN, _CLEAR, _CLOSE, Mood.TENDER, (_INES,), "smiling", ()),
    ("graveyard", _NIGHT, _FOG, _WIDE, Mood.TENSE, (_TOM,), "walking", ()),
    ("space", _NIGHT, _CLEAR, _WIDE, Mood.EPIC, (_BOLT,), "standing", ()),
)
"""Places, hours, weathers, shots, moods and casts; each is drawn in two of the styles."""


def scene_requests() -> list[DrawRequest]:
    """48 scenes: each of ``SCENES`` in two styles that take turns."""
    styles = tuple(ArtStyle)
    requests = []
    for turn in range(2):
        for index, (place, time, weather, shot, mood, cast, action, props) in enumerate(SCENES):
            scene = Scene(
                index=index,
                text="Once.",
                place=place,
                time_of_day=time,
                weather=weather,
                mood=mood,
                shot=shot,
                beat=Beat.RISE,
                cast=tuple(one.name for one in cast),
                action=action,
                props=props,
            )
            requests.append(
                DrawRequest(
                    scene=scene,
                    cast=cast,
                    style=styles[(index + turn) % len(styles)],
                    formats=(Format.LANDSCAPE,),
                    angle=Angle.LOW if turn and shot is _WIDE else Angle.LEVEL,
                    side="right" if turn else "left",
                    prompt="",
                    seed=11 + 2 * index + turn,
                )
            )
    return requests


def drawn(request: DrawRequest, width: int) -> Image.Image:
    """The request's first picture, ``width`` pixels wide."""
    picture = Image.open(io.BytesIO(next(iter(draw(request))).jpeg))
    height = round(width * picture.height / picture.width)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def grid(pictures: Sequence[Image.Image], columns: int) -> Image.Image:
    """Pictures of one size, side by side."""
    wide, high = pictures[0].size
    rows = -(-len(pictures) // columns)
    size = columns * (wide + _GAP) - _GAP, rows * (high + _GAP) - _GAP
    sheet = Image.new("RGB", size, "white")
    for number, picture in enumerate(pictures):
        at = (number % columns) * (wide + _GAP), (number // columns) * (high + _GAP)
        sheet.paste(picture, at)
    return sheet


def saved(sheet: Image.Image, path: Path) -> None:
    """As a JPEG small enough for the docs."""
    for quality in range(86, 30, -4):
        out = io.BytesIO()
        sheet.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() < LARGEST:
            break
    path.write_bytes(out.getvalue())
    print(f"{path} ({out.tell()} bytes)")


def main() -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        wanted = scene_requests()
        scenes = list(pool.map(drawn, wanted, [320] * len(wanted)))
        saved(grid(scenes, 6), IMAGES / "studio-scenes.jpg")

        told = [story_of_theme(theme, genre, words=115) for theme, genre, _ in STORIES]
        columns = max(len(story.scenes) for story in told)
        width = 1960 // columns
        rows = []
        for story, (theme, genre, style) in zip(told, STORIES, strict=True):
            asked = requests_of(theme, genre, style=style, formats=(Format.LANDSCAPE,), words=115)
            row = grid(list(pool.map(drawn, asked, [width] * len(asked))), columns)
            words = f"{story.title}  ·  {genre.value}, {style.value}  ·  “{theme}”"
            rows.append((words, row))
    head = 24
    high = sum(row.height + head + _GAP for _, row in rows)
    sheet = Image.new("RGB", (max(row.width for _, row in rows), high), "white")
    pen, font, y = ImageDraw.Draw(sheet), ImageFont.load_default(15), 0
    for words, row in rows:
        pen.text((2, y + 3), words, fill="#222", font=font)
        sheet.paste(row, (0, y + head))
        y += row.height + head + _GAP
    saved(sheet, IMAGES / "studio-stories.jpg")


if __name__ == "__main__":
    main()
