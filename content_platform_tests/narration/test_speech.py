"""A whole story spoken, joined, levelled and checked, through the real pipeline and store."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from content_platform.errors import DefectiveMedia, NoProviderLeft
from content_platform.mediatools.audio import read_audio, write_flac
from content_platform.mediatools.loudness import measure_loudness
from content_platform.mediatools.probe import probe
from content_platform.narration.adapters.kokoro import Kokoro
from content_platform.narration.adapters.pico import Pico
from content_platform.narration.adapters.whisper import Whisper
from content_platform.narration.checks import (
    check_sound,
    check_speech_is_the_script,
    word_error_rate,
)
from content_platform.narration.models import Narration, SpeakRequest
from content_platform.narration.sound import limit_peaks
from content_platform.narration.speech import narrate_story
from content_platform.narration.voices import voice_named
from content_platform.providers.models import CallContext, CallRequest, Produced, ProviderInfo
from content_platform.providers.pipeline import Pipeline
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.stories.models import (
    Beat,
    CastMember,
    Genre,
    Mood,
    Scene,
    Shot,
    Story,
    TimeOfDay,
    Weather,
)

TEXTS = (
    (Beat.HOOK, "The lamp had never failed in thirty years."),
    (Beat.SETUP, "At 10:45, old Edda counted the steps and held her breath."),
    (Beat.ENDING, "There was only a brass key, still warm."),
)


def story(*texts: tuple[Beat, str]) -> Story:
    scenes = tuple(
        Scene(
            index=index,
            text=text,
            place="lighthouse",
            time_of_day=TimeOfDay.NIGHT,
            weather=Weather.RAIN,
            mood=Mood.MYSTERY,
            shot=Shot.MEDIUM,
            beat=beat,
        )
        for index, (beat, text) in enumerate(texts)
    )
    return Story(
        story_id="midnight-tales_20261122_0001",
        locale="en",
        title="The Lamp",
        logline="A lamp goes out.",
        genre=Genre.MYSTERY,
        theme="a lamp",
        cast=(CastMember(name="Edda", kind="woman", noun="keeper"),),
        scenes=scenes,
        words=sum(len(scene.text.split()) for scene in scenes),
        written_by="script",
    )


class Counting:
    """A real provider that also counts its calls, and may be told to refuse."""

    def __init__(self, inner: Kokoro | Pico, *, broken: bool = False) -> None:
        self.inner = inner
        self.broken = broken
        self.texts: list[str] = []

    @property
    def info(self) -> ProviderInfo:
        return self.inner.info

    def refusal(self, request: CallRequest[BaseModel]) -> str | None:
        return "broken today" if self.broken else self.inner.refusal(request)

    def estimate_usd(self, request: CallRequest[BaseModel]) -> Decimal:
        return Decimal(0)

    def call(self, request: CallRequest[BaseModel], context: CallContext) -> Produced[BaseModel]:
        assert isinstance(request, SpeakRequest)
        self.texts.append(request.text)
        return self.inner.call(request, context)


def spoken(
    told: Story,
    pipeline: Pipeline,
    media: LocalMediaStore,
    scratch: Path,
    *,
    previous: Narration | None = None,
    voice: str = "pico-en-us",
    compress: tuple[str, ...] = (),
) -> Narration:
    return narrate_story(
        told,
        voice=voice_named(voice),
        speed=1.0,
        pause_between_scenes_s=0.4,
        lexicon={},
        compress=compress,
        pipeline=pipeline,
        media=media,
        previous=previous,
        scratch=scratch,
    )


def test_a_story_is_spoken_so_that_a_listener_hears_the_script(
    pipeline_with: Callable[..., Pipeline], media: LocalMediaStore, tmp_path: Path
) -> None:
    told = story(*TEXTS)
    pipeline = pipeline_with(Kokoro(), Whisper(media))
    narration = spoken(
        told, pipeline, media, tmp_path, voice="bm_george", compress=("mp3", "aac", "opus")
    )
    assert [word.text for word in narration.words] == told.text.split()
    assert narration.provider == "kokoro"
    # The pause of a scene belongs to it; it is longer before the ending than in the middle.
    gaps = []
    place = 0
    for span, scene in zip(narration.spans, told.scenes, strict=True):
        place += len(scene.text.split())
        gaps.append(span.end_s - narration.words[place - 1].end_s)
    assert 0.3 < gaps[0] < gaps[1] < 1.2
    assert check_sound(narration, media).problems == ()
    report = check_speech_is_the_script(narration, told, pipeline)
    assert report.problems == ()
    assert report.measures["word_error_rate"] <= 0.06, report.measures["heard"]
    for kind, codec in (("mp3", "mp3"), ("aac", "aac"), ("opus", "opus")):
        found = probe(media.local_path(narration.compressed[kind]))
        assert codec in str(found)
        assert found.duration_s == pytest.approx(narration.duration_s, abs=0.1)
    assert not list(tmp_path.glob("narration-*"))


def test_only_a_changed_scene_is_spoken_again(
    pipeline_with: Callable[..., Pipeline], media: LocalMediaStore, tmp_path: Path
) -> None:
    engine = Counting(Pico())
    pipeline = pipeline_with(engine)
    first = spoken(story(*TEXTS), pipeline, media, tmp_path)
    again = spoken(story(*TEXTS), pipeline, media, tmp_path, previous=first)
    assert again is first
    changed = (*TEXTS[:2], (Beat.ENDING, "There was only silence."))
    second = spoken(story(*changed), pipeline, media, tmp_path, previous=first)
    assert second.inputs_sha256 != first.inputs_sha256
    assert engine.texts == [*(text for _, text in TEXTS), "There was only silence."]
    loudness = measure_loudness(media.local_path(second.audio))
    assert loudness.integrated_lufs == pytest.approx(-20, abs=0.7)


def test_lost_audio_is_made_again_from_unchanged_inputs(
    pipeline_with: Callable[..., Pipeline], media: LocalMediaStore, tmp_path: Path
) -> None:
    pipeline = pipeline_with(Pico())
    first = spoken(story(TEXTS[0]), pipeline, media, tmp_path)
    media.delete(first.audio)
    second = spoken(story(TEXTS[0]), pipeline, media, tmp_path, previous=first)
    assert second == first
    assert media.exists(second.audio)


def test_a_story_falls_back_to_another_voice_as_a_whole(
    pipeline_with: Callable[..., Pipeline], media: LocalMediaStore, tmp_path: Path
) -> None:
    pipeline = pipeline_with(Counting(Kokoro(), broken=True), Pico())
    narration = spoken(story(*TEXTS[:2]), pipeline, media, tmp_path, voice="bm_george")
    assert (narration.voice, narration.provider) == ("pico/pico-en-gb", "pico")
    with pytest.raises(NoProviderLeft, match="broken today"):
        spoken(story(TEXTS[0]), pipeline_with(Counting(Pico(), broken=True)), media, tmp_path)


def test_a_wrong_text_is_heard(
    pipeline_with: Callable[..., Pipeline], media: LocalMediaStore, tmp_path: Path
) -> None:
    pipeline = pipeline_with(Pico(), Whisper(media))
    narration = spoken(story(TEXTS[0]), pipeline, media, tmp_path)
    other = story((Beat.HOOK, "A fox ran over the frozen stream at dawn, singing."))
    report = check_speech_is_the_script(narration, other, pipeline)
    assert not report.passed
    assert "words are heard wrongly" in report.problems[0]


@pytest.mark.parametrize(
    ("damage", "problem"),
    [("silent", "loudness is"), ("hole", "s of silence in one place"), ("clipped", "true peak")],
)
def test_a_defective_sound_is_told_apart(
    damage: str,
    problem: str,
    pipeline_with: Callable[..., Pipeline],
    media: LocalMediaStore,
    tmp_path: Path,
) -> None:
    narration = spoken(story(TEXTS[0]), pipeline_with(Pico()), media, tmp_path)
    samples = read_audio(media.local_path(narration.audio), 24_000, 1)[:, 0]
    changed = {
        "silent": samples * 0.001,
        "hole": np.concatenate([samples, np.zeros(24_000 * 4, np.float32), samples]),
        "clipped": np.clip(samples * 40, -1, 1),
    }[damage]
    path = tmp_path / "damaged.flac"
    write_flac(path, changed, 24_000)
    broken = narration.model_copy(update={"audio": media.put_file(path, "audio/flac")})
    assert problem in " ".join(check_sound(broken, media).problems)


def test_a_silent_voice_is_a_defect(
    pipeline_with: Callable[..., Pipeline], media: LocalMediaStore, tmp_path: Path
) -> None:
    with pytest.raises(DefectiveMedia, match="silent"):
        spoken(story((Beat.HOOK, "— …")), pipeline_with(Pico()), media, tmp_path)


def test_word_errors_leave_names_numbers_and_spellings_out() -> None:
    written = "Edda paid $3.50 at 10:45, for ever, Mr. Fox said."
    heard = "eddah paid three dollars and fifty cents at ten forty five forever mister fox said"
    assert word_error_rate(written, heard, names=["Edda"]).rate == 0
    two = word_error_rate("one two three four", "one too three")
    assert (two.rate, two.words) == (0.5, 4)
    assert two.examples == ("two → too", "four → -")


def test_the_curve_between_two_samples_is_limited_too() -> None:
    """A sine of a quarter of the rate, sampled 45 degrees off its crests, peaks 3 dB above them."""
    time_s = np.arange(24_000) / 24_000
    swell = np.minimum(1, np.minimum(time_s, 1 - time_s) * 50)
    sine = (np.sin(2 * np.pi * 6_000 * time_s + np.pi / 4) * swell).astype(np.float32)
    assert np.abs(sine).max() < 0.71
    limited = limit_peaks(sine, -3.0, 24_000)
    assert measure_loudness(limited[:, None], 24_000).true_peak_dbtp <= -2.8
