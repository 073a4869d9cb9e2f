"""From told beats to scenes: where the text is cut, and who and what each picture shows.

The words are told already (``teller``); nothing here changes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from content_platform.stories import reading
from content_platform.stories.models import (
    CastMember,
    Scene,
    Shot,
)
from content_platform.stories.pictures import (
    around,
    deed_in,
    fit_for_weather,
    seen_from,
    staged,
    subjects_of,
    time_told,
    without_repeats,
)
from content_platform.stories.sentences import count_words, sentences
from content_platform.stories.storyteller.filling import Filling
from content_platform.stories.storyteller.kernels import BeatLines, Seen
from content_platform.stories.storyteller.premise import Premise, called

# Four to nine seconds of calm speech.
_SCENE_MIN_WORDS = 9
_SCENE_MAX_WORDS = 24

_NEXT_SHOT = {
    Shot.ESTABLISHING: Shot.MEDIUM,
    Shot.MEDIUM: Shot.CLOSE,
    Shot.CLOSE: Shot.DETAIL,
    Shot.DETAIL: Shot.MEDIUM,
}


@dataclass(frozen=True)
class Told:
    """One beat as it is told: its sentences, filled."""

    lines: BeatLines
    text: str
    words: int


def scenes_of(
    told: list[Told],
    filling: Filling,
    premise: Premise,
    cast: dict[str, tuple[CastMember, ...]],
) -> tuple[Scene, ...]:
    """The scenes of a telling, numbered from 0; ``cast`` has the members of each role."""
    pieces: list[tuple[BeatLines, str, int]] = []
    apart: set[str] = set()
    for part in told:
        for position, text in enumerate(_cut(part.text)):
            cut = _shown_apart(part.lines, text)
            pieces.extend((part.lines, piece, position) for piece in cut)
            apart.update(cut if len(cut) > 1 else ())
    merged: list[tuple[BeatLines, str, int]] = []
    for lines, text, position in pieces:
        if merged:
            _, before, _ = merged[-1]
            both = count_words(before) + count_words(text)
            short = min(count_words(before), count_words(text)) < _SCENE_MIN_WORDS
            kept = text in apart or before in apart
            if short and not kept and both <= _SCENE_MAX_WORDS:
                # Somebody who stands there once more, older, is what the two are about.
                doubled = [{"grown", "older"} & set(one.cast) for one in (merged[-1][0], lines)]
                first = count_words(before) >= count_words(text)
                if bool(doubled[0]) != bool(doubled[1]):
                    first = bool(doubled[0])
                keep = merged[-1] if first else (lines, text, position)
                merged[-1] = (keep[0], f"{before} {text}", keep[2])
                continue
        merged.append((lines, text, position))
    scenes: list[Scene] = []
    people = {member.noun for group in cast.values() for member in group}
    spoken_of = [member for role, group in cast.items() if role != "next" for member in group]
    subjects = subjects_of(spoken_of)
    if subjects.get("it") == cast["hero"][0].name and filling.slots["they"] != "it":
        del subjects["it"]
    subjects[filling.slots["they"]] = cast["hero"][0].name
    worn = {trait.split(" ")[-1] for group in cast.values() for m in group for trait in m.traits}
    states: dict[str, str] = {}
    for index, (beat, text, nth) in enumerate(merged):
        seen = beat.seen_in(text) or _AS_IT_SAYS
        said = beat.model_copy(update=seen.model_dump(exclude={"says", "apart"}, exclude_none=True))
        position = 0 if seen.shot is not None else nth
        lines, names = said, _names_seen(said, text, position, cast, filling.slots)
        if seen.cast is not None:
            names = tuple(member.name for role in seen.cast for member in cast.get(role, ()))
        elif not index and not names:
            lines, names = _opening(said, cast["hero"], filling)
        if index == len(merged) - 1:
            names = _all_at_the_end(names, said, text, cast)
        place = _seen_place(lines, filling, text, names)
        weather = lines.weather or premise.weather
        declared = [filling.fill(prop).lower() for prop in lines.props]
        read = [prop for prop in reading.props_in(text) if prop not in people | worn]
        if seen.props is not None:
            read = []
        elif _EMPTY_HANDS.search(text):
            declared = []
        wanted = lines.shot
        if place == "doorstep" and not lines.place:  # out of where the beat's things are
            declared, wanted = [], Shot.MEDIUM
        if not index and names and wanted is Shot.ESTABLISHING:
            wanted = Shot.MEDIUM  # nobody stays for somebody far away
        elif (
            not index
            and seen.cast is None
            and len(names) == len(cast["hero"]) == 1
            and "hero" not in lines.cast
            and cast["hero"][0].name not in names
        ):
            names = (*names, cast["hero"][0].name)  # the hero, and who comes to them
            wanted = Shot.CLOSE
        props = fit_for_weather(
            _told_once(declared, read, alone=wanted is Shot.DETAIL and not position),
            place,
            weather,
        )[:4]
        props = _as_it_was_left(props, states, text)
        own = bool(props)
        if seen.props is None:
            props = _still_in_hand(props, scenes[-1] if scenes else None, place, names, text)
        deed = deed_in(text, subjects) if seen.action is None else None
        if deed is not None and deed.who not in names and names and position == 0:
            deed = None  # the beat shows somebody else
        if (
            wanted is Shot.DETAIL
            and seen.shot is None
            and deed is not None
            and names
            and _bodily(deed.action)
        ):
            wanted = Shot.MEDIUM
        shown, action = staged(deed, filling.fill(lines.action).lower(), names, props)
        scenes.append(
            Scene(
                index=index,
                text=text,
                place=place,
                time_of_day=lines.time or time_told(text) or premise.time,
                weather=weather,
                mood=lines.mood,
                shot=_shot(
                    wanted,
                    position if index else 0,
                    scenes[-1].shot if scenes else None,
                    things=own,
                    moving=_moves(action) or seen.shot in (Shot.MEDIUM, Shot.ESTABLISHING),
                    of_somebody=bool(shown and _FACE.search(text))
                    or (len(shown) > 1 and action.startswith("giving")),
                ),
                beat=lines.beat,
                cast=shown,
                props=props,
                action=action,
            )
        )
    return without_repeats(scenes)


_AS_IT_SAYS = Seen(says="")
_LASTING = frozenset({"unlit", "broken"})
_CHANGED_BACK = re.compile(r"\b(?:lit|light\w*|glow\w*|burn\w*|mend\w*|again|took|fetch\w*)\b")
"""It shines or works once more, or is another one that somebody brought."""


def _as_it_was_left(props: tuple[str, ...], states: dict[str, str], text: str) -> tuple[str, ...]:
    """``props`` in the state earlier scenes left them in: a lantern that went out stays dark.

    ``states`` holds that, by thing, from one scene to the next.
    """
    if _CHANGED_BACK.search(text.lower()):
        states.clear()
    left = []
    for prop in props:
        state, _, thing = prop.partition(" ")
        if state in _LASTING:
            states[thing] = prop
        left.append(states.get(prop, prop))
    return tuple(left)


_IN_HAND = frozenset({"lantern", "bottle"})
_PUT_DOWN = re.compile(r"\b(?:put|set|laid|lay|gave|threw|broke|dropped|gone|empty|closed)\b")


def _still_in_hand(
    props: tuple[str, ...], before: Scene | None, place: str, names: tuple[str, ...], text: str
) -> tuple[str, ...]:
    """``props`` and what somebody held a moment ago in the same place, and has not put down."""
    if before is None or before.place != place or not set(before.cast) & set(names):
        return props
    nouns = {prop.split(" ")[-1] for prop in props}
    held = [
        prop
        for prop in before.props
        if prop.split(" ")[-1] in _IN_HAND - nouns and not _PUT_DOWN.search(text.lower())
    ]
    return (*props, *held)[:4]


def _told_once(declared: list[str], read: list[str], *, alone: bool) -> list[str]:
    """The beat's own things, then those its sentence speaks of, each once: ``brass key`` is a key.

    A thing's state comes from the sentence. Where the sentence told names things itself, those of
    the beat's other paraphrases give way to them: only the first, which the beat is about, stays,
    and not even that where one thing fills the picture ``alone``.
    """
    states = {prop.split(" ")[-1]: prop for prop in read if " " in prop}
    said = {prop.split(" ")[-1] for prop in read}
    own = [states.get(prop, prop) for prop in declared]
    if read:
        spoken = [prop for prop in own if prop.split(" ")[-1] in said]
        own = spoken if spoken or alone else own[:1]
        if declared and not alone and own[:1] != [states.get(declared[0], declared[0])]:
            own.insert(0, declared[0])
        if own and all(
            prop.split(" ")[-1] in said for prop in own
        ):  # all of them said: in the order in which they are said
            order = [prop.split(" ")[-1] for prop in read]
            own.sort(key=lambda prop: order.index(prop.split(" ")[-1]))
    nouns = {prop.split(" ")[-1] for prop in own}
    return [*dict.fromkeys(own), *(prop for prop in read if prop.split(" ")[-1] not in nouns)]


_EMPTY_HANDS = re.compile(r"\bempty[- ]hand(?:s|ed)\b")
_ON_THE_MOVE = frozenset(
    ("walking", "running", "chasing", "dancing", "jumping", "climbing", "riding", "falling")
)
"""What is not seen of somebody whom the frame cuts at the chest."""


_WITH_THE_BODY = frozenset(
    ("knocking", "hugging", "waving", "crying", "sleeping", "kneeling", "shivering", "bowing")
)
"""What no picture of a thing alone tells."""


def _moves(action: str) -> bool:
    return action.split(" ", maxsplit=1)[0] in _ON_THE_MOVE


def _bodily(action: str) -> bool:
    return _moves(action) or action.split(" ", maxsplit=1)[0] in _WITH_THE_BODY


def _opening(
    lines: BeatLines, heroes: tuple[CastMember, ...], filling: Filling
) -> tuple[BeatLines, tuple[str, ...]]:
    """The first picture of a beat that shows a thing alone: the hero and the strange thing, near.

    A hero who is a thing themself stays out of it, as does one with nothing to look at.
    """
    thing = filling.fill(lines.props[0]).lower() if lines.props else ""
    if not thing or any(hero.kind == "object" for hero in heroes):
        return lines, ()
    near = {"action": f"looking at {thing}", "shot": Shot.CLOSE, "cast": ("hero",)}
    return lines.model_copy(update=near), tuple(hero.name for hero in heroes)


def _shot(
    wanted: Shot,
    position: int,
    before: Shot | None,
    *,
    things: bool,
    moving: bool = False,
    of_somebody: bool = False,
) -> Shot:
    """The beat's shot, a step nearer with each further picture of the beat; never twice the same.

    A detail needs a thing to show, and whoever is ``moving`` room to be seen whole; what is
    ``of_somebody``, a face or what one gives another, is shown with them.
    """
    shot = wanted
    for _ in range(position):
        shot = _NEXT_SHOT[shot]
    if shot is Shot.DETAIL and of_somebody:
        shot = Shot.MEDIUM
    if shot is Shot.DETAIL and not things:
        shot = Shot.ESTABLISHING if before is None else Shot.MEDIUM
    whole = Shot.ESTABLISHING if before is Shot.MEDIUM else Shot.MEDIUM
    if moving and shot is Shot.CLOSE:
        return whole
    if shot is before:
        shot = whole if moving else Shot.CLOSE if shot is Shot.MEDIUM else Shot.MEDIUM
    return shot


def _seen_place(lines: BeatLines, filling: Filling, text: str, names: tuple[str, ...]) -> str:
    """Where the beat plays, as a noun phrase without its article; the room, where it is inside."""
    place = filling.fill(lines.place or "{place}").lower().removeprefix("the ")
    return place if lines.place else seen_from(around(place, text), text, inside=bool(names))


def _all_at_the_end(
    names: tuple[str, ...], lines: BeatLines, text: str, cast: dict[str, tuple[CastMember, ...]]
) -> tuple[str, ...]:
    """Who is in the last picture: the hero too, unless they left or the picture is of a thing."""
    heroes = tuple(hero.name for hero in cast["hero"] if hero.name not in names)
    left = {"grown", "older", "next"} & set(lines.cast) or _ELSEWHERE.search(text)
    if not names or left or (lines.shot is Shot.DETAIL and lines.cast == ()) or len(names) > 2:
        return names
    return names if len(names) + len(heroes) > 4 else (*names, *heroes)


_FACE = re.compile(r"(?<!found )(?<!saw )\b(?:his|her|their|\w+’s) faces?\b", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(?:ill|sick|in bed|empty|gone|missing|alone|get up)\b")
"""Where a sentence says this, somebody it names may be the one who is not there."""
_SPOKEN = re.compile(r"“[^”]*”?")
_SAYS = "said|asked|whispered|called|cried|answered|replied|shouted|tried|breathed"


def _names_seen(
    lines: BeatLines,
    text: str,
    position: int,
    cast: dict[str, tuple[CastMember, ...]],
    slots: dict[str, str],
) -> tuple[str, ...]:
    """Who is in the picture: whom the beat names, and companions whom the sentence mentions.

    People whom a sentence only speaks of are not there: it may say that they went away. Where a
    beat names nobody, its further pictures show the hero, if the sentence speaks of them.
    """
    names = [member.name for key in lines.cast for member in cast.get(key, ())]
    low = text.lower()
    names.extend(
        member.name
        for member in cast.get("friends", ())
        if member.name not in names and re.search(rf"\b{re.escape(called(member).lower())}\b", low)
    )
    narrated = _SPOKEN.sub(" ", text)
    if _ELSEWHERE.search(narrated):
        narrated = ""
    if names and len(names) + len(cast["hero"]) <= 3 and "older" not in lines.cast:
        # Who is named as doing something is there, though the beat is about somebody else.
        names.extend(
            hero.name
            for hero in cast["hero"]
            if hero.name not in names
            and re.search(rf"(?<!of ){re.escape(called(hero))}\b(?!’s)", narrated)
        )
    if len(names) == 1:
        names.extend(_who_speaks(narrated, names, cast))
    if not names and position:
        words = (
            *(one.name.lower() for one in cast["hero"]),
            slots["they"],
            slots["them"],
            slots["their"],
        )
        if re.search(rf"\b(?:{'|'.join(re.escape(word) for word in words)})\b", low):
            names.extend(member.name for member in cast["hero"])
    return tuple(names)


def _who_speaks(
    narrated: str, names: list[str], cast: dict[str, tuple[CastMember, ...]]
) -> list[str]:
    """Who is heard in a sentence, and so is there, besides ``names``: one of them, a picture is small."""
    for role, group in cast.items():
        for member in group:
            name = re.escape(called(member).removeprefix("the "))
            says = rf"(?:{_SAYS}) (?:the )?(?:\w+ )?{name}\b|\b{name} (?:{_SAYS})\b"
            if role != "next" and member.name not in names and re.search(says, narrated, re.I):
                return [member.name]
    return []


def _shown_apart(lines: BeatLines, text: str) -> list[str]:
    """``text``, cut where some words of it are to be a picture of their own."""
    for seen in lines.seen:
        found = re.search(seen.says, text, re.IGNORECASE) if seen.apart else None
        if found:
            parts = (text[: found.start()], found.group(), text[found.end() :])
            return [part.strip() for part in parts if part.strip()]
    return [text]


def _cut(text: str) -> list[str]:
    """Cut one beat's text at sentence borders into pieces of at most nine seconds."""
    pieces: list[str] = []
    for sentence in sentences(text):
        size = count_words(sentence)
        if pieces and (
            count_words(pieces[-1]) + size <= _SCENE_MAX_WORDS - 4 or count_words(pieces[-1]) < 5
        ):
            pieces[-1] += " " + sentence
        else:
            pieces.append(sentence)
    return pieces
