"""Channel configs: read from YAML, kept as immutable versions.

What belongs here: turning a file into a validated ``ChannelConfig`` and finding the version in
force. What a config contains is ``steering.models``; who may change one comes with experiments.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import yaml
from pydantic import ValidationError

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound, wrong_values
from content_platform.steering.models import ChannelConfig, ConfigVersion
from content_platform.storage.records import RecordStore

_SAMPLES = resources.files("content_platform.steering") / "channels"


def read_channel_config(text: str, *, name: str) -> ChannelConfig:
    """Parse one channel's YAML. ``name`` says in errors where it came from.

    Raises BadInput naming every wrong field, its value and what is allowed.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
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
        raise BadInput(
            f"{name} has wrong values:\n{problems}",
            remedy="Mend them; `content-platform channel show` prints a channel as an example.",
        ) from error


def read_channel_file(path: Path) -> ChannelConfig:
    """Parse a person's YAML file; raises BadInput like ``read_channel_config``."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BadInput(
            f"{path} cannot be read: {reason}.", remedy="Name a readable YAML file."
        ) from error
    return read_channel_config(text, name=str(path))


class ChannelConfigs:
    """The versions of every channel's config."""

    def __init__(self, records: RecordStore, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    def add_channel(self, config: ChannelConfig, *, author: str, reason: str) -> ConfigVersion:
        """Make version 1 of a new channel; an existing channel is left as it is and returned."""
        existing = self._records.find(ConfigVersion, channel=config.channel)
        if existing:
            return existing[-1]
        first = ConfigVersion(
            channel=config.channel,
            version=1,
            author=author,
            reason=reason,
            config=config,
            created_at=self._clock(),
        )
        self._records.put(first)
        return first

    def add_sample_channels(self) -> None:
        """Make the sample channels that ship with the package, where they do not exist yet."""
        for file in sorted(_SAMPLES.iterdir(), key=lambda entry: entry.name):
            config = read_channel_config(file.read_text("utf-8"), name=file.name)
            self.add_channel(config, author="content-platform", reason=f"sample {file.name}")

    def current(self, channel: str) -> ConfigVersion:
        """The version in force; raise NotFound listing the channels there are."""
        versions = self._records.find(ConfigVersion, channel=channel)
        if not versions:
            known = ", ".join(version.channel for version in self.channels()) or "none yet"
            raise NotFound(f"There is no channel {channel!r}.", remedy=f"Channels: {known}.")
        return versions[-1]

    def version(self, channel: str, number: int) -> ConfigVersion:
        """One version, current or past."""
        found = self._records.find(ConfigVersion, channel=channel, version=number)
        if not found:
            raise NotFound(f"Channel {channel!r} has no config version {number}.")
        return found[0]

    def channels(self) -> list[ConfigVersion]:
        """The version in force of every channel, by name."""
        newest = {version.channel: version for version in self._records.find(ConfigVersion)}
        return list(newest.values())
