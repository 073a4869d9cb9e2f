"""The form of a piece: how many bars, in which key and with how much going on in each.

The number of bars is chosen so that, within the mood's tempo range, the bar lines meet the
story's section starts as well as they can and the last bar ends exactly when the music must.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from content_platform.music.composer.styles import COLOURS, STYLES, Style
from content_platform.music.composer.theory import Chord, chord
from content_platform.music.models import Section
from content_platform.vocabulary import Mood

PERIOD_BARS = 8
"""A long section is divided into periods of about this length, each with a face of its own."""
LONGEST_OPENING_S = 9.0
"""A thin opening longer than this is cut to two bars."""
RITARD = (1.04, 1.08, 1.14, 1.2)
"""How much longer the last four beats are."""


@dataclass(frozen=True)
class Bar:
    """One bar of the plan."""

    index: int
    phrase: int
    place: int
    """Position in its phrase, from 0."""
    phrase_bars: int
    section: int
    period: int
    """Counts through the piece; themes and textures change with it."""
    mood: Mood
    intensity: float
    tonic: int
    mode: tuple[int, ...]
    harmony: Chord
    closed: bool
    """Whether its phrase comes home."""

    @property
    def is_cadence(self) -> bool:
        return self.place == self.phrase_bars - 1


@dataclass(frozen=True)
class Plan:
    """The whole form. ``beat_s`` gives each beat's length in seconds; they sum to the end."""

    bars: tuple[Bar, ...]
    beats: int
    beat_s: tuple[float, ...]
    tonic: int
    final: Chord
    final_mode: tuple[int, ...]
    style: Style
    mood: Mood


def plan(mood: Mood, sections: Sequence[Section], resolve_at_s: float, rng: random.Random) -> Plan:
    """Lay out the bars from 0 to ``resolve_at_s``, where the last chord sounds."""
    style = STYLES[mood]
    tonic = rng.choice(style.tonics)
    mode = style.mode
    if mood in COLOURS and rng.random() < 0.35:
        mode = COLOURS[mood]
    kept = _kept(sections, resolve_at_s)
    starts = [section.start_s for section in kept]
    count = _bar_count(style, resolve_at_s, starts, rng)
    bar_s = resolve_at_s / count
    firsts = _first_bars(starts, bar_s, count)
    keys = _keys(kept, style, tonic, mode, rng)

    bars: list[Bar] = []
    phrase = period = 0
    spans = [
        (number, first, last)
        for number, (first, last) in enumerate(zip(firsts, [*firsts[1:], count], strict=True))
        if last > first
    ]
    for order, (number, first, last) in enumerate(spans):
        section_style = STYLES[kept[number].mood]
        is_last = order == len(spans) - 1
        sizes = _phrases(last - first)
        if order == 0 and count >= 6 and sizes[0] == 4 and 4 * bar_s > LONGEST_OPENING_S:
            sizes = [2, 2, *sizes[1:]]
        at = first
        used: list[tuple[str, ...]] = []
        since_period = 0
        for position, size in enumerate(sizes):
            ends_piece = is_last and position == len(sizes) - 1
            ends_section = position == len(sizes) - 1
            if since_period >= PERIOD_BARS:
                period, since_period = period + 1, 0
            local = period % 4
            if ends_piece:
                choices = section_style.ending
            elif local == 2 and len(sizes) > 2 and position % 2 == 0:
                choices = section_style.turning
            else:
                choices = section_style.closed if position % 2 else section_style.open
            fresh = [option for option in choices if option not in used[-2:]] or list(choices)
            template = rng.choice(fresh)
            used.append(template)
            section_tonic, section_mode = keys[number]
            chords = [chord(name, section_tonic) for name in _fit(template, size)]
            if ends_section and not is_last and size > 1:
                following = keys[spans[order + 1][0]]
                if following[0] != section_tonic:
                    # A real modulation: the next key's dominant leads into it.
                    chords[-1] = chord("V7", following[0])
            for place, harmony in enumerate(chords):
                index = at + place
                bars.append(
                    Bar(
                        index=index,
                        phrase=phrase,
                        place=place,
                        phrase_bars=size,
                        section=number,
                        period=period,
                        mood=kept[number].mood,
                        intensity=_intensity(kept, (index + 0.5) * bar_s, resolve_at_s),
                        tonic=section_tonic,
                        mode=section_mode,
                        harmony=harmony,
                        closed=bool(position % 2) or ends_piece,
                    )
                )
            phrase += 1
            at += size
            since_period += size
        period += 1
    final_style = STYLES[kept[spans[-1][0]].mood]
    final_tonic, final_mode = keys[spans[-1][0]]
    return Plan(
        bars=tuple(bars),
        beats=style.beats,
        beat_s=_beats(bars, style, resolve_at_s),
        tonic=tonic,
        final=chord(rng.choice(final_style.final), final_tonic),
        final_mode=final_mode,
        style=style,
        mood=mood,
    )


def _kept(sections: Sequence[Section], resolve_at_s: float) -> list[Section]:
    """Sections in order, those past the end dropped, the first one moved to the start."""
    ordered = sorted(sections, key=lambda section: section.start_s)
    inside = [section for section in ordered if section.start_s < resolve_at_s] or ordered[:1]
    return [inside[0].model_copy(update={"start_s": 0.0}), *inside[1:]]


def _bar_count(style: Style, length_s: float, starts: Sequence[float], rng: random.Random) -> int:
    """The number of bars.

    Among the counts whose tempo lies in the style's range, the one is taken whose bar lines
    come nearest to the section starts; a little chance keeps two stories of one length apart.
    """
    slow, fast = style.tempo
    per_bar = 60.0 * style.beats
    fewest = max(1, round(length_s * slow / per_bar))
    most = max(fewest, int(length_s * fast / per_bar))

    def misfit(count: int) -> float:
        bar = length_s / count
        distance = sum(abs(start / bar - round(start / bar)) * bar for start in starts)
        return distance / len(starts) + rng.uniform(0, 0.6)

    return min(range(fewest, most + 1), key=misfit)


def _first_bars(starts: Sequence[float], bar_s: float, count: int) -> list[int]:
    firsts: list[int] = []
    for start in starts:
        nearest_bar = min(count, round(start / bar_s))
        firsts.append(max(nearest_bar, firsts[-1]) if firsts else 0)
    return firsts


def _keys(
    sections: Sequence[Section],
    style: Style,
    tonic: int,
    mode: tuple[int, ...],
    rng: random.Random,
) -> list[tuple[int, tuple[int, ...]]]:
    """Tonic and mode of each section.

    A section of the other gender goes to the relative key; one that jumps in intensity without
    changing mood moves away and the next comes back; the last one is always home.
    """
    keys: list[tuple[int, tuple[int, ...]]] = []
    for index, section in enumerate(sections):
        own = STYLES[section.mood]
        here = tonic
        if own.minor != style.minor:
            here = (tonic + (3 if style.minor else 9)) % 12
        jump = index > 0 and section.intensity - sections[index - 1].intensity >= 0.2
        if jump and index < len(sections) - 1:
            here = (here + rng.choice(own.away)) % 12
        keys.append((here, mode if own is style else own.mode))
    return keys


def _phrases(bars: int) -> list[int]:
    """Lengths of phrases: fours, with a two or threes where the bars do not divide."""
    fours, rest = divmod(bars, 4)
    if rest == 0:
        return [4] * fours
    if rest == 1:
        return [4] * (fours - 1) + [3, 2] if fours else [1]
    if rest == 2:
        return [4] * (fours - 1) + [3, 3] if fours else [2]
    return [4] * fours + [3]


def _fit(template: Sequence[str], size: int) -> list[str]:
    """The chords of a four-bar phrase for a phrase of ``size`` bars; its end always stays."""
    if size >= 4:
        return list(template)
    if size == 3:
        return [template[0], *template[2:]]
    return list(template[-size:])


def _intensity(sections: Sequence[Section], at_s: float, end_s: float) -> float:
    """The sections' intensity at a moment, gliding over two seconds around each border."""
    current = max(i for i, section in enumerate(sections) if section.start_s <= at_s or i == 0)
    value = sections[current].intensity
    if current + 1 < len(sections):
        ahead = sections[current + 1]
        near = 1 - min(1.0, max(0.0, (ahead.start_s - at_s) / 4.0))
        value += (ahead.intensity - value) * 0.5 * near
    elapsed = at_s / end_s
    if elapsed > 0.94:
        value *= 0.9
    return min(1.0, max(0.05, value))


def _beats(bars: Sequence[Bar], style: Style, length_s: float) -> tuple[float, ...]:
    """Length of each beat: even, with a breath at phrase ends and a ritard before the last chord."""
    weights: list[float] = []
    for bar in bars:
        breath = 1 + style.rubato * bar.is_cadence
        weights += [1.0] * (style.beats - 2) + [1 + style.rubato / 2 * bar.is_cadence, breath]
    if len(bars) >= 4:
        for index, slower in enumerate(RITARD):
            weights[index - len(RITARD)] = slower
    unit = length_s / sum(weights)
    return tuple(weight * unit for weight in weights)
