"""Listening to a finished video: what Whisper hears, and when PocketSphinx hears each word.

PocketSphinx aligns by its own acoustic model and owes nothing to the voice's timings.
"""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from content_platform.captions.models import CaptionTrack
from content_platform.mediatools.audio import read_audio
from content_platform.narration.adapters.whisper import Whisper
from content_platform.narration.checks import word_error_rate
from content_platform.narration.models import TranscribeRequest, Transcript
from content_platform.providers.models import CallContext
from content_platform.runtime import Runtime
from content_platform.stories.models import Story
from content_platform.video.models import Video

_FRAME_S = 0.01


def heard_errors(runtime: Runtime, story_id: str) -> float:
    """Word error rate of what Whisper hears in the finished MP4, names left out."""
    story = runtime.records.load(Story, story_id)[0]
    video = runtime.records.load(Video, story_id)[0]
    request = TranscribeRequest(audio=video.media, locale=story.locale)
    deadline = datetime.now(UTC) + timedelta(minutes=5)
    with tempfile.TemporaryDirectory() as folder:
        heard = Whisper(runtime.media).call(
            request, CallContext("listening", Path(folder), deadline, 1)
        )
    assert isinstance(heard.output, Transcript)
    names = [part for member in story.cast for part in member.name.split()]
    return word_error_rate(story.text, heard.output.text, locale=story.locale, names=names).rate


def caption_deviations_ms(runtime: Runtime, story_id: str) -> npt.NDArray[np.float64]:
    """How far each caption word's start is from forced alignment of the finished MP4's sound."""
    track = runtime.records.load(CaptionTrack, story_id)[0]
    video = runtime.records.load(Video, story_id)[0]
    words = [word for cue in track.cues for line in cue.lines for word in line]
    aligned = align_words(runtime.media.local_path(video.media), [word.text for word in words])
    return np.array(
        [
            abs(word.start_s - start) * 1000
            for word, start in zip(words, aligned, strict=True)
            if start is not None
        ]
    )


_LETTERS = {
    **{
        "th": "TH",
        "sh": "SH",
        "ch": "CH",
        "ph": "F",
        "oo": "UW",
        "ee": "IY",
        "ck": "K",
        "ng": "NG",
    },
    **{
        "a": "AE",
        "b": "B",
        "c": "K",
        "d": "D",
        "e": "EH",
        "f": "F",
        "g": "G",
        "h": "HH",
        "i": "IH",
    },
    **{"j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "OW", "p": "P", "q": "K", "r": "R"},
    **{"s": "S", "t": "T", "u": "UW", "v": "V", "w": "W", "x": "K S", "y": "IY", "z": "Z", "'": ""},
}


def _sound_of_letters(word: str) -> str:
    """Phones of about the right kind and number, for words no dictionary has."""
    found = re.findall("|".join(_LETTERS), word)
    return " ".join(filter(None, (_LETTERS[letters] for letters in found))) or "AH"


def align_words(sound: Path, words: list[str]) -> list[float | None]:
    """When each word starts in ``sound``, in seconds; None where the dictionary lacks the word.

    English only. The text is aligned as a whole; words that the acoustic dictionary does not know
    (names) are given the sound of their letters and left out of the result.
    """
    from pocketsphinx import Config, Decoder

    samples = read_audio(sound, 16_000, 1)[:, 0]
    raw = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    decoder = Decoder(Config(samprate=16_000.0, bestpath=False, loglevel="FATAL"))
    spoken: list[tuple[int, str]] = []
    unknown: set[int] = set()
    for index, word in enumerate(words):
        for part in re.findall(r"[a-z']+", word.lower().replace("’", "'")):
            known = part.strip("'")
            if not known:
                continue
            if decoder.lookup_word(known) is None:
                decoder.add_word(known, _sound_of_letters(known), True)
                unknown.add(index)
            spoken.append((index, known))
    decoder.set_align_text(" ".join(part for _, part in spoken))
    decoder.start_utt()
    decoder.process_raw(raw, full_utt=True)
    decoder.end_utt()
    heard = [
        segment.start_frame * _FRAME_S
        for segment in decoder.seg()
        if segment.word not in ("<s>", "</s>", "<sil>", "(NULL)")
        and not segment.word.startswith("[")
    ]
    if len(heard) != len(spoken):
        raise ValueError(f"{len(spoken)} words were given and {len(heard)} aligned")
    starts: list[float | None] = [None] * len(words)
    for (index, _), start in zip(spoken, heard, strict=True):
        if index not in unknown and starts[index] is None:
            starts[index] = start
    return starts
