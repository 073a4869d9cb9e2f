"""A story's music in words and sections, for vendors that compose from text."""

from __future__ import annotations

from dataclasses import dataclass

from content_platform.music.fitting import SPARE_S
from content_platform.music.models import ComposeRequest
from content_platform.vocabulary import Mood

UNWANTED = ("vocals", "singing", "lyrics", "spoken words", "abrupt ending", "fade out")
SHORTEST_SECTION_S = 3.0
LONGEST_SECTION_S = 120.0

_SOUNDS: dict[Mood, tuple[str, ...]] = {
    Mood.CALM: ("calm ambient underscore", "soft piano", "warm pads", "slow tempo", "70 bpm"),
    Mood.MYSTERY: ("mysterious underscore", "low strings", "celesta", "minor key", "80 bpm"),
    Mood.TENDER: ("tender chamber music", "felt piano", "solo cello", "major key", "85 bpm"),
    Mood.UPBEAT: ("bright acoustic music", "ukulele", "light percussion", "major key", "115 bpm"),
    Mood.EPIC: ("epic orchestral score", "brass", "timpani", "rising strings", "100 bpm"),
    Mood.SAD: ("melancholic underscore", "solo piano", "slow strings", "minor key", "70 bpm"),
    Mood.PLAYFUL: ("playful light music", "pizzicato strings", "clarinet", "glockenspiel", "110 bpm"),
    Mood.TENSE: ("tense cinematic underscore", "pulsing low strings", "ticking percussion",
                 "minor key", "95 bpm"),
}  # fmt: skip


@dataclass(frozen=True)
class Passage:
    """A stretch of the music that is asked for."""

    name: str
    duration_s: float
    mood: Mood
    styles: tuple[str, ...]


def sounds_of(mood: Mood) -> tuple[str, ...]:
    """Instruments, tempo and manner of a mood, most telling first."""
    return _SOUNDS[mood]


def passages(request: ComposeRequest) -> list[Passage]:
    """The story's sections and an ending, of 3 to 120 s each; longer than the music by ``SPARE_S``."""
    starts = [0.0]
    felt = [request.sections[0]]
    for section in sorted(request.sections, key=lambda each: each.start_s)[1:]:
        room_before = section.start_s - starts[-1] >= SHORTEST_SECTION_S
        if room_before and request.resolve_at_s - section.start_s >= SHORTEST_SECTION_S:
            starts.append(section.start_s)
            felt.append(section)
    found: list[Passage] = []
    for number, (start, section) in enumerate(zip(starts, felt, strict=True)):
        end = starts[number + 1] if number + 1 < len(starts) else request.resolve_at_s
        parts = max(1, -int(-(end - start) // LONGEST_SECTION_S))
        for _ in range(parts):
            length = max(SHORTEST_SECTION_S, (end - start) / parts)
            name = f"Part {len(found) + 1}"
            styles = (*sounds_of(section.mood), _strength(section.intensity))
            found.append(Passage(name, length, section.mood, styles))
    closing = ("final resolving chord left to ring", "slowing down", "clear ending")
    last = felt[-1].mood
    found.append(Passage("Ending", SPARE_S, last, (*sounds_of(last)[:2], *closing)))
    return found


def asked_length_s(request: ComposeRequest) -> float:
    """How long a recording to ask for, so that its last chord can be chosen."""
    return sum(passage.duration_s for passage in passages(request))


def music_prompt(request: ComposeRequest, most_characters: int) -> str:
    """The whole piece in a few words, for vendors that take no sections; cut at a comma."""
    moods = dict.fromkeys((request.mood, *(section.mood for section in request.sections)))
    parts = [f"Instrumental {sounds_of(request.mood)[0]}", *sounds_of(request.mood)[1:]]
    if len(moods) > 1:
        others = " and ".join(mood.value for mood in list(moods)[1:])
        parts.append(f"turning {others}")
    peak = max(request.sections, key=lambda section: section.intensity)
    if peak is not request.sections[0]:
        parts.append("building gently")
    parts += ["background for a narrated story", "no vocals", "clear ending"]
    while len(", ".join(parts)) > most_characters and len(parts) > 1:
        parts.pop()
    return ", ".join(parts)[:most_characters]


def strength_of(request: ComposeRequest) -> str:
    """``low``, ``medium`` or ``high``, from how intense the sections are on the whole."""
    ends = [*(section.start_s for section in request.sections[1:]), request.resolve_at_s]
    weighed = sum(
        section.intensity * max(0.0, end - section.start_s)
        for section, end in zip(request.sections, ends, strict=True)
    )
    mean = weighed / request.resolve_at_s
    return "low" if mean < 0.4 else "medium" if mean < 0.7 else "high"


def _strength(intensity: float) -> str:
    return (
        "sparse and quiet"
        if intensity < 0.4
        else "gently moving"
        if intensity < 0.7
        else "full and intense"
    )
