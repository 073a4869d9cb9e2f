"""What makes a room lived in: small things on walls and along the skirting, different per story.

A room names the free spots and what may stand there; the story's seed chooses.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from content_platform.imagery.illustrator import plants
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.places.rooms import Room, put
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    group,
    lighter,
    limb,
    line,
    num,
    path,
    polygon,
    rect,
)
from content_platform.imagery.illustrator.things import THINGS
from content_platform.imagery.illustrator.things.base import clock_face

Dressing = Callable[[Room, float, random.Random], str]

_CLOTHS = ("#7a3b3b", "#3c5a78", "#5f6f45", "#8a6a3a", "#5a4570")


# --- on the wall -------------------------------------------------------------------------------


def _pictures(room: Room, x: float, rng: random.Random) -> str:
    a, body = room.a, ""
    frames = [(-0.12, 1.12, 0.2), (0.12, 1.2, 0.15), (0.12, 1.0, 0.13)]
    if room.wall < 1.75:  # too low for one below another
        frames = [(-0.13, 1.1, 0.2), (0.12, 1.1, 0.15)]
    for dx, high, wide in frames:
        px, y, tall = x + a * dx, room.up(high), a * wide * 0.8
        tone = rng.choice(("#8fb0b8", "#c9a878", "#a8909c", "#9aa878"))
        body += rect(
            px - a * wide / 2 - 6, y - tall - 6, a * wide + 12, tall + 12, "#9a7438", round_=2
        )
        body += rect(px - a * wide / 2, y - tall, a * wide, tall, tone)
        body += ellipse(px, y - tall * 0.2, a * wide * 0.3, tall * 0.18, darker(tone, 0.35))
        body += circle(px + a * wide * 0.2, y - tall * 0.74, a * wide * 0.09, lighter(tone, 0.5))
    return body


def _coats(room: Room, x: float, rng: random.Random) -> str:
    a, y = room.a, room.up(1.2)
    body = rect(x - a * 0.26, y - a * 0.03, a * 0.52, a * 0.055, "#5f4028", round_=4)
    for k, dx in enumerate((-0.18, 0.0, 0.18)):
        px, cloth = x + a * dx, rng.choice(_CLOTHS)
        body += circle(px, y, a * 0.016, "#c9a050")
        if k == 1:
            body += ellipse(px, y + a * 0.05, a * 0.09, a * 0.024, darker(cloth, 0.3)) + rect(
                px - a * 0.05, y - a * 0.02, a * 0.1, a * 0.07, darker(cloth, 0.25), round_=a * 0.03
            )
            continue
        long = a * rng.uniform(0.4, 0.52)
        shoulder = (
            f"M{num(px)} {num(y)}C{num(px + a * 0.03)} {num(y + a * 0.03)} {num(px + a * 0.085)} {num(y + a * 0.04)} "
            f"{num(px + a * 0.085)} {num(y + a * 0.1)}L{num(px + a * 0.1)} {num(y + long)}L{num(px - a * 0.09)} {num(y + long * 1.02)}"
            f"L{num(px - a * 0.085)} {num(y + a * 0.1)}C{num(px - a * 0.085)} {num(y + a * 0.04)} {num(px - a * 0.03)} {num(y + a * 0.03)} {num(px)} {num(y)}Z"
        )
        folds = "".join(
            f"M{num(px + a * dx_)} {num(y + a * 0.14)}L{num(px + a * dx_ * 1.3)} {num(y + long * 0.96)}"
            for dx_ in (-0.05, 0.05)
        )
        body += path(shoulder, cloth) + line(folds, darker(cloth, 0.35), 3, opacity=0.7)
        body += line(f"M{num(px)} {num(y + a * 0.03)}l0 {num(long * 0.9)}", darker(cloth, 0.45), 3)
    return body


def _herbs(room: Room, x: float, rng: random.Random) -> str:
    a, y = room.a, room.up(1.42)
    body = line(f"M{num(x - a * 0.3)} {num(y)}l{num(a * 0.6)} 0", "#4a3626", a * 0.016)
    for k in range(5):
        px = x + a * (-0.24 + 0.12 * k)
        long, tone = (
            a * rng.uniform(0.13, 0.2),
            rng.choice(("#6f8a4a", "#8a8a4a", "#a06a5a", "#d8cfa8")),
        )
        body += path(
            limb([(px, y), (px, y + long * 0.5), (px, y + long)], [a * 0.01, a * 0.06, a * 0.03]),
            tone,
        )
        body += rect(px - a * 0.018, y + long * 0.18, a * 0.036, a * 0.012, "#c9a878")
    return body


def _notes(room: Room, x: float, rng: random.Random) -> str:
    a, y = room.a, room.up(1.12)
    body = rect(x - a * 0.2, y - a * 0.28, a * 0.4, a * 0.28, "#8a6440", round_=3) + rect(
        x - a * 0.18, y - a * 0.26, a * 0.36, a * 0.24, "#b08a5a"
    )
    for k in range(6):
        px, py = x + a * (-0.16 + 0.11 * (k % 3)), y - a * (0.24 - 0.12 * (k // 3))
        tone = rng.choice(("#efe6d0", "#d8e0e4", "#e8c9a0"))
        body += group(
            rect(0, 0, a * 0.085, a * 0.09, tone), x=px, y=py, turn=rng.uniform(-8, 8)
        ) + circle(px + a * 0.04, py + a * 0.01, a * 0.008, "#b8403a")
    return body


def _wall_clock(room: Room, x: float, rng: random.Random) -> str:
    r = room.a * rng.uniform(0.08, 0.11)
    return clock_face(
        x, room.up(1.24), r, "#6a4428", hour=rng.uniform(0, 360), minute=rng.uniform(0, 360)
    )


def _plant_shelf(room: Room, x: float, rng: random.Random) -> str:
    a, y = room.a, room.up(1.1)
    body = rect(x - a * 0.24, y, a * 0.48, a * 0.024, "#6a4428", round_=2)
    for dx in (-0.19, 0.19):
        body += line(
            f"M{num(x + a * dx)} {num(y + a * 0.02)}l0 {num(a * 0.06)}", "#4a2e1c", a * 0.016
        )
    leaf = plants.LEAVES["summer"][0]
    body += rect(x - a * 0.17, y - a * 0.075, a * 0.1, a * 0.075, "#b06a48", round_=4)
    for _ in range(6):
        dx, long = rng.uniform(-0.07, 0.07) * a, a * rng.uniform(0.06, 0.3)
        body += line(
            f"M{num(x - a * 0.12)} {num(y - a * 0.07)}q{num(dx * 1.6)} {num(-a * 0.06)} {num(dx * 2)} {num(long)}",
            darker(leaf, 0.1),
            a * 0.018,
        )
    body += plants.fern(x - a * 0.12, y - a * 0.07, a * 0.12, leaf, rng)
    names = rng.sample(("cup", "closed book", "clock", "jar", "bottle", "music box", "teapot"), 2)
    for dx, name in zip((0.04, 0.18), names, strict=True):
        body += group(
            THINGS[name]("").svg, x=x + a * dx, y=y, scale=a * 0.0018 * THINGS[name]("").size ** 0.4
        )
    return body


# --- on the floor ------------------------------------------------------------------------------


def _pot_plant(room: Room, x: float, rng: random.Random) -> str:
    a, y = room.a, room.floor + room.a * 0.08
    leaf, pot = plants.LEAVES["summer"][0], rng.choice(("#a8603c", "#5f7a8a", "#c9b48a"))
    body = ellipse(x, y, a * 0.14, a * 0.022, "#0a0c18", opacity=0.35)
    for k in range(9):
        lean = a * (-0.24 + 0.06 * k) * rng.uniform(0.8, 1.15)
        high = a * rng.uniform(0.32, 0.56) * (1 - 0.5 * abs(k - 4) / 4)
        tip = (x + lean, y - a * 0.2 - high)
        knee = (x + lean * 0.4, y - a * 0.2 - high * 0.7)
        body += path(
            limb([(x, y - a * 0.16), knee, tip], [a * 0.014, a * 0.075, a * 0.008]),
            darker(leaf, 0.3) if k % 2 else leaf,
        )
    return (
        body
        + path(
            polygon(
                [
                    (x - a * 0.11, y - a * 0.2),
                    (x + a * 0.11, y - a * 0.2),
                    (x + a * 0.08, y),
                    (x - a * 0.08, y),
                ]
            ),
            pot,
        )
        + rect(x - a * 0.125, y - a * 0.215, a * 0.25, a * 0.045, lighter(pot, 0.15), round_=4)
    )


def _books(room: Room, x: float, rng: random.Random) -> str:
    a, y = room.a, room.floor + room.a * 0.1
    body = ellipse(x, y, a * 0.17, a * 0.02, "#0a0c18", opacity=0.35)
    for _ in range(rng.randint(4, 7)):
        wide, thick = a * rng.uniform(0.2, 0.28), a * rng.uniform(0.035, 0.055)
        px, tone = x + a * rng.uniform(-0.03, 0.03), rng.choice(_CLOTHS)
        body += rect(px - wide / 2, y - thick, wide, thick - 1, tone, round_=2) + rect(
            px - wide * 0.32, y - thick * 0.75, wide * 0.08, thick * 0.5, "#d8b060", opacity=0.8
        )
        y -= thick
    return body


def _umbrellas(room: Room, x: float, rng: random.Random) -> str:
    a, y = room.a, room.floor + room.a * 0.08
    body = ellipse(x, y, a * 0.1, a * 0.018, "#0a0c18", opacity=0.35)
    for dx in (-0.05, 0.0, 0.05):
        cloth = rng.choice(_CLOTHS)
        body += path(
            limb(
                [(x + a * dx * 0.4, y - a * 0.06), (x + a * dx * 1.6, y - a * 0.44)],
                [a * 0.02, a * 0.06],
            ),
            cloth,
        ) + line(
            f"M{num(x + a * dx * 1.6)} {num(y - a * 0.44)}l{num(a * dx * 0.6)} {num(-a * 0.1)}q{num(a * 0.005)} {num(-a * 0.05)} {num(a * 0.045)} {num(-a * 0.03)}",
            "#4a2e1c",
            a * 0.018,
        )
    return (
        body
        + rect(x - a * 0.085, y - a * 0.28, a * 0.17, a * 0.28, "#6f7f88", round_=5)
        + rect(x - a * 0.095, y - a * 0.29, a * 0.19, a * 0.03, "#c9a050", round_=3)
    )


def _basket(room: Room, x: float, rng: random.Random) -> str:
    name = rng.choice(("basket", "box", "suitcase", "chest"))
    thing = THINGS[name]("")
    return group(
        thing.svg, x=x, y=room.floor + room.a * 0.1, scale=room.a * 0.0036 * min(1, thing.size)
    )


def _sacks(room: Room, x: float, rng: random.Random) -> str:
    a, y, body = room.a, room.floor + room.a * 0.1, ""
    for dx, size in ((-0.13, 0.9), (0.14, 0.8), (0.0, 1.0)):
        px, tone = x + a * dx, rng.choice(("#b59a6c", "#a88a60", "#c4ac80"))
        half, tall = a * 0.13 * size, a * 0.32 * size
        body += path(
            f"M{num(px - half)} {num(y)}q{num(-half * 0.3)} {num(-tall * 0.6)} {num(half * 0.7)} {num(-tall * 0.84)}l{num(-half * 0.12)} {num(-tall * 0.16)}l{num(half * 0.84)} 0l{num(-half * 0.12)} {num(tall * 0.16)}q{num(half)} {num(tall * 0.24)} {num(half * 0.7)} {num(tall * 0.84)}Z",
            tone,
        ) + line(
            f"M{num(px - half * 0.34)} {num(y - tall * 0.84)}l{num(half * 0.68)} 0",
            "#6a4a2c",
            a * 0.016,
        )
    return body


def _broom(room: Room, x: float, rng: random.Random) -> str:
    a, y = room.a, room.floor + room.a * 0.05
    lean = a * rng.uniform(0.08, 0.16)
    return (
        line(
            f"M{num(x)} {num(y - a * 0.14)}L{num(x + lean)} {num(y - a * 0.86)}",
            "#9a7448",
            a * 0.022,
        )
        + path(
            polygon(
                [
                    (x - a * 0.02, y - a * 0.18),
                    (x + a * 0.04, y - a * 0.17),
                    (x + a * 0.07, y),
                    (x - a * 0.1, y),
                ]
            ),
            "#c9a860",
        )
        + line(
            f"M{num(x - a * 0.05)} {num(y - a * 0.09)}l{num(a * 0.1)} {num(a * 0.01)}", "#8a3b3b", 4
        )
    )


_PIECES: dict[str, Dressing] = {
    "pictures": _pictures,
    "coats": _coats,
    "herbs": _herbs,
    "notes": _notes,
    "clock": _wall_clock,
    "plant shelf": _plant_shelf,
    "pot plant": _pot_plant,
    "books": _books,
    "umbrellas": _umbrellas,
    "basket": _basket,
    "sacks": _sacks,
    "broom": _broom,
}


def dress(
    room: Room, spots: Sequence[float], pieces: Sequence[str], *, hung: bool, depth: float = 0.7
) -> None:
    """Put one of ``pieces`` at each x of ``spots``, none twice; hung on the wall unless a window
    is there, else on the floor.
    """
    rng = generator("dressing", room.stage.seed, room.stage.scene.place, hung)
    order = rng.sample(list(pieces), len(pieces))
    body, half = "", room.a * (0.2 if hung else 0.0)
    layout, tall = room.stage.layout, room.stage.frame.tall
    for x in spots:
        # In a narrow picture, legs of furniture behind legs of people are a tangle.
        behind = min(abs(x - layout.subject_x), abs(x - layout.second_x)) < 0.3 * room.a
        if tall and behind and not hung and not room.stage.close:
            continue
        taken = hung and any(left < x + half and x - half < right for left, right in room.taken)
        if order and not taken:
            body += room.stage.piece(_PIECES[order.pop()](room, x, rng), x)
    if body:
        put(room, body, depth)
