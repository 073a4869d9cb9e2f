"""Take a theme apart: a small noun-phrase parser for the few words people ask a story with.

``parse_theme("two robots on a night train")`` tells who is in it, what they do, where, when and
in what weather, as far as the words say so. What is left open is filled in by ``premise``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from content_platform.stories import english
from content_platform.stories.lexicon import Lexicon, lexicon
from content_platform.stories.models import TimeOfDay, Weather

_NUMBERS = {
    "two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "hundred": 100,
}  # fmt: skip
_RELATIVES = frozenset(("who", "that", "which", "whose", "where"))
_LEAD_IN = re.compile(
    r"^(?:please\s+)?(?:(?:write|tell)(?:\s+me)?\s+)?(?:(?:a|the)\s+)?(?:short\s+)?"
    r"(?:(?:story|tale|video|film)\s+)?(?:about|of)\s+|^(?:a|the)\s+(?:story|tale)\s+(?:about|of)\s+",
    re.IGNORECASE,
)
_WORDS = lexicon().grammar
HABITS = frozenset(("never", "always", "only", "still", "just", "also", "sometimes", "often"))
"""Adverbs that may stand before a verb that tells a habit."""


@dataclass(frozen=True)
class Phrase:
    """A noun phrase of the theme: ``two`` ``old`` ``robot``."""

    noun: str
    """Singular, with the nouns that belong to it: ``lighthouse keeper``, ``clockmaker’s shop``."""
    adjectives: tuple[str, ...] = ()
    count: int = 1
    many: bool = False
    definite: bool = False
    name: str = ""
    of: str = ""
    """What a place is of: ``of clocks`` in ``a museum of clocks``."""

    @property
    def text(self) -> str:
        """Adjectives and noun, singular: ``old robot``."""
        return " ".join([*self.adjectives, self.noun])


@dataclass
class ThemeReading:
    """What a theme says; empty and None where it does not."""

    subject: list[Phrase] = field(default_factory=list)
    tail: str = ""
    work: str = ""
    event: str = ""
    gender: str = ""
    place: Phrase | None = None
    outer: Phrase | None = None
    thing: Phrase | None = None
    creature: Phrase | None = None
    companions: list[Phrase] = field(default_factory=list)
    time: TimeOfDay | None = None
    weather: Weather | None = None


def clean_theme(theme: str) -> str:
    """A theme without ``a story about`` before it and stops after it."""
    clean = _LEAD_IN.sub("", " ".join(theme.split()).strip(' .!?…"“”')).replace("'", "’")
    clean = re.sub(r"^what if ", "", clean, flags=re.IGNORECASE)
    clean = _CONTRACTED.sub(lambda m: f"{m[1]}n’t", clean)
    return clean or theme


_CONTRACTED = re.compile(
    r"\b(does|do|did|is|are|was|were|has|have|had|ca|wo|could|would|should)nt\b", re.IGNORECASE
)


def content_words(theme: str) -> tuple[str, ...]:
    """The words of a theme that carry it, lower case, in order, without repetition."""
    words = re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", _LEAD_IN.sub("", theme).lower())
    return tuple(
        dict.fromkeys(word for word in words if word not in _WORDS["filler"] and len(word) > 1)
    )


def missing_words(text: str, theme: str) -> list[str]:
    """Nouns and adjectives of ``theme`` that ``text`` never says in any form.

    Verbs are left out: a story that is about finding a fox need not say ``finds``.
    """
    low = text.lower()
    return [
        word
        for word in content_words(theme)
        if not _is_finite_verb(word)
        and not english.modal_past(word)
        and not any(stem in low for stem in _stems(word))
    ]


def _is_finite_verb(word: str) -> bool:
    base = english.verb_base(word)
    known = english.knows_irregular(base) or base in lexicon().verbs
    return known and (base != word or english.is_past(word))


def _stems(word: str) -> tuple[str, ...]:
    """What may be heard of a word: its stem, so that endings may differ, or its past tense."""
    word = word.replace("'", "’").split("’")[0]
    stem = word if len(word) <= 4 else word[: max(4, len(word) - 3)]
    base = english.verb_base(word)
    family = {english.singular(word), english.past(base)} if base != word else {stem}
    weather = lexicon().weather_adjectives.get(word)
    return (stem, *family, *([weather.value] if weather else []))


def parse_theme(theme: str) -> ThemeReading:
    """Read a theme of one phrase or sentence, as ``clean_theme`` gives it."""
    words = lexicon()
    theme, _, but = theme.partition(" but ")
    tokens = re.findall(r"[\w’-]+|[,;:]", theme)
    found = ThemeReading()
    position = 0
    if tokens and tokens[0].lower() in ("when", "why", "how", "where"):
        position = 1
    phrase, position = _noun_phrase(tokens, position, words)
    if phrase is None:
        return found
    found.subject.append(phrase)
    while position < len(tokens) and tokens[position].lower() in ("and", ",", "&"):
        follow, after = _noun_phrase(tokens, position + 1, words)
        if follow is None or not is_being(follow, words):
            break
        if tokens[position] == "," and phrase.name and not phrase.noun and not follow.name:
            # "Zoë, a tailor": one person
            phrase = replace(follow, name=phrase.name)
            found.subject[-1] = phrase
            position = after
            continue
        found.subject.append(follow)
        position = after
    _classify(phrase, "", found, words, subject=True)
    rest = tokens[position:]
    _read_rest(rest, found, words)
    if but:
        found.tail = f"{found.tail}, but {clause_in_the_past(but)[1] or but}".strip()
    return found


def _noun_phrase(tokens: list[str], start: int, words: Lexicon) -> tuple[Phrase | None, int]:
    """The noun phrase at ``start`` and the position after it."""
    position = start
    count, definite = 1, False
    collected: list[str] = []
    while position < len(tokens):
        token = tokens[position]
        low = token.lower()
        if not collected and low in _WORDS["determiners"]:
            definite = low not in ("a", "an")
        elif not collected and low in _NUMBERS:
            count = _NUMBERS[low]
        elif (
            low in _WORDS["prepositions"]
            or low in _RELATIVES
            or low in ("and", "&", ",", ";", ":", "or")
            or (
                collected
                and (
                    _is_state(tokens, position)
                    or _is_verb(tokens, position, words, bool(collected))
                )
            )
            or (not collected and english.knows_irregular(low) and low not in words.props)
        ):
            break
        else:
            collected.append(token)
        position += 1
    if not collected:
        return None, start
    names = [
        token for index, token in enumerate(collected)
        if token[0].isupper() and token.lower() not in words.roles
        and (index > 0 or start > 0 or token.lower() in words.known_names)
        and words.place(token) is None
    ]  # fmt: skip
    if names and not any(token.endswith("’s") for token in names):
        others = [token.lower() for token in collected if token not in names]
        noun = others[-1] if others else ""
        return Phrase(noun, tuple(others[:-1]), count, False, True, " ".join(names)), position
    opens = tokens[0] == collected[0]
    lowered = [token.lower() if token.lower() in words.roles or (index == 0 and opens) else token
               for index, token in enumerate(collected)]  # fmt: skip
    noun, adjectives = _head(lowered, words)
    many = english.is_plural(noun) and english.singular(noun) != noun
    if many and count == 1:
        count = 2
    return (
        Phrase(english.singular(noun) if many else noun, tuple(adjectives), count, many, definite),
        position,
    )


def _head(collected: list[str], words: Lexicon) -> tuple[str, list[str]]:
    """Split into head noun (longest known tail, or a possessive with its noun) and adjectives."""
    for index, token in enumerate(collected[:-1]):
        if token.endswith("’s") or token.endswith("s’"):
            return " ".join(collected[index:]), collected[:index]
    for start in range(len(collected)):
        tail = english.singular(" ".join(collected[start:]))
        known = tail in words.roles or tail in words.places or tail in words.creatures
        if known or tail in words.devices or tail in words.props:
            return " ".join(collected[start:]), collected[:start]
    adjective_like = (
        words.visible
        | set(words.weather_adjectives)
        | set(words.time_adjectives)
        | _WORDS["adjectives"]
    )
    split = len(collected) - 1
    while (
        split > 0
        and collected[split - 1] not in adjective_like
        and not re.search(
            r"(ed|ing|ful|ous|less|y|al|ic|ish|ive|able|est|ary|en)$", collected[split - 1]
        )
    ):
        split -= 1
    return " ".join(collected[split:]), collected[:split]


def _is_state(tokens: list[str], position: int) -> bool:
    """Whether the word says in what state somebody is: ``afraid``, ``homesick for``."""
    low = tokens[position].lower()
    follow = tokens[position + 1].lower() if position + 1 < len(tokens) else ""
    return low in _WORDS["states"] or (
        low in _WORDS["states_of_something"]
        and follow in ("of", "for", "by", "with", "to", "about")
    )


def _is_verb(tokens: list[str], position: int, words: Lexicon, has_noun: bool) -> bool:
    low = tokens[position].lower()
    if english.modal_past(low) or (has_noun and low in _ALREADY_PAST):
        return True
    if low.endswith("ing") and has_noun and low[:-3] + "e" not in words.roles:
        return position + 1 < len(tokens) and low not in ("evening", "morning", "king", "ring")
    base = english.verb_base(low)
    is_known = english.knows_irregular(base) or base in words.verbs
    if not is_known:
        return False
    if position and base == low and not english.is_past(low):
        before = [token.lower() for token in tokens[:position]]
        if "and" not in before and not english.is_plural(before[-1]):
            return False  # "time travel" tells nothing
    # "a night watch" or "the old clock works": a known noun wins at the phrase's end.
    last = position == len(tokens) - 1
    return not last or base in words.verbs


def _read_rest(tokens: list[str], found: ThemeReading, words: Lexicon) -> None:
    """Everything after the subject: relative clause, verb phrase, prepositional phrases."""
    if not tokens:
        return
    low = tokens[0].lower()
    for token in tokens:
        if token.lower() in ("she", "her", "herself"):
            found.gender = found.gender or "f"
        elif token.lower() in ("he", "his", "him", "himself"):
            found.gender = found.gender or "m"
    many = found.subject[0].count > 1
    if low in ("who", "that", "which") and len(tokens) > 1:
        predicate = tokens[1:]
        finite = in_the_past(predicate)
        found.tail = f"{low} {_spell(finite)}"
        base = english.verb_base(predicate[0].lower())
        if (
            not english.modal_past(predicate[0].lower())
            and not many
            and base != predicate[0].lower()
        ) or (many and (english.knows_irregular(base) or base in words.verbs)):
            found.work = _spell([base, *predicate[1:]])
        _scan_phrases(predicate[1:], found, words)
    elif (
        low in ("whose", "where")
        or _is_state(tokens, 0)
        or (low.endswith("ing") and len(tokens) > 1)
    ):
        past = _whose_to_past if low == "whose" else _later_verbs_to_past
        found.tail = _spell(past(tokens))
        _scan_phrases(tokens[1:], found, words)
    elif _is_verb(tokens, 0, words, True) and found.subject:
        found.event = _spell(in_the_past(tokens))
        _scan_phrases(tokens[1:], found, words)
    elif low in ("and", ",") and len(tokens) > 1:
        # "a wizard and his last spell": the second is what happens to the first
        _scan_phrases(tokens[1:], found, words)
        clause_at = (k for k, token in enumerate(tokens) if k > 1 and token.lower() in _RELATIVES)
        head = tokens[next(clause_at, len(tokens)) - 1]
        verb = "were" if english.is_plural(head) else "was"
        second = _spell(_later_verbs_to_past(tokens[1:]))
        own = tokens[1].lower() in ("his", "her", "their", "its", "a", "an", "one", *_NUMBERS)
        found.tail = (
            f"with {second}" if own and head == tokens[-1] else f", and then there {verb} {second}"
        )
    else:
        kept = _scan_phrases(tokens, found, words)
        clause = any(token.lower() in _RELATIVES for token in tokens)
        found.tail = _spell(_later_verbs_to_past(tokens) if clause else kept)


def in_the_past(predicate: list[str]) -> list[str]:
    """A predicate in the present, in the past: ``finds a fox`` → ``found a fox``."""
    first = predicate[0].lower()
    if first in _BEFORE_VERBS and len(predicate) > 1:
        return [predicate[0], *in_the_past(predicate[1:])]
    modal = english.modal_past(first)
    if first in _ALREADY_PAST or predicate[:2] == ["must", "not"]:
        return predicate
    if modal:
        rest = predicate[1:]
        return [*modal.split(" "), *rest]
    base = english.verb_base(first)
    if first.endswith("ed") or (base == first and english.past(base) == first):
        return predicate
    if (
        base == first
        and not english.knows_irregular(base)
        and first.endswith(("t", "d", "w"))
        and first[-2:] not in ("nt", "it")
    ):
        return predicate
    if english.is_past(first):
        return predicate
    untrue = base == "lie" and predicate[1:2] and predicate[1].lower() in ("to", "about")
    past = "lied" if untrue else english.past(base)
    return [past, *_later_verbs_to_past(predicate[1:])]


_BEFORE_VERBS = frozenset(
    ["never", "always", "only", "still", "just", "also", "sometimes", "often", "secretly"]
)
_CLAUSE_OPENERS = frozenset(
    ["and", "but", "who", "that", "nobody", "everyone", "everybody", "somebody", "it", "she", "he"]
)


def _later_verbs_to_past(tokens: list[str]) -> list[str]:
    """Put auxiliaries, and verbs that open a further clause, in the past too."""
    out = list(tokens)
    for index in range(len(out) - 1):
        follow = out[index + 1].lower()
        base = english.verb_base(follow)
        opens = out[index].lower() in _CLAUSE_OPENERS or (
            out[index].lower() in ("never", "always", "still") and base != follow
        )
        if opens and base != follow and _known_verb(base):
            out[index + 1] = english.past(base)
        elif english.modal_past(follow) and follow not in ("have", "do"):
            out[index + 1] = english.modal_past(follow) or follow
    return out


def _whose_to_past(tokens: list[str]) -> list[str]:
    """``whose clocks all stop`` → ``whose clocks all stopped``: the first verb after the noun."""
    for index in range(2, len(tokens)):
        low = tokens[index].lower()
        modal = english.modal_past(low)
        base = english.verb_base(low)
        before = tokens[index - 1].lower()
        plain = base == low and (before == "all" or english.is_plural(before))
        if modal:
            return [*tokens[:index], *modal.split(" "), *_later_verbs_to_past(tokens[index + 1 :])]
        if _known_verb(base) and (base != low or plain):
            past = english.past(base)
            return [*tokens[:index], past, *_later_verbs_to_past(tokens[index + 1 :])]
    return tokens


def clause_in_the_past(what: str) -> tuple[str, str]:
    """The subject of a clause, and the clause in the past; empty where it has no verb."""
    tokens = what.split()
    for position in range(1, len(tokens)):
        if is_finite(tokens[position], after=tokens[position - 1]):
            who = " ".join(tokens[:position])
            return who, " ".join([who, *in_the_past(tokens[position:])])
    return "", ""


_ALREADY_PAST = frozenset(("could", "would", "should", "might", "was", "were", "had", "did"))


def is_finite(word: str, *, after: str) -> bool:
    """Whether ``word`` is a verb in the present or past that ``after``, a subject's last word, may have."""
    low = word.lower()
    if (
        low in _ALREADY_PAST
        or english.modal_past(low)
        or (english.is_past(low) and after.lower() not in _WORDS["determiners"])
    ):
        return True
    before = english.base_of_past(low) if low.endswith("ed") else None
    if before is not None and after.lower() not in _WORDS["determiners"]:
        return True
    base = english.verb_base(low)
    many = after.lower() in ("all", "they") or english.is_plural(after.lower())
    return (
        _known_verb(base) and (base != low or many) and after.lower() not in _WORDS["determiners"]
    )


def _known_verb(base: str) -> bool:
    return english.knows_irregular(base) or base in lexicon().verbs


def _spell(tokens: list[str]) -> str:
    return re.sub(r" ([,;:])", r"\1", " ".join(tokens)).strip(" ,;:")


def _scan_phrases(tokens: list[str], found: ThemeReading, words: Lexicon) -> list[str]:
    """Classify every noun phrase in ``tokens``; return the tokens that no slot of the story holds."""
    kept: list[str] = []
    position = 0
    preposition = ""
    while position < len(tokens):
        low = tokens[position].lower()
        if (
            low in _WORDS["prepositions"]
            or low in _RELATIVES
            or low in ("and", ",", ";", ":", "or", "&")
        ):
            preposition = low if low in _WORDS["prepositions"] else ""
            kept.append(tokens[position])
            position += 1
            continue
        if preposition == "to" and _known_verb(low):
            kept.append(tokens[position])
            position += 1
            preposition = ""
            continue
        phrase, after = _noun_phrase(tokens, position, words)
        if phrase is None or after == position:
            kept.append(tokens[position])
            position += 1
            continue
        follows_of = after < len(tokens) and tokens[after].lower() == "of"
        if follows_of and words.place(phrase.noun) and found.place is None:
            further, end = _noun_phrase(tokens, after + 1, words)
            end = end if further is not None else after + 2
            phrase, after = replace(phrase, of=_spell(tokens[after:end])), end
        if _classify(phrase, preposition, found, words, subject=False):
            if kept and kept[-1].lower() == preposition:
                kept.pop()
        else:
            kept.extend(tokens[position:after])
        preposition = ""
        position = after
    while kept and kept[0].lower() in ("and", ",", "or"):
        kept.pop(0)
    while kept and kept[-1].lower() in (*_WORDS["prepositions"], *_RELATIVES, "and", ",", "or"):
        kept.pop()
    return kept


def _classify(
    phrase: Phrase, preposition: str, found: ThemeReading, words: Lexicon, *, subject: bool
) -> bool:
    """Note what a phrase tells; True when a slot of the story will say it."""
    for adjective in phrase.adjectives:
        found.weather = found.weather or words.weather_adjectives.get(adjective)
        found.time = found.time or words.time_adjectives.get(adjective)
    first = phrase.noun.split(" ")[0]
    noun = phrase.noun
    if noun in words.time_nouns or (
        noun.split(" ")[-1] in words.time_nouns
        and preposition in ("on", "at", "in", "during", "before", "after", "until", "")
    ):
        time = words.time_nouns.get(noun) or words.time_nouns[noun.split(" ")[-1]]
        found.time = found.time or time
        adjectives_known = all(
            a in words.weather_adjectives or a in words.time_adjectives for a in phrase.adjectives
        )
        return (
            noun in words.time_nouns
            and adjectives_known
            and not (preposition == "on" and noun == "moon")
            and preposition not in ("", "of", "to", "for", "from", "with", "about", "against")
        )
    if first in words.time_nouns and len(noun.split(" ")) > 1:
        found.time = found.time or words.time_nouns[first]
    if noun in words.weather_nouns:
        found.weather = found.weather or words.weather_nouns[noun]
        return preposition in ("in", "during") and not phrase.adjectives
    place = words.place(noun)
    if place is not None and (subject or preposition in _WORDS["place_prepositions"]):
        if place.outer and not subject:
            found.outer = found.outer or phrase
            return preposition in ("in", "at", "on", "of")
        if found.place is None:
            found.place = phrase
            return not subject and preposition in ("in", "on", "at", "aboard", "inside")
        return False
    if subject:
        thing_like = len(noun.split(" ")) <= 3 and first not in words.time_nouns
        thing_like = thing_like and noun not in _WORDS["fixed"]
        if thing_like and not is_being(phrase, words) and not phrase.name:
            found.thing = phrase
        return False
    if words.creature(noun):
        if found.creature is None and preposition != "of":
            # "in a green coat who finds a white rabbit": only what follows the article describes it.
            words_before = phrase.adjectives
            last = max(
                (i for i, word in enumerate(words_before) if word in ("a", "an", "the")), default=-1
            )
            found.creature = replace(phrase, adjectives=words_before[last + 1 :])
        return False
    if words.role(noun) or phrase.name:
        found.companions.append(phrase)
        return False
    carried = noun in words.props and noun not in _WORDS["fixed"]
    if found.thing is None and preposition not in ("of", "about") and carried:
        found.thing = phrase
    return False


def is_abstract(noun: str) -> bool:
    """Whether a noun's ending says that nobody can hold it: ``kindness``, ``gravity``."""
    return bool(re.search(r"(?:ness|ity|tion|sion|ment|ence|ance|hood|ship|dom|ism|logy)$", noun))


def is_being(phrase: Phrase, words: Lexicon) -> bool:
    if phrase.name:
        return True
    noun = phrase.noun
    if "’s " in noun or "s’ " in noun:
        return words.role(noun.split(" ")[-1]) is not None
    if words.place(noun) is not None and words.role(noun) is None:
        return False
    if words.role(noun) or words.creature(noun):
        return True
    known_thing = noun in words.props or words.knows_device(noun)
    return (
        not known_thing
        and bool(
            re.search(r"(?:[a-z]{3}(?:er|or|ist|ian|eer)|maker|keeper|man|woman|smith)$", noun)
        )
        and noun.split(" ")[-1] not in _WORDS["not_people"]
    )
