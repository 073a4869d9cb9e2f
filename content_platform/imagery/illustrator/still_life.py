"""Things and what carries them: the hero of a detail shot, a work bench, a seat, a stand.

Only arrangements of things belong here; the drawings themselves are in ``things``.
"""

from __future__ import annotations

from collections.abc import Sequence

from content_platform.imagery.illustrator import air
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.plants import rock
from content_platform.imagery.illustrator.shapes import (
    darker,
    gradient,
    group,
    lighter,
    line,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.imagery.illustrator.things.base import Thing


def hero(stage: Stage, found: Sequence[Thing], near: int) -> tuple[float, float]:
    """A detail shot: the thing large on a surface, a warm light near, the place out of focus."""
    layout = stage.layout
    thing = found[0]
    x, y, size = layout.hero
    scale = size / 108
    base = y + size * 0.5
    lit_by = next((other for other in found[1:] if other.flame), None)
    surface(stage, base - size * 0.1)
    light_x = x - near * size * (0.86 if stage.w > stage.h else 0.62)
    if thing.flame:
        stage.lamp(
            x + thing.flame[0] * scale,
            base + thing.flame[1] * scale,
            size * 0.7,
            strength=1.25,
            halo=0.9,
        )
    elif lit_by or stage.light.dark or stage.inside:
        other = lit_by or THINGS["candle"]("")
        small = scale * (0.62 if not stage.frame.tall else 0.5)
        stage.add(
            group(other.svg, x=light_x, y=base - size * 0.03, scale=small),
            0.99,
            glow=group(other.glow, x=light_x, y=base - size * 0.03, scale=small),
            soft=7,
            texture=0,
        )
        flame = other.flame or (0, -60)
        stage.lamp(light_x, base + flame[1] * small, size * 1.0, strength=1.3, halo=0.7)
    shadow = air.contact_shadow(x, base + 2, size * 0.62)
    stage.add(shadow, 0.995, texture=0, lit=0.1)
    glow = group(thing.glow, x=x, y=base, scale=scale) if thing.glow else ""
    stage.add(
        group(thing.svg, x=x, y=base, scale=scale),
        1.0,
        glow=glow,
        texture=0.14,
        rim=0.5,
        volume=0.5,
    )
    return x, y


def surface(stage: Stage, y: float) -> None:
    """The table top (inside) or flat stone (outside) a hero lies on, from ``y`` down."""
    w, h = stage.w, stage.h
    tone = "#7d4f30" if stage.inside or not stage.season else "#7c7f86"
    body = gradient(
        "top", [(0, lighter(tone, 0.1)), (0.3, tone), (1, darker(tone, 0.65))], box=(y, h)
    )
    body += path(polygon([(-40, y), (w + 40, y), (w + 40, h + 20), (-40, h + 20)]), "url(#top)")
    rng = generator("planks", stage.seed)
    if stage.inside:
        for k in range(1, 7):
            at = y + (h - y) * (k / 7) ** 1.6
            body += line(
                f"M-20 {num(at)}L{num(w + 20)} {num(at + rng.uniform(-3, 3))}",
                darker(tone, 0.55),
                2 + k * 0.5,
                opacity=0.5,
            )
        for _ in range(26):
            gx, gy = rng.uniform(0, w), y + (h - y) * rng.random()
            body += line(
                f"M{num(gx)} {num(gy)}q{num(rng.uniform(60, 130))} {num(rng.uniform(-3, 3))} {num(rng.uniform(150, 260))} 0",
                darker(tone, 0.4),
                1.6,
                opacity=0.3,
            )
    stage.add(body, 0.985, texture=0.45, soft=0.01)


def bench(stage: Stage, x: float, near: int, things: Sequence[Thing]) -> None:
    """The table somebody works at, in front of them, with what they work on."""
    layout = stage.layout
    tone = "#7d5334"
    if stage.close:
        top = stage.h * (0.83 if not stage.frame.tall else 0.66)
        left, right, size = (
            -40.0,
            stage.w + 40,
            stage.h * (0.0021 if not stage.frame.tall else 0.0014),
        )
        spots = (x + near * 0.22 * stage.w, x + near * 0.36 * stage.w)
    else:
        a = layout.adult
        top = layout.feet - a * 0.36
        reach = min(1.02 * a, (stage.w * 0.78 - x) if near > 0 else (x - stage.w * 0.22))
        left, right = sorted((x + near * a * 0.16, x + near * reach))
        size = a * 0.0019
        spots = (x + near * a * 0.38, x + near * (reach - a * 0.14))
    body = gradient(
        "bench", [(0, tone), (1, darker(tone, 0.55))], box=(top, min(stage.h, top + 420))
    )
    if stage.close:
        body += rect(left, top, right - left, stage.h, "url(#bench)")
    else:
        drop = layout.feet + 10
        for leg in (left + 18, right - 18):
            body += path(
                polygon([(leg - 13, top), (leg + 13, top), (leg + 9, drop), (leg - 9, drop)]),
                darker(tone, 0.35),
            )
        body += rect(left + 6, top + 10, right - left - 12, layout.adult * 0.07, darker(tone, 0.25))
        body += rect(left, top, right - left, layout.adult * 0.04, "url(#bench)", round_=4)
    body += rect(left, top, right - left, 4, lighter(tone, 0.35), opacity=0.7)
    glow = ""
    for thing, at in zip(things, spots, strict=False):
        scale = size * max(0.5, thing.size)
        body += group(thing.svg, x=at, y=top + 2, scale=scale)
        glow += group(thing.glow, x=at, y=top + 2, scale=scale) if thing.glow else ""
        if thing.flame:
            stage.lamp(
                at,
                top + thing.flame[1] * scale,
                layout.adult * (0.3 if stage.close else 0.6),
                strength=1.2,
                halo=0.7,
            )
    stage.add(body, 1.02, glow=glow, texture=0.2, rim=0.5)


def seat(stage: Stage, hip: tuple[float, float]) -> str:
    """What a sitting figure sits on, in figure units."""
    x, y = hip
    if not stage.inside:
        rng = generator("seat", stage.seed)
        return rock(x - 6, 4, 190, -y - 18, "#85868c", rng)
    wood = "#6a452c"
    legs = line(
        f"M{num(x - 46)} {num(y + 30)}L{num(x - 54)} 0M{num(x + 42)} {num(y + 30)}L{num(x + 48)} 0M{num(x - 50)} {num(y + 20)}L{num(x - 66)} {num(y - 130)}",
        darker(wood, 0.2),
        13,
    )
    back = line(f"M{num(x - 58)} {num(y - 60)}L{num(x - 64)} {num(y - 124)}", wood, 26)
    return legs + back + rect(x - 62, y + 16, 116, 18, wood, round_=6)


def stand(stage: Stage, x: float, feet: float, adult: float) -> tuple[str, float]:
    """Something to put a small thing on: a stool inside, a flat stone outside."""
    if stage.inside:
        top, half = feet - adult * 0.3, adult * 0.13
        wood = "#6f4a30"
        legs = line(
            f"M{num(x - half * 0.8)} {num(top)}L{num(x - half)} {num(feet)}M{num(x + half * 0.8)} {num(top)}L{num(x + half)} {num(feet)}",
            darker(wood, 0.25),
            adult * 0.018,
        )
        return legs + path(
            polygon(
                [
                    (x - half * 1.25, top - adult * 0.02),
                    (x + half * 1.25, top - adult * 0.02),
                    (x + half * 1.2, top + adult * 0.016),
                    (x - half * 1.2, top + adult * 0.016),
                ]
            ),
            wood,
        ), top - adult * 0.018
    return rock(
        x, feet + 4, adult * 0.34, adult * 0.14, "#8a8a90", generator("stone", x)
    ), feet - adult * 0.115
