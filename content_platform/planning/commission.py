"""The start of a story: from its row in the register to its frozen brief.

Belongs here: settling config version, experiment arms, what is tried, theme and episode number,
once, in one transaction. What a brief is made of is ``stories.brief``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import chain, zip_longest

from sqlalchemy import Connection, Select, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound
from content_platform.planning.series import context_of, next_episode, series_named
from content_platform.planning.variation import lines_told, recent, series_names
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.experiments import arms_for, held_paths
from content_platform.steering.exploration import explored_changes, newest_leanings
from content_platform.steering.models import (
    Assignment,
    ChannelConfig,
    ConfigChange,
    ConfigVersion,
    Experiment,
    ExperimentStatus,
)
from content_platform.steering.parameters import apply_changes
from content_platform.storage.database import Database
from content_platform.storage.records import RecordStore, from_row, to_row
from content_platform.storage.tables import briefs, experiment_assignments, stories
from content_platform.stories.brief import SET_BY_REQUEST, resolve_brief
from content_platform.stories.models import Brief, StoryRequest, StoryRow, StoryStatus
from content_platform.stories.register import StoryRegister
from content_platform.vocabulary import StoryId


def open_version(configs: ChannelConfigs, channel: str) -> ConfigVersion:
    """The config a new story of ``channel`` is briefed with.

    Raises NotFound when there is no such channel, or it is closed.
    """
    version = configs.current(channel)
    if not version.config.active:
        raise NotFound(
            f"Channel {channel!r} is closed since config version {version.version} "
            f"({version.reason}).",
            remedy="Open it again with active: true in its config; stories begun are finished.",
        )
    return version


def commission(
    story_id: str,
    *,
    database: Database,
    register: StoryRegister,
    configs: ChannelConfigs,
    records: RecordStore,
    clock: Clock,
) -> Brief:
    """Settle and save the brief of ``story_id``, and mark the story running.

    A story keeps the brief it first got, whatever becomes of the channel; only when its attempt
    was raised is it briefed again, with the same config, arms and tries but another theme where
    the request left that open (and where a rejected episode's number went to another story). A key that was only added as a partition in the UI gets a request
    of its own, seeded by the key.

    Raises BadInput for what is no story key and for a series the channel does not have, NotFound
    for a new story of a channel that is unknown or closed.
    """
    try:
        key = StoryId.parse(story_id)
    except ValueError as error:
        raise BadInput(
            f"{error}.", remedy="Delete this partition and add one of that form."
        ) from error
    try:
        row = register.row(story_id)
    except NotFound:
        open_version(configs, key.channel)
        row = register.adopt(story_id, StoryRequest(channel=key.channel, seed=_seed_of(story_id)))
    settled = (
        None if records.find(Brief, story_id=story_id) else _settle(row, database, configs, records)
    )
    with database.transaction() as connection:
        _one_at_a_time(connection, row.channel)
        before = _saved(connection, story_id)
        brief = _briefed(connection, row, before, settled or _as_before(before))
        if brief != before:
            _save(connection, brief, clock)
    register.set_status(story_id, StoryStatus.RUNNING)
    return brief


@dataclass(frozen=True)
class _Settled:
    """What does not depend on the channel's other stories."""

    config: ChannelConfig
    """With the changes of arms and tries."""
    config_version: int
    arms: dict[str, str]
    explored: tuple[ConfigChange, ...]


def _settle(
    row: StoryRow, database: Database, configs: ChannelConfigs, records: RecordStore
) -> _Settled:
    version = open_version(configs, row.channel)
    held = {path for field, path in SET_BY_REQUEST.items() if getattr(row.request, field)}
    running = records.find(Experiment, channel=row.channel, status=ExperimentStatus.RUNNING)
    # Where the request sets itself what an experiment varies, the story is no comparison.
    arms = arms_for(row.story_id, [known for known in running if not held_paths([known]) & held])
    explored = explored_changes(
        row.story_id,
        version.config,
        held=held | held_paths(running),
        leanings=newest_leanings(database, row.channel),
    )
    changes = {path: value for arm in arms.values() for path, value in arm.changes.items()}
    tried = {change.path: change.new for change in explored}
    return _Settled(
        config=apply_changes(version.config, changes | tried),
        config_version=version.version,
        arms={experiment: arm.name for experiment, arm in arms.items()},
        explored=explored,
    )


def _as_before(before: Brief | None) -> _Settled:
    if before is None:
        raise NotFound("The story's brief was removed while it was read.", remedy="Try again.")
    return _Settled(before.config, before.config_version, before.arms, before.explored)


def _briefed(
    connection: Connection, row: StoryRow, before: Brief | None, settled: _Settled
) -> Brief:
    request, episode = row.request, None
    if request.series is not None:
        series_named(settled.config, request.series)
        episode = next_episode(
            connection, row.channel, request.series,
            story_id=row.story_id, before=before.episode if before else None,
        )  # fmt: skip
    if before and before.attempt == row.attempt and before.episode == episode:
        return before
    window = settled.config.variation.window
    themes = recent_themes(connection, row, window)
    lately = recent(connection, row.channel, window, before=row.story_id)
    names = [*lately.names, *series_names(settled.config)]
    own = series_names(settled.config, only=request.series) if request.series else ()
    brief = resolve_brief(
        row.story_id,
        request,
        settled.config,
        config_version=settled.config_version,
        attempt=row.attempt,
        recent_themes=[before.theme, *themes] if before else themes,
        episode=episode,
        arms=settled.arms,
        explored=settled.explored,
    )
    return brief.model_copy(
        update={
            "context": context_of(connection, brief),
            "avoid_kernels": tuple(dict.fromkeys(filter(None, lately.kernels))),
            "avoid_names": tuple(name for name in dict.fromkeys(names) if name not in own),
            "avoid_lines": lines_told(
                connection, row.channel, brief.locales[0], before=row.story_id
            ),
        }
    )


def recent_themes(connection: Connection, row: StoryRow, window: int) -> list[str]:
    """The themes of the ``window`` briefed stories registered before ``row``, and after it.

    The nearest first. After it, because a batch's stories are not begun in the order in which they
    were registered. Rejected stories do not count.
    """
    place = tuple_(stories.c.created_at, stories.c.story_id)
    mine = (row.created_at, row.story_id)
    themes: Select[str] = (
        select(briefs.c.theme)
        .join(stories, stories.c.story_id == briefs.c.story_id)
        .where(stories.c.channel == row.channel, stories.c.status != StoryStatus.REJECTED)
        .limit(window)
    )
    earlier = connection.scalars(
        themes.where(place < mine).order_by(stories.c.created_at.desc(), stories.c.story_id.desc())
    )
    later = connection.scalars(
        themes.where(place > mine).order_by(stories.c.created_at, stories.c.story_id)
    )
    pairs = zip_longest(earlier.all(), later.all(), fillvalue="")
    return [theme for theme in chain.from_iterable(pairs) if theme]


def _saved(connection: Connection, story_id: str) -> Brief | None:
    found = connection.execute(select(briefs).where(briefs.c.story_id == story_id))
    row = found.mappings().first()
    return None if row is None else from_row(Brief, dict(row))


def _save(connection: Connection, brief: Brief, clock: Clock) -> None:
    values = to_row(brief)
    connection.execute(
        insert(briefs)
        .values(values)
        .on_conflict_do_update(index_elements=list(Brief.key), set_=values)
    )
    assignments = [
        to_row(
            Assignment(
                experiment_id=experiment,
                story_id=brief.story_id,
                channel=brief.channel,
                arm=arm,
                assigned_at=clock(),
            )
        )
        for experiment, arm in brief.arms.items()
    ]
    if assignments:
        connection.execute(insert(experiment_assignments).on_conflict_do_nothing(), assignments)


def _one_at_a_time(connection: Connection, channel: str) -> None:
    """Hold off other briefings on this channel until the transaction ends."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"briefs of {channel}"},
    )


def _seed_of(story_id: str) -> int:
    return int.from_bytes(hashlib.sha256(story_id.encode()).digest()[:4]) % 2**31
