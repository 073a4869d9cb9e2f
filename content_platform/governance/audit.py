"""Who did what, and why: the append-only audit log.

Belongs here: writing an entry and finding entries again. What is worth an entry is decided where
it happens; rooms below this one take the log as an argument.
"""

from __future__ import annotations

import json
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Connection, insert, select

from content_platform.clock import Clock
from content_platform.governance.models import AuditEntry
from content_platform.security.redaction import redact
from content_platform.storage.database import Database
from content_platform.storage.records import from_row
from content_platform.storage.tables import audit_log


class AuditLog:
    """The audit log. Safe to share between threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def record(
        self,
        actor: str,
        action: str,
        subject: str,
        *,
        channel: str | None = None,
        connection: Connection | None = None,
        **detail: JsonValue,
    ) -> None:
        """Write an entry, without anything in ``detail`` that looks like a secret.

        With ``connection`` it is part of that transaction: what was done and its entry are both
        there, or neither. Raises ValueError for a number that JSON does not know.
        """
        if connection is None:
            with self._database.transaction() as own:
                self.record(actor, action, subject, channel=channel, connection=own, **detail)
            return
        cleaned = redact(_storable(json.loads(json.dumps(detail, allow_nan=False))))
        connection.execute(
            insert(audit_log).values(
                at=self._clock(),
                actor=actor,
                action=action,
                subject=subject,
                channel=channel,
                detail=cleaned,
            )
        )

    def entries(
        self,
        *,
        subject: str | None = None,
        actor: str | None = None,
        action: str | None = None,
        channel: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """The newest ``limit`` entries that fit, newest first; ``action`` may be a beginning (``review.``)."""
        query = select(audit_log).order_by(audit_log.c.entry.desc()).limit(limit)
        wanted = {"subject": subject, "actor": actor, "channel": channel}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(audit_log.c[name] == value)
        if action is not None:
            query = query.where(audit_log.c.action.startswith(action, autoescape=True))
        if since is not None:
            query = query.where(audit_log.c.at >= since)
        with self._database.transaction() as connection:
            rows = connection.execute(query).mappings().all()
        return [from_row(AuditEntry, dict(row)) for row in rows]


def _storable(value: object) -> object:
    """JSON-like ``value`` without characters that PostgreSQL cannot hold."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value
