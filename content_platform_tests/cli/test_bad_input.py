"""What cannot be done is refused in one clear message, and nothing of it stays behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from content_platform.cli import main
from content_platform.mediatools.audio import read_audio
from content_platform_tests.command import SHORT, Ended, Workplace

Command = Callable[..., Ended]


@pytest.fixture(scope="module")
def empty_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    place = Workplace(tmp_path_factory.mktemp("nothing"))
    yield place
    place.close()


@pytest.fixture
def command(
    empty_place: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command's own ``main`` in this process: a new Python for each refusal takes too long."""

    def run(*arguments: str, **variables: str) -> Ended:
        for name, value in empty_place.environment(**variables).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["content-platform", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return Ended(int(end.value.code or 0), out, err, 0)

    return run


@pytest.fixture
def nothing_stays(empty_place: Workplace, command: Command) -> Iterator[None]:
    """After the test there is no story, no media and no delivered file."""
    yield
    assert "No stories yet" in command("story", "list").out
    for folder in ("media", "stories"):
        files = [path for path in (empty_place.data_dir / folder).rglob("*") if path.is_file()]
        assert files == []


SCRIPTS = {
    "empty": (b"", "has no words to tell"),
    "blank": (b" \n\t\r\n \xc2\xa0\n", "has no words to tell"),
    "emoji": ("😀 🎉🔥\n".encode(), "has no words to tell"),
    "title": (b"# Only a title\n", "has no words to tell besides its title"),
    "pages": (b"The old man walked down to the sea. " * 2000, "about 53 pages"),
    "binary": (bytes(range(256)) * 20, "is not a text file"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "is not a text file"),
}


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.usefixtures("nothing_stays")
def test_a_script_that_is_none_is_refused(kind: str, command: Command, tmp_path: Path) -> None:
    content, reason = SCRIPTS[kind]
    script = tmp_path / f"{kind}.txt"
    script.write_bytes(content)
    refused = command("story", "make", "--script", str(script))
    assert refused.code == 1
    assert reason in refused.err
    assert script.name in refused.err
    assert len(refused.err.splitlines()) == 2, "a message and its remedy"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (
            ["--script", "/nowhere/tale.txt"],
            ["/nowhere/tale.txt", "No such file", "Check the path"],
        ),
        (["--script", "/tmp"], ["/tmp", "is a folder", "Name a .txt or .md file"]),
        (["--channel", "nope"], ["'nope'", "ember-wood, little-kindnesses, midnight-tales"]),
        (["--channel", "Not A Channel"], ["--channel", "'Not A Channel'", "lower-case"]),
        (["--genre", "horror"], ["--genre", "'horror'", "'mystery'", "'heartwarming'"]),
        (["--locale", "english"], ["--locale", "'english'", "'en' or 'pt-BR'"]),
        (["--locale", "xx"], ["no voice speaks 'xx'", "Choose one of", "en"]),
        (["--locale", "en", "--locale", "en-GB"], ["name a language twice", "Name each once"]),
        (["--locale", "en", "--locale", "de"], ["'de'", "translates", "--locale en alone"]),
        (["--locale", "de"], ["'de'", "English only", "--script"]),
        (["--voice", "bm_georg"], ["'bm_georg'", "Did you mean bm_george?"]),
        (["--voice", "nobody-at-all"], ["'nobody-at-all'", "`content-platform voices`"]),
        (["--voice", "pico-de"], ["'pico-de' speaks de", "'en'", "Voices for 'en': "]),
        (["--seconds", "5"], ["--seconds", "5.0", "15"]),
        (["--seconds", "100000"], ["--seconds", "100000.0", "600"]),
        (["--seconds", "nan"], ["--seconds", "nan"]),
        (["--seconds", "inf"], ["--seconds", "inf", "600"]),
        (["--seconds", "soon"], ["--seconds", "valid number"]),
        (["--seconds", "600"], ["600 seconds", "--seconds"]),
        (["--max-seconds", "1"], ["--max-seconds", "1.0", "5"]),
        (["--seed", "-1"], ["--seed", "-1", "0"]),
        (["--seed", "99999999999"], ["--seed", "2147483648"]),
        (["--theme", "ab"], ["--theme", "'ab'", "at least 3 characters"]),
        (["--theme", ""], ["--theme", "''", "at least 3 characters"]),
        (["--theme", "x" * 301], ["--theme", "at most 300 characters"]),
        (["--format", "2x3"], ["--format", "'2x3'", "'16x9'"]),
        (["--style", "cubism"], ["--style", "'cubism'", "'paper-cut'"]),
        (["--picture-type", "gif"], ["--picture-type", "'gif'", "'avif'"]),
        (["--audio-type", "wav"], ["--audio-type", "'wav'", "'mp3'"]),
        (["--seconds", "5", "--seed", "-1"], ["--seconds", "--seed"]),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
@pytest.mark.usefixtures("nothing_stays")
def test_a_wish_that_cannot_be_met_is_named_with_its_remedy(
    arguments: list[str], named: list[str], command: Command
) -> None:
    refused = command("story", "make", *arguments)
    assert refused.code in {1, 2}
    assert refused.out == ""
    said = " ".join(refused.err.replace("│", " ").split())
    assert [part for part in named if part not in said] == []


def test_each_wrong_field_of_a_channel_is_named(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "channel.yaml"
    file.write_text(
        "channel: Bad Name\ntitle: ''\ngenres: [horror]\nthemes: []\nlocales: [english]\n"
        "target_seconds: 3\nnarration: {voices: {}}\nlook: {accent: red}\nbogus: 1\n"
    )
    refused = command("channel", "add", str(file))
    assert refused.code == 1
    fields = ("channel", "title", "genres.0", "themes", "locales.0", "target_seconds")
    for field in (*fields, "narration.voices", "look.accent", "bogus"):
        assert f"\n  {field}: " in refused.err
    for value in ("'Bad Name'", "'horror'", "'english'", "3", "'red'"):
        assert f"(not {value})" in refused.err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x: [1", "is not valid YAML"),
        (b"just words", "does not hold a channel config"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (
            b"channel: my-own\ntitle: Mine\ngenres: [mystery]\nthemes: [a lost key]\n"
            b"narration: {voices: {en: nobody}}\n",
            "narration.voices.en: voice 'nobody' is unknown",
        ),
        (
            b"channel: ember-wood\ntitle: Mine\ngenres: [mystery]\nthemes: [a lost key]\n"
            b"narration: {voices: {en: af_heart}}\n",
            "'ember-wood' exists with another config",
        ),
    ],
)
def test_a_file_that_is_no_new_channel_is_refused(
    content: bytes, reason: str, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "channel.yaml"
    file.write_bytes(content)
    refused = command("channel", "add", str(file))
    assert refused.code == 1
    assert reason in refused.err
    assert "my-own" not in command("channel", "list").out


def test_a_channel_is_added_once_listed_and_shown(command: Command, tmp_path: Path) -> None:
    shown = command("channel", "show", "ember-wood")
    file = tmp_path / "copy.yaml"
    file.write_text(shown.out.replace("channel: ember-wood", "channel: ember-copy"), "utf-8")
    for _ in range(2):
        assert "ember-copy: config version 1" in command("channel", "add", str(file)).out
    listed = command("channel", "list").out
    assert listed.count("ember-copy") == 1
    assert "Channels: ember-copy, ember-wood" in command("channel", "show", "nope").err


def test_voices_are_listed_by_language_with_whether_they_can_be_used(command: Command) -> None:
    english = command("voices", "--locale", "en").out
    assert "bm_george" in english
    assert "pico-de" not in english
    table, _, left_out = english.partition("\n\n")
    assert all("yes" in line or "Install" in line for line in table.splitlines()[1:])
    assert "10 of ElevenLabs: ELEVENLABS_API_KEY is not set" in left_out


def test_a_vendors_voices_are_listed_once_its_secret_is_there(command: Command) -> None:
    key = {"AZURE_SPEECH_KEY": "aaaabbbbcccc"}
    german = command("voices", "--locale", "de", **key).out
    assert re.search(r"azure/de-DE-KatjaNeural +de +azure-neural +yes", german)
    assert "aaaabbbbcccc" not in german


def test_a_preview_says_a_sentence_into_a_file_and_what_it_cost(
    command: Command, tmp_path: Path
) -> None:
    target, store = str(tmp_path / "said.flac"), f"file://{tmp_path}/media"
    for cost in ("$0.00", "said before"):
        said = command("voices", "preview", "pico-de", "--to", target, CONTENT_MEDIA_URL=store)
        assert re.search(rf"said\.flac: \d+\.\d s by pico, {re.escape(cost)}", said.out), said.err
        assert read_audio(tmp_path / "said.flac", 24_000, 1).shape[0] > 24_000
    refused = command("voices", "preview", "azure/de-DE-KatjaNeural")
    assert "AZURE_SPEECH_KEY is not set" in refused.err
    assert "is not of the form" in command("voices", "preview", "pico-de", "--locale", "?").err


def test_the_doctor_names_secrets_models_and_what_ends_soon(
    command: Command, empty_place: Workplace
) -> None:
    own = empty_place.data_dir / "catalogue.yaml"
    try:
        soon = (datetime.now(UTC) + timedelta(days=59)).date()
        own.write_text(f"models: {{mistral-small: {{retires_on: {soon}}}}}")
        told = command("doctor", MISTRAL_API_KEY="mistral-secret-1").out
        own.write_text("models: {mistral-small: {timeout_s: soon}}")
        wrong = command("doctor", MISTRAL_API_KEY="mistral-secret-1")
    finally:
        own.unlink()
    assert re.search(r"✓ MISTRAL_API_KEY +1 version from env", told)
    assert re.search(r"– STABILITY_API_KEY +not set: 7 models of Stability AI cannot be used", told)
    assert re.search(r"✓ mistral-large +write: mistral-large-4 of Mistral AI", told)
    assert re.search(rf"! mistral-small +retires in 5\d days, on {soon}", told)
    assert "mistral-secret-1" not in told
    assert wrong.code == 1
    assert (
        "catalogue.yaml: model mistral-small: timeout_s: Input should be a valid number"
        in wrong.out
    )


def test_the_doctor_finds_everything_usable_here(command: Command) -> None:
    examined = command("doctor")
    assert examined.code == 0, examined.out
    for part in ("python", "disk", "ffmpeg", "postgresql", "media store", "kokoro", "illustrator"):
        assert f"✓ {part} " in examined.out
    assert "✗" not in examined.out


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"CONTENT_DATABASE_URL": "postgresql://me:s3cret@127.0.0.1:1/content"}, "refused"),
        ({"CONTENT_DATABASE_URL": "postgresql://me:s3cret@host.invalid/content"}, "host.invalid"),
        ({"CONTENT_DATABASE_URL": "mysql://me:s3cret@127.0.0.1/content"}, "not a PostgreSQL"),
        ({"CONTENT_DATABASE_URL": "s3cret nonsense"}, "not a database URL"),
        ({"CONTENT_MEDIA_URL": "ftp://there"}, "'ftp://there', which names no media store"),
        ({"CONTENT_WORKERS": "many"}, "CONTENT_WORKERS"),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else None,
)
def test_wrong_settings_are_named_and_passwords_never(
    variables: dict[str, str], reason: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (["story", "list"], ["story", "make", *SHORT], ["doctor"]):
        ended = command(*arguments, **variables)
        assert ended.code == 1
        assert reason in ended.out + ended.err
        assert "s3cret" not in ended.out + ended.err


def test_a_data_folder_that_is_none_is_refused(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.touch()
    for folder in (file, file / "below"):
        refused = command("story", "make", *SHORT, CONTENT_DATA_DIR=str(folder))
        assert refused.code == 1
        assert f"data folder {folder}" in refused.err
        assert "CONTENT_DATA_DIR" in refused.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB, where this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small file system can be mounted only by root with that capability")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_named_before_anything_is_written(
    command: Command, small_disk: Path
) -> None:
    refused = command("story", "make", *SHORT, CONTENT_DATA_DIR=str(small_disk / "data"))
    assert refused.code == 1
    assert "No space left" in refused.err
    assert "Free at least" in refused.err
    assert sum(path.stat().st_size for path in small_disk.rglob("*") if path.is_file()) == 0


def test_a_read_only_data_folder_is_named(command: Command, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused = command("story", "make", *SHORT, CONTENT_DATA_DIR=str(small_disk / "data"))
    assert refused.code == 1
    assert "Read-only" in refused.err
