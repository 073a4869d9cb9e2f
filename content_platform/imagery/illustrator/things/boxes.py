"""Things that hold others: boxes, chests, cases, baskets."""

from __future__ import annotations

from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    gradient,
    lighter,
    line,
    num,
    path,
    rect,
)
from content_platform.imagery.illustrator.things.base import BRASS, Thing


def box(tone: str) -> Thing:
    """A plain wooden box with a flat lid."""
    wood = tone or "#9a6a3e"
    body = gradient("boxwood", [(0, lighter(wood, 0.12)), (1, darker(wood, 0.3))])
    body += rect(-50, -46, 100, 46, "url(#boxwood)", round_=2)
    body += "".join(
        line(f"M-48 {num(y)}Q0 {num(y + bend)} 48 {num(y)}", darker(wood, 0.32), 1.6, opacity=0.55)
        for y, bend in ((-33, 2), (-21, -2), (-9, 1))
    )
    body += (
        path("M-55 -47L-48 -64L48 -64L55 -47Z", lighter(wood, 0.2))
        + rect(-55, -50, 110, 8, darker(wood, 0.12), round_=2)
        + line("M-48 -42L-48 -2M48 -42L48 -2", darker(wood, 0.35), 4)
        + circle(0, -39, 4.5, BRASS)
    )
    return Thing(body, size=0.7)


def chest(tone: str) -> Thing:
    wood = tone or "#8a5c34"
    body = gradient("chestwood", [(0, lighter(wood, 0.15)), (1, darker(wood, 0.3))])
    body += (
        rect(-52, -48, 104, 48, "url(#chestwood)", round_=4)
        + path("M-56 -48C-56 -80 -36 -84 -30 -84L30 -84C36 -84 56 -80 56 -48Z", lighter(wood, 0.06))
        + rect(-56, -51, 112, 7, darker(wood, 0.35))
    )
    body += (
        "".join(rect(x, -82, 9, 82, BRASS, opacity=0.9) for x in (-38, 29))
        + rect(-9, -56, 18, 20, BRASS, round_=3)
        + circle(0, -47, 3, "#3a2a1c")
        + line("M-44 -20L-12 -20M14 -26L44 -26", darker(wood, 0.35), 1.6, opacity=0.6)
    )
    return Thing(body, size=0.8)


def music_box(tone: str) -> Thing:
    """Open, with a little dancer on its drum and a crank at its side."""
    wood = tone or "#7a4436"
    rose = "#d98a94"
    body = gradient("musicwood", [(0, lighter(wood, 0.16)), (1, darker(wood, 0.28))])
    body += path("M-46 -42L-52 -88Q0 -98 52 -88L46 -42Z", darker(wood, 0.3)) + path(
        "M-40 -42L-45 -82Q0 -91 45 -82L40 -42Z", "#a8404e"
    )
    body += path("M-33 -44L-37 -76Q0 -83 37 -76L33 -44Z", "#c05a66", opacity=0.7)
    body += (
        line("M0 -44L0 -54", "#f3dcc4", 3)
        + path("M-15 -50Q0 -60 15 -50Q0 -45 -15 -50Z", lighter(rose, 0.4))
        + path("M-4 -53L-3 -66L3 -66L4 -53Z", rose)
        + line("M-3 -64Q-13 -72 -5 -79M3 -64Q13 -72 5 -79", "#f3d3b4", 2.4)
        + circle(0, -70, 4.6, "#f3d3b4")
        + path("M-4.6 -71Q0 -79 4.6 -71Z", "#4a2c1d")
    )
    body += rect(-52, -44, 104, 44, "url(#musicwood)", round_=4) + rect(
        -54, -47, 108, 7, lighter(wood, 0.22), round_=2
    )
    body += (
        line("M-38 -10Q-24 -34 0 -22Q24 -34 38 -10", BRASS, 2.6)
        + circle(0, -22, 4, BRASS)
        + line("M-44 -6L44 -6", BRASS, 2)
        + line("M52 -24L66 -24L66 -38", "#c9a45a", 4)
        + circle(66, -41, 5, "#efe0c0")
    )
    return Thing(body, size=0.7)


def suitcase(tone: str) -> Thing:
    leather = tone or "#8a5634"
    body = (
        gradient("case", [(0, lighter(leather, 0.12)), (1, darker(leather, 0.28))])
        + f'<path d="M-16 -66L-16 -78Q-16 -84 -10 -84L10 -84Q16 -84 16 -78L16 -66" fill="none" stroke="{darker(leather, 0.4)}" stroke-width="7"/>'
    )
    body += (
        rect(-58, -68, 116, 68, "url(#case)", round_=9)
        + "".join(
            rect(x, -68, 11, 68, darker(leather, 0.35)) + rect(x - 1, -48, 13, 9, BRASS, round_=2)
            for x in (-40, 29)
        )
        + line("M-56 -40L56 -40", darker(leather, 0.45), 2.6)
    )
    return Thing(body, hangs=True, size=0.9)


def parcel(tone: str) -> Thing:
    paper = tone or "#c49a62"
    body = (
        gradient("parcel", [(0, lighter(paper, 0.15)), (1, darker(paper, 0.22))])
        + rect(-46, -62, 92, 62, "url(#parcel)", round_=3)
        + rect(-6, -62, 12, 62, "#b5383a")
        + rect(-46, -38, 92, 11, "#b5383a")
    )
    return Thing(
        body
        + path(
            "M0 -62C-26 -86 -38 -70 -24 -62C-14 -58 -4 -60 0 -62C26 -86 38 -70 24 -62C14 -58 4 -60 0 -62Z",
            "#cf4a48",
        )
        + circle(0, -63, 6, "#a32c30"),
        size=0.6,
    )


def basket(tone: str) -> Thing:
    straw = tone or "#b8864a"
    return Thing(
        line("M-44 -40Q0 -116 44 -40", darker(straw, 0.2), 6)
        + "".join(
            circle(x, y, 15, c)
            for x, y, c in ((-24, -46, "#c2332c"), (4, -52, "#d9a030"), (28, -46, "#a8322a"))
        )
        + path("M-52 -42L52 -42L40 0L-40 0Z", straw)
        + "".join(
            line(
                f"M{-49 + 4 * k} {-32 + 11 * k}L{49 - 4 * k} {-32 + 11 * k}",
                darker(straw, 0.3),
                3,
                opacity=0.7,
            )
            for k in range(3)
        )
        + rect(-55, -46, 110, 9, darker(straw, 0.15), round_=4),
        size=0.7,
    )
