"""From advice to a new version: when a machine may change a channel's config, and when it takes back.

What belongs here: the life of a recommendation, the bounds every machine-made version keeps, and
the rollback of a version that does worse. What to change is ``recommender``'s, whether a version is
worse ``checks``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound
from content_platform.steering.checks import Regression, regression
from content_platform.steering.configs import ChannelConfigs, ChannelInHand
from content_platform.steering.experiments import Experiments, held_paths
from content_platform.steering.lineage import (
    OPTIMIZER,
    content_differences,
    repeats,
    standing,
    taken_back,
)
from content_platform.steering.models import (
    ConfigVersion,
    Experiment,
    Recommendation,
    RecommendationStatus,
)
from content_platform.steering.outcomes import OutcomeRow, known, load_outcomes
from content_platform.steering.parameters import apply_changes, learnable, value_of
from content_platform.steering.recommender import MOST_CHANGES, Advice, recommend
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import recommendations

COOL_DOWN = 4
"""So many stories must have outcomes under a content before it is changed again."""
DOUBTFUL = 0.5
"""The probability of being worse from which a content is judged first, and changed afterwards."""
QUARANTINE = timedelta(days=30)
"""How long a change that was taken back is not recommended again."""


class Optimizer:
    """Learns from a channel's outcomes and changes its config, as far as the channel allows."""

    def __init__(
        self, database: Database, configs: ChannelConfigs, experiments: Experiments, clock: Clock
    ) -> None:
        self._database = database
        self._configs = configs
        self._experiments = experiments
        self._clock = clock

    def recommend(self, channel: str, day: date) -> Recommendation:
        """What to change, learned from the stories published up to the end of ``day`` (UTC); saved.

        Asked again for the same day it learns again, unless the recommendation was already applied
        or refused: then that one stands. Earlier open recommendations are overtaken by a later day's.
        """
        until = datetime.combine(day + timedelta(days=1), time(), UTC)
        outcomes = load_outcomes(self._database, channel, until=until)
        history = self._configs.history(channel)
        running = self._experiments.running(channel)
        advice = _advise(outcomes, history, running, day)
        record = Recommendation(
            channel=channel,
            day=day.isoformat(),
            base_version=history[0].version,
            changes=advice.changes,
            reason=advice.reason,
            stories=advice.stories,
            expected_uplift=advice.expected_uplift,
            uplift_low=advice.uplift_low,
            leanings=advice.leanings,
            created_at=self._clock(),
        )
        row = to_row(record)
        table = recommendations
        keys = ("channel", "day")
        statement = insert(table).values(row)
        statement = statement.on_conflict_do_update(
            index_elements=list(keys),
            set_={name: statement.excluded[name] for name in row if name not in keys},
            where=table.c.status == RecommendationStatus.OPEN.value,
        )
        with self._database.transaction() as connection:
            connection.execute(statement)
            newest = connection.scalar(
                select(func.max(table.c.day)).where(table.c.channel == channel)
            )
            connection.execute(
                update(table)
                .where(
                    table.c.channel == channel,
                    table.c.day < newest,
                    table.c.status == RecommendationStatus.OPEN.value,
                    func.jsonb_array_length(table.c.changes) > 0,
                )
                .values(status=RecommendationStatus.OVERTAKEN.value)
            )
            return _load(connection, channel, day.isoformat())

    def proposals(self, channel: str | None = None) -> list[Recommendation]:
        """Open recommendations that wait for a decision, the newest first."""
        table = recommendations
        query = select(table).where(
            table.c.status == RecommendationStatus.OPEN.value,
            func.jsonb_array_length(table.c.changes) > 0,
        )
        if channel is not None:
            query = query.where(table.c.channel == channel)
        query = query.order_by(table.c.day.desc(), table.c.channel)
        with self._database.transaction() as connection:
            rows = connection.execute(query).mappings().all()
        return [from_row(Recommendation, dict(row)) for row in rows]

    def apply(self, channel: str, day: date) -> Recommendation:
        """Turn the day's recommendation into a version, if the channel's mode is ``auto``.

        Safe to repeat: an open one is applied, refused (with the reason) or overtaken exactly once,
        in the transaction that makes the version. In mode ``propose`` it stays open.
        """
        return self._decide(channel, day.isoformat(), author=None, note="")

    def accept(self, channel: str, day: date, *, author: str, reason: str = "") -> Recommendation:
        """A person's yes: make the version, within the same bounds. Raises BadInput, NotFound."""
        decided = self._decide(channel, day.isoformat(), author=author, note=reason)
        if decided.status is not RecommendationStatus.APPLIED:
            raise BadInput(
                f"The recommendation of {day} for {channel!r} was not applied: it is "
                f"{decided.status.value}. {decided.reason}",
                remedy="`content-platform config propose list` shows what is open.",
            )
        return decided

    def refuse(self, channel: str, day: date, *, author: str, reason: str) -> Recommendation:
        """A person's no. Raises BadInput when it is not open any more, NotFound."""
        with self._configs.changing(channel) as hand:
            found = _load(hand.connection, channel, day.isoformat())
            if found.status is not RecommendationStatus.OPEN or not found.changes:
                raise BadInput(
                    f"The recommendation of {day} for {channel!r} is not open: "
                    f"{found.status.value if found.changes else 'it changes nothing'}.",
                    remedy="`content-platform config propose list` shows what is open.",
                )
            hand.note(
                author,
                "recommendation.refuse",
                f"{channel} recommendation of {day}",
                reason=reason,
                recommended=found.reason,
            )
            return _close(
                hand.connection,
                found,
                RecommendationStatus.REFUSED,
                f"{found.reason} Refused by {author}: {reason}",
            )

    def regression(self, channel: str) -> Regression:
        """How the channel's content in force does against the one before it."""
        return regression(load_outcomes(self._database, channel), self._configs.history(channel))

    def roll_back_if_worse(self, channel: str) -> ConfigVersion | None:
        """Take back the last change of content if it does worse beyond doubt; only in mode ``auto``.

        The new version has the earlier content and the present management (cadence, publishing,
        optimizer …). None when nothing was done. Safe to repeat: a content that came back is not
        judged again.
        """
        if self._configs.current(channel).config.optimizer.mode != "auto":
            return None
        history = self._configs.history(channel)
        found = regression(load_outcomes(self._database, channel), history)
        before = standing(history).before
        if not found.worse or before is None:
            return None
        with self._configs.changing(channel) as hand:
            if hand.current.version != history[0].version:
                return None
            undo = {
                change.path: change.new
                for change in content_differences(hand.current.config, before.config)
            }
            return hand.set(
                apply_changes(hand.current.config, undo),
                author=OPTIMIZER,
                reason=f"Back to the content of version {before.version}. {found.reason}",
                action="config.rollback",
            )

    def _decide(self, channel: str, day: str, *, author: str | None, note: str) -> Recommendation:
        with self._configs.changing(channel) as hand:
            found = _load(hand.connection, channel, day)
            if found.status is not RecommendationStatus.OPEN or not found.changes:
                return found
            if hand.current.version != found.base_version:
                return _close(hand.connection, found, RecommendationStatus.OVERTAKEN, found.reason)
            mode = hand.current.config.optimizer.mode
            if author is None and mode == "propose":
                return found
            if why := _out_of_bounds(hand, found, self._experiments.running(channel)):
                return _close(
                    hand.connection,
                    found,
                    RecommendationStatus.REFUSED,
                    f"{found.reason} Refused: {why}.",
                )
            version = hand.set(
                apply_changes(
                    hand.current.config, {change.path: change.new for change in found.changes}
                ),
                author=author or OPTIMIZER,
                reason=f"{note}: {found.reason}" if note else found.reason,
                action="config.accept" if author else "config.optimize",
            )
            return _close(
                hand.connection,
                found,
                RecommendationStatus.APPLIED,
                found.reason,
                version.version,
            )


def _advise(
    outcomes: Sequence[OutcomeRow],
    history: Sequence[ConfigVersion],
    running: Sequence[Experiment],
    day: date,
) -> Advice:
    """The recommender's advice, or why it is too early to ask. ``history`` is newest first."""
    config = history[0].config
    stand = standing(history)
    since = sum(row.config_version in stand.run for row in known(outcomes))
    wait = ""
    if stand.before is not None and since < COOL_DOWN:
        wait = (
            f"Waits: {since} stories have outcomes since the content last changed (version "
            f"{min(stand.run)}), {COOL_DOWN} are needed before the next change."
        )
    elif (judged := regression(outcomes, history)).probability is not None and (
        judged.probability > DOUBTFUL
    ):
        wait = f"Waits until it is clear whether the last change did harm. {judged.reason}"
    undone = taken_back(history, datetime.combine(day, time(), UTC) - QUARANTINE)
    return recommend(
        outcomes,
        config,
        seed=f"{config.channel} {day}",
        held=held_paths(running),
        refused=lambda path, old, new: repeats(undone, path, old, new),
        wait=wait,
    )


def _out_of_bounds(
    hand: ChannelInHand, found: Recommendation, running: Sequence[Experiment]
) -> str:
    """Why the recommendation may not be applied; empty when it may."""
    config = hand.current.config
    if not config.active:
        return "the channel is closed"
    if config.optimizer.mode == "off":
        return "the channel's optimizer is off"
    if len(found.changes) > MOST_CHANGES:
        return f"it changes {len(found.changes)} parameters, {MOST_CHANGES} are allowed at once"
    allowed = {parameter.path: parameter for parameter in learnable(config)}
    held = held_paths(running)
    for change in found.changes:
        parameter = allowed.get(change.path)
        if parameter is None:
            return f"{change.path} is not among the parameters it may change"
        if change.path in held:
            return f"{change.path} is under experiment"
        if not isinstance(change.new, int | float | str) or not parameter.allows(
            value_of(config, change.path), change.new
        ):
            return f"{change.path} {change.old} → {change.new} is more than one step"
    return ""


def _load(connection: Connection, channel: str, day: str) -> Recommendation:
    query = select(recommendations).where(
        recommendations.c.channel == channel, recommendations.c.day == day
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(
            f"There is no recommendation of {day} for {channel!r}.",
            remedy="`content-platform config propose list` shows what is open.",
        )
    return from_row(Recommendation, dict(row))


def _close(
    connection: Connection,
    found: Recommendation,
    status: RecommendationStatus,
    reason: str,
    version: int | None = None,
) -> Recommendation:
    connection.execute(
        update(recommendations)
        .where(recommendations.c.channel == found.channel, recommendations.c.day == found.day)
        .values(status=status.value, reason=reason, applied_version=version)
    )
    return found.model_copy(update={"status": status, "reason": reason, "applied_version": version})
