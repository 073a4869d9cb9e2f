"""Painters: from a stage to pixels, one per style.

``Painter`` (storybook light) works in linear light: surfaces times the light that falls on them,
air between them, glow around what shines. ``PaperPainter`` cuts the same layers from paper.
What is on the stage is not decided here.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from content_platform.imagery.illustrator import raster
from content_platform.imagery.illustrator.raster import Array, linear
from content_platform.imagery.illustrator.stage import Effect, Lamp, Layer, Stage
from content_platform.vocabulary import ArtStyle

SMALL = 8
"""Soft fields (light, mist, glow) are painted this many times smaller."""


def paint(stage: Stage) -> Array:
    """The finished picture, gamma-encoded, [height, width, 3] in 0..1."""
    painter = PaperPainter(stage) if stage.style is ArtStyle.PAPER_CUT else Painter(stage)
    return painter.picture()


def _times(colour: Array, factor: Array) -> Array:
    """[h, w, 3] times [h, w]."""
    return raster.array(cv2.multiply(colour, cv2.merge([factor, factor, factor])))


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
        self.light = raster.resize(self._light_field(), self.size)

    # --- light -----------------------------------------------------------------------------

    def _light_field(self) -> Array:
        stage = self.stage
        field = np.empty((self.small[1], self.small[0], 3), np.float32)
        field[:] = stage.light.ambient_light()
        reach = 0.75 * max(stage.w, stage.h)
        away = np.hypot(self.x - stage.key_at[0], self.y - stage.key_at[1]) / reach
        field += (0.45 + 0.75 / (1 + away * away * 2.2))[..., None] * stage.light.key_light()
        for lamp in stage.lamps:
            field += self._fall(lamp)[..., None] * (linear(lamp.colour) * lamp.strength * 1.5)
        return field

    def _fall(self, lamp: Lamp) -> Array:
        away = ((self.x - lamp.x) ** 2 + (self.y - lamp.y) ** 2) / (lamp.reach * lamp.reach)
        return np.asarray(1 / (1 + away * 3.2) ** 1.6, np.float32)

    # --- things ----------------------------------------------------------------------------

    def picture(self) -> Array:
        for thing in self.stage.things:
            if isinstance(thing, Effect):
                thing.paint(self)
            else:
                self.lay(thing)
        return self.finish()

    def render(self, body: str, *, coarse: int = 1) -> tuple[Array, Array]:
        """Vector shapes over the whole frame, ``coarse`` times smaller than the picture."""
        size = (self.size[0] // coarse, self.size[1] // coarse)
        return raster.vector(body, (0, 0, self.stage.w, self.stage.h), size)

    def lay(self, layer: Layer) -> None:
        light = self.stage.light
        pixels = layer.soft * self.frame.scale
        coarse = 4 if pixels > 9 else 2 if pixels > 1.5 or layer.depth < 0.34 else 1
        colour, cover = self.render(layer.body, coarse=coarse)
        if layer.volume:
            self._round(colour, cover, layer.volume, coarse)
        if layer.rim:
            self._rim(colour, cover, layer.rim, coarse)
            if layer.depth >= 0.9 and self.stage.lamps:
                self._lamp_rim(colour, cover, layer.rim)
        # From here on colour is premultiplied, so that soft edges stay clean.
        colour = _times(colour, cover)
        if pixels:
            colour, cover = (
                raster.blur(colour, pixels / coarse),
                raster.blur(cover, pixels / coarse),
            )
        if coarse > 1:
            colour, cover = raster.resize(colour, self.size), raster.resize(cover, self.size)
        fallen = (
            self.light
            if not layer.fill
            else self.light + np.asarray(linear("#ffe6d2") * layer.fill, np.float32)
        )
        colour = raster.array(cv2.multiply(colour, fallen, scale=layer.lit))
        if layer.texture and not pixels:
            colour = _times(colour, self._tooth(layer.texture))
        haze = light.haziness * max(0.0, 1 - layer.depth) ** 1.25
        if haze > 0.01:
            colour = raster.array(
                cv2.addWeighted(colour, 1 - haze, _times(self._air, cover), haze, 0)
            )
        self.image = _times(self.image, 1 - cover) + colour
        if layer.glow:
            self.shine(layer.glow, soft=pixels)

    def _tooth(self, strength: float) -> Array:
        """Dry, slightly horizontal brush strokes: a factor around 1."""
        across, down = self.stage.w / 34, self.stage.h / 11
        tooth = raster.noise(self.size[0] // 2, self.size[1] // 2, across, down, 11, 3)
        factor = np.asarray(1 + strength * 0.8 * (tooth - 0.5), np.float32)
        return raster.resize(factor, self.size)

    @functools.cached_property
    def _air(self) -> Array:
        dim = 0.72 if self.stage.light.dark else 0.9
        return raster.flat(self.size, np.asarray(linear(self.stage.light.haze) * dim, np.float32))

    def _lamp_rim(self, colour: Array, cover: Array, strength: float) -> None:
        """An edge of light towards the lamps around: the lamps' brightness says where they are."""
        height, width = cover.shape
        half = (width // 2, height // 2)
        field = np.zeros((self.small[1], self.small[0], 3), np.float32)
        for lamp in self.stage.lamps:
            field += self._fall(lamp)[..., None] * (linear(lamp.colour) * lamp.strength)
        toward_y, toward_x = np.gradient(field.sum(axis=2))
        length = np.hypot(toward_x, toward_y) + 1e-5
        small = raster.resize(cover, half)
        soft = raster.blur(small, 1.6 * self.frame.scale)
        rise_x = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3)
        rise_y = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3)
        facing = -(
            rise_x * raster.resize(np.asarray(toward_x / length, np.float32), half)
            + rise_y * raster.resize(np.asarray(toward_y / length, np.float32), half)
        )
        edge = np.asarray(np.clip(facing * 0.9, 0, 1) * small * strength * 1.5, np.float32)
        colour += raster.resize(_times(raster.resize(field, half), edge), (width, height))

    def _rim(self, colour: Array, cover: Array, strength: float, coarse: int) -> None:
        """A thin edge of light on the side that faces the key and the nearest lamps."""
        height, width = cover.shape
        step = max(1, round(2.6 * self.frame.scale / coarse))
        dx = 1 if self.stage.key_at[0] >= self.stage.w * 0.5 else -1
        self._edge(colour, cover, dx * step, -step, self.stage.light.key_light() * strength * 1.7)

    def _edge(self, colour: Array, cover: Array, dx: int, dy: int, light: Array) -> None:
        moved = np.zeros_like(cover)
        h, w = cover.shape
        ys, yd = (
            (slice(0, h - abs(dy)), slice(abs(dy), h))
            if dy > 0
            else (slice(abs(dy), h), slice(0, h - abs(dy)))
        )
        xs, xd = (
            (slice(0, w - abs(dx)), slice(abs(dx), w))
            if dx > 0
            else (slice(abs(dx), w), slice(0, w - abs(dx)))
        )
        # The cover as seen from the light: what it does not hide behind itself is the edge.
        moved[ys, xs] = cover[yd, xd]
        edge = np.clip(cover - moved, 0, 1)
        edge = raster.blur(edge, max(0.6, abs(dx) * 0.45))
        colour += edge[..., None] * light

    def _round(self, colour: Array, cover: Array, amount: float, coarse: int) -> None:
        """Shade as if slightly inflated, lit from the key's side."""
        height, width = cover.shape
        sigma = 16 * self.frame.scale / coarse
        soft = raster.blur(cover, sigma)
        shift = max(1, int(sigma * 0.6))
        dx = 1 if self.stage.key_at[0] >= self.stage.w * 0.5 else -1
        left = np.roll(soft, shift, axis=1)
        right = np.roll(soft, -shift, axis=1)
        down = np.roll(soft, -shift, axis=0)
        up = np.roll(soft, shift, axis=0)
        shade = 1 + amount * ((left - right) * dx * 0.9 + (down - up) * 0.5)
        colour *= np.clip(shade, 0.45, 1.7)[..., None]

    def shine(self, glow: str, *, soft: float = 0.0, strength: float = 1.0) -> None:
        """Add self-lit shapes with a close glow around them."""
        colour, cover = self.render(glow, coarse=2)
        lit = np.asarray(colour * (cover * 1.55 * strength)[..., None], np.float32)
        if soft:
            lit = raster.blur(lit, soft / 2)
        core = raster.resize(lit, self.size)
        near = raster.resize(raster.blur(lit, 9), self.size)
        self.image = cv2.addWeighted(cv2.add(self.image, core), 1, near, 0.5, 0)

    def mist(
        self, y: float, thickness: float, amount: float, *, colour: str = "", seed: int = 0
    ) -> None:
        """A bank of mist around height ``y``."""
        cloud = raster.noise(self.small[0], self.small[1], 2.2, 7, 900 + seed, 4)
        bank = np.exp(-(((self.y - y) / thickness) ** 2)) * amount * (0.35 + 1.1 * cloud)
        cover = raster.resize(np.asarray(np.clip(bank, 0, 1), np.float32), self.size)
        tone = linear(colour or self.stage.light.haze) * (0.8 if self.stage.light.dark else 0.96)
        self.image = raster.over(self.image, raster.flat(self.size, tone), cover)

    def add_small(self, light: Array) -> None:
        """Add a soft field [small h, small w, 3] of light to the picture."""
        self.image = cv2.add(self.image, raster.resize(np.asarray(light, np.float32), self.size))

    def halo(self, x: float, y: float, reach: float, colour: str, strength: float) -> None:
        away = np.hypot(self.x - x, self.y - y) / reach
        self.add_small((strength / (1 + away * away * 6) ** 1.5)[..., None] * linear(colour))

    # --- the end ---------------------------------------------------------------------------

    def finish(self) -> Array:
        stage, light = self.stage, self.stage.light
        for lamp in stage.lamps:
            if lamp.halo:
                self.halo(
                    lamp.x, lamp.y, lamp.reach * 0.55, lamp.colour, 0.5 * lamp.halo * lamp.strength
                )
        image = self.image
        quarter = raster.resize(image, (self.size[0] // 4, self.size[1] // 4))
        bright = np.maximum(quarter - 0.62, 0)
        veil = (
            raster.blur(bright, 4 * self.frame.scale) * 0.5
            + raster.blur(bright, 18 * self.frame.scale) * 0.5
        )
        image = cv2.addWeighted(
            image,
            light.exposure,
            raster.resize(np.asarray(veil, np.float32), self.size),
            light.bloom,
            0,
        )
        # A soft shoulder: whites roll off, darks stay put.
        image = cv2.divide(image * 1.16, image * 0.3 + 1)
        picture = cv2.sqrt(np.maximum(image, 0))
        picture = self._grade(picture)
        noise = raster.grain(self.size[0], self.size[1], stage.seed % 7)
        speck = cv2.multiply(noise, 0.0075)
        return np.asarray(picture + speck[..., None], np.float32)

    def _grade(self, picture: Array) -> Array:
        light = self.stage.light
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        picture = cv2.addWeighted(
            picture, light.saturation, cv2.merge([grey, grey, grey]), 1 - light.saturation, 0
        )
        picture = np.asarray((picture - 0.46) * light.contrast + 0.46, np.float32)
        tint = np.sqrt(linear(light.tint))
        picture = picture * np.asarray(
            1 - light.tint_strength + light.tint_strength * 1.35 * tint, np.float32
        )
        dx = (self.x / self.stage.w - 0.5) / 0.74
        dy = (self.y / self.stage.h - 0.47) / 0.78
        fade = 1 - light.vignette * 0.62 * np.clip(dx * dx + dy * dy, 0, 1.2) ** 1.5
        cover = raster.resize(np.asarray(fade, np.float32), self.size)
        picture = cv2.multiply(picture, cv2.merge([cover, cover, cover]))
        sheet = raster.paper(self.size[0], self.size[1], 5)
        soft = np.asarray(1 + (sheet - 1) * 0.35, np.float32)
        return np.asarray(cv2.multiply(picture, cv2.merge([soft, soft, soft])), np.float32)


class PaperPainter(Painter):
    """Paper cut: flat sheets with soft shadows, fibres and cut edges."""

    def _light_field(self) -> Array:
        field = super()._light_field()
        # Paper takes light more evenly than the world does.
        return np.asarray(field * 0.45 + 0.62, np.float32)

    def lay(self, layer: Layer) -> None:
        light = self.stage.light
        colour, cover = self.render(layer.body, coarse=2 if layer.soft > 4 else 1)
        if cover.shape[0] != self.size[1]:
            colour, cover = raster.resize(colour, self.size), raster.resize(cover, self.size)
        drop = max(2, round((4 + 5 * layer.depth) * self.frame.scale))
        shadow = np.zeros_like(cover)
        shadow[drop:, : -drop // 2 or None] = (
            cover[:-drop, drop // 2 :] if drop // 2 else cover[:-drop]
        )
        shadow = raster.blur(shadow, drop * 1.1)
        self.image = cv2.multiply(
            self.image, cv2.merge([np.asarray(1 - 0.5 * shadow * (1 - cover), np.float32)] * 3)
        )
        colour = cv2.multiply(colour, self.light)
        haze = min(0.82, light.haziness * 1.05) * max(0.0, 1 - layer.depth) ** 1.1
        if haze > 0.01:
            colour = cv2.addWeighted(colour, 1 - haze, self._air, haze, 0)
        fibre = raster.paper(self.size[0], self.size[1], 20 + int(layer.depth * 10) % 3)
        rough = np.asarray(1 + (fibre - 1) * 2.0, np.float32)
        colour = cv2.multiply(colour, cv2.merge([rough, rough, rough]))
        self._edge(colour, cover, -2, -2, np.asarray(linear(light.haze) * 0.25, np.float32))
        self.image = raster.over(self.image, colour, cover)
        if layer.glow:
            self.shine(layer.glow, strength=0.72)

    def mist(
        self, y: float, thickness: float, amount: float, *, colour: str = "", seed: int = 0
    ) -> None:
        super().mist(y, thickness, amount * 0.3, colour=colour, seed=seed)
