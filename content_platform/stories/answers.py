"""How a language model's answer is read: into a story, or into sentences on what is wrong with it.

Pure. What is easily mended is mended, because asking again costs money; what cannot be told is not
taken: another shape, language or length, web addresses, our own rules. The question is ``asking``'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from content_platform.stories.asking import (
    CHOICES,
    MOST_PROBLEMS,
    SCENE_WORDS,
    TRANSLATION_RULES,
    story_rules,
)
from content_platform.stories.models import (
    CastMember,
    Scene,
    SeriesContext,
    Shot,
    StoryDraft,
    WriteRequest,
)
from content_platform.stories.pictures import fit_for_weather, without_repeats
from content_platform.stories.script import clean_line, identify_language
from content_platform.stories.sentences import count_words, join, sentences
from content_platform.vocabulary import language_of

WANTED_LENGTH = 0.10
"""How far a story may be from its words before it is worth another question."""
_WANTED_WORDS = 8
"""... and at least so many words: three seconds are not worth another question."""
TOLERATED_LENGTH = 0.25
"""How far it may be when asking again did not help (as ``checks.LENGTH_TOLERANCE``)."""
_TRANSLATED_LENGTH = (0.5, 1.8)
"""How long a translation may be, as a share of the original's words."""
_MOST_SCENE_WORDS = 32
"""About 12 seconds of speech, as long as a picture stays interesting."""
_QUOTED_WORDS = 8
"""So many words in a row out of the rules are no coincidence."""
_ADDRESS = re.compile(
    r"https?:|www\.\w|\S@\w+\.\w|"
    r"\b[\w-]+\.(?:com|org|net|io|ai|app|info|biz|tv|ly|gg|xyz|dev|shop|site|online|link|de|fr|uk)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """What an answer is worth."""

    draft: StoryDraft | None
    """The story, when it can be told."""
    problems: tuple[str, ...] = ()
    """What is wrong with it, in sentences for the writer; empty for a good one."""
    off: float = 0.0
    """How far its length is from the wanted one, as a share of it."""


def read_answer(answer: str, request: WriteRequest, *, cut: bool = False) -> Reading:
    """The story or the translation in an answer, mended where that is free, and what is wrong with it.

    ``cut`` tells that the answer ends where the limit of its length was.
    """
    if cut:
        return Reading(None, ("The answer was cut off because it was too long: be briefer.",))
    raw, problem = _json_object(answer)
    if raw is None:
        return Reading(None, (problem,))
    if request.translate is not None:
        draft, problems = _translated(raw, request.translate)
    else:
        draft, problems = _told(raw, request)
    if draft is None:
        return Reading(None, problems)
    grave = [*problems, *_forbidden(raw), *_language(draft, request.locale)]
    off, length_problem, bearable = _length(draft, request)
    slight = [length_problem] if length_problem else []
    if request.translate is None and len(draft.scenes) < 3 <= request.target_words / SCENE_WORDS:
        slight.append("It has too few scenes: cut it into more.")
    return Reading(
        draft if bearable and not grave else None, tuple(grave + slight)[:MOST_PROBLEMS], off
    )


def _json_object(answer: str) -> tuple[dict[str, Any] | None, str]:
    """The JSON object in an answer, whatever fences or words stand around it."""
    start, end = answer.find("{"), answer.rfind("}")
    try:
        found = json.loads(answer[start : end + 1]) if start >= 0 else None
    except (ValueError, RecursionError) as error:
        return None, f"It is not valid JSON ({str(error)[:80]})."
    if not isinstance(found, dict):
        return None, "It is not a JSON object."
    return found, ""


def _told(
    raw: Mapping[str, Any], request: WriteRequest
) -> tuple[StoryDraft | None, tuple[str, ...]]:
    try:
        draft = StoryDraft.model_validate(
            {
                "title": raw.get("title"),
                "logline": raw.get("logline"),
                "kernel": raw.get("plot", ""),
                "cast": _each(raw.get("cast", []), CastMember, {}),
                "scenes": _each(raw.get("scenes"), Scene, {"index": 0}),
            }
        )
    except ValidationError as error:
        return None, _described(error)
    cast = _mended_cast(draft.cast, request.series)
    scenes = tuple(
        part for scene in draft.scenes for part in _cut(_mended_scene(scene, cast)) if part.text
    )
    title = _speakable(draft.title).strip(' .“”‘’"«»')
    if not scenes or not title:
        return None, (f"The {'title' if scenes else 'text of the scenes'} is empty.",)
    return draft.model_copy(
        update={
            "title": title,
            "logline": _speakable(draft.logline),
            "cast": cast,
            "scenes": tuple(
                scene.model_copy(update={"index": index})
                for index, scene in enumerate(without_repeats(scenes))
            ),
            "kernel": _speakable(draft.kernel).lower().rstrip(".")[:60],
        }
    ), ()


def _translated(
    raw: Mapping[str, Any], original: StoryDraft
) -> tuple[StoryDraft | None, tuple[str, ...]]:
    given = raw.get("scenes")
    if not isinstance(given, list) or len(given) != len(original.scenes):
        count = len(given) if isinstance(given, list) else 0
        return None, (
            f"There must be {len(original.scenes)} scenes, one for each of the original; there are {count}.",
        )
    # Without a schema, models like to repeat the scene around its text.
    given = [entry.get("text") if isinstance(entry, dict) else entry for entry in given]
    wording = [_speakable(text) if isinstance(text, str) else "" for text in given]
    title, logline = raw.get("title"), raw.get("logline")
    if not isinstance(title, str) or not isinstance(logline, str) or not _speakable(title):
        return None, ("The title and the logline must be texts.",)
    if "" in wording:
        return None, (f"Scene {wording.index('') + 1} has no text.",)
    return original.model_copy(
        update={
            "title": _speakable(title),
            "logline": _speakable(logline),
            "scenes": tuple(
                scene.model_copy(update={"text": text})
                for scene, text in zip(original.scenes, wording, strict=True)
            ),
        }
    ), ()


def _each(entries: Any, model: type[CastMember | Scene], more: Mapping[str, Any]) -> Any:
    """The entries with the fields the model knows, choices in lower case; no list is left to fail."""
    if not isinstance(entries, list):
        return entries
    return [
        {
            **{
                name: value.strip().lower() if name in CHOICES and isinstance(value, str) else value
                for name, value in entry.items()
                if name in model.model_fields
            },
            **more,
        }
        if isinstance(entry, dict)
        else entry
        for entry in entries
    ]


def _described(error: ValidationError) -> tuple[str, ...]:
    return tuple(
        f"At {'.'.join(map(str, one['loc'])) or 'the top'}: {one['msg']}."
        for one in error.errors(include_url=False, include_input=False)[:MOST_PROBLEMS]
    )


def _mended_cast(
    cast: Sequence[CastMember], series: SeriesContext | None
) -> tuple[CastMember, ...]:
    """Members with clean words, each name once; those of the series look as they always did."""
    known = {member.name.lower(): member for member in (series.cast if series else ())}
    found: dict[str, CastMember] = {}
    for member in cast:
        name = _speakable(member.name)
        if name and name.lower() not in found:
            found[name.lower()] = known.get(name.lower()) or CastMember(
                name=name,
                kind=member.kind,
                noun=_phrase(member.noun) or member.kind,
                traits=tuple(dict.fromkeys(filter(None, map(_phrase, member.traits)))),
                later_self_of=_speakable(member.later_self_of),
            )
    names = {member.name for member in found.values()}
    return tuple(
        member
        if member.later_self_of in names - {member.name}
        else member.model_copy(update={"later_self_of": ""})
        for member in found.values()
    )


def _mended_scene(scene: Scene, cast: Sequence[CastMember]) -> Scene:
    """The scene with clean words, and nobody in it who is not of the cast."""
    names = {word: member.name for member in reversed(cast) for word in (member.noun,)}
    names |= {member.name.lower(): member.name for member in cast}
    seen = (names.get(_speakable(name).lower().removeprefix("the ")) for name in scene.cast)
    place = re.sub(r"^(?:the|a|an) ", "", _phrase(scene.place)) or "somewhere"
    props = tuple(dict.fromkeys(filter(None, map(_phrase, scene.props))))
    return scene.model_copy(
        update={
            "text": _speakable(scene.text),
            "place": place,
            "cast": tuple(dict.fromkeys(name for name in seen if name)),
            "props": fit_for_weather(props, place, scene.weather)[:4],
            "action": _phrase(scene.action),
        }
    )


def _cut(scene: Scene) -> list[Scene]:
    """A scene too long for one picture in two or more, seen from nearer and farther in turn."""
    if count_words(scene.text) <= _MOST_SCENE_WORDS:
        return [scene]
    texts: list[str] = []
    for sentence in sentences(scene.text):
        if texts and count_words(texts[-1]) + count_words(sentence) <= _MOST_SCENE_WORDS:
            texts[-1] = join([texts[-1], sentence])
        else:
            texts.append(sentence)
    other = Shot.CLOSE if scene.shot is not Shot.CLOSE else Shot.MEDIUM
    return [
        scene.model_copy(update={"text": text, "shot": other if number % 2 else scene.shot})
        for number, text in enumerate(texts)
    ]


def _speakable(text: str) -> str:
    """One line of plain prose with the quotation marks of print."""
    text = clean_line(text)
    text = re.sub(r"(^|[\s(\[—–“])\"", r"\1“", text).replace('"', "”")
    text = re.sub(r"(^|[\s(\[—–“])'(?!tis|twas|em\b|\d)", r"\1‘", text)
    return text.replace("'", "’")


def _phrase(text: str) -> str:
    """A lower-case noun or verb phrase."""
    return _speakable(text).lower().strip(" .,;:")


def _forbidden(raw: object) -> list[str]:
    """What no story may hold: web addresses, and the words of our own rules."""
    text = " ".join(_texts(raw))
    problems = []
    address = _ADDRESS.search(text)
    if address:
        problems.append(f"It holds an address ({address.group()[:40]}): a story has none.")
    said = re.findall(r"\w+", text.lower())
    rows = zip(*(said[start:] for start in range(_QUOTED_WORDS)), strict=False)
    if any(row in _rule_rows() for row in rows):
        problems.append("It tells of its own rules: tell the story only.")
    return problems


@cache
def _rule_rows() -> frozenset[tuple[str, ...]]:
    rows: set[tuple[str, ...]] = set()
    for rules in (story_rules(), TRANSLATION_RULES):
        words = re.findall(r"\w+", rules.lower())
        rows.update(zip(*(words[start:] for start in range(_QUOTED_WORDS)), strict=False))
    return frozenset(rows)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for entry in value.values() for text in _texts(entry)]
    return [text for entry in value for text in _texts(entry)] if isinstance(value, list) else []


def _language(draft: StoryDraft, locale: str) -> list[str]:
    """Only English for another language, and the reverse, is told apart reliably."""
    text = " ".join(scene.text for scene in draft.scenes)
    if count_words(text) < 15:
        return []
    found, wanted = identify_language(text), language_of(locale)
    if found == wanted or "en" not in (found, wanted):
        return []
    return [f"Its texts are in the language {found!r} instead of the locale {locale!r}."]


def _length(draft: StoryDraft, request: WriteRequest) -> tuple[float, str, bool]:
    """How far the length is off, what to say about it, and whether the story can be told so."""
    words = sum(count_words(scene.text) for scene in draft.scenes)
    if request.translate is not None:
        original = sum(count_words(scene.text) for scene in request.translate.scenes)
        share = words / max(1, original)
        if _TRANSLATED_LENGTH[0] <= share <= _TRANSLATED_LENGTH[1]:
            return abs(share - 1), "", True
        return abs(share - 1), f"It has {words} words; the original has {original}.", False
    off = abs(words / request.target_words - 1)
    if abs(words - request.target_words) <= max(
        WANTED_LENGTH * request.target_words, _WANTED_WORDS
    ):
        return off, "", True
    how = "longer" if words < request.target_words else "shorter"
    return (
        off,
        f"The scene texts have {words} words together instead of {request.target_words}: make it "
        f"{how} by {abs(words - request.target_words)} words.",
        off <= TOLERATED_LENGTH,
    )
