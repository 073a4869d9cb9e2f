"""Forced alignment with PocketSphinx: an ear that owes nothing to the voice's own timings."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from content_platform.mediatools.audio import read_audio

_FRAME_S = 0.01


def align_words(sound: Path, words: list[str]) -> list[float | None]:
    """When each word starts in ``sound``, in seconds; None where the dictionary lacks the word.

    English only. The text is aligned as a whole; words that the acoustic dictionary does not know
    (names, numbers) are given the sound of a schwa and left out of the result.
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
                decoder.add_word(known, "AH", True)
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
