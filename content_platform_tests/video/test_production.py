"""From records to stored videos: unchanged ones are kept, changed ones made, finished ones marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from content_platform.errors import BadInput, DefectiveMedia
from content_platform.narration.models import Narration
from content_platform.steering.models import ChannelConfig, LookConfig, NarrationConfig
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.stories.models import Brief
from content_platform.video.checks import check_video
from content_platform.video.models import Video
from content_platform.video.production import finish, produce_videos
from content_platform.vocabulary import ArtStyle, Format, Genre, Platform
from content_platform_tests.video.sample_story import SampleStory, sample_story


def brief(accent: str = "#ffc857", max_seconds: float | None = None) -> Brief:
    return Brief(
        story_id="s_20260101_0001",
        channel="s",
        config_version=1,
        config=ChannelConfig(
            channel="s",
            title="Midnight Tales",
            genres=(Genre.MYSTERY,),
            themes=("light",),
            narration=NarrationConfig(voices={"en": "hum"}),
            look=LookConfig(accent=accent),
        ),
        genre=Genre.MYSTERY,
        theme="light",
        script=None,
        locales=("en",),
        formats=(Format.SQUARE,),
        platforms=(Platform.YOUTUBE,),
        target_seconds=15,
        max_seconds=max_seconds,
        voice=None,
        style=ArtStyle.STORYBOOK_LIGHT,
        seed=1,
        picture_types=(),
        audio_types=(),
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalMediaStore:
    return LocalMediaStore(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="module")
def sample(store: LocalMediaStore, tmp_path_factory: pytest.TempPathFactory) -> SampleStory:
    return sample_story(store, tmp_path_factory.mktemp("parts"), seconds=6, scenes=2)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


def produce(
    sample: SampleStory,
    store: LocalMediaStore,
    scratch: Path,
    *,
    of: Brief,
    previous: list[Video] | None = None,
    narration: list[Narration] | None = None,
) -> list[Video]:
    return produce_videos(
        of,
        [sample.story],
        [sample.narration] if narration is None else narration,
        sample.images,
        [sample.music],
        [sample.captions],
        media=store,
        scratch=scratch,
        workers=2,
        previous=previous or [],
    )


def test_a_video_is_made_once_and_again_only_when_it_would_differ(
    sample: SampleStory, store: LocalMediaStore, scratch: Path
) -> None:
    (video,) = produce(sample, store, scratch, of=brief())
    assert check_video(video, store).problems == ()
    assert video.duration_s == pytest.approx(7, abs=0.05)
    assert [path.name for path in scratch.iterdir()] == ["segments"]

    (kept,) = produce(sample, store, scratch, of=brief(), previous=[video])
    assert kept is video

    (recoloured,) = produce(sample, store, scratch, of=brief("#ff5050"), previous=[video])
    assert recoloured.inputs_sha256 != video.inputs_sha256
    assert recoloured.media.sha256 != video.media.sha256

    store.delete(video.media)
    (restored,) = produce(sample, store, scratch, of=brief(), previous=[video])
    assert restored.media == video.media
    assert store.exists(video.media)


def test_a_trimmed_video_ends_with_its_closing_card(
    sample: SampleStory, store: LocalMediaStore, scratch: Path
) -> None:
    (video,) = produce(sample, store, scratch, of=brief(max_seconds=6))
    assert video.duration_s <= 6
    assert check_video(video, store).problems == ()


def test_a_language_without_narration_is_named(
    sample: SampleStory, store: LocalMediaStore, scratch: Path
) -> None:
    with pytest.raises(BadInput, match="no narration in en"):
        produce(sample, store, scratch, of=brief(), narration=[])


def test_a_failure_leaves_neither_a_video_nor_scratch_files(
    sample: SampleStory, store: LocalMediaStore, tmp_path: Path
) -> None:
    torn = store.put_bytes(
        store.local_path(sample.images[0].picture).read_bytes()[:5000], "image/png"
    )
    broken = replace(
        sample, images=[image.model_copy(update={"picture": torn}) for image in sample.images]
    )
    before = sorted(store.local_path(torn).parents[1].rglob("*"))
    with pytest.raises(DefectiveMedia, match="the picture of scene"):
        produce(broken, store, tmp_path / "scratch", of=brief())
    assert sorted(store.local_path(torn).parents[1].rglob("*")) == before
    scratch = tmp_path / "scratch"  # what is in segments/ is kept for the next time
    assert {path.parent.name for path in scratch.rglob("*") if path.is_file()} <= {"segments"}


def test_a_story_ready_before_and_unchanged_keeps_its_day(sample: SampleStory) -> None:
    day = datetime(2026, 1, 2, tzinfo=UTC)
    video = Video(
        story_id="s_20260101_0001",
        locale="en",
        format=Format.SQUARE,
        media=sample.images[0].picture,
        duration_s=7,
        frames=210,
        loudness_lufs=-14,
        true_peak_dbtp=-2,
        render_seconds=1,
        inputs_sha256="0" * 64,
    )

    def ready(videos: list[Video], at: datetime, previous: list[object]) -> object:
        parts = [sample.captions]
        return finish(
            brief(),
            [sample.story],
            parts,
            videos,
            parts,  # type: ignore[arg-type]
            parts,  # type: ignore[arg-type]
            cost=Decimal(0),
            clock=lambda: at,
            previous=previous,  # type: ignore[arg-type]
        )

    first = ready([video], day, [])
    assert ready([video], day + timedelta(days=1), [first]) is first
    longer = video.model_copy(update={"duration_s": 9.0})
    assert ready([longer], day + timedelta(days=1), [first]) is not first
    with pytest.raises(BadInput, match="no videos in en"):
        ready([], day, [])
