"""Experiments on a channel: started, given to stories, watched, ended, and their winner promoted.

What belongs here: an experiment's life and which story is made which way. Whether an arm is better
is ``comparison``; it reads outcomes, never the other way round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound
from content_platform.steering.comparison import Comparison, evaluate, winning_changes
from content_platform.steering.configs import ChannelConfigs
from content_platform.steering.lineage import MANAGEMENT, OPTIMIZER
from content_platform.steering.models import (
    Arm,
    Assignment,
    ChannelConfig,
    ConfigVersion,
    Experiment,
    ExperimentStatus,
)
from content_platform.steering.outcomes import load_outcomes
from content_platform.steering.parameters import apply_changes
from content_platform.storage.database import Database
from content_platform.storage.records import from_row, to_row
from content_platform.storage.tables import experiment_assignments, experiments, uploads
from content_platform.vocabulary import StoryId


def arms_for(story_id: str, running: Sequence[Experiment]) -> dict[str, Arm]:
    """The arm of every running experiment of the story's channel that it takes part in, by id.

    Decided by the hash of experiment and story: ``share`` of the stories take part, every arm gets
    the same part of those.
    """
    channel = StoryId.parse(story_id).channel
    arms = {}
    for experiment in running:
        if experiment.channel != channel or experiment.status is not ExperimentStatus.RUNNING:
            continue
        digest = hashlib.sha256(f"{experiment.experiment_id}:{story_id}".encode()).digest()
        if int.from_bytes(digest[:8]) < experiment.share * 2**64:
            number = int.from_bytes(digest[8:16]) * len(experiment.arms) >> 64
            arms[experiment.experiment_id] = experiment.arms[number]
    return arms


def held_paths(running: Sequence[Experiment]) -> frozenset[str]:
    """The parameters under experiment, which neither exploration nor the optimizer may touch."""
    return frozenset(
        path for experiment in running for arm in experiment.arms for path in arm.changes
    )


class Experiments:
    """The experiments of all channels."""

    def __init__(self, database: Database, configs: ChannelConfigs, clock: Clock) -> None:
        self._database = database
        self._configs = configs
        self._clock = clock

    def start(
        self,
        channel: str,
        arms: Sequence[Arm],
        *,
        hypothesis: str,
        author: str,
        experiment_id: str | None = None,
        share: float = 1.0,
        alpha: float = 0.05,
        min_per_arm: int = 5,
        max_per_arm: int = 60,
    ) -> Experiment:
        """Start comparing ``arms``, the first of which is the control.

        Raises BadInput when an arm's config would not be valid, two arms are the same, or another
        running experiment of the channel touches one of the parameters; NotFound for the channel.
        """
        now = self._clock()
        with self._configs.changing(channel) as hand:
            others = _running(hand.connection, channel)
            _check_arms(hand.current.config, arms, others)
            if max_per_arm < min_per_arm:
                raise BadInput(
                    f"max_per_arm {max_per_arm} is less than min_per_arm {min_per_arm}.",
                    remedy="Give every arm at least as many stories as it needs.",
                )
            paths = sorted({path for arm in arms for path in arm.changes})
            slug = "-".join(path.rpartition(".")[2].replace("_", "-") for path in paths)
            experiment = Experiment(
                experiment_id=experiment_id or f"{channel}-{slug}"[:70] + f"-{now:%Y%m%d}",
                channel=channel,
                hypothesis=hypothesis,
                arms=tuple(arms),
                share=share,
                alpha=alpha,
                min_per_arm=min_per_arm,
                max_per_arm=max_per_arm,
                author=author,
                started_at=now,
            )
            added = hand.connection.scalar(
                insert(experiments)
                .values(to_row(experiment))
                .on_conflict_do_nothing()
                .returning(experiments.c.experiment_id)
            )
            if added is None:
                raise BadInput(
                    f"There is an experiment {experiment.experiment_id!r} already.",
                    remedy="Give the new one another id.",
                )
            hand.note(
                author,
                "experiment.start",
                experiment.experiment_id,
                hypothesis=hypothesis,
                parameters=list(paths),
            )
        return experiment

    def get(self, experiment_id: str) -> Experiment:
        """One experiment. Raises NotFound."""
        found = self._find(select(experiments).where(experiments.c.experiment_id == experiment_id))
        if not found:
            raise NotFound(
                f"There is no experiment {experiment_id!r}.",
                remedy="`content-platform experiment list` names them.",
            )
        return found[0]

    def find(
        self, *, channel: str | None = None, status: ExperimentStatus | None = None
    ) -> list[Experiment]:
        """Experiments, the newest first."""
        query = select(experiments)
        if channel is not None:
            query = query.where(experiments.c.channel == channel)
        if status is not None:
            query = query.where(experiments.c.status == status.value)
        return self._find(
            query.order_by(experiments.c.started_at.desc(), experiments.c.experiment_id)
        )

    def running(self, channel: str) -> list[Experiment]:
        """The channel's experiments that new stories take part in."""
        return self.find(channel=channel, status=ExperimentStatus.RUNNING)

    def assignments(self, experiment_id: str) -> list[Assignment]:
        """The stories that take part, with when they were first published; by story."""
        table = experiment_assignments
        query = (
            select(table).where(table.c.experiment_id == experiment_id).order_by(table.c.story_id)
        )
        with self._database.transaction() as connection:
            rows = connection.execute(query).mappings().all()
        return [from_row(Assignment, dict(row)) for row in rows]

    def record_exposures(self, channel: str) -> None:
        """Note for the channel's assigned stories when each was first published; safe to repeat."""
        table = experiment_assignments
        first = (
            select(func.min(uploads.c.published_at))
            .where(uploads.c.story_id == table.c.story_id)
            .scalar_subquery()
        )
        statement = (
            update(table)
            .where(table.c.channel == channel, table.c.exposed_at.is_(None), first.is_not(None))
            .values(exposed_at=first)
        )
        with self._database.transaction() as connection:
            connection.execute(statement)

    def compare(self, experiment_id: str) -> Comparison:
        """How the experiment stands. Looking does not spoil it, however often."""
        experiment = self.get(experiment_id)
        return evaluate(experiment, load_outcomes(self._database, experiment.channel))

    def stop(self, experiment_id: str, *, author: str, reason: str) -> Experiment:
        """End it without a winner. Raises BadInput when it has ended already."""
        experiment = self.get(experiment_id)
        with self._configs.changing(experiment.channel) as hand:
            ended = self._end(hand.connection, experiment, ExperimentStatus.STOPPED, None)
            if ended is None:
                raise BadInput(
                    f"Experiment {experiment_id!r} has ended: "
                    f"it is {self.get(experiment_id).status.value}.",
                    remedy="`content-platform experiment show` tells its result.",
                )
            hand.note(author, "experiment.stop", experiment_id, reason=reason)
        return ended

    def settle(self, channel: str) -> list[Comparison]:
        """End the channel's experiments that have a winner or all their stories; give those.

        With the optimizer on ``auto`` a winner is promoted at once, in the same transaction. Safe
        to repeat and from several processes: each experiment ends once.
        """
        running = self.running(channel)
        if not running:
            return []
        self.record_exposures(channel)
        outcomes = load_outcomes(self._database, channel)
        settled = []
        for experiment in running:
            comparison = evaluate(experiment, outcomes)
            if comparison.winner is None and not comparison.exhausted:
                continue
            won = comparison.winner is not None
            status = ExperimentStatus.WON if won else ExperimentStatus.STOPPED
            with self._configs.changing(channel) as hand:
                ended = self._end(hand.connection, experiment, status, comparison.winner)
                if ended is None:
                    continue
                hand.note(
                    OPTIMIZER,
                    f"experiment.{status.value}",
                    ended.experiment_id,
                    evidence=comparison.summary,
                )
                if hand.current.config.optimizer.mode == "auto":
                    better = apply_changes(hand.current.config, dict(winning_changes(comparison)))
                    if better != hand.current.config:
                        hand.set(
                            better,
                            author=OPTIMIZER,
                            reason=_promotion_reason(comparison),
                            action="config.promote",
                        )
            settled.append(comparison)
        return settled

    def promote(self, experiment_id: str, *, author: str = OPTIMIZER) -> ConfigVersion:
        """Make the winner's changes the channel's config; the version in force if they are already.

        Raises BadInput while there is no winner.
        """
        experiment = self.get(experiment_id)
        if experiment.status is not ExperimentStatus.WON or experiment.winner is None:
            raise BadInput(
                f"Experiment {experiment_id!r} has no winner: it is {experiment.status.value}.",
                remedy="`content-platform experiment show` tells how it stands.",
            )
        outcomes = load_outcomes(self._database, experiment.channel)
        arms = {arm.name: arm.changes for arm in experiment.arms}
        with self._configs.changing(experiment.channel) as hand:
            better = apply_changes(hand.current.config, dict(arms[experiment.winner]))
            if better == hand.current.config:
                return hand.current
            return hand.set(
                better,
                author=author,
                reason=_promotion_reason(evaluate(experiment, outcomes)),
                action="config.promote",
            )

    def _end(
        self,
        connection: Connection,
        experiment: Experiment,
        status: ExperimentStatus,
        winner: str | None,
    ) -> Experiment | None:
        """The experiment, ended; None when it had ended already."""
        statement = (
            update(experiments)
            .where(
                experiments.c.experiment_id == experiment.experiment_id,
                experiments.c.status == ExperimentStatus.RUNNING.value,
            )
            .values(status=status.value, winner=winner, ended_at=self._clock())
            .returning(experiments)
        )
        row = connection.execute(statement).mappings().one_or_none()
        return None if row is None else from_row(Experiment, dict(row))

    def _find(self, query: Select[Any]) -> list[Experiment]:
        with self._database.transaction() as connection:
            rows = connection.execute(query).mappings().all()
        return [from_row(Experiment, dict(row)) for row in rows]


def _promotion_reason(comparison: Comparison) -> str:
    experiment = comparison.experiment
    return f"Experiment {experiment.experiment_id} ({experiment.hypothesis}): {comparison.summary}"


def _running(connection: Connection, channel: str) -> list[Experiment]:
    query = select(experiments).where(
        experiments.c.channel == channel,
        experiments.c.status == ExperimentStatus.RUNNING.value,
    )
    return [from_row(Experiment, dict(row)) for row in connection.execute(query).mappings()]


def _check_arms(config: ChannelConfig, arms: Sequence[Arm], others: Sequence[Experiment]) -> None:
    if len(arms) < 2:
        raise BadInput("An experiment has a control and at least one other arm.")
    if not config.active:
        raise BadInput(
            f"Channel {config.channel!r} is closed.", remedy="Set its 'active' to true first."
        )
    names = [arm.name for arm in arms]
    if len(set(names)) != len(names):
        raise BadInput(f"arms: {', '.join(names)} name one twice.", remedy="Name each once.")
    seen: dict[str, str] = {}
    for arm in arms:
        for path in arm.changes:
            if path.partition(".")[0] in MANAGEMENT:
                raise BadInput(
                    f"arm {arm.name}: {path!r} does not change what a story is like.",
                    remedy="Compare what viewers can notice: length, voice, look, music, title.",
                )
            if taken := next((other for other in others if path in held_paths([other])), None):
                raise BadInput(
                    f"arm {arm.name}: {path!r} is under experiment in {taken.experiment_id!r}.",
                    remedy="Stop that one first, or compare something else.",
                )
        made = apply_changes(config, dict(arm.changes)).model_dump_json()
        if made in seen:
            raise BadInput(
                f"arms {seen[made]} and {arm.name} make the same config.",
                remedy="Give every arm values of its own.",
            )
        seen[made] = arm.name
