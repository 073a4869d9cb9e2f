"""Which sounds a story's scenes have: beds from place, weather and hour, spots from its words.

Data about words, and the rules of choosing; how anything sounds is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from content_platform.music.models import Ambience, Bed, BedSound, Spot, SpotSound
from content_platform.narration.models import Narration
from content_platform.stories.models import Scene, Story, TimeOfDay, Weather
from content_platform.vocabulary import language_of

MOST_BEDS = 3
"""Heard at once."""
MOST_SPOTS = 6
SPOTS_APART_S = 5.0
_BEHIND_DB = (0.0, -4.0, -7.0)
"""Levels of a scene's beds: the one that says most, then what is behind it."""
_AFTER_WORD_S = 0.05
_INDOORS_DB = -2.0


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PLACES: dict[BedSound, frozenset[str]] = {
    BedSound.TRAIN: _set_of("train tram railway carriage"),
    BedSound.SEA: _set_of(
        "sea ocean beach coast cliff island harbour harbor lighthouse ship boat ferry pier shore"
    ),
    BedSound.STREAM: _set_of(
        "river lake canal bridge stream brook waterfall swamp mill fountain pond well"
    ),
    BedSound.FIRE: _set_of("bakery forge kitchen inn cottage hut campfire tavern fireplace hearth"),
    BedSound.CROWD: _set_of(
        "market circus carnival fairground station airport restaurant café cafe cinema "
        "theatre theater school"
    ),
    BedSound.CITY: _set_of(
        "street city town alley square rooftop taxi bus apartment hotel newsroom newsagent"
    ),
    BedSound.HUM: _set_of(
        "spaceship submarine laboratory factory basement garage laundromat spacecraft engine"
    ),
    BedSound.WIND: _set_of(
        "mountain mountains desert tower glacier snowfield airship windmill graveyard cemetery "
        "castle hill moor cave mine"
    ),
    BedSound.FOREST: _set_of(
        "forest woods wood jungle orchard garden park meadow field farm valley village "
        "country playground"
    ),
}
_OUTDOORS_AT_NIGHT = frozenset((BedSound.FOREST, BedSound.STREAM, BedSound.WIND, BedSound.FIRE))
_INSIDE = _set_of(
    "room stairs hall interior kitchen shop bookshop bakery library museum school hospital hotel inn café "
    "cafe restaurant theatre theater cinema church monastery temple house mansion manor cottage cabin hut "
    "apartment attic basement workshop studio laboratory observatory office newsroom forge garage parlour "
    "factory barn greenhouse laundromat orphanage taxi bus tavern exchange"
)
_FIRES = _set_of("fire fireplace hearth campfire bonfire stove oven furnace")

_SPOTS: dict[SpotSound, re.Pattern[str]] = {
    SpotSound.KNOCK: re.compile(r"knock(s|ed|ing)?"),
    SpotSound.THUNDER: re.compile(r"thunder(ed|s)?|lightning"),
    SpotSound.SPLASH: re.compile(r"splash(ed|es)?|dived|plunged"),
    SpotSound.FOOTSTEPS: re.compile(r"footsteps?|tiptoed|strode"),
    SpotSound.OWL: re.compile(r"owls?"),
    SpotSound.BIRD: re.compile(r"birds?|blackbirds?|robins?|nightingales?|sparrows?"),
    SpotSound.CLOCK: re.compile(r"tick(s|ed|ing)?|ticktock"),
    SpotSound.BELL: re.compile(r"tolled|chimed|bells?"),
    SpotSound.DOOR: re.compile(r"doors?"),
}
_ONLY_WITH: dict[SpotSound, re.Pattern[str]] = {
    SpotSound.BELL: re.compile(r"r[aiu]ng|ring(s|ing)|toll(s|ed|ing)|chim(es?|ed|ing)"),
    SpotSound.DOOR: re.compile(r"open(s|ed)?|clos(es?|ed)|shut|slam(s|med)?|creak(s|ed)?|swung"),
}
"""A bell or a door is heard when something is done with it, a few words before or after."""
_WITHIN_WORDS = 4
_NOT = _set_of("no not never nobody without nor neither stopped silent didn't don't isn't wasn't")


def plan_ambience(
    story: Story, narration: Narration, *, level_db: float, seed: int
) -> Ambience | None:
    """What is heard of the story's places while it is told; None when nothing is."""
    spans = {span.scene: (span.start_s, span.end_s) for span in narration.spans}
    beds: list[Bed] = []
    spots: list[Spot] = []
    for scene in story.scenes:
        if scene.index not in spans:
            continue
        start_s, end_s = spans[scene.index]
        for bed in beds_of(scene):
            beds.append(bed.model_copy(update={"start_s": start_s, "end_s": end_s}))
        if language_of(story.locale) == "en":
            spots += _spots(narration, start_s, end_s, spots)
    if not beds and not spots:
        return None
    return Ambience(
        beds=tuple(_joined(beds)),
        spots=tuple(spots[:MOST_SPOTS]),
        level_db=level_db,
        seed=seed,
    )


def beds_of(scene: Scene) -> list[Bed]:
    """The beds of one scene, the one that says most first. Their times are not set yet."""
    words = _words(scene.place)
    things = {word for text in (scene.text, *scene.props) for word in _words(text)}
    inside = any(word in _INSIDE for word in words)
    space = "space" in words
    if "radio" in words:
        words = [word for word in words if word != "station"]  # nobody waits there
    found: list[tuple[BedSound, bool]] = []
    if scene.weather in (Weather.RAIN, Weather.STORM) and not space:
        found.append((BedSound.RAIN, inside))
    for sound, names in _PLACES.items():
        if space and sound is not BedSound.HUM:
            continue
        if names & set(words):
            # What burns or talks in a room is heard as it is, what is outside through its walls.
            within = sound in (BedSound.FIRE, BedSound.CROWD, BedSound.HUM, BedSound.TRAIN)
            found.append((sound, inside and not within))
    if space:
        found.append((BedSound.HUM, False))
    if things & _FIRES:
        found.insert(0, (BedSound.FIRE, False))
    if scene.weather in (Weather.STORM, Weather.SNOW) and not space:
        found.append((BedSound.WIND, inside))
    quiet = scene.weather in (Weather.CLEAR, Weather.CLOUDS, Weather.FOG)
    if scene.time_of_day in (TimeOfDay.NIGHT, TimeOfDay.DUSK) and not inside:
        sounds = {sound for sound, _ in found}
        if BedSound.FOREST in sounds:
            # Birds sleep; leaves are left to the wind.
            found = [(BedSound.WIND if s is BedSound.FOREST else s, i) for s, i in found]
        if quiet and sounds and sounds <= _OUTDOORS_AT_NIGHT:
            found.insert(0, (BedSound.NIGHT, False))
    chosen = list(dict(found).items())[:MOST_BEDS]
    return [
        Bed(
            sound=sound,
            start_s=0.0,
            end_s=1.0,
            level_db=_BEHIND_DB[place] + (_INDOORS_DB if indoors else 0.0),
            indoors=indoors,
        )
        for place, (sound, indoors) in enumerate(chosen)
    ]


def _joined(beds: Sequence[Bed]) -> list[Bed]:
    """A bed that goes on into the next scene is one bed."""
    joined: list[Bed] = []
    for bed in beds:
        for place, before in enumerate(joined):
            same = (before.sound, before.indoors, before.level_db) == (
                bed.sound,
                bed.indoors,
                bed.level_db,
            )
            if same and abs(before.end_s - bed.start_s) < 0.001:
                joined[place] = before.model_copy(update={"end_s": bed.end_s})
                break
        else:
            joined.append(bed)
    return joined


def _spots(
    narration: Narration, start_s: float, end_s: float, before: Sequence[Spot]
) -> list[Spot]:
    """At most one single sound for a scene: the first thing in its words that makes one."""
    heard = [word for word in narration.words if start_s <= word.start_s < end_s]
    words = [(_words(word.text) or [""])[0] for word in heard]
    used = {spot.sound for spot in before}
    for at, word in enumerate(words):
        for sound, pattern in _SPOTS.items():
            if sound in used or not pattern.fullmatch(word):
                continue
            around = words[max(0, at - _WITHIN_WORDS) : at + _WITHIN_WORDS + 1]
            needed = _ONLY_WITH.get(sound)
            if needed is not None and not any(needed.fullmatch(other) for other in around):
                continue
            if _NOT & set(words[max(0, at - 4) : at + 3]):
                continue
            at_s = round(heard[at].end_s + _AFTER_WORD_S, 3)
            if before and at_s - before[-1].at_s < SPOTS_APART_S:
                continue
            pan = (0.35, -0.35)[len(before) % 2]
            return [Spot(sound=sound, at_s=at_s, pan=pan)]
    return []


def _words(text: str) -> list[str]:
    return re.findall(
        r"[^\W\d_]+(?:'[^\W\d_]+)?", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
