"""Whether a caption track says what is spoken, when it is spoken, within what people can read."""

from __future__ import annotations

from itertools import pairwise

from content_platform.captions.cues import MIN_GAP_S, reading_limits
from content_platform.captions.models import CaptionTrack
from content_platform.narration.models import Narration
from content_platform.quality import QualityReport
from content_platform.typography.scripts import columns

_ROUNDING_S = 0.002


def check_captions(track: CaptionTrack, narration: Narration, story_text: str) -> QualityReport:
    """Compare a track with its narration and the story's text; white space does not count.

    Short or fast cues are problems only where the speech leaves room for better ones.
    """
    problems: list[str] = []
    limits = reading_limits(track.locale)
    cues = track.cues
    shown = _squeezed("".join(word.text for cue in cues for word in cue.words))
    for name, text in (
        ("narration", "".join(word.text for word in narration.words)),
        ("story", story_text),
    ):
        if shown != _squeezed(text):
            problems.append(f"The captions differ from the {name}: {_difference(shown, text)}.")
    for number, cue in enumerate(cues, start=1):
        where = f"Cue {number} ({cue.start_s:.2f} s)"
        wide = max(columns(line) for line in cue.text.split("\n"))
        if wide > limits.columns:
            problems.append(f"{where} has a line of {wide} columns; {limits.columns} are allowed.")
        if cue.end_s <= cue.start_s or cue.start_s < 0:
            problems.append(f"{where} ends at {cue.end_s:.2f} s, not after it starts.")
        if cue.end_s > narration.duration_s + _ROUNDING_S:
            problems.append(
                f"{where} ends at {cue.end_s:.2f} s, after the audio ({narration.duration_s:.2f} s)."
            )
        if any(
            word.start_s < cue.start_s - _ROUNDING_S or word.end_s > cue.end_s + _ROUNDING_S
            for word in cue.words
        ):
            problems.append(f"{where} has a word spoken while it is not shown.")
        if cue.end_s - cue.start_s > limits.max_s + _ROUNDING_S:
            problems.append(
                f"{where} stays {cue.end_s - cue.start_s:.1f} s; {limits.max_s:g} s are allowed."
            )
        room = (cues[number].start_s if number < len(cues) else narration.duration_s) - cue.end_s
        if room < -_ROUNDING_S:
            problems.append(f"{where} is still shown when the next one starts.")
        shown_s = cue.end_s - cue.start_s
        hurried = shown_s < limits.min_s or _speed(cue.text, shown_s) > limits.characters_per_second
        if hurried and room > MIN_GAP_S:
            problems.append(
                f"{where} leaves after {shown_s:.1f} s although there is time for more."
            )
    if any(later.start_s < earlier.start_s for earlier, later in pairwise(narration.words)):
        problems.append("The narration's words are not in the order of their times.")
    seconds = [cue.end_s - cue.start_s for cue in cues]
    speeds = [_speed(cue.text, cue.end_s - cue.start_s) for cue in cues]
    return QualityReport(
        tuple(problems),
        {
            "cues": len(cues),
            "words": sum(len(cue.words) for cue in cues),
            "widest_line_columns": max(
                (columns(line) for cue in cues for line in cue.text.split("\n")), default=0
            ),
            "shortest_cue_s": round(min(seconds, default=0.0), 3),
            "longest_cue_s": round(max(seconds, default=0.0), 3),
            "fastest_characters_per_s": round(max(speeds, default=0.0), 1),
            "share_of_cues_above_20_characters_per_s": round(
                sum(speed > limits.characters_per_second for speed in speeds) / max(len(cues), 1), 3
            ),
        },
    )


def _speed(text: str, seconds: float) -> float:
    return columns(text.replace("\n", " ")) / max(seconds, 1e-3)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _difference(shown: str, text: str) -> str:
    """Where two texts part, with a little of both."""
    wanted = _squeezed(text)
    at = next((i for i, (a, b) in enumerate(zip(shown, wanted, strict=False)) if a != b), None)
    at = min(len(shown), len(wanted)) if at is None else at
    return f"{shown[max(0, at - 10) : at + 20]!r} instead of {wanted[max(0, at - 10) : at + 20]!r}"
