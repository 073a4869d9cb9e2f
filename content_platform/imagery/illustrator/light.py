"""Light: what time, weather and mood do to sky, air and surfaces.

One ``Light`` holds every colour decision of a scene, so that pictures of one story differ and
still belong together. Positions and shapes belong to ``stage`` and the places.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from content_platform.imagery.illustrator.look import generator
from content_platform.imagery.illustrator.raster import Array, linear
from content_platform.imagery.illustrator.shapes import darker, lighter, mix
from content_platform.stories.models import Beat, Scene, TimeOfDay, Weather
from content_platform.vocabulary import Mood


@dataclass(frozen=True)
class Light:
    """Colours are ``#rrggbb``; strengths are factors, 1 is usual."""

    sky: tuple[str, str, str, str]
    """From the zenith to the horizon."""
    haze: str
    haziness: float
    """How much the farthest land takes the haze's colour; above 1, nearer land as well."""
    ambient: str
    ambient_strength: float
    key: str
    """Of the sun or moon."""
    key_strength: float
    sun: str
    """``sun``, ``moon`` or empty when covered."""
    stars: float
    cloud_cover: float
    cloud_light: str
    cloud_shade: str
    dark: bool
    """Whether lamps are lit."""
    lamp: str
    exposure: float
    saturation: float
    contrast: float
    tint: str
    tint_strength: float
    vignette: float
    bloom: float

    def ambient_light(self) -> Array:
        return np.asarray(linear(self.ambient) * self.ambient_strength, np.float32)

    def key_light(self) -> Array:
        return np.asarray(linear(self.key) * self.key_strength, np.float32)

    def lit_warm(self, skin: str) -> str:
        """``skin`` as to be painted in this light: in a blue one, as it is, it would be a corpse's."""
        fallen = self.ambient_light() + 0.75 * self.key_light()
        if fallen[0] >= fallen[2]:
            return skin
        warm = linear(skin) * (fallen.mean() / fallen) ** 0.9
        red, green, blue = np.rint(255 * np.sqrt(warm / max(1.0, warm.max()))).astype(int)
        return f"#{red:02x}{green:02x}{blue:02x}"


_NIGHT = Light(
    sky=("#0a1230", "#17305f", "#2f5d85", "#6f9fb0"),
    haze="#5f8fa6",
    haziness=0.72,
    ambient="#7d9bd0",
    ambient_strength=0.55,
    key="#cfe0ff",
    key_strength=0.42,
    sun="moon",
    stars=1.0,
    cloud_cover=0.36,
    cloud_light="#a9c4d8",
    cloud_shade="#16264a",
    dark=True,
    lamp="#ffc06a",
    exposure=1.18,
    saturation=1.1,
    contrast=1.05,
    tint="#3a5aa8",
    tint_strength=0.06,
    vignette=0.5,
    bloom=0.7,
)
_DAWN = Light(
    sky=("#4d74ad", "#94aed0", "#f2c3b4", "#ffe3b4"),
    haze="#f3cdb6",
    haziness=0.75,
    ambient="#c9c4e0",
    ambient_strength=0.72,
    key="#ffd9a0",
    key_strength=0.62,
    sun="sun",
    stars=0.0,
    cloud_cover=0.4,
    cloud_light="#ffe6cc",
    cloud_shade="#a98fb5",
    dark=False,
    lamp="#ffc878",
    exposure=1.04,
    saturation=1.08,
    contrast=1.0,
    tint="#ffb890",
    tint_strength=0.06,
    vignette=0.34,
    bloom=0.6,
)
_DAY = Light(
    sky=("#3f8acb", "#79b8e0", "#b5dcea", "#e6f1e4"),
    haze="#c4dfe6",
    haziness=0.46,
    ambient="#d6e2f2",
    ambient_strength=0.82,
    key="#ffe9b8",
    key_strength=0.62,
    sun="sun",
    stars=0.0,
    cloud_cover=0.42,
    cloud_light="#ffffff",
    cloud_shade="#9fb9d0",
    dark=False,
    lamp="#ffd08a",
    exposure=1.0,
    saturation=1.18,
    contrast=1.0,
    tint="#ffe8b0",
    tint_strength=0.03,
    vignette=0.26,
    bloom=0.4,
)
_DUSK = Light(
    sky=("#232a62", "#6a4487", "#d0667a", "#ffb36a"),
    haze="#d98a78",
    haziness=0.68,
    ambient="#a893c8",
    ambient_strength=0.62,
    key="#ffb070",
    key_strength=0.62,
    sun="sun",
    stars=0.18,
    cloud_cover=0.45,
    cloud_light="#ffb48a",
    cloud_shade="#5a3f78",
    dark=True,
    lamp="#ffbe66",
    exposure=1.1,
    saturation=1.1,
    contrast=1.03,
    tint="#c04a80",
    tint_strength=0.05,
    vignette=0.42,
    bloom=0.65,
)
_TIMES = {
    TimeOfDay.NIGHT: _NIGHT,
    TimeOfDay.DAWN: _DAWN,
    TimeOfDay.DAY: _DAY,
    TimeOfDay.DUSK: _DUSK,
}

_GREY = {
    TimeOfDay.NIGHT: "#33425c",
    TimeOfDay.DAWN: "#a9a9b8",
    TimeOfDay.DAY: "#a7b4bf",
    TimeOfDay.DUSK: "#66607c",
}

# Mood: (saturation, contrast, exposure, tint, tint strength, vignette, warmth of the lamps)
_MOODS: dict[Mood, tuple[float, float, float, str, float, float]] = {
    Mood.CALM: (1.0, 0.97, 1.03, "#7fb0c0", 0.05, 0.0),
    Mood.MYSTERY: (0.96, 1.04, 0.98, "#2f6a8c", 0.08, 0.1),
    Mood.TENDER: (1.02, 0.97, 1.05, "#ffb27c", 0.09, 0.02),
    Mood.UPBEAT: (1.12, 1.0, 1.07, "#ffd070", 0.05, -0.08),
    Mood.EPIC: (1.1, 1.08, 1.02, "#6a5ad0", 0.06, 0.06),
    Mood.SAD: (0.8, 0.97, 0.96, "#5a78a0", 0.1, 0.08),
    Mood.PLAYFUL: (1.14, 1.0, 1.06, "#ffb0c0", 0.05, -0.08),
    Mood.TENSE: (0.9, 1.12, 0.95, "#1f5a60", 0.1, 0.14),
}


# The colour script: where a mood pulls sky and air of the dark hours, how far, and its lamps.
_SCRIPT: dict[Mood, tuple[str, float, str]] = {
    Mood.CALM: ("#2f86a0", 0.26, "#ffca7a"),
    Mood.MYSTERY: ("#1c6f6c", 0.34, "#ffd27a"),
    Mood.TENDER: ("#8a4f96", 0.34, "#ffb070"),
    Mood.UPBEAT: ("#2f86d8", 0.26, "#ffd080"),
    Mood.EPIC: ("#5a38b4", 0.4, "#ffb460"),
    Mood.SAD: ("#56637a", 0.42, "#f4c48c"),
    Mood.PLAYFUL: ("#4a6ae0", 0.28, "#ffc070"),
    Mood.TENSE: ("#16404a", 0.44, "#ff9a5a"),
}
_WEIGHTS = {Beat.HOOK: 0.75, Beat.TURN: 1.15, Beat.CLIMAX: 1.3, Beat.ENDING: 0.7}

_LEANINGS = ("#6a3fa0", "#2f8aa0", "#a04a6a", "#3a6ad0")


def light_of(scene: Scene, seed: int) -> Light:
    """The light of a scene: its time, changed by its weather, graded by its mood and beat."""
    light = _TIMES[scene.time_of_day]
    grey = _GREY[scene.time_of_day]
    night = scene.time_of_day is TimeOfDay.NIGHT
    match scene.weather:
        case Weather.CLOUDS:
            light = _greyed(light, grey, 0.42, cover=0.8, key=0.62, stars=0.3)
        case Weather.RAIN:
            light = _greyed(light, grey, 0.55, cover=0.85, key=0.35, stars=0.0, sun="")
            light = replace(light, haziness=min(1, light.haziness + 0.12), dark=True)
        case Weather.STORM:
            light = _greyed(
                light, mix(grey, "#161f30", 0.58), 0.74, cover=0.95, key=0.3, stars=0.0, sun=""
            )
            light = replace(
                light,
                contrast=light.contrast + 0.1,
                exposure=light.exposure * 0.84,
                ambient_strength=light.ambient_strength * 0.85,
                saturation=light.saturation * 0.86,
                haze=mix(light.haze, "#33465c", 0.3),
                dark=True,
                vignette=light.vignette + 0.1,
            )
        case Weather.SNOW:
            light = _greyed(
                light,
                mix(grey, "#c9d3ea", 0.45),
                0.72,
                cover=0.9,
                key=0.5,
                stars=0.1,
                sun="moon" if night else "",
            )
            light = replace(
                light,
                haziness=min(1, light.haziness + 0.12),
                ambient_strength=light.ambient_strength * 1.1,
            )
        case Weather.FOG:
            pale = mix(grey, light.sky[3], 0.45)
            light = _greyed(light, pale, 0.6, cover=0.2, key=0.45, stars=0.1)
            light = replace(light, haze=mix(light.haze, pale, 0.6), haziness=1.5)
        case Weather.CLEAR:
            pass
    light = _scripted(light, scene)
    saturation, contrast, exposure, tint, strength, vignette = _MOODS[scene.mood]
    lean = generator("light", seed, scene.time_of_day).choice(_LEANINGS)
    light = replace(
        light,
        # Each story leans its skies a little its own way.
        sky=(mix(light.sky[0], lean, 0.1), mix(light.sky[1], lean, 0.1), *light.sky[2:]),
        saturation=light.saturation * saturation,
        contrast=light.contrast * contrast,
        exposure=light.exposure * exposure,
        tint=mix(light.tint, tint, 0.6),
        tint_strength=light.tint_strength + strength,
        vignette=light.vignette + vignette,
    )
    if scene.beat is Beat.CLIMAX:
        light = replace(
            light, contrast=light.contrast * 1.06, key_strength=light.key_strength * 1.15
        )
    elif scene.beat is Beat.ENDING:
        light = replace(light, bloom=light.bloom * 1.2, exposure=light.exposure * 1.03)
    return light


def _scripted(light: Light, scene: Scene) -> Light:
    """The mood's own colours: most at night, less while the sun gives its own; an ending warms."""
    lean, amount, lamp = _SCRIPT[scene.mood]
    hour = {TimeOfDay.NIGHT: 1.0, TimeOfDay.DUSK: 0.6, TimeOfDay.DAWN: 0.4, TimeOfDay.DAY: 0.25}
    amount *= hour[scene.time_of_day] * _WEIGHTS.get(scene.beat, 1.0)
    if scene.beat is Beat.ENDING:
        lean = mix(lean, "#d08a7a", 0.4)
    pale = lighter(lean, 0.3)
    return replace(
        light,
        sky=(
            mix(light.sky[0], darker(lean, 0.5), amount * 0.8),
            mix(light.sky[1], darker(lean, 0.15), amount),
            mix(light.sky[2], lean, amount),
            mix(light.sky[3], pale, amount * 0.9),
        ),
        haze=mix(light.haze, pale, amount * 0.8),
        ambient=mix(light.ambient, lighter(lean, 0.45), amount * 0.6),
        cloud_shade=mix(light.cloud_shade, darker(lean, 0.4), amount * 0.7),
        cloud_light=mix(light.cloud_light, pale, amount * 0.5),
        lamp=lamp if light.dark else light.lamp,
    )


def _greyed(
    light: Light,
    grey: str,
    amount: float,
    *,
    cover: float,
    key: float,
    stars: float,
    sun: str | None = None,
) -> Light:
    return replace(
        light,
        sky=(
            mix(light.sky[0], darker(grey, 0.35), amount),
            mix(light.sky[1], darker(grey, 0.15), amount),
            mix(light.sky[2], grey, amount),
            mix(light.sky[3], lighter(grey, 0.25), amount * 0.8),
        ),
        haze=mix(light.haze, lighter(grey, 0.15), amount),
        ambient=mix(light.ambient, lighter(grey, 0.4), amount * 0.5),
        key_strength=light.key_strength * key,
        stars=light.stars * stars,
        cloud_cover=cover,
        cloud_light=mix(light.cloud_light, lighter(grey, 0.3), amount),
        cloud_shade=mix(light.cloud_shade, darker(grey, 0.45), amount),
        sun=light.sun if sun is None else sun,
        saturation=light.saturation * (1 - amount * 0.15),
    )


def indoors(light: Light, *, walls: str, lamp: str = "", cosy: float = 1.0) -> Light:
    """The same hour inside a room: weaker, warmer ambient; ``walls`` colours the bounced light."""
    night = light.dark
    return replace(
        light,
        ambient=mix(mix(light.ambient, walls, 0.34), "#ffe0c0", 0.25 * cosy),
        ambient_strength=(0.74 if night else 0.86) * (0.9 + 0.1 * cosy),
        key_strength=light.key_strength * 0.5,
        haze=mix(light.haze, walls, 0.65),
        haziness=0.25,
        lamp=lamp or light.lamp,
        vignette=light.vignette * 0.85,
        exposure=light.exposure * 1.05,
    )
