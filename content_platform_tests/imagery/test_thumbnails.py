"""Thumbnails: right size and weight, words that stand out, the strongest picture, made once."""

from __future__ import annotations

import io
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from content_platform.errors import DefectiveMedia
from content_platform.imagery.framing import placement, set_words
from content_platform.imagery.hooks import hook_words
from content_platform.imagery.models import Box, FocalPoint, SceneImage, picture_size
from content_platform.imagery.thumbnail_variants import TEMPLATES, compose_variant
from content_platform.imagery.thumbnails import (
    MAX_BYTES,
    SIZES,
    check_thumbnail,
    compose,
    make_thumbnails,
    vividness,
)
from content_platform.steering.models import ChannelConfig, NarrationConfig
from content_platform.storage.media import MediaStore
from content_platform.stories.models import (
    Beat,
    Brief,
    Scene,
    Shot,
    Story,
    TimeOfDay,
    Weather,
)
from content_platform.vocabulary import ArtStyle, Format, Genre, Mood

STORY = "midnight-tales_20261122_0007"
GOLD = (255, 200, 87)
MIDDLE = FocalPoint(x=0.5, y=0.5)


def _picture(shape: Format, seed: int, vivid: bool = True) -> npt.NDArray[np.uint8]:
    """A bright disc on coloured clouds; dull ones are grey fog."""
    width, height = picture_size(shape)
    noise = np.random.default_rng(seed).random((6, 6, 3)).astype(np.float32)
    clouds = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    if not vivid:
        return np.round(120 + 10 * clouds.mean(axis=2, keepdims=True).repeat(3, 2)).astype(np.uint8)
    picture = np.round(clouds * 220).astype(np.uint8)
    cv2.circle(picture, (width // 2, height // 2), width // 8, (255, 240, 200), -1, cv2.LINE_AA)
    return picture


@cache
def _png(shape: Format, seed: int, vivid: bool = True) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(_picture(shape, seed, vivid)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def brief_of(*formats: Format, accent: str = "#ffc857") -> Brief:
    config = ChannelConfig.model_validate(
        {
            "channel": "midnight-tales",
            "title": "Midnight Tales",
            "genres": [Genre.MYSTERY],
            "themes": ["a lamp"],
            "narration": NarrationConfig(voices={"en": "af_heart"}),
            "look": {"accent": accent},
        }
    )
    return Brief(
        story_id=STORY,
        channel="midnight-tales",
        config_version=1,
        config=config,
        genre=Genre.MYSTERY,
        theme="a lamp",
        script=None,
        locales=("en",),
        formats=formats,
        platforms=config.platforms,
        target_seconds=45,
        max_seconds=None,
        voice=None,
        style=ArtStyle.STORYBOOK_LIGHT,
        seed=1,
        picture_types=(),
        audio_types=(),
    )


def _story(
    title: str = "The Lamp That Learned Her Name", *beats: Beat, locale: str = "en"
) -> Story:
    scenes = tuple(
        Scene(
            index=i,
            text="The lamp burned.",
            place="lighthouse",
            time_of_day=TimeOfDay.NIGHT,
            weather=Weather.STORM,
            mood=Mood.MYSTERY,
            shot=Shot.MEDIUM,
            beat=beat,
        )
        for i, beat in enumerate(beats or (Beat.HOOK,))
    )
    return Story(
        story_id=STORY,
        locale=locale,
        title=title,
        logline="A lamp knows a name.",
        genre=Genre.MYSTERY,
        theme="a lamp",
        cast=(),
        scenes=scenes,
        words=3,
        written_by="test",
    )


def _image(media: MediaStore, shape: Format, scene: int, data: bytes) -> SceneImage:
    return SceneImage(
        story_id=STORY,
        format=shape,
        scene=scene,
        picture=media.put_bytes(data, "image/png"),
        compressed={},
        focal_point=MIDDLE,
        alt_text="a lamp",
        provider="test",
    )


def test_each_format_gets_a_thumbnail_that_passes_its_check(media: MediaStore) -> None:
    images = [_image(media, shape, 0, _png(shape, 1)) for shape in Format]
    made = make_thumbnails(brief_of(*Format), _story(), images, media=media)
    assert [thumbnail.format for thumbnail in made] == list(Format)
    for thumbnail in made:
        assert check_thumbnail(thumbnail, media).problems == ()
        assert thumbnail.words == "The Lamp That Learned Her Name"
        picture = Image.open(io.BytesIO(media.open(thumbnail.picture).read()))
        assert (picture.format, picture.size) == ("JPEG", SIZES[thumbnail.format])
        assert thumbnail.picture.size_bytes <= MAX_BYTES


def test_an_unchanged_story_keeps_its_thumbnails(media: MediaStore) -> None:
    images = [_image(media, Format.SQUARE, 0, _png(Format.SQUARE, 1))]
    brief = brief_of(Format.SQUARE)
    first = make_thumbnails(brief, _story(), images, media=media)
    again = make_thumbnails(brief, _story(), images, media=media, previous=first)
    assert again[0] is first[0]
    renamed = make_thumbnails(brief, _story("The Key"), images, media=media, previous=first)
    assert renamed[0].picture != first[0].picture
    media.delete(first[0].picture)
    assert make_thumbnails(brief, _story(), images, media=media, previous=first) == first
    assert media.exists(first[0].picture)


def test_the_vivid_picture_is_chosen_and_the_ending_is_kept_secret(media: MediaStore) -> None:
    shape = Format.SQUARE
    pictures = [_png(shape, 1, vivid=False), _png(shape, 2), _png(shape, 2)]
    images = [_image(media, shape, i, picture) for i, picture in enumerate(pictures)]
    story = _story("The Key", Beat.HOOK, Beat.RISE, Beat.ENDING)
    (made,) = make_thumbnails(brief_of(shape), story, images, media=media)
    (alone,) = make_thumbnails(brief_of(shape), story, images[1:2], media=media)
    assert made.picture == alone.picture
    dull, vivid = _picture(shape, 1, vivid=False), _picture(shape, 2)
    assert vividness(vivid, MIDDLE) > vividness(dull, MIDDLE) + 0.5


@pytest.mark.parametrize("shape", list(Format))
@pytest.mark.parametrize("shade", [0, 255])
@pytest.mark.parametrize("accent", [GOLD, (26, 20, 64)])
def test_words_stand_out_on_any_picture_in_any_accent(
    shape: Format, shade: int, accent: tuple[int, int, int]
) -> None:
    width, height = picture_size(shape)
    picture = np.full((height // 4, width // 4, 3), shade, np.uint8)
    canvas, contrast = compose(
        picture, MIDDLE, ["Hollow", "Wood"], 1, shape=shape, accent=accent, locale="en"
    )
    assert contrast >= 4.5
    assert canvas.shape == (*SIZES[shape][::-1], 3)


def _lettering(shape: Format, words: list[str], locale: str, focal: FocalPoint) -> np.ndarray:
    """Where words were drawn: the difference to the same thumbnail with the words' outline only."""
    width, height = picture_size(shape)
    picture = np.full((height // 4, width // 4, 3), 30, np.uint8)
    canvas, _ = compose(
        picture, focal, words, len(words) - 1, shape=shape, accent=GOLD, locale=locale
    )
    return np.asarray(canvas.max(axis=2) > 170)


@pytest.mark.parametrize("shape", list(Format))
@pytest.mark.parametrize(
    ("words", "locale"),
    [
        (["Lamp", "That", "Learned", "Her", "Name"], "en"),
        (["Donaudampfschifffahrtsgesellschaft"], "de"),
        (["嵐の", "夜の", "灯台守"], "ja"),
        (["حارس", "المنارة", "الأخير"], "ar"),
    ],
)
@pytest.mark.parametrize("x", [0.2, 0.8])
def test_words_stay_clear_of_badges_buttons_and_edges(
    shape: Format, words: list[str], locale: str, x: float
) -> None:
    letters = _lettering(shape, words, locale, FocalPoint(x=x, y=0.4))
    height, width = letters.shape
    rows, columns = np.nonzero(letters)
    assert rows.min() > 0.04 * height
    assert rows.max() < 0.96 * height
    assert columns.min() > 0.03 * width
    assert columns.max() < 0.97 * width
    if shape is Format.LANDSCAPE:  # the running time
        assert not letters[int(0.86 * height) :, int(0.86 * width) :].any()
    if shape is Format.PORTRAIT:  # what apps lay over the lowest fifth
        assert not letters[int(0.80 * height) :].any()


@pytest.mark.parametrize("shape", list(Format))
def test_words_are_large_enough_to_be_read_at_160_pixels(shape: Format) -> None:
    letters = _lettering(shape, ["Hollow", "Wood"], "en", MIDDLE)
    rows = np.nonzero(letters.any(axis=1))[0]
    lines = np.split(rows, np.nonzero(np.diff(rows) > 1)[0] + 1)
    tallest = max(len(line) for line in lines)
    assert tallest * 160 / letters.shape[1] >= 10


@pytest.mark.parametrize("focal", [(0.1, 0.1), (0.0, 1.0), (0.5, 0.5)])
@pytest.mark.parametrize("shape", list(Format))
def test_the_subject_is_in_the_picture_and_not_behind_the_words(
    shape: Format, focal: tuple[float, float]
) -> None:
    width, height = picture_size(shape)
    picture = np.full((height, width, 3), 20, np.uint8)
    at = (round(focal[0] * (width - 1)), round(focal[1] * (height - 1)))
    cv2.circle(picture, at, 24, (0, 255, 0), -1)
    canvas, _ = compose(
        picture,
        FocalPoint(x=focal[0], y=focal[1]),
        ["Key"],
        0,
        shape=shape,
        accent=GOLD,
        locale="en",
    )
    green = (canvas[..., 1].astype(int) - np.maximum(canvas[..., 0], canvas[..., 2])) > 60
    assert green.sum() > 100


@pytest.mark.parametrize("shape", list(Format))
@pytest.mark.parametrize("at", [(0.1, 0.1), (0.42, 0.35), (0.7, 0.3), (0.45, 0.6)])
def test_words_never_lie_on_a_face(shape: Format, at: tuple[float, float]) -> None:
    width, height = picture_size(shape)
    face = Box(kind="face", x=at[0], y=at[1], width=0.14, height=0.14)
    picture = np.full((height, width, 3), 20, np.uint8)
    left, top = round(face.x * width), round(face.y * height)
    picture[top : top + round(0.14 * height), left : left + round(0.14 * width)] = (0, 255, 0)
    middle = FocalPoint(x=face.x + 0.07, y=face.y + 0.07)
    words = ["Lamp", "That", "Learned", "Her", "Name"]
    lettered, bare = (
        compose(
            picture, middle, words[:count], 0,
            shape=shape, accent=GOLD, locale="en", subjects=(face,),
        )[0]
        for count in (5, 0)
    )  # fmt: skip
    green = (lettered[..., 1].astype(int) - np.maximum(lettered[..., 0], lettered[..., 2])) > 30
    assert bare.shape == lettered.shape
    rows, columns = np.nonzero(green)
    assert len(rows)
    hole = green[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert hole.mean() > 0.97


@pytest.mark.parametrize(
    ("title", "locale", "words", "stressed"),
    [
        ("The Clockmaker's Secret", "en", ["The", "Clockmaker's", "Secret"], "Secret"),
        ("What the Moth Was Burning", "en", ["What", "the", "Moth", "Was", "Burning"], "Burning"),
        ("The Long Way Home to the Sea: A Winter Song", "en", ["A", "Winter", "Song"], "Song"),
        ("The Sea", "en", ["The", "Sea"], "Sea"),
        ("嵐の夜の灯台守", "ja", ["嵐の", "夜の", "灯台守"], "灯台守"),
        ("Fog 🚀", "en", ["Fog"], "Fog"),
    ],
)
def test_a_title_gives_a_few_strong_words(
    title: str, locale: str, words: list[str], stressed: str
) -> None:
    chosen, key = hook_words(title, locale)
    assert chosen == words
    assert chosen[key] == stressed


def test_a_long_title_is_cut_to_its_beginning() -> None:
    words, key = hook_words("The Last Letter from the Keeper of the Hollow Wood and the Sea", "en")
    assert (words, words[key]) == (["The", "Last", "Letter"], "Letter")


def test_a_title_of_emoji_alone_gives_way_to_the_channels_name(media: MediaStore) -> None:
    images = [_image(media, Format.SQUARE, 0, _png(Format.SQUARE, 1))]
    (made,) = make_thumbnails(brief_of(Format.SQUARE), _story("🚀🦊"), images, media=media)
    assert made.words == "Midnight Tales"
    assert check_thumbnail(made, media).passed


def test_a_missing_or_broken_picture_is_named(media: MediaStore) -> None:
    with pytest.raises(DefectiveMedia, match=f"{STORY} has no scene picture in format 1x1"):
        make_thumbnails(brief_of(Format.SQUARE), _story(), [], media=media)
    broken = _png(Format.SQUARE, 1)[:5000]
    images = [_image(media, Format.SQUARE, 0, broken)]
    with pytest.raises(DefectiveMedia, match="cannot be decoded"):
        make_thumbnails(brief_of(Format.SQUARE), _story(), images, media=media)


def test_the_check_finds_a_blank_or_faint_thumbnail(media: MediaStore) -> None:
    images = [_image(media, Format.SQUARE, 0, _png(Format.SQUARE, 1))]
    (made,) = make_thumbnails(brief_of(Format.SQUARE), _story(), images, media=media)
    buffer = io.BytesIO()
    Image.new("RGB", (640, 640)).save(buffer, "JPEG")
    blank = made.model_copy(
        update={"picture": media.put_bytes(buffer.getvalue(), "image/jpeg"), "contrast": 2.0}
    )
    problems = " ".join(check_thumbnail(blank, media).problems)
    assert "640x640 instead of 1080x1080" in problems
    assert "almost blank" in problems
    assert "4.5:1 is needed" in problems


@pytest.mark.parametrize("shape", list(Format))
def test_the_darkening_behind_the_words_spares_the_faces(shape: Format) -> None:
    width, height = picture_size(shape)
    grey = np.full((height, width, 3), 150, np.uint8)
    focal_point = FocalPoint(x=0.55, y=0.45)
    face = Box(kind="face", x=0.45, y=0.35, width=0.2, height=0.2)
    words = ("A", "Lamp", "That", "Learned", "Names")

    def composed(said: tuple[str, ...]) -> npt.NDArray[np.uint8]:
        canvas, _ = compose(
            grey, focal_point, said, 0, shape=shape, accent=GOLD, locale="en", subjects=(face,)
        )
        return canvas

    settings = set_words(words, shape, "en")
    window = placement((width, height), focal_point, (face,), settings, shape).window
    x = round((0.55 * width - window.left) / window.width * SIZES[shape][0])
    y = round((0.45 * height - window.top) / window.height * SIZES[shape][1])
    here = np.s_[y - 20 : y + 20, x - 20 : x + 20]
    bare = float(composed(())[0, 0].mean())
    assert float(composed(words)[here].mean()) > bare - 6
    assert composed(words).min() < bare - 60  # and it does darken elsewhere


@pytest.mark.parametrize(
    ("locale", "shape"),
    [("en", Format.PORTRAIT), ("ar", Format.LANDSCAPE), ("ja", Format.SQUARE)],
)
def test_a_story_has_three_thumbnails_that_differ_in_picture_words_and_colour(
    media: MediaStore, locale: str, shape: Format
) -> None:
    title = {
        "en": "The Lamp That Learned Her Name",
        "ar": "حارس المنارة الأخير",
        "ja": "嵐の夜の灯台守",
    }[locale]
    story = _story(title, *[Beat.HOOK] * 3, locale=locale)
    images = [_image(media, shape, n, _png(shape, n)) for n in range(3)]
    for made in make_thumbnails(brief_of(shape), story, images, media=media):
        assert check_thumbnail(made, media).problems == ()
        assert [other.template for other in made.alternatives] == ["panel", "label"]
        said = [made.words, *(other.words for other in made.alternatives)]
        # The whole title, or whom it names under a picture that shows them: never a fragment.
        assert set(said) == {made.words}
        small = []
        for ref in (made.picture, *(other.picture for other in made.alternatives)):
            picture = Image.open(io.BytesIO(media.open(ref).read()))
            assert (picture.format, picture.size) == ("JPEG", SIZES[made.format])
            assert ref.size_bytes <= MAX_BYTES
            small.append(np.asarray(picture.resize((32, 32)), np.float64))
        for a, b in ((0, 1), (0, 2), (1, 2)):
            assert np.abs(small[a] - small[b]).mean() > 25
        assert min(other.contrast for other in made.alternatives) >= 4.5
        assert len({other.scene for other in made.alternatives}) == 2


def test_whom_a_title_names_stands_alone_only_on_a_picture_that_shows_them(
    media: MediaStore,
) -> None:
    shape = Format.SQUARE
    told = _story("The Lamp That Learned Her Name", *[Beat.HOOK] * 3)
    images = [_image(media, shape, n, _png(shape, n)) for n in range(3)]
    scenes = [scene.model_copy(update={"props": ("lamp",)}) for scene in told.scenes]
    shown = told.model_copy(update={"scenes": tuple(scenes)})
    said = []
    for story in (told, shown):
        (made,) = make_thumbnails(brief_of(shape), story, images, media=media)
        said.append(made.alternatives[1].words)
    assert said == ["The Lamp That Learned Her Name", "The Lamp"]


def test_the_darkening_behind_words_has_no_spots() -> None:
    grey = np.full((720, 1280, 3), 190, np.uint8)
    words = ["What", "the", "Moth", "Was", "Burning"]
    canvas, _ = compose(
        grey, MIDDLE, words, 4, shape=Format.LANDSCAPE, accent=(255, 144, 64), locale="en"
    )
    for column in range(0, 1280, 40):
        light = np.percentile(canvas[:, column], 60)
        edge = canvas[4, column].mean()
        assert abs(float(edge) - float(light)) < 12, "evenly dark from the top to the foot"


@pytest.mark.parametrize("accent", ["#1a1440", "#777777", "#ffffff"])
def test_further_thumbnails_are_legible_in_any_accent_and_keep_clear(accent: str) -> None:
    grey = np.full((480, 640, 3), 120, np.uint8)
    colour = (int(accent[1:3], 16), int(accent[3:5], 16), int(accent[5:7], 16))
    for shape in Format:
        for template in TEMPLATES:
            for other_side in (False, True)[: 1 + (template == "panel")]:
                bare, lettered = (
                    compose_variant(
                        template, grey, MIDDLE, words, shape=shape, accent=colour, locale="en",
                        channel_title=name, other_side=other_side,
                    )
                    for words, name in (([" "], ""), (["Donaudampfschifffahrt", "Name"], "Tales"))
                )  # fmt: skip
                assert lettered[1] >= 4.5
                drawn = np.abs(bare[0].astype(int) - lettered[0]).max(2) > 60
                height, width = drawn.shape
                if shape is Format.LANDSCAPE:
                    assert not drawn[int(0.86 * height) :, int(0.86 * width) :].any()
                if shape is Format.PORTRAIT:
                    assert not drawn[int(0.80 * height) :].any()
                    assert not drawn[: int(0.08 * height)].any()


def test_an_alternative_that_is_lost_is_made_again(media: MediaStore) -> None:
    images = [_image(media, Format.SQUARE, 0, _png(Format.SQUARE, 1))]
    first = make_thumbnails(brief_of(Format.SQUARE), _story(), images, media=media)
    media.delete(first[0].alternatives[1].picture)
    again = make_thumbnails(brief_of(Format.SQUARE), _story(), images, media=media, previous=first)
    assert again == first
    assert media.exists(first[0].alternatives[1].picture)


def test_a_variant_never_shows_a_picture_of_nobody_where_the_story_has_somebody(
    media: MediaStore,
) -> None:
    shape = Format.LANDSCAPE
    story = _story("The Lamp", *[Beat.HOOK] * 4)
    images = [_image(media, shape, n, _png(shape, n)) for n in range(4)]
    face = Box(kind="face", x=0.46, y=0.2, width=0.08, height=0.14)
    figure = Box(kind="figure", x=0.44, y=0.2, width=0.12, height=0.5)
    desk = Box(kind="thing", x=0.4, y=0.5, width=0.2, height=0.2)
    images = [
        image.model_copy(update={"subjects": (face, figure) if image.scene != 2 else (desk,)})
        for image in images
    ]
    (made,) = make_thumbnails(brief_of(shape), story, images, media=media)
    assert {2} & {other.scene for other in made.alternatives} == set()


def test_a_crop_leaves_on_the_feet_and_tails_that_the_picture_has() -> None:
    for shape in (Format.PORTRAIT, Format.SQUARE):
        size = picture_size(shape)
        face = Box(kind="face", x=0.4, y=0.28, width=0.2, height=0.12)
        figure = Box(kind="figure", x=0.34, y=0.28, width=0.32, height=0.56)
        words = set_words(["Why", "Do", "You", "Do", "It?"], shape, "en")
        window = placement(size, FocalPoint(x=0.5, y=0.34), (face, figure), words, shape).window
        assert window.top + window.height >= 0.838 * size[1]
        assert window.left <= 0.342 * size[0]
        assert window.left + window.width >= 0.658 * size[0]
