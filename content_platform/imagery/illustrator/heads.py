"""Heads: face, hair, beard. Units: 100 is a head's height; the chin is the origin; facing right."""

from __future__ import annotations

from content_platform.imagery.illustrator.hats import draw_hat
from content_platform.imagery.illustrator.look import Look
from content_platform.imagery.illustrator.shapes import (
    circle,
    darker,
    ellipse,
    gradient,
    lighter,
    limb,
    line,
    mix,
    path,
)

_OVER_THE_NAPE = ("hood", "helmet", "headscarf")
"""Hats that leave no room for a bun."""

_PINNED_UP = ("bun", "ponytail", "braid")
"""Hair that leaves the ears free: hanging before them, below a hat, it would be ear muffs."""


def draw_back_hair(look: Look, *, back: bool) -> str:
    """Hair that hangs behind the neck; drawn before the head, in head units."""
    hair, deep = look.hair, darker(look.hair, 0.25)
    if look.hat == "hood":
        return ""
    if look.hair_style == "long":
        if back:
            return ""
        return path("M-42 -74C-66 -30 -64 34 -54 66C-38 82 -14 72 -8 44C-2 10 0 -20 2 -50Z", deep)
    if look.hair_style == "bob" and not back:
        return path("M-44 -70C-60 -30 -54 4 -40 10C-22 14 -6 8 2 -10L4 -50Z", deep)
    if look.hair_style == "ponytail" and not back:
        return path(limb([(-34, -82), (-66, -70), (-72, -28), (-58, 14)], [24, 34, 30, 10]), deep)
    if look.hair_style == "braid" and not back:
        beads = [(-40, -22, 15), (-46, 2, 14), (-49, 25, 13), (-49, 46, 11), (-46, 64, 8)]
        return "".join(
            ellipse(x, y, r, r * 1.05, deep if i % 2 else hair) for i, (x, y, r) in enumerate(beads)
        ) + circle(-45, 73, 5, look.accent)
    if look.hair_style == "bun" and not back and look.hat not in _OVER_THE_NAPE:
        on_top = look.hat in ("", "crown")  # else below the hat, at the nape
        x, y, size = (-34, -96, 21) if on_top else (-41, -21, 17)
        # Wound strands: a plain disc beside the ear would be a headphone.
        strands = f"M{x - 12} {y + 6}Q{x - 10} {y - 13} {x + 6} {y - 11}M{x - 4} {y + 9}Q{x - 5} {y - 4} {x + 7} {y - 3}"
        return circle(x, y, size, deep) + line(strands, lighter(hair, 0.2), 2.4, opacity=0.6)
    return ""


_FACE = "M-38 -52C-41 -90 -12 -104 6 -103C34 -102 45 -78 42 -55C41 -47 43 -42 42 -36C40 -17 27 0 11 1C-10 2 -29 -14 -34 -34Z"


_CAP = {
    "short": "M-40 -32C-54 -64 -50 -110 -2 -116C36 -120 54 -96 45 -64C39 -80 26 -88 8 -86C-8 -84 -14 -74 -17 -60C-19 -52 -22 -48 -25 -42C-28 -30 -35 -26 -40 -32Z",
    "tousled": "M-40 -30C-58 -58 -56 -96 -34 -110C-30 -122 -8 -126 2 -118C18 -126 38 -118 42 -104C54 -94 52 -76 45 -62C42 -74 34 -80 26 -80C18 -74 8 -74 -2 -80C-10 -72 -16 -66 -18 -56C-22 -44 -24 -30 -40 -30Z",
    "bob": "M-46 -6C-58 -58 -52 -112 0 -117C38 -120 54 -94 45 -62C36 -82 22 -88 8 -86C-6 -78 -14 -62 -16 -44C-18 -24 -26 -2 -46 -6Z",
    "long": "M-44 0C-58 -58 -52 -112 0 -117C38 -120 54 -94 45 -62C36 -82 22 -88 8 -86C-6 -78 -14 -62 -16 -42C-18 -20 -24 0 -44 0Z",
    "up": "M-40 -20C-48 -50 -50 -110 -2 -116C36 -120 54 -96 45 -64C39 -80 26 -88 8 -86C-8 -84 -13 -74 -15 -62C-20 -58 -28 -56 -30 -46C-31 -36 -32 -24 -40 -20Z",
    "bald": "M-37 -24C-46 -32 -49 -54 -42 -65C-33 -65 -26 -58 -25 -48C-24 -38 -29 -26 -37 -24Z",
}


def draw_head(look: Look, feeling: str, *, back: bool) -> str:
    """The head with its chin at the origin, facing right; ``back`` turns it away."""
    if back:
        return _from_behind(look)
    skin_shade = darker(look.skin, 0.2)
    blush = mix(look.skin, "#d8584a", 0.55)
    drawn = gradient(
        "face" + look.skin[1:],
        [(0, skin_shade), (0.4, look.skin), (1, lighter(look.skin, 0.12))],
        vertical=False,
    )
    drawn += path(_FACE, f"url(#face{look.skin[1:]})")
    drawn += ellipse(3, -27, 11, 7.5, blush, opacity=0.3) + ellipse(
        35, -28, 6.5, 6.5, blush, opacity=0.3
    )
    drawn += _eyes(look, feeling)
    drawn += line("M25 -42Q31 -34 24 -31", mix(look.skin, "#8a4430", 0.5), 3, opacity=0.75)
    if look.beard:
        shade = darker(look.beard, 0.4)
        jaw = "M-36 -42C-42 -2 -18 34 14 32C38 28 48 -4 43 -34C38 -24 32 -27 24 -27C12 -28 -10 -22 -22 -50Z"
        moustache = "M4 -22C12 -32 21 -31 25 -27C31 -32 40 -28 44 -18C36 -17 30 -20 25 -20C19 -20 12 -18 4 -22Z"
        drawn += path(jaw, look.beard)
        drawn += line(
            "M-14 -6Q-4 14 6 24M14 -2Q18 14 18 26M32 -8Q32 8 26 20M-22 -49C-10 -22 12 -28 24 -27",
            shade,
            2.6,
            opacity=0.5,
        )
        drawn += path(moustache, lighter(look.beard, 0.14))
        drawn += line("M3 -21C12 -17 19 -19.5 25 -19.5C30 -19.5 35 -17 40 -17", shade, 2.6)
    drawn += _mouth(look, feeling)
    drawn += _ear(look) + _tucked_in(_hair(look), look)
    if look.age == "old":
        drawn += line(
            "M-4 -43Q-8 -41 -10 -37M-4 -47Q-9 -47 -12 -45M2 -73Q18 -77 36 -73M14 -27Q9 -21 11 -14",
            darker(look.skin, 0.26),
            1.8,
            opacity=0.55,
        )
    if look.glasses:
        drawn += (
            '<g fill="#ffffff" fill-opacity=".16" stroke="#3a2a20" stroke-width="2.4"><circle cx="8" cy="-47" r="11"/><circle cx="33" cy="-47" r="9.5"/></g>'
            + line("M19 -48L24 -48M-3 -48L-20 -51", "#3a2a20", 2.4)
        )
    return drawn + draw_hat(look, back=False) + (_snow(look) if look.frosted else "")


_AWAY = "M-38 -40C-46 -92 -14 -108 8 -104C34 -100 44 -84 44 -68C43 -62 44 -58 47 -53C51 -48 52 -44 49 -42C46 -40 45 -38 45 -34C45 -28 43 -22 39 -15C34 -5 25 0 14 0C-8 1 -32 -12 -38 -40Z"
"""A head turned away and a little to the right: a cheek and the tip of the nose are still seen."""

_NAPES = {
    "short": "M-36 -24C-58 -52 -54 -112 -4 -117C34 -119 50 -92 40 -64C38 -58 34 -60 31 -54L30 -42C25 -50 16 -50 14 -38C14 -30 12 -24 8 -19L0 -23L-6 -15L-14 -21L-22 -16L-28 -23Z",
    "tousled": "M-36 -22C-60 -46 -60 -92 -40 -106C-34 -120 -14 -124 -2 -117C16 -124 38 -114 40 -100C50 -88 46 -72 40 -62C37 -58 34 -60 31 -54L30 -42C25 -50 16 -50 14 -38C14 -28 12 -20 10 -12L1 -20L-6 -9L-15 -18L-23 -10L-29 -20Z",
    "up": "M-34 -28C-56 -56 -52 -112 -4 -117C34 -119 50 -92 40 -66C38 -58 34 -58 30 -52C25 -52 16 -50 13 -38C8 -26 -2 -20 -12 -20C-22 -20 -30 -22 -34 -28Z",
    "bald": "M-41 -62C-46 -46 -40 -28 -30 -21L-22 -16L-14 -21L-6 -15L0 -22L8 -19C12 -24 14 -32 15 -42C10 -48 -26 -48 -41 -62Z",
    "bob": "M-44 2C-62 -40 -56 -113 -4 -118C36 -119 52 -92 41 -62C38 -44 38 -16 32 2C18 12 -26 14 -44 2Z",
    "long": "M-46 66C-60 20 -62 -40 -54 -74C-48 -106 -26 -118 -4 -118C36 -119 52 -92 41 -62C38 -30 44 30 38 66C26 78 16 68 4 76C-10 66 -26 80 -46 66Z",
}
"""Hair from behind, down to the nape; the ear stays free where the hair is not long."""


def _from_behind(look: Look) -> str:
    """The back of a head whose face is turned away to the right: nape, ear, a little cheek."""
    hair, shade = look.hair, darker(look.hair, 0.3)
    skin_shade = darker(look.skin, 0.24)
    drawn = gradient(
        "away" + look.skin[1:], [(0, skin_shade), (0.6, skin_shade), (1, look.skin)], vertical=False
    )
    if look.beard:
        drawn += path(
            "M12 -34C20 -26 32 -28 48 -36C56 -16 52 12 38 22C22 24 6 10 2 -10Z", look.beard
        )
    drawn += path(_AWAY, f"url(#away{look.skin[1:]})")
    if look.beard:
        drawn += path(
            "M13 -36C22 -26 34 -28 45 -32C46 -18 34 2 14 2C6 -4 6 -22 13 -36Z", look.beard
        )
    style = look.hair_style
    if look.glasses:
        drawn += line("M18 -52L46 -56", "#3a2a20", 3)
    over_ear = style in ("bob", "long")
    ear = (
        ellipse(22, -44, 9, 13, mix(look.skin, "#c0604a", 0.16))
        + line("M19 -51Q28 -50 25 -40Q23 -35 20 -36", darker(look.skin, 0.32), 2.2, opacity=0.6)
        + ellipse(-42, -46, 5, 11, skin_shade)
    )
    worn = gradient(
        "nape" + hair[1:], [(0, lighter(hair, 0.12)), (0.5, hair), (1, darker(hair, 0.3))]
    )
    if style == "curly":
        curls = [
            *((-34, -30, 14), (-16, -24, 14), (2, -28, 13), (-44, -50, 16), (-45, -74, 18)),
            *((-32, -96, 19), (-8, -106, 20), (18, -102, 18), (34, -86, 16), (38, -68, 11)),
            *((-24, -52, 20), (-2, -52, 17), (-14, -78, 22), (14, -78, 20)),
        ]
        worn += "".join(circle(x, y, r, hair) for x, y, r in curls)
        worn += "".join(
            line(f"M{x - 7} {y}q6 -9 13 -2", shade, 2.4, opacity=0.45) for x, y, _ in curls[1::2]
        )
    else:
        worn += path(_NAPES["up" if style in _PINNED_UP else style], f"url(#nape{hair[1:]})")
        if style != "bald":
            low = {"bob": 0, "long": 58}.get(style, -24)
            worn += line(
                f"M-8 -104Q-44 -84 -38 {low - 6}M-6 -104Q-24 -70 -20 {low + 2}M-4 -104Q2 -70 0 {low + 2}"
                + ("M-2 -104Q26 -92 30 -60" if not over_ear else f"M-2 -104Q32 -88 26 {low}"),
                shade,
                2.8,
                opacity=0.4,
            )
            worn += line("M-40 -78Q-34 -100 -14 -108", lighter(hair, 0.35), 3, opacity=0.5)
    drawn += _tucked_in(worn, look, away=True)
    drawn += "" if over_ear else ear
    tie = circle(-10, -74, 8, look.accent)
    if style == "bun" and look.hat not in ("", "crown", *_OVER_THE_NAPE):
        drawn += circle(-12, -28, 18, shade)
    elif style == "bun" and look.hat in ("", "crown"):
        drawn += circle(-10, -92, 24, hair)
        drawn += line("M-26 -92Q-12 -112 6 -96M-22 -84Q-8 -98 8 -84", shade, 2.6, opacity=0.45)
    if style == "ponytail":
        drawn += path(limb([(-10, -76), (-22, -46), (-20, -4), (-8, 36)], [16, 38, 34, 8]), hair)
        drawn += line("M-14 -66Q-30 -30 -14 22M-10 -66Q-14 -30 -10 18", shade, 2.6, opacity=0.4)
        drawn += tie
    if style == "braid":
        drawn += "".join(
            ellipse(-8 + k % 2 * 3, -26 + 21 * k, 16 - 1.3 * k, 13, shade if k % 2 else hair)
            for k in range(5)
        ) + circle(-8, 74, 6, look.accent)
    return drawn + draw_hat(look, back=True) + (_snow(look) if look.frosted else "")


def _snow(look: Look) -> str:
    """Flakes on the crown of the head, or on the hat."""
    up = -6 if look.hat else 0
    cover = "M-38 -88C-36 -112 -14 -121 4 -121C26 -121 42 -108 43 -88C36 -98 28 -94 22 -101C12 -95 2 -105 -8 -99C-16 -104 -26 -94 -38 -88Z"
    return f'<g transform="translate(0 {up})">{path(cover, "#f4f7fb", opacity=0.94)}</g>'


def _hair(look: Look) -> str:
    """Hair on the head, seen from the side; what hangs behind is ``draw_back_hair``."""
    hair = look.hair
    drawn = ""
    if look.hair_style == "curly":
        curls = [
            (-36, -44, 15),
            (-44, -64, 17),
            (-38, -86, 18),
            (-20, -104, 19),
            (4, -108, 19),
            (28, -100, 17),
            (42, -82, 13),
            (14, -92, 14),
            (-20, -72, 13),
            (-8, -88, 14),
        ]
        drawn += "".join(circle(x, y, r, hair) for x, y, r in curls)
        drawn += "".join(
            line(f"M{x - 6} {y}q5 -8 11 -2", lighter(hair, 0.2), 2.4, opacity=0.5)
            for x, y, r in curls[2:6]
        )
    else:
        cap = _CAP["up" if look.hair_style in _PINNED_UP else look.hair_style]
        drawn += gradient(
            "hair" + hair[1:], [(0, lighter(hair, 0.1)), (0.45, hair), (1, darker(hair, 0.26))]
        )
        drawn += path(cap, f"url(#hair{hair[1:]})")
        if look.hair_style == "bald":
            drawn += line("M-30 -74Q-34 -56 -32 -40", darker(hair, 0.28), 2.5, opacity=0.4)
        else:
            # Strands from the parting, locks on the brow: without them hair reads as a helmet.
            drawn += path(
                "M-7 -89C1 -84 6 -77 7 -67C12 -73 14 -80 15 -88Z"
                "M12 -89C21 -85 27 -79 29 -71C32 -77 32 -83 31 -89Z",
                hair,
            )
            if look.hair_style in ("short", "tousled"):
                drawn += path(
                    "M-44 -56C-53 -50 -57 -43 -56 -35C-50 -40 -44 -40 -38 -38Z"
                    "M-40 -42C-46 -34 -48 -28 -46 -22C-41 -28 -36 -30 -31 -32Z"
                    + (
                        ""
                        if look.hat
                        else "M-16 -112C-12 -122 0 -128 8 -125C6 -121 8 -117 14 -112Z"
                    ),
                    darker(hair, 0.1),
                )
            drawn += line(
                "M12 -112Q-24 -106 -31 -66Q-34 -50 -37 -37M14 -112Q-8 -100 -21 -68"
                "M15 -112Q34 -104 41 -80M6 -114Q-40 -106 -45 -62",
                darker(hair, 0.28),
                2.4,
                opacity=0.5,
            )
            drawn += line(
                "M-33 -90Q-18 -106 4 -108M-26 -78Q-20 -92 -4 -100",
                lighter(hair, 0.3),
                2.6,
                opacity=0.5,
            )
    return drawn


def _tucked_in(hair: str, look: Look, *, away: bool = False) -> str:
    """No hair above the rim of a hat."""
    if not look.hat or look.hat == "crown":
        return hair
    name, left = ("under-a-hat-behind", -70) if away else ("under-the-hat", -46)
    return (
        f'<clipPath id="{name}"><rect x="{left}" y="-72" width="180" height="180"/></clipPath>'
        f'<g clip-path="url(#{name})">{hair}</g>'
    )


def _ear(look: Look) -> str:
    return (
        ""
        if look.hair_style in ("bob", "long")
        else ellipse(-21, -44, 8, 11, mix(look.skin, "#c0604a", 0.18))
        + line("M-23 -49Q-16 -46 -20 -39", darker(look.skin, 0.3), 2, opacity=0.5)
    )


FEELINGS = frozenset(
    {
        "calm",
        "glad",
        "laughing",
        "tender",
        "wary",
        "determined",
        "afraid",
        "awed",
        "sad",
        "weeping",
        "speaking",
        "asleep",
    }
)
"""What a face can show."""

_BROWS = {
    "glad": "M0 -64Q8 -71 16 -67M26 -67Q33 -71 40 -66",
    "laughing": "M0 -66Q8 -73 16 -69M26 -69Q33 -73 40 -68",
    "wary": "M0 -63Q8 -70 16 -67M26 -70Q33 -75 40 -69",
    "determined": "M-1 -67Q8 -69 17 -61M26 -62Q33 -69 41 -68",
    "afraid": "M-1 -62Q7 -72 16 -72M26 -73Q34 -73 41 -65",
    "awed": "M-1 -68Q8 -76 17 -71M26 -71Q33 -76 41 -69",
    "sad": "M-3 -59Q6 -64 16 -73M26 -73Q35 -64 43 -59",
    "weeping": "M-3 -58Q6 -64 16 -74M26 -74Q35 -64 43 -58",
    "tender": "M0 -61Q8 -66 16 -62M27 -62Q33 -66 39 -61",
    "asleep": "M0 -60Q8 -64 16 -61M27 -61Q33 -64 39 -60",
}


def _eyes(look: Look, feeling: str) -> str:
    ink = "#241820"
    brow = darker(look.hair, 0.2) if look.age != "old" else darker(look.hair, 0.12)
    raised = _BROWS.get(feeling, "M0 -63Q8 -69 16 -65M26 -65Q33 -69 40 -64")
    brows = line(raised, brow, 3.6, opacity=0.85)
    tears = ""
    if feeling == "weeping":
        drop = "M{0} {1}c-4 7 -5 10 0 12c5 -2 4 -5 0 -12Z"
        tears = (
            line("M8 -41Q6 -30 8 -18M35 -41Q37 -30 35 -20", "#cfeaf8", 3.4, opacity=0.85)
            + path(drop.format(8, -24), "#e2f4fd")
            + path(drop.format(35.5, -26), "#e2f4fd")
        )
    if feeling in ("asleep", "weeping"):
        lids = line("M1 -47Q8 -40 15 -47M27 -47Q33 -41 39 -47", ink, 3.2)
        return lids + brows + tears
    if feeling in ("laughing", "tender"):
        return line("M1 -45Q8 -53 15 -45M27 -45Q33 -52 39 -45", ink, 3.4) + brows
    wide = 1.18 if feeling in ("afraid", "awed") else 1.0
    look_down = 1.5 if feeling == "sad" else 0.0
    y = -47 + look_down
    drawn = ellipse(8, y, 4.6 * wide, 6.3 * wide, ink) + ellipse(33, y, 4.0 * wide, 5.9 * wide, ink)
    drawn += circle(9.7, y - 2.4, 1.7 * wide, "#fff") + circle(34.4, y - 2.2, 1.5 * wide, "#fff")
    if look.feminine:
        lash = "M{0} {1}Q{2} {3} {4} {5}"
        drawn += line(
            lash.format(2.6, y - 4, 4.4, y - 7.4, 8, y - 7.2)
            + lash.format(28.6, y - 4, 30, y - 7, 33, y - 6.8),
            ink,
            2.6,
        )
    if feeling == "sad":
        # Lids that fall outwards; falling inwards they would make the face angry.
        drawn += line("M1 -51Q7 -56 14 -55M28 -55Q34 -56 40 -51", mix(look.skin, ink, 0.45), 2.0)
    return drawn + brows


def _mouth(look: Look, feeling: str) -> str:
    """The mouth; a beard leaves only its lower lip, and what opens."""
    lip, deep = mix(look.skin, "#7c2a2a", 0.7), "#5a1f24"
    if feeling == "laughing":
        return path("M12 -20Q21 -17 31 -21Q30 -7 21 -7Q13 -8 12 -20Z", deep) + path(
            "M15 -11Q21 -15 28 -11Q25 -7 21 -7Q17 -7 15 -11Z", "#c8606a"
        )
    if feeling == "speaking":
        return path("M13 -18.5Q21.5 -16.5 30 -18.5Q28 -9.5 21.5 -9.5Q15 -9.5 13 -18.5Z", deep)
    if feeling in ("afraid", "awed"):
        return ellipse(22, -14.5, 4.6, 5.6 if feeling == "awed" else 4.2, deep)
    if look.beard:  # the lower lip, between moustache and beard
        return path("M16 -15.5Q25 -18 33 -15Q25 -8.5 16 -15.5Z", lip)
    curve = {
        "glad": "M12 -19Q21 -10 31 -19",
        "tender": "M13 -18Q21 -11 30 -18",
        "wary": "M15 -15.5Q22 -14.5 29 -16.5",
        "determined": "M14 -16Q21 -14 29 -17",
        "sad": "M15 -13Q21 -18 28 -13",
        "weeping": "M14 -11Q21 -19 29 -12",
        "asleep": "M17 -15Q22 -13 27 -15",
    }.get(feeling, "M15 -17Q21 -13 28 -17")
    return line(curve, lip, 3.2)
