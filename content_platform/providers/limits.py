"""What a vendor grants an account: so many calls a minute, so many at once, all processes together.

The rate is kept by spacing (GCRA): an account has one moment at which its next call would be due if its
calls came evenly, and may be a tenth of a minute's calls ahead of it. Each call takes its moment in one
statement and then waits for it, so callers queue up and none polls. A call under way holds a numbered slot
with a lease, which a killed process need not give back.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlalchemy import text

from content_platform.clock import Clock
from content_platform.errors import StorageUnavailable
from content_platform.providers.models import ProviderInfo
from content_platform.storage.database import Database

_POLL_S = (0.02, 0.5)
"""How long a caller waits before it looks for a free slot again: at first, and at most."""
_AFTER_S = 5.0
"""A slot's lease outlasts the call it is for by so much."""

_TAKE_TURN = """
    INSERT INTO content.account_rates AS kept (account, next_at)
    SELECT :account, CAST(:now AS timestamptz) + :every
    {if_there_is_a_slot}
    ON CONFLICT (account) DO UPDATE
       SET next_at = greatest(kept.next_at, :now) + :every
     WHERE greatest(kept.next_at, :now) - :ahead <= :latest
    RETURNING next_at - :every - :ahead AS due
"""
_TAKE_SLOT = """
    INSERT INTO content.account_slots AS kept (account, slot, token, lease_until)
    SELECT :account, number, :token, :lease_until
      FROM generate_series(1, :slots) AS number
     WHERE NOT EXISTS (SELECT FROM content.account_slots AS taken
                        WHERE taken.account = :account AND taken.slot = number
                          AND taken.lease_until > :now)
     ORDER BY number
     LIMIT 1
    ON CONFLICT (account, slot) DO UPDATE
       SET token = excluded.token, lease_until = excluded.lease_until
     WHERE kept.lease_until <= :now
    RETURNING slot
"""
_ONLY_TURN = text(
    f"""
    WITH turn AS ({_TAKE_TURN.format(if_there_is_a_slot="")})
    SELECT (SELECT due FROM turn) AS due
    """
)
_ONLY_SLOT = text(
    f"""
    WITH taken AS ({_TAKE_SLOT})
    SELECT CAST(:now AS timestamptz) AS due FROM taken
    """
)
_BOTH = text(
    f"""
    WITH taken AS ({_TAKE_SLOT}), turn AS (
        {_TAKE_TURN.format(if_there_is_a_slot="FROM taken")}
    )
    SELECT (SELECT due FROM turn) AS due FROM taken
    """
)

_GIVE_BACK = text("DELETE FROM content.account_slots WHERE account = :account AND token = :token")


class NoRoom(Exception):
    """An account's limits leave no room within the time there is."""


class Limits:
    """The limits of all accounts. Safe to use from many processes at once."""

    def __init__(
        self, database: Database, clock: Clock, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._database = database
        self._clock = clock
        self._sleep = sleep

    @contextmanager
    def hold(self, info: ProviderInfo, within_s: float, call_s: float) -> Iterator[None]:
        """Wait until the provider's account may be asked, at most ``within_s``; then run the block.

        ``call_s`` is how long the block may take. Raises NoRoom. Nothing happens without limits.
        """
        if not info.account or (info.per_minute is None and info.concurrency is None):
            yield
            return
        token = uuid.uuid4().hex
        try:
            self._wait(info, token, within_s, call_s)
            yield
        finally:
            if info.concurrency is not None:
                with suppress(StorageUnavailable), self._database.statement() as connection:
                    # If it cannot be given back, its lease runs out.
                    connection.execute(_GIVE_BACK, {"account": info.account, "token": token})

    def _wait(self, info: ProviderInfo, token: str, within_s: float, call_s: float) -> None:
        """Take a slot and a turn, in one statement, and wait for the turn."""
        latest = self._clock() + timedelta(seconds=within_s)
        wanted: dict[str, object] = {"account": info.account, "latest": latest}
        take = _ONLY_TURN
        if info.per_minute is not None:
            ahead, every = spacing(info.per_minute)
            wanted |= {"every": every, "ahead": ahead}
        if info.concurrency is not None:
            take = _ONLY_SLOT if info.per_minute is None else _BOTH
            lease_until = latest + timedelta(seconds=call_s + _AFTER_S)
            wanted |= {"slots": info.concurrency, "token": token, "lease_until": lease_until}
        pause = _POLL_S[0]
        while True:
            now = self._clock()
            with self._database.statement() as connection:
                taken = connection.execute(take, wanted | {"now": now}).one_or_none()
            if taken is not None:
                break
            if now + timedelta(seconds=pause) > latest:
                raise NoRoom(f"its account's {info.concurrency} calls at once are taken for now")
            self._sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 1.5, _POLL_S[1])
        if taken.due is None:
            raise NoRoom(f"its account's {info.per_minute} calls a minute are taken for now")
        if taken.due > now:
            self._sleep((taken.due - now).total_seconds())


def spacing(per_minute: int) -> tuple[timedelta, timedelta]:
    """By how much calls may be ahead of an even flow, and the time from one to the next.

    Chosen so that no 60 seconds, wherever they begin, see more than ``per_minute`` calls.
    """
    spare = per_minute // 10
    every = timedelta(seconds=60) / (per_minute - spare)
    return spare * every, every
