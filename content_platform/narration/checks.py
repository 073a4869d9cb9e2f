"""Is a narration fit to use: does it sound right, and does it say the script?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from content_platform.errors import DefectiveMedia
from content_platform.mediatools.audio import read_audio
from content_platform.mediatools.loudness import measure_loudness
from content_platform.narration.models import Narration, TranscribeRequest, Transcript
from content_platform.narration.normalise import spoken_words
from content_platform.narration.speech import LOUDNESS_LUFS, SAMPLE_RATE
from content_platform.providers.pipeline import Pipeline
from content_platform.quality import QualityReport
from content_platform.storage.media import MediaStore
from content_platform.stories.models import Story
from content_platform.vocabulary import language_of

MOST_ERRORS = 0.15
"""Word error rate of an English narration as heard by Whisper base; good ones are under 0.05."""
_MOST_ERRORS_OTHER = 0.40
"""In other languages the listener is weaker than the voice (measured 0.00-0.14, Hindi 0.3)."""
_MOST_ERRORS_ROBOT = 1.0
"""The listener was not made for a machine's voice: it may hear nothing right (Arabic: 0.95)."""
_LONGEST_SILENCE_S = 3.0
_MOST_SILENCE = 0.45
_LOUDNESS_TOLERANCE_LU = 1.0
_HIGHEST_PEAK_DBTP = -1.0
_WINDOW_S = 0.02
_SILENT_DBFS = -50


def check_sound(narration: Narration, media: MediaStore) -> QualityReport:
    """Duration, loudness, peaks, silence and clipping of the stored sound, by decoding it."""
    try:
        path = media.local_path(narration.audio)
        samples = read_audio(path, SAMPLE_RATE, 1)[:, 0]
        loudness = measure_loudness(path)
    except DefectiveMedia as error:
        return QualityReport(problems=(str(error),))
    duration = len(samples) / SAMPLE_RATE
    longest, share = _silences(samples)
    clipped = int(np.count_nonzero(np.abs(samples) >= 0.999))
    problems = []
    if abs(duration - narration.duration_s) > 0.05:
        problems.append(
            f"the sound lasts {duration:.2f} s, its record says {narration.duration_s:.2f} s"
        )
    if abs(loudness.integrated_lufs - LOUDNESS_LUFS) > _LOUDNESS_TOLERANCE_LU:
        problems.append(
            f"loudness is {loudness.integrated_lufs:.1f} LUFS instead of {LOUDNESS_LUFS:.0f} ± 1"
        )
    if loudness.true_peak_dbtp > _HIGHEST_PEAK_DBTP:
        problems.append(
            f"true peak is {loudness.true_peak_dbtp:.1f} dBTP, above {_HIGHEST_PEAK_DBTP:.0f}"
        )
    if clipped:
        problems.append(f"{clipped} samples are clipped")
    if longest > _LONGEST_SILENCE_S:
        problems.append(f"{longest:.1f} s of silence in one place")
    if share > _MOST_SILENCE:
        problems.append(f"{share:.0%} of the narration is silence")
    problems += _timing_problems(narration)
    return QualityReport(
        problems=tuple(problems),
        measures={
            "duration_s": round(duration, 2),
            "loudness_lufs": round(loudness.integrated_lufs, 1),
            "true_peak_dbtp": round(loudness.true_peak_dbtp, 1),
            "longest_silence_s": round(longest, 2),
            "silence_share": round(share, 3),
            "clipped_samples": clipped,
            "words": len(narration.words),
        },
    )


def hear(narration: Narration, pipeline: Pipeline) -> Transcript:
    """What a listener who has not read the story hears; asked again, what was heard before."""
    request = TranscribeRequest(audio=narration.audio, locale=narration.locale)
    return pipeline.run(request, story_id=narration.story_id).output


def check_speech_is_the_script(
    narration: Narration, story: Story, pipeline: Pipeline
) -> QualityReport:
    """Compare what is heard with the script's words; names of the cast do not count."""
    heard = hear(narration, pipeline)
    names = [member.name for member in story.cast]
    errors = word_error_rate(story.text, heard.text, locale=narration.locale, names=names)
    limit = MOST_ERRORS
    if language_of(narration.locale) != "en":
        limit = _MOST_ERRORS_OTHER
    if narration.provider == "espeak":
        limit = _MOST_ERRORS_ROBOT
    problems: list[str] = []
    if errors.rate > limit:
        shown = "; ".join(errors.examples[:5])
        problems.append(
            f"{errors.rate:.0%} of the words are heard wrongly, over {limit:.0%}: {shown}"
        )
    return QualityReport(
        problems=tuple(problems),
        measures={
            "word_error_rate": round(errors.rate, 4),
            "words_compared": errors.words,
            "heard": heard.text,
        },
    )


@dataclass(frozen=True)
class WordErrors:
    """``rate`` is substitutions, deletions and insertions over ``words`` of the script."""

    rate: float
    words: int
    examples: tuple[str, ...]
    """``written → heard``, the first ones."""


def word_error_rate(
    written: str, heard: str, *, locale: str = "en", names: Iterable[str] = ()
) -> WordErrors:
    """Compare a script with a transcript after reading both aloud (``1984`` equals its words).

    Words of ``names`` in the script do not count, whatever was heard for them.
    """
    # Listeners write the clock time 10:45 as 10.45 or 1045, which would be read as numbers.
    for hour, minute in re.findall(r"\b(\d{1,2}):(\d\d)\b", written):
        heard = re.sub(rf"\b{hour}\.?{minute}\b", f"{hour}:{minute}", heard)
    script = _separate(spoken_words(written, locale))
    transcript = _separate(spoken_words(heard, locale))
    script, transcript = _join_pairs(script, transcript), _join_pairs(transcript, script)
    ignored = {word for name in names for word in _separate(spoken_words(name, locale))}
    ignored |= {f"{word}s" for word in ignored}
    wrong = 0
    examples: list[str] = []
    beside_a_name = False
    for expected, found in _align(script, transcript):
        if expected in ignored:
            beside_a_name = True
            continue
        if expected is None and beside_a_name:
            continue  # a name heard as two words
        beside_a_name = False
        if expected != found:
            wrong += 1
            examples.append(f"{expected or '-'} → {found or '-'}")
    counted = sum(word not in ignored for word in script)
    return WordErrors(wrong / max(counted, 1), counted, tuple(examples))


def _separate(words: Sequence[str]) -> list[str]:
    """Spellings that differ but sound the same are made alike."""
    return [_SAME.get(word, word) for word in words]


def _join_pairs(words: Sequence[str], other: Sequence[str]) -> list[str]:
    """``for ever`` becomes ``forever`` where the other side writes it so."""
    known = set(other)
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] + word in known and not {joined[-1], word} <= known:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


_SAME = {
    "draught": "draft",
    "licence": "license",
    "ok": "okay",
    "mr": "mister",
    "mrs": "missus",
    "grey": "gray",
    "colour": "color",
    "neighbour": "neighbor",
    "toward": "towards",
    "gonna": "going",
}


def _align(script: Sequence[str], transcript: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Pairs of a smallest edit (Levenshtein), in order; None for a missing word."""
    rows = [list(range(len(transcript) + 1))]
    for at, expected in enumerate(script, start=1):
        above, row = rows[-1], [at]
        for place, found in enumerate(transcript, start=1):
            replaced = above[place - 1] + (expected != found)
            row.append(min(replaced, above[place] + 1, row[place - 1] + 1))
        rows.append(row)
    pairs: list[tuple[str | None, str | None]] = []
    left, right = len(script), len(transcript)
    while left or right:
        here = rows[left][right]
        same = left and right and script[left - 1] == transcript[right - 1]
        if left and right and here == rows[left - 1][right - 1] + (not same):
            left, right = left - 1, right - 1
            pairs.append((script[left], transcript[right]))
        elif left and here == rows[left - 1][right] + 1:
            left -= 1
            pairs.append((script[left], None))
        else:
            right -= 1
            pairs.append((None, transcript[right]))
    return pairs[::-1]


def _silences(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[float, float]:
    """The longest silence in seconds, and the share of silence."""
    window = round(_WINDOW_S * SAMPLE_RATE)
    count = len(samples) // window
    if count == 0:
        return 0.0, 0.0
    power = np.mean(samples[: count * window].reshape(count, window) ** 2, axis=1)
    silent = power < 10 ** (_SILENT_DBFS / 10)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], silent.astype(np.int8), [0]])))
    lengths = edges[1::2] - edges[::2]
    return float(lengths.max(initial=0)) * _WINDOW_S, float(silent.mean())


def _timing_problems(narration: Narration) -> list[str]:
    problems = []
    starts = [word.start_s for word in narration.words]
    if starts != sorted(starts) or any(w.end_s < w.start_s for w in narration.words):
        problems.append("the words are not in the order of time")
    if narration.words and narration.words[-1].end_s > narration.duration_s + 0.01:
        problems.append("the last word ends after the sound")
    edges = [0.0, *(span.end_s for span in narration.spans)]
    touching = all(
        abs(span.start_s - edge) < 0.001 for span, edge in zip(narration.spans, edges, strict=False)
    )
    if not touching or abs(edges[-1] - narration.duration_s) > 0.01:
        problems.append("the scenes' spans do not cover the narration")
    return problems
