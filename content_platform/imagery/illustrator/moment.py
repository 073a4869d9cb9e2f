"""The moment: what a scene's words say about bodies, faces and the state of things.

Turns the action, props and sentence of a scene into a pose, a feeling, a thing in its state.
Where anybody stands, and how anything is drawn, is decided elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from content_platform.imagery.illustrator.lexicon import (
    find,
    find_noun,
    find_verb,
    lexicon,
    words_of,
)
from content_platform.imagery.illustrator.things import HAND_HELD, THINGS
from content_platform.imagery.illustrator.things.base import Thing
from content_platform.stories.models import Beat, CastMember, Scene, Shot
from content_platform.vocabulary import Mood

_MOODS = {
    Mood.CALM: "calm",
    Mood.MYSTERY: "wary",
    Mood.TENDER: "glad",
    Mood.UPBEAT: "glad",
    Mood.EPIC: "awed",
    Mood.SAD: "sad",
    Mood.PLAYFUL: "glad",
    Mood.TENSE: "wary",
}
_ANSWERS = {
    "weeping": "sad",
    "laughing": "glad",
    "speaking": "",
    "afraid": "",
    "asleep": "",
    "tender": "tender",
}
"""What a face shows to somebody who feels that; empty for what the mood says."""

_OUT = frozenset({"unlit", "dark", "extinguished", "burnt", "cold", "broken", "silent"})
_READING = re.compile(
    r"\b(?:reads?|reading|sheet|page|unfold\w*|opened (?:it|the)|ink|handwriting|signed|it said)\b",
    re.IGNORECASE,
)
_ONE_LINE = re.compile(
    r"\b(?:one|a single|a|only one|just one) (?:short )?(?:line|word|sentence)\b"
    r"|\b(?:two|three|four) words\b",
    re.IGNORECASE,
)
_WISTFUL = re.compile(
    r"\b(?:alone|lonely|lost|gone|grave|died|dead|dying|farewell|goodbye|sorry|sad(?:ly|ness)?|grief"
    r"|griev\w+|tears?|wept|cried|weep\w*|empty|miss(?:ed|es|ing)?|never (?:came|come|wrote|returned)"
    r"|nobody|no one|no longer|silence|hurt|ache\w*|lost|afraid|cold|hungry|broken?|old and tired)\b",
    re.IGNORECASE,
)
"""What no face smiles at, however tender the mood."""
_GRIEF = re.compile(
    r"\b(?:lost (?:just )?(?:one|him|her|them|everything)|gone|grave|died|dying|goodbye|farewell|grief"
    r"|griev\w+|tears|wept|missing it|miss (?:it|him|her|them)|what (?:I|she|he|they) (?:am|was|is|were)"
    r" missing|too late|got wet|never (?:came|come|wrote|returned|saw)|did not come|there (?:was|were)"
    r" nobody|no more|voice (?:only )?(?:shook|broke)|alone|lonely|had come for one thing|none left|nobody gives"
    r"|(?:nobody|no one) has come|(?:all|only thing) (?:she|he|they|it) could (?:think of|say|do)"
    r"|(?:only )?one (?:precious )?(?:thing|treasure)|all (?:she|he|they|it) had left|never have sold"
    r"|begg(?:ed|ing)|pleaded|implor\w+|last light|needs? (?:something|one gift)|shivering)\b"
    r"|^(?:(?!not ).)*\b(?:was|were) no \w+ \w+, nor\b",
    re.IGNORECASE,
)
"""What makes a face sad where the mood is tender or sad, or nothing else is felt."""
_DOUBT = re.compile(
    r"\b(?:not (?:a|the|an) (?:real|right|proper|good) \w+|made no sense|a riddle|wrong|nobody asked"
    r"|shook (?:her|his|its|their) head|refus\w+|thief|stolen|stole|vanish\w*|rather not)\b|[“\"]no[,.]",
    re.IGNORECASE,
)
"""What nobody smiles at, without being sad."""
_JOY = re.compile(
    r"\b(?:smil\w+|laugh\w*|glad\w*|happy|happi\w+|joy\w*|delight\w*|cheer\w*|grin\w*|warm\w*|kindly"
    r"|thank\w*|friends?|loved?|loves|look(?:s|ed|ing) after (?:me|her|him|us|them|it)|(?:was|were|came|at) home|together|welcome|found|tea|soup|supper|dinner|song|sang|danc\w+"
    r"|beautiful|(?:is|was|are) yours|had everything|(?:came|come|were|was) back|two of them|at last)\b",
    re.IGNORECASE,
)
"""What a tender or quiet line smiles at; otherwise faces rest."""
_SAID = {
    "afraid": re.compile(
        r"\b(?:afraid|scared|frightened|terrified|trembl\w*|fear(?:ed|s|ful)?|dread(?:ed|s)?"
        r"|shrank|shrink\w*|flinch\w*|cower\w*)\b",
        re.IGNORECASE,
    ),
    "determined": re.compile(
        r"\b(?:brave(?:ly)?|courage|determined|stood (?:firm|her ground|his ground|its ground)"
        r"|made up (?:her|his|its|their) mind)\b",
        re.IGNORECASE,
    ),
}
"""What a sentence says of a feeling that the action leaves open."""
_NOT = re.compile(
    r"\b(?:no|not|n.t|never|less|nothing|without|stopped|longer)\b[^.,;]{0,24}$", re.IGNORECASE
)


def _said(text: str) -> str:
    """The feeling a sentence names and does not deny; empty if it names none."""
    for feeling, pattern in _SAID.items():
        found = pattern.search(text)
        if found and not _NOT.search(text[: found.start()]):
            return feeling
    return ""


_UNCORKED = re.compile(
    r"\b(?:uncork\w*|(?:pull|draw|drew|t[ao]k|eas|work|twist|pop)\w* (?:out )?(?:the|its|her|his) cork"
    r"|cork (?:\w+ )?(?:out|came|popped|was gone)"
    r"|(?:break|breaks|breaking|broke|broken|crack\w*|cut|split) (?:\w+ )?(?:wax |old |little )?seal"
    r"|seal (?:was |had |is )?(?:broke|broken|cracked|gave)"
    r"|(?:open|opens|opened|opening|unstopper\w*|unseal\w*) (?:it|the|its|her|his|one|that)"
    r" ?(?:small |little |glass |old )*(?:bottle|flask|vial|jar))\b",
    re.IGNORECASE,
)
_BARE = frozenset({"dead", "bare", "leafless", "withered", "dying"})
_FLOWERING = re.compile(r"\b(?:flower(?:ed|ing|s)?|bloom\w*|blossom\w*|petals?|green again)\b")


_WRAPPED = re.compile(
    r"\b(?:wrapped|huddled|bundled|swaddled|rolled) (?:up )?(?:in|under|into)\b[^.]{0,24}\bblankets?\b",
    re.IGNORECASE,
)


DIMMED = "its light gone dim"
"""The trait of a creature whose own light sank in an earlier scene and has not come back."""
_LIGHT_SINKS = re.compile(
    r"\blight\b[^.]{0,32}\b(?:sank|sinks?|sinking|dim\w*|fail\w*|fad\w+|flicker\w*|went out)\b"
    r"|\b(?:dimmed|flickered|flickering|growing dim|(?:began|begins) to (?:dim|fail|fade|flicker))\b"
    r"|\bits light with (?:it|them)\b|\bstrength (?:gave way|failed|left (?:it|him|her|them))\b",
    re.IGNORECASE,
)
_LIGHT_RETURNS = re.compile(
    r"\b(?:caught light|lit up|light (?:burst|came back|returned|rose)|glow came back"
    r"|sparks? (?:woke|rose)|one spark|flowered|bloomed|(?:into|in) flower|shone|blazed)\b"
    r"|\bthe dark\b[^.]{0,60}\b(?:ran|turned|took one step back)\b",
    re.IGNORECASE,
)


_FIRST_SPARKS = re.compile(r"\bone spark\b[^“”]{0,12}\b(?:ten|another|two|a few)\b", re.IGNORECASE)


def sparks_in(scene: Scene) -> bool:
    """Whether the sentence counts the first sparks on a tree that is still bare."""
    return bool(_FIRST_SPARKS.search(scene.text)) and not _FLOWERING.search(scene.text.lower())


def light_sinks(scene: Scene) -> bool:
    """Whether the sentence says that a light of somebody's own goes out, and not that it is back."""
    return bool(_LIGHT_SINKS.search(scene.text)) and not light_returns(scene)


def light_returns(scene: Scene) -> bool:
    """Whether the sentence says that it is light again."""
    return bool(_LIGHT_RETURNS.search(scene.text))


WRAPPED = "wrapped in a blanket"
"""The trait of somebody who has had a blanket round the shoulders since an earlier scene."""


def is_wrapped(scene: Scene, member: CastMember | None = None) -> bool:
    """Whether ``member``, or the first of the cast, has a blanket round the shoulders."""
    if member is not None and WRAPPED in member.traits:
        return True
    first = member is None or scene.cast[:1] == (member.name,)
    return first and bool(_WRAPPED.search(f"{scene.text} {scene.action}"))


def pose_of(action: str) -> str | None:
    """The pose an action asks for, if it names one."""
    return find_verb(lexicon().actions, action)


def lies(scene: Scene) -> bool:
    """Whether the first of the cast lies: asleep, awake in bed, or fallen down."""
    return pose_of(scene.action) == "lying"


def feeling_of(scene: Scene, *, first: bool) -> str:
    """What a face shows: the action says it of who acts, line and mood of everybody else."""
    by_line = _by_line(scene)
    acted = find_verb(lexicon().feelings, scene.action)
    if not first:
        return (_ANSWERS.get(acted, acted) if acted else "") or by_line
    if acted == "speaking" and by_line in ("sad", "glad"):
        return by_line if by_line == "sad" else acted
    if acted == "awed" and by_line in ("sad", "glad"):
        return by_line
    if acted == "glad" and pose_of(scene.action) == "giving" and by_line != "glad":
        return by_line  # a gift may be a sad one
    return acted or _said(scene.text) or by_line


def _by_line(scene: Scene) -> str:
    """What the line is felt as: sad at a loss, wary in doubt, glad only where something is."""
    mood = _MOODS[scene.mood]
    soft = scene.mood in (Mood.TENDER, Mood.SAD, Mood.CALM, Mood.PLAYFUL, Mood.UPBEAT)
    ends = scene.beat is Beat.ENDING and scene.mood is not Mood.SAD
    if soft and ends and _JOY.search(scene.text):
        return "glad"
    if soft and _GRIEF.search(scene.text):
        return "sad"
    if soft and _DOUBT.search(scene.text):
        return "sad" if scene.mood is Mood.SAD else "wary"
    if mood == "glad" and _WISTFUL.search(scene.text):
        return "calm"
    if scene.mood is Mood.TENDER and not ends and not _JOY.search(scene.text):
        return "calm"
    return "glad" if ends and soft and not _WISTFUL.search(scene.text) else mood


def thing_of(words: str) -> tuple[str, Thing] | None:
    """The drawable thing a phrase names, in the colour, material and state it names."""
    name = find_noun(lexicon().props, words)
    if name is None or name == "nothing":
        return None
    tone = ""
    for word in words.lower().replace("-", " ").split():
        tone = lexicon().fabrics.get(word) or lexicon().colours.get(word) or tone
    thing = THINGS[name](tone)
    if thing.flame and words_of(words) & _OUT:
        thing = replace(thing, glow="", flame=None)
    return name, thing


_STARS = re.compile(r"\bstars\b", re.IGNORECASE)
_STAR_DOWN_HERE = re.compile(
    r"\bstars?\b[^.]{0,32}\b(?:fell|fallen|falling|dropped|landed|lay)\b"
    r"|\b(?:fell|fallen|dropped|the|a|this|that|small|little)\b(?: \w+)? star\b",
    re.IGNORECASE,
)


def speaks_of_stars(scene: Scene) -> bool:
    """Whether the sentence is about the stars in the sky, and about none that came down."""
    return bool(_STARS.search(scene.text)) and not _STAR_DOWN_HERE.search(scene.text)


def is_in_the_sky(words: str, scene: Scene) -> bool:
    """Whether a star is up there instead of in somebody's hand: ``rising star``, ``high star``.

    A plain one is where the sentence speaks of the stars.
    """
    said = words_of(words)
    if not said & {"star", "stars"}:
        return False
    return bool(said & {"rising", "high", "distant"}) or speaks_of_stars(scene)


_CARRIED = r"\b(?:with|wear\w*|carr(?:y|ies|ied|ying)|bear(?:s|ing)|bore)\b(?: [\w’,-]+){0,4}? "


def carries(scene: Scene, words: str) -> bool:
    """Whether the sentence says that somebody goes about with the thing on them."""
    noun = re.escape(words.rsplit(maxsplit=1)[-1]) if words.split() else "nothing"
    return bool(re.search(rf"{_CARRIED}{noun}\b", scene.text, re.IGNORECASE))


_GOES_OFF = re.compile(
    r"\b(?:carr(?:y|ies|ied|ying)|walk\w*|ran|runs?|running|went|makes?|made|slipp?\w*) off\b"
    r"|\b(?:carr(?:y|ies|ied|ying)|bore|bears?) away\b",
    re.IGNORECASE,
)


def goes_off_with(scene: Scene) -> bool:
    """Whether the sentence says that somebody makes off with a thing that the scene shows."""
    return bool(_GOES_OFF.search(scene.text)) and any(carries(scene, one) for one in scene.props)


_BOWS = {"lantern": "bowed lantern", "lamp": "bowed lantern", "candle": "bowed candle"}
_BOWED = re.compile(
    r"\b(?:lamps?|lanterns?|lights?|candles?|flames?)\b[^.]{0,40}\b(?:bowed|bent|knelt)\b",
    re.IGNORECASE,
)


def props_in(scene: Scene, own: tuple[str, ...]) -> list[str]:
    """The things to be seen: those of the cast first; a letter being read lies open."""
    dropped = {"flower", "petal", "blossom"} if tree_of(scene) == "flowering" else set()
    opened = pose_of(scene.action) == "reading" or bool(_READING.search(scene.text))
    words_said: list[str] = []
    one_line = opened and bool(_ONE_LINE.search(scene.text))
    uncorked = bool(_UNCORKED.search(scene.text))
    bowed = bool(_BOWED.search(scene.text))
    for words in (*own, *scene.props):
        said = words_of(words)
        if is_wrapped(scene) and said & {"blanket", "blankets"}:
            continue
        if scene.shot is not Shot.DETAIL and _is_gone(words, scene.text):
            continue
        named = find_noun(lexicon().props, words) or ""
        if bowed and named in _BOWS:
            words_said.append(re.sub(r"\w+$", _BOWS[named], words))
        elif one_line and find_noun(lexicon().props, words) in ("letter", "page"):
            words_said.append("short letter")
        elif uncorked and find_noun(lexicon().props, words) == "bottle":
            words_said.append(re.sub(r"\w+$", "open bottle", words))
        elif opened and "letter" in said and not said & {"sealed", "closed", "unopened"}:
            words_said.append("open letter")
        elif not said or not said <= dropped | {f"{one}s" for one in dropped}:
            words_said.append(words)
    return words_said


def _is_gone(words: str, text: str) -> bool:
    """Whether the sentence says that a thing is no longer there."""
    noun = re.escape(words.rsplit(maxsplit=1)[-1]) if words.split() else "nothing"
    return bool(
        re.search(
            rf"\b{noun} (?:is|was|were|are|had|has been) (?:gone|stolen)\b", text, re.IGNORECASE
        )
    )


_STATES = {
    **{bowed: name for name, bowed in _BOWS.items() if name != "lamp"},
    "open bottle": "bottle",
    "page": "letter",
    "short letter": "letter",
}


def is_state_of(name: str, other: str) -> bool:
    """Whether two drawable names are of one thing, in whatever state: ``bottle``, ``open bottle``."""
    return _STATES.get(name, name) == _STATES.get(other, other)


def held_in(action: str) -> str | None:
    """The thing an action names, as a drawable name."""
    found = find(lexicon().props, action)
    return None if found == "nothing" else found


_WORK_OF = {
    "broom": r"swept|sweeps?|sweeping",
    "spade": r"dug|digs?|digging",
    "spoon": r"stirred|stirs?|stirring",
    "brush": r"painted|paints?|painting",
    "pencil": r"wrote|writes?|writing",
}
"""The tool each of these verbs is done with."""


def tool_of(scene: Scene, member: CastMember) -> str | None:
    """The tool ``member`` uses, by what the sentence says they do or the action asks for."""
    for tool, verbs in _WORK_OF.items():
        if re.match(rf"(?:{verbs})\b", scene.action, re.IGNORECASE):
            return tool
        who = f"{re.escape(member.name)}|{re.escape(member.noun)}"
        who += "|she|he" if len(scene.cast) == 1 else ""
        if re.search(
            rf"\b(?:{who}) (?:was |still |often )?(?:{verbs})\b", scene.text, re.IGNORECASE
        ):
            return tool
    return None


_AT_THE_DOOR = re.compile(
    r"\b(?:stood|stands|standing|waited|appeared|was|were|knock(?:ed|s)?)\b(?: \w+)? (?:at|in|by|on) the"
    r" (?:\w+ )?(?:door|doorway|doorstep)\b|\b(?:through|opened|closed) the (?:\w+ )?door\b",
    re.IGNORECASE,
)


def is_at_a_door(scene: Scene) -> bool:
    """Whether the sentence says that somebody is at a door."""
    return bool(scene.cast) and bool(_AT_THE_DOOR.search(scene.text))


_SHADOWS = re.compile(r"\b(?:hundreds|shadows|all of them)\b")


def shadows_of(scene: Scene) -> int:
    """How many shadows that have gone their own way the scene shows."""
    if not any("shadow" in words_of(words) for words in scene.props):
        return 0
    crowd = scene.shot in (Shot.ESTABLISHING, Shot.MEDIUM) and _SHADOWS.search(scene.text)
    return 6 if crowd else 1


def lies_about(scene: Scene) -> bool:
    """Whether the scene speaks of a thing that lies or stands on the ground, in nobody's hands."""
    held = held_in(scene.action)
    found = [thing for thing in map(thing_of, scene.props) if thing and thing[0] != "door"]
    return any(name != held and name not in HAND_HELD for name, _ in found) or len(found) > 1


_OF_A_TREE = re.compile(
    r"\b(?:trees?|oaks?|branch(?:es)?|roots?|crown|leaves|twigs?|blossoms?|flower\w*|bloom\w*)\b",
    re.IGNORECASE,
)


def is_about_its_tree(scene: Scene) -> bool:
    """Whether the line speaks of the tree it plays under; else the tree is only where it plays."""
    said = _OF_A_TREE.search(scene.text) or sparks_in(scene)
    return bool(said) or tree_of(scene) == "flowering"


def tree_of(scene: Scene) -> Literal["", "bare", "flowering"]:
    """What the words say about the tree of the scene, if they speak of one."""
    props = [words_of(words) for words in scene.props]
    said = words_of(scene.text)
    named = words_of(scene.place)
    trees = [words for words in (*props, named) if words & {"tree", "oak", "apple"}]
    if not trees and not {"tree"} <= said:
        return ""
    states = set().union(*trees) if trees else set()
    if states & {"flowering", "blossoming", "blooming"} or _FLOWERING.search(scene.text.lower()):
        return "flowering"
    near = re.search(
        r"\b(?:dead|bare|leafless|withered|dying)\s+(?:\w+\s+)?tree", scene.text.lower()
    )
    return "bare" if states & _BARE or near else ""
