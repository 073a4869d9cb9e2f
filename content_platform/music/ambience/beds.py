"""The backgrounds of places, each made of a few layers of noise and grains. Stereo, any loudness.

A bed takes its chance and a length in samples; nothing in it draws attention, begins or ends.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from content_platform.music.ambience.noise import (
    RATE,
    Sound,
    band,
    burst,
    drift,
    noise,
    ring,
    scattered,
)
from content_platform.music.models import BedSound

_Bed = Callable[[np.random.Generator, int], Sound]


def _rain(chance: np.random.Generator, length: int) -> Sound:
    """Thousands of drops far away are a hiss; some near ones are heard one by one."""
    hiss = noise(chance, length, lambda hz: band(500, 7000, 1)(hz) / np.sqrt(1 + hz / 900))
    drops = [burst(chance, seconds, band(low, high)) for seconds, low, high in _DROPS * 4]
    near = scattered(chance, length, 260, drops, spread_db=6, loop=1)
    wet = scattered(
        chance, length, 9, [ring(hz, 0.03, glide=0.5) for hz in (1100, 1700, 2300)], spread_db=4
    )
    density = drift(chance, length, 5.0, 0.8, 1.1)[:, None]
    return density * (hiss + 0.5 * _even(near) + 0.06 * _even(wet))


_DROPS = ((0.012, 1500, 6000), (0.02, 900, 4000), (0.008, 3000, 10_000), (0.03, 500, 2500))


def _sea(chance: np.random.Generator, length: int) -> Sound:
    """Waves that rise slowly, break and run out, over a low unrest."""
    deep = noise(chance, length, lambda hz: band(40, 300, 1)(hz) / (1 + hz / 120), loop=1)
    body = noise(chance, length, band(120, 1200, 1), loop=0)
    foam = noise(chance, length, band(1500, 8000, 1), loop=2, width=1.0)
    swell = np.zeros(length, np.float32)
    wash = np.zeros(length, np.float32)
    at = -chance.uniform(2, 7)
    while at < length / RATE:
        period, strength = chance.uniform(6.5, 10.5), chance.uniform(0.55, 1.0)
        _add_wave(swell, at, 0.42 * period, 0.75 * period, strength)
        _add_wave(wash, at + 0.3 * period, 0.14 * period, 0.8 * period, strength)
        at += period
    made: Sound = (
        0.5 * deep
        + (0.22 + 0.8 * swell[:, None]) * body * 0.8
        + (0.05 + 0.55 * wash[:, None]) * foam * 0.6
    )
    return made


def _add_wave(curve: Sound, at_s: float, rise_s: float, fall_s: float, strength: float) -> None:
    first, past = (
        max(0, round(at_s * RATE)),
        min(len(curve), round((at_s + rise_s + fall_s) * RATE)),
    )
    if past <= first:
        return
    time = np.arange(first, past, dtype=np.float32) / RATE - np.float32(at_s)
    rise = np.sin(np.clip(time / rise_s, 0, 1) * (np.pi / 2)) ** 2
    fall = np.cos(np.clip((time - rise_s) / fall_s, 0, 1) * (np.pi / 2)) ** 2
    curve[first:past] += (strength * rise * fall).astype(np.float32)


def _stream(chance: np.random.Generator, length: int) -> Sound:
    """Bubbles: short rising tones of many sizes, over the hush of moving water."""
    tones = []
    for hertz in np.geomspace(380, 1900, 48) * chance.uniform(0.95, 1.05, 48):
        seconds, glide = 40 / hertz * chance.uniform(0.7, 1.3), chance.uniform(0.2, 0.7)
        tones.append(ring(hertz, seconds, attack_s=0.003, glide=glide) * np.float32(300 / hertz))
    bubbles = scattered(chance, length, 110, tones, spread_db=6)
    more = scattered(chance, length, 70, tones[20:], spread_db=6, loop=1)
    hush = noise(chance, length, lambda hz: band(300, 4500, 1)(hz) / np.sqrt(1 + hz / 700), loop=2)
    flow = drift(chance, length, 1.7, 0.6, 1.1)[:, None]
    return flow * _even(bubbles) + 0.6 * _even(more) + 0.75 * hush


def _wind(chance: np.random.Generator, length: int) -> Sound:
    """Gusts that pass from low to high registers and back, never whistling for long."""
    gust = drift(chance, length, 2.8, 0.15, 1.0)
    made = 0.5 * noise(chance, length, lambda hz: band(60, 250, 1)(hz) / (1 + hz / 150), loop=2)
    for number, (low, high, threshold) in enumerate(
        ((150, 420, 0.0), (320, 700, 0.25), (600, 1300, 0.5), (1200, 3500, 0.6))
    ):
        strength = np.clip((gust - threshold) / (1 - threshold), 0, 1) ** 1.3
        wander = drift(chance, length, 1.3, 0.6, 1.0)
        layer = noise(chance, length, band(low, high, 2), loop=number % 3)
        made += (strength * wander * (0.9, 0.7, 0.4, 0.16)[number])[:, None] * layer
    return made


def _fire(chance: np.random.Generator, length: int) -> Sound:
    """A soft roar that flutters, and crackles in bunches: many faint, few loud."""
    flutter = drift(chance, length, 0.18, 0.55, 1.0) * drift(chance, length, 2.5, 0.7, 1.0)
    roar = noise(chance, length, lambda hz: band(50, 500, 1)(hz) / (1 + hz / 160))
    air = noise(chance, length, band(900, 5000, 1), loop=1)
    snaps = [burst(chance, seconds, band(low, high)) for seconds, low, high in _SNAPS * 4]
    fine = scattered(chance, length, 34, snaps, spread_db=7, loop=2)
    loud = scattered(chance, length, 1.6, snaps, spread_db=4, loop=1)
    bunches = np.clip(drift(chance, length, 0.8, -0.5, 1.2), 0.08, 1)[:, None]
    return (
        flutter[:, None] * (0.8 * roar + 0.12 * air)
        + bunches * 0.5 * _even(fine)
        + 0.3 * _even(loud)
    )


_SNAPS = ((0.006, 2500, 9000), (0.01, 1500, 7000), (0.016, 900, 5000), (0.03, 600, 3500))


def _city(chance: np.random.Generator, length: int) -> Sound:
    """Far traffic as one low murmur; now and then a car goes by, from one side to the other."""
    murmur = noise(chance, length, lambda hz: band(45, 600, 1)(hz) / (1 + hz / 140))
    air = noise(chance, length, band(400, 2500, 1), loop=1)
    made = drift(chance, length, 4.0, 0.75, 1.05)[:, None] * (murmur + 0.14 * air)
    tyres = noise(chance, length, lambda hz: band(250, 2200, 1)(hz) / np.sqrt(1 + hz / 500), loop=2)
    at = chance.uniform(0, 5)
    while at < length / RATE:
        pass_s, side = chance.uniform(3.5, 6.0), chance.choice((-1.0, 1.0))
        first = round(at * RATE)
        place = np.linspace(0, 1, round(pass_s * RATE), dtype=np.float32)[: length - first]
        past = first + len(place)
        swell = np.sin(np.pi * place) ** 4 * np.float32(chance.uniform(0.3, 0.65))
        angle = (0.5 + 0.38 * side * (2 * place - 1)) * (np.pi / 2)
        made[first:past, 0] += swell * np.cos(angle) * tyres[first:past, 0]
        made[first:past, 1] += swell * np.sin(angle) * tyres[first:past, 1]
        at += pass_s + chance.uniform(1.5, 7)
    return made


def _forest(chance: np.random.Generator, length: int) -> Sound:
    """Leaves moving, and birds near and far that answer each other."""
    gust = drift(chance, length, 2.5, 0.35, 1.0)[:, None]
    leaves = noise(chance, length, lambda hz: band(1200, 7000, 1)(hz) / np.sqrt(1 + hz / 2500))
    boughs = noise(chance, length, lambda hz: band(100, 500, 1)(hz) / (1 + hz / 200), loop=1)
    made = gust * (0.5 * leaves + 0.5 * boughs)
    singers = [(chance.uniform(2300, 4600), chance.uniform(0.1, 0.9)) for _ in range(4)]
    at = chance.uniform(0.5, 2)
    while at < length / RATE - 1.5:
        hertz, pan = singers[int(chance.integers(len(singers)))]
        song = song_of_a_bird(chance, hertz) * np.float32(chance.uniform(0.5, 1.6))
        first = round(at * RATE)
        song = song[: length - first]
        made[first : first + len(song), 0] += song * np.float32(np.cos(pan * np.pi / 2))
        made[first : first + len(song), 1] += song * np.float32(np.sin(pan * np.pi / 2))
        at += len(song) / RATE + chance.uniform(0.4, 2.6)
    return made


def song_of_a_bird(chance: np.random.Generator, hertz: float) -> Sound:
    """Two to six chirps, each a short tone that glides, one channel, peak about 1."""
    glide, chirp_s = chance.uniform(-0.5, 0.5), chance.uniform(0.06, 0.14)
    gap_s = chance.uniform(0.05, 0.14)
    parts: list[Sound] = []
    for number in range(int(chance.integers(2, 7))):
        size = round(chirp_s * RATE)
        place = np.arange(size) / size
        bend = glide * place + 0.06 * np.sin(2 * np.pi * place * (2 + number % 2))
        tone = np.sin(2 * np.pi * np.cumsum(hertz * 2**bend) / RATE)
        parts += [
            (tone * np.sin(np.pi * place) ** 2).astype(np.float32),
            np.zeros(round(gap_s * RATE), np.float32),
        ]
    return np.concatenate(parts)


def _night(chance: np.random.Generator, length: int) -> Sound:
    """Crickets, each with its own pitch, pace and place, over still air."""
    air = noise(chance, length, lambda hz: band(80, 700, 1)(hz) / (1 + hz / 200))
    made = 0.55 * drift(chance, length, 4.0, 0.6, 1.0)[:, None] * air
    time = np.arange(length, dtype=np.float32) / RATE
    for _ in range(4):
        hertz, per_s = chance.uniform(3900, 4800), chance.uniform(1.6, 2.6)
        pulses, pan = int(chance.integers(3, 5)), chance.uniform(0.15, 0.85)
        beat = (time * np.float32(per_s) + np.float32(chance.uniform())) % 1
        # A chirp: three or four pulses in the first third of the beat.
        within = beat * (3 / pulses) * pulses
        shape = np.where(within < 1, np.sin(np.pi * within * pulses) ** 2 * (1 - 0.4 * within), 0)
        phase = (time.astype(np.float64) * hertz) % 1
        tone = np.sin(2 * np.pi * phase).astype(np.float32)
        voice = tone * shape * drift(chance, length, 6.0, 0.1, 0.42)
        made[:, 0] += voice * np.float32(np.cos(pan * np.pi / 2))
        made[:, 1] += voice * np.float32(np.sin(pan * np.pi / 2))
    return made


def _train(chance: np.random.Generator, length: int) -> Sound:
    """The rumble of a carriage and its wheels over the joints: two and two."""
    rumble = noise(chance, length, lambda hz: band(40, 350, 1)(hz) / (1 + hz / 110))
    hiss = noise(chance, length, band(300, 3000, 1), loop=1)
    made = drift(chance, length, 3.0, 0.8, 1.05)[:, None] * (rumble + 0.16 * hiss)
    clack = burst(chance, 0.11, band(90, 900)) + 0.4 * burst(chance, 0.11, band(1200, 4000))
    every = chance.uniform(1.25, 1.5)
    at = chance.uniform(0, every)
    while at < length / RATE:
        for offset, strength in ((0.0, 1.0), (0.15, 0.8), (0.52, 0.9), (0.67, 0.65)):
            first = round((at + offset * every / 1.4 + chance.normal(0, 0.004)) * RATE)
            part = clack[: max(0, length - first)] * np.float32(strength * chance.uniform(5.0, 7.0))
            if first >= 0 and len(part):
                made[first : first + len(part)] += part[:, None]
        at += every
    return made


def _crowd(chance: np.random.Generator, length: int) -> Sound:
    """Many voices at once, none to be understood: syllables of noise and tone in vowel colours."""
    made = 0.35 * noise(chance, length, lambda hz: band(150, 1800, 1)(hz) / np.sqrt(1 + hz / 400))
    syllables = []
    for pitch in (105, 118, 132, 175, 196, 214):
        for first, second in ((700, 1150), (400, 1900), (520, 950)):
            size = round(chance.uniform(0.13, 0.24) * RATE)
            time = np.arange(size) / RATE
            tone = np.zeros(size)
            for partial in range(1, 18):
                hz = pitch * partial
                colour = sum(
                    gain / (1 + ((hz - formant) / 130) ** 2)
                    for formant, gain in ((first, 1.0), (second, 0.5), (2600, 0.15))
                )
                fall = 2 ** (-0.12 * time / time[-1])
                tone += colour * np.sin(2 * np.pi * hz * np.cumsum(fall) / RATE + partial)
            syllables.append((tone * np.hanning(size)).astype(np.float32))
    near = scattered(chance, length, 26, syllables, spread_db=5)
    far = scattered(chance, length, 40, syllables, spread_db=4, loop=1)
    even: Sound = (
        made + drift(chance, length, 2.0, 0.6, 1.0)[:, None] * _even(near) + 0.6 * _even(far)
    )
    return even


def _hum(chance: np.random.Generator, length: int) -> Sound:
    """Transformers and pumps: a few steady partials that beat, and air in pipes."""
    time = np.arange(length, dtype=np.float64) / RATE
    low = chance.uniform(52, 62)
    tone = np.zeros(length)
    for partial, gain in ((1, 0.8), (2.003, 1.0), (3, 0.35), (4.01, 0.3), (6.02, 0.12)):
        tone += gain * np.sin(2 * np.pi * low * partial * time + partial)
    air = noise(chance, length, band(200, 1600, 1), width=1.0)
    slow = drift(chance, length, 5.0, 0.75, 1.0)
    steady = (tone * slow).astype(np.float32)[:, None]
    return 0.5 * steady + 0.5 * air


def _even(samples: Sound) -> Sound:
    """At unit power."""
    power = float(np.sqrt(np.mean(samples**2)))
    return samples / np.float32(power) if power > 0 else samples


BEDS: dict[BedSound, _Bed] = {
    BedSound.RAIN: _rain,
    BedSound.SEA: _sea,
    BedSound.STREAM: _stream,
    BedSound.WIND: _wind,
    BedSound.FIRE: _fire,
    BedSound.CITY: _city,
    BedSound.FOREST: _forest,
    BedSound.NIGHT: _night,
    BedSound.TRAIN: _train,
    BedSound.CROWD: _crowd,
    BedSound.HUM: _hum,
}
