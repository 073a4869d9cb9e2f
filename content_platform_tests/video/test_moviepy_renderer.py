"""MoviePy as a second opinion on our frames, and as the way users write effects of their own."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from content_platform.captions.sprites import caption_sprites
from content_platform.errors import BadInput, DefectiveMedia
from content_platform.mediatools.probe import probe
from content_platform.storage.adapters.local import LocalMediaStore
from content_platform.video.blends import Plane
from content_platform.video.compositor import Compositor
from content_platform.video.models import Timeline
from content_platform.video.moviepy_renderer import (
    film_clip,
    load_effects,
    planes_of,
    scene_clip,
)
from content_platform.video.renderer import render
from content_platform.video.segments import cut_segments
from content_platform.video.worker import read_picture
from content_platform_tests.video.sample_story import SampleStory, sample_story
from content_platform_tests.video.test_renderer import pictures

_Write = Callable[[str], None]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalMediaStore:
    return LocalMediaStore(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="module")
def sample(store: LocalMediaStore, tmp_path_factory: pytest.TempPathFactory) -> SampleStory:
    return sample_story(store, tmp_path_factory.mktemp("parts"), seconds=3, scenes=2)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Write:
    """Call it with source to have it as module ``glow_effects`` here and in render workers."""
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    def write(source: str) -> None:
        import sys

        monkeypatch.delitem(sys.modules, "glow_effects", raising=False)
        (folder / "glow_effects.py").write_text(textwrap.dedent(source))

    return write


def short(timeline: Timeline, frames: int, *effects: str) -> Timeline:
    """The first ``frames`` of a timeline's first shot, silent, with effects."""
    shot = timeline.shots[0].model_copy(update={"end": frames})
    return timeline.model_copy(
        update={
            "frames": frames,
            "shots": (shot,),
            "captions": (),
            "audio": (),
            "fade_out": 0,
            "effects": effects,
        }
    )


def psnr(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    error = np.mean((one.astype(float) - other) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def test_moviepy_makes_the_same_film_frame_by_frame(
    sample: SampleStory, store: LocalMediaStore
) -> None:
    timeline = sample.plan()
    seen = {
        shot.picture.sha256: read_picture(store.local_path(shot.picture), shot)
        for shot in timeline.shots
    }
    film = film_clip(timeline, seen)
    assert film.n_frames == timeline.frames
    assert film.duration * 30 == pytest.approx(timeline.frames, abs=1e-6)
    width, height = timeline.format.size
    compositor = Compositor(
        (width, height),
        timeline.shots,
        caption_sprites(
            timeline.captions, format=timeline.format, accent=timeline.accent, locale="en"
        ),
        dark_from=timeline.frames - timeline.fade_out,
        dark_at=timeline.frames,
    )
    luma = np.zeros((height, width), np.uint8)
    chroma: Plane = np.zeros((height // 2, width // 2, 2), np.uint8)
    second = timeline.shots[1]
    spoken = round(timeline.captions[0].start_s * 30)
    # First and last frames, a caption's first and the one before it, and all through the crossfade.
    frames = {0, 1, spoken - 1, spoken, timeline.frames - 1, timeline.frames - timeline.fade_out}
    frames |= {second.start - 1, second.start, second.start + 4, timeline.shots[0].end}
    for frame in sorted(frames):
        for shot in compositor.needs(frame):
            compositor.prepare(shot, seen[shot.picture.sha256])
        compositor.draw(frame, luma, chroma)
        wanted = planes_of(film.get_frame(frame / 30))
        assert psnr(luma, wanted[0]) > 44, frame
        assert psnr(chroma, wanted[1]) > 46, frame


def test_an_effect_of_the_users_own_is_seen_in_scenes_and_only_there(
    sample: SampleStory, store: LocalMediaStore, tmp_path: Path, module: _Write
) -> None:
    module(
        """
        from moviepy import vfx

        def mirrored(clip, scene):
            assert scene.size == (1080, 1080) and scene.frames == 12 and scene.index == 0
            return clip.with_effects([vfx.MirrorX()])
        """
    )
    plan = short(sample.plan(), 12, "glow_effects:mirrored")
    (video,) = render([plan], media=store, scratch=tmp_path, workers=1)
    info = probe(video.path).video
    assert info is not None
    assert info.frames == 12
    (shot,) = plan.shots
    plain = scene_clip(shot, read_picture(store.local_path(shot.picture), shot), (1080, 1080), 30)
    for frame in (0, 11):
        wanted = planes_of(plain.get_frame(frame / 30))[0][::4, ::4].astype(np.uint8)
        seen = pictures(video.path)[frame]
        full_range = np.clip((seen * (219 / 255)) + 16, 0, 255).astype(np.uint8)
        assert psnr(full_range[:, ::-1], wanted) > 22
        assert psnr(full_range, wanted) < psnr(full_range[:, ::-1], wanted) - 3


def test_scenes_are_made_again_when_the_source_of_their_effect_changes(
    sample: SampleStory, module: _Write
) -> None:
    plan = short(sample.plan(), 6, "glow_effects:same")
    keys = []
    for source in ("clip", "clip", "clip.image_transform(lambda frame: 255 - frame)"):
        module(f"def same(clip, scene):\n    return {source}\n")
        (segment,) = cut_segments(plan, opening=None, closing=None)
        keys.append(segment.key)
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("source", "effect", "said"),
    [
        (None, "nowhere_effects:glow", "no module nowhere_effects. Put nowhere_effects.py"),
        ("import nothing_like_it", "glow_effects:glow", "wants nothing_like_it, which is not"),
        ("raise OSError('no disk')", "glow_effects:glow", "(OSError: no disk). Correct glow"),
        ("glow = 3", "glow_effects:glow", "no function glow. Define it in"),
    ],
)
def test_an_effect_that_is_not_there_is_named_with_a_remedy(
    sample: SampleStory,
    store: LocalMediaStore,
    tmp_path: Path,
    module: _Write,
    source: str | None,
    effect: str,
    said: str,
) -> None:
    if source is not None:
        module(source)
    with pytest.raises(BadInput) as caught:
        render([short(sample.plan(), 6, effect)], media=store, scratch=tmp_path, workers=1)
    assert said in str(caught.value)
    assert f"the effect {effect} cannot be used" in str(caught.value)


def test_an_effect_that_fails_is_named_with_its_scene(
    sample: SampleStory, store: LocalMediaStore, tmp_path: Path, module: _Write
) -> None:
    module(
        """
        from moviepy import vfx

        def broken(clip, scene):
            return clip.transform(lambda get_frame, t: 1 / 0 if t > 0.1 else get_frame(t))

        def nothing(clip, scene):
            pass

        def small(clip, scene):
            return clip.with_effects([vfx.Resize(0.5)])

        def hasty(clip, scene):
            return clip.with_effects([vfx.MultiplySpeed(2)])
        """
    )
    (shot,) = short(sample.plan(), 6).shots
    picture = read_picture(store.local_path(shot.picture), shot)
    for name, said in (
        ("nothing", "on scene 0 failed: TypeError: it returned NoneType"),
        ("small", "makes frames of shape (540, 540, 3), wanted (1080, 1080, 3)"),
        ("hasty", "makes a clip of 0.10 s, wanted 0.20"),
    ):
        effects = load_effects([f"glow_effects:{name}"])
        with pytest.raises(DefectiveMedia) as caught:
            scene_clip(shot, picture, (1080, 1080), 30, effects=effects)
        assert said in str(caught.value)
        assert f"glow_effects:{name}" in str(caught.value)
    broken = short(sample.plan(), 6, "glow_effects:broken")
    with pytest.raises(DefectiveMedia, match=r"scene 0 at frame 4: ZeroDivisionError"):
        render([broken], media=store, scratch=tmp_path, workers=1)
    assert not list(tmp_path.glob("video-*"))


def test_the_effects_of_the_docs_work(
    sample: SampleStory, store: LocalMediaStore, module: _Write
) -> None:
    page = (Path(__file__).parents[2] / "docs/rendering.md").read_text()
    module(page.split("```python\n")[1].split("```")[0])
    (shot,) = short(sample.plan(), 6).shots
    picture = read_picture(store.local_path(shot.picture), shot)
    size = (540, 540)
    plain = scene_clip(shot, picture, size, 30).get_frame(0)
    both = ["glow_effects:old_film", "glow_effects:mirrored"]
    seen = scene_clip(shot, picture, size, 30, effects=load_effects(both)).get_frame(0)
    assert (
        psnr(seen.mean(axis=2)[:, ::-1].astype(np.uint8), plain.mean(axis=2).astype(np.uint8)) > 25
    )
    assert (seen[..., 0].astype(int) - seen[..., 2]).mean() > 15
