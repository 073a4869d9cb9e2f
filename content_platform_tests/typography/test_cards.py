"""The closing card: readable over anything, for any title."""

from __future__ import annotations

import numpy as np
import pytest

from content_platform.typography.cards import draw_card
from content_platform.typography.colour import WHITE, contrast, legible_on_ink, parse_colour
from content_platform.vocabulary import Format


@pytest.mark.parametrize("shape", list(Format))
@pytest.mark.parametrize("shade", [0, 128, 255])
def test_the_title_stands_out_over_dark_and_bright_pictures(shape: Format, shade: int) -> None:
    picture = np.full((360, 640, 3), shade, np.uint8)
    card = draw_card("", "", "#ffc857", shape, picture, locale="en")
    width, height = shape.size
    assert card.shape == (height, width, 3)
    middle = card[height // 3 : height * 2 // 3, width // 4 : width * 3 // 4]
    assert float(np.percentile(contrast(middle, WHITE), 5)) >= 4.5


@pytest.mark.parametrize(
    ("title", "locale"),
    [
        ("The Lamp That Learned Her Name", "en"),
        ("حارس المنارة الأخير", "ar"),
        ("嵐の夜の灯台守", "ja"),
        ("A" * 120, "en"),
        ("🚀", "en"),
    ],
)
def test_a_title_of_any_script_or_length_stays_within_the_card(title: str, locale: str) -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    card = draw_card(title, "Midnight Tales", "#ffc857", Format.SQUARE, picture, locale=locale)
    bright = card.max(2) > 140
    assert bright.any()
    border = np.concatenate([bright[:40].ravel(), bright[-40:].ravel(), bright[:, :40].ravel()])
    assert not border.any()


def test_a_dark_accent_is_lightened_until_it_can_be_read() -> None:
    dark = parse_colour("#1a1440")
    assert contrast(legible_on_ink(dark), (11, 13, 20)) >= 6
    assert legible_on_ink((255, 200, 87)) == (255, 200, 87)


def test_a_colour_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="'gold' is not of the form #rrggbb"):
        parse_colour("gold")
