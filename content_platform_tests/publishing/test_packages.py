"""What a platform gets of a story, and what of it a viewer would notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from content_platform.captions.models import CaptionTrack
from content_platform.errors import NotFound
from content_platform.imagery.models import Thumbnail
from content_platform.narration.models import Narration, SceneSpan, WordTiming
from content_platform.publishing.models import PublishPackage, Upload
from content_platform.publishing.packages import Materials, build_package, idempotency_key
from content_platform.publishing.sandbox.models import Traits
from content_platform.publishing.uploads import Uploads
from content_platform.storage.database import Database
from content_platform.storage.models import MediaRef
from content_platform.storage.records import RecordStore
from content_platform.vocabulary import Format, Platform
from content_platform_tests.publishing.shop import Shop
from content_platform_tests.publishing.stories import (
    START,
    MovableClock,
    channel_config,
    finished_story,
    sha256,
    told,
)


@pytest.fixture
def uploads(database: Database, tmp_path: Path) -> Uploads:
    clock = MovableClock()
    return Uploads(database, {Platform.SANDBOX: Shop(tmp_path / "shop.db", clock)}, clock=clock)


def ref(content: str, mime: str) -> MediaRef:
    return MediaRef(sha256=sha256(content), size_bytes=len(content), mime=mime)


def package(database: Database, upload: Upload) -> PublishPackage:
    return build_package(Materials.load(RecordStore(database), upload.story_id), upload, START)


def test_a_package_holds_words_video_captions_and_thumbnail_of_its_format(
    database: Database, uploads: Uploads
) -> None:
    config = channel_config().model_copy(update={"audience": "kids"})
    name = finished_story(database, config=config, videos={Format.PORTRAIT: "a story"})
    records = RecordStore(database)
    vtt, still = ref("captions", "text/vtt"), ref("still", "image/jpeg")
    records.put(
        CaptionTrack(
            story_id=name, locale="en", cues=(), inputs_sha256="",
            files={"vtt": vtt, "srt": ref("other", "application/x-subrip")},
        )
    )  # fmt: skip
    for shape, picture in ((Format.PORTRAIT, still), (Format.SQUARE, ref("x", "image/jpeg"))):
        records.put(
            Thumbnail(
                story_id=name, locale="en", format=shape, picture=picture, words="Last",
                contrast=7.5, inputs_sha256="",
            )
        )  # fmt: skip
    records.put(
        Narration(
            story_id=name,
            locale="en",
            audio=ref("voice", "audio/flac"),
            compressed={},
            duration_s=44,
            voice="bf_emma",
            provider="kokoro",
            words=(WordTiming(text="The", start_s=0, end_s=1),),
            spans=tuple(
                SceneSpan(scene=scene, start_s=start, end_s=end)
                for scene, (start, end) in enumerate(((0, 12), (12, 42.7), (42.7, 44)))
            ),
            inputs_sha256="",
        )
    )
    (upload,) = uploads.plan(name)
    made = package(database, upload)
    assert made.title == "The Last Lamp"
    assert (made.captions, made.thumbnail) == (vtt, still)
    assert made.video is not None
    assert made.video.sha256 == upload.video_sha256
    assert (made.duration_s, made.made_for_kids, made.discloses_ai) == (42.5, True, True)
    seen = Traits.model_validate(made.traits)
    assert seen.scene_starts_s == (0, 12), "what the trimmed video does not show is not perceived"
    assert seen.text == ""


def test_the_sandbox_understands_every_trait_that_is_sent(
    database: Database, uploads: Uploads
) -> None:
    (upload,) = uploads.plan(finished_story(database))
    made = package(database, upload)
    assert set(made.traits) == set(Traits.model_fields)
    seen = Traits.model_validate(made.traits)
    assert (seen.kernel, seen.theme, seen.genre) == ("the-lost-light", "a lighthouse", "mystery")
    assert (seen.look, seen.title_style, seen.series, seen.episode) == ("paper-cut", "plain", "", 0)
    assert (seen.speed, seen.pause_s, seen.music_db) == (1.0, 0.45, -16)
    assert seen.hook == 1.0
    assert seen.text == told(upload.story_id).text


def test_without_media_a_story_takes_the_time_its_voice_would(
    database: Database, uploads: Uploads
) -> None:
    base = channel_config()
    seconds = {}
    for number, speed in enumerate((0.85, 1.15), 1):
        narration = base.narration.model_copy(update={"speed": speed})
        config = base.model_copy(update={"narration": narration})
        (upload,) = uploads.plan(finished_story(database, number, config=config))
        made = package(database, upload)
        assert made.video is None
        seconds[speed] = made.duration_s
    pauses = 3 * base.narration.pause_between_scenes_s
    assert (seconds[0.85] - pauses) / (seconds[1.15] - pauses) == pytest.approx(
        1.15 / 0.85, rel=0.01
    )
    assert 4 < seconds[1.15] < 9  # 15 words


def test_a_moment_that_has_passed_is_not_asked_for(database: Database, uploads: Uploads) -> None:
    (upload,) = uploads.plan(finished_story(database, publish_at=START))
    assert package(database, upload).publish_at is None


def test_a_package_is_never_made_of_something_else_than_was_planned(
    database: Database, uploads: Uploads
) -> None:
    (upload,) = uploads.plan(finished_story(database, videos={Format.PORTRAIT: "a story"}))
    with database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM content.videos")
    with pytest.raises(NotFound, match="made again after this was planned"):
        package(database, upload)
    with pytest.raises(NotFound, match="made again"):
        package(database, upload.model_copy(update={"video_sha256": None}))


def test_idempotency_keys_tell_everything_apart() -> None:
    keys = [
        idempotency_key("a", Platform.SANDBOX, None),
        idempotency_key("a", "sandbox", "None"),
        idempotency_key("a,", "sandbox", None),
        idempotency_key("a", "sandbox"),
    ]
    assert len(set(keys)) == 4
    assert keys[0] == "f66152cc464a83297649aa128f523785"
