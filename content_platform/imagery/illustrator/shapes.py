"""Vector building blocks: smooth outlines, tapered limbs, gradients, as SVG text.

Only geometry and SVG syntax belong here; what a thing looks like belongs to the modules that
draw people, animals, objects and places. Coordinates are in the caller's units, y downwards.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Sequence

Point = tuple[float, float]


def num(value: float) -> str:
    """A short decimal, so that documents stay small and the same everywhere."""
    return f"{value:.1f}".removesuffix(".0")


def polygon(points: Iterable[Point]) -> str:
    """Path data of a closed polygon."""
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + "Z"


def spline(points: Sequence[Point], *, closed: bool = True, tension: float = 1.0) -> str:
    """Path data of a smooth curve through ``points`` (Catmull-Rom as cubic Béziers)."""
    count = len(points)
    parts = [f"M{num(points[0][0])} {num(points[0][1])}"]
    for i in range(count if closed else count - 1):
        if closed:
            before, here = points[i - 1], points[i]
            after, beyond = points[(i + 1) % count], points[(i + 2) % count]
        else:
            before, here = points[max(0, i - 1)], points[i]
            after, beyond = points[i + 1], points[min(count - 1, i + 2)]
        k = tension / 6
        parts.append(
            f"C{num(here[0] + (after[0] - before[0]) * k)} {num(here[1] + (after[1] - before[1]) * k)} "
            f"{num(after[0] - (beyond[0] - here[0]) * k)} {num(after[1] - (beyond[1] - here[1]) * k)} "
            f"{num(after[0])} {num(after[1])}"
        )
    return "".join(parts) + ("Z" if closed else "")


def limb(joints: Sequence[Point], widths: Sequence[float], *, bend: float = 1.0) -> str:
    """Path data of a smooth, tapering tube through ``joints`` with round ends.

    ``widths`` are full widths at each joint. ``bend`` 0 keeps hard corners, 1 rounds them fully.
    """
    samples: list[tuple[float, float, float]] = []
    last = len(joints) - 1
    for i in range(last):
        p0, p1 = joints[max(0, i - 1)], joints[i]
        p2, p3 = joints[i + 1], joints[min(last, i + 2)]
        for step in range(6):
            t = step / 6
            samples.append(
                (
                    _catmull(p0[0], p1[0], p2[0], p3[0], t, bend),
                    _catmull(p0[1], p1[1], p2[1], p3[1], t, bend),
                    widths[i] + (widths[i + 1] - widths[i]) * t,
                )
            )
    samples.append((*joints[last], widths[last]))
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y, width) in enumerate(samples):
        ax, ay, _ = samples[max(0, i - 1)]
        bx, by, _ = samples[min(len(samples) - 1, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length * width / 2, (bx - ax) / length * width / 2
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    caps = f"A{num(widths[last] / 2)} {num(widths[last] / 2)} 0 0 0 {num(right[-1][0])} {num(right[-1][1])}"
    start = f"A{num(widths[0] / 2)} {num(widths[0] / 2)} 0 0 0 {num(left[0][0])} {num(left[0][1])}"
    forward = "M" + "L".join(f"{num(x)} {num(y)}" for x, y in left)
    back = "".join(f"L{num(x)} {num(y)}" for x, y in reversed(right[:-1]))
    return f"{forward}{caps}{back}{start}Z"


def _catmull(a: float, b: float, c: float, d: float, t: float, bend: float) -> float:
    straight = b + (c - b) * t
    curved = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return straight + (curved - straight) * bend


def path(data: str, fill: str, *, opacity: float = 1.0, extra: str = "") -> str:
    """A filled path element."""
    see_through = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<path d="{data}" fill="{fill}"{see_through}{" " + extra if extra else ""}/>'


def line(data: str, stroke: str, width: float, *, opacity: float = 1.0) -> str:
    """A stroked path element with round ends."""
    see_through = f' stroke-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return (
        f'<path d="{data}" fill="none" stroke="{stroke}" stroke-width="{num(width)}" '
        f'stroke-linecap="round" stroke-linejoin="round"{see_through}/>'
    )


def ellipse(
    cx: float, cy: float, rx: float, ry: float, fill: str, *, opacity: float = 1.0, turn: float = 0
) -> str:
    """A filled ellipse, turned by ``turn`` degrees."""
    see_through = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    turned = f' transform="rotate({num(turn)} {num(cx)} {num(cy)})"' if turn else ""
    return (
        f'<ellipse cx="{num(cx)}" cy="{num(cy)}" rx="{num(rx)}" ry="{num(ry)}" '
        f'fill="{fill}"{see_through}{turned}/>'
    )


def circle(cx: float, cy: float, r: float, fill: str, *, opacity: float = 1.0) -> str:
    """A filled circle."""
    return ellipse(cx, cy, r, r, fill, opacity=opacity)


def rect(
    x: float, y: float, w: float, h: float, fill: str, *, round_: float = 0, opacity: float = 1.0
) -> str:
    """A filled rectangle with corners rounded by ``round_``."""
    corner = f' rx="{num(round_)}"' if round_ else ""
    see_through = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return (
        f'<rect x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}" '
        f'fill="{fill}"{corner}{see_through}/>'
    )


def group(
    body: str, *, x: float = 0, y: float = 0, scale: float = 1, flip: bool = False, turn: float = 0
) -> str:
    """Place a drawing: turned by ``turn`` degrees, scaled, mirrored left to right, moved."""
    turned = f" rotate({num(turn)})" if turn else ""
    return (
        f'<g transform="translate({x:.2f} {y:.2f}) scale({-scale if flip else scale:.4f} '
        f'{scale:.4f}){turned}">{body}</g>'
    )


def gradient(
    name: str,
    stops: Sequence[tuple[float, str] | tuple[float, str, float]],
    *,
    vertical: bool = True,
    box: tuple[float, float] | None = None,
) -> str:
    """A linear gradient definition; with ``box`` it runs between two coordinates, else over the shape."""
    if box is None:
        ends = 'x1="0" y1="0" x2="0" y2="1"' if vertical else 'x1="0" y1="0" x2="1" y2="0"'
    else:
        a, b = num(box[0]), num(box[1])
        axis = (
            f'x1="0" y1="{a}" x2="0" y2="{b}"' if vertical else f'x1="{a}" y1="0" x2="{b}" y2="0"'
        )
        ends = f'gradientUnits="userSpaceOnUse" {axis}'
    return f'<linearGradient id="{name}" {ends}>{_stops(stops)}</linearGradient>'


def glow_gradient(name: str, stops: Sequence[tuple[float, str] | tuple[float, str, float]]) -> str:
    """A radial gradient definition over the shape's box."""
    return f'<radialGradient id="{name}">{_stops(stops)}</radialGradient>'


def _stops(stops: Sequence[tuple[float, str] | tuple[float, str, float]]) -> str:
    text = []
    for stop in stops:
        opacity = f' stop-opacity="{stop[2]:.2f}"' if len(stop) == 3 else ""
        text.append(f'<stop offset="{stop[0]:.3f}" stop-color="{stop[1]}"{opacity}/>')
    return "".join(text)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue 0-255 of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: str, other: str, amount: float) -> str:
    """``amount`` 0 is ``one``, 1 is ``other``."""
    amount = min(1.0, max(0.0, amount))
    pairs = zip(rgb(one), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * amount):02x}" for a, b in pairs)


def darker(colour: str, amount: float = 0.25) -> str:
    """Towards a cool near-black: shadows of a painting are never plain black."""
    return mix(colour, "#0d1022", amount)


def lighter(colour: str, amount: float = 0.25) -> str:
    """Towards a warm near-white."""
    return mix(colour, "#fff6e4", amount)


def ridge(
    width: float,
    y: float,
    rise: float,
    waves: float,
    rng: random.Random,
    *,
    rough: float = 0.5,
    octaves: int = 5,
) -> list[Point]:
    """A terrain line from beyond the left edge to beyond the right, around height ``y``."""
    left, right = -60.0, width + 60.0
    count = max(12, int(waves * 2**octaves))
    layers = []
    for octave in range(octaves):
        knots = int(waves * 2**octave) + 3
        layers.append((rough**octave, [rng.random() for _ in range(knots)]))
    total = sum(weight for weight, _ in layers)
    points = []
    for i in range(count + 1):
        t = i / count
        value = 0.0
        for weight, knots_ in layers:
            at = t * (len(knots_) - 1)
            k = min(int(at), len(knots_) - 2)
            ease = (1 - math.cos((at - k) * math.pi)) / 2
            value += weight * (knots_[k] * (1 - ease) + knots_[k + 1] * ease)
        points.append((left + (right - left) * t, y - (value / total - 0.5) * 2 * rise))
    return points


def height_at(line_: Sequence[Point], x: float) -> float:
    """The y of a terrain line at ``x``."""
    for (x0, y0), (x1, y1) in itertools.pairwise(line_):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / ((x1 - x0) or 1.0)
    return line_[0][1] if x < line_[0][0] else line_[-1][1]


def below(line_: Sequence[Point], bottom: float) -> str:
    """Path data of everything from a terrain line down to ``bottom``."""
    return polygon([*line_, (line_[-1][0], bottom), (line_[0][0], bottom)])
