"""``config`` and ``experiment`` as people type them, on a database of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from content_platform.cli import config, experiment
from content_platform.errors import BadInput, ContentPlatformError
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.models import ConfigChange, Recommendation
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore
from content_platform_tests.steering.synthetic import START

Type = Callable[..., str]
CHANNEL = "midnight-tales"


@pytest.fixture
def type_in(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Call it with a command's words to get what is printed; errors meant for people are raised."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    monkeypatch.setenv("CONTENT_DATABASE_URL", url)
    monkeypatch.setenv("CONTENT_DATA_DIR", str(tmp_path))
    for module in (config, experiment):
        monkeypatch.setattr(module.out, "width", 250)
        monkeypatch.setattr(module.out, "_color_system", None)

    def run(*words: str) -> str:
        apps = {"config": config.app, "experiment": experiment.app}
        ended: Result = CliRunner().invoke(apps[words[0]], list(words[1:]))
        if isinstance(ended.exception, ContentPlatformError):
            raise ended.exception
        assert ended.exit_code == 0, ended.output
        return ended.output

    return run


def test_a_config_is_changed_field_by_field_compared_and_taken_back(type_in: Type) -> None:
    made = type_in(
        "config", "edit", CHANNEL, "--set", "narration.speed=1.05", "--set", "themes=[a, b]",
        "--reason", "faster", "--by", "ann",
    )  # fmt: skip
    assert "config version 2" in made
    assert "- 0.95" in made
    assert "+ 1.05" in made
    back = type_in("config", "rollback", CHANNEL, "1", "--reason", "slower was better")
    assert "config version 3, with the content of version 1" in back
    compared = type_in("config", "diff", CHANNEL, "1", "2")
    assert "by ann: faster" in compared
    assert "narration.speed" in compared
    assert "+ 1.05" in type_in("config", "diff", CHANNEL, "1", "2")
    assert "- 1.05" in type_in("config", "diff", CHANNEL)
    told = type_in("config", "history", CHANNEL)
    assert "narration.speed: 0.95 → 1.05" in told
    assert "slower was better" in told


def test_what_show_prints_is_what_edit_takes_back_unless_someone_was_faster(
    type_in: Type, tmp_path: Path
) -> None:
    shown = type_in("config", "show", CHANNEL)
    assert yaml.safe_load(shown)["channel"] == CHANNEL
    file = tmp_path / "mine.yaml"
    file.write_text(shown.replace("target_seconds: 45", "target_seconds: 50"))
    assert "config version 2" in type_in("config", "edit", CHANNEL, "--file", str(file), "--reason", "x")  # fmt: skip
    file.write_text(shown.replace("target_seconds: 45", "target_seconds: 55"))
    with pytest.raises(BadInput, match="is at version 2 by now"):
        type_in("config", "edit", CHANNEL, "--file", str(file), "--reason", "x")
    assert "target_seconds: 45" in type_in("config", "show", CHANNEL, "--version", "1")


def test_the_editor_is_opened_and_a_mistake_in_it_is_not_lost(
    type_in: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def editor(old: str, new: str) -> None:
        script = tmp_path / "editor.py"
        script.write_text(
            "import sys, pathlib\n"
            "file = pathlib.Path(sys.argv[1])\n"
            f"file.write_text(file.read_text().replace({old!r}, {new!r}))\n"
        )
        monkeypatch.setenv("VISUAL", f"{sys.executable} '{script}'")

    editor("level_db: -16", "level_db: -18")
    assert "config version 2" in type_in("config", "edit", CHANNEL, "--reason", "quieter")
    editor("level_db: -18", "level_db: loud")
    with pytest.raises(BadInput, match=r"music.level_db.*'loud") as refusal:
        type_in("config", "edit", CHANNEL, "--reason", "louder")
    kept = Path(refusal.value.remedy.split()[1])
    assert "level_db: loud" in kept.read_text()
    kept.unlink()
    editor("not to be found", "else")
    with pytest.raises(BadInput, match="Nothing was changed"):
        type_in("config", "edit", CHANNEL, "--reason", "x")
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    with pytest.raises(BadInput, match="cannot be started"):
        type_in("config", "edit", CHANNEL, "--reason", "x")
    monkeypatch.delenv("VISUAL")
    monkeypatch.delenv("EDITOR", raising=False)
    with pytest.raises(BadInput, match="names no editor"):
        type_in("config", "edit", CHANNEL, "--reason", "x")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("narration.speed", "has no value"),
        ("narration.speed=9", "less than or equal to 1.4"),
        ("narration.tempo=1", "narration.tempo"),
        ("narration.voices={en: nobody}", "nobody"),
        ("themes=[a", "not a YAML value"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(type_in: Type, setting: str, said: str) -> None:
    with pytest.raises(ContentPlatformError, match=said):
        type_in("config", "edit", CHANNEL, "--set", setting, "--reason", "x")


def test_proposals_are_listed_accepted_and_refused(
    type_in: Type, records: RecordStore, configs: ChannelConfigs
) -> None:
    assert "Nothing is proposed" in type_in("config", "propose", "list")
    for day, path, old, new in (
        ("2026-01-02", "music.level_db", -16.0, -18.0),
        ("2026-01-03", "narration.speed", 0.95, 1.0),
    ):
        records.put(
            Recommendation(
                channel=CHANNEL,
                day=day,
                base_version=1,
                changes=(ConfigChange(path=path, old=old, new=new),),
                reason="because it is better",
                stories=30,
                created_at=START,
            )
        )
    assert "because it is better" in type_in("config", "propose", "list", "--channel", CHANNEL)
    refused = type_in("config", "propose", "refuse", CHANNEL, "--reason", "no")
    assert "of 2026-01-03 is refused" in refused
    accepted = type_in("config", "propose", "accept", CHANNEL, "--reason", "yes")
    assert f"{CHANNEL}: config version 2" in accepted
    assert configs.current(CHANNEL).config.music.level_db == -18
    with pytest.raises(ContentPlatformError, match="Nothing is proposed"):
        type_in("config", "propose", "accept", CHANNEL)


def test_an_experiment_is_started_watched_and_stopped(type_in: Type) -> None:
    assert "No experiments" in type_in("experiment", "list")
    started = type_in(
        "experiment", "start", CHANNEL, "--arm", "quiet:music.level_db=-20",
        "--arm", "look.style=paper-cut,narration.speed=1.0", "--hypothesis", "calmer is better",
        "--id", "calm",
    )  # fmt: skip
    assert "calm: running, 3 arms" in started
    assert "calmer is better" in type_in("experiment", "list", "--status", "running")
    shown = type_in("experiment", "show", "calm")
    for part in ("control", "quiet", "music.level_db = -20", "look.style = paper-cut", "Undecided"):
        assert part in shown
    with pytest.raises(BadInput, match="has no winner"):
        type_in("experiment", "promote", "calm")
    assert "calm: stopped" in type_in("experiment", "stop", "calm", "--reason", "enough")


@pytest.mark.parametrize(
    ("arm", "said"),
    [
        ("quiet", "not of the form"),
        ("a b:music.level_db=-20", "name"),
        ("quiet:music.level_db=[1]", "not of the form"),
        ("quiet:music.level_db=5", "less than or equal to -6"),
    ],
)
def test_an_arm_that_cannot_be_is_refused(type_in: Type, arm: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        type_in("experiment", "start", CHANNEL, "--arm", arm, "--hypothesis", "better")
    with pytest.raises(BadInput, match="share"):
        type_in(
            "experiment", "start", CHANNEL, "--arm", "music.level_db=-20",
            "--hypothesis", "better", "--share", "7",
        )  # fmt: skip
