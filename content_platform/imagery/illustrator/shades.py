"""Shadows that have left their owners: dark silhouettes with a look of their own.

The shape is the owner's; only what makes a shadow of it belongs here.
"""

from __future__ import annotations

import re

from content_platform.imagery.illustrator.shapes import circle, group

_INK = "#1b1c33"
_EYES = "#f4efd8"
_PAINT = re.compile(r'\b(fill|stroke)="(?!none")[^"]*"')
_STOP = re.compile(r'stop-color="[^"]*"')
_FAINT = re.compile(r'\s(?:stop-|fill-|stroke-)?opacity="[^"]*"')


def shade_of(
    body: str, x: float, face: tuple[float, float], to: float, height: float, *, turned: bool
) -> str:
    """The shadow of ``body``, which stands at ``x`` with its ``face``, standing at ``to``.

    ``height`` is the body's, ``turned`` whether the shadow looks the other way. All in units.
    """
    dark = _FAINT.sub("", _STOP.sub(f'stop-color="{_INK}"', _PAINT.sub(rf'\1="{_INK}"', body)))
    # Gradients of the owner are not the shadow's: same names, other colours.
    dark = re.sub(r'\bid="', 'id="shade-', dark)
    dark = f'<g fill="{_INK}">{dark}</g>'
    sign = -1 if turned else 1
    moved = group(dark, x=to - sign * x, flip=turned)
    eye_x, eye_y = to + sign * (face[0] - x), face[1]
    apart, size = 0.03 * height, 0.018 * height
    eyes = circle(eye_x - apart, eye_y, size, _EYES) + circle(eye_x + apart, eye_y, size, _EYES)
    return f'<g opacity="0.86">{moved}</g>{eyes}'


def crowd_of(
    body: str, x: float, face: tuple[float, float], feet: float, width: float, count: int
) -> str:
    """``count`` shadows with nobody attached, smaller and further off, across ``width``."""
    drawn = ""
    for k in range(count):
        at = width * (0.06 + 0.88 * ((k * 0.382 + 0.11) % 1.0))
        size = 0.5 + 0.07 * (k % 3)
        shade = shade_of(body, x, face, x, feet - face[1], turned=bool(k % 2))
        drawn += group(shade, x=at - size * x, y=feet * (1 - size) - 26 + 8 * (k % 3), scale=size)
    return drawn
