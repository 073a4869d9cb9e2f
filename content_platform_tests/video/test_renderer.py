"""Rendering for real: what comes out is decoded, measured and compared."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import psutil
import pytest

from content_platform.errors import DefectiveMedia
from content_platform.mediatools.audio import write_flac
from content_platform.mediatools.probe import probe
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.telemetry import progress
from content_platform.video.models import AudioTrack, Timeline
from content_platform.video.renderer import RenderedVideo, render
from content_platform.video.segments import SegmentCache, cut_segments
from content_platform_tests.video.sample_story import RATE, SampleStory, sample_story


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalMediaStore:
    return LocalMediaStore(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="module")
def sample(store: LocalMediaStore, tmp_path_factory: pytest.TempPathFactory) -> SampleStory:
    return sample_story(store, tmp_path_factory.mktemp("parts"), seconds=3, scenes=2)


@pytest.fixture(scope="module")
def film(
    store: LocalMediaStore, sample: SampleStory, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RenderedVideo, list[tuple[str, float, float]]]:
    """One video of four seconds, and the progress that was told while it was made."""
    told: list[tuple[str, float, float]] = []
    with progress.watching(lambda *news: told.append(news)):
        (made,) = render(
            [sample.plan()], media=store, scratch=tmp_path_factory.mktemp("film"), workers=2
        )
    return made, told


def pictures(path: Path) -> npt.NDArray[np.uint8]:
    """The luma of all frames, every fourth pixel of every fourth line."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="gray")[::4, ::4] for frame in container.decode(video=0)]
    return np.stack(frames)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_video_has_the_planned_frames_and_the_promised_streams(
    film: tuple[RenderedVideo, object], sample: SampleStory
) -> None:
    made, timeline = film[0], sample.plan()
    info = probe(made.path)
    assert info.video is not None
    assert info.sound is not None
    assert (info.video.codec, info.video.profile, info.video.pixel_format) == (
        "h264",
        "High",
        "yuv420p",
    )
    assert (info.video.width, info.video.height, info.video.fps) == (1080, 1080, 30)
    assert (info.sound.codec, info.sound.sample_rate, info.sound.channels) == ("aac", 48_000, 2)
    assert abs(info.video.duration_s - info.sound.duration_s) <= 1 / 30
    with av.open(str(made.path)) as container:
        stream = container.streams.video[0]
        tags = stream.codec_context
        assert (tags.color_primaries, tags.color_trc, tags.colorspace, tags.color_range) == (1,) * 4
        times = [frame.pts * frame.time_base for frame in container.decode(stream)]
    assert [round(time * 30) for time in times] == list(range(timeline.frames))
    assert made.duration_s * 30 == timeline.frames


def test_the_sound_is_as_loud_as_platforms_play_it(film: tuple[RenderedVideo, object]) -> None:
    loudness = film[0].loudness
    assert loudness is not None
    assert loudness.integrated_lufs == pytest.approx(-14, abs=0.3)
    assert loudness.true_peak_dbtp <= -1


def test_progress_counts_every_frame_once(
    film: tuple[RenderedVideo, list[tuple[str, float, float]]], sample: SampleStory
) -> None:
    told, frames = film[1], sample.plan().frames
    assert told[0] == ("videos", 0, frames)
    assert told[-1] == ("videos", frames, frames)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert len(told) > 5


def test_captions_are_seen_while_their_words_are_heard(
    film: tuple[RenderedVideo, object],
    sample: SampleStory,
    store: LocalMediaStore,
    tmp_path: Path,
) -> None:
    timeline = sample.plan()
    silent = timeline.model_copy(update={"captions": (), "audio": ()})
    (without,) = render([silent], media=store, scratch=tmp_path, workers=2)
    difference = np.abs(pictures(film[0].path).astype(np.int16) - pictures(without.path))
    changed = (difference > 60).sum(axis=(1, 2))
    shown = np.zeros(timeline.frames, bool)
    for cue in timeline.captions:
        shown[round(cue.start_s * 30) : round(cue.end_s * 30)] = True
    assert shown.any()
    assert not shown.all()
    assert (changed[shown] > 200).all()
    assert (changed[~shown] < 5).all()
    rows = np.flatnonzero((difference[shown] > 60).any(axis=(0, 2)))
    assert rows.min() * 4 > 1080 * 0.5
    assert rows.max() * 4 < 1080 * 0.97


def test_the_number_of_workers_does_not_change_a_byte(
    film: tuple[RenderedVideo, object],
    sample: SampleStory,
    store: LocalMediaStore,
    tmp_path: Path,
) -> None:
    (alone,) = render([sample.plan()], media=store, scratch=tmp_path, workers=1)
    assert sha256(alone.path) == sha256(film[0].path)


def test_only_a_changed_scene_is_rendered_again_and_the_result_is_as_if_all_were(
    film: tuple[RenderedVideo, object],
    sample: SampleStory,
    store: LocalMediaStore,
    tmp_path: Path,
) -> None:
    cache = SegmentCache(tmp_path / "cache")
    plan = sample.plan()
    moved = plan.shots[1].model_copy(update={"camera_to": plan.shots[1].camera_from})
    changed = plan.model_copy(update={"shots": (plan.shots[0], moved)})
    drawn = []
    for name, timeline in (("cold", changed), ("changed", plan), ("same", plan)):
        (tmp_path / name).mkdir()
        told: list[float] = []
        with progress.watching(lambda stage, done, total, told=told: told.append(done)):
            (made,) = render(
                [timeline], media=store, scratch=tmp_path / name, workers=2, cache=cache
            )
        drawn.append(timeline.frames - told[0])
    assert drawn == [plan.frames, plan.frames - plan.shots[1].start, 0]
    assert sha256(made.path) == sha256(film[0].path)


def test_a_transition_is_a_segment_and_only_a_soft_cut_is_a_glimpse(sample: SampleStory) -> None:
    plan = sample.plan()
    one = plan.shots[0]
    shots = (
        one.model_copy(update={"start": 0, "end": 62}),
        one.model_copy(update={"start": 60, "end": 134, "fade_in": 2}),
        one.model_copy(update={"start": 120, "end": 200, "fade_in": 14}),
        one.model_copy(update={"start": 200, "end": 205}),  # short, but something to look at
        one.model_copy(update={"start": 205, "end": 250}),
    )
    longer = plan.model_copy(update={"shots": shots, "frames": 250})
    segments = cut_segments(longer, opening=None, closing=None)
    starts = [segment.start for segment in segments]
    assert starts[:7] == [0, 60, 62, 120, 134, 200, 205]
    assert [segment.start for segment in segments if segment.glimpse] == [60]


def test_a_corrupt_picture_is_named_with_its_scene_and_leaves_no_process(
    sample: SampleStory, store: LocalMediaStore, tmp_path: Path
) -> None:
    whole = store.local_path(sample.images[1].picture).read_bytes()
    torn = store.put_bytes(whole[: len(whole) // 2], "image/png")
    plan = sample.plan()
    shots = (plan.shots[0], plan.shots[1].model_copy(update={"picture": torn}))
    with pytest.raises(DefectiveMedia, match=rf"scene 1 \({torn.sha256}.*frames") as caught:
        render([plan.model_copy(update={"shots": shots})], media=store, scratch=tmp_path, workers=2)
    assert "again" in caught.value.remedy
    assert not render_workers(psutil.Process())
    assert not list(tmp_path.glob("*.part"))
    assert not list(tmp_path.glob("video-*"))


def test_a_picture_smaller_than_what_the_camera_is_to_see_is_refused(
    sample: SampleStory, store: LocalMediaStore, tmp_path: Path
) -> None:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (600, 600), (90, 60, 30)).save(out, "PNG")
    small = store.put_bytes(out.getvalue(), "image/png")
    plan = sample.plan()
    shots = (plan.shots[0].model_copy(update={"picture": small}), plan.shots[1])
    with pytest.raises(DefectiveMedia, match="is 600 x 600 pixels, smaller than"):
        render([plan.model_copy(update={"shots": shots})], media=store, scratch=tmp_path, workers=1)


@pytest.mark.parametrize(
    ("seconds", "said"), [(2.0, "is silent"), (0.1, r"is shorter than 0\.2 s")]
)
def test_a_silent_or_empty_narration_is_refused(
    sample: SampleStory, store: LocalMediaStore, tmp_path: Path, seconds: float, said: str
) -> None:
    write_flac(tmp_path / "quiet.flac", np.zeros(round(RATE * seconds)), RATE)
    quiet = store.put_file(tmp_path / "quiet.flac", "audio/flac")
    short = _shortened(sample.plan(), 12)
    voice = AudioTrack(role="narration", media=quiet, end=short.frames)
    with pytest.raises(DefectiveMedia, match=said):
        render(
            [short.model_copy(update={"audio": (voice,)})],
            media=store,
            scratch=tmp_path,
            workers=1,
        )


def test_a_killed_worker_ends_the_rendering_and_is_told_with_all_it_was_making(
    sample: SampleStory, store: LocalMediaStore, tmp_path: Path
) -> None:
    def kill(*_: object) -> None:
        for worker in render_workers(psutil.Process()):
            worker.kill()

    said = r"worker died \(exit code -9\) in scene 0, .* or (scene 0 and )?scene 1,"
    with progress.watching(kill), pytest.raises(DefectiveMedia, match=said):
        render([sample.plan()], media=store, scratch=tmp_path, workers=2)
    assert not render_workers(psutil.Process())
    assert not list(tmp_path.glob("*.part"))


def test_workers_die_with_the_process_that_started_them(
    sample: SampleStory, store: LocalMediaStore, tmp_path: Path
) -> None:
    (tmp_path / "timeline.json").write_text(sample.plan().model_dump_json())
    root = store.local_path(sample.images[0].picture).parents[1]
    program = f"""
from pathlib import Path
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.video.models import Timeline
from content_platform.video.renderer import render
timeline = Timeline.model_validate_json(Path({str(tmp_path / "timeline.json")!r}).read_text())
scratch = Path({str(tmp_path)!r})
render([timeline], media=LocalMediaStore(Path({str(root)!r})), scratch=scratch, workers=2)
"""
    stored = sorted(root.rglob("*"))
    parent = subprocess.Popen([sys.executable, "-c", program])
    try:
        watched = psutil.Process(parent.pid)
        while not (list(tmp_path.glob("*.part")) and render_workers(watched)):
            assert parent.poll() is None
        team = render_workers(watched)
    finally:
        parent.kill()
        parent.wait()
    _, alive = psutil.wait_procs(team, timeout=10)
    assert not alive
    assert sorted(root.rglob("*")) == stored


def render_workers(process: psutil.Process) -> list[psutil.Process]:
    return [
        child
        for child in process.children(recursive=True)
        if "content_platform.video.worker" in child.cmdline()
    ]


def _shortened(timeline: Timeline, frames: int) -> Timeline:
    shot = timeline.shots[0].model_copy(update={"end": frames})
    return timeline.model_copy(
        update={"frames": frames, "shots": (shot,), "captions": (), "fade_out": 0}
    )
