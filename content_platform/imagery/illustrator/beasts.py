"""Animals and creatures of the cast: which shape they have, how large they are, what shines.

How an animal is drawn belongs to ``animals``; where it stands among others to ``casting``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from content_platform.imagery.illustrator import air
from content_platform.imagery.illustrator.animals import ANIMALS
from content_platform.imagery.illustrator.animals.base import Beast, is_dark
from content_platform.imagery.illustrator.animals.builds import BUILDS
from content_platform.imagery.illustrator.lexicon import find_noun, lexicon, words_of
from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.moment import (
    DIMMED,
    feeling_of,
    goes_off_with,
    is_about_its_tree,
    light_sinks,
    pose_of,
    tree_of,
)
from content_platform.imagery.illustrator.puppets import puppet_kind
from content_platform.imagery.illustrator.shapes import circle, glow_gradient, group, num
from content_platform.imagery.illustrator.stage import Stage
from content_platform.imagery.illustrator.things import THINGS
from content_platform.stories.models import CastMember, Scene, Shot

_FOLLOWING = re.compile(r"\b(?:follow|chas|led\b|lead|after the|behind the)\w*")
_ALIVE = frozenset({"rocking horse"})
"""Things that a story may bring to life."""
_TOY_COATS = ("#8fa6b0", "#c98a5a", "#7fa07a", "#b0707a", "#8a86b8", "#c9a84a")
_TILTS = {"looking up": -14.0, "looking down": 16.0, "grieving": 12.0, "raising": -10.0}
"""How far what it does lowers an animal's head, in degrees."""
_AFLOAT = frozenset({"fish", "whale", "butterfly", "spirit"})
"""Never on the ground."""
_GLOWING = frozenset(
    {
        "glowing",
        "shining",
        "luminous",
        "radiant",
        "golden",
        "spectral",
        "ghostly",
        "starlit",
        "shimmering",
        "burning",
    }
)
_GIANTS = frozenset({"dragon", "whale"})
_ABOVE = 0.12
"""The part of the picture above the heads of beasts that are seen whole."""
_WINGED = frozenset({"bird", "owl", "butterfly", "fish", "whale", "dragon"})


@dataclass(frozen=True)
class Placed:
    """An animal on the stage: its shapes, what of it shines, the middle of its head and its half."""

    x: float
    body: str
    glow: str
    face: tuple[float, float]
    half: float
    shadow: float = 0.24
    """Half the width of its shadow, in adults."""
    mouth: tuple[float, float] = (0.0, 0.0)
    """Where it takes hold of what it carries."""


def place_beast(
    stage: Stage,
    member: CastMember,
    x: float,
    left: bool,
    *,
    first: bool,
    company: int,
    away: int,
    face_to_face: bool = False,
) -> Placed:
    """Put ``member`` at ``x``, facing left or right.

    ``company`` is how many others the picture shows, ``away`` the side (1 right, -1 left) to which
    one too large to stand beside them steps back. Of a great one ``face_to_face`` with somebody
    the muzzle is in the middle of the picture, and what has no room behind it is cropped.
    """
    layout, scene = stage.layout, stage.scene
    kind = _kind(member)
    colour = _colour(member)
    if not kind:
        return _light(stage, x, colour)
    feeling = feeling_of(scene, first=first)
    pose = _pose(scene, first=first)
    dimmed = DIMMED in member.traits or (first and light_sinks(scene))
    if dimmed and pose in ("sitting", "resting"):
        pose = "lying"  # until it shines again
    if feeling == "afraid" and pose == "walking":
        pose = "sitting"  # nobody walks up to what it fears
    lying = pose in ("lying", "sleeping") or (pose == "resting" and not stands_low(member))
    if lying and stage.close and company:
        pose = "sitting"  # stretched out it would cover the faces beside it
    if kind in _ALIVE:
        tone = colour or generator("coat", stage.seed, member.name).choice(_TOY_COATS)
        thing = THINGS[kind](tone)
        beast = Beast(thing.svg + thing.glow, 104.0, (0.0, -78.0), 0.2 * max(1.6, thing.size))
    elif kind in BUILDS:
        tilt = _TILTS.get(pose_of(scene.action) or "", 0.0) if first else 0.0
        beast = ANIMALS[kind](colour, pose, feeling, tilt)
    else:
        beast = ANIMALS[kind](colour, pose, feeling)
    beast = _dressed(beast, member)
    if colour and is_dark(colour) and kind not in _ALIVE:
        beast = beast.with_rim(colour)
    feet = layout.feet + (6 if first else -4)
    # A lying animal is as large as the same one sitting.
    tall = beast.height / 170 if lying and pose != "sitting" and kind in BUILDS else 1.0
    if kind == "butterfly":
        tall = beast.height / 105  # its wings folded or spread
    if kind == "dragon" and stage.close:
        lying = False
    insect = kind == "butterfly"
    portrait = kind in BUILDS or kind == "dragon" or bool(company and not insect)
    if stage.close and not lying and portrait:
        x, feet, scale = _portrait(stage, beast, kind, x, left, company=company)
    elif stage.close:
        share = (0.58, 0.4) if not company else (0.24, 0.15) if insect else (0.4, 0.2)
        near = (
            1.5 if lying and not company and kind in BUILDS else 0.75 if lying and insect else 1.0
        )
        scale = stage.h * share[stage.frame.tall] * tall * near / beast.height
        if kind not in BUILDS:
            scale = min(scale, 0.7 * stage.w / 160)  # with tail and beak within the picture
        # Feet lie below the frame's calm part only when nobody's lap or table is there.
        feet = stage.h * ((0.715, 0.59) if not company else (0.74, 0.62))[stage.frame.tall]
        if insect:
            feet = stage.h * (0.6 if company else 0.62 if stage.frame.tall else 0.68)
        if not company:
            x = stage.w * 0.5 - (1 if not left else -1) * beast.head[0] * 0.4 * scale
            if perches(member, scene):
                under = air.contact_shadow(x, feet, 0.5 * (210 if lying else 90) * scale)
                stage.add(under, 0.99, texture=0, lit=0.2)
    else:
        tree_whole = is_about_its_tree(scene) or stage.w <= stage.h  # and so all of it is seen
        high = layout.adult * beast.size
        least = (0.56 if scene.shot is Shot.MEDIUM else 0.46) if not company else 0.34
        if beast.size < 0.18:
            least *= 0.72  # a bird as tall as a man is another bird
        if company > 1 and stage.frame.tall and not insect:
            least *= 0.76  # clear of the hands of those it is with
        if insect and company and (lying or stage.frame.tall):
            least *= (
                0.8 if stage.frame.tall or not tree_whole else 0.66
            )  # beside whoever is small, too
        high = min(max(high, layout.adult * least), layout.adult * 1.2)
        scale = high * tall / beast.height
        if face_to_face and stage.frame.tall:
            scale = min(scale, 0.86 * layout.adult / beast.height)
        behind, before = beast.span
        # Not in front of what it looks at, nor of what the line is about.
        shy = not company and feeling == "afraid" and bool(scene.props)
        beside_it = (
            stage.frame.tall and not company and (shy or scene.action.startswith("looking at"))
        )
        sign = -1 if left else 1
        if not stands_low(member) or not company:
            # All of it within the picture, or its half of it; beside somebody no smaller than a pony.
            alone = 0.88 if not beside_it else 0.56
            room = stage.w * (alone if not company else 0.56 if stage.frame.tall else 0.5)
            fits = min(room / (before - behind), 0.92 * layout.feet / beast.height)
            least_of_it = 0.56 * layout.adult / beast.height if company and kind in BUILDS else 0.0
            scale = min(scale, max(fits, least_of_it))
        # Room above the head, horns and all, for a camera that moves in; a tree is the taller.
        high = feet - _ABOVE * stage.h
        if tree_of(scene) and not stage.inside:
            high = min(high, (0.27 if stage.frame.tall else 0.34 if tree_whole else 0.47) * stage.h)
        scale = min(scale, high / beast.height)
        reach = before * scale
        if face_to_face:
            x = stage.w * (0.5 + sign * 0.02) - sign * reach
        elif tree_of(scene) and not stage.inside:
            x = _within(stage, x, sorted((sign * behind * scale, sign * reach)))
        elif beside_it:
            x = stage.w * (0.5 - away * 0.3)
            x = _within(stage, x, sorted((sign * behind * scale, sign * reach)))
        elif not company:
            x = _within(
                stage,
                x if not shy else stage.w * (0.5 - away * 0.16),
                sorted((sign * behind * scale, sign * reach)),
            )
        elif not first and high > 0.6 * layout.adult:
            # Great beasts stand clear of whoever meets them.
            near_by = 0.1 if pose_of(scene.action) == "embracing" else 0.26
            clear = layout.adult * near_by + high * (1.3 if kind == "whale" else 0.8)
            x = min(max(layout.subject_x + away * clear, stage.w * 0.2), stage.w * 0.8)
    if kind in BUILDS and (lying or pose == "running"):
        # Stretched out, yet within the picture.
        scale = min(scale, 0.78 * stage.w / (225 if stage.close and lying else 300))
    if (kind in _WINGED - {"dragon"} and pose in ("running", "walking")) or kind in (
        "butterfly",
        "spirit",
    ):
        feet -= layout.adult * 0.2 if not stage.close and not lying else 0
    sign = -1 if left else 1
    body = group(beast.svg, x=x, y=feet, scale=scale, flip=left)
    face = (x + sign * beast.head[0] * scale, feet + beast.head[1] * scale)
    half = min(0.2 * 100 / tall * scale, 0.16 * stage.h)
    foot = (x + sign * 6 * scale, feet)
    glow = _shine(stage, member, kind, colour, body, foot, beast, scale, dim=0.35 if dimmed else 1)
    wide = min(0.6, 0.42 * scale * 100 / layout.adult * (1.5 if lying else 1.0))
    dx, dy = beast.mouth or (beast.head[0] + 0.8 * half / scale, beast.head[1])
    return Placed(x, body, glow, face, half, wide, (x + sign * dx * scale, feet + dy * scale))


def _within(stage: Stage, x: float, reach: list[float]) -> float:
    """``x`` moved until what reaches from it so far to the left and right is in the picture."""
    low, high = 0.06 * stage.w - reach[0], 0.94 * stage.w - reach[1]
    return min(max(x, low), high) if low < high else (low + high) / 2


def perches(member: CastMember, scene: Scene) -> bool:
    """Whether an animal alone near the camera is seen whole and needs ground to be on."""
    kind, pose = _kind(member), _pose(scene, first=True)
    if kind in BUILDS or kind == "dragon":
        low = pose == "resting" and not stands_low(member)
        return kind in BUILDS and (pose in ("lying", "sleeping") or low)
    flies = pose in ("running", "walking") and kind in ("bird", "owl")
    return kind not in _AFLOAT and kind != "" and not flies


def _portrait(
    stage: Stage, beast: Beast, kind: str, x: float, left: bool, *, company: int
) -> tuple[float, float, float]:
    """x, foot line and scale of an animal whose head fills a close shot; the frame crops its body."""
    tall, sign = stage.frame.tall, -1 if left else 1
    wide = 1.25 * BUILDS[kind].head if kind in BUILDS else 96.0 if kind == "dragon" else 52.0
    above = beast.height + beast.head[1]
    share = ((0.36, 0.21) if not company else (0.3, 0.17))[tall]
    scale = stage.h * share / max(wide, above * 0.92)
    small = kind not in BUILDS or BUILDS[kind].size < 0.5
    eye_line = (0.41, 0.37)[tall] if not company else ((0.5, 0.48) if small else (0.4, 0.38))[tall]
    eye_line = max(eye_line, _ABOVE + above * scale / stage.h)
    feet = eye_line * stage.h - beast.head[1] * scale
    if feet < stage.h * 1.02:
        # Nearer, until its feet leave the picture or it would crowd out whoever is with it.
        most = 1.5 if not company else 1.1
        scale *= min(most, stage.h * (1.02 - eye_line) / (feet - eye_line * stage.h))
        feet = eye_line * stage.h - beast.head[1] * scale
    at = stage.w * (0.5 + sign * 0.07) if not company else x + sign * 0.02 * stage.w
    middle = at - sign * beast.head[0] * scale
    if feet < stage.h and 0 < middle < stage.w:
        under = air.contact_shadow(middle, feet, (46 if kind in BUILDS else 34) * scale)
        stage.add(under, 0.99, texture=0, lit=0.2)
    return middle, feet, scale


def is_beast(member: CastMember) -> bool:
    """Whether a member is an animal or a being without hands; people and puppets are not."""
    return member.kind in ("animal", "creature") and not puppet_kind(member)


def follows(scene: Scene) -> bool:
    """Whether one of the cast goes ahead and another behind."""
    if _FOLLOWING.search(scene.action.lower()):
        return True
    return pose_of(scene.action) in ("walking", "running") and bool(
        _FOLLOWING.search(scene.text.lower())
    )


def flutters(member: CastMember) -> bool:
    """Whether it is on the wing wherever it is not said to lie: a moth, a butterfly."""
    return _kind(member) == "butterfly"


def stands_low(member: CastMember) -> bool:
    """Whether one kneels to embrace it."""
    kind = _kind(member)
    return kind not in _GIANTS and (kind not in BUILDS or BUILDS[kind].size < 0.5)


def aura(x: float, y: float, r: float, tone: str) -> str:
    """A soft light around something that glows."""
    name = f"aura{tone[1:]}"
    return glow_gradient(name, [(0, tone, 0.42), (0.5, tone, 0.16), (1, tone, 0)]) + circle(
        x, y, r * 1.5, f"url(#{name})"
    )


def _kind(member: CastMember) -> str:
    """The drawable shape of a member; empty when nobody told us."""
    kind = (
        find_noun(lexicon().animals, member.noun)
        or find_noun(lexicon().animals, member.name)
        or ("spirit" if member.kind == "creature" else "")
    )
    figure = find_noun(lexicon().props, member.noun)
    if kind in ("", "spirit") and figure in _ALIVE:
        kind = str(figure)
    return kind


def _colour(member: CastMember) -> str:
    """ "white" colours the animal; "red collar" does not."""
    colour = lexicon().coats.get(member.noun.lower(), "")
    own = words_of(" ".join((member.noun, *(t for t in member.traits if " " not in t))))
    for word in sorted(own & lexicon().colours.keys()):
        # A red squirrel is not painted red.
        colour = "#b0582c" if word == "red" and colour else lexicon().colours[word]
    return colour


def _pose(scene: Scene, *, first: bool) -> str:
    action = pose_of(scene.action) or "standing"
    if not first:
        ahead = "running" if action == "running" else "walking"
        return ahead if follows(scene) else "sitting"
    if action in ("running", "jumping", "dancing", "climbing", "falling"):
        return "running"
    if action == "sitting":
        return "resting"
    if goes_off_with(scene) and action != "lying":
        return "walking"
    if action == "lying":
        return "sleeping" if feeling_of(scene, first=True) == "asleep" else "lying"
    return "walking" if action in ("walking", "raising") else "sitting"


def _dressed(beast: Beast, member: CastMember) -> Beast:
    """A scarf, where the traits speak of one and the animal has a neck to wear it."""
    for trait in member.traits:
        if words_of(trait) & {"scarf", "shawl", "collar", "ribbon"} and beast.neck is not None:
            colour = next(
                (lexicon().colours[w] for w in sorted(words_of(trait)) if w in lexicon().colours),
                "#c2332c",
            )
            return beast.with_scarf(colour)
    return beast


def _light(stage: Stage, x: float, colour: str) -> Placed:
    """Nobody told us its shape: show it as a light that the others can see."""
    orb = THINGS["orb"](colour)
    y = stage.layout.feet - stage.layout.adult * 0.4 if not stage.close else stage.h * 0.42
    size = stage.layout.adult * 0.0022
    middle = (x, y - 50 * size)
    shine = group(orb.glow, x=x, y=y, scale=size)
    shine += aura(*middle, 130 * size, colour or "#ffe2a8")
    return Placed(x, "", shine, middle, 30 * size, mouth=middle)


def _shine(
    stage: Stage,
    member: CastMember,
    kind: str,
    colour: str,
    body: str,
    foot: tuple[float, float],
    beast: Beast,
    scale: float,
    *,
    dim: float,
) -> str:
    words = words_of(" ".join((*member.traits, member.noun)))
    if not words & _GLOWING and kind != "spirit":
        return ""
    tone = colour or (
        "#ffb060"
        if kind in ("fox", "lion", "horse")
        else "#a8e8e0"
        if kind == "spirit"
        else "#ffe2a8"
    )
    centre = (foot[0], foot[1] - beast.height * 0.42 * scale)
    reach = max(beast.height, 90.0) * scale * (0.5 + 0.5 * dim)
    strength = 0.08 if kind == "spirit" or not stage.close else 0.06
    stage.lamp(
        *centre,
        reach * 1.7,
        colour=tone,
        strength=dim * (0.32 if stage.close or kind == "spirit" else 0.6),
        halo=0.2 if stage.close else 0.34,
    )
    halo = f'<g opacity="{num(dim)}">{aura(*centre, reach * 0.62, tone)}</g>'
    return halo + f'<g opacity="{num(strength * dim)}">{body}</g>'
