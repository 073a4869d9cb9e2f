"""What platforms lay over a video hides no caption, no title, no name and no face."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.captions.cues import cut_cues, screen_limits
from content_platform.captions.layout import PLACEMENTS, caption_top, placement_for
from content_platform.captions.sprites import CaptionSprite, caption_sprites
from content_platform.imagery.framing import LAYOUTS
from content_platform.imagery.models import Box, FocalPoint, picture_size
from content_platform.typography.cards import draw_card
from content_platform.typography.safe_areas import Area, free_rows, overlays
from content_platform.video.camera import Frame, Move, plan_move
from content_platform.vocabulary import CaptionStyle, Format, Platform
from content_platform_tests.captions.speech import UNITS, spoken

REAL = [platform for platform in Platform if platform is not Platform.SANDBOX]
SETS = list(chain.from_iterable(combinations(REAL, n) for n in (1, 2, 4)))


def _ink(sprite: CaptionSprite, shape: Format) -> Area:
    width, height = shape.size
    solid = sprite.rgba[..., 3] > 200
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    return Area(
        (sprite.x + columns[0]) / width,
        (sprite.y + rows[0]) / height,
        (sprite.x + columns[-1] + 1) / width,
        (sprite.y + rows[-1] + 1) / height,
    )


@pytest.mark.parametrize("platform", REAL)
@pytest.mark.parametrize("locale", ["en", "ar", "th", "hi", "ja", "el"])
def test_captions_lie_under_nothing_a_platform_shows(platform: Platform, locale: str) -> None:
    for shape in Format:
        place = placement_for(shape, [platform])
        cues = cut_cues(spoken(UNITS[locale]), locale, limits=screen_limits(shape))[:3]
        for sprite in caption_sprites(
            cues, format=shape, accent="#ffc857", locale=locale, place=place,
            look=CaptionStyle.PLATE if shape is Format.PORTRAIT else CaptionStyle.POP,
        ):  # fmt: skip
            ink = _ink(sprite, shape)
            assert not [area for area in overlays(shape, [platform]) if area.touches(ink)]


@pytest.mark.parametrize("platforms", SETS, ids="+".join)
@pytest.mark.parametrize("shape", list(Format))
def test_a_place_for_captions_is_clear_of_all_platforms_at_once(
    platforms: tuple[Platform, ...], shape: Format
) -> None:
    place = placement_for(shape, platforms)
    top = caption_top(shape, place)
    bottom = top + 2.5 * place.size / shape.size[1]
    block = Area(0.5 - place.width / 2, top, 0.5 + place.width / 2, bottom)
    assert not [area for area in overlays(shape, platforms) if area.touches(block)]
    assert place.width > 0.6
    assert place.size == PLACEMENTS[shape].size
    assert placement_for(shape, [Platform.SANDBOX]) == PLACEMENTS[shape]


@pytest.mark.parametrize("shape", list(Format))
def test_titles_of_cards_keep_clear(shape: Format) -> None:
    grey = np.full((90, 160, 3), 60, np.uint8)
    for title, locale in (
        ("The Lighthouse Keeper's Extraordinary Daughter", "en"),
        ("حارس المنارة الأخير", "ar"),
    ):
        card = draw_card(title, "Midnight Tales", "#ffc857", shape, grey, locale=locale)
        rows, columns = np.nonzero(card.min(2) > 200)
        width, height = shape.size
        ink = Area(
            columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height
        )
        assert not [area for area in overlays(shape, REAL) if area.touches(ink)]


def test_words_on_tall_thumbnails_keep_clear_of_the_bars() -> None:
    first, last = free_rows(Format.PORTRAIT, REAL)
    for layout in LAYOUTS[Format.PORTRAIT]:
        assert layout.words.top >= first - 0.001
        assert layout.words.bottom <= last + 0.015


@given(
    move=st.sampled_from(Move),
    at=st.tuples(st.floats(0.25, 0.6), st.floats(0.14, 0.4)),
    seconds=st.floats(1, 12),
    platform=st.sampled_from(REAL),
)
def test_the_camera_keeps_faces_between_the_bars(
    move: Move, at: tuple[float, float], seconds: float, platform: Platform
) -> None:
    shape = Format.PORTRAIT
    width, height = picture_size(shape)
    face = Box(kind="face", x=at[0], y=at[1], width=0.16, height=0.12)
    ceiling, _ = free_rows(shape, [platform])
    floor = caption_top(shape, placement_for(shape, [platform]))
    for view in plan_move(
        move,
        Frame(width, height, shape.size[0] / shape.size[1]),
        FocalPoint(x=at[0] + 0.08, y=at[1] + 0.06),
        seconds,
        tense=False,
        seed="a",
        subjects=(face,),
        floor=floor,
        ceiling=ceiling,
    ):
        top = (face.y * height - view.y) / view.height
        bottom = ((face.y + face.height) * height - view.y) / view.height
        assert bottom <= floor
        assert top >= ceiling or view.y < 1, "it could have shown more above"
