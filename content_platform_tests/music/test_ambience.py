"""What is heard of a story's places: which sounds are chosen, and what they sound like."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from content_platform.mediatools.audio import read_audio, write_flac
from content_platform.mediatools.loudness import measure_loudness
from content_platform.music.ambience import AMBIENCE_LUFS, plan_ambience, sound_of
from content_platform.music.models import Ambience, Bed, BedSound, Spot, SpotSound
from content_platform.narration.models import Narration, SceneSpan, WordTiming
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Beat, Scene, Shot, Story, TimeOfDay, Weather
from content_platform.video.mastering import master_sound
from content_platform.video.models import AudioTrack
from content_platform.vocabulary import Genre, Mood

RATE = 48_000
SCENE_S = 6.0


def scene(
    index: int,
    place: str,
    text: str = "Nothing happened.",
    *,
    weather: Weather = Weather.CLEAR,
    time: TimeOfDay = TimeOfDay.DAY,
    props: tuple[str, ...] = (),
) -> Scene:
    return Scene(
        index=index,
        text=text,
        place=place,
        time_of_day=time,
        weather=weather,
        mood=Mood.CALM,
        shot=Shot.MEDIUM,
        beat=Beat.RISE,
        props=props,
    )


def planned(*scenes: Scene, locale: str = "en") -> Ambience | None:
    """A plan for scenes of six seconds, their words spread evenly."""
    words, spans = [], []
    for number, each in enumerate(scenes):
        spoken, start = each.text.split(), number * SCENE_S
        step = (SCENE_S - 0.5) / len(spoken)
        words += [
            WordTiming(text=word, start_s=start + at * step, end_s=start + (at + 0.8) * step)
            for at, word in enumerate(spoken)
        ]
        spans.append(SceneSpan(scene=each.index, start_s=start, end_s=start + SCENE_S))
    story = Story(
        story_id="s_20260101_0001",
        locale=locale,
        title="T",
        logline="L",
        genre=Genre.FABLE,
        theme="t",
        cast=(),
        scenes=scenes,
        words=len(words),
        written_by="script",
    )
    narration = Narration(
        story_id=story.story_id,
        locale=locale,
        audio=MediaRef(sha256="0" * 64, size_bytes=1, mime="audio/flac"),
        compressed={},
        duration_s=len(scenes) * SCENE_S,
        voice="bm_george",
        provider="kokoro",
        words=tuple(words),
        spans=tuple(spans),
        inputs_sha256="",
    )
    return plan_ambience(story, narration, level_db=-16, seed=7)


def heard_in(*scenes: Scene) -> dict[BedSound, bool]:
    plan = planned(*scenes)
    return {} if plan is None else {bed.sound: bed.indoors for bed in plan.beds}


def test_places_weather_and_hour_are_heard() -> None:
    assert list(heard_in(scene(0, "beach"))) == [BedSound.SEA]
    assert list(heard_in(scene(0, "pine forest"))) == [BedSound.FOREST]
    storm = heard_in(scene(0, "ship", weather=Weather.STORM))
    assert set(storm) == {BedSound.SEA, BedSound.RAIN, BedSound.WIND}
    night = heard_in(scene(0, "pine forest", time=TimeOfDay.NIGHT))
    assert BedSound.NIGHT in night
    assert BedSound.FOREST not in night
    assert BedSound.NIGHT not in heard_in(
        scene(0, "forest", time=TimeOfDay.NIGHT, weather=Weather.RAIN)
    )
    assert heard_in(scene(0, "library")) == {}
    assert BedSound.FIRE in heard_in(scene(0, "library", "She sat by the fire.", props=()))
    assert list(heard_in(scene(0, "space station", weather=Weather.STORM))) == [BedSound.HUM]


def test_rain_is_heard_through_the_walls_of_a_room_and_a_fire_in_it_is_not() -> None:
    heard = heard_in(scene(0, "cottage kitchen", "The stove was warm.", weather=Weather.RAIN))
    assert heard[BedSound.RAIN]
    assert not heard[BedSound.FIRE]


def test_a_sound_that_goes_on_into_the_next_scene_is_one_bed() -> None:
    plan = planned(scene(0, "beach"), scene(1, "harbour"), scene(2, "library"), scene(3, "beach"))
    assert plan is not None
    assert [(bed.start_s, bed.end_s) for bed in plan.beds] == [(0, 12), (18, 24)]


def test_things_that_make_a_sound_are_heard_just_after_their_word() -> None:
    text = "Then somebody knocked at the wall, softly, and waited there for her."
    plan = planned(scene(0, "library", text))
    assert plan is not None
    [spot] = plan.spots
    assert spot.sound is SpotSound.KNOCK
    step = (SCENE_S - 0.5) / len(text.split())
    assert spot.at_s == pytest.approx(2.8 * step + 0.05, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody knocked and nobody came.",
        "There was never any thunder again.",
        "The door was green and old.",
        "A bell is made of bronze.",
    ],
)
def test_what_did_not_sound_is_not_heard(text: str) -> None:
    assert planned(scene(0, "library", text)) is None


def test_single_sounds_stay_rare_and_each_comes_once() -> None:
    text = "Thunder. An owl and birds. Footsteps, a splash, and somebody knocked. Tick. Thunder."
    plan = planned(*(scene(number, "library", text) for number in range(20)))
    assert plan is not None
    assert len(plan.spots) <= 6
    assert len({spot.sound for spot in plan.spots}) == len(plan.spots)
    times = [spot.at_s for spot in plan.spots]
    assert all(after - before >= 5 for before, after in pairwise(times))


def test_words_of_other_languages_are_not_taken_for_english_ones() -> None:
    assert planned(scene(0, "library", "Thunder owl bird."), locale="de") is None


def clicks(mono: np.ndarray) -> float:
    """How far the sharpest bend stands out of the usual ones nearby."""
    bend = np.abs(np.diff(mono, 2))
    frames = bend[: len(bend) // 480 * 480].reshape(-1, 480)
    usual = np.sqrt(np.mean(frames**2, axis=1))
    around = np.maximum(np.convolve(usual, np.ones(21) / 21, mode="same"), 1e-7)
    return float((frames.max(axis=1) / around).max())


@settings(max_examples=25, deadline=None, derandomize=True)
@given(sound=st.sampled_from(BedSound), seed=st.integers(0, 2**31), seconds=st.floats(0.02, 6))
# Cars that come and go, each wherever its samples happen to begin.
@example(sound=BedSound.CITY, seed=1, seconds=60)
@example(sound=BedSound.CITY, seed=2, seconds=60)
def test_a_bed_of_any_length_and_seed_can_be_heard(
    sound: BedSound, seed: int, seconds: float
) -> None:
    bed = Bed(sound=sound, start_s=0, end_s=seconds)
    made = sound_of(Ambience(beds=(bed,), seed=seed), seconds)
    assert made.shape == (round(seconds * 48_000), 2)
    assert np.isfinite(made).all()


STEADY = [s for s in BedSound if s not in (BedSound.FIRE, BedSound.RAIN, BedSound.TRAIN)]


@pytest.mark.parametrize("sound", BedSound)
def test_a_bed_has_its_loudness_stays_below_the_peaks_and_has_no_silence(sound: BedSound) -> None:
    bed = Bed(sound=sound, start_s=0, end_s=14)
    made = sound_of(Ambience(beds=(bed,), seed=3), 15)
    assert made.shape == (15 * RATE, 2)
    middle = made[2 * RATE : 13 * RATE]
    loudness = measure_loudness(middle, RATE)
    assert loudness.integrated_lufs == pytest.approx(AMBIENCE_LUFS, abs=3)
    assert loudness.true_peak_dbtp < -6
    level = np.sqrt(np.mean(middle[: RATE * 10].reshape(100, -1) ** 2, axis=1))
    assert level.min() > 0.08 * level.mean()
    left, right = middle.T
    assert 0.1 < np.corrcoef(left, right)[0, 1] < 0.95
    if sound in STEADY:
        assert clicks(middle.mean(axis=1)) < 30


def spectral_centre(made: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(made.mean(axis=1))) ** 2
    hertz = np.fft.rfftfreq(len(made), 1 / RATE)
    return float((power * hertz).sum() / power.sum())


def test_walls_take_the_highs() -> None:
    rain = {
        indoors: sound_of(
            Ambience(beds=(Bed(sound=BedSound.RAIN, start_s=0, end_s=5, indoors=indoors),), seed=1),
            6,
        )
        for indoors in (False, True)
    }
    assert spectral_centre(rain[True]) < 0.5 * spectral_centre(rain[False])


def test_beds_cross_at_a_scene_border_without_a_hole_or_a_bump() -> None:
    beds = (
        Bed(sound=BedSound.CITY, start_s=0, end_s=6),
        Bed(sound=BedSound.HUM, start_s=6, end_s=12),
    )
    made = sound_of(Ambience(beds=beds, seed=5), 12).mean(axis=1)
    level = [10 * np.log10(np.mean(made[i * 9600 : (i + 1) * 9600] ** 2)) for i in range(60)]
    assert abs(np.mean(level[28:32]) - np.mean(level[15:50])) < 4
    assert clicks(made) < 30
    assert abs(made[0]) < 1e-3
    assert abs(made[-1]) < 1e-3


@pytest.mark.parametrize("sound", SpotSound)
def test_a_single_sound_begins_on_time_and_dies_away(sound: SpotSound) -> None:
    made = sound_of(Ambience(spots=(Spot(sound=sound, at_s=1.0),), seed=2), 9)
    assert not made[: RATE - 1].any()
    power = np.mean(made.reshape(-1, 480, 2) ** 2, axis=(1, 2))
    assert power[100:130].max() > 1e-6
    assert np.sqrt(power[-200:-170]).max() < 1e-3
    assert np.abs(made).max() < 0.6
    assert np.abs(np.diff(made[:, 0])).max() < 0.5


def test_the_same_plan_sounds_the_same_and_another_seed_does_not() -> None:
    def made(seed: int) -> bytes:
        bed = Bed(sound=BedSound.FOREST, start_s=0, end_s=3)
        spot = Spot(sound=SpotSound.BIRD, at_s=1)
        return sound_of(Ambience(beds=(bed,), spots=(spot,), seed=seed), 3).tobytes()

    assert made(1) == made(1) != made(2)


def test_in_a_film_ambience_lies_far_below_the_voice(
    tmp_path: Path, media: LocalMediaStore
) -> None:
    """The voice speaks for five seconds of ten: below it the bed is 14 to 22 dB quieter."""
    times = np.arange(10 * RATE) / RATE
    syllables = np.sin(2 * np.pi * 3 * times) ** 2 * (times < 5)
    voice = sum(np.sin(2 * np.pi * 150 * n * times) / n for n in range(1, 12)) * syllables
    voice = voice.astype(np.float32)[:, None]
    spoken = measure_loudness(voice[: 5 * RATE], RATE).integrated_lufs
    voice *= np.float32(10 ** ((-20 - spoken) / 20))
    write_flac(tmp_path / "voice.flac", voice, RATE)
    track = AudioTrack(
        role="narration", media=media.put_file(tmp_path / "voice.flac", "audio/flac"), end=300
    )
    bed = Bed(sound=BedSound.RAIN, start_s=0, end_s=10)
    plan = Ambience(beds=(bed,), seed=1, level_db=-16)
    heard = {}
    for name, ambience in (("with", plan), ("without", None)):
        target = tmp_path / f"{name}.m4a"
        master_sound([track], 300, 30, media=media, target=target, ambience=ambience)
        heard[name] = read_audio(target, RATE, 2)[: 10 * RATE]
    said = measure_loudness(heard["without"][: 5 * RATE], RATE).integrated_lufs
    alone = measure_loudness(heard["with"][6 * RATE : 9 * RATE], RATE).integrated_lufs
    assert 13 <= said - alone <= 18
    # Above the voice's own tones there is only rain: it gives way while the voice speaks.
    treble = [
        np.mean(np.diff(heard["with"][start * RATE : end * RATE, 0], 3) ** 2)
        for start, end in ((1, 4), (6, 9))
    ]
    assert 10 * np.log10(treble[1] / treble[0]) > 1.5
    assert not list(tmp_path.glob("*.ambience.flac"))
