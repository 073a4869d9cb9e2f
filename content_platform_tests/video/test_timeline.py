"""Planning: whatever the story's lengths, the timeline is whole, frame-exact and ends well."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_platform.errors import BadInput
from content_platform.imagery.models import Box, FocalPoint, PictureLayers, picture_size
from content_platform.narration.models import WordTiming
from content_platform.steering.models import TransitionsConfig, VideoConfig
from content_platform.storage.models import MediaRef
from content_platform.stories.models import Beat, Shot, TimeOfDay
from content_platform.video.camera import Frame, Move, choose_move, plan_move, view_at
from content_platform.video.models import Rect, Timeline
from content_platform.video.timeline import plan_timeline
from content_platform.vocabulary import Format
from content_platform_tests.video.sample_story import (
    captions_of,
    images_of,
    music_of,
    narration_of,
    scene,
    story_of,
    words_until,
)


def plan(
    lengths: list[float],
    *,
    shape: Format = Format.PORTRAIT,
    words: tuple[WordTiming, ...] | None = None,
    max_seconds: float | None = None,
    music: bool = True,
    layers: PictureLayers | None = None,
    video: VideoConfig | None = None,
) -> Timeline:
    borders = [0.0]
    for length in lengths:
        borders.append(round(borders[-1] + length, 4))
    words = words_until(borders[-1]) if words is None else words
    return plan_timeline(
        story_of([scene(n) for n in range(len(lengths))]),
        narration_of(words, borders),
        [
            image.model_copy(update={"layers": layers})
            for image in images_of(len(lengths), list(Format))
        ],
        music_of(borders[-1] + 2) if music else None,
        captions_of(words),
        format=shape,
        accent="#ffc857",
        music_level_db=-16,
        max_seconds=max_seconds,
        channel_title="Midnight Tales",
        video=video,
    )


def inside(rect: Rect, shape: Format) -> bool:
    width, height = picture_size(shape)
    slack = 0.01
    return (
        rect.x >= -slack
        and rect.y >= -slack
        and rect.x + rect.width <= width + slack
        and rect.y + rect.height <= height + slack
    )


@settings(max_examples=80, deadline=None)
@given(
    lengths=st.lists(st.floats(0.01, 14), min_size=1, max_size=40),
    shape=st.sampled_from(Format),
    max_seconds=st.none() | st.floats(8, 300),
    music=st.booleans(),
)
def test_any_scene_lengths_give_a_whole_timeline(
    lengths: list[float], shape: Format, max_seconds: float | None, music: bool
) -> None:
    timeline = plan(
        lengths,
        shape=shape,
        words=words_until(sum(lengths), pace_s=0.9),
        max_seconds=max_seconds,
        music=music,
    )
    # The model itself refuses gaps, overlaps of three and frames without a picture.
    covered = {f for shot in timeline.shots for f in range(shot.start, shot.end)}
    if timeline.closing:
        covered |= set(range(timeline.closing.start, timeline.frames))
    assert covered == set(range(timeline.frames))
    if max_seconds is not None:
        assert timeline.frames <= max_seconds * 30
    for shot in timeline.shots:
        assert inside(shot.camera_from, shape)
        assert inside(shot.camera_to, shape)
        for rect in (shot.camera_from, shot.camera_to):
            assert rect.width / rect.height == pytest.approx(shape.size[0] / shape.size[1], 1e-4)
        assert shot.end - shot.start >= 5
    end_s = timeline.frames / 30
    for before, after in pairwise(timeline.captions):
        assert before.end_s <= after.start_s
    for cue in timeline.captions:
        assert 0 <= cue.start_s < cue.end_s <= end_s
        assert cue.start_s * 30 == pytest.approx(round(cue.start_s * 30), abs=1e-6)


def test_each_scene_is_on_screen_for_its_own_words_with_the_crossfade_around_the_border() -> None:
    timeline = plan([4.0, 5.0, 3.0])
    middles = [(shot.start + shot.fade_in / 2, shot.fade_in) for shot in timeline.shots[1:]]
    assert [shot.scene for shot in timeline.shots] == [0, 1, 2]
    assert middles == [(120, 14), (270, 14)]


def test_a_scene_too_short_to_see_leaves_its_neighbour_on_screen() -> None:
    timeline = plan([4.0, 0.2, 4.0])
    assert [shot.scene for shot in timeline.shots] == [0, 2]
    assert plan([0.1]).shots[0].scene == 0


def test_crossfades_shrink_with_short_scenes() -> None:
    fades = [shot.fade_in for shot in plan([5.0, 0.5, 5.0]).shots]
    assert fades == [0, 6, 6]


def test_the_same_person_is_not_seen_twice_in_one_dissolve() -> None:
    lengths, words = [4.0, 4.0, 4.0, 4.0, 4.0], words_until(20.0)
    casts = [("Mara",), ("Mara", "fox"), ("fox",), ("Mara",), ("owl",)]
    scenes = [scene(n).model_copy(update={"cast": cast}) for n, cast in enumerate(casts)]
    elsewhere = {"place": "another place"}
    scenes[2:] = [one.model_copy(update=elsewhere) for one in scenes[2:]]
    scenes[4] = scenes[4].model_copy(update={"time_of_day": TimeOfDay.DAWN})
    timeline = plan_timeline(
        story_of(scenes),
        narration_of(words, [0.0, 4.0, 8.0, 12.0, 16.0, 20.0]),
        images_of(len(lengths), list(Format)),
        None,
        captions_of(words),
        format=Format.LANDSCAPE,
        accent="#ffc857",
        music_level_db=-16,
        max_seconds=None,
        channel_title="Midnight Tales",
        video=VideoConfig(transitions=TransitionsConfig(kinds=())),
    )
    # Long ones only between different people, elsewhere or at another time.
    assert [shot.fade_in for shot in timeline.shots] == [0, 2, 2, 2, 14]


def test_an_untrimmed_video_ends_at_least_a_second_after_the_last_word_and_fades_out() -> None:
    for music in (True, False):
        timeline = plan([4.0, 4.0], music=music)
        last_word_s = words_until(8.0)[-1].end_s
        assert timeline.frames / 30 >= last_word_s + 1
        assert timeline.closing is None
        assert timeline.fade_out > 0
    assert plan([4.0, 4.0]).frames == pytest.approx(10 * 30, abs=1)


def test_trimming_keeps_whole_sentences_and_makes_room_for_the_card() -> None:
    words = words_until(20.0)
    timeline = plan([5.0] * 4, max_seconds=12)
    assert timeline.closing is not None
    voice = timeline.audio[0]
    heard = [word for word in words if word.end_s * 30 <= voice.end]
    assert heard[-1].text.endswith(".")
    assert heard[-1].end_s * 30 <= timeline.closing.start
    assert timeline.frames <= 12 * 30
    following = words[len(heard)]
    assert following.start_s * 30 >= voice.end - voice.fade_out - 3
    assert all(cue.end_s * 30 <= timeline.closing.start for cue in timeline.captions)
    shown = " ".join(word.text for cue in timeline.captions for word in cue.words)
    assert shown == " ".join(word.text for word in heard)
    later = [
        end for end in (w.end_s for w in words if w.text.endswith(".")) if end > heard[-1].end_s
    ]
    assert later[0] * 30 + (timeline.frames - timeline.closing.start) > 12 * 30


def test_a_story_that_only_just_fits_is_not_trimmed_but_ends_sooner() -> None:
    last_word_s = words_until(8.0)[-1].end_s
    timeline = plan([4.0, 4.0], max_seconds=last_word_s + 1.1)
    assert timeline.closing is None
    assert timeline.frames / 30 == pytest.approx(last_word_s + 1.1, abs=1 / 30)


def test_a_limit_shorter_than_the_first_sentence_says_how_much_to_allow() -> None:
    words = tuple(
        WordTiming(text=f"word{n}", start_s=n * 0.3, end_s=n * 0.3 + 0.25) for n in range(60)
    )
    with pytest.raises(BadInput, match=r"max_seconds is 6.*Allow 21 seconds or more"):
        plan([18.0], words=words, max_seconds=6)


def test_a_scene_without_a_picture_is_named() -> None:
    words = words_until(8)
    with pytest.raises(BadInput, match="scene 1 of s_20260101_0001 has no picture in format 9x16"):
        plan_timeline(
            story_of([scene(0), scene(1)]),
            narration_of(words, [0, 4, 8]),
            images_of(1, list(Format)),
            None,
            captions_of(words),
            format=Format.PORTRAIT,
            accent="#ffc857",
            music_level_db=-16,
            max_seconds=None,
            channel_title="x",
        )


def test_figures_move_further_than_their_place_where_the_channel_wants_it() -> None:
    behind, near = (MediaRef(sha256=letter * 64, size_bytes=1, mime="image/png") for letter in "ab")
    layers = PictureLayers(behind=behind, near=near)
    (shot,) = plan([4.0], layers=layers, video=VideoConfig(parallax=0.2)).shots
    assert shot.picture == behind
    assert [(layer.picture, layer.depth) for layer in shot.layers] == [(near, 0.2)]
    for flat in (plan([4.0], layers=layers), plan([4.0], video=VideoConfig(parallax=0.2))):
        assert flat.shots[0].layers == ()
        assert flat.shots[0].picture not in (behind, near)


def test_music_is_laid_under_the_voice_by_the_channels_level() -> None:
    voice, music = plan([4.0]).audio
    assert (voice.role, voice.gain_db) == ("narration", 0)
    # Delivered at -20 and -18 LUFS: 16 dB under the voice is 18 dB down.
    assert (music.role, music.gain_db) == ("music", -18)


def test_the_camera_pushes_in_on_a_climax_and_pulls_back_at_the_end() -> None:
    climax = choose_move(scene(3, Beat.CLIMAX, Shot.CLOSE), None, seed="a")
    ending = choose_move(scene(4, Beat.ENDING), None, seed="a")
    assert (climax, ending) == (Move.PUSH_IN, Move.PULL_BACK)
    first, last = plan_move(
        Move.PUSH_IN, Frame(1242, 2208, 9 / 16), FocalPoint(x=0.7, y=0.3), 6, tense=False, seed="a"
    )
    assert last.width < first.width
    assert abs(last.x + last.width / 2 - 0.7 * 1242) < abs(first.x + first.width / 2 - 0.7 * 1242)


@given(st.lists(st.tuples(st.sampled_from(Beat), st.sampled_from(Shot)), min_size=2, max_size=20))
def test_no_two_scenes_in_a_row_move_alike_unless_the_story_ends(
    plots: list[tuple[Beat, Shot]],
) -> None:
    moves: list[Move] = []
    for n, (beat, shot) in enumerate(plots):
        moves.append(
            choose_move(scene(n, beat, shot), moves[-1] if moves else None, seed=f"story/{n}")
        )
    for n, (before, after) in enumerate(pairwise(moves)):
        assert before is not after or plots[n + 1][0] is Beat.ENDING


@given(
    move=st.sampled_from(Move),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    seconds=st.floats(0.3, 30),
    tense=st.booleans(),
    shape=st.sampled_from(Format),
)
def test_every_move_is_steady_gentle_and_inside_the_picture(
    move: Move, x: float, y: float, seconds: float, tense: bool, shape: Format
) -> None:
    size = picture_size(shape)
    frame = Frame(*size, shape.size[0] / shape.size[1])
    start, end = plan_move(move, frame, FocalPoint(x=x, y=y), seconds, tense=tense, seed="s")
    frames = max(2, round(seconds * 30))
    views = [view_at(start, end, n / (frames - 1)) for n in range(frames)]
    for left, top, width, height in views:
        assert inside(Rect(x=left, y=top, width=width, height=height), shape)
    assert start.width != end.width
    zooms = [after[2] / before[2] for before, after in pairwise(views)]
    assert max(zooms) / min(zooms) - 1 < 1e-6
    lefts = [after[0] - before[0] for before, after in pairwise(views)]
    assert all(step >= -1e-9 for step in lefts) or all(step <= 1e-9 for step in lefts)
    # Nothing crosses the screen faster than a twentieth of its width a second, short scenes aside.
    if seconds >= 2:
        assert max(abs(step) for step in lefts) * 30 < 0.05 * size[0]


@given(
    move=st.sampled_from(Move),
    shape=st.sampled_from(Format),
    focal=st.floats(0.2, 0.8),
    left=st.floats(0.1, 0.5),
    top=st.floats(0.08, 0.5),
    wide=st.floats(0.1, 0.4),
    seconds=st.floats(2, 20),
)
def test_no_move_takes_a_head_or_a_side_of_a_figure_out_of_the_frame(
    move: Move, shape: Format, focal: float, left: float, top: float, wide: float, seconds: float
) -> None:
    size = picture_size(shape)
    frame = Frame(*size, shape.size[0] / shape.size[1])
    figure = Box(kind="figure", x=left, y=top, width=wide, height=0.95 - top)
    views = plan_move(
        move, frame, FocalPoint(x=focal, y=0.4), seconds, tense=True, seed="s", subjects=(figure,),
        floor=0.8,
    )  # fmt: skip
    for view in views:
        assert inside(view, shape)
        assert view.y <= top * size[1]
        assert view.x <= left * size[0]
        assert view.x + view.width >= (left + wide) * size[0]
    middles = [view.x + view.width / 2 for view in views]
    assert abs(middles[1] - middles[0]) <= 0.05 * size[0] * seconds
