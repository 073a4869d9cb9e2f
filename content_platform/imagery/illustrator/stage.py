"""The stage: one picture being set up, before any pixel exists.

Places, figures and weather put *layers* (vector shapes at a depth), *effects* (soft things such
as mist, water, rays) and *lamps* on the stage; a style's painter turns them into pixels. Units:
the shorter side of the frame is 1000; x to the right, y down.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from content_platform.imagery.illustrator.light import Light
from content_platform.imagery.models import picture_size
from content_platform.stories.models import Scene, Shot
from content_platform.vocabulary import ArtStyle, Format

if TYPE_CHECKING:
    from content_platform.imagery.illustrator.painter import Painter


@dataclass(frozen=True)
class Frame:
    """The shape to fill and where its parts go."""

    shape: Format
    width: int
    height: int
    """In pixels."""

    @classmethod
    def of(cls, shape: Format) -> Frame:
        return cls(shape, *picture_size(shape))

    @property
    def scale(self) -> float:
        """Pixels per unit."""
        return min(self.width, self.height) / 1000

    @property
    def w(self) -> float:
        return self.width / self.scale

    @property
    def h(self) -> float:
        return self.height / self.scale

    @property
    def tall(self) -> bool:
        return self.shape is Format.PORTRAIT


@dataclass(frozen=True)
class Layout:
    """Where horizon, subject and landmark go, in units.

    Feet, animals and things stand above the captions; below them lies calm ground.
    """

    horizon: float
    feet: float
    """Ground line of the subject; may lie below the frame in close shots."""
    adult: float
    """Height of a standing adult."""
    subject_x: float
    second_x: float
    landmark_x: float
    hero: tuple[float, float, float]
    """Middle x, y and size of the object of a detail shot."""


_LAYOUTS: dict[tuple[Format, Shot], tuple[float, ...]] = {
    # horizon, feet, adult (of h); subject, second, landmark (of w)
    (Format.LANDSCAPE, Shot.ESTABLISHING): (0.56, 0.75, 0.45, 0.34, 0.48, 0.66),
    (Format.LANDSCAPE, Shot.MEDIUM): (0.53, 0.745, 0.60, 0.39, 0.61, 0.72),
    (Format.LANDSCAPE, Shot.CLOSE): (0.55, 1.66, 1.56, 0.40, 0.66, 0.74),
    (Format.LANDSCAPE, Shot.DETAIL): (0.52, 0.72, 0.50, 0.50, 0.70, 0.70),
    (Format.PORTRAIT, Shot.ESTABLISHING): (0.46, 0.65, 0.42, 0.34, 0.68, 0.62),
    (Format.PORTRAIT, Shot.MEDIUM): (0.45, 0.65, 0.53, 0.34, 0.74, 0.66),
    (Format.PORTRAIT, Shot.CLOSE): (0.48, 1.3, 1.08, 0.44, 0.82, 0.66),
    (Format.PORTRAIT, Shot.DETAIL): (0.44, 0.63, 0.36, 0.50, 0.70, 0.66),
    (Format.SQUARE, Shot.ESTABLISHING): (0.55, 0.75, 0.44, 0.34, 0.58, 0.66),
    (Format.SQUARE, Shot.MEDIUM): (0.52, 0.745, 0.56, 0.37, 0.70, 0.70),
    (Format.SQUARE, Shot.CLOSE): (0.54, 1.66, 1.54, 0.44, 0.76, 0.70),
    (Format.SQUARE, Shot.DETAIL): (0.52, 0.72, 0.49, 0.50, 0.70, 0.66),
}


# Rooms are small: people fill more of the picture there. (feet, adult)
_ROOMY = {
    (Format.LANDSCAPE, Shot.ESTABLISHING): (0.75, 0.53),
    (Format.LANDSCAPE, Shot.MEDIUM): (0.755, 0.64),
    (Format.PORTRAIT, Shot.ESTABLISHING): (0.65, 0.44),
    (Format.PORTRAIT, Shot.MEDIUM): (0.65, 0.54),
    (Format.SQUARE, Shot.ESTABLISHING): (0.76, 0.50),
    (Format.SQUARE, Shot.MEDIUM): (0.765, 0.59),
}

# (horizon, feet, adult) of tall frames in which nothing matters but upright people: they stand at
# the foot of the picture, and captions cross their legs, not empty ground.
_FILLING = {
    (Shot.ESTABLISHING, False): (0.52, 0.83, 0.47),
    (Shot.ESTABLISHING, True): (0.50, 0.84, 0.53),
    (Shot.MEDIUM, False): (0.55, 0.945, 0.68),
    (Shot.MEDIUM, True): (0.52, 0.945, 0.68),
}

# The same where legs have to be seen, or more than two stand there, or things lie about: what small
# things stand on is farther back then, above the captions.
_LOWERED = {
    (Shot.ESTABLISHING, False): (0.49, 0.78, 0.46),
    (Shot.ESTABLISHING, True): (0.47, 0.795, 0.50),
    (Shot.MEDIUM, False): (0.51, 0.825, 0.60),
    (Shot.MEDIUM, True): (0.49, 0.83, 0.61),
}
_BEHIND = (0.64, 0.84)
"""How far down a tall frame things may stand above the captions, and how much smaller they are."""

_FROM_BELOW = {Format.LANDSCAPE: 0.65, Format.PORTRAIT: 0.60, Format.SQUARE: 0.65}
"""The horizon of a low angle."""


def layout_of(
    frame: Frame,
    shot: Shot,
    *,
    inside: bool,
    low: bool = False,
    filling: int = 0,
    lowered: bool = False,
) -> Layout:
    """Where things go in a picture of this shape; see ``Layout``.

    ``low``: seen from below. ``filling``: so many people
    stand in a tall frame and fill it to its foot. ``lowered``: nobody's head is below the middle
    of a tall frame, so that the ground may be at its foot.
    """
    horizon, feet, adult, subject, second, landmark = _LAYOUTS[frame.shape, shot]
    if inside:
        feet, adult = _ROOMY.get((frame.shape, shot), (feet, adult))
    if filling and frame.tall and (shot, inside) in _FILLING:
        horizon, feet, adult = _FILLING[shot, inside]
        if filling > 1:
            adult, subject, second = min(adult, 0.6), 0.27, 0.735
    elif lowered and frame.tall and (shot, inside) in _LOWERED:
        horizon, feet, adult = _LOWERED[shot, inside]
    elif low:
        horizon = _FROM_BELOW[frame.shape]
        adult = min(1.1 * adult, feet - 0.11)
    w, h = frame.w, frame.h
    hero = (0.5 * w, 0.42 * h, 540.0) if not frame.tall else (0.5 * w, 0.39 * h, 640.0)
    return Layout(
        horizon=horizon * h,
        feet=feet * h,
        adult=adult * h,
        subject_x=subject * w,
        second_x=second * w,
        landmark_x=landmark * w,
        hero=hero,
    )


def behind(layout: Layout, frame: Frame) -> Layout:
    """The same for things that captions would hide at the subject's feet."""
    down, smaller = _BEHIND[0] * frame.h, _BEHIND[1]
    if not frame.tall or layout.feet <= down + 0.06 * frame.h:
        return layout
    return replace(layout, feet=down, adult=layout.adult * smaller)


@dataclass
class Layer:
    """Shapes at one distance. ``depth`` 0 is the horizon, 1 the subject, above 1 the foreground."""

    body: str
    depth: float
    glow: str = ""
    """Shapes that shine by themselves (windows, flames)."""
    texture: float = 0.22
    rim: float = 0.0
    """How strongly the key light edges it."""
    soft: float = 0.0
    """Blur in units: out of focus."""
    lit: float = 1.0
    """Factor on the light that falls on it."""
    volume: float = 0.0
    """How round it looks."""
    fill: float = 0.0
    """Neutral light added to it, so that faces keep their colour at night."""
    faces: tuple[tuple[float, float, float], ...] = ()
    """Middle x and y of the faces in it, and how far each reaches down to its chin."""


@dataclass
class Effect:
    """Something painted straight onto the picture so far."""

    paint: Callable[[Painter], None]


@dataclass(frozen=True)
class Lamp:
    """A local light. ``reach`` is in units; ``halo`` how much of it hangs visibly in the air."""

    x: float
    y: float
    reach: float
    colour: str
    strength: float = 1.0
    halo: float = 0.6


@dataclass(frozen=True)
class Post:
    """A street lamp, or one that hangs: where, its layer, and its light, if it is lit."""

    x: float
    layer: Layer
    lamp: Lamp | None
    half: float = 0.0
    """Half its width."""
    bottom: float = math.inf
    """How far down it comes: what ends above a head may stay there."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """What things stand on: from where to where, and how far apart."""

    left: float
    right: float
    apart: float


@dataclass(frozen=True)
class Piece:
    """A small thing of a place: where it is, its part of a layer's body, what it stands on."""

    x: float
    body: str
    shelf: Shelf | None


@dataclass
class Stage:
    """Everything of one picture in one shape."""

    frame: Frame
    layout: Layout
    scene: Scene
    style: ArtStyle
    light: Light
    season: str
    seed: int
    rng: random.Random
    key_at: tuple[float, float] = (0.0, 0.0)
    """Where the sun, moon or window is."""
    things: list[Layer | Effect] = field(default_factory=list)
    lamps: list[Lamp] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    """Lamps near the subject, which may have to step aside for heads."""
    pieces: list[Piece] = field(default_factory=list)
    """What may have to make room for a head, along its shelf or altogether."""
    far_lamps: int = 0
    """So many of the lamps, from the first, are the place's: the subject stands before them."""
    inside: bool = False
    wet: bool = False
    ground_grows: bool = False
    """Whether grass grows where the subject stands."""
    landmark: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom of what the place is built around, where the story names it."""
    ground_y: float = 0.0
    """Where the subject's ground begins; below it only calm ground."""

    @property
    def w(self) -> float:
        return self.frame.w

    @property
    def h(self) -> float:
        return self.frame.h

    @property
    def close(self) -> bool:
        """Whether the background should be out of focus."""
        return self.scene.shot in (Shot.CLOSE, Shot.DETAIL)

    def add(
        self,
        body: str,
        depth: float,
        *,
        glow: str = "",
        texture: float = 0.22,
        rim: float = 0.0,
        soft: float = 0.0,
        lit: float = 1.0,
        volume: float = 0.0,
        fill: float = 0.0,
        faces: tuple[tuple[float, float, float], ...] = (),
    ) -> Layer:
        """Put a layer before all others so far. In close shots far layers lose focus."""
        if self.close and depth < 1:
            soft = max(
                soft,
                7.0 + 9.0 * (1 - depth)
                if self.scene.shot is Shot.CLOSE
                else 10.0 + 9.0 * (1 - depth),
            )
        layer = Layer(body, depth, glow, texture, rim, soft, lit, volume, fill, faces)
        self.things.append(layer)
        return layer

    def effect(self, paint: Callable[[Painter], None]) -> None:
        self.things.append(Effect(paint))

    def lamp(
        self,
        x: float,
        y: float,
        reach: float,
        *,
        colour: str = "",
        strength: float = 1.0,
        halo: float = 0.6,
    ) -> Lamp:
        lamp = Lamp(x, y, reach, colour or self.light.lamp, strength, halo)
        self.lamps.append(lamp)
        return lamp

    def piece(self, body: str, x: float, shelf: Shelf | None = None) -> str:
        """A small thing at ``x`` for the body of a layer, which does without it if need be."""
        self.pieces.append(Piece(x, body, shelf))
        return body
