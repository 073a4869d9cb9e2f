"""Ships, boats and trains, as vector shapes standing at (x, y)."""

from __future__ import annotations

from content_platform.imagery.illustrator.buildings import WARM
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    lighter,
    line,
    num,
    path,
    polygon,
    rect,
)


def sailing_ship(x: float, y: float, tall: float, hull: str) -> str:
    w = tall * 0.5
    body = path(
        f"M{num(x - w)} {num(y - tall * 0.14)}Q{num(x)} {num(y - tall * 0.06)} {num(x + w * 1.1)} {num(y - tall * 0.17)}Q{num(x + w * 0.9)} {num(y + 3)} {num(x + w * 0.6)} {num(y + 4)}L{num(x - w * 0.7)} {num(y + 4)}Q{num(x - w * 0.95)} {num(y - tall * 0.02)} {num(x - w)} {num(y - tall * 0.14)}Z",
        hull,
    )
    body += line(
        f"M{num(x - w * 0.97)} {num(y - tall * 0.11)}Q{num(x)} {num(y - tall * 0.03)} {num(x + w * 1.05)} {num(y - tall * 0.14)}",
        lighter(hull, 0.45),
        4,
    )
    mast = "#4a382c"
    for dx, high in ((-0.3, 0.86), (0.32, 1.0)):
        mx = x + w * dx
        body += line(f"M{num(mx)} {num(y - tall * 0.1)}L{num(mx)} {num(y - tall * high)}", mast, 5)
        body += "".join(
            path(
                f"M{num(mx - w * s)} {num(y - tall * b)}Q{num(mx + w * 0.16)} {num(y - tall * (a + b) / 2)} {num(mx - w * s * 0.8)} {num(y - tall * a)}L{num(mx + w * s * 0.8)} {num(y - tall * a)}Q{num(mx + w * (s + 0.2))} {num(y - tall * (a + b) / 2)} {num(mx + w * s)} {num(y - tall * b)}Z",
                "#efe6d2",
            )
            for s, a, b in ((0.26, high - 0.06, high - 0.34), (0.32, high - 0.37, 0.2))
        )
    return body


def fishing_boat(x: float, y: float, wide: float, hull: str) -> str:
    h = wide * 0.3
    body = path(
        f"M{num(x - wide / 2)} {num(y - h)}Q{num(x)} {num(y - h * 0.5)} {num(x + wide / 2)} {num(y - h * 1.2)}Q{num(x + wide * 0.42)} {num(y + 2)} {num(x + wide * 0.3)} {num(y + 4)}L{num(x - wide * 0.36)} {num(y + 4)}Q{num(x - wide * 0.46)} {num(y - h * 0.2)} {num(x - wide / 2)} {num(y - h)}Z",
        hull,
    ) + line(
        f"M{num(x - wide * 0.49)} {num(y - h * 0.86)}Q{num(x)} {num(y - h * 0.36)} {num(x + wide * 0.48)} {num(y - h * 1.05)}",
        "#f0e8d8",
        5,
    )
    body += (
        rect(x - wide * 0.2, y - h * 1.7, wide * 0.28, h * 1.05, "#e8e0d0", round_=3)
        + rect(x - wide * 0.24, y - h * 1.86, wide * 0.36, h * 0.22, darker(hull, 0.2), round_=3)
        + rect(x - wide * 0.14, y - h * 1.45, wide * 0.07, h * 0.4, "#2c3850")
        + rect(x - wide * 0.02, y - h * 1.45, wide * 0.07, h * 0.4, "#2c3850")
    )
    return body + line(
        f"M{num(x + wide * 0.2)} {num(y - h * 0.6)}L{num(x + wide * 0.2)} {num(y - h * 2.9)}M{num(x + wide * 0.2)} {num(y - h * 2.7)}L{num(x + wide * 0.44)} {num(y - h * 1.0)}M{num(x + wide * 0.2)} {num(y - h * 2.7)}L{num(x - wide * 0.4)} {num(y - h * 0.8)}",
        "#4a3c34",
        3,
    )


def steam_train(x: float, y: float, tall: float, *, left: bool) -> tuple[str, str]:
    """Engine and two carriages with lit windows, standing at a platform; x is the engine's middle."""
    side = -1 if left else 1
    green, black = "#34564a", "#26262e"

    def px(dx: float) -> float:
        return x + side * dx * tall

    def box(a: float, b: float, top: float, bottom: float, fill: str, round_: float = 0) -> str:
        lo, hi = sorted((px(a), px(b)))
        return rect(lo, y - top * tall, hi - lo, (top - bottom) * tall, fill, round_=round_)

    body = (
        box(-0.2, 0.72, 0.62, 0.26, green, 30)
        + box(-0.62, -0.16, 0.86, 0.2, green, 6)
        + box(-0.66, -0.12, 0.93, 0.85, black, 5)
        + box(0.5, 0.6, 0.88, 0.6, black)
        + box(0.47, 0.63, 0.93, 0.87, black, 4)
        + box(0.16, 0.28, 0.74, 0.6, "#c9983f", 12)
        + box(-0.66, 0.8, 0.28, 0.2, "#8c2f2f")
    )
    body += (
        path(
            polygon(
                [
                    (px(0.72), y - tall * 0.24),
                    (px(0.98), y - tall * 0.02),
                    (px(0.72), y - tall * 0.02),
                ]
            ),
            black,
        )
        + "".join(
            circle(px(dx), y - tall * r, tall * r, "#3a3038")
            + f'<circle cx="{num(px(dx))}" cy="{num(y - tall * r)}" r="{num(tall * r * 0.72)}" fill="none" stroke="#b5433a" stroke-width="5"/>'
            for dx, r in ((-0.45, 0.16), (-0.08, 0.16), (0.28, 0.16), (0.6, 0.1))
        )
        + line(
            f"M{num(px(-0.45))} {num(y - tall * 0.14)}L{num(px(0.28))} {num(y - tall * 0.14)}",
            "#c9ccd4",
            7,
        )
    )
    body += box(-0.54, -0.28, 0.78, 0.56, "#6a4a2c", 3)
    glow = box(-0.53, -0.29, 0.77, 0.57, WARM) + circle(
        px(0.78), y - tall * 0.5, tall * 0.055, "#ffe9b0"
    )
    for k in range(2):
        a = -0.74 - k * 1.5
        body += (
            box(a - 1.4, a, 0.84, 0.2, "#7a2f38", 10)
            + box(a - 1.42, a + 0.02, 0.92, 0.82, "#3a2a30", 12)
            + box(a - 1.4, a, 0.34, 0.31, "#d8b060")
            + "".join(
                circle(px(a - dx), y - tall * 0.1, tall * 0.1, "#2a262c")
                for dx in (0.2, 0.44, 0.98, 1.22)
            )
        )
        for w in range(5):
            wa = a - 0.1 - w * 0.26
            body += box(wa - 0.17, wa, 0.74, 0.44, "#5a3a24", 4)
            glow += box(wa - 0.165, wa - 0.005, 0.735, 0.445, WARM, 4)
    return body, glow
