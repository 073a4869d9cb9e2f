"""The audit log: who did what, never changed, without secrets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from content_platform.governance.audit import AuditLog
from content_platform.storage.database import Database
from content_platform_tests.moderation.cases import NOW


def log(database: Database) -> AuditLog:
    return AuditLog(database, lambda: NOW)


def test_entries_are_found_by_what_is_known_of_them(database: Database) -> None:
    audit = log(database)
    audit.record("ann", "config.update", "midnight-tales", channel="midnight-tales", version=2)
    audit.record("optimizer", "config.rollback", "ember-wood", channel="ember-wood")
    audit.record("ann", "review.approve", "midnight-tales_20261122_0001", note="fine")
    newest = audit.entries()
    assert [entry.action for entry in newest] == [
        "review.approve",
        "config.rollback",
        "config.update",
    ]
    assert newest[-1].detail == {"version": 2}
    assert newest[-1].at == NOW
    assert [entry.subject for entry in audit.entries(actor="ann", limit=1)] == [newest[0].subject]
    assert len(audit.entries(action="config.")) == 2
    assert len(audit.entries(channel="ember-wood")) == 1
    assert len(audit.entries(subject="midnight-tales")) == 1
    assert audit.entries(since=NOW + timedelta(seconds=1)) == []
    assert audit.entries(action="config%") == []


def test_secrets_are_not_written_down(database: Database) -> None:
    audit = log(database)
    audit.record(
        "ann",
        "upload.connect",
        "youtube",
        api_key="hunter2",
        url="https://example.com/?access_token=abc123456789",
        nested={"password": "x", "kept": "plain"},
    )
    (entry,) = audit.entries()
    assert entry.detail["api_key"] == "[redacted]"
    assert "abc123456789" not in str(entry.detail)
    assert entry.detail["nested"] == {"password": "[redacted]", "kept": "plain"}


def test_an_entry_belongs_to_the_transaction_it_is_given(database: Database) -> None:
    audit = log(database)
    with database.transaction() as connection:
        audit.record("ann", "config.update", "midnight-tales", connection=connection)
        assert audit.entries() == []
        connection.rollback()
    assert audit.entries() == []


def test_the_database_refuses_to_change_or_remove_an_entry(database: Database) -> None:
    log(database).record("ann", "config.update", "midnight-tales", note="half a \udc80 word\0")
    for change in ("UPDATE content.audit_log SET actor = 'bob'", "DELETE FROM content.audit_log"):
        with pytest.raises(DBAPIError), database.transaction() as connection:
            connection.execute(text(change))
