"""What stands about in streets and squares: stalls, a fountain, carts, bunting, a platform's roof."""

from __future__ import annotations

import random
import re

from content_platform.imagery.illustrator import plants
from content_platform.imagery.illustrator.look import generator, look_of
from content_platform.imagery.illustrator.people import person
from content_platform.imagery.illustrator.places.ground import person_at
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
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
from content_platform.stories.models import CastMember

_FLAGS = ("#c8503c", "#e0a83c", "#3f86a0", "#5f9a5a", "#a05a8a")
_GOODS = ("apple", "bread", "pumpkin", "bottle", "flower", "jar", "basket")


def is_white(stage: Stage) -> bool:
    """Whether snow lies on everything."""
    return stage.season == "winter"


def seller_at(stage: Stage, x: float, y: float, tall: float, who: str, *, left: bool) -> str:
    """Somebody who sells there, ``tall`` as an adult; what stands before them is drawn after."""
    rng = generator("seller", stage.seed, who)
    member = CastMember(
        name=f"seller {who}",
        kind=rng.choice(("woman", "man")),
        noun="seller",
        traits=rng.choice((("old",), (), ("straw hat",), ("grey hat",))),
    )
    figure = person(look_of(member, stage.seed), "standing", feeling="glad")
    return group(figure.svg, x=x, y=y, scale=tall / 520, flip=left)


def stall(
    stage: Stage, x: float, y: float, wide: float, rng: random.Random, *, seller: str
) -> tuple[str, str]:
    """A market stall with a striped roof, its goods, a lantern and its seller: shapes and glow."""
    tall, tone = wide * 0.92, rng.choice(_FLAGS)
    body = "".join(
        rect(x + wide * t - 5, y - tall * 0.86, 10, tall * 0.86, "#5f4430") for t in (-0.45, 0.45)
    )
    body += rect(x - wide * 0.44, y - tall * 0.62, wide * 0.88, tall * 0.3, "#2a2430", opacity=0.75)
    body += seller_at(stage, x - wide * 0.08, y, wide * 0.74, seller, left=x > stage.w / 2)
    body += rect(x - wide * 0.5, y - tall * 0.36, wide, tall * 0.07, "#8a6240", round_=3)
    body += rect(x - wide * 0.47, y - tall * 0.3, wide * 0.94, tall * 0.3, "#6f4c32")
    for k in range(5):
        body += line(
            f"M{num(x + wide * (-0.36 + 0.18 * k))} {num(y - tall * 0.3)}l0 {num(tall * 0.3)}",
            "#4a3020",
            3,
        )
    for k in range(6):
        name = rng.choice(_GOODS)
        body += group(
            THINGS[name]("").svg,
            x=x + wide * (-0.38 + 0.152 * k),
            y=y - tall * 0.36,
            scale=wide * 0.0009,
        )
    count = 8
    for k in range(count):
        left = x - wide * 0.58 + wide * 1.16 * k / count
        step = wide * 1.16 / count
        lean = wide * 0.06
        upper = x + (left - x) * 0.8
        body += path(
            f"M{num(upper)} {num(y - tall * 1.06)}l{num(step * 0.8)} 0L{num(left + step)} {num(y - tall * 0.78)}q{num(-step / 2)} {num(lean)} {num(-step)} 0Z",
            "#e9eef6" if is_white(stage) and k % 2 else (tone, "#eadfc4")[k % 2],
        )
    lx, ly = x + wide * 0.3, y - tall * 0.66
    body += line(f"M{num(lx)} {num(y - tall * 0.8)}L{num(lx)} {num(ly - 6)}", "#2a2430", 3)
    glow = ellipse(lx, ly, wide * 0.035, wide * 0.048, "#ffd080")
    body += ellipse(lx, ly, wide * 0.04, wide * 0.053, "#d8a050")
    if stage.light.dark:
        stage.lamp(lx, ly, wide * 0.9, strength=0.7, halo=0.4)
    return body, glow


def fountain(stage: Stage, x: float, y: float, wide: float) -> str:
    """A round stone basin with a bowl above it and its water."""
    stone = "#e4eaf2" if is_white(stage) else "#9a98a0"
    water = "#8fc0d8" if not is_white(stage) else "#cfe0ee"
    half = wide / 2
    body = ellipse(x, y, half * 1.08, half * 0.2, "#0d1022", opacity=0.35)
    body += path(
        f"M{num(x - half)} {num(y - half * 0.34)}L{num(x - half * 0.94)} {num(y)}Q{num(x)} {num(y + half * 0.2)} {num(x + half * 0.94)} {num(y)}L{num(x + half)} {num(y - half * 0.34)}Z",
        darker(stone, 0.2),
    )
    body += ellipse(x, y - half * 0.34, half, half * 0.17, stone)
    body += ellipse(x, y - half * 0.34, half * 0.88, half * 0.13, darker(water, 0.3))
    body += rect(x - half * 0.09, y - half * 1.1, half * 0.18, half * 0.78, darker(stone, 0.1))
    body += path(
        f"M{num(x - half * 0.42)} {num(y - half * 1.12)}Q{num(x)} {num(y - half * 0.72)} {num(x + half * 0.42)} {num(y - half * 1.12)}Z",
        stone,
    ) + circle(x, y - half * 1.3, half * 0.12, stone)
    jets = "".join(
        f"M{num(x + side * half * 0.36)} {num(y - half * 1.1)}Q{num(x + side * half * 0.58)} {num(y - half * 0.95)} {num(x + side * half * reach)} {num(y - half * 0.36)}"
        for side in (-1, 1)
        for reach in (0.5, 0.62)
    )
    return body + line(jets, lighter(water, 0.4), 3, opacity=0.7)


def cart(x: float, y: float, wide: float, rng: random.Random) -> str:
    """A handcart with sacks, tipped onto its handles."""
    wood, body = "#7a5638", ""
    for k in range(3):
        body += ellipse(
            x + wide * (-0.22 + 0.2 * k),
            y - wide * 0.44,
            wide * 0.14,
            wide * 0.13,
            rng.choice(("#b59a6c", "#c4ac80", "#8a9a5a")),
        )
    body += path(
        polygon(
            [
                (x - wide * 0.42, y - wide * 0.42),
                (x + wide * 0.36, y - wide * 0.42),
                (x + wide * 0.3, y - wide * 0.2),
                (x - wide * 0.36, y - wide * 0.2),
            ]
        ),
        wood,
    )
    body += line(
        f"M{num(x + wide * 0.3)} {num(y - wide * 0.26)}L{num(x + wide * 0.66)} {num(y - wide * 0.06)}",
        wood,
        wide * 0.035,
    )
    spokes = "".join(
        f"M{num(x - wide * 0.06)} {num(y - wide * 0.17)}l{num(dx * wide * 0.16)} {num(dy * wide * 0.16)}"
        for dx, dy in (
            (1, 0),
            (-1, 0),
            (0, 1),
            (0, -1),
            (0.7, 0.7),
            (-0.7, -0.7),
            (0.7, -0.7),
            (-0.7, 0.7),
        )
    )
    wheel = f'<circle cx="{num(x - wide * 0.06)}" cy="{num(y - wide * 0.17)}" r="{num(wide * 0.165)}" fill="none" stroke="#3a2a1e" stroke-width="{num(wide * 0.03)}"/>'
    return body + wheel + line(spokes, "#3a2a1e", wide * 0.016)


def clutter(stage: Stage, x: float, y: float, size: float, rng: random.Random) -> str:
    """A barrel and crates, or tubs of flowers, at a house wall."""
    if rng.random() < 0.5:
        body = group(THINGS["barrel"]("").svg, x=x, y=y, scale=size * 0.011)
        body += group(THINGS["box"]("").svg, x=x + size * 0.72, y=y + 2, scale=size * 0.0075)
        return body + group(
            THINGS["box"]("#7a5a40").svg, x=x + size * 0.76, y=y - size * 0.42, scale=size * 0.0058
        )
    body = ""
    for dx, wide in ((0.0, 0.8), (0.74, 0.6)):
        px, leaf = x + size * dx, plants.LEAVES[stage.season][0]
        body += plants.bush(
            px, y - size * 0.36, size * wide, "#dfe7f2" if is_white(stage) else leaf, rng
        )
        if not is_white(stage):
            for _ in range(7):
                body += circle(
                    px + rng.uniform(-0.36, 0.36) * size * wide,
                    y - size * rng.uniform(0.4, 0.7),
                    size * 0.045,
                    rng.choice(_FLAGS),
                )
        half = size * wide * 0.36
        body += path(
            polygon(
                [
                    (px - half, y - size * 0.36),
                    (px + half, y - size * 0.36),
                    (px + half * 0.74, y + 3),
                    (px - half * 0.74, y + 3),
                ]
            ),
            "#8a5a40",
        )
    return body


def bunting(stage: Stage, x0: float, x1: float, y: float, sag: float) -> tuple[str, str]:
    """Little flags, by night little lamps, on a line across the street: shapes and glow."""
    body = line(
        f"M{num(x0)} {num(y)}Q{num((x0 + x1) / 2)} {num(y + sag * 2)} {num(x1)} {num(y)}",
        "#2a2c38",
        2.4,
    )
    glow, count = "", max(6, int(abs(x1 - x0) / 58))
    for k in range(1, count):
        t = k / count
        x = x0 + (x1 - x0) * t
        hang = y + 4 * sag * t * (1 - t)
        if stage.light.dark:
            body += circle(x, hang + 8, 6.5, "#e8b860")
            glow += circle(x, hang + 8, 6, ("#ffd080", "#ffb060")[k % 2])
            if k % 4 == 2:
                stage.lamp(x, hang + 8, 130, strength=0.28, halo=0.3)
        else:
            body += path(
                polygon([(x - 11, hang), (x + 11, hang), (x, hang + 26)]), _FLAGS[k % len(_FLAGS)]
            )
    return body, glow


def platform_roof(stage: Stage, y: float) -> tuple[str, str]:
    """Iron columns and the edge of a glass roof over a platform, with hanging lamps."""
    w, h = stage.w, stage.h
    iron, glow = "#2c3640", ""
    eave = h * (0.1 if not stage.frame.tall else 0.13)
    body = gradient("eave", [(0, darker(iron, 0.5)), (1, iron)], box=(0, eave)) + rect(
        -20, -20, w + 40, eave + 20, "url(#eave)"
    )
    step = 46.0
    for k in range(int(w / step) + 2):
        x = k * step - 10
        body += path(
            f"M{num(x)} {num(eave - 2)}l{num(step)} 0l{num(-step * 0.24)} 24l{num(-step * 0.26)} 12l{num(-step * 0.26)} -12Z",
            iron,
        )
    body += rect(-20, eave - 12, w + 40, 6, lighter(iron, 0.3))
    left = stage.layout.subject_x > w / 2
    spots = (0.12, 0.55, 0.97) if not stage.frame.tall else (0.06, 0.9)
    for at in spots:
        x = w * (1 - at if left else at)
        body += rect(x - 10, eave, 20, y + 20 - eave, iron) + rect(
            x - 3, eave, 4, y + 20 - eave, lighter(iron, 0.24)
        )
        body += rect(x - 20, y - 12, 40, 34, iron, round_=5) + rect(
            x - 16, eave + 96, 32, 12, lighter(iron, 0.1), round_=3
        )
        for side in (-1, 1):
            body += line(
                f"M{num(x)} {num(eave + 104)}Q{num(x + side * 12)} {num(eave + 20)} {num(x + side * 92)} {num(eave + 6)}",
                iron,
                9,
            )
            body += f'<circle cx="{num(x + side * 26)}" cy="{num(eave + 28)}" r="17" fill="none" stroke="{iron}" stroke-width="5"/>'
    for k in range(2):
        x = w * (0.31 + 0.42 * k)
        body += line(f"M{num(x)} {num(eave)}l0 34", iron, 4) + path(
            polygon(
                [(x - 34, eave + 58), (x - 14, eave + 32), (x + 14, eave + 32), (x + 34, eave + 58)]
            ),
            "#3f5a50",
        )
        if stage.light.dark:
            glow += ellipse(x, eave + 59, 28, 6, "#ffe2a8")
            stage.lamp(x, eave + 66, 330, strength=0.55, halo=0.35)
    return body, glow


def trolley(x: float, y: float, rng: random.Random) -> str:
    """A porter's trolley with luggage."""
    body = rect(x - 82, y - 34, 164, 10, "#7a5a3a", round_=3) + line(
        f"M{num(x + 80)} {num(y - 30)}l26 -78", "#3a4450", 8
    )
    body += circle(x - 56, y - 14, 15, "#2a2e38") + circle(x + 56, y - 14, 15, "#2a2e38")
    body += circle(x - 56, y - 14, 6, "#8a909c") + circle(x + 56, y - 14, 6, "#8a909c")
    for dx, up, name, tone, scale in (
        (-38, 34, "suitcase", "#7a4a30", 0.72),
        (34, 34, "chest", "#5f4a3a", 0.62),
        (-30, 92, "parcel", "", 0.5),
    ):
        body += group(
            THINGS[name](tone).svg, x=x + dx, y=y - up, scale=scale * rng.uniform(0.9, 1.05)
        )
    return body


_GONE = re.compile(
    r"\bno (?:more )?(?:stalls?|market|fair)\b|\b(?:stalls?|market|fair) (?:is|was|were|had) (?:already |all )?gone\b",
    re.IGNORECASE,
)


def square_things(stage: Stage, y: float) -> None:
    """A village square's own: stalls where there is a market, else what the seed brings."""
    w, rng = stage.w, generator("square", stage.seed, stage.scene.place)
    right = stage.layout.subject_x < w / 2
    tall = person_at(stage, y + 14)
    body, glow = "", ""
    mark = stage.layout.landmark_x + (0.02 if right else -0.02) * w
    busy = any(word in stage.scene.place for word in ("market", "fair"))
    if busy and _GONE.search(stage.scene.text):
        body += trampled(stage, y, rng)
    elif busy:
        _market(stage, y, right=right)
    elif stage.seed % 3 == 0:
        body += fountain(stage, mark, y + 22, 0.95 * tall)
    elif stage.seed % 3 == 1:
        body += cart(mark, y + 26, 0.8 * tall, rng)
    else:
        thing = THINGS["well"]("")
        body += group(thing.svg, x=mark, y=y + 24, scale=0.0074 * tall)
    for at in () if busy else (0.265, 0.77) if not stage.frame.tall else (0.24,):
        body += clutter(stage, w * at, y + 14, 0.27 * tall, rng)
    high = stage.layout.horizon * (0.5 if not stage.frame.tall else 0.62)
    flags, lights = bunting(stage, -60, w + 60, high, 62)
    stage.add(flags, 0.8, glow=lights if stage.light.dark else "", rim=0.2)
    stage.add(body, 0.965, glow=glow if stage.light.dark else "", rim=0.45)


def _market(stage: Stage, y: float, *, right: bool) -> None:
    """Two rows of stalls with their sellers: small ones far off, larger ones at both sides."""
    w, rng = stage.w, generator("market", stage.seed)
    between = stage.layout.horizon + 0.62 * (y - stage.layout.horizon)
    far = (0.44, 0.6, 0.3) if not stage.frame.tall else (0.42, 0.68)
    near = (0.87, 0.1) if not stage.frame.tall else (0.95, 0.0)
    for row, foot, depth in ((far, between, 0.78), (near, y + 12, 0.95)):
        wide = 1.16 * person_at(stage, foot)
        stalls = [
            stall(stage, w * (at if right else 1 - at), foot, wide, rng, seller=f"{k} {depth}")
            for k, at in enumerate(row)
        ]
        # The near ones stand far apart: a layer each is less to paint than one across the picture.
        groups = [stalls] if depth < 0.9 else [[one] for one in stalls]
        for group_ in groups:
            body, glow = ("".join(parts) for parts in zip(*group_, strict=True))
            shine = glow if stage.light.dark else ""
            stage.add(body, depth, glow=shine, rim=0.35, lit=0.88)


def trampled(stage: Stage, y: float, rng: random.Random) -> str:
    """What a market leaves: straw, a few leaves, a crate on its side."""
    w, deep = stage.w, stage.h - y
    body = ""
    for _ in range(int(46 * w / 1000)):
        x, t = rng.uniform(0, w), rng.random()
        at, long = y + deep * 0.5 * t * t + 12, rng.uniform(12, 34) * (0.5 + t)
        body += line(
            f"M{num(x)} {num(at)}l{num(long)} {num(rng.uniform(-6, 6))}", "#d8bd78", 3, opacity=0.7
        )
    tall = person_at(stage, y + 14)
    for at, turn in ((0.2, -4), (0.86, 90)):
        crate = group(THINGS["box"]("").svg, scale=0.0032 * tall)
        foot = f"translate({num(w * at)} {num(y + 20)}) rotate({turn})"
        body += f'<g transform="{foot}">{crate}</g>'
    return body
