"""Tell a story: choose a plot, its beats and sentences for the wanted length. Scenes are cut in ``staging``.

Deterministic: the same theme, genre, length and seed give the same story. What the plots say is
data (``kernels/``); how a theme is understood is ``premise``.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from content_platform.stories.models import (
    Beat,
    SeriesContext,
    StoryDraft,
    TimeOfDay,
)
from content_platform.stories.sentences import count_words, sentences
from content_platform.stories.storyteller.filling import Filling
from content_platform.stories.storyteller.heart import HeartKind, hearts
from content_platform.stories.storyteller.kernels import (
    BeatLines,
    Companion,
    Kernel,
    heart_kernels,
    kernels,
    texture,
)
from content_platform.stories.storyteller.premise import (
    Episode,
    Hero,
    Premise,
    episode_premise,
    hero_cast,
    read_premise,
)
from content_platform.stories.storyteller.staging import Told, scenes_of
from content_platform.stories.storyteller.subject import subjects
from content_platform.stories.storyteller.theme import missing_words
from content_platform.vocabulary import Genre

MIN_WORDS = 35
MAX_WORDS = 520
LENGTH_TOLERANCE = 0.08
_WHOLE_FROM_WORDS = 84
_SURELY_WHOLE_FROM_WORDS = 100
_PROBES = 12
"""Tries that show whether a whole plot has room in so many words, or is squeezed into one way."""
_MIDDLE_BELOW_WORDS = 170
_TRIALS = 250
_FRUITLESS_TRIALS = 20
_PLOTS_TRIED = 7
_CREATURE_RESTS = 3
"""So many stories lie between two of one plot about a theme's creature."""
_TRADE_PLOT_SHARE = 0.75
"""How often a theme that says what its hero does gets a plot about exactly that. It is the commonest
kind of theme: always, and a channel's stories would be too much alike."""


@dataclass(frozen=True)
class _Telling:
    """A whole telling. ``cost``: share of words off target, 0.5 per theme word not said, 0.3 per
    line that was to be avoided.
    """

    filling: Filling
    told: list[Told]
    cost: float


def tell_story(
    theme: str,
    genre: Genre,
    *,
    target_words: int,
    seed: int,
    series: SeriesContext | None = None,
    avoid_kernels: Sequence[str] = (),
    avoid_names: Collection[str] = (),
    avoid_lines: Collection[str] = (),
) -> StoryDraft:
    """A story about ``theme`` of ``target_words`` ±8 % (35 to 520 words), in English.

    With ``series`` it is an episode: its cast, in its world, with a word about what was before.
    ``avoid_kernels``, newest first, are told again only when no other plot suits; then the one
    longest ago. ``avoid_names`` are given to nobody while there are others, and a story
    neither begins nor ends with one of ``avoid_lines`` if it can be told otherwise.
    """
    rng = random.Random(f"story|{theme}|{genre.value}|{seed}")
    if series is not None:
        premise = episode_premise(series, theme, genre, rng)
    else:
        premise = read_premise(theme, genre, rng, avoid_names=avoid_names)
    best: _Telling | None = None
    suitable = _kernels_for(premise, genre, rng)
    for kernel in _not_told_lately(suitable, avoid_kernels, premise)[:_PLOTS_TRIED]:
        telling = _tell(
            kernel, premise, genre, target_words, rng, avoid_names, frozenset(avoid_lines)
        )
        if best is None or telling.cost < best.cost:
            best = telling
        if best.cost <= LENGTH_TOLERANCE:
            break
    assert best is not None
    filling, told, premise, kernel = (
        best.filling,
        best.told,
        best.filling.premise,
        best.filling.kernel,
    )
    heroes = hero_cast(premise, rng)
    cast = filling.members(heroes)
    scenes = scenes_of(told, filling, premise, cast)
    seen = {name for scene in scenes for name in scene.cast}
    kept = {member.name for member in series.cast} if series else set()
    return StoryDraft(
        title=filling.fill_title(_promised(kernel.titles, filling, told, rng)),
        logline=filling.fill(_promised(kernel.loglines, filling, told, rng)),
        cast=tuple(m for group in cast.values() for m in group if m.name in seen | kept),
        scenes=scenes,
        kernel=kernel.name,
    )


def _promised(
    lines: tuple[str, ...], filling: Filling, told: list[Told], rng: random.Random
) -> str:
    """A title or logline that this telling keeps: none of the ending's words in a row, then the
    fewest words that the story never says.
    """
    text = " ".join(part.text for part in told).lower()
    ending = f" {' '.join(re.findall(_WORD, told[-1].text.lower()))} "

    def broken(line: str) -> tuple[bool, int]:
        words = re.findall(_WORD, filling.fill(line).lower())
        rows = (words[at : at + 4] for at in range(len(words) - 3))
        spoils = any(f" {' '.join(row)} " in ending for row in rows)
        long = [word for word in words if len(word) > 3]
        return spoils, sum(word[: max(4, len(word) - 3)] not in text for word in long)

    return min(rng.sample(lines, len(lines)), key=broken)


_WORD = r"[^\W_]+(?:’[^\W_]+)?"


def _not_told_lately(
    suitable: list[Kernel], lately: Sequence[str], premise: Premise
) -> list[Kernel]:
    """The plots not told lately, in their order; then the others, the longest ago first.

    A theme's own animal or being comes back sooner than others: it must be met, not only named.
    """
    barred = lately[:_CREATURE_RESTS] if premise.creature else lately
    fresh = [k for k in suitable if k.name not in (barred if k.creature else lately)]
    again = [kernel for kernel in suitable if kernel.name in lately]
    return fresh + sorted(again, key=lambda kernel: -list(lately).index(kernel.name))


_OWN_TIME = re.compile(
    r"\bwar\b|revolution|trench|\bcentur|medieval|\bancient\b|\broman\b|\bviking|pharaoh|\bempire\b"
    r"|renaissance|victorian|\b1\d{3}s?\b|\bplague\b",
    re.IGNORECASE,
)
"""A theme that says when it plays. Historical plots have a year of their own, and must not deny it."""


def _kernels_for(premise: Premise, genre: Genre, rng: random.Random) -> list[Kernel]:
    """The plots that suit a premise, the one to be told first; the others should it not fit."""
    own_time = genre is Genre.HISTORICAL and _OWN_TIME.search(premise.theme)
    choices = list(kernels(Genre.HEARTWARMING if own_time else genre))
    if premise.young:
        choices = [kernel for kernel in choices if not kernel.grown]
    if premise.hero.kind in ("animal", "creature", "object"):
        choices = [kernel for kernel in choices if not kernel.people]
    else:
        choices = [kernel for kernel in choices if not kernel.beings]
    if premise.hero.kind in ("animal", "object"):
        choices = [kernel for kernel in choices if not kernel.hands]
        if not premise.creature:
            choices = [kernel for kernel in choices if not kernel.creature]
    if premise.episode is not None and not premise.creature:
        # A stranger's animal beside the series' own would be taken for it.
        known = {member.noun for member in premise.episode.cast if member.kind == "animal"}
        choices = [k for k in choices if not (k.creature and known)] or choices
    rng.shuffle(choices)
    if premise.episode is not None:
        choices.sort(key=lambda kernel: _all_alike(kernel, premise.hero))
    about_it: list[Kernel] = []
    if premise.heart is not None:
        about_it = [
            kernel.told_of(premise.heart) for kernel in heart_kernels(premise.heart.kind, genre)
        ]
    if premise.creature:
        choices.sort(key=lambda kernel: not kernel.creature)
    elif premise.heart is not None and premise.heart.kind == "trade":
        about_it += [kernel for kernel in choices if kernel.work]
        choices = [kernel for kernel in choices if not kernel.work]
        if rng.random() >= _TRADE_PLOT_SHARE:
            choices, about_it = about_it, choices
    rng.shuffle(about_it)
    return about_it + choices


def _all_alike(kernel: Kernel, hero: Hero) -> bool:
    """Whether everybody who might come has the hero's own pronoun: two people, one ``she``."""
    return bool(kernel.visitors) and all(one.kind in hero.alike for one in kernel.visitors)


def _told_apart(
    premise: Premise, kernel: Kernel, genre: Genre, rng: random.Random, avoid_names: Collection[str]
) -> Premise:
    """The premise with a hero whose pronouns are not the visitor's, where the theme leaves that open."""
    if premise.episode is not None:
        return premise
    for _ in range(8):
        if not _all_alike(kernel, premise.hero):
            break
        other = read_premise(premise.theme, genre, rng, avoid_names=avoid_names)
        premise = replace(premise, hero=other.hero)
    return premise


def _tell(
    kernel: Kernel,
    premise: Premise,
    genre: Genre,
    target: int,
    rng: random.Random,
    avoid_names: Collection[str],
    avoid_lines: frozenset[str],
) -> _Telling:
    """One plot told as near to ``target`` words as it goes, as a whole or in miniature."""
    premise = _told_apart(premise, kernel, genre, rng, avoid_names)
    if kernel.times and "time" not in premise.given:
        premise = replace(premise, time=rng.choice(kernel.times))
    filling = Filling(premise, kernel, rng)
    forms = [_with_texture(kernel.short, premise, genre, rng, target, plot=kernel.heart)]
    if target >= _WHOLE_FROM_WORDS:
        whole = _with_texture(kernel.beats, premise, genre, rng, target, plot=kernel.heart)
        sure = target >= _SURELY_WHOLE_FROM_WORDS or _has_room(whole, filling, target, rng)
        forms.insert(0 if sure else 1, whole)
    if premise.episode is not None:
        forms = _as_an_episode(forms, premise.episode, filling, genre, rng)
    best: _Telling | None = None
    for beats in forms:
        fewest = len(premise.theme)
        since = 0
        for _ in range(_TRIALS):
            told = _try(filling, beats, target, rng)
            error = abs(sum(part.words for part in told) - target) / target
            missing = len(missing_words(" ".join(part.text for part in told), premise.theme))
            again = _ends(told) & avoid_lines
            cost = error + 0.5 * missing + 0.3 * len(again)
            cost += 100 if error > LENGTH_TOLERANCE else 0
            if best is None or cost < best.cost:
                best = _Telling(filling, told, cost)
            if cost <= LENGTH_TOLERANCE / 3:
                return best
            # Words of the theme that no trial has said, no further trial will say.
            since = 0 if missing < fewest else since + 1
            fewest = min(fewest, missing)
            if best.cost < 0.5 * fewest + LENGTH_TOLERANCE / 3 and since >= _FRUITLESS_TRIALS:
                break
        if best is not None and best.cost < 100:
            break
    assert best is not None
    return best


def _has_room(
    beats: tuple[BeatLines, ...], filling: Filling, target: int, rng: random.Random
) -> bool:
    """Whether ``target`` words hold ``beats`` in more ways than their very shortest one."""
    tries = [_try(filling, beats, target, rng) for _ in range(_PROBES)]
    words = [sum(part.words for part in told) for told in tries]
    return sum(abs(one / target - 1) <= LENGTH_TOLERANCE for one in words) >= _PROBES / 3


def _ends(told: list[Told]) -> set[str]:
    """The first sentence and the last one."""
    return {sentences(told[0].text)[0], sentences(told[-1].text)[-1]}


_SAID_OF_NEWCOMERS = re.compile(
    r"had ever happened|for the first time|happened to other people|had ever gone missing|"
    r"had never been afraid|any visitor"
)
_SAID_OF_THE_LONELY = re.compile(
    r"\balone\b|nobody else|no one else|by themsel|\{sound\} to talk to|lonely|nobody to tell|to nobody|"
    r"kept \{them\} company|still awake"
)


def _as_an_episode(
    forms: list[tuple[BeatLines, ...]],
    episode: Episode,
    filling: Filling,
    genre: Genre,
    rng: random.Random,
) -> list[tuple[BeatLines, ...]]:
    """The forms without lines that an earlier episode denies, the first also with the companions
    taking part, where there is room for it.
    """
    denied = [_SAID_OF_NEWCOMERS] if episode.number > 1 else []
    if len(episode.cast) > 1:
        denied.append(_SAID_OF_THE_LONELY)

    def allowed(lines: tuple[str, ...], at_least: int) -> tuple[str, ...]:
        kept = tuple(line for line in lines if not any(one.search(line) for one in denied))
        return kept if len(kept) >= at_least else lines

    suited = [
        tuple(
            beat.model_copy(
                update={
                    "say": allowed(beat.say, 1),
                    "brief": allowed(beat.brief, 0),
                    "more": allowed(beat.more, 0),
                }
            )
            for beat in form
        )
        for form in forms
    ]
    if len(forms) == 1 or len(episode.cast) == 1:
        return suited
    together = list(suited[0])
    positions = [
        position
        for kind in (Beat.RISE, Beat.TURN)
        for position, beat in enumerate(together)
        if beat.beat is kind and beat.keep
    ]
    reactions = texture().episodes.reactions[genre]
    for friend, position in zip(episode.cast[1:], positions, strict=False):
        manner: Companion = "people" if friend.kind in ("woman", "man", "girl", "boy") else "beings"
        line = filling.reaction(friend, rng.choice(reactions[manner]))
        together[position] = together[position].model_copy(update={"always": (line,)})
    return [tuple(together), *suited]


_SAID_AT_NIGHT = re.compile(r"\bdark\b|\bso late\b|\bmoth\b|\blast light\b")


def _with_texture(
    beats: tuple[BeatLines, ...],
    premise: Premise,
    genre: Genre,
    rng: random.Random,
    target: int,
    *,
    plot: frozenset[HeartKind] = frozenset(),
) -> tuple[BeatLines, ...]:
    """The beats with more sentences that fit any plot: the longer the telling, the more."""
    words = texture()
    most = max(target // 75 - 1, min(2, target // 55))
    if plot and target < _MIDDLE_BELOW_WORDS:
        most = 0  # such a plot has enough to say of its own
    around: Literal["inside", "outside"] = (
        "inside" if premise.place.type in ("building", "vehicle") else "outside"
    )
    told = words.atmosphere[around]
    if premise.time in (TimeOfDay.DAY, TimeOfDay.DAWN):
        told = tuple(line for line in told if not _SAID_AT_NIGHT.search(line))
    atmosphere = rng.sample(told, min(2 * most, 12))
    pauses = rng.sample(words.pauses_of.get(genre, words.pauses), min(max(most, 2 * most - 2), 8))
    richer = []
    for beat in beats:
        own: list[str] = []
        if beat.beat is Beat.RISE:
            own, atmosphere = atmosphere[:3], atmosphere[3:]
        elif beat.beat in (Beat.TURN, Beat.CLIMAX):
            own, pauses = pauses[:2], pauses[2:]
        richer.append(beat.model_copy(update={"more": (*beat.more, *own)}))
    if plot and premise.heart is not None and not premise.heart.comes_back:
        return tuple(richer)
    if premise.heart is not None:
        last = Beat.ENDING if plot else Beat.CLIMAX
        thread = hearts().threads[premise.heart.kind]
        lines = {Beat.RISE: thread.rise, Beat.TURN: thread.turn, last: thread.end}
        said = {
            kind: tuple(line for line in all_of if premise.heart.allows(line))
            for kind, all_of in lines.items()
        }
        return _with_thread(richer, said, {Beat.TURN, last}, target, rng)
    if premise.about:
        words_about = subjects()
        said = {
            Beat.RISE: words_about.rise,
            Beat.TURN: words_about.turn,
            Beat.CLIMAX: words_about.end,
        }
        return _with_thread(richer, said, {rng.choice((Beat.TURN, Beat.CLIMAX))}, target, rng)
    return tuple(richer)


def _with_thread(
    beats: list[BeatLines],
    said: dict[Beat, tuple[str, ...]],
    surely: set[Beat],
    target: int,
    rng: random.Random,
) -> tuple[BeatLines, ...]:
    """The beats with sentences that come back to what the theme is about."""
    kept = (
        [beat.keep for beat in beats] if any(beat.keep for beat in beats) else [True] * len(beats)
    )
    positions = {beat.beat: position for position, beat in enumerate(beats) if kept[position]}
    for kind, lines in said.items():
        if kind not in positions or not lines:
            continue
        beat = beats[positions[kind]]
        line = rng.choice(lines)
        where = "always" if kind in surely and target >= _WHOLE_FROM_WORDS else "more"
        beats[positions[kind]] = beat.model_copy(update={where: (*getattr(beat, where), line)})
    return tuple(beats)


def _try(
    filling: Filling, beats: tuple[BeatLines, ...], target: int, rng: random.Random
) -> list[Told]:
    """One telling: random paraphrases, then beats and extra sentences until the length fits."""
    filling.introduce(
        rng,
        short=target < _MIDDLE_BELOW_WORDS,
        portraits=rng.randint(0, target // 75 - 1) if target > 150 else 0,
    )
    ideal = target / max(6, sum(beat.keep for beat in beats))
    chosen: dict[int, list[str]] = {}
    extras: list[tuple[int, int]] = []
    optional = [index for index, beat in enumerate(beats) if not beat.keep]
    for index, beat in enumerate(beats):
        options = [filling.fill(line) for line in beat.say + beat.brief]
        weights = [math.exp(-max(0.0, count_words(text) - ideal) / 9) for text in options]
        chosen[index] = rng.choices(options, weights)
        extras.extend((index, position) for position in range(len(beat.more)))
    always = {
        index: [filling.fill(line) for line in beat.always] for index, beat in enumerate(beats)
    }
    total = sum(
        count_words(line) for index, lines in chosen.items() for line in (*lines, *always[index])
    )
    if len(optional) < len(beats):
        rng.shuffle(optional)
        while total > target and optional:
            dropped = optional.pop()
            gone = (*chosen.pop(dropped), *always[dropped])
            total -= sum(count_words(line) for line in gone)
    rng.shuffle(extras)
    picked: dict[int, list[int]] = {}
    for index, position in extras:
        if index not in chosen:
            continue
        size = count_words(filling.fill(beats[index].more[position]))
        if total + size <= target * 1.02:
            picked.setdefault(index, []).append(position)
            total += size
    told: list[Told] = []
    for index in sorted(chosen):
        lines = chosen[index] + [
            filling.fill(beats[index].more[position]) for position in sorted(picked.get(index, []))
        ]
        lines += always[index]
        text = " ".join(lines)
        if told and told[-1].lines.beat is Beat.HOOK:
            text = filling.without_name_twice(told[-1].text, text)
        told.append(Told(beats[index], text, count_words(text)))
    return told
