"""Robots: no two alike. Head, trunk, antenna, chest and the colour of their light vary by name."""

from __future__ import annotations

import math
import random

from content_platform.imagery.illustrator.poses import Pose
from content_platform.imagery.illustrator.puppets.faces import screen_face
from content_platform.imagery.illustrator.puppets.kit import Kit
from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    ellipse,
    gradient,
    group,
    lighter,
    limb,
    line,
    mix,
    num,
    path,
    rect,
)

_LIGHTS = ("#8fe8f0", "#ffd27a", "#a6f0b4", "#9cc8ff", "#ffb9a0")
_ACCENTS = ("#c2443a", "#e0a02e", "#2f8a86", "#5a6fb0", "#d9683a", "#6d9a4a")
_RUST = "#9a5a34"
_HEADS = {
    "box": "M-66 -28Q-66 0 -38 0L38 0Q66 0 66 -28L66 -76Q66 -104 38 -104L-38 -104Q-66 -104 -66 -76Z",
    "dome": "M-66 -14Q-66 0 -52 0L52 0Q66 0 66 -14L66 -46C66 -126 -66 -126 -66 -46Z",
    "round": "M0 2C-46 2 -72 -22 -72 -54C-72 -90 -42 -112 0 -112C42 -112 72 -90 72 -54C72 -22 46 2 0 2Z",
    "set": "M-74 -16Q-74 0 -60 0L60 0Q74 0 74 -16L74 -84Q74 -98 60 -98L-60 -98Q-74 -98 -74 -84Z",
    "pot": "M-50 0L50 0Q58 0 60 -10L74 -84Q76 -106 54 -106L-54 -106Q-76 -106 -74 -84L-60 -10Q-58 0 -50 0Z",
}
_TRUNKS = {
    "box": "M-58 -22Q-58 10 -30 10L32 10Q60 10 60 -22L60 -92Q60 -120 32 -120L-30 -120Q-58 -120 -58 -92Z",
    "barrel": "M-44 10L46 10C68 -20 70 -88 46 -120L-44 -120C-68 -88 -68 -20 -44 10Z",
    "egg": "M0 14C-50 14 -70 -16 -66 -48C-62 -88 -44 -120 0 -120C44 -120 64 -88 68 -48C72 -16 50 14 0 14Z",
    "boiler": "M-36 10L38 10Q48 10 50 0L66 -100Q68 -120 48 -120L-46 -120Q-66 -120 -64 -100L-48 0Q-46 10 -36 10Z",
}


def robot(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """A robot of ``tone`` metal, its shape drawn from ``rng``; an ``old`` one is rusty and mended."""
    head, trunk = rng.choice(sorted(_HEADS)), rng.choice(sorted(_TRUNKS))
    antenna = rng.choice(("bulb", "ears", "spring", "dish", "fin"))
    chest = rng.choice(("dial", "heart", "grille", "porthole"))
    light, accent = rng.choice(_LIGHTS), rng.choice(_ACCENTS)
    slim = rng.choice((0.94, 1.0, 1.08))
    dark, pale = darker(tone, 0.42), lighter(tone, 0.22)
    shine = f"robot{tone[1:]}"
    steel = gradient(
        shine,
        [
            (0, darker(tone, 0.34)),
            (0.3, tone),
            (0.62, lighter(tone, 0.26)),
            (1, darker(tone, 0.16)),
        ],
        vertical=False,
    )

    def arm(shoulder: Point, elbow: Point, hand: Point, far: bool) -> str:
        metal = darker(tone, 0.3) if far else tone
        drawn = _hose(shoulder, elbow, 21, darker(metal, 0.3), lighter(metal, 0.1))
        cuff = _between(elbow, hand, 0.86)
        # Its edge keeps it apart from the trunk it lies before.
        drawn += path(limb([elbow, cuff], [29, 37]), darker(metal, 0.4))
        drawn += path(limb([elbow, cuff], [24, 32]), lighter(metal, 0.06))
        drawn += line(_cross(elbow, cuff, 0.82, 15), darker(metal, 0.35), 4)
        drawn += line(_cross(elbow, cuff, 0.34, 12), lighter(metal, 0.3), 2.4, opacity=0.7)
        drawn += circle(*elbow, 13, darker(metal, 0.28)) + circle(*elbow, 5, lighter(metal, 0.2))
        angle = math.degrees(math.atan2(hand[1] - elbow[1], hand[0] - elbow[0]))
        fingers = (
            path(limb([(2, -9), (16, -15), (26, -8)], [11, 10, 8]), darker(metal, 0.14))
            + path(limb([(4, 0), (20, 0), (30, 2)], [11, 10, 8]), darker(metal, 0.14))
            + path(limb([(2, 9), (14, 15), (24, 10)], [11, 10, 8]), darker(metal, 0.22))
            + circle(0, 0, 15, darker(metal, 0.05))
            + circle(0, 0, 6, accent if not far else darker(accent, 0.3))
        )
        drawn += group(fingers, x=hand[0], y=hand[1], turn=angle)
        if not far:
            drawn += circle(*shoulder, 23, darker(metal, 0.2)) + circle(
                shoulder[0] + 1, shoulder[1] - 1, 19, lighter(metal, 0.08)
            )
            drawn += circle(*shoulder, 7, darker(metal, 0.4)) + circle(
                shoulder[0] - 6, shoulder[1] - 8, 4, lighter(metal, 0.5), opacity=0.8
            )
        return drawn

    def leg(hip: Point, knee: Point, foot: Point, far: bool) -> str:
        metal = darker(tone, 0.34) if far else darker(tone, 0.06)
        drawn = _hose(hip, knee, 25, darker(metal, 0.3), lighter(metal, 0.08))
        drawn += path(limb([knee, _between(knee, foot, 0.9)], [27, 34]), metal)
        drawn += circle(*knee, 14, darker(metal, 0.25)) + circle(*knee, 5, lighter(metal, 0.25))
        boot = (
            path("M-24 13C-28 -18 -8 -24 6 -22C30 -18 42 0 42 13Z", darker(metal, 0.12))
            + path("M-26 8L43 8Q46 15 40 15L-24 15Q-29 15 -26 8Z", darker(metal, 0.5))
            + line("M-12 -12Q4 -20 20 -10", lighter(metal, 0.35), 3, opacity=0.6)
        )
        turn = -math.degrees(math.atan2(foot[0] - knee[0], foot[1] - knee[1])) * 0.7
        return drawn + group(boot, x=foot[0], y=foot[1], turn=turn)

    def body(pose: Pose) -> str:
        shape = _TRUNKS[trunk]
        drawn = steel + rect(-17, -140, 34, 30, dark, round_=6)
        drawn += line("M-15 -134L15 -134M-15 -126L15 -126", lighter(tone, 0.1), 3, opacity=0.8)
        drawn += path(shape, f"url(#{shine})")
        drawn += line("M-50 -4Q4 8 54 -4", darker(tone, 0.45), 3, opacity=0.6)
        if old:
            drawn += _wear(tone)
        rivets = ((-44, -104), (-52, -58), (-48, -14), (50, -104), (58, -58), (50, -14))
        drawn += "".join(
            circle(x, y, 3.4, darker(tone, 0.4)) + circle(x - 0.8, y - 1, 1.5, pale)
            for x, y in rivets
        )
        if pose.back:
            drawn += rect(-30, -96, 60, 66, darker(tone, 0.2), round_=10)
            return drawn + line(
                "M-20 -82L20 -82M-20 -70L20 -70M-20 -58L20 -58M-20 -46L20 -46", dark, 4
            )
        drawn += line("M-30 -116Q-38 -56 -28 6", darker(tone, 0.4), 2.4, opacity=0.55)
        drawn += rect(-20, -98, 68, 62, darker(tone, 0.26), round_=12)
        drawn += rect(-17, -95, 62, 56, lighter(tone, 0.08), round_=10)
        drawn += _chest(chest, tone, accent, light)
        drawn += rect(-18, -28, 64, 16, accent, round_=7) + rect(
            -18, -28, 64, 5, lighter(accent, 0.3), round_=2, opacity=0.7
        )
        return drawn

    def face(feeling: str, back: bool) -> tuple[str, str]:
        top = -104.0 if head != "set" else -98.0
        drawn, shining = _antenna(antenna, top, tone, accent, light)
        drawn += steel + path(_HEADS[head], f"url(#{shine})")
        drawn += line(
            f"M-52 {num(top + 12)}Q-20 {num(top + 3)} 30 {num(top + 7)}", pale, 4, opacity=0.6
        )
        drawn += "".join(circle(x, -10, 3, dark) for x in (-46, 52))
        if old:
            drawn += ellipse(-40, -84, 15, 9, _RUST, opacity=0.55, turn=-30)
            drawn += ellipse(50, -96, 9, 5, _RUST, opacity=0.5, turn=20)
        if back:
            drawn += rect(-34, -76, 68, 44, darker(tone, 0.2), round_=10)
            return drawn + line("M-22 -64L22 -64M-22 -54L22 -54M-22 -44L22 -44", dark, 4), ""
        # The near side of the head, with its bolt.
        drawn += circle(-58, -50, 17, darker(tone, 0.34)) + circle(-58, -50, 12, accent)
        drawn += circle(-58, -50, 5, darker(accent, 0.4))
        drawn += (
            ellipse(15, -52, 53, 43, darker(tone, 0.3)) + ellipse(16, -52, 49, 39, "#16222e")
            if head in ("round", "dome")
            else rect(-38, -92, 104, 80, darker(tone, 0.3), round_=24)
            + rect(-34, -88, 96, 72, "#16222e", round_=21)
        )
        drawn += path("M-18 -76Q-6 -88 18 -87Q-8 -80 -20 -60Z", "#ffffff", opacity=0.16)
        eyes = screen_face(feeling, light, (-4, -59), (37, -59), (17, -31))
        return drawn + eyes, shining + f'<g opacity="0.34">{eyes}</g>'

    return Kit(
        thigh=46 / slim,
        shin=46 / slim,
        torso=122,
        upper=62,
        fore=60,
        across=70 * slim,
        head=104,
        brim=76,
        crown=150,
        leg=leg,
        arm=arm,
        trunk=body,
        face=face,
        sole=15,
        toe=27,
        drop=28,
    )


def _wear(tone: str) -> str:
    """Rust that crept up, and a plate somebody put over it."""
    plate = path("M-56 -48L-30 -52L-27 -24L-54 -20Z", mix(tone, "#d8b080", 0.5))
    pins = "".join(
        circle(x, y, 2, darker(tone, 0.5))
        for x, y in ((-51, -44), (-34, -47), (-31, -28), (-50, -25))
    )
    return (
        ellipse(-34, 2, 22, 8, _RUST, opacity=0.6)
        + ellipse(44, -6, 12, 14, _RUST, opacity=0.55)
        + ellipse(-46, -104, 12, 9, _RUST, opacity=0.5)
        + plate
        + pins
    )


def _chest(kind: str, tone: str, accent: str, light: str) -> str:
    if kind == "dial":
        return (
            circle(14, -67, 23, darker(tone, 0.4))
            + circle(14, -67, 19, "#f6ead0")
            + line("M14 -67L25 -77", "#b5322c", 4)
            + circle(14, -67, 4, "#2a1e18")
            + line("M0 -62L3 -63M4 -79L6 -76M14 -83L14 -80M28 -62L25 -63", "#4a3a2c", 2.4)
        )
    if kind == "heart":
        return circle(14, -67, 24, darker(tone, 0.45)) + path(
            "M14 -50C-6 -64 0 -84 14 -75C28 -84 34 -64 14 -50Z", lighter("#e0524a", 0.1)
        )
    if kind == "grille":
        return (
            "".join(rect(-8, y, 30, 5, darker(tone, 0.5), round_=2) for y in (-88, -78, -68, -58))
            + circle(34, -84, 5, accent)
            + circle(34, -69, 5, "#e0a02e")
            + circle(34, -54, 5, light)
        )
    cog = "".join(group(rect(-3, -17, 6, 8, "#d8a84a"), turn=45.0 * k) for k in range(8))
    return (
        circle(14, -67, 25, darker(tone, 0.4))
        + circle(14, -67, 21, "#22303c")
        + group(cog + circle(0, 0, 11, "#d8a84a") + circle(0, 0, 4, "#22303c"), x=14, y=-67)
        + path("M0 -80Q8 -88 20 -86Q6 -80 0 -70Z", "#ffffff", opacity=0.4)
    )


def _antenna(kind: str, top: float, tone: str, accent: str, light: str) -> tuple[str, str]:
    """Shapes, and what of them shines."""
    dark = darker(tone, 0.35)
    if kind == "bulb":
        tip = circle(-12, top - 40, 9, "#ffd890")
        return (
            rect(-18, top - 8, 22, 14, dark, round_=5)
            + line(f"M-7 {num(top)}L-12 {num(top - 34)}", dark, 5)
            + tip,
            tip,
        )
    if kind == "ears":
        tips = circle(-52, top - 26, 7, light) + circle(46, top - 24, 6, light)
        return (
            line(
                f"M-34 {num(top + 8)}L-51 {num(top - 22)}M32 {num(top + 8)}L45 {num(top - 20)}",
                dark,
                6,
            )
            + tips,
            tips,
        )
    if kind == "spring":
        coil = f"M-6 {num(top + 2)}l10 -6l-20 -6l20 -6l-18 -6l12 -6"
        return line(coil, dark, 4.4) + circle(-4, top - 36, 10, accent) + circle(
            -7, top - 39, 3, lighter(accent, 0.6)
        ), ""
    if kind == "dish":
        plate = path("M-26 -16C-26 8 14 18 26 -4Q0 -2 -26 -16Z", lighter(tone, 0.2)) + line(
            "M0 -4L10 -22", dark, 3.4
        )
        return (
            line(f"M-10 {num(top + 4)}L-14 {num(top - 18)}", dark, 6)
            + group(plate + circle(11, -24, 5, accent), x=-14, y=top - 22),
            "",
        )
    return path(
        f"M-44 {num(top + 12)}C-36 {num(top - 30)} 20 {num(top - 30)} 34 {num(top + 6)}Q-6 {num(top - 6)} -44 {num(top + 12)}Z",
        accent,
    ) + line(
        f"M-34 {num(top + 2)}C-24 {num(top - 20)} 12 {num(top - 20)} 24 {num(top)}",
        lighter(accent, 0.35),
        3,
        opacity=0.7,
    ), ""


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _cross(one: Point, other: Point, share: float, half: float) -> str:
    """A line across the way from ``one`` to ``other``."""
    x, y = _between(one, other, share)
    length = math.hypot(other[0] - one[0], other[1] - one[1]) or 1.0
    dx, dy = -(other[1] - one[1]) / length * half, (other[0] - one[0]) / length * half
    return f"M{num(x - dx)} {num(y - dy)}L{num(x + dx)} {num(y + dy)}"


def _hose(one: Point, other: Point, wide: float, tone: str, ring: str) -> str:
    """A ribbed hose between two joints."""
    drawn = path(limb([one, other], [wide, wide]), tone)
    rings = "".join(_cross(one, other, t, wide * 0.4) for t in (0.2, 0.38, 0.56, 0.74))
    return drawn + line(rings, ring, 4.2, opacity=0.85)
