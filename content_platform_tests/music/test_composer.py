"""The composer: what it writes, measured on the notes, and how it sounds, measured on the sound."""

from __future__ import annotations

import io
import wave
from collections import Counter, defaultdict
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.mediatools.audio import read_audio
from content_platform.music.adapters.composer import SOUND_FONT, Composer
from content_platform.music.checks import check_music
from content_platform.music.composer import Piece, compose, to_midi
from content_platform.music.composer.styles import INSTRUMENTS
from content_platform.music.models import ComposeRequest, Section
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.vocabulary import Mood
from content_platform_tests.music.cues import call, kept, request


def midi_seconds(piece: Piece) -> tuple[float, float]:
    """When the last struck chord begins and when the file ends, read back from the MIDI file."""
    file = mido.MidiFile(file=io.BytesIO(to_midi(piece)))
    now, onsets = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on" and message.velocity:
            onsets.append(now)
    together = Counter(round(onset, 2) for onset in onsets)
    return max(moment for moment, count in together.items() if count >= 3), now


def cents_off(mono: np.ndarray, rate: int, key: int, partials: tuple[int, ...]) -> int:
    """Where around ``key`` the partials are strongest, over a section's natural spread."""
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size))
    lines = 440 * 2 ** ((key - 69) / 12) * size / rate
    cents = np.arange(-150, 151, 3)
    strength = sum(
        spectrum[np.round(lines * p * 2 ** (cents / 1200)).astype(int)] for p in partials
    )
    spread = np.convolve(strength, np.ones(27), mode="same")
    return int(cents[int(np.argmax(spread))])


@given(
    mood=st.sampled_from(list(Mood)),
    other=st.sampled_from(list(Mood)),
    duration_s=st.floats(5, 150),
    seed=st.integers(0, 2**31 - 1),
)
@settings(max_examples=15, deadline=None)
def test_any_length_mood_and_seed_ends_on_time_within_every_instruments_range(
    mood: Mood, other: Mood, duration_s: float, seed: int
) -> None:
    wanted = request(
        mood, round(duration_s, 3), tail_s=1.8, seed=seed, moods=(mood, other, other, mood)
    )
    piece = compose(wanted)
    last_chord, end = midi_seconds(piece)
    assert abs(last_chord - wanted.resolve_at_s) < 0.03
    assert abs(end - wanted.duration_s) < 0.02
    for note in piece.notes:
        assert note.start >= 0
        assert 20 <= note.velocity <= 110 or note.instrument == "percussion"
        if note.instrument in INSTRUMENTS:
            assert INSTRUMENTS[note.instrument].low <= note.key <= INSTRUMENTS[note.instrument].high


@pytest.mark.parametrize("mood", Mood)
def test_held_notes_do_not_grind_against_each_other(mood: Mood) -> None:
    notes_seen = grinding = 0
    for seed in range(4):
        piece = compose(request(mood, 50, seed=seed))
        held = [n for n in piece.notes if n.part not in ("percussion", "sparkle")]
        notes_seen += len(held)
        for i, low in enumerate(held):
            for high in held[i + 1 :]:
                both = min(low.start + low.length, high.start + high.length)
                if both - max(low.start, high.start) > 0.9 and abs(low.key - high.key) in (1, 13):
                    grinding += 1
    assert grinding <= notes_seen * 0.005


def test_the_last_chord_is_home() -> None:
    for mood in Mood:
        piece = compose(request(mood, 40, seed=4))
        at_end = [n for n in piece.notes if n.start >= len(piece.beat_s) and n.part != "percussion"]
        bass = min(n.key for n in at_end)
        assert bass % 12 == piece.final.root
        assert {n.key % 12 for n in at_end} <= set(piece.final.classes)


def test_layers_come_in_as_the_story_rises() -> None:
    piece = compose(request(Mood.EPIC, 80, seed=2))
    parts = defaultdict(set)
    for note in piece.notes:
        bar = min(int(note.start // piece.beats_per_bar), len(piece.bars) - 1)
        parts[piece.bars[bar].section].add(note.part)
    assert len(parts[0]) < len(parts[2])
    assert "percussion" in parts[2]
    assert "percussion" not in parts[0]


def test_a_change_of_mood_changes_the_harmony_where_the_story_turns() -> None:
    wanted = request(Mood.MYSTERY, 90, moods=(Mood.MYSTERY, Mood.MYSTERY, Mood.UPBEAT, Mood.TENDER))
    piece = compose(wanted)
    bar_s = wanted.resolve_at_s / len(piece.bars)
    modes = {bar.section: bar.mode for bar in piece.bars}
    assert 3 in modes[0]
    assert 4 in modes[2]
    for section, planned in enumerate(wanted.sections):
        first = next(bar.index for bar in piece.bars if bar.section == section)
        assert abs(first * bar_s - planned.start_s) < bar_s * 0.75


def test_no_bar_is_heard_more_than_eight_times_in_fifteen_minutes() -> None:
    for mood in (Mood.CALM, Mood.TENSE, Mood.PLAYFUL):
        wanted = ComposeRequest(
            mood=mood,
            sections=(Section(start_s=0, mood=mood, intensity=0.5),),
            duration_s=900,
            resolve_at_s=897,
            seed=3,
        )
        piece = compose(wanted)
        bars: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for note in piece.notes:
            beat = note.start % piece.beats_per_bar
            where = (round(beat * 4), note.key, note.instrument)
            bars[int(note.start // piece.beats_per_bar)].append(where)
        counts = Counter(tuple(sorted(bar)) for bar in bars.values())
        assert counts.most_common(1)[0][1] <= 8


def test_two_seeds_are_two_pieces_and_one_seed_is_one() -> None:
    def line(seed: int) -> tuple[tuple[float, int], ...]:
        piece = compose(request(Mood.SAD, 30, seed=seed))
        return tuple((round(n.start, 1), n.key) for n in piece.notes)

    lines = [line(seed) for seed in range(12)]
    assert len(set(lines)) == 12
    assert line(3) == lines[3]


def test_all_languages_of_a_story_share_key_and_ensemble() -> None:
    english = compose(request(Mood.TENDER, 48, seed=9))
    spanish = compose(request(Mood.TENDER, 61.7, seed=9))
    assert english.title == spanish.title
    assert english.final.root == spanish.final.root


@pytest.mark.parametrize("mood", Mood)
def test_every_mood_sounds_fit_to_lie_under_a_voice(
    mood: Mood, tmp_path: Path, media: LocalMediaStore
) -> None:
    music = kept(Composer(), request(mood, 14, seed=5), tmp_path / "work", media)
    report = check_music(music, media)
    assert report.problems == ()
    sound = read_audio(media.local_path(music.audio), 48_000, 1)[:, 0]
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / 48_000)
    speech_bite = spectrum[(hertz > 1000) & (hertz < 4000)].sum() / spectrum.sum()
    assert speech_bite < 0.25


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    wanted = request(Mood.PLAYFUL, 9, seed=8)
    first = call(Composer(), wanted, tmp_path / "a").files["audio"].read_bytes()
    second = call(Composer(), wanted, tmp_path / "b").files["audio"].read_bytes()
    assert first == second


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (request(source="library"), "source = library"),
        (request(duration_s=3.0, tail_s=1.5), "shortest piece"),
        (request(tail_s=0.5), "to ring"),
    ],
)
def test_the_composer_says_why_it_refuses(wanted: ComposeRequest, reason: str) -> None:
    assert reason in (Composer().refusal(wanted) or "")


def test_a_missing_sound_font_is_a_refusal(tmp_path: Path) -> None:
    refusal = Composer(tmp_path / "gone.sf2").refusal(request())
    assert refusal is not None
    assert "gone.sf2" in refusal


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_every_instrument_of_the_sound_font_plays_in_tune(name: str) -> None:
    import midirenderer

    instrument = INSTRUMENTS[name]
    for key in (instrument.low + 2, (instrument.low + instrument.high) // 2, instrument.high - 1):
        file = mido.MidiFile(ticks_per_beat=480)
        track = mido.MidiTrack()
        file.tracks.append(track)
        track.append(mido.Message("program_change", program=instrument.program))
        track.append(mido.Message("note_on", note=key, velocity=80))
        track.append(mido.Message("note_off", note=key, time=960))
        buffer = io.BytesIO()
        file.save(file=buffer)
        rendered = midirenderer.render_wave_from(SOUND_FONT.read_bytes(), buffer.getvalue())
        with wave.open(io.BytesIO(rendered)) as sound:
            rate = sound.getframerate()
            pcm = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        mono = pcm.reshape(-1, 2).mean(axis=1)[int(0.1 * rate) : int(0.95 * rate)]
        partials = (1,) if name == "timpani" else (1, 2, 3)
        off = cents_off(mono, rate, key, partials)
        assert np.sqrt(np.mean(mono**2)) > 20
        assert abs(off) <= 45, f"{name} plays key {key} {off} cents off"
