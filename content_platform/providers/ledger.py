"""What the database knows about provider calls: claims, attempts, results, evidence, cost.

All of the pipeline's SQL, one short transaction per method, none open while a provider works.
No provider is called and no file touched here. Times come from the clock that is handed in.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from content_platform.clock import Clock
from content_platform.providers.models import (
    Capability,
    ProviderInfo,
    Repeatability,
)
from content_platform.providers.owner import Owner, this_process
from content_platform.storage.database import Database
from content_platform.storage.models import MediaRef
from content_platform.storage.tables import (
    cost_entries,
    provider_attempts,
    provider_calls,
)


class CallStatus(StrEnum):
    """Where a call stands."""

    CLAIMED = "claimed"
    FINISHED = "finished"
    FAILED = "failed"
    """Given up; the next run may claim it again."""
    AMBIGUOUS = "ambiguous"
    """A provider that must not be asked twice may have done it; a person decides."""


class AttemptStatus(StrEnum):
    """How one question to one provider ended."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABANDONED = "abandoned"
    AMBIGUOUS = "ambiguous"


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
    """This worker's right to work on a call; ``number`` is the attempt that has been started."""

    call: NewCall
    token: str
    number: int


@dataclass(frozen=True)
class Busy:
    """Someone else is at work."""

    owner: Owner


@dataclass(frozen=True)
class InDoubt:
    """Nobody knows whether this provider did the call."""

    provider: str
    number: int
    started_at: datetime


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

_SETTLE = text(
    """
    WITH call AS (
        UPDATE content.provider_calls
           SET status = 'finished', error = '', finished_at = :now, finished_attempt = :number,
               output = :output, media = :media
         WHERE call_key = :key AND claim_token = :token AND status = :status
        RETURNING call_key, story_id, capability
    ), attempt AS (
        UPDATE content.provider_attempts AS attempt
           SET status = 'succeeded', error = '', ended_at = :now, seconds = :seconds
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
    )
    SELECT amount_usd + (SELECT coalesce(sum(amount_usd), 0) FROM content.cost_entries
                          WHERE call_key = :key)
      FROM charged
    """
).bindparams(
    bindparam("output", type_=JSONB),
    bindparam("media", type_=JSONB),
    bindparam("request", type_=JSONB),
)


class Ledger:
    """The provider tables. Safe to share between threads."""

    def __init__(self, database: Database, clock: Clock, lease_s: float) -> None:
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)

    def finished(self, key: str) -> Finished | None:
        """The stored result of a call, if it has one."""
        with self._database.transaction() as transaction:
            row = transaction.execute(_FINISHED, {"key": key}).one_or_none()
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
        self, call: NewCall, provider: ProviderInfo, estimate_usd: Decimal, *, useless: int | None
    ) -> Claim | Busy | InDoubt | None:
        """Take the call and start its first attempt, in one transaction.

        ``useless`` is the attempt whose stored result can no longer be used. None means that the
        call has been finished in the meantime.
        """
        token = uuid.uuid4().hex
        owner = this_process()
        lease_until = self._clock() + self._lease
        with self._database.transaction() as transaction:
            is_new = transaction.execute(
                _CLAIM,
                {
                    "key": call.key,
                    "story_id": call.story_id,
                    "capability": call.capability,
                    "attempt": call.attempt,
                    "request": call.redacted_request,
                    "now": self._clock(),
                    "token": token,
                    "place": owner.place,
                    "pid": owner.pid,
                    "started": owner.started,
                    "lease_until": lease_until,
                    "provider": provider.name,
                    "model": provider.model,
                    "repeatability": provider.repeatability,
                    "estimate_usd": estimate_usd,
                },
            ).one_or_none()
            if is_new is not None:
                return Claim(call, token, 1)
            row = transaction.execute(
                select(provider_calls)
                .where(provider_calls.c.call_key == call.key)
                .with_for_update()
            ).one()
            if row.status == CallStatus.FINISHED and row.finished_attempt != useless:
                return None
            if row.status == CallStatus.CLAIMED:
                holder = Owner(row.owner_place, row.owner_pid, row.owner_started)
                if not holder.is_dead and row.lease_until > self._clock():
                    return Busy(holder)
            self._close_orphans(transaction, call.key)
            doubt = self._doubt(transaction, call.key)
            if doubt is not None:
                return doubt
            transaction.execute(
                update(provider_calls)
                .where(provider_calls.c.call_key == call.key)
                .values(
                    status=CallStatus.CLAIMED,
                    error="",
                    claim_token=token,
                    owner_place=owner.place,
                    owner_pid=owner.pid,
                    owner_started=owner.started,
                    lease_until=lease_until,
                )
            )
            number = self._next_number(transaction, call.key)
            self._start(transaction, call.key, number, provider, estimate_usd)
        return Claim(call, token, number)

    def start_attempt(self, claim: Claim, provider: ProviderInfo, estimate_usd: Decimal) -> int:
        """Note that a provider is about to be asked; return the attempt's number."""
        with self._database.transaction() as transaction:
            self._check_still_mine(transaction, claim)
            number = self._next_number(transaction, claim.call.key)
            self._start(transaction, claim.call.key, number, provider, estimate_usd)
        return number

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
            "now": self._clock(),
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
        with self._database.transaction() as transaction:
            for status in (CallStatus.CLAIMED, CallStatus.AMBIGUOUS):
                total: Decimal | None = transaction.scalar(_SETTLE, values | {"status": status})
                if total is not None:
                    return total
        raise LostClaim(claim.call.key)

    def end_attempt(
        self,
        claim: Claim,
        number: int,
        status: AttemptStatus,
        *,
        error: str,
        seconds: float,
        cost_usd: Decimal | None,
    ) -> None:
        """Note that an attempt gave no result. ``cost_usd`` None: unknown, the estimate counts.

        An ambiguous attempt puts the whole call in doubt.
        """
        with self._database.transaction() as transaction:
            self._check_still_mine(transaction, claim)
            self._end(transaction, claim.call.key, number, status, error=error, seconds=seconds)
            self._charge(
                transaction,
                claim.call.key,
                number,
                cost_usd,
                basis="estimate" if cost_usd is None else "actual",
            )
            if status is AttemptStatus.AMBIGUOUS:
                transaction.execute(
                    update(provider_calls)
                    .where(provider_calls.c.call_key == claim.call.key)
                    .values(status=CallStatus.AMBIGUOUS, error=error)
                )

    def give_up(self, claim: Claim, error: str) -> None:
        """Let go of the call without a result; no effect when it is no longer ours."""
        with self._database.transaction() as transaction:
            given_up = transaction.execute(
                update(provider_calls)
                .where(
                    provider_calls.c.call_key == claim.call.key,
                    provider_calls.c.claim_token == claim.token,
                    provider_calls.c.status == CallStatus.CLAIMED,
                )
                .values(status=CallStatus.FAILED, error=error)
                .returning(provider_calls.c.call_key)
            ).one_or_none()
            if given_up is not None:
                self._close_orphans(transaction, claim.call.key)

    def _check_still_mine(self, transaction: Connection, claim: Claim) -> None:
        mine = transaction.execute(
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

    def _next_number(self, transaction: Connection, key: str) -> int:
        number: int = transaction.execute(
            update(provider_calls)
            .where(provider_calls.c.call_key == key)
            .values(last_attempt=provider_calls.c.last_attempt + 1)
            .returning(provider_calls.c.last_attempt)
        ).scalar_one()
        return number

    def _start(
        self,
        transaction: Connection,
        key: str,
        number: int,
        provider: ProviderInfo,
        estimate_usd: Decimal,
    ) -> None:
        transaction.execute(
            insert(provider_attempts).values(
                call_key=key,
                number=number,
                provider=provider.name,
                model=provider.model,
                repeatability=provider.repeatability,
                estimate_usd=estimate_usd,
                status=AttemptStatus.STARTED,
                started_at=self._clock(),
            )
        )

    def _end(
        self,
        transaction: Connection,
        key: str,
        number: int,
        status: AttemptStatus,
        *,
        error: str = "",
        seconds: float | None = None,
    ) -> None:
        transaction.execute(
            update(provider_attempts)
            .where(provider_attempts.c.call_key == key, provider_attempts.c.number == number)
            .values(status=status, error=error, ended_at=self._clock(), seconds=seconds)
        )

    def _charge(
        self,
        transaction: Connection,
        key: str,
        number: int,
        cost_usd: Decimal | None,
        *,
        basis: str,
    ) -> None:
        """Append a cost row; it corrects what the attempt has been charged already, if anything."""
        charged = (
            select(func.coalesce(func.sum(cost_entries.c.amount_usd), 0))
            .where(cost_entries.c.call_key == key, cost_entries.c.attempt_number == number)
            .scalar_subquery()
        )
        amount = provider_attempts.c.estimate_usd if cost_usd is None else cost_usd
        transaction.execute(
            insert(cost_entries).from_select(
                [
                    "call_key",
                    "attempt_number",
                    "story_id",
                    "capability",
                    "provider",
                    "amount_usd",
                    "basis",
                    "at",
                ],
                select(
                    provider_attempts.c.call_key,
                    provider_attempts.c.number,
                    provider_calls.c.story_id,
                    provider_calls.c.capability,
                    provider_attempts.c.provider,
                    amount - charged,
                    literal(basis),
                    literal(self._clock()),
                )
                .join(provider_calls, provider_calls.c.call_key == provider_attempts.c.call_key)
                .where(provider_attempts.c.call_key == key, provider_attempts.c.number == number),
            )
        )

    def _close_orphans(self, transaction: Connection, key: str) -> None:
        """Close what a dead, late or stopped worker left open, and charge what it may have cost."""
        orphans = transaction.execute(
            select(provider_attempts).where(
                provider_attempts.c.call_key == key,
                provider_attempts.c.status == AttemptStatus.STARTED,
            )
        ).all()
        for orphan in orphans:
            again = orphan.repeatability == Repeatability.REPEATABLE
            status = AttemptStatus.ABANDONED if again else AttemptStatus.AMBIGUOUS
            error = (
                "Its worker ended, or lost touch with the database, before the answer was saved."
            )
            self._end(transaction, key, orphan.number, status, error=error)
            self._charge(transaction, key, orphan.number, None, basis="estimate")
            if not again:
                transaction.execute(
                    update(provider_calls)
                    .where(provider_calls.c.call_key == key)
                    .values(status=CallStatus.AMBIGUOUS, error=error)
                )

    def _doubt(self, transaction: Connection, key: str) -> InDoubt | None:
        row = transaction.execute(
            select(provider_attempts)
            .where(
                provider_attempts.c.call_key == key,
                provider_attempts.c.status == AttemptStatus.AMBIGUOUS,
            )
            .order_by(provider_attempts.c.number.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else InDoubt(row.provider, row.number, row.started_at)
