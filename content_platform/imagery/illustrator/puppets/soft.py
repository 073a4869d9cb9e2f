"""Ghosts, shaggy monsters, aliens, stone giants, toy bears and rag dolls."""

from __future__ import annotations

import math
import random

from content_platform.imagery.illustrator.poses import Pose
from content_platform.imagery.illustrator.puppets.faces import painted_face
from content_platform.imagery.illustrator.puppets.kit import Kit, Limb
from content_platform.imagery.illustrator.shapes import (
    Point,
    circle,
    darker,
    ellipse,
    glow_gradient,
    gradient,
    lighter,
    limb,
    line,
    mix,
    num,
    path,
    polygon,
    spline,
)

_GREY = "#cfcac4"
"""What age mixes into hair and hide."""


def _paw_arm(tone: str, paw: str, widths: tuple[float, float, float], palm: float) -> Limb:
    def arm(shoulder: Point, elbow: Point, hand: Point, far: bool) -> str:
        shade = 0.24 if far else 0.0
        drawn = path(
            limb([shoulder, elbow, hand], list(widths), bend=0.9), darker(tone, shade + 0.04)
        )
        return drawn + circle(*hand, palm, darker(paw, shade))

    return arm


def _paw_leg(tone: str, paw: str, widths: tuple[float, float, float], foot: float) -> Limb:
    def leg(hip: Point, knee: Point, end: Point, far: bool) -> str:
        shade = 0.28 if far else 0.06
        return path(limb([hip, knee, end], list(widths), bend=0.8), darker(tone, shade)) + ellipse(
            end[0] + foot * 0.3, end[1] + 15 - foot * 0.5, foot, foot * 0.52, darker(paw, shade)
        )

    return leg


def ghost(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """A sheet of light with a face; it floats, and leans into where it goes."""
    colour = tone or rng.choice(("#cfe6ee", "#d8dcf4", "#d4eee0", "#f0e2ee"))
    name = f"ghost{colour[1:]}"
    wisp = rng.choice((-1, 1)) * (2 if old else 1)

    def arm(shoulder: Point, elbow: Point, hand: Point, far: bool) -> str:
        return path(
            limb([shoulder, elbow, hand], [46, 40, 20], bend=1.0),
            darker(colour, 0.16 if far else 0.05),
        )

    def body(_pose: Pose) -> str:
        return gradient(
            name, [(0, lighter(colour, 0.35)), (0.5, colour), (1, darker(colour, 0.1), 0.35)]
        ) + path(
            f"M-62 -150C-74 -80 -78 -20 -{84 - 6 * wisp} 62C-66 44 -56 74 -40 66C-28 50 -16 84 0 74C14 58 26 82 40 66C54 52 62 70 {80 + 6 * wisp} 52C72 -10 66 -80 62 -150C40 -196 -44 -196 -62 -150Z",
            f"url(#{name})",
        )

    def face(feeling: str, back: bool) -> tuple[str, str]:
        drawn = gradient(f"{name}head", [(0, lighter(colour, 0.5)), (1, lighter(colour, 0.1))])
        drawn += path(
            "M-62 26C-66 -10 -64 -50 -50 -78C-34 -108 -6 -118 8 -114C44 -108 62 -76 62 -34C62 -10 64 6 62 26Z",
            f"url(#{name}head)",
        )
        drawn += path(
            f"M-6 -110C-{8 + 8 * wisp} -128 -2 -140 {14 * wisp} -142C6 -130 10 -122 22 -108Z",
            lighter(colour, 0.45),
        )
        if back:
            return drawn, ""
        drawn += ellipse(-12, -34, 12, 8, "#e8a0b4", opacity=0.45) + ellipse(
            48, -34, 8, 8, "#e8a0b4", opacity=0.45
        )
        return drawn + painted_face(
            feeling,
            (4, -56),
            (40, -56),
            (24, -28),
            size=1.5,
            ink="#2a3a50",
            lip="#46506e",
            brow="#7488a4",
        ), ""

    return Kit(
        thigh=0,
        shin=0,
        torso=150,
        upper=58,
        fore=54,
        across=58,
        head=108,
        brim=66,
        crown=136,
        leg=None,
        arm=arm,
        trunk=body,
        face=face,
        stand=96,
        drop=46,
        aura=lighter(colour, 0.1),
    )


def monster(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """Trolls, goblins, imps and what lives under beds: shaggy, horned and kind."""
    fur = tone or rng.choice(("#6a8a5c", "#5f7a9a", "#8a6a9a", "#9a6f52", "#4f8a86"))
    fur = mix(fur, _GREY, 0.4) if old else fur
    belly, paw = mix(fur, "#f0e4c4", 0.45), darker(fur, 0.22)
    horn = rng.choice(("curled", "small", "ears"))
    fangs = rng.random() < 0.6

    def body(pose: Pose) -> str:
        name = f"fur{fur[1:]}"
        drawn = gradient(name, [(0, fur), (0.6, fur), (1, darker(fur, 0.3))])
        drawn += path(_shaggy(0, -58, 80, 78), f"url(#{name})")
        if not pose.back:
            drawn += ellipse(14, -48, 46, 52, belly)
            drawn += line(
                "M-2 -30q6 6 12 0M18 -22q6 6 12 0M22 -46q6 6 12 0",
                darker(belly, 0.2),
                3,
                opacity=0.7,
            )
        return drawn

    def face(feeling: str, back: bool) -> tuple[str, str]:
        bone = "#ecdcb8"
        drawn = ""
        if horn == "curled":
            for x, s in ((-42, -1), (40, 1)):
                drawn += path(
                    limb([(x, -84), (x + 22 * s, -112), (x + 12 * s, -138)], [24, 18, 5]), bone
                )
        elif horn == "small":
            for x, s in ((-26, -1), (26, 1)):
                drawn += path(polygon([(x - 12, -94), (x + 6 * s, -134), (x + 12, -94)]), bone)
        else:
            for x, s in ((-54, -1), (54, 1)):
                drawn += path(
                    limb([(x, -50), (x + 34 * s, -70), (x + 54 * s, -82)], [34, 30, 5]),
                    darker(fur, 0.1),
                )
                drawn += path(
                    limb([(x + 4 * s, -52), (x + 36 * s, -70)], [16, 10]), mix(fur, "#e8a8a0", 0.5)
                )
        drawn += path(_shaggy(0, -52, 70, 60), fur)
        if not back:
            drawn += ellipse(22, -30, 42, 28, belly)
            drawn += ellipse(24, -44, 13, 9, darker(fur, 0.5))
            drawn += painted_face(
                feeling,
                (-6, -66),
                (40, -66),
                (22, -22),
                size=1.45,
                white=True,
                brow=darker(fur, 0.45),
            )
            if fangs and feeling not in ("awed", "afraid", "speaking", "laughing"):
                drawn += path("M8 -20L14 -30L18 -20ZM28 -20L32 -30L37 -20Z", "#fff8e6")
        drawn += line(
            "M-14 -110Q-18 -122 -10 -130M0 -112Q2 -126 12 -128M14 -108Q22 -118 30 -116",
            darker(fur, 0.1),
            8,
        )
        return drawn, ""

    return Kit(
        thigh=44,
        shin=42,
        torso=112,
        upper=66,
        fore=62,
        across=66,
        head=104,
        brim=76,
        crown=138,
        leg=_paw_leg(fur, paw, (58, 50, 44), 34),
        arm=_paw_arm(fur, paw, (46, 40, 38), 22),
        trunk=body,
        face=face,
        sole=16,
        drop=30,
    )


def _shaggy(x: float, y: float, rx: float, ry: float) -> str:
    """A round shape with locks all around."""
    points = []
    for k in range(44):
        turn = 2 * math.pi * k / 44
        out = 1.07 if k % 2 else 0.97
        points.append((x + math.cos(turn) * rx * out, y + math.sin(turn) * ry * out))
    return spline(points, tension=0.6)


def alien(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """A slight visitor with a great head and two feelers."""
    skin = tone or rng.choice(("#8fc48a", "#7fb8c8", "#b49ad0"))
    skin = mix(skin, _GREY, 0.3) if old else skin
    suit = rng.choice(("#5a6a8c", "#7a5a86", "#8a7a4a"))

    def body(pose: Pose) -> str:
        return (
            path("M-30 -112C-46 -70 -46 -20 -40 12L42 12C48 -20 48 -70 32 -112Z", suit)
            + line("M-38 -14Q0 2 42 -14", lighter(suit, 0.4), 7)
            + (
                ""
                if pose.back
                else circle(16, -66, 13, "#f0d27a") + circle(16, -66, 6, darker("#f0d27a", 0.3))
            )
            + line("M-26 -110Q-32 -60 -30 8", darker(suit, 0.3), 3, opacity=0.6)
        )

    def face(feeling: str, back: bool) -> tuple[str, str]:
        tips = circle(-34, -140, 9, lighter(skin, 0.4)) + circle(38, -142, 8, lighter(skin, 0.4))
        drawn = (
            line("M-18 -98Q-24 -124 -34 -138M20 -100Q26 -124 37 -140", darker(skin, 0.15), 7) + tips
        )
        drawn += glow_gradient(
            f"alien{skin[1:]}", [(0, lighter(skin, 0.25)), (0.8, skin), (1, darker(skin, 0.15))]
        )
        drawn += path(
            "M0 4C-30 4 -70 -28 -72 -62C-74 -96 -40 -112 0 -112C42 -112 76 -96 74 -62C72 -28 32 4 0 4Z",
            f"url(#alien{skin[1:]})",
        )
        if not back:
            drawn += ellipse(-16, -30, 11, 7, "#e8908a", opacity=0.35) + ellipse(
                48, -30, 8, 7, "#e8908a", opacity=0.35
            )
            drawn += painted_face(
                feeling,
                (-6, -58),
                (42, -58),
                (20, -20),
                size=2.0,
                ink="#1c2434",
                brow=darker(skin, 0.4),
            )
        return drawn, f'<g opacity="0.7">{tips}</g>'

    return Kit(
        thigh=50,
        shin=48,
        torso=112,
        upper=66,
        fore=58,
        across=42,
        head=108,
        brim=78,
        crown=150,
        leg=_paw_leg(suit, darker(suit, 0.45), (34, 30, 26), 24),
        arm=_paw_arm(suit, skin, (28, 25, 22), 15),
        trunk=body,
        face=face,
        sole=14,
    )


def golem(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """Of stones and moss, with light in its eyes."""
    stone = tone or rng.choice(("#8b8a86", "#938474", "#7d8a90"))
    moss = "#6f8f4a" if not old else "#9aa06a"

    def blocks(joints: tuple[Point, Point, Point], wide: float, far: bool) -> str:
        tone_ = darker(stone, 0.28 if far else 0.04)
        one, two_, three = joints
        return (
            path(limb([one, two_], [wide * 0.9, wide * 0.8]), darker(tone_, 0.12))
            + path(limb([two_, three], [wide, wide * 1.1]), tone_)
            + line(
                f"M{num(two_[0] - wide * 0.3)} {num(two_[1] + 6)}l{num(wide * 0.5)} 8",
                darker(tone_, 0.4),
                3,
                opacity=0.6,
            )
        )

    def arm(shoulder: Point, elbow: Point, hand: Point, far: bool) -> str:
        return blocks((shoulder, elbow, hand), 44, far) + circle(
            *hand, 27, darker(stone, 0.24 if far else 0.0)
        )

    def leg(hip: Point, knee: Point, foot: Point, far: bool) -> str:
        return blocks((hip, knee, foot), 46, far) + path(
            f"M{num(foot[0] - 30)} {num(foot[1] + 15)}l6 -28l40 -4l22 20l2 12Z",
            darker(stone, 0.35 if far else 0.15),
        )

    def body(pose: Pose) -> str:
        return (
            gradient(
                f"golem{stone[1:]}",
                [(0, lighter(stone, 0.14)), (0.5, stone), (1, darker(stone, 0.3))],
            )
            + path(
                "M-76 -112L-50 -128L40 -130L78 -108L70 -40L50 12L-48 12L-72 -44Z",
                f"url(#golem{stone[1:]})",
            )
            + line(
                "M-30 -124L-20 -84L-44 -50M40 -20L20 -40L30 -66L56 -74",
                darker(stone, 0.4),
                4,
                opacity=0.6,
            )
            + path(
                "M-78 -108C-60 -134 -30 -132 -10 -128C-20 -112 -34 -118 -40 -102C-54 -110 -60 -96 -78 -108Z",
                moss,
            )
            + ("" if pose.back else path("M40 -10C54 -16 62 -4 54 8L34 10Z", darker(moss, 0.1)))
        )

    def face(feeling: str, back: bool) -> tuple[str, str]:
        drawn = path(
            "M-58 -10L-66 -64L-44 -100L24 -106L60 -78L62 -20L44 2L-40 4Z", lighter(stone, 0.08)
        )
        drawn += path("M-58 -10L-66 -64L-44 -100L-30 -60L-36 2Z", darker(stone, 0.16))
        drawn += path(
            "M-50 -92C-30 -118 20 -116 40 -96C26 -88 16 -98 2 -90C-14 -82 -28 -98 -50 -92Z", moss
        )
        drawn += line("M-8 -112q-4 -14 4 -22M-4 -122q10 -8 16 -4", darker(moss, 0.1), 5)
        if back:
            return drawn, ""
        light = "#ffd88a"
        eyes = painted_face(
            feeling,
            (-4, -52),
            (38, -52),
            (18, -20),
            size=1.6,
            ink=light,
            lip=darker(stone, 0.55),
            brow=darker(stone, 0.5),
        )
        return drawn + ellipse(-4, -52, 15, 16, darker(stone, 0.5)) + ellipse(
            38, -52, 13, 15, darker(stone, 0.5)
        ) + eyes, ""

    return Kit(
        thigh=44,
        shin=42,
        torso=120,
        upper=72,
        fore=66,
        across=82,
        head=104,
        brim=72,
        crown=132,
        leg=leg,
        arm=arm,
        trunk=body,
        face=face,
        sole=16,
        drop=26,
    )


def toy_bear(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """A plush bear with a bow, seams and a patch."""
    fur = tone or rng.choice(("#b8864e", "#9a6a44", "#c9a878", "#8f8276"))
    fur = mix(fur, _GREY, 0.4) if old else fur
    pale = lighter(fur, 0.42)
    bow = rng.choice(("#c2332c", "#34639c", "#3f7a52", "#b0548a"))

    def body(pose: Pose) -> str:
        drawn = gradient(
            f"bear{fur[1:]}", [(0, lighter(fur, 0.1)), (0.6, fur), (1, darker(fur, 0.22))]
        )
        drawn += ellipse(0, -46, 68, 66, f"url(#bear{fur[1:]})")
        if pose.back:
            return drawn + line("M0 -108L0 14", darker(fur, 0.3), 3) + circle(0, -4, 17, pale)
        return (
            drawn
            + ellipse(18, -42, 40, 44, pale)
            + line("M22 -84Q28 -44 22 -2", darker(pale, 0.25), 2.6, opacity=0.8)
        )

    def face(feeling: str, back: bool) -> tuple[str, str]:
        drawn = ""
        for x, r in ((-48, 25), (46, 22)):
            drawn += circle(x, -94, r, darker(fur, 0.06)) + (
                "" if back else circle(x + 2, -92, r * 0.58, mix(pale, "#e0a090", 0.3))
            )
        drawn += ellipse(0, -54, 68, 60, fur)
        if not back:
            drawn += ellipse(22, -34, 32, 25, pale) + ellipse(26, -48, 12, 9, "#33211d")
            drawn += ellipse(23, -51, 4, 2.4, "#ffffff", opacity=0.6) + line(
                "M26 -39L25 -30", "#33211d", 3
            )
            drawn += painted_face(
                feeling,
                (-6, -64),
                (44, -64),
                (23, -26),
                size=1.3,
                lip="#4a2a22",
                brow=darker(fur, 0.4),
            )
            drawn += path("M18 8L-14 -6Q-20 8 -12 22ZM18 8L48 -4Q54 10 46 22Z", bow) + circle(
                18, 8, 9, darker(bow, 0.15)
            )
        return drawn, ""

    return Kit(
        thigh=40,
        shin=36,
        torso=108,
        upper=56,
        fore=50,
        across=54,
        head=108,
        brim=72,
        crown=120,
        leg=_paw_leg(fur, pale, (52, 48, 44), 32),
        arm=_paw_arm(fur, pale, (44, 40, 36), 20),
        trunk=body,
        face=face,
        sole=16,
        drop=28,
    )


def doll(tone: str, rng: random.Random, *, old: bool) -> Kit:
    """A rag doll: woollen hair, button-bright eyes, a dotted dress."""
    dress = tone or rng.choice(("#c76b7e", "#5a7fae", "#d9a441", "#6d9a4a"))
    wool, cloth = rng.choice(("#8a3b22", "#c9912f", "#3a2a28")), "#f1d5b4"
    wool = mix(wool, _GREY, 0.6) if old else wool

    def arm(shoulder: Point, elbow: Point, hand: Point, far: bool) -> str:
        sleeve = darker(dress, 0.24 if far else 0.0)
        middle = (shoulder[0] * 0.4 + elbow[0] * 0.6, shoulder[1] * 0.4 + elbow[1] * 0.6)
        return (
            path(limb([shoulder, elbow, hand], [28, 26, 24]), darker(cloth, 0.16 if far else 0.0))
            + circle(*hand, 15, darker(cloth, 0.16 if far else 0.0))
            + path(limb([shoulder, middle], [40, 46]), sleeve)
        )

    def leg(hip: Point, knee: Point, foot: Point, far: bool) -> str:
        stripe = line(
            f"M{num(knee[0] - 12)} {num(knee[1])}l24 0M{num((knee[0] + foot[0]) / 2 - 11)} {num((knee[1] + foot[1]) / 2)}l22 0",
            dress,
            7,
        )
        return (
            path(limb([hip, knee, foot], [32, 28, 26]), darker("#f4ead8", 0.2 if far else 0.0))
            + stripe
            + path(
                f"M{num(foot[0] - 16)} {num(foot[1] + 14)}q-2 -26 18 -24q28 4 30 24Z",
                darker(wool, 0.4),
            )
        )

    def body(pose: Pose) -> str:
        spots = "".join(
            circle(x, y, 4, lighter(dress, 0.5))
            for x, y in ((-30, -20), (-4, -44), (24, -18), (2, 8), (36, 22), (-44, 24))
        )
        return (
            path("M-36 -104C-40 -60 -50 -10 -76 40Q0 60 78 38C52 -10 42 -60 36 -104Z", dress)
            + spots
            + line("M-74 38Q0 58 76 36", lighter(dress, 0.55), 7)
            + (
                ""
                if pose.back
                else path("M-26 -108Q6 -84 34 -108L24 -86Q6 -74 -16 -86Z", "#f8f0e0")
            )
        )

    def face(feeling: str, back: bool) -> tuple[str, str]:
        drawn = "".join(
            path(
                limb([(-50 * s, -70), (-66 * s, -30), (-58 * s, 16)], [26, 32, 14]),
                darker(wool, 0.1),
            )
            + circle(-62 * s, -8, 9, dress)
            for s in (1, -1)
        )
        drawn += ellipse(0, -50, 58, 54, cloth if not back else wool)
        if not back:
            drawn += ellipse(-14, -30, 11, 8, "#e0706a", opacity=0.5) + ellipse(
                44, -30, 8, 8, "#e0706a", opacity=0.5
            )
            drawn += painted_face(
                feeling, (0, -50), (36, -50), (19, -24), size=1.25, brow=darker(wool, 0.1)
            )
        drawn += path(
            "M-60 -46C-66 -112 66 -116 60 -50C50 -82 34 -88 14 -88C-10 -86 -40 -84 -60 -46Z", wool
        )
        return drawn + line(
            "M-40 -70Q-20 -96 10 -98M44 -74Q30 -94 10 -98", lighter(wool, 0.25), 3, opacity=0.6
        ), ""

    return Kit(
        thigh=46,
        shin=44,
        torso=106,
        upper=58,
        fore=50,
        across=40,
        head=102,
        brim=72,
        crown=112,
        leg=leg,
        arm=arm,
        trunk=body,
        face=face,
        sole=14,
    )
