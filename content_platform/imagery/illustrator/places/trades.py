"""Trades: what tells a barber's shop from a baker's, on the shelves, on the wall and on the floor.

A shop asks ``trade_of`` its scene; the walls, windows and counters are the shop's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from content_platform.imagery.illustrator.places.rooms import Room
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
from content_platform.stories.models import Scene

Drawing = Callable[[Room, float], str]


@dataclass(frozen=True)
class Trade:
    """What one sells or does, in things that are drawn."""

    words: re.Pattern[str]
    """How a story names it."""
    goods: tuple[str, ...]
    sign: str
    """The thing on the board over the door."""
    wall: Drawing | None = None
    """What hangs on the wall in place of a shelf's lower boards."""
    floor: Drawing | None = None
    """The piece that no other trade has."""


def trade_of(scene: Scene) -> Trade:
    """The trade the place names, else the one the sentence speaks of, else a general shop."""
    for words in (scene.place, f"{scene.text} {' '.join(scene.props)}"):
        for trade in _TRADES:
            if trade.words.search(words.lower()):
                return trade
    return _GENERAL


def tools_of(scene: Scene) -> tuple[str, ...]:
    """The two things somebody of the trade the place names works with; none in a general shop."""
    trade = trade_of(scene)
    return () if trade is _GENERAL else trade.goods[-2:]


def _barbers_wall(room: Room, x: float) -> str:
    """A large mirror over a shelf of bottles and brushes, and the striped pole where there is room."""
    a, chair = room.a, _chair_at(room)
    low = room.floor - a * (0.66 if room.wall > 1.75 else 0.5)
    tall = min(a * 0.62, low - (room.floor - a * min(1.4, room.wall - 0.1)))
    half = min(a * 0.3, 0.56 * tall)
    body = rect(x - half, low - tall, 2 * half, tall, "#7a5230", round_=a * 0.05)
    rim = a * 0.035
    body += rect(
        x - half + rim,
        low - tall + rim,
        2 * (half - rim),
        tall - 2 * rim,
        "#b9cdd2",
        round_=a * 0.04,
    )
    glints = (
        f"M{num(x - half * 0.66)} {num(low - tall * 0.36)}L{num(x - half * 0.14)} {num(low - tall * 0.8)}"
        f"M{num(x - half * 0.26)} {num(low - tall * 0.3)}L{num(x + half * 0.06)} {num(low - tall * 0.56)}"
    )
    body += line(glints, "#eef6f6", a * 0.02, opacity=0.7)
    shelf = half + a * 0.1
    body += rect(x - shelf, low + a * 0.02, 2 * shelf, a * 0.035, "#6a4428", round_=3)
    for k, name in enumerate(("bottle", "scissors", "jar", "brush", "bottle")):
        body += group(
            THINGS[name](("", "#b86a4a", "#6f9a8a")[k % 3]).svg,
            x=x + shelf * (-0.84 + 0.42 * k),
            y=low + a * 0.02,
            scale=a * 0.0013,
        )
    room.hung.append((x - shelf, x + shelf))
    layout = room.stage.layout
    heads = (layout.subject_x, layout.second_x)[: len(room.stage.scene.cast)]
    wanted = [chair + side * room.near * a * 0.31 for side in (1, -1)]
    wanted += [x + side * room.near * (shelf + a * 0.1) for side in (1, -1)]
    for at in wanted:
        clear = all(at + a * 0.08 < left or at - a * 0.08 > right for left, right in room.taken)
        clear = clear and all(abs(at - head) > 0.26 * a for head in heads)
        if clear and abs(at - chair) > a * 0.28 and a * 0.1 < at < room.stage.w - a * 0.1:
            room.hung.append((at - a * 0.1, at + a * 0.1))
            return body + _pole(at, low - tall, a * 0.1, tall * 0.96)
    return body


def _chair_at(room: Room) -> float:
    """Where the barber's chair stands: beside the mirror, and in a tall picture before it."""
    return room.mark + room.near * room.a * (0.1 if room.stage.frame.tall else 0.3)


def _pole(x: float, top: float, wide: float, tall: float) -> str:
    """A barber's pole: red and blue stripes that climb round white."""
    body = rect(x - wide / 2, top, wide, tall, "#efe9dd", round_=wide * 0.2)
    step, k = wide * 1.1, 0
    y = top + step * 0.3
    while y + step * 0.8 < top + tall:
        stripe = [
            (x - wide / 2, y + step * 0.4),
            (x + wide / 2, y),
            (x + wide / 2, y + step * 0.36),
            (x - wide / 2, y + step * 0.76),
        ]
        body += path(polygon(stripe), ("#c23a34", "#2f4f8a")[k % 2])
        y, k = y + step * 0.72, k + 1
    for end in (top - wide * 0.1, top + tall - wide * 0.2):
        body += rect(x - wide * 0.62, end, wide * 1.24, wide * 0.3, "#c9a050", round_=4)
    return body + circle(x, top - wide * 0.4, wide * 0.4, "#d8b060")


def _barbers_chair(room: Room, x: float) -> str:
    a, y, red = 0.8 * room.a, room.floor + room.a * 0.1, "#8f3434"
    body = ellipse(x, y, a * 0.17, a * 0.03, "#6f757e") + rect(
        x - a * 0.03, y - a * 0.28, a * 0.06, a * 0.28, "#8f969e"
    )
    body += rect(x - a * 0.17, y - a * 0.78, a * 0.3, a * 0.42, red, round_=a * 0.05)
    body += rect(x - a * 0.12, y - a * 0.92, a * 0.2, a * 0.12, lighter(red, 0.1), round_=a * 0.04)
    body += "".join(
        circle(x + a * dx, y - a * dy, a * 0.012, darker(red, 0.4))
        for dx in (-0.09, 0.05)
        for dy in (0.68, 0.56)
    )
    for side in (-0.2, 0.16):
        body += rect(x + a * side - a * 0.016, y - a * 0.5, a * 0.032, a * 0.22, "#8f969e")
        body += rect(
            x + a * side - a * 0.05, y - a * 0.54, a * 0.1, a * 0.06, "#3a2a24", round_=a * 0.025
        )
    body += rect(
        x - a * 0.24, y - a * 0.37, a * 0.44, a * 0.13, lighter(red, 0.14), round_=a * 0.05
    )
    return body + rect(x - a * 0.14, y - a * 0.11, a * 0.26, a * 0.04, "#8f969e", round_=5)


def _cloth_bolts(room: Room, x: float) -> str:
    """Rolls of cloth on a rack, and thread beneath."""
    a, body = room.a, ""
    tones = ("#8a3f44", "#3f6a7a", "#c9a050", "#5f7a4a", "#6a4a7a", "#c8875a", "#d8cdb8")
    for row in range(2):
        y = room.up(0.64 + 0.36 * row)
        body += rect(x - a * 0.5, y, a * 1.0, a * 0.03, "#6a4428", round_=3)
        for k in range(6):
            tone = tones[(k * 3 + row * 2 + room.stage.seed) % len(tones)]
            px, r = x + a * (-0.41 + 0.165 * k), a * 0.068
            body += rect(px - r, y - a * 0.25, 2 * r, a * 0.25, tone, round_=r * 0.5)
            body += ellipse(px, y - a * 0.25, r, r * 0.36, lighter(tone, 0.25))
            body += ellipse(px, y - a * 0.25, r * 0.4, r * 0.15, darker(tone, 0.4))
            body += line(
                f"M{num(px - r * 0.3)} {num(y - a * 0.2)}l0 {num(a * 0.18)}",
                darker(tone, 0.25),
                3,
                opacity=0.6,
            )
    return body


def _dress_form(room: Room, x: float) -> str:
    """A tailor's dummy with a half-finished coat and a tape."""
    a, y = 0.82 * room.a, room.floor + room.a * 0.1
    cloth = ("#3f6a7a", "#8a3f44", "#5f7a4a")[room.stage.seed % 3]
    body = line(
        f"M{num(x)} {num(y - a * 0.5)}L{num(x)} {num(y - a * 0.05)}M{num(x - a * 0.13)} {num(y)}"
        f"L{num(x)} {num(y - a * 0.08)}L{num(x + a * 0.13)} {num(y)}",
        "#4a3020",
        a * 0.028,
    )
    body += path(
        limb(
            [(x, y - a * 0.5), (x, y - a * 0.66), (x, y - a * 0.86), (x, y - a * 0.97)],
            [a * 0.34, a * 0.22, a * 0.34, a * 0.1],
        ),
        "#d9c8a4",
    )
    body += path(
        f"M{num(x - a * 0.17)} {num(y - a * 0.9)}Q{num(x)} {num(y - a * 0.8)} {num(x + a * 0.17)} {num(y - a * 0.9)}"
        f"L{num(x + a * 0.12)} {num(y - a * 0.64)}L{num(x + a * 0.2)} {num(y - a * 0.38)}L{num(x - a * 0.2)} {num(y - a * 0.38)}"
        f"L{num(x - a * 0.12)} {num(y - a * 0.64)}Z",
        cloth,
    )
    body += line(
        f"M{num(x)} {num(y - a * 0.84)}l0 {num(a * 0.45)}", darker(cloth, 0.35), 3, opacity=0.7
    )
    body += line(
        f"M{num(x - a * 0.07)} {num(y - a * 0.92)}q{num(-a * 0.03)} {num(a * 0.2)} 0 {num(a * 0.34)}"
        f"M{num(x + a * 0.08)} {num(y - a * 0.92)}q{num(a * 0.03)} {num(a * 0.14)} 0 {num(a * 0.26)}",
        "#e8c94a",
        a * 0.02,
    )
    return body + circle(x, y - a * 1.0, a * 0.035, "#6a4428")


def _flower_buckets(room: Room, x: float) -> str:
    a, y, rng, body = room.a, room.floor + room.a * 0.12, room.rng, ""
    for k, dx in enumerate((-0.26, 0.22, -0.02)):
        px, foot, size = x + a * dx, y + a * (0.05 if k == 2 else 0), a * (0.13 if k == 2 else 0.15)
        tone = ("#d9606a", "#e8b85a", "#b98ad0", "#f0e6ee")[(k + room.stage.seed) % 4]
        stems = "".join(
            f"M{num(px)} {num(foot - size)}L{num(px + size * (-0.9 + 0.36 * j))} {num(foot - size * (2.2 + 0.3 * (j % 2)))}"
            for j in range(6)
        )
        body += line(stems, "#5f8a4a", a * 0.012)
        for j in range(6):
            fx, fy = px + size * (-0.9 + 0.36 * j), foot - size * (2.2 + 0.3 * (j % 2))
            body += ellipse(
                fx + size * 0.12, fy + size * 0.4, size * 0.22, size * 0.1, "#4f7a44", turn=30
            )
            body += circle(fx, fy, size * rng.uniform(0.24, 0.3), tone)
            body += circle(fx, fy, size * 0.1, lighter(tone, 0.4))
        body += path(
            polygon(
                [
                    (px - size * 0.8, foot - size * 1.25),
                    (px + size * 0.8, foot - size * 1.25),
                    (px + size * 0.62, foot),
                    (px - size * 0.62, foot),
                ]
            ),
            "#8f9aa2",
        )
        body += rect(
            px - size * 0.84, foot - size * 1.3, size * 1.68, size * 0.16, "#b4bec4", round_=3
        )
    return body


def _anvil(room: Room, x: float) -> str:
    a, y, iron = room.a, room.floor + room.a * 0.12, "#565c66"
    body = rect(x - a * 0.13, y - a * 0.3, a * 0.26, a * 0.3, "#6a4a30", round_=6)
    body += line(f"M{num(x - a * 0.13)} {num(y - a * 0.2)}l{num(a * 0.26)} 0", "#3a3a40", a * 0.02)
    return (
        body
        + path(
            polygon(
                [
                    (x - a * 0.36, y - a * 0.49),
                    (x - a * 0.16, y - a * 0.52),
                    (x + a * 0.2, y - a * 0.52),
                    (x + a * 0.2, y - a * 0.43),
                    (x + a * 0.07, y - a * 0.4),
                    (x + a * 0.13, y - a * 0.3),
                    (x - a * 0.13, y - a * 0.3),
                    (x - a * 0.07, y - a * 0.4),
                    (x - a * 0.18, y - a * 0.44),
                ]
            ),
            iron,
        )
        + rect(x - a * 0.16, y - a * 0.52, a * 0.36, a * 0.02, lighter(iron, 0.3))
    )


def _hung(name: str, *, count: int, size: float, turn: float = 0.0) -> Drawing:
    """A board on the wall from which so many of one thing hang."""

    def draw(room: Room, x: float) -> str:
        a, y = room.a, room.up(1.12)
        body = rect(x - a * 0.52, y - a * 0.02, a * 1.04, a * 0.06, "#6a4428", round_=4)
        for k in range(count):
            px = x + a * (-0.42 + 0.84 * k / (count - 1))
            thing = THINGS[name](("", "#8a5a3a", "#b8935a", "#6f7680")[k % 4])
            long = a * 0.02 + 100 * size * a
            hook = line(f"M{num(px)} {num(y)}l0 {num(a * 0.05)}", "#c9a050", a * 0.012)
            hung = group(thing.svg, x=px, y=y + long, scale=size * a, turn=turn)
            body += room.stage.piece(hook + hung, px)
        return body

    return draw


def _standing(name: str, size: float) -> Drawing:
    """One large thing on the floor."""

    def draw(room: Room, x: float) -> str:
        return group(THINGS[name]("").svg, x=x, y=room.floor + room.a * 0.1, scale=size * room.a)

    return draw


def _trade(
    words: str,
    goods: str,
    sign: str,
    wall: Drawing | None = None,
    floor: Drawing | None = None,
) -> Trade:
    return Trade(re.compile(words), tuple(goods.split(", ")), sign, wall, floor)


_TRADES = (
    _trade(
        r"\bbarber|\bhairdress",
        "bottle, jar, scissors, brush",
        "scissors",
        _barbers_wall,
        _barbers_chair,
    ),
    _trade(
        r"\btailor|\bseamstress|\bdressmak|\bsewing",
        "button, hat, scissors, box",
        "scissors",
        _cloth_bolts,
        _dress_form,
    ),
    _trade(r"\bflower|\bflorist", "flower, basket, flower, jar", "flower", None, _flower_buckets),
    _trade(r"\bcobbler|\bshoe|\bboot ?maker", "shoe, shoe, box, brush", "shoe"),
    _trade(
        r"\btoy",
        "toy bear, doll, boat, robot, ball, drum",
        "toy bear",
        None,
        _standing("rocking horse", 0.0042),
    ),
    _trade(r"\bapothecar|\bpharmac|\bherbalist|\bchemist", "jar, bottle, bottle, bowl", "bottle"),
    _trade(
        r"\bumbrella",
        "umbrella, box, umbrella",
        "umbrella",
        _hung("umbrella", count=4, size=0.0026),
    ),
    _trade(
        r"\blocksmith|\bkeys?\b.{0,10}\bshop",
        "key, box, key, chest",
        "key",
        _hung("key", count=6, size=0.0022),
    ),
    _trade(
        r"\bviolin|\bluthier|\binstrument|\bmusic shop",
        "violin, drum, bell, guitar",
        "violin",
        _hung("violin", count=4, size=0.003),
    ),
    _trade(r"\bphotograph", "camera, picture, picture, lens", "camera"),
    _trade(r"\bpotter|\bpottery", "bowl, jar, teapot, bowl", "bowl"),
    _trade(r"\bcandle", "candle, box, candle, lantern", "candle"),
    _trade(
        r"\bhatter|\bhat ?maker|\bhat shop|\bmilliner",
        "hat, straw hat, hat, box",
        "hat",
        _hung("hat", count=4, size=0.0026),
    ),
    _trade(r"\bgrocer|\bgreengrocer|\bfruit", "apple, pumpkin, jar, basket, bread", "apple"),
    _trade(r"\bsweet ?shop|\bcandy|\bsweets\b|\bchocolate", "jar, cake, jar, box", "jar"),
    _trade(
        r"\bantique|\bcurio|\bjunk|\bpawn",
        "clock, mirror, bottle, crown, telescope, camera",
        "telescope",
    ),
    _trade(
        r"\bsmith\b|\bblacksmith|\bforge|\bsmithy",
        "hammer, wrench, axe, lantern",
        "hammer",
        None,
        _anvil,
    ),
    _trade(r"\bbook", "book, closed book, book, lamp", "book"),
    _trade(r"\bclock|\bwatch", "clock, watch, gear", "clock"),
    _trade(r"\bbak|\bbread|\bpastr", "bread, cake, basket", "bread"),
)
_GENERAL = _trade(r"\bshop", "bottle, teapot, box, cup", "teapot")
