"""Painters: from a stage to pixels, one per style.

``Painter`` (storybook light) works in linear light: surfaces times the light that falls on them,
air between them, glow around what shines. ``PaperPainter`` cuts the same layers from paper;
``ink.InkPainter`` draws them.
What is on the stage is not decided here.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.parallax import NEAR
from content_platform.imagery.illustrator.raster import Array, linear
from content_platform.imagery.illustrator.stage import Effect, Lamp, Layer, Stage
from content_platform.vocabulary import ArtStyle

SMALL = 8
"""Soft fields (light, mist, glow) are painted this many times smaller."""

LEAST_SPREAD = 0.13
"""Standard deviation of luma that a finished picture should have at least."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def paint(stage: Stage, near: Array | None = None) -> Array:
    """The finished picture, gamma-encoded, [height, width, 3] in 0..1.

    ``near`` [height, width], zeros, takes up how much of each pixel is hidden by what is near.
    """
    from content_platform.imagery.illustrator.ink import InkPainter  # it builds on this module

    painters = {ArtStyle.PAPER_CUT: PaperPainter, ArtStyle.INK_AND_WASH: InkPainter}
    painter = painters.get(stage.style, Painter)(stage)
    painter.near = near
    return painter.picture()


def times(colour: Array, factor: Array) -> Array:
    """[h, w, 3] times [h, w]."""
    return raster.array(cv2.multiply(colour, cv2.merge([factor, factor, factor])))


def tinted(cover: Array, colour: Array) -> Array:
    """One linear colour wherever ``cover`` [h, w] says, premultiplied."""
    return raster.array(cv2.merge([cover * float(part) for part in colour]))


def _developed(image: Array) -> Array:
    """Linear light, changed in place, to display values: whites roll off, darks stay put."""
    # Scaling up smoothly undershoots around stars; light is never negative.
    np.maximum(image, 0, out=image)
    shoulder = image * np.float32(0.3 / 1.16)
    shoulder += np.float32(1 / 1.16)
    image /= shoulder
    return np.asarray(np.sqrt(image, out=image), np.float32)


@dataclass(frozen=True)
class Window:
    """A part of the picture, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    @property
    def part(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Painter:
    """Storybook light."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.frame = stage.frame
        self.size = (stage.frame.width, stage.frame.height)
        self.small = (max(2, stage.frame.width // SMALL), max(2, stage.frame.height // SMALL))
        self.image: Array = raster.flat(self.size, linear(stage.light.haze))
        xs = (np.arange(self.small[0], dtype=np.float32) + 0.5) * stage.w / self.small[0]
        ys = (np.arange(self.small[1], dtype=np.float32) + 0.5) * stage.h / self.small[1]
        self.x, self.y = np.meshgrid(xs, ys)
        self.lamplight = np.zeros((self.small[1], self.small[0], 3), np.float32)
        behind = np.zeros_like(self.lamplight)
        for number, lamp in enumerate(stage.lamps):
            if number == stage.far_lamps:
                behind = self.lamplight.copy()
            self.lamplight += self._fall(lamp)[..., None] * (linear(lamp.colour) * lamp.strength)
        if stage.far_lamps >= len(stage.lamps):
            behind = self.lamplight.copy()
        self.light = raster.resize(self._light_field(self.lamplight, 0.42), self.size)
        # Whoever stands before the place's lamps has their light around, not on the front.
        around = raster.blur(np.asarray(np.minimum(behind, 0.5), np.float32), self.small[0] / 12)
        before = self.lamplight - behind + 0.45 * around
        self.subject_light = self._light_field(before, 0.2)
        # How much of the place, and of the glow in its air, the subject leaves to be seen.
        self.unhidden = np.ones((self.small[1], self.small[0]), np.float32)
        self.near: Array | None = None

    # --- light -----------------------------------------------------------------------------

    def _light_field(self, lamplight: Array, knee: float) -> Array:
        """What falls on surfaces; above 1 only ``knee`` of it: near a lamp colours stay colours."""
        stage = self.stage
        reach = 0.75 * max(stage.w, stage.h)
        away = np.hypot(self.x - stage.key_at[0], self.y - stage.key_at[1]) / reach
        key = 0.45 + 0.75 / (1 + away * away * 2.2)
        field = key[..., None] * stage.light.key_light() + stage.light.ambient_light()
        field = field + lamplight * 1.5
        return np.asarray(np.minimum(field, 1.0) + knee * np.maximum(field - 1.0, 0), np.float32)

    def _fall(self, lamp: Lamp) -> Array:
        away = ((self.x - lamp.x) ** 2 + (self.y - lamp.y) ** 2) / (lamp.reach * lamp.reach)
        return np.asarray(1 / (1 + away * 3.2) ** 1.6, np.float32)

    # --- vector shapes -----------------------------------------------------------------------

    def picture(self) -> Array:
        for thing in self.stage.things:
            if isinstance(thing, Effect):
                thing.paint(self)
            else:
                self.lay(thing)
        return self.finish()

    def render(self, body: str, *, coarse: float = 1) -> tuple[Array, Array]:
        """Vector shapes over the whole frame, ``coarse`` times smaller than the picture."""
        return self._render(body, Window(0, 0, *self.size), coarse)

    def _render(self, body: str, window: Window, coarse: float) -> tuple[Array, Array]:
        scale = self.frame.scale
        width, height = window.size
        view = (window.left / scale, window.top / scale, width / scale, height / scale)
        size = (max(1, round(width / coarse)), max(1, round(height / coarse)))
        return raster.vector(body, view, size)

    def _windows(self, body: str, margin: float) -> list[Window]:
        """Where ``body`` leaves anything on the picture, found by drawing it small first.

        Things far apart, such as trees at both sides, have a window each.
        """
        _, cover = self.render(body, coarse=SMALL)
        there = cover.any(axis=0)
        around = int(margin) + 2 * SMALL
        gap = 2 * around // SMALL + 8
        windows: list[Window] = []
        runs: list[tuple[int, int]] = []
        for column in np.flatnonzero(there).tolist():
            if runs and column - runs[-1][1] <= gap:
                runs[-1] = runs[-1][0], column
            else:
                runs.append((column, column))
        for first, last in runs:
            rows = np.flatnonzero(cover[:, first : last + 1].any(axis=1))
            windows.append(
                Window(
                    max(0, first * SMALL - around),
                    max(0, int(rows[0]) * SMALL - around),
                    min(self.size[0], (last + 1) * SMALL + around),
                    min(self.size[1], (int(rows[-1]) + 1) * SMALL + around),
                )
            )
        return windows

    def lay(self, layer: Layer) -> None:
        """Put a layer over the picture so far."""
        pixels = layer.soft * self.frame.scale
        coarse = (
            4
            if pixels > 9
            else 2
            if pixels > 1.5 or layer.depth < 0.45
            else 1.5
            if layer.depth < 0.62
            else 1.25
            if layer.depth < 0.97
            else 1
        )
        for window in self._windows(layer.body, pixels * 3):
            self._lay(layer, window, pixels, coarse)
        if layer.glow:
            self.shine(layer.glow, soft=pixels)

    def _lay(self, layer: Layer, window: Window, pixels: float, coarse: float) -> None:
        light = self.stage.light
        colour, cover = self._render(layer.body, window, coarse)
        if layer.volume:
            self._round(colour, cover, layer.volume, coarse)
        if layer.rim:
            self._rim(colour, cover, layer.rim, coarse)
            if layer.depth >= 0.9 and self.stage.lamps:
                self._lamp_rim(colour, cover, window, layer.rim)
        # From here on colour is premultiplied, so that soft edges stay clean.
        colour = times(colour, cover)
        if pixels:
            colour = raster.blur(colour, pixels / coarse)
            cover = raster.blur(cover, pixels / coarse)
        colour, cover = raster.resize(colour, window.size), raster.resize(cover, window.size)
        fallen = self._fallen(layer, window)
        if layer.fill:
            fallen = fallen + np.asarray(linear("#ffe6d2") * layer.fill, np.float32)
        tooth = self._tooth[window.part] if layer.texture and not pixels else None
        haze = min(0.95, light.haziness * max(0.0, 1 - layer.depth) ** 1.25)
        for rows in raster.strips(window.size[1]):
            part = raster.array(cv2.multiply(colour[rows], fallen[rows], scale=layer.lit))
            if tooth is not None:
                part = times(part, 1 + layer.texture * tooth[rows])
            if haze > 0.01:
                air = tinted(cover[rows], self._air)
                part = raster.array(cv2.addWeighted(part, 1 - haze, air, haze, 0))
            image = self.image[window.part][rows]
            cv2.add(times(image, 1 - cover[rows]), part, dst=image)
        self._hide(layer, window, cover)

    def _fallen(self, layer: Layer, window: Window) -> Array:
        """The light on a layer, for the part of the picture it is in."""
        if layer.depth < 0.99:
            return self.light[window.part]
        left, top = window.left // SMALL, window.top // SMALL
        left, top = min(left, self.small[0] - 1), min(top, self.small[1] - 1)
        part = self.subject_light[
            top : max(top + 1, -(-window.bottom // SMALL)),
            left : max(left + 1, -(-window.right // SMALL)),
        ]
        return raster.resize(np.ascontiguousarray(part), window.size)

    def _hide(self, layer: Layer, window: Window, cover: Array) -> None:
        """Note that the subject, or what is nearer, stands before the place."""
        if self.near is not None and layer.depth >= NEAR:
            part = self.near[window.part]
            part += np.clip(cover, 0, 1) * (1 - part)
        if layer.depth < 1:
            return
        left, top = window.left // SMALL, window.top // SMALL
        right = min(self.small[0], max(left + 1, window.right // SMALL))
        bottom = min(self.small[1], max(top + 1, window.bottom // SMALL))
        if left < right and top < bottom:
            small = raster.resize(cover, (right - left, bottom - top))
            self.unhidden[top:bottom, left:right] *= 1 - np.clip(small, 0, 1)

    @functools.cached_property
    def _tooth(self) -> Array:
        """Dry, slightly horizontal brush strokes around 0."""
        across, down = self.stage.w / 34, self.stage.h / 11
        strokes = raster.noise(self.size[0] // 2, self.size[1] // 2, across, down, 11, 3)
        return raster.resize(np.asarray(0.8 * (strokes - 0.5), np.float32), self.size)

    @property
    def _air(self) -> Array:
        dim = 0.72 if self.stage.light.dark else 0.9
        return np.asarray(linear(self.stage.light.haze) * dim, np.float32)

    # --- shading of one layer ------------------------------------------------------------------

    def _rim(self, colour: Array, cover: Array, strength: float, coarse: float) -> None:
        """A thin edge of light on the side that faces the sun, moon or window."""
        step = max(1, round(2.6 * self.frame.scale / coarse))
        side = step if self.stage.key_at[0] >= self.stage.w * 0.5 else -step
        self._edge(colour, cover, side, np.asarray(self.stage.light.key_light() * strength * 1.7))

    def _edge(self, colour: Array, cover: Array, side: int, light: Array) -> None:
        """Lighten what the cover, moved down and away from ``side``, leaves free."""
        edge = self._edge_of(cover, side)
        if edge is not None:
            colour += tinted(edge, light)

    def _edge_of(self, cover: Array, side: int) -> Array | None:
        step = abs(side)
        if min(cover.shape) <= 2 * step:
            return None
        moved = cover.copy()  # what reaches over the border of the picture has no edge there
        if side > 0:
            moved[step:, :-step] = cover[:-step, step:]
        else:
            moved[step:, step:] = cover[:-step, :-step]
        edge = raster.blur(raster.array(cv2.subtract(cover, moved)), max(0.6, step * 0.45))
        return raster.array(np.maximum(edge, 0))

    def _lamp_rim(self, colour: Array, cover: Array, window: Window, strength: float) -> None:
        """An edge of light towards the lamps around: the lamps' brightness says where they are."""
        height, width = cover.shape
        half = (max(2, width // 2), max(2, height // 2))
        toward_y, toward_x = np.gradient(self.lamplight.sum(axis=2))
        length = np.hypot(toward_x, toward_y) + 1e-5
        toward = np.dstack([toward_x / length, toward_y / length]).astype(np.float32)
        # The light small pictures hold, cut to this window and brought to half its size.
        left, top = window.left // SMALL, window.top // SMALL
        right, bottom = max(left + 2, window.right // SMALL), max(top + 2, window.bottom // SMALL)
        part = slice(top, bottom), slice(left, right)
        near = raster.resize(np.ascontiguousarray(np.minimum(self.lamplight[part], 0.7)), half)
        way = raster.resize(np.ascontiguousarray(toward[part]), half)
        small = raster.resize(cover, half)
        soft = raster.blur(small, 1.6 * self.frame.scale)
        rise_x = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3)
        rise_y = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3)
        facing = -(rise_x * way[..., 0] + rise_y * way[..., 1])
        edge = np.asarray(np.clip(facing * 0.9, 0, 1) * small * strength * 1.5, np.float32)
        glow = times(near, edge)
        colour += raster.resize(glow, (width, height))

    def _round(self, colour: Array, cover: Array, amount: float, coarse: float) -> None:
        """Shade as if slightly inflated, lit from the key's side."""
        height, width = cover.shape
        quarter = (max(2, width // 4), max(2, height // 4))
        sigma = 4 * self.frame.scale / coarse
        soft = raster.blur(raster.resize(cover, quarter), sigma)
        shift = max(1, int(sigma * 0.6))
        side = 1 if self.stage.key_at[0] >= self.stage.w * 0.5 else -1
        across = np.roll(soft, shift, axis=1) - np.roll(soft, -shift, axis=1)
        along = np.roll(soft, -shift, axis=0) - np.roll(soft, shift, axis=0)
        shade = np.clip(1 + amount * (across * side * 0.9 + along * 0.5), 0.45, 1.7)
        colour[:] = times(colour, raster.resize(np.asarray(shade, np.float32), (width, height)))

    # --- what shines, and air ------------------------------------------------------------------

    def shine(self, glow: str, *, soft: float = 0.0, strength: float = 1.0) -> None:
        """Add self-lit shapes with a close glow around them."""
        for window in self._windows(glow, 30 * self.frame.scale + soft * 3):
            colour, cover = self._render(glow, window, 2)
            lit = times(colour, np.asarray(cover * (1.55 * strength), np.float32))
            if soft:
                lit = raster.blur(lit, soft / 2)
            lit += 0.5 * raster.blur(lit, 9)
            self.image[window.part] += raster.resize(lit, window.size)

    def mist(
        self, y: float, thickness: float, amount: float, *, colour: str = "", seed: int = 0
    ) -> None:
        """A bank of mist around height ``y``."""
        scale = self.frame.scale
        top = max(0, int((y - 2.4 * thickness) * scale))
        bottom = min(self.size[1], int((y + 2.4 * thickness) * scale))
        if bottom - top < SMALL:
            return
        cloud = raster.noise(self.small[0], self.small[1], 2.2, 7, 900 + seed, 4)
        bank = np.exp(-(((self.y - y) / thickness) ** 2)) * amount * (0.35 + 1.1 * cloud)
        cover = raster.resize(np.asarray(np.clip(bank, 0, 1), np.float32), self.size)[top:bottom]
        tone = linear(colour or self.stage.light.haze) * (0.8 if self.stage.light.dark else 0.96)
        band = times(self.image[top:bottom], 1 - cover)
        self.image[top:bottom] = cv2.add(band, tinted(cover, tone))

    def veil(self, cover: Array, tone: Array) -> None:
        """One linear colour over the whole picture where ``cover`` [h, w] says."""
        self.image = raster.array(cv2.add(times(self.image, 1 - cover), tinted(cover, tone)))

    def add_small(self, light: Array) -> None:
        """Add a soft field [small h, small w, 3] of light to the picture."""
        soft = raster.resize(np.asarray(light, np.float32), self.size)
        self.image = raster.array(cv2.add(self.image, soft))

    # --- the end ---------------------------------------------------------------------------

    def finish(self) -> Array:
        """Halos, bloom, tone, grade, grain."""
        stage, light = self.stage, self.stage.light
        halos = np.zeros_like(self.lamplight)
        # A little of the glow stays: some of the air is before the subject, too.
        seen = 0.05 + 0.95 * raster.blur(self.unhidden, 0.8)
        for number, lamp in enumerate(stage.lamps):
            away = np.hypot(self.x - lamp.x, self.y - lamp.y) / (lamp.reach * 0.55)
            halo = 0.5 * lamp.halo * lamp.strength / (1 + away * away * 6) ** 1.5
            halo = halo * seen if number < stage.far_lamps else halo
            halos += halo[..., None] * linear(lamp.colour)
        quarter = (self.size[0] // 4, self.size[1] // 4)
        small = raster.resize(self.image, quarter)
        bright = np.maximum(small - 0.62, 0)
        near, far = 4 * self.frame.scale, 18 * self.frame.scale
        bloom = (raster.blur(bright, near) + raster.blur(bright, far)) * (0.5 * light.bloom)
        bloom += raster.resize(halos * light.exposure, quarter)
        soft = raster.resize(bloom, self.size)
        grade = self._grade(_developed(raster.array(cv2.scaleAdd(small, light.exposure, bloom))))
        fade = raster.resize(self._vignette(), self.size)
        sheet = raster.paper(self.size[0], self.size[1], 5)
        noise = raster.grain(self.size[0], self.size[1], stage.seed % 7)
        picture = np.empty_like(self.image)
        for rows in raster.strips(self.size[1]):
            part = _developed(
                raster.array(cv2.scaleAdd(self.image[rows], light.exposure, soft[rows]))
            )
            part = raster.array(cv2.transform(part, grade))
            part = times(part, fade[rows] * (0.78 + 0.22 * sheet[rows]))
            grain = noise[rows]
            cv2.add(part, cv2.merge([grain, grain, grain]), dst=picture[rows])
        return picture

    def _grade(self, picture: Array) -> Array:
        """Saturation, contrast and tint as one 3x4 colour matrix.

        Grey days get a little more contrast, so that they still read on a small screen.
        """
        light = self.stage.light
        luma = raster.resize(picture, (96, 96)) @ _LUMA
        contrast = light.contrast * float(np.clip(LEAST_SPREAD / max(luma.std(), 1e-3), 1, 1.5))
        pivot = 0.46 if contrast == light.contrast else float(luma.mean())
        grey = np.outer(np.ones(3, np.float32), _LUMA)
        matrix = contrast * (light.saturation * np.eye(3) + (1 - light.saturation) * grey)
        offset = np.full((3, 1), pivot * (1 - contrast))
        tint = 1 - light.tint_strength + light.tint_strength * 1.35 * np.sqrt(linear(light.tint))
        return np.asarray(np.hstack([matrix, offset]) * tint[:, None], np.float32)

    def _vignette(self) -> Array:
        """A small factor that darkens the corners."""
        dx = (self.x / self.stage.w - 0.5) / 0.74
        dy = (self.y / self.stage.h - 0.47) / 0.78
        fade = 1 - self.stage.light.vignette * 0.62 * np.clip(dx * dx + dy * dy, 0, 1.2) ** 1.5
        return np.asarray(fade, np.float32)


class PaperPainter(Painter):
    """Paper cut: flat sheets with soft shadows, fibres and cut edges."""

    def _light_field(self, lamplight: Array, knee: float) -> Array:
        # Paper takes light more evenly than the world does.
        return np.asarray(super()._light_field(lamplight, knee) * 0.46 + 0.64, np.float32)

    def lay(self, layer: Layer) -> None:
        drop = max(2, round((4 + 5 * layer.depth) * self.frame.scale))
        for window in self._windows(layer.body, drop * 5):
            self._lay_sheet(layer, window, drop)
        if layer.glow:
            self.shine(layer.glow, strength=0.72)

    def _lay_sheet(self, layer: Layer, window: Window, drop: int) -> None:
        light = self.stage.light
        coarse = 1.5 if layer.depth < 0.62 else 1.25 if layer.depth < 0.97 else 1
        colour, cover = self._render(layer.body, window, coarse)
        colour, cover = raster.resize(colour, window.size), raster.resize(cover, window.size)
        shadow = np.zeros_like(cover)
        shadow[drop:, : -(drop // 2)] = cover[:-drop, drop // 2 :]
        shadow = raster.blur(shadow, drop * 1.1)
        fibre = raster.paper(*self.size, 20 + int(layer.depth * 10) % 3)[window.part]
        fallen = self._fallen(layer, window)
        edge = self._edge_of(cover, -2)
        rim = np.asarray(linear(light.haze) * 0.25, np.float32)
        haze = min(0.82, light.haziness * 1.05 * max(0.0, 1 - layer.depth) ** 1.1)
        for rows in raster.strips(window.size[1]):
            part = raster.array(cv2.multiply(colour[rows], fallen[rows]))
            # Faces and coats are cut from finer paper than the land.
            part = times(part, fibre[rows] if layer.depth >= 1 else 2 * fibre[rows] - 1)
            if edge is not None:
                part += tinted(edge[rows], rim)
            part = times(part, cover[rows])
            if haze > 0.01:
                air = tinted(cover[rows], self._air)
                part = raster.array(cv2.addWeighted(part, 1 - haze, air, haze, 0))
            image = self.image[window.part][rows]
            under = (1 - 0.5 * shadow[rows]) * (1 - cover[rows])
            cv2.add(times(image, raster.array(under)), part, dst=image)
        self._hide(layer, window, cover)

    def mist(
        self, y: float, thickness: float, amount: float, *, colour: str = "", seed: int = 0
    ) -> None:
        super().mist(y, thickness, amount * 0.3, colour=colour, seed=seed)
