"""Hats, and what else is worn on the head, in the units of ``heads``."""

from __future__ import annotations

from content_platform.imagery.illustrator.look import Look
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    lighter,
    limb,
    line,
    path,
    polygon,
)


def _helmet(look: Look) -> str:
    """Polished plates with rivets, the visor raised: in one piece it would pass for a knitted hood."""
    steel = "#9aa4b0"
    shade, light = darker(steel, 0.4), lighter(steel, 0.55)
    polished = gradient(
        "steel",
        [(0, shade), (0.3, steel), (0.46, light), (0.6, steel), (1, darker(steel, 0.25))],
        vertical=False,
    )
    dome = "M-46 -24C-58 -110 -30 -124 0 -124C34 -124 56 -104 46 -66L10 -62L-6 -54L-14 -12C-24 -8 -38 -10 -46 -24Z"
    visor = "M-20 -66L-14 -88C8 -100 38 -100 62 -88L56 -64C36 -72 8 -72 -10 -58Z"
    rivets = ((-40, -28), (-24, -20), (-42, -46))
    return (
        path(limb([(-4, -122), (-40, -134), (-62, -104)], [10, 22, 6]), look.accent)
        + polished
        + path(dome, "url(#steel)")
        + line("M-47 -70Q-44 -38 -14 -34", shade, 3, opacity=0.7)
        + path(visor, darker(steel, 0.14))
        + line("M-14 -88C8 -100 38 -100 62 -88", light, 3.4, opacity=0.8)
        + line("M16 -82L52 -79M14 -75L50 -72", darker(steel, 0.75), 3.2)
        + circle(-14, -72, 7, shade)
        + circle(-14, -72, 3.4, light)
        + "".join(circle(x, y, 3, light) for x, y in rivets)
    )


def draw_hat(look: Look, *, back: bool) -> str:
    """What the look has on its head, if anything."""
    colour = look.hat_colour or darker(look.colour, 0.35)
    shade, light = darker(colour, 0.35), lighter(colour, 0.2)
    if not look.hat:
        return ""
    if look.hat == "cap":
        drawn = path("M-50 -64C-56 -124 48 -130 50 -72C30 -78 -30 -72 -50 -64Z", colour) + path(
            "M-51 -66C-30 -82 30 -88 51 -77L51 -66C30 -76 -30 -70 -50 -54Z", shade
        )
        if back:
            peak = "M34 -78C50 -84 70 -76 78 -62C66 -66 50 -66 36 -66Z"
            seams = "M0 -117Q-26 -104 -28 -74M0 -117Q22 -104 26 -76"
            return (
                path(peak, darker(colour, 0.5))
                + drawn
                + line(seams, shade, 2.6, opacity=0.6)
                + ellipse(0, -117, 6, 3.5, shade)
            )
        # The peak grows out of the band, as one shape with it.
        peak = "M8 -74C26 -82 44 -80 51 -76C66 -72 78 -62 80 -55C62 -60 34 -66 10 -64C6 -66 6 -71 8 -74Z"
        return drawn + path(peak, darker(colour, 0.5))
    if look.hat == "beanie":
        return (
            path("M-48 -62C-54 -128 50 -130 48 -66C30 -78 -30 -74 -48 -62Z", colour)
            + path("M-51 -54C-30 -72 32 -76 51 -60L50 -80C28 -92 -28 -90 -50 -76Z", light)
            + circle(-2, -124, 13, light)
        )
    if look.hat == "brim":
        return (
            path("M-38 -76C-40 -128 -10 -130 2 -122C14 -130 40 -124 38 -80Z", colour)
            + path("M-76 -66C-40 -92 40 -96 80 -72C44 -72 -30 -70 -76 -66Z", shade)
            + path("M-38 -80C-16 -90 16 -92 38 -84L38 -74C16 -82 -16 -80 -39 -70Z", look.accent)
        )
    if look.hat == "straw":
        straw = "#d9b45f"
        return (
            path("M-36 -80C-36 -122 36 -124 36 -82Z", straw)
            + path("M-84 -70C-40 -96 44 -98 86 -74C44 -64 -40 -62 -84 -70Z", darker(straw, 0.12))
            + path("M-36 -84C-16 -92 16 -94 36 -86L36 -76C16 -84 -16 -82 -37 -74Z", look.accent)
        )
    if look.hat == "pointed":
        return (
            path("M-40 -76C-24 -120 -20 -160 -44 -196C0 -178 26 -130 40 -80Z", colour)
            + path("M-84 -62C-40 -90 44 -94 86 -70C44 -64 -40 -58 -84 -62Z", shade)
            + path("M-40 -80C-16 -90 18 -92 40 -84L41 -74C18 -82 -16 -80 -41 -70Z", look.accent)
        )
    if look.hat == "hood":
        if back:
            return path(
                "M-54 8C-62 -40 -52 -126 0 -128C52 -126 62 -40 54 8C30 22 -30 22 -54 8Z", colour
            ) + line("M0 -120Q-8 -60 0 8", shade, 4, opacity=0.5)
        return path(
            "M-40 14C-72 -40 -62 -132 2 -128C46 -126 60 -92 47 -66C36 -96 8 -98 -8 -78C-22 -54 -20 -22 -2 12C-14 20 -28 20 -40 14Z",
            colour,
        ) + line("M-6 8C-22 -22 -22 -56 -8 -78C8 -98 36 -96 46 -68", light, 4, opacity=0.6)
    if look.hat == "crown":
        gold = "#e8b84a"
        return (
            path(
                polygon(
                    [
                        (-40, -80),
                        (-46, -124),
                        (-24, -102),
                        (0, -132),
                        (24, -104),
                        (46, -126),
                        (40, -84),
                    ]
                ),
                gold,
            )
            + line("M-40 -82Q0 -94 40 -86", darker(gold, 0.3), 5)
            + circle(0, -104, 5, "#c8372d")
        )
    if look.hat == "helmet":
        return _helmet(look)
    if look.hat == "toque":
        return path(
            "M-38 -78C-66 -104 -52 -138 -26 -132C-14 -150 22 -150 30 -132C56 -136 64 -104 38 -82Z",
            "#f4efe4",
        ) + path("M-46 -66C-18 -82 20 -85 45 -76L43 -92C16 -98 -16 -96 -45 -84Z", "#ddd4c4")
    if look.hat == "headscarf" and back:
        cloth = "M-44 -14C-64 -54 -56 -122 -2 -122C42 -122 54 -94 42 -66C38 -44 30 -28 16 -16C-6 -4 -30 -4 -44 -14Z"
        knot = "M-10 -12C-24 2 -30 20 -26 34C-16 30 -8 18 -6 4C0 18 8 28 18 30C20 16 8 -4 -2 -14Z"
        return path(cloth, colour) + path(knot, shade) + ellipse(-5, -9, 9, 7, light)
    if look.hat == "headscarf":
        return path(
            "M-44 2C-66 -50 -56 -124 2 -122C44 -122 56 -94 45 -70C34 -88 12 -92 -4 -80C-18 -60 -16 -24 -8 -4C-20 10 -34 10 -44 2Z",
            colour,
        ) + "".join(
            circle(x, y, 4, light, opacity=0.8)
            for x, y in ((-34, -84), (-12, -106), (16, -108), (-40, -50), (-30, -22))
        )
    return ""
