"""Making a story with the command, looking at it, and making it again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import av
import pytest
from PIL import Image

from content_platform.imagery.models import SceneImage
from content_platform.storage.models import MediaRef
from content_platform.stories.models import StoryStatus
from content_platform.video.models import Video
from content_platform_tests.command import SHORT, MadeStory, Workplace


def paths(out: str) -> dict[str, Path]:
    """The files the command names, by kind: the last two parts of their names."""
    found = [Path(at) for at in re.findall(r"^(?:  \w+)? +(/.*)$", out, re.MULTILINE)]
    return {"".join(path.suffixes[-2:]): path for path in found}


def test_a_story_ends_with_the_paths_of_its_files_and_where_the_time_went(
    made_story: MadeStory,
) -> None:
    files = paths(made_story.made.out)
    assert set(files) == {
        *(".1x1.mp4", ".1x1.ass", ".en.srt", ".en.vtt"),
        *(".1x1.jpg", ".panel.jpg", ".label.jpg"),
    }
    assert all(path.parent.name == made_story.story_id for path in files.values())
    with av.open(str(files[".1x1.mp4"])) as container:
        frames = [(frame.width, frame.height) for frame in container.decode(video=0)]
    assert set(frames) == {(1080, 1080)}
    assert 10 < len(frames) / 30 < 25
    assert "-->" in files[".en.srt"].read_text("utf-8")
    assert files[".en.vtt"].read_text("utf-8").startswith("WEBVTT")
    assert "[Events]" in files[".1x1.ass"].read_text("utf-8")
    with Image.open(files[".1x1.jpg"]) as picture:
        assert picture.size == (1080, 1080)
        assert len(set(picture.convert("RGB").resize((16, 16)).getdata())) > 40
    assert re.search(r"Made in .*\d+ s.* for \$0\.00", made_story.made.out)
    assert re.search(r"narration +\d+\.\d s", made_story.made.out)
    assert re.search(r"quality checks +\d+\.\d s", made_story.made.out)
    assert "Traceback" not in made_story.made.err


def test_the_same_wishes_again_change_nothing_and_ask_no_engine(made_story: MadeStory) -> None:
    again = made_story.place.run("story", "make", *made_story.wishes)
    assert again.code == 0, again.err
    assert "unchanged" in again.out
    assert made_story.story_id in again.out
    assert paths(again.out) == paths(made_story.made.out)
    assert made_story.place.work() == made_story.work
    print(f"\nan unchanged story again: {again.seconds:.1f} s, load {os.getloadavg()[0]:.1f}")
    assert again.seconds < 3 * max(1.0, os.getloadavg()[0])


def test_another_seed_is_another_story(made_story: MadeStory) -> None:
    with made_story.place.runtime() as runtime:
        same = runtime.register.row(made_story.story_id)
        assert runtime.register.register(same.request).story_id == made_story.story_id
        other = same.request.model_copy(update={"seed": 8})
        assert runtime.register.register(other).story_id != made_story.story_id


def test_list_show_and_open_know_the_story(made_story: MadeStory) -> None:
    place, story_id = made_story.place, made_story.story_id
    listed = place.run("story", "list", "--status", "finished")
    assert re.search(rf"{story_id} +finished", listed.out)
    assert story_id not in place.run("story", "list", "--channel", "midnight-tales").out
    shown = place.run("story", "show", story_id)
    assert "plot-kernels" in shown.out
    assert re.search(r"cost \$0\.00, \d+ provider calls", shown.out)
    opened = place.run("story", "open", story_id)
    assert Path(opened.out.strip()).samefile(paths(made_story.made.out)[".1x1.mp4"])
    missing = place.run("story", "open", story_id, "--format", "9x16")
    assert missing.code == 1
    assert "no finished video in 9x16" in missing.err
    unknown = place.run("story", "show", "ember-wood_19990101_0001")
    assert (unknown.code, unknown.out) == (1, "")
    assert "There is no story ember-wood_19990101_0001" in unknown.err


def damage(place: Workplace, ref: MediaRef) -> Path:
    """Change bytes of a stored file without changing its length."""
    path = place.data_dir / "media" / ref.sha256[:2] / f"{ref.sha256}{ref.suffix}"
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(1000)
        file.write(b"not what was here" * 10)
    return path


def test_damaged_media_are_found_and_made_again_byte_for_byte(made_story: MadeStory) -> None:
    place, story_id = made_story.place, made_story.story_id
    with place.runtime() as runtime:
        picture = runtime.records.load(SceneImage, story_id)[0].picture
        video = runtime.records.load(Video, story_id)[0].media
    damaged = [damage(place, ref) for ref in (picture, video)]
    opened = place.run("story", "open", story_id)
    assert opened.code == 1
    assert "has other bytes than its name says" in opened.err
    mended = place.run("story", "make", *made_story.wishes)
    assert mended.code == 0, mended.out + mended.err
    assert "2 of its files are lost or damaged" in mended.out
    with place.runtime() as runtime:
        assert all(runtime.media.local_path(ref) in damaged for ref in (picture, video))
        assert runtime.records.load(Video, story_id)[0].media == video
        assert runtime.register.row(story_id).status is StoryStatus.FINISHED
    assert "unchanged" in place.run("story", "make", *made_story.wishes).out


def read_until(process: subprocess.Popen[str], start: str) -> str:
    """Read the command's output up to the line that starts so."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if line.startswith(start):
            return said
    raise AssertionError(said)


def test_one_process_at_a_time_makes_a_story_and_ctrl_c_keeps_what_is_finished(
    made_story: MadeStory,
) -> None:
    place = made_story.place
    wishes = (*SHORT, "--seed", "99")
    with place.start("story", "make", *wishes) as first:
        said = read_until(first, "✓ story_gate")
        story_id = said.split()[1]
        second = place.run("story", "make", *wishes)
        assert second.code == 1
        assert f"{story_id} is being made by another process" in second.err
        os.killpg(first.pid, signal.SIGINT)
        out, err = first.communicate(timeout=60)
    assert first.returncode == 130
    assert f"Go on with: content-platform story retry {story_id}" in out
    assert "Traceback" not in err
    with place.runtime() as runtime:
        rows = [row for row in runtime.register.stories() if row.request.seed == 99]
        assert [row.status for row in rows] == [StoryStatus.FAILED]
        assert rows[0].error == "stopped by Ctrl-C"
        assert runtime.records.load(Video, story_id) == []
    assert [path for path in (place.data_dir / "media").rglob(".*") if path.is_file()] == []


@pytest.mark.soak
def test_a_story_stopped_by_ctrl_c_is_finished_by_retry(made_story: MadeStory) -> None:
    place = made_story.place
    with place.start("story", "make", *SHORT, "--seed", "98") as process:
        story_id = read_until(process, "✓ narration").split()[1]
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    narrated = place.work().completed
    ended = place.run("story", "retry", story_id)
    assert ended.code == 0, ended.err
    after = place.work().completed
    assert {key: after[key] for key in narrated} == dict(narrated)


@pytest.mark.soak
def test_an_arabic_script_becomes_a_video_with_arabic_captions(
    made_story: MadeStory, tmp_path: Path
) -> None:
    pytest.importorskip("espeakng_loader", reason="the espeak extra is not installed")
    script = tmp_path / "arabic.txt"
    text = "كان هناك صياد عجوز يعيش قرب البحر. كل صباح كان يخرج بقاربه الصغير."
    script.write_text(text, encoding="utf-8")
    made = made_story.place.run("story", "make", "--script", str(script), *SHORT, "--seed", "1")
    assert made.code == 0, made.out + made.err
    files = paths(made.out)
    captions = files[".ar.srt"].read_text("utf-8")
    assert [word for word in text.split() if word not in captions] == []
    with av.open(str(files[".1x1.mp4"])) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert frame.shape == (1080, 1080, 3)
    assert frame.std() > 10


@pytest.mark.soak
def test_a_script_with_emoji_and_control_characters_is_cleaned_and_made(
    made_story: MadeStory, tmp_path: Path
) -> None:
    script = tmp_path / "odd.txt"
    script.write_bytes(
        "\ufeffThe bell rang.\a\x1b[31m Mara ran \u202eout 🎉 into the rain.\x07\n".encode()
    )
    made = made_story.place.run("story", "make", "--script", str(script), *SHORT, "--seed", "2")
    assert made.code == 0, made.out + made.err
    captions = paths(made.out)[".en.srt"].read_text("utf-8")
    assert "Mara ran" in captions
    assert [letter for letter in "\a\x1b\x07\u202e\ufeff🎉" if letter in captions] == []


def test_a_script_in_a_language_without_a_voice_says_so(
    made_story: MadeStory, tmp_path: Path
) -> None:
    script = tmp_path / "japanese.txt"
    script.write_text("昔々、海辺に年老いた漁師が住んでいました。毎朝、海に出ました。", "utf-8")
    refused = made_story.place.run("story", "make", "--script", str(script), *SHORT)
    assert refused.code == 1
    assert "no voice" in refused.err
    assert "'ja'" in refused.err
    assert "Choose one of" in refused.err or "espeak" in refused.err


def test_stop_ends_the_database_and_the_next_command_starts_it(made_story: MadeStory) -> None:
    assert "is stopped" in made_story.place.run("stop").out
    assert "No embedded database" in made_story.place.run("stop").out
    assert made_story.story_id in made_story.place.run("story", "list").out
