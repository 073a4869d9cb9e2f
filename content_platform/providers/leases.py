"""Keeping the calls a process works on its own: leases are renewed while there are any."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from content_platform.providers.ledger import Claim, Ledger

_log = logging.getLogger(__name__)


class Leases:
    """Renews the leases of this process's claims from one background thread."""

    def __init__(self, ledger: Ledger, lease_s: float) -> None:
        self._ledger = ledger
        self._interval_s = lease_s / 3
        self._lock = threading.Lock()
        self._held: dict[str, Claim] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def hold(self, claim: Claim) -> Iterator[None]:
        """Keep ``claim`` ours while the block runs."""
        with self._lock:
            self._held[claim.token] = claim
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew, name="leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._held[claim.token]

    def _renew(self) -> None:
        while True:
            time.sleep(self._interval_s)
            with self._lock:
                claims = list(self._held.values())
                if not claims:
                    self._thread = None
                    return
            try:
                self._ledger.renew(claims)
            except Exception:
                # The next beat tries again; a lease survives two missed ones.
                _log.warning("could not renew the leases of %d calls", len(claims), exc_info=True)
