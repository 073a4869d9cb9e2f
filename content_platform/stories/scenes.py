"""Make scenes of any text: who is in it, and what the picture of each piece shows.

Where the text is cut is ``cutting``'s work, reading single words ``reading``'s, reading files
``script``'s.
"""

from __future__ import annotations

import random
import re
from collections import Counter

from content_platform.stories import english, reading
from content_platform.stories.cutting import Span, cut
from content_platform.stories.lexicon import lexicon
from content_platform.stories.models import (
    Beat,
    CastMember,
    Scene,
    Seed,
    Shot,
    StoryDraft,
    TimeOfDay,
    Weather,
)
from content_platform.stories.pictures import (
    Deed,
    deed_in,
    fit_for_weather,
    seen_from,
    staged,
    subjects_of,
    without_repeats,
)
from content_platform.stories.sentences import paragraphs, sentences
from content_platform.vocabulary import Genre, Mood, language_of

_GENRE_MOODS = {
    Genre.MYSTERY: (Mood.MYSTERY, Mood.TENSE, Mood.CALM),
    Genre.FANTASY: (Mood.CALM, Mood.EPIC, Mood.TENDER),
    Genre.HEARTWARMING: (Mood.CALM, Mood.TENDER, Mood.TENDER),
    Genre.HORROR_LITE: (Mood.MYSTERY, Mood.TENSE, Mood.MYSTERY),
    Genre.SCIENCE_FICTION: (Mood.CALM, Mood.TENSE, Mood.EPIC),
    Genre.FABLE: (Mood.PLAYFUL, Mood.TENSE, Mood.CALM),
    Genre.HISTORICAL: (Mood.CALM, Mood.TENSE, Mood.TENDER),
    Genre.COMEDY: (Mood.PLAYFUL, Mood.UPBEAT, Mood.PLAYFUL),
}
"""Moods of the first half, the turn, and the end, where the text's words carry none."""

_GENRE_TIME = {
    Genre.MYSTERY: TimeOfDay.NIGHT,
    Genre.FANTASY: TimeOfDay.DUSK,
    Genre.HEARTWARMING: TimeOfDay.DAY,
    Genre.HORROR_LITE: TimeOfDay.NIGHT,
    Genre.SCIENCE_FICTION: TimeOfDay.NIGHT,
    Genre.FABLE: TimeOfDay.DAY,
    Genre.HISTORICAL: TimeOfDay.DAY,
    Genre.COMEDY: TimeOfDay.DAY,
}
_GENRE_PLACE = {
    Genre.MYSTERY: "city street",
    Genre.FANTASY: "meadow",
    Genre.HEARTWARMING: "village",
    Genre.HORROR_LITE: "house",
    Genre.SCIENCE_FICTION: "space station",
    Genre.FABLE: "meadow",
    Genre.HISTORICAL: "village",
    Genre.COMEDY: "village",
}


def script_to_draft(
    text: str,
    locale: str,
    *,
    genre: Genre,
    seed: Seed,
    words_per_second: float = 2.6,
    title: str | None = None,
) -> StoryDraft:
    """Scenes, cast, title and logline for a cleaned text (``script.clean_script``).

    ``words_per_second`` is the voice's pace; scenes last 4 to 12 s at it, except where a list item
    or the whole text is shorter. Place, time, weather and mood carry over to the next scene until
    the text says otherwise. Text in another language than English gets the genre's usual picture.
    """
    spans = cut(text, words_per_second)
    english_text = language_of(locale) == "en"
    cast = _read_cast(text, seed) if english_text else ()
    scenes = _describe(spans, cast, genre=genre, english_text=english_text)
    return StoryDraft(
        title=title or _title(text, cast),
        logline=_logline(text),
        cast=cast,
        scenes=scenes,
    )


# ---------------------------------------------------------------- who is in it

_NOT_NAMES = frozenset(
    [
        "i",
        "the",
        "a",
        "an",
        "and",
        "but",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "christmas",
        "english",
        "french",
        "german",
        "american",
        "europe",
        "america",
        "africa",
        "asia",
        "earth",
        "god",
        "lord",
        "sir",
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "king",
        "queen",
        "captain",
        "north",
        "south",
        "east",
        "west",
        "internet",
        "mother",
        "father",
        "mom",
        "mum",
        "dad",
        "grandma",
        "grandpa",
        "grandmother",
        "grandfather",
        "uncle",
        "aunt",
    ]
)
_MOST_CAST = 5


def _read_cast(text: str, seed: int) -> tuple[CastMember, ...]:
    words = lexicon()
    low = text.lower().replace("'", "’")
    rng = random.Random(f"cast|{seed}")
    members: list[CastMember] = []
    counts: Counter[str] = Counter()
    for match in re.finditer(r"\b[A-Z][a-zà-ÿ]+\b", text):
        name = match.group()
        if (
            name.lower() in _NOT_NAMES
            or words.place(name.lower())
            or name.lower() in words.time_nouns
        ):
            continue
        start = match.start()
        opening = start == 0 or bool(
            re.search(r"(?:[.!?…:][”’\"]?\s+|\n\s*|[“\"‘])$", text[:start])
        )
        known = name.lower() in words.known_names
        if known or (
            not opening
            and re.search(
                rf"\b(?:called|named|said|asked|cried|answered|replied|whispered) {name}\b|"
                rf"\b{name}\b(?:’s)?\s+(?:was|had|did|said|asked|looked|went|came|took|the|could|knew|[a-z]+ed\b)",
                text,
            )
        ):
            counts[name] += 1
    for name, _ in counts.most_common(_MOST_CAST):
        gender = words.known_names.get(name.lower()) or _gender_near(name, text) or rng.choice("fm")
        noun, traits = _role_near(name, low)
        role = words.role(noun) if noun else None
        creature = words.creature(noun) if noun else None
        young = bool(role and role.young)
        kind = (
            creature or ({"f": "girl", "m": "boy"} if young else {"f": "woman", "m": "man"})[gender]
        )
        members.append(
            CastMember.model_validate(
                {
                    "name": name,
                    "kind": kind,
                    "noun": noun or {"f": "woman", "m": "man"}[gender],
                    "traits": traits,
                }
            )
        )
    taken = {member.noun for member in members}
    nouns = Counter(_unnamed(low))
    for noun, _ in sorted(nouns.items(), key=lambda item: (-item[1], low.find(item[0]))):
        if len(members) >= _MOST_CAST:
            break
        if noun in taken or any(noun in other.split(" ") for other in taken):
            continue
        creature = words.creatures.get(noun)
        role = words.roles.get(noun)
        if creature is None and role is None:
            continue
        kind = creature or ("creature" if role and role.creature else "")
        if not kind and role:
            guess = role.gender if role.gender != "any" else rng.choice(("f", "m"))
            kind = ({"f": "girl", "m": "boy"} if role.young else {"f": "woman", "m": "man"})[guess]
        members.append(
            CastMember.model_validate(
                {"name": noun, "kind": kind, "noun": noun, "traits": _traits_near(noun, low)}
            )
        )
        taken.add(noun)
    return tuple(_dressed(members, low))


def _dressed(members: list[CastMember], low: str) -> list[CastMember]:
    """Everybody with the coloured clothes the text gives to whoever it named last before them."""
    people = [m for m in members if m.kind in ("woman", "man", "girl", "boy")]
    worn: dict[str, list[str]] = {}
    for at, phrase in reading.garments_worn(low):
        spoken_of = {
            member.name: max(low.rfind(word, 0, at) for word in (member.name.lower(), member.noun))
            for member in people
        }
        wearer = max(spoken_of, key=lambda name: spoken_of[name], default=None)
        if wearer is not None and spoken_of[wearer] >= 0:
            worn.setdefault(wearer, []).append(phrase)
    return [
        member.model_copy(
            update={"traits": tuple(dict.fromkeys((*member.traits, *worn.get(member.name, ()))))}
        )
        for member in members
    ]


def _unnamed(low: str) -> list[str]:
    words = lexicon()
    nouns = [*words.roles, *words.creatures]
    skip = {
        "man",
        "person",
        "friend",
        "stranger",
        "keeper",
        "driver",
        "guard",
        "fish",
        "kid",
        "chicken",
        "crab",
        "seal",
        "bat",
    }
    return list(reading.terms_in(tuple(n for n in nouns if n not in skip), low, every=True))


def _gender_near(name: str, text: str) -> str | None:
    """The pronoun that follows a name most often, before another name comes."""
    votes: Counter[str] = Counter()
    for match in re.finditer(rf"\b{re.escape(name)}\b", text):
        after = text[match.end() : match.end() + 160].lower()
        if re.match(r",[”\"]? (?:he|she) said", after):
            continue  # “… who was called Lina, he said”: somebody else speaks
        pronoun = re.search(r"\b(she|her|hers|he|his|him)\b", after)
        if pronoun:
            votes["f" if pronoun[1] in ("she", "her", "hers") else "m"] += 1
    return votes.most_common(1)[0][0] if votes else None


def _role_near(name: str, low: str) -> tuple[str, tuple[str, ...]]:
    """What a name is said to be: ``Mara the baker``, ``Zoë, an old tailor,``, ``a fox named Ember``."""
    own = re.escape(name.lower())
    words = lexicon()
    for pattern in (
        rf"\b{own},? (?:the|a|an|was a|was an|was the) ((?:[\w-]+ ){{0,3}}[\w-]+)",
        rf"\b(?:a|an|the) ((?:[\w-]+ ){{0,3}}[\w-]+),? (?:named|called) {own}\b",
        rf"\b((?:[\w-]+ ){{0,2}}[\w-]+) {own}\b",
    ):
        for match in re.finditer(pattern, low):
            phrase = match[1].split(" ")
            for start in range(len(phrase)):
                for end in range(len(phrase), start, -1):
                    noun = english.singular(" ".join(phrase[start:end]))
                    if noun in words.roles or noun in words.creatures:
                        return noun, tuple(w for w in phrase[:start] if w in words.visible)
    return "", ()


def _traits_near(noun: str, low: str) -> tuple[str, ...]:
    visible = lexicon().visible
    traits: list[str] = []
    for match in re.finditer(rf"((?:[\w-]+,? ){{1,3}}){re.escape(noun)}\b", low):
        traits.extend(w for w in re.findall(r"[\w-]+", match[1])[-2:] if w in visible)
    said = rf"\b{re.escape(noun)}(?:,| (?:was|is|were)(?: all| as)?) ([\w-]+)(?: and ([\w-]+))?"
    for match in re.finditer(said, low):
        traits.extend(w for w in match.groups() if w in visible)
    return tuple(dict.fromkeys(traits))[:3]


# ---------------------------------------------------------------- what is seen


def _describe(
    spans: list[Span], cast: tuple[CastMember, ...], *, genre: Genre, english_text: bool
) -> tuple[Scene, ...]:
    total = len(spans)
    early, turn, end = _GENRE_MOODS[genre]
    whole = " ".join(span.text for span in spans)
    first_place = reading.place_in(whole) if english_text else None
    homes = [lexicon().creature_homes.get(member.noun) for member in cast[:1]]
    place = first_place[1] if first_place else next(filter(None, homes), _GENRE_PLACE[genre])
    time = (reading.time_in(whole) if english_text else None) or _GENRE_TIME[genre]
    weather = (reading.weather_in(whole) if english_text else None) or Weather.CLEAR
    scenes: list[Scene] = []
    nouns = {member.noun for member in cast}
    seen_before: tuple[str, ...] = ()
    for index, span in enumerate(spans):
        share = index / max(1, total - 1)
        beat = _beat(index, total)
        mood: Mood | None = None
        props: list[str] = []
        deed: Deed | None = None
        moved = index == 0
        if english_text:
            here = reading.place_in(span.text)
            if here and here[1] != place and here[1].split(" ")[-1] != place.split(" ")[-1]:
                place, moved = here[1], True
            time = reading.time_in(span.text) or time
            weather = reading.weather_in(span.text) or weather
            mood = reading.mood_in(span.text)
            props = reading.props_in(span.text)
        if mood is None:
            mood = early if share < 0.55 else turn if share < 0.85 else end
        names = _present(span.text, cast, seen_before)
        seen_before = names or seen_before
        if english_text:
            present = [member for member in cast if member.name in names]
            deed = deed_in(span.text, subjects_of(present))
        seen = seen_from(place, span.text)
        kept = fit_for_weather([prop for prop in props if prop not in nouns], seen, weather)[:4]
        doers, action = staged(deed, "", names, kept)
        shot = _shot(index, moved=moved, people=len(names), props=len(kept), text=span.text)
        if scenes and scenes[-1].shot is shot:
            shot = Shot.CLOSE if shot is Shot.MEDIUM else Shot.MEDIUM
        scenes.append(
            Scene(
                index=index,
                text=span.text,
                place=seen,
                time_of_day=time,
                weather=weather,
                mood=mood,
                shot=shot,
                beat=beat,
                cast=doers,
                props=kept,
                action=action,
            )
        )
    return without_repeats(scenes)


def _beat(index: int, total: int) -> Beat:
    if index == 0:
        return Beat.HOOK
    if index == total - 1:
        return Beat.ENDING
    share = index / (total - 1)
    for limit, beat in (
        (0.25, Beat.SETUP),
        (0.55, Beat.RISE),
        (0.72, Beat.TURN),
        (0.9, Beat.CLIMAX),
    ):
        if share < limit:
            return beat
    return Beat.ENDING


def _shot(index: int, *, moved: bool, people: int, props: int, text: str) -> Shot:
    if moved:
        return Shot.ESTABLISHING
    if "“" in text or '"' in text:
        return Shot.CLOSE if people else Shot.MEDIUM
    if props and not people:
        return Shot.DETAIL
    return (
        (Shot.MEDIUM, Shot.CLOSE, Shot.MEDIUM, Shot.DETAIL)[index % 4]
        if people
        else Shot.ESTABLISHING
    )


def _present(text: str, cast: tuple[CastMember, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    """Cast named in ``text``; else, when a pronoun speaks of somebody, who was there before."""
    low = text.lower()
    names = [
        member.name for member in cast
        if re.search(rf"\b{re.escape(member.name.lower())}\b", low)
        or re.search(rf"\bthe (?:\w+ )?{re.escape(member.noun)}\b", low)
    ]  # fmt: skip
    kinds = {member.kind for member in cast if member.name in before}
    if not names and kinds and kinds <= {"animal", "creature", "object"}:
        return before if re.search(r"\b(?:it|its|they|them|their)\b", low) else ()
    if not names and re.search(r"\b(?:he|she|they|him|her|them|his|their|i|we|my|our)\b", low):
        return before
    return tuple(names)


# ---------------------------------------------------------------- title and logline


def _title(text: str, cast: tuple[CastMember, ...]) -> str:
    """A short first sentence, else its first clause, else the first words."""
    first = sentences(paragraphs(text)[0])[0]
    plain = re.sub(r"^\(?\d{1,3}[.)]\s+", "", first).strip(" .!…。।“”\"'’‘")
    if len(plain) <= 60:
        return plain
    clause = re.split(r"[,;:—–。，、]", plain)[0].strip()
    if 12 <= len(clause) <= 60:
        return clause
    if " " not in plain[:60]:
        return plain[:24]
    if cast and cast[0].noun:
        named = cast[0].name if cast[0].name[0].isupper() else ""
        return (
            f"{named} and the {cast[1].noun}"
            if named and len(cast) > 1
            else english.title_case(f"the {cast[0].noun}")
        )
    cut = plain[:57].rsplit(" ", 1)[0]
    return f"{cut}…"


def _logline(text: str) -> str:
    """The text's opening, up to about 160 characters, at a sentence's end if there is one."""
    opening = ""
    for sentence in sentences(" ".join(paragraphs(text)[:2])):
        if opening and len(opening) + len(sentence) > 160:
            break
        opening = f"{opening} {sentence}".strip()
        if len(opening) >= 60:
            break
    if len(opening) <= 200:
        return opening
    return opening[:197].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
