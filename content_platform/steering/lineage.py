"""What a channel's versions say about each other: which share a content, which were taken back.

Pure, on lists of versions. *Content* is the part of a config that an audience can notice; a version
that only changes when or where stories are published, or what machines may do, has its parent's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from content_platform.steering.models import (
    ChannelConfig,
    ConfigChange,
    ConfigVersion,
    ParameterValue,
)
from content_platform.steering.parameters import differences

OPTIMIZER = "optimizer"
"""The author of versions no person made."""

MANAGEMENT = frozenset(
    {"channel", "active", "cadence", "publishing", "optimizer", "story_budget_usd", "providers"}
    | {"series", "variation", "platforms", "formats", "locales", "title", "description"}
)
"""Fields a machine never changes nor takes back, whatever came of a version."""


def content_differences(old: ChannelConfig, new: ChannelConfig) -> tuple[ConfigChange, ...]:
    """In which fields of their content the configs differ."""
    return tuple(
        change
        for change in differences(old, new)
        if change.path.partition(".")[0] not in MANAGEMENT
    )


def content_key(config: ChannelConfig) -> str:
    """The same for two configs exactly when they have the same content."""
    content = config.model_dump_json(exclude=set(MANAGEMENT))
    return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class Standing:
    """The version in force, seen in its line of versions."""

    current: ConfigVersion
    alike: frozenset[int]
    """Every version with its content, whenever."""
    run: frozenset[int]
    """Those of them since the content last changed."""
    before: ConfigVersion | None
    """The last version with another content; None when there is none."""
    before_alike: frozenset[int]
    """Every version with that one's content."""
    returned: bool
    """Its content was in force earlier already: it came back, by a rollback or by hand."""


def standing(history: Sequence[ConfigVersion]) -> Standing:
    """Where the newest of a channel's versions stands. ``history`` has all of them, in any order."""
    line = sorted(history, key=lambda version: version.version)
    keys = {version.version: content_key(version.config) for version in line}
    current = line[-1]
    key = keys[current.version]
    before = next((old for old in reversed(line) if keys[old.version] != key), None)
    since = before.version if before else 0
    alike = frozenset(number for number, other in keys.items() if other == key)
    return Standing(
        current=current,
        alike=alike,
        run=frozenset(number for number in alike if number > since),
        before=before,
        before_alike=frozenset(
            number for number, other in keys.items() if before and other == keys[before.version]
        ),
        returned=any(number < since for number in alike),
    )


def taken_back(history: Sequence[ConfigVersion], since: datetime) -> tuple[ConfigChange, ...]:
    """The changes undone since ``since``: by versions that brought an earlier content back."""
    line = sorted(history, key=lambda version: version.version)
    keys = [content_key(version.config) for version in line]
    undone: list[ConfigChange] = []
    for at in range(2, len(line)):
        returns = keys[at] != keys[at - 1] and keys[at] in keys[: at - 1]
        if returns and line[at].created_at >= since:
            undone += content_differences(line[at].config, line[at - 1].config)
    return tuple(undone)


def repeats(
    undone: Sequence[ConfigChange], path: str, old: ParameterValue, new: ParameterValue
) -> bool:
    """Whether ``old`` → ``new`` goes the way of a change that was taken back."""
    for change in undone:
        if change.path != path:
            continue
        if isinstance(new, str) or isinstance(old, str):
            if new == change.new:
                return True
        elif (
            isinstance(change.new, int | float)
            and isinstance(change.old, int | float)
            and (new - old) * (change.new - change.old) > 0
        ):
            return True
    return False
