"""Setting money aside for a call, and booking what it came to: statements of the ledger's transactions.

Each budget that applies to a call has a *window* (its day, month, or all time). A call's estimate is
reserved in all of its windows or in none, and leaves them again when the attempt is over. Windows
are locked in the order of their ids, after the call and its attempt, so two calls never wait for each
other in a circle. What budgets there are, and what people see of them, is in ``budgets``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Numeric, TextClause, bindparam, text

from content_platform.errors import BudgetExceeded
from content_platform.storage.models import Model
from content_platform.vocabulary import StoryId

StoryBudget = Callable[[str], Decimal | None]
"""By a story's key: what it may cost in total, as its channel says; None for no limit."""
EACH = "*"
"""The subject of a budget that holds for each one without a budget of its own."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When the window of a total begins."""
_CENT = Decimal("0.01")
_SMALLEST = Decimal("0.000001")


class Scope(StrEnum):
    """Whose money a budget limits."""

    STORY = "story"
    CHANNEL = "channel"
    PROVIDER = "provider"
    ALL = "all"


class Period(StrEnum):
    """Over which time a budget holds; days and months are those of UTC."""

    TOTAL = "total"
    DAY = "day"
    MONTH = "month"


class BudgetUse(Model):
    """How a budget stands in one window."""

    scope: Scope
    subject: str
    """A story, channel or provider; ``*`` for all of them together."""
    period: Period
    starts_at: datetime
    soft_usd: Decimal | None
    hard_usd: Decimal | None
    reserved_usd: Decimal
    """Set aside for calls under way."""
    spent_usd: Decimal

    @property
    def overrun_usd(self) -> Decimal:
        """By how much it is above the hard limit: bills above their estimates, or a lowered limit."""
        if self.hard_usd is None:
            return Decimal(0)
        return max(Decimal(0), self.reserved_usd + self.spent_usd - self.hard_usd)

    @property
    def ends_at(self) -> datetime | None:
        """The window's first moment after; None for a total."""
        return window_end(self.period, self.starts_at)

    @property
    def name(self) -> str:
        """``channel midnight-tales, November 2026``."""
        whose = "all providers" if self.scope is Scope.ALL else f"{self.scope} {self.subject}"
        when = {
            Period.TOTAL: "in total",
            Period.DAY: f"{self.starts_at:%Y-%m-%d}",
            Period.MONTH: f"{self.starts_at:%B %Y}",
        }
        return f"{whose}, {when[self.period]}"


@dataclass(frozen=True)
class Spending:
    """Who spends: the story, for which provider, and the limit its channel sets for it."""

    story_id: str
    provider: str
    story_budget_usd: Decimal | None = None

    @property
    def channel(self) -> str:
        """The story's channel; empty when the call is for no story."""
        with suppress(ValueError):
            return StoryId.parse(self.story_id).channel
        return ""


def in_usd(amount: Decimal) -> Decimal:
    """An amount as the ledger keeps it: to a millionth of a dollar, rounded up.

    Raises ValueError for one that is negative, infinite or none.
    """
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{amount} is no amount of US dollars")
    return amount.quantize(_SMALLEST, rounding=ROUND_UP)


def window_start(period: Period, at: datetime) -> datetime:
    """When the window that ``at`` is in began."""
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period is Period.DAY:
        return midnight
    return midnight.replace(day=1) if period is Period.MONTH else EVER


def window_end(period: Period, starts_at: datetime) -> datetime | None:
    """The first moment after the window; None for a total."""
    if period is Period.TOTAL:
        return None
    if period is Period.DAY:
        return starts_at + timedelta(days=1)
    return (starts_at + timedelta(days=31)).replace(day=1)


_RULES = """
    WITH rules AS (
        SELECT DISTINCT ON (scope, period)
               scope, period, soft_usd, hard_usd,
               CASE scope WHEN 'story' THEN :story WHEN 'channel' THEN :channel
                          WHEN 'provider' THEN :provider ELSE '*' END AS subject,
               CASE period WHEN 'day' THEN CAST(:day AS timestamptz)
                           WHEN 'month' THEN CAST(:month AS timestamptz)
                           ELSE CAST(:ever AS timestamptz) END AS starts_at
          FROM (SELECT scope, period, soft_usd, hard_usd, CASE subject WHEN '*' THEN 3 ELSE 1 END AS rank
                  FROM content.budgets
                 WHERE scope = 'all'
                    OR scope = 'story' AND subject IN (:story, '*')
                    OR scope = 'channel' AND subject IN (:channel, '*') AND :channel <> ''
                    OR scope = 'provider' AND subject IN (:provider, '*')
                 UNION ALL
                SELECT 'story', 'total', NULL, CAST(:story_usd AS numeric), 2
                 WHERE CAST(:story_usd AS numeric) IS NOT NULL) AS found
         ORDER BY scope, period, rank
    ), held AS (
        SELECT window_id, scope, period, spent_usd, reserved_usd
          FROM content.budget_windows AS kept
          JOIN rules USING (scope, subject, period, starts_at)
         ORDER BY window_id
           FOR UPDATE OF kept
    )"""
_FOUND = """
    SELECT rules.scope, rules.subject, rules.period, rules.starts_at, rules.soft_usd, rules.hard_usd,
           window_id, reserved_usd, spent_usd
      FROM rules LEFT JOIN held USING (scope, period)
     ORDER BY rules.scope, rules.period
"""
_LOOK = text(_RULES + _FOUND)
_RESERVE = text(
    f"""{_RULES}, obstacle AS (
        SELECT FROM rules LEFT JOIN held USING (scope, period)
         WHERE window_id IS NULL OR reserved_usd + spent_usd + :amount > rules.hard_usd
    ), taken AS ( -- from what is locked: the row as it was before is checked first, and may be over
        UPDATE content.budget_windows AS kept
           SET reserved_usd = held.reserved_usd + :amount, spent_usd = held.spent_usd,
               overrun_usd = 0,
               soft_usd = rules.soft_usd, hard_usd = rules.hard_usd
          FROM held JOIN rules USING (scope, period)
         WHERE kept.window_id = held.window_id AND NOT EXISTS (SELECT FROM obstacle)
        RETURNING kept.window_id
    ), noted AS (
        UPDATE content.provider_attempts
           SET reserved_usd = :amount, budget_windows = ARRAY(SELECT window_id FROM taken)
         WHERE call_key = :key AND number = :number AND EXISTS (SELECT FROM taken)
    )
    {_FOUND}"""
).bindparams(bindparam("amount", type_=Numeric(14, 6)))

_OPEN = text(
    """
    INSERT INTO content.budget_windows (scope, subject, period, starts_at, soft_usd, hard_usd)
    VALUES (:scope, :subject, :period, :starts_at, :soft_usd, :hard_usd)
    ON CONFLICT DO NOTHING
    """
)

BOOKED = """
    locked AS (
        SELECT kept.window_id, kept.alerted_at
          FROM content.budget_windows AS kept, {attempt} AS attempt
         WHERE kept.window_id = ANY(attempt.budget_windows)
         ORDER BY kept.window_id
           FOR UPDATE OF kept
    ), booked AS (
        UPDATE content.budget_windows AS kept
           SET reserved_usd = kept.reserved_usd - attempt.reserved_usd,
               spent_usd = kept.spent_usd + charge.amount_usd,
               overrun_usd = greatest(0, kept.reserved_usd - attempt.reserved_usd + kept.spent_usd
                                         + charge.amount_usd - kept.hard_usd),
               alerted_at = CASE WHEN kept.spent_usd + charge.amount_usd >= kept.soft_usd
                                 THEN coalesce(kept.alerted_at, :now) ELSE kept.alerted_at END
          FROM locked, {attempt} AS attempt, {charge} AS charge
         WHERE kept.window_id = locked.window_id
        RETURNING kept.window_id, kept.alerted_at IS NOT NULL AND locked.alerted_at IS NULL AS passed
    )
"""
"""Common table expressions that book the charge of ``{charge}`` (``amount_usd``) in the windows of
``{attempt}`` (``budget_windows``, and what is to be given back: ``reserved_usd``).

Never refuses: a bill above its estimate shows as an overrun. ``passed`` are those that thereby passed
their soft limit, each once.
"""

_BOOK = text(
    f"""
    WITH attempt AS (SELECT 0 AS reserved_usd, :windows AS budget_windows),
         charge AS (SELECT :charged AS amount_usd), {BOOKED.format(attempt="attempt", charge="charge")}
    SELECT window_id FROM booked WHERE passed
    """
).bindparams(
    bindparam("windows", type_=ARRAY(BigInteger)), bindparam("charged", type_=Numeric(14, 6))
)

_USES = text("SELECT * FROM content.budget_windows WHERE window_id = ANY(:windows)").bindparams(
    bindparam("windows", type_=ARRAY(BigInteger))
)

_LOCK = text(
    """
    SELECT FROM content.budget_windows WHERE window_id = ANY(:windows)
     ORDER BY window_id FOR UPDATE
    """
).bindparams(bindparam("windows", type_=ARRAY(BigInteger)))

_NOTE_WINDOWS = text(
    """
    UPDATE content.provider_attempts SET budget_windows = :windows
     WHERE call_key = :key AND number = :number
    """
).bindparams(bindparam("windows", type_=ARRAY(BigInteger)))


class WindowsMissing(Exception):
    """Budgets apply whose windows are not made yet: roll back, ``open_windows``, begin again.

    In a transaction of its own, which holds nothing else, so that two can never block each other.
    """

    def __init__(self, rules: Sequence[Any]) -> None:
        super().__init__()
        self.rules = rules


def open_windows(connection: Connection, missing: WindowsMissing) -> None:
    """Make the windows that were missing, where nobody else has done so meanwhile."""
    columns = ("scope", "subject", "period", "starts_at", "soft_usd", "hard_usd")
    for rule in missing.rules:
        connection.execute(_OPEN, {column: getattr(rule, column) for column in columns})


def reserve(
    connection: Connection,
    key: str,
    number: int,
    spending: Spending,
    amount_usd: Decimal,
    now: datetime,
) -> None:
    """Set ``amount_usd`` aside for an attempt, in every budget that applies to it.

    Raises BudgetExceeded when one has no room; the transaction must then be rolled back.
    """
    rules = _windows(
        connection,
        _RESERVE,
        spending,
        now,
        {"key": key, "number": number, "amount": amount_usd},
    )
    full = [
        rule
        for rule in rules
        if rule.hard_usd is not None
        and rule.reserved_usd + rule.spent_usd + amount_usd > rule.hard_usd
    ]
    if full:
        raise _refusal([use_of(rule) for rule in full], spending, amount_usd)


def has_room(
    connection: Connection, spending: Spending, amount_usd: Decimal, now: datetime
) -> bool:
    """Whether every budget that applies has room for so much more."""
    rules = connection.execute(_LOOK, _wanted(spending, now)).all()
    return all(
        rule.hard_usd is None
        or (rule.reserved_usd or 0) + (rule.spent_usd or 0) + amount_usd <= rule.hard_usd
        for rule in rules
    )


def book_unforeseen(
    connection: Connection,
    key: str,
    number: int,
    spending: Spending,
    charged_usd: Decimal,
    now: datetime,
) -> list[int]:
    """Book what an attempt cost that was to cost nothing; return the windows whose soft limit it passed."""
    windows = [rule.window_id for rule in _windows(connection, _LOOK, spending, now, {})]
    if not windows:
        return []
    connection.execute(_NOTE_WINDOWS, {"key": key, "number": number, "windows": windows})
    charge = {"windows": windows, "charged": charged_usd, "now": now}
    return list(connection.scalars(_BOOK, charge))


def uses(connection: Connection, windows: Sequence[int]) -> list[BudgetUse]:
    """How these windows stand."""
    if not windows:
        return []
    return [use_of(row) for row in connection.execute(_USES, {"windows": windows})]


def lock(connection: Connection, windows: Iterable[int]) -> None:
    """Lock windows in their order, for who books several attempts in one transaction."""
    connection.execute(_LOCK, {"windows": sorted(windows)})


def _windows(
    connection: Connection,
    statement: TextClause,
    spending: Spending,
    now: datetime,
    more: dict[str, Any],
) -> Sequence[Any]:
    """The budgets that apply, each with its present window, locked. Raises WindowsMissing."""
    rules = connection.execute(statement, _wanted(spending, now) | more).all()
    missing = [rule for rule in rules if rule.window_id is None]
    if missing:
        raise WindowsMissing(missing)
    return rules


def _wanted(spending: Spending, now: datetime) -> dict[str, Any]:
    """Whose budgets apply, and when their present windows began."""
    return {
        "story": spending.story_id,
        "channel": spending.channel,
        "provider": spending.provider,
        "story_usd": spending.story_budget_usd,
        "day": window_start(Period.DAY, now),
        "month": window_start(Period.MONTH, now),
        "ever": EVER,
    }


def use_of(row: Any) -> BudgetUse:
    """A row of ``budget_windows`` as people see it."""
    return BudgetUse(
        scope=Scope(row.scope),
        subject=row.subject,
        period=Period(row.period),
        starts_at=row.starts_at,
        soft_usd=row.soft_usd,
        hard_usd=row.hard_usd,
        reserved_usd=row.reserved_usd,
        spent_usd=row.spent_usd,
    )


def _refusal(full: Sequence[BudgetUse], spending: Spending, amount_usd: Decimal) -> BudgetExceeded:
    """The refusal of the budget that keeps its work waiting the longest."""
    latest = max(full, key=lambda use: use.ends_at or datetime.max.replace(tzinfo=UTC))
    provider = all(use.scope is Scope.PROVIDER for use in full)
    raised = f"content-platform budget set {latest.scope} {latest.subject} {latest.period} --hard"
    if latest.ends_at is not None:
        remedy = f"Wait until {latest.ends_at:%Y-%m-%d %H:%M} UTC, or raise it: {raised} …"
    elif latest.scope is Scope.STORY and latest.hard_usd == spending.story_budget_usd:
        remedy = (
            f"Raise story_budget_usd of channel {spending.channel}, or what this story alone may "
            f"cost: {raised} …; then it goes on by itself."
        )
    else:
        remedy = f"Raise it: {raised} …; then its work goes on by itself."
    return BudgetExceeded(
        f"The budget of {latest.name} has no room for {shown(amount_usd)}: of "
        f"{shown(latest.hard_usd or Decimal(0))}, {shown(latest.spent_usd)} is spent and "
        f"{shown(latest.reserved_usd)} set aside for calls under way.",
        remedy=remedy,
        asked=spending.provider,
        amount_usd=amount_usd,
        resume_at=latest.ends_at,
        provider=latest.subject if provider else None,
    )


def shown(amount_usd: Decimal) -> str:
    """Dollars as people read them: cents, and as many more digits as it takes to see anything."""
    if amount_usd == amount_usd.quantize(_CENT):
        return f"${amount_usd:.2f}"
    return f"${amount_usd.normalize():f}"


def shown_alike(amounts_usd: Iterable[Decimal]) -> list[str]:
    """Dollars in a column: as many digits for all as it takes to see each."""
    amounts = list(amounts_usd)
    digits = max((len(shown(amount).partition(".")[2]) for amount in amounts), default=2)
    return [f"${amount:.{digits}f}" for amount in amounts]
