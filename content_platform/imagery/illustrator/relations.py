"""Relations: what a sentence says about who is on, in or behind what, as a picture can show it.

Only how a thing and a figure lie to each other belongs here, not where both stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from content_platform.imagery.illustrator.moment import pose_of, thing_of
from content_platform.imagery.illustrator.shapes import (
    darker,
    gradient,
    group,
    lighter,
    line,
    num,
    path,
    rect,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things.base import Thing
from content_platform.stories.models import Scene

_BEHIND = re.compile(
    r"\b(?:sits?|sat|sitting|stands?|stood|standing|waits?|waited|waiting)\b[^.,;“”]{0,24}"
    r"\bbehind (?!(?:her|him|them|me|us|it)\b)"
    r"|\bon the (?:stall|table|counter|desk) of\b"
    r"|\bbehind (?:a|the|his|her|its|one) (?:\w+ ){0,2}(?:table|stall|counter|desk|till|bar)\b",
    re.IGNORECASE,
)
_UPRIGHT = frozenset(
    {None, "standing", "sitting", "talking", "pointing", "looking", "listening", "holding"}
)
SUPPORTS = {
    "well": (-0.66, -37.0),
    "chest": (0.0, -44.0),
    "stone": (0.0, -34.0),
    "suitcase": (0.0, -46.0),
    "box": (0.0, -44.0),
    "piano": (0.1, -92.0),
    "table": (0.0, -62.0),
    "bench": (0.0, -40.0),
}
"""Where somebody small sits on a thing: how far beside its middle, of its half width, and how
high, in the thing's own units."""
_PARTS = r"(?:rim|edge|lip|top|lid|back|roof|wall|side) of "


def is_behind_a_table(scene: Scene) -> bool:
    """Whether the first of the cast is behind a table with something on it."""
    return bool(_BEHIND.search(f"{scene.text} {scene.action}")) and (
        pose_of(scene.action) in _UPRIGHT
    )


def rests_on(scene: Scene) -> str | None:
    """The drawable name of what the first of the cast is said to sit, lie or stand on."""
    said = f"{scene.text} {scene.action}"
    for words in scene.props:
        found = thing_of(words)
        if found is None or found[0] not in SUPPORTS:
            continue
        noun = re.escape(words.rsplit(maxsplit=1)[-1])
        on = (
            rf"\b(?:on|upon|atop) (?:the |an? |its |her |his )?(?:{_PARTS})?(?:\w+ ){{0,4}}{noun}\b"
        )
        if re.search(on, said, re.IGNORECASE):
            return found[0]
    return None


def table_edges(stage: Stage, x: float, near: int) -> tuple[float, float, float, float]:
    """Left, top, width and height of the table before somebody at ``x``."""
    adult = stage.layout.adult
    wide = (0.42 if stage.frame.tall else 0.68) * adult  # whoever it parts is seen, too
    left = x + near * (-0.06 if stage.frame.tall else 0.08) * adult - wide / 2
    left = min(max(left, 0.02 * stage.w), 0.98 * stage.w - wide)
    return left, stage.layout.feet - 0.44 * adult, wide, 0.47 * adult


def table_before(stage: Stage, x: float, things: Sequence[Thing], near: int) -> str:
    """A table before somebody at ``x``, with ``things`` on it; returns what was drawn of them."""
    adult = stage.layout.adult
    left, top, wide, high = table_edges(stage, x, near)
    foot, half = top + high, wide / 2
    wood = "#77502f"
    body = gradient("before", [(0, wood), (1, darker(wood, 0.5))], box=(top, foot))
    body += rect(left + 8, top, 2 * half - 16, foot - top, "url(#before)", round_=4)
    board = (2 * half - 16) / 5
    for k in range(1, 5):
        body += rect(left + 8 + k * board, top, 3, foot - top, darker(wood, 0.5), opacity=0.7)
    cloth = ("#a84a42", "#44688a", "#b88a3c")[stage.seed % 3]
    drop = f"M{num(left)} {num(top)}H{num(left + wide)}V{num(top + 0.16 * adult)}"
    for _ in range(5):  # a scalloped edge
        drop += f"q{num(-wide / 10)} {num(0.07 * adult)} {num(-wide / 5)} 0"
    body += path(drop + "Z", cloth)
    trim = f"M{num(left + 4)} {num(top + 0.13 * adult)}h{num(wide - 8)}"
    body += line(trim, lighter(cloth, 0.5), 0.012 * adult, opacity=0.7)
    body += rect(left, top - 0.012 * adult, 2 * half, 0.018 * adult, lighter(cloth, 0.25), round_=5)
    drawn, glow = "", ""
    for thing, off in zip(things[:2], (-0.15, -0.7), strict=False):
        scale = 0.0023 * adult * max(0.7, min(thing.size, 1.1))
        at, base = left + half + near * off * half, top - 0.006 * adult
        drawn += group(thing.svg, x=at, y=base, scale=scale)
        glow += group(thing.glow, x=at, y=base, scale=scale) if thing.glow else ""
        if thing.flame:
            at_y = base + thing.flame[1] * scale
            stage.lamp(at, at_y, 0.5 * adult, strength=1.0, halo=0.6)
    stage.add(body + drawn, 1.02, glow=glow, texture=0.2, rim=0.5, volume=0.2)
    return drawn
