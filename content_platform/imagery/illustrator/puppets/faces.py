"""Faces of puppets: eyes of light on a screen, buttons and stitches, coal, or painted ones."""

from __future__ import annotations

from collections.abc import Sequence

from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    ellipse,
    line,
    num,
    path,
)

_SHUT = frozenset({"asleep", "weeping"})
_LAUGHING = frozenset({"laughing", "tender"})
_CURVE = {
    "glad": 9.0,
    "tender": 7.0,
    "laughing": 12.0,
    "calm": 5.0,
    "asleep": 2.0,
    "wary": -1.0,
    "sad": -7.0,
    "weeping": -8.0,
}
"""How far the middle of the mouth hangs below its ends, in units of a mouth 26 wide."""
_BROW = {
    "glad": (-3.0, -3.0),
    "laughing": (-4.0, -4.0),
    "awed": (-7.0, -7.0),
    "afraid": (2.0, -8.0),
    "sad": (4.0, -6.0),
    "weeping": (4.0, -6.0),
    "wary": (-1.0, -5.0),
    "tender": (1.0, -2.0),
}
"""How far a brow is lowered at its outer and inner end."""


def screen_face(feeling: str, tone: str, near: Point, far: Point, mouth: Point) -> str:
    """A face of light, as the screen of a robot shows it."""
    drawn = ""
    for (x, y), wide in ((near, 10.5), (far, 9.0)):
        outer = -1 if (x, y) == near else 1
        if feeling in _SHUT:
            drawn += line(f"M{num(x - wide)} {num(y)}q{num(wide)} 9 {num(2 * wide)} 0", tone, 5.0)
        elif feeling in _LAUGHING:
            drawn += line(
                f"M{num(x - wide)} {num(y + 4)}q{num(wide)} -15 {num(2 * wide)} 0", tone, 5.4
            )
        elif feeling == "sad":
            # The upper lid falls outwards; falling inwards it would make the face angry.
            left, right = (7.0, -3.0) if outer < 0 else (-3.0, 7.0)
            drawn += path(
                f"M{num(x - wide)} {num(y - 3 + left)}L{num(x + wide)} {num(y - 3 + right)}"
                f"C{num(x + wide)} {num(y + 17)} {num(x - wide)} {num(y + 17)} {num(x - wide)} {num(y - 3 + left)}Z",
                tone,
            )
        elif feeling == "wary":
            # Brows raised, not drawn together: those would make the face angry.
            drawn += ellipse(x + 2, y + 3, wide * 0.92, wide * 1.08, tone) + line(
                f"M{num(x - wide * 0.8)} {num(y - 15)}q{num(wide * 0.8)} -5 {num(wide * 1.6)} 0",
                tone,
                3.2,
            )
        elif feeling in ("afraid", "awed"):
            drawn += circle(x, y, wide * 1.3, tone) + circle(
                x + 1.5, y - (3 if feeling == "awed" else 0), wide * 0.5, "#12202c"
            )
        else:
            drawn += ellipse(x, y, wide, wide * 1.28, tone)
        if feeling == "weeping":
            drawn += path(
                f"M{num(x + 2 * outer)} {num(y + 7)}c-6 11 -7 17 0 20c7 -3 6 -9 0 -20Z", "#7cc8ff"
            )
    x, y = mouth
    if feeling == "speaking":
        return drawn + "".join(
            line(f"M{num(x - 12 + 6 * k)} {num(y - up)}l0 {num(2 * up)}", tone, 3.4)
            for k, up in enumerate((2.0, 5.0, 3.0, 6.0, 2.0))
        )
    if feeling == "laughing":
        return drawn + path(
            f"M{num(x - 14)} {num(y - 5)}L{num(x + 14)} {num(y - 5)}Q{num(x + 12)} {num(y + 10)} {num(x)} {num(y + 10)}Q{num(x - 12)} {num(y + 10)} {num(x - 14)} {num(y - 5)}Z",
            tone,
        )
    if feeling == "awed":
        return drawn + ellipse(x, y, 5, 6, tone)
    if feeling == "afraid":
        return drawn + line(f"M{num(x - 14)} {num(y)}q3.5 -7 7 0t7 0t7 0t7 0", tone, 3.6)
    return drawn + _smile(x, y, 24, feeling, tone, 4.0)


def painted_face(
    feeling: str,
    near: Point,
    far: Point,
    mouth: Point,
    *,
    size: float = 1.0,
    ink: str = "#241820",
    lip: str = "#5a2a26",
    brow: str = "",
    white: bool = False,
) -> str:
    """Dark eyes with a spark, a line of a mouth; ``white`` ones have an iris to look with."""
    drawn = ""
    for (x, y), wide in ((near, 6.2 * size), (far, 5.4 * size)):
        if feeling in _SHUT or feeling in _LAUGHING:
            bow = 0.9 if feeling in _SHUT else -1.1
            drawn += line(
                f"M{num(x - wide * 1.2)} {num(y)}q{num(wide * 1.2)} {num(wide * bow * 1.3)} {num(wide * 2.4)} 0",
                ink,
                3.4 * size,
            )
        else:
            big = 1.25 if feeling in ("afraid", "awed") else 1.0
            if white:
                drawn += ellipse(x, y, wide * 1.7 * big, wide * 1.9 * big, "#fbf6ea")
                up = -wide * 0.5 if feeling == "awed" else wide * 0.3 if feeling == "sad" else 0
                drawn += circle(x + wide * 0.4, y + up, wide * (0.75 if big > 1 else 0.95), ink)
                drawn += circle(x + wide * 0.7, y + up - wide * 0.4, wide * 0.3, "#ffffff")
            else:
                drawn += ellipse(x, y, wide * big, wide * 1.25 * big, ink)
                drawn += circle(x + wide * 0.35, y - wide * 0.45, wide * 0.34, "#ffffff")
    drawn += brows(feeling, near, far, brow or ink, size, lift=(19 if white else 16) * size)
    if feeling == "weeping":
        drawn += tears(near, far, size)
    return drawn + _painted_mouth(feeling, mouth, size, lip)


def brows(
    feeling: str, near: Point, far: Point, tone: str, size: float, *, lift: float, wide: float = 3.4
) -> str:
    """Brows above two eyes."""
    outer, inner = _BROW.get(feeling, (0.0, 0.0))
    (ax, ay), (bx, by) = near, far
    half = 8.5 * size
    return line(
        f"M{num(ax - half)} {num(ay - lift + outer * size)}Q{num(ax)} {num(ay - lift - 5 * size)} {num(ax + half)} {num(ay - lift + inner * size)}"
        f"M{num(bx - half * 0.9)} {num(by - lift + inner * size)}Q{num(bx)} {num(by - lift - 5 * size)} {num(bx + half * 0.9)} {num(by - lift + outer * size)}",
        tone,
        wide * size,
        opacity=0.9,
    )


def tears(near: Point, far: Point, size: float) -> str:
    """One tear under each eye."""
    return "".join(
        line(
            f"M{num(x)} {num(y + 5 * size)}l0 {num(15 * size)}", "#cfeaf8", 3.4 * size, opacity=0.8
        )
        + path(
            f"M{num(x)} {num(y + 14 * size)}c{num(-5 * size)} {num(9 * size)} {num(-6 * size)} {num(13 * size)} 0 {num(15 * size)}"
            f"c{num(6 * size)} {num(-2 * size)} {num(5 * size)} {num(-6 * size)} 0 {num(-15 * size)}Z",
            "#dff3fd",
        )
        for x, y in (near, far)
    )


def stitched_mouth(feeling: str, mouth: Point, size: float, ink: str) -> str:
    """A seam with cross stitches, bent by the feeling; it opens in wonder, laughter and speech."""
    x, y = mouth
    if feeling in ("awed", "afraid", "speaking", "laughing"):
        return _painted_mouth(feeling, mouth, size * 1.1, darker(ink, 0.1)) + (
            _ticks(x, y + 12 * size, 26 * size, 0, ink, 2.2 * size) if feeling == "laughing" else ""
        )
    bow = _CURVE.get(feeling, 5.0) * size * 1.3
    wide = 46 * size
    drawn = line(
        f"M{num(x - wide / 2)} {num(y - bow / 2)}Q{num(x)} {num(y + bow * 1.5)} {num(x + wide / 2)} {num(y - bow / 2)}",
        ink,
        3.2 * size,
    )
    return drawn + _ticks(x, y, wide, bow, ink, 2.1 * size)


def dotted_mouth(feeling: str, mouth: Point, size: float, ink: str) -> str:
    """Bits of coal along a curve; a ring of them where the mouth is open."""
    x, y = mouth
    if feeling in ("awed", "afraid"):
        return ellipse(x, y, 8 * size, 9 * size, ink)
    if feeling in ("laughing", "speaking"):
        return _painted_mouth(feeling, mouth, size * 1.3, ink)
    bow = _CURVE.get(feeling, 5.0) * size * 1.4
    at: Sequence[float] = (-1, -0.55, 0, 0.55, 1)
    return "".join(
        circle(x + 21 * size * t, y + bow * (0.6 - 1.2 * t * t), 3.7 * size, ink) for t in at
    )


def _ticks(x: float, y: float, wide: float, bow: float, ink: str, stroke: float) -> str:
    data = ""
    for t in (-0.72, -0.24, 0.24, 0.72):
        at = y - bow / 2 + bow * (1 - t * t)
        data += f"M{num(x + wide / 2 * t - 1)} {num(at - 3.4)}l1.4 6.8"
    return line(data, ink, stroke)


def _smile(x: float, y: float, wide: float, feeling: str, tone: str, stroke: float) -> str:
    bow = _CURVE.get(feeling, 5.0) * wide / 26
    return line(
        f"M{num(x - wide / 2)} {num(y - bow / 2)}Q{num(x)} {num(y + bow * 1.5)} {num(x + wide / 2)} {num(y - bow / 2)}",
        tone,
        stroke,
    )


def _painted_mouth(feeling: str, mouth: Point, size: float, lip: str) -> str:
    x, y = mouth
    if feeling in ("laughing", "speaking"):
        half, deep = (12.0, 13.0) if feeling == "laughing" else (8.0, 9.0)
        return path(
            f"M{num(x - half * size)} {num(y - 3 * size)}Q{num(x)} {num(y)} {num(x + half * size)} {num(y - 3 * size)}"
            f"Q{num(x + half * size)} {num(y + deep * size)} {num(x)} {num(y + deep * size)}Q{num(x - half * size)} {num(y + deep * size)} {num(x - half * size)} {num(y - 3 * size)}Z",
            lip,
        )
    if feeling in ("awed", "afraid"):
        return ellipse(x, y, 5 * size, (7 if feeling == "awed" else 4.6) * size, lip)
    return _smile(x, y, 22 * size, feeling, lip, 3.4 * size)
