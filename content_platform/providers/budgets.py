"""Budgets as people set and see them: limits, how far they are used, and where the month will end.

Who may spend is decided where money is set aside, in ``reservations``. A budget that is set while calls
are under way takes them, and what its windows cost so far, into account.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from pydantic import JsonValue
from sqlalchemy import Connection, case, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from content_platform.clock import Clock
from content_platform.errors import BadInput, NotFound
from content_platform.providers.breakers import close_for_budget
from content_platform.providers.reservations import (
    EACH,
    BudgetUse,
    Period,
    Scope,
    in_usd,
    shown,
    use_of,
    window_start,
)
from content_platform.storage.database import Database
from content_platform.storage.models import Model
from content_platform.storage.tables import budget_windows, budgets, cost_entries
from content_platform.vocabulary import StoryId, check_channel

_ENOUGH = Decimal("0.02")
"""The share of a window that must be over before its end is forecast."""


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


class Budget(Model):
    """A limit on what may be spent. Beyond ``soft_usd`` people are told, ``hard_usd`` is never passed."""

    scope: Scope
    subject: str
    """A story, channel or provider; ``*`` for each of them that has no budget of its own."""
    period: Period
    soft_usd: Decimal | None
    hard_usd: Decimal | None
    set_by: str
    reason: str
    set_at: datetime


class Forecast(Model):
    """Where a window will end if it goes on at the rate it went so far."""

    use: BudgetUse
    expected_usd: Decimal | None
    """None while too little of the window is over to tell."""

    @property
    def above_limit(self) -> bool:
        """Whether it will end above its hard limit, or above the soft one where that is all."""
        limit = self._limit
        return limit is not None and self.expected_usd is not None and self.expected_usd > limit

    @property
    def _limit(self) -> Decimal | None:
        return self.use.hard_usd if self.use.hard_usd is not None else self.use.soft_usd

    @property
    def sentence(self) -> str:
        """``at this rate November 2026 ends at $31.20, $1.20 above its limit``."""
        window = f"{self.use.starts_at:%B %Y}"
        if self.use.period is Period.DAY:
            window = f"{self.use.starts_at:%Y-%m-%d}"
        if self.expected_usd is None:
            return f"it is too early to tell how {window} ends"
        said = f"at this rate {window} ends at {shown(self.expected_usd)}"
        if self._limit is None:
            return said
        left = self._limit - self.expected_usd
        where = "below" if left >= 0 else "above"
        return f"{said}, {shown(abs(left))} {where} its limit"


_MATCHING = """
SELECT attempt.call_key, attempt.number, attempt.provider, call.story_id, attempt.status,
       attempt.estimate_usd,
       CASE :scope WHEN 'story' THEN call.story_id
                   WHEN 'channel' THEN split_part(call.story_id, '_', 1)
                   WHEN 'provider' THEN attempt.provider ELSE '*' END AS subject
  FROM content.provider_attempts AS attempt
  JOIN content.provider_calls AS call USING (call_key)
 WHERE attempt.started_at >= :starts_at
"""

# What was spent is read after the lock, so that no attempt is missed and none counted twice.
_LOCK = text("LOCK TABLE content.provider_attempts IN SHARE ROW EXCLUSIVE MODE")

_RECKON = text(
    f"""
    WITH matching AS ({_MATCHING}), costs AS (
        SELECT cost.call_key, cost.attempt_number AS number, sum(cost.amount_usd) AS usd
          FROM content.cost_entries AS cost
          JOIN matching ON cost.call_key = matching.call_key
                       AND cost.attempt_number = matching.number
         GROUP BY 1, 2
    )
    SELECT subject, coalesce(sum(costs.usd), 0) AS spent_usd,
           coalesce(sum(estimate_usd) FILTER (WHERE status = 'started'), 0) AS reserved_usd
      FROM matching LEFT JOIN costs USING (call_key, number)
     WHERE subject <> '' AND (subject = :subject OR :subject = '*' AND NOT EXISTS (
           SELECT FROM content.budgets AS own
            WHERE own.scope = :scope AND own.period = :period AND own.subject = matching.subject))
     GROUP BY subject
     ORDER BY subject
    """
)

_ADOPT = text(
    f"""
    WITH matching AS ({_MATCHING})
    UPDATE content.provider_attempts AS attempt
       SET reserved_usd = attempt.estimate_usd,
           budget_windows = attempt.budget_windows || CAST(:window_id AS bigint)
      FROM matching
     WHERE matching.subject = :subject AND matching.status = 'started'
       AND matching.estimate_usd > 0
       AND attempt.call_key = matching.call_key AND attempt.number = matching.number
       AND NOT CAST(:window_id AS bigint) = ANY(attempt.budget_windows)
    """
)


class Budgets:
    """All budgets. Safe to use from many processes at once."""

    def __init__(self, database: Database, clock: Clock, *, audit: Audits | None = None) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    def set(
        self,
        scope: Scope,
        subject: str,
        period: Period,
        *,
        soft_usd: Decimal | None,
        hard_usd: Decimal | None,
        author: str,
        reason: str,
    ) -> Budget:
        """Set a budget, or change it. Holds at once, for every process.

        A hard limit below what is spent already lets nothing more be spent. Raises BadInput.
        """
        now = self._clock()
        budget = Budget(
            scope=scope,
            subject=_checked_subject(scope, subject),
            period=period,
            soft_usd=_checked("soft", soft_usd),
            hard_usd=_checked("hard", hard_usd),
            set_by=author,
            reason=reason,
            set_at=now,
        )
        if soft_usd is None and hard_usd is None:
            raise BadInput(
                "A budget needs a soft or a hard limit.", remedy="Give one, or remove the budget."
            )
        values = budget.model_dump()
        with self._database.transaction() as connection:
            connection.execute(_LOCK)
            connection.execute(
                insert(budgets)
                .values(values)
                .on_conflict_do_update(index_elements=["scope", "subject", "period"], set_=values)
            )
            self._reckon(connection, budget, now)
            self._after(connection, budget, "budget.set", author, reason)
        return budget

    def remove(
        self, scope: Scope, subject: str, period: Period, *, author: str, reason: str
    ) -> None:
        """Take a budget away; one for each (``*``) may hold instead of it. Raises NotFound."""
        with self._database.transaction() as connection:
            row = connection.execute(
                delete(budgets)
                .where(budgets.c.scope == scope)
                .where(budgets.c.subject == subject)
                .where(budgets.c.period == period)
                .returning(*budgets.c)
            )
            found = row.mappings().one_or_none()
            if found is None:
                raise NotFound(
                    f"There is no budget of {scope} {subject} for {period}.",
                    remedy="Run 'content-platform budget list' to see which there are.",
                )
            budget = Budget.model_validate(dict(found))
            self._after(connection, budget, "budget.remove", author, reason)

    def all(self) -> tuple[Budget, ...]:
        """The budgets that are set; the limits channels give their stories are not among them."""
        order = (budgets.c.scope, budgets.c.subject, budgets.c.period)
        with self._database.transaction() as connection:
            rows = connection.execute(select(budgets).order_by(*order)).mappings().all()
        return tuple(Budget.model_validate(dict(row)) for row in rows)

    def in_use(self) -> tuple[BudgetUse, ...]:
        """How the budgets that are set stand in their present windows, where anything was spent."""
        now = self._clock()
        table = budget_windows
        starts = {period: window_start(period, now) for period in Period}
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(table)
                .where(table.c.starts_at.in_(set(starts.values())))
                .order_by(table.c.scope, table.c.subject, table.c.period)
            ).all()
        set_now = {(each.scope, each.subject, each.period): each for each in self.all()}
        found = []
        for use in (use_of(row) for row in rows if row.starts_at == starts[Period(row.period)]):
            own = set_now.get((use.scope, use.subject, use.period))
            holds = own or set_now.get((use.scope, EACH, use.period))
            if holds is not None:
                limits = {"soft_usd": holds.soft_usd, "hard_usd": holds.hard_usd}
                found.append(use.model_copy(update=limits))
        return tuple(found)

    def forecasts(self) -> tuple[Forecast, ...]:
        """Where each budget's day or month will end; that of the whole month in any case."""
        now = self._clock()
        uses = [use for use in self.in_use() if use.ends_at is not None]
        if not any(use.scope is Scope.ALL and use.period is Period.MONTH for use in uses):
            uses.insert(0, self._whole_month(now))
        return tuple(Forecast(use=use, expected_usd=expected_usd(use, now)) for use in uses)

    def _whole_month(self, now: datetime) -> BudgetUse:
        """What this month cost so far, without a budget."""
        starts_at = window_start(Period.MONTH, now)
        with self._database.transaction() as connection:
            spent: Decimal | None = connection.scalar(
                select(func.sum(cost_entries.c.amount_usd)).where(cost_entries.c.at >= starts_at)
            )
        return BudgetUse(
            scope=Scope.ALL,
            subject=EACH,
            period=Period.MONTH,
            starts_at=starts_at,
            soft_usd=None,
            hard_usd=None,
            reserved_usd=Decimal(0),
            spent_usd=spent or Decimal(0),
        )

    def _reckon(self, connection: Connection, budget: Budget, now: datetime) -> None:
        """Bring the present windows of a budget to what the ledger says, calls under way included."""
        starts_at = window_start(budget.period, now)
        wanted = {
            "scope": budget.scope,
            "subject": budget.subject,
            "period": budget.period,
            "starts_at": starts_at,
        }
        for found in connection.execute(_RECKON, wanted).all():
            used = found.spent_usd + found.reserved_usd
            hard = budget.hard_usd
            values: dict[str, Any] = {
                "soft_usd": budget.soft_usd,
                "hard_usd": hard,
                "reserved_usd": found.reserved_usd,
                "spent_usd": found.spent_usd,
                "overrun_usd": Decimal(0) if hard is None else max(Decimal(0), used - hard),
            }
            # Who was told of this limit in this window is not told again because the other one changed.
            passed = budget.soft_usd is not None and found.spent_usd >= budget.soft_usd
            same = budget_windows.c.soft_usd == budget.soft_usd
            told = case((same, budget_windows.c.alerted_at)) if passed else None
            window = connection.scalar(
                insert(budget_windows)
                .values(wanted | {"subject": found.subject} | values)
                .on_conflict_do_update(
                    index_elements=["scope", "subject", "period", "starts_at"],
                    set_=values | {"alerted_at": told},
                )
                .returning(budget_windows.c.window_id)
            )
            adopted = {"subject": found.subject, "window_id": window}
            connection.execute(_ADOPT, wanted | adopted)

    def _after(
        self, connection: Connection, budget: Budget, action: str, author: str, reason: str
    ) -> None:
        """What stood still for lack of money may go on; who changed what is written down."""
        if budget.scope is Scope.PROVIDER:
            close_for_budget(connection, None if budget.subject == EACH else budget.subject)
        if self._audit is not None:
            self._audit(
                author,
                action,
                f"{budget.scope} {budget.subject} {budget.period}",
                channel=budget.subject if budget.scope is Scope.CHANNEL else None,
                connection=connection,
                soft_usd=None if budget.soft_usd is None else str(budget.soft_usd),
                hard_usd=None if budget.hard_usd is None else str(budget.hard_usd),
                reason=reason,
            )


def expected_usd(use: BudgetUse, now: datetime) -> Decimal | None:
    """What a window will have cost at its end: what it cost so far, over the share of it that is gone."""
    if use.ends_at is None:
        return None
    gone = Decimal((now - use.starts_at) / (use.ends_at - use.starts_at))
    if gone < _ENOUGH:
        return None
    return (use.spent_usd / gone).quantize(Decimal("0.01"))


def _checked(name: str, limit: Decimal | None) -> Decimal | None:
    if limit is None:
        return None
    try:
        return in_usd(limit)
    except ValueError as error:
        raise BadInput(f"The {name} limit: {error}.", remedy="Give dollars, e.g. 12.50.") from error


def _checked_subject(scope: Scope, subject: str) -> str:
    if scope is Scope.ALL:
        if subject != EACH:
            raise BadInput(
                f"A budget over all has no subject, not {subject!r}.",
                remedy="Leave it out, or use '*'.",
            )
        return subject
    if subject == EACH:
        return subject
    try:
        if scope is Scope.STORY:
            StoryId.parse(subject)
        elif scope is Scope.CHANNEL:
            check_channel(subject)
    except ValueError as error:
        raise BadInput(f"{error}.", remedy=f"Name a {scope}, or '*' for each.") from error
    if not subject:
        raise BadInput(
            "A provider's name is missing.", remedy="See 'content-platform provider list'."
        )
    return subject
