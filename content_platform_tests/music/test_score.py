"""From a story and its narration to its music, through the provider pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from content_platform.errors import BadInput, NoProviderLeft
from content_platform.mediatools.audio import read_audio, write_flac
from content_platform.music.adapters.composer import Composer
from content_platform.music.adapters.library import MusicLibrary
from content_platform.music.checks import check_music
from content_platform.music.models import BackgroundMusic
from content_platform.music.score import compose_request, score
from content_platform.narration.models import Narration, SceneSpan, WordTiming
from content_platform.providers.pipeline import Pipeline
from content_platform.steering.models import ChannelConfig, MusicConfig, NarrationConfig
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Beat, Brief, Scene, Shot, Story, TimeOfDay, Weather
from content_platform.telemetry.progress import watching
from content_platform.vocabulary import ArtStyle, Format, Genre, Mood, Platform

STORY_ID = "midnight-tales_20261122_0001"
BEATS = (Beat.HOOK, Beat.RISE, Beat.TURN, Beat.CLIMAX, Beat.ENDING)


def story(moods: tuple[Mood, ...]) -> Story:
    scenes = tuple(
        Scene(
            index=index,
            text=f"Scene {index}.",
            place="lighthouse",
            time_of_day=TimeOfDay.NIGHT,
            weather=Weather.FOG,
            mood=mood,
            shot=Shot.MEDIUM,
            beat=BEATS[index % len(BEATS)],
        )
        for index, mood in enumerate(moods)
    )
    return Story(
        story_id=STORY_ID,
        locale="en",
        title="The lamp",
        logline="A lamp that should be out.",
        genre=Genre.MYSTERY,
        theme="lamp",
        cast=(),
        scenes=scenes,
        words=10,
        written_by="script",
    )


def narration(lengths_s: tuple[float, ...]) -> Narration:
    ends = np.cumsum(lengths_s)
    spans = tuple(
        SceneSpan(scene=index, start_s=float(end - length), end_s=float(end))
        for index, (end, length) in enumerate(zip(ends, lengths_s, strict=True))
    )
    last = float(ends[-1])
    return Narration(
        story_id=STORY_ID,
        locale="en",
        audio=MediaRef(sha256="0" * 64, size_bytes=1, mime="audio/flac"),
        compressed={},
        duration_s=last,
        voice="af_heart",
        provider="kokoro",
        words=(WordTiming(text="out.", start_s=last - 1.0, end_s=last - 0.5),),
        spans=spans,
        inputs_sha256="0" * 64,
    )


def brief(source: str = "auto", seed: int = 11) -> Brief:
    config = ChannelConfig(
        channel="midnight-tales",
        title="Midnight Tales",
        genres=(Genre.MYSTERY,),
        themes=("a lamp",),
        narration=NarrationConfig(voices={"en": "af_heart"}),
        music=MusicConfig(source=source),
    )
    return Brief(
        story_id=STORY_ID,
        channel="midnight-tales",
        config_version=1,
        config=config,
        genre=Genre.MYSTERY,
        theme="a lamp",
        script=None,
        locales=("en",),
        formats=(Format.LANDSCAPE,),
        platforms=(Platform.YOUTUBE,),
        target_seconds=45,
        max_seconds=None,
        voice=None,
        style=ArtStyle.STORYBOOK_LIGHT,
        seed=seed,
        picture_types=(),
        audio_types=(),
    )


MYSTERY_THEN_TENDER = (Mood.MYSTERY, Mood.MYSTERY, Mood.TENSE, Mood.MYSTERY, Mood.TENDER)
LENGTHS = (4.0, 7.0, 6.5, 4.0, 7.5)


def test_a_story_gets_music_that_ends_with_its_last_word(
    pipeline_with: Callable[..., Pipeline], media: LocalMediaStore
) -> None:
    stages: list[tuple[str, float]] = []
    with watching(lambda stage, done, total: stages.append((stage, done / total))):
        music = score(
            story(MYSTERY_THEN_TENDER),
            narration(LENGTHS),
            brief(),
            pipeline=pipeline_with(Composer(), MusicLibrary()),
        )
    assert music.provider == "composer"
    assert music.mood is Mood.MYSTERY
    assert music.last_chord_s == pytest.approx(sum(LENGTHS) - 0.5 + 0.3)
    assert music.duration_s >= sum(LENGTHS) + 1.5
    assert check_music(music, media).problems == ()
    assert stages == [("background_music", 0.0), ("background_music", 1.0)]


def test_scenes_that_feel_alike_become_one_section_and_short_ones_join() -> None:
    asked = compose_request(story(MYSTERY_THEN_TENDER), narration(LENGTHS), brief())
    assert asked.sections[0].start_s == 0
    gaps = np.diff([*(section.start_s for section in asked.sections), sum(LENGTHS)])
    assert gaps.min() >= 6
    assert asked.sections[-1].mood is Mood.TENDER


def test_at_most_three_moods_are_heard() -> None:
    asked = compose_request(story(tuple(Mood)), narration((9.0,) * 8), brief())
    assert len({section.mood for section in asked.sections}) <= 3


def test_asking_again_on_purpose_gives_other_music() -> None:
    first = compose_request(story(MYSTERY_THEN_TENDER), narration(LENGTHS), brief())
    again = compose_request(story(MYSTERY_THEN_TENDER), narration(LENGTHS), brief(), attempt=1)
    assert first.seed != again.seed


def test_a_channel_that_wants_the_library_gets_it_or_is_told_why_not(
    pipeline_with: Callable[..., Pipeline],
) -> None:
    pipeline = pipeline_with(Composer(), MusicLibrary())
    calm = score(
        story((Mood.CALM,) * 3), narration((4.0,) * 3), brief("library"), pipeline=pipeline
    )
    assert calm.provider == "immich-library"
    with pytest.raises(NoProviderLeft, match="no mystery music"):
        score(
            story((Mood.MYSTERY,) * 3), narration((4.0,) * 3), brief("library"), pipeline=pipeline
        )


def test_a_narration_of_another_story_is_refused() -> None:
    spoken = narration(LENGTHS).model_copy(update={"spans": ()})
    with pytest.raises(BadInput, match="narration"):
        compose_request(story(MYSTERY_THEN_TENDER), spoken, brief())


def tampered(sound: np.ndarray, media: LocalMediaStore, tmp_path: Path) -> BackgroundMusic:
    path = tmp_path / "bad.flac"
    write_flac(path, sound, 48_000)
    return BackgroundMusic(
        story_id=STORY_ID,
        locale="en",
        audio=media.put_file(path, "audio/flac"),
        mood=Mood.CALM,
        title="Bad",
        provider="composer",
        duration_s=12.0,
        last_chord_s=10.0,
        attribution="",
    )


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("quiet", "LUFS"),
        ("loud", "dBTP"),
        ("gap", "silent for"),
        ("late chord", "last chord"),
        ("cut off", "breaks off"),
        ("short", "lasts"),
    ],
)
def test_the_check_hears_what_is_wrong(
    fault: str, complaint: str, media: LocalMediaStore, tmp_path: Path
) -> None:
    time = np.arange(12 * 48_000) / 48_000
    sound = 0.09 * np.sin(2 * np.pi * 220 * time) * (time < 9.9)
    chord_at = 10.6 if fault == "late chord" else 10.0
    ring = np.clip(time - chord_at, 0, None)
    chord = sum(np.sin(2 * np.pi * f * time) for f in (110, 220, 277, 330, 880))
    sound = sound + 0.1 * chord * (time >= chord_at) * np.exp(-3.5 * ring) * (time < 11.9)
    if fault == "quiet":
        sound *= 0.2
    elif fault == "loud":
        sound *= 4
    elif fault == "gap":
        sound[3 * 48_000 : 6 * 48_000] = 0
    elif fault == "cut off":
        sound += 0.1 * np.sin(2 * np.pi * 220 * time) * (time > 10)
    elif fault == "short":
        sound = sound[: 11 * 48_000]
    stereo = np.stack([sound, sound], axis=1).astype(np.float32)
    report = check_music(tampered(stereo, media, tmp_path), media)
    assert any(complaint in problem for problem in report.problems)


def test_the_check_reads_the_sound_that_is_stored(
    media: LocalMediaStore, tmp_path: Path, pipeline_with: Callable[..., Pipeline]
) -> None:
    music = score(
        story((Mood.PLAYFUL,) * 2),
        narration((5.0, 5.0)),
        brief(),
        pipeline=pipeline_with(Composer()),
    )
    sound = read_audio(media.local_path(music.audio), 48_000, 2)
    assert len(sound) / 48_000 == pytest.approx(music.duration_s, abs=0.01)
    assert np.abs(sound[:, 0] - sound[:, 1]).max() > 0.01, "the cue is not stereo"
