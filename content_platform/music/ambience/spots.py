"""Single sounds: what happens once when the story says so. One channel, they end in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from content_platform.music.ambience.beds import song_of_a_bird
from content_platform.music.ambience.noise import RATE, Sound, band, burst, ring
from content_platform.music.models import SpotSound

_Spot = Callable[[np.random.Generator], Sound]


def _knock(chance: np.random.Generator) -> Sound:
    """Three raps on wood."""
    gap = chance.uniform(0.2, 0.26)
    return _together([(at * gap, gain * _wood(chance)) for at, gain in ((0, 1), (1, 0.85), (2, 1))])


def _wood(chance: np.random.Generator) -> Sound:
    """A rap: the board's own tones, and the knuckle's click."""
    body = [
        (0.0, ring(hz, s) * g)
        for hz, s, g in ((165, 0.16, 1.0), (290, 0.11, 0.7), (610, 0.06, 0.35))
    ]
    return _together([*body, (0.0, 0.5 * burst(chance, 0.025, band(700, 3500)))])


def _door(chance: np.random.Generator) -> Sound:
    """The latch, a creak of the hinge, and the door in its frame."""
    creak_s = chance.uniform(0.55, 0.8)
    place = np.arange(round(creak_s * RATE)) / (creak_s * RATE)
    # Wood that sticks and slips: a buzz whose pace rises and falls, in the door's resonances.
    pace = 38 + 46 * np.sin(np.pi * place) ** 1.5 + 6 * np.sin(2 * np.pi * 3.1 * place)
    phase = np.cumsum(pace) / RATE
    slips = np.diff(np.floor(phase), prepend=0) * chance.uniform(0.5, 1.0, len(place))
    grain = _together(
        [(0.0, ring(hz, 0.03) * g) for hz, g in ((520, 1.0), (1130, 0.6), (1750, 0.35))]
    )
    creak = np.convolve(slips, grain)[: len(place)] * np.sin(np.pi * place) ** 0.7
    latch = burst(chance, 0.03, band(1200, 5000))
    thud = _together(
        [
            (0.0, ring(78, 0.28)),
            (0.0, 0.6 * ring(140, 0.16)),
            (0.0, 0.35 * burst(chance, 0.09, band(200, 1500))),
        ]
    )
    return _together(
        [
            (0.0, 0.35 * latch),
            (0.09, 0.22 * creak.astype(np.float32) / np.float32(np.max(np.abs(creak)))),
            (0.12 + creak_s, thud),
            (0.15 + creak_s, 0.3 * latch),
        ]
    )


def _footsteps(chance: np.random.Generator) -> Sound:
    """Five steps on boards: heel, then sole."""
    steps = []
    at = 0.0
    for number in range(5):
        heel = _together([(0.0, ring(95, 0.12)), (0.0, 0.5 * burst(chance, 0.05, band(150, 1400)))])
        sole = 0.3 * burst(chance, 0.07, band(400, 2600), attack_s=0.006)
        gain = np.float32(chance.uniform(0.75, 1.0) * (1 - 0.07 * number))
        steps.append((at, gain * _together([(0.0, heel), (0.075, sole)])))
        at += chance.uniform(0.48, 0.55)
    return _together(steps)


def _bell(chance: np.random.Generator) -> Sound:
    """A church bell: hum, prime, tierce, quint and nominal of a cast bell, struck once."""
    prime = chance.uniform(300, 420)
    partials = ((0.5, 4.5, 0.5), (1.0, 3.6, 0.8), (1.183, 3.0, 0.7), (1.506, 2.2, 0.4))
    upper = ((2.0, 2.4, 1.0), (2.514, 1.3, 0.4), (3.011, 1.0, 0.3), (4.166, 0.7, 0.2))
    tones = [
        (0.0, gain * share * ring(prime * ratio * shift, seconds, attack_s=0.002))
        for ratio, seconds, gain in partials + upper
        for shift, share in ((1.0, 0.7), (1.0013, 0.3))
    ]
    return _together([*tones, (0.0, 0.5 * burst(chance, 0.03, band(2000, 7000)))])


def _thunder(chance: np.random.Generator) -> Sound:
    """Far thunder: claps that arrive one after the other and roll away."""
    rolls = [(0.0, 0.5 * burst(chance, 1.4, band(120, 900, 1), attack_s=0.03))]
    at = 0.08
    for number in range(7):
        strength = np.float32(chance.uniform(0.5, 1.0) * 0.86**number)
        low = band(28, 190 - 15 * number, 1)
        rolls.append((at, strength * burst(chance, 2.6, low, attack_s=0.12)))
        at += chance.uniform(0.15, 0.5)
    return _together(rolls)


def _splash(chance: np.random.Generator) -> Sound:
    """Something falls into water: the slap, the spray, and bubbles coming up."""
    parts = [
        (0.0, burst(chance, 0.35, band(250, 3500, 1), attack_s=0.004)),
        (0.05, 0.5 * burst(chance, 0.9, band(1800, 8000, 1), attack_s=0.08)),
    ]
    for _ in range(16):
        tone = ring(chance.uniform(350, 1300), 0.08, attack_s=0.004, glide=chance.uniform(0.3, 0.8))
        parts.append((chance.uniform(0.12, 0.9), np.float32(chance.uniform(0.08, 0.3)) * tone))
    return _together(parts)


def _bird(chance: np.random.Generator) -> Sound:
    """One bird, near, sings twice."""
    hertz = chance.uniform(2600, 3800)
    first = song_of_a_bird(chance, hertz)
    return _together([(0.0, first), (len(first) / RATE + 0.3, 0.8 * song_of_a_bird(chance, hertz))])


def _owl(chance: np.random.Generator) -> Sound:
    """A tawny owl: one long call, a pause, and a call that trembles."""
    hertz = chance.uniform(640, 760)

    def call(seconds: float, tremble: float) -> Sound:
        time = np.arange(round(seconds * RATE)) / RATE
        place = time / seconds
        pitch = hertz * 2 ** (0.12 * np.sin(np.pi * place) - 0.08 * place)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        tone = np.sin(phase) + 0.18 * np.sin(2 * phase) + 0.05 * np.sin(3 * phase)
        shape = np.sin(np.pi * np.minimum(1, place * 1.02)) ** 0.8
        return (tone * shape * (1 - tremble * np.sin(2 * np.pi * 13 * time) ** 2)).astype(
            np.float32
        )

    return _together([(0.0, call(0.55, 0.0)), (1.0, 0.5 * call(0.12, 0.0)), (1.35, call(0.9, 0.7))])


def _clock(chance: np.random.Generator) -> Sound:
    """Six beats of a wall clock, tick and tock."""
    beats = []
    for number in range(6):
        case = 1900 if number % 2 == 0 else 1450
        tick = _together(
            [
                (0.0, ring(case, 0.035)),
                (0.0, 0.5 * ring(case * 2.3, 0.02)),
                (0.0, 0.5 * burst(chance, 0.012, band(2500, 9000))),
                (0.0, 0.5 * ring(260, 0.05)),
            ]
        )
        beats.append((0.5 * number, np.float32(0.95**number) * tick))
    return _together(beats)


def _together(parts: Sequence[tuple[float, Sound]]) -> Sound:
    """Sounds laid over each other, each at its second."""
    length = max(round(at * RATE) + len(sound) for at, sound in parts)
    whole = np.zeros(length, np.float32)
    for at, sound in parts:
        first = round(at * RATE)
        whole[first : first + len(sound)] += sound
    return whole


SPOTS: dict[SpotSound, _Spot] = {
    SpotSound.DOOR: _door,
    SpotSound.KNOCK: _knock,
    SpotSound.FOOTSTEPS: _footsteps,
    SpotSound.BELL: _bell,
    SpotSound.THUNDER: _thunder,
    SpotSound.SPLASH: _splash,
    SpotSound.BIRD: _bird,
    SpotSound.OWL: _owl,
    SpotSound.CLOCK: _clock,
}
