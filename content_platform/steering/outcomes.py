"""What became of published stories: the one source the learner, the experiments and the checks read.

The figures are made by dbt (the view ``analytics.story_outcomes``); only the query for them
belongs here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from content_platform.steering.models import ParameterValue
from content_platform.storage.database import Database

VIEW = "analytics.story_outcomes"
_NOT_BUILT = ("42P01", "3F000")


@dataclass(frozen=True)
class OutcomeRow:
    """One story's first days in public, over all its uploads. None is unknown, never zero."""

    story_id: str
    channel: str
    config_version: int
    published_at: datetime
    weekday: int
    """0 is Monday."""
    hour: int
    age_days: int
    """Days observed."""
    impressions: int | None
    views: int | None
    ctr: float | None
    watch_seconds: float | None
    average_view_s: float | None
    completion: float | None
    """Average watched seconds over the video's length."""
    watch_per_impression: float | None
    """The objective: seconds."""
    revenue_usd: Decimal | None
    cost_usd: Decimal | None
    duration_s: float | None
    theme: str | None
    genre: str | None
    series: str | None
    simulated: bool
    complete: bool
    """All its first days are reported, as far as they ever will be."""
    arms: Mapping[str, str]
    parameters: Mapping[str, ParameterValue]

    @property
    def published_day(self) -> date:
        """In UTC."""
        return self.published_at.date()

    @property
    def measured(self) -> bool:
        """Whether the objective is known and final."""
        return self.complete and self.watch_per_impression is not None

    @property
    def known(self) -> bool:
        """Whether its first day at least is reported. What is known so early may be revised."""
        return self.age_days >= 1 and self.watch_per_impression is not None

    @property
    def log_objective(self) -> float:
        """Logarithm of watched seconds per impression; what is nobody's is counted as a hundredth of a second."""
        return math.log(max(self.watch_per_impression or 0.0, 0.01))

    @property
    def sampling_variance(self) -> float:
        """How far chance alone spreads ``log_objective``, as a variance.

        Views are binomial and watched seconds about exponential, so that the relative variance of
        their product is about two over the number of views.
        """
        return 2.0 / max(self.views if self.views is not None else 1, 1)


_COLUMNS = ", ".join(column.name for column in fields(OutcomeRow))


def load_outcomes(
    database: Database, channel: str, *, until: datetime | None = None
) -> list[OutcomeRow]:
    """The channel's stories that have outcomes, oldest first; those published before ``until``.

    Empty as long as dbt has not built the view.
    """
    query = text(
        f"SELECT {_COLUMNS} FROM {VIEW} WHERE channel = :channel "
        "AND (CAST(:until AS timestamptz) IS NULL OR published_at < :until) "
        "ORDER BY published_at, story_id"
    )
    try:
        with database.transaction() as connection:
            rows = connection.execute(query, {"channel": channel, "until": until}).mappings().all()
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") in _NOT_BUILT:
            return []
        raise
    return [
        OutcomeRow(**{**row, "arms": row["arms"] or {}, "parameters": row["parameters"] or {}})
        for row in rows
    ]


def measured(outcomes: Sequence[OutcomeRow]) -> list[OutcomeRow]:
    """Those whose figures are final: what is concluded from them is not taken back."""
    return [row for row in outcomes if row.measured]


def known(outcomes: Sequence[OutcomeRow]) -> list[OutcomeRow]:
    """Those with a first day or more, adjusted for age by ``response``: they tell days earlier."""
    return [row for row in outcomes if row.known]
