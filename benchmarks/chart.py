"""Bar and line charts as SVG, for the docs. Text and lines only; nothing to install."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_COLOURS = ("#d9822b", "#3b6ea8", "#7a9a54", "#8a8f98", "#a8577e")
_WIDTH, _LEFT, _RIGHT = 760, 150, 90


def bars(title: str, unit: str, values: Mapping[str, float]) -> str:
    """Horizontal bars, one a name, the first one highlighted."""
    largest = max(values.values())
    height = 58 + 30 * len(values)
    parts = [_text(16, 28, title, size=16, weight="600")]
    for number, (name, value) in enumerate(values.items()):
        y = 48 + 30 * number
        length = max(2.0, (_WIDTH - _LEFT - _RIGHT) * value / largest)
        colour = _COLOURS[0] if number == 0 else _COLOURS[3]
        parts += [
            _text(_LEFT - 10, y + 15, name, anchor="end"),
            f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="20" rx="3" fill="{colour}"/>',
            _text(_LEFT + length + 8, y + 15, f"{value:g} {unit}"),
        ]
    return _page(height, parts)


def lines(
    title: str, across: str, upwards: str, series: Mapping[str, Sequence[tuple[float, float]]]
) -> str:
    """Lines over logarithmic axes: what grows in proportion is straight at the same slope."""
    top, bottom, left, right = 60, 330, 70, _WIDTH - 150
    points = [point for each in series.values() for point in each]
    x_low, x_high = min(x for x, _ in points), max(x for x, _ in points)
    y_low, y_high = min(y for _, y in points), max(y for _, y in points)

    def place(x: float, y: float) -> tuple[float, float]:
        def share(value: float, low: float, high: float) -> float:
            return math.log(value / low) / math.log(high / low) if high > low else 0.5

        return (
            left + (right - left) * share(x, x_low, x_high),
            bottom - (bottom - top) * share(y, y_low, y_high),
        )

    parts = [
        _text(16, 28, title, size=16, weight="600"),
        f'<path d="M{left} {top}V{bottom}H{right}" stroke="#8a8f98" fill="none"/>',
        _text((left + right) / 2, bottom + 38, across, anchor="middle"),
        _text(16, top - 12, upwards),
    ]
    for x in sorted({x for x, _ in points}):
        at, _ = place(x, y_low)
        parts.append(_text(at, bottom + 18, f"{x:g}", anchor="middle"))
    for y in (y_low, y_high):
        _, at = place(x_low, y)
        parts.append(_text(left - 8, at + 5, f"{y:.0f}", anchor="end"))
    for number, (name, each) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        placed = [place(x, y) for x, y in each]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in placed]
        parts.append(_text(placed[-1][0] + 10, placed[-1][1] + 5, name, colour=colour))
    return _page(385, parts)


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: int = 13,
    weight: str = "400",
    colour: str = "#333a44",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" fill="{colour}">{escape(words)}</text>'
    )


def _page(height: int, parts: Sequence[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            f'width="{_WIDTH}" height="{height}" font-family="system-ui, sans-serif">',
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )
