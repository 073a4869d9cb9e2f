"""Scene images of a story, through the real pipeline, the real workers and the real store."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from content_platform.clock import utc_now
from content_platform.imagery.adapters.illustrator import Illustrator
from content_platform.imagery.checks import check_picture
from content_platform.imagery.models import Angle, FocalPoint, SceneImage, picture_size
from content_platform.imagery.scenes import draw_requests, illustrate
from content_platform.imagery.views import plan_views
from content_platform.imagery.wording import scene_prompt
from content_platform.providers.models import CallContext, TransientFailure
from content_platform.providers.pipeline import Pipeline
from content_platform.steering.models import ChannelConfig, NarrationConfig
from content_platform.storage.media import MediaStore
from content_platform.stories.models import (
    Beat,
    Brief,
    CastMember,
    Scene,
    Shot,
    Story,
    TimeOfDay,
    Weather,
)
from content_platform.telemetry.progress import watching
from content_platform.vocabulary import ArtStyle, Format, Genre, Mood

TOVA = CastMember(name="Tova", kind="girl", noun="girl", traits=("red scarf",))


def scene(index: int, *, place: str = "meadow", shot: Shot = Shot.MEDIUM) -> Scene:
    return Scene(
        index=index,
        text="She walked.",
        place=place,
        time_of_day=TimeOfDay.DAWN,
        weather=Weather.CLEAR,
        mood=Mood.TENDER,
        shot=shot,
        beat=Beat.SETUP,
        cast=("Tova",),
        props=("lantern",),
        action="walking",
    )


def story(scenes: int) -> Story:
    return Story(
        story_id="demo_20261122_0001",
        locale="en",
        title="The Walk",
        logline="A girl walks.",
        genre=Genre.FANTASY,
        theme="walking",
        cast=(TOVA,),
        scenes=tuple(scene(index) for index in range(scenes)),
        words=2,
        written_by="test",
    )


def brief(*, formats: tuple[Format, ...], picture_types: tuple[str, ...] = ()) -> Brief:
    config = ChannelConfig(
        channel="demo",
        title="Demo",
        genres=(Genre.FANTASY,),
        themes=("walking",),
        narration=NarrationConfig(voices={"en": "heart"}),
    )
    return Brief(
        story_id="demo_20261122_0001",
        channel="demo",
        config_version=1,
        config=config,
        genre=Genre.FANTASY,
        theme="walking",
        script=None,
        locales=("en",),
        formats=formats,
        platforms=(),
        target_seconds=45,
        max_seconds=None,
        voice=None,
        style=ArtStyle.STORYBOOK_LIGHT,
        seed=7,
        picture_types=picture_types,
        audio_types=(),
    )


def test_who_stands_alone_changes_sides_from_picture_to_picture() -> None:
    sides = [view.side for view in plan_views(story(6), 7)]
    assert sides in (["left", "right"] * 3, ["right", "left"] * 3)


def test_two_who_talk_keep_their_sides_and_are_seen_past_a_shoulder() -> None:
    other = TOVA.model_copy(update={"name": "Ada"})
    talk = {"text": "“Come,” she said.", "action": "talking", "shot": Shot.CLOSE}
    scenes = [
        scene(n).model_copy(update={**talk, "cast": cast})
        for n, cast in enumerate((("Tova", "Ada"), ("Tova", "Ada"), ("Ada", "Tova")))
    ]
    told = story(1).model_copy(update={"cast": (TOVA, other), "scenes": tuple(scenes)})
    first, second, third = plan_views(told, 7)
    assert first.side == second.side != third.side
    assert [view.angle for view in (first, second, third)] == [
        Angle.LEVEL,
        Angle.OVER_SHOULDER,
        Angle.LEVEL,
    ]


def test_the_climax_is_seen_from_below() -> None:
    tense = scene(0).model_copy(update={"beat": Beat.CLIMAX, "mood": Mood.TENSE})
    told = story(1).model_copy(update={"scenes": (tense,)})
    (request,) = draw_requests(told, brief(formats=(Format.SQUARE,)))
    assert request.angle is Angle.LOW
    assert "low angle" in request.prompt


def test_a_story_gets_one_picture_per_scene_and_format_and_all_pass_their_check(
    pipeline_with: Callable[..., Pipeline], media: MediaStore
) -> None:
    seen: list[tuple[str, float, float]] = []
    formats = (Format.LANDSCAPE, Format.SQUARE)
    with watching(lambda stage, done, total: seen.append((stage, done, total))):
        images = illustrate(
            story(2),
            brief(formats=formats, picture_types=("webp",)),
            pipeline=pipeline_with(Illustrator(workers=2)),
            media=media,
            workers=2,
        )
    assert [(image.format, image.scene) for image in images] == [
        (Format.LANDSCAPE, 0),
        (Format.LANDSCAPE, 1),
        (Format.SQUARE, 0),
        (Format.SQUARE, 1),
    ]
    for image in images:
        report = check_picture(image, media)
        assert report.passed, report.problems
        assert (report.measures["width"], report.measures["height"]) == picture_size(image.format)
        assert image.compressed["webp"].mime == "image/webp"
        assert image.compressed["webp"].size_bytes < image.picture.size_bytes
        assert image.alt_text.startswith("Tova, a girl")
        assert image.provider == "illustrator"
    assert seen[-1] == ("scene_images", 2, 2)


def test_a_flat_or_black_picture_fails_its_check(media: MediaStore) -> None:
    import cv2
    import numpy as np

    width, height = picture_size(Format.SQUARE)
    for shade, wrong in ((0, "dark"), (255, "white"), (128, "blank")):
        done, data = cv2.imencode(".png", np.full((height, width, 3), shade, np.uint8))
        assert done
        image = SceneImage(
            story_id="demo_20261122_0001",
            format=Format.SQUARE,
            scene=3,
            picture=media.put_bytes(data.tobytes(), "image/png"),
            compressed={},
            focal_point=FocalPoint(x=0.5, y=0.5),
            alt_text="",
            provider="test",
        )
        report = check_picture(image, media)
        assert not report.passed
        assert any(wrong in problem for problem in report.problems)
        assert all("Scene 3" in problem for problem in report.problems)


def test_the_prompt_names_place_light_people_and_what_is_not_wanted() -> None:
    words = scene_prompt(scene(0), (TOVA,), ArtStyle.PAPER_CUT, seed=7)
    for part in (
        "meadow at dawn",
        "girl, red scarf",
        "The girl is walking",
        "Also to be seen: lantern",
        "paper-cut",
        "No text",
    ):
        assert part in words


def test_a_worker_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from content_platform.imagery.adapters.illustrator import _Worker\n"
        "worker = _Worker()\n"
        "print(worker._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    worker.wait(timeout=20)


def painting_children() -> set[int]:
    return {
        child.pid
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE
        and "illustrator.worker" in " ".join(child.cmdline())
    }


def test_a_worker_killed_between_two_calls_is_replaced(tmp_path: Path) -> None:
    others = painting_children()
    engine = Illustrator(workers=1)
    (request,) = draw_requests(story(1), brief(formats=(Format.SQUARE,)))
    context = CallContext("key", tmp_path, utc_now() + timedelta(seconds=60), 0)
    first = engine.call(request, context).files["picture-1x1"].read_bytes()
    (worker,) = painting_children() - others
    process = psutil.Process(worker)
    process.kill()
    process.wait(timeout=10)
    assert engine.call(request, context).files["picture-1x1"].read_bytes() == first


def test_a_call_past_its_deadline_ends_and_leaves_no_worker_painting(tmp_path: Path) -> None:
    others = painting_children()
    engine = Illustrator(workers=1)
    (request,) = draw_requests(story(1), brief(formats=tuple(Format)))
    context = CallContext("key", tmp_path, utc_now() + timedelta(milliseconds=50), 0)
    began = time.monotonic()
    with pytest.raises(TransientFailure, match="longer than"):
        engine.call(request, context)
    assert time.monotonic() - began < 10
    assert painting_children() <= others
