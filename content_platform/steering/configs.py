"""Channel configs: read from YAML, kept as immutable versions.

What belongs here: turning a file into a validated ``ChannelConfig``, and the versions: finding,
comparing, adding, taking back. What a config contains is ``steering.models``; who decides on a
change is a person, ``steering.optimizer`` or ``steering.experiments``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import yaml
from pydantic import JsonValue, ValidationError
from sqlalchemy import Connection, Select, func, insert, select, text

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound, wrong_values
from content_platform.steering.models import ChannelConfig, ConfigChange, ConfigVersion
from content_platform.steering.parameters import differences
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import config_versions

_SAMPLES = resources.files("content_platform.steering") / "channels"
_EXAMPLE = "Mend them; `content-platform channel show` prints a channel as an example."


class Audits(Protocol):
    """Writes one entry of the audit log, in the transaction of what it tells about."""

    def __call__(
        self,
        actor: str,
        action: str,
        subject: str,
        *,
        channel: str | None,
        connection: Connection | None,
        **detail: JsonValue,
    ) -> None: ...


class _PlainLoader(yaml.SafeLoader):
    """YAML as people mean it: ``18:30`` is a time and no number, ``no`` is Norwegian and no false.

    A key named twice and anchors are refused: the first loses a value silently, the second can
    make a small text a huge one.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not used here", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} is named twice", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


_KEPT = ("tag:yaml.org,2002:null",)
_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _firsts in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?[0-9]+[eE][-+]?[0-9]+", "-+0123456789"),
):
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_firsts)
    )


def sample_channels() -> tuple[str, ...]:
    """The names of the channels that ship with the package."""
    return tuple(sorted(file.name.removesuffix(".yaml") for file in _SAMPLES.iterdir()))


def read_channel_config(content: str, *, name: str) -> ChannelConfig:
    """Parse one channel's YAML. ``name`` says in errors where it came from.

    Raises BadInput naming every wrong field, its value and what is allowed.
    """
    try:
        data = yaml.load(content, _PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not valid YAML: {error}.", remedy="Mend the file.") from error
    if not isinstance(data, dict):
        raise BadInput(
            f"{name} does not hold a channel config.",
            remedy="Write 'channel: my-channel' and the other fields; see the sample channels.",
        )
    try:
        return ChannelConfig.model_validate(data)
    except ValidationError as error:
        problems = "\n".join(f"  {line}" for line in wrong_values(error))
        raise BadInput(f"{name} has wrong values:\n{problems}", remedy=_EXAMPLE) from error


def read_channel_file(path: Path) -> ChannelConfig:
    """Parse a person's YAML file; raises BadInput like ``read_channel_config``."""
    try:
        content = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BadInput(
            f"{path} cannot be read: {reason}.", remedy="Name a readable YAML file."
        ) from error
    return read_channel_config(content, name=str(path))


def read_value(content: str, *, name: str) -> JsonValue:
    """One field's value, as it would stand in YAML: ``1.05``, ``paper-cut``, ``[a, b]``."""
    try:
        value: JsonValue = yaml.load(content, _PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInput(
            f"{name}: {content!r} is not a YAML value: {error}.", remedy="Quote it as in YAML."
        ) from error
    return value


def config_yaml(config: ChannelConfig) -> str:
    """The config as YAML that ``read_channel_config`` reads back."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


@dataclass(frozen=True)
class ChannelInHand:
    """One channel's config while no one else can change it; see ``ChannelConfigs.changing``."""

    connection: Connection
    current: ConfigVersion
    _clock: Clock
    _audit: Audits | None

    def set(
        self, config: ChannelConfig, *, author: str, reason: str, action: str = "config.update"
    ) -> ConfigVersion:
        """Make ``config`` the version after the current one; real when the transaction commits.

        Raises BadInput for an unchanged config, another channel's, and an empty reason.
        """
        now = self.current
        changes = differences(now.config, config)
        if config.channel != now.channel:
            raise BadInput(
                f"channel: {now.channel!r} cannot be renamed to {config.channel!r}.",
                remedy="Add a new channel with `content-platform channel add`.",
            )
        if not changes:
            raise BadInput(
                f"Channel {now.channel!r} has this config already: it is version {now.version}.",
                remedy="Change a value, or leave it.",
            )
        if not reason.strip():
            raise BadInput("reason is empty.", remedy="Say in a few words why the config changes.")
        version = ConfigVersion(
            channel=now.channel,
            version=now.version + 1,
            parent=now.version,
            author=author,
            reason=reason.strip(),
            config=config,
            created_at=self._clock(),
        )
        self.connection.execute(insert(config_versions), to_row(version))
        self.note(
            author,
            action,
            f"{version.channel} version {version.version}",
            reason=version.reason,
            parent=version.parent,
            changes=[change.model_dump(mode="json") for change in changes],
        )
        return version

    def note(self, actor: str, action: str, subject: str, **detail: JsonValue) -> None:
        """Write what is done to the channel into the audit log, in the same transaction."""
        if self._audit is not None:
            self._audit(
                actor,
                action,
                subject,
                channel=self.current.channel,
                connection=self.connection,
                **detail,
            )


class ChannelConfigs:
    """The versions of every channel's config. Versions are only ever added.

    Several processes may change the same channel: each change is serialised per channel, and says
    which version it started from.
    """

    def __init__(self, database: Database, clock: Clock, *, audit: Audits | None = None) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    def add_channel(self, config: ChannelConfig, *, author: str, reason: str) -> ConfigVersion:
        """Make version 1 of a new channel; an existing channel is left as it is and returned."""
        first = ConfigVersion(
            channel=config.channel,
            version=1,
            author=author,
            reason=reason,
            config=config,
            created_at=self._clock(),
        )
        with self._database.transaction() as connection:
            _lock(connection, config.channel)
            existing = _newest(connection, config.channel)
            if existing is not None:
                return existing
            connection.execute(insert(config_versions), to_row(first))
            hand = ChannelInHand(connection, first, self._clock, self._audit)
            hand.note(author, "config.add", f"{config.channel} version 1", reason=reason)
        return first

    def add_sample_channels(self) -> None:
        """Make the sample channels that ship with the package, where they do not exist yet."""
        with self._database.transaction() as connection:
            there: set[str] = set(connection.scalars(select(config_versions.c.channel).distinct()))
        for name in sample_channels():
            if name not in there:
                file = _SAMPLES / f"{name}.yaml"
                config = read_channel_config(file.read_text("utf-8"), name=file.name)
                self.add_channel(config, author="content-platform", reason=f"sample {file.name}")

    def current(self, channel: str) -> ConfigVersion:
        """The version in force; raise NotFound listing the channels there are."""
        with self._database.transaction() as connection:
            found = _newest(connection, channel)
        if found is None:
            known = ", ".join(version.channel for version in self.channels()) or "none yet"
            raise NotFound(f"There is no channel {channel!r}.", remedy=f"Channels: {known}.")
        return found

    def version(self, channel: str, number: int) -> ConfigVersion:
        """One version, current or past. Raises NotFound."""
        found = self._versions(
            select(config_versions).where(
                config_versions.c.channel == channel, config_versions.c.version == number
            )
        )
        if not found:
            newest = self.current(channel).version
            raise NotFound(
                f"Channel {channel!r} has no config version {number}.",
                remedy=f"It has 1 to {newest}; `content-platform config history {channel}`.",
            )
        return found[0]

    def history(self, channel: str) -> list[ConfigVersion]:
        """All versions, the newest first. Raises NotFound for an unknown channel."""
        found = self._versions(
            select(config_versions)
            .where(config_versions.c.channel == channel)
            .order_by(config_versions.c.version.desc())
        )
        return found or [self.current(channel)]

    def channels(self) -> list[ConfigVersion]:
        """The version in force of every channel, by name; closed channels too."""
        newest = (
            select(config_versions)
            .distinct(config_versions.c.channel)
            .order_by(config_versions.c.channel, config_versions.c.version.desc())
        )
        return sorted(self._versions(newest), key=lambda version: version.channel)

    def diff(self, channel: str, old: int, new: int) -> tuple[ConfigChange, ...]:
        """What version ``new`` has otherwise than ``old``."""
        return differences(self.version(channel, old).config, self.version(channel, new).config)

    @contextmanager
    def changing(self, channel: str) -> Iterator[ChannelInHand]:
        """Hold the channel's config for one transaction: nobody else changes it meanwhile.

        What else belongs to the change is written on the same connection. Raises NotFound.
        """
        with self._database.transaction() as connection:
            _lock(connection, channel)
            current = _newest(connection, channel)
            if current is None:
                raise NotFound(
                    f"There is no channel {channel!r}.",
                    remedy="`content-platform channel list` names them.",
                )
            yield ChannelInHand(connection, current, self._clock, self._audit)

    def update(
        self, channel: str, new_config: ChannelConfig, *, author: str, reason: str, parent: int
    ) -> ConfigVersion:
        """Add a version. ``parent`` is the version the change was made from.

        Raises BadInput when the channel has a newer version by now, and as ``ChannelInHand.set``.
        """
        with self.changing(channel) as hand:
            _check_parent(hand.current, parent)
            return hand.set(new_config, author=author, reason=reason)

    def edit(
        self, channel: str, content: str, *, author: str, reason: str, parent: int
    ) -> ConfigVersion:
        """Add a version from a whole config's YAML text; raises BadInput as reading and ``update``."""
        config = read_channel_config(content, name="the config")
        return self.update(channel, config, author=author, reason=reason, parent=parent)

    def rollback(
        self, channel: str, to_version: int, *, author: str, reason: str, parent: int | None = None
    ) -> ConfigVersion:
        """Add a version with the content of an earlier one.

        With ``parent``, only if that is still the version in force. Raises NotFound, BadInput.
        """
        old = self.version(channel, to_version)
        with self.changing(channel) as hand:
            if parent is not None:
                _check_parent(hand.current, parent)
            return hand.set(old.config, author=author, reason=reason, action="config.rollback")

    def _versions(self, query: Select[Any]) -> list[ConfigVersion]:
        with self._database.transaction() as connection:
            rows = connection.execute(query).mappings().all()
        return [from_row(ConfigVersion, dict(row)) for row in rows]


def _check_parent(current: ConfigVersion, parent: int) -> None:
    if current.version != parent:
        raise BadInput(
            f"Channel {current.channel!r} is at version {current.version} by now (by "
            f"{current.author}: {current.reason}); the change was made from version {parent}.",
            remedy=f"Look at `content-platform config diff {current.channel} {parent} "
            f"{current.version}` and make the change again.",
        )


def _lock(connection: Connection, channel: str) -> None:
    digest = hashlib.sha256(f"config:{channel}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _newest(connection: Connection, channel: str) -> ConfigVersion | None:
    newest = (
        select(func.max(config_versions.c.version))
        .where(config_versions.c.channel == channel)
        .scalar_subquery()
    )
    query = select(config_versions).where(
        config_versions.c.channel == channel, config_versions.c.version == newest
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else from_row(ConfigVersion, dict(row))
