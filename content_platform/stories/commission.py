"""The start of a story: from its row in the register to its frozen brief."""

from __future__ import annotations

import hashlib

from content_platform.errors import BadInput, NotFound
from content_platform.steering.configs import ChannelConfigs
from content_platform.storage.records import RecordStore
from content_platform.stories.brief import resolve_brief
from content_platform.stories.models import Brief, StoryRequest, StoryStatus
from content_platform.stories.register import StoryRegister
from content_platform.vocabulary import StoryId


def commission(
    story_id: str, *, register: StoryRegister, configs: ChannelConfigs, records: RecordStore
) -> Brief:
    """Resolve the brief of ``story_id`` and mark the story running.

    A story keeps the config version it was first briefed with, whatever the channel uses now. A
    key that was only added as a partition in the UI gets a request of its own, seeded by the key.
    Raises BadInput for what is no story key, NotFound for one of an unknown channel.
    """
    try:
        key = StoryId.parse(story_id)
    except ValueError as error:
        raise BadInput(
            f"{error}.", remedy="Delete this partition and add one of that form."
        ) from error
    before = records.find(Brief, story_id=story_id)
    version = (
        configs.version(key.channel, before[0].config_version)
        if before
        else configs.current(key.channel)
    )
    try:
        row = register.row(story_id)
    except NotFound:
        own = StoryRequest(channel=key.channel, seed=_seed_of(story_id))
        row = register.adopt(story_id, own)
    brief = resolve_brief(story_id, row.request, version)
    register.set_status(story_id, StoryStatus.RUNNING)
    return brief


def _seed_of(story_id: str) -> int:
    return int.from_bytes(hashlib.sha256(story_id.encode()).digest()[:4]) % 2**31
