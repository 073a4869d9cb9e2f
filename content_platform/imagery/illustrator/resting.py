"""What bodies rest on: seats, beds, pillows, in figure units and facing right like ``people``."""

from __future__ import annotations

import math
import re

from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.people import Figure
from content_platform.imagery.illustrator.plants import grass, rock
from content_platform.imagery.illustrator.shapes import (
    darker,
    ellipse,
    group,
    lighter,
    line,
    num,
    path,
    rect,
    spline,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS

_SMALL_STOOL = re.compile(r"\b(?:small|little|low|child\S*) (?:\w+ )?stool")
_RIDES = re.compile(r"\b(?:train|bus|tram|carriage|coach|compartment|theat|cinema)")
_QUILTS = ("#4f6f8f", "#8a4a4e", "#5f7a58", "#7a5f8a")
_LINEN = "#e6ddcb"


def seat(stage: Stage, hip: tuple[float, float], *, paved: bool) -> str:
    """What a sitting figure sits on: a bench in a street, a stone in the open; inside a chair, or
    the stool the scene speaks of, which, if it is a small one and others are there, is the child's.
    """
    x, y = hip
    words = f"{stage.scene.text} {' '.join(stage.scene.props)}".lower()
    alone = len(stage.scene.cast) == 1
    theirs = alone or y > -95 or not _SMALL_STOOL.search(words)
    if stage.inside and "stool" in words and theirs:
        return group(THINGS["stool"]("").svg, x=x - 4, scale=(-y - 14) / 66)
    if paved and not stage.inside:
        wood, top = "#7a5434", y + 16
        legs = line(
            f"M{num(x - 110)} {num(top)}L{num(x - 116)} 0M{num(x + 84)} {num(top)}L{num(x + 90)} 0",
            "#3f4248",
            13,
        )
        back = "".join(
            rect(x - 130, y - up, 234, 17, darker(wood, 0.12), round_=4) for up in (96, 66, 36)
        )
        posts = line(f"M{num(x - 108)} {num(y - 104)}L{num(x - 108)} {num(top)}", "#3f4248", 11)
        return legs + posts + back + rect(x - 134, top - 4, 244, 20, wood, round_=5)
    if not stage.inside:
        rng = generator("seat", stage.seed)
        return rock(x - 6, 4, 190, -y - 18, "#85868c", rng)
    if _RIDES.search(stage.scene.place.lower()):
        plush = ("#7a4444", "#3f5f7a", "#5a7250", "#6a5080")[stage.seed % 4]
        padded = rect(x - 76, y - 150, 34, 190 - y * 0.2, darker(plush, 0.25), round_=14)
        padded += rect(x - 70, y + 12, 136, 40, plush, round_=14)
        padded += rect(x - 60, y + 18, 116, 9, lighter(plush, 0.2), round_=5, opacity=0.7)
        foot = rect(x - 44, y + 48, 84, -y - 48, "#3a3a42", round_=4)
        return foot + padded
    wood, k = "#6a452c", min(1.0, -y / 125)  # no deeper than thighs are long: the shins are free
    legs = line(
        f"M{num(x - 46)} {num(y + 30)}L{num(x - 54)} 0M{num(x + 38 * k)} {num(y + 30)}L{num(x + 42 * k)} 0M{num(x - 50)} {num(y + 20)}L{num(x - 66)} {num(y - 130 * k)}",
        darker(wood, 0.2),
        13,
    )
    back = line(f"M{num(x - 58)} {num(y - 60 * k)}L{num(x - 64)} {num(y - 124 * k)}", wood, 26)
    return legs + back + rect(x - 62, y + 16, 62 + 50 * k, 18, wood, round_=6)


def bed(stage: Stage, figure: Figure) -> tuple[str, float]:
    """A lying figure, its head to the left, and how high above the ground the body's middle is.

    Inside on a bed and under a quilt, outside on the ground.
    """
    long = figure.height
    if not stage.inside:
        up = 46.0
        rng = generator("couch", stage.seed)
        blades = grass(-long * 0.5, long * 0.5, 6, 40, "#55733f", 26, rng)
        if stage.season == "winter" or not stage.ground_grows:
            blades = ""
        return group(figure.svg, x=long / 2, y=-up, turn=-90) + blades, up
    up, top = 178.0, -132.0
    head, foot = -long * 0.56, long * 0.58
    wood, quilt = "#6a452c", _QUILTS[stage.seed % 4]
    frame = (
        rect(head - 22, top - 104, 26, 236, darker(wood, 0.1), round_=8)
        + rect(foot - 4, top - 40, 24, 172, darker(wood, 0.1), round_=8)
        + rect(head, top + 34, foot - head, 34, wood, round_=4)
        + rect(head, top, foot - head, 40, _LINEN, round_=14)
    )
    cushion = path(
        spline(
            [
                (head + 6, top + 8),
                (head + 2, top - 44),
                (head + 60, top - 56),
                (head + 138, top - 30),
                (head + 146, top + 8),
            ],
            tension=0.7,
        ),
        "#f0e9da",
    )
    edge = -long * 0.14
    cover = path(
        spline(
            [
                (edge, top - 96),
                (edge + long * 0.16, top - 110),
                (edge + long * 0.34, top - 84),
                (foot - 40, top - 96),
                (foot - 6, top - 34),
                (foot - 4, top + 62),
                (0, top + 68),
                (edge - 6, top + 60),
                (edge - 12, top - 30),
            ],
            tension=0.7,
        ),
        quilt,
    )
    cover += path(
        spline(
            [
                (edge - 4, top - 98),
                (edge + 34, top - 104),
                (edge + 26, top - 20),
                (edge + 30, top + 64),
                (edge - 10, top + 60),
                (edge - 16, top - 30),
            ],
            tension=0.7,
        ),
        lighter(quilt, 0.4),
    )
    cover += line(
        f"M{num(edge + 90)} {num(top - 92)}q20 70 6 150M{num(edge + 190)} {num(top - 84)}q26 60 8 140M{num(edge + 300)} {num(top - 80)}q20 60 4 136",
        darker(quilt, 0.3),
        4,
        opacity=0.45,
    )
    return frame + cushion + group(figure.svg, x=long / 2, y=-up, turn=-90) + cover, up


def pillow(stage: Stage, figure: Figure) -> tuple[str, tuple[float, float]]:
    """A lying figure near the camera, and where its face is; the origin is near the neck.

    Inside the head lies on a pillow and a quilt comes up to the chest, outside on the ground.
    """
    turn = -62.0
    neck = (figure.face[0], figure.face[1] + 62)
    laid = group(group(figure.svg, x=-neck[0], y=-neck[1]), turn=turn)
    angle = math.radians(turn)
    face = (62 * math.sin(angle), -62 * math.cos(angle))
    quilt = _QUILTS[stage.seed % 4]
    if not stage.inside:
        soft = darker("#5a6b48" if stage.season != "winter" else "#dfe7f2", 0.2)
        return ellipse(60, 130, 520, 110, soft) + laid, face
    sheet = rect(-900, 92, 2400, 900, darker(_LINEN, 0.12))
    cushion = path(
        spline(
            [
                (-270, -40),
                (-190, -104),
                (-20, -92),
                (70, -40),
                (110, 60),
                (60, 118),
                (-160, 128),
                (-262, 96),
            ],
            tension=0.9,
        ),
        "#efe7d6",
    )
    cushion += path(
        spline([(-150, -30), (-60, 10), (40, 20), (90, 74), (-20, 100), (-150, 90)], tension=0.9),
        darker("#efe7d6", 0.14),
        opacity=0.6,
    )
    over = path(
        spline(
            [
                (86, 176),
                (96, 84),
                (170, -6),
                (300, -28),
                (520, 10),
                (900, 60),
                (1500, 90),
                (1500, 900),
                (-900, 900),
                (-900, 210),
                (-300, 196),
            ],
            tension=0.6,
        ),
        quilt,
    )
    over += path(
        spline(
            [
                (86, 180),
                (94, 84),
                (168, -8),
                (226, -20),
                (170, 60),
                (146, 120),
                (150, 196),
                (-300, 240),
                (-900, 256),
                (-900, 206),
                (-300, 190),
            ],
            tension=0.6,
        ),
        lighter(quilt, 0.42),
    )
    over += line(
        "M260 20Q300 140 260 320M420 30Q480 150 440 340M620 70Q660 190 630 380M60 300Q120 340 90 460",
        darker(quilt, 0.3),
        7,
        opacity=0.4,
    )
    return sheet + cushion + laid + over, face
