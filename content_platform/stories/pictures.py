"""What a sentence's picture shows: who does what, inside or outside, with which things.

Shared by the storyteller (for its own sentences) and ``scenes`` (for anybody's text); single words
are ``reading``'s. How anything is drawn is the illustrator's business.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from content_platform.stories import reading
from content_platform.stories.lexicon import lexicon
from content_platform.stories.models import CastMember, Scene, Shot, TimeOfDay, Weather
from content_platform.stories.sentences import sentences

_QUOTED = re.compile(r"“[^”]*(?:”|$)|^[^“]*”")
_TOKEN = re.compile(r"[\w’-]+|[,;:—–]")
_BETWEEN = frozenset(
    (
        *(
            "then",
            "just",
            "still",
            "only",
            "once",
            "simply",
            "now",
            "had",
            "has",
            "was",
            "were",
            "is",
        ),
        *(
            "are",
            "slowly",
            "already",
            "at",
            "last",
            "all",
            "both",
            "also",
            "even",
            "almost",
            "always",
        ),
    )
)
"""Words that may stand between a subject and its verb."""
_ARTICLES = frozenset(("a", "an", "the", "his", "her", "their", "its", "it", "one", "out"))
_JOINTS = frozenset(("and", "then", ",", "but", "or"))
_WET = (Weather.RAIN, Weather.STORM, Weather.SNOW)
_TOGETHER = frozenset(("hugging", "holding hands", "carrying someone", "talking"))
_HARDLY_SEEN = frozenset(("standing", "waiting", "listening"))
_LAYS = frozenset(
    ("laid", "lays", "put", "puts", "set", "sets", "placed", "hung", "tied", "pressed", "tucked")
)
_ONTO = frozenset(("on", "onto", "upon", "over", "before", "against", "beside", "round", "into"))
_OF_SOMEBODY = frozenset(("body", "paws", "feet", "shoulders", "neck", "lap", "wings", "arms"))
_OF_ONESELF = frozenset(
    ("hand", "hands", "arm", "arms", "head", "face", "cheek", "nose", "ear", "finger", "foot")
)
_LIGHTS = re.compile(r"^(?:(?:a|an|the|his|her|their|small|old) )*(lantern|lamp|torch|candle)\b")
_HANDS = re.compile(r"^(?:(?:a|an|the|his|her|their|its|one|cold|small|old) )*hands?\b")


def subjects_of(cast: Sequence[CastMember]) -> dict[str, str]:
    """The words that may stand for each of ``cast`` in a sentence, to their names.

    A pronoun stands for the first one it fits.
    """
    words: dict[str, str] = {}
    for member in cast:
        name = member.name.lower()
        noun = member.noun.split(" ")[-1].lower()
        for word in (
            name.removeprefix("the "),
            noun,
            *(("animal",) if member.kind == "animal" else ()),
        ):
            words.setdefault(word, member.name)
        person = {"woman": "she", "girl": "she", "man": "he", "boy": "he"}.get(member.kind)
        for pronoun in (person,) if person else ("it", "he", "she"):
            words.setdefault(pronoun, member.name)
        if person and member.kind in ("girl", "boy"):
            words.setdefault("child", member.name)
    if len(cast) > 0:
        words.setdefault("they", cast[0].name)
    return words


@dataclass(frozen=True)
class Deed:
    """What somebody does, and how it would be drawn."""

    who: str
    """The doer's name."""
    action: str


def deed_in(text: str, subjects: Mapping[str, str]) -> Deed | None:
    """The most visible thing that one of ``subjects`` does in ``text``, or None.

    Only what the narration says counts, not what is spoken or compared with; and only verbs whose
    subject is known.
    """
    verbs = lexicon().actions
    best: tuple[tuple[int, int, int], Deed] | None = None
    plain = _QUOTED.sub(" “” ", reading.without_comparisons(text))
    for number, sentence in enumerate(sentences(plain) or []):
        tokens = _TOKEN.findall(sentence.lower())
        who: str | None = None
        for position in range(len(tokens)):
            here = _subject_at(tokens, position, subjects)
            if here is not None:
                who = here
            if _lays_onto(tokens, position, who, subjects):
                giver = _doer(tokens, position, who, subjects)
                order = (-1, -number, -position)  # what the line is about, whatever else it says
                if giver is not None and (best is None or order < best[0]):
                    given = _with_object("giving", tokens[position + 1 :]) or "giving something"
                    best = (order, Deed(giver, given))
                continue
            for length in (4, 3, 2, 1):
                phrase = " ".join(tokens[position : position + length])
                if len(phrase.split()) < length or phrase not in verbs:
                    continue
                after = tokens[position + length :]
                if tokens[position] in ("lay", "laid") and after[:1] and after[0] in _ARTICLES:
                    break  # lays something down
                doer = _doer(tokens, position, who, subjects) or _inverted(after, subjects)
                if doer is not None:
                    rank, action = verbs[phrase]
                    action = _with_object(action, after)
                    order = (rank, -number, -position)
                    if action and (best is None or order < best[0]):
                        best = (order, Deed(doer, action))
                break
    return best[1] if best else None


def _lays_onto(
    tokens: list[str], position: int, who: str | None, subjects: Mapping[str, str]
) -> bool:
    """Whether ``who`` lays a thing on, or before, somebody else: ``laid it on the shivering moth``."""
    if tokens[position] not in _LAYS or tokens[position - 1] in ("was", "were", "been", "is"):
        return False
    clause = list(
        itertools.takewhile(
            lambda token: token not in _JOINTS, tokens[position + 1 : position + 14]
        )
    )
    at = next((k for k, token in enumerate(clause) if k and token in _ONTO), None)
    if at is None or clause[at - 1] in _OF_ONESELF:
        return False
    whom = clause[at + 1 : at + 6]
    return bool(_OF_SOMEBODY & set(whom)) or any(
        subjects.get(token, who) != who and token not in ("it", "they") for token in whom
    )


def _subject_at(tokens: list[str], position: int, subjects: Mapping[str, str]) -> str | None:
    token = tokens[position].removesuffix("’s")
    if token != tokens[position] or token not in subjects:
        return None
    before = tokens[position - 1] if position else ""
    if before == "and" and position > 1 and tokens[position - 2] in subjects:
        return subjects[tokens[position - 2]]  # "Ada and Bo took …": the first of them
    governed = before in ("of", "for", "with", "at", "to", "from", "by", "like", "than", "after")
    return None if governed else subjects[token]


def _doer(
    tokens: list[str], position: int, who: str | None, subjects: Mapping[str, str]
) -> str | None:
    at = position - 1
    while at >= 0 and (tokens[at] in _BETWEEN or tokens[at].endswith("ly")):
        at -= 1
    if at < 0:
        return None
    beside = _subject_at(tokens, at, subjects)
    if beside is not None:
        return beside
    return who if tokens[at] in _JOINTS else None


def _inverted(after: list[str], subjects: Mapping[str, str]) -> str | None:
    """``… sat a small wet boy``: who comes after the verb."""
    if not after or after[0] not in ("a", "an", "the"):
        return None
    for token in after[1:5]:
        if token in subjects and token not in ("it", "he", "she", "they"):
            return subjects[token]
        if token in (",", "and", "of", "in", "on"):
            return None
    return None


def _with_object(action: str, after: list[str]) -> str:
    """The action with the thing it is done to; empty when it is nothing one could draw."""
    rest = " ".join(after[:9])
    light = _LIGHTS.match(rest)
    if action in ("taking", "holding", "lighting", "picking something up") and light:
        return f"holding a {'candle' if light[1] == 'candle' else 'lantern'}"
    if action in ("taking", "holding") and _HANDS.match(rest):
        return "holding hands"
    if action in ("giving", "taking", "holding", "lighting"):
        near = re.split(r"[,;:]| and ", rest)[0]
        things = [t for t in reading.terms_in(lexicon().props, near) if t not in _fixed()]
        if action == "lighting":
            return f"holding {things[0]}" if things else ""
        return f"{action} {things[0]}" if things else ""
    return action


def _fixed() -> frozenset[str]:
    return lexicon().grammar["fixed"]


def staged(
    deed: Deed | None, declared: str, names: Sequence[str], props: Sequence[str]
) -> tuple[tuple[str, ...], str]:
    """Who is in the picture, the doer first, and what the first of them does.

    ``declared`` is what they do when the text says nothing. Nobody gives to nobody: what takes two
    is drawn as holding the thing when there is one alone.
    """
    if not names:
        return (), ""
    order = list(names)
    action = declared
    if deed is not None and deed.who in order and not (declared and deed.action in _HARDLY_SEEN):
        order.remove(deed.who)
        order.insert(0, deed.who)
        action = deed.action
    verb, _, thing = action.partition(" ")
    held = next((prop for prop in props if prop.split(" ")[-1] not in _fixed()), "")
    if thing in ("", "something") and verb in ("holding", "giving", "taking"):
        thing = held
        action = f"{verb} {thing}" if thing else ""
    if verb == "taking" or (verb == "giving" and len(order) == 1):
        action = f"holding {thing}" if thing else ""
    elif len(order) == 1 and action == "reaching out" and held and held == props[0]:
        action = f"holding {held}"
    elif len(order) == 1 and action in _TOGETHER:
        action = ""
    if "candle" in action and "lantern" in props and "candle" not in props:
        action = action.replace("candle", "lantern")
    return tuple(order), action


# ---------------------------------------------------------------- where

_INDOORS = re.compile(
    r"\b(?:windows?|panes?|glass|stairs?|steps|floor|ceiling|bed|awake|pillow|table|desk|chair|stove|hearth|"
    r"fireplace|candle|shelf|shelves|room|kitchen|indoors|inside|corridor|lamp room|kettle|tea|rafters)\b"
)
_OUTDOORS = re.compile(
    r"\b(?:outside|outdoors|road|street|lane|path|hill|field|shore|beach|hedge|garden|yard|roofs?|"
    r"walked home|far off|at sea|harbour|cliff|across the water)\b"
)


_AT_THE_DOOR = re.compile(
    r"\b(?:outside (?:in the cold|stood|the door)|(?:stood|stands|out) (?:outside|in the cold)|"
    r"went (?:out|round to the front) to knock|on the (?:cold )?(?:door)?step)\b"
)
_ROUND_ABOUT = ("garden", "yard", "gate", "roof", "orchard", "greenhouse", "kitchen", "cellar")


def around(place: str, text: str) -> str:
    """``place``, or what belongs to it and the text says instead: its garden, its doorstep.

    >>> around("school", "Rafi was a janitor who watered the school garden.")
    'school garden'
    """
    low = _QUOTED.sub(" ", reading.without_comparisons(text)).lower()
    noun = place.rsplit(" ", maxsplit=1)[-1]
    part = re.search(rf"\b{re.escape(noun)} ({'|'.join(_ROUND_ABOUT)})\b", low)
    if part:
        return f"{place} {part[1]}"
    if _AT_THE_DOOR.search(low) and (
        is_inside(place) or is_inside(seen_from(place, "", inside=True))
    ):
        return "doorstep"
    return place


_DAWN = re.compile(
    r"\b(?:the east turned|(?:at|by|in the|one|until) (?:dawn|sunrise|daybreak)|at first light|"
    r"the sun (?:came up|rose)|(?:when|as) it (?:grew|was) light|the sky (?:grew|began to) pale)\b"
)
_MORNING = re.compile(r"\b(?:(?:in the|by|next|that|one|every|each) morning|mornings)\b")
_AFTERNOON = re.compile(
    r"\b(?:(?:in the|that|one|every|each) afternoon|afternoons|at noon|midday)\b"
)
_EVENING = re.compile(
    r"\b(?:(?:in the|that|one|every|each|by) evening|evenings|at (?:dusk|sunset))\b"
)


def time_told(text: str) -> TimeOfDay | None:
    """The time of day the narration itself says has come; what is spoken of does not count.

    >>> time_told("“I must be home by dawn,” said the star.") is None
    True
    """
    low = _QUOTED.sub(" ", reading.without_comparisons(text)).lower()
    if _DAWN.search(low) or _MORNING.search(low):
        return TimeOfDay.DAWN
    if _AFTERNOON.search(low):
        return TimeOfDay.DAY
    return TimeOfDay.DUSK if _EVENING.search(low) else None


def seen_from(place: str, text: str, *, inside: bool | None = None) -> str:
    """``place`` as the picture must show it: the room inside, where the text is in one.

    Only for places that are drawn from outside by their plain name (a lighthouse, a ship).
    ``inside`` is what holds when the text does not say.
    """
    interiors = lexicon().interiors
    noun = next((one for one in interiors if place == one or place.endswith(f" {one}")), None)
    if noun is None:
        return place
    low = reading.without_comparisons(text).lower()
    if _OUTDOORS.search(low) and not re.search(r"\bwindows?\b|\binside\b", low):
        return place
    if not (inside or _INDOORS.search(low)):
        return place
    rooms = interiors[noun]
    cued = next((room for cue, room in rooms.items() if re.search(rf"\b{cue}", low)), None)
    return cued or rooms["default"]


def is_inside(place: str) -> bool:
    """Whether a picture of ``place`` has a roof over it."""
    words = lexicon()
    if any(place in rooms.values() for rooms in words.interiors.values()):
        return True
    known = words.place(place)
    indoors = known is not None and known.type in ("building", "vehicle")
    return indoors and not any(place.endswith(noun) for noun in words.interiors)


def fit_for_weather(props: Sequence[str], place: str, weather: Weather) -> tuple[str, ...]:
    """``props`` without a naked flame in the rain: out there a candle is a lantern."""
    if weather not in _WET or is_inside(place):
        return tuple(props)
    return tuple(
        dict.fromkeys("lantern" if prop.split(" ")[-1] == "candle" else prop for prop in props)
    )


# ---------------------------------------------------------------- a row of pictures


def without_repeats(scenes: Sequence[Scene]) -> tuple[Scene, ...]:
    """``scenes`` in which no thing fills the picture twice.

    A second detail shows another thing of its sentence, the letter out of its envelope, or steps back.
    """
    shown: set[str] = set()
    varied: list[Scene] = []
    for position, scene in enumerate(scenes):
        near = {one.shot for one in (*varied[-1:], *scenes[position + 1 : position + 2])}
        varied.append(_fresh(scene, shown, near) if scene.shot is Shot.DETAIL else scene)
        if varied[-1].shot is Shot.DETAIL and varied[-1].props:
            shown.add(_kind(varied[-1].props[0]))
    return tuple(varied)


def _fresh(scene: Scene, shown: set[str], near: set[Shot]) -> Scene:
    """A detail of something not in ``shown``, or another shot than those ``near``."""
    fresh = next((prop for prop in scene.props if _kind(prop) not in shown), None)
    papers = [p for p in scene.props if p.rsplit(" ", 1)[-1] in ("letter", "envelope")]
    if fresh is None and papers and "open letter" not in shown:
        fresh = "open letter"
    if fresh is not None:
        gone = papers if fresh == "open letter" else [fresh]
        rest = [prop for prop in scene.props if prop not in gone]
        return scene.model_copy(update={"props": (fresh, *rest)})
    steps = (Shot.CLOSE, Shot.MEDIUM, Shot.ESTABLISHING)
    shot = next(one for one in (steps if scene.cast else steps[::-1]) if one not in near)
    return scene.model_copy(update={"shot": shot})


def _kind(prop: str) -> str:
    """What two things have to share to look the same: the noun, and for paper whether it is open."""
    noun = prop.rsplit(" ", 1)[-1]
    if noun in ("letter", "envelope"):
        return "open letter" if prop.startswith("open ") else "letter"
    return noun
