"""Streets and shop fronts, and the paving and lamps that towns share."""

from __future__ import annotations

import itertools
import re

from content_platform.imagery.illustrator import air, buildings, plants, sky, water
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.places.floors import on_floor
from content_platform.imagery.illustrator.places.ground import (
    ground,
    ground_line,
    person_at,
)
from content_platform.imagery.illustrator.places.trades import trade_of
from content_platform.imagery.illustrator.places.turf import lie_on_stones
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    gradient,
    group,
    lighter,
    line,
    mix,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.stage import Layer, Post, Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.imagery.illustrator.things.base import clock_face
from content_platform.stories.models import Weather

WALLS = ("#b98a6a", "#a9746a", "#c4a27c", "#8f8a92", "#9a8f78", "#7f8a94")


ROOFS = ("#7a3f38", "#5a4a58", "#8a5240", "#4a5468")


def is_wet(stage: Stage) -> bool:
    return stage.scene.weather in (Weather.RAIN, Weather.STORM)


def lit_share(stage: Stage) -> float:
    return 0.55 if stage.light.dark else 0.06


def cobbles(stage: Stage, y: float, tone: str) -> str:
    """Rows of stones that widen toward the camera."""
    rng = generator("cobbles", stage.seed)
    body, row, high, k = "", y + 8, 9.0, 0
    middle = stage.w / 2
    while row < stage.h + 10:
        wide = high * 2.3
        x = -wide * (0.5 if k % 2 else 0)
        while x < stage.w:
            shade = rng.random()
            if shade > 0.2:
                colour = (
                    darker(tone, 0.34)
                    if shade < 0.4
                    else darker(tone, 0.2)
                    if shade < 0.7
                    else lighter(tone, 0.14)
                )
                # A worn, lighter way runs down the middle of the street.
                worn = max(0.0, 1 - abs(x - middle) / (0.5 * stage.w))
                body += rect(
                    x + 1.5,
                    row,
                    wide - 3,
                    high * 0.82,
                    colour,
                    round_=high * 0.36,
                    opacity=0.34 + 0.26 * worn,
                )
            x += wide * rng.uniform(0.86, 1.14)
        row += high
        high = min(high * 1.13, 0.026 * stage.h)  # setts, not slabs, in tall pictures too
        k += 1
    return body + lie_on_stones(stage, y, tone, generator("on the stones", stage.seed))


def far_paving(stage: Stage, top: float, low: float, tone: str) -> None:
    """The same stones farther off, from ``top`` to ``low``: rows that close up toward the houses."""
    rng = generator("far paving", stage.seed)
    body = rect(-20, top, stage.w + 40, low - top, lighter(tone, 0.04))
    rows = 7
    for k in range(rows):
        at = top + (low - top) * (k / rows) ** 1.6
        high = (low - top) * (((k + 1) / rows) ** 1.6 - (k / rows) ** 1.6)
        x = -high * rng.uniform(0, 3)
        while x < stage.w:
            wide = high * rng.uniform(2.4, 4.2)
            if rng.random() < 0.55:
                shade = rng.choice((darker(tone, 0.24), lighter(tone, 0.14), darker(tone, 0.12)))
                body += rect(x + 1, at, wide - 2, high * 0.8, shade, round_=high * 0.3, opacity=0.5)
            x += wide
    stage.add(body, 0.72, texture=0.35)


def flagstones(stage: Stage, y: float, tone: str) -> str:
    """Large slabs running to a vanishing point, a few paler, a few cracked."""
    rng = generator("flags", stage.seed)
    rows, step = [y], 16.0
    while rows[-1] < stage.h:
        rows.append(rows[-1] + step)
        step *= 1.32
    body, seams = "", ""
    count = int(stage.w / 120) // 2 + 2
    for row, (top, low) in enumerate(itertools.pairwise(rows)):
        seams += f"M-20 {num(low)}L{num(stage.w + 20)} {num(low)}"
        for k in range(-count, count + 1):
            left = stage.w / 2 + (k + 0.5 * (row % 2)) * 120
            corners = [
                (on_floor(stage, left, top, y), top),
                (on_floor(stage, left + 120, top, y), top),
                (on_floor(stage, left + 120, low, y), low),
                (on_floor(stage, left, low, y), low),
            ]
            if rng.random() < 0.6:
                shade = rng.choice((darker(tone, 0.34), lighter(tone, 0.2), darker(tone, 0.2)))
                body += path(polygon(corners), shade, opacity=rng.uniform(0.14, 0.36))
            seams += f"M{num(corners[0][0])} {num(top)}L{num(corners[3][0])} {num(low)}"
    return body + line(seams, darker(tone, 0.5), 2.4, opacity=0.5)


def street_lamps(stage: Stage, spots: list[tuple[float, float, float]], depth: float) -> None:
    body, glow = "", ""
    layout, w = stage.layout, stage.w
    # No lamp grows out of a hat, and the moon is no lamp's globe.
    taken = [(stage.key_at[0], 0.1 * w)] if stage.light.sun else []
    taken += [
        (at, max(0.09 * w, 0.2 * layout.adult))
        for at in (layout.subject_x, layout.second_x)[: len(stage.scene.cast)]
    ]
    for wanted, y, tall in spots:
        free = [
            (abs(at * w / 50 - wanted), at * w / 50)
            for at in range(2, 49)
            if all(abs(at * w / 50 - other) > room for other, room in taken)
        ]
        x = min(free)[1] if free else wanted
        taken.append((x, 0.12 * w))
        shape, shine, middle = buildings.street_lamp(x, y, tall)
        body += shape
        if stage.light.dark:
            glow += shine
            stage.lamp(*middle, tall * 0.72, strength=1.35, halo=1.2)
        if depth > 0.95:
            # A layer each, so that it can step aside.
            layer = Layer(body, depth, glow, 0.1, 0.3)
            stage.things.append(layer)
            stage.posts.append(Post(x, layer, stage.lamps[-1] if stage.light.dark else None))
            body, glow = "", ""
    if body:
        stage.add(body, depth, glow=glow, rim=0.3, texture=0.1)


def city(stage: Stage) -> None:
    _street(stage, shop=None)


def shop_front(stage: Stage) -> None:
    _street(stage, shop=trade_of(stage.scene).sign)


_OPENED = re.compile(r"\b(?:opened|opens|swung back|latch lifted|lifted the latch|door open)\b")


def doorstep(stage: Stage) -> None:
    """Outside somebody's door: the front of the house, its lamp, the step; the door may be open."""
    layout, w = stage.layout, stage.w
    sky.sky(stage)
    a = layout.adult if not stage.close else 0.62 * stage.h
    y = layout.feet - 0.16 * a if not stage.close else 0.74 * stage.h
    opened = bool(_OPENED.search(stage.scene.text.lower()))
    dark = stage.light.dark
    wall = ("#8d7a6a", "#7c8088", "#98826a")[stage.seed % 3]
    top = y - 1.95 * a
    body = gradient("front", [(0, darker(wall, 0.25)), (1, wall)], box=(top, y)) + rect(
        -40, top, w + 80, y + 20 - top, "url(#front)"
    )
    rng = stage.rng
    for _ in range(int(w / 9)):
        bx, by = rng.uniform(-20, w), rng.uniform(top + 20, y - 10)
        tone = darker(wall, 0.14) if rng.random() < 0.5 else lighter(wall, 0.1)
        body += rect(bx, by, 0.1 * a, 0.04 * a, tone, round_=3, opacity=0.5)
    roof = "#4d5064" if stage.season != "winter" else "#cfd6e2"
    body += rect(-40, top - 0.12 * a, w + 80, 0.2 * a, roof) + rect(
        -40, top + 0.07 * a, w + 80, 0.03 * a, darker(wall, 0.5)
    )
    x, wide, tall = layout.landmark_x, 0.54 * a, 1.2 * a
    wood = ("#2f5d57", "#7a3b30", "#3c4f7a")[stage.seed // 3 % 3]
    body += rect(
        x - wide / 2 - 0.05 * a, y - tall - 0.06 * a, wide + 0.1 * a, tall + 0.08 * a, "#d8cdb8"
    )
    glow = ""
    if opened:
        hall = [(0, "#8a5630"), (0.45, "#d89a52"), (1, "#b87a40")]
        body += gradient("hall", hall, box=(y - tall, y))
        body += rect(x - wide / 2, y - tall, wide, tall, "url(#hall)")
        body += rect(x - wide / 2, y - 0.16 * a, wide, 0.16 * a, "#8a5a34")
        body += rect(x - 0.1 * a, y - 0.78 * a, 0.2 * a, 0.26 * a, "#a8703a", round_=3)
        glow += rect(
            x - wide / 2, y - tall, wide, tall, "#ffc070", opacity=0.1 if stage.close else 0.22
        )
        leaf = [(x - wide / 2, y - tall), (x - wide * 0.92, y - tall * 0.94)]
        leaf += [(x - wide * 0.92, y + 0.05 * a), (x - wide / 2, y)]
        body += path(polygon(leaf), darker(wood, 0.2))
        stage.lamp(x, y - 0.5 * tall, 1.3 * a, strength=0.35 if stage.close else 0.7, halo=0.12)
    else:
        body += rect(x - wide / 2, y - tall, wide, tall, wood)
        for up in (0.12, 0.56):
            for side in (-0.38, 0.05):
                body += rect(
                    x + side * wide,
                    y - tall * (1 - up),
                    wide * 0.33,
                    tall * 0.34,
                    darker(wood, 0.22),
                    round_=4,
                )
        # At hand height, and away from whoever stands there: never at a mouth.
        away = -1 if layout.subject_x > x else 1
        body += circle(x + away * wide * 0.4, y - tall * 0.42, 0.028 * a, "#d8b060")
    step = "#8f8d88" if stage.season != "winter" else "#dfe5ee"
    for far in (-1, 1):
        wx, ww, wh = x + far * 0.95 * a, 0.5 * a, 0.5 * a
        body += rect(wx - ww / 2 - 6, y - 1.12 * a - 6, ww + 12, wh + 12, "#d8cdb8", round_=3)
        body += rect(wx - ww / 2, y - 1.12 * a, ww, wh, "#39465e")
        if dark and far < 0:
            glow += rect(wx - ww / 2, y - 1.12 * a, ww, wh, "#ffb860", opacity=0.5)
        cross = f"M{num(wx)} {num(y - 1.12 * a)}l0 {num(wh)}M{num(wx - ww / 2)} {num(y - 0.87 * a)}l{num(ww)} 0"
        body += line(cross, "#d8cdb8", 5)
    lx, ly = x + wide * 0.78, y - tall * 0.94
    body += line(f"M{num(lx)} {num(ly - 0.08 * a)}l0 {num(0.03 * a)}", "#2b2f3a", 7)
    body += rect(lx - 0.04 * a, ly - 0.05 * a, 0.08 * a, 0.12 * a, "#3a3f4c", round_=4)
    if dark:
        glow += rect(lx - 0.028 * a, ly - 0.03 * a, 0.056 * a, 0.08 * a, "#ffd68a", round_=3)
        stage.lamp(lx, ly, 0.9 * a, strength=0.9, halo=0.5)
    stage.add(body, 0.86, glow=glow, texture=0.3, rim=0.2)
    stone = "#6f7078" if stage.season != "winter" else "#d5dbe6"
    ground(stage, y, stone, rise=1, detail=cobbles(stage, y + 6, stone))
    slab = rect(x - wide * 0.8, y - 0.05 * a, wide * 1.6, 0.11 * a, step, round_=5)
    slab += rect(x - wide * 0.8, y + 0.02 * a, wide * 1.6, 0.04 * a, darker(step, 0.3), round_=5)
    stage.add(slab, 0.965, texture=0.2)
    if is_wet(stage):
        water.wet_ground(stage, y + 0.07 * a, 0.7)


def _street(stage: Stage, *, shop: str | None) -> None:
    layout, w, rng = stage.layout, stage.w, stage.rng
    sky.sky(stage)
    lit = 0.5 if stage.light.dark else 0.05
    for depth, low, high, tone in ((0.16, 260, 430, "#7f87a0"), (0.4, 220, 400, "#6f7490")):
        body, glow, x = "", "", -40.0
        while x < w + 40:
            wide = rng.uniform(90, 180)
            shape, shine = buildings.tower_block(
                x,
                layout.horizon + 40,
                wide,
                rng.uniform(low, high) * (1.25 if stage.frame.tall else 1.0),
                mix(tone, rng.choice(WALLS), 0.35),
                rng,
                lit=lit * 0.7,
            )
            body, glow = body + shape, glow + shine
            x += wide + rng.uniform(-4, 10)
        stage.add(body, depth, glow=glow if stage.light.dark else "", texture=0.3)
        air.mist(stage, layout.horizon, 90, 0.34, seed=int(depth * 10))
    if shop is None and not stage.close:
        tower, glow = buildings.church_building(
            layout.landmark_x, layout.horizon + 44, 470 if not stage.frame.tall else 600
        )
        stage.add(tower, 0.5, glow=glow if stage.light.dark else "", rim=0.3)
    y = ground_line(stage)
    stone = "#6f7078" if stage.season != "winter" else "#d5dbe6"
    far_paving(stage, layout.horizon + 34, y + 12, stone)
    if shop is not None:
        _shop_building(stage, layout.landmark_x, y + 12, shop)
    elif not stage.close:
        body, glow = "", ""
        for at, wide in ((0.0, 330), (1.0, 340)) if stage.frame.tall else ((0.0, 420), (1.0, 440)):
            shape, shine = buildings.tower_block(
                at * w - wide / 2,
                y + 12,
                wide,
                620 if not stage.frame.tall else 900,
                rng.choice(WALLS),
                rng,
                lit=lit,
                floor=0.95 * person_at(stage, y + 12),
            )
            body, glow = body + shape, glow + shine
            body += _awning(
                stage, at * w, y + 12, wide, rng.choice(("#b8503f", "#3f7a78", "#c48a3a"))
            )
        body = _street_trees(stage, y) + body
        stage.add(body, 0.84, glow=glow if stage.light.dark else "", rim=0.4)
    kerb = rect(-40, y - 2, w + 80, 9, lighter(stone, 0.25))
    ground(stage, y, stone, rise=1, detail=cobbles(stage, y + 6, stone) + kerb)
    if is_wet(stage) or stage.light.dark:
        water.wet_ground(stage, y + 6, 0.85 if is_wet(stage) else 0.25)
    if not stage.close:
        near = 1.75 * person_at(stage, y + 26)
        spots = [(w * (0.9 if layout.subject_x < w / 2 else 0.1), y + 26, near)]
        if shop is None:
            spots.append((w * (0.56 if layout.subject_x < w / 2 else 0.44), y + 6, 0.72 * near))
        street_lamps(stage, spots, 0.97)


def _awning(stage: Stage, x: float, y: float, wide: float, tone: str) -> str:
    """The striped awning and the shop window at the foot of a city house whose middle is ``x``."""
    tall = person_at(stage, y)
    left, top = x - wide * 0.46, y - 1.02 * tall
    body = rect(left, top, wide * 0.92, 1.02 * tall, "#3f3a44")
    body += rect(left + 14, top + 0.3 * tall, wide * 0.92 - 28, 0.5 * tall, "#8aa0ae", round_=4)
    step = wide * 0.92 / 7
    for k in range(7):
        ax = left + step * k
        body += path(
            f"M{num(ax)} {num(top)}l{num(step)} 0l0 {num(0.2 * tall)}q{num(-step / 2)} {num(0.07 * tall)} {num(-step)} 0Z",
            (tone, "#eadfc8")[k % 2],
        )
    return body


def _street_trees(stage: Stage, y: float) -> str:
    """Trees along the pavement between the far houses and the near ones."""
    rng, body = generator("street trees", stage.seed), ""
    foot = stage.layout.horizon + 0.75 * (y - stage.layout.horizon)
    high = 1.9 * person_at(stage, foot)
    spots = (0.2, 0.38, 0.64, 0.8) if not stage.frame.tall else (0.24, 0.74)
    for at in spots:
        body += plants.broadleaf(
            at * stage.w,
            foot,
            high * rng.uniform(0.88, 1.1),
            plants.LEAVES[stage.season],
            rng,
            bare=stage.season == "winter",
        )
    return body


def _shop_building(stage: Stage, x: float, y: float, goods: str) -> None:
    """A brick house with a big lit window full of ``goods``, a door, an awning, a hanging sign."""
    rng = stage.rng
    wide = 620.0 if not stage.frame.tall else 560.0
    tall = 640.0 if not stage.frame.tall else 860.0
    half = wide / 2
    wall, wood = "#8a5648", "#4a3024"
    left = x - half
    body = gradient("brick", [(0, lighter(wall, 0.05)), (1, darker(wall, 0.2))]) + rect(
        left, y - tall * 0.8, wide, tall * 0.8, "url(#brick)"
    )
    for row in range(int(tall * 0.4 / 17)):
        ry = y - tall * 0.8 + row * 17
        shift = 19 if row % 2 else 0
        for column in range(int(wide / 38)):
            if rng.random() < 0.3:
                body += rect(
                    left + column * 38 + shift + 1,
                    ry + 1,
                    35,
                    14,
                    rng.choice((darker(wall, 0.14), lighter(wall, 0.08))),
                    round_=2,
                    opacity=0.6,
                )
    body += path(
        polygon(
            [
                (left - 26, y - tall * 0.79),
                (left + wide * 0.1, y - tall * 0.98),
                (x + half - wide * 0.1, y - tall * 0.98),
                (x + half + 26, y - tall * 0.79),
            ]
        ),
        "#4d5064",
    )
    glow = ""
    for k in range(3):
        wx, wy = left + wide * (0.14 + 0.28 * k), y - tall * 0.72
        body += rect(
            wx - 5, wy - 5, wide * 0.15 + 10, tall * 0.16 + 10, "#d8cdb8", round_=3
        ) + rect(wx, wy, wide * 0.15, tall * 0.16, "#39465e")
        if k != 1:
            glow += rect(wx, wy, wide * 0.15, tall * 0.16, "#ffb860", opacity=0.75)
        bars = line(
            f"M{num(wx + wide * 0.075)} {num(wy)}l0 {num(tall * 0.16)}M{num(wx)} {num(wy + tall * 0.08)}l{num(wide * 0.15)} 0",
            "#d8cdb8",
            4,
        )
        body += bars
        glow += bars.replace("#d8cdb8", "#4a2c14") if k != 1 else ""
    front = y - tall * 0.46
    body += (
        rect(left + 12, front, wide - 24, y - front, wood)
        + rect(left + 12, front, wide - 24, tall * 0.065, lighter(wood, 0.12))
        + line(
            f"M{num(left + 24)} {num(front + tall * 0.033)}L{num(x + half - 24)} {num(front + tall * 0.033)}",
            "#c9a050",
            3,
            opacity=0.8,
        )
    )
    wx, wy, ww, wh = left + wide * 0.07, front + tall * 0.1, wide * 0.54, tall * 0.25
    pane = gradient("pane", [(0, "#ffd28a"), (1, "#e0904a")])
    inside = pane + rect(wx, wy, ww, wh, "url(#pane)")
    shelf_goods = ""
    for up, count in ((0.47, 5), (0.97, 4)):
        shelf_goods += rect(wx, wy + wh * up, ww, 6, "#6a4024")
        for n in range(count):
            gx = wx + ww * (n + 0.5) / count
            if goods == "clock":
                r = wh * rng.uniform(0.13, 0.19)
                shelf_goods += clock_face(
                    gx,
                    wy + wh * up - r - 3,
                    r,
                    rng.choice(("#8a5a2b", "#b07a35", "#6a3c20")),
                    hour=rng.uniform(0, 360),
                    minute=rng.uniform(0, 360),
                )
            elif goods == "book":
                bx = gx - ww / count * 0.4
                while bx < gx + ww / count * 0.36:
                    bw, bh = rng.uniform(7, 13), wh * rng.uniform(0.24, 0.36)
                    shelf_goods += rect(
                        bx,
                        wy + wh * up - bh,
                        bw,
                        bh,
                        rng.choice(("#8c2f35", "#2f5d73", "#5f7a42", "#b07a35", "#5a3c6b")),
                    )
                    bx += bw + 1
            else:
                tint = (
                    rng.choice(("", "#c9d4d6", "#d9a06a", "#7a9a8a")) if goods == "teapot" else ""
                )
                shelf_goods += group(
                    THINGS[goods](tint).svg, x=gx, y=wy + wh * up, scale=wh * 0.0036
                )
    frame = line(
        f"M{num(wx)} {num(wy)}l{num(ww)} 0l0 {num(wh)}l{num(-ww)} 0Z", darker(wood, 0.3), 10
    ) + line(
        f"M{num(wx + ww / 3)} {num(wy)}l0 {num(wh)}M{num(wx + 2 * ww / 3)} {num(wy)}l0 {num(wh)}",
        darker(wood, 0.3),
        5,
    )
    dx, dw = left + wide * 0.68, wide * 0.24
    door = (
        rect(dx, front + tall * 0.09, dw, y - front - tall * 0.09, darker(wood, 0.35))
        + rect(dx + dw * 0.16, front + tall * 0.13, dw * 0.68, tall * 0.17, "#c98a4a", round_=4)
        + circle(dx + dw * 0.86, y - tall * 0.14, 5, "#e0b860")
        + line(
            f"M{num(dx + dw * 0.5)} {num(front + tall * 0.13)}l0 {num(tall * 0.17)}",
            darker(wood, 0.35),
            5,
        )
    )
    awning = ""
    count = 10
    for k in range(count):
        ax = wx - 14 + (ww + 28) * k / count
        aw = (ww + 28) / count
        awning += path(
            f"M{num(ax)} {num(front + tall * 0.065)}l{num(aw)} 0l{num(aw * 0.12)} {num(tall * 0.055)}q{num(-aw / 2)} {num(tall * 0.02)} {num(-aw)} 0Z",
            ("#a33a34", "#e6d6b6")[k % 2],
        )
    body += inside + shelf_goods + frame + door + awning
    sign_x = x + half + 44
    body += line(
        f"M{num(x + half)} {num(front - 8)}l60 0M{num(sign_x)} {num(front - 8)}l0 16", "#232530", 5
    ) + circle(sign_x, front + 46, 40, "#3a2a20")
    body += (
        clock_face(sign_x, front + 46, 36, "#c9983f")
        if goods == "clock"
        else group(THINGS[goods]("").svg, x=sign_x, y=front + 70, scale=0.5)
    )
    shine = rect(wx, wy, ww, wh, "#ffb45c", opacity=0.14) + rect(
        dx + dw * 0.16, front + tall * 0.13, dw * 0.68, tall * 0.17, "#ffb45c", opacity=0.4
    )
    dark = stage.light.dark
    stage.add(body, 0.86, glow=shine + glow if dark else "", rim=0.3)
    if dark:
        stage.lamp(wx + ww / 2, wy + wh / 2, 300, strength=1.2, halo=0.5)
        stage.lamp(dx + dw / 2, front + tall * 0.2, 140, strength=0.6, halo=0.3)
