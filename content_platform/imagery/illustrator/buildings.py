"""Buildings and built things outdoors, as vector shapes standing at (x, y).

Functions that have lit windows return the shapes and, apart, what shines.
"""

from __future__ import annotations

import random

from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.things.base import clock_face

WARM = "#ffb860"


def lighthouse(
    x: float, y: float, tall: float, *, lit: bool
) -> tuple[str, str, tuple[float, float]]:
    """Returns shapes, glow and the lantern's middle."""
    base, neck = tall * 0.125, tall * 0.078
    top = y - tall * 0.8
    body = gradient(
        "tower",
        [(0, "#8d919c"), (0.3, "#f3efe4"), (0.62, "#c4c2c0"), (1, "#5d6474")],
        vertical=False,
    )
    body += gradient(
        "stripe",
        [(0, "#6b2026"), (0.3, "#cf4338"), (0.62, "#9c2f30"), (1, "#4a1720")],
        vertical=False,
    )
    body += path(
        polygon([(x - base, y), (x - neck, top), (x + neck, top), (x + base, y)]), "url(#tower)"
    )
    for a, b in ((0.1, 0.27), (0.45, 0.62), (0.8, 0.94)):
        wa, wb = base + (neck - base) * a, base + (neck - base) * b
        ya, yb = y + (top - y) * a, y + (top - y) * b
        body += path(
            polygon([(x - wa, ya), (x - wb, yb), (x + wb, yb), (x + wa, ya)]), "url(#stripe)"
        )
    body += rect(x - neck * 1.5, top - tall * 0.02, neck * 3, tall * 0.03, "#2a3040", round_=3)
    body += "".join(
        line(
            f"M{num(x - neck * 1.4 + k * neck * 0.4)} {num(top - tall * 0.02)}l0 {num(-tall * 0.035)}",
            "#232936",
            2.2,
        )
        for k in range(8)
    ) + line(
        f"M{num(x - neck * 1.45)} {num(top - tall * 0.055)}L{num(x + neck * 1.45)} {num(top - tall * 0.055)}",
        "#232936",
        2.6,
    )
    room_top = top - tall * 0.12
    body += (
        rect(x - neck * 0.82, room_top, neck * 1.64, tall * 0.1, "#3c4658")
        + path(
            f"M{num(x - neck * 1.05)} {num(room_top)}Q{num(x)} {num(room_top - tall * 0.1)} {num(x + neck * 1.05)} {num(room_top)}Z",
            "#7a2630",
        )
        + line(f"M{num(x)} {num(room_top - tall * 0.045)}l0 {num(-tall * 0.05)}", "#2a2030", 4)
        + circle(x, room_top - tall * 0.055, 5, "#2a2030")
    )
    panes = "".join(
        line(f"M{num(x + neck * t)} {num(room_top)}l0 {num(tall * 0.1)}", "#232936", 2.6)
        for t in (-0.82, -0.28, 0.28, 0.82)
    )
    body += panes + path(
        f"M{num(x - base * 0.3)} {num(y)}l0 {num(-tall * 0.075)}q{num(base * 0.3)} {num(-tall * 0.05)} {num(base * 0.6)} 0l0 {num(tall * 0.075)}Z",
        "#2a2028",
    )
    windows = "".join(rect(x - 5, y + (top - y) * t, 10, 19, WARM, round_=5) for t in (0.4, 0.7))
    middle = (x, room_top + tall * 0.05)
    glow = windows
    if lit:
        glow += rect(
            x - neck * 0.76, room_top + 3, neck * 1.52, tall * 0.09, "#ffd98a", opacity=0.9
        ) + circle(*middle, neck * 0.46, "#fff6d8")
    else:
        body += windows.replace(WARM, "#2c3346")
        glow = ""
    return body, glow, middle


def garden_arch(x: float, y: float, tall: float, rng: random.Random) -> str:
    half = tall * 0.3
    body = line(
        f"M{num(x - half)} {num(y)}L{num(x - half)} {num(y - tall * 0.6)}Q{num(x)} {num(y - tall * 1.05)} {num(x + half)} {num(y - tall * 0.6)}L{num(x + half)} {num(y)}",
        "#e9e2d2",
        11,
    )
    for k in range(30):
        t = k / 29
        if t < 0.3:
            px, py = x - half, y - tall * 2 * t
        elif t > 0.7:
            px, py = x + half, y - tall * 2 * (1 - t)
        else:
            u = (t - 0.3) / 0.4
            px = x - half + 2 * half * u
            py = y - tall * 0.6 - tall * 0.44 * u * (1 - u) * 2
        body += ellipse(
            px + rng.uniform(-9, 9),
            py + rng.uniform(-7, 7),
            rng.uniform(9, 17),
            rng.uniform(7, 12),
            mix("#5f8f4d", "#3f6d44", rng.random()),
            turn=rng.uniform(0, 90),
        )
        if rng.random() < 0.5:
            body += circle(
                px + rng.uniform(-10, 10),
                py + rng.uniform(-9, 9),
                rng.uniform(4.5, 7.5),
                rng.choice(("#e88a9a", "#f4d6dc", "#d9606a")),
            )
    return body


def _lit_pane(x: float, y: float, wide: float, high: float) -> tuple[str, str]:
    """A lit window so near that its curtains are seen, and not so bright that they are not."""
    lamplit = "#b87a3c"
    body = rect(x, y, wide, high, lamplit)
    for side in (0.0, 0.74):
        body += rect(x + wide * side, y, wide * 0.26, high, darker(lamplit, 0.22))
    body += rect(x, y, wide, high * 0.12, darker(lamplit, 0.34))
    glow = rect(x + wide * 0.26, y + high * 0.12, wide * 0.48, high * 0.88, WARM, opacity=0.3)
    return body, glow + rect(x, y, wide, high, WARM, opacity=0.12)


def house(
    x: float,
    y: float,
    wide: float,
    tall: float,
    wall: str,
    roof: str,
    rng: random.Random,
    *,
    lit: float = 0.6,
    shop: bool = False,
) -> tuple[str, str]:
    """A gabled house seen from the street; ``lit`` is the share of windows with light."""
    half = wide / 2
    eaves = y - tall * 0.66
    name = f"wall{wall[1:]}"
    body = gradient(name, [(0, lighter(wall, 0.08)), (1, darker(wall, 0.22))]) + rect(
        x - half, eaves, wide, y - eaves, f"url(#{name})"
    )
    if rng.random() < 0.55:
        beam = darker("#5a4030", 0.15)
        body += line(
            f"M{num(x - half + 4)} {num(eaves + (y - eaves) * 0.46)}L{num(x + half - 4)} {num(eaves + (y - eaves) * 0.46)}M{num(x - half + 4)} {num(eaves)}L{num(x - half + 4)} {num(y)}M{num(x + half - 4)} {num(eaves)}L{num(x + half - 4)} {num(y)}",
            beam,
            7,
        )
    body += path(
        polygon([(x - half * 1.13, eaves + 6), (x, y - tall), (x + half * 1.13, eaves + 6)]), roof
    )
    body += path(
        polygon([(x, y - tall), (x + half * 1.13, eaves + 6), (x + half * 0.9, eaves + 6)]),
        darker(roof, 0.3),
    )
    chimney = x + half * rng.choice((-0.5, 0.46))
    body += rect(
        chimney - wide * 0.055, y - tall * 0.97, wide * 0.11, tall * 0.2, darker(wall, 0.35)
    ) + rect(chimney - wide * 0.07, y - tall * 0.985, wide * 0.14, tall * 0.03, darker(wall, 0.5))
    glow = ""
    frame = lighter(wall, 0.35)
    ww, wh = wide * 0.17, tall * 0.14
    spots = [(-0.28, 0.42), (0.28, 0.42)] if shop else [(-0.28, 0.42), (0.28, 0.42), (-0.3, 0.14)]
    for dx, up in spots:
        wx, wy = x + wide * dx - ww / 2, y - tall * up - wh
        shines = rng.random() < lit
        body += rect(wx - 4, wy - 4, ww + 8, wh + 8, frame, round_=2) + rect(
            wx, wy, ww, wh, "#2c3850" if not shines else "#b87a3c"
        )
        near = wide > 300  # so near that shutters and a box of flowers are seen
        if shines and near:
            inside, light = _lit_pane(wx, wy, ww, wh)
            body += inside
            glow += light
        elif shines:
            glow += rect(wx, wy, ww, wh, WARM, opacity=0.85)
        body += rect(wx - 7, wy + wh + 3, ww + 14, 5, frame)
        bars = line(
            f"M{num(wx + ww / 2)} {num(wy)}l0 {num(wh)}M{num(wx)} {num(wy + wh / 2)}l{num(ww)} 0",
            frame,
            6 if near else 3,
        )
        body += bars
        if near:
            for side in (-1, 1):
                sx = wx + ww / 2 + side * ww * 0.79
                body += rect(sx - ww * 0.24, wy - 4, ww * 0.48, wh + 8, roof, round_=4)
                slats = "".join(
                    f"M{num(sx - ww * 0.18)} {num(wy + wh * t)}l{num(ww * 0.36)} 0"
                    for t in (0.12, 0.3, 0.48, 0.66, 0.84)
                )
                body += line(slats, darker(roof, 0.3), 4)
            box_y = wy + wh + 8
            for k in range(9):
                fx = wx + ww * (k + 0.5) / 9
                body += circle(fx, box_y - 3, ww * 0.075, ("#5f8a52", "#4a7448")[k % 2])
                if k % 2:
                    body += circle(fx, box_y - ww * 0.06, ww * 0.04, "#d9606a")
            body += rect(wx - 8, box_y, ww + 16, wh * 0.14, darker("#8a5a40", 0.1), round_=4)
        glow += bars.replace(frame, "#3a2410") if shines else ""
    body += circle(x, y - tall * 0.78, wide * 0.055, "#2c3850")
    dw, dh = wide * 0.2, tall * 0.27
    dx = x + wide * 0.24
    body += path(
        f"M{num(dx - dw / 2)} {num(y)}L{num(dx - dw / 2)} {num(y - dh * 0.8)}Q{num(dx)} {num(y - dh * 1.2)} {num(dx + dw / 2)} {num(y - dh * 0.8)}L{num(dx + dw / 2)} {num(y)}Z",
        darker(roof, 0.35),
    ) + circle(dx + dw * 0.3, y - dh * 0.42, 3, "#e0b860")
    return body, glow


def tower_block(
    x: float,
    y: float,
    wide: float,
    tall: float,
    wall: str,
    rng: random.Random,
    *,
    lit: float,
    floor: float = 42.0,
) -> tuple[str, str]:
    """A city house of floors ``floor`` high, with a flat or mansard roof."""
    body = rect(x, y - tall, wide, tall, wall)
    style = rng.random()
    if style < 0.4:
        body += path(
            polygon(
                [
                    (x - 4, y - tall + 2),
                    (x + wide * 0.14, y - tall - wide * 0.22),
                    (x + wide * 0.86, y - tall - wide * 0.22),
                    (x + wide + 4, y - tall + 2),
                ]
            ),
            darker(wall, 0.4),
        )
    elif style < 0.7:
        body += path(
            polygon(
                [
                    (x - 4, y - tall + 2),
                    (x + wide / 2, y - tall - wide * 0.42),
                    (x + wide + 4, y - tall + 2),
                ]
            ),
            darker(wall, 0.4),
        )
    else:
        body += rect(x - 4, y - tall - 8, wide + 8, 14, darker(wall, 0.3))
    if rng.random() < 0.7:
        body += rect(
            x + wide * rng.uniform(0.15, 0.7),
            y - tall - wide * 0.34,
            wide * 0.09,
            wide * 0.36,
            darker(wall, 0.5),
        )
    glow = ""
    step, pane, high = floor * 0.81, floor * 0.38, floor * 0.55
    rows, columns = max(2, int(tall / floor) - 1), max(2, int((wide - pane) / step))
    margin = (wide - (columns - 1) * step - pane) / 2
    near = floor > 100  # so near that a window has a frame and a sill
    for row in range(rows):
        for column in range(columns):
            wx, wy = x + margin + column * step, y - tall + 0.48 * floor + row * floor
            if near:
                edge = rect(wx - 7, wy - 7, pane + 14, high + 14, lighter(wall, 0.28), round_=3)
                sill = rect(wx - 14, wy + high + 7, pane + 28, 10, lighter(wall, 0.18))
                body += edge + sill
            if rng.random() < lit:
                tone, bright = rng.choice((WARM, "#ffcf86", "#f4a650")), rng.uniform(0.5, 1.0)
                if near:
                    inside, light = _lit_pane(wx, wy, pane, high)
                    body += inside
                    glow += light
                else:
                    glow += rect(wx, wy, pane, high, tone, opacity=bright)
                    body += rect(wx, wy, pane, high, "#7a5230")
            else:
                body += rect(wx, wy, pane, high, darker(wall, 0.4))
            if near:
                bars = f"M{num(wx + pane / 2)} {num(wy)}l0 {num(high)}M{num(wx)} {num(wy + high * 0.4)}l{num(pane)} 0"
                body += line(bars, lighter(wall, 0.28), 5)
                glow += line(bars, "#4a3018", 5, opacity=0.6) if glow else ""
    return body, glow


def street_lamp(x: float, y: float, tall: float) -> tuple[str, str, tuple[float, float]]:
    iron = "#232732"
    body = (
        line(f"M{num(x)} {num(y)}L{num(x)} {num(y - tall * 0.84)}", iron, tall * 0.022)
        + path(
            polygon(
                [
                    (x - tall * 0.04, y),
                    (x - tall * 0.02, y - tall * 0.12),
                    (x + tall * 0.02, y - tall * 0.12),
                    (x + tall * 0.04, y),
                ]
            ),
            iron,
        )
        + line(
            f"M{num(x - tall * 0.05)} {num(y - tall * 0.78)}L{num(x + tall * 0.05)} {num(y - tall * 0.78)}",
            iron,
            tall * 0.014,
        )
    )
    r = tall * 0.048
    top = y - tall * 0.95
    body += (
        path(
            polygon(
                [
                    (x - r * 1.1, top),
                    (x + r * 1.1, top),
                    (x + r * 0.7, top + r * 2.3),
                    (x - r * 0.7, top + r * 2.3),
                ]
            ),
            "#c9924a",
        )
        + path(polygon([(x - r * 1.5, top + 2), (x, top - r * 1.1), (x + r * 1.5, top + 2)]), iron)
        + circle(x, top - r * 1.2, r * 0.25, iron)
    )
    glow = path(
        polygon(
            [
                (x - r, top + 3),
                (x + r, top + 3),
                (x + r * 0.62, top + r * 2.2),
                (x - r * 0.62, top + r * 2.2),
            ]
        ),
        "#ffcf80",
    )
    return body, glow, (x, top + r * 1.2)


def church_building(x: float, y: float, tall: float, *, clock: bool = True) -> tuple[str, str]:
    stone = "#8d8a92"
    wide = tall * 0.2
    body = (
        rect(x - wide / 2, y - tall * 0.66, wide, tall * 0.66, stone)
        + rect(x + wide * 0.1, y - tall * 0.66, wide * 0.4, tall * 0.66, darker(stone, 0.25))
        + path(
            polygon(
                [
                    (x - wide * 0.6, y - tall * 0.65),
                    (x, y - tall),
                    (x + wide * 0.6, y - tall * 0.65),
                ]
            ),
            "#4d5468",
        )
        + path(
            polygon(
                [
                    (x, y - tall),
                    (x + wide * 0.6, y - tall * 0.65),
                    (x + wide * 0.2, y - tall * 0.65),
                ]
            ),
            darker("#4d5468", 0.3),
        )
    )
    nave = x - wide * 1.9
    body += rect(nave, y - tall * 0.3, wide * 1.5, tall * 0.3, darker(stone, 0.08)) + path(
        polygon(
            [
                (nave - 8, y - tall * 0.29),
                (nave + wide * 0.3, y - tall * 0.42),
                (nave + wide * 1.5, y - tall * 0.42),
                (nave + wide * 1.5, y - tall * 0.29),
            ]
        ),
        "#4d5468",
    )
    glow = "".join(
        path(
            f"M{num(nave + wide * t)} {num(y - tall * 0.07)}l0 {num(-tall * 0.1)}q{num(wide * 0.09)} {num(-tall * 0.06)} {num(wide * 0.18)} 0l0 {num(tall * 0.1)}Z",
            "#ffb860",
            opacity=0.8,
        )
        for t in (0.2, 0.62, 1.04)
    )
    if clock:
        body += clock_face(x, y - tall * 0.54, wide * 0.28, "#c9a050")
    body += path(
        f"M{num(x - wide * 0.18)} {num(y)}l0 {num(-tall * 0.1)}q{num(wide * 0.18)} {num(-tall * 0.06)} {num(wide * 0.36)} 0l0 {num(tall * 0.1)}Z",
        "#3a2c2c",
    ) + line(
        f"M{num(x)} {num(y - tall)}l0 {num(-tall * 0.06)}M{num(x - tall * 0.018)} {num(y - tall * 1.04)}l{num(tall * 0.036)} 0",
        "#3a3f50",
        4,
    )
    return body, glow


def castle(
    x: float, y: float, wide: float, tall: float, *, ruin: bool, rng: random.Random
) -> tuple[str, str]:
    stone = "#8a8794"
    body, glow = "", ""
    towers = ((-0.44, 0.11, 0.62), (0.44, 0.11, 0.68), (-0.17, 0.12, 0.86), (0.14, 0.1, 1.0))
    body += rect(x - wide * 0.46, y - tall * 0.36, wide * 0.92, tall * 0.36, darker(stone, 0.12))
    body += "".join(
        rect(
            x - wide * 0.46 + k * wide * 0.0767,
            y - tall * 0.385,
            wide * 0.046,
            tall * 0.03,
            darker(stone, 0.12),
        )
        for k in range(12)
    )
    for k, (dx, w, h) in enumerate(towers):
        tw, th = wide * w, tall * h * (rng.uniform(0.5, 0.8) if ruin and k in (0, 3) else 1)
        tx = x + wide * dx
        name = f"tower{k}"
        body += gradient(
            name,
            [(0, darker(stone, 0.3)), (0.35, lighter(stone, 0.12)), (1, darker(stone, 0.42))],
            vertical=False,
        ) + rect(tx - tw / 2, y - th, tw, th, f"url(#{name})")
        if ruin and k in (0, 3):
            body += path(
                polygon(
                    [
                        (tx - tw / 2, y - th),
                        (tx - tw * 0.3, y - th - 26),
                        (tx - tw * 0.05, y - th - 6),
                        (tx + tw * 0.2, y - th - 32),
                        (tx + tw / 2, y - th),
                    ]
                ),
                stone,
            )
        else:
            body += path(
                polygon(
                    [
                        (tx - tw * 0.64, y - th + 3),
                        (tx, y - th - tw * 1.5),
                        (tx + tw * 0.64, y - th + 3),
                    ]
                ),
                "#54506e",
            ) + path(
                polygon(
                    [
                        (tx, y - th - tw * 1.5),
                        (tx + tw * 0.64, y - th + 3),
                        (tx + tw * 0.18, y - th + 3),
                    ]
                ),
                darker("#54506e", 0.35),
            )
            body += line(f"M{num(tx)} {num(y - th - tw * 1.5)}l0 -26", "#3a3a4c", 3) + path(
                polygon(
                    [
                        (tx, y - th - tw * 1.5 - 26),
                        (tx + 24, y - th - tw * 1.5 - 19),
                        (tx, y - th - tw * 1.5 - 12),
                    ]
                ),
                "#b5383a",
            )
        for t in (0.22, 0.5):
            window = path(
                f"M{num(tx - 6)} {num(y - th * (1 - t) + 12)}l0 -16q6 -9 12 0l0 16Z", WARM
            )
            if ruin or rng.random() < 0.25:
                body += window.replace(WARM, "#2a2c3e")
            else:
                glow += window
    body += path(
        f"M{num(x - wide * 0.07)} {num(y)}l0 {num(-tall * 0.13)}q{num(wide * 0.07)} {num(-tall * 0.1)} {num(wide * 0.14)} 0l0 {num(tall * 0.13)}Z",
        "#2c2630",
    )
    return body, glow
