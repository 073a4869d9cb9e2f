"""What the database knows about provider calls: claims, results, evidence, cost.

The transactions of a call, one short one per method, none open while a provider works. Single attempts'
rows are in ``attempts``, budgets in ``reservations``. No provider is called and no file touched here.
Times come from the clock that is handed in.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from content_platform.clock import Clock
from content_platform.providers import attempts, reservations
from content_platform.providers.attempts import AttemptStatus, InDoubt
from content_platform.providers.models import Capability, ProviderInfo
from content_platform.providers.owner import Owner, this_process
from content_platform.providers.reservations import BudgetUse, Spending, StoryBudget
from content_platform.storage.database import Database
from content_platform.storage.models import MediaRef
from content_platform.storage.tables import provider_calls

T = TypeVar("T")
Alert = Callable[[BudgetUse], None]
"""Told when a budget passes its soft limit, once in each window."""

_log = logging.getLogger(__name__)


class CallStatus(StrEnum):
    """Where a call stands."""

    CLAIMED = "claimed"
    FINISHED = "finished"
    FAILED = "failed"
    """Given up; the next run may claim it again."""
    AMBIGUOUS = "ambiguous"
    """A provider that must not be asked twice may have done it; a person decides."""


@dataclass(frozen=True)
class NewCall:
    """A call as it is first written down."""

    key: str
    story_id: str
    capability: Capability
    attempt: int
    redacted_request: object


@dataclass(frozen=True)
class Claim:
    """This worker's right to work on a call.

    ``number`` is the attempt that has been started; with ``doubt`` none was: first its provider has to
    be asked what became of an earlier one.
    """

    call: NewCall
    token: str
    number: int
    doubt: InDoubt | None = None


@dataclass(frozen=True)
class Busy:
    """Someone else is at work."""

    owner: Owner


@dataclass(frozen=True)
class Finished:
    """A result as stored. ``number`` is the attempt it is from."""

    number: int
    provider: str
    model: str
    output: object
    media: dict[str, MediaRef]
    cost_usd: Decimal
    seconds: float


class LostClaim(Exception):
    """The lease ran out and another worker took the call; what was made is not wanted."""


_FINISHED = text(
    """
    SELECT call.output, call.media, attempt.number, attempt.provider, attempt.model,
           attempt.seconds,
           (SELECT sum(amount_usd) FROM content.cost_entries WHERE call_key = :key) AS cost_usd
      FROM content.provider_calls AS call
      JOIN content.provider_attempts AS attempt
        ON attempt.call_key = call.call_key AND attempt.number = call.finished_attempt
     WHERE call.call_key = :key AND call.status = 'finished'
    """
)

# The two writes that each call makes are one statement each, in one round trip.

_CLAIM = text(
    """
    WITH claimed AS (
        INSERT INTO content.provider_calls
               (call_key, story_id, capability, attempt, request, status, created_at, claim_token,
                owner_place, owner_pid, owner_started, lease_until, last_attempt)
        VALUES (:key, :story_id, :capability, :attempt, :request, 'claimed', :now, :token,
                :place, :pid, :started, :lease_until, 1)
        ON CONFLICT DO NOTHING
        RETURNING call_key
    )
    INSERT INTO content.provider_attempts
           (call_key, number, provider, model, repeatability, estimate_usd, status, started_at)
    SELECT call_key, 1, :provider, :model, :repeatability, :estimate_usd, 'started', :now
      FROM claimed
    RETURNING call_key
    """
).bindparams(bindparam("request", type_=JSONB))

_TAKE_OVER = text(
    """
    UPDATE content.provider_calls
       SET status = 'claimed', error = '', claim_token = :token, owner_place = :place,
           owner_pid = :pid, owner_started = :started, lease_until = :lease_until
     WHERE call_key = :key
    """
)

_SETTLE = text(
    f"""
    WITH call AS (
        UPDATE content.provider_calls
           SET status = 'finished', error = '', finished_at = :now, finished_attempt = :number,
               output = :output, media = :media
         WHERE call_key = :key AND claim_token = :token AND status = :status
        RETURNING call_key, story_id, capability
    ), held AS ( -- as it was before: what it had set aside is booked next
        SELECT attempt.reserved_usd, attempt.budget_windows, attempt.estimate_usd
          FROM content.provider_attempts AS attempt, call
         WHERE attempt.call_key = call.call_key AND attempt.number = :number
    ), attempt AS (
        UPDATE content.provider_attempts AS attempt
           SET status = 'succeeded', error = '', ended_at = :now, seconds = :seconds,
               reserved_usd = 0
          FROM call
         WHERE attempt.call_key = call.call_key AND attempt.number = :number
    ), kept AS (
        INSERT INTO content.media_assets (sha256, mime, size_bytes, story_id, created_at)
        SELECT ref ->> 'sha256', ref ->> 'mime', (ref ->> 'size_bytes')::bigint, story_id, :now
          FROM call, jsonb_each(:media) AS file (role, ref)
         ORDER BY 1 -- all in the same order, so that two writers cannot block each other
        ON CONFLICT DO NOTHING
    ), proof AS (
        INSERT INTO content.evidence
               (call_key, attempt_number, story_id, capability, provider, vendor, model,
                model_version, licence, terms_url, request, response_id, media_sha256, at)
        SELECT call_key, :number, story_id, capability, :provider, :vendor, :model,
               :model_version, :licence, :terms_url, :request, :response_id,
               ARRAY(SELECT DISTINCT ref ->> 'sha256'
                       FROM jsonb_each(:media) AS file (role, ref) ORDER BY 1), :now
          FROM call
    ), charged AS ( -- corrects what a call in doubt has been charged already
        INSERT INTO content.cost_entries
               (call_key, attempt_number, story_id, capability, provider, amount_usd, basis, at)
        SELECT call_key, :number, story_id, capability, :provider,
               :cost_usd - (SELECT coalesce(sum(amount_usd), 0) FROM content.cost_entries
                             WHERE call_key = :key AND attempt_number = :number),
               'actual', :now
          FROM call
        RETURNING amount_usd
    ), {reservations.BOOKED.format(attempt="held", charge="charged")}
    SELECT charged.amount_usd,
           charged.amount_usd + (SELECT coalesce(sum(amount_usd), 0) FROM content.cost_entries
                                  WHERE call_key = :key) AS total_usd,
           held.budget_windows, held.estimate_usd, call.story_id, CAST(:provider AS text) AS provider,
           ARRAY(SELECT window_id FROM booked WHERE passed) AS passed
      FROM charged, held, call
    """
).bindparams(
    bindparam("output", type_=JSONB),
    bindparam("media", type_=JSONB),
    bindparam("request", type_=JSONB),
)


class Ledger:
    """The provider tables. Safe to share between threads.

    ``story_budget`` is only asked for calls that cost something, ``alert`` after a commit.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lease_s: float,
        *,
        story_budget: StoryBudget,
        alert: Alert,
    ) -> None:
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)
        self._story_budget = story_budget
        self._alert = alert

    def finished(self, key: str) -> Finished | None:
        """The stored result of a call, if it has one."""
        with self._database.statement() as connection:
            row = connection.execute(_FINISHED, {"key": key}).one_or_none()
        if row is None:
            return None
        return Finished(
            number=row.number,
            provider=row.provider,
            model=row.model,
            output=row.output,
            media={role: MediaRef.model_validate(ref) for role, ref in row.media.items()},
            cost_usd=row.cost_usd,
            seconds=row.seconds,
        )

    def claim(
        self,
        call: NewCall,
        provider: ProviderInfo,
        estimate_usd: Decimal,
        *,
        useless: int | None,
        can_probe: frozenset[str] = frozenset(),
    ) -> Claim | Busy | InDoubt | None:
        """Take the call, set the estimate aside and start its first attempt, in one transaction.

        ``useless`` is the attempt whose stored result can no longer be used; ``can_probe`` names the
        providers that can be asked what became of a call in doubt. None means that the call has been
        finished in the meantime. Raises BudgetExceeded; then nothing has changed.
        """
        token = uuid.uuid4().hex
        spending = self._spending(call, provider, estimate_usd)

        def claim(connection: Connection) -> tuple[Claim | Busy | InDoubt | None, list[BudgetUse]]:
            now = self._clock()
            owner = this_process()
            mine = {
                "token": token,
                "place": owner.place,
                "pid": owner.pid,
                "started": owner.started,
                "lease_until": now + self._lease,
            }
            new = {
                "key": call.key,
                "story_id": call.story_id,
                "capability": call.capability,
                "attempt": call.attempt,
                "request": call.redacted_request,
                "now": now,
                "provider": provider.name,
                "model": provider.model,
                "repeatability": provider.repeatability,
                "estimate_usd": estimate_usd,
            }
            if connection.execute(_CLAIM, mine | new).one_or_none() is not None:
                self._reserve(connection, call.key, 1, spending, estimate_usd, now)
                return Claim(call, token, 1), []
            row = connection.execute(
                select(provider_calls)
                .where(provider_calls.c.call_key == call.key)
                .with_for_update()
            ).one()
            if row.status == CallStatus.FINISHED and row.finished_attempt != useless:
                return None, []
            if row.status == CallStatus.CLAIMED:
                holder = Owner(row.owner_place, row.owner_pid, row.owner_started)
                if not holder.is_dead and row.lease_until > now:
                    return Busy(holder), []
            passed = attempts.close_orphans(connection, call.key, self._story_budget, now)
            doubt = attempts.doubt(connection, call.key)
            if doubt is not None and doubt.provider not in can_probe:
                self._put_in_doubt(connection, call.key, attempts.ORPHANED)
                return doubt, passed
            connection.execute(_TAKE_OVER, mine | {"key": call.key})
            if doubt is not None:
                return Claim(call, token, doubt.number, doubt), passed
            number = attempts.next_number(connection, call.key)
            attempts.start(connection, call.key, number, provider, estimate_usd, now)
            self._reserve(connection, call.key, number, spending, estimate_usd, now)
            return Claim(call, token, number), passed

        found, passed = self._in_transaction(claim)
        self._tell(passed)
        return found

    def start_attempt(self, claim: Claim, provider: ProviderInfo, estimate_usd: Decimal) -> int:
        """Note that a provider is about to be asked; return the attempt's number.

        Raises BudgetExceeded; then nothing has changed.
        """
        spending = self._spending(claim.call, provider, estimate_usd)

        def start(connection: Connection) -> int:
            now = self._clock()
            self._check_still_mine(connection, claim)
            number = attempts.next_number(connection, claim.call.key)
            attempts.start(connection, claim.call.key, number, provider, estimate_usd, now)
            self._reserve(connection, claim.call.key, number, spending, estimate_usd, now)
            return number

        return self._in_transaction(start)

    def renew(self, claims: Iterable[Claim]) -> None:
        """Push the leases of these claims forward."""
        tokens = [claim.token for claim in claims]
        with self._database.transaction() as transaction:
            transaction.execute(
                update(provider_calls)
                .where(
                    provider_calls.c.claim_token.in_(tokens),
                    provider_calls.c.status == CallStatus.CLAIMED,
                )
                .values(lease_until=self._clock() + self._lease)
            )

    def settle(
        self,
        claim: Claim,
        number: int,
        provider: ProviderInfo,
        *,
        output: object,
        media: Mapping[str, MediaRef],
        response_id: str,
        cost_usd: Decimal,
        seconds: float,
    ) -> Decimal:
        """Save a result with its media, evidence and cost; return what all attempts cost so far.

        Raises LostClaim when it comes too late, and another worker has the call.
        A late answer to a call that is in doubt is welcome: it ends the doubt.
        """
        values = {
            "key": claim.call.key,
            "token": claim.token,
            "number": number,
            "seconds": seconds,
            "cost_usd": cost_usd,
            "output": output,
            "media": {role: ref.model_dump(mode="json") for role, ref in media.items()},
            "provider": provider.name,
            "vendor": provider.vendor,
            "model": provider.model,
            "model_version": provider.model_version,
            "licence": provider.licence,
            "terms_url": provider.terms_url,
            "request": claim.call.redacted_request,
            "response_id": response_id,
        }

        def settle(connection: Connection) -> tuple[Decimal, list[BudgetUse]]:
            now = self._clock()
            # One after the other: who put the call in doubt while we waited for its row has
            # charged it, and a statement sees nothing that was written after it began.
            for status in (CallStatus.CLAIMED, CallStatus.AMBIGUOUS):
                row = connection.execute(
                    _SETTLE, values | {"status": status, "now": now}
                ).one_or_none()
                if row is not None:
                    passed = attempts.passed_by(
                        connection, claim.call.key, number, row, self._story_budget, now
                    )
                    return row.total_usd, passed
            raise LostClaim(claim.call.key)

        total, passed = self._in_transaction(settle)
        self._tell(passed)
        return total

    def end_attempt(
        self,
        claim: Claim,
        number: int,
        status: AttemptStatus,
        *,
        error: str,
        seconds: float,
        cost_usd: Decimal | None,
        in_doubt: bool = False,
    ) -> None:
        """Note that an attempt gave no result. ``cost_usd`` None: unknown, the estimate counts.

        ``in_doubt`` puts the whole call in doubt: nobody asks again.
        """
        key = claim.call.key

        def end(connection: Connection) -> list[BudgetUse]:
            self._check_still_mine(connection, claim)
            passed = attempts.end(
                connection,
                key,
                number,
                status,
                error=error,
                seconds=seconds,
                cost_usd=cost_usd,
                story_budget=self._story_budget,
                now=self._clock(),
            )
            if in_doubt:
                self._put_in_doubt(connection, key, error)
            return passed

        self._tell(self._in_transaction(end))

    def give_up(self, claim: Claim, error: str) -> None:
        """Let go of the call without a result; no effect when it is no longer ours."""

        def give_up(connection: Connection) -> list[BudgetUse]:
            try:
                self._check_still_mine(connection, claim)
            except LostClaim:
                return []
            passed = attempts.close_orphans(
                connection, claim.call.key, self._story_budget, self._clock()
            )
            self._let_go(connection, claim.call.key, error)
            return passed

        self._tell(self._in_transaction(give_up))

    def close_lapsed(self) -> int:
        """Close calls whose worker let its lease run out, and charge what they may have cost.

        Otherwise nobody would while nobody asks for them again. Returns how many they were.
        """

        def close(connection: Connection) -> tuple[bool, list[BudgetUse]]:
            now = self._clock()
            key: str | None = connection.scalar(
                select(provider_calls.c.call_key)
                .where(
                    provider_calls.c.status == CallStatus.CLAIMED,
                    provider_calls.c.lease_until < now,
                )
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if key is None:
                return False, []
            passed = attempts.close_orphans(connection, key, self._story_budget, now)
            self._let_go(connection, key, attempts.ORPHANED)
            return True, passed

        closed = 0
        found = True
        while found:
            found, passed = self._in_transaction(close)
            closed += found
            self._tell(passed)
        return closed

    def has_room(self, story_id: str, provider: str, amount_usd: Decimal) -> bool:
        """Whether every budget of a call has room for so much more."""
        spending = Spending(story_id, provider, self._story_budget(story_id))
        with self._database.transaction() as connection:
            return reservations.has_room(connection, spending, amount_usd, self._clock())

    def _let_go(self, connection: Connection, key: str, error: str) -> None:
        """The call has no result: another run may make it, unless it is in doubt."""
        doubted = attempts.doubt(connection, key) is not None
        connection.execute(
            update(provider_calls)
            .where(provider_calls.c.call_key == key)
            .values(status=CallStatus.AMBIGUOUS if doubted else CallStatus.FAILED, error=error)
        )

    def _in_transaction(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in a transaction; again when windows of budgets had to be made first."""
        while True:
            try:
                with self._database.transaction() as connection:
                    return work(connection)
            except reservations.WindowsMissing as missing:
                with self._database.transaction() as connection:
                    reservations.open_windows(connection, missing)

    def _spending(self, call: NewCall, provider: ProviderInfo, amount_usd: Decimal) -> Spending:
        limit = self._story_budget(call.story_id) if amount_usd else None
        return Spending(call.story_id, provider.name, limit)

    def _reserve(
        self,
        connection: Connection,
        key: str,
        number: int,
        spending: Spending,
        estimate_usd: Decimal,
        now: datetime,
    ) -> None:
        if estimate_usd:
            reservations.reserve(connection, key, number, spending, estimate_usd, now)

    def _tell(self, passed: Iterable[BudgetUse]) -> None:
        for use in passed:
            try:
                self._alert(use)
            except Exception:  # the call is done and paid; who cannot be told must not undo that
                _log.warning("could not tell of the budget of %s", use.name, exc_info=True)

    def _check_still_mine(self, connection: Connection, claim: Claim) -> None:
        mine = connection.execute(
            select(provider_calls.c.call_key)
            .where(
                provider_calls.c.call_key == claim.call.key,
                provider_calls.c.claim_token == claim.token,
                provider_calls.c.status == CallStatus.CLAIMED,
            )
            .with_for_update()
        ).one_or_none()
        if mine is None:
            raise LostClaim(claim.call.key)

    def _put_in_doubt(self, connection: Connection, key: str, error: str) -> None:
        connection.execute(
            update(provider_calls)
            .where(
                provider_calls.c.call_key == key, provider_calls.c.status != CallStatus.AMBIGUOUS
            )
            .values(status=CallStatus.AMBIGUOUS, error=error)
        )
