"""The embedded composer: a seeded score for a story's sections, as notes and MIDI.

Pure computation: from a ``ComposeRequest`` to a ``Piece`` (every note with its beat, key and
instrument) and on to MIDI bytes. What makes it audible lives next door: the renderer in
``music/adapters/composer.py``, equalising, reverb and loudness in ``music/mastering.py``.
"""

from __future__ import annotations

from content_platform.music.composer.midi import to_midi
from content_platform.music.composer.piece import Note, Piece
from content_platform.music.composer.writing import compose

__all__ = ["Note", "Piece", "compose", "to_midi"]
