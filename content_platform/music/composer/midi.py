"""Notes to a standard MIDI file: channels, tempo map, swells and the order of events.

Only the file format and the renderer's needs belong here; what is played is decided in
``writing.py``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import mido

from content_platform.music.composer.piece import PERCUSSION, Note, Piece
from content_platform.music.composer.styles import INSTRUMENTS, PERCUSSION_PROGRAM

TICKS_PER_BEAT = 480
PERCUSSION_CHANNEL = 9
_VOLUME, _PAN, _EXPRESSION, _REVERB, _CHORUS = 7, 10, 11, 91, 93


def to_midi(piece: Piece) -> bytes:
    """The piece as a type 1 file that lasts until ``piece.duration_s``."""
    channels = _channels(piece)
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    file.tracks.append(_conductor(piece))
    last_tick = _end_tick(piece)
    for instrument, channel in channels.items():
        file.tracks.append(_track(piece, instrument, channel, last_tick))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _channels(piece: Piece) -> dict[str, int]:
    """A channel for each instrument, in order of appearance."""
    names: list[str] = []
    for note in piece.notes:
        if note.instrument not in names and note.instrument != PERCUSSION:
            names.append(note.instrument)
    free = [channel for channel in range(16) if channel != PERCUSSION_CHANNEL]
    channels = dict(zip(names, free, strict=False))
    if any(note.instrument == PERCUSSION for note in piece.notes):
        channels[PERCUSSION] = PERCUSSION_CHANNEL
    return channels


def _conductor(piece: Piece) -> mido.MidiTrack:
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("track_name", name=piece.title, time=0))
    track.append(mido.MetaMessage("time_signature", numerator=piece.beats_per_bar, denominator=4))
    previous, gap = None, 0
    # Tempi are whole microseconds: the rounding is carried on so that it never adds up.
    owed = 0.0
    for beat_s in piece.beat_s:
        exact = beat_s * 1e6 + owed
        tempo = round(exact)
        owed = exact - tempo
        if tempo != previous:
            track.append(mido.MetaMessage("set_tempo", tempo=tempo, time=gap))
            previous, gap = tempo, 0
        gap += TICKS_PER_BEAT
    track.append(mido.MetaMessage("end_of_track", time=gap))
    return track


def _end_tick(piece: Piece) -> int:
    beyond = (piece.duration_s - piece.last_chord_s) / piece.beat_s[-1]
    return round((len(piece.beat_s) + beyond) * TICKS_PER_BEAT)


def _track(piece: Piece, name: str, channel: int, last_tick: int) -> mido.MidiTrack:
    if name == PERCUSSION:
        program, pan, level, sustained = PERCUSSION_PROGRAM, 64, 116, False
    else:
        instrument = INSTRUMENTS[name]
        program, pan = instrument.program, instrument.pan
        level, sustained = instrument.level, instrument.sustained
    events: list[tuple[int, int, mido.Message]] = [
        (0, 0, mido.Message("program_change", channel=channel, program=program))
    ]
    for control, value in ((_VOLUME, level), (_PAN, pan), (_REVERB, 0), (_CHORUS, 0)):
        events.append((0, 0, _control(channel, control, value)))
    if sustained:
        events += [
            (min(last_tick, round(beat * TICKS_PER_BEAT)), 1, _control(channel, _EXPRESSION, value))
            for beat, value in piece.swells
        ]
    for start, end, note in _without_overlaps(
        note for note in piece.notes if note.instrument == name
    ):
        on = mido.Message("note_on", channel=channel, note=note.key, velocity=note.velocity)
        off = mido.Message("note_off", channel=channel, note=note.key, velocity=0)
        events.append((min(start, last_tick - 1), 3, on))
        events.append((min(end, last_tick), 2, off))
    events.sort(key=lambda event: (event[0], event[1]))
    track = mido.MidiTrack()
    at = 0
    for tick, _, message in events:
        track.append(message.copy(time=tick - at))
        at = tick
    track.append(mido.MetaMessage("end_of_track", time=last_tick - at))
    return track


def _control(channel: int, control: int, value: int) -> mido.Message:
    return mido.Message("control_change", channel=channel, control=control, value=value)


def _without_overlaps(notes: Iterable[Note]) -> list[tuple[int, int, Note]]:
    """Start and end ticks; a key struck again ends its earlier sound first."""
    spans: list[tuple[int, int, Note]] = []
    sounding: dict[int, int] = {}
    for note in sorted(notes, key=lambda item: (item.start, item.key)):
        start = max(0, round(note.start * TICKS_PER_BEAT))
        end = max(start + 20, round((note.start + note.length) * TICKS_PER_BEAT))
        before = sounding.get(note.key)
        if before is not None and spans[before][1] >= start:
            earlier = spans[before]
            if earlier[0] >= start - 10:
                continue
            spans[before] = (earlier[0], start - 1, earlier[2])
        sounding[note.key] = len(spans)
        spans.append((start, end, note))
    return spans
