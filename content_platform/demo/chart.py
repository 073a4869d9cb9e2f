"""The demo's chart: what each channel's stories earned, with learning and without, day by day.

Data in, SVG text or a PNG out. What the numbers mean is ``demo.simulation``'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from content_platform.typography.fonts import Typeface, faces

WIDTH, PANEL, TOP, LEFT, RIGHT, GAP = 1200, 300, 150, 86, 40, 64
INK, SOFT, GRID, PAPER = "#1f2430", "#667085", "#e4e7ec", "#ffffff"
LEARNING, TWIN = "#4f43dd", "#98a2b3"
_HEAVY, _PLAIN = faces(Typeface.CAPTION, "en")[:2]
MARKS = {"update": "#12805c", "promoted": "#0e7490", "planted": "#b42318", "rollback": "#d97706"}
LEGEND = {
    "update": "config updated",
    "promoted": "experiment won",
    "planted": "bad version planted",
    "rollback": "rolled back",
}


@dataclass(frozen=True)
class Mark:
    """A config version, at the (fractional) day it came into force."""

    day: float
    version: int
    kind: str
    """A key of ``MARKS``."""


@dataclass(frozen=True)
class Panel:
    """One channel: day and value of each point, with learning and in the twin run without."""

    title: str
    learning: tuple[tuple[float, float], ...]
    twin: tuple[tuple[float, float], ...]
    marks: tuple[Mark, ...]


def chart_svg(title: str, subtitle: str, unit: str, panels: Sequence[Panel], days: int) -> str:
    """One panel under the other, all with the same scales."""
    height = TOP + len(panels) * (PANEL + GAP)
    values = [v for panel in panels for _, v in (*panel.learning, *panel.twin)] or [0.0, 1.0]
    top = max(values) * 1.08 or 1.0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="{_PLAIN.family}">',
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        _text(LEFT, 46, title, 28, INK, heavy=True),
        _text(LEFT, 76, subtitle, 17, SOFT),
        *_legend(LEFT, 112),
    ]
    for index, panel in enumerate(panels):
        parts += _panel(panel, TOP + index * (PANEL + GAP), days, top, unit)
    return "\n".join([*parts, "</svg>"])


def chart_png(svg: str) -> bytes:
    """The chart as a picture, in the platform's own font."""
    import resvg_py

    fonts = [str(face.path) for face in (_PLAIN, _HEAVY)]
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, font_files=fonts, skip_system_fonts=True))


def _panel(panel: Panel, y: int, days: int, top: float, unit: str) -> list[str]:
    width = WIDTH - LEFT - RIGHT

    def at(day: float, value: float) -> tuple[float, float]:
        return LEFT + day / days * width, y + PANEL - value / top * (PANEL - 40)

    parts = [_text(LEFT, y + 18, panel.title, 20, INK, heavy=True)]
    for step in range(5):
        value = top / 1.08 * step / 4
        line = at(0, value)[1]
        parts.append(_line(LEFT, line, LEFT + width, line, GRID, 1))
        parts.append(_text(LEFT - 10, line + 5, f"{value:.2f}", 14, SOFT, anchor="end"))
    parts.append(_text(LEFT + width, y + 4, unit, 14, SOFT, anchor="end"))
    for day in range(0, days + 1, 5):
        x = at(day, 0)[0]
        parts.append(_text(x, y + PANEL + 22, f"day {day}", 14, SOFT, anchor="middle"))
    for mark in panel.marks:
        x = at(mark.day, 0)[0]
        parts.append(_line(x, y + 34, x, y + PANEL, MARKS[mark.kind], 2, dash="5 4"))
        parts.append(
            _text(x, y + 30, f"v{mark.version}", 13, MARKS[mark.kind], "middle", heavy=True)
        )
    for points, colour, stroke in ((panel.twin, TWIN, 3), (panel.learning, LEARNING, 4)):
        for before, after in pairwise(points):
            parts.append(_line(*at(*before), *at(*after), colour, stroke))
    return parts


def _legend(x: float, y: float) -> list[str]:
    parts = []
    for colour, words, dash in (
        (LEARNING, "with learning", ""),
        (TWIN, "twin without", ""),
        *((MARKS[kind], words, "5 4") for kind, words in LEGEND.items()),
    ):
        parts.append(_line(x, y - 5, x + 34, y - 5, colour, 4 if not dash else 2, dash=dash))
        parts.append(_text(x + 42, y, words, 15, INK))
        x += 62 + 8.4 * len(words)
    return parts


def _line(
    x1: float, y1: float, x2: float, y2: float, colour: str, width: float, *, dash: str = ""
) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width}" stroke-linecap="round"{dashes}/>'
    )


def _text(
    x: float,
    y: float,
    words: str,
    size: int,
    colour: str,
    anchor: str = "start",
    *,
    heavy: bool = False,
) -> str:
    family = ' font-family="Nunito" font-weight="900"' if heavy else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" '
        f'text-anchor="{anchor}"{family}>{escape(words)}</text>'
    )
