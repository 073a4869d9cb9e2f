"""What platforms lay over a video: their bars, titles and buttons, as data; and what stays free.

Areas are fractions of the picture. Platforms publish no coordinates that hold for every phone and
version, so these are the larger of what creators' templates and their own guides for advertisers
give for a video that is simply watched, as of 2026. Where captions and titles go within the free
part is decided by those who set them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from content_platform.vocabulary import Format, Platform


@dataclass(frozen=True)
class Area:
    """A rectangle in fractions of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Area) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


_PLAYER = (Area(0.0, 0.955, 1.0, 1.0),)
"""The line that tells how far one is, and the running time on stills."""
_REELS = (
    Area(0.0, 0.0, 1.0, 0.11),  # the tab's name and the camera
    Area(0.87, 0.50, 1.0, 0.78),  # like, comment, share, more
    Area(0.0, 0.78, 1.0, 1.0),  # account, description, sound
)
OVERLAYS: dict[tuple[Platform, Format], tuple[Area, ...]] = {
    (Platform.YOUTUBE, Format.PORTRAIT): (
        Area(0.0, 0.0, 1.0, 0.10),  # back, search, more
        Area(0.87, 0.42, 1.0, 0.76),  # like, dislike, comments, share, remix
        Area(0.0, 0.76, 1.0, 1.0),  # channel, subscribe, title, sound
    ),
    (Platform.TIKTOK, Format.PORTRAIT): (
        Area(0.0, 0.0, 1.0, 0.08),  # Following, For You, search
        Area(0.87, 0.40, 1.0, 0.78),  # account, like, comment, save, share, record
        Area(0.0, 0.78, 1.0, 1.0),  # account, caption, sound
    ),
    (Platform.INSTAGRAM, Format.PORTRAIT): _REELS,
    (Platform.FACEBOOK, Format.PORTRAIT): _REELS,
    **{
        (platform, shape): _PLAYER
        for platform in Platform
        if platform is not Platform.SANDBOX
        for shape in (Format.LANDSCAPE, Format.SQUARE)
    },
}


def overlays(shape: Format, platforms: Iterable[Platform]) -> tuple[Area, ...]:
    """All that any of ``platforms`` lays over a video of ``shape``."""
    found = (OVERLAYS.get((platform, shape), ()) for platform in platforms)
    return tuple(dict.fromkeys(area for areas in found for area in areas))


def free_rows(shape: Format, platforms: Iterable[Platform]) -> tuple[float, float]:
    """The first and the last row between the bars that reach across the picture."""
    top, bottom = 0.0, 1.0
    for area in overlays(shape, platforms):
        if area.right - area.left > 0.9:
            if area.top <= 0:
                top = max(top, area.bottom)
            else:
                bottom = min(bottom, area.top)
    return top, bottom


def free_columns(
    shape: Format, platforms: Iterable[Platform], rows: tuple[float, float]
) -> tuple[float, float]:
    """The free columns in the middle of ``rows``, which lie between the bars."""
    left, right = 0.0, 1.0
    band = Area(0.0, rows[0], 1.0, rows[1])
    for area in overlays(shape, platforms):
        if area.right - area.left <= 0.9 and area.touches(band):
            if area.left > 0.5:
                right = min(right, area.left)
            else:
                left = max(left, area.right)
    return left, right
