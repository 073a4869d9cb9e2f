"""Config versions: one after the other, whoever writes; and YAML that says what is wrong with it."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from content_platform.errors import BadInput, ContentPlatformError, NotFound
from content_platform.governance.audit import AuditLog
from content_platform.steering.configs import ChannelConfigs, config_yaml, read_channel_config
from content_platform.steering.models import ChannelConfig
from content_platform.steering.parameters import apply_changes
from content_platform.storage.database import Database
from content_platform_tests.steering.conftest import Watch
from content_platform_tests.steering.synthetic import channel_config

LEAST = {
    "channel": "testing",
    "title": "Testing",
    "genres": "[mystery]",
    "themes": "[a clock]",
    "narration": "{voices: {en: any}}",
}
BASE = "".join(f"{field}: {value}\n" for field, value in LEAST.items())


def with_fields(extra: str) -> str:
    """The least there can be in a config, and more, or something else."""
    given_fields = {line.partition(":")[0] for line in extra.splitlines()}
    kept = (line for line in BASE.splitlines() if line.partition(":")[0] not in given_fields)
    return "\n".join([*kept, extra, ""])


@pytest.fixture
def channel(configs: ChannelConfigs) -> ChannelConfig:
    config = channel_config()
    configs.add_channel(config, author="ann", reason="new")
    return config


def louder(config: ChannelConfig, level: float = -14) -> ChannelConfig:
    return apply_changes(config, {"music.level_db": level})


@pytest.mark.parametrize(
    ("extra", "field", "value", "allowed"),
    [
        ("cadence: {slots: [{time: 25:00}]}", "cadence.slots.0.time", "25:00", "HH:MM"),
        ("cadence: {slots: [{time: noon}]}", "cadence.slots.0.time", "noon", "HH:MM"),
        ("cadence: {slots: [{time: 18:30, weekdays: [monday]}]}", "weekdays.0", "monday", "'mon'"),
        ("cadence: {slots: [{time: 18:30, weekdays: []}]}", "weekdays", "[]", "at least 1"),
        ("cadence: {timezone: Mars/Olympus}", "cadence.timezone", "Mars/Olympus", "Europe/Berlin"),
        ("cadence: {every_minutes: 2}", "cadence.every_minutes", "2", "greater than or equal to 5"),
        ("cadence: {lead_minutes: -3}", "cadence.lead_minutes", "-3", "greater than or equal to 0"),
        ("cadence: {every_minutes: 60, slots: [{time: 07:05}]}", "cadence", "slots", "not both"),
        ("cadence: {slots: [{time: 18:30}, {time: 18:30}]}", "cadence", "18:30 on mon", "twice"),
        ("cadence: {every_minutes: 5}", "cadence", "288 stories a day", "raise the limit to 288"),
        ("optimizer: {parameters: [tempo]}", "optimizer.parameters.0", "tempo", "narration.speed"),
        ("optimizer: {explore: 2}", "optimizer.explore", "2", "less than or equal to 0.8"),
        ("narration: {voices: {en: any}, speed: fast}", "narration.speed", "fast", "number"),
        ("locales: [en, fr]", "narration.voices", "fr", "add one per locale"),
        ("publishing: {platforms: [myspace]}", "publishing.platforms.0", "myspace", "'sandbox'"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_field_and_what_is_allowed(
    extra: str, field: str, value: str, allowed: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        read_channel_config(with_fields(extra), name="mine.yaml")
    for part in ("mine.yaml", field, value, allowed):
        assert part in refusal.value.message
    assert refusal.value.remedy


def test_a_time_of_day_needs_no_quotes_and_norwegian_is_not_false() -> None:
    read = read_channel_config(
        with_fields(
            "cadence: {slots: [{time: 18:30}, {time: 07:05}]}\nlocales: [no]\n"
            "narration: {voices: {no: any}}"
        ),
        name="mine.yaml",
    )
    assert [slot.time for slot in read.cadence.slots] == ["18:30", "07:05"]
    assert read.locales == ("no",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{BASE}channel: other\n", "named twice"),
        ("a: &a [1]\nb: *a", "aliases"),
        ("- just\n- a list", "does not hold a channel config"),
        ("channel: [", "not valid YAML"),
        ("[" * 1200, "not valid YAML"),
        ("", "does not hold a channel config"),
    ],
)
def test_what_is_no_config_is_refused_with_its_place(content: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_channel_config(content, name="mine.yaml")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(content: str) -> None:
    for given_text in (content, f"{BASE}hashtags: {content}", f"{BASE}? {content}"):
        with suppress(BadInput):
            assert read_channel_config(given_text, name="mine.yaml").channel


def test_a_config_written_as_yaml_reads_back_the_same() -> None:
    config = apply_changes(
        channel_config(),
        {
            "cadence": {"slots": [{"time": "06:30", "weekdays": ["sat"]}]},
            "narration.lexicon": {"no": "no", "D’Arcy:": "# dar see", "Zoë": "yes: ja"},
            "description": "# not a comment\n- 'nor' a list",
        },
    )
    assert read_channel_config(config_yaml(config), name="again") == config


def test_versions_follow_each_other_with_parent_author_and_reason(
    configs: ChannelConfigs, channel: ChannelConfig
) -> None:
    made = configs.update("testing", louder(channel), author="ann", reason=" too quiet ", parent=1)
    assert (made.version, made.parent, made.author, made.reason) == (2, 1, "ann", "too quiet")
    assert configs.current("testing") == made
    assert [version.version for version in configs.history("testing")] == [2, 1]
    (change,) = configs.diff("testing", 1, 2)
    assert (change.path, change.old, change.new) == ("music.level_db", -16.0, -14.0)


def test_a_change_made_from_an_older_version_is_refused_and_says_who_was_first(
    configs: ChannelConfigs, channel: ChannelConfig
) -> None:
    configs.update("testing", louder(channel), author="ann", reason="too quiet", parent=1)
    with pytest.raises(BadInput, match=r"version 2 by now \(by ann: too quiet\).*from version 1"):
        configs.update("testing", louder(channel, -12), author="ben", reason="more", parent=1)
    assert configs.current("testing").version == 2


@pytest.mark.parametrize(
    ("config", "reason", "said"),
    [
        (channel_config(), "why not", "has this config already"),
        (louder(channel_config()), "  ", "reason is empty"),
        (channel_config().model_copy(update={"channel": "other"}), "new name", "cannot be renamed"),
    ],
)
def test_a_version_that_says_nothing_is_refused(
    configs: ChannelConfigs, channel: ChannelConfig, config: ChannelConfig, reason: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        configs.update("testing", config, author="ann", reason=reason, parent=1)
    assert configs.current("testing").version == 1


def test_a_rollback_is_a_new_version_with_the_old_content(
    configs: ChannelConfigs, channel: ChannelConfig
) -> None:
    configs.update("testing", louder(channel), author="ann", reason="too quiet", parent=1)
    back = configs.rollback("testing", 1, author="ben", reason="was better")
    assert (back.version, back.parent, back.config) == (3, 2, channel)
    with pytest.raises(NotFound, match="no config version 9"):
        configs.rollback("testing", 9, author="ben", reason="further")
    with pytest.raises(BadInput, match="has this config already"):
        configs.rollback("testing", 1, author="ben", reason="again")


def test_whole_configs_are_edited_as_yaml(configs: ChannelConfigs, channel: ChannelConfig) -> None:
    content = config_yaml(channel).replace("target_seconds: 45", "target_seconds: 50")
    made = configs.edit("testing", content, author="ann", reason="longer", parent=1)
    assert made.config.target_seconds == 50
    with pytest.raises(BadInput, match=r"target_seconds.*not 5"):
        configs.edit(
            "testing", content.replace("s: 50", "s: 5"), author="ann", reason="x", parent=2
        )


def test_versions_are_never_changed_or_deleted(database: Database, channel: ChannelConfig) -> None:
    for statement in ("UPDATE content.config_versions SET reason = 'x'", "DELETE FROM content.config_versions"):  # fmt: skip
        with pytest.raises(DBAPIError, match="never changed"), database.transaction() as connection:
            connection.execute(text(statement))


def test_of_many_writers_at_once_one_makes_the_version(
    database: Database, channel: ChannelConfig, clock: Watch
) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def write(level: float) -> None:
        own = ChannelConfigs(database, clock)
        start.wait()
        try:
            own.update("testing", louder(channel, level), author="x", reason="y", parent=1)
            outcomes.append("made")
        except BadInput as refusal:
            outcomes.append(refusal.message)

    threads = [threading.Thread(target=write, args=(-30 + number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("made") == 1
    assert sum("is at version 2 by now" in outcome for outcome in outcomes) == 7
    assert ChannelConfigs(database, clock).current("testing").version == 2


def test_a_writer_killed_before_its_commit_leaves_nothing_and_blocks_no_one(
    configs: ChannelConfigs, channel: ChannelConfig, database: Database
) -> None:
    program = (
        "import os, signal, sys\n"
        "from content_platform.clock import utc_now\n"
        "from content_platform.steering.configs import ChannelConfigs\n"
        "from content_platform.steering.parameters import apply_changes\n"
        "from content_platform.storage.database import Database\n"
        "with ChannelConfigs(Database(sys.argv[1]), utc_now).changing('testing') as hand:\n"
        "    hand.set(apply_changes(hand.current.config, {'target_seconds': 80}), author='x', reason='y')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    url = database.engine.url.render_as_string(hide_password=False)
    ended = subprocess.run([sys.executable, "-c", program, url], check=False, timeout=60)
    assert ended.returncode == -9
    assert configs.current("testing").version == 1
    made = configs.update("testing", louder(channel), author="ann", reason="goes on", parent=1)
    assert made.version == 2


def test_every_version_has_its_entry_in_the_audit_log(database: Database, clock: Watch) -> None:
    log = AuditLog(database, clock)
    configs = ChannelConfigs(database, clock, audit=log.record)
    config = channel_config()
    configs.add_channel(config, author="ann", reason="new")
    configs.update("testing", louder(config), author="ben", reason="too quiet", parent=1)
    with pytest.raises(BadInput):
        configs.update("testing", louder(config), author="ben", reason="again", parent=2)
    last, first = log.entries()
    assert (first.actor, first.action, first.channel) == ("ann", "config.add", "testing")
    assert (last.actor, last.action, last.subject) == ("ben", "config.update", "testing version 2")
    assert last.detail["changes"] == [{"path": "music.level_db", "old": -16.0, "new": -14.0}]


def test_sample_channels_are_added_once_and_looked_up_in_one_query(
    configs: ChannelConfigs, database: Database
) -> None:
    configs.add_sample_channels()
    names = [version.channel for version in configs.channels()]
    assert names == ["ember-wood", "little-kindnesses", "midnight-tales"]
    statements: list[Any] = []
    from sqlalchemy import event

    event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    configs.add_sample_channels()
    assert len(statements) == 1
    assert all(version.version == 1 for version in configs.channels())


def test_an_unknown_channel_is_answered_with_those_there_are(
    configs: ChannelConfigs, channel: ChannelConfig
) -> None:
    for ask in (
        lambda: configs.current("nobody"),
        lambda: configs.history("nobody"),
        lambda: configs.version("nobody", 1),
        lambda: configs.update("nobody", channel, author="a", reason="b", parent=1),
    ):
        with pytest.raises(ContentPlatformError, match="There is no channel 'nobody'"):
            ask()


def test_sample_channels_keep_their_files_readable() -> None:
    folder = Path(__file__).parents[2] / "content_platform/steering/channels"
    for file in folder.glob("*.yaml"):
        assert read_channel_config(file.read_text("utf-8"), name=file.name).channel == file.stem
