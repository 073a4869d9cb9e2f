"""Breakers: a provider that keeps failing is left alone for a while, by every process at once.

Closed: asked as usual. Open: not asked before ``retry_at``. Half-open: one call tries it, and decides.
What counts as a failure is decided in the pipeline; here is only what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ARRAY, Connection, Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert

from content_platform.clock import Clock
from content_platform.storage.database import Database
from content_platform.storage.models import Model
from content_platform.storage.tables import provider_breakers

FAILURES = 5
"""So many calls in a row without an answer open a provider's breaker."""
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=30)
_OUT_OF_SERVICE = timedelta(minutes=15)


_NOT_AS_NEW = text(
    """
    SELECT * FROM content.provider_breakers
     WHERE (failures > 0 OR state <> 'closed')
       AND (CAST(:providers AS text[]) IS NULL OR provider = ANY(:providers))
     ORDER BY provider
    """
).bindparams(bindparam("providers", type_=ARRAY(Text)))


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Cause(StrEnum):
    """Why a breaker opened."""

    NONE = ""
    FAILURES = "failures"
    OUT_OF_SERVICE = "out of service"
    """The vendor says that nothing of the account works for now."""
    BUDGET = "budget"
    """The provider's own hard budget is used up."""


class Breaker(Model):
    """Where a provider's breaker stands."""

    provider: str
    state: BreakerState
    failures: int
    """Calls in a row it did not answer."""
    openings: int
    """How often in a row it opened."""
    cause: Cause
    reason: str
    retry_at: datetime | None
    """When a call may try it; None while open: not before a person decides."""
    updated_at: datetime

    def refuses(self, now: datetime) -> str | None:
        """Why the provider is not to be asked now; None when it may be, were it as a trial."""
        if self.state is BreakerState.CLOSED or (self.retry_at and self.retry_at <= now):
            return None
        if self.state is BreakerState.HALF_OPEN:
            return f"its breaker is half-open, another call is trying it ({self.reason})"
        until = f" until {self.retry_at:%Y-%m-%d %H:%M:%S} UTC" if self.retry_at else ""
        return f"its breaker is open{until} ({self.reason})"


class Breakers:
    """All providers' breakers. Safe to use from many processes at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def find(self, providers: Collection[str] | None = None) -> dict[str, Breaker]:
        """The breakers that are not as new, of these providers or of all, by provider."""
        with self._database.statement() as connection:
            rows = connection.execute(
                _NOT_AS_NEW, {"providers": None if providers is None else list(providers)}
            )
            found = rows.mappings().all()
        return {row["provider"]: Breaker.model_validate(dict(row)) for row in found}

    def take_trial(self, provider: str, lasts_s: float) -> bool:
        """Whether the caller is the one that may try a provider whose pause is over.

        For ``lasts_s`` no other call is; then the trial is taken for lost.
        """
        now = self._clock()
        table = provider_breakers
        with self._database.transaction() as connection:
            taken = connection.execute(
                update(table)
                .where(table.c.provider == provider)
                .where(table.c.state != BreakerState.CLOSED)
                .where(table.c.retry_at <= now)
                .values(
                    state=BreakerState.HALF_OPEN,
                    retry_at=now + timedelta(seconds=lasts_s),
                    updated_at=now,
                )
            )
            if taken.rowcount:
                return True
            state = connection.scalar(select(table.c.state).where(table.c.provider == provider))
        return state in {None, BreakerState.CLOSED}  # closed again in the meantime

    def answered(self, provider: str) -> None:
        """The provider works: its breaker is as new."""
        self._write([provider], lambda row: _as_new(row, self._clock()))

    def failed(self, provider: str, reason: str) -> None:
        """A call got no answer from the provider."""
        self._write([provider], lambda row: _after_failure(row, reason, self._clock()))

    def open(
        self, providers: Collection[str], cause: Cause, reason: str, retry_at: datetime | None
    ) -> None:
        """Leave these providers alone until ``retry_at``.

        None: for a quarter of an hour; for a budget, until a person makes room in it.
        """
        now = self._clock()
        if retry_at is None and cause is not Cause.BUDGET:
            retry_at = now + _OUT_OF_SERVICE
        self._write(providers, lambda row: _opened(row, cause, reason, retry_at, now))

    def reset(self, provider: str) -> None:
        """Ask the provider again as if nothing had happened."""
        with self._database.transaction() as connection:
            connection.execute(
                update(provider_breakers)
                .where(provider_breakers.c.provider == provider)
                .values(_AS_NEW | {"updated_at": self._clock()})
            )

    def _write(self, providers: Collection[str], change: Callable[[Breaker], Breaker]) -> None:
        with self._database.transaction() as connection:
            for provider in sorted(providers):  # one order for all: no deadlock
                row = _locked(connection, provider, self._clock())
                connection.execute(
                    update(provider_breakers)
                    .where(provider_breakers.c.provider == provider)
                    .values(change(row).model_dump())
                )


def close_for_budget(connection: Connection, provider: str | None) -> None:
    """Close breakers a budget opened: there may be room in it now. Of one provider, or of all."""
    change = update(provider_breakers).where(provider_breakers.c.cause == Cause.BUDGET)
    if provider is not None:
        change = change.where(provider_breakers.c.provider == provider)
    connection.execute(change.values(_AS_NEW))


_AS_NEW: dict[str, object] = {
    "state": BreakerState.CLOSED,
    "failures": 0,
    "openings": 0,
    "cause": Cause.NONE,
    "reason": "",
    "retry_at": None,
}


def _locked(connection: Connection, provider: str, now: datetime) -> Breaker:
    new = {"provider": provider, "updated_at": now} | _AS_NEW
    connection.execute(insert(provider_breakers).values(new).on_conflict_do_nothing())
    row = connection.execute(
        select(provider_breakers).where(provider_breakers.c.provider == provider).with_for_update()
    )
    return Breaker.model_validate(dict(row.mappings().one()))


def _as_new(breaker: Breaker, now: datetime) -> Breaker:
    if breaker.cause in {Cause.OUT_OF_SERVICE, Cause.BUDGET} and (
        breaker.state is BreakerState.OPEN
    ):
        return breaker  # a late answer of a call that began before says nothing about now
    return breaker.model_copy(update=_AS_NEW | {"updated_at": now})


def _after_failure(breaker: Breaker, reason: str, now: datetime) -> Breaker:
    failures = breaker.failures + 1
    counted = breaker.model_copy(update={"failures": failures, "updated_at": now})
    if breaker.state is BreakerState.OPEN:
        return counted  # it began before the breaker opened
    if breaker.state is BreakerState.CLOSED and failures < FAILURES:
        return counted.model_copy(update={"reason": reason})
    pause = min(_FIRST_PAUSE * 2**breaker.openings, _LONGEST_PAUSE)
    return _opened(counted, Cause.FAILURES, reason, now + pause, now)


def _opened(
    breaker: Breaker, cause: Cause, reason: str, retry_at: datetime | None, now: datetime
) -> Breaker:
    return breaker.model_copy(
        update={
            "state": BreakerState.OPEN,
            "openings": min(breaker.openings + 1, 20),
            "cause": cause,
            "reason": reason,
            "retry_at": retry_at,
            "updated_at": now,
        }
    )
