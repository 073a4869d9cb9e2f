"""Things and what carries them: the hero of a detail shot, a work bench, a little table.

Only arrangements of things belong here; the drawings themselves are in ``things``.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from content_platform.imagery.illustrator import air, raster
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.places.square import seller_at
from content_platform.imagery.illustrator.places.trades import tools_of
from content_platform.imagery.illustrator.plants import GROUND, grass, rock
from content_platform.imagery.illustrator.shapes import (
    below,
    circle,
    darker,
    ellipse,
    gradient,
    group,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
    ridge,
)
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import LONG, THINGS, laid
from content_platform.imagery.illustrator.things.base import Thing
from content_platform.stories.models import Weather


def hero(
    stage: Stage, found: Sequence[Thing], near: int, *, lies: bool = False
) -> tuple[tuple[float, float], float]:
    """A detail shot: the thing large on a surface, a warm light near, the place out of focus.

    A sheet that ``lies`` is on the surface with all of it. Returns the middle of the thing and half its size.
    """
    thing = found[0]
    x, y, size = stage.layout.hero
    x += near * size * (0.0, 0.16, -0.06)[stage.scene.index % 3]
    scale = size / 108
    base = y + size * 0.5
    beside = [one for one in found[1:] if not one.flame][:1]
    if beside:
        x, scale = stage.layout.hero[0], (0.86 if stage.w > stage.h else 0.74) * scale
    lit_by = next((other for other in found[1:] if other.flame), None)
    if thing.flame:
        stage.lamp(
            x + thing.flame[0] * scale,
            base + thing.flame[1] * scale,
            size * 0.7,
            strength=1.1,
            halo=0.7,
        )
    if lies:  # all of it in the picture
        half = half_width(thing)
        scale = min(1.2 * scale, 0.4 * stage.w / half)
        x = min(max(x, 0.08 * stage.w + half * scale), 0.92 * stage.w - half * scale)
    surface(stage, base - size * (0.52 if lies else 0.1))
    if not thing.flame and (lit_by or stage.light.dark):
        # A candle outside would not burn for long; the same one twice is dull.
        usual = ("candle", "lamp")[stage.scene.index % 2] if stage.inside else "lantern"
        other = lit_by or THINGS[usual]("")
        small = scale * (0.6 if stage.w > stage.h else 0.46)
        away = 0.92 if stage.w > stage.h else 0.68 if not stage.frame.tall else 0.6
        away -= 0.08 * bool(beside)
        light_x, light_y = x - near * size * away, base - size * 0.045
        stage.add(air.contact_shadow(light_x, light_y, size * 0.24), 0.988, texture=0, lit=0.1)
        stage.add(
            group(other.svg, x=light_x, y=light_y, scale=small),
            0.99,
            glow=group(other.glow, x=light_x, y=light_y, scale=small),
            soft=6,
            texture=0,
        )
        flame = other.flame or (0, -60)
        stage.lamp(light_x, base + flame[1] * small, size * 1.0, strength=0.72, halo=0.5)
    else:
        stage.lamp(x - near * size * 0.9, y - size * 0.4, size * 1.3, strength=0.4, halo=0)
    for one in beside:
        small = scale * 0.72
        edge = half_width(one) * small + 0.1 * stage.w  # the camera still moves in
        side = x + near * size * (0.86 if stage.w > stage.h else 0.52)
        low = 0.05 if stage.w > stage.h else 0.12  # before the other where there is less room
        at = min(max(side, edge), stage.w - edge), base + size * low
        bottom = at[1] - min(_lowest(one), 0.0) * small - size * 0.02
        shadow = 2 * air.contact_shadow(at[0], bottom, size * 0.24)
        stage.add(shadow, 1.0, texture=0, lit=0.1)
        body = group(one.svg, x=at[0], y=at[1] + _foot(one) * small, scale=small)
        stage.add(body, 1.0, texture=0.1, rim=0.4, volume=0.4)
    glow = group(thing.glow, x=x, y=base, scale=scale) if thing.glow else ""
    lowest = _lowest(thing) * scale
    shadow = (2 - lies) * air.contact_shadow(x, base - lowest - size * 0.012, size * 0.54)
    stage.add(shadow, 0.995, texture=0, lit=0.1)
    stage.add(
        group(thing.svg, x=x, y=base, scale=scale),
        1.0,
        glow=f'<g opacity="0.7">{glow}</g>' if glow else "",
        texture=0.14,
        rim=0.5,
        volume=0.5,
    )
    return (x, y), size / 2


@functools.lru_cache(maxsize=256)
def _extent(thing: Thing) -> tuple[float, float]:
    """How far above its foot line a thing's lowest point is, and half its width; in its own units."""
    _, cover = raster.vector(thing.svg, (-80, -130, 160, 150), (80, 75))
    rows = np.flatnonzero(cover.max(axis=1) > 0.4)
    columns = np.flatnonzero(cover.max(axis=0) > 0.4)
    if not len(rows):
        return 0.0, 46.0
    half = max(79.0 - 2.0 * float(columns[0]), 2.0 * float(columns[-1]) - 79.0)
    return 2.0 * (64.0 - float(rows[-1])), half


def _lowest(thing: Thing) -> float:
    """How far above its foot line a thing's lowest point is; below it, less than 0."""
    return _extent(thing)[0]


def _foot(thing: Thing) -> float:
    return max(0.0, _lowest(thing))


def half_width(thing: Thing) -> float:
    """How far a thing reaches to its side, in its own units; hands close round it there."""
    return _extent(thing)[1]


def surface(stage: Stage, y: float) -> None:
    """What a hero lies on, from ``y`` down: a table top inside, the ground itself outside."""
    if stage.inside:
        _table_top(stage, y)
    else:
        _near_ground(stage, y)


def _table_top(stage: Stage, y: float) -> None:
    w, h = stage.w, stage.h
    tone = "#7d4f30"
    body = gradient(
        "top", [(0, lighter(tone, 0.1)), (0.3, tone), (1, darker(tone, 0.65))], box=(y, h)
    )
    body += path(polygon([(-40, y), (w + 40, y), (w + 40, h + 20), (-40, h + 20)]), "url(#top)")
    rng = generator("planks", stage.seed)
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
    if stage.frame.tall:
        body += _table_front(stage, 0.85 * h, tone)
    stage.add(body, 0.985, texture=0.45, soft=0.01)


def _table_front(stage: Stage, y: float, wood: str) -> str:
    """The near edge of a table in a tall picture, with its drawers below ``y``."""
    w, h = stage.w, stage.h
    body = rect(-40, y, w + 80, h - y + 20, darker(wood, 0.55))
    body += rect(-40, y - 14, w + 80, 26, lighter(wood, 0.06), round_=6)
    for middle in (0.2, 0.8):
        left, high = (middle - 0.24) * w, 0.085 * h
        body += rect(left, y + 0.03 * h, 0.48 * w, high, darker(wood, 0.42), round_=8)
        body += rect(left + 8, y + 0.03 * h + 8, 0.48 * w - 16, 4, darker(wood, 0.2), round_=2)
        body += circle(middle * w, y + 0.03 * h + high / 2, 13, "#b08a4a")
    return body


def _near_ground(stage: Stage, y: float) -> None:
    """A rise of the place's own ground close to the camera, with what grows or lies on it."""
    w, h = stage.w, stage.h
    rng = generator("near ground", stage.seed)
    snow = stage.season == "winter" or stage.scene.weather is Weather.SNOW
    tone = (
        "#dfe7f2"
        if snow
        else darker(GROUND[stage.season], 0.12)
        if stage.ground_grows
        else "#77736e"
    )
    top = ridge(w, y, 10, 2, rng, rough=0.35, octaves=3)
    body = gradient(
        "near", [(0, lighter(tone, 0.08)), (0.25, tone), (1, darker(tone, 0.6))], box=(y - 8, h)
    )
    body += path(below(top, h + 20), "url(#near)")
    for _ in range(int(16 * w / 1000)):
        px, py = rng.uniform(0, w), y + (h - y) * (0.12 + 0.8 * rng.random())
        size = (py - y) * 0.12 + 12
        if stage.ground_grows and not snow:
            body += grass(px - 40, px + 40, py, size * 1.9, darker(tone, 0.2), 7, rng)
        else:
            body += ellipse(px, py, size * 1.4, size * 0.32, mix(tone, "#5a6478", 0.3), opacity=0.6)
    if stage.ground_grows and not snow:
        body += grass(-20, w + 20, y + 4, 34, darker(tone, 0.12), int(90 * w / 1000), rng)
    stage.add(body, 0.985, texture=0.4, soft=0.01)


def door_in_the_wall(stage: Stage, x: float, *, knob_left: bool = False) -> None:
    """A shut door that somebody may be behind: light falls through below it."""
    high = 1.16 * (stage.layout.adult if not stage.close else 0.66 * stage.h)
    scale = high / 112
    x = min(max(x, 0.1 * stage.w), 0.9 * stage.w)
    foot = stage.ground_y + 2
    seam = (
        '<radialGradient id="seam"><stop offset="0" stop-color="#ffd88a" stop-opacity=".45"/>'
        '<stop offset=".5" stop-color="#ffc878" stop-opacity=".22"/>'
        '<stop offset="1" stop-color="#ffc878" stop-opacity="0"/></radialGradient>'
    )
    seam += ellipse(x, foot + 5 * scale, 36 * scale, 4.5 * scale, "url(#seam)")
    stage.add(
        group(THINGS["door"]("").svg, x=x, y=foot, scale=scale, flip=knob_left),
        0.94,
        glow=seam,
        texture=0.3,
        rim=0.3,
    )
    stage.lamp(x, foot, 0.4 * high, strength=0.5, halo=0)


def counter(
    stage: Stage, found: tuple[str, Thing], x: float, others: Sequence[tuple[str, Thing]]
) -> str:
    """A thing large before somebody seen from near: on a table inside, on a stone outside.

    In a tall frame the table's near end has some of the ``others`` on it, out of focus.

    Returns what was drawn of the thing, for its place in the picture.
    """
    name, thing = found
    w, h = stage.w, stage.h
    base = h * (0.745 if not stage.frame.tall else 0.645)
    # In a tall frame it stays below the chin of whoever looks at it.
    size = min(0.36 * h, (0.42 if not stage.frame.tall else 0.34) * w)
    size *= (0.8 + 0.2 * min(thing.size, 1.0)) / 108
    if stage.inside:
        wood = "#6f4529"
        top = base - 0.03 * h
        body = gradient(
            "counter",
            [(0, lighter(wood, 0.14)), (0.2, wood), (1, darker(wood, 0.62))],
            box=(top, h),
        )
        body += rect(-40, top, w + 80, h - top + 30, "url(#counter)")
        body += rect(-40, top, w + 80, 5, lighter(wood, 0.35), opacity=0.7)
        if stage.frame.tall:
            body += _table_front(stage, 0.83 * h, wood)
    elif name in _ON_THE_GROUND:
        tone = "#dfe6f0" if stage.season == "winter" else "#6f6a58"
        body = ellipse(x, h + 0.12 * h, 1.1 * w, h - base + 0.14 * h, tone)
    else:
        tone = "#8d93a4" if stage.light.dark else "#9a958e"
        body = rock(
            x, h + 30, 0.62 * w, h + 44 - base, tone, generator("counter", stage.seed, name)
        )
    stage.add(body, 1.03, texture=0.4)
    if stage.frame.tall and stage.inside:
        around = [other for other in others if other[0] != name]
        side = 1 if x > w / 2 else -1
        nearer, shine = "", ""
        for (_, other), at in zip(around, (-0.3, 0.34), strict=False):
            scale = 0.0036 * h * max(0.5, other.size)
            spot = w * (0.5 + side * at)
            nearer += group(other.svg, x=spot, y=0.945 * h, scale=scale)
            shine += group(other.glow, x=spot, y=0.945 * h, scale=scale)
        stage.add(nearer, 1.25, glow=shine, soft=5, texture=0.1, lit=0.85)
    stage.add(air.contact_shadow(x, base, 62 * size), 1.035, texture=0, lit=0.1)
    if thing.flame:
        stage.lamp(x + thing.flame[0] * size, base + thing.flame[1] * size, 0.5 * h, strength=0.9)
    drawn = group(thing.svg, x=x, y=base + _foot(thing) * size, scale=size)
    stage.add(
        drawn,
        1.04,
        glow=group(thing.glow, x=x, y=base, scale=size) if thing.glow else "",
        texture=0.12,
        rim=0.6,
        volume=0.45,
        fill=0.14 if stage.light.dark else 0.0,
    )
    return drawn


_TRADES = {
    "clock shop": ("clock", "gear"),
    "bakery": ("bread", "bread"),
    "kitchen": ("bread", "cup"),
    "library": ("book", "page"),
    "school": ("book", "page"),
    "workshop": ("hammer", "gear"),
}
"""What lies on the table of somebody who works there, when the story names nothing."""


def bench(stage: Stage, x: float, near: int, named: Sequence[Thing], family: str) -> None:
    """The table somebody works at, in front of them, with what they work on."""
    layout = stage.layout
    usual: tuple[str, ...] = _TRADES.get(family, ("page", "book"))
    if family == "shop" and not stage.scene.action.startswith("writ"):
        usual = tools_of(stage.scene) or usual
    if stage.close:  # on a table seen from its edge, nothing long lies on it with all of it
        usual = tuple(name for name in usual if name not in LONG)
    things = [*named, *(laid(name, THINGS[name](""), tilt=0.36) for name in usual)][:2]
    tone = "#7d5334"
    if stage.close:
        # Above the captions: what somebody works on is what the picture is about.
        top = stage.h * (0.755 if not stage.frame.tall else 0.65)
        left, right, size = (
            -40.0,
            stage.w + 40,
            stage.h * (0.0021 if not stage.frame.tall else 0.0014),
        )
        spots = (x + near * 0.22 * stage.w, x + near * 0.36 * stage.w)
    else:
        a = layout.adult
        top = layout.feet - a * 0.44
        edge = 0.04 if stage.frame.tall else 0.22
        reach = min(1.02 * a, (stage.w * (1 - edge) - x) if near > 0 else (x - stage.w * edge))
        left, right = sorted((x + near * a * 0.16, x + near * reach))
        size = a * 0.0019
        spots = (x + near * a * 0.32, x + near * (reach - a * 0.14))
    body = gradient(
        "bench", [(0, tone), (1, darker(tone, 0.55))], box=(top, min(stage.h, top + 420))
    )
    if stage.close:
        body += rect(left, top, right - left, stage.h, "url(#bench)")
        if stage.frame.tall:
            body += _table_front(stage, 0.83 * stage.h, tone)
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
        body += group(thing.svg, x=at, y=top + 2 + min(_lowest(thing), 0.0) * scale, scale=scale)
        glow += group(thing.glow, x=at, y=top + 2, scale=scale) if thing.glow else ""
        if thing.flame:
            stage.lamp(
                at,
                top + thing.flame[1] * scale,
                layout.adult * (0.3 if stage.close else 0.6),
                strength=1.2,
                halo=0.7,
            )
    if stage.scene.action.startswith("writ") and not stage.close:
        a = layout.adult
        pen = f"M{num(x + near * 0.335 * a)} {num(top)}L{num(x + near * 0.275 * a)} {num(top - 0.075 * a)}"
        body += line(pen, "#2a2f45", 0.011 * a)
    stage.add(body, 1.02, glow=glow, texture=0.2, rim=0.5)


_STOOL = 0.0034
"""A stool's size by an adult's height: its seat, 66 high, is below the knee."""
_ON_THE_GROUND = frozenset({"star", "footprints", "campfire", "fire"})
"""Small things that nobody puts on anything."""
_PAIR = re.compile(r"\b(?:boots|shoes|slippers)\b", re.IGNORECASE)


def arrange(
    stage: Stage,
    found: Sequence[tuple[str, Thing]],
    x: float,
    near: int,
    taken: Sequence[tuple[float, float]] = (),
    *,
    paved: bool = False,
    in_front: bool = False,
    strewn: bool = False,
) -> Iterator[str]:
    """Put things beside the subject, from ``x`` on to the ``near`` side; yields what was drawn.

    They keep clear of what is ``taken``, from where to where, as far as the picture is wide.
    ``paved``: on stones, where small things stand on a crate. ``in_front``: the figures are drawn
    already, and what is small may lie before their feet. ``strewn``: on the bare ground, to both
    sides.
    """
    layout, adult = stage.layout, stage.layout.adult
    # On the floor, never before the wall.
    feet = max(layout.feet, stage.ground_y + 0.07 * adult) if stage.inside else layout.feet
    occupied = list(taken)
    pair = bool(_PAIR.search(stage.scene.text))
    found = [(name, _twice(one) if pair and name == "shoe" else one) for name, one in found]
    for k, (name, thing) in enumerate(found):
        # A stall has room for its seller, small things keep their size beside people.
        large = 4.4 if name == "stall" else thing.size
        size = adult * 0.0021 * max(0.6, large)
        if name == "stool":
            size = adult * _STOOL
        wide = min(max(0.0, thing.size - 1.2) * 0.16, 0.42)
        at = min(max(x + near * (k * 0.45 + wide) * adult, stage.w * 0.1), stage.w * 0.9)
        if strewn:
            at, size = _strewn(stage, k, thing, size, taken or ((x, x),), near)
        half = min(half_width(thing), 60.0) * size
        if half > 0.3 * stage.w:  # all of it in the picture
            size, half = size * 0.3 * stage.w / half, 0.3 * stage.w
        small = thing.size < 1.05 and name not in _ON_THE_GROUND and not (pair and name == "shoe")
        crowded = small and in_front and stage.inside and len(taken) > 2
        if crowded:
            size, half = 1.3 * size, 1.3 * half
        # Before the feet of a crowd, things keep clear of each other rather than of legs.
        around = [*occupied, *(3 * occupied[len(taken) :] if crowded else ())]
        if not (strewn and stage.frame.tall):
            at = _clear_of(around, at, half, stage.w, large=thing.size > 2.2)
        hidden = sum(max(0.0, min(at + half, to) - max(at - half, start)) for start, to in taken)
        most = 0.3 if len(taken) > 2 else 0.6 if k else math.inf
        # Among somebody's legs no table stands: what is small lies on the floor before them.
        table = 0.2 * adult
        before = crowded and any(at + table > start and at - table < to for start, to in taken)
        if name == "shoe" and pair:  # before the feet they are for
            before, size, half = True, 1.4 * size, 1.4 * half
            at = at if not stage.frame.tall else stage.w * (0.5 - 0.2 * near)
        if thing.size <= 2.2 and hidden > most * half and not before and not strewn:
            continue  # rather left out than among somebody's legs
        occupied.append((at - half, at + half))
        y, base = feet - 4, ""
        if before:
            y = feet + 0.012 * stage.h
        elif strewn:
            rows = (-0.004, 0.006, -0.012, -0.014) if stage.frame.tall else (0.0, 0.002)
            y = feet + rows[k % len(rows)] * stage.h
        elif small:
            base, y = _stand(stage, at, feet, adult, paved=paved)
        if name == "stall":
            base = seller_at(stage, at, y, min(0.76 * adult, 82.0 * size), "stall", left=near > 0)
        if thing.flame:
            stage.lamp(
                at + thing.flame[0] * size,
                y + thing.flame[1] * size,
                adult * 0.55,
                strength=1.0,
                halo=0.7,
            )
        svg = group(thing.svg, x=at, y=y + _foot(thing) * size, scale=size)
        foot = y if before else feet
        shadow = air.contact_shadow(at, foot, adult * (0.12 if base else 0.1 * thing.size))
        stage.add(shadow, 0.99, texture=0, lit=0.2)
        stage.add(
            base + svg,
            1.004 if before else 0.995,
            glow=group(thing.glow, x=at, y=y, scale=size) if thing.glow else "",
            texture=0.1,
            rim=0.6,
            volume=0.2,
        )
        yield base + svg


def _strewn(
    stage: Stage,
    k: int,
    thing: Thing,
    size: float,
    taken: Sequence[tuple[float, float]],
    near: int,
) -> tuple[float, float]:
    """Where the ``k``-th thing on the bare ground is, and how large: in the light of the first."""
    left, right = min(one[0] for one in taken), max(one[1] for one in taken)
    if stage.frame.tall:  # there is room on one side only, in two rows
        ahead = left > stage.w - right
        free = left if ahead else stage.w - right
        size *= 0.98
        along = 0.04 * stage.w + (0.2, 0.6, 0.76, 0.46)[k % 4] * free
        along = min(along, free - min(half_width(thing), 60.0) * size)  # before nobody's feet
        return along if ahead else stage.w - along, size
    edge = right if near > 0 else left
    free = min(1.3 * stage.layout.adult, (stage.w - edge if near > 0 else edge) - 0.04 * stage.w)
    close = min(1.0, 0.3 + 0.6 * free / stage.layout.adult)  # smaller where there is less room
    return edge + near * (0.44, 0.12, 0.68, 0.9)[k % 4] * free, (1.3, 1.7)[k > 0] * close * size


def _twice(thing: Thing) -> Thing:
    """Two of it side by side."""
    return replace(thing, svg=group(thing.svg, x=-30, y=-6) + group(thing.svg, x=30))


def _clear_of(
    occupied: Sequence[tuple[float, float]],
    wanted: float,
    half: float,
    width: float,
    *,
    large: bool,
) -> float:
    """The x nearest to ``wanted`` at which something ``half`` as wide to each side hides least.

    The picture's edges cut nothing; a ``large`` thing may rather be partly hidden.
    """
    margin = half + 0.06 * width  # what the camera may leave out

    def cost(x: float) -> float:
        hidden = sum(max(0.0, min(x + half, to) - max(x - half, from_)) for from_, to in occupied)
        outside = max(0.0, margin - x) + max(0.0, x + margin - width)
        return (1.5 if large else 4) * hidden + 6 * outside + abs(x - wanted)

    return min((wanted, *(width * k / 40 for k in range(3, 38))), key=cost)


def _stand(stage: Stage, x: float, feet: float, adult: float, *, paved: bool) -> tuple[str, float]:
    """Something to put a small thing on: a little table inside, a crate on paving, a flat stone."""
    if stage.inside:
        top, half = feet - adult * 0.34, adult * 0.15
        wood = "#7a5232"
        legs = line(
            f"M{num(x - half * 0.8)} {num(top)}L{num(x - half)} {num(feet)}M{num(x + half * 0.8)} {num(top)}L{num(x + half)} {num(feet)}",
            darker(wood, 0.25),
            adult * 0.024,
        )
        cloth = rect(x - half * 1.25, top - adult * 0.02, half * 2.5, adult * 0.04, wood, round_=4)
        edge = rect(x - half * 1.25, top - adult * 0.02, half * 2.5, 4, lighter(wood, 0.3))
        return legs + cloth + edge, top - adult * 0.018
    if paved:
        half, high = adult * 0.14, adult * 0.19
        top, wood = feet - high, "#7d5a3c"
        body = rect(x - half, top, 2 * half, high + 3, wood, round_=3)
        for k in range(3):
            body += rect(
                x - half, top + high * (0.06 + 0.33 * k), 2 * half, high * 0.24, lighter(wood, 0.1)
            )
        for at in (x - half, x + half * 0.8):
            body += rect(at, top, half * 0.2, high + 3, darker(wood, 0.25), round_=2)
        cloth = ("#a84a42", "#44688a", "#b88a3c")[stage.seed % 3]
        drop = f"M{num(x - half * 1.06)} {num(top - 4)}L{num(x + half * 1.06)} {num(top - 4)}L{num(x + half * 0.86)} {num(top + high * 0.42)}Q{num(x)} {num(top + high * 0.56)} {num(x - half * 0.86)} {num(top + high * 0.42)}Z"
        return body + path(drop, cloth), top
    return rock(
        x, feet + 4, adult * 0.36, adult * 0.15, "#8a8a90", generator("stone", x)
    ), feet - adult * 0.125
