"""Scarecrows and snowmen: hat, cloth and face vary by name."""

from __future__ import annotations

import math
import random

from content_platform.imagery.illustrator.poses import Pose
from content_platform.imagery.illustrator.puppets.faces import (
    brows,
    dotted_mouth,
    stitched_mouth,
    tears,
)
from content_platform.imagery.illustrator.puppets.kit import Kit
from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    ellipse,
    glow_gradient,
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

_STRAW = "#dcb85c"
_PATCHES = ("#c2603a", "#4f7f86", "#8a6aa0", "#6f8f4a", "#b84a4a")
_BANDS = ("#a8383a", "#34639c", "#3f7a52", "#71549c")
_SACK = "#e2c690"


def scarecrow(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """A stuffed figure on the move: burlap head, button eyes, straw at every seam."""
    coat = mix(tone, "#b0a898", 0.35) if old else tone  # bleached by the sun
    trousers = rng.choice(("#5a5f78", "#6b5038", "#4f6658"))
    patch, other = rng.sample(_PATCHES, 2)
    band, felt = rng.choice(_BANDS), rng.choice(("#9a6c38", "#7a5a3c", "#c79a4c", "#5f5348"))
    crown = rng.choice(("tall", "round", "crooked"))
    button = rng.choice(("#3a2a3c", "#2f4a5a", "#5a3222"))
    cloth = f"straw{coat[1:]}"

    def arm(shoulder: Point, elbow: Point, hand: Point, far: bool) -> str:
        sleeve = darker(coat, 0.28 if far else 0.04)
        angle = math.degrees(math.atan2(hand[1] - elbow[1], hand[0] - elbow[0]))
        glove = "".join(
            line(f"M-6 {num(dy * 0.4)}L{num(22 - abs(dy) * 0.4)} {num(dy)}", tint, 4)
            for dy, tint in (
                (-15, darker(_STRAW, 0.2)),
                (14, darker(_STRAW, 0.1)),
                (-8, _STRAW),
                (8, lighter(_STRAW, 0.2)),
                (0, _STRAW),
            )
        )
        stick = line("M-30 0L12 0", "#6a4a30", 9)
        drawn = group(stick + glove, x=hand[0], y=hand[1], turn=angle)
        drawn += path(limb([shoulder, elbow, hand], [44, 38, 36], bend=0.8), sleeve)
        cuff = _across(elbow, hand, 0.97, 19)
        drawn += line(cuff, darker(sleeve, 0.3), 5) + line(
            _across(elbow, hand, 0.5, 13), darker(sleeve, 0.22), 2.6, opacity=0.6
        )
        if not far:
            x, y = elbow
            drawn += group(_patch(other, 22, 20), x=x - 2, y=y, turn=angle)
        return drawn

    def leg(hip: Point, knee: Point, foot: Point, far: bool) -> str:
        cloth_ = darker(trousers, 0.3 if far else 0.0)
        ankle = (knee[0] + (foot[0] - knee[0]) * 0.86, knee[1] + (foot[1] - knee[1]) * 0.86)
        turn = -math.degrees(math.atan2(foot[0] - knee[0], foot[1] - knee[1]))
        tuft = "".join(
            line(f"M{num(dx * 0.6)} -14L{num(dx * 1.2)} 8", tint, 4)
            for dx, tint in (
                (-12, darker(_STRAW, 0.2)),
                (-5, _STRAW),
                (3, lighter(_STRAW, 0.2)),
                (10, darker(_STRAW, 0.1)),
            )
        )
        boot = path(
            "M-20 13C-24 -10 -14 -18 2 -16C14 -12 36 -6 40 13Z",
            darker("#5a4030", 0.3 if far else 0.05),
        ) + path("M-20 9L41 9L40 15L-20 15Z", "#2f2420")
        drawn = group(boot, x=foot[0], y=foot[1], turn=turn * 0.7) + group(
            tuft, x=ankle[0], y=ankle[1], turn=turn
        )
        drawn += path(limb([hip, knee, ankle], [46, 42, 40], bend=0.6), cloth_)
        if not far:
            drawn += group(_patch(patch, 24, 24), x=knee[0] + 2, y=knee[1] + 2, turn=turn - 8)
        return drawn

    def body(pose: Pose) -> str:
        drawn = gradient(
            cloth,
            [
                (0, darker(coat, 0.32)),
                (0.4, coat),
                (0.75, lighter(coat, 0.12)),
                (1, darker(coat, 0.1)),
            ],
            vertical=False,
        )
        drawn += "".join(
            line(f"M{x} -112L{x + d} -138", tint, 4.4)
            for x, d, tint in (
                (-22, -20, darker(_STRAW, 0.2)),
                (-10, -8, _STRAW),
                (4, 2, _STRAW),
                (14, 12, lighter(_STRAW, 0.2)),
                (24, 22, _STRAW),
            )
        )
        drawn += path(
            "M-50 -104C-40 -124 36 -126 52 -104C60 -60 56 -20 66 34L44 24L28 38L8 26L-12 38L-32 26L-58 36C-52 -20 -60 -60 -50 -104Z",
            f"url(#{cloth})",
        )
        drawn += line(
            "M-36 -88Q-40 -40 -38 14M40 -90Q42 -30 46 12M-6 24Q0 4 -2 -14",
            darker(coat, 0.42),
            3,
            opacity=0.5,
        )
        # A rope for a belt, its knot and ends hanging.
        drawn += line("M-55 -16Q0 4 57 -18", "#c9a568", 8) + line(
            "M-50 -14Q0 5 52 -16", darker("#c9a568", 0.35), 2, opacity=0.7
        )
        if pose.back:
            return drawn + group(_patch(other, 30, 28), x=-12, y=-64, turn=8)
        drawn += circle(22, -6, 7, "#b8924f") + line("M20 -2l-6 24M25 -2l7 20", "#c9a568", 5)
        drawn += line("M14 -112Q18 -60 12 -14", darker(coat, 0.45), 3, opacity=0.7)
        drawn += circle(17, -82, 5, button) + circle(17, -52, 5, button)
        drawn += group(_patch(patch, 32, 28), x=-22, y=-52, turn=-9)
        drawn += path(
            "M-40 -112C-24 -126 30 -128 46 -110C40 -94 20 -92 8 -100C-8 -92 -30 -94 -40 -112Z",
            other,
        )
        drawn += path("M10 -102L34 -74L16 -78L6 -66L0 -98Z", darker(other, 0.16))
        return drawn

    def face(feeling: str, back: bool) -> tuple[str, str]:
        drawn = "".join(
            line(f"M{x} {y}L{x + dx} {y + dy}", tint, 5)
            for x, y, dx, dy, tint in (
                (-38, -70, -26, 22, darker(_STRAW, 0.15)),
                (-42, -60, -20, 34, _STRAW),
                (-34, -52, -12, 36, darker(_STRAW, 0.2)),
                (44, -72, 16, 22, darker(_STRAW, 0.1)),
                (46, -64, 8, 28, _STRAW),
            )
        )
        drawn += gradient(
            "sack",
            [(0, darker(_SACK, 0.26)), (0.45, _SACK), (1, lighter(_SACK, 0.15))],
            vertical=False,
        )
        drawn += path(
            "M-16 6C-40 -2 -54 -24 -52 -54C-50 -86 -30 -104 2 -104C34 -104 52 -84 52 -54C52 -24 38 -2 20 6Z",
            "url(#sack)",
        )
        drawn += line("M-18 2Q2 10 22 2", "#b8924f", 7)
        drawn += line(
            "M-40 -66Q-36 -20 -20 -2M-44 -40Q-30 -36 -28 -14", darker(_SACK, 0.3), 2, opacity=0.5
        )
        if not back:
            near, far, mouth = (0.0, -54.0), (34.0, -54.0), (18.0, -23.0)
            ink = "#3a2622"
            drawn += ellipse(-8, -32, 12, 8, "#d8714a", opacity=0.42) + ellipse(
                43, -32, 7, 7, "#d8714a", opacity=0.42
            )
            drawn += path("M17 -46L30 -34L14 -33Z", patch) + line(
                "M17 -46L30 -34L14 -33Z", darker(patch, 0.4), 1.6
            )
            drawn += _button_eyes(feeling, near, far, button, ink)
            drawn += brows(feeling, near, far, darker("#8a5f2c", 0.25), 1.15, lift=17, wide=4.2)
            drawn += stitched_mouth(feeling, mouth, 0.92, ink)
            if feeling == "weeping":
                drawn += tears(near, far, 1.1)
        return drawn + _crumpled_hat(crown, felt, band, patch), ""

    return Kit(
        thigh=62,
        shin=58,
        torso=124,
        upper=76,
        fore=66,
        across=52,
        head=104,
        brim=90,
        crown=176 if crown == "tall" else 156,
        leg=leg,
        arm=arm,
        trunk=body,
        face=face,
        sole=15,
        toe=27,
    )


def _button_eyes(feeling: str, near: Point, far: Point, button: str, ink: str) -> str:
    drawn = ""
    for (x, y), r in ((near, 9.4), (far, 8.2)):
        if feeling in ("asleep", "weeping", "laughing", "tender"):
            bow = 9 if feeling in ("asleep", "weeping") else -11
            drawn += line(f"M{num(x - r)} {num(y)}q{num(r)} {bow} {num(2 * r)} 0", ink, 4)
            drawn += line(
                f"M{num(x - r * 0.5)} {num(y + bow * 0.2)}l-2 6M{num(x + r * 0.5)} {num(y + bow * 0.2)}l2 6",
                ink,
                2.4,
            )
            continue
        big = r * (1.25 if feeling in ("awed", "afraid") else 1.0)
        drawn += circle(x, y, big, darker(button, 0.35)) + circle(
            x - 0.6, y - 0.8, big * 0.86, lighter(button, 0.12)
        )
        drawn += "".join(
            circle(x + dx, y + dy, 1.3, darker(button, 0.6))
            for dx in (-2.4, 2.4)
            for dy in (-2.4, 2.4)
        )
        drawn += circle(x + big * 0.4, y - big * 0.46, big * 0.3, "#ffffff")
    return drawn


def _crumpled_hat(crown: str, felt: str, band: str, patch: str) -> str:
    tops = {
        "tall": "M-42 -82C-44 -130 -34 -168 -10 -176C4 -170 10 -176 26 -166C40 -150 42 -120 44 -84Z",
        "round": "M-44 -82C-50 -136 -20 -158 4 -156C34 -156 52 -130 46 -84Z",
        "crooked": "M-44 -82C-46 -120 -40 -136 -58 -168C-40 -178 -8 -164 8 -148C30 -140 44 -116 46 -84Z",
    }
    drawn = path(tops[crown], felt)
    drawn += line(
        "M-28 -128Q-10 -120 0 -132M18 -146Q22 -126 14 -110", darker(felt, 0.35), 3, opacity=0.6
    )
    drawn += path("M-45 -102C-16 -92 20 -92 46 -104L47 -82C18 -74 -16 -74 -45 -80Z", band)
    drawn += path(
        "M-88 -68C-74 -86 -40 -92 0 -90C44 -92 78 -88 94 -72C80 -66 70 -76 58 -70C40 -64 -20 -62 -44 -68C-62 -72 -72 -58 -88 -68Z",
        darker(felt, 0.12),
    )
    drawn += line("M-72 -74Q0 -88 80 -77", lighter(felt, 0.3), 2.6, opacity=0.6)
    return drawn + group(_patch(patch, 22, 20), x=18, y=-122, turn=12)


def _patch(tone: str, wide: float, high: float) -> str:
    x, y = -wide / 2, -high / 2
    seam = (
        f'<rect x="{num(x + 2.5)}" y="{num(y + 2.5)}" width="{num(wide - 5)}" height="{num(high - 5)}" '
        f'fill="none" stroke="{lighter(tone, 0.5)}" stroke-width="1.8" stroke-dasharray="4 3.4"/>'
    )
    return rect(x, y, wide, high, tone, round_=3) + seam


def _across(one: Point, other: Point, share: float, half: float) -> str:
    x, y = one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share
    length = math.hypot(other[0] - one[0], other[1] - one[1]) or 1.0
    dx, dy = -(other[1] - one[1]) / length * half, (other[0] - one[0]) / length * half
    return f"M{num(x - dx)} {num(y - dy)}L{num(x + dx)} {num(y + dy)}"


def snowman(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """Three balls of snow that hop, twigs that point, a carrot that shows where it looks."""
    snow = mix("#f2f6fb", tone, 0.12) if tone else "#f2f6fb"
    wool = rng.choice(("#c2332c", "#2f7a86", "#4f7f46", "#8a4a8c", "#d98a2e"))
    hat = rng.choice(("top", "bucket", "beanie"))
    shade = "#b4c6e2"
    twig = "#5f432f" if not old else "#84786c"

    def arm(shoulder: Point, elbow: Point, hand: Point, far: bool) -> str:
        bark = darker(twig, 0.3) if far else twig
        angle = math.degrees(math.atan2(hand[1] - elbow[1], hand[0] - elbow[0]))
        start = (shoulder[0] * 0.8 + elbow[0] * 0.2, shoulder[1] * 0.8 + elbow[1] * 0.2)
        drawn = path(limb([start, elbow, hand], [11, 9, 7], bend=0.25), bark)
        fingers = line("M-4 0L20 -3M-2 0L14 -15M-2 0L15 11M-26 1L-16 14", bark, 5.4)
        drawn += group(fingers, x=hand[0], y=hand[1], turn=angle)
        drawn += line(
            f"M{num(start[0])} {num(start[1] - 2)}L{num(elbow[0])} {num(elbow[1] - 2)}",
            lighter(bark, 0.3),
            2,
        )
        return drawn

    def ball(x: float, y: float, r: float) -> str:
        return (
            circle(x, y, r, snow)
            + path(
                f"M{num(x - r * 0.96)} {num(y + r * 0.2)}C{num(x - r * 0.7)} {num(y + r * 1.28)} {num(x + r * 0.8)} {num(y + r * 1.22)} {num(x + r * 0.97)} {num(y + r * 0.16)}"
                f"C{num(x + r * 0.6)} {num(y + r * 0.8)} {num(x - r * 0.5)} {num(y + r * 0.86)} {num(x - r * 0.96)} {num(y + r * 0.2)}Z",
                shade,
                opacity=0.55,
            )
            + ellipse(x - r * 0.3, y - r * 0.5, r * 0.34, r * 0.2, "#ffffff", turn=-28)
        )

    def body(pose: Pose) -> str:
        drawn = ball(0, 0, 86) + ball(0, -106, 64)
        if not pose.back:
            drawn += "".join(
                circle(x, y, 6, "#2a2630") + circle(x - 1.6, y - 2, 1.8, "#8a8894")
                for x, y in ((24, -124), (28, -98), (24, -72), (34, -20))
            )
        return drawn

    def face(feeling: str, back: bool) -> tuple[str, str]:
        drawn = ball(2, -46, 53)
        if not back:
            near, far, mouth = (-4.0, -58.0), (32.0, -58.0), (17.0, -22.0)
            ink = "#25222c"
            drawn += ellipse(-16, -34, 11, 8, "#e88a8a", opacity=0.4) + ellipse(
                44, -34, 6, 7, "#e88a8a", opacity=0.4
            )
            for (x, y), r in ((near, 6.6), (far, 5.8)):
                if feeling in ("asleep", "weeping", "laughing", "tender"):
                    bow = 9 if feeling in ("asleep", "weeping") else -11
                    drawn += line(f"M{num(x - 8)} {num(y)}q8 {bow} 16 0", ink, 4.4)
                else:
                    big = r * (1.3 if feeling in ("awed", "afraid") else 1.0)
                    drawn += circle(x, y, big, ink) + circle(
                        x + big * 0.3, y - big * 0.4, big * 0.32, "#fff"
                    )
            drawn += brows(feeling, near, far, twig, 1.1, lift=16, wide=4.4)
            drawn += dotted_mouth(feeling, mouth, 0.9, ink)
            drawn += path(
                "M14 -50C30 -52 62 -46 84 -36C60 -34 32 -34 14 -37C8 -41 8 -48 14 -50Z", "#e8832e"
            )
            drawn += line("M30 -49l3 6M46 -47l2 6M36 -37l2 -5", darker("#e8832e", 0.25), 2.4)
            if feeling == "weeping":
                drawn += tears(near, far, 1.1)
        # A scarf hides where head and trunk meet.
        drawn += path(
            "M-44 -14C-20 4 26 6 48 -12C56 -2 54 12 44 18C20 30 -24 28 -46 14C-52 6 -52 -6 -44 -14Z",
            wool,
        )
        drawn += line("M-42 2Q0 20 46 2", lighter(wool, 0.35), 4, opacity=0.8)
        end = path("M-34 14C-44 36 -46 56 -42 78L-14 76C-16 54 -12 36 -6 22Z", darker(wool, 0.14))
        fringe = line("M-40 80l-1 10M-32 79l0 10M-23 78l1 10M-16 77l2 9", darker(wool, 0.1), 4)
        drawn += fringe + end + line("M-44 58L-15 56M-43 68L-14 66", lighter(wool, 0.4), 4)
        return drawn + _snow_hat(hat, wool), ""

    return Kit(
        thigh=0,
        shin=0,
        torso=152,
        upper=70,
        fore=62,
        across=62,
        head=96,
        brim=66,
        crown=158 if hat == "top" else 126,
        leg=None,
        arm=arm,
        trunk=body,
        face=face,
        stand=80,
        drop=40,
    )


def _snow_hat(kind: str, wool: str) -> str:
    if kind == "top":
        felt = "#33313c"
        return (
            path("M-36 -84L-42 -156Q0 -168 42 -156L38 -84Q0 -74 -36 -84Z", felt)
            + path("M-38 -104Q0 -92 40 -104L38 -84Q0 -74 -36 -84Z", wool)
            + ellipse(1, -83, 64, 12, darker(felt, 0.2))
            + ellipse(-2, -87, 46, 6, lighter(felt, 0.16))
            + path("M-40 -150Q-20 -168 10 -163Q34 -162 41 -152Q0 -162 -40 -150Z", "#f4f8fc")
        )
    if kind == "bucket":
        tin = "#8a98a4"
        return group(
            glow_gradient("pail", [(0, lighter(tin, 0.3)), (1, darker(tin, 0.2))])
            + line("M-44 -84Q-58 -50 -30 -36", darker(tin, 0.4), 3.4)
            + path("M-50 -80L-34 -136Q0 -144 36 -136L52 -80Q0 -68 -50 -80Z", "url(#pail)")
            + line("M-50 -81Q0 -69 52 -81", lighter(tin, 0.4), 5)
            + line("M-45 -100Q0 -90 47 -100", darker(tin, 0.35), 3),
            turn=-7,
        )
    return (
        path("M-50 -68C-52 -124 54 -124 52 -68Q0 -84 -50 -68Z", wool)
        + line(
            "M-20 -108Q-26 -92 -24 -78M2 -112L2 -80M24 -108Q30 -92 28 -78", darker(wool, 0.25), 3
        )
        + path("M-54 -60Q0 -82 56 -60L55 -80Q0 -100 -53 -80Z", lighter(wool, 0.5))
        + circle(0, -116, 15, lighter(wool, 0.5))
    )
